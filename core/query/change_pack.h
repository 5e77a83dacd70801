/*
 * A set of changes as bytes, to be kept and told again without the index it was made from. Numbers of rows of the store are not in
 * them: blobs are known by their ids.
 */
#ifndef BT_QUERY_CHANGE_PACK_H
#define BT_QUERY_CHANGE_PACK_H

#include "core/query/change.h"

/* others: files that differ and are in no language. Appends to *out. */
int bt_change_pack(const struct bt_change_set *set, uint64_t others, struct bt_store *store, struct bt_buf *out, struct bt_err *err);
/* Into an empty set. BT_ERR_CORRUPT: these are no such bytes. */
int bt_change_unpack(const void *p, size_t len, struct bt_change_set *set, uint64_t *ret_others, struct bt_err *err);

#endif
