/*
 * What found no counterpart in its own scope: moved, renamed, or really added and removed.
 *
 * Candidates are joined by sorted keys, so that the work is that of sorting. Keys that many share (small
 * constructors, generated code) are joined in order, and only by what is safe to say.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/query/change_state.h"

/* Groups of equal keys in which each pair is weighed: m * n. */
#define GROUP_MAX 256
/* Definitions whose contents are kept for comparison. */
#define SKETCHES_MAX 20000

/* --- into the pool --- */

struct take {
	struct ch_work *w;
	struct ch_side *side;
	struct ch_nodes *to;
	uint32_t *numbers; /* per node of the side: its number in the pool */
	uint32_t scopes;
	bool after, sketch;
};

static void take_node(struct take *t, uint32_t i)
{
	struct ch_node *n = &t->side->nodes.list[i], *to;
	uint32_t parent = n->parent;

	if (t->w->both)
		ch_texts(t->w, t->side, i);
	BT_GROW(t->to->list, t->to->alloc, (size_t)t->to->nr + 1);
	to = &t->to->list[t->to->nr];
	*to = *n;
	to->child = to->next = to->parent = BT_NONE;
	to->scope = 0;
	to->equal = false;
	to->def = ch_side_def(t->w, t->side, i);
	if (parent == BT_NONE) {
		to->scope = t->scopes + 1;
	} else if (t->numbers[parent] != BT_NONE) {
		to->parent = t->numbers[parent];
	} else { /* the number of the scope is that of its new side */
		to->scope = t->scopes + 2 + (t->after ? parent : t->side->nodes.list[parent].match);
	}
	if (to->scope && t->sketch)
		ch_sketch(t->w, t->side, i, to);
	t->numbers[i] = t->to->nr++;
}

static void take_side(struct take *t)
{
	uint32_t from = t->to->nr, nr = t->side->nodes.nr;
	struct bt_change_file *f = &t->w->set->files[t->side->number];

	t->numbers = bt_arena_alloc(&t->w->arena, ((size_t)nr + 1) * sizeof(*t->numbers));
	for (uint32_t i = 0; i < nr; i++) {
		t->numbers[i] = BT_NONE;
		if (t->side->nodes.list[i].match != BT_NONE)
			continue;
		if (t->w->pool.old.nr + t->w->pool.new.nr < BT_CHANGES_MAX) {
			take_node(t, i);
			continue;
		}
		t->w->set->cut = true;
		f->counts[t->after ? BT_CHANGE_ADDED : BT_CHANGE_REMOVED]++;
	}
	for (uint32_t i = t->to->nr; i-- > from;) {
		struct ch_node *n = &t->to->list[i];
		uint32_t *first = n->parent == BT_NONE ? NULL : &t->to->list[n->parent].child;

		if (!first)
			continue;
		n->next = *first;
		*first = i;
	}
}

void ch_pool_take(struct ch_work *w)
{
	struct take t = { .w = w,
			  .scopes = w->scopes,
			  .sketch = w->both && w->sketches < SKETCHES_MAX };

	t.side = &w->before;
	t.to = &w->pool.old;
	take_side(&t);
	t.side = &w->after;
	t.to = &w->pool.new;
	t.after = true;
	take_side(&t);
	w->scopes += 2 + w->after.nodes.nr;
}

/* --- pairs --- */

void ch_pool_pair(struct ch_work *w, uint32_t old, uint32_t new)
{
	BT_CLEANUP(ch_match_release)
	struct ch_match m = { .w = w, .old = &w->pool.old, .new = &w->pool.new };
	BT_FREE uint32_t *todo = NULL;
	size_t nr = 0, alloc = 0;

	m.old->list[old].match = new;
	m.new->list[new].match = old;
	BT_GROW(todo, alloc, 1);
	todo[nr++] = old;
	while (nr) {
		const struct ch_node *a = &m.old->list[todo[--nr]];

		ch_match_scope(&m, a->child, m.new->list[a->match].child);
		for (uint32_t i = a->child; i != BT_NONE; i = m.old->list[i].next) {
			uint32_t match = m.old->list[i].match;

			if (match == BT_NONE || m.old->list[i].child == BT_NONE)
				continue;
			BT_GROW(todo, alloc, nr + 1);
			todo[nr++] = i;
		}
	}
}

uint64_t ch_pool_scope(const struct ch_pool *p, const struct ch_node *n, bool after)
{
	uint32_t parent = n->parent;

	if (parent == BT_NONE)
		return n->scope;
	if (!after)
		parent = p->old.list[parent].match;
	else if (p->new.list[parent].match == BT_NONE)
		return 0;
	return parent == BT_NONE ? 0 : UINT64_C(1) << 32 | parent;
}

