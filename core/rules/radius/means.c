/*
 * What an occurrence of a name means: is it the definition that is asked about, for sure?
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/radius/search.h"

enum radius_family radius_family_of(const char *lang)
{
	static const char *const modules[] = { "python", "javascript", "typescript", "tsx", "rust", "zig" };
	static const char *const packages[] = { "go", "java", "kotlin", "scala", "c-sharp", "swift" };

	for (size_t i = 0; i < BT_ARRAY_NR(modules); i++)
		if (!strcmp(modules[i], lang))
			return RADIUS_MODULE;
	for (size_t i = 0; i < BT_ARRAY_NR(packages); i++)
		if (!strcmp(packages[i], lang))
			return RADIUS_PACKAGE;
	return RADIUS_GLOBAL;
}

static bool is_of(uint64_t stem, const struct bt_edge_stems *stems)
{
	return stem && (stem == stems->stem || stem == stems->folder);
}

static bool imports_one(const struct radius_user *u, const struct bt_edge_stems *stems)
{
	for (size_t i = 0; i < u->stems_nr; i++)
		if (is_of(u->stems[i], stems))
			return true;
	return false;
}

static bool stem_fits(const struct radius_search *s, uint64_t stem)
{
	for (int i = 0; stem && i < 2; i++)
		if (stem == s->stems[i].stem || stem == s->stems[i].folder)
			return true;
	return false;
}

/* ---- what its imports resolve to ---- */

static const struct bt_dep_list *resolve(struct radius_search *s, struct radius_user *u)
{
	struct radius_imports *m;
	uint32_t file;

	if (u->resolved)
		return &u->deps;
	u->resolved = true;
	if (radius_imports_get(s->r, &m)) {
		s->broke = true;
		return &u->deps;
	}
	file = m ? radius_imports_file(m, u->path) : BT_NONE;
	if (file != BT_NONE && bt_resolver_facts(m->resolver, file, u->f, &u->deps, s->err))
		s->broke = true;
	s->paths = m ? bt_resolver_paths(m->resolver) : NULL;
	return &u->deps;
}

static bool same_folder(const char *a, const char *b)
{
	size_t len = bt_path_dir_len(a, strlen(a));

	return len == bt_path_dir_len(b, strlen(b)) && !memcmp(a, b, len);
}

/* Files that hand on what others define. */
static bool hands_on(const char *path)
{
	static const char *const bases[] = { "__init__.py", "mod.rs", "lib.rs" };
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	for (size_t i = 0; i < BT_ARRAY_NR(bases); i++)
		if (!strcmp(base, bases[i]))
			return true;
	return !strncmp(base, "index.", 6);
}

/* Does the file of a dependency, or in languages with packages one beside it, lie at this path? */
static bool is_of_file(const struct radius_search *s, const struct bt_dep *d, const char *path)
{
	const char *to = s->paths->path[d->to];

	return !strcmp(to, path) || (s->family == RADIUS_PACKAGE && same_folder(to, path));
}

/* The file went, and its name is what the import says: a.b.Tool and src/a/b/Tool.java. */
static bool says_path(const struct bt_dep *d, const char *path)
{
	size_t len = strcspn(path, "."), at;

	if (len < d->module_len || (len > d->module_len && path[len - d->module_len - 1] != '/'))
		return false;
	for (at = 0; at < d->module_len; at++) {
		char c = path[len - d->module_len + at];

		if (c != d->module[at] && (c != '/' || d->module[at] != '.'))
			return false;
	}
	return true;
}

/*
 * Does an import mean the file of the definition, as it was or is? A call may come through a file that hands names on; of
 * what went that can hand on another one by now.
 */
static bool means_file(const struct radius_search *s, const struct bt_dep *d)
{
	const char *now = s->r->k->files[s->d->file].in->path;

	if (d->to == BT_NONE)
		return !s->r->after[s->d->old_file] &&
		       (d->state == BT_MODULE_UNRESOLVED || (s->family == RADIUS_PACKAGE && says_path(d, s->path)));
	if (is_of_file(s, d, s->path) || is_of_file(s, d, now))
		return !d->guess || s->d->what == RADIUS_SIGNATURE;
	/* the module of a Rust file that went is looked for in the one around it */
	return hands_on(s->paths->path[d->to]) &&
	       (s->d->what == RADIUS_SIGNATURE || (!s->r->after[s->d->old_file] && !strcmp(s->lang, "rust")));
}

