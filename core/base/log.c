#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/redact.h"
#include "core/base/text.h"

const char *const bt_log_levels[] = { "off", "error", "warn", "info", "debug", NULL };
const char *const bt_log_formats[] = { "text", "json", NULL };

/* A line goes out in one write, so that lines of several processes stay whole. */
#define MESSAGE_LEN_MAX 2000
#define FIELD_LEN_MAX 300

static struct {
	enum bt_log_level level;
	bool json, to_syslog;
	char *path;
	int fd;
	uint64_t max_size;
} sink = { .level = BT_LOG_OFF, .fd = -1 };

bool bt_log_on(enum bt_log_level level)
{
	return level && level <= sink.level;
}

bool bt_log_json(void)
{
	return sink.json;
}

void bt_log_close(void)
{
	if (sink.fd >= 0)
		close(sink.fd);
	if (sink.to_syslog)
		closelog();
	free(sink.path);
	sink.path = NULL;
	sink.fd = -1;
	sink.level = BT_LOG_OFF;
	sink.to_syslog = sink.json = false;
}

/* --- the file --- */

static int file_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd < 0 || (!fstat(fd, &st) && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

static bool same_file(int fd, const char *path, struct stat *ret_open)
{
	struct stat named;

	return !fstat(fd, ret_open) && !lstat(path, &named) && named.st_ino == ret_open->st_ino && named.st_dev == ret_open->st_dev;
}

static void put_aside(void)
{
	for (int i = BT_LOG_KEEP - 1; i >= 0; i--) {
		BT_FREE char *from = i ? bt_xasprintf("%s.%d", sink.path, i) : bt_xstrdup(sink.path);
		BT_FREE char *to = bt_xasprintf("%s.%d", sink.path, i + 1);

		rename(from, to);
	}
}

/* Somebody else may have put the file aside, or be at it: he who has the lock does it. */
static void file_ready(size_t len)
{
	struct stat st;
	int fd;

	if (!same_file(sink.fd, sink.path, &st)) {
		fd = file_open(sink.path);
		if (fd < 0)
			return;
		close(sink.fd);
		sink.fd = fd;
		if (fstat(fd, &st))
			return;
	}
	if (!sink.max_size || !st.st_size || (uint64_t)st.st_size + len <= sink.max_size || flock(sink.fd, LOCK_EX | LOCK_NB))
		return;
	if (same_file(sink.fd, sink.path, &st))
		put_aside();
	fd = file_open(sink.path);
	if (fd < 0) {
		flock(sink.fd, LOCK_UN);
		return;
	}
	close(sink.fd);
	sink.fd = fd;
}

int bt_log_open(const struct bt_log_opts *o, struct bt_err *err)
{
	bt_log_close();
	sink.json = o->json;
	if (!o->level || !o->target || !*o->target)
		return 0;
	if (!strcmp(o->target, "syslog")) {
		openlog("git-batho", LOG_PID, LOG_USER);
		sink.to_syslog = true;
	} else if (*o->target != '/') {
		return bt_err_set(err, BT_ERR_FAIL, "batho.log.file is '%s': an absolute path or syslog is expected", o->target);
	} else {
		sink.fd = file_open(o->target);
		if (sink.fd < 0)
			return bt_err_errno(err, "cannot write the log '%s'", o->target);
		sink.path = bt_xstrdup(o->target);
	}
	sink.max_size = o->max_size;
	sink.level = o->level;
	return 0;
}

/* --- a line --- */

static void add_time(struct bt_buf *out)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	bt_buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		    tm.tm_sec, now.tv_nsec / 1000);
}

/* Without its secrets, and not longer than that. */
static void add_text(struct bt_buf *out, bool json, const char *text, size_t max)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;
	size_t len = strnlen(text, 2 * max);

	bt_redact(&safe, text, len);
	len = safe.len < max ? safe.len : max;
	while (len < safe.len && len && (safe.data[len] & 0xc0) == 0x80)	/* no half of a character */
		len--;
	if (json)
		bt_text_json(out, bt_buf_cstr(&safe), len);
	else
		bt_text_safe(out, bt_buf_cstr(&safe), len, 0);
}

static void add_field(struct bt_buf *out, bool json, const struct bt_log_field *f)
{
	bt_buf_addf(out, json ? ",\"%s\":" : " %s=", f->key);
	if (f->text)
		add_text(out, json, f->text, FIELD_LEN_MAX);
	else
		bt_buf_addf(out, "%" PRId64, f->number);
}

void bt_log_line(struct bt_buf *out, bool json, enum bt_log_level level, const char *module, const char *event,
		 const struct bt_log_field *fields, size_t nr, const char *message)
{
	if (json)
		bt_buf_adds(out, "{\"time\":\"");
	add_time(out);
	bt_buf_addf(out, json ? "\",\"level\":\"%s\",\"pid\":%d,\"module\":\"%s\",\"event\":\"%s\",\"message\":" : " %s [%d] %s %s: ",
		    bt_log_levels[level], (int)getpid(), module, event);
	add_text(out, json, message, MESSAGE_LEN_MAX);
	for (size_t i = 0; i < nr; i++)
		add_field(out, json, &fields[i]);
	if (json)
		bt_buf_addch(out, '}');
}

void bt_log(enum bt_log_level level, const char *module, const char *event, const struct bt_log_field *fields, size_t nr, const char *fmt, ...)
{
	static const int priorities[] = { LOG_DEBUG, LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	char message[MESSAGE_LEN_MAX];
	va_list ap;
	ssize_t rc;

	if (!bt_log_on(level))
		return;
	va_start(ap, fmt);
	if (vsnprintf(message, sizeof(message), fmt, ap) < 0)
		message[0] = '\0';
	va_end(ap);
	bt_log_line(&line, sink.json, level, module, event, fields, nr, message);
	if (sink.to_syslog) {
		syslog(priorities[level], "%s", bt_buf_cstr(&line));
		return;
	}
	bt_buf_addch(&line, '\n');
	file_ready(line.len);
	rc = write(sink.fd, line.data, line.len);
	(void)rc;
}
