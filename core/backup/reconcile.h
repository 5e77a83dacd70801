/*
 * A queue that was put back, beside git: private to core/backup. Under the lock of the executor.
 */
#ifndef BT_BACKUP_RECONCILE_H
#define BT_BACKUP_RECONCILE_H

#include "core/git/repo.h"
#include "store/queue.h"

/* *ret_landed: found in their branches by their trailers. *ret_lost: what they had captured is neither here nor pinned. */
int backup_reconcile(struct bt_repo *repo, struct bt_queue *q, uint64_t *ret_landed, uint64_t *ret_lost, struct bt_err *err);

#endif
