/*
 * The formats of reports, and where a report goes.
 */
#include "core/report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/report/impl.h"

/* Written out when it holds this much at the end of an item. */
#define PASS_AT ((size_t)64 << 10)

const char *const bt_report_names[] = {
	"human", "json", "porcelain", "sarif", "gitlab", "junit", "github", "checkstyle", NULL,
};

/* The further formats, in the order of their names. */
static void (*const further[])(const struct bt_report *r, struct bt_report_text *t) = {
	bt_report_sarif, bt_report_gitlab, bt_report_junit, bt_report_github, bt_report_checkstyle,
};

int bt_report_find(const char *name, size_t len)
{
	for (int i = 0; bt_report_names[i]; i++)
		if (strlen(bt_report_names[i]) == len && !memcmp(bt_report_names[i], name, len))
			return i;
	return -1;
}

/* ---- to a descriptor ---- */

static void pass_on(struct bt_report_text *t)
{
	if (!t->rc)
		t->rc = bt_buf_check(&t->buf, "the report", t->err);
	if (!t->rc && t->buf.len)
		t->rc = bt_fd_write_full(t->fd, t->buf.data, t->buf.len, t->where, t->err);
	bt_buf_clear(&t->buf);
}

bool bt_report_pass(struct bt_report_text *t)
{
	if (t->buf.len >= PASS_AT || t->buf.failed)
		pass_on(t);
	return !t->rc;
}

static int stream_records(const struct bt_report *r, int format, bool nul, int fd, const char *where,
			  struct bt_err *err)
{
	BT_FREE char *quoted = where ? bt_xasprintf("'%s'", where) : NULL;
	struct bt_out_opts oo = {
		.format = (enum bt_format)format, .nul = nul, .command = "check", .fd = fd, .where = quoted
	};
	struct bt_out *out = bt_out_new(&oo);
	int rc;

	bt_report_write(r, out);
	rc = bt_out_finish(out, err);
	bt_out_free(&out);
	return rc;
}

int bt_report_stream(const struct bt_report *r, int format, bool nul, int fd, const char *where,
		     struct bt_err *err)
{
	struct bt_report_text t = { .fd = fd, .where = where ? where : "stdout", .err = err };

	if (format <= BT_FORMAT_PORCELAIN)
		return stream_records(r, format, nul, fd, where, err);
	further[format - BT_FORMAT_PORCELAIN - 1](r, &t);
	pass_on(&t);
	bt_buf_release(&t.buf);
	return t.rc;
}

/* ---- to a file ---- */

struct place {
	char *path; /* the file itself, where `path` was a symbolic link */
	char *temp;
	mode_t mode;
	bool special; /* no regular file: not to be replaced */
	int fd;
};

static void place_release(struct place *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->temp)
		unlink(p->temp);
	free(p->temp);
	free(p->path);
}

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int place_look(struct place *p, const char *path, struct bt_err *err)
{
	struct stat st;

	p->mode = usual_mode();
	if (stat(path, &st)) {
		if (errno != ENOENT)
			return bt_err_errno(err, "cannot write the report to '%s'", path);
		p->path = bt_xstrdup(path);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return bt_err_set(err, BT_ERR_FAIL, "cannot write the report to '%s': it is a folder", path);
	p->special = !S_ISREG(st.st_mode);
	p->mode = st.st_mode & 07777;
	p->path = p->special ? bt_xstrdup(path) : realpath(path, NULL);
	/* It would be replaced, not written: its owner may have meant it to stay. */
	return p->path && !access(p->path, W_OK) ? 0
						 : bt_err_errno(err, "cannot write the report to '%s'", path);
}

static int place_open(struct place *p, const char *path, struct bt_err *err)
{
	const char *slash;

	if (place_look(p, path, err))
		return err->code;
	if (p->special) {
		p->fd = open(p->path, O_WRONLY | O_CLOEXEC);
		return p->fd < 0 ? bt_err_errno(err, "cannot write the report to '%s'", path) : 0;
	}
	/* A name of its own length: that of the file may be the longest there is. */
	slash = strrchr(p->path, '/');
	p->temp = bt_xasprintf("%.*s.batho-XXXXXX", slash ? (int)(slash + 1 - p->path) : 0, p->path);
	p->fd = mkostemp(p->temp, O_CLOEXEC);
	if (p->fd < 0) {
		free(p->temp);
		p->temp = NULL;
		return bt_err_errno(err, "cannot write the report to '%s'", path);
	}
	return 0;
}

static int place_finish(struct place *p, const char *path, struct bt_err *err)
{
	int fd = p->fd, rc;

	if (p->special)
		return 0;
	if (fchmod(fd, p->mode) || fsync(fd))
		return bt_err_errno(err, "cannot write the report to '%s'", path);
	p->fd = -1;
	rc = close(fd) || rename(p->temp, p->path);
	if (rc)
		return bt_err_errno(err, "cannot write the report to '%s'", path);
	free(p->temp);
	p->temp = NULL;
	return 0;
}

int bt_report_file(const struct bt_report *r, int format, bool nul, const char *path, struct bt_err *err)
{
	BT_CLEANUP(place_release) struct place p = { .fd = -1 };

	if (place_open(&p, path, err) || bt_report_stream(r, format, nul, p.fd, path, err))
		return err->code;
	return place_finish(&p, path, err);
}
