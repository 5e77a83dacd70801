/*
 * git batho storage, as the answering program has it: the command line is looked at here, the work is the indexer's.
 */
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/spawn.h"
#include "git-batho/storage/opts.h"

static int run_storage(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	enum bt_storage_verb verb;
	uint64_t sample;

	if (bt_storage_check(opts, args, &verb, &sample, err))
		return err->code;
	return bt_indexer_exec(c, err);
}

const struct bt_command bt_cmd_storage = {
	.name = "storage",
	.summary = "verify and repair the index, give its room back, fill it with history",
	.usage = bt_storage_usage,
	.options = bt_storage_options,
	.options_size = sizeof(struct bt_storage_opts),
	.flags = BT_NEEDS_REPO,
	.run = run_storage,
};
