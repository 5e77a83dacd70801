/*
 * The words of the queue: what an action and a batch are, and the states they go through. Values are stored: append only.
 */
#ifndef BT_STORE_ACTION_H
#define BT_STORE_ACTION_H

#include <stdbool.h>

/* In the order of the barrier: an action waits for earlier ones of its lane whose kind stands before its own. */
enum bt_action_kind {
	BT_ACTION_COMMIT,
	BT_ACTION_MERGE,
	BT_ACTION_PUSH,
	BT_ACTION_WORKFLOW,
	BT_ACTION_DEPLOY,
	BT_ACTION_KIND_NR
};
const char *bt_action_kind_name(enum bt_action_kind kind);	/* "commit" */

enum bt_action_state {
	BT_ACTION_QUEUED,
	BT_ACTION_BATCHED,	/* in a batch that has not begun */
	BT_ACTION_EXECUTING,
	BT_ACTION_BLOCKED,	/* what it waits for did not succeed; a retry of that one frees it */
	BT_ACTION_PARKED,	/* a conflict, or the gate said no: a person or agent has to look */
	/* From here on nothing happens any more by itself. */
	BT_ACTION_LANDED,	/* in the target branch here */
	BT_ACTION_PUSHED,	/* in the remote's branch as well */
	BT_ACTION_COMPLETED,	/* a push, a workflow, a deploy: done */
	BT_ACTION_FAILED,
	BT_ACTION_CANCELED,
	BT_ACTION_UNKNOWN,	/* it may have happened, and nobody can tell */
	BT_ACTION_NEEDS_HUMAN,	/* somebody took back what it did */
	BT_ACTION_STATE_NR
};
const char *bt_action_state_name(enum bt_action_state state);	/* "needs-human" */
/* The batcher still cares for it. */
static inline bool bt_action_state_open(enum bt_action_state s)
{
	return s <= BT_ACTION_PARKED;
}
static inline bool bt_action_state_succeeded(enum bt_action_state s)
{
	return s >= BT_ACTION_LANDED && s <= BT_ACTION_COMPLETED;
}

enum bt_batch_state {
	BT_BATCH_PLANNED,	/* to be folded, or folded and not landed */
	BT_BATCH_REF_INTENT,	/* the branch is about to be swapped to `commit` */
	BT_BATCH_REF_DONE,	/* it was; worktrees are brought along */
	BT_BATCH_PUSH_INTENT,	/* `commit` is about to be pushed */
	BT_BATCH_DISPATCH_INTENT,	/* something outside is about to be started */
	/* From here on it is over. */
	BT_BATCH_DONE,
	BT_BATCH_FAILED,
	BT_BATCH_UNKNOWN,
	BT_BATCH_NEEDS_HUMAN,
	BT_BATCH_RETURNED,	/* its actions went back to the queue */
	BT_BATCH_STATE_NR
};
const char *bt_batch_state_name(enum bt_batch_state state);	/* "ref-intent" */
static inline bool bt_batch_state_open(enum bt_batch_state s)
{
	return s < BT_BATCH_DONE;
}

#endif
