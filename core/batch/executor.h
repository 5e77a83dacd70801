/*
 * The executor: at most one per repository, held by a lock that the kernel frees at its death. It recovers what an earlier one
 * left, forms batches as their windows end, runs them, and leaves when there is nothing more to do (or stays, for people who
 * run it as a service).
 */
#ifndef BT_BATCH_EXECUTOR_H
#define BT_BATCH_EXECUTOR_H

#include "core/batch/run/run.h"

enum bt_executor_stay {
	BT_EXECUTOR_DUE,	/* what is due now, then leave */
	BT_EXECUTOR_DRAIN,	/* until nothing is left that waits for time alone */
	BT_EXECUTOR_FOREVER,	/* until a signal */
};

struct bt_executor_opts {
	struct bt_repo *repo;
	const struct bt_conf *conf;
	const char *dir;		/* <common dir>/batho */
	unsigned shared_mode;
	const char *program;		/* path of git-batho */
	enum bt_executor_stay stay;
	bool now;			/* windows and delays are over */
	bool form_only;			/* batches are formed, and not run */
	void (*tell)(void *ctx, const char *line);
	void *tell_ctx;
	void (*counted)(void *ctx);	/* batches ran: figures (core/base/metric.h) have changed; may be NULL */
	void *counted_ctx;
};
struct bt_executor_sum {
	uint64_t batches, actions, failed;	/* of this run: executed; members that did not succeed */
};
/* BT_ERR_BUSY: another one is at work. A paused queue is nothing to do. */
int bt_executor_run(const struct bt_executor_opts *o, struct bt_executor_sum *ret_sum, struct bt_err *err);

/* One batch, as an executor: with the lock, or for the one that started this process (its fence in BATHO_QUEUE_FENCE). */
int bt_executor_run_one(const struct bt_executor_opts *o, uint64_t batch, struct bt_err *err);
/* What an earlier one left is finished, pins that nobody needs go. *ret_batches taken up. */
int bt_executor_recover(const struct bt_executor_opts *o, uint64_t *ret_batches, struct bt_err *err);

/* The fence of the executor that starts a worker, in the worker's environment. */
#define BT_FENCE_ENV "BATHO_QUEUE_FENCE"

bool bt_executor_running(const char *dir);
/*
 * Starts one behind the caller's back, unless one runs: a session of its own, none of our descriptors, none of the caller's git
 * environment; in the main worktree. Returns at once.
 */
int bt_executor_detach(const struct bt_repo *repo, const char *program, const char *dir, struct bt_err *err);

/* The open actions as the planner sees them; lists live in the arena. For `status` and for the executor. */
struct bt_outlook {
	struct bt_action *actions;		/* open, followers included, ascending */
	size_t actions_nr;
	struct bt_plan_action *planned;		/* those that are their own, and what they wait for */
	size_t planned_nr;
	const char **lanes;			/* by number */
	size_t lanes_nr;
	struct bt_plan plan;
};
int bt_outlook_make(struct bt_queue *q, const struct bt_batch_settings *s, bool now, struct bt_arena *arena, struct bt_outlook *ret_o,
		    struct bt_err *err);
void bt_outlook_release(struct bt_outlook *o);
/* The planner's word on an open action, or NULL. */
const struct bt_plan_action *bt_outlook_find(const struct bt_outlook *o, uint64_t id);

#endif
