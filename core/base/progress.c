/*
 * Progress. Everything goes out in one write() per paint, so that lines of several processes do
 * not mix.
 */
#include "core/base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"

#define REPAINT_MS 1000
#define DELAY_DEFAULT_S 2
#define ROOM 224	/* title and counts */
#define PAD_MAX 20
#define TAIL (PAD_MAX + 12)	/* and ", done.", a newline, the NUL */

bool bt_progress_wanted(enum bt_tri option, bool quiet)
{
	if (option != BT_TRI_UNSET)
		return option == BT_TRI_YES;
	return !quiet && isatty(2);
}

static int64_t delay_ms(void)
{
	const char *s = getenv("GIT_PROGRESS_DELAY");
	int64_t v;

	if (!s || !bt_text_int(s, &v) || v < 0 || v > 86400)
		v = DELAY_DEFAULT_S;
	return v * 1000;
}

/* A background job must not write over the foreground's lines. No terminal is as good as ours. */
static bool in_foreground(void)
{
	pid_t group = tcgetpgrp(2);

	return group < 0 || group == getpgrp();
}

void bt_progress_start(struct bt_progress *p, const char *title, uint64_t total, bool wanted)
{
	*p = (struct bt_progress){ .title = title, .total = total, .on = wanted };
	if (wanted)
		p->next_ms = bt_clock_ms() + delay_ms();
}

static void paint(struct bt_progress *p, const char *end)
{
	char line[ROOM + TAIL];
	size_t width;
	ssize_t rc;
	int len, pad;

	if (p->total)
		len = snprintf(line, ROOM, "%s: %3u%% (%" PRIu64 "/%" PRIu64 ")",
			       p->title, (unsigned)(p->done * 100.0 / p->total), p->done, p->total);
	else
		len = snprintf(line, ROOM, "%s: %" PRIu64, p->title, p->done);
	if (len < 0 || len >= (int)ROOM)
		return;
	width = (size_t)len;
	/* A shorter line than the last one must cover it. */
	pad = p->width > width ? (int)(p->width - width) : 0;
	if (pad > PAD_MAX)
		pad = PAD_MAX;
	len += snprintf(line + len, sizeof(line) - (size_t)len, "%s%*s%c", end, pad, "",
			*end ? '\n' : '\r');
	rc = write(2, line, (size_t)len);
	(void)rc;
	p->width = width;
	p->painted = true;
}

void bt_progress_set(struct bt_progress *p, uint64_t done)
{
	int64_t now;

	p->done = done;
	if (!p->on)
		return;
	now = bt_clock_ms();
	if (now < p->next_ms)
		return;
	p->next_ms = now + REPAINT_MS;
	if (in_foreground())
		paint(p, "");
}

void bt_progress_stop(struct bt_progress *p)
{
	if (p->on && p->painted)
		paint(p, ", done.");
	p->on = p->painted = false;
}
