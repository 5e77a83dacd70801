/*
 * A language description: the text in core/lang/desc/<name>.lang, split into statements.
 *
 * One statement a line, words separated by blanks, '#' starts a comment at the start of a line or after
 * a blank. A word in double quotes is an anonymous token of the grammar; <word> is a node type where
 * otherwise a field is meant. docs/LANGUAGES.md is the manual of the statements; tables.c gives them their
 * meaning against a grammar.
 */
#ifndef BT_LANG_DESC_H
#define BT_LANG_DESC_H

#include <stddef.h>

#include "core/base/arena.h"

struct bt_stmt {
	const char **words;	/* words[0] is the verb; NUL-terminated strings in the arena */
	size_t nr;
	unsigned line;
};

struct bt_desc {
	struct bt_arena arena;
	struct bt_stmt *stmts;
	size_t nr, alloc;
};

/* The embedded texts, ended by a NULL name: made by the build from desc/ (desc_data.c). */
struct bt_lang_desc_text {
	const char *name;
	const char *text;
	const char *header;	/* a line that is empty, then those lines of the text that langs.c reads */
};
extern const struct bt_lang_desc_text bt_lang_desc_texts[];

/* Splits a text; cannot fail (nonsense is found when the tables are made). */
void bt_desc_init(struct bt_desc *d, const char *text);
void bt_desc_release(struct bt_desc *d);

/* The next of the texts separated by '|' at *p; NULL at the end. Writes NULs into the words. */
const char *bt_desc_alt(char **p);

#endif
