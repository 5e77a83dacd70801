/*
 * One worker for a handful of blobs, without a zygote: what a hook can afford.
 *
 * It is locked in like the workers of a pool and is trusted as little. There are no second tries here: when it dies, says nonsense
 * or takes too long, bt_single_run fails, and whoever called goes the long way through a pool.
 */
#ifndef BT_INDEX_SINGLE_H
#define BT_INDEX_SINGLE_H

#include <sys/types.h>

#include "core/base/buf.h"
#include "core/index/pool.h"

struct bt_single {
	pid_t pid;	/* 0: none */
	int fd;
	const struct bt_pool_opts *o;
	uint64_t seq;
};

#define BT_SINGLE_INIT { .pid = 0, .fd = -1 }

/* Forks: before any database is open. `o` and its add-on outlive it. */
int bt_single_open(const struct bt_pool_opts *o, struct bt_single *ret_s, struct bt_err *err);
/* Ends it. */
void bt_single_release(struct bt_single *s);
/*
 * One blob. Appends the record of its facts to *facts (when BT_WANT_FACTS is wanted) and what the add-on makes to *more.
 * BT_ERR_LIMIT: a deterministic limit. Any other error: nothing is known about the blob, and the worker is gone.
 */
int bt_single_run(struct bt_single *s, const struct bt_lang *lang, unsigned want, const void *data, size_t len,
		  struct bt_buf *facts, struct bt_buf *more, struct bt_err *err);

#endif
