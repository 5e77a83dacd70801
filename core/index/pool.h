/*
 * Parse workers: hostile bytes are parsed in sandboxed child processes.
 *
 * A zygote is forked once, early; it never parses. It makes the tables of a language when the first
 * blob of it comes, and forks workers, which share them. A worker gets bytes over its own socket
 * and returns records; the parent checks every length. Grammars without an external scanner share
 * long-lived workers, whose results are given out at once. Blobs of the others are parsed in
 * groups, a fresh worker each; their results are held back until that worker has ended cleanly.
 * When a worker dies, the results of its group are dropped and its blobs are parsed again one by
 * one, so that a death costs its blob only. A blob that dies alone is tried once more in a fresh
 * worker, then it is reported as killed, with the reason; running into the time or CPU limit in a
 * group counts as its first death.
 *
 * Limits of a worker: address space, CPU seconds per blob, no core, no file size, no new
 * privileges, seccomp and landlock where the kernel has them; a wall deadline per blob enforced by
 * SIGKILL.
 */
#ifndef BT_INDEX_POOL_H
#define BT_INDEX_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/index/addon.h"
#include "core/lang/langs.h"

struct bt_pool_opts {
	unsigned jobs;			/* 1..BT_JOBS_MAX workers at once */
	uint64_t address_space_max;	/* bytes per worker beyond the program and shared tables;
					 * 0: no limit (valgrind, sanitizers) */
	unsigned cpu_s;			/* CPU seconds per blob, soft limit raised for each */
	unsigned wall_ms;		/* hard deadline per blob; not while we were stopped */
	size_t inflight_bytes_max;	/* bytes of submitted blobs that the parent keeps */
	uint64_t tree_bytes_max;	/* of syntax trees that grow at the same time, estimated;
					 * large blobs wait for each other; 0: they do not */
	bool seccomp;			/* false under valgrind and sanitizers */
	const struct bt_addon *addon;	/* what else is made of blobs; NULL: nothing */
};
/* From the size limit of blobs and the number of jobs, within the memory bound of the whole run. */
void bt_pool_opts_default(struct bt_pool_opts *o, unsigned jobs);

enum bt_result_status {
	BT_RESULT_FACTS,
	BT_RESULT_LIMIT,		/* deterministic soft limit */
	BT_RESULT_KILLED_TIME,
	BT_RESULT_KILLED_CPU,
	BT_RESULT_KILLED_MEMORY,
	BT_RESULT_KILLED_CRASH,		/* also: the sandbox stopped it, or it answered nonsense */
};

struct bt_result {
	uint64_t tag;			/* as submitted */
	enum bt_result_status status;
	const void *rec;		/* the record's bytes, not yet decoded; valid until
					 * the next bt_pool_next; NULL when there is none */
	size_t len;
	const void *more;		/* the add-on's, likewise; NULL: it made none, or could not */
	size_t more_len;
	uint64_t us;			/* how long the worker says it took; at most the wall limit; 0 of killed ones */
	char reason[80];		/* printable; of killed ones: "signal 11", "answered 12
					 * bytes of nonsense"; of limits: bt_extract's message */
};

struct bt_pool;

/*
 * Forks the zygote: call while the process is small and before threads or the database, from the
 * thread that outlives the pool (workers die with it).
 */
int bt_pool_open(const struct bt_pool_opts *o, struct bt_pool **ret_pool, struct bt_err *err);
/*
 * There is no more to parse: the processes end while the caller does something else. Only bt_pool_free may follow.
 * NULL is no pool.
 */
void bt_pool_dismiss(struct bt_pool *p);
/* Ends every worker and waits for it. */
void bt_pool_free(struct bt_pool **pp);

/*
 * Blobs of this language will come. bt_pool_submit does it by itself; done early for all languages
 * of a plan it spares workers that are replaced because they lack a table.
 */
int bt_pool_prepare(struct bt_pool *p, const struct bt_lang *lang, struct bt_err *err);
/* What is to be made of a blob. */
#define BT_WANT_FACTS (1u << 0)
#define BT_WANT_MORE (1u << 1)	/* the add-on's; a blob that dies of it is parsed again for less, then for its facts alone */
#define BT_WANT_LESS (1u << 2)	/* with BT_WANT_MORE: by the add-on's look_less. The pool does so itself, before facts alone */
/*
 * Copies the bytes. BT_ERR_BUSY when inflight_bytes_max is reached: take results first. lang is NULL for a text without
 * a known language, of which there is nothing but BT_WANT_MORE.
 */
int bt_pool_submit(struct bt_pool *p, const struct bt_lang *lang, unsigned want, uint64_t tag, const void *data,
		   size_t len, struct bt_err *err);
/* No more submissions will come for now: groups that wait to fill up are sent. */
int bt_pool_flush(struct bt_pool *p, struct bt_err *err);
/*
 * BT_ROW: a result. BT_DONE: none is there now (wait == false), or nothing is in flight at all.
 * Results come in any order. BT_ERR_CANCELED when interrupted. With wait == true a group that has
 * nothing left to parse is ended, even without bt_pool_flush.
 */
int bt_pool_next(struct bt_pool *p, bool wait, struct bt_result *ret_result, struct bt_err *err);
struct bt_pool_stats {
	uint64_t forks, deaths, retried;
	bool seccomp, landlock;		/* in force in the workers */
};
void bt_pool_stats_get(const struct bt_pool *p, struct bt_pool_stats *ret_stats);

#endif
