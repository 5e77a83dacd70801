/*
 * A bump allocator. Chunks double up to a bound, larger requests get a chunk of their own size; the
 * list is newest first and only the head is bumped.
 */
#include "core/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define CHUNK_FIRST ((size_t)16 << 10)
#define CHUNK_LAST ((size_t)1 << 20)
#define ARENA_ALIGN 16

struct bt_arena_chunk {
	struct bt_arena_chunk *next;
	size_t len;	/* of the bytes behind this header */
	_Alignas(ARENA_ALIGN) char bytes[];
};

static void arena_use(struct bt_arena *a, struct bt_arena_chunk *c)
{
	a->head = c;
	a->at = c ? c->bytes : NULL;
	a->end = c ? c->bytes + c->len : NULL;
}

static void chunks_free(struct bt_arena_chunk *c)
{
	while (c) {
		struct bt_arena_chunk *next = c->next;

		free(c);
		c = next;
	}
}

void bt_arena_release(struct bt_arena *a)
{
	if (!a)
		return;
	chunks_free(a->head);
	arena_use(a, NULL);
}

void bt_arena_reset(struct bt_arena *a)
{
	struct bt_arena_chunk *largest = a->head, *c, *next;

	for (c = a->head; c; c = c->next)
		if (c->len > largest->len)
			largest = c;
	for (c = a->head; c; c = next) {
		next = c->next;
		if (c != largest)
			free(c);
	}
	if (largest)
		largest->next = NULL;
	arena_use(a, largest);
}

static void arena_add_chunk(struct bt_arena *a, size_t want)
{
	size_t len = CHUNK_FIRST;
	struct bt_arena_chunk *c;

	if (a->head)
		len = a->head->len >= CHUNK_LAST / 2 ? CHUNK_LAST : a->head->len * 2;
	if (len < want)
		len = want;
	if (len > SIZE_MAX - sizeof(*c))
		len = SIZE_MAX - sizeof(*c);	/* cannot be had: malloc refuses */
	c = bt_xmalloc(sizeof(*c) + len);
	c->len = len;
	c->next = a->head;
	arena_use(a, c);
}

void *bt_arena_alloc(struct bt_arena *a, size_t len)
{
	size_t pad = (size_t)(-(uintptr_t)a->at & (ARENA_ALIGN - 1));
	size_t room = (size_t)(a->end - a->at);
	char *p;

	if (pad > room || len > room - pad || !a->head) {
		arena_add_chunk(a, len);
		pad = 0;
	}
	p = a->at + pad;
	a->at = p + len;
	return p;
}

void *bt_arena_zalloc(struct bt_arena *a, size_t len)
{
	return memset(bt_arena_alloc(a, len), 0, len);
}

char *bt_arena_strndup(struct bt_arena *a, const char *s, size_t len)
{
	char *p;

	/* Text needs no alignment. */
	if (!a->head || len >= (size_t)(a->end - a->at))
		arena_add_chunk(a, len + 1);
	p = a->at;
	a->at += len + 1;
	if (len)
		memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

size_t bt_arena_memory(const struct bt_arena *a)
{
	const struct bt_arena_chunk *c;
	size_t sum = 0;

	for (c = a->head; c; c = c->next)
		sum += sizeof(*c) + c->len;
	return sum;
}
