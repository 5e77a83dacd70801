/*
 * git batho search: symbols by part of their name, best first.
 */
#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/query_opts.h"

struct search_opts {
	struct bt_scope_opts scope;
	int mode;
};

static const char *const modes[] = { "auto", "prefix", "substring", "glob", "fuzzy", NULL };

static const struct bt_opt search_options[] = {
	{ .type = BT_OPT_ENUM, .letter = 'm', .name = "match", .choices = modes,
	  .help = "how names match; auto: a glob when it holds *, ? or [,\n"
		  "else the first of prefix, substring and fuzzy that finds something",
	  BT_OPT_AT(struct search_opts, mode) },
	BT_KIND_ROW(struct search_opts, scope),
	BT_MAX_ROW(struct search_opts, scope),
	BT_SCOPE_ROWS(struct search_opts, scope),
	BT_OPT_END
};

static const char *const search_usage[] = { "[<options>] <pattern>", NULL };

static int run_search(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct search_opts *o = opts;
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;
	struct bt_filter f;
	const char *pattern;

	if (bt_one_argument(args, "pattern", &pattern, err) || bt_scope_filter(&o->scope, &f, err) ||
	    bt_scope_open(c, &o->scope, &v, err) ||
	    bt_find_search(&v, pattern, (enum bt_search_mode)o->mode, &f, &a, err))
		return err->code;
	return bt_print_hits(c, &a, BT_RECORD_DEFINITION, bt_scope_lines(c, &o->scope), err);
}

const struct bt_command bt_cmd_search = {
	.name = "search",
	.summary = "symbols by part of their name",
	.usage = search_usage,
	.options = search_options,
	.options_size = sizeof(struct search_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_search,
};
