/*
 * Taking back what a batch landed.
 */
#ifndef BT_BATCH_UNDO_H
#define BT_BATCH_UNDO_H

#include "core/batch/executor.h"

/*
 * By swap: the branch goes from the batch's commit back to where it was, worktrees along with it, and its actions are canceled.
 * BT_ERR_FAIL when it was pushed, or when the branch has gone on: the hint offers a revert then. BT_ERR_BUSY: an executor is in the
 * middle of something. One that was killed half-way is completed by the next executor.
 */
int bt_undo(const struct bt_executor_opts *o, uint64_t batch, struct bt_err *err);
/* For who holds lock and fence: one that was killed is written down when the branch has gone back, and forgotten when not. */
int bt_undo_finish(const struct bt_executor_opts *o, struct bt_queue *q, struct bt_err *err);

#endif
