/*
 * Policy in passes over the graph of who waits for whom: what each action waits for; where the windows of the groups end; what
 * urgency and rank ask of those that are waited for (against the arrows); when each is ready. Then batches of what is ready in
 * lanes that are free.
 */
#include "core/batch/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/batch/plan/graph.h"

/* Far enough for every clock, near enough for sums. */
#define TIME_MAX_MS ((int64_t)1 << 52)
#define LENGTH_MAX_MS ((int64_t)1 << 42)
/* Clocks of one machine, read a moment apart or slewed; more is a step. */
#define SKEW_MS 60000

enum hold {
	HOLD_CLOSED, /* done, dead, blocked: nobody waits for its end */
	HOLD_RUNS,
	HOLD_WAITS,   /* for others */
	HOLD_DELAYED, /* for the end of its delay, or of that of one it shares a batch with */
	HOLD_NOT,     /* for its window at most: a member of its group in the sense of windows */
};

/* A node of the graph. Of a prefix: its members together; hold is HOLD_WAITS when one of them is in the way, else HOLD_CLOSED. */
struct node {
	int64_t rank; /* the least of those that wait for it, and its own */
	int64_t pull; /* an urgent one wants it by then */
	int64_t ready;
	uint32_t last; /* the action that is ready last */
	enum hold hold;
};

/* The undecided members of a group that wait for nothing else: [0] the others, [1] urgent ones. */
struct window {
	int64_t first[2], last[2];
	int64_t end[2]; /* INT64_MAX: none are there */
};

struct lane {
	unsigned running; /* 1u << kind */
	uint32_t runner;  /* one of those that run */
};

struct planner {
	struct bt_plan_action *actions;
	const struct bt_plan_windows *w;
	int64_t now;
	struct plan_graph g;
	struct node *nodes;
	struct window *windows; /* of groups */
	struct lane *lanes;	/* by group / BT_ACTION_KIND_NR */
	uint32_t *due;		/* of groups: how many are ready now */
};

