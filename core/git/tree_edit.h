/*
 * A tree, changed path by path: only trees on the way to a changed path are read, and written again once at the end.
 */
#ifndef BT_GIT_TREE_EDIT_H
#define BT_GIT_TREE_EDIT_H

#include "core/git/object_write.h"
#include "core/git/odb.h"

struct bt_tree_edit;
/* base: a tree, or len 0 for the empty one. Borrows odb; no request of its owner may be in flight while a path is looked at. */
struct bt_tree_edit *bt_tree_edit_new(struct bt_repo *repo, struct bt_odb *odb, const struct bt_oid *base);
void bt_tree_edit_free(struct bt_tree_edit **pt);
/*
 * What is at a path now: mode 0 when nothing is. A folder has mode 040000 and, unless it was changed since the last write, its id; else
 * the id has len 0.
 */
int bt_tree_edit_get(struct bt_tree_edit *t, const char *path, size_t len, uint32_t *ret_mode, struct bt_oid *ret_oid, struct bt_err *err);
/*
 * mode: as in trees (0100644, 0100755, 0120000, 0160000; 040000 puts a whole tree). A file in the way of a folder on the path, or a folder
 * in the way of a file, is replaced. Paths git could not check out (".git", "..", empty parts) are refused: BT_ERR_FAIL.
 */
int bt_tree_edit_put(struct bt_tree_edit *t, const char *path, size_t len, uint32_t mode, const struct bt_oid *oid, struct bt_err *err);
/* Nothing there is fine. Folders that become empty go as well. */
int bt_tree_edit_remove(struct bt_tree_edit *t, const char *path, size_t len, struct bt_err *err);
/* Writes what changed. May be called again after further edits. */
int bt_tree_edit_write(struct bt_tree_edit *t, bool durable, struct bt_oid *ret_tree, struct bt_err *err);
/* The same into a batch, which is the caller's to end. */
int bt_tree_edit_write_batch(struct bt_tree_edit *t, struct bt_object_batch *b, struct bt_oid *ret_tree, struct bt_err *err);
/* Back to the base, for the next of many results on it: trees of the base that were read need not be read again. */
void bt_tree_edit_reset(struct bt_tree_edit *t);
#endif
