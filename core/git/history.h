/*
 * Questions about commits, answered by the git program.
 */
#ifndef BT_GIT_HISTORY_H
#define BT_GIT_HISTORY_H

#include "core/git/repo.h"

/* Is the commit here, with its tree? */
int bt_commit_there(struct bt_repo *repo, const struct bt_oid *commit, bool *ret_there, struct bt_err *err);

#endif
