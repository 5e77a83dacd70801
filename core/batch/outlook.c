/*
 * Rows of the queue as the planner wants them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/executor.h"

static uint32_t lane_number(struct bt_outlook *o, const char *lane)
{
	for (size_t i = 0; i < o->lanes_nr; i++)
		if (!strcmp(o->lanes[i], lane))
			return (uint32_t)i;
	o->lanes[o->lanes_nr] = lane;
	return (uint32_t)o->lanes_nr++;
}

static void put(struct bt_outlook *o, const struct bt_action *a)
{
	struct bt_plan_action *p = &o->planned[o->planned_nr++];

	*p = (struct bt_plan_action){
		.id = a->id, .kind = a->kind, .lane = lane_number(o, a->lane), .priority = a->priority, .urgent = a->urgent,
		.dead = a->state == BT_ACTION_PARKED || (a->state >= BT_ACTION_FAILED && a->state < BT_ACTION_STATE_NR),
		.done = bt_action_state_succeeded(a->state),
		.claimed = a->state == BT_ACTION_BATCHED || a->state == BT_ACTION_EXECUTING,
		.barrier = a->barrier, .queued_at = a->queued_at, .not_before = a->not_before,
	};
}

static int compare_planned(const void *a, const void *b)
{
	const struct bt_plan_action *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static bool is_planned(const struct bt_outlook *o, size_t sorted_nr, uint64_t id)
{
	struct bt_plan_action key = { .id = id };

	if (bsearch(&key, o->planned, sorted_nr, sizeof(key), compare_planned))
		return true;
	for (size_t i = sorted_nr; i < o->planned_nr; i++)
		if (o->planned[i].id == id)
			return true;
	return false;
}

/* What an action waits for, and is not planned yet: done, dead, or one with another. */
static int add_needed(struct bt_queue *q, struct bt_arena *arena, struct bt_outlook *o, size_t *alloc, uint64_t *id, struct bt_err *err)
{
	struct bt_action a;
	int rc = bt_queue_action(q, *id, arena, &a, err);

	if (rc != BT_ROW)
		return rc;
	/* it became one with another: that one is waited for */
	if (a.leader && bt_action_state_open(a.state)) {
		*id = a.leader;
		return 0;
	}
	BT_GROW(o->planned, *alloc, o->planned_nr + 1);
	/* its lane counts for nothing: it is not open */
	a.lane = o->lanes[0];
	put(o, &a);
	return 0;
}

/* Open actions that are their own, then what they wait for and is not open any more. */
static int gather(struct bt_queue *q, struct bt_arena *arena, struct bt_outlook *o, struct bt_err *err)
{
	size_t alloc = o->actions_nr, open_nr, needs_nr, at = 0;
	struct bt_needs *needs;
	uint64_t *ids;

	if (bt_queue_after_open(q, arena, &needs, &needs_nr, err))
		return err->code;
	ids = bt_arena_alloc(arena, (needs_nr + 1) * sizeof(*ids));
	o->planned = bt_xcalloc(alloc + 1, sizeof(*o->planned));
	o->lanes = bt_arena_zalloc(arena, (o->actions_nr + 1) * sizeof(*o->lanes));
	for (size_t i = 0; i < o->actions_nr; i++)
		if (!o->actions[i].leader)
			put(o, &o->actions[i]);
	open_nr = o->planned_nr;
	for (size_t i = 0; i < open_nr; i++) {
		while (at < needs_nr && needs[at].action < o->planned[i].id)
			at++;
		o->planned[i].after = ids + at;
		for (; at < needs_nr && needs[at].action == o->planned[i].id; at++) {
			ids[at] = needs[at].needs;
			if (!is_planned(o, open_nr, ids[at]) && add_needed(q, arena, o, &alloc, &ids[at], err) < 0)
				return err->code;
			o->planned[i].after_nr++;
		}
	}
	if (o->planned_nr)
		qsort(o->planned, o->planned_nr, sizeof(*o->planned), compare_planned);
	return 0;
}

int bt_outlook_make(struct bt_queue *q, const struct bt_batch_settings *s, bool now, struct bt_arena *arena, struct bt_outlook *ret_o,
		    struct bt_err *err)
{
	struct bt_action_query open = { .list = BT_ACTIONS_OPEN };
	struct bt_plan_windows w = s->windows;
	unsigned running = 0;
	struct bt_batch *batches;
	size_t nr;

	*ret_o = (struct bt_outlook){ .actions = NULL };
	w.flush = now;
	if (bt_queue_batches(q, true, 0, arena, &batches, &nr, err) ||
	    bt_queue_actions(q, &open, arena, &ret_o->actions, &ret_o->actions_nr, err) || gather(q, arena, ret_o, err)) {
		bt_outlook_release(ret_o);
		return err->code;
	}
	running = (unsigned)nr;
	if (bt_plan_make(ret_o->planned, ret_o->planned_nr, &w, bt_queue_now(), running, &ret_o->plan)) {
		bt_outlook_release(ret_o);
		return bt_err_set(err, BT_ERR_CORRUPT, "queue '%s' holds rows that no plan can be made of", bt_queue_path(q));
	}
	return 0;
}

void bt_outlook_release(struct bt_outlook *o)
{
	bt_plan_release(&o->plan);
	free(o->planned);
	o->planned = NULL;
}

const struct bt_plan_action *bt_outlook_find(const struct bt_outlook *o, uint64_t id)
{
	struct bt_plan_action key = { .id = id };

	return o->planned_nr ? bsearch(&key, o->planned, o->planned_nr, sizeof(key), compare_planned) : NULL;
}
