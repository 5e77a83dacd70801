/*
 * The languages: one table, made from the descriptions in core/lang/desc and the list of the user's own grammars. No
 * tree-sitter in here, so that a process which only answers can name languages and versions.
 */
#ifndef BT_LANG_LANGS_H
#define BT_LANG_LANGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* Raised when the code of the extractor changes what it finds, for every language. */
#define BT_EXTRACTOR_CODE_VERSION 2

struct bt_user_grammar;

struct bt_lang {
	const char *name;	/* "c", "cpp", "c-sharp"; as in --lang and JSON */
	const char *grammar;	/* name in grammars.list */
	unsigned index;		/* position in the table, stable within one process only */
	uint64_t version;	/* extractor version: grammar, description and code */
	const struct bt_user_grammar *user;	/* added by the user (user_grammars.h); NULL: built in */
};

size_t bt_langs_nr(void);
const struct bt_lang *bt_lang_get(size_t index);
/* Is this the name of a built-in one, even where the user's grammar stands in for it? */
bool bt_lang_is_built_in(const char *name);
/* By name or by an alias ("c++", "js", "Python" as linguist writes it); NULL: unknown. */
const struct bt_lang *bt_lang_find(const char *name);
/* The known name nearest to a misspelt one, for messages; NULL when nothing is near. */
const char *bt_lang_nearest(const char *name);
/* Hash over all names and versions: part of every selection id. */
uint64_t bt_langs_version(void);

/*
 * Detection: a function of path, attributes and content only. bt_detect_path looks at the path; where
 * the answer needs content it gives a *class*, whose name and version are stored like a language's
 * ("?h" for .h files: C, C++, or Objective-C, which is no language of ours; "?script" for names without an
 * extension, or with one of templates and the like).
 */
enum bt_detect {
	BT_DETECT_NONE,		/* not a language of ours: not read, not indexed */
	BT_DETECT_LANG,		/* ret_lang is it */
	BT_DETECT_CLASS,	/* ret_class; content decides */
};
#define BT_DETECT_SCRIPT "?script"	/* the class of names that say nothing: README, .profile, install.in */
struct bt_detect_class {
	const char *name;	/* "?h", BT_DETECT_SCRIPT, ... */
	uint64_t version;
};
/* linguist_language: the attribute's value, or NULL. An unknown value there means NONE. */
enum bt_detect bt_detect_path(const char *path, size_t path_len, const char *linguist_language,
			      const struct bt_lang **ret_lang,
			      const struct bt_detect_class **ret_class);
/* By name; NULL: there is no such class. */
const struct bt_detect_class *bt_detect_class_find(const char *name);
/* The language of content in a class, or NULL. Looks at the first 64 KiB at most. */
const struct bt_lang *bt_detect_content(const struct bt_detect_class *cls, const char *data, size_t len);
/* NUL in the first 8000 bytes, as git has it. */
bool bt_content_is_binary(const char *data, size_t len);
bool bt_content_is_lfs_pointer(const char *data, size_t len);

#endif
