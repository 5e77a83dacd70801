/*
 * Tests on nodes. Whatever looks at more than a node's children counts against the steps of the run.
 */
#include <string.h>

#include "core/lang/query_impl.h"

/* Nodes that count as one of the matcher's hundred steps. */
#define NODES_PER_STEP 20

static bool one_of(const struct query_pred *p, const char *text, size_t len)
{
	for (size_t i = 0; i < p->texts_nr; i++)
		if (p->lens[i] == len && !memcmp(p->texts[i], text, len))
			return true;
	return false;
}

static bool type_is(const struct query_pred *p, TSNode node)
{
	const char *type = ts_node_type(node);

	return one_of(p, type, strlen(type));
}

bool query_is_comment(const struct query_run *r, TSNode node)
{
	TSSymbol symbol = ts_node_symbol(node);

	return symbol < r->syntax->tables->symbols_nr &&
	       r->syntax->tables->rules[symbol].flags & BT_NODE_COMMENT;
}

bool query_test_eq(struct query_run *r, const struct query_pred *p, TSNode node)
{
	size_t len, other_len;
	const char *text = query_text(r, node, &len), *other_text;
	TSNode other;

	if (p->other == QUERY_NO_CAPTURE)
		return one_of(p, text, len);
	other = query_capture(r, p->other);
	if (!other.id)
		return !p->negated;
	other_text = query_text(r, other, &other_len);
	return len == other_len && !memcmp(text, other_text, len);
}

bool query_test_match(struct query_run *r, const struct query_pred *p, TSNode node)
{
	size_t len;
	const char *text = query_text(r, node, &len);
	regmatch_t range = { .rm_so = 0, .rm_eo = (regoff_t)len };

	return !query_regex_make(p->regex) && !regexec(&p->regex->re, text, 1, &range, REG_STARTEND);
}

bool query_test_contains(struct query_run *r, const struct query_pred *p, TSNode node)
{
	size_t len;
	const char *text = query_text(r, node, &len);

	for (size_t i = 0; i < p->texts_nr; i++)
		if (memmem(text, len, p->texts[i], p->lens[i]))
			return true;
	return false;
}

bool query_test_file_has(struct query_run *r, const struct query_pred *p, TSNode node BT_UNUSED)
{
	for (size_t i = 0; i < p->texts_nr; i++)
		if (memmem(r->syntax->src, r->syntax->len, p->texts[i], p->lens[i]))
			return true;
	return false;
}

bool query_test_empty(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	uint32_t nr = ts_node_named_child_count(node);

	for (uint32_t i = 0; i < nr; i++)
		if (!query_is_comment(r, ts_node_named_child(node, i)))
			return false;
	return true;
}

bool query_test_has_comment(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	uint32_t nr = ts_node_child_count(node);

	for (uint32_t i = 0; i < nr; i++)
		if (query_is_comment(r, ts_node_child(node, i)))
			return true;
	return false;
}

bool query_test_has_parent(struct query_run *r BT_UNUSED, const struct query_pred *p, TSNode node)
{
	TSNode parent = ts_node_parent(node);

	return !ts_node_is_null(parent) && type_is(p, parent);
}

bool query_test_has_ancestor(struct query_run *r, const struct query_pred *p, TSNode node)
{
	TSNode at = ts_tree_root_node(r->syntax->tree);

	/* From the top: asking for a parent starts there each time. */
	while (!ts_node_is_null(at) && !ts_node_eq(at, node)) {
		if (type_is(p, at))
			return true;
		at = ts_node_child_with_descendant(at, node);
		r->steps++;
	}
	return false;
}

bool query_test_has_child(struct query_run *r BT_UNUSED, const struct query_pred *p, TSNode node)
{
	uint32_t nr = ts_node_child_count(node);

	for (uint32_t i = 0; i < nr; i++)
		if (type_is(p, ts_node_child(node, i)))
			return true;
	return false;
}

bool query_test_has_field(struct query_run *r BT_UNUSED, const struct query_pred *p, TSNode node)
{
	for (size_t i = 0; i < p->texts_nr; i++)
		if (!ts_node_is_null(ts_node_child_by_field_name(node, p->texts[i], (uint32_t)p->lens[i])))
			return true;
	return false;
}