static bool is_value(const struct ch_node *n)
{
	return n->kind == BT_KIND_CONSTANT || n->kind == BT_KIND_VARIABLE ||
	       n->kind == BT_KIND_MACRO;
}

/* --- steps: what is joined by which key, and when that is enough --- */

struct step {
	uint64_t (*key)(const struct ch_pool *, const struct ch_node *,
			bool after); /* 0: takes no part */
	bool (*agrees)(const struct ch_node *, const struct ch_node *);
	bool alone; /* only where no other has the key */
};

static uint64_t kind_key(const struct ch_node *n)
{
	return ch_mix(n->lang, (uint64_t)n->kind << 1 | (n->flags & BT_DEF_DECL ? 1 : 0));
}

/* The same definition elsewhere. Of values all of the text says so. */
static uint64_t exact_key(const struct ch_pool *p, const struct ch_node *n, bool after)
{
	uint64_t key = ch_mix(kind_key(n), n->name);

	(void)p;
	(void)after;
	if (n->flags & BT_DEF_HASHED)
		return ch_mix(ch_mix(key, n->sig), n->body);
	return is_value(n) && n->texts ? ch_mix(ch_mix(key, n->own_sig), n->own_body) : 0;
}

/* An empty constructor is like any other: the names around it have to agree too. */
static bool exact_agrees(const struct ch_node *a, const struct ch_node *b)
{
	return a->path == b->path || a->flags & BT_DEF_DECL || a->params ||
	       a->body_len >= CH_BODY_MIN || !(a->flags & BT_DEF_HASHED);
}

static uint64_t path_key(const struct ch_pool *p, const struct ch_node *n, bool after)
{
	(void)p;
	(void)after;
	return n->flags & BT_DEF_HASHED || is_value(n) ? ch_mix(kind_key(n), n->path) : 0;
}

/* The same names around it, and enough of the rest. */
static bool path_agrees(const struct ch_node *a, const struct ch_node *b)
{
	int alike = ch_sketch_compare(a, b);

	if (!(a->flags & BT_DEF_HASHED))
		return a->flags & b->flags & BT_DEF_EXPORTED ||
		       (a->texts && b->texts && a->own_sig == b->own_sig &&
			a->nameless_len >= CH_BODY_MIN);
	if (a->body && a->body == b->body && a->body_len >= CH_BODY_MIN)
		return true;
	if (a->sig == b->sig)
		return alike < 0 ? a->flags & BT_DEF_DECL : alike >= 30;
	return alike >= 60;
}

static uint64_t scope_body_key(const struct ch_pool *p, const struct ch_node *n, bool after)
{
	uint64_t scope = ch_pool_scope(p, n, after), key = ch_mix(scope, kind_key(n));

	if (!scope)
		return 0;
	if (n->body)
		return n->body_len >= CH_BODY_MIN ? ch_mix(key, n->body) : 0;
	/* prototypes, aliases and values: all but the name */
	return n->texts && n->nameless_len >= CH_BODY_MIN ? ch_mix(key, ~n->nameless) : 0;
}

static bool always_agrees(const struct ch_node *a, const struct ch_node *b)
{
	(void)a;
	(void)b;
	return true;
}

static uint64_t far_body_key(const struct ch_pool *p, const struct ch_node *n, bool after)
{
	(void)p;
	(void)after;
	return n->body && n->body_len >= CH_BODY_FAR_MIN ? ch_mix(kind_key(n), n->body) : 0;
}

static const struct step steps[] = {
	{ exact_key, exact_agrees, false },
	{ path_key, path_agrees, true },
	{ scope_body_key, always_agrees, false },
};
static const struct step last_step = { far_body_key, always_agrees, true };

/* --- one step --- */

static struct ch_item *keyed(struct ch_work *w, const struct step *step, bool after, size_t *ret_nr)
{
	const struct ch_nodes *nodes = after ? &w->pool.new : &w->pool.old;
	struct ch_item *items = bt_xmalloc(((size_t)nodes->nr + 1) * sizeof(*items));
	size_t nr = 0;

	for (uint32_t i = 0; i < nodes->nr; i++) {
		uint64_t key = nodes->list[i].match == BT_NONE
				       ? step->key(&w->pool, &nodes->list[i], after)
				       : 0;

		if (key)
			items[nr++] = (struct ch_item){ key, i };
	}
	ch_items_sort(items, nr);
	*ret_nr = nr;
	return items;
}

/* How near two places are. */
static unsigned nearness(const struct ch_node *a, const struct ch_node *b)
{
	return (a->path == b->path ? 4u : 0) + (a->file == b->file ? 2u : 0) +
	       (a->own_body == b->own_body ? 1u : 0);
}