static int64_t clamp(int64_t value, int64_t max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* --- times --- */

/* Ages ago, when the clock was set back since: nobody knows how long it waits. */
static int64_t arrived(const struct planner *p, const struct bt_plan_action *a)
{
	int64_t at = clamp(a->queued_at, TIME_MAX_MS);

	return at > p->now + SKEW_MS ? -TIME_MAX_MS : at;
}

/* The end of its delay; at or before now: it is over. */
static int64_t delay_end(const struct planner *p, const struct bt_plan_action *a)
{
	int64_t end = clamp(a->not_before, TIME_MAX_MS);
	int64_t length = most(end - clamp(a->queued_at, TIME_MAX_MS), 0);

	/* It can only be that far away because the clock was set back. */
	if (p->w->flush || end - p->now > 2 * length + SKEW_MS)
		return 0;
	return end;
}

static int64_t window_length(const struct planner *p, const struct bt_plan_action *a)
{
	return clamp((a->urgent ? p->w->urgent_ms : p->w->window_ms)[a->kind], LENGTH_MAX_MS);
}

/* When its window ends, if it is alone. */
static int64_t window_end(const struct planner *p, const struct bt_plan_action *a)
{
	return p->w->flush ? p->now : arrived(p, a) + window_length(p, a);
}

/* --- first pass: what each waits for --- */

/* What is folded together may depend on each other. */
static bool foldable(enum bt_action_kind kind)
{
	return kind == BT_ACTION_COMMIT || kind == BT_ACTION_MERGE;
}

static enum hold hold_block(struct bt_plan_action *a, uint64_t by)
{
	a->blocked = true;
	a->waits_for = by;
	return HOLD_CLOSED;
}

static enum hold hold_of_action(struct planner *p, uint32_t i)
{
	struct bt_plan_action *a = &p->actions[i];
	const struct plan_graph *g = &p->g;
	enum hold hold = delay_end(p, a) > p->now ? HOLD_DELAYED : HOLD_NOT;

	if (!plan_open(a))
		return HOLD_CLOSED;
	if (a->claimed)
		return HOLD_RUNS;
	if (g->looped[i] != PLAN_NONE)
		return hold_block(a, p->actions[g->looped[i]].id);
	for (uint32_t e = g->edge[i]; e < g->edge[i + 1]; e++) {
		uint32_t to = g->edges[e];
		bool named = e - g->edge[i] < a->after_nr;

		if (to == PLAN_NONE)
			return hold_block(a, a->after[e - g->edge[i]]);
		if (named && (p->actions[to].dead || p->actions[to].blocked) &&
		    !p->actions[to].done)
			return hold_block(a, p->actions[to].id);
		if (p->nodes[to].hold == HOLD_CLOSED)
			continue;
		if (named && foldable(a->kind) && g->group[to] == g->group[i] &&
		    p->nodes[to].hold >= HOLD_DELAYED)
			hold = p->nodes[to].hold < hold ? p->nodes[to].hold : hold;
		else
			hold = HOLD_WAITS;
	}
	return hold;
}

static enum hold hold_of_prefix(const struct planner *p, uint32_t node)
{
	for (uint32_t e = p->g.edge[node]; e < p->g.edge[node + 1]; e++)
		if (p->nodes[p->g.edges[e]].hold != HOLD_CLOSED)
			return HOLD_WAITS;
	return HOLD_CLOSED;
}

static void holds_find(struct planner *p)
{
	size_t nodes = p->g.nr + p->g.members_nr;

	for (size_t o = 0; o < nodes; o++) {
		uint32_t node = p->g.order[o];

		p->nodes[node].hold = node < p->g.nr ? hold_of_action(p, node)
						     : hold_of_prefix(p, node);
		if (p->nodes[node].hold == HOLD_RUNS) {
			struct lane *lane = &p->lanes[p->g.group[node] / BT_ACTION_KIND_NR];

			lane->running |= 1u << p->actions[node].kind;
			lane->runner = node;
		}
	}
}

/* --- windows --- */

static void windows_end(struct planner *p)
{
	int64_t cap = p->w->debounce_cap ? p->w->debounce_cap : 1;

	for (size_t group = 0; group < p->g.groups_nr; group++)
		for (int urgent = 0; urgent < 2; urgent++)
			p->windows[group].end[urgent] = INT64_MAX;
	for (size_t i = 0; i < p->g.nr; i++) {
		const struct bt_plan_action *a = &p->actions[i];
		struct window *w = &p->windows[p->g.group[i]];
		int64_t at = arrived(p, a), length = window_length(p, a);
		bool u = a->urgent;

		if (p->nodes[i].hold != HOLD_NOT)
			continue;
		w->first[u] = w->end[u] == INT64_MAX ? at : least(w->first[u], at);
		w->last[u] = w->end[u] == INT64_MAX ? at : most(w->last[u], at);
		w->end[u] = least(w->last[u] + length,
				  w->first[u] + least(cap * length, TIME_MAX_MS));
		if (p->w->flush)
			w->end[u] = p->now;
	}
}

/* When it would run for its own sake. */
static int64_t own_time(const struct planner *p, uint32_t i)
{
	const struct bt_plan_action *a = &p->actions[i];
	const struct window *w = &p->windows[p->g.group[i]];

	int64_t end = a->urgent ? least(w->end[0], w->end[1]) : w->end[0];

	return most(p->nodes[i].hold == HOLD_NOT ? end : window_end(p, a), delay_end(p, a));
}

/* --- rank and urgency, from those that wait to those that are waited for --- */

static void ranks_begin(struct planner *p)
{
	int64_t at = p->now;

	/* Ids tell better than clocks who came first. */
	for (size_t i = p->g.nr; i-- > 0;) {
		const struct bt_plan_action *a = &p->actions[i];
		int64_t steps = (int64_t)a->priority + (a->urgent ? BT_PLAN_RANK_URGENT : 0);

		if (p->nodes[i].hold > HOLD_RUNS)
			at = least(at, arrived(p, a));
		p->nodes[i].rank = at - steps * BT_PLAN_RANK_STEP_MS;
	}
}

static void ranks_hand_on(struct planner *p)
{
	size_t nodes = p->g.nr + p->g.members_nr;

	for (size_t node = 0; node < nodes; node++) {
		p->nodes[node].pull = INT64_MAX;
		if (node >= p->g.nr)
			p->nodes[node].rank = INT64_MAX;
	}
	for (size_t o = nodes; o-- > 0;) {
		uint32_t node = p->g.order[o];
		struct node *n = &p->nodes[node];

		if (n->hold < HOLD_WAITS)
			continue;
		if (node < p->g.nr && p->actions[node].urgent)
			n->pull = least(n->pull, own_time(p, node));
		for (uint32_t e = p->g.edge[node]; e < p->g.edge[node + 1]; e++) {
			struct node *to = &p->nodes[p->g.edges[e]];

			to->rank = least(to->rank, n->rank);
			to->pull = least(to->pull, n->pull);
		}
	}
}

/* --- when each is ready --- */

static void ready_find(struct planner *p, uint32_t node)
{
	struct node *n = &p->nodes[node];
	bool is_action = node < p->g.nr;

	n->last = PLAN_NONE;
	n->ready = 0;
	for (uint32_t e = p->g.edge[node]; e < p->g.edge[node + 1] && n->hold >= HOLD_WAITS; e++) {
		uint32_t to = p->g.edges[e];
		const struct node *t = &p->nodes[to];

		if (t->hold == HOLD_CLOSED || (n->last != PLAN_NONE && t->ready <= n->ready))
			continue;
		n->ready = t->ready;
		n->last = to < p->g.nr ? to : t->last;
	}
	if (!is_action)
		return;
	if (n->hold >= HOLD_WAITS)
		n->ready = most(n->ready, most(delay_end(p, &p->actions[node]),
					       least(own_time(p, node), n->pull)));
	else
		n->ready = INT64_MAX;
}

static void action_answer(struct planner *p, uint32_t i, struct bt_plan *plan)
{
	const struct node *n = &p->nodes[i];
	struct bt_plan_action *a = &p->actions[i];

	a->ready_at = n->ready;
	a->rank = n->rank;
	if (n->hold == HOLD_WAITS)
		a->waits_for = p->actions[n->last].id;
	if (n->hold < HOLD_DELAYED)
		return;
	if (n->ready > p->now)
		plan->wake_at = least(plan->wake_at, n->ready);
	else
		p->due[p->g.group[i]]++;
}

static void ready_all(struct planner *p, struct bt_plan *plan)
{
	size_t nodes = p->g.nr + p->g.members_nr;

	for (size_t o = 0; o < nodes; o++)
		ready_find(p, p->g.order[o]);
	for (uint32_t i = 0; i < p->g.nr; i++)
		action_answer(p, i, plan);
	if (plan->wake_at != INT64_MAX)
		plan->wake_at = least(plan->wake_at, p->now + BT_PLAN_WAKE_MAX_MS);
}

/* --- batches --- */

struct pick {
	int64_t rank;
	uint32_t action;
};

static int pick_compare(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->action > y->action) - (x->action < y->action);
}

