/*
 * git batho deps: what files import, who imports them, and cycles of imports.
 */
#include <stdlib.h>
#include <string.h>

#include "core/query/deps.h"
#include "git-batho/commands.h"
#include "git-batho/draw.h"
#include "git-batho/print.h"
#include "git-batho/scope.h"

struct deps_opts {
	struct bt_scope_opts scope;
	bool cycles, reverse;
	int64_t depth;
};

static const struct deps_opts deps_defaults = { .depth = 1 };

static const struct bt_opt deps_options[] = {
	{ .type = BT_OPT_FLAG, .name = "cycles", .flags = BT_OPT_NO_NEG,
	  .help = "files that import each other", BT_OPT_AT(struct deps_opts, cycles) },
	{ .type = BT_OPT_FLAG, .letter = 'r', .name = "reverse", .flags = BT_OPT_NO_NEG,
	  .help = "who imports it", BT_OPT_AT(struct deps_opts, reverse) },
	{ .type = BT_OPT_INT, .letter = 'd', .name = "depth", .metavar = "<n>", .min = 0, .max = 1000,
	  .help = "levels to follow (1); 0: all", BT_OPT_AT(struct deps_opts, depth) },
	BT_VIEW_ROWS(struct deps_opts, scope),
	BT_OPT_END
};

static const char *const deps_usage[] = { "[<options>] [<path>...]", NULL };

struct starts {
	uint32_t *list;
	size_t nr, alloc;
};

static void starts_release(struct starts *s)
{
	free(s->list);
}

/* A file, or all files of a folder. */
static int add_start(struct bt_context *c, const struct bt_paths *p, const char *arg, struct starts *s,
		     struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	size_t before = s->nr;

	if (bt_tree_path(c, arg, &path, err))
		return err->code;
	if (path.len && path.data[path.len - 1] == '/')
		path.len--;
	for (uint32_t f = 0; f < p->nr; f++) {
		if (!bt_path_below(p->path[f], p->len[f], bt_buf_cstr(&path), path.len))
			continue;
		BT_GROW(s->list, s->alloc, s->nr + 1);
		s->list[s->nr++] = f;
	}
	if (s->nr > before)
		return 0;
	bt_err_set(err, BT_ERR_NOT_FOUND, "no indexed file '%s'", arg);
	return bt_err_hint(err, "files are indexed when git tracks them, their language is known, and neither "
				"attributes nor patterns leave them out");
}

static void print_record(struct bt_context *c, const struct bt_paths *p, const struct bt_dep *d)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "import");
	bt_out_str(out, "path", p->path[d->from], p->len[d->from]);
	bt_out_uint(out, "line", d->row + 1);
	bt_out_str(out, "module", d->module, d->module_len);
	bt_out_cstr(out, "state", bt_module_state_name(d->state));
	if (d->to != BT_NONE)
		bt_out_str(out, "target", p->path[d->to], p->len[d->to]);
	else
		bt_out_null(out, "target");
	bt_out_cstr(out, "how", d->to != BT_NONE ? bt_module_how_name(d->how) : NULL);
	bt_out_bool(out, "guess", d->guess);
	if (d->depth)
		bt_out_uint(out, "depth", d->depth);
	else
		bt_out_null(out, "depth");
	if (d->cycle)
		bt_out_uint(out, "cycle", d->cycle);
	else
		bt_out_null(out, "cycle");
	bt_out_record_end(out);
}

static void print_path(struct bt_context *c, const struct bt_paths *p, uint32_t file)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_display_path(c, p->path[file], &path);
	bt_out_path(c->out, BT_COLOR_PATH, bt_buf_cstr(&path), path.len);
}

/* "path:line: module -> target [how]" */
static void print_text(struct bt_context *c, const struct bt_paths *p, const struct bt_dep *d)
{
	bt_out_textf(c->out, BT_COLOR_NONE, "%*s", d->depth ? (int)(2 * (d->depth - 1)) : 0, "");
	print_path(c, p, d->from);
	bt_out_text(c->out, BT_COLOR_SEP, ":", 1);
	bt_out_textf(c->out, BT_COLOR_LINE, "%u", d->row + 1);
	bt_out_text(c->out, BT_COLOR_SEP, ": ", 2);
	bt_out_text(c->out, BT_COLOR_NAME, d->module, d->module_len);
	if (d->to != BT_NONE) {
		bt_out_text(c->out, BT_COLOR_SEP, " -> ", 4);
		print_path(c, p, d->to);
	}
	bt_out_textf(c->out, BT_COLOR_KIND, " [%s%s]",
		     d->to != BT_NONE ? bt_module_how_name(d->how) : bt_module_state_name(d->state),
		     d->guess ? ", one of several" : "");
	bt_out_nl(c->out);
}

static void print_list(struct bt_context *c, const struct bt_paths *p, const struct bt_dep_list *l)
{
	for (size_t i = 0; i < l->nr && !bt_out_failed(c->out); i++) {
		const struct bt_dep *d = &l->list[i];

		if (d->cycle && (!i || d->cycle != d[-1].cycle)) {
			if (i)
				bt_out_nl(c->out);
			bt_out_textf(c->out, BT_COLOR_NOTE, "cycle %u", d->cycle);
			bt_out_nl(c->out);
		}
		print_record(c, p, d);
		print_text(c, p, d);
	}
}

