/*
 * Whether a commit would change the content of any file, without git: a hook learns so for a hundredth of what a process costs.
 *
 * Git's hooks of a commit run with an index whose cached trees are up to date, and with HEAD's commit and the folders that were
 * changed of late in files of their own. From these alone the two are compared, folders with the same id unread. A shortcut and
 * nothing else: what is packed, split, sparse, unmerged or large is not looked at, and the answer is that it is not known.
 */
#ifndef BT_GIT_INDEX_HEAD_H
#define BT_GIT_INDEX_HEAD_H

#include <stdbool.h>

#include "core/git/repo.h"

/* Does the index surely have the paths of HEAD, each with the same object? Modes may differ. bt_repo_open_hook is enough. */
bool bt_index_is_head(const struct bt_repo *repo);

#endif
