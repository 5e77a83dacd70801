/*
 * The language functions of the grammars that are linked in, in the order of grammars.list. The rows
 * are made by build-aux/grammar-tables.awk.
 */
#ifndef BT_LANG_GRAMMAR_TABLE_H
#define BT_LANG_GRAMMAR_TABLE_H

#include <stdbool.h>
#include <tree_sitter/api.h>

struct bt_grammar {
	const char *name;	/* as in grammars.list */
	const TSLanguage *(*language)(void);
	bool has_scanner;	/* an external scanner: code of its own, not a table */
};

/* Ended by a NULL name. */
extern const struct bt_grammar bt_grammars[];

#endif
