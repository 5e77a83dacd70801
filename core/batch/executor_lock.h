/*
 * The lock of whoever changes branches for the queue: executor.c has it, undo.c borrows it.
 */
#ifndef BT_BATCH_EXECUTOR_LOCK_H
#define BT_BATCH_EXECUTOR_LOCK_H

#include "core/base/err.h"

/* *ret_fd: closing it, or dying, lets go of the lock. BT_ERR_BUSY: somebody else has it. */
int bt_executor_lock(const char *dir, int *ret_fd, struct bt_err *err);

#endif
