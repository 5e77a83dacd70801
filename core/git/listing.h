/*
 * Flat listings: what is staged, and the worktree as it is.
 *
 * Both come from the git program (`ls-files -s -z`), which reads every kind of index there is. The
 * worktree (tracked files, and new ones that are not ignored) is hashed through git's filters by
 * git itself: a copy of the index is brought up to date by `git update-index` for the files that
 * `git ls-files` calls modified or new, with a temporary folder for the objects (the real one is an
 * alternate), so that nothing is written to the repository. Files larger than BT_LISTING_FILE_MAX
 * and files that cannot be read are left as the index has them.
 */
#ifndef BT_GIT_LISTING_H
#define BT_GIT_LISTING_H

#include "core/base/buf.h"
#include "core/base/limits.h"
#include "core/git/odb.h"
#include "core/git/repo.h"

enum bt_listing_kind {
	BT_LISTING_STAGED,	/* honours GIT_INDEX_FILE */
	BT_LISTING_WORKTREE,
};

/* Larger files of the worktree are not copied into the temporary folder. */
#define BT_LISTING_FILE_MAX BT_BLOB_SIZE_CAP

struct bt_listing;
struct bt_listing_entry {
	uint32_t mode;
	enum bt_entry_kind kind;	/* never BT_ENTRY_TREE */
	int stage;			/* 0, or 1..3 for an unmerged path */
	const char *path;		/* NUL-terminated, relative to the top */
	struct bt_oid oid;
};

int bt_listing_open(struct bt_repo *repo, enum bt_listing_kind kind, struct bt_listing **ret_l,
		    struct bt_err *err);
/* In git's path order. */
int bt_listing_next(struct bt_listing *l, struct bt_listing_entry *ret_e, struct bt_err *err);
/* Removes the temporary object folder, if any. */
void bt_listing_free(struct bt_listing **pl);
/*
 * How many files of the worktree were changed and may not be read. *ret_first: one of them, borrowed;
 * NULL when there is none.
 */
size_t bt_listing_unreadable(const struct bt_listing *l, const char **ret_first);
/*
 * The repository with the listing's temporary objects in sight of either back-end; the listing must
 * outlive it and whatever is opened with it.
 */
struct bt_repo *bt_listing_repo(struct bt_listing *l);
/* An odb (of the git program) that sees the temporary objects too; the listing must outlive it. */
int bt_listing_odb(struct bt_listing *l, struct bt_odb **ret_odb, struct bt_err *err);

#endif
