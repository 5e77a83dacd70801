/*
 * git batho impact: who can be affected by a change, or by changing a definition.
 */
#include <stdlib.h>
#include <string.h>

#include "core/index/index.h"
#include "core/query/impact.h"
#include "core/query/test_path.h"
#include "git-batho/commands.h"
#include "git-batho/draw.h"
#include "git-batho/range.h"
#include "git-batho/scope.h"

/* Behind those of enum bt_draw_format. */
enum {
	FORMAT_TREE = BT_FORMAT_MERMAID + 1,
	FORMAT_LIST,
};
static const char *const impact_formats[] = { "human",	 "json", "porcelain", "dot",
					      "mermaid", "tree", "list",      NULL };

struct impact_opts {
	struct bt_scope_opts scope;
	bool tests;
	int64_t depth;
	int confidence;
};

static const struct impact_opts impact_defaults = {
	.scope = { .max = BT_IMPACT_NODES_DEFAULT },
	.confidence = BT_POSSIBLE,
};

static const struct bt_opt impact_options[] = { { .type = BT_OPT_FLAG,
						  .letter = 't',
						  .name = "tests",
						  .flags = BT_OPT_NO_NEG,
						  .help = "files of tests only, one a line",
						  BT_OPT_AT(struct impact_opts, tests) },
						{ .type = BT_OPT_INT,
						  .letter = 'd',
						  .name = "depth",
						  .metavar = "<n>",
						  .min = 0,
						  .max = 1000,
						  .help = "levels to follow; 0: all",
						  BT_OPT_AT(struct impact_opts, depth) },
						{ .type = BT_OPT_ENUM,
						  .name = "confidence",
						  .choices = bt_confidence_names,
						  .help = "leave out what is less sure",
						  BT_OPT_AT(struct impact_opts, confidence) },
						BT_MAX_ROW(struct impact_opts, scope),
						BT_VIEW_ROWS(struct impact_opts, scope),
						{ .type = BT_OPT_STRING,
						  .name = "lang",
						  .metavar = "<language>",
						  .help = "in files of this language only",
						  BT_OPT_AT(struct impact_opts, scope.lang) },
						{ .type = BT_OPT_STRING,
						  .name = "path",
						  .metavar = "<pattern>",
						  .help = "in paths that match only",
						  BT_OPT_AT(struct impact_opts, scope.path) },
						BT_OPT_END };

static const char *const impact_usage[] = { "[<options>] <name>", "[<options>] [<revision>..<revision>]",
					    NULL };

/* --- starts --- */

static bool has_dependents(const struct bt_change_def *d)
{
	return d->kind != BT_KIND_HEADING && d->kind != BT_KIND_KEY && d->kind != BT_KIND_PACKAGE;
}

static void add_def(struct bt_impact *im, const struct bt_change_def *d, const struct bt_change_side *side,
		    const char *lang, uint32_t file)
{
	struct bt_impact_node n = {
		.path = side->path,
		.name = d->name,
		.scope = d->scope,
		.lang = lang,
		.file = file,
		.blob = file == BT_NONE ? BT_NONE : d->blob,
		.def = file == BT_NONE ? BT_NONE : d->def,
		.row = d->row,
		.kind = d->kind,
		.flags = d->flags,
	};

	bt_impact_add_start(im, &n);
}

/* What is new has no dependents that are not changed too; what lost its name may still be asked for by it. */
static int add_change(struct bt_impact *im, struct bt_view *v, const struct bt_change_set *set,
		      const struct bt_change *ch, struct bt_err *err)
{
	const struct bt_change_file *f = &set->files[ch->file];
	uint32_t file;
	int rc;

	if (ch->kind == BT_CHANGE_ADDED || ch->kind == BT_CHANGE_DOC ||
	    !has_dependents(ch->after ? ch->after : ch->before))
		return 0;
	if (!ch->after || (ch->kind == BT_CHANGE_RENAMED && strcmp(ch->before->name, ch->after->name) != 0))
		add_def(im, ch->before, f->before.path ? &f->before : &f->after, f->lang, BT_NONE);
	if (!ch->after)
		return 0;
	rc = bt_manifest_find(&v->manifest, f->after.path, f->after.path_len, &file, err);
	if (rc == BT_ROW)
		add_def(im, ch->after, &f->after, f->lang, file);
	return rc < 0 ? rc : 0;
}

