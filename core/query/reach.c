/*
 * Which definitions of a name a file reaches by its imports.
 *
 * The definitions are known by the paths of their files, and of the headers that declare them: their gates. In C
 * an include can only mean a file whose last component is the same, so of thousands of includes few are resolved.
 */
#include "core/query/reach.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

/* Added up. */
enum grade {
	GRADE_NAMED = 0,	/* the import lists the name */
	GRADE_FILE = 1,		/* the file is imported */
	GRADE_HEADER = 1,	/* not itself but a header beside it */
	GRADE_ELSEWHERE = 2,	/* not itself but a header of that name in another folder, which declares it */
	GRADE_FARTHER = 4,	/* what is imported imports it */
};

static bool is_c(const char *lang)
{
	return bt_langs_share_names(lang, "c");
}

/* --- gates --- */

static uint64_t stem_of(const char *path, size_t len)
{
	size_t from = bt_path_dir_len(path, len), at;

	from = from || (len && *path == '/') ? from + 1 : 0;
	at = from + bt_import_gate_len("c", path + from, len - from);
	return bt_hash64(path + from, at - from, 1);
}

static int gate_cmp(const void *pa, const void *pb)
{
	const struct bt_gate *a = pa, *b = pb;
	int c;

	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	c = memcmp(a->path, b->path, a->len);
	return c ? c : (a->def > b->def) - (a->def < b->def);
}

