#include "store/action.h"

#include <stddef.h>

static const char *const kinds[BT_ACTION_KIND_NR] = {
	[BT_ACTION_COMMIT] = "commit",	   [BT_ACTION_MERGE] = "merge",	  [BT_ACTION_PUSH] = "push",
	[BT_ACTION_WORKFLOW] = "workflow", [BT_ACTION_DEPLOY] = "deploy",
};

static const char *const action_states[BT_ACTION_STATE_NR] = {
	[BT_ACTION_QUEUED] = "queued",	     [BT_ACTION_BATCHED] = "batched",
	[BT_ACTION_EXECUTING] = "executing", [BT_ACTION_BLOCKED] = "blocked",
	[BT_ACTION_PARKED] = "parked",	     [BT_ACTION_LANDED] = "landed",
	[BT_ACTION_PUSHED] = "pushed",	     [BT_ACTION_COMPLETED] = "completed",
	[BT_ACTION_FAILED] = "failed",	     [BT_ACTION_CANCELED] = "canceled",
	[BT_ACTION_UNKNOWN] = "unknown",     [BT_ACTION_NEEDS_HUMAN] = "needs-human",
};

static const char *const batch_states[BT_BATCH_STATE_NR] = {
	[BT_BATCH_PLANNED] = "planned",		[BT_BATCH_REF_INTENT] = "ref-intent",
	[BT_BATCH_REF_DONE] = "ref-done",	[BT_BATCH_PUSH_INTENT] = "push-intent",
	[BT_BATCH_DISPATCH_INTENT] = "dispatch-intent", [BT_BATCH_DONE] = "completed",
	[BT_BATCH_FAILED] = "failed",		[BT_BATCH_UNKNOWN] = "unknown",
	[BT_BATCH_NEEDS_HUMAN] = "needs-human",
	[BT_BATCH_RETURNED] = "returned",
};

const char *bt_action_kind_name(enum bt_action_kind kind)
{
	return (unsigned)kind < BT_ACTION_KIND_NR ? kinds[kind] : "unknown";
}

const char *bt_action_state_name(enum bt_action_state state)
{
	return (unsigned)state < BT_ACTION_STATE_NR ? action_states[state] : "unknown";
}

const char *bt_batch_state_name(enum bt_batch_state state)
{
	return (unsigned)state < BT_BATCH_STATE_NR ? batch_states[state] : "unknown";
}
