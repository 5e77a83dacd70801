/*
 * git batho index, as the answering program has it: when HEAD is known complete there is nothing to do, and that
 * costs two git children and a look-up. Everything else is the indexer's.
 */
#include "core/index/index.h"
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/grammars/notice.h"
#include "git-batho/index_opts.h"
#include "git-batho/index_report.h"
#include "git-batho/snapshot/record.h"
#include "git-batho/spawn.h"

static bool plain_head(const struct bt_index_cmd_opts *o, const struct bt_args *args)
{
	return !args->nr && !o->all && !o->staged && !o->worktree && !o->rebuild && !o->retry &&
	       !o->manifest && !o->blob;
}

/* BT_ROW: HEAD is complete. Anything odd is left to the indexer, which says what is wrong. */
static int find_head(struct bt_context *c, struct bt_index_root *ret_root)
{
	struct bt_err ignored = BT_ERR_INIT;
	uint64_t selection;

	if (!c->rev.found || bt_selection_root(&c->repo, c->conf, &selection, &ignored) ||
	    bt_context_store(c, &ignored))
		return BT_DONE;
	return bt_index_root_find(c->store, &c->rev.tree, selection, ret_root, &ignored);
}

static int run_index(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct bt_index_cmd_opts *o = opts;
	struct bt_index_root root;
	struct bt_index_stats none = { 0 };

	if (bt_index_opts_check(o, args, err) || bt_index_opts_apply(o, c->conf, err))
		return err->code;
	if (plain_head(o, args) && find_head(c, &root) == BT_ROW) {
		int status = bt_index_report_root(c, "HEAD", &c->rev, &root, &none);

		bt_grammars_notice(c);
		return o->snapshot && snapshot_record(c, &c->rev, &root, o->label, err) ? err->code : status;
	}
	return bt_indexer_exec(c, err);
}

const struct bt_command bt_cmd_index = {
	.name = "index",
	.summary = "index a revision, what is staged, the worktree or all history",
	.usage = bt_index_usage,
	.options = bt_index_options,
	.options_size = sizeof(struct bt_index_cmd_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD,
	.run = run_index,
};
