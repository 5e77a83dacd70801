/*
 * Refs that lead to no commit: trees and blobs that are kept under a tag or a ref of their own. `git rev-list`
 * passes over them.
 */
#ifndef BT_GIT_REFLIST_H
#define BT_GIT_REFLIST_H

#include "core/git/odb.h"

struct bt_reflist;
struct bt_reflist_row {
	const char *name;	/* "refs/tags/x"; valid until the next call */
	struct bt_oid oid;	/* what it leads to, through all tags */
	enum bt_object_type type;	/* BT_OBJECT_TREE or BT_OBJECT_BLOB */
};

/* Pull iteration, by name. Tags of tags are read through the odb, in which nothing may be in flight. */
int bt_reflist_open(struct bt_repo *repo, struct bt_odb *odb, struct bt_reflist **ret_list, struct bt_err *err);
int bt_reflist_next(struct bt_reflist *l, struct bt_reflist_row *ret_row, struct bt_err *err);
void bt_reflist_free(struct bt_reflist **pl);

#endif
