/*
 * Walking the call graph level by level, from a definition to its callers or its callees.
 *
 * A definition is known by (blob, index of the definition); each is followed once.
 */
#include "core/query/graph.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/signal.h"
#include "core/query/resolve.h"

#define CALL_ROLES ((1u << BT_ROLE_CALL) | (1u << BT_ROLE_MACRO))

struct walk {
	struct bt_view *v;
	const struct bt_filter *f;
	struct bt_graph *g;
	struct bt_strmap seen;		/* (blob, def) -> 1 */
	struct bt_strmap called_at;	/* (blob, file, place): calls that are in the graph */
	struct bt_arena arena;
	struct todo {
		uint32_t hit;		/* of the definition */
		uint32_t from;		/* call that led here */
	} *todo;
	size_t todo_nr, todo_alloc, todo_at;
	/* Definitions of names: spare is 1, value the first of their hits << 32 | their number. */
	struct bt_strmap named;
	/* Calls of the last name: definitions of one name are mostly followed one after the other. */
	const char *called;		/* key in named */
	struct site {
		struct bt_hit hit;	/* as it was found */
		uint32_t occ;		/* the occurrence there */
		uint32_t bodies;	/* definitions with a body that it could mean */
		enum bt_edge nearest;	/* how it reaches the best of them */
		bool taken;		/* it is in the graph */
	} *sites;
	size_t sites_nr, sites_alloc;
};

void bt_graph_release(struct bt_graph *g)
{
	bt_answer_release(&g->answer);
	free(g->calls);
	memset(g, 0, sizeof(*g));
}

static void walk_release(struct walk *w)
{
	bt_strmap_release(&w->seen);
	bt_strmap_release(&w->called_at);
	bt_strmap_release(&w->named);
	bt_arena_release(&w->arena);
	free(w->todo);
	free(w->sites);
}

static bool first_time(struct walk *w, const struct bt_hit *h)
{
	uint32_t key[2] = { w->g->answer.files[h->file].blob, h->def };
	bool fresh;

	bt_strmap_intern(&w->seen, (const char *)key, sizeof(key),
			 bt_strmap_hash((const char *)key, sizeof(key)), &fresh);
	return fresh;
}

/* A call that could mean several definitions is one call. */
static bool first_call(struct walk *w, const struct bt_hit *site)
{
	const struct bt_answer_file *f = &w->g->answer.files[site->file];
	uint32_t key[3] = { f->blob, f->manifest_file, site->at };
	bool fresh;

	bt_strmap_intern(&w->called_at, (const char *)key, sizeof(key),
			 bt_strmap_hash((const char *)key, sizeof(key)), &fresh);
	return fresh;
}

static void follow(struct walk *w, uint32_t hit, uint32_t from)
{
	if (w->g->answer.hits[hit].def == BT_NONE || !first_time(w, &w->g->answer.hits[hit]))
		return;
	if (w->todo_nr >= BT_GRAPH_NODES_MAX) {
		w->g->cut = true;
		return;
	}
	BT_GROW(w->todo, w->todo_alloc, w->todo_nr + 1);
	w->todo[w->todo_nr++] = (struct todo){ hit, from };
}

static void add_call(struct walk *w, uint32_t site, uint32_t target, uint32_t from, enum bt_edge edge,
		     unsigned depth)
{
	struct bt_graph *g = w->g;

	BT_GROW(g->calls, g->calls_alloc, g->calls_nr + 1);
	g->calls[g->calls_nr++] = (struct bt_call){ site, target, from, (uint8_t)edge, depth };
}

/* Appends another answer's hits (their files with them); the number of the first. */
static uint32_t absorb(struct bt_answer *to, const struct bt_answer *from)
{
	uint32_t files = (uint32_t)to->files_nr, first = (uint32_t)to->hits_nr;

	for (size_t i = 0; i < from->files_nr; i++) {
		BT_GROW(to->files, to->files_alloc, to->files_nr + 1);
		to->files[to->files_nr++] = from->files[i];
	}
	for (size_t i = 0; i < from->hits_nr; i++) {
		BT_GROW(to->hits, to->hits_alloc, to->hits_nr + 1);
		to->hits[to->hits_nr] = from->hits[i];
		to->hits[to->hits_nr++].file += files;
	}
	return first;
}

/* A query whose answer's memory is the graph's: arenas are lent and taken back. roles 0: definitions. */
static int lookup(struct walk *w, const struct bt_symbol *s, uint32_t roles, uint32_t *ret_first,
		  size_t *ret_nr, struct bt_err *err)
{
	struct bt_answer part = { .arena = w->g->answer.arena, .keep = true };
	struct bt_filter f = { .roles = roles };
	int rc;

	memcpy(part.parts, w->g->answer.parts, sizeof(part.parts));
	if (w->f) {
		f.lang = w->f->lang;
		f.path = w->f->path;
	}
	rc = roles ? bt_find_refs(w->v, s, &f, &part, err) : bt_find_defs(w->v, s, NULL, &part, err);
	w->g->answer.arena = part.arena;
	memcpy(w->g->answer.parts, part.parts, sizeof(part.parts));
	if (!rc) {
		*ret_first = absorb(&w->g->answer, &part);
		*ret_nr = part.hits_nr;
	}
	free(part.files);
	free(part.hits);
	bt_arena_release(&part.scratch);
	return rc;
}

