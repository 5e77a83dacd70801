/*
 * Which blobs are needed: those of the folders that revisions lead to, as far as the index knows them.
 *
 * Facts have no dates. What is recent, old or unreachable follows from refs and history alone, so that the answer does not depend
 * on when something was indexed.
 */
#ifndef BT_INDEX_NEEDED_H
#define BT_INDEX_NEEDED_H

#include "core/git/repo.h"
#include "store/idset.h"
#include "store/store.h"

struct bt_needed {
	struct bt_idset blobs;
	struct bt_idset rows;	/* of trees that were looked through */
};
#define BT_NEEDED_INIT { .blobs = BT_IDSET_INIT, .rows = BT_IDSET_INIT }
#define BT_NEEDED_OWNED BT_CLEANUP(bt_needed_release)
void bt_needed_release(struct bt_needed *n);

/* Branches whose tips are warm, the newest ones. */
#define BT_WARM_BRANCHES_MAX "64"
/* Commits before the tips that are recent. */
#define BT_WARM_COMMITS_MAX "100"

/* A tree, under every selection. */
int bt_needed_by_tree(struct bt_store *s, const struct bt_oid *tree, struct bt_needed *n, struct bt_err *err);
/* All that `git rev-list` lists for these arguments. */
int bt_needed_by_revisions(struct bt_repo *repo, struct bt_store *s, const char *const *args, size_t nr,
			   struct bt_needed *n, struct bt_err *err);
/* The lists of files that are kept: the revisions asked for last, and what was staged or in the worktree. */
int bt_needed_by_manifests(struct bt_store *s, struct bt_needed *n, struct bt_err *err);
/*
 * What stays warm: the tips of the newest branches and HEAD of every worktree, the newest commits before them, and the kept lists.
 * Depends on nothing else, so that freezing twice freezes nothing twice. has_head: HEAD has a commit.
 */
int bt_needed_warm(struct bt_repo *repo, struct bt_store *s, bool has_head, struct bt_needed *n, struct bt_err *err);
/*
 * What some ref, reflog or pin of the queue leads to, and what is warm. since: seconds since 1970, older commits do not count unless
 * they are a tip; 0: all do.
 */
int bt_needed_reachable(struct bt_repo *repo, struct bt_store *s, bool has_head, int64_t since, struct bt_needed *n,
			struct bt_err *err);

#endif