static int hash_cmp(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

struct gates {
	struct bt_gate *list;
	size_t nr, alloc;
};

static void gates_release(struct gates *g)
{
	free(g->list);
}

static void gate_add(struct gates *g, const struct bt_answer_file *f, uint32_t def)
{
	BT_GROW(g->list, g->alloc, g->nr + 1);
	g->list[g->nr++] = (struct bt_gate){ f->path, bt_import_gate_len(f->lang, f->path, f->path_len), def };
}

/* lib/x.c is declared in include/x.h. */
static void add_headers(const struct bt_answer *a, const struct bt_named *n, uint32_t def, struct gates *g)
{
	const struct bt_answer_file *f = &a->files[a->hits[n->first + def].file];
	uint64_t stem = stem_of(f->path, f->path_len);

	for (uint32_t i = 0; i < n->nr; i++) {
		const struct bt_hit *h = &a->hits[n->first + i];
		const struct bt_answer_file *at = &a->files[h->file];

		if (h->role == BT_ROLE_DECL && is_c(at->lang) && stem_of(at->path, at->path_len) == stem)
			gate_add(g, at, def);
	}
}

static void make_gates(struct bt_meanings *m, struct bt_named *n)
{
	BT_CLEANUP(gates_release) struct gates g = { .list = NULL };
	const struct bt_answer *a = m->a;

	for (uint32_t i = 0; i < n->nr; i++) {
		const struct bt_hit *h = &a->hits[n->first + i];

		gate_add(&g, &a->files[h->file], i);
		if (h->role == BT_ROLE_DEF && is_c(a->files[h->file].lang))
			add_headers(a, n, i, &g);
	}
	if (g.nr)
		qsort(g.list, g.nr, sizeof(*g.list), gate_cmp);
	n->gates_nr = g.nr;
	n->gates = bt_arena_alloc(&m->arena, (g.nr + 1) * sizeof(*n->gates));
	n->stems = bt_arena_alloc(&m->arena, (g.nr + 1) * sizeof(*n->stems));
	for (size_t i = 0; i < g.nr; i++) {
		n->gates[i] = g.list[i];
		n->stems[i] = stem_of(g.list[i].path, strlen(g.list[i].path));
	}
	if (g.nr)
		qsort(n->stems, g.nr, sizeof(*n->stems), hash_cmp);
}

static size_t first_gate(const struct bt_named *n, const char *path, size_t len)
{
	const struct bt_gate wanted = { path, len, 0 };
	size_t lo = 0, hi = n->gates_nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (gate_cmp(&n->gates[mid], &wanted) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool has_stem(const struct bt_named *n, uint64_t stem)
{
	return bsearch(&stem, n->stems, n->gates_nr, sizeof(stem), hash_cmp) != NULL;
}

/* --- reaching --- */

struct reach {
	struct bt_meanings *m;
	struct bt_named *n;
	const char *lang;	/* of the file that imports */
	struct bt_reached *list;
	size_t nr, alloc;
};

static void reach_release(struct reach *r)
{
	free(r->list);
}

static bool lists_name(const struct reach *r, const struct bt_facts *f, uint32_t slot)
{
	const struct bt_hit *d = &r->m->a->hits[r->n->first];
	const struct bt_import *i = &f->imports[slot];

	for (uint32_t k = i->items; k < i->items + i->items_nr; k++)
		if (bt_name_is(f, f->items[k].name, d->name, d->name_len))
			return true;
	return false;
}

/* From an imported file to the one of a definition. */
static unsigned grade_beside(const char *path, size_t gate, const struct bt_answer_file *f)
{
	if (!strcmp(f->path, path))
		return 0;
	return bt_import_gate_len(f->lang, f->path, f->path_len) == gate && !memcmp(f->path, path, gate) ? GRADE_HEADER
												: GRADE_ELSEWHERE;
}

/* An import means this file: the definitions behind its gates are reached. */
static void add_file(struct reach *r, uint32_t file, uint32_t import, enum grade grade)
{
	const char *path = bt_imports_path(&r->m->imports, file);
	size_t gate = bt_import_gate_len(r->lang, path, strlen(path));

	for (size_t i = first_gate(r->n, path, gate); i < r->n->gates_nr; i++) {
		const struct bt_gate *g = &r->n->gates[i];
		const struct bt_answer_file *f = &r->m->a->files[r->m->a->hits[r->n->first + g->def].file];

		if (g->len != gate || memcmp(g->path, path, gate))
			break;
		BT_GROW(r->list, r->alloc, r->nr + 1);
		r->list[r->nr++] = (struct bt_reached){ g->def, import, (uint8_t)(grade + grade_beside(path, gate, f)) };
	}
}

/* Can an import mean one of the gates? In C only one with the right last component. */
static bool may_mean(const struct reach *r, const struct bt_facts *f, uint32_t slot)
{
	const struct bt_name *text;

	if (!is_c(r->lang))
		return true;
	if (slot == f->imports_nr)
		return false;
	text = &f->texts[f->imports[slot].module];
	return has_stem(r->n, stem_of(text->text, text->len));
}

static int reach_directly(struct reach *r, struct bt_importer *from, struct bt_err *err)
{
	const struct bt_facts *f = &from->facts;
	struct bt_import_files files;

	for (uint32_t slot = 0; slot <= f->imports_nr; slot++) {
		enum grade grade = slot < f->imports_nr && lists_name(r, f, slot) ? GRADE_NAMED : GRADE_FILE;

		if (!may_mean(r, f, slot))
			continue;
		if (bt_imports_files(&r->m->imports, from, slot, &files, err))
			return err->code;
		for (uint32_t i = 0; i < files.nr; i++)
			add_file(r, files.files[i], slot, grade);
	}
	return 0;
}

/* Does a file hand on what it imports to those that import it? */
static bool hands_on(const struct reach *r, const struct bt_importer *via, uint32_t slot)
{
	const char *path = bt_imports_path(&r->m->imports, via->file), *slash = strrchr(path, '/');

	if (is_c(r->lang))
		return true;
	return (slot < via->facts.imports_nr && (via->facts.imports[slot].flags & BT_IMPORT_REEXPORT)) ||
	       !strncmp(slash ? slash + 1 : path, "__init__.", 9);
}

static int reach_via(struct reach *r, uint32_t file, struct bt_err *err)
{
	struct bt_import_files files;
	struct bt_importer *via;

	if (bt_imports_open(&r->m->imports, file, NULL, &via, err))
		return err->code;
	for (uint32_t slot = 0; slot <= via->facts.imports_nr; slot++) {
		if (!may_mean(r, &via->facts, slot) || !hands_on(r, via, slot))
			continue;
		if (bt_imports_files(&r->m->imports, via, slot, &files, err))
			return err->code;
		for (uint32_t i = 0; i < files.nr; i++)
			add_file(r, files.files[i], BT_NONE, GRADE_FARTHER);
	}
	return 0;
}

/* In C only through a file's own headers: <x.h> is included for itself, and includes the world. */
static int reach_farther(struct reach *r, struct bt_importer *from, struct bt_err *err)
{
	const struct bt_facts *f = &from->facts;
	struct bt_import_files files;

	for (uint32_t slot = 0; slot < f->imports_nr; slot++) {
		if (is_c(r->lang) && !(f->imports[slot].flags & BT_IMPORT_RELATIVE))
			continue;
		if (bt_imports_files(&r->m->imports, from, slot, &files, err))
			return err->code;
		for (uint32_t i = 0; i < files.nr; i++)
			if (reach_via(r, files.files[i], err))
				return err->code;
	}
	return 0;
}

/* only: there is one definition, whether it is reached or not. */
static int reach_all(struct reach *r, const struct bt_answer_file *file, bool only, struct bt_err *err)
{
	struct bt_importer *from;

	if (bt_imports_open(&r->m->imports, file->manifest_file, &file->f->facts, &from, err) ||
	    reach_directly(r, from, err))
		return err->code;
	return r->nr || only ? 0 : reach_farther(r, from, err);
}

int bt_reach(struct bt_meanings *m, struct bt_named *n, struct bt_site *s, struct bt_err *err)
{
	const struct bt_answer_file *file = &m->a->files[s->hit.file];
	BT_CLEANUP(reach_release) struct reach r = { .m = m, .n = n, .lang = file->lang };
	struct bt_reached *kept;

	if (m->imports.none || file->manifest_file == BT_NONE)
		return 0;
	if (m->named != n || m->file != file->manifest_file) {
		if (!n->gates)
			make_gates(m, n);
		if (reach_all(&r, file, (s->bodies ? s->bodies : n->nr) == 1, err))
			return err->code;
		kept = bt_arena_alloc(&m->arena, (r.nr + 1) * sizeof(*kept));
		for (size_t i = 0; i < r.nr; i++)
			kept[i] = r.list[i];
		m->reached = kept;
		m->reached_nr = (uint32_t)r.nr;
		m->named = n;
		m->file = file->manifest_file;
	}
	s->reached = m->reached;
	s->reached_nr = m->reached_nr;
	return 0;
}
