/*
 * One worktree brought along; private to core/batch. The order and what it is good for stand in refresh.c.
 */
#ifndef BT_BATCH_REFRESH_H
#define BT_BATCH_REFRESH_H

#include <sys/stat.h>

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/batch/land/land.h"
#include "core/batch/land/sides.h"
#include "core/git/program.h"

enum refresh_file {
	REFRESH_FILE_NONE,
	REFRESH_FILE_BEFORE,
	REFRESH_FILE_AFTER,
	REFRESH_FILE_OTHER,	/* something else, or out of reach below a file or a symbolic link */
};

/* A path that differs between before and after, and how it is in one worktree. */
struct refresh_path {
	const char *path;
	struct bt_side before, after;

	struct bt_side index;
	bool unmerged, assumed, skipped;	/* in the index: stages, assume-unchanged, skip-worktree */
	enum refresh_file file;
	struct stat st;		/* of a file that is BEFORE, from before it was compared */

	bool moves;		/* the entry goes to `after` */
	bool places;		/* and so does the file */
	const char *why;	/* it is told; or NULL */
};

struct refresh_paths {
	struct refresh_path *list;
	size_t nr, alloc;
	struct bt_strmap by_path;
	struct bt_arena arena;
};
void refresh_paths_release(struct refresh_paths *ps);
/* What differs between the two commits and is not changed again between `after` and `now` (len 0: there is no such commit). */
int refresh_paths_find(struct bt_repo *repo, const struct bt_land_refresh_opts *o, const struct bt_oid *now, struct refresh_paths *ret_ps,
		       struct bt_err *err);
struct refresh_path *refresh_paths_get(const struct refresh_paths *ps, const char *path, size_t len);

/* A worktree on its way. */
struct refresh {
	struct bt_repo wt;	/* borrows, apart from git_dir, top, index_file */
	const char *token;
	struct refresh_paths *paths;
	char *folder;		/* in git_dir: the new index and indexes to compare with */
	char *index;		/* in the folder: the copy of the index that is worked on */
	char *staging;		/* folder on the file system of the files: what is to be put in place */
	int top_fd, staging_fd;
};
#define REFRESH_INIT { .top_fd = -1, .staging_fd = -1 }

/* A child of git in this worktree with this index. */
void refresh_cmd(struct refresh *r, const char *index, struct bt_git_cmd *c);

/* "<mode> <id>\t<path>" and a NUL, as `git update-index -z --index-info` takes it; mode 0 removes. */
void refresh_entry_line(struct bt_buf *b, const struct bt_side *s, size_t oid_len, const char *path);

/* --- land/refresh_tree.c: the worktrees --- */

/* Calls fn for every worktree whose HEAD leads to ref, with git_dir, top and index_file set; `missing` for those whose folder is gone. */
int refresh_each(struct bt_repo *repo, const char *ref, int (*fn)(void *ctx, struct bt_repo *wt, struct bt_err *err),
		 void (*missing)(void *ctx, const char *top), void *ctx, struct bt_err *err);

/* --- land/refresh_lock.c: index.lock with a token in it --- */

int refresh_token_check(const char *token, struct bt_err *err);
/* Waits up to 5 s; a lock with our token is taken over. BT_ERR_BUSY. */
int refresh_lock_take(const char *git_dir, const char *token, struct bt_err *err);
/* Removes index.lock if it is ours, and then what is left in git_dir and top of runs with this token; top may be NULL. */
int refresh_lock_drop(const char *git_dir, const char *top, const char *token, struct bt_err *err);
void refresh_leftovers_remove(const char *folder, const char *prefix, const char *token);
#define REFRESH_FOLDER_PREFIX "batho-"		/* in git_dir */
#define REFRESH_STAGING_PREFIX ".batho-"	/* in the worktree */

/* --- land/refresh_look.c: what index and files hold; decides --- */
int refresh_look(struct refresh *r, struct bt_err *err);

/* --- land/refresh_place.c: files --- */

/* What is at a path, following no symbolic link on the way: 0, ENOENT, or ENOTDIR when something else than a folder is on the way. */
int refresh_stat(int top_fd, const char *path, struct stat *ret_st);
/* Puts the files into place that the copied index has; those that cannot be are told. */
int refresh_place(struct refresh *r, struct bt_err *err);

#endif
