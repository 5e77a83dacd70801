/*
 * Visits the runtime's own subtrees. Hidden nodes (rules that the grammar does not show) are passed through:
 * they are levels of the stack that do not end a sibling list. Follows ts_tree_cursor in every rule
 * about aliases, extras and fields.
 */
#include "core/lang/tree_iter.h"

#include <language.h>
#include <stdlib.h>
#include <subtree.h>
#include <tree.h>

#include "core/base/mem.h"

struct level {
	const Subtree *children;
	const TSSymbol *aliases;	/* by structural index; NULL: none */
	uint32_t nr, i;			/* children[i] is current */
	uint32_t structural;		/* index of it without extras */
	uint32_t start;			/* its first byte */
	uint16_t production;
	bool visible;			/* the node of these children is a visible one */
};

struct bt_tree_iter {
	TSTree *tree;
	const TSLanguage *language;
	struct level *levels;
	size_t nr, alloc;
	TSSymbol alias;			/* of the current node; 0: none */
	const Subtree *current;
	uint32_t current_start;
};

struct bt_tree_iter *bt_tree_iter_new(void)
{
	return bt_xcalloc(1, sizeof(struct bt_tree_iter));
}

void bt_tree_iter_free(struct bt_tree_iter **pit)
{
	if (!*pit)
		return;
	free((*pit)->levels);
	free(*pit);
	*pit = NULL;
}

static void push(struct bt_tree_iter *it, const Subtree *node, uint32_t start, bool visible)
{
	struct level *l;

	BT_GROW(it->levels, it->alloc, it->nr + 1);
	l = &it->levels[it->nr++];
	l->children = ts_subtree_children(*node);
	l->nr = ts_subtree_child_count(*node);
	l->i = l->structural = 0;
	l->start = start;
	l->production = ts_subtree_production_id(*node);
	l->aliases = ts_language_alias_sequence(it->language, l->production);
	l->visible = visible;
}

static void advance(struct level *l)
{
	Subtree child = l->children[l->i];

	l->structural += !ts_subtree_extra(child);
	l->start += ts_subtree_size(child).bytes;
	if (++l->i < l->nr)
		l->start += ts_subtree_padding(l->children[l->i]).bytes;
}

static TSSymbol alias_at(const struct level *l)
{
	return l->aliases && !ts_subtree_extra(l->children[l->i]) ? l->aliases[l->structural] : 0;
}

static void take(struct bt_tree_iter *it, const struct level *l, TSSymbol alias, struct bt_tree_item *ret)
{
	const Subtree *s = &l->children[l->i];
	TSSymbol symbol = alias ? alias : ts_subtree_symbol(*s);

	it->current = s;
	it->current_start = l->start;
	it->alias = alias;
	ret->start = l->start;
	ret->end = l->start + ts_subtree_size(*s).bytes;
	ret->symbol = symbol == ts_builtin_sym_error ? symbol : it->language->public_symbol_map[symbol];
	ret->named = alias ? it->language->symbol_metadata[alias].named : ts_subtree_named(*s);
	ret->leaf = !ts_subtree_visible_child_count(*s);
	ret->missing = ts_subtree_missing(*s);
}

/* From the top level's place to the next visible node of the same sibling list. */
static bool settle(struct bt_tree_iter *it, struct bt_tree_item *ret)
{
	for (;;) {
		struct level *l = &it->levels[it->nr - 1];
		TSSymbol alias;

		if (l->i == l->nr) {
			bool ends = l->visible;

			it->nr--;
			if (ends)
				return false;
			advance(&it->levels[it->nr - 1]);
			continue;
		}
		alias = alias_at(l);
		if (alias || ts_subtree_visible(l->children[l->i])) {
			take(it, l, alias, ret);
			return true;
		}
		if (ts_subtree_visible_child_count(l->children[l->i]))
			push(it, &l->children[l->i], l->start, false);
		else
			advance(l);
	}
}

void bt_tree_iter_begin(struct bt_tree_iter *it, TSTree *tree, struct bt_tree_item *ret_root)
{
	struct level root = { .children = &tree->root, .nr = 1 };

	it->tree = tree;
	it->language = tree->language;
	it->nr = 0;
	root.start = ts_subtree_padding(tree->root).bytes;
	take(it, &root, 0, ret_root);
}

void bt_tree_iter_end(struct bt_tree_iter *it)
{
	it->tree = NULL;
}

bool bt_tree_iter_down(struct bt_tree_iter *it, struct bt_tree_item *ret_item)
{
	if (!ts_subtree_visible_child_count(*it->current))
		return false;
	push(it, it->current, it->current_start, true);
	return settle(it, ret_item);
}

/* After the last sibling the place of the parent is the current one of the level below. */
static void restore(struct bt_tree_iter *it, struct bt_tree_item *ret)
{
	struct level root = { .children = &it->tree->root, .nr = 1 };
	const struct level *l = it->nr ? &it->levels[it->nr - 1] : &root;

	if (!it->nr)
		root.start = ts_subtree_padding(it->tree->root).bytes;
	take(it, l, it->nr ? alias_at(l) : 0, ret);
}

bool bt_tree_iter_next(struct bt_tree_iter *it, struct bt_tree_item *ret_item)
{
	if (!it->nr)
		return false;
	advance(&it->levels[it->nr - 1]);
	if (settle(it, ret_item))
		return true;
	restore(it, ret_item);
	return false;
}

TSFieldId bt_tree_iter_field(const struct bt_tree_iter *it)
{
	for (size_t n = it->nr; n--;) {
		const struct level *l = &it->levels[n];
		const TSFieldMapEntry *at, *end;

		if (ts_subtree_extra(l->children[l->i]))
			return 0;
		ts_language_field_map(it->language, l->production, &at, &end);
		for (; at < end; at++)
			if (!at->inherited && at->child_index == l->structural)
				return at->field_id;
		if (l->visible)
			return 0;
	}
	return 0;
}

TSNode bt_tree_iter_node(const struct bt_tree_iter *it)
{
	return (TSNode){ { it->current_start, 0, 0, it->alias }, it->current, it->tree };
}
