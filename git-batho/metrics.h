/*
 * What the program counts (core/base/metric.h), kept, gathered and shown.
 */
#ifndef BT_PROGRAM_METRICS_H
#define BT_PROGRAM_METRICS_H

#include "core/base/exposition.h"
#include "git-batho/context.h"

/* At the end of a command that began at start_us and came to `rc`: counts it, and adds what was counted to the tally. Never fails. */
void bt_metrics_finish(struct bt_context *c, int64_t start_us, int rc);

/* All figures of the repository, the tally included; what cannot be looked at is left out. Writes to queue.db when it may. */
void bt_metrics_gather(struct bt_context *c, struct bt_figures *ret_f);

/*
 * After something that counts (a run of the indexer, a batch): takes the tally into queue.db, if there is one, and writes the file of
 * metrics.output. What goes wrong with that file is told in a notice.
 */
void bt_metrics_publish(struct bt_context *c);

#endif
