/*
 * git batho grammars: what its parts share.
 */
#ifndef BT_PROGRAM_GRAMMARS_RUN_H
#define BT_PROGRAM_GRAMMARS_RUN_H

#include "git-batho/context.h"
#include "git-batho/grammars/opts.h"

int bt_grammars_list(struct bt_context *c, const struct bt_grammars_opts *o, struct bt_err *err);
/* path: NULL: it is loaded, and that is all. */
int bt_grammars_test(struct bt_context *c, const char *language, const char *path, struct bt_err *err);
int bt_grammars_add(struct bt_context *c, const struct bt_grammars_opts *o, const char *source, struct bt_err *err);
/* language: NULL: all that were added. */
int bt_grammars_update(struct bt_context *c, const struct bt_grammars_opts *o, const char *language, struct bt_err *err);
int bt_grammars_remove(struct bt_context *c, const struct bt_grammars_opts *o, const char *language, struct bt_err *err);

#endif
