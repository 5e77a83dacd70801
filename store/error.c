/*
 * From SQLite's codes to ours, in one place.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/store_int.h"

static bool errno_full(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG;
}

static int fail_corrupt(const char *path, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_CORRUPT, "index '%s' is damaged: %s", path, what);
	return bt_err_hint(err, BT_STORE_REBUILD_HINT);
}

static int fail_full(const char *path, const char *why, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_FULL, "cannot write the index '%s': %s", path, why);
	return bt_err_hint(err, "free some space, or set BATHO_STORE_DIR to another folder");
}

/* What a call of the system said. A read outside of a statement is known to the file alone. */
static int io_errno(struct bt_store *s)
{
	int errnum = sqlite3_system_errno(s->db);

	if (!errnum)
		sqlite3_file_control(s->db, "main", SQLITE_FCNTL_LAST_ERRNO, &errnum);
	return errnum;
}

static const char *io_action(int rc)
{
	switch (rc) {
	case SQLITE_IOERR_READ:
	case SQLITE_IOERR_FSTAT:
		return "read";
	case SQLITE_IOERR_WRITE:
	case SQLITE_IOERR_FSYNC:
	case SQLITE_IOERR_DIR_FSYNC:
	case SQLITE_IOERR_TRUNCATE:
	case SQLITE_IOERR_SHMSIZE:
		return "write";
	default:
		return "read or write";
	}
}

static int fail_io(struct bt_store *s, int rc, struct bt_err *err)
{
	int errnum = io_errno(s);
	char reason[128];

	/* SQLITE_IOERR_DATA is what vfs.c says when the checksum of a page is wrong. */
	if (rc == SQLITE_IOERR_DATA)
		return fail_corrupt(s->path, "the checksum of a page is wrong", err);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return fail_corrupt(s->path, "it is cut short", err);
	if (errno_full(errnum))
		return fail_full(s->path, strerror_r(errnum, reason, sizeof(reason)), err);
	if (!errnum)
		return bt_err_set(err, BT_ERR_FAIL, "cannot %s the index '%s': %s (%d)",
				  io_action(rc), s->path, sqlite3_errstr(rc), rc);
	return bt_err_set(err, BT_ERR_FAIL, "cannot %s the index '%s': %s", io_action(rc), s->path,
			  strerror_r(errnum, reason, sizeof(reason)));
}

static int fail_open(struct bt_store *s, int rc, struct bt_err *err)
{
	int errnum = sqlite3_system_errno(s->db);
	const char *why = sqlite3_errmsg(s->db);
	char reason[128];

	if (rc == SQLITE_CANTOPEN_SYMLINK)
		why = "it is a symbolic link";
	else if (errnum)
		why = strerror_r(errnum, reason, sizeof(reason));
	bt_err_set(err, BT_ERR_READONLY, "cannot open the index '%s': %s", s->path, why);
	if (rc == SQLITE_CANTOPEN_SYMLINK || errnum == EISDIR)
		return bt_err_hint(err, BT_STORE_MOVE_AWAY);
	return bt_err_hint(err, BT_STORE_ELSEWHERE);
}

int bt_store_fail(struct bt_store *s, int rc, struct bt_err *err)
{
	int extended = sqlite3_extended_errcode(s->db);

	if ((extended & 0xff) == (rc & 0xff))
		rc = extended;
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
	case SQLITE_NOTADB:
		return fail_corrupt(s->path, sqlite3_errmsg(s->db), err);
	case SQLITE_FULL:
		return fail_full(s->path, "the disk is full", err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		bt_err_set(err, BT_ERR_BUSY, "index '%s' is being written by another process",
			   s->path);
		return bt_err_hint(err, "try again when it has finished");
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return bt_err_set(err, BT_ERR_READONLY, "index '%s' cannot be written: %s", s->path,
				  sqlite3_errmsg(s->db));
	case SQLITE_CANTOPEN:
		return fail_open(s, rc, err);
	case SQLITE_TOOBIG:
		return bt_err_set(err, BT_ERR_LIMIT, "a record is too large for the index '%s'",
				  s->path);
	case SQLITE_INTERRUPT:
		return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
	case SQLITE_NOMEM:
		return bt_err_set(err, BT_ERR_FAIL, "out of memory in the index '%s'", s->path);
	case SQLITE_IOERR:
		return fail_io(s, rc, err);
	default:
		return bt_err_set(err, BT_ERR_FAIL, "index '%s': %s (%d)", s->path,
				  sqlite3_errmsg(s->db), rc);
	}
}

int bt_store_corrupt(struct bt_store *s, struct bt_err *err, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return fail_corrupt(s->path, what, err);
}

int bt_store_blame(struct bt_store *s, int rc, struct bt_err *err)
{
	struct bt_err cause;

	if (rc != BT_ERR_CORRUPT || !err)
		return rc;
	cause = *err;
	return fail_corrupt(s->path, cause.msg, err);
}
