/*
 * What a store may take: memory of this process, and the disk. And where its frozen facts lie.
 */
#ifndef BT_INDEX_BUDGET_H
#define BT_INDEX_BUDGET_H

#include "core/conf/conf.h"
#include "core/git/repo.h"
#include "store/store.h"

/* Right after opening: cache.memoryMB, of which pages and thawed groups get a quarter each, and cache.frozenDir. */
void bt_budget_apply(struct bt_store *s, const struct bt_conf *conf);

struct bt_budget_done {
	uint64_t size_max, before, after;	/* bytes; of pages that hold something, and of the frozen facts */
	uint64_t frozen_blobs, forgotten_blobs;
	bool over;				/* what is needed now takes more than is allowed */
	bool busy;				/* others have the index open: the next run goes on */
};
/*
 * Keeps cache.maxSizeMB: freezes what only history needs, then forgets what is needed least: what nothing leads to, then what only
 * commits older than a year, a quarter, a month need. What the newest commits of branches and worktrees need stays. Bounded work;
 * the next run goes on. *ps is the store of the caller, opened for writing; it may be closed and opened again. Nothing to
 * do costs a look at the size.
 */
int bt_budget_keep(struct bt_repo *repo, const struct bt_conf *conf, const char *store_dir, bool has_head,
		   struct bt_store **ps, struct bt_budget_done *ret_done, struct bt_err *err);

struct bt_needed;
/* The blobs that snapshots need, into n (core/index/needed.h); nothing where there is no queue.db in the folder. */
int bt_needed_by_snapshots(const char *store_dir, struct bt_store *s, struct bt_needed *n, struct bt_err *err);

#endif
