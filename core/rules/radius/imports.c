/*
 * The paths that there are when the change has landed, what imports mean there, and which imports are new.
 */
#include "core/rules/radius/imports.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/index/index.h"

/* Imports of one change that are looked at. */
#define IMPORTS_MAX 500

void radius_imports_free(struct radius_imports **pm)
{
	struct radius_imports *m = *pm;

	if (!m)
		return;
	bt_resolver_free(&m->resolver);
	bt_view_release(&m->view);
	bt_strmap_release(&m->told);
	bt_arena_release(&m->scratch);
	free(m->changed);
	free(m);
	*pm = NULL;
}

/* ---- the paths afterwards ---- */

static int add_changed(struct radius_imports *m, struct bt_manifest_builder *b, size_t i, const struct bt_manifest_file *was)
{
	struct check *k = m->r->k;
	const struct check_file *f = &k->files[i];
	struct bt_manifest_file file = was ? *was : (struct bt_manifest_file){ .state = BT_BLOB_NO_LANGUAGE };
	struct bt_err unknown = BT_ERR_INIT;

	if (!f->in->new_oid.len || f->skipped)
		return 0;
	/* A language that the index has never seen has no id: such a file is one that can be meant. */
	if (f->now.lang && !bt_store_language_id(k->store, f->now.lang->name, f->now.lang->version, &file.lang, &unknown) &&
	    m->r->after[i])
		file.state = BT_BLOB_FACTS;
	if (f->now.id)
		file.blob = f->now.id;
	bt_manifest_builder_add(b, f->in->path, f->in->path_len, &file);
	return 0;
}

/* The files of the view with those of the change in their places. */
static int merge(struct radius_imports *m, struct bt_manifest_builder *b)
{
	struct bt_manifest_walk w;
	struct bt_manifest_file file;
	struct check *k = m->r->k;
	size_t i = 0;
	int rc;

	bt_manifest_walk_init(&w, &m->r->view.manifest);
	while ((rc = bt_manifest_walk_next(&w, &file, m->err)) == BT_ROW) {
		int c = -1;

		while (i < k->files_nr && (c = strcmp(k->files[i].in->path, w.path)) < 0)
			add_changed(m, b, i++, NULL);
		if (i < k->files_nr && !c)
			add_changed(m, b, i++, &file);
		else
			bt_manifest_builder_add(b, w.path, w.len, &file);
	}
	while (!rc && i < k->files_nr)
		add_changed(m, b, i++, NULL);
	return rc;
}

static int make_view(struct radius_imports *m)
{
	BT_CLEANUP(bt_manifest_builder_release) struct bt_manifest_builder b;
	struct bt_manifest manifest = BT_MANIFEST_INIT;
	struct bt_digest none = { { 0 } };

	bt_manifest_builder_init(&b);
	if (merge(m, &b) || bt_manifest_builder_end(&b, 0, 0, &none, &manifest.data, m->err))
		return m->err->code;
	if (bt_manifest_load(&manifest, m->err)) {
		bt_manifest_release(&manifest);
		return m->err->code;
	}
	bt_view_init(&m->view, m->r->k->store, &manifest);
	return 0;
}

static int open_imports(struct radius *r, struct radius_imports *m)
{
	struct check *k = r->k;
	struct bt_content_source source = { .repo = k->o->repo, .kind = k->o->content };

	source.tree = k->o->trees[0].len ? k->o->trees[0] : r->tree;
	if (make_view(m) || bt_resolver_new(&m->view, &source, &m->resolver, m->err))
		return m->err->code;
	m->changed = bt_xcalloc(m->view.manifest.nr + (size_t)1, sizeof(*m->changed));
	for (size_t i = 0; i < k->files_nr; i++) {
		uint32_t file = radius_imports_file(m, k->files[i].in->path);

		if (file != BT_NONE)
			m->changed[file] = (uint32_t)i + 1;
	}
	return 0;
}

int radius_imports_get(struct radius *r, struct radius_imports **ret_m)
{
	struct bt_view *v;

	*ret_m = NULL;
	if (radius_view(r, &v))
		return r->k->err->code;
	if (!v)
		return 0;
	if (!r->imports) {
		r->imports = bt_xcalloc(1, sizeof(*r->imports));
		r->imports->r = r;
		r->imports->err = r->k->err;
		bt_strmap_init(&r->imports->told, &r->arena);
		if (open_imports(r, r->imports))
			return r->k->err->code;
	}
	*ret_m = r->imports;
	return 0;
}

