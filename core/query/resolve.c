/*
 * The table of families, reading what a file imports, and searching that families share.
 */
#include "core/query/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "core/query/resolve_family.h"

static const struct bt_family *const families[BT_FAMILY_NR] = {
	[BT_FAMILY_C] = &bt_family_c,	    [BT_FAMILY_PYTHON] = &bt_family_python,
	[BT_FAMILY_JS] = &bt_family_js,	    [BT_FAMILY_GO] = &bt_family_go,
	[BT_FAMILY_RUST] = &bt_family_rust, [BT_FAMILY_NAMESPACE] = &bt_family_namespace,
	[BT_FAMILY_RUBY] = &bt_family_ruby, [BT_FAMILY_PHP] = &bt_family_php,
	[BT_FAMILY_LUA] = &bt_family_lua,   [BT_FAMILY_PATH] = &bt_family_path,
};

static const struct {
	const char *lang;
	enum bt_family_id family;
} table[] = {
	{ "c", BT_FAMILY_C },
	{ "cpp", BT_FAMILY_C },
	{ "python", BT_FAMILY_PYTHON },
	{ "javascript", BT_FAMILY_JS },
	{ "typescript", BT_FAMILY_JS },
	{ "tsx", BT_FAMILY_JS },
	{ "go", BT_FAMILY_GO },
	{ "rust", BT_FAMILY_RUST },
	{ "java", BT_FAMILY_NAMESPACE },
	{ "kotlin", BT_FAMILY_NAMESPACE },
	{ "scala", BT_FAMILY_NAMESPACE },
	{ "c-sharp", BT_FAMILY_NAMESPACE },
	{ "ruby", BT_FAMILY_RUBY },
	{ "php", BT_FAMILY_PHP },
	{ "lua", BT_FAMILY_LUA },
	{ "css", BT_FAMILY_PATH },
	{ "bash", BT_FAMILY_PATH },
	{ "zig", BT_FAMILY_PATH },
};

static const char *const state_names[BT_MODULE_STATE_NR] = {
	[BT_MODULE_FILE] = "file",
	[BT_MODULE_EXTERNAL] = "external",
	[BT_MODULE_UNRESOLVED] = "unresolved",
};

static const char *const how_names[BT_HOW_NR] = {
	[BT_HOW_NONE] = NULL,	      [BT_HOW_RELATIVE] = "relative", [BT_HOW_SEARCH] = "search-path",
	[BT_HOW_PACKAGE] = "package", [BT_HOW_ALIAS] = "alias",	      [BT_HOW_NAMESPACE] = "namespace",
	[BT_HOW_MODULE] = "module",
};

const char *bt_module_state_name(enum bt_module_state s)
{
	return state_names[s];
}

const char *bt_module_how_name(enum bt_module_how how)
{
	return how_names[how];
}

void bt_dep_list_release(struct bt_dep_list *l)
{
	free(l->list);
	memset(l, 0, sizeof(*l));
}

void bt_resolver_free(struct bt_resolver **pr)
{
	struct bt_resolver *r = *pr;

	if (!r)
		return;
	for (int i = 0; i < BT_FAMILY_NR; i++)
		if (families[i]->release && r->state[i])
			families[i]->release(r->state[i]);
	bt_paths_release(&r->paths);
	bt_arena_release(&r->arena);
	bt_arena_release(&r->facts);
	bt_buf_release(&r->path);
	free(r->targets.files);
	free(r->families);
	free(r);
	*pr = NULL;
}

int bt_resolver_new(struct bt_view *v, const struct bt_content_source *source, struct bt_resolver **ret_r,
		    struct bt_err *err)
{
	struct bt_resolver *r = bt_xcalloc(1, sizeof(*r));

	r->v = v;
	r->source = *source;
	if (bt_paths_read(&v->manifest, &r->paths, err)) {
		bt_resolver_free(&r);
		return err->code;
	}
	*ret_r = r;
	return 0;
}

const struct bt_paths *bt_resolver_paths(const struct bt_resolver *r)
{
	return &r->paths;
}

static int family_by_name(const char *lang)
{
	for (size_t i = 0; i < BT_ARRAY_NR(table); i++)
		if (!strcmp(table[i].lang, lang))
			return (int)table[i].family;
	return -1;
}

bool bt_langs_share_names(const char *a, const char *b)
{
	int family;

	if (!strcmp(a, b))
		return true;
	family = family_by_name(a);
	return family == family_by_name(b) &&
	       (family == BT_FAMILY_C || family == BT_FAMILY_JS || family == BT_FAMILY_NAMESPACE);
}

#define FAMILY_UNKNOWN INT8_MIN

