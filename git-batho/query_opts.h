/*
 * The one positional argument of most queries.
 */
#ifndef BT_PROGRAM_QUERY_OPTS_H
#define BT_PROGRAM_QUERY_OPTS_H

#include "git-batho/scope.h"

/* Exactly one argument, named `what` in the message. */
int bt_one_argument(const struct bt_args *args, const char *what, const char **ret_arg, struct bt_err *err);

#endif
