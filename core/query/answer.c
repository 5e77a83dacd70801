/*
 * Gathering hits: files enter once, hits carry everything that output needs but the source line.
 */
#include <stdlib.h>
#include <string.h>

#include "core/git/attr.h"
#include "core/index/selection.h"
#include "core/query/find.h"

void bt_answer_release(struct bt_answer *a)
{
	free(a->files);
	free(a->hits);
	bt_arena_release(&a->arena);
	for (size_t i = 0; i < BT_ARRAY_NR(a->parts); i++)
		bt_arena_release(&a->parts[i]);
	bt_arena_release(&a->scratch);
	memset(a, 0, sizeof(*a));
}

struct add {
	struct bt_view *v;
	struct bt_answer *a;
	const struct bt_filter *f;
	struct bt_view_file *facts;	/* shared by all files that show the blob */
	const char *lang;
};

static bool path_passes(const struct bt_filter *f, const char *path)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_pattern p;
	bool match;

	if (!f || !f->path)
		return true;
	if (bt_pattern_parse(f->path, &p, &ignored))
		return false;
	match = bt_pattern_match(&p, path, false);
	bt_pattern_release(&p);
	return match;
}

bool bt_filter_passes(const struct bt_filter *f, const char *path, const char *lang)
{
	return !f || ((!f->lang || !strcmp(f->lang, lang)) && path_passes(f, path));
}

static void add_file(struct add *x, uint32_t manifest_file, const char *path, size_t len, uint8_t flags)
{
	struct bt_answer *a = x->a;

	if (!path_passes(x->f, path))
		return;
	BT_GROW(a->files, a->files_alloc, a->files_nr + 1);
	a->files[a->files_nr++] = (struct bt_answer_file){
		.blob = x->facts->blob.id, .manifest_file = manifest_file, .f = x->facts, .path = path,
		.path_len = len, .flags = flags, .lang = x->lang,
	};
}

static int add_numbered(struct add *x, uint32_t file, struct bt_err *err)
{
	struct bt_view_file at;

	if (bt_view_set_file(x->v, file, &x->a->arena, &at, err))
		return err->code;
	add_file(x, file, at.path, at.path_len, at.flags);
	return 0;
}

static int add_all(struct add *x, struct bt_err *err)
{
	const struct bt_view_file *blob = x->facts;
	uint32_t first = 0, nr = 0;

	if (x->v->all)
		add_file(x, BT_NONE, blob->path, blob->path_len, 0);
	else
		bt_view_files_of(x->v, blob->blob.id, &first, &nr);
	for (uint32_t i = 0; i < nr; i++)
		if (add_numbered(x, x->v->by_blob[first + i], err))
			return err->code;
	return 0;
}

/* One file of the manifest that shows the blob, or BT_NONE: all of them. */
static int add_files(struct bt_view *v, struct bt_answer *a, struct bt_view_file *blob, uint32_t manifest_file,
		     const struct bt_filter *f, size_t *ret_first, size_t *ret_nr, struct bt_err *err)
{
	struct add x = { .v = v, .a = a, .f = f, .facts = blob };
	int rc = bt_view_lang(v, blob->blob.lang, &x.lang, err);

	*ret_first = a->files_nr;
	if (!rc && (!f || !f->lang || !strcmp(f->lang, x.lang)))
		rc = manifest_file == BT_NONE ? add_all(&x, err) : add_numbered(&x, manifest_file, err);
	*ret_nr = a->files_nr - *ret_first;
	return rc;
}

int bt_answer_add_files(struct bt_view *v, struct bt_answer *a, struct bt_view_file *blob,
			const struct bt_filter *f, size_t *ret_first, size_t *ret_nr, struct bt_err *err)
{
	return add_files(v, a, blob, BT_NONE, f, ret_first, ret_nr, err);
}

