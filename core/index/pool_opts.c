/*
 * The pool's defaults, from the memory bound of a whole run: 400 MB for all processes together.
 *
 * Of these the parent (plan, page cache, writer, blobs in flight) may take about 100 and the shared
 * tables about 70, which leaves 200 for what grows and shrinks with each blob: syntax trees.
 * pool_plan.c estimates them from the sizes of blobs; large ones wait for each other when their sum
 * would pass the 200. With blobs of at most 1 MiB and two workers that never happens.
 *
 * The limit on address space is not what keeps the bound. It counts from what a worker shares with
 * the zygote (program, tables), must leave room for the extractor's whole arena, which is reserved
 * at once and whose own limit is deterministic, and stops what the arena does not see: heaps of
 * external scanners, buffers, the facts.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/index/pool.h"
#include "core/lang/extract.h"

#define TREES_MAX ((uint64_t)200 << 20)
#define HEAP_MAX ((uint64_t)128 << 20)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* Valgrind runs our code in its own process, which maps code and opens files on our behalf. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "/vgpreload_");
}

void bt_pool_opts_default(struct bt_pool_opts *o, unsigned jobs)
{
	bool plain = SANITIZED || under_valgrind();

	if (!jobs)
		jobs = 1;
	if (jobs > BT_JOBS_MAX)
		jobs = BT_JOBS_MAX;
	*o = (struct bt_pool_opts){
		.jobs = jobs,
		.address_space_max = plain ? 0 : bt_extract_limits_default.arena_max + HEAP_MAX,
		.cpu_s = 10,
		.wall_ms = 30000,
		/* A group being parsed, one held back, and a queue, for each worker. */
		.inflight_bytes_max = ((size_t)4 << 20) + jobs * ((size_t)3 << 19),
		.tree_bytes_max = TREES_MAX,
		.seccomp = !plain,
	};
	if (o->inflight_bytes_max > (size_t)64 << 20)
		o->inflight_bytes_max = (size_t)64 << 20;
}
