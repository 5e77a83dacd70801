/*
 * What runs when: pure policy over the open actions. No clock, no I/O, no database: the caller says what is there and what time it is.
 *
 * An action is open until it is done or dead. An open one waits for
 *  - what it names (`after`): until that is done. Commits and merges may share a batch with what they name, behind it; if that is
 *    left out of the result, so must they be. When it is dead or blocked, they are blocked; so is who names what is not there, or
 *    names itself or something younger;
 *  - the barrier: open actions of its lane of earlier kinds (commit < merge < push < workflow < deploy) with an id below `barrier`,
 *    or below its own when that is 0, whatever their windows and delays are. Dead and blocked ones are passed over: what is parked
 *    does not hold up the others. Younger ones do not count, so that a stream of commits never starves a push;
 *  - its delay, and the window of its kind. Unclaimed actions of a kind and lane that wait for nothing else are a group; every
 *    arrival in it starts the window anew, until debounce_cap windows after the first. Urgent ones are a group of their own with
 *    windows of their own (but go along with the others when those go first), and what they wait for, at any distance, is due no
 *    later than they are. Nothing shortens a delay but `flush`;
 *  - its lane. At one time either one batch of commits, merges or pushes runs there, or batches of workflows, or batches of deploys.
 *    The latest kind that is due goes first (the barrier has seen to it that nothing older of the others is left), and while it has
 *    to wait for what runs there, none of an earlier kind starts.
 *
 * Rank: who goes first among due ones is decided by priority and age, a step of priority for every minute, BT_PLAN_RANK_URGENT steps
 * for urgent ones. What others wait for has at least their rank. Among equals the order is that of the ids, whatever clocks said.
 *
 * Clocks: one that steps forward ends windows and delays early. One that steps back by up to a minute makes a window that much
 * longer; by more, windows of what was queued before are over, and nothing is older. A delay then lasts up to twice as long, and is
 * over when the step was longer than that.
 */
#ifndef BT_BATCH_PLAN_H
#define BT_BATCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/action.h"

/* A plan looks no further ahead: clocks are set, and looking again costs nothing. */
#define BT_PLAN_WAKE_MAX_MS 600000
#define BT_PLAN_RANK_STEP_MS 60000
#define BT_PLAN_RANK_URGENT 200

/* Times are milliseconds since 1970 as the wall clock has them. */
struct bt_plan_action {
	uint64_t id;
	enum bt_action_kind kind;
	uint32_t lane;			/* number of (repository, target): equal numbers, same target */
	int priority;			/* -100..100, higher first */
	bool urgent;
	bool done;			/* landed or completed */
	bool dead;			/* failed, parked or canceled. One that is blocked may be given as open: then it is judged anew, and free when what it waits for was tried again */
	bool claimed;			/* in a batch that is not finished */
	/*
	 * 0, or the id of the latest submitter of equal ones that became this one. An action may take a younger submitter only when no
	 * open action of its lane and of an earlier kind that is queued since (id above its old barrier) names others in `after`: it could be waiting
	 * for this very one. (A cycle that comes about all the same is blocked as a whole.)
	 */
	uint64_t barrier;
	int64_t queued_at;
	int64_t not_before;		/* --delay: 0 none */
	const uint64_t *after;		/* ids of --after */
	size_t after_nr;
	/* out, for open actions that are not claimed */
	int64_t ready_at;		/* when it can run, as far as is known now: not before; INT64_MAX: waits for something that is running or blocked */
	uint64_t waits_for;		/* an action it waits for; one that runs in its lane, when it is due; 0: time, or its turn */
	bool blocked;			/* waits_for is dead, blocked, or not there */
	int64_t rank;			/* lower first: the time at which it would have been queued with priority 0 */
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
	uint64_t *ids;			/* by rank, then id: the order to be folded in */
	size_t nr;			/* at most batch_max */
};
struct bt_plan {
	struct bt_plan_batch *batches;	/* due now, none of them hindering another, by rank; at most parallel_max minus running */
	size_t batches_nr;
	int64_t wake_at;		/* when to look again unless something ends before; INT64_MAX: nothing waits for time */
};
/*
 * actions: all open ones and those that open ones name in `after`, by ascending id (else BT_ERR_CORRUPT, and there is no plan). running: batches
 * that are not finished. Linear in the actions but for sorting those of a group that is due.
 */
int bt_plan_make(struct bt_plan_action *actions, size_t nr, const struct bt_plan_windows *w, int64_t now, unsigned running,
		 struct bt_plan *ret_plan);
void bt_plan_release(struct bt_plan *p);
#endif
