/*
 * Parse workers: hostile bytes are parsed in sandboxed child processes.
 *
 * A zygote is forked once, after bt_extract_prepare; it never parses, and forks one worker per slot and
 * group of blobs. A worker gets bytes over its own socket and returns records; the parent checks
 * every length. Grammars with an external scanner (or any grammar after a death) get a fresh worker per
 * small group; when a worker dies, the results of its group are dropped and its blobs are parsed again one by
 * one, so that a death costs its blob only. A blob that dies alone is tried once more in a fresh
 * worker, then it is reported as killed, with the reason.
 *
 * Limits of a worker: address space, CPU seconds per blob, no core, no file size, no new privileges,
 * seccomp and landlock where the kernel has them; a wall deadline per blob enforced by SIGKILL.
 */
#ifndef BT_INDEX_POOL_H
#define BT_INDEX_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/lang/langs.h"

struct bt_pool_opts {
	unsigned jobs;			/* 1..BT_JOBS_MAX workers at once */
	uint64_t address_space_max;	/* bytes per worker; 0: no limit (sanitizers) */
	unsigned cpu_s;			/* CPU seconds per blob, soft limit raised for each */
	unsigned wall_ms;		/* hard deadline per blob */
	size_t inflight_bytes_max;	/* bytes of submitted blobs that the parent keeps */
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
	const void *rec;		/* the record's bytes, not yet decoded; valid until the next call */
	size_t len;
	char reason[80];		/* for killed ones: "signal 11", "answered 12 bytes of nonsense" */
};

struct bt_pool;

/* Forks the zygote: call while the process is small and before threads or the database. */
int bt_pool_open(const struct bt_pool_opts *o, struct bt_pool **ret_pool, struct bt_err *err);
void bt_pool_free(struct bt_pool **pp);

/* Copies the bytes. BT_ERR_BUSY when inflight_bytes_max is reached: take results first. */
int bt_pool_submit(struct bt_pool *p, const struct bt_lang *lang, uint64_t tag, const void *data,
		   size_t len, struct bt_err *err);
/* No more submissions will come for now: groups that wait to fill up are sent. */
int bt_pool_flush(struct bt_pool *p, struct bt_err *err);
/*
 * BT_ROW: a result. BT_DONE: none is there now (wait == false), or nothing is in flight at all.
 * Results come in any order. BT_ERR_CANCELED when interrupted.
 */
int bt_pool_next(struct bt_pool *p, bool wait, struct bt_result *ret_result, struct bt_err *err);
/* Is there work that could be accepted at once? (the pipeline reads ahead while this holds) */
bool bt_pool_hungry(const struct bt_pool *p);

struct bt_pool_stats {
	uint64_t forks, deaths, retried;
	bool seccomp, landlock;		/* in force in the workers */
};
void bt_pool_stats_get(const struct bt_pool *p, struct bt_pool_stats *ret_stats);

#endif
