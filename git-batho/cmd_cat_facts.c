/*
 * git batho cat-facts: every fact of one blob, as JSON. Plumbing.
 */
#include <string.h>

#include "core/git/program.h"
#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/query_opts.h"
#include "git-batho/spawn.h"

struct cat_opts {
	const char *path;
};

static const struct bt_opt cat_options[] = {
	{ .type = BT_OPT_STRING, .name = "path", .metavar = "<path>",
	  .help = "the path that says which language a bare id is in", BT_OPT_AT(struct cat_opts, path) },
	BT_OPT_END
};

static const char *const cat_usage[] = { "[<options>] (<blob> | <revision>:<path>)", NULL };

static void put_span(struct bt_out *out, const char *key, const struct bt_facts *f, uint32_t start,
		     uint32_t end)
{
	struct bt_point a = bt_facts_point(f, start), b = bt_facts_point(f, end);

	bt_out_object(out, key);
	bt_out_uint(out, "start", start);
	bt_out_uint(out, "end", end);
	bt_out_uint(out, "start_row", a.row);
	bt_out_uint(out, "start_column", a.col);
	bt_out_uint(out, "end_row", b.row);
	bt_out_uint(out, "end_column", b.col);
	bt_out_object_end(out);
}

static void put_name(struct bt_out *out, const char *key, const struct bt_name *n)
{
	bt_out_str(out, key, n->text, n->len);
}

static void put_index(struct bt_out *out, const char *key, uint32_t index)
{
	if (index == BT_NONE)
		bt_out_null(out, key);
	else
		bt_out_uint(out, key, index);
}

static void put_defs(struct bt_out *out, const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];

		bt_out_record(out, "definition");
		put_name(out, "name", &f->names[d->name]);
		bt_out_cstr(out, "kind", bt_kind_name(d->kind));
		put_index(out, "parent", d->parent);
		put_index(out, "occurrence", d->occ);
		put_span(out, "span", f, d->start, d->end);
		put_span(out, "signature", f, d->start, d->sig_end);
		if (d->flags & BT_DEF_DOC)
			put_span(out, "documentation", f, d->doc_start, d->doc_end);
		bt_out_bool(out, "exported", d->flags & BT_DEF_EXPORTED);
		bt_out_bool(out, "declaration", d->flags & BT_DEF_DECL);
		bt_out_bool(out, "anonymous", d->flags & BT_DEF_ANONYMOUS);
		bt_out_bool(out, "default", d->flags & BT_DEF_DEFAULT);
		bt_print_def_measures(out, d);
		bt_out_record_end(out);
	}
}

static void put_occs(struct bt_out *out, const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		const struct bt_occ *o = &f->occs[i];

		bt_out_record(out, "occurrence");
		put_name(out, "name", &f->names[o->name]);
		bt_out_cstr(out, "role", bt_role_name(o->role));
		put_span(out, "span", f, o->at, o->at + f->names[o->name].len);
		put_index(out, "enclosing", bt_facts_enclosing(f, o->at));
		bt_out_cstr(out, "qualified", bt_qual_name(o->qual));
		if (o->qual != BT_QUAL_NONE)
			put_span(out, "qualifier", f, o->at - o->qual_len, o->at);
		bt_out_record_end(out);
	}
}

static void put_imports(struct bt_out *out, const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->imports_nr; i++) {
		const struct bt_import *m = &f->imports[i];

		bt_out_record(out, "import");
		put_name(out, "module", &f->texts[m->module]);
		put_span(out, "span", f, m->start, m->end);
		bt_out_bool(out, "relative", m->flags & BT_IMPORT_RELATIVE);
		bt_out_bool(out, "system", m->flags & BT_IMPORT_SYSTEM);
		bt_out_bool(out, "all", m->flags & BT_IMPORT_ALL);
		bt_out_bool(out, "reexport", m->flags & BT_IMPORT_REEXPORT);
		if (m->alias != BT_NONE)
			put_name(out, "alias", &f->names[m->alias]);
		else
			bt_out_null(out, "alias");
		bt_out_array(out, "items");
		for (uint32_t k = m->items; k < m->items + m->items_nr; k++) {
			bt_out_object(out, NULL);
			put_name(out, "name", &f->names[f->items[k].name]);
			if (f->items[k].alias != BT_NONE)
				put_name(out, "alias", &f->names[f->items[k].alias]);
			bt_out_object_end(out);
		}
		bt_out_array_end(out);
		bt_out_record_end(out);
	}
}

static void put_file(struct bt_out *out, const struct bt_view_file *vf, const char *lang)
{
	const struct bt_facts *f = &vf->facts;

	bt_out_record(out, "file");
	bt_out_oid(out, "blob", &vf->blob.oid);
	bt_out_cstr(out, "language", lang);
	bt_out_uint(out, "size", f->size);
	bt_out_uint(out, "lines", f->lines_nr);
	bt_out_uint(out, "code_lines", f->code_lines);
	bt_out_uint(out, "comment_lines", f->comment_lines);
	bt_out_uint(out, "blank_lines", f->blank_lines);
	bt_out_bool(out, "truncated", f->truncated);
	bt_out_hex(out, "digest", vf->blob.digest.raw, BT_DIGEST_LEN);
	bt_out_record_end(out);
	put_defs(out, f);
	put_occs(out, f);
	put_imports(out, f);
	for (uint32_t i = 0; i < f->errors_nr; i++) {
		bt_out_record(out, "error");
		put_span(out, "span", f, f->errors[i].start, f->errors[i].end);
		bt_out_record_end(out);
	}
}