/* Those of a group that are due, in order. They are nearly always in order already. */
static struct pick *picks_make(const struct planner *p, uint32_t group)
{
	struct pick *picks = bt_xcalloc(p->due[group], sizeof(*picks));
	bool sorted = true;
	size_t nr = 0;

	for (uint32_t m = p->g.first[group]; m < p->g.first[group + 1]; m++) {
		uint32_t i = p->g.members[m];

		if (p->nodes[i].hold != HOLD_NOT || p->nodes[i].ready > p->now)
			continue;
		picks[nr] = (struct pick){ p->nodes[i].rank, i };
		sorted &= !nr || picks[nr - 1].rank <= picks[nr].rank;
		nr++;
	}
	if (!sorted)
		qsort(picks, nr, sizeof(*picks), pick_compare);
	return picks;
}

static bool runs_alone(unsigned kind)
{
	return kind <= BT_ACTION_PUSH;
}

/* The group of a lane whose turn it is, or PLAN_NONE. Those that are due and have to wait for what runs there are told. */
static uint32_t lane_turn(struct planner *p, uint32_t lane)
{
	const struct lane *l = &p->lanes[lane];
	uint32_t group = lane * BT_ACTION_KIND_NR, kind = BT_ACTION_KIND_NR;

	while (kind > 0 && !p->due[group + kind - 1])
		kind--;
	if (!kind--)
		return PLAN_NONE;
	if (!l->running || (l->running == 1u << kind && !runs_alone(kind)))
		return group + kind;
	for (uint32_t m = p->g.first[group]; m < p->g.first[group + kind + 1]; m++) {
		uint32_t i = p->g.members[m];

		if (p->nodes[i].hold == HOLD_NOT && p->nodes[i].ready <= p->now)
			p->actions[i].waits_for = p->actions[l->runner].id;
	}
	return PLAN_NONE;
}