/* The new side of a range as a view. */
static int view_after(struct bt_context *c, struct bt_range *r, struct bt_view *v, struct bt_err *err)
{
	struct bt_manifest m = BT_MANIFEST_INIT;

	if (r->kind != BT_RANGE_REVISIONS)
		bt_view_init(v, c->store, &r->listing);
	else if (bt_index_manifest(c->store, r->after_row, false, &m, err))
		return err->code;
	else
		bt_view_init(v, c->store, &m);
	return 0;
}

static int start_from_range(struct bt_context *c, const struct impact_opts *o, const char *spec,
			    struct bt_view *v, struct bt_change_set *set, struct bt_impact *im,
			    struct bt_content_source *source, struct bt_err *err)
{
	struct bt_range_opts ro = { o->scope.rev, o->scope.staged, o->scope.worktree };
	BT_CLEANUP(bt_range_release) struct bt_range r = BT_RANGE_INIT;
	uint64_t others;

	if (bt_range_open(c, &ro, spec, &r, err) || bt_range_changes(c, &r, NULL, 0, set, &others, err) ||
	    view_after(c, &r, v, err))
		return err->code;
	if (r.kind == BT_RANGE_REVISIONS)
		source->tree = r.after.tree;
	for (size_t i = 0; i < set->changes_nr; i++)
		if (add_change(im, v, set, &set->changes[i], err))
			return err->code;
	if (set->cut)
		bt_notice(c, "too many changes: some are left out");
	return 0;
}

static int start_from_name(struct bt_context *c, const struct impact_opts *o, const char *name,
			   struct bt_view *v, struct bt_impact *im, struct bt_err *err)
{
	struct bt_symbol s;
	size_t found;

	if (bt_symbol_parse(name, &s, err) || bt_scope_open(c, &o->scope, v, err) ||
	    bt_impact_add_symbol(im, v, &s, &found, err))
		return err->code;
	if (!found)
		bt_notice(c, "'%s' is defined nowhere in what was asked", name);
	return 0;
}

/* --- printing --- */

static void put_node_name(struct bt_out *out, const char *key, const struct bt_impact_node *n)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;

	if (!n->name) {
		bt_out_null(out, key);
		return;
	}
	bt_buf_addf(&name, "%s%s%s", n->scope ? n->scope : "", n->scope ? "." : "", n->name);
	bt_out_str(out, key, name.data, name.len);
}

static void record_start(struct bt_context *c, const struct bt_impact_node *n)
{
	bt_out_record(c->out, "start");
	bt_out_cstr(c->out, "path", n->path);
	bt_out_uint(c->out, "line", n->row + 1);
	put_node_name(c->out, "name", n);
	bt_out_cstr(c->out, "kind", n->kind < BT_KIND_NR ? bt_kind_name(n->kind) : NULL);
	bt_out_bool(c->out, "gone", n->file == BT_NONE);
	bt_out_bool(c->out, "test", n->test);
	bt_out_record_end(c->out);
}

/* An edge; first: the one a node was reached by. */
static void record_edge(struct bt_context *c, const struct bt_impact *im, const struct bt_impact_edge *e,
			bool first)
{
	const struct bt_impact_node *n = &im->nodes[e->to], *on = &im->nodes[e->from];
	struct bt_out *out = c->out;

	bt_out_record(out, "dependent");
	bt_out_cstr(out, "path", n->path);
	bt_out_uint(out, "line", e->row + 1);
	bt_out_uint(out, "column", e->col + 1);
	put_node_name(out, "name", n);
	bt_out_cstr(out, "kind", n->kind < BT_KIND_NR ? bt_kind_name(n->kind) : NULL);
	bt_out_cstr(out, "relation", bt_relation_name(e->relation));
	bt_out_cstr(out, "confidence", bt_confidence_names[e->confidence]);
	bt_out_cstr(out, "edge", bt_edge_name(e->edge));
	bt_out_uint(out, "depth", n->depth);
	bt_out_uint(out, "sites", e->sites);
	bt_out_bool(out, "first", first);
	bt_out_bool(out, "test", n->test);
	bt_out_cstr(out, "on_path", on->path);
	put_node_name(out, "on_name", on);
	bt_out_record_end(out);
}

static void text_path(struct bt_context *c, const char *path, uint32_t row)
{
	BT_BUF_OWNED struct bt_buf shown = BT_BUF_INIT;

	bt_display_path(c, path, &shown);
	bt_out_path(c->out, BT_COLOR_PATH, bt_buf_cstr(&shown), shown.len);
	bt_out_text(c->out, BT_COLOR_SEP, ":", 1);
	bt_out_textf(c->out, BT_COLOR_LINE, "%u", row + 1);
	bt_out_text(c->out, BT_COLOR_SEP, ": ", 2);
}

