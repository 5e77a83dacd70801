/*
 * The one positional argument of most queries, and what queries for a symbol have in common.
 */
#ifndef BT_PROGRAM_QUERY_OPTS_H
#define BT_PROGRAM_QUERY_OPTS_H

#include "git-batho/print.h"
#include "git-batho/scope.h"

/* Exactly one argument, named `what` in the message. */
int bt_one_argument(const struct bt_args *args, const char *what, const char **ret_arg, struct bt_err *err);

/* The whole of a query for one symbol, named by the argument: `find` it in the scope and print its places. */
int bt_query_symbol(struct bt_context *c, const struct bt_scope_opts *o, const struct bt_args *args,
		    int (*find)(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
				struct bt_answer *a, struct bt_err *err),
		    enum bt_hit_record type, struct bt_err *err);

#endif
