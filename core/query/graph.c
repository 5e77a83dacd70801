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
#include "core/query/meaning.h"

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
	struct bt_strmap named;		/* name -> struct bt_named * */
	struct bt_meanings meanings;
	/* Calls of the last name: definitions of one name are mostly followed one after the other. */
	const struct bt_named *called;
	struct site {
		struct bt_site at;
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
	bt_meanings_release(&w->meanings);
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

/* A query whose answer's memory is the graph's: arenas are lent and taken back. f->roles 0: definitions. */
static int lookup(struct walk *w, const struct bt_symbol *s, const struct bt_filter *f, uint32_t *ret_first,
		  size_t *ret_nr, struct bt_err *err)
{
	struct bt_answer part = { .arena = w->g->answer.arena, .keep = true };
	int rc;

	memcpy(part.parts, w->g->answer.parts, sizeof(part.parts));
	rc = (f->roles ? bt_find_refs : bt_find_defs)(w->v, s, f, &part, err);
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

/* In the files that are asked about. */
static struct bt_filter filter_for(const struct walk *w, uint32_t roles)
{
	struct bt_filter f = { .roles = roles };

	if (w->f) {
		f.lang = w->f->lang;
		f.path = w->f->path;
	}
	return f;
}

static const struct bt_strmap_entry *name_entry(struct walk *w, const char *name, size_t len)
{
	return bt_strmap_intern(&w->named, name, len, bt_strmap_hash(name, len), NULL);
}

static struct bt_symbol symbol_of(const char *name, size_t len)
{
	return (struct bt_symbol){ .text = name, .parts = { name }, .lens = { len }, .nr = 1 };
}

/* All definitions of a name, wherever they are. */
static int definitions_of(struct walk *w, const struct bt_name *name, struct bt_named **ret_n, struct bt_err *err)
{
	size_t number = (size_t)(name_entry(w, name->text, name->len) - w->named.entries), nr;
	struct bt_symbol s = symbol_of(w->named.entries[number].key, name->len);
	struct bt_named *n = (struct bt_named *)(uintptr_t)w->named.entries[number].value;

	if (!n) {
		const struct bt_filter everywhere = { .roles = 0 };
		uint32_t first;

		if (lookup(w, &s, &everywhere, &first, &nr, err))
			return err->code;
		n = bt_arena_zalloc(&w->arena, sizeof(*n));
		n->first = first;
		n->nr = (uint32_t)nr;
		w->named.entries[number].value = (uintptr_t)n;
	}
	*ret_n = n;
	return 0;
}

static void take_site(struct walk *w, const struct bt_hit *hit)
{
	BT_GROW(w->sites, w->sites_alloc, w->sites_nr + 1);
	w->sites[w->sites_nr++] = (struct site){ .at = { .hit = *hit } };
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
	size_t len;
	const char *name = bt_symbol_name(s, &len);

	for (uint32_t k = 0; k < f.items_nr; k++) {
		const struct bt_import_item *item = &f.items[k];

		if (item->alias == BT_NONE || item->alias == item->name ||
		    !bt_name_is(&f, item->name, name, len))
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

/* All calls of a symbol that are asked about, to w->sites: under its name, and under those of imports. */
static int read_sites(struct walk *w, const struct bt_symbol *s, struct bt_err *err)
{
	const struct bt_filter f = filter_for(w, CALL_ROLES | 1u << BT_ROLE_IMPORT);
	const struct bt_answer *a = &w->g->answer;
	uint32_t first, last_file = BT_NONE;
	size_t nr;

	w->sites_nr = 0;
	if (lookup(w, s, &f, &first, &nr, err))
		return err->code;
	for (size_t i = first; i < first + nr; i++) {
		const struct bt_hit hit = a->hits[i];

		if (hit.role != BT_ROLE_IMPORT)
			take_site(w, &hit);
		else if (hit.file != last_file && imported_sites(w, s, &hit, err))
			return err->code;
		if (hit.role == BT_ROLE_IMPORT)
			last_file = hit.file;
	}
	w->g->answer.hits_nr = first;
	/* before places in facts are noted */
	for (size_t i = 0; i < w->sites_nr; i++)
		if (bt_meaning_wants_whole(a, &w->sites[i].at.hit) &&
		    bt_answer_read_whole(w->v, &w->g->answer, w->sites[i].at.hit.file, err))
			return err->code;
	return 0;
}

/* All calls of a name, and what is the nearest of its definitions to each. */
static int sites_of(struct walk *w, struct bt_named *n, const struct bt_name *name, struct bt_err *err)
{
	const struct bt_symbol s = symbol_of(name_entry(w, name->text, name->len)->key, name->len);
	enum bt_edge edge;
	uint32_t best;

	if (w->called == n)
		return 0;
	w->called = NULL;
	if (read_sites(w, &s, err))
		return err->code;
	for (size_t i = 0; i < w->sites_nr; i++)
		if (bt_meaning_find(&w->meanings, n, &w->sites[i].at, &best, &edge, err))
			return err->code;
	w->called = n;
	return 0;
}

/* Which one of the definitions of its name is a hit? BT_NONE: none. */
static uint32_t number_of(const struct bt_answer *a, const struct bt_named *n, const struct bt_hit *h)
{
	for (uint32_t i = 0; i < n->nr; i++)
		if (a->hits[n->first + i].def == h->def &&
		    bt_edge_same_file(&a->files[a->hits[n->first + i].file], &a->files[h->file]))
			return i;
	return BT_NONE;
}

static int callers_of(struct walk *w, const struct todo *t, unsigned depth, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	const struct bt_hit target = a->hits[t->hit];
	const struct bt_facts *tf = &a->files[target.file].f->facts;
	const struct bt_name *name = &tf->names[tf->defs[target.def].name];
	struct bt_named *n;
	uint32_t number;

	if (definitions_of(w, name, &n, err) || sites_of(w, n, name, err))
		return err->code;
	number = number_of(a, n, &target);
	for (size_t i = 0; i < w->sites_nr && number != BT_NONE; i++) {
		struct site *site = &w->sites[i];
		struct bt_hit hit = site->at.hit;
		enum bt_edge edge;
		uint32_t at;

		/* nearer definitions of the name hide the others */
		if (site->taken || site->at.nearest == BT_MEANING_NEVER ||
		    bt_meaning_weigh(&w->meanings, n, &site->at, number, &edge) != site->at.nearest)
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

	if (read_sites(w, s, err))
		return err->code;
	for (size_t i = 0; i < w->sites_nr; i++) {
		struct bt_hit hit = w->sites[i].at.hit;
		uint32_t at;

		hit.def = callable_around(&a->files[hit.file].f->facts, hit.def);
		at = add_site(a, &hit);
		add_call(w, at, BT_NONE, BT_NONE, BT_EDGE_NONE, 1);
		follow(w, at, (uint32_t)w->g->calls_nr - 1);
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
	uint32_t site, target;
	enum bt_edge edge;
	struct bt_named *n;
	struct bt_site at;

	bt_answer_add_occ(a, file, occ);
	site = (uint32_t)a->hits_nr - 1;
	a->hits[site].def = caller;
	if (definitions_of(w, imported_as(f, f->occs[occ].name), &n, err))
		return err->code;
	at = (struct bt_site){ .hit = a->hits[site] };
	if (bt_meaning_find(&w->meanings, n, &at, &target, &edge, err))
		return err->code;
	add_call(w, site, target, t->from, edge, depth);
	if (target != BT_NONE)
		follow(w, target, (uint32_t)w->g->calls_nr - 1);
	return 0;
}

static int callees_of(struct walk *w, const struct todo *t, unsigned depth, struct bt_err *err)
{
	struct bt_answer *a = &w->g->answer;
	uint32_t file = a->hits[t->hit].file, def = a->hits[t->hit].def;
	const struct bt_facts *f = &a->files[file].f->facts;
	int rc;

	if (!bt_filter_passes(w->f, a->files[file].path, a->files[file].lang))
		return 0;
	/* so far it is known where it is defined, not what it does */
	rc = bt_answer_read_whole(w->v, a, file, err);
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

/*
 * Definitions of the symbol in the files that are asked about. Calls there may be of what is defined elsewhere: then
 * callers are those of all its definitions.
 */
static int find_starts(struct walk *w, const struct bt_symbol *s, bool callers, bool *ret_found, struct bt_err *err)
{
	const struct bt_filter there = filter_for(w, 0), everywhere = { .roles = 0 };
	uint32_t first;
	size_t nr;

	if (lookup(w, s, &there, &first, &nr, err))
		return err->code;
	if (!nr && callers && (there.lang || there.path) && lookup(w, s, &everywhere, &first, &nr, err))
		return err->code;
	*ret_found = nr > 0;
	for (size_t i = 0; i < nr; i++)
		if (w->g->answer.hits[first + i].role == BT_ROLE_DEF ||
		    !bt_meaning_bodies(&w->g->answer, NULL, first, nr))
			follow(w, first + (uint32_t)i, BT_NONE);
	return 0;
}

static int run(struct walk *w, const struct bt_symbol *s, unsigned depth, bool callers, bool *ret_found,
	       struct bt_err *err)
{
	unsigned level = 1;
	size_t level_end;

	if (find_starts(w, s, callers, ret_found, err))
		return err->code;
	if (!*ret_found && callers) {
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

static int graph_run(struct bt_view *v, const struct bt_content_source *source, const struct bt_symbol *s,
		     const struct bt_filter *f, unsigned depth, bool callers, struct bt_graph *g, bool *ret_found,
		     struct bt_err *err)
{
	BT_CLEANUP(walk_release) struct walk w = { .v = v, .f = f, .g = g };

	g->answer.keep = true;
	bt_strmap_init(&w.seen, &w.arena);
	bt_strmap_init(&w.called_at, &w.arena);
	bt_strmap_init(&w.named, &w.arena);
	bt_meanings_init(&w.meanings, &g->answer, v, source);
	return run(&w, s, depth, callers, ret_found, err);
}

int bt_graph_callers(struct bt_view *v, const struct bt_content_source *source, const struct bt_symbol *s,
		     const struct bt_filter *f, unsigned depth, struct bt_graph *g, bool *ret_found,
		     struct bt_err *err)
{
	return graph_run(v, source, s, f, depth, true, g, ret_found, err);
}

int bt_graph_callees(struct bt_view *v, const struct bt_content_source *source, const struct bt_symbol *s,
		     const struct bt_filter *f, unsigned depth, struct bt_graph *g, bool *ret_found,
		     struct bt_err *err)
{
	return graph_run(v, source, s, f, depth, false, g, ret_found, err);
}
