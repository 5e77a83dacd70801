/*
 * Trace lines for people who look for lost time: BATHO_TRACE=1 or 2 (stderr), or an absolute path
 * that is appended to. One line each: time of day, process id, microseconds since the process
 * first traced, text.
 *
 * The only state of the whole process besides the cancel flag: a line must be possible from
 * everywhere.
 */
#ifndef BT_BASE_TRACE_H
#define BT_BASE_TRACE_H

#include <stdbool.h>

/* Also when the log (log.h) wants it. Cheap after the first call. */
bool bt_trace_on(void);
/* Arguments are not evaluated when tracing is off. One line; made safe for a terminal. */
#define bt_trace(...)                                  \
	do {                                           \
		if (bt_trace_on())                     \
			bt_trace_line(__VA_ARGS__);    \
	} while (0)
void bt_trace_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Reads BATHO_TRACE again. */
void bt_trace_reset(void);

#endif
