/*
 * Trace lines. Each is one write() of at most LINE_MAX_LEN bytes, so that lines of several
 * processes that append to one file stay whole.
 */
#include "core/base/trace.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/opt.h"
#include "core/base/redact.h"
#include "core/base/text.h"

#define LINE_MAX_LEN 4000

enum { TRACE_UNKNOWN = -2, TRACE_OFF = -1 };
static int trace_fd = TRACE_UNKNOWN;
static int64_t trace_start_us;

static int trace_open(void)
{
	const char *s = getenv("BATHO_TRACE");

	if (!s || bt_text_bool(s) == 0)
		return TRACE_OFF;
	if (*s == '/')	/* a failure is TRACE_OFF as well: a trace must not stop the work */
		return open(s, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return bt_text_bool(s) == 1 || !strcmp(s, "2") ? 2 : TRACE_OFF;
}

bool bt_trace_on(void)
{
	if (trace_fd == TRACE_UNKNOWN) {
		trace_fd = trace_open();
		trace_start_us = bt_clock_us();
	}
	return trace_fd >= 0 || bt_log_on(BT_LOG_DEBUG);
}

void bt_trace_reset(void)
{
	if (trace_fd > 2)
		close(trace_fd);
	trace_fd = TRACE_UNKNOWN;
}

static void add_plain(struct bt_buf *line, const char *text)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	bt_buf_addf(line, "%02d:%02d:%02d.%06ld [%d] +%lldus ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		    now.tv_nsec / 1000, (int)getpid(), (long long)(bt_clock_us() - trace_start_us));
	bt_redact(&safe, text, strlen(text));
	bt_text_safe(line, bt_buf_cstr(&safe), safe.len, BT_TEXT_KEEP_TAB);
}

void bt_trace_line(const char *fmt, ...)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	char text[LINE_MAX_LEN / 4];
	va_list ap;
	ssize_t rc;

	if (!bt_trace_on())
		return;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	bt_log(BT_LOG_DEBUG, "trace", "trace", NULL, 0, "%s", text);
	if (trace_fd < 0)
		return;
	if (bt_log_json())
		bt_log_line(&line, true, BT_LOG_DEBUG, "trace", "trace", NULL, 0, text);
	else
		add_plain(&line, text);
	bt_buf_addch(&line, '\n');
	rc = write(trace_fd, line.data, line.len);
	(void)rc;
}