/* The family of a file, or -1. */
static int family_of(struct bt_resolver *r, uint32_t file)
{
	uint32_t lang = bt_manifest_file_get(&r->v->manifest, file).lang;
	struct bt_err ignored = BT_ERR_INIT;
	const char *name;

	if (lang >= r->families_nr) {
		r->families = bt_xrealloc(r->families, lang + (size_t)1);
		memset(r->families + r->families_nr, FAMILY_UNKNOWN, lang + 1 - r->families_nr);
		r->families_nr = lang + 1;
	}
	if (r->families[lang] == FAMILY_UNKNOWN)
		r->families[lang] = bt_view_lang(r->v, lang, &name, &ignored) ? -1
									      : (int8_t)family_by_name(name);
	return r->families[lang];
}

bool bt_resolver_related(struct bt_resolver *r, uint32_t from, uint32_t to)
{
	int a = family_of(r, from), b = family_of(r, to);

	/* scripts import data, and CSS */
	return a == b || a == BT_FAMILY_JS;
}

static void emit(struct bt_resolver *r, const struct bt_module *m, uint32_t row, struct bt_dep_list *out)
{
	const struct bt_targets *t = &r->targets;
	struct bt_dep d = {
		.from = m->file,
		.to = BT_NONE,
		.row = row,
		.import = m->import ? (uint32_t)(m->import - m->facts->imports) : BT_NONE,
		.module_len = (uint32_t)m->len,
		.state = (uint8_t)t->state,
		.how = (uint8_t)t->how,
		.guess = t->guess,
	};

	d.module = bt_arena_strndup(&r->arena, m->text, m->len);
	for (size_t i = 0; i < t->nr || !i; i++) {
		if (t->nr) {
			d.to = t->files[i];
			d.state = BT_MODULE_FILE;
		}
		if (d.to == d.from) /* use super::* in a module of the same file */
			continue;
		BT_GROW(out->list, out->alloc, out->nr + 1);
		out->list[out->nr++] = d;
	}
}

static int resolve_one(struct bt_resolver *r, const struct bt_family *f, const struct bt_module *m,
		       uint32_t row, struct bt_dep_list *out, struct bt_err *err)
{
	r->targets.nr = 0;
	r->targets.state = BT_MODULE_EXTERNAL;
	r->targets.how = BT_HOW_NONE;
	r->targets.guess = false;
	if (f->resolve(r, m, &r->targets, err))
		return err->code;
	emit(r, m, row, out);
	return 0;
}

static int read_facts(struct bt_resolver *r, const struct bt_family *f, struct bt_view_file *vf,
		      struct bt_err *err)
{
	struct bt_partial p;

	bt_arena_reset(&r->facts);
	if (f->whole)
		return bt_view_read_facts(r->v, &r->facts, false, vf, err);
	if (bt_view_open_facts(r->v, &r->facts, false, vf, &p, err))
		return err->code;
	vf->facts = p.facts;
	return 0;
}

/* Declarations of modules stand among the imports, in the order of the file. */
static int resolve_all(struct bt_resolver *r, const struct bt_family *f, struct bt_module *m,
		       struct bt_dep_list *out, struct bt_err *err)
{
	const struct bt_facts *facts = m->facts;
	uint32_t i = 0, d = f->whole ? 0 : facts->defs_nr;

	while (i < facts->imports_nr || d < facts->defs_nr) {
		const struct bt_def *def = d < facts->defs_nr ? &facts->defs[d] : NULL;
		const struct bt_name *text;
		uint32_t start;

		if (def && (i == facts->imports_nr || def->start < facts->imports[i].start)) {
			if (def->kind != BT_KIND_MODULE || !(def->flags & BT_DEF_DECL) ||
			    def->name == BT_NONE) {
				d++;
				continue;
			}
			m->import = NULL;
			text = &facts->names[def->name];
			start = def->start;
			m->def = d++;
		} else {
			m->import = &facts->imports[i++];
			text = &facts->texts[m->import->module];
			start = m->import->start;
		}
		m->text = text->text;
		m->len = text->len;
		if (resolve_one(r, f, m, bt_facts_point(facts, start).row, out, err))
			return err->code;
	}
	return 0;
}

int bt_resolver_file(struct bt_resolver *r, uint32_t file, struct bt_dep_list *out, struct bt_err *err)
{
	struct bt_manifest_file mf = bt_manifest_file_get(&r->v->manifest, file);
	struct bt_view_file vf = { .blob = { .id = mf.blob } };
	struct bt_module m = { .file = file, .path = r->paths.path[file], .path_len = r->paths.len[file] };
	int family = family_of(r, file);

	if (family < 0 || mf.state != BT_BLOB_FACTS)
		return 0;
	if (read_facts(r, families[family], &vf, err))
		return err->code;
	m.dir_len = bt_path_dir_len(m.path, m.path_len);
	m.facts = &vf.facts;
	return resolve_all(r, families[family], &m, out, err);
}

