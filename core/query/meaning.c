/*
 * Weighing the definitions of a name for one call.
 */
#include "core/query/meaning.h"

#include <stdlib.h>
#include <string.h>

#include "core/query/reach.h"
#include "core/query/super.h"

void bt_meanings_init(struct bt_meanings *m, struct bt_answer *a, struct bt_view *v,
		      const struct bt_content_source *source)
{
	memset(m, 0, sizeof(*m));
	m->a = a;
	bt_imports_init(&m->imports, v, source);
}

void bt_meanings_release(struct bt_meanings *m)
{
	bt_imports_release(&m->imports);
	bt_arena_release(&m->arena);
}

static bool share_names(const struct bt_answer *a, const struct bt_hit *x, const struct bt_hit *y)
{
	const char *from = a->files[x->file].lang, *to = a->files[y->file].lang;

	return from == to || bt_langs_share_names(from, to);	/* names of languages are there once */
}

/* .c, .cc, .cpp, .cxx: not a header, which others include on long ways. */
static bool is_source(const struct bt_answer_file *file)
{
	const char *dot = strrchr(file->path, '.');

	return dot && (dot[1] == 'c' || dot[1] == 'C') && bt_langs_share_names(file->lang, "c");
}

/* A static function of a C source file can be meant elsewhere only where that file is included. */
static bool is_static_elsewhere(const struct bt_answer *a, const struct bt_hit *site, const struct bt_hit *d)
{
	const struct bt_answer_file *file = &a->files[d->file];

	return d->d.parent == BT_NONE && d->d.flags & BT_DEF_CALLABLE && !(d->d.flags & BT_DEF_EXPORTED) &&
	       is_source(file) && !bt_edge_same_file(&a->files[site->file], file);
}

uint32_t bt_meaning_bodies(const struct bt_answer *a, const struct bt_hit *site, uint32_t first, size_t nr)
{
	uint32_t bodies = 0;

	for (size_t i = 0; i < nr; i++)
		bodies += a->hits[first + i].role == BT_ROLE_DEF &&
			  (!site || (share_names(a, site, &a->hits[first + i]) &&
				     !is_static_elsewhere(a, site, &a->hits[first + i])));
	return bodies;
}

static const struct bt_facts *facts_of(const struct bt_answer *a, const struct bt_hit *h)
{
	return &a->files[h->file].f->facts;
}

/* --- super --- */

static bool is_on_super(const struct bt_facts *f, uint32_t occ)
{
	return f->occs[occ].qual == BT_QUAL_SUPER;
}

bool bt_meaning_wants_whole(const struct bt_answer *a, const struct bt_hit *site)
{
	const struct bt_facts *f = facts_of(a, site);

	return is_on_super(f, bt_facts_occ_from(f, site->at));
}

/* super.m(): 0 when the definition cannot be meant, 1 when it may, 2 when its class is extended. */
static unsigned fit_super(const struct bt_meanings *m, const struct bt_site *s, const struct bt_hit *d)
{
	const struct bt_facts *f = facts_of(m->a, &s->hit), *df = facts_of(m->a, d);
	uint32_t class = bt_super_class(f, s->hit.at), parent = df->defs[d->def].parent;

	if (parent == BT_NONE)
		return 0;
	if (class == BT_NONE)
		return 1;
	if (df->defs[parent].name != BT_NONE &&
	    bt_super_extends(f, class, &df->names[df->defs[parent].name]))
		return 2;
	/* what this file's classes extend is known */
	return !bt_edge_same_file(&m->a->files[s->hit.file], &m->a->files[d->file]);
}

/* --- qualifiers --- */

static bool says(const struct bt_facts *f, uint32_t name, const struct bt_symbol *s)
{
	return bt_name_is(f, name, s->parts[0], s->lens[0]);
}

/* Is the first qualifier what an import is known as in its file: u of import * as u, th of from x import th? */
static bool is_import(const struct bt_facts *f, uint32_t import, const struct bt_symbol *written)
{
	const struct bt_import *i;

	if (import >= f->imports_nr)
		return false;
	i = &f->imports[import];
	if (says(f, i->alias, written))
		return true;
	for (uint32_t k = i->items; k < i->items + i->items_nr; k++)
		if (says(f, f->items[k].alias != BT_NONE ? f->items[k].alias : f->items[k].name, written))
			return true;
	return false;
}

/* The last nr parts. */
static struct bt_symbol last_parts(const struct bt_symbol *s, size_t nr)
{
	struct bt_symbol last = { .nr = nr };

	memcpy(last.parts, s->parts + s->nr - nr, nr * sizeof(*last.parts));
	memcpy(last.lens, s->lens + s->nr - nr, nr * sizeof(*last.lens));
	last.text = last.parts[0];
	return last;
}

/*
 * How many of the qualifiers a definition carries, twice as many as there are; one less where only the path of an
 * imported file says so. Receivers of C name no file.
 */
