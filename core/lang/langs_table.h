/*
 * Shared by langs.c and detect.c; nobody else includes it.
 */
#ifndef BT_LANG_LANGS_TABLE_H
#define BT_LANG_LANGS_TABLE_H

#include "core/lang/desc.h"
#include "core/lang/langs.h"

struct bt_langs_name {
	const char *name;
	unsigned lang;
};

struct bt_langs_table {
	struct bt_lang *langs;
	struct bt_arena words;
	struct bt_langs_name *names, *globs, *shebangs;
	size_t nr, names_nr, names_alloc, globs_nr, globs_alloc, shebangs_nr, shebangs_alloc;
};

const struct bt_langs_table *bt_langs_table(void);
uint64_t bt_detect_version(void);

#endif