/* Visits the nodes below `top` until `found` says so. */
static bool any_below(struct query_run *r, TSNode top, bool (*found)(struct query_run *r, void *ctx, TSNode node),
		      void *ctx)
{
	TSTreeCursor c = ts_tree_cursor_new(top);
	bool hit = false, down = true;
	uint32_t nodes = 0, depth = 0;

	while (!hit && r->steps <= r->steps_max) {
		if (down && ts_tree_cursor_goto_first_child(&c)) {
			depth++;
		} else if (depth && ts_tree_cursor_goto_next_sibling(&c)) {
			down = true;
		} else if (depth && ts_tree_cursor_goto_parent(&c)) {
			depth--;
			down = false;
			continue;
		} else {
			break;
		}
		down = true;
		r->steps += ++nodes % NODES_PER_STEP == 0;
		hit = found(r, ctx, ts_tree_cursor_current_node(&c));
	}
	ts_tree_cursor_delete(&c);
	return hit;
}

static bool found_type(struct query_run *r BT_UNUSED, void *ctx, TSNode node)
{
	return type_is(ctx, node);
}

bool query_test_has_descendant(struct query_run *r, const struct query_pred *p, TSNode node)
{
	return any_below(r, node, found_type, (void *)(uintptr_t)p);
}

struct same_text {
	TSNode but;
	const char *text;
	size_t len;
};

static bool found_text(struct query_run *r, void *ctx, TSNode node)
{
	const struct same_text *s = ctx;
	size_t len;
	const char *text;

	if (ts_node_child_count(node) || ts_node_eq(node, s->but))
		return false;
	text = query_text(r, node, &len);
	return len == s->len && !memcmp(text, s->text, len);
}

bool query_test_uses(struct query_run *r, const struct query_pred *p, TSNode node)
{
	struct same_text s = { .but = query_capture(r, p->other) };

	if (!s.but.id)
		return !p->negated;
	s.text = query_text(r, s.but, &s.len);
	return any_below(r, node, found_text, &s);
}

static bool found_mention(struct query_run *r, void *ctx, TSNode node)
{
	size_t len;
	const char *text;

	if (ts_node_child_count(node))
		return false;
	text = query_text(r, node, &len);
	return one_of(ctx, text, len);
}

bool query_test_mentions(struct query_run *r, const struct query_pred *p, TSNode node)
{
	return found_mention(r, (void *)(uintptr_t)p, node) ||
	       any_below(r, node, found_mention, (void *)(uintptr_t)p);
}

bool query_test_same_line(struct query_run *r, const struct query_pred *p, TSNode node)
{
	TSNode other = query_capture(r, p->other);

	if (!other.id)
		return !p->negated;
	return ts_node_start_point(node).row == ts_node_start_point(other).row;
}

bool query_test_long_line(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const char *src = r->syntax->src, *at = src + ts_node_start_byte(node), *end = src + r->syntax->len;
	const char *nl = memrchr(src, '\n', (size_t)(at - src)), *start = nl ? nl + 1 : src;

	nl = memchr(at, '\n', (size_t)(end - at));
	return (size_t)((nl ? nl : end) - start) > p->number;
}

/* Does the next named sibling on that side, comments apart, match? */
static bool beside_matches(struct query_run *r, const struct query_pred *p, TSNode node, TSNode (*step)(TSNode))
{
	for (node = step(node); !ts_node_is_null(node) && query_is_comment(r, node); node = step(node))
		if (r->steps++ > r->steps_max)
			return false;
	return !ts_node_is_null(node) && query_test_match(r, p, node);
}

bool query_test_follows(struct query_run *r, const struct query_pred *p, TSNode node)
{
	return beside_matches(r, p, node, ts_node_prev_named_sibling);
}

bool query_test_precedes(struct query_run *r, const struct query_pred *p, TSNode node)
{
	return beside_matches(r, p, node, ts_node_next_named_sibling);
}

/* No named sibling but comments on that side? */
static bool is_outermost(struct query_run *r, TSNode node, TSNode (*step)(TSNode))
{
	for (node = step(node); !ts_node_is_null(node); node = step(node)) {
		if (!query_is_comment(r, node))
			return false;
		if (r->steps++ > r->steps_max)
			break;
	}
	return true;
}

bool query_test_first(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	return is_outermost(r, node, ts_node_prev_named_sibling);
}

bool query_test_last(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	return is_outermost(r, node, ts_node_next_named_sibling);
}

bool bt_syntax_in_comment(struct bt_syntax *s, uint32_t at)
{
	TSNode node;

	if (at >= s->len)
		return false;
	node = ts_node_descendant_for_byte_range(ts_tree_root_node(s->tree), at, at + 1);
	while (!ts_node_is_null(node)) {
		TSSymbol symbol = ts_node_symbol(node);

		if (symbol < s->tables->symbols_nr && s->tables->rules[symbol].flags & BT_NODE_COMMENT)
			return true;
		node = ts_node_parent(node);
	}
	return false;
}
