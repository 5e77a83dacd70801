/*
 * Visiting the visible nodes of a syntax tree in order, down and along; what ts_tree_cursor does, for one
 * purpose and at a third of its cost, since a walk meets every node.
 *
 * tree_iter_direct.c reads the tree as the runtime lays it out (the runtime is pinned, its headers come with
 * it); tree_iter_cursor.c does the same through the public cursor, for a runtime of the system's. The
 * build links one of the two; a test holds them equal.
 */
#ifndef BT_LANG_TREE_ITER_H
#define BT_LANG_TREE_ITER_H

#include <stdbool.h>
#include <stdint.h>
#include <tree_sitter/api.h>

struct bt_tree_item {
	uint32_t start, end;	/* bytes */
	TSSymbol symbol;	/* public, aliases resolved; (TSSymbol)-1: ERROR */
	bool named, leaf, missing;
};

struct bt_tree_iter;
/* Reusable: its memory stays between trees. */
struct bt_tree_iter *bt_tree_iter_new(void);
void bt_tree_iter_free(struct bt_tree_iter **pit);

/* Stands on the root afterwards. The tree must outlive the visit. */
void bt_tree_iter_begin(struct bt_tree_iter *it, TSTree *tree, struct bt_tree_item *ret_root);
void bt_tree_iter_end(struct bt_tree_iter *it);
/* To the first visible child of the current node; false when it has none. */
bool bt_tree_iter_down(struct bt_tree_iter *it, struct bt_tree_item *ret_item);
/* To the next visible sibling; false when there is none: it stands on the parent then. */
bool bt_tree_iter_next(struct bt_tree_iter *it, struct bt_tree_item *ret_item);
/* The field of the current node in its visible parent; 0: none. */
TSFieldId bt_tree_iter_field(const struct bt_tree_iter *it);
/* The current node, for questions about its children. Its points (rows, columns) mean nothing. */
TSNode bt_tree_iter_node(const struct bt_tree_iter *it);

#endif
