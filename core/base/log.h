/*
 * The log of what the program did: one line each, appended to a file that is put aside when it is large, or given to syslog.
 *
 * What people are told on stderr goes there too, and how long things took. Secrets are taken out (redact.h), lines are short and hold no
 * control characters; in JSON every line is one object: time, level, pid, module, event, message, then the fields.
 *
 * As with the trace (trace.h), a line must be possible from everywhere, and never stops the work.
 */
#ifndef BT_BASE_LOG_H
#define BT_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum bt_log_level { BT_LOG_OFF, BT_LOG_ERROR, BT_LOG_WARN, BT_LOG_INFO, BT_LOG_DEBUG };
extern const char *const bt_log_levels[];	/* "off", "error", "warn", "info", "debug", NULL */
extern const char *const bt_log_formats[];	/* "text", "json", NULL */

#define BT_LOG_KEEP 3	/* files that were put aside: <path>.1 (the newest) to .3 */

struct bt_log_opts {
	enum bt_log_level level;
	bool json;
	const char *target;	/* an absolute path, or "syslog"; NULL or "": none */
	uint64_t max_size;	/* 0: never put aside */
};
/* In the place of what was open before. An error: there is no log. */
int bt_log_open(const struct bt_log_opts *o, struct bt_err *err);
/* No log from here on: also in a forked child that will be locked in. */
void bt_log_close(void);
bool bt_log_on(enum bt_log_level level);
bool bt_log_json(void);

struct bt_log_field {
	const char *key;
	const char *text;	/* NULL: `number` */
	int64_t number;
};
/* module: "index", "queue"; event: a word, "start". Texts may come from anywhere. */
void bt_log(enum bt_log_level level, const char *module, const char *event, const struct bt_log_field *fields, size_t nr, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* One line without its end, as it is written: for the trace as well. */
struct bt_buf;
void bt_log_line(struct bt_buf *out, bool json, enum bt_log_level level, const char *module, const char *event,
		 const struct bt_log_field *fields, size_t nr, const char *message);

#endif
