/*
 * Arguments of queries, and queries for one symbol.
 */
#include "git-batho/query_opts.h"

int bt_one_argument(const struct bt_args *args, const char *what, const char **ret_arg, struct bt_err *err)
{
	if (args->nr != 1)
		return bt_err_set(err, BT_ERR_USAGE, "%s %s is wanted", args->nr ? "just one" : "a", what);
	*ret_arg = args->items[0];
	return 0;
}

int bt_query_symbol(struct bt_context *c, const struct bt_scope_opts *o, const struct bt_args *args,
		    int (*find)(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
				struct bt_answer *a, struct bt_err *err),
		    enum bt_hit_record type, struct bt_err *err)
{
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;
	struct bt_symbol s;
	struct bt_filter f;
	const char *name = NULL;

	if (bt_one_argument(args, "name", &name, err) || bt_scope_filter(o, &f, err) ||
	    bt_symbol_parse(name, &s, err) || bt_scope_open(c, o, &v, err) || find(&v, &s, &f, &a, err))
		return err->code;
	return bt_print_hits(c, &a, type, bt_scope_lines(c, o), err);
}
