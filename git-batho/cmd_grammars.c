/*
 * git batho grammars: all of it is done by the program that parses.
 */
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/grammars/opts.h"
#include "git-batho/spawn.h"

static int run_grammars(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	(void)opts;
	(void)args;
	return bt_indexer_exec(c, err);
}

const struct bt_command bt_cmd_grammars = {
	.name = "grammars",
	.summary = "list, test, add, update and remove grammars",
	.usage = bt_grammars_usage,
	.options = bt_grammars_options,
	.options_size = sizeof(struct bt_grammars_opts),
	.run = run_grammars,
};
