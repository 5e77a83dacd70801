/*
 * Arguments of queries.
 */
#include "git-batho/query_opts.h"

int bt_one_argument(const struct bt_args *args, const char *what, const char **ret_arg, struct bt_err *err)
{
	if (args->nr != 1)
		return bt_err_set(err, BT_ERR_USAGE, "%s %s is wanted", args->nr ? "just one" : "a", what);
	*ret_arg = args->items[0];
	return 0;
}
