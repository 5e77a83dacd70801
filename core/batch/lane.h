/*
 * Targets: what people call a branch, and the full name that the queue keeps.
 */
#ifndef BT_BATCH_LANE_H
#define BT_BATCH_LANE_H

#include "core/git/repo.h"

/* The branch that HEAD of this worktree is on, as a full name; BT_ERR_NOT_FOUND when it is detached. free() */
int bt_lane_current(struct bt_repo *repo, char **ret_ref, struct bt_err *err);
/*
 * The full name of a branch that a person names ("main", "heads/main", "refs/heads/main"): it need not exist, but it must be
 * a name that git takes. Anything outside of refs/heads/ is refused. NULL: the current branch. free()
 */
int bt_lane_find(struct bt_repo *repo, const char *name, char **ret_ref, struct bt_err *err);
/* Without "refs/heads/", for people. */
const char *bt_lane_name(const char *ref);
/* Where a branch is pushed: branch.<name>.pushRemote, remote.pushDefault, branch.<name>.remote, else "origin". free() */
int bt_lane_remote(struct bt_repo *repo, const char *ref, char **ret_remote, struct bt_err *err);

#endif
