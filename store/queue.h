/*
 * queue.db: what is precious. Actions that people and agents queued, the batches made of them, every effect's intent and
 * outcome, what happened when.
 *
 * One SQLite file in <common dir>/batho, shared by all worktrees, made on first use. Every commit is on the disk when it
 * returns (synchronous = FULL). A file of a newer version is refused (BT_ERR_VERSION); one of an
 * older one is brought to this one when it is opened, and a copy of it stays beside it (queue.db.format-<n>). Every page has a checksum: a flipped
 * bit is BT_ERR_CORRUPT and never a wrong answer.
 *
 * One connection per process, opened after fork. Calls that write outside of bt_queue_begin/commit are a transaction of
 * their own. Text and lists in results live in the arena that the caller gives.
 *
 * Times are milliseconds since 1970, as the clock of the machine says.
 */
#ifndef BT_STORE_QUEUE_H
#define BT_STORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/oid.h"
#include "store/action.h"

struct bt_queue;

enum bt_queue_mode {
	BT_QUEUE_READ,		/* BT_ERR_NOT_FOUND when there is none */
	BT_QUEUE_WRITE,		/* made when there is none */
};
/* How long a writer waits for another one. */
#define BT_QUEUE_BUSY_MS 5000
#define BT_QUEUE_BUSY_HOOK_MS 250

/* dir: <common dir>/batho (real path). shared_mode: core.sharedRepository as a mode mask, 0: private. */
int bt_queue_open(const char *dir, enum bt_queue_mode mode, unsigned shared_mode, int busy_ms, struct bt_queue **ret_q,
		  struct bt_err *err);
void bt_queue_free(struct bt_queue **pq);
const char *bt_queue_path(const struct bt_queue *q);
/* Who is at work by this connection: events that name nobody are his. NULL, as at first: nobody is named. */
void bt_queue_agent_set(struct bt_queue *q, const char *agent);
/* SQLite's own check and the references between the tables: 0, or BT_ERR_CORRUPT with what is wrong. */
int bt_queue_verify(struct bt_queue *q, struct bt_err *err);

int bt_queue_begin(struct bt_queue *q, struct bt_err *err);	/* BEGIN IMMEDIATE; BT_ERR_BUSY */
int bt_queue_commit(struct bt_queue *q, struct bt_err *err);	/* one that fails has rolled back */
void bt_queue_rollback(struct bt_queue *q);			/* nothing outside of a transaction */
int bt_queue_end(struct bt_queue *q, int rc, struct bt_err *err);	/* commits when rc is 0, else rolls back; what the whole came to */

/* --- actions --- */

#define BT_ACTION_KEY_LEN 16

struct bt_action {
	uint64_t id;			/* ascending, never reused */
	char key[BT_ACTION_KEY_LEN + 1];	/* random hex digits: what a trailer names it by, in whatever queue */
	const char *idem_key;		/* --key, or NULL */
	enum bt_action_kind kind;
	enum bt_action_state state;
	const char *lane;		/* full name of the target: "refs/heads/main" */
	const char *agent;		/* who queued it */
	int priority;			/* -100 .. 100, higher first */
	bool urgent;
	int64_t queued_at, not_before, finished_at;	/* 0: none */
	/* Further parameters: key, NUL, value, NUL, ... in a fixed order, see core/batch/params.h */
	const char *params;
	size_t params_len;
	const char *message;		/* the first line, for people; NULL: none */
	struct bt_oid base, content;	/* what is pinned; len 0: nothing */
	unsigned slot;			/* of its pin */
	uint64_t batch;			/* the one it is or was in; 0: none yet */
	uint64_t leader;		/* it became one with this action; 0: it is its own */
	uint64_t barrier;		/* earlier kinds of its lane up to this id come first; 0: up to its own id */
	unsigned attempts;		/* batches it was in */
	struct bt_oid result;		/* what landed; len 0: nothing yet */
	const char *detail;		/* why it is parked, failed, blocked; NULL: nothing to say */
};

/*
 * Adds one; a->id, key, queued_at and state are set. With an idem_key that is there already: what is to be done, where, by whom and in which
 * words (kind, lane, agent, priority, parameters, message; content, unless it is a commit, which is captured anew) is the same: *ret_known,
 * and *a becomes that row, whenever and after whatever this one was to be done;
 * they differ: BT_ERR_FAIL naming the action. Pushes, merges and workflows that are equal to one that is queued and in no batch
 * become one with it: a->leader, which takes a's barrier and the higher urgency and priority. One with `after` stays alone.
 * after: ids of actions that must succeed first; one that is not there is BT_ERR_NOT_FOUND.
 */