static void text_name(struct bt_context *c, const struct bt_impact_node *n)
{
	if (!n->name)
		bt_out_text(c->out, BT_COLOR_NOTE, "(file level)", 12);
	else if (n->scope)
		bt_out_textf(c->out, BT_COLOR_NAME, "%s.%s", n->scope, n->name);
	else
		bt_out_text(c->out, BT_COLOR_NAME, n->name, strlen(n->name));
}

static void text_start(struct bt_context *c, const struct bt_impact_node *n)
{
	text_path(c, n->path, n->row);
	text_name(c, n);
	if (n->file == BT_NONE)
		bt_out_text(c->out, BT_COLOR_KIND, " [gone]", 7);
	bt_out_nl(c->out);
}

static void text_dependent(struct bt_context *c, const struct bt_impact *im, const struct bt_impact_node *n,
			   bool tree)
{
	const struct bt_impact_edge *e = &im->edges[n->edge];

	bt_out_textf(c->out, BT_COLOR_NONE, "%*s", tree ? (int)(2 * n->depth) : 0, "");
	text_path(c, n->path, e->row);
	text_name(c, n);
	if (tree)
		bt_out_textf(c->out, BT_COLOR_KIND, " [%s, %s%s]", bt_relation_name(e->relation),
			     bt_confidence_names[e->confidence], n->test ? ", test" : "");
	else
		bt_out_textf(c->out, BT_COLOR_KIND, " [%u, %s of %s, %s%s]", n->depth,
			     bt_relation_name(e->relation), im->nodes[e->from].name,
			     bt_confidence_names[e->confidence], n->test ? ", test" : "");
	bt_out_nl(c->out);
}

/* Each node under the one it was reached from, in the order of the walk. */
static void text_tree(struct bt_context *c, const struct bt_impact *im)
{
	size_t nr = im->nodes_nr;
	BT_FREE uint32_t *child = bt_xmalloc((nr + 1) * sizeof(*child));
	BT_FREE uint32_t *next = bt_xmalloc((nr + 1) * sizeof(*next));

	memset(child, 0xff, (nr + 1) * sizeof(*child));
	memset(next, 0xff, (nr + 1) * sizeof(*next));
	for (size_t i = nr; i-- > im->starts_nr;) {
		uint32_t from = im->edges[im->nodes[i].edge].from;

		next[i] = child[from];
		child[from] = (uint32_t)i;
	}
	for (size_t i = 0; i < im->starts_nr && !bt_out_failed(c->out); i++) {
		uint32_t at = child[i];

		text_start(c, &im->nodes[i]);
		while (at != BT_NONE && at != i) {
			text_dependent(c, im, &im->nodes[at], true);
			if (child[at] != BT_NONE) {
				at = child[at];
				continue;
			}
			while (at != i && next[at] == BT_NONE)
				at = im->edges[im->nodes[at].edge].from;
			at = at == i ? BT_NONE : next[at];
		}
	}
}

static void text_list(struct bt_context *c, const struct bt_impact *im)
{
	for (size_t i = 0; i < im->nodes_nr && !bt_out_failed(c->out); i++) {
		if (i < im->starts_nr)
			text_start(c, &im->nodes[i]);
		else
			text_dependent(c, im, &im->nodes[i], false);
	}
}

static void print_records(struct bt_context *c, const struct bt_impact *im)
{
	for (size_t i = 0; i < im->starts_nr; i++)
		record_start(c, &im->nodes[i]);
	for (size_t i = 0; i < im->edges_nr && !bt_out_failed(c->out); i++)
		record_edge(c, im, &im->edges[i], im->nodes[im->edges[i].to].edge == i);
}

static void draw(struct bt_context *c, const struct bt_impact *im)
{
	struct bt_drawing d;

	bt_draw_begin(&d, c);
	for (size_t i = 0; i < im->nodes_nr; i++) {
		const struct bt_impact_node *n = &im->nodes[i];
		BT_BUF_OWNED struct bt_buf label = BT_BUF_INIT;

		if (n->name)
			bt_buf_addf(&label, "%s%s%s (%s:%u)", n->scope ? n->scope : "", n->scope ? "." : "",
				    n->name, n->path, n->row + 1);
		else
			bt_buf_adds(&label, n->path);
		bt_draw_node(&d, (uint32_t)i, label.data, label.len, i < im->starts_nr);
	}
	for (size_t i = 0; i < im->edges_nr && !bt_out_failed(c->out); i++)
		bt_draw_edge(&d, im->edges[i].to, im->edges[i].from, bt_relation_name(im->edges[i].relation),
			     im->edges[i].confidence == BT_POSSIBLE);
	bt_draw_end(&d);
}

