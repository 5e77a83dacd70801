/*
 * The lock of whoever changes branches for the queue: the kernel frees it at the holder's death.
 *
 * A holder may keep it for long while it does nothing but wait for windows to end. So that nobody has to wait for that, who wants
 * the lock says so (by a second lock, freed by the kernel as well), and a holder that is idle lets go of it for a while.
 */
#ifndef BT_BATCH_EXECUTOR_LOCK_H
#define BT_BATCH_EXECUTOR_LOCK_H

#include <stdbool.h>

#include "core/base/err.h"

/* What a person waits for an executor that is in the middle of something. */
#define BT_EXECUTOR_PATIENCE_MS 10000

/*
 * *ret_fd: closing it, or dying, lets go of the lock. patience_ms: so long is waited, and whoever holds it is told; 0: nobody is told, and
 * only who had a quick look at the lock is waited for. shared_mode: as for bt_queue_open. BT_ERR_BUSY: somebody else has it.
 */
int bt_executor_lock(const char *dir, unsigned shared_mode, int patience_ms, int *ret_fd, struct bt_err *err);
/* For the holder: somebody waits for the lock. */
bool bt_executor_lock_wanted(const char *dir);

#endif
