/*
 * A private folder (0700) for the time of one run: objects that are not to stay, a work tree for a child of git.
 * It lies beside the store when there is one, else where temporary files go.
 */
#ifndef BT_GIT_TEMP_H
#define BT_GIT_TEMP_H

#include "core/git/repo.h"

/* *ret_dir is free()d after bt_git_temp_remove. What killed runs left there more than a day ago is removed. */
int bt_git_temp_make(const struct bt_repo *repo, char **ret_dir, struct bt_err *err);
void bt_git_temp_remove(const char *dir);
#endif
