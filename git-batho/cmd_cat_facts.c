/*
 * git batho cat-facts: every fact of one blob, as JSON. Plumbing.
 */
#include <string.h>

#include "core/git/program.h"
#include "git-batho/commands.h"
#include "git-batho/path_language.h"
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

static void put_file(struct bt_out *out, const struct bt_blob *b, const struct bt_facts *f,
		     const char *lang)
{
	bt_out_record(out, "file");
	bt_out_oid(out, "blob", &b->oid);
	bt_out_cstr(out, "language", lang);
	bt_out_uint(out, "size", f->size);
	bt_out_uint(out, "lines", f->lines_nr);
	bt_out_uint(out, "code_lines", f->code_lines);
	bt_out_uint(out, "comment_lines", f->comment_lines);
	bt_out_uint(out, "blank_lines", f->blank_lines);
	bt_out_bool(out, "truncated", f->truncated);
	bt_out_hex(out, "digest", b->digest.raw, BT_DIGEST_LEN);
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

static int print_facts(struct bt_context *c, const struct bt_blob *b, const char *lang, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_facts facts;

	if (bt_store_facts_read(c->store, b->id, &rec, err) ||
	    bt_facts_decode(bt_buf_cstr(&rec), rec.len, &arena, &facts, err))
		return err->code;
	put_file(c->out, b, &facts, lang);
	return 0;
}

/* The language that the store calls `id`, in the version that is known here; NULL: there is none. */
static const struct bt_lang *current_lang(struct bt_store *s, uint32_t id)
{
	struct bt_err ignored = BT_ERR_INIT;
	const struct bt_lang *found = NULL;
	struct bt_store_language l;
	uint32_t cursor = 0;

	while (bt_store_language_next(s, &cursor, &l, &ignored) == BT_ROW) {
		const struct bt_lang *lang = l.id == id ? bt_lang_find(l.name) : NULL;

		if (lang && lang->version == l.version)
			found = lang;
	}
	return found;
}

/* The facts of every language the blob was indexed as; *ret_nr of them. */
static int print_all(struct bt_context *c, const struct bt_oid *oid, size_t *ret_nr, struct bt_err *err)
{
	struct bt_blob b;
	uint32_t cursor = 0;
	int rc = bt_context_store(c, err);

	*ret_nr = 0;
	if (rc)
		return rc == BT_ERR_NOT_FOUND ? 0 : rc;
	while ((rc = bt_store_blob_by_oid(c->store, oid, &cursor, &b, err)) == BT_ROW) {
		const struct bt_lang *lang = b.state == BT_BLOB_FACTS ? current_lang(c->store, b.lang) : NULL;

		if (!lang)
			continue;
		if (print_facts(c, &b, lang->name, err))
			return err->code;
		(*ret_nr)++;
	}
	return rc;
}

/* What the store has of the blob in the language of a path: BT_ROW or BT_DONE. */
static int find_row(struct bt_context *c, const struct bt_oid *oid, const struct bt_path_language *want,
		    struct bt_blob *ret_b, struct bt_err *err)
{
	const char *name = want->lang ? want->lang->name : want->cls->name;
	uint64_t version = want->lang ? want->lang->version : want->cls->version;
	uint32_t id;
	int rc = bt_context_store(c, err);

	if (!rc)
		rc = bt_store_language_id(c->store, name, version, &id, err);
	if (!rc)
		rc = bt_store_blob_find(c->store, oid, id, ret_b, err);
	if (rc == BT_ROW && ret_b->state == BT_BLOB_REDIRECT)
		rc = bt_store_blob_find(c->store, oid, ret_b->resolved, ret_b, err);
	return rc == BT_ERR_NOT_FOUND ? BT_DONE : rc;
}

/* The facts of the blob in the language of a path. *ret_state: why there are none. */
static int print_one(struct bt_context *c, const struct bt_oid *oid, const struct bt_path_language *want,
		     enum bt_blob_state *ret_state, struct bt_err *err)
{
	const struct bt_lang *lang;
	struct bt_blob b;
	int rc = find_row(c, oid, want, &b, err);

	*ret_state = BT_BLOB_MISSING;
	if (rc != BT_ROW)
		return rc;
	*ret_state = b.state;
	lang = current_lang(c->store, b.lang);
	if (b.state != BT_BLOB_FACTS || !lang)
		return BT_DONE;
	rc = print_facts(c, &b, lang->name, err);
	return rc ? rc : BT_ROW;
}

static int names_no_blob(const char *arg, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' names no blob", arg);
	return bt_err_hint(err, "a blob has an id, or a name as <revision>:<path>");
}

/* What of <revision>:<path> is wrong. */
static int path_missing(struct bt_context *c, const char *arg, const char *path, struct bt_err *err)
{
	BT_FREE char *spec = bt_xstrndup(arg, (size_t)(path - arg - 1));
	struct bt_rev rev = { .spec = spec };

	if (*arg == ':')
		return bt_err_set(err, BT_ERR_NOT_FOUND, "no file is staged as '%s'", path);
	if (bt_repo_resolve(&c->repo, &rev, 1, err))
		return err->code;
	return bt_err_set(err, BT_ERR_NOT_FOUND, "path '%s' does not exist in '%s'", path, spec);
}

/* Where the path of "<revision>:<path>" or ":<n>:<path>" starts, as git finds it; NULL: there is none. */
static const char *path_of(const char *arg)
{
	int braces = 0;

	if (arg[0] == ':' && arg[1] >= '0' && arg[1] <= '3' && arg[2] == ':')
		return arg + 3;
	for (; *arg && (*arg != ':' || braces); arg++)
		braces += (*arg == '{') - (*arg == '}');
	return *arg && arg[1] ? arg + 1 : NULL;
}

/* The object an argument names: an id, or revision:path through git. A tag is followed to its blob. */
static int resolve(struct bt_context *c, const char *arg, struct bt_oid *ret_oid, struct bt_err *err)
{
	const char *argv[] = { "rev-parse", "--verify", "--quiet", "--end-of-options", NULL, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *path = path_of(arg);
	BT_FREE char *spec = path ? bt_xstrdup(arg) : bt_xasprintf("%s^{blob}", arg);
	struct bt_err ignored = BT_ERR_INIT;

	argv[4] = spec;
	if (bt_git_run_argv(&c->repo, argv, &out, &ignored))
		return path ? path_missing(c, arg, path, err) : names_no_blob(arg, err);
	if (out.len < 2 * c->repo.oid_len || bt_oid_parse(out.data, 2 * c->repo.oid_len, ret_oid, &ignored))
		return names_no_blob(arg, err);
	return 0;
}

/* Asked only of what has no facts yet. */
static int check_is_blob(struct bt_context *c, const char *arg, const struct bt_oid *oid, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	const char *argv[] = { "cat-file", "-t", bt_oid_hex(oid, hex), NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err why = BT_ERR_INIT;

	if (bt_git_run_argv(&c->repo, argv, &out, &why))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "cannot read blob '%s': %s", arg, why.msg);
	return strcmp(bt_buf_cstr(&out), "blob\n") ? names_no_blob(arg, err) : 0;
}

/* Splits the argument; *path is from the top, *rev has its ':' (just that for what is staged). */
static int split(const struct bt_context *c, const char *arg, struct bt_buf *rev, struct bt_buf *path,
		 struct bt_err *err)
{
	const char *start = path_of(arg);

	if (!start)
		return 0;
	if (*arg == ':')
		bt_buf_addch(rev, ':');
	else
		bt_buf_add(rev, arg, (size_t)(start - arg));
	if (!strncmp(start, "./", 2) || !strncmp(start, "../", 3))
		return bt_tree_path(c, start, path, err);
	bt_buf_adds(path, start);
	return 0;
}

static int no_facts(const struct bt_oid *oid, const char *lang, enum bt_blob_state state, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	return bt_err_set(err, BT_ERR_NOT_FOUND, "blob %s has no facts%s%s: %s", bt_oid_hex(oid, hex),
			  lang ? " in " : "", lang ? lang : "", bt_blob_state_name(state));
}

static int run_path(struct bt_context *c, const char *arg, const struct bt_oid *oid, const char *rev,
		    const char *path, struct bt_err *err)
{
	BT_CLEANUP(bt_path_language_release) struct bt_path_language want = { .lang = NULL };
	char hex[BT_OID_HEX_MAX + 1];
	const char *spawn[] = { "index", "--quiet", "--blob", bt_oid_hex(oid, hex), path, NULL, NULL };
	enum bt_blob_state state;
	int rc;

	if (bt_path_language_find(c, rev, path, &want, err))
		return err->code;
	rc = print_one(c, oid, &want, &state, err);
	if (rc == BT_DONE && check_is_blob(c, arg, oid, err))
		return err->code;
	if (rc == BT_DONE) {
		spawn[5] = want.attribute ? want.attribute : "";
		bt_store_free(&c->store);
		if (bt_indexer_run(c, spawn, NULL, err) < 0)
			return err->code;
		rc = print_one(c, oid, &want, &state, err);
	}
	if (rc == BT_DONE)
		return no_facts(oid, want.lang ? want.lang->name : NULL, state, err);
	return rc < 0 ? rc : 0;
}

static int run_cat(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct cat_opts *o = opts;
	BT_BUF_OWNED struct bt_buf rev = BT_BUF_INIT, path = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	const char *arg;
	struct bt_oid oid;
	size_t nr;

	if (bt_one_argument(args, "blob", &arg, err) || resolve(c, arg, &oid, err) ||
	    split(c, arg, &rev, &path, err))
		return err->code;
	if (o->path || path.len)
		return run_path(c, arg, &oid, rev.len ? bt_buf_cstr(&rev) : NULL,
				o->path ? o->path : bt_buf_cstr(&path), err);
	if (print_all(c, &oid, &nr, err) || (!nr && check_is_blob(c, arg, &oid, err)))
		return err->code;
	if (nr)
		return 0;
	bt_err_set(err, BT_ERR_NOT_FOUND, "blob %s has no facts yet", bt_oid_hex(&oid, hex));
	return bt_err_hint(err, "name it as <revision>:<path>, or give --path");
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
