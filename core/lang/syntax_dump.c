/*
 * A syntax tree as text.
 */
#include <tree_sitter/api.h>

#include "core/lang/syntax_impl.h"

unsigned bt_syntax_abi(const struct bt_syntax *s)
{
	return ts_language_abi_version(s->tables->stock);
}

unsigned bt_syntax_symbols(const struct bt_syntax *s)
{
	return ts_language_symbol_count(s->tables->stock);
}

static void put_node(TSTreeCursor *cursor, TSNode node, unsigned depth, struct bt_buf *out)
{
	const char *field = ts_tree_cursor_current_field_name(cursor);
	const char *state = ts_node_is_missing(node) ? "missing" : ts_node_is_error(node) ? "error" : "-";
	TSPoint a = ts_node_start_point(node), b = ts_node_end_point(node);

	bt_buf_addf(out, "%u\t%s\t%s\t%s\t%u\t%u\t%u\t%u\n", depth, field ? field : "", ts_node_type(node), state, a.row,
		    a.column, b.row, b.column);
}

void bt_syntax_dump(const struct bt_syntax *s, struct bt_buf *out)
{
	TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(s->tree));
	unsigned depth = 0;
	bool more = true;

	while (more && !out->failed) {
		TSNode node = ts_tree_cursor_current_node(&cursor);

		if (ts_node_is_named(node) || ts_node_is_missing(node))
			put_node(&cursor, node, depth, out);
		if (ts_tree_cursor_goto_first_child(&cursor)) {
			depth++;
			continue;
		}
		while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)) && ts_tree_cursor_goto_parent(&cursor))
			depth--;
	}
	ts_tree_cursor_delete(&cursor);
}