int bt_resolver_facts(struct bt_resolver *r, uint32_t file, const struct bt_facts *facts, struct bt_dep_list *out,
		      struct bt_err *err)
{
	struct bt_module m = { .file = file, .path = r->paths.path[file], .path_len = r->paths.len[file], .facts = facts };
	int family = family_of(r, file);

	if (family < 0)
		return 0;
	m.dir_len = bt_path_dir_len(m.path, m.path_len);
	return resolve_all(r, families[family], &m, out, err);
}

bool bt_resolver_declares_modules(struct bt_resolver *r, uint32_t file)
{
	int family = family_of(r, file);

	return family >= 0 && families[family]->whole;
}

int bt_resolver_import(struct bt_resolver *r, uint32_t file, const struct bt_facts *facts, uint32_t import,
		       struct bt_dep_list *out, struct bt_err *err)
{
	const struct bt_import *i = &facts->imports[import];
	struct bt_module m = {
		.file = file,
		.path = r->paths.path[file],
		.path_len = r->paths.len[file],
		.facts = facts,
		.import = i,
		.text = facts->texts[i->module].text,
		.len = facts->texts[i->module].len,
	};
	int family = family_of(r, file);

	if (family < 0)
		return 0;
	m.dir_len = bt_path_dir_len(m.path, m.path_len);
	return resolve_one(r, families[family], &m, bt_facts_point(facts, i->start).row, out, err);
}

/* --- for the families --- */

void bt_target_add(struct bt_targets *t, uint32_t file, enum bt_module_how how)
{
	for (size_t i = 0; i < t->nr; i++)
		if (t->files[i] == file)
			return;
	BT_GROW(t->files, t->alloc, t->nr + 1);
	t->files[t->nr++] = file;
	t->how = how;
}

uint32_t bt_path_lookup(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel,
			size_t rel_len, const char *ending)
{
	if (!bt_path_under(&r->path, dir, dir_len, rel, rel_len))
		return BT_NONE;
	bt_buf_adds(&r->path, ending);
	return bt_paths_find(&r->paths, bt_buf_cstr(&r->path), r->path.len);
}

bool bt_try_path(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel, size_t rel_len,
		 const char *ending, enum bt_module_how how, struct bt_targets *t)
{
	uint32_t file = bt_path_lookup(r, dir, dir_len, rel, rel_len, ending);

	if (file == BT_NONE)
		return false;
	bt_target_add(t, file, how);
	return true;
}

const char *bt_with_slashes(struct bt_resolver *r, const char *text, size_t len, const char *seps)
{
	char *copy = bt_arena_strndup(&r->arena, text, len);

	for (size_t i = 0; i < len; i++)
		if (copy[i] && strchr(seps, copy[i]))
			copy[i] = '/';
	return copy;
}

static unsigned components(const char *path, size_t len)
{
	unsigned nr = len > 0;

	for (size_t i = 0; i < len; i++)
		nr += path[i] == '/';
	return nr;
}

void bt_try_tail(struct bt_resolver *r, const char *dir, size_t dir_len, const char *tail, size_t tail_len,
		 bool (*usable)(const char *root, size_t len, const char *dir, size_t dir_len),
		 struct bt_targets *t)
{
	size_t base = bt_path_dir_len(tail, tail_len), first = t->nr;
	unsigned best = 0, best_depth = 0;
	uint32_t f;

	base = base ? base + 1 : 0;
	f = bt_paths_base(&r->paths, tail + base, tail_len - base);
	for (; f != BT_NONE; f = r->paths.next_base[f]) {
		const char *path = r->paths.path[f];
		size_t root = r->paths.len[f] > tail_len ? r->paths.len[f] - tail_len - 1 : 0;
		unsigned shared, depth;

		if (!bt_path_ends(path, r->paths.len[f], tail, tail_len) ||
		    (usable && !usable(path, root, dir, dir_len)))
			continue;
		shared = bt_path_shared(path, root, dir, dir_len);
		depth = components(path, root);
		if (t->nr > first && (shared < best || (shared == best && depth > best_depth)))
			continue;
		if (t->nr > first && (shared > best || depth < best_depth))
			t->nr = first;
		best = shared;
		best_depth = depth;
		bt_target_add(t, f, BT_HOW_SEARCH);
	}
	t->guess = t->nr > first + 1;
}
