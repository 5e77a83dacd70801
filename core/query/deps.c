/*
 * Walks over the import graph. Forwards only the files that are met are read; backwards all are.
 */
#include "core/query/deps.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"

struct walk {
	struct bt_resolver *r;
	const struct bt_deps_walk *w;
	struct bt_dep_list *out;
	struct bt_dep_list all;		/* backwards: every edge, by target */
	uint32_t *first;		/* per file: its first edge in all */
	uint8_t *seen;
	uint32_t *todo;
	size_t todo_nr;
};

static void walk_release(struct walk *w)
{
	bt_dep_list_release(&w->all);
	free(w->first);
	free(w->seen);
	free(w->todo);
}

static void follow(struct walk *w, uint32_t file)
{
	if (file == BT_NONE || w->seen[file])
		return;
	w->seen[file] = 1;
	w->todo[w->todo_nr++] = file;
}

/* Only the languages of the starts can import them. */
static bool may_import(struct walk *w, uint32_t file)
{
	for (size_t i = 0; i < w->w->starts_nr; i++)
		if (bt_resolver_related(w->r, file, w->w->starts[i]))
			return true;
	return false;
}

/*
 * All edges that have a target, grouped by it (counting sort, so that they stay in the order of importers).
 */
static int read_reverse(struct walk *w, uint32_t nr, struct bt_err *err)
{
	BT_CLEANUP(bt_dep_list_release) struct bt_dep_list deps = { .list = NULL };
	uint32_t total = 0;

	for (uint32_t f = 0; f < nr; f++) {
		if (f % 256 == 0 && bt_cancel_check(err))
			return err->code;
		if (may_import(w, f) && bt_resolver_file(w->r, f, &deps, err))
			return err->code;
	}
	w->first = bt_xcalloc(nr + (size_t)2, sizeof(*w->first));
	for (size_t i = 0; i < deps.nr; i++)
		if (deps.list[i].to != BT_NONE)
			w->first[deps.list[i].to + 2]++, total++;
	w->all.list = bt_xmalloc((total + (size_t)1) * sizeof(*w->all.list));
	w->all.nr = total;
	for (uint32_t f = 1; f < nr + 2; f++)
		w->first[f] += w->first[f - 1];
	for (size_t i = 0; i < deps.nr; i++)
		if (deps.list[i].to != BT_NONE)
			w->all.list[w->first[deps.list[i].to + 1]++] = deps.list[i];
	return 0;
}

static int dep_cmp(const void *pa, const void *pb)
{
	const struct bt_dep *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static int add_edges(struct walk *w, uint32_t file, struct bt_err *err)
{
	if (!w->w->reverse)
		return bt_resolver_file(w->r, file, w->out, err);
	for (uint32_t i = w->first[file]; i < w->first[file + 1]; i++) {
		BT_GROW(w->out->list, w->out->alloc, w->out->nr + 1);
		w->out->list[w->out->nr++] = w->all.list[i];
	}
	return 0;
}

static int u32_cmp(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return (a > b) - (a < b);
}

static int run(struct walk *w, bool *ret_cut, struct bt_err *err)
{
	size_t at = 0, level_end;

	for (unsigned level = 1; at < w->todo_nr && (!w->w->depth || level <= w->w->depth); level++) {
		size_t first = w->out->nr;

		level_end = w->todo_nr;
		qsort(w->todo + at, level_end - at, sizeof(*w->todo), u32_cmp);
		for (; at < level_end; at++) {
			if (bt_cancel_check(err) || add_edges(w, w->todo[at], err))
				return err->code;
			if (w->out->nr >= BT_DEPS_MAX) {
				*ret_cut = true;
				at = w->todo_nr;
				break;
			}
		}
		if (w->out->nr > first)
			qsort(w->out->list + first, w->out->nr - first, sizeof(*w->out->list), dep_cmp);
		for (size_t i = first; i < w->out->nr; i++) {
			struct bt_dep *d = &w->out->list[i];

			d->depth = level;
			if (!d->guess && !*ret_cut)
				follow(w, w->w->reverse ? d->from : d->to);
		}
	}
	return 0;
}

int bt_deps_walk(struct bt_resolver *r, const struct bt_deps_walk *opts, struct bt_dep_list *out, bool *ret_cut,
		 struct bt_err *err)
{
	BT_CLEANUP(walk_release) struct walk w = { .r = r, .w = opts, .out = out };
	uint32_t nr = bt_resolver_paths(r)->nr;

	*ret_cut = false;
	w.seen = bt_xcalloc(nr + (size_t)1, 1);
	w.todo = bt_xmalloc((nr + (size_t)1) * sizeof(*w.todo));
	for (size_t i = 0; i < opts->starts_nr; i++)
		follow(&w, opts->starts[i]);
	if (opts->reverse && read_reverse(&w, nr, err))
		return err->code;
	return run(&w, ret_cut, err);
}