uint32_t radius_imports_file(const struct radius_imports *m, const char *path)
{
	return bt_paths_find(bt_resolver_paths(m->resolver), path, strlen(path));
}

/* ---- what is new ---- */

static bool has_module(const struct bt_facts *f, const char *text, size_t len)
{
	for (uint32_t i = 0; f && i < f->imports_nr; i++) {
		const struct bt_name *t = &f->texts[f->imports[i].module];

		if (t->len == len && !memcmp(t->text, text, len))
			return true;
	}
	for (uint32_t d = 0; f && d < f->defs_nr; d++)
		if (f->defs[d].kind == BT_KIND_MODULE && f->defs[d].flags & BT_DEF_DECL && bt_name_is(f, f->defs[d].name, text, len))
			return true;
	return false;
}

static bool brings_imports(const struct radius *r, size_t i)
{
	const struct bt_facts *now = r->after[i], *before = r->before[i];

	if (!now || r->unread[i] || r->inner[i])
		return false;
	for (uint32_t n = 0; n < now->imports_nr; n++) {
		const struct bt_name *t = &now->texts[now->imports[n].module];

		if (!has_module(before, t->text, t->len))
			return true;
	}
	for (uint32_t d = 0; d < now->defs_nr; d++) {
		const struct bt_def *def = &now->defs[d];

		if (def->kind == BT_KIND_MODULE && def->flags & BT_DEF_DECL && def->name != BT_NONE &&
		    !has_module(before, now->names[def->name].text, now->names[def->name].len))
			return true;
	}
	return false;
}

uint32_t radius_import_start(const struct bt_facts *f, uint32_t row)
{
	for (uint32_t i = 0; i < f->imports_nr; i++)
		if (bt_facts_point(f, f->imports[i].start).row == row)
			return f->imports[i].start;
	for (uint32_t d = 0; d < f->defs_nr; d++)
		if (f->defs[d].kind == BT_KIND_MODULE && bt_facts_point(f, f->defs[d].start).row == row)
			return f->defs[d].start;
	return row < f->lines_nr ? f->line_starts[row] : 0;
}

int radius_imports_each_new(struct check *k, const char *rule_id, bool (*wanted)(const struct check_file *f),
			    radius_import_fn *each)
{
	const struct bt_rule *rule = bt_ruleset_find(&k->c->rules, rule_id, strlen(rule_id));
	struct radius_imports *m;
	struct radius *r;
	size_t asked = 0;

	if (radius_get(k, &r))
		return k->err->code;
	for (size_t i = 0; r && i < k->files_nr && asked < IMPORTS_MAX; i++) {
		BT_CLEANUP(bt_dep_list_release) struct bt_dep_list deps = { .list = NULL };
		const struct check_file *f = &k->files[i];
		uint32_t file;

		if (!brings_imports(r, i) || !f->now.lang || !bt_rule_applies(rule, f->now.lang) || (wanted && !wanted(f)))
			continue;
		if (radius_imports_get(r, &m))
			return k->err->code;
		if (!m)
			return 0;
		file = radius_imports_file(m, f->in->path);
		if (file == BT_NONE)
			continue;
		if (bt_resolver_facts(m->resolver, file, r->after[i], &deps, k->err))
			return k->err->code;
		for (size_t n = 0; n < deps.nr && asked < IMPORTS_MAX; n++) {
			if (has_module(r->before[i], deps.list[n].module, deps.list[n].module_len))
				continue;
			asked++;
			if (each(m, i, &deps.list[n]))
				return k->err->code;
		}
	}
	return 0;
}

void radius_import_add(struct radius_imports *m, const char *rule, size_t file, const struct bt_dep *d, const char *key,
		       const char *detail)
{
	const struct bt_facts *f = m->r->after[file];
	uint32_t start = radius_import_start(f, d->row);
	uint32_t end = d->row + 1 < f->lines_nr ? f->line_starts[d->row + 1] - 1 : f->size;
	struct radius_place p = { .rule = rule, .file = file, .key = key, .detail = detail, .start = start,
				  .end = end > start ? end : start };

	radius_add(m->r, &p);
}
