/*
 * Counters that outlive everything but the repository: the table `counter` of queue.db. The tally (core/base/tally.h) is taken there in
 * one transaction, by those who write to queue.db anyway.
 */
#ifndef BT_STORE_COUNTER_H
#define BT_STORE_COUNTER_H

#include "core/base/tally.h"
#include "store/queue.h"

/*
 * Takes all of the tally. On failure what was taken is put back. t NULL: nothing to do. Not within a transaction of
 * the caller's: one that is rolled back would lose it.
 */
int bt_queue_counters_take(struct bt_queue *q, struct bt_tally *t, struct bt_err *err);
/* ret_values: bt_metric_slots_nr() of them, as the table holds them. */
int bt_queue_counters_read(struct bt_queue *q, uint64_t *ret_values, struct bt_err *err);

/* What is looked at: snapshots that are kept, and when the oldest action that waits for nothing but its turn was queued (0: none). */
int bt_queue_gauges(struct bt_queue *q, uint64_t *ret_snapshots, int64_t *ret_oldest, struct bt_err *err);

#endif
