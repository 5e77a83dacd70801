/*
 * The same visit through the public cursor.
 */
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/lang/tree_iter.h"

struct bt_tree_iter {
	TSTreeCursor cursor;
};

struct bt_tree_iter *bt_tree_iter_new(void)
{
	return bt_xcalloc(1, sizeof(struct bt_tree_iter));
}

void bt_tree_iter_free(struct bt_tree_iter **pit)
{
	free(*pit);
	*pit = NULL;
}

static void take(const struct bt_tree_iter *it, struct bt_tree_item *ret)
{
	TSNode node = ts_tree_cursor_current_node(&it->cursor);

	ret->start = ts_node_start_byte(node);
	ret->end = ts_node_end_byte(node);
	ret->symbol = ts_node_symbol(node);
	ret->named = ts_node_is_named(node);
	ret->leaf = !ts_node_child_count(node);
	ret->missing = ts_node_is_missing(node);
}

void bt_tree_iter_begin(struct bt_tree_iter *it, TSTree *tree, struct bt_tree_item *ret_root)
{
	it->cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
	take(it, ret_root);
}

void bt_tree_iter_end(struct bt_tree_iter *it)
{
	ts_tree_cursor_delete(&it->cursor);
}

bool bt_tree_iter_down(struct bt_tree_iter *it, struct bt_tree_item *ret_item)
{
	if (!ts_tree_cursor_goto_first_child(&it->cursor))
		return false;
	take(it, ret_item);
	return true;
}

bool bt_tree_iter_next(struct bt_tree_iter *it, struct bt_tree_item *ret_item)
{
	bool more = ts_tree_cursor_goto_next_sibling(&it->cursor);

	if (!more)
		ts_tree_cursor_goto_parent(&it->cursor);
	take(it, ret_item);
	return more;
}

TSFieldId bt_tree_iter_field(const struct bt_tree_iter *it)
{
	return ts_tree_cursor_current_field_id(&it->cursor);
}

TSNode bt_tree_iter_node(const struct bt_tree_iter *it)
{
	return ts_tree_cursor_current_node(&it->cursor);
}
