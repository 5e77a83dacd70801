/*
 * Kinds of edges, and what is told of them by facts alone.
 */
#include <string.h>

#include "core/base/hash.h"
#include "core/query/graph.h"

static const char *const edge_names[BT_EDGE_NR] = {
	[BT_EDGE_SCOPE] = "scope", [BT_EDGE_FILE] = "file",   [BT_EDGE_IMPORT] = "import",
	[BT_EDGE_UNIQUE] = "unique", [BT_EDGE_NAME] = "name", [BT_EDGE_NONE] = "external",
};

const char *bt_edge_name(enum bt_edge edge)
{
	return (unsigned)edge < BT_EDGE_NR ? edge_names[edge] : "unknown";
}

/* Is the scope that holds `target` around the site too? Calls on other objects are not in scope. */
bool bt_edge_same_scope(const struct bt_facts *f, uint32_t site_def, uint32_t occ, uint32_t target_def)
{
	uint32_t scope = f->defs[target_def].parent, at = site_def;
	uint8_t qual = f->occs[occ].qual;

	if (scope == BT_NONE || (qual != BT_QUAL_NONE && qual != BT_QUAL_SELF))
		return false;
	while (at != BT_NONE && at != scope)
		at = f->defs[at].parent;
	return at == scope;
}

/* --- locals --- */

/* ".f = f", "f: f": what is written is a field, when a reading of the name follows within so many bytes. */
#define DESIGNATOR_GAP 3

static bool is_one_of(const char *lang, const char *const *langs)
{
	for (; *langs; langs++)
		if (!strcmp(*langs, lang))
			return true;
	return false;
}

/* Here names of functions are apart from those of variables: only a call can mean one. */
static bool calls_apart(const char *lang)
{
	return is_one_of(lang, (const char *const[]){ "bash", "java", "php", NULL });
}

/* Here what a function binds is bound in all of it, or from where it stands: int f = f() is not about another f. */
static bool binds_at_once(const char *lang)
{
	return is_one_of(lang, (const char *const[]){ "c", "cpp", "javascript", "typescript", "tsx", "python", NULL });
}

/* Here a plain name is never that of a field: self.f, o->f */
static bool fields_on_objects(const char *lang)
{
	return is_one_of(lang, (const char *const[]){ "c", "go", "javascript", "lua", "python", "rust", "tsx", "typescript", NULL });
}

static uint32_t callable_from(const struct bt_facts *f, uint32_t def)
{
	while (def != BT_NONE && !(f->defs[def].flags & BT_DEF_CALLABLE))
		def = f->defs[def].parent;
	return def;
}

static bool is_around(const struct bt_facts *f, uint32_t outer, uint32_t def)
{
	while (def != BT_NONE && def != outer)
		def = f->defs[def].parent;
	return def != BT_NONE;
}

static bool is_designator(const struct bt_facts *f, uint32_t occ)
{
	const struct bt_occ *o = &f->occs[occ], *next = o + 1;

	return occ + 1 < f->occs_nr && next->name == o->name && next->role == BT_ROLE_READ &&
	       next->at - (o->at + f->names[o->name].len) <= DESIGNATOR_GAP;
}

/* const f = require("x").f */
static bool is_imported_at(const struct bt_facts *f, uint32_t at)
{
	uint32_t row = bt_facts_point(f, at).row;

	for (uint32_t i = 0; i < f->imports_nr; i++)
		if (bt_facts_point(f, f->imports[i].start).row == row)
			return true;
	return false;
}

/* What a call of the name would mean where `w` writes it. */
static bool is_called(const struct bt_facts *f, const char *lang, const struct bt_occ *o, const struct bt_occ *w, bool param)
{
	if (calls_apart(lang) || !strcmp(lang, "ruby"))
		return false;
	return param || (binds_at_once(lang) && bt_facts_point(f, w->at).row < bt_facts_point(f, o->at).row);
}

