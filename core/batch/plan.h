/*
 * What runs when: pure policy over the open actions. No clock, no I/O, no database: the caller says what is there and what time it is.
 */
#ifndef BT_BATCH_PLAN_H
#define BT_BATCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bt_action_kind {		/* values are stored; in the order of the barrier */
	BT_ACTION_COMMIT, BT_ACTION_MERGE, BT_ACTION_PUSH, BT_ACTION_WORKFLOW, BT_ACTION_DEPLOY,
	BT_ACTION_KIND_NR
};

/* Times are milliseconds since 1970 as the wall clock has them; a clock that steps back must not lose or stall anything. */
struct bt_plan_action {
	uint64_t id;
	enum bt_action_kind kind;
	uint32_t lane;			/* number of (repository, target): equal numbers, same target */
	int priority;			/* -100..100, higher first */
	bool urgent;
	bool dead;			/* it failed, is parked, blocked or canceled: what waits for it is blocked */
	bool done;			/* landed / completed: satisfied as a dependency */
	bool claimed;			/* in a batch that is not finished */
	uint64_t barrier;		/* 0, or the id up to which (exclusive) earlier kinds of the lane must be done: the latest submitter's, see below */
	int64_t queued_at;
	int64_t not_before;		/* --delay: 0 none */
	const uint64_t *after;		/* ids of --after */
	size_t after_nr;
	/* out */
	int64_t ready_at;		/* INT64_MAX: not known yet (waits for something that is running or blocked) */
	uint64_t waits_for;		/* an action it waits for, or 0: its window */
	bool blocked;			/* by a dead one: waits_for */
	int64_t rank;			/* order inside its batch and among batches: lower first */
};
struct bt_plan_windows {
	int64_t window_ms[BT_ACTION_KIND_NR], urgent_ms[BT_ACTION_KIND_NR];
	unsigned debounce_cap;		/* 4: a window that arrivals prolong ends after cap x window at the latest */
	unsigned batch_max;		/* 20 */
	unsigned parallel_max;		/* 5 */
	bool flush;			/* --now: windows and delays are over */
};
struct bt_plan_batch {
	enum bt_action_kind kind;
	uint32_t lane;
	uint64_t *ids;			/* in the order to be folded */
	size_t nr;
};
struct bt_plan {
	struct bt_plan_batch *batches;	/* due now, none of them hindering another; at most parallel_max minus running */
	size_t batches_nr;
	int64_t wake_at;		/* when to look again; INT64_MAX: nothing waits for time */
};
/*
 * actions: all open ones and those that open ones name in `after`, by ascending id.
 * Rules (issue: Batching):
 *  - window per kind: debounced (each arrival in an unclaimed group of kind and lane starts it anew), capped; urgent ones have their own window, and what they depend on (explicitly or by barrier) is pulled forward to their due time;
 *  - an action's ready time is the latest of its own and its dependencies';
 *  - barrier in a lane: commit < merge < push < workflow < deploy over actions queued earlier (id < barrier if set, else id < own id), whatever the windows; later ones do not hold it up: a stream of commits never starves a push;
 *  - one running batch per lane for commit, merge and push; workflow and deploy of a lane may run beside each other only when of the same kind; different lanes in parallel;
 *  - at most batch_max a batch: by rank = priority with ageing (one step of priority per minute waited), then id; dependencies before dependents whatever the rank;
 *  - a dependency cycle cannot come about (ids in `after` are smaller), is treated as blocked if it does.
 */
int bt_plan_make(struct bt_plan_action *actions, size_t nr, const struct bt_plan_windows *w, int64_t now, unsigned running, struct bt_plan *ret_plan);
void bt_plan_release(struct bt_plan *p);
#endif
