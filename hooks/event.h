/*
 * The events: one const row each. What is installed, what a hook gets and whether its status counts
 * follows from the row.
 */
#ifndef BT_HOOKS_EVENT_H
#define BT_HOOKS_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/conf/conf.h"

enum bt_hook_event {	/* the order of the keys hooks.<event>.mode */
	BT_HOOK_PRE_COMMIT,
	BT_HOOK_PRE_MERGE_COMMIT,
	BT_HOOK_COMMIT_MSG,
	BT_HOOK_PRE_PUSH,
	BT_HOOK_PRE_RECEIVE,
	BT_HOOK_UPDATE,
	BT_HOOK_POST_COMMIT,
	BT_HOOK_POST_MERGE,
	BT_HOOK_POST_CHECKOUT,
	BT_HOOK_POST_REWRITE,
	BT_HOOK_NR
};

enum bt_hook_work {
	BT_HOOK_CHECKS_STAGED,
	BT_HOOK_CHECKS_MESSAGE,
	BT_HOOK_CHECKS_PUSHED,
	BT_HOOK_INDEXES,	/* in the background */
};

struct bt_hook {
	const char *name;
	enum bt_hook_work work;
	bool has_stdin;		/* git writes something to it */
	bool in_bare;		/* of use in a bare repository */
	bool by_default;
	unsigned timeout_s;
	const char *passes;	/* what goes on when nobody objects: "the commit" */
};

extern const struct bt_hook bt_hooks[BT_HOOK_NR];

/* -1: no such event. */
int bt_hook_find(const char *name);
/* Does BATHO_SKIP (names between commas or blanks) hold this name, or "all"? */
bool bt_hook_is_skipped(const char *name);

static inline enum bt_key_id bt_hook_mode_key(enum bt_hook_event event)
{
	return (enum bt_key_id)(BT_KEY_HOOKS_PRE_COMMIT_MODE + (int)event);
}

#endif