/*
 * A node per file, and one per module that is no file of the view; ids are numbers of files, then of modules.
 */
struct nodes {
	uint8_t *drawn;
	struct bt_strmap modules;
	struct bt_arena arena;
};

static void nodes_release(struct nodes *n)
{
	free(n->drawn);
	bt_strmap_release(&n->modules);
	bt_arena_release(&n->arena);
}

static void draw_file(struct bt_drawing *d, struct nodes *n, const struct bt_paths *p, uint32_t file,
		      const struct starts *s)
{
	bool marked = false;

	if (n->drawn[file])
		return;
	n->drawn[file] = 1;
	for (size_t i = 0; i < s->nr && !marked; i++)
		marked = s->list[i] == file;
	bt_draw_node(d, file, p->path[file], p->len[file], marked);
}

static uint32_t draw_module(struct bt_drawing *d, struct nodes *n, const struct bt_paths *p,
			    const struct bt_dep *dep)
{
	const char *key = dep->module;
	bool fresh;
	const struct bt_strmap_entry *e = bt_strmap_intern(&n->modules, key, dep->module_len,
							   bt_strmap_hash(key, dep->module_len), &fresh);
	uint32_t id = p->nr + (uint32_t)(e - n->modules.entries);

	if (fresh)
		bt_draw_node(d, id, dep->module, dep->module_len, false);
	return id;
}

static void draw_all(struct bt_context *c, const struct bt_paths *p, const struct bt_dep_list *l,
		     const struct starts *s)
{
	BT_CLEANUP(nodes_release) struct nodes n = { .drawn = bt_xcalloc(p->nr + (size_t)1, 1) };
	BT_CLEANUP(bt_strmap_release) struct bt_strmap edges;
	struct bt_drawing d;

	bt_strmap_init(&n.modules, &n.arena);
	bt_strmap_init(&edges, &n.arena);
	bt_draw_begin(&d, c);
	for (size_t i = 0; i < l->nr && !bt_out_failed(c->out); i++) {
		const struct bt_dep *dep = &l->list[i];
		uint32_t edge[2] = { dep->from, dep->to };
		bool fresh;

		draw_file(&d, &n, p, dep->from, s);
		if (dep->to != BT_NONE)
			draw_file(&d, &n, p, dep->to, s);
		else
			edge[1] = draw_module(&d, &n, p, dep);
		bt_strmap_intern(&edges, (const char *)edge, sizeof(edge),
				 bt_strmap_hash((const char *)edge, sizeof(edge)), &fresh);
		if (fresh)
			bt_draw_edge(&d, edge[0], edge[1], NULL, dep->guess || dep->to == BT_NONE);
	}
	bt_draw_end(&d);
}

static int check_args(const struct deps_opts *o, const struct bt_args *args, struct bt_err *err)
{
	if (o->cycles && (args->nr || o->reverse))
		return bt_err_set(err, BT_ERR_USAGE, "--cycles is about all files: no path, no --reverse");
	if (!o->cycles && !args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "a path or --cycles is wanted");
	return 0;
}

static int find_deps(struct bt_context *c, const struct deps_opts *o, const struct bt_args *args,
		     struct bt_resolver *r, struct starts *s, struct bt_dep_list *deps, struct bt_err *err)
{
	struct bt_deps_walk w = { .depth = (unsigned)o->depth, .reverse = o->reverse };
	bool cut = false;

	if (o->cycles)
		return bt_deps_cycles(r, deps, err);
	for (size_t i = 0; i < args->nr; i++)
		if (add_start(c, bt_resolver_paths(r), args->items[i], s, err))
			return err->code;
	w.starts = s->list;
	w.starts_nr = s->nr;
	if (bt_deps_walk(r, &w, deps, &cut, err))
		return err->code;
	if (cut)
		bt_notice(c, "stopped after %u imports", BT_DEPS_MAX);
	return 0;
}

static int run_deps(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct deps_opts *o = opts;
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_resolver_free) struct bt_resolver *r = NULL;
	BT_CLEANUP(bt_dep_list_release) struct bt_dep_list deps = { .list = NULL };
	BT_CLEANUP(starts_release) struct starts s = { .list = NULL };
	struct bt_content_source source;
	struct bt_filter f;

	if (check_args(o, args, err) || bt_scope_filter(&o->scope, &f, err) ||
	    bt_scope_open(c, &o->scope, &v, err))
		return err->code;
	source = bt_scope_content(c, &o->scope);
	if (bt_resolver_new(&v, &source, &r, err) || find_deps(c, o, args, r, &s, &deps, err))
		return err->code;
	if (bt_draw_wanted(c))
		draw_all(c, bt_resolver_paths(r), &deps, &s);
	else
		print_list(c, bt_resolver_paths(r), &deps);
	return deps.nr ? 0 : 1;
}

const struct bt_command bt_cmd_deps = {
	.name = "deps",
	.summary = "what files import, who imports them, and cycles",
	.usage = deps_usage,
	.options = deps_options,
	.options_size = sizeof(struct deps_opts),
	.defaults = &deps_defaults,
	.formats = bt_draw_format_names,
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_deps,
};
