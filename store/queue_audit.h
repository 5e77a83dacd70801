/*
 * The record of what changed state: the table `event` of queue.db, append only, each record sealed.
 *
 * A seal is BLAKE2b-256 over the seal of the record before it and all fields of this one, its number included. So a record that is
 * changed, removed, put in or moved breaks the chain where that was done, and what was cut off the end shows by the number that was
 * given last. What a chain in the same file cannot show: somebody who may write the file can make all seals anew from some record on.
 * Against that helps a head (bt_audit_head) that is kept elsewhere.
 *
 * Records may go from the beginning only, by retention: the number and seal of the last that went stay as the anchor of the rest.
 * An older program that still has the file open adds records without a seal: the next record of ours seals them, and says so.
 */
#ifndef BT_STORE_QUEUE_AUDIT_H
#define BT_STORE_QUEUE_AUDIT_H

#include "core/base/hash.h"
#include "store/queue.h"

/*
 * Something that is neither an action nor a batch changed state: `what` names it in one or two words ("config set", "restore"), `result`
 * is "ok" or what went wrong, `detail` says which (a key, a file; never a secret). Who: the agent of the connection, the user, the process.
 */
int bt_queue_audit(struct bt_queue *q, const char *what, const char *result, const char *detail, struct bt_err *err);

/* The record before *cursor (0: the newest), which moves to it: BT_ROW or BT_DONE. */
int bt_queue_audit_before(struct bt_queue *q, uint64_t *cursor, struct bt_arena *arena, struct bt_event *ret_e, struct bt_err *err);
/* The record after *cursor (0: the oldest), likewise. */
int bt_queue_audit_after(struct bt_queue *q, uint64_t *cursor, struct bt_arena *arena, struct bt_event *ret_e, struct bt_err *err);

/* The number and seal of a record: what is true up to it is true as long as it can be found. id 0: the number is not known. */
struct bt_audit_head {
	uint64_t id;
	struct bt_digest chain;
};
/* Of the newest record; an id of 0 when there is none. */
int bt_queue_audit_head(struct bt_queue *q, struct bt_audit_head *ret_head, struct bt_err *err);

enum bt_audit_fault_kind {
	BT_AUDIT_CHANGED,	/* `from` does not fit its seal, or the seal before it was changed */
	BT_AUDIT_MISSING,	/* `from` to `to` are not there, others behind them are */
	BT_AUDIT_CUT,		/* `from` to `to` were given, and nothing is there */
	BT_AUDIT_UNSEALED,	/* `from` to `to` have no seal */
	BT_AUDIT_HEAD_GONE,	/* no record has the seal that was asked for */
	BT_AUDIT_HEAD_PRUNED,	/* the record that was asked for (`from`) went by retention: it cannot be told */
	BT_AUDIT_FAULT_NR
};
const char *bt_audit_fault_name(enum bt_audit_fault_kind kind);	/* one word for machines: "changed" */

struct bt_audit_fault {
	enum bt_audit_fault_kind kind;
	uint64_t from, to;
};
#define BT_AUDIT_FAULTS_MAX 100	/* that are told one by one */
struct bt_audit_report {
	uint64_t records;
	struct bt_audit_head anchor;	/* the last that went by retention; id 0: none did */
	struct bt_audit_head head;
	uint64_t faults_nr;		/* all, also those that are not told */
	struct bt_audit_fault faults[BT_AUDIT_FAULTS_MAX];
};
/* Reads all of it as it is at one moment. expect: a head that was kept elsewhere, or NULL. Faults are no error. */
int bt_queue_audit_verify(struct bt_queue *q, const struct bt_audit_head *expect, struct bt_audit_report *ret_r, struct bt_err *err);

/* Records from the beginning that are older go; the newest always stays. */
int bt_queue_audit_forget(struct bt_queue *q, int64_t before, uint64_t *ret_nr, struct bt_err *err);

#endif
