/*
 * A temporary index that holds the worktree as it is; private to core/git.
 */
#ifndef BT_GIT_WORKTREE_H
#define BT_GIT_WORKTREE_H

#include "core/git/program.h"
#include "core/git/repo.h"

struct bt_worktree {
	char *dir; /* temporary folder with `index` and `objects`; NULL when nothing has changed */
	char *index_file; /* of it; NULL as dir */
	char *objects;	  /* of it; NULL as dir */
	size_t unreadable; /* files that may not be read: they are as the index has them */
	char *unreadable_path; /* the first of them, or NULL */
};

int bt_worktree_take(const struct bt_repo *repo, struct bt_worktree *ret_w, struct bt_err *err);
/* Removes the temporary folder. */
void bt_worktree_release(struct bt_worktree *w);

/*
 * Makes the children read the caller's index, wherever they run (GIT_INDEX_FILE may be relative).
 */
void bt_git_cmd_index(struct bt_git_cmd *c, const struct bt_repo *repo, const char *index_file);

#endif