static int lang_name(struct bt_store *s, uint32_t id, char name[32], struct bt_err *err)
{
	struct bt_store_language l;
	uint32_t cursor = 0;
	int rc;

	strcpy(name, "?");
	while ((rc = bt_store_language_next(s, &cursor, &l, err)) == BT_ROW)
		if (l.id == id)
			memcpy(name, l.name, sizeof(l.name));
	return rc;
}

/* The facts of every language the blob was indexed as; *ret_nr of them. */
static int print_blob(struct bt_context *c, const struct bt_oid *oid, size_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	struct bt_blob b;
	uint32_t cursor = 0;
	char lang[32];
	int rc = bt_context_store(c, err);

	*ret_nr = 0;
	if (rc)
		return rc == BT_ERR_NOT_FOUND ? 0 : rc;
	bt_view_init_all(&v, c->store);
	while ((rc = bt_store_blob_by_oid(c->store, oid, &cursor, &b, err)) == BT_ROW) {
		BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
		struct bt_view_file vf;

		if (b.state != BT_BLOB_FACTS)
			continue;
		if (lang_name(c->store, b.lang, lang, err) ||
		    bt_view_read_blob(&v, b.id, &arena, &vf, err))
			return err->code;
		put_file(c->out, &vf, lang);
		(*ret_nr)++;
	}
	return rc;
}

static int ask_git(struct bt_context *c, const char *const *argv, struct bt_buf *out)
{
	struct bt_err ignored = BT_ERR_INIT;

	return bt_git_run_argv(&c->repo, argv, out, &ignored);
}

/* The object an argument names: an id, or revision:path through git. A tag is followed to its blob. */
static int resolve(struct bt_context *c, const char *arg, struct bt_oid *ret_oid, struct bt_err *err)
{
	const char *argv[] = { "rev-parse", "--verify", "--quiet", "--end-of-options", NULL, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_FREE char *spec = strchr(arg, ':') ? bt_xstrdup(arg) : bt_xasprintf("%s^{blob}", arg);
	struct bt_err ignored = BT_ERR_INIT;

	argv[4] = spec;
	if (ask_git(c, argv, &out) || out.len < 2 * c->repo.oid_len ||
	    bt_oid_parse(out.data, 2 * c->repo.oid_len, ret_oid, &ignored))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' names no blob", arg);
	return 0;
}

/* Asked only of what has no facts yet. */
static int check_is_blob(struct bt_context *c, const char *arg, const struct bt_oid *oid, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	const char *argv[] = { "cat-file", "-t", bt_oid_hex(oid, hex), NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	if (ask_git(c, argv, &out) || strcmp(bt_buf_cstr(&out), "blob\n"))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' names no blob", arg);
	return 0;
}

static int run_cat(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct cat_opts *o = opts;
	char hex[BT_OID_HEX_MAX + 1];
	const char *arg, *path = o->path;
	struct bt_oid oid;
	size_t nr;

	if (bt_one_argument(args, "blob", &arg, err) || resolve(c, arg, &oid, err) ||
	    print_blob(c, &oid, &nr, err) || (!nr && check_is_blob(c, arg, &oid, err)))
		return err->code;
	if (!path && strchr(arg, ':'))
		path = strchr(arg, ':') + 1;
	if (!nr && path) {
		const char *spawn[] = { "index", "--quiet", "--blob", bt_oid_hex(&oid, hex), path, NULL };

		bt_store_free(&c->store);
		if (bt_indexer_run(c, spawn, NULL, err) < 0 || print_blob(c, &oid, &nr, err))
			return err->code;
	}
	if (nr)
		return 0;
	bt_err_set(err, BT_ERR_NOT_FOUND, "blob %s has no facts", bt_oid_hex(&oid, hex));
	return path ? err->code : bt_err_hint(err, "name it as <revision>:<path>, or give --path");
}

/* JSON unless something else is asked for: there is no other form for people. */
static int run_json(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	struct bt_out_opts json = { .format = BT_FORMAT_JSON, .command = c->command->name, .fd = 1 };

	if (c->common.format == BT_FORMAT_HUMAN) {
		bt_out_free(&c->out);
		c->out = bt_out_new(&json);
	}
	return run_cat(c, opts, args, err);
}

const struct bt_command bt_cmd_cat_facts = {
	.name = "cat-facts",
	.summary = "every fact of one blob, as JSON",
	.usage = cat_usage,
	.options = cat_options,
	.options_size = sizeof(struct cat_opts),
	.flags = BT_NEEDS_REPO | BT_PLUMBING,
	.run = run_json,
};
