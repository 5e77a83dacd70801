/*
 * The graph of a plan: groups by counting, edges in one array, and an order by walking depth first with a stack of our own.
 */
#include "core/batch/plan/graph.h"

#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/map.h"
#include "core/base/mem.h"

void plan_graph_release(struct plan_graph *g)
{
	free(g->group);
	free(g->first);
	free(g->members);
	free(g->edge);
	free(g->edges);
	free(g->order);
	free(g->looped);
	*g = (struct plan_graph){ .nr = 0 };
}

/* Numbers the lanes, and with them the groups. */
static void groups_name(struct plan_graph *g, const struct bt_plan_action *actions)
{
	struct bt_strmap lanes;

	bt_strmap_init(&lanes, NULL);
	g->group = bt_xcalloc(g->nr + 1, sizeof(*g->group));
	for (size_t i = 0; i < g->nr; i++) {
		const char *lane = (const char *)&actions[i].lane;
		size_t len = sizeof(actions[i].lane);
		struct bt_strmap_entry *e = bt_strmap_intern(&lanes, lane, len,
							     bt_strmap_hash(lane, len), NULL);

		g->group[i] = (uint32_t)(e - lanes.entries) * BT_ACTION_KIND_NR + actions[i].kind;
	}
	g->groups_nr = lanes.nr * BT_ACTION_KIND_NR;
	bt_strmap_release(&lanes);
}

/* Lists the members of every group. Actions come by id, so members do. */
static void groups_fill(struct plan_graph *g, const struct bt_plan_action *actions)
{
	BT_FREE uint32_t *at = bt_xcalloc(g->groups_nr + 1, sizeof(*at));

	g->first = bt_xcalloc(g->groups_nr + 1, sizeof(*g->first));
	for (size_t i = 0; i < g->nr; i++)
		if (plan_open(&actions[i]))
			g->first[g->group[i] + 1]++;
	for (size_t i = 0; i < g->groups_nr; i++) {
		g->first[i + 1] += g->first[i];
		at[i] = g->first[i];
	}
	g->members_nr = g->first[g->groups_nr];
	g->members = bt_xcalloc(g->members_nr + 1, sizeof(*g->members));
	for (size_t i = 0; i < g->nr; i++)
		if (plan_open(&actions[i]))
			g->members[at[g->group[i]]++] = (uint32_t)i;
}

