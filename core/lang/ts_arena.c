/*
 * One reserved stretch of address space, filled from the start. tree-sitter's allocator hooks carry no
 * context, so the arena is this process's only one: a worker parses one blob at a time.
 */
#include "core/lang/ts_arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tree_sitter/api.h>

#include "core/base/mem.h"

/* Memory kept resident between blobs: most blobs need less. */
#define KEPT ((size_t)16 << 20)

static struct {
	char *base;
	size_t reserved, used, limit, last;	/* last: offset of the newest block's bytes */
	jmp_buf *full;
} arena;

/* Each block is preceded by its length, which realloc needs. */
static void *arena_malloc(size_t len)
{
	size_t want = ((len + 7) & ~(size_t)7) + 8;

	if (want < len || want > arena.limit - arena.used) {
		if (arena.full)
			longjmp(*arena.full, 1);
		abort();
	}
	*(uint64_t *)(arena.base + arena.used) = want - 8;
	arena.last = arena.used + 8;
	arena.used += want;
	return arena.base + arena.last;
}

static void *arena_calloc(size_t nr, size_t size)
{
	size_t len = nr * size;

	if (size && len / size != nr)
		len = SIZE_MAX - 16;
	return memset(arena_malloc(len), 0, len);
}

static void *arena_realloc(void *p, size_t len)
{
	size_t old;
	void *fresh;

	if (!p)
		return arena_malloc(len);
	old = *(uint64_t *)((char *)p - 8);
	if (len <= old)
		return p;
	if ((char *)p == arena.base + arena.last) {
		arena.used = arena.last - 8;
		return arena_malloc(len);
	}
	fresh = arena_malloc(len);
	return memcpy(fresh, p, old);
}

static void arena_free(void *p BT_UNUSED)
{
}

void bt_ts_arena_set(bool on)
{
	if (on)
		ts_set_allocator(arena_malloc, arena_calloc, arena_realloc, arena_free);
	else
		ts_set_allocator(NULL, NULL, NULL, NULL);
}

bool bt_ts_arena_begin(size_t limit, jmp_buf *full)
{
	if (arena.reserved < limit) {
		bt_ts_arena_release();
		arena.base = mmap(NULL, limit, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (arena.base == MAP_FAILED) {
			arena.base = NULL;
			return false;
		}
		arena.reserved = limit;
	}
	arena.limit = limit;
	arena.used = 0;
	arena.last = 0;
	arena.full = full;
	return true;
}

void bt_ts_arena_end(void)
{
	if (arena.used > KEPT)
		madvise(arena.base + KEPT, arena.used - KEPT, MADV_DONTNEED);
	arena.used = 0;
	arena.full = NULL;
}

void bt_ts_arena_release(void)
{
	if (arena.base)
		munmap(arena.base, arena.reserved);
	memset(&arena, 0, sizeof(arena));
}