int bt_answer_add_file(struct bt_view *v, struct bt_answer *a, struct bt_view_file *blob, uint32_t manifest_file,
		       const struct bt_filter *f, size_t *ret_first, size_t *ret_nr, struct bt_err *err)
{
	return add_files(v, a, blob, manifest_file, f, ret_first, ret_nr, err);
}

int bt_answer_add_blob(struct bt_view *v, struct bt_answer *a, uint32_t blob, const struct bt_filter *f,
		       size_t *ret_first, size_t *ret_nr, struct bt_err *err)
{
	struct bt_view_file *row;
	uint32_t first, nr;

	*ret_first = a->files_nr;
	*ret_nr = 0;
	if (bt_view_blob_files(v, blob, &first, &nr, err))
		return err->code;
	if (!nr)
		return 0;
	row = bt_arena_alloc(&a->arena, sizeof(*row));
	if (bt_view_read_row(v, blob, &a->arena, row, err))
		return err->code;
	return bt_answer_add_files(v, a, row, f, ret_first, ret_nr, err);
}

/* Where the facts of a blob are to live. */
static struct bt_arena *facts_arena(struct bt_answer *a)
{
	if (a->keep)
		return &a->arena;
	bt_arena_reset(&a->scratch);
	return &a->scratch;
}

int bt_answer_read_name(struct bt_view *v, struct bt_answer *a, size_t file, const char *name, size_t len,
			struct bt_err *err)
{
	struct bt_arena *arena = facts_arena(a);
	struct bt_view_file *f = a->files[file].f;
	struct bt_partial p;

	if (bt_view_open_facts(v, arena, a->keep, f, &p, err) || bt_partial_pick(&p, arena, name, len, err))
		return err->code;
	f->facts = p.facts;
	return 0;
}

int bt_answer_read_whole(struct bt_view *v, struct bt_answer *a, size_t file, struct bt_err *err)
{
	struct bt_view_file *f = a->files[file].f;

	return f->whole ? 0 : bt_view_read_facts(v, facts_arena(a), a->keep, f, err);
}

static struct bt_hit *add_hit(struct bt_answer *a, uint32_t file, uint32_t at, uint32_t len)
{
	const struct bt_facts *f = &a->files[file].f->facts;
	struct bt_point p = bt_facts_point(f, at);
	struct bt_hit *h;

	BT_GROW(a->hits, a->hits_alloc, a->hits_nr + 1);
	h = &a->hits[a->hits_nr++];
	memset(h, 0, sizeof(*h));
	h->file = file;
	h->at = at;
	h->len = len;
	h->row = p.row;
	h->col = p.col;
	h->line_start = at - p.col;
	h->line_end = p.row + 1 < f->lines_nr ? f->line_starts[p.row + 1] : f->size;
	h->kind = BT_KIND_NR;
	h->def = BT_NONE;
	return h;
}

static const char *scope_of(struct bt_answer *a, const struct bt_facts *f, uint32_t def)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;

	if (def == BT_NONE)
		return NULL;
	bt_symbol_qualified(f, def, &name);
	return bt_arena_strndup(&a->arena, bt_buf_cstr(&name), name.len);
}

/* What output will ask for, copied: the facts may be gone by then. */
static void describe(struct bt_answer *a, struct bt_hit *h, const struct bt_facts *f, uint32_t name)
{
	const struct bt_name *n = &f->names[name];
	bool is_def = h->kind < BT_KIND_NR && h->def != BT_NONE;

	h->name = bt_arena_strndup(&a->arena, n->text, n->len);
	h->name_len = n->len;
	h->scope = scope_of(a, f, is_def ? f->defs[h->def].parent : h->def);
	if (!is_def)
		return;
	h->d = f->defs[h->def];
	h->end_row = bt_facts_point(f, h->d.end ? h->d.end - 1 : 0).row;
}

/* The definition whose name an occurrence is, or the one around it. */
static uint32_t def_of_occ(const struct bt_facts *f, uint32_t occ)
{
	uint32_t at = f->occs[occ].at, i = bt_facts_enclosing(f, at);

	if (f->occs[occ].role > BT_ROLE_DECL)
		return i;
	for (uint32_t d = 0; d < f->defs_nr && f->defs[d].start <= at; d++)
		if (f->defs[d].occ == occ)
			return d;
	return i;
}

