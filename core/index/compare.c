/*
 * A plan that trusts no row, and the digests that follow from it.
 */
#include "core/index/compare.h"

#include <string.h>


#include "core/index/index_state.h"

struct compare {
	struct bt_index *ix;
	void (*differs)(void *ctx, uint32_t row, const char *dir, const char *what);
	void *ctx;
	uint64_t folders;
};

static void index_free(struct bt_index **pix)
{
	bt_index_free(pix);
}

static int compare_node(struct compare *c, struct ix_node *n, struct bt_buf *row, struct bt_err *err)
{
	struct bt_tree_row have;
	int rc;

	ix_finish_node(c->ix, n, row);
	rc = bt_store_tree_find(c->ix->o.store, &n->oid, n->selection, &have, err);
	if (rc != BT_ROW)
		return rc;
	c->folders++;
	n->result.row = have.id;
	if (memcmp(&have.digest, &n->result.digest, sizeof(have.digest)))
		c->differs(c->ctx, have.id, n->dir, "its files are not those that are selected");
	return 0;
}

static int compare_nodes(struct compare *c, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf row = BT_BUF_INIT;

	for (size_t i = 0; i < c->ix->nodes_nr; i++)
		if (compare_node(c, &c->ix->nodes[i], &row, err))
			return err->code;
	return 0;
}

int bt_index_compare(const struct bt_index_opts *o, const struct bt_oid *tree,
		     void (*differs)(void *ctx, uint32_t row, const char *dir, const char *what), void *ctx,
		     uint64_t *ret_folders, struct bt_err *err)
{
	BT_CLEANUP(index_free) struct bt_index *ix = NULL;
	struct bt_index_opts opts = *o;
	struct compare c = { .differs = differs, .ctx = ctx };
	struct bt_index_root root;
	uint32_t number;
	int rc;

	*ret_folders = 0;
	opts.distrust = true;
	if (bt_index_open(&opts, &ix, err) || bt_index_add_tree(ix, tree, &number, err))
		return err->code;
	c.ix = ix;
	if (!bt_index_pending(ix)) {
		rc = compare_nodes(&c, err);
		*ret_folders = c.folders;
		return rc;
	}
	/* blobs are not known: is that what the row says? */
	rc = bt_index_root_find(o->store, tree, o->root_selection, &root, err);
	if (rc == BT_ROW)
		differs(ctx, root.row, "", "blobs that it must list are not in the index");
	return rc < 0 ? rc : 0;
}
