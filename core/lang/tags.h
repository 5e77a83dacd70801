/*
 * Facts from a tags.scm: the queries with which tree-sitter's own tools find definitions and references, for languages that
 * have no description of ours.
 *
 * Every word of the node types that the queries call @name is an occurrence (a generated description sees to that);
 * @definition.KIND makes it a definition that spans the node, @reference.KIND gives it a role. What such queries cannot say
 * stays empty: imports, documentation, complexity. Of predicates #eq?, #match?, #any-of? and their kin are kept, directives
 * and unknown ones are not.
 */
#ifndef BT_LANG_TAGS_H
#define BT_LANG_TAGS_H

#include <tree_sitter/api.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/facts/facts.h"

/* Appends a description (desc.h): which types are comments, which are identifiers. text: of the tags.scm, or "". */
void bt_tags_describe(const TSLanguage *language, const char *text, struct bt_buf *out);

struct bt_tags;
/* Compiles. The message says in which line it is wrong. */
int bt_tags_new(const TSLanguage *language, const char *text, size_t len, struct bt_tags **ret_tags, struct bt_err *err);
void bt_tags_free(struct bt_tags **pt);
/*
 * Puts what the queries find into facts that the walk with the generated description made. The new arrays belong to the tags
 * and are valid until the next call.
 */
int bt_tags_apply(struct bt_tags *t, TSTree *tree, const char *src, struct bt_facts *facts, struct bt_err *err);

#endif