static const struct bt_strmap_entry *name_entry(struct walk *w, const struct bt_name *name)
{
	return bt_strmap_intern(&w->named, name->text, name->len, bt_strmap_hash(name->text, name->len),
				NULL);
}

static struct bt_symbol symbol_of(const struct bt_strmap_entry *e)
{
	return (struct bt_symbol){ .text = e->key, .parts = { e->key }, .lens = { e->len }, .nr = 1 };
}

/* All definitions of a name. */
static int definitions_of(struct walk *w, const struct bt_name *name, uint32_t *ret_first, size_t *ret_nr,
			  struct bt_err *err)
{
	size_t number = (size_t)(name_entry(w, name) - w->named.entries);
	struct bt_strmap_entry *e = &w->named.entries[number];
	struct bt_symbol s = symbol_of(e);

	if (!e->spare) {
		if (lookup(w, &s, 0, ret_first, ret_nr, err))
			return err->code;
		e->spare = 1;
		e->value = (uint64_t)*ret_first << 32 | (uint32_t)*ret_nr;
	}
	*ret_first = (uint32_t)(e->value >> 32);
	*ret_nr = (uint32_t)e->value;
	return 0;
}

static void take_site(struct walk *w, const struct bt_hit *hit)
{
	BT_GROW(w->sites, w->sites_alloc, w->sites_nr + 1);
	w->sites[w->sites_nr++] = (struct site){ .hit = *hit };
}

/* The calls in one file of what it imports under the name `alias`. */
static int alias_sites(struct walk *w, uint32_t file, const char *alias, size_t len, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	const struct bt_facts *f = &a->files[file].f->facts;

	if (bt_answer_read_whole(w->v, a, file, err))
		return err->code;
	for (uint32_t o = 0; o < f->occs_nr; o++) {
		if (!(CALL_ROLES & (1u << f->occs[o].role)) || !bt_name_is(f, f->occs[o].name, alias, len))
			continue;
		bt_answer_add_occ(a, file, o);	/* a hit while it is looked at */
		take_site(w, &a->hits[--a->hits_nr]);
	}
	return 0;
}

/* from h import helper as hp: a call of hp is one of helper. import: hit of the import of a name. */
static int imported_sites(struct walk *w, const struct bt_symbol *s, const struct bt_hit *import,
			  struct bt_err *err)
{
	uint32_t file = import->file;
	const struct bt_facts f = w->g->answer.files[file].f->facts;

	for (uint32_t k = 0; k < f.items_nr; k++) {
		const struct bt_import_item *item = &f.items[k];

		if (item->alias == BT_NONE || item->alias == item->name ||
		    !bt_name_is(&f, item->name, s->parts[0], s->lens[0]))
			continue;
		if (alias_sites(w, file, f.names[item->alias].text, f.names[item->alias].len, err))
			return err->code;
	}
	return 0;
}

static uint32_t add_site(struct bt_answer *a, const struct bt_hit *site)
{
	BT_GROW(a->hits, a->hits_alloc, a->hits_nr + 1);
	a->hits[a->hits_nr] = *site;
	return (uint32_t)a->hits_nr++;
}

/* The callable definition around a call; a call at file level keeps what is around it. */
static uint32_t callable_around(const struct bt_facts *f, uint32_t def)
{
	uint32_t at = def;

	while (at != BT_NONE && !(f->defs[at].flags & BT_DEF_CALLABLE) && f->defs[at].kind != BT_KIND_MACRO)
		at = f->defs[at].parent;
	return at != BT_NONE ? at : def;
}

static bool share_names(const struct bt_answer *a, const struct bt_hit *x, const struct bt_hit *y)
{
	const char *from = a->files[x->file].lang, *to = a->files[y->file].lang;

	return from == to || bt_langs_share_names(from, to);	/* names of languages are there once */
}

/* Definitions with a body that a call at `site` (NULL: any) could mean. */
static size_t bodies_of(const struct bt_answer *a, const struct bt_hit *site, uint32_t first, size_t nr)
{
	size_t bodies = 0;

	for (size_t i = 0; i < nr; i++)
		bodies += a->hits[first + i].role == BT_ROLE_DEF &&
			  (!site || share_names(a, site, &a->hits[first + i]));
	return bodies;
}

