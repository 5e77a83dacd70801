/*
 * A bump allocator for things that die together (the facts of one blob, the rows of one answer).
 *
 * Memory is zeroed on request only. bt_arena_reset keeps the largest chunk. Dies on exhaustion:
 * callers that hold input-sized things check their limit first.
 */
#ifndef BT_BASE_ARENA_H
#define BT_BASE_ARENA_H

#include <stddef.h>

struct bt_arena_chunk;
struct bt_arena {
	struct bt_arena_chunk *head;
	char *at, *end;
};

#define BT_ARENA_INIT { NULL, NULL, NULL }

void bt_arena_release(struct bt_arena *a);
void bt_arena_reset(struct bt_arena *a);
void *bt_arena_alloc(struct bt_arena *a, size_t len);	/* aligned to 16 */
void *bt_arena_zalloc(struct bt_arena *a, size_t len);
char *bt_arena_strndup(struct bt_arena *a, const char *s, size_t len);	/* NUL added; not aligned */
size_t bt_arena_memory(const struct bt_arena *a);	/* bytes held, used or not */

#endif
