/*
 * A repository as git sees it.
 *
 * bt_repo_open runs one `git rev-parse` child: discovery (GIT_DIR, worktrees, bare, submodules,
 * safe.directory, ...) and the resolution of the revisions asked for are git's own. Nothing here
 * starts libgit2.
 */
#ifndef BT_GIT_REPO_H
#define BT_GIT_REPO_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/oid.h"

struct bt_repo {
	char *git_dir;		/* absolute; of this worktree */
	char *common_dir;	/* absolute, real path: where batho/ lives */
	char *top;		/* absolute top of the worktree; NULL when bare or inside .git */
	char *prefix;		/* cwd below top with a '/' at the end, or "" */
	char *index_file;	/* absolute; GIT_INDEX_FILE when set; need not exist */
	char *objects_dir;	/* absolute; GIT_OBJECT_DIRECTORY when set */
	char *extra_objects;	/* one more folder of objects both back-ends look into, or NULL */
	size_t oid_len;		/* 20 or 32 */
	bool bare;
	bool shallow;
	bool no_config_hooks;	/* git's configuration defines no hooks: known once it was read (core/conf) */
};

#define BT_REPO_INIT { .git_dir = NULL }

/* What a revision resolves to. A tree or tag is accepted where it peels to a tree. */
struct bt_rev {
	const char *spec;	/* in: what was asked for, borrowed */
	bool optional;		/* in: absence is not an error (HEAD of an empty repository) */
	bool found;
	struct bt_oid commit;	/* .len == 0 when the spec names a bare tree */
	struct bt_oid tree;
};

/*
 * Opens the repository of the current directory and resolves revs[0..revs_nr) in the same child
 * where that can be done (a revision that fails is asked for again alone, so that the message names
 * it: "unknown revision 'x'"). Not in a repository: BT_ERR_NOT_FOUND with git's own text; git's
 * hint about safe.directory is kept in err->hint.
 */
int bt_repo_open(struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, struct bt_err *err);
/*
 * For hooks that git runs in a worktree, in its top folder: the same without a child, from GIT_DIR, GIT_INDEX_FILE
 * and .git. oid_len stays 0: the ids that git prints tell it.
 */
int bt_repo_open_hook(struct bt_repo *repo, struct bt_err *err);
void bt_repo_release(struct bt_repo *repo);
/* The top of the main worktree, whichever one this is; of a bare repository, its own folder. free() */
char *bt_repo_home(const struct bt_repo *repo);

/* Resolves more revisions in an open repository. */
int bt_repo_resolve(struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, struct bt_err *err);

/*
 * Expands arguments as `git rev-list` takes them (ranges, ^x, --all and its kin, --reflog, --max-count=<n>, --max-age=<time>) into
 * commits, newest first: pull iteration. `--no-walk` lists only the tips themselves. Each row gives the commit, its first
 * parent (len 0 for a root) and its tree.
 */
struct bt_revlist;
struct bt_revlist_row {
	struct bt_oid commit, parent, tree;
};
int bt_revlist_open(struct bt_repo *repo, const char *const *args, size_t args_nr,
		    struct bt_revlist **ret_list, struct bt_err *err);
int bt_revlist_next(struct bt_revlist *l, struct bt_revlist_row *ret_row, struct bt_err *err);
void bt_revlist_free(struct bt_revlist **pl);

/*
 * Why the objects of this repository must be read by the git program: object format, reftable,
 * partial clone, unknown extensions. One text for people, or NULL when libgit2 can. Asks git for
 * the settings (one child).
 */
const char *bt_repo_needs_git_program(const struct bt_repo *repo);

#endif