int bt_queue_add(struct bt_queue *q, struct bt_action *a, const uint64_t *after, size_t after_nr, struct bt_arena *arena,
		 bool *ret_known, struct bt_err *err);
/* BT_ROW or BT_DONE */
int bt_queue_action(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_action *ret_a, struct bt_err *err);
int bt_queue_action_by_key(struct bt_queue *q, const char *idem_key, struct bt_arena *arena, struct bt_action *ret_a,
			   struct bt_err *err);

enum bt_action_list {
	BT_ACTIONS_OPEN,	/* ascending; followers of a leader too */
	BT_ACTIONS_OF_BATCH,	/* `id`: in the order of the batch */
	BT_ACTIONS_NEWEST,	/* `limit` of them, newest first; `id`: older than this one, 0: from the newest */
	BT_ACTIONS_JOINED,	/* `id`: those that became one with it */
	BT_ACTIONS_LANDED_IN,	/* landed in `lane` and not pushed, ascending */
};
struct bt_action_query {
	enum bt_action_list list;
	uint64_t id;
	const char *lane;
	size_t limit;
};
int bt_queue_actions(struct bt_queue *q, const struct bt_action_query *what, struct bt_arena *arena, struct bt_action **ret_list,
		     size_t *ret_nr, struct bt_err *err);
/* The ids an action waits for. */
int bt_queue_after(struct bt_queue *q, uint64_t id, struct bt_arena *arena, uint64_t **ret_ids, size_t *ret_nr, struct bt_err *err);
/* The same for all open actions, by action. */
struct bt_needs {
	uint64_t action, needs;
};
int bt_queue_after_open(struct bt_queue *q, struct bt_arena *arena, struct bt_needs **ret_list, size_t *ret_nr, struct bt_err *err);
/*
 * A new state, for it and for those that became one with it; detail NULL: none; result NULL: as it is. finished_at is set for
 * states in which nothing happens any more.
 */
int bt_queue_action_set(struct bt_queue *q, uint64_t id, enum bt_action_state state, const char *detail, const struct bt_oid *result,
			struct bt_err *err);
/* The same from one open state to another; one that has left `from` meanwhile stays as it is. */
int bt_queue_action_note(struct bt_queue *q, uint64_t id, enum bt_action_state from, enum bt_action_state to, const char *detail,
			 struct bt_err *err);
/* Back to the queue: state queued, in no batch. urgent, priority and the rest stay. */
int bt_queue_action_requeue(struct bt_queue *q, uint64_t id, const char *detail, struct bt_err *err);
/* Canceled. Those that became one with it go on: the first of them is their own from here on, and the others' leader. */
int bt_queue_action_cancel(struct bt_queue *q, uint64_t id, struct bt_err *err);
/*
 * Is this object what an action holds on to? *ret_open: an open one, or one that landed after `landed_since` and is not pushed.
 * Others count when they were made at `made_since` or later. BT_DONE: no action knows it; else BT_ROW.
 */
int bt_queue_content(struct bt_queue *q, const struct bt_oid *content, int64_t landed_since, int64_t made_since, bool *ret_open,
		     struct bt_err *err);

/* --- batches --- */

struct bt_batch {
	uint64_t id;
	char key[BT_ACTION_KEY_LEN + 1];
	enum bt_action_kind kind;
	const char *lane;
	enum bt_batch_state state;
	int64_t created_at, started_at, finished_at;
	unsigned attempt;		/* times it was folded */
	const char *committer;		/* frozen: "Name <mail> 1700000000 +0100" */
	struct bt_oid base, tree, commit;	/* the tip it was folded onto, and the result */
	const char *remote;		/* of a push */
	struct bt_oid remote_old;	/* the lease */
	const char *error;
	uint64_t executed, failed;	/* members, once it is over */
};

/*
 * One executor at a time: whoever holds the lock of the repository raises the fence, and every later transaction of an earlier
 * holder fails with BT_ERR_BUSY. Who never had a fence (people who queue, cancel, retry) is not asked for one.
 */
int bt_queue_fence_raise(struct bt_queue *q, struct bt_err *err);
/* The fence of an executor that started this process: it is checked, not raised. */
void bt_queue_fence_take(struct bt_queue *q, uint64_t fence);
uint64_t bt_queue_fence(const struct bt_queue *q);
bool bt_queue_fence_held(struct bt_queue *q);	/* nobody has raised it since */

