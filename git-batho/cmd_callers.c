/*
 * git batho callers and callees: the call graph around a definition.
 */
#include <string.h>

#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/query_opts.h"

struct graph_opts {
	struct bt_scope_opts scope;
	int64_t depth;
};

static const struct graph_opts graph_defaults = { .depth = 1 };

static const struct bt_opt graph_options[] = {
	{ .type = BT_OPT_INT, .letter = 'd', .name = "depth", .metavar = "<n>", .min = 0, .max = 1000,
	  .help = "levels to follow (1); 0: all", BT_OPT_AT(struct graph_opts, depth) },
	BT_SCOPE_ROWS(struct graph_opts, scope),
	BT_OPT_END
};

static const char *const graph_usage[] = { "[<options>] <name>", NULL };

static void put_name(struct bt_context *c, const char *key, const struct bt_answer *a, uint32_t hit)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
	const struct bt_hit *h = hit == BT_NONE ? NULL : &a->hits[hit];

	if (!h || h->def == BT_NONE) {
		bt_out_null(c->out, key);
		return;
	}
	bt_symbol_qualified(&a->files[h->file].f->facts, h->def, &name);
	bt_out_str(c->out, key, bt_buf_cstr(&name), name.len);
}

static void text_name(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;

	if (h->def == BT_NONE) {
		bt_out_text(c->out, BT_COLOR_NOTE, "(file level)", 12);
		return;
	}
	bt_symbol_qualified(&a->files[h->file].f->facts, h->def, &name);
	bt_out_text(c->out, BT_COLOR_NAME, bt_buf_cstr(&name), name.len);
}

static void print_call(struct bt_context *c, const struct bt_graph *g, const struct bt_call *call,
		       const struct bt_line *line, bool callers)
{
	const struct bt_answer *a = &g->answer;
	const struct bt_hit *site = &a->hits[call->site];
	const char *edge = bt_edge_name((enum bt_edge)call->edge);

	bt_out_record(c->out, "call");
	bt_print_place(c, a, site);
	bt_out_str(c->out, "name", site->name, site->name_len);
	put_name(c, "caller", a, call->site);
	put_name(c, "callee", a, call->target);
	bt_out_cstr(c->out, "edge", edge);
	bt_out_uint(c->out, "depth", call->depth);
	if (call->target != BT_NONE) {
		const struct bt_hit *t = &a->hits[call->target];

		bt_out_str(c->out, "target_path", a->files[t->file].path, a->files[t->file].path_len);
		bt_out_uint(c->out, "target_line", t->row + 1);
	} else {
		bt_out_null(c->out, "target_path");
		bt_out_null(c->out, "target_line");
	}
	bt_out_record_end(c->out);

	bt_out_textf(c->out, BT_COLOR_NONE, "%*s", (int)(2 * (call->depth - 1)), "");
	bt_print_location(c, a, site);
	bt_out_text(c->out, BT_COLOR_NONE, " ", 1);
	if (callers) {
		text_name(c, a, site);
	} else if (call->target != BT_NONE) {
		text_name(c, a, &a->hits[call->target]);
	} else {
		bt_out_text(c->out, BT_COLOR_NAME, site->name, site->name_len);
	}
	bt_out_textf(c->out, BT_COLOR_KIND, " [%s]", edge);
	if (!callers && call->target != BT_NONE) {
		bt_out_text(c->out, BT_COLOR_NONE, " ", 1);
		bt_print_location(c, a, &a->hits[call->target]);
		bt_out_text(c->out, BT_COLOR_SEP, " ", 1);
	} else {
		bt_out_text(c->out, BT_COLOR_SEP, ": ", 2);
	}
	bt_print_source(c, site, line);
	bt_out_nl(c->out);
}

static int run_graph(struct bt_context *c, const struct graph_opts *o, const struct bt_args *args,
		     bool callers, struct bt_err *err)
{
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_graph_release) struct bt_graph g = BT_GRAPH_INIT;
	struct bt_content_source source;
	struct bt_line *lines;
	struct bt_symbol s;
	struct bt_filter f;
	const char *name;
	bool found;
	int rc;

	if (bt_one_argument(args, "name", &name, err) || bt_scope_filter(&o->scope, &f, err) ||
	    bt_symbol_parse(name, &s, err) || bt_scope_open(c, &o->scope, &v, err))
		return err->code;
	source = bt_scope_content(c, &o->scope);
	rc = (callers ? bt_graph_callers : bt_graph_callees)(&v, &source, &s, &f, (unsigned)o->depth, &g, &found, err);
	if (rc || bt_lines_fetch(&c->repo, &g.answer, bt_scope_lines(c, &o->scope), &lines, err))
		return err->code;
	if (!found)
		bt_notice(c, "'%s' is defined nowhere in what was asked", name);
	for (size_t i = 0; i < g.calls_nr && !bt_out_failed(c->out); i++)
		print_call(c, &g, &g.calls[i], &lines[g.calls[i].site], callers);
	if (g.cut)
		bt_notice(c, "stopped after %d definitions", BT_GRAPH_NODES_MAX);
	return g.calls_nr ? 0 : 1;
}

static int run_callers(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	return run_graph(c, opts, args, true, err);
}

static int run_callees(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	return run_graph(c, opts, args, false, err);
}

const struct bt_command bt_cmd_callers = {
	.name = "callers",
	.summary = "who calls a function, directly or through others",
	.usage = graph_usage,
	.options = graph_options,
	.options_size = sizeof(struct graph_opts),
	.defaults = &graph_defaults,
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_callers,
};

const struct bt_command bt_cmd_callees = {
	.name = "callees",
	.summary = "what a function calls, directly or through others",
	.usage = graph_usage,
	.options = graph_options,
	.options_size = sizeof(struct graph_opts),
	.defaults = &graph_defaults,
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_callees,
};
