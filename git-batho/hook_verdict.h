/*
 * What both programs know about running a hook: its settings, its time, and what becomes of a failure.
 */
#ifndef BT_PROGRAM_HOOK_VERDICT_H
#define BT_PROGRAM_HOOK_VERDICT_H

#include "core/incoming/incoming.h"
#include "git-batho/context.h"
#include "hooks/event.h"

struct bt_hook_run {
	struct bt_context *c;		/* c->conf may be missing as long as nothing was read */
	enum bt_hook_event event;
	int64_t start_ms;		/* bt_clock_ms */
};

/*
 * Reads the configuration for a hook: what is wrong in it is told on stderr and ignored. `listing` as git
 * prints it.
 */
int bt_hook_conf(struct bt_hook_run *r, const struct bt_buf *listing, struct bt_err *err);
/* The same, asking git. */
int bt_hook_conf_ask(struct bt_hook_run *r, struct bt_err *err);

/* enum bt_hook_mode */
int bt_hook_mode(const struct bt_hook_run *r);
/* The whole time it has. */
int bt_hook_timeout_ms(const struct bt_hook_run *r);

/*
 * Something went wrong inside: told in a line, with what goes on unchecked. 0 or 1 by hooks.onError, or by
 * hooks.onTimeout when the time is over; the negative code when it is an interruption.
 */
/* The end of a hook that came to rc: its status, counted. A failure is told and judged. */
int bt_hook_end(const struct bt_hook_run *r, int rc, struct bt_err *err);
int bt_hook_failed(const struct bt_hook_run *r, struct bt_err *err);
/* Objections were found: 1, or 0 where the mode is to warn, which is said. */
int bt_hook_objects(const struct bt_hook_run *r);

/*
 * From now on, when the time is over, the process says so and ends, whatever it is doing. Call it once,
 * when the configuration is known.
 */
void bt_hook_watch(const struct bt_hook_run *r);

#endif