struct candidates {
	struct candidate {
		struct pick first;
		uint32_t group;
		size_t nr;
		uint64_t *ids;
	} * list;
	size_t nr, alloc;
};

static void candidates_release(struct candidates *c)
{
	for (size_t i = 0; i < c->nr; i++)
		free(c->list[i].ids);
	free(c->list);
}

static int candidate_compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return pick_compare(&x->first, &y->first);
}

/* At most `max` batches of a group. */
static void candidates_add(struct candidates *c, const struct planner *p, uint32_t group,
			   size_t max)
{
	BT_FREE struct pick *picks = picks_make(p, group);
	size_t size = p->w->batch_max ? p->w->batch_max : 1, due = p->due[group];

	if (runs_alone(group % BT_ACTION_KIND_NR))
		max = 1;
	for (size_t at = 0; at < due && max; at += size, max--) {
		size_t nr = due - at < size ? due - at : size;
		uint64_t *ids = bt_xcalloc(nr, sizeof(*ids));

		for (size_t i = 0; i < nr; i++)
			ids[i] = p->actions[picks[at + i].action].id;
		BT_GROW(c->list, c->alloc, c->nr + 1);
		c->list[c->nr++] = (struct candidate){ picks[at], group, nr, ids };
	}
}

static void batches_make(struct planner *p, unsigned running, struct bt_plan *plan)
{
	BT_CLEANUP(candidates_release) struct candidates c = { .nr = 0 };
	size_t slots = p->w->parallel_max > running ? p->w->parallel_max - running : 0;

	for (uint32_t lane = 0; lane < p->g.groups_nr / BT_ACTION_KIND_NR; lane++) {
		uint32_t group = lane_turn(p, lane);

		if (group != PLAN_NONE && slots)
			candidates_add(&c, p, group, slots);
	}
	if (!c.nr)
		return;
	qsort(c.list, c.nr, sizeof(*c.list), candidate_compare);
	plan->batches = bt_xcalloc(slots < c.nr ? slots : c.nr, sizeof(*plan->batches));
	while (plan->batches_nr < slots && plan->batches_nr < c.nr) {
		struct candidate *from = &c.list[plan->batches_nr];
		const struct bt_plan_action *a = &p->actions[from->first.action];

		plan->batches[plan->batches_nr++] = (struct bt_plan_batch){
			.kind = a->kind, .lane = a->lane, .ids = from->ids, .nr = from->nr
		};
		from->ids = NULL;
	}
}

static void planner_release(struct planner *p)
{
	plan_graph_release(&p->g);
	free(p->nodes);
	free(p->windows);
	free(p->lanes);
	free(p->due);
}

int bt_plan_make(struct bt_plan_action *actions, size_t nr, const struct bt_plan_windows *w,
		 int64_t now, unsigned running, struct bt_plan *ret_plan)
{
	BT_CLEANUP(planner_release)
	struct planner p = { .actions = actions, .w = w, .now = clamp(now, TIME_MAX_MS) };
	struct bt_plan plan = { .wake_at = INT64_MAX };
	int rc = plan_graph_init(&p.g, actions, nr);

	if (rc)
		return rc;
	p.nodes = bt_xcalloc(nr + p.g.members_nr + 1, sizeof(*p.nodes));
	p.windows = bt_xcalloc(p.g.groups_nr + 1, sizeof(*p.windows));
	p.lanes = bt_xcalloc(p.g.groups_nr / BT_ACTION_KIND_NR + 1, sizeof(*p.lanes));
	p.due = bt_xcalloc(p.g.groups_nr + 1, sizeof(*p.due));
	for (size_t i = 0; i < nr; i++) {
		actions[i].blocked = false;
		actions[i].waits_for = 0;
	}
	holds_find(&p);
	windows_end(&p);
	ranks_begin(&p);
	ranks_hand_on(&p);
	ready_all(&p, &plan);
	batches_make(&p, running, &plan);
	*ret_plan = plan;
	return 0;
}

void bt_plan_release(struct bt_plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->batches_nr; i++)
		free(p->batches[i].ids);
	free(p->batches);
	*p = (struct bt_plan){ .wake_at = INT64_MAX };
}