static void join(struct ch_work *w, const struct step *step, uint32_t old, uint32_t new)
{
	if (w->pool.new.list[new].match == BT_NONE &&
	    step->agrees(&w->pool.old.list[old], &w->pool.new.list[new]))
		ch_pool_pair(w, old, new);
}

/* Those of one key: each takes the nearest that is left. */
static void join_group(struct ch_work *w, const struct step *step, const struct ch_item *a,
		       size_t old_nr, const struct ch_item *b, size_t new_nr)
{
	if (step->alone && (old_nr > 1 || new_nr > 1))
		return;
	for (size_t i = 0; i < old_nr; i++) {
		const struct ch_node *n = &w->pool.old.list[a[i].node];
		uint32_t best = BT_NONE;
		unsigned near = 0;

		if (n->match != BT_NONE) /* with the one around it, just now */
			continue;
		if (old_nr * new_nr > GROUP_MAX) {
			if (i < new_nr)
				join(w, step, a[i].node, b[i].node);
			continue;
		}
		for (size_t k = 0; k < new_nr; k++) {
			const struct ch_node *o = &w->pool.new.list[b[k].node];

			if (o->match == BT_NONE && (best == BT_NONE || nearness(n, o) > near)) {
				best = b[k].node;
				near = nearness(n, o);
			}
		}
		if (best != BT_NONE)
			join(w, step, a[i].node, best);
	}
}

static size_t run_of(const struct ch_item *items, size_t at, size_t nr)
{
	size_t end = at + 1;

	while (end < nr && items[end].key == items[at].key)
		end++;
	return end - at;
}

static void run_step(struct ch_work *w, const struct step *step)
{
	size_t old_nr, new_nr, i = 0, k = 0;
	BT_FREE struct ch_item *a = keyed(w, step, false, &old_nr);
	BT_FREE struct ch_item *b = keyed(w, step, true, &new_nr);

	while (i < old_nr && k < new_nr) {
		size_t old_run = run_of(a, i, old_nr), new_run = run_of(b, k, new_nr);
		uint64_t ka = a[i].key, kb = b[k].key;

		if (ka == kb)
			join_group(w, step, a + i, old_run, b + k, new_run);
		if (ka <= kb)
			i += old_run;
		if (kb <= ka)
			k += new_run;
	}
}

void ch_pool_match(struct ch_work *w)
{
	if (!w->pool.old.nr || !w->pool.new.nr)
		return;
	for (size_t i = 0; i < BT_ARRAY_NR(steps); i++)
		run_step(w, &steps[i]);
	ch_similar_match(w);
	run_step(w, &last_step);
}

/* --- out of the pool --- */

static bool same_place(const struct ch_pool *p, const struct ch_node *a, const struct ch_node *b)
{
	uint64_t scope = ch_pool_scope(p, a, false);

	return scope && scope == ch_pool_scope(p, b, true);
}

static void mark_inner(struct ch_nodes *nodes, const struct ch_node *n)
{
	if (n->parent != BT_NONE)
		nodes->list[n->parent].inner = true;
}

static bool parent_unmatched(const struct ch_nodes *nodes, const struct ch_node *n)
{
	return n->parent != BT_NONE && nodes->list[n->parent].match == BT_NONE;
}

static void tell_old(struct ch_work *w, struct ch_node *a)
{
	struct ch_pool *p = &w->pool;
	struct ch_node *b;
	unsigned what;

	if (a->match == BT_NONE) {
		mark_inner(&p->old, a);
		ch_tell(w, 1u << BT_CHANGE_REMOVED, a->file, a->def, NULL,
			parent_unmatched(&p->old, a));
		return;
	}
	b = &p->new.list[a->match];
	what = ch_compare(a, b, same_place(p, a, b));
	if (what || a->inner || b->inner)
		mark_inner(&p->old, a);
	if (what)
		ch_tell(w, what, b->file, a->def, b->def, false);
}

/* From the last to the first: what is inside a definition stands behind it. */
void ch_pool_tell(struct ch_work *w)
{
	for (uint32_t i = w->pool.new.nr; i-- > 0;) {
		struct ch_node *b = &w->pool.new.list[i];

		if (b->match == BT_NONE || b->inner)
			mark_inner(&w->pool.new, b);
		if (b->match == BT_NONE)
			ch_tell(w, 1u << BT_CHANGE_ADDED, b->file, NULL, b->def,
				parent_unmatched(&w->pool.new, b));
	}
	for (uint32_t i = w->pool.old.nr; i-- > 0;)
		tell_old(w, &w->pool.old.list[i]);
}
