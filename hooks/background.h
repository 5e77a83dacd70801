/*
 * Indexing behind somebody's back: a process of its own session, with the lowest priority and without the
 * descriptors of who started it. One at a time: who comes while one runs leaves a mark, and the one that
 * runs goes once more.
 */
#ifndef BT_HOOKS_BACKGROUND_H
#define BT_HOOKS_BACKGROUND_H

#include "core/git/repo.h"

/* In the middle of a rebase: its end brings a hook of its own. */
bool bt_background_is_idle(const struct bt_repo *repo);
/*
 * Returns at once. `indexer` is the path of git-batho-indexer, `store_dir` the folder for the lock, which
 * is made. HEAD of this worktree is indexed.
 */
int bt_background_index(const struct bt_repo *repo, const char *indexer, const char *store_dir,
			struct bt_err *err);

#endif
