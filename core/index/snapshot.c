/*
 * Manifests: the flat list of a root, from tree rows or from the nodes of a listing.
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/facts/facts.h"
#include "core/index/index_state.h"
#include "core/index/tree_row.h"

void bt_index_manifest_key(uint32_t root_row, struct bt_digest *ret_key)
{
	uint8_t id[4] = { (uint8_t)root_row, (uint8_t)(root_row >> 8), (uint8_t)(root_row >> 16),
			  (uint8_t)(root_row >> 24) };

	bt_blake2b(id, sizeof(id), ret_key);
}

static void add_path(struct bt_buf *path, size_t keep, const char *name, size_t len)
{
	path->len = keep;
	if (keep)
		bt_buf_addch(path, '/');
	bt_buf_add(path, name, len);
}

static int add_rows(struct bt_store *store, uint32_t row_id, struct bt_buf *path,
		    struct bt_manifest_builder *b, unsigned depth, struct bt_tree_row *ret_row,
		    struct bt_err *err)
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

		add_path(path, keep, e.name, e.name_len);
		if (!e.tree)
			bt_manifest_builder_add(b, path->data, path->len, &f);
		else if (add_rows(store, e.id, path, b, depth + 1, NULL, err))
			return err->code;
	}
	path->len = keep;
	return rc;
}

static int make_manifest(struct bt_store *store, uint32_t root_row, struct bt_buf *out,
			 struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	BT_CLEANUP(bt_manifest_builder_release) struct bt_manifest_builder b;
	struct bt_tree_row row;

	bt_manifest_builder_init(&b);
	if (add_rows(store, root_row, &path, &b, 0, &row, err))
		return err->code;
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

static int add_nodes(const struct bt_index *ix, uint32_t number, struct bt_buf *path,
		     struct bt_manifest_builder *b)
{
	const struct ix_node *n = &ix->nodes[number];
	size_t keep = path->len;

	for (uint32_t i = 0; i < n->entries_nr; i++) {
		const struct ix_entry *e = &n->entries[i];
		struct bt_manifest_file f = { .flags = e->flags, .state = e->fixed_state };

		add_path(path, keep, e->name, e->name_len);
		if (e->tree) {
			add_nodes(ix, e->target, path, b);
			continue;
		}
		if (e->target != BT_NONE) {
			const struct ix_job *j = ix_job_final(ix, e->target);

			f.blob = j->id;
			f.lang = j->lang_id;
			f.state = j->state;
			if (f.state == BT_BLOB_FACTS && j->size > ix->o.selection->max_blob_size)
				f.state = BT_BLOB_TOO_LARGE;
		}
		bt_manifest_builder_add(b, path->data, path->len, &f);
	}
	path->len = keep;
	return 0;
}

int bt_index_listing_manifest(struct bt_index *ix, uint32_t number, struct bt_buf *out,
			      struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	BT_CLEANUP(bt_manifest_builder_release) struct bt_manifest_builder b;
	const struct bt_index_root *r = bt_index_root_get(ix, number);

	bt_manifest_builder_init(&b);
	add_nodes(ix, number, &path, &b);
	return bt_manifest_builder_end(&b, 0, r->killed, &r->digest, out, err);
}
