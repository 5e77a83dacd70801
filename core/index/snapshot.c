/*
 * Roots as the store has them, and their manifests, made from tree rows. Needs nothing but the store: the program
 * that answers links this file and not the pipeline.
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/index/index.h"
#include "core/index/tree_row.h"
#include "store/frozen.h"

void bt_index_manifest_key(uint32_t root_row, struct bt_digest *ret_key)
{
	uint8_t id[4] = { (uint8_t)root_row, (uint8_t)(root_row >> 8), (uint8_t)(root_row >> 16),
			  (uint8_t)(root_row >> 24) };

	bt_blake2b(id, sizeof(id), ret_key);
}

/* Are the facts of all files below a row there? BT_ROW or BT_DONE. Asked for while the frozen tier is away. */
static int facts_there(struct bt_store *store, uint32_t row_id, unsigned depth, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_row_reader r;
	struct bt_row_entry e;
	struct bt_tree_row row;
	int rc;

	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_CORRUPT, "trees in the index are nested without end");
	if (bt_store_tree_read(store, row_id, &row, &entries, err))
		return err->code;
	bt_row_reader_init(&r, bt_buf_cstr(&entries), entries.len);
	while ((rc = bt_row_reader_next(&r, &e, err)) == BT_ROW) {
		int there = e.tree ? facts_there(store, e.id, depth + 1, err)
			    : e.state == BT_BLOB_FACTS ? bt_store_facts_there(store, e.id, err)
						       : BT_ROW;

		if (there != BT_ROW)
			return there;
	}
	return rc ? rc : BT_ROW;
}

int bt_index_root_find(struct bt_store *store, const struct bt_oid *tree, uint64_t root_selection,
		       struct bt_index_root *ret_root, struct bt_err *err)
{
	struct bt_tree_row row;
	struct bt_digest nothing;
	bool away = false;
	int rc = bt_store_tree_find(store, tree, root_selection, &row, err);

	if (rc != BT_ROW)
		return rc;
	if (bt_store_frozen_away(store, &away, err))
		return err->code;
	rc = away ? facts_there(store, row.id, 0, err) : BT_ROW;
	if (rc != BT_ROW)
		return rc;
	bt_blake2b("", 0, &nothing);	/* the digest of a folder without entries */
	*ret_root = (struct bt_index_root){
		.row = row.id, .blobs = row.blobs, .killed = row.killed, .digest = row.digest,
		.empty = !memcmp(&row.digest, &nothing, sizeof(nothing)),
	};
	return rc;
}

static int add_rows(struct bt_store *store, uint32_t row_id, struct bt_buf *path, struct bt_manifest_builder *b,
		    unsigned depth, struct bt_tree_row *ret_row, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_row_reader r;
	struct bt_row_entry e;
	struct bt_tree_row row;
	size_t keep = path->len;
	int rc;

	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_CORRUPT, "trees in the index are nested without end");
	if (bt_store_tree_read(store, row_id, &row, &entries, err))
		return err->code;
	if (ret_row)
		*ret_row = row;
	bt_row_reader_init(&r, bt_buf_cstr(&entries), entries.len);
	while ((rc = bt_row_reader_next(&r, &e, err)) == BT_ROW) {
		struct bt_manifest_file f = {
			.blob = e.id, .lang = e.lang, .state = e.state, .flags = e.flags,
		};

		bt_manifest_child_path(path, keep, e.name, e.name_len);
		if (!e.tree)
			bt_manifest_builder_add(b, path->data, path->len, &f);
		else if (add_rows(store, e.id, path, b, depth + 1, NULL, err))
			return err->code;
	}
	path->len = keep;
	return rc;
}

int bt_index_add_rows(struct bt_store *store, uint32_t row_id, struct bt_buf *path,
		      struct bt_manifest_builder *b, struct bt_tree_row *ret_row, struct bt_err *err)
{
	return add_rows(store, row_id, path, b, 0, ret_row, err);
}

static int make_manifest(struct bt_store *store, uint32_t root_row, struct bt_buf *out,
			 struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	BT_CLEANUP(bt_manifest_builder_release) struct bt_manifest_builder b;
	struct bt_tree_row row;
	int rc;

	bt_manifest_builder_init(&b);
	if (bt_store_read_begin(store, err))
		return err->code;
	rc = bt_index_add_rows(store, root_row, &path, &b, &row, err);
	bt_store_read_end(store);
	if (rc)
		return rc;
	return bt_manifest_builder_end(&b, root_row, row.killed, &row.digest, out, err);
}

static int keep_manifest(struct bt_store *store, const struct bt_digest *key, const struct bt_buf *data,
			 struct bt_err *err)
{
	int rc = bt_store_begin(store, err);

	if (!rc)
		rc = bt_store_manifest_put(store, key, bt_buf_cstr(data), data->len, err);
	if (!rc)
		rc = bt_store_commit(store, err);
	if (rc)
		bt_store_rollback(store);
	return rc;
}

int bt_index_manifest(struct bt_store *store, uint32_t root_row, bool keep, struct bt_manifest *ret_m,
		      struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_digest key;
	int rc;

	memset(ret_m, 0, sizeof(*ret_m));
	bt_index_manifest_key(root_row, &key);
	rc = bt_store_manifest_read(store, &key, &ret_m->data, err);
	if (rc == BT_DONE) {
		rc = make_manifest(store, root_row, &ret_m->data, err);
		if (!rc && keep)	/* a cache: failing to keep it costs time alone */
			keep_manifest(store, &key, &ret_m->data, &ignored);
	}
	if (rc < 0 || bt_manifest_load(ret_m, err)) {
		bt_manifest_release(ret_m);
		return err->code;
	}
	return 0;
}
