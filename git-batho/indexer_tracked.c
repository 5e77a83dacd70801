/*
 * Reading the tracked configuration through the objects of a revision.
 */
#include "git-batho/indexer_tracked.h"

#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"

/* One entry of a tree: BT_ROW, or BT_DONE. A tree that cannot be read has none: the plan says what is wrong. */
static int find_entry(struct bt_odb *odb, const struct bt_oid *tree, const char *name,
		      enum bt_entry_kind kind, struct bt_oid *ret_oid, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	struct bt_object obj;
	int rc = bt_odb_read(odb, tree, BT_TREE_SIZE_MAX, &obj, &why);

	if (rc)
		return rc == BT_ERR_CORRUPT ? BT_DONE : (*err = why, rc);
	if (obj.type != BT_OBJECT_TREE || !obj.data)
		return BT_DONE;
	bt_tree_reader_init(&r, obj.data, obj.size, tree->len);
	while (bt_tree_reader_next(&r, &e, &why) == BT_ROW) {
		if (e.name_len != strlen(name) || memcmp(e.name, name, e.name_len))
			continue;
		*ret_oid = e.oid;
		return e.kind == kind ? BT_ROW : BT_DONE;
	}
	return BT_DONE;
}

int bt_tracked_find(struct bt_odb *odb, const struct bt_oid *tree, struct bt_oid *ret_config,
		    struct bt_err *err)
{
	struct bt_oid folder, config;
	int rc = find_entry(odb, tree, ".batho", BT_ENTRY_TREE, &folder, err);

	memset(ret_config, 0, sizeof(*ret_config));
	if (rc == BT_ROW)
		rc = find_entry(odb, &folder, "config.ini", BT_ENTRY_BLOB, &config, err);
	if (rc == BT_ROW)
		*ret_config = config;
	return rc < 0 ? rc : 0;
}

int bt_tracked_set(struct bt_odb *odb, const struct bt_oid *config, const char *rev,
		   struct bt_conf *conf, struct bt_err *err)
{
	BT_FREE char *where = bt_xasprintf("%s:.batho/config.ini", rev);
	struct bt_object obj;

	if (!config->len)
		return bt_conf_set_tracked(conf, "", 0, where, err);
	if (bt_odb_read(odb, config, BT_CONFIG_FILE_MAX, &obj, err))
		return err->code;
	if (obj.type != BT_OBJECT_BLOB)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is not in the object database", where);
	if (!obj.data)
		return bt_err_set(err, BT_ERR_LIMIT, "'%s' is larger than %u bytes", where,
				  BT_CONFIG_FILE_MAX);
	return bt_conf_set_tracked(conf, obj.data, obj.size, where, err);
}
