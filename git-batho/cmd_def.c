/*
 * git batho def: where a symbol is defined.
 */
#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/query_opts.h"

struct def_opts {
	struct bt_scope_opts scope;
};

static const struct bt_opt def_options[] = {
	BT_SCOPE_ROWS(struct def_opts, scope),
	BT_KIND_ROW(struct def_opts, scope),
	BT_MAX_ROW(struct def_opts, scope),
	BT_OPT_END
};

static const char *const def_usage[] = { "[<options>] <name>", NULL };

static int run_def(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct def_opts *o = opts;
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;
	struct bt_symbol s;
	struct bt_filter f;
	const char *name;

	if (bt_one_argument(args, "name", &name, err) || bt_scope_filter(&o->scope, &f, err) ||
	    bt_symbol_parse(name, &s, err) || bt_scope_open(c, &o->scope, &v, err) ||
	    bt_find_defs(&v, &s, &f, &a, err))
		return err->code;
	return bt_print_hits(c, &a, BT_RECORD_DEFINITION, bt_scope_lines(&o->scope), err);
}

const struct bt_command bt_cmd_def = {
	.name = "def",
	.summary = "where a symbol is defined",
	.usage = def_usage,
	.options = def_options,
	.options_size = sizeof(struct def_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_def,
};
