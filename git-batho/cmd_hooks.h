/*
 * git batho hooks: what its parts share.
 */
#ifndef BT_PROGRAM_CMD_HOOKS_H
#define BT_PROGRAM_CMD_HOOKS_H

#include "git-batho/context.h"
#include "hooks/event.h"

/*
 * Runs an event; `args` are git's, NULL-terminated. 0 goes on, 1 refuses; what goes wrong inside is told on
 * stderr and decided by hooks.onError. A negative code only when interrupted.
 */
int bt_hooks_run(struct bt_context *c, enum bt_hook_event event, const char *const *args, struct bt_err *err);

#endif
