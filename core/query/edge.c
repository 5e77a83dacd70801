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
