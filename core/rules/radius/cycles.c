/*
 * import-cycle: is there a way back from what a new import means to the file that imports it?
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/git/odb.h"
#include "core/rules/radius/imports.h"

/* Files that are read to find the way back of one import. */
#define WALK_MAX 1500
/* A cycle of more files is told in part. */
#define CYCLE_SHOWN 6

/*
 * Is an import done when its file is loaded? Those inside of functions are not, and in Python those that something stands
 * around (if TYPE_CHECKING, try).
 */
static bool is_at_load(const struct bt_facts *f, uint32_t row, const char *path)
{
	uint32_t start = radius_import_start(f, row);
	const char *dot = strrchr(path, '.');

	if (dot && !strcmp(dot, ".py"))
		return !bt_facts_point(f, start).col;
	for (uint32_t at = bt_facts_enclosing(f, start); at != BT_NONE; at = f->defs[at].parent)
		if (f->defs[at].flags & BT_DEF_CALLABLE)
			return false;
	return true;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A package and its modules import each other by design; sources of C are included by nobody who counts. */
static bool is_in_no_cycle(const char *path)
{
	static const char *const endings[] = { ".c", ".cc", ".cpp", ".cxx", ".m" };
	const char *dot = strrchr(path, '.');

	if (!strcmp(base_of(path), "__init__.py"))
		return true;
	for (size_t i = 0; dot && i < BT_ARRAY_NR(endings); i++)
		if (!strcmp(dot, endings[i]))
			return true;
	return false;
}

static bool may_close_cycle(const struct check_file *f)
{
	return !is_in_no_cycle(f->in->path);
}

/* What a file imports when it is loaded, on one side of the change. */
static int load_edges(struct radius_imports *m, uint32_t file, bool before, struct bt_dep_list *out)
{
	const char *path = bt_resolver_paths(m->resolver)->path[file];
	size_t at = m->changed[file], kept = out->nr, first = kept;
	const struct bt_facts *f = NULL;
	struct bt_partial p;
	struct bt_view_file vf;
	struct bt_manifest_file mf;

	bt_arena_reset(&m->scratch);
	if (at && (!before || m->r->inner[at - 1])) {
		f = m->r->after[at - 1];
	} else if (at) {
		f = m->r->before[at - 1];
	} else {
		mf = bt_manifest_file_get(&m->view.manifest, file);
		if (mf.state != BT_BLOB_FACTS)
			return 0;
		if (bt_view_read_row(&m->view, mf.blob, &m->scratch, &vf, m->err) ||
		    bt_view_open_facts(&m->view, &m->scratch, true, &vf, &p, m->err))
			return m->err->code;
		f = &p.facts;
	}
	if (!f)
		return 0;
	if (bt_resolver_facts(m->resolver, file, f, out, m->err))
		return m->err->code;
	for (size_t i = first; i < out->nr; i++) {
		const struct bt_dep *d = &out->list[i];

		if (d->to != BT_NONE && !d->guess && is_at_load(f, d->row, path) &&
		    !is_in_no_cycle(bt_resolver_paths(m->resolver)->path[d->to]))
			out->list[kept++] = *d;
	}
	out->nr = kept;
	return 0;
}

struct way {
	struct bt_dep *deps;	/* from the start to the end */
	size_t nr;
	bool found;
};

static void way_release(struct way *w)
{
	free(w->deps);
}

static void trace_back(const struct bt_dep_list *all, const uint32_t *by, uint32_t from, uint32_t to, struct way *ret)
{
	for (uint32_t at = to; at != from || !ret->nr; at = all->list[by[at] - 1].from)
		ret->nr++;
	ret->deps = bt_xmalloc((ret->nr + 1) * sizeof(*ret->deps));
	for (size_t i = ret->nr; i-- > 0; to = ret->deps[i].from)
		ret->deps[i] = all->list[by[to] - 1];
}

/* The shortest way from one file to another. Breadth first, until WALK_MAX files were read. */
static int find_way(struct radius_imports *m, uint32_t from, uint32_t to, bool before, struct way *ret)
{
	uint32_t nr = bt_resolver_paths(m->resolver)->nr;
	BT_CLEANUP(bt_dep_list_release) struct bt_dep_list all = { .list = NULL };
	BT_FREE uint32_t *by = bt_xcalloc(nr + (size_t)1, sizeof(*by));	/* number of the edge that led there + 1 */
	BT_FREE uint32_t *todo = bt_xmalloc((WALK_MAX + (size_t)1) * sizeof(*todo));
	size_t todo_nr = 0;

	todo[todo_nr++] = from;
	for (size_t i = 0; i < todo_nr; i++) {
		size_t first = all.nr;

		if (bt_cancel_check(m->err) || load_edges(m, todo[i], before, &all))
			return m->err->code;
		for (size_t e = first; e < all.nr; e++) {
			uint32_t next = all.list[e].to;

			if (by[next] || next == from)
				continue;
			by[next] = (uint32_t)e + 1;
			if (next == to) {
				ret->found = true;
				trace_back(&all, by, from, to, ret);
				return 0;
			}
			if (todo_nr < WALK_MAX)
				todo[todo_nr++] = next;
		}
	}
	return 0;
}

int radius_reaches(struct radius *r, const char *path, const char *to, bool *ret_reaches)
{
	BT_CLEANUP(way_release) struct way way = { .deps = NULL };
	struct radius_imports *m;
	uint32_t from_file, to_file;

	*ret_reaches = !strcmp(path, to);
	if (*ret_reaches || radius_imports_get(r, &m))
		return *ret_reaches ? 0 : r->k->err->code;
	if (!m)
		return 0;
	from_file = radius_imports_file(m, path);
	to_file = radius_imports_file(m, to);
	if (from_file == BT_NONE || to_file == BT_NONE)
		return 0;
	if (find_way(m, from_file, to_file, true, &way))
		return m->err->code;
	*ret_reaches = way.found;
	return 0;
}

/* The text of a file of the view. */
static int file_text(struct radius_imports *m, uint32_t file, const char **ret_text, size_t *ret_len)
{
	struct bt_blob blob;
	struct bt_object o;
	size_t at = m->changed[file];

	if (at)
		return radius_text(m->r, at - 1, false, ret_text, ret_len);
	*ret_text = NULL;
	if (bt_store_blob_get(m->r->k->store, bt_manifest_file_get(&m->view.manifest, file).blob, &blob, m->err))
		return m->err->code;
	if (!m->r->odb && bt_odb_open(m->r->k->o->repo, &bt_odb_git_program, &m->r->odb, m->err))
		return m->err->code;
	if (bt_odb_read(m->r->odb, &blob.oid, BT_BLOB_SIZE_CAP, &o, m->err) < 0)
		return m->err->code;
	*ret_text = o.data;
	*ret_len = o.size;
	return 0;
}

/* Is it there for types alone, and gone when the program runs? */
static int is_for_types(struct radius_imports *m, const struct bt_dep *d, bool *ret)
{
	static const char *const starts[] = { "import type ", "export type ", "import typeof " };
	const char *path = bt_resolver_paths(m->resolver)->path[d->from], *dot = strrchr(path, '.'), *text;
	size_t len, at = 0;

	*ret = false;
	if (!dot || (strncmp(dot, ".ts", 3) != 0 && strncmp(dot, ".js", 3) != 0 && strcmp(dot, ".mts") != 0))
		return 0;
	if (file_text(m, d->from, &text, &len))
		return m->err->code;
	for (uint32_t row = 0; text && row < d->row && at < len; row++) {
		const char *nl = memchr(text + at, '\n', len - at);

		at = nl ? (size_t)(nl - text) + 1 : len;
	}
	for (size_t i = 0; text && i < BT_ARRAY_NR(starts); i++)
		*ret |= len - at > strlen(starts[i]) && !memcmp(text + at, starts[i], strlen(starts[i]));
	return 0;
}

static int has_types(struct radius_imports *m, const struct bt_dep *closing, const struct way *back, bool *ret)
{
	if (is_for_types(m, closing, ret))
		return m->err->code;
	for (size_t i = 0; i < back->nr && !*ret; i++)
		if (is_for_types(m, &back->deps[i], ret))
			return m->err->code;
	return 0;
}

/* Is one of its imports part of a cycle that was told? Whoever breaks that one sees what is left. */
static bool shares_import(struct radius_imports *m, const struct bt_dep *closing, const struct way *back)
{
	uint32_t pair[2] = { closing->from, closing->to };
	bool told = bt_strmap_find(&m->told, (const char *)pair, sizeof(pair), bt_strmap_hash((const char *)pair, sizeof(pair)));

	for (size_t i = 0; i < back->nr && !told; i++) {
		pair[0] = back->deps[i].from;
		pair[1] = back->deps[i].to;
		told = bt_strmap_find(&m->told, (const char *)pair, sizeof(pair), bt_strmap_hash((const char *)pair, sizeof(pair)));
	}
	return told;
}

static void remember(struct radius_imports *m, const struct bt_dep *d)
{
	uint32_t pair[2] = { d->from, d->to };

	bt_strmap_put(&m->told, (const char *)pair, sizeof(pair), 1);
}

static void tell_cycle(struct radius_imports *m, size_t file, const struct bt_dep *d, const struct way *back)
{
	const struct bt_paths *paths = bt_resolver_paths(m->resolver);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_buf_addf(&text, "%s", paths->path[d->from]);
	for (size_t i = 0; i < back->nr && i < CYCLE_SHOWN; i++)
		bt_buf_addf(&text, " -> %s:%u", paths->path[back->deps[i].from], back->deps[i].row + 1);
	if (back->nr > CYCLE_SHOWN)
		bt_buf_addf(&text, " -> %zu more", back->nr - CYCLE_SHOWN);
	bt_buf_addf(&text, " -> %s", paths->path[d->from]);
	radius_import_add(m, "import-cycle", file, d, paths->path[d->to], bt_buf_cstr(&text));
}

/* The import closes a cycle when there is a way back, and opened none when both files were in one before. */
static int judge_cycle(struct radius_imports *m, size_t file, const struct bt_dep *d)
{
	BT_CLEANUP(way_release) struct way back = { .deps = NULL };
	BT_CLEANUP(way_release) struct way there = { .deps = NULL };
	BT_CLEANUP(way_release) struct way here = { .deps = NULL };
	const struct bt_paths *paths = bt_resolver_paths(m->resolver);
	bool types = false;

	if (d->to == BT_NONE || d->guess || is_in_no_cycle(paths->path[d->to]) ||
	    !is_at_load(m->r->after[file], d->row, paths->path[d->from]))
		return 0;
	if (find_way(m, d->to, d->from, false, &back))
		return m->err->code;
	if (!back.found)
		return 0;
	if (find_way(m, d->from, d->to, true, &there) || (there.found && find_way(m, d->to, d->from, true, &here)))
		return m->err->code;
	if (shares_import(m, d, &back))
		return 0;
	if (there.found && here.found)
		return 0;
	if (has_types(m, d, &back, &types))
		return m->err->code;
	if (types)
		return 0;
	tell_cycle(m, file, d, &back);
	remember(m, d);
	for (size_t i = 0; i < back.nr; i++)
		remember(m, &back.deps[i]);
	return 0;
}

int radius_import_cycles(struct check *k)
{
	return radius_imports_each_new(k, "import-cycle", may_close_cycle, judge_cycle);
}

