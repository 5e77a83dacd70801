/*
 * The allocator behind tree-sitter: a bump arena that is reset per blob.
 *
 * Nothing is freed one by one. When a blob wants more than the limit, the arena jumps out of
 * tree-sitter altogether (everything the jump leaves behind lies in the arena), so that the limit is the
 * same on every machine.
 */
#ifndef BT_LANG_TS_ARENA_H
#define BT_LANG_TS_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

/* on: tree-sitter allocates here from now on; off: from the C library. */
void bt_ts_arena_set(bool on);
/* Starts a blob; false when address space is exhausted. `full` is jumped to (value 1) at the limit. */
bool bt_ts_arena_begin(size_t limit, jmp_buf *full);
/* Ends it: everything allocated since begin is gone. */
void bt_ts_arena_end(void);
void bt_ts_arena_release(void);

#endif
