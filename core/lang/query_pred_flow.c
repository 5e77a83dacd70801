/*
 * A test on what happens next: whether a pointer is used before anybody looks whether there is one. It knows the
 * grammars of C and C++ and follows the text of one block, no jumps; what it cannot follow it does not report.
 */
#include <string.h>

#include "core/lang/query_impl.h"

/* What the next mention of a value does with it. */
enum mention { NONE, USED, OTHER };

struct search {
	struct query_run *r;
	const struct query_pred *p;
	const char *type, *text; /* of the node whose next mention is looked for */
	size_t len;
};

static bool type_is(TSNode node, const char *type)
{
	return !strcmp(ts_node_type(node), type);
}

static bool type_in(TSNode node, const char *const *types)
{
	for (; *types; types++)
		if (type_is(node, *types))
			return true;
	return false;
}

static bool named_in(struct search *s, TSNode function)
{
	size_t len;
	const char *text = query_text(s->r, function, &len);

	for (size_t i = 0; i < s->p->texts_nr; i++)
		if (s->p->lens[i] == len && !memcmp(s->p->texts[i], text, len))
			return true;
	return false;
}

static bool operator_is(struct search *s, TSNode node, const char *op)
{
	TSNode child = ts_node_child_by_field_name(node, "operator", 8);
	size_t len;
	const char *text;

	if (ts_node_is_null(child))
		return false;
	text = query_text(s->r, child, &len);
	return len == strlen(op) && !memcmp(text, op, len);
}

static bool is_field(TSNode parent, const char *field, TSNode node)
{
	TSNode child = ts_node_child_by_field_name(parent, field, (uint32_t)strlen(field));

	return !ts_node_is_null(child) && ts_node_eq(child, node);
}

/* `&p[1]` and `&p->x` are addresses, `sizeof(*p)` is a number. */
static bool is_evaluated(struct search *s, TSNode node)
{
	TSNode up = ts_node_parent(node);

	while (!ts_node_is_null(up) &&
	       (type_is(up, "parenthesized_expression") || type_is(up, "field_expression") ||
		type_is(up, "subscript_expression")))
		up = ts_node_parent(up);
	return ts_node_is_null(up) || !type_is(up, "pointer_expression") ||
	       !operator_is(s, up, "&");
}

static enum mention judge(struct search *s, TSNode node)
{
	static const char *const through[] = { "parenthesized_expression", "cast_expression",
					       "update_expression", NULL };
	TSNode up = ts_node_parent(node);

	if (ts_node_is_null(up))
		return OTHER;
	if (type_is(up, "field_expression") && is_field(up, "argument", node) &&
	    operator_is(s, up, "->"))
		return is_evaluated(s, up) ? USED : OTHER;
	if (type_is(up, "subscript_expression") && is_field(up, "argument", node))
		return is_evaluated(s, up) ? USED : OTHER;
	if (type_is(up, "argument_list")) {
		TSNode call = ts_node_parent(up);

		return type_is(call, "call_expression") &&
				       named_in(s, ts_node_child_by_field_name(call, "function", 8))
			       ? USED
			       : OTHER;
	}
	while (!ts_node_is_null(up) && type_in(up, through))
		up = ts_node_parent(up);
	return !ts_node_is_null(up) && type_is(up, "pointer_expression") && operator_is(s, up, "*")
		       ? USED
		       : OTHER;
}

static bool is_mention(struct search *s, TSNode node)
{
	size_t len;
	const char *text;

	if (ts_node_end_byte(node) - ts_node_start_byte(node) != s->len || !type_is(node, s->type))
		return false;
	text = query_text(s->r, node, &len);
	return len == s->len && !memcmp(text, s->text, len);
}

/* The first mention in `top`, in the order of the text. */
static enum mention search_in(struct search *s, TSNode top)
{
	TSTreeCursor c = ts_tree_cursor_new(top);
	enum mention found = NONE;
	uint32_t depth = 0;
	bool done = false;

	while (!done && found == NONE && s->r->steps <= s->r->steps_max) {
		TSNode node = ts_tree_cursor_current_node(&c);

		s->r->steps++;
		if (is_mention(s, node)) {
			found = judge(s, node);
		} else if (!type_is(node, "sizeof_expression") &&
			   ts_tree_cursor_goto_first_child(&c)) {
			depth++;
		} else {
			while (depth && !ts_tree_cursor_goto_next_sibling(&c)) {
				ts_tree_cursor_goto_parent(&c);
				depth--;
			}
			done = !depth;
		}
	}
	ts_tree_cursor_delete(&c);
	return found;
}

/* The innermost list of statements around the node; *ret_in: the one of them that holds it. */
static TSNode list_around(struct query_run *r, TSNode node, TSNode *ret_in)
{
	static const char *const lists[] = {
		"compound_statement", "case_statement", "preproc_if", "preproc_ifdef",
		"preproc_else",	      "preproc_elif",	NULL
	};
	TSNode at = ts_tree_root_node(r->syntax->tree), list = { .id = NULL };

	while (!ts_node_is_null(at) && !ts_node_eq(at, node)) {
		TSNode next = ts_node_child_with_descendant(at, node);

		if (type_in(at, lists)) {
			list = at;
			*ret_in = next;
		}
		at = next;
		r->steps++;
	}
	return list;
}

bool query_test_used_unchecked(struct query_run *r, const struct query_pred *p, TSNode node)
{
	static const char *const jumps[] = { "return_statement",   "break_statement",
					     "continue_statement", "goto_statement",
					     "throw_statement",	   NULL };
	struct search s = { .r = r, .p = p, .type = ts_node_type(node) };
	TSNode in = { .id = NULL }, list = list_around(r, node, &in);
	enum mention found = NONE;

	if (!list.id)
		return p->negated;
	s.text = query_text(r, node, &s.len);
	/* What is left of its own statement is another branch. */
	while (!type_in(in, jumps) && found == NONE) {
		in = ts_node_next_named_sibling(in);
		if (ts_node_is_null(in))
			break;
		found = search_in(&s, in);
	}
	return found == USED;
}
