/*
 * A look through the pages of a database, for who wants to know how it is before something is asked. Every page that is in use is
 * read, with its checksum, and the trees that they make are followed. Nothing is written.
 */
#ifndef BT_STORE_CHECK_H
#define BT_STORE_CHECK_H

#include "store/queue.h"
#include "store/store.h"

/*
 * A copy of the index as it is at one moment, in a new file `to` (0600), not synced. Others may write meanwhile.
 */
int bt_store_copy(struct bt_store *s, const char *to, struct bt_err *err);

/*
 * 0, or BT_ERR_CORRUPT with what is wrong. budget_ms: after so long it is left, and *ret_whole says whether it had come to the end;
 * 0: as long as it takes. May be interrupted.
 */
int bt_store_check(struct bt_store *s, int budget_ms, bool *ret_whole, struct bt_err *err);
int bt_queue_check(struct bt_queue *q, int budget_ms, bool *ret_whole, struct bt_err *err);

#endif
