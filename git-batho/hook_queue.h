/*
 * Hooks that queue: what was committed by hand lands through the queue (queue.onCommit), what is pushed by hand is pushed by it
 * (queue.onPush).
 */
#ifndef BT_PROGRAM_HOOK_QUEUE_H
#define BT_PROGRAM_HOOK_QUEUE_H

#include "core/incoming/incoming.h"
#include "git-batho/hook_verdict.h"

/* post-commit: queues HEAD for the configured branch, unless that is the one HEAD is on. */
int bt_hook_queue_commit(struct bt_hook_run *r, struct bt_err *err);
/*
 * pre-push to a remote of that name: when every ref is a branch that is pushed under its own name as it is here, they are
 * queued, and *ret_queued says that git should not push. Everything else is left to git; so are pushes of the queue itself.
 */
int bt_hook_queue_push(struct bt_hook_run *r, const char *remote, const struct bt_pushed *pushed, bool *ret_queued, struct bt_err *err);

#endif
