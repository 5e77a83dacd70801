/*
 * What nobody needs any more: pins of batches that are over and of contents that landed, and rows that are old. Under the lock of
 * the executor.
 */
#ifndef BT_BATCH_TIDY_H
#define BT_BATCH_TIDY_H

#include "core/git/repo.h"
#include "store/queue.h"

/* Rows are looked at once an hour: those that ended more than retention_days ago go. */
int bt_queue_tidy(struct bt_repo *repo, struct bt_queue *q, int retention_days, int audit_days, struct bt_err *err);

#endif
