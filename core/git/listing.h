/*
 * Flat listings: what is staged, and the worktree as it is.
 *
 * Both come from the git program (`ls-files -s -z`), which reads every kind of index there is.
 * The worktree is hashed through git's filters by git itself: a copy of the index is brought up to
 * date with `git add -A` into a temporary object folder (GIT_OBJECT_DIRECTORY with the real one as
 * alternate), so that nothing is written to the repository. Blobs that exist only there are read
 * through bt_listing_odb_env.
 */
#ifndef BT_GIT_LISTING_H
#define BT_GIT_LISTING_H

#include "core/base/buf.h"
#include "core/git/odb.h"
#include "core/git/repo.h"

enum bt_listing_kind {
	BT_LISTING_STAGED,	/* honours GIT_INDEX_FILE */
	BT_LISTING_WORKTREE,
};

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
/* An odb that sees the listing's temporary objects too; the listing must outlive it. */
int bt_listing_odb(struct bt_listing *l, struct bt_odb **ret_odb, struct bt_err *err);

#endif