/* --- tests --- */

struct test {
	const char *path;
	uint32_t depth;
	uint8_t confidence;
};

static int test_cmp(const void *pa, const void *pb)
{
	const struct test *a = pa, *b = pb;
	int c = strcmp(a->path, b->path);

	if (c)
		return c;
	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	return (a->confidence > b->confidence) - (a->confidence < b->confidence);
}

static void print_test(struct bt_context *c, const struct test *t)
{
	BT_BUF_OWNED struct bt_buf shown = BT_BUF_INIT;

	bt_out_record(c->out, "test");
	bt_out_cstr(c->out, "path", t->path);
	bt_out_uint(c->out, "depth", t->depth);
	bt_out_cstr(c->out, "confidence", bt_confidence_names[t->confidence]);
	bt_out_record_end(c->out);
	bt_display_path(c, t->path, &shown);
	bt_out_path(c->out, BT_COLOR_NONE, bt_buf_cstr(&shown), shown.len);
	bt_out_nl(c->out);
}

/* Files of tests that were reached, and those that changed themselves. */
static size_t print_tests(struct bt_context *c, const struct bt_impact *im, const struct bt_change_set *set)
{
	BT_FREE struct test *list = bt_xmalloc((im->nodes_nr + set->files_nr + 1) * sizeof(*list));
	size_t nr = 0, printed = 0;

	for (size_t i = 0; i < im->nodes_nr; i++)
		if (im->nodes[i].test && im->nodes[i].file != BT_NONE)
			list[nr++] = (struct test){ im->nodes[i].path, im->nodes[i].depth,
						    im->nodes[i].confidence };
	for (size_t i = 0; i < set->files_nr; i++)
		if (set->files[i].after.path && bt_path_is_test(set->files[i].after.path))
			list[nr++] = (struct test){ set->files[i].after.path, 0, BT_CERTAIN };
	if (nr)
		qsort(list, nr, sizeof(*list), test_cmp);
	for (size_t i = 0; i < nr && !bt_out_failed(c->out); i++) {
		if (i && !strcmp(list[i].path, list[i - 1].path))
			continue;
		print_test(c, &list[i]);
		printed++;
	}
	return printed;
}

static void print_all(struct bt_context *c, const struct bt_impact *im)
{
	if (bt_draw_wanted(c)) {
		draw(c, im);
		return;
	}
	print_records(c, im);
	if (c->common.format == FORMAT_TREE || (c->common.format == BT_FORMAT_HUMAN && bt_term_is_user()))
		text_tree(c, im);
	else if (bt_out_is_human(c->out))
		text_list(c, im);
}

static int run_impact(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct impact_opts *o = opts;
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_impact_release) struct bt_impact im = BT_IMPACT_INIT;
	BT_CLEANUP(bt_change_set_release) struct bt_change_set set = BT_CHANGE_SET_INIT;
	const char *arg = args->nr ? args->items[0] : NULL;
	struct bt_filter f;
	struct bt_impact_opts io = { .depth = (unsigned)o->depth,
				     .nodes_max = (size_t)o->scope.max,
				     .confidence = (enum bt_confidence)o->confidence,
				     .filter = &f };
	struct bt_content_source source = bt_scope_content(c, &o->scope);
	bool by_name = arg && !bt_range_is(arg);
	int rc;

	if (args->nr > 1)
		return bt_err_set(err, BT_ERR_USAGE, "just one name or range is wanted");
	if (bt_scope_filter(&o->scope, &f, err))
		return err->code;
	rc = by_name ? start_from_name(c, o, arg, &v, &im, err)
		     : start_from_range(c, o, arg, &v, &set, &im, &source, err);
	io.source = &source;
	if (rc || (im.starts_nr && bt_impact_run(&im, &v, &io, err)))
		return err->code;
	if (im.cut)
		bt_notice(c, "stopped at the limit of %zu definitions; --max raises it", io.nodes_max);
	if (o->tests)
		return print_tests(c, &im, &set) ? 0 : 1;
	print_all(c, &im);
	return im.nodes_nr > im.starts_nr ? 0 : 1;
}

const struct bt_command bt_cmd_impact = {
	.name = "impact",
	.summary = "who can be affected by a change",
	.usage = impact_usage,
	.options = impact_options,
	.options_size = sizeof(struct impact_opts),
	.defaults = &impact_defaults,
	.formats = impact_formats,
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_impact,
};
