/*
 * git batho def: where a symbol is defined.
 */
#include "git-batho/commands.h"
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

	return bt_query_symbol(c, &o->scope, args, bt_find_defs, BT_RECORD_DEFINITION, err);
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
