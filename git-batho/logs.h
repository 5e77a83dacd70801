/*
 * The log and git's trace2 (core/base/log.h, trace2.h) as the program uses them.
 */
#ifndef BT_PROGRAM_LOGS_H
#define BT_PROGRAM_LOGS_H

#include "core/base/log.h"
#include "git-batho/context.h"

/* What the environment says, before a configuration can be read. */
void bt_logs_early(void);
/* Once the configuration is known: the log that it names, and the targets of trace2 that git's own configuration names. */
void bt_logs_open(const struct bt_context *c);
/* The command is over: how long it took and what it came to. */
void bt_logs_end(const struct bt_context *c, int64_t start_us, int status);

/* A line for people and for the log; made safe. `module` as in log.h. */
void bt_say(enum bt_log_level level, const char *module, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What a command failed with, as it is told. */
void bt_logs_error(const char *module, const struct bt_err *err);

#endif
