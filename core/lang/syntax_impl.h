/*
 * The inside of struct bt_syntax; for extract.c and query*.c.
 */
#ifndef BT_LANG_SYNTAX_IMPL_H
#define BT_LANG_SYNTAX_IMPL_H

#include "core/lang/langs.h"
#include "core/lang/syntax.h"
#include "core/lang/tables.h"

struct bt_syntax {
	const struct bt_lang_tables *tables;
	const struct bt_lang *lang;
	TSTree *tree;
	const char *src;
	uint32_t len;
	bool walked;
	struct bt_facts facts;	/* when walked */
};

/* The tables of a language, prepared when they are not yet; NULL on error. */
const struct bt_lang_tables *bt_extract_tables(const struct bt_lang *lang, struct bt_err *err);
/*
 * Between true and false what tree-sitter allocates lies on the heap and outlives the blob, whatever the arena
 * does otherwise: queries.
 */
void bt_extract_heap(bool heap);

#endif
