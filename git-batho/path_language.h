/*
 * Which language the index would read a path in, at a revision: by attributes and name, as indexing
 * does it. What the content decides is left open.
 */
#ifndef BT_PROGRAM_PATH_LANGUAGE_H
#define BT_PROGRAM_PATH_LANGUAGE_H

#include "core/lang/langs.h"
#include "git-batho/context.h"

struct bt_path_language {
	const struct bt_lang *lang;		/* or NULL */
	const struct bt_detect_class *cls;	/* when lang is NULL: content decides */
	char *attribute;			/* owned: linguist-language, or NULL */
};
void bt_path_language_release(struct bt_path_language *l);

/*
 * rev is what stands before the path in the words of gitrevisions(7), with its ':' ("HEAD:", or ":" for
 * what is staged); NULL: no tree, so that only attributes from outside of trees count. BT_ERR_NOT_FOUND
 * when the path is not indexed at all: no language, or an attribute or a pattern leaves it out.
 */
int bt_path_language_find(struct bt_context *c, const char *rev, const char *path,
			  struct bt_path_language *ret_l, struct bt_err *err);

#endif
