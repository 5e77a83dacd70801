/*
 * git batho refs: every occurrence of a symbol, told apart by what it does.
 */
#include "git-batho/commands.h"
#include "git-batho/query_opts.h"

struct refs_opts {
	struct bt_scope_opts scope;
};

static const struct bt_opt refs_options[] = {
	{ .type = BT_OPT_LIST, .letter = 'r', .name = "role", .metavar = "<role>",
	  .help = "occurrences with this role only: definition, declaration, call,\n"
		  "type, inherit, import, macro, write, read, other",
	  BT_OPT_AT(struct refs_opts, scope.roles) },
	BT_MAX_ROW(struct refs_opts, scope),
	BT_SCOPE_ROWS(struct refs_opts, scope),
	BT_OPT_END
};

static const char *const refs_usage[] = { "[<options>] <name>", NULL };

static int run_refs(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct refs_opts *o = opts;

	return bt_query_symbol(c, &o->scope, args, bt_find_refs, BT_RECORD_REFERENCE, err);
}

const struct bt_command bt_cmd_refs = {
	.name = "refs",
	.summary = "every occurrence of a symbol and what it does",
	.usage = refs_usage,
	.options = refs_options,
	.options_size = sizeof(struct refs_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_refs,
};