/* The best of the definitions a call could mean: a body before a declaration, a nearer edge before a farther. */
static uint32_t best_target(const struct bt_answer *a, const struct bt_hit *site, uint32_t occ,
			    uint32_t first, size_t nr, enum bt_edge *ret_edge)
{
	size_t bodies = bodies_of(a, site, first, nr);
	uint32_t best = BT_NONE;
	unsigned best_score = UINT32_MAX;

	*ret_edge = BT_EDGE_NONE;
	for (size_t i = 0; i < nr; i++) {
		const struct bt_hit *d = &a->hits[first + i];
		enum bt_edge edge;
		unsigned score;

		if (!share_names(a, site, d) || (bodies && d->role == BT_ROLE_DECL))
			continue;
		edge = bt_edge_resolve(a, site, occ, d, bodies ? bodies : nr);
		score = (unsigned)edge * 2 + (d->role == BT_ROLE_DECL);
		if (score < best_score) {
			best_score = score;
			best = first + (uint32_t)i;
			*ret_edge = edge;
		}
	}
	return best;
}

static bool parent_is(const struct bt_answer *a, const struct bt_hit *h, const struct bt_name *name)
{
	const struct bt_facts *f = &a->files[h->file].f->facts;
	uint32_t parent = f->defs[h->def].parent;

	return parent != BT_NONE && bt_name_is(f, f->defs[parent].name, name->text, name->len);
}

/* Does a call say by what stands before it that it means another definition of the name? */
static bool means_another(const struct bt_answer *a, const struct bt_hit *site, uint32_t occ,
			  const struct bt_hit *target, uint32_t first, size_t nr)
{
	const struct bt_facts *f = &a->files[site->file].f->facts;
	const struct bt_name *q;
	bool another = false;

	if (!occ || f->occs[occ].qual != BT_QUAL_NAME)
		return false;
	q = &f->names[f->occs[occ - 1].name];
	if (parent_is(a, target, q))
		return false;
	for (size_t i = 0; i < nr && !another; i++)
		another = parent_is(a, &a->hits[first + i], q);
	return another;
}

/* All calls of a name, to w->sites; its definitions are those from defs on. */
static int sites_of(struct walk *w, const struct bt_name *name, uint32_t defs, size_t defs_nr,
		    struct bt_err *err)
{
	const struct bt_answer *a = &w->g->answer;
	const struct bt_strmap_entry *e = name_entry(w, name);
	struct bt_symbol s = symbol_of(e);
	uint32_t first, last_file = BT_NONE;
	size_t nr;

	if (w->called == e->key)
		return 0;
	w->called = NULL;
	w->sites_nr = 0;
	if (lookup(w, &s, CALL_ROLES | 1u << BT_ROLE_IMPORT, &first, &nr, err))
		return err->code;
	for (size_t i = first; i < first + nr; i++) {
		const struct bt_hit hit = a->hits[i];

		if (hit.role != BT_ROLE_IMPORT)
			take_site(w, &hit);
		else if (hit.file != last_file && imported_sites(w, &s, &hit, err))
			return err->code;
		if (hit.role == BT_ROLE_IMPORT)
			last_file = hit.file;
	}
	w->g->answer.hits_nr = first;
	for (size_t i = 0; i < w->sites_nr; i++) {
		struct site *site = &w->sites[i];

		site->occ = bt_facts_occ_from(&a->files[site->hit.file].f->facts, site->hit.at);
		site->bodies = (uint32_t)bodies_of(a, &site->hit, defs, defs_nr);
		best_target(a, &site->hit, site->occ, defs, defs_nr, &site->nearest);
	}
	w->called = s.text;
	return 0;
}

static int callers_of(struct walk *w, const struct todo *t, unsigned depth, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	const struct bt_hit target = a->hits[t->hit];
	const struct bt_facts *tf = &a->files[target.file].f->facts;
	const struct bt_name *name = &tf->names[tf->defs[target.def].name];
	size_t defs_nr;
	uint32_t defs;

	if (definitions_of(w, name, &defs, &defs_nr, err) || sites_of(w, name, defs, defs_nr, err))
		return err->code;
	for (size_t i = 0; i < w->sites_nr; i++) {
		struct site *site = &w->sites[i];
		struct bt_hit hit = site->hit;
		enum bt_edge edge;
		uint32_t at;

		if (site->taken || !share_names(a, &hit, &target))
			continue;
		edge = bt_edge_resolve(a, &hit, site->occ, &target, site->bodies);
		/* nearer definitions of the name hide the others */
		if (edge > site->nearest || means_another(a, &hit, site->occ, &target, defs, defs_nr))
			continue;
		site->taken = true;
		if (!first_call(w, &hit))
			continue;
		hit.def = callable_around(&a->files[hit.file].f->facts, hit.def);
		at = add_site(a, &hit);
		add_call(w, at, t->hit, t->from, edge, depth);
		follow(w, at, (uint32_t)w->g->calls_nr - 1);
	}
	return 0;
}

