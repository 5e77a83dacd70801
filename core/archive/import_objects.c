/*
 * What an archive says of a folder against what git says: git knows which names a tree has, and which blobs they are.
 */
#include <string.h>

#include "core/archive/frame.h"
#include "core/archive/import_state.h"
#include "core/base/limits.h"

static int refuse(const struct bt_archive_tree *t, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	return bt_err_set(err, BT_ERR_CORRUPT, "the archive says of tree %s what is not so", bt_oid_hex(&t->oid, hex));
}

static bool same_entry(const struct import *im, const struct bt_archive_entry *a, const struct bt_tree_entry *g)
{
	if (a->tree)
		return g->kind == BT_ENTRY_TREE && bt_oid_equal(&g->oid, bt_archive_tree_oid(im->r, a->target));
	if (g->kind != BT_ENTRY_BLOB)
		return false;
	return a->target == BT_NONE || bt_oid_equal(&g->oid, bt_archive_blob_oid(im->r, a->target));
}

/* Both are in git's order, and every entry of ours must be one of git's. */
static int compare(const struct import *im, const struct bt_archive_tree *t, const struct bt_object *obj, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	size_t at = 0;
	int rc = BT_DONE;

	bt_tree_reader_init(&r, obj->data, obj->size, t->oid.len);
	while (at < t->entries_nr && (rc = bt_tree_reader_next(&r, &e, &why)) == BT_ROW) {
		const struct bt_archive_entry *a = &t->entries[at];

		if (e.kind == BT_ENTRY_UNNAMABLE || a->name_len != e.name_len || memcmp(a->name, e.name, e.name_len))
			continue;
		if (!same_entry(im, a, &e))
			return refuse(t, err);
		at++;
	}
	return at < t->entries_nr ? refuse(t, err) : BT_ROW;
}

int im_tree_compare(struct import *im, const struct bt_archive_tree *t, struct bt_err *err)
{
	struct bt_object obj;
	int rc = bt_odb_read(im->o->odb, &t->oid, BT_TREE_SIZE_MAX, &obj, err);

	if (rc)
		return rc;
	if (obj.type == BT_OBJECT_NONE || (obj.type == BT_OBJECT_TREE && !obj.data))
		return BT_DONE;
	if (obj.type != BT_OBJECT_TREE)
		return refuse(t, err);
	return compare(im, t, &obj, err);
}
