/*
 * A private folder (0700) for the time of one run: objects that are not to stay, a work tree for a child of git.
 * It lies beside the store when there is one, else where temporary files go.
 */
#ifndef BT_GIT_TEMP_H
#define BT_GIT_TEMP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "core/git/repo.h"

/* *ret_dir is free()d after bt_git_temp_remove. What killed runs left there more than a day ago is removed. */
int bt_git_temp_make(const struct bt_repo *repo, char **ret_dir, struct bt_err *err);
void bt_git_temp_remove(const char *dir);
/* Those that killed runs left in `base` more than a day ago: each is told (NULL: none is), and goes when `remove` is set. */
void bt_git_temp_stale(const char *base, bool remove, void (*each)(void *ctx, const char *name, uint64_t bytes), void *ctx);
/*
 * Copies an index with its time of change: git compares the times of entries with that of the index to know which entries it cannot
 * trust. A file that is not there gives none.
 */
int bt_git_temp_copy(const char *from, const char *to, struct bt_err *err);
/* Writes one, with this time of change; a time of zero is left as it comes. */
int bt_git_temp_write(const char *to, const void *p, size_t len, const struct timespec *changed, struct bt_err *err);
#endif