void bt_answer_add_occ(struct bt_answer *a, uint32_t file, uint32_t occ)
{
	const struct bt_facts *f = &a->files[file].f->facts;
	const struct bt_occ *o = &f->occs[occ];
	struct bt_hit *h = add_hit(a, file, o->at, f->names[o->name].len);

	h->role = o->role;
	h->def = def_of_occ(f, occ);
	if (o->role <= BT_ROLE_DECL && h->def != BT_NONE)
		h->kind = f->defs[h->def].kind;
	describe(a, h, f, o->name);
}

void bt_answer_add_def(struct bt_answer *a, uint32_t file, uint32_t def)
{
	const struct bt_facts *f = &a->files[file].f->facts;
	const struct bt_def *d = &f->defs[def];
	struct bt_hit *h = d->occ == BT_NONE ? add_hit(a, file, d->start, 0)
					     : add_hit(a, file, f->occs[d->occ].at, f->names[d->name].len);

	h->role = d->flags & BT_DEF_DECL ? BT_ROLE_DECL : BT_ROLE_DEF;
	h->kind = d->kind;
	h->def = def;
	describe(a, h, f, d->name);
}

/* qsort has no context: the ranks of files by path are put in place first. */
struct sort_key {
	uint32_t rank, file, at, index;
};

static int key_cmp(const void *pa, const void *pb)
{
	const struct sort_key *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

struct path_key {
	const char *path;
	uint32_t file;
	bool aside;	/* generated or vendored: people ask for what they wrote first */
	const struct bt_oid *oid;	/* of all content, several blobs were first seen at one path */
};

static int path_cmp(const void *pa, const void *pb)
{
	const struct path_key *a = pa, *b = pb;
	int c = a->aside != b->aside ? a->aside - b->aside : strcmp(a->path, b->path);

	if (!c)
		c = memcmp(a->oid->raw, b->oid->raw, sizeof(a->oid->raw));
	return c ? c : (a->file > b->file) - (a->file < b->file);
}

static uint32_t *file_ranks(struct bt_answer *a)
{
	struct path_key *keys = bt_arena_alloc(&a->arena, (a->files_nr + 1) * sizeof(*keys));
	uint32_t *rank = bt_arena_alloc(&a->arena, (a->files_nr + 1) * sizeof(*rank));

	for (uint32_t i = 0; i < a->files_nr; i++)
		keys[i] = (struct path_key){
			a->files[i].path, i, a->files[i].flags & (BT_FILE_GENERATED | BT_FILE_VENDORED),
			&a->files[i].f->blob.oid,
		};
	qsort(keys, a->files_nr, sizeof(*keys), path_cmp);
	for (uint32_t i = 0; i < a->files_nr; i++)
		rank[keys[i].file] = i;
	return rank;
}

void bt_answer_sort(struct bt_answer *a, size_t max)
{
	struct sort_key *keys = bt_arena_alloc(&a->arena, (a->hits_nr + 1) * sizeof(*keys));
	struct bt_hit *sorted = bt_xmalloc((a->hits_nr + 1) * sizeof(*sorted));
	uint32_t *rank = file_ranks(a);

	for (uint32_t i = 0; i < a->hits_nr; i++)
		keys[i] = (struct sort_key){ a->hits[i].rank, rank[a->hits[i].file], a->hits[i].at, i };
	qsort(keys, a->hits_nr, sizeof(*keys), key_cmp);
	for (uint32_t i = 0; i < a->hits_nr; i++)
		sorted[i] = a->hits[keys[i].index];
	free(a->hits);
	a->hits = sorted;
	a->hits_alloc = a->hits_nr + 1;
	if (max && a->hits_nr > max) {
		a->hits_nr = max;
		a->cut = true;
	}
}
