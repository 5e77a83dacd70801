/*
 * One batch, from planned to over. Every step is written down before and after it is done, and can be taken up again at any
 * point by another process: what was done already is seen in git, not believed from the rows alone.
 *
 *	commits, a merge	run/commit.c	fold, gate, pin, swap, proof, worktrees
 *				run/folded.c	what a fold says of each member
 *				run/blame.c	who makes the gate say no
 *	a push			run/push.c	look, bring together, lease
 *	workflow, deploy	run/start.c	the user's command, or a tag that is created
 */
#ifndef BT_BATCH_RUN_H
#define BT_BATCH_RUN_H

#include "core/base/arena.h"
#include "core/batch/settings.h"
#include "core/git/repo.h"
#include "store/queue.h"

struct bt_run {
	struct bt_repo *repo;
	const struct bt_conf *conf;
	struct bt_queue *q;
	const struct bt_batch_settings *settings;
	const char *program;		/* path of git-batho, for the built-in gate */
	/* One line for people about what happens; may be NULL. */
	void (*tell)(void *ctx, const char *line);
	void *tell_ctx;
	struct bt_verify_kept *kept;	/* of the gate, see verify.h; NULL at first */
};
/* What a batch folded, and the contents it works on: <prefix><key of the batch>, until it is over. */
#define BT_BATCH_REFS "refs/batho/batch/"
#define BT_HOLD_REFS "refs/batho/hold/"

/*
 * Takes the batch as far as it goes: to a state in which it is over, or back to the queue with its actions. An error leaves it
 * where it is: a later call goes on. Errors are counted with the batch: with the third it is over, its actions failed (or landed, or
 * unknown, as git and its effects say) with the message; that is no error any more.
 */
#define RUN_ERRORS_MAX 3
int bt_run_batch(struct bt_run *r, uint64_t id, struct bt_err *err);
/* Is an error of bt_run_batch one batch's alone, so that others go on and this one is tried again? Else executing ends. */
bool bt_run_may_again(struct bt_run *r, const struct bt_err *why);
/* Counts an error that bt_run_batch could not see: its process died. *ret_over: that was one too many. */
int bt_run_failed(struct bt_run *r, uint64_t id, const char *why, bool *ret_over, struct bt_err *err);

/* --- shared by the files of run/ --- */

/* A batch at work. */
struct run {
	struct bt_run *r;
	struct bt_arena arena;
	struct bt_batch b;
	struct bt_action *members;
	size_t members_nr;
	bool recovering;		/* it was begun before: by a process that is gone, or up to an error */
};
void run_tell(struct run *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Writes the batch; in the transaction that is open, or alone. */
int run_save(struct run *w, struct bt_err *err);
/* The batch is over: state, counts, error; its pin goes. */
int run_end(struct run *w, enum bt_batch_state state, const char *error, struct bt_err *err);
/* A member leaves the batch in this state. */
int run_member_end(struct run *w, struct bt_action *a, enum bt_action_state state, const char *detail, const struct bt_oid *result,
		   struct bt_err *err);
/* All that still belong leave in this state. */
int run_leave(struct run *w, enum bt_action_state state, const char *detail, const struct bt_oid *result, struct bt_err *err);
/* Does it still belong to the batch? */
bool run_member_open(const struct bt_action *a);
/* All that still belong go back to the queue, and the batch is over. */
int run_requeue(struct run *w, const char *why, struct bt_err *err);
/* Keeps w->b.commit from gc. */
int run_pin(struct run *w, struct bt_err *err);
/* What an earlier process folded and pinned: BT_ROW, or BT_DONE. */
int run_pinned(struct run *w, struct bt_oid *ret_commit, struct bt_err *err);
/* What a batch does to its lane's branch, from REF_INTENT to the worktrees: run/land.c. *ret_again: fold anew. */
int run_land(struct run *w, bool *ret_again, struct bt_err *err);

int run_commits(struct run *w, struct bt_err *err);	/* run/commit.c; merges too */
int run_push(struct run *w, struct bt_err *err);	/* run/push.c */
int run_start(struct run *w, struct bt_err *err);	/* run/start.c */

#endif
