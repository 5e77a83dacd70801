/*
 * Shared by the files that make tables (tables.c, tables_def.c, tables_role.c); nobody else includes it.
 */
#ifndef BT_LANG_TABLES_MAKE_H
#define BT_LANG_TABLES_MAKE_H

#include "core/lang/tables.h"

struct bt_maker_entry {
	TSSymbol node;
	bool import;
	struct bt_role_entry entry;
};

struct bt_maker_def {
	TSSymbol node;
	struct bt_def_rule rule;
};

struct bt_maker {
	struct bt_lang_tables *t;
	const char *name;
	bool user;			/* the description is the user's */
	const struct bt_stmt *stmt;	/* at hand, for messages */
	struct bt_maker_entry *entries;
	size_t entries_nr, entries_alloc;
	struct bt_maker_def *defs;
	size_t defs_nr, defs_alloc;
	struct bt_err *err;
};

int bt_maker_fail(struct bt_maker *m, const char *what, const char *word);
/* TYPE or "token" -> symbol. */
int bt_maker_symbol(struct bt_maker *m, const char *word, TSSymbol *ret_symbol);
/* TYPE or "token" -> its rule, which ERROR has none of. */
int bt_maker_rule(struct bt_maker *m, const char *word, struct bt_node_rule **ret_rule);
/* field, <TYPE>, <"token"> or * (both 0). */
int bt_maker_key(struct bt_maker *m, const char *word, TSFieldId *ret_field, TSSymbol *ret_symbol);
/* TYPE|TYPE|... ; takes the text apart in place. */
int bt_maker_symbols(struct bt_maker *m, char *list, const TSSymbol **ret, size_t *ret_nr);
struct bt_words bt_maker_words(struct bt_maker *m, char *list);
int bt_maker_kind(struct bt_maker *m, const char *word, uint8_t *ret_kind);
int bt_maker_export(struct bt_maker *m, const char *policy, char *arg, struct bt_export_rule *ret);
/* def TYPE KIND option..., import TYPE option... */
int bt_maker_def(struct bt_maker *m);
/* role TYPE[@import] KEY=ROLE... */
int bt_maker_roles(struct bt_maker *m);
/* What becomes of a node's part; takes pend apart in place. */
int bt_maker_entry_add(struct bt_maker *m, TSSymbol symbol, bool import, const char *key, char *pend);
/* branch-when TYPE condition... */
int bt_maker_branch_when(struct bt_maker *m);

#endif
