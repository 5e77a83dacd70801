/*
 * Blobs of a walk: opened once, kept while there is room.
 */
#include <string.h>

#include "core/git/attr.h"
#include "core/query/impact_state.h"

/* Opened blobs are kept as long as they take no more than this. */
#define CACHE_MAX ((size_t)96 << 20)

static int read_files(struct impact_walk *w, struct impact_blob *b, uint32_t first, struct bt_arena *a,
		      struct bt_err *err)
{
	b->files = bt_arena_alloc(a, (b->nr + (size_t)1) * sizeof(*b->files));
	b->paths = bt_arena_alloc(a, (b->nr + (size_t)1) * sizeof(*b->paths));
	for (uint32_t i = 0; i < b->nr; i++) {
		struct bt_view_file at;

		b->files[i] = w->v->by_blob[first + i];
		if (bt_view_set_file(w->v, b->files[i], a, &at, err))
			return err->code;
		b->paths[i] = at.path;
	}
	return 0;
}

int impact_blob_open(struct impact_walk *w, uint32_t blob, struct impact_blob **ret_b, struct bt_err *err)
{
	struct bt_strmap_entry *e;
	struct impact_blob *b;
	struct bt_arena *a = &w->arena;
	uint32_t first, nr;
	bool fresh, keep;

	*ret_b = NULL;
	e = bt_strmap_find(&w->blobs, (const char *)&blob, sizeof(blob),
			   bt_strmap_hash((const char *)&blob, sizeof(blob)));
	if (e) {
		*ret_b = (struct impact_blob *)(uintptr_t)e->value;
		return 0;
	}
	bt_view_files_of(w->v, blob, &first, &nr);
	if (!nr)
		return 0;
	if (w->reads >= w->reads_max) {
		w->im->cut = w->full = true;
		return 0;
	}
	w->reads++;
	keep = bt_arena_memory(&w->arena) < CACHE_MAX;
	if (!keep) {
		a = &w->over;
		bt_arena_reset(a);
	}
	b = bt_arena_zalloc(a, sizeof(*b));
	b->nr = nr;
	if (bt_view_read_row(w->v, blob, a, &b->vf, err) ||
	    bt_view_lang(w->v, b->vf.blob.lang, &b->lang, err) || read_files(w, b, first, a, err) ||
	    bt_view_open_facts(w->v, a, true, &b->vf, &b->p, err))
		return err->code;
	b->stems_nr = bt_edge_import_stems(&b->p.facts, a, &b->stems);
	*ret_b = b;
	if (!keep)
		return 0;
	b->imports = bt_arena_zalloc(a, sizeof(*b->imports));
	*b->imports = (struct bt_facts){
		.imports = b->p.facts.imports, .imports_nr = b->p.facts.imports_nr, .items_nr = b->p.facts.items_nr,
		.texts = b->p.facts.texts, .texts_nr = b->p.facts.texts_nr,
	};
	e = bt_strmap_intern(&w->blobs, (const char *)&blob, sizeof(blob),
			     bt_strmap_hash((const char *)&blob, sizeof(blob)), &fresh);
	e->value = (uintptr_t)b;
	return 0;
}

int impact_blob_pick(struct impact_walk *w, struct impact_blob *b, const char *name, size_t len,
		struct bt_err *err)
{
	bt_arena_reset(&w->scratch);
	return bt_partial_pick(&b->p, &w->scratch, name, len, err);
}

bool impact_blob_passes(const struct impact_walk *w, const struct impact_blob *b)
{
	const struct bt_filter *f = w->o->filter;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_pattern p;
	bool match = false;

	if (!f || (!f->lang && !f->path))
		return true;
	if (f->lang && strcmp(f->lang, b->lang))
		return false;
	if (!f->path)
		return true;
	if (bt_pattern_parse(f->path, &p, &ignored))
		return false;
	for (uint32_t i = 0; i < b->nr && !match; i++)
		match = bt_pattern_match(&p, b->paths[i], false);
	bt_pattern_release(&p);
	return match;
}

bool impact_is_name(const struct bt_facts *f, uint32_t def, const struct impact_name *n)
{
	return bt_name_is(f, f->defs[def].name, n->name, n->len);
}