static bool confirmed(struct radius_search *s, struct radius_user *u, uint32_t import)
{
	const struct bt_dep_list *deps = resolve(s, u);
	uint32_t row = bt_facts_point(u->f, u->f->imports[import].start).row;

	for (size_t i = 0; i < deps->nr && s->paths; i++)
		if (deps->list[i].row == row && means_file(s, &deps->list[i]))
			return true;
	return false;
}

/*
 * May an import mean another file that defines the name? One that is called so and resolves to a third file does not, unless
 * that hands on what others define.
 */
static bool may_mean(struct radius_search *s, struct radius_user *u, uint32_t import, const struct radius_other *other)
{
	const struct bt_dep_list *deps = resolve(s, u);
	uint32_t row = bt_facts_point(u->f, u->f->imports[import].start).row;
	bool known = false;

	for (size_t i = 0; i < deps->nr && s->paths; i++) {
		const struct bt_dep *d = &deps->list[i];

		if (d->row != row)
			continue;
		known = true;
		if (d->to == BT_NONE) {	/* the other one is there: what nothing answers does not mean it */
			if (d->state != BT_MODULE_UNRESOLVED)
				return true;
			continue;
		}
		if (d->guess || is_of_file(s, d, other->path) || hands_on(s->paths->path[d->to]))
			return true;
	}
	return !known;
}

static bool imports_other(struct radius_search *s, struct radius_user *u, const struct radius_other *other)
{
	for (uint32_t i = 0; i < u->f->imports_nr; i++) {
		const struct bt_import *im = &u->f->imports[i];
		bool fits = is_of(u->stems[i], &other->stems);

		for (uint32_t n = im->items; n < im->items + im->items_nr && !fits; n++)
			fits = is_of(u->stems[u->f->imports_nr + n], &other->stems);
		if (fits && may_mean(s, u, i, other))
			return true;
	}
	return false;
}

/* In C only names are compared: a header stands for any file that is called as it is. */
static bool imports_another(struct radius_search *s, struct radius_user *u)
{
	for (size_t i = 0; i < s->others_nr; i++)
		if (s->family == RADIUS_GLOBAL ? imports_one(u, &s->others[i].stems) : imports_other(s, u, &s->others[i]))
			return true;
	return s->many;
}

/* Does it import the name itself from there, or all of it? */
static bool imports_name(struct radius_search *s, struct radius_user *u)
{
	for (uint32_t i = 0; i < u->f->imports_nr; i++) {
		const struct bt_import *im = &u->f->imports[i];
		bool named = im->flags & BT_IMPORT_ALL;

		for (uint32_t n = im->items; n < im->items + im->items_nr && !named; n++)
			named = radius_is_name(s, u->f, u->f->items[n].name);
		if (named && stem_fits(s, u->stems[i]) && confirmed(s, u, i))
			return true;
	}
	return false;
}

/* Does it import the file? */
static bool imports_it(struct radius_search *s, struct radius_user *u)
{
	if (s->family == RADIUS_GLOBAL)
		return imports_one(u, &s->stems[0]) || imports_one(u, &s->stems[1]);
	for (uint32_t i = 0; i < u->f->imports_nr; i++) {
		const struct bt_import *im = &u->f->imports[i];
		bool fits = stem_fits(s, u->stems[i]);

		for (uint32_t n = im->items; n < im->items + im->items_nr && !fits; n++)
			fits = stem_fits(s, u->stems[u->f->imports_nr + n]);
		if (fits && confirmed(s, u, i))
			return true;
	}
	return false;
}

/* A name without anything before it. */
static bool plain_fits(struct radius_search *s, struct radius_user *u)
{
	bool method = s->kind == BT_KIND_METHOD;

	if (method)
		return false;
	if (u->own)
		return s->d->what == RADIUS_SIGNATURE || s->family == RADIUS_MODULE || (!s->others_nr && !s->many);
	switch (s->family) {
	case RADIUS_MODULE:
		return !imports_another(s, u) && imports_name(s, u);
	case RADIUS_PACKAGE:
		return same_folder(s->path, u->path) ? !s->many && !s->others_nr
						     : !imports_another(s, u) && imports_it(s, u);
	default:
		if (!s->others_nr && !s->many)
			return true;
		/* what went from here is linked from there */
		return s->d->what == RADIUS_SIGNATURE && imports_it(s, u) && !imports_another(s, u);
	}
}

