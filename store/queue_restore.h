/*
 * A queue as it was: what another file holds takes the place of what this one holds, in one transaction. Processes that have it open
 * see the one or the other; nobody has to close it.
 */
#ifndef BT_STORE_QUEUE_RESTORE_H
#define BT_STORE_QUEUE_RESTORE_H

#include "store/queue.h"

struct bt_queue_restored {
	uint64_t over;		/* open in the other file, and known to be over here: they stay over */
	uint64_t gone, gone_open;	/* actions that are here alone: they are not there any more */
	uint64_t doubtful;	/* open workflows and deployments of which nothing is known here */
	bool audit_kept;	/* the record of what happened goes on where it is */
};

/* What it would come to. q: open in any mode. */
int bt_queue_restore_look(struct bt_queue *q, const char *from, struct bt_queue_restored *ret_r, struct bt_err *err);
/*
 * from: a queue.db of today's format, verified. q: open for writing; the caller keeps executors out. kept: where a copy of what was here is put
 * first (mode 0600), NULL: nowhere. note: what the record of what happened says of it: which backup.
 *
 * What this queue knows to be over stays over. Workflows and deployments that are open in `from` and that nothing is known of
 * become BT_ACTION_UNKNOWN: they may have run since. Numbers that were given here are not given again; figures and the record of what
 * happened go on, where they are a continuation of the other's.
 */
int bt_queue_restore(struct bt_queue *q, const char *from, const char *kept, const char *note, struct bt_queue_restored *ret_r, struct bt_err *err);

#endif