/* Calls of a name that nothing here defines, such as one of the C library. */
static int external_callers(struct walk *w, const struct bt_symbol *s, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	uint32_t first;
	size_t nr;

	if (lookup(w, s, CALL_ROLES, &first, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		struct bt_hit *site = &a->hits[first + i];

		site->def = callable_around(&a->files[site->file].f->facts, site->def);
		add_call(w, first + (uint32_t)i, BT_NONE, BT_NONE, BT_EDGE_NONE, 1);
		follow(w, first + (uint32_t)i, (uint32_t)w->g->calls_nr - 1);
	}
	return 0;
}

/* What a file calls by a name: the definition's own, where it was imported under another. */
static const struct bt_name *imported_as(const struct bt_facts *f, uint32_t name)
{
	for (uint32_t k = 0; k < f->items_nr; k++)
		if (f->items[k].alias == name)
			return &f->names[f->items[k].name];
	return &f->names[name];
}

static int add_callee(struct walk *w, const struct todo *t, uint32_t occ, unsigned depth, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	uint32_t file = a->hits[t->hit].file, caller = a->hits[t->hit].def;
	const struct bt_facts *f = &a->files[file].f->facts;
	uint32_t first, site, target;
	enum bt_edge edge;
	size_t nr;

	bt_answer_add_occ(a, file, occ);
	site = (uint32_t)a->hits_nr - 1;
	a->hits[site].def = caller;
	if (definitions_of(w, imported_as(f, f->occs[occ].name), &first, &nr, err))
		return err->code;
	target = best_target(a, &a->hits[site], occ, first, nr, &edge);
	add_call(w, site, target, t->from, edge, depth);
	if (target != BT_NONE)
		follow(w, target, (uint32_t)w->g->calls_nr - 1);
	return 0;
}

static int callees_of(struct walk *w, const struct todo *t, unsigned depth, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	uint32_t file = a->hits[t->hit].file, def = a->hits[t->hit].def;
	/* so far it is known where it is defined, not what it does */
	int rc = bt_answer_read_whole(w->v, a, file, err);
	const struct bt_facts *f = &a->files[file].f->facts;

	if (rc)
		return rc;
	for (uint32_t o = bt_facts_occ_from(f, f->defs[def].start); o < f->occs_nr && !rc; o++) {
		if (f->occs[o].at >= f->defs[def].end)
			break;
		if (!(CALL_ROLES & (1u << f->occs[o].role)))
			continue;
		if (callable_around(f, bt_facts_enclosing(f, f->occs[o].at)) == def)
			rc = add_callee(w, t, o, depth, err);
	}
	return rc;
}

static int run(struct walk *w, const struct bt_symbol *s, unsigned depth, bool callers, bool *ret_found,
	       struct bt_err *err)
{
	size_t nr, level_end;
	unsigned level = 1;
	uint32_t first;

	if (lookup(w, s, 0, &first, &nr, err))
		return err->code;
	*ret_found = nr > 0;
	for (size_t i = 0; i < nr; i++)
		if (w->g->answer.hits[first + i].role == BT_ROLE_DEF ||
		    !bodies_of(&w->g->answer, NULL, first, nr))
			follow(w, first + (uint32_t)i, BT_NONE);
	if (!nr && callers) {
		if (external_callers(w, s, err))
			return err->code;
		level++;
	}
	for (; w->todo_at < w->todo_nr && (!depth || level <= depth); level++) {
		for (level_end = w->todo_nr; w->todo_at < level_end; w->todo_at++) {
			const struct todo t = w->todo[w->todo_at];
			int rc;

			if (bt_cancel_check(err))
				return err->code;
			rc = callers ? callers_of(w, &t, level, err)
				     : callees_of(w, &t, level, err);
			if (rc)
				return rc;
		}
	}
	return 0;
}

static int graph_run(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f, unsigned depth,
		     bool callers, struct bt_graph *g, bool *ret_found, struct bt_err *err)
{
	BT_CLEANUP(walk_release) struct walk w = { .v = v, .f = f, .g = g };

	g->answer.keep = true;
	bt_strmap_init(&w.seen, &w.arena);
	bt_strmap_init(&w.called_at, &w.arena);
	bt_strmap_init(&w.named, &w.arena);
	return run(&w, s, depth, callers, ret_found, err);
}

int bt_graph_callers(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
		     unsigned depth, struct bt_graph *g, bool *ret_found, struct bt_err *err)
{
	return graph_run(v, s, f, depth, true, g, ret_found, err);
}

int bt_graph_callees(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
		     unsigned depth, struct bt_graph *g, bool *ret_found, struct bt_err *err)
{
	return graph_run(v, s, f, depth, false, g, ret_found, err);
}