static uint32_t action_find(const struct bt_plan_action *actions, size_t nr, uint64_t id)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (actions[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < nr && actions[low].id == id ? (uint32_t)low : PLAN_NONE;
}

/* How many members of a group have an id below `bound`, as a place behind the last of them. */
static uint32_t prefix_end(const struct plan_graph *g, const struct bt_plan_action *actions,
			   uint32_t group, uint64_t bound)
{
	uint32_t low = g->first[group], high = g->first[group + 1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (actions[g->members[middle]].id < bound)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* passed: how many members of each group are older than `of`, behind the first of the group. */
static void edges_of_action(struct plan_graph *g, const struct bt_plan_action *actions, uint32_t of,
			    const uint32_t *passed, uint32_t *nr)
{
	const struct bt_plan_action *a = &actions[of];
	uint32_t lane = g->group[of] - a->kind;

	for (size_t i = 0; i < a->after_nr; i++)
		g->edges[(*nr)++] = action_find(actions, of, a->after[i]); /* among older ones */
	for (uint32_t group = lane; group < lane + a->kind; group++) {
		uint32_t end = g->first[group] + passed[group];

		if (a->barrier)
			end = prefix_end(g, actions, group, a->barrier);
		if (end > g->first[group])
			g->edges[(*nr)++] = (uint32_t)g->nr + end - 1;
	}
}

static void edges_make(struct plan_graph *g, const struct bt_plan_action *actions)
{
	BT_FREE uint32_t *passed = bt_xcalloc(g->groups_nr + 1, sizeof(*passed));
	size_t max = g->members_nr * (BT_ACTION_KIND_NR - 1 + 2);
	uint32_t nr = 0;

	for (size_t i = 0; i < g->nr; i++)
		max += plan_open(&actions[i]) ? actions[i].after_nr : 0;
	g->edge = bt_xcalloc(g->nr + g->members_nr + 1, sizeof(*g->edge));
	g->edges = bt_xcalloc(max + 1, sizeof(*g->edges));
	for (size_t i = 0; i < g->nr; i++) {
		g->edge[i] = nr;
		if (!plan_open(&actions[i]))
			continue;
		edges_of_action(g, actions, (uint32_t)i, passed, &nr);
		passed[g->group[i]]++;
	}
	for (uint32_t p = 0; p < g->members_nr; p++) {
		g->edge[g->nr + p] = nr;
		g->edges[nr++] = g->members[p];
		if (p > g->first[g->group[g->members[p]]])
			g->edges[nr++] = (uint32_t)g->nr + p - 1;
	}
	g->edge[g->nr + g->members_nr] = nr;
}

struct walk {
	uint32_t *stack, *next; /* nodes on the way, and the next edge of each */
	uint8_t *seen;		/* of a node */
	uint32_t depth, ordered;
};
enum { WALK_NEW, WALK_ON_THE_WAY, WALK_BEHIND };

/* What is on the way from `node` to the top waits for itself. */
static void cycle_mark(struct plan_graph *g, const struct walk *w, uint32_t node)
{
	uint32_t next = PLAN_NONE, last = PLAN_NONE;

	for (uint32_t at = w->depth; at-- > 0;) {
		uint32_t here = w->stack[at];

		if (here < g->nr) {
			g->looped[here] = next;
			next = here;
			last = last == PLAN_NONE ? here : last;
		}
		if (here == node)
			break;
	}
	if (last != PLAN_NONE)
		g->looped[last] = next;
}

static void walk_enter(struct plan_graph *g, struct walk *w, uint32_t node)
{
	w->seen[node] = WALK_ON_THE_WAY;
	w->stack[w->depth] = node;
	w->next[w->depth++] = g->edge[node];
}

static void walk_from(struct plan_graph *g, struct walk *w, uint32_t root)
{
	walk_enter(g, w, root);
	while (w->depth) {
		uint32_t node = w->stack[w->depth - 1], to;

		if (w->next[w->depth - 1] == g->edge[node + 1]) {
			w->seen[node] = WALK_BEHIND;
			g->order[w->ordered++] = node;
			w->depth--;
			continue;
		}
		to = g->edges[w->next[w->depth - 1]++];
		if (to == PLAN_NONE || w->seen[to] == WALK_BEHIND)
			continue;
		if (w->seen[to] == WALK_ON_THE_WAY)
			cycle_mark(g, w, to);
		else
			walk_enter(g, w, to);
	}
}

static void order_make(struct plan_graph *g)
{
	size_t nodes = g->nr + g->members_nr;
	BT_FREE uint32_t *stack = bt_xcalloc(nodes + 1, sizeof(*stack));
	BT_FREE uint32_t *next = bt_xcalloc(nodes + 1, sizeof(*next));
	BT_FREE uint8_t *seen = bt_xcalloc(nodes + 1, sizeof(*seen));
	struct walk w = { .stack = stack, .next = next, .seen = seen };

	g->order = bt_xcalloc(nodes + 1, sizeof(*g->order));
	g->looped = bt_xcalloc(g->nr + 1, sizeof(*g->looped));
	for (size_t i = 0; i < g->nr; i++)
		g->looped[i] = PLAN_NONE;
	for (uint32_t node = 0; node < nodes; node++)
		if (w.seen[node] == WALK_NEW)
			walk_from(g, &w, node);
}

int plan_graph_init(struct plan_graph *g, const struct bt_plan_action *actions, size_t nr)
{
	*g = (struct plan_graph){ .nr = nr };
	if (nr > PLAN_NR_MAX)
		return BT_ERR_LIMIT;
	for (size_t i = 1; i < nr; i++)
		if (actions[i].id <= actions[i - 1].id)
			return BT_ERR_CORRUPT;
	groups_name(g, actions);
	groups_fill(g, actions);
	edges_make(g, actions);
	order_make(g);
	return 0;
}