static unsigned fit_written(const struct bt_meanings *m, const struct bt_site *s, const struct bt_hit *d,
			    const struct bt_reached *reached)
{
	const struct bt_facts *f = facts_of(m->a, &s->hit), *df = facts_of(m->a, d);
	const struct bt_answer_file *file = &m->a->files[d->file];
	const struct bt_symbol written = bt_symbol_of_occ(f, s->occ);
	struct bt_view_file at = *file->f;

	if (!strcmp(file->lang, "c")) {
		uint32_t parent = df->defs[d->def].parent;

		return parent != BT_NONE && bt_name_is(df, df->defs[parent].name, written.parts[written.nr - 2],
						       written.lens[written.nr - 2])
			       ? 2
			       : 0;
	}
	for (size_t nr = written.nr; nr > 1; nr--) {
		const struct bt_symbol last = last_parts(&written, nr);

		at.path = NULL;
		if (bt_symbol_matches_def(&last, &at, d->def))
			return (unsigned)(nr - 1) * 2;
		at.path = reached && !bt_langs_share_names(file->lang, "c") ? file->path : NULL;
		if (at.path && bt_symbol_matches_def(&last, &at, d->def))
			return (unsigned)(nr - 1) * 2 - 1;
		if (nr == written.nr && reached && is_import(f, reached->import, &written))
			return (unsigned)(nr - 1) * 2 - 1;
	}
	return 0;
}

/* --- weights --- */

/* Qualifiers before edges before grades. */
static uint32_t weight(unsigned fit, enum bt_edge edge, unsigned grade)
{
	return (2 * BT_PARTIAL_BEFORE - fit) << 16 | (unsigned)edge << 8 | grade;
}

static uint32_t weigh_reached(const struct bt_meanings *m, const struct bt_site *s, const struct bt_hit *d,
			      const struct bt_reached *r, enum bt_edge edge)
{
	const struct bt_facts *f = facts_of(m->a, &s->hit);
	unsigned fit = 0;

	if (is_on_super(f, s->occ)) {
		fit = fit_super(m, s, d);
		if (!fit)
			return BT_MEANING_NEVER;
	} else if (f->occs[s->occ].qual == BT_QUAL_NAME) {
		fit = fit_written(m, s, d, r);
	}
	return weight(fit, edge, r ? r->grade : 0);
}

uint32_t bt_meaning_weigh(const struct bt_meanings *m, const struct bt_named *n, const struct bt_site *s,
			  uint32_t def, enum bt_edge *ret_edge)
{
	const struct bt_hit *d = &m->a->hits[n->first + def];
	uint32_t best = BT_MEANING_NEVER;
	bool reached = false;

	if (!share_names(m->a, &s->hit, d) || (s->bodies && d->role == BT_ROLE_DECL))
		return BT_MEANING_NEVER;
	if (bt_edge_same_file(&m->a->files[s->hit.file], &m->a->files[d->file])) {
		*ret_edge = bt_edge_same_scope(facts_of(m->a, &s->hit), s->hit.def, s->occ, d->def) ? BT_EDGE_SCOPE
												    : BT_EDGE_FILE;
		return weigh_reached(m, s, d, NULL, *ret_edge);
	}
	for (uint32_t i = 0; i < s->reached_nr; i++) {
		uint32_t w;

		if (s->reached[i].def != def)
			continue;
		reached = true;
		w = weigh_reached(m, s, d, &s->reached[i], BT_EDGE_IMPORT);
		if (w < best)
			best = w;
	}
	if (!reached && is_static_elsewhere(m->a, &s->hit, d))
		return BT_MEANING_NEVER;
	*ret_edge = reached ? BT_EDGE_IMPORT : (s->bodies ? s->bodies : n->nr) == 1 ? BT_EDGE_UNIQUE : BT_EDGE_NAME;
	return reached ? best : weigh_reached(m, s, d, NULL, *ret_edge);
}

/* Nothing that is imported is nearer than a definition of the file itself, unless something is written before. */
static bool defined_here(const struct bt_meanings *m, const struct bt_named *n, const struct bt_site *s)
{
	uint8_t qual = facts_of(m->a, &s->hit)->occs[s->occ].qual;

	for (uint32_t i = 0; i < n->nr && qual != BT_QUAL_NAME && qual != BT_QUAL_SUPER; i++) {
		const struct bt_hit *d = &m->a->hits[n->first + i];

		if (bt_edge_same_file(&m->a->files[s->hit.file], &m->a->files[d->file]) &&
		    !(s->bodies && d->role == BT_ROLE_DECL))
			return true;
	}
	return false;
}

int bt_meaning_find(struct bt_meanings *m, struct bt_named *n, struct bt_site *s, uint32_t *ret_best,
		    enum bt_edge *ret_edge, struct bt_err *err)
{
	s->occ = bt_facts_occ_from(facts_of(m->a, &s->hit), s->hit.at);
	s->bodies = bt_meaning_bodies(m->a, &s->hit, n->first, n->nr);
	s->reached_nr = 0;
	s->nearest = BT_MEANING_NEVER;
	*ret_best = BT_NONE;
	*ret_edge = BT_EDGE_NONE;
	if (n->nr && !defined_here(m, n, s) && bt_reach(m, n, s, err))
		return err->code;
	for (uint32_t i = 0; i < n->nr; i++) {
		enum bt_edge edge;
		uint32_t w = bt_meaning_weigh(m, n, s, i, &edge);

		if (w >= s->nearest)
			continue;
		s->nearest = w;
		*ret_best = n->first + i;
		*ret_edge = edge;
	}
	return 0;
}