static bool name_is(const struct bt_name *n, const char *text)
{
	return text && strlen(text) == n->len && !memcmp(text, n->text, n->len);
}

static bool mentions(const struct bt_facts *f, const char *name)
{
	for (uint32_t i = 0; i < f->names_nr; i++)
		if (name_is(&f->names[i], name))
			return true;
	return false;
}

/* Is what stands before the name the scope of the definition, or its file or folder? */
static bool qualifier_fits(const struct radius_search *s, const struct bt_name *q)
{
	const char *slash = strrchr(s->path, '/'), *stem = slash ? slash + 1 : s->path;

	if (s->d->scope || (s->family == RADIUS_GLOBAL && strcmp(s->lang, "lua") != 0))
		return name_is(q, s->d->scope);
	if (strcspn(stem, ".") == q->len && !memcmp(stem, q->text, q->len))
		return true;
	return slash && (size_t)(slash - s->path) >= q->len && !memcmp(slash - q->len, q->text, q->len) &&
	       (slash - q->len == s->path || slash[-(ptrdiff_t)q->len - 1] == '/');
}

static bool qualified_fits(struct radius_search *s, struct radius_user *u, uint32_t occ)
{
	const struct bt_name *q = u->f->occs[occ].qual == BT_QUAL_NAME && occ ? &u->f->names[u->f->occs[occ - 1].name] : NULL;
	/* on an object: of a call one can say it when nobody else has a method of that name */
	bool object = s->d->what == RADIUS_SIGNATURE && s->kind == BT_KIND_METHOD && s->d->scope && !s->others_nr;

	if (imports_another(s, u) || !((q && qualifier_fits(s, q)) || (object && mentions(u->f, s->d->scope))))
		return false;
	return u->own || s->family == RADIUS_GLOBAL || (s->family == RADIUS_PACKAGE && same_folder(s->path, u->path)) ||
	       imports_it(s, u);
}

static bool occ_fits(struct radius_search *s, struct radius_user *u, uint32_t occ)
{
	const struct bt_occ *o = &u->f->occs[occ];
	uint32_t at;

	switch (o->qual) {
	case BT_QUAL_NONE:
		return plain_fits(s, u);
	case BT_QUAL_SELF:
		if (!u->own || !s->d->scope)
			return false;
		for (at = bt_facts_enclosing(u->f, o->at); at != BT_NONE; at = u->f->defs[at].parent)
			if (bt_name_is(u->f, u->f->defs[at].name, s->d->scope, strlen(s->d->scope)))
				return true;
		return false;
	case BT_QUAL_SUPER:
		return false;
	default:
		return qualified_fits(s, u, occ);
	}
}

static bool role_counts(const struct radius_search *s, const struct bt_occ *o)
{
	unsigned roles = 1u << BT_ROLE_CALL | 1u << BT_ROLE_MACRO;

	/* #ifdef asks for what need not be there */
	if (!strcmp(s->lang, "c") || !strcmp(s->lang, "cpp"))
		roles = 1u << BT_ROLE_CALL;
	if (s->d->what != RADIUS_SIGNATURE)
		roles |= 1u << BT_ROLE_TYPE | 1u << BT_ROLE_INHERIT | 1u << BT_ROLE_IMPORT | 1u << BT_ROLE_READ;
	return roles >> o->role & 1;
}

/* Is it a local name there: one that the function around it writes, or (mostly in vain) the file? */
static bool is_shadowed(const struct radius_search *s, const struct bt_facts *f, uint32_t occ)
{
	uint32_t site = bt_facts_enclosing(f, f->occs[occ].at);

	for (uint32_t i = 0; i < f->occs_nr; i++) {
		uint32_t writer, at = site;

		if (f->occs[i].role != BT_ROLE_WRITE || f->occs[i].qual != BT_QUAL_NONE || !radius_is_name(s, f, f->occs[i].name))
			continue;
		writer = bt_facts_enclosing(f, f->occs[i].at);
		while (at != writer && at != BT_NONE)
			at = f->defs[at].parent;
		if (at == writer)
			return true;
	}
	return false;
}

bool radius_means(struct radius_search *s, struct radius_user *u, uint32_t occ)
{
	return role_counts(s, &u->f->occs[occ]) && occ_fits(s, u, occ) && !is_shadowed(s, u->f, occ);
}
