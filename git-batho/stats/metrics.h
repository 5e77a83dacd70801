/*
 * The part of `git batho stats` that is about the program: what is counted, for people and for machines.
 */
#ifndef BT_PROGRAM_STATS_METRICS_H
#define BT_PROGRAM_STATS_METRICS_H

#include "git-batho/context.h"

extern const char *const bt_stats_formats[];	/* those of all commands, then "prometheus" */
#define BT_FORMAT_PROMETHEUS (BT_FORMAT_PORCELAIN + 1)

/* One record or line per section: cache, queue, hooks, rules. */
void bt_stats_sections(struct bt_context *c);
/* Every metric: one record each, or the exposition format. */
int bt_stats_metrics(struct bt_context *c, struct bt_err *err);

#endif
