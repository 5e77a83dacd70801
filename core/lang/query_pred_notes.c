/*
 * Tests on what is said about code: comments that explain it, attributes and annotations that mark it.
 */
#include <ctype.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/lang/query_impl.h"

/* A comment of fewer words names what happens ("ignored"), but not why. */
#define EXPLANATION_WORDS_MIN 4

static bool is_word(unsigned char c)
{
	return isalpha(c) || c == '\'' || c >= 0x80;
}

/* "BUG-2065", "#17", an address: the reason stands there. */
static bool has_reference(const char *text, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++)
		if (isdigit((unsigned char)text[i + 1]) &&
		    (text[i] == '#' || (text[i] == '-' && isupper((unsigned char)text[i - 1]))))
			return true;
	return memmem(text, len, "://", 3);
}

static bool explains(struct query_run *r, TSNode comment)
{
	static const char *const not_yet[] = { "TO"
					       "DO",
					       "FIX"
					       "ME",
					       "X"
					       "XX",
					       "uto-generated",
					       /* it suppresses what would have to be found first */
					       "batho:ignore" };
	size_t len;
	const char *text = query_text(r, comment, &len);
	int words = 0;

	for (size_t i = 0; i < BT_ARRAY_NR(not_yet); i++)
		if (memmem(text, len, not_yet[i], strlen(not_yet[i])))
			return false;
	for (size_t i = 0; i < len; i++)
		words += is_word((unsigned char)text[i]) &&
			 (!i || !is_word((unsigned char)text[i - 1]));
	return words >= EXPLANATION_WORDS_MIN || has_reference(text, len);
}

/* Comments of nested blocks count as well: they are part of what is done about it. */
static bool explained_inside(struct query_run *r, TSNode top)
{
	TSTreeCursor c = ts_tree_cursor_new(top);
	uint32_t depth = 0;
	bool hit = false, done = false;

	while (!hit && !done && r->steps <= r->steps_max) {
		TSNode node = ts_tree_cursor_current_node(&c);

		r->steps++;
		hit = query_is_comment(r, node) && explains(r, node);
		if (hit || ts_tree_cursor_goto_first_child(&c)) {
			depth++;
			continue;
		}
		while (depth && !ts_tree_cursor_goto_next_sibling(&c)) {
			ts_tree_cursor_goto_parent(&c);
			depth--;
		}
		done = !depth;
	}
	ts_tree_cursor_delete(&c);
	return hit;
}

/* Is all of `parent` that stands before `node` the beginning of one statement? */
static bool leads_to(const struct query_run *r, TSNode parent, TSNode node)
{
	uint32_t start = ts_node_start_byte(parent), end = ts_node_start_byte(node);

	for (uint32_t i = start; i < end; i++)
		if (strchr("{;", r->syntax->src[i]))
			return false;
	return true;
}

static bool explained_above(struct query_run *r, TSNode node)
{
	uint32_t row = ts_node_start_point(node).row;
	TSNode parent = ts_node_parent(node);

	/* Above the statement: the comment is a sibling of what begins on the same line, with no other in between. */
	while (!ts_node_is_null(parent) && ts_node_start_point(parent).row == row &&
	       leads_to(r, parent, node)) {
		node = parent;
		parent = ts_node_parent(node);
		r->steps++;
	}
	for (TSNode at = ts_node_prev_named_sibling(node); !ts_node_is_null(at);
	     at = ts_node_prev_named_sibling(at)) {
		TSNode before = ts_node_prev_sibling(at);

		/* A comment behind code is about that. */
		if (!query_is_comment(r, at) || ts_node_end_point(at).row + 1 < row ||
		    (!ts_node_is_null(before) &&
		     ts_node_end_point(before).row == ts_node_start_point(at).row))
			break;
		if (explains(r, at))
			return true;
		row = ts_node_start_point(at).row;
		r->steps++;
	}
	return false;
}

/* What comes next in the text: behind the last of a list that is behind its end. */
static TSNode next_of(struct query_run *r, TSNode node)
{
	TSNode next = ts_node_next_named_sibling(node);

	while (ts_node_is_null(next)) {
		node = ts_node_parent(node);
		if (ts_node_is_null(node))
			break;
		next = ts_node_next_named_sibling(node);
		r->steps++;
	}
	return next;
}

bool query_test_explained(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	/* On its last line, or, where the grammar ends a branch before its comment (Scala), right below. */
	uint32_t row_max = ts_node_end_point(node).row + !strcmp(ts_node_type(node), "case_clause");
	TSNode next = next_of(r, node);

	if (!ts_node_is_null(next) && ts_node_start_point(next).row <= row_max &&
	    query_is_comment(r, next) && explains(r, next))
		return true;
	return explained_above(r, node) || explained_inside(r, node);
}

static bool is_mark(TSNode node)
{
	const char *type = ts_node_type(node);

	return strstr(type, "attribute") || strstr(type, "annotation") ||
	       strstr(type, "decorator") || !strcmp(type, "modifiers");
}

/* Where the callable around a place begins; 0: there is none. */
static uint32_t callable_start(struct query_run *r, TSNode node)
{
	struct bt_err ignored = BT_ERR_INIT;
	const struct bt_facts *f;
	uint32_t d;

	if (bt_syntax_facts(r->syntax, &f, &ignored))
		return 0;
	d = bt_facts_enclosing(f, ts_node_start_byte(node));
	while (d != BT_NONE && !(f->defs[d].flags & BT_DEF_CALLABLE))
		d = f->defs[d].parent;
	return d == BT_NONE ? 0 : f->defs[d].start;
}

bool query_test_foretold(struct query_run *r, const struct query_pred *p, TSNode node)
{
	uint32_t start = callable_start(r, node);
	bool outermost = false;

	while (!outermost && !ts_node_is_null(node) && r->steps <= r->steps_max) {
		outermost = ts_node_start_byte(node) <= start;
		for (TSNode at = ts_node_prev_named_sibling(node); !ts_node_is_null(at);
		     at = ts_node_prev_named_sibling(at)) {
			r->steps++;
			if (query_is_comment(r, at) && query_test_match(r, p, at))
				return true;
			/* Above the callable: its own comment, nobody else's. */
			if (ts_node_start_byte(at) < start && !query_is_comment(r, at) &&
			    !is_mark(at))
				break;
		}
		node = ts_node_parent(node);
	}
	return false;
}

/* Attributes are siblings before it (Rust) or its first children (Java, C#, Kotlin). */
static bool is_marked(struct query_run *r, const struct query_pred *p, TSNode node)
{
	uint32_t nr = ts_node_named_child_count(node);

	for (uint32_t i = 0; i < nr; i++) {
		TSNode child = ts_node_named_child(node, i);

		if (!is_mark(child) && !query_is_comment(r, child))
			break;
		if (is_mark(child) && query_test_contains(r, p, child))
			return true;
	}
	for (node = ts_node_prev_named_sibling(node); !ts_node_is_null(node);
	     node = ts_node_prev_named_sibling(node)) {
		if (!is_mark(node) && !query_is_comment(r, node))
			break;
		if (is_mark(node) && query_test_contains(r, p, node))
			return true;
		r->steps++;
	}
	return false;
}

bool query_test_marked(struct query_run *r, const struct query_pred *p, TSNode node)
{
	TSNode at = ts_tree_root_node(r->syntax->tree);

	while (!ts_node_is_null(at)) {
		if (is_marked(r, p, at))
			return true;
		if (ts_node_eq(at, node))
			break;
		at = ts_node_child_with_descendant(at, node);
		r->steps++;
	}
	return false;
}
