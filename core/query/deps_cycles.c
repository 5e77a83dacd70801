/*
 * Cycles: strongly connected components (Tarjan's way, without recursion), in each the shortest cycle through
 * every file (a search in breadth from it), and of these, the shortest first, those that add a file.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "core/query/deps.h"

/*
 * In larger components only files that are in no cycle yet are searched from: each search may see all of it.
 */
#define SEARCHES_MAX 4096

struct graph {
	uint32_t nr;			/* files */
	struct bt_dep_list deps;	/* edges with a certain target, by importer; one per pair */
	uint32_t *first;		/* per file: its first edge; nr + 1 of them */
	uint32_t *component;		/* per file */
	uint32_t *size;			/* per component */
};

static void graph_release(struct graph *g)
{
	bt_dep_list_release(&g->deps);
	free(g->first);
	free(g->component);
	free(g->size);
}

static int edge_cmp(const void *pa, const void *pb)
{
	const struct bt_dep *a = pa, *b = pb;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* The edges of the last file: sorted by target, one of each. */
static void tidy(struct bt_dep_list *l, size_t first)
{
	size_t to = first;

	for (size_t i = first; i < l->nr; i++)
		if (l->list[i].to != BT_NONE && !l->list[i].guess)
			l->list[to++] = l->list[i];
	l->nr = to;
	if (to == first)
		return;
	qsort(l->list + first, l->nr - first, sizeof(*l->list), edge_cmp);
	to = first + 1;
	for (size_t i = first + 1; i < l->nr; i++)
		if (l->list[i].to != l->list[to - 1].to)
			l->list[to++] = l->list[i];
	l->nr = to;
}

static int graph_read(struct bt_resolver *r, struct graph *g, struct bt_err *err)
{
	g->nr = bt_resolver_paths(r)->nr;
	g->first = bt_xmalloc((g->nr + (size_t)1) * sizeof(*g->first));
	for (uint32_t f = 0; f < g->nr; f++) {
		g->first[f] = (uint32_t)g->deps.nr;
		if (f % 256 == 0 && bt_cancel_check(err))
			return err->code;
		if (bt_resolver_file(r, f, &g->deps, err))
			return err->code;
		tidy(&g->deps, g->first[f]);
	}
	g->first[g->nr] = (uint32_t)g->deps.nr;
	return 0;
}

/* --- components --- */

struct tarjan {
	struct graph *g;
	uint32_t *order, *low, *edge;	/* per file; order 0: not met yet */
	uint32_t *stack, *path;
	size_t stack_nr, path_nr;
	uint32_t met, components;
	uint8_t *on_stack;
};

static void tarjan_release(struct tarjan *t)
{
	free(t->order);
	free(t->low);
	free(t->edge);
	free(t->stack);
	free(t->path);
	free(t->on_stack);
}

static void enter(struct tarjan *t, uint32_t f)
{
	t->order[f] = t->low[f] = ++t->met;
	t->edge[f] = t->g->first[f];
	t->stack[t->stack_nr++] = f;
	t->path[t->path_nr++] = f;
	t->on_stack[f] = 1;
}

static void leave(struct tarjan *t, uint32_t f)
{
	uint32_t parent, member;

	t->path_nr--;
	if (t->path_nr) {
		parent = t->path[t->path_nr - 1];
		if (t->low[f] < t->low[parent])
			t->low[parent] = t->low[f];
	}
	if (t->low[f] != t->order[f])
		return;
	do {
		member = t->stack[--t->stack_nr];
		t->on_stack[member] = 0;
		t->g->component[member] = t->components;
		t->g->size[t->components]++;
	} while (member != f);
	t->components++;
}

static void visit(struct tarjan *t, uint32_t start)
{
	enter(t, start);
	while (t->path_nr) {
		uint32_t f = t->path[t->path_nr - 1], to;

		if (t->edge[f] == t->g->first[f + 1]) {
			leave(t, f);
			continue;
		}
		to = t->g->deps.list[t->edge[f]++].to;
		if (!t->order[to])
			enter(t, to);
		else if (t->on_stack[to] && t->order[to] < t->low[f])
			t->low[f] = t->order[to];
	}
}

static void find_components(struct graph *g)
{
	size_t nr = g->nr + (size_t)1;
	BT_CLEANUP(tarjan_release) struct tarjan t = { .g = g };

	t.order = bt_xcalloc(nr, sizeof(*t.order));
	t.low = bt_xcalloc(nr, sizeof(*t.low));
	t.edge = bt_xcalloc(nr, sizeof(*t.edge));
	t.stack = bt_xcalloc(nr, sizeof(*t.stack));
	t.path = bt_xcalloc(nr, sizeof(*t.path));
	t.on_stack = bt_xcalloc(nr, 1);
	g->component = bt_xcalloc(nr, sizeof(*g->component));
	g->size = bt_xcalloc(nr, sizeof(*g->size));
	for (uint32_t f = 0; f < g->nr; f++)
		if (!t.order[f])
			visit(&t, f);
}

/* --- shortest cycles --- */

struct cycles {
	struct graph *g;
	uint32_t *by;		/* per file: the edge that led to it, or BT_NONE */
	uint32_t *queue;
	uint8_t *covered;
	struct cycle {
		uint32_t start, len;	/* in edges */
	} *list;
	size_t nr, alloc;
	uint32_t *edges;
	size_t edges_nr, edges_alloc;
};

static void cycles_release(struct cycles *c)
{
	free(c->by);
	free(c->queue);
	free(c->covered);
	free(c->list);
	free(c->edges);
}

/* The edge that closes the shortest cycle through f. Every file of a component has one. */
static uint32_t search(struct cycles *c, uint32_t f)
{
	const struct graph *g = c->g;
	size_t nr = 1;
	uint32_t closing = BT_NONE;

	c->queue[0] = f;
	for (size_t i = 0; i < nr && closing == BT_NONE; i++) {
		uint32_t at = c->queue[i];

		for (uint32_t e = g->first[at]; e < g->first[at + 1] && closing == BT_NONE; e++) {
			uint32_t to = g->deps.list[e].to;

			if (to == f) {
				closing = e;
			} else if (g->component[to] == g->component[f] && c->by[to] == BT_NONE) {
				c->by[to] = e;
				c->queue[nr++] = to;
			}
		}
	}
	return closing;
}

/* Writes the edges of the cycle in order, from the file that is first, and clears what the search left. */
static void add_cycle(struct cycles *c, uint32_t f, uint32_t closing)
{
	const struct bt_dep *deps = c->g->deps.list;
	struct cycle y = { .start = (uint32_t)c->edges_nr };
	uint32_t lowest = 0;

	for (uint32_t e = closing;; e = c->by[deps[e].from]) {
		BT_GROW(c->edges, c->edges_alloc, c->edges_nr + 1);
		c->edges[c->edges_nr++] = e;
		c->covered[deps[e].from] = 1;
		if (deps[e].from == f)
			break;
	}
	y.len = (uint32_t)(c->edges_nr - y.start);
	/* found backwards */
	for (uint32_t i = 0; i < y.len / 2; i++) {
		uint32_t *a = &c->edges[y.start + i], *b = &c->edges[y.start + y.len - 1 - i], e = *a;

		*a = *b;
		*b = e;
	}
	for (uint32_t i = 1; i < y.len; i++)
		if (deps[c->edges[y.start + i]].from < deps[c->edges[y.start + lowest]].from)
			lowest = i;
	BT_GROW(c->edges, c->edges_alloc, c->edges_nr + lowest);
	memcpy(c->edges + c->edges_nr, c->edges + y.start, lowest * sizeof(*c->edges));
	memmove(c->edges + y.start, c->edges + y.start + lowest, y.len * sizeof(*c->edges));
	BT_GROW(c->list, c->alloc, c->nr + 1);
	c->list[c->nr++] = y;
}

static void forget(struct cycles *c, uint32_t f, size_t nr)
{
	c->by[f] = BT_NONE;
	for (size_t i = 0; i < nr; i++)
		c->by[c->queue[i]] = BT_NONE;
}

struct ranked {
	const struct cycles *c;
	struct cycle y;
};

static int ranked_cmp(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	const struct bt_dep *deps = a->c->g->deps.list;

	if (a->y.len != b->y.len)
		return a->y.len < b->y.len ? -1 : 1;
	for (uint32_t i = 0; i < a->y.len; i++) {
		uint32_t x = deps[a->c->edges[a->y.start + i]].from, y = deps[b->c->edges[b->y.start + i]].from;

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Does a cycle hold a file that no earlier one has? Then they all have one. */
static bool is_new(const struct cycles *c, const struct cycle *y, uint8_t *taken)
{
	const struct bt_dep *deps = c->g->deps.list;
	bool fresh = false;

	for (uint32_t i = 0; i < y->len; i++)
		fresh |= !taken[deps[c->edges[y->start + i]].from];
	for (uint32_t i = 0; i < y->len && fresh; i++)
		taken[deps[c->edges[y->start + i]].from] = 1;
	return fresh;
}

static void give(const struct cycles *c, struct bt_dep_list *out)
{
	BT_FREE struct ranked *r = bt_xmalloc((c->nr + 1) * sizeof(*r));
	BT_FREE uint8_t *taken = bt_xcalloc(c->g->nr + (size_t)1, 1);
	uint32_t number = 0;

	for (size_t i = 0; i < c->nr; i++)
		r[i] = (struct ranked){ c, c->list[i] };
	if (c->nr)
		qsort(r, c->nr, sizeof(*r), ranked_cmp);
	for (size_t i = 0; i < c->nr; i++) {
		if (!is_new(c, &r[i].y, taken))
			continue;
		number++;
		for (uint32_t k = 0; k < r[i].y.len; k++) {
			BT_GROW(out->list, out->alloc, out->nr + 1);
			out->list[out->nr] = c->g->deps.list[c->edges[r[i].y.start + k]];
			out->list[out->nr++].cycle = number;
		}
	}
}

int bt_deps_cycles(struct bt_resolver *r, struct bt_dep_list *out, struct bt_err *err)
{
	BT_CLEANUP(graph_release) struct graph g = { .nr = 0 };
	BT_CLEANUP(cycles_release) struct cycles c = { .g = &g };

	if (graph_read(r, &g, err))
		return err->code;
	find_components(&g);
	c.by = bt_xmalloc((g.nr + (size_t)1) * sizeof(*c.by));
	c.queue = bt_xcalloc(g.nr + (size_t)1, sizeof(*c.queue));
	c.covered = bt_xcalloc(g.nr + (size_t)1, 1);
	memset(c.by, 0xff, (g.nr + (size_t)1) * sizeof(*c.by));
	for (uint32_t f = 0; f < g.nr; f++) {
		uint32_t closing, size = g.size[g.component[f]];

		if (size < 2 || (size > SEARCHES_MAX && c.covered[f]))
			continue;
		if (bt_cancel_check(err))
			return err->code;
		closing = search(&c, f);
		if (closing != BT_NONE)
			add_cycle(&c, f, closing);
		forget(&c, f, size);
	}
	give(&c, out);
	return 0;
}
