/*
 * Conditions of rules: what a node, its parent, its children and the text around it are.
 */
#include <fnmatch.h>
#include <string.h>

#include "core/lang/walk_state.h"

static TSNode child_by(TSNode node, TSFieldId field, TSSymbol symbol)
{
	uint32_t nr;

	if (field)
		return ts_node_child_by_field_id(node, field);
	nr = ts_node_child_count(node);
	for (uint32_t i = 0; i < nr; i++) {
		TSNode child = ts_node_child(node, i);

		if (ts_node_symbol(child) == symbol)
			return child;
	}
	return (TSNode){ { 0 }, NULL, NULL };
}

static TSNode child_of(TSNode node, const struct bt_cond *c)
{
	TSNode child = child_by(node, c->field, c->child_symbol);

	return c->deep && !ts_node_is_null(child) ? child_by(child, c->deep_field, c->deep_symbol)
						  : child;
}

bool walk_symbol_in(TSSymbol symbol, const TSSymbol *symbols, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (symbols[i] == symbol)
			return true;
	return false;
}

/* Long texts are matched by their first letters. */
bool walk_globs_match(struct bt_words globs, const char *text, uint32_t len)
{
	char name[128];

	if (!globs.nr)
		return false;
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, text, len);
	name[len] = '\0';
	for (size_t i = 0; i < globs.nr; i++)
		if (!fnmatch(globs.words[i], name, 0))
			return true;
	return false;
}

static bool text_in(const struct walk *w, TSNode node, struct bt_words texts)
{
	uint32_t start = ts_node_start_byte(node);

	return walk_words_have(texts, w->src + start, ts_node_end_byte(node) - start);
}

/* One of several children of a type, such as modifiers, has such a text. */
static bool some_child_has(const struct walk *w, const struct bt_cond *c, TSNode node)
{
	uint32_t nr = ts_node_child_count(node);

	for (uint32_t i = 0; i < nr; i++) {
		TSNode child = ts_node_child(node, i);

		if (ts_node_symbol(child) == c->child_symbol &&
		    text_in(w, child, (struct bt_words){ c->texts, c->texts_nr }))
			return true;
	}
	return false;
}

static bool child_cond_holds(const struct walk *w, const struct bt_cond *c, TSNode node)
{
	TSNode child = child_of(node, c);
	struct bt_words texts = { c->texts, c->texts_nr };
	const char *text;
	uint32_t len;

	if (ts_node_is_null(child))
		return c->op == BT_COND_HAS_NOT || c->op == BT_COND_NOT_TEXT;
	if (c->op == BT_COND_TYPE)
		return walk_symbol_in(ts_node_symbol(child), c->symbols, c->symbols_nr);
	text = w->src + ts_node_start_byte(child);
	len = ts_node_end_byte(child) - ts_node_start_byte(child);
	switch (c->op) {
	case BT_COND_TEXT:
	case BT_COND_NOT_TEXT:
		if (!c->deep && !c->field)
			return some_child_has(w, c, node) == (c->op == BT_COND_TEXT);
		return text_in(w, child, texts) == (c->op == BT_COND_TEXT);
	case BT_COND_LIKE:
		return walk_globs_match(texts, text, len);
	case BT_COND_CAPS:
		return walk_is_caps(text, len);
	default:
		return c->op == BT_COND_HAS;
	}
}

/* The start of the white space that ends at `at`. */
static uint32_t space_start(const struct walk *w, uint32_t at)
{
	while (at && strchr(" \t\r\n", w->src[at - 1]))
		at--;
	return at;
}

/* Does [start, end) start with one of texts, or end in it? */
static bool has_edge(const struct walk *w, uint32_t start, uint32_t end, struct bt_words texts, bool at_end)
{
	for (size_t i = 0; i < texts.nr; i++) {
		size_t len = strlen(texts.words[i]);

		if (end - start >= len && !memcmp(w->src + (at_end ? end - len : start), texts.words[i], len))
			return true;
	}
	return false;
}

static bool cond_holds(const struct walk *w, const struct bt_cond *c, const struct walk_frame *f,
		       TSNode node)
{
	const struct walk_frame *parent = w->depth > 1 ? f - 1 : NULL;
	struct bt_words texts = { c->texts, c->texts_nr };
	uint32_t kinds;

	switch (c->op) {
	case BT_COND_PARENT:
		return parent && walk_symbol_in(parent->symbol, c->symbols, c->symbols_nr);
	case BT_COND_NOT_PARENT:
		return !parent || !walk_symbol_in(parent->symbol, c->symbols, c->symbols_nr);
	case BT_COND_GRANDPARENT:
		return w->depth > 2 && walk_symbol_in(f[-2].symbol, c->symbols, c->symbols_nr);
	case BT_COND_IN:
	case BT_COND_NOT_IN:
		kinds = f->scope == BT_NONE ? BT_COND_FILE_LEVEL : 1u << w->defs[f->scope].d.kind;
		return !(kinds & c->kinds) == (c->op == BT_COND_NOT_IN);
	case BT_COND_OPEN:
		return f->callable == BT_NONE;
	case BT_COND_DEPTH:
		kinds = 0;
		for (uint32_t at = f->scope; at != BT_NONE && kinds < c->kinds; at = w->defs[at].d.parent)
			kinds++;
		return kinds < c->kinds;
	case BT_COND_FOLLOWED:
		return walk_followed_by(w, f->end, texts);
	case BT_COND_ENDS:
	case BT_COND_STARTS:
		return has_edge(w, f->start, f->end, texts, c->op == BT_COND_ENDS);
	case BT_COND_AFTER:
		return has_edge(w, 0, space_start(w, f->start), texts, true);
	default:
		return child_cond_holds(w, c, node);
	}
}

bool walk_conds_hold(const struct walk *w, const struct bt_cond *conds, size_t nr,
		     const struct walk_frame *f, TSNode node)
{
	for (size_t i = 0; i < nr; i++)
		if (!cond_holds(w, &conds[i], f, node))
			return false;
	return true;
}
