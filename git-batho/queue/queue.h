/*
 * What the files of `git batho queue` share.
 */
#ifndef BT_PROGRAM_QUEUE_QUEUE_H
#define BT_PROGRAM_QUEUE_QUEUE_H

#include "core/batch/executor.h"
#include "git-batho/context.h"

enum queue_wait { QUEUE_WAIT_NOT, QUEUE_WAIT_LANDED, QUEUE_WAIT_PUSHED };

struct queue_opts {
	/* what is queued */
	const char *message, *message_file;
	const char *target, *agent, *key;
	bool staged, all, sign;
	const char *from, *author;
	struct bt_opt_list trailers;
	const char *remote;
	struct bt_opt_list push_options;
	int strategy;
	const char *ref;
	struct bt_opt_list fields;
	int64_t priority, delay_s;
	struct bt_opt_list after;
	bool urgent;
	int wait;			/* enum queue_wait */
	int64_t timeout_s;
	/* what is shown and run */
	bool watch, now, dry_run, until_idle;
	int64_t limit;
};

/* place.c, for both programs */
/* The path of git-batho, told to the other program by this variable: free() */
#define QUEUE_PROGRAM_ENV "BATHO_QUEUE_PROGRAM"
int queue_program(char **ret_path, struct bt_err *err);
/* The queue of the repository, made when it is not there. */
int queue_open(struct bt_context *c, enum bt_queue_mode mode, struct bt_queue **ret_q, struct bt_err *err);
#define QUEUE_OWNED BT_CLEANUP(bt_queue_free)
/* What an executor of this process wants to know; path: free(). */
int queue_executor(struct bt_context *c, struct bt_executor_opts *ret_o, char **ret_path, struct bt_err *err);
/* Starts an executor behind our back, unless batch.autoExecute says that somebody does it by hand. */
int queue_wake(struct bt_context *c, struct bt_err *err);
/* The record of what was queued: `commit` and the others, and `bulk`. */
void queue_record_queued(struct bt_context *c, const struct bt_action *a, bool known);

/* An id from the command line: a whole number. */
int queue_id(const char *text, uint64_t *ret_id, struct bt_err *err);
/* The record and the line of an action; p: the planner's word on it, or NULL. */
void queue_print_action(struct bt_context *c, const struct bt_action *a, const struct bt_plan_action *p, int64_t now);

/* add.c */
int queue_add(struct bt_context *c, const struct queue_opts *o, enum bt_action_kind kind, const struct bt_args *args, struct bt_err *err);

/* show.c */
int queue_status(struct bt_context *c, const struct queue_opts *o, struct bt_err *err);
int queue_show(struct bt_context *c, uint64_t id, struct bt_err *err);
int queue_log(struct bt_context *c, const struct queue_opts *o, struct bt_err *err);
int queue_stats(struct bt_context *c, struct bt_err *err);
int queue_windows(struct bt_context *c, struct bt_err *err);

/* run.c */
int queue_cancel(struct bt_context *c, const struct queue_opts *o, uint64_t id, struct bt_err *err);
int queue_retry(struct bt_context *c, const struct queue_opts *o, uint64_t id, bool requeue, struct bt_err *err);
int queue_flush(struct bt_context *c, const struct queue_opts *o, struct bt_err *err);
int queue_form(struct bt_context *c, const struct queue_opts *o, struct bt_err *err);
int queue_execute(struct bt_context *c, const struct queue_opts *o, const struct bt_args *args, struct bt_err *err);
int queue_run(struct bt_context *c, const struct queue_opts *o, struct bt_err *err);
int queue_recover(struct bt_context *c, struct bt_err *err);
int queue_undo(struct bt_context *c, uint64_t batch, struct bt_err *err);
int queue_setting(struct bt_context *c, const struct queue_opts *o, const char *name, bool on, struct bt_err *err);

#endif
