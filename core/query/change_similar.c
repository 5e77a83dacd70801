/*
 * Definitions that are much alike: the names used in them, their own names, their signatures.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/query/change_state.h"

/* In one scope each may be weighed with each, up to so many pairs; beyond, with those near to it in order. */
#define PAIRS_MAX 4096
#define WINDOW 8
/* With fewer names in them two definitions are alike by chance. */
#define SMALL 6

static int u64_cmp(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

/* The smallest hashes of the distinct names stand for all of them: two sets share as much as these do. */
void ch_sketch(struct ch_work *w, const struct ch_side *s, uint32_t node, struct ch_node *to)
{
	const struct bt_facts *f = &s->facts;
	const struct bt_def *d = &f->defs[node];
	uint32_t first = bt_facts_occ_from(f, d->start), end = bt_facts_occ_from(f, d->end), nr = 0, kept = 0;
	uint64_t *hashes = bt_arena_alloc(&w->arena, ((size_t)(end - first) + 1) * sizeof(*hashes)),
		 *sketch;

	for (uint32_t i = first; i < end; i++)
		if (f->occs[i].name != d->name)
			hashes[nr++] = bt_mix64(bt_hash64(f->names[f->occs[i].name].text,
							  f->names[f->occs[i].name].len, 0));
	qsort(hashes, nr, sizeof(*hashes), u64_cmp);
	for (uint32_t i = 0; i < nr && kept < CH_SKETCH_MAX; i++)
		if (!kept || hashes[kept - 1] != hashes[i])
			hashes[kept++] = hashes[i];
	sketch = bt_arena_alloc(&w->set->arena, (kept + (size_t)1) * sizeof(*sketch));
	memcpy(sketch, hashes, kept * sizeof(*sketch));
	to->sketch = sketch;
	to->sketch_nr = kept;
	w->sketches++;
}

int ch_sketch_compare(const struct ch_node *a, const struct ch_node *b)
{
	uint32_t i = 0, k = 0, all = 0, both = 0;

	if (!a->sketch || !b->sketch)
		return -1;
	while (all < CH_SKETCH_MAX && (i < a->sketch_nr || k < b->sketch_nr)) {
		uint64_t x = i < a->sketch_nr ? a->sketch[i] : UINT64_MAX;
		uint64_t y = k < b->sketch_nr ? b->sketch[k] : UINT64_MAX;

		both += x == y;
		i += x <= y;
		k += y <= x;
		all++;
	}
	return all ? (int)(100 * both / all) : -1;
}

/* Twice the pairs of neighbouring letters that both names have, in percent of all (Dice). */
static unsigned names_alike(const struct bt_change_def *a, const struct bt_change_def *b)
{
	uint8_t count[1024] = { 0 };
	unsigned both = 0, all;

	if (a->name_len < 2 || b->name_len < 2)
		return 0;
	for (uint32_t i = 0; i + 1 < a->name_len; i++) {
		uint8_t *c =
			&count[((unsigned char)a->name[i] * 31u + (unsigned char)a->name[i + 1]) %
			       1024];

		*c += *c < 255;
	}
	for (uint32_t i = 0; i + 1 < b->name_len; i++) {
		uint8_t *c =
			&count[((unsigned char)b->name[i] * 31u + (unsigned char)b->name[i + 1]) %
			       1024];

		both += *c > 0;
		*c -= *c > 0;
	}
	all = a->name_len + b->name_len - 2;
	return 200 * both / all;
}

/* 0: not one definition; larger is better. */
static unsigned weigh(const struct ch_node *a, const struct ch_node *b)
{
	unsigned names = names_alike(a->def, b->def);
	int inside = ch_sketch_compare(a, b);
	bool same_head = a->texts && b->texts && a->nameless == b->nameless;
	bool small = a->sketch_nr < SMALL || b->sketch_nr < SMALL;

	if (a->kind != b->kind || (a->flags ^ b->flags) & BT_DEF_DECL || a->lang != b->lang)
		return 0;
	if (!(a->flags & BT_DEF_HASHED) || a->flags & BT_DEF_DECL)
		return same_head && names >= 50 ? 100 + names : 0;
	if (inside >= 50 && !small)
		return (unsigned)inside + names / 2 + 50 * same_head;
	if (same_head && names >= 60 && (inside < 0 || inside >= (small ? 50 : 30)))
		return names + (inside > 0 ? (unsigned)inside / 2 : 0) + 50;
	return 0;
}

struct likely {
	unsigned weight;
	uint32_t old, new;
};

static int likely_cmp(const void *pa, const void *pb)
{
	const struct likely *a = pa, *b = pb;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->old != b->old)
		return a->old < b->old ? -1 : 1;
	return (a->new > b->new) - (a->new < b->new);
}

/* The unmatched of one scope on either side. */
static void match_scope(struct ch_work *w, const struct ch_item *a, size_t old_nr,
			const struct ch_item *b, size_t new_nr)
{
	bool few = old_nr * new_nr <= PAIRS_MAX;
	BT_FREE struct likely *list = NULL;
	size_t nr = 0, alloc = 0;

	for (size_t i = 0; i < old_nr; i++) {
		size_t k = few || i < WINDOW ? 0 : i - WINDOW, end = few ? new_nr : i + WINDOW;

		for (; k < new_nr && k < end; k++) {
			unsigned weight = weigh(&w->pool.old.list[a[i].node],
						&w->pool.new.list[b[k].node]);

			if (!weight)
				continue;
			BT_GROW(list, alloc, nr + 1);
			list[nr++] = (struct likely){ weight, a[i].node, b[k].node };
		}
	}
	if (nr > 1)
		qsort(list, nr, sizeof(*list), likely_cmp);
	for (size_t i = 0; i < nr; i++)
		if (w->pool.old.list[list[i].old].match == BT_NONE &&
		    w->pool.new.list[list[i].new].match == BT_NONE)
			ch_pool_pair(w, list[i].old, list[i].new);
}

static struct ch_item *by_scope(const struct ch_work *w, bool after, size_t *ret_nr)
{
	const struct ch_nodes *nodes = after ? &w->pool.new : &w->pool.old;
	struct ch_item *items = bt_xmalloc(((size_t)nodes->nr + 1) * sizeof(*items));
	size_t nr = 0;

	for (uint32_t i = 0; i < nodes->nr; i++) {
		uint64_t scope = nodes->list[i].match == BT_NONE
					 ? ch_pool_scope(&w->pool, &nodes->list[i], after)
					 : 0;

		if (scope)
			items[nr++] = (struct ch_item){ scope, i };
	}
	ch_items_sort(items, nr);
	*ret_nr = nr;
	return items;
}

void ch_similar_match(struct ch_work *w)
{
	size_t old_nr, new_nr, i = 0, k = 0;
	BT_FREE struct ch_item *a = by_scope(w, false, &old_nr);
	BT_FREE struct ch_item *b = by_scope(w, true, &new_nr);

	while (i < old_nr && k < new_nr) {
		size_t i_end = i, k_end = k;

		while (i_end < old_nr && a[i_end].key == a[i].key)
			i_end++;
		while (k_end < new_nr && b[k_end].key == b[k].key)
			k_end++;
		if (a[i].key == b[k].key)
			match_scope(w, a + i, i_end - i, b + k, k_end - k);
		if (a[i].key < b[k].key)
			i = i_end;
		else if (a[i].key > b[k].key)
			k = k_end;
		else
			i = i_end, k = k_end;
	}
}
