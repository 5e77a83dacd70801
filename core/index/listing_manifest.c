/*
 * The manifest of what has no row of its own (a listing, a revision whose objects are not all here), from the
 * nodes of the run that planned it.
 */
#include "core/facts/facts.h"
#include "core/index/index_state.h"

static int add_nodes(const struct bt_index *ix, uint32_t number, struct bt_buf *path,
		     struct bt_manifest_builder *b, struct bt_err *err)
{
	const struct ix_node *n = &ix->nodes[number];
	size_t keep = path->len;

	if (n->done)	/* known from the store: it has no entries here */
		return n->result.empty ? 0 : bt_index_add_rows(ix->o.store, n->result.row, path, b, NULL, err);
	for (uint32_t i = 0; i < n->entries_nr; i++) {
		const struct ix_entry *e = &n->entries[i];
		struct bt_manifest_file f = { .flags = e->flags, .state = e->fixed_state };

		bt_manifest_child_path(path, keep, e->name, e->name_len);
		if (e->tree) {
			if (add_nodes(ix, e->target, path, b, err))
				return err->code;
			continue;
		}
		if (e->target != BT_NONE) {
			const struct ix_job *j = ix_job_final(ix, e->target);

			f.blob = j->id;
			f.lang = j->lang_id;
			f.state = ix_entry_state(ix, e, j);
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
	int rc;

	bt_manifest_builder_init(&b);
	if (bt_store_read_begin(ix->o.store, err))
		return err->code;
	rc = add_nodes(ix, number, &path, &b, err);
	bt_store_read_end(ix->o.store);
	if (rc)
		return rc;
	return bt_manifest_builder_end(&b, 0, r->killed, &r->digest, out, err);
}
