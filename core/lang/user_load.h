/*
 * Loads the libraries of the user's grammars, in parse workers and in the process that forks them. bt_user_load_open is
 * called there, right before files are denied; whoever has not called it cannot load any.
 */
#ifndef BT_LANG_USER_LOAD_H
#define BT_LANG_USER_LOAD_H

#include <tree_sitter/api.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/lang/langs.h"

/* Opens the libraries and reads the texts of all of them; what fails is told by bt_user_load. Nothing is run yet. */
void bt_user_load_open(void);
/*
 * Maps the library and asks it for its tables: from here on its code runs in this process. The bytes are copied into memory
 * that nobody can write to any more and hashed there. *ret_text is the text that describes the language.
 */
int bt_user_load(const struct bt_lang *lang, const TSLanguage **ret_language, const struct bt_buf **ret_text,
		 struct bt_err *err);

#endif
