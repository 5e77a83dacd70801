/*
 * Forgetting blobs together with all that says that they are there. store/forget.h has the invariant.
 */
#ifndef BT_INDEX_FORGET_H
#define BT_INDEX_FORGET_H

#include "store/forget.h"

/*
 * The tree rows that mention one of these blobs, by themselves or below them; rows of `trees` count as such, and the result
 * is put beside them.
 */
int bt_index_trees_with(struct bt_store *s, const struct bt_idset *blobs, struct bt_idset *trees, struct bt_err *err);
/* What forgetting these would come to; needs no more than a store open for reading. */
int bt_index_forget_measure(struct bt_store *s, const struct bt_idset *blobs, struct bt_forgotten *ret_sum,
			    struct bt_err *err);
/* Forgets them in one transaction. s: opened with bt_store_open_alone. */
int bt_index_forget(struct bt_store *s, const struct bt_idset *blobs, struct bt_forgotten *ret_sum, struct bt_err *err);

#endif
