/*
 * A client that asks again under its key: is it the same commit, though HEAD has moved since? Private to enqueue.c.
 */
#ifndef BT_BATCH_ENQUEUE_AGAIN_H
#define BT_BATCH_ENQUEUE_AGAIN_H

#include <stdbool.h>

#include "core/git/repo.h"

/*
 * Do both change the same paths, to the same contents and modes? A base of len 0 is the empty tree. What git cannot read any
 * more has landed and was collected: it is believed to be the same.
 */
struct bt_change_of {
	struct bt_oid base, tree;
};
int bt_change_same(struct bt_repo *repo, const struct bt_change_of *a, const struct bt_change_of *b, bool *ret_same, struct bt_err *err);

#endif