/* Puts the actions into a new batch, in this order; b: kind, lane, committer. BT_ERR_BUSY: one is not queued any more. */
int bt_queue_batch_add(struct bt_queue *q, struct bt_batch *b, const uint64_t *ids, size_t nr, struct bt_err *err);
int bt_queue_batch(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_batch *ret_b, struct bt_err *err);
/* open: those that are not over, ascending. Else the newest `limit`. */
int bt_queue_batches(struct bt_queue *q, bool open, size_t limit, struct bt_arena *arena, struct bt_batch **ret_list, size_t *ret_nr,
		     struct bt_err *err);
/* Writes all of b but what it was made with. */
int bt_queue_batch_set(struct bt_queue *q, const struct bt_batch *b, struct bt_err *err);

/* An open batch could not be gone on with. *ret_nr: how often by now. */
int bt_queue_batch_error(struct bt_queue *q, uint64_t id, const char *message, unsigned *ret_nr, struct bt_err *err);

/* --- effects: intent first, then the deed, then the outcome --- */

struct bt_effect {
	uint64_t batch;
	unsigned seq;
	const char *kind;		/* "swap", "refresh", "push", "dispatch", "unpin" */
	const char *intent;		/* what is about to be done */
	int64_t intent_at, done_at;	/* done_at 0: not known to be done */
	const char *outcome;
};
int bt_queue_effect_begin(struct bt_queue *q, uint64_t batch, const char *kind, const char *intent, unsigned *ret_seq, struct bt_err *err);
int bt_queue_effect_end(struct bt_queue *q, uint64_t batch, unsigned seq, const char *outcome, struct bt_err *err);
int bt_queue_effects(struct bt_queue *q, uint64_t batch, struct bt_arena *arena, struct bt_effect **ret_list, size_t *ret_nr,
		     struct bt_err *err);

/* --- what happened: append only --- */

struct bt_event {
	uint64_t id;			/* ascending, without holes */
	int64_t at;
	uint64_t action, batch;		/* 0: none */
	const char *agent, *what, *detail;
	const char *user;		/* the number of the user, as text; NULL: not known */
	int64_t pid;			/* 0: not known */
	const char *result;		/* of what is no action and no batch: "ok", or what went wrong; NULL: nothing to say */
	bool sealed;			/* store/queue_audit.h, as the records of everything else that changes state */
	struct bt_digest chain;
};
int bt_queue_event_add(struct bt_queue *q, uint64_t action, uint64_t batch, const char *agent, const char *what, const char *detail,
		       struct bt_err *err);
/* The newest `limit`, oldest of them first; action 0: all. */
int bt_queue_events(struct bt_queue *q, uint64_t action, size_t limit, struct bt_arena *arena, struct bt_event **ret_list, size_t *ret_nr,
		    struct bt_err *err);

/* --- verdicts of the gate, by tree and command --- */

int bt_queue_verdict(struct bt_queue *q, const struct bt_oid *tree, uint64_t command, bool *ret_passed, struct bt_err *err);	/* BT_ROW or BT_DONE */
int bt_queue_verdict_put(struct bt_queue *q, const struct bt_oid *tree, uint64_t command, bool passed, struct bt_err *err);

/* --- settings of the queue itself: "paused", "urgent" --- */

int bt_queue_setting(struct bt_queue *q, const char *name, int64_t *ret_value, struct bt_err *err);	/* 0 when it was never set */
int bt_queue_setting_put(struct bt_queue *q, const char *name, int64_t value, struct bt_err *err);

/* --- figures --- */

struct bt_queue_count {
	enum bt_action_kind kind;
	enum bt_action_state state;
	uint64_t nr, joined;		/* joined: of these, those that became one with another */
};
int bt_queue_counts(struct bt_queue *q, struct bt_arena *arena, struct bt_queue_count **ret_list, size_t *ret_nr, struct bt_err *err);
struct bt_queue_figures {
	uint64_t agents;
	uint64_t batches, batch_members, batch_largest;
	uint64_t pushes_asked, pushes_made;	/* actions, and batches that pushed */
	int64_t wait_p50_ms, wait_p95_ms;	/* queued to finished, of the newest 10,000 that succeeded; -1: none */
};
int bt_queue_figures(struct bt_queue *q, struct bt_queue_figures *ret_f, struct bt_err *err);
/* Finished actions and batches, and verdicts older than this go. Events have their own time: bt_queue_audit_forget. */
int bt_queue_forget(struct bt_queue *q, int64_t before, uint64_t *ret_nr, struct bt_err *err);

/*
 * A copy of the file `path` as it was committed at one moment, put to `to` (of this mode) when it is whole and synced. Others may write
 * meanwhile: they do not wait. BT_ERR_CANCELED leaves nothing.
 */
int bt_queue_copy(const char *path, const char *to, unsigned mode, struct bt_err *err);

int64_t bt_queue_now(void);	/* milliseconds since 1970 */

#endif
