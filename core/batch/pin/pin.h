/*
 * Pins: what only the queue knows is kept from gc by refs below refs/batho/, one pair per agent and lane (hashed into at most BT_PIN_SLOTS).
 *
 * refs/batho/pin/<slot> is a tag of a *tree*, which holds the trees of the contents and the bytes of their commits: `git log --all` passes it
 * over, however many are queued, and gc keeps all that is needed. A content's commit object itself is reachable from nowhere: gc may take it, and
 * bt_pin_restore makes it again, with the same id. refs/batho/base/<slot> is the commit that the contents are made on, or when there are
 * several a merge of them: with their history they are part of what is pinned. docs/decisions/0017-pins.md has the reasons and the figures.
 */
#ifndef BT_BATCH_PIN_H
#define BT_BATCH_PIN_H

#include "core/git/repo.h"

#define BT_PIN_SLOTS 64
#define BT_PIN_PREFIX "refs/batho/pin/"
#define BT_PIN_BASE_PREFIX "refs/batho/base/"

/*
 * Pins nr contents (commits). Several processes may pin in the same slot at once: who loses the swap tries again, in another slot.
 * *ret_slot: number of the ref, to be kept with the row. Durable when it returns.
 */
int bt_pin_add(struct bt_repo *repo, const char *agent, const char *lane, const struct bt_oid *contents, size_t nr, unsigned *ret_slot,
	       struct bt_err *err);
/*
 * Before contents are used: those whose commit object gc has taken are written again, from their pins. BT_ERR_NOT_FOUND: one of them is neither
 * here nor pinned.
 */
int bt_pin_restore(struct bt_repo *repo, const struct bt_oid *contents, size_t nr, struct bt_err *err);
/*
 * While contents are being used: restored, and kept as commits by a ref of their own (a full name below refs/batho/, which is moved if it is
 * there): no gc in between takes them. bt_refs_swap ends it.
 */
int bt_pin_hold(struct bt_repo *repo, const char *ref, const struct bt_oid *contents, size_t nr, struct bt_err *err);
/* What the queue knows of a content. */
enum bt_pin_need {
	BT_PIN_UNKNOWN,		/* nothing: its row may be about to be written */
	BT_PIN_NEEDED,
	BT_PIN_DONE,		/* a row that was written since it was pinned is there, and nobody needs it any more */
};
/*
 * Walks the pins: contents that are done or unknown are let go; a slot nobody needs loses its refs, one that is mostly dead, or long, is written
 * anew. An unknown content that was pinned less than `grace_s` seconds ago stays. Against concurrent
 * pinning: by swap; a slot that moved meanwhile is left for the next time. *ret_kept counts what is pinned afterwards, dead or not.
 */
struct bt_pin_trim_opts {
	/*
	 * pinned_ms: when, since 1970. A content may be queued again: an older row that is done says nothing of a newer pin, whose row may be
	 * about to be written.
	 */
	enum bt_pin_need (*needed)(void *ctx, const struct bt_oid *content, int64_t pinned_ms);
	void *ctx;
	int64_t now_s;			/* seconds since 1970 */
	int64_t grace_s;		/* 900 */
};
int bt_pin_trim(struct bt_repo *repo, const struct bt_pin_trim_opts *o, size_t *ret_kept, size_t *ret_dropped, struct bt_err *err);
/* All that is pinned, dead or not, in no order. Stops when fn does not return 0, and returns that. */
int bt_pin_each(struct bt_repo *repo, int (*fn)(void *ctx, const struct bt_oid *content, int64_t pinned_ms, struct bt_err *err), void *ctx,
		struct bt_err *err);
#endif
