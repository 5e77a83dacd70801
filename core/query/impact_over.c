/*
 * Overriders: methods of a name in classes that extend the one of a node.
 */
#include <stdlib.h>
#include <string.h>

#include "core/query/impact_state.h"

/* Methods of the name in classes of one blob that extend the class of a node. */
static int run_subclasses(struct impact_walk *w, const struct impact_name *n, uint32_t node,
			  const char *class, size_t class_len, uint32_t blob, uint32_t depth,
			  struct bt_err *err)
{
	BT_FREE uint32_t *classes = NULL;
	size_t nr = 0, alloc = 0;
	struct impact_blob *b;
	const struct bt_facts *f;

	if (impact_blob_open(w, blob, &b, err))
		return err->code;
	if (!b || !impact_blob_passes(w, b))
		return 0;
	if (impact_blob_pick(w, b, class, class_len, err))
		return err->code;
	f = &b->p.facts;
	for (uint32_t o = 0; o < f->occs_nr; o++) {
		if (f->occs[o].role != BT_ROLE_INHERIT || !bt_name_is(f, f->occs[o].name, class, class_len))
			continue;
		BT_GROW(classes, alloc, nr + 1);
		classes[nr++] = bt_facts_enclosing(f, f->occs[o].at);
	}
	if (!nr)
		return 0;
	if (impact_blob_pick(w, b, n->name, n->len, err))
		return err->code;
	for (uint32_t d = 0; d < f->defs_nr; d++) {
		bool in = false;

		if (!impact_is_name(f, d, n) || f->defs[d].occ == BT_NONE)
			continue;
		for (size_t i = 0; i < nr; i++)
			in |= classes[i] != BT_NONE && f->defs[d].parent == classes[i];
		if (in) {
			struct impact_site s = { b, f->defs[d].occ, d, BT_RELATION_OVERRIDER };

			impact_site_add(w, &s, node, blob == w->im->nodes[node].blob ? BT_EDGE_FILE : BT_EDGE_UNIQUE,
				 false, depth);
		}
	}
	return 0;
}

/* Postings as they come from the store ascend. */
static bool has_blob(const struct bt_posting *list, size_t nr, uint32_t blob)
{
	size_t lo = 0, hi = nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (list[mid].blob_id < blob)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < nr && list[lo].blob_id == blob;
}

int impact_overriders_run(struct impact_walk *w, const struct impact_name *n, uint32_t node, uint32_t depth,
			  struct bt_err *err)
{
	const char *scope = w->im->nodes[node].scope, *class;
	BT_FREE struct bt_posting *list = NULL;
	size_t nr = 0;

	if (w->im->nodes[node].kind != BT_KIND_METHOD || !scope)
		return 0;
	class = strrchr(scope, '.') ? strrchr(scope, '.') + 1 : scope;
	if (!*class)
		return 0;
	if (bt_postings_find(w->v->store, class, strlen(class), false, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < n->list_nr; i++)
		if (n->list[i].kinds && has_blob(list, nr, n->list[i].blob_id) &&
		    run_subclasses(w, n, node, class, strlen(class), n->list[i].blob_id, depth, err))
			return err->code;
	return 0;
}
