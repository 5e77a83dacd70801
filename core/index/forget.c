/*
 * Which folders mention a blob: rows come after those of the folders in them, so that one pass in the order of their ids
 * tells.
 */
#include "core/index/forget.h"

#include "core/base/limits.h"
#include "core/base/signal.h"
#include "core/index/tree_row.h"

static int mentions(const struct bt_buf *entries, const struct bt_idset *blobs, const struct bt_idset *trees,
		    bool *ret_yes, struct bt_err *err)
{
	struct bt_row_reader r;
	struct bt_row_entry e;
	int rc;

	*ret_yes = false;
	bt_row_reader_init(&r, entries->data, entries->len);
	while ((rc = bt_row_reader_next(&r, &e, err)) == BT_ROW && !*ret_yes)
		*ret_yes = bt_idset_has(e.tree ? trees : blobs, e.id);
	return rc < 0 ? rc : 0;
}

static int look_through(struct bt_store *s, const struct bt_idset *blobs, struct bt_idset *trees, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_tree_row row;
	uint32_t id = 0, nr = 0;
	bool yes;
	int rc;

	bt_buf_init(&entries, BT_TREE_SIZE_MAX);
	while ((rc = bt_store_tree_next(s, &id, err)) == BT_ROW) {
		if (bt_idset_has(trees, id))
			continue;
		if (bt_store_tree_read(s, id, &row, &entries, err) || mentions(&entries, blobs, trees, &yes, err))
			return err->code;
		if (yes)
			bt_idset_add(trees, id);
		if (++nr % 1024 == 0 && bt_cancel_check(err))
			return err->code;
	}
	return rc;
}

int bt_index_trees_with(struct bt_store *s, const struct bt_idset *blobs, struct bt_idset *trees, struct bt_err *err)
{
	int rc = bt_store_read_begin(s, err);

	if (rc)
		return rc;
	rc = look_through(s, blobs, trees, err);
	bt_store_read_end(s);
	return rc;
}

int bt_index_forget_measure(struct bt_store *s, const struct bt_idset *blobs, struct bt_forgotten *ret_sum,
			    struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset trees = BT_IDSET_INIT;

	if (bt_index_trees_with(s, blobs, &trees, err))
		return err->code;
	return bt_store_forget_measure(s, blobs, &trees, ret_sum, err);
}

int bt_index_forget(struct bt_store *s, const struct bt_idset *blobs, struct bt_forgotten *ret_sum, struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset trees = BT_IDSET_INIT;

	if (bt_index_trees_with(s, blobs, &trees, err) || bt_store_forget_measure(s, blobs, &trees, ret_sum, err))
		return err->code;
	return bt_store_forget(s, blobs, &trees, err);
}