bool bt_edge_is_local(const struct bt_facts *f, const char *lang, uint32_t occ, enum bt_kind kind)
{
	const struct bt_occ *o = &f->occs[occ];
	bool call = o->role == BT_ROLE_CALL;
	bool variable = kind == BT_KIND_VARIABLE || (kind == BT_KIND_FIELD && !fields_on_objects(lang));
	uint32_t site = callable_from(f, bt_facts_enclosing(f, o->at));

	if (o->qual != BT_QUAL_NONE || site == BT_NONE || !(call || o->role == BT_ROLE_READ || o->role == BT_ROLE_WRITE))
		return false;
	if (!call && !variable && calls_apart(lang))
		return true;
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		const struct bt_occ *w = &f->occs[i];
		uint32_t writer;
		bool param;

		if (w->role != BT_ROLE_WRITE || w->qual != BT_QUAL_NONE || w->name != o->name)
			continue;
		writer = callable_from(f, bt_facts_enclosing(f, w->at));
		if (writer == BT_NONE || !is_around(f, writer, site))
			continue;
		param = w->at < f->defs[writer].sig_end;
		/* what stands in the signature itself is a default, or the parameter */
		if (param ? i != occ && o->at < f->defs[writer].sig_end : variable || is_designator(f, i) || is_imported_at(f, w->at))
			continue;
		if (!call || is_called(f, lang, o, w, param))
			return true;
	}
	return false;
}

/* --- what is imported, by names --- */

/*
 * The last part of a module's text, without what is behind its dot where it is a path: "a/b.h" -> "b", "./q.mjs" -> "q", but
 * "pkg.mod" -> "mod".
 */
static struct bt_name module_stem(const struct bt_name *m, uint32_t flags)
{
	const char *end = m->text + m->len, *p = end, *dot;

	while (p > m->text && !strchr("/\\", p[-1]))
		p--;
	if (p > m->text ||
	    (flags & (BT_IMPORT_RELATIVE | BT_IMPORT_SYSTEM) && *m->text != '.' && !memchr(m->text, ':', m->len))) {
		dot = memchr(p, '.', (size_t)(end - p));
		return (struct bt_name){ p, (uint32_t)((dot ? dot : end) - p) };
	}
	for (p = end; p > m->text && !strchr(".:", p[-1]);)
		p--;
	return (struct bt_name){ p, (uint32_t)(end - p) };
}

static struct bt_name path_stem(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return (struct bt_name){ name, (uint32_t)strcspn(name, ".") };
}

static struct bt_name path_folder(const char *path)
{
	const char *slash = strrchr(path, '/'), *p = slash;

	if (!slash)
		return (struct bt_name){ "", 0 };
	while (p > path && p[-1] != '/')
		p--;
	return (struct bt_name){ p, (uint32_t)(slash - p) };
}

static uint64_t stem_hash(struct bt_name n)
{
	return n.len ? bt_hash64(n.text, n.len, 1) : 0;
}

size_t bt_edge_import_stems(const struct bt_facts *f, struct bt_arena *a, uint64_t **ret_stems)
{
	uint64_t *stems = bt_arena_alloc(a, (f->imports_nr + (size_t)f->items_nr + 1) * sizeof(*stems));
	size_t nr = 0;

	for (uint32_t i = 0; i < f->imports_nr; i++)
		stems[nr++] = stem_hash(module_stem(&f->texts[f->imports[i].module], f->imports[i].flags));
	for (uint32_t i = 0; i < f->items_nr; i++)
		stems[nr++] = stem_hash(f->names[f->items[i].name]);
	*ret_stems = stems;
	return nr;
}

struct bt_edge_stems bt_edge_path_stems(const char *path)
{
	return (struct bt_edge_stems){ stem_hash(path_stem(path)), stem_hash(path_folder(path)) };
}

bool bt_edge_same_file(const struct bt_answer_file *a, const struct bt_answer_file *b)
{
	/* every look-up decodes anew: the facts of one file may be there twice */
	return a->blob == b->blob && a->manifest_file == b->manifest_file;
}
