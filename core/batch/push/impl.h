/*
 * The parts of a push; private to core/batch.
 */
#ifndef BT_BATCH_PUSH_IMPL_H
#define BT_BATCH_PUSH_IMPL_H

#include "core/base/buf.h"
#include "core/batch/push/push.h"

/*
 * What is to be asked and fetched from: the remote's name, or its one address for pushes where that is another
 * than the one for fetches, since a mirror for reading may lag behind.
 */
struct bt_push_place {
	char *from;
};
#define BT_PUSH_PLACE_INIT   \
	{                    \
		.from = NULL \
	}
void bt_push_place_release(struct bt_push_place *place);
/* Refuses what is no configured remote with one address to push to, and what is no full name of a ref. */
int bt_push_place_find(struct bt_repo *repo, const char *remote, const char *ref,
		       struct bt_push_place *ret_place, struct bt_err *err);
int bt_push_place_look(struct bt_repo *repo, const struct bt_push_place *place, const char *ref,
		       int timeout_ms, struct bt_oid *ret_oid, struct bt_err *err);
int bt_push_place_fetch(struct bt_repo *repo, const struct bt_push_place *place, const char *remote,
			const char *ref, int timeout_ms, struct bt_oid *ret_oid,
			struct bt_err *err);

/* What `git push --porcelain` said of one ref. */
enum bt_push_said {
	BT_PUSH_SAID_DONE,
	BT_PUSH_SAID_SAME,   /* it is there already */
	BT_PUSH_SAID_STALE,  /* not sent: the ref there is not what the lease says */
	BT_PUSH_SAID_LOCKED, /* refused by chance: somebody else holds the ref there */
	BT_PUSH_SAID_NO,     /* the server or a hook said no */
	BT_PUSH_SAID_UNSENT, /* it ended before anything was sent */
	BT_PUSH_SAID_UNCLEAR,
};
/* status: of the child, or -1 when it had to be ended. detail: the words of the other side, for people. */
enum bt_push_said bt_push_answer(const char *out, const char *errout, int status,
				 const struct bt_push *p, char *detail, size_t detail_size);
/* One line of text from outside, without what does something to a terminal; appended. */
void bt_push_clean(struct bt_buf *out, const char *text, size_t len);

#endif
