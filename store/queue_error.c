/*
 * From SQLite's codes to ours, for queue.db.
 */
#include <errno.h>
#include <string.h>

#include "store/queue_int.h"

static int damaged(struct bt_queue *q, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_CORRUPT, "queue '%s' is damaged: %s", q->path, what);
	return bt_err_hint(err, "move it away and restore a backup; what landed is in git, what was captured is below refs/batho/");
}

static int io(struct bt_queue *q, int rc, struct bt_err *err)
{
	int errnum = sqlite3_system_errno(q->db);
	char reason[128];

	/* SQLITE_IOERR_DATA is what vfs.c says when the checksum of a page is wrong. */
	if (rc == SQLITE_IOERR_DATA)
		return damaged(q, "the checksum of a page is wrong", err);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return damaged(q, "it is cut short", err);
	if (!errnum)
		sqlite3_file_control(q->db, "main", SQLITE_FCNTL_LAST_ERRNO, &errnum);
	if (errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG)
		return bt_err_set(err, BT_ERR_FULL, "cannot write the queue '%s': %s", q->path,
				  strerror_r(errnum, reason, sizeof(reason)));
	return bt_err_set(err, BT_ERR_FAIL, "cannot read or write the queue '%s': %s", q->path,
			  errnum ? strerror_r(errnum, reason, sizeof(reason)) : sqlite3_errstr(rc));
}

static int not_opened(struct bt_queue *q, int rc, struct bt_err *err)
{
	int errnum = sqlite3_system_errno(q->db);
	char reason[128];
	const char *why = rc == SQLITE_CANTOPEN_SYMLINK ? "it is a symbolic link"
			  : errnum			? strerror_r(errnum, reason, sizeof(reason))
							: sqlite3_errmsg(q->db);

	return bt_err_set(err, BT_ERR_READONLY, "cannot open the queue '%s': %s", q->path, why);
}

int bt_queue_fail(struct bt_queue *q, int rc, struct bt_err *err)
{
	int extended = sqlite3_extended_errcode(q->db);

	if ((extended & 0xff) == (rc & 0xff))
		rc = extended;
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
	case SQLITE_NOTADB:
		return damaged(q, sqlite3_errmsg(q->db), err);
	case SQLITE_FULL:
		return bt_err_set(err, BT_ERR_FULL, "cannot write the queue '%s': the disk is full", q->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		bt_err_set(err, BT_ERR_BUSY, "queue '%s' is being written by another process", q->path);
		return bt_err_hint(err, "try again");
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return bt_err_set(err, BT_ERR_READONLY, "queue '%s' cannot be written: %s", q->path, sqlite3_errmsg(q->db));
	case SQLITE_CANTOPEN:
		return not_opened(q, rc, err);
	case SQLITE_TOOBIG:
		return bt_err_set(err, BT_ERR_LIMIT, "a record is too large for the queue '%s'", q->path);
	case SQLITE_INTERRUPT:
		return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
	case SQLITE_NOMEM:
		return bt_err_set(err, BT_ERR_FAIL, "out of memory in the queue '%s'", q->path);
	case SQLITE_IOERR:
		return io(q, rc, err);
	default:
		return bt_err_set(err, BT_ERR_FAIL, "queue '%s': %s (%d)", q->path, sqlite3_errmsg(q->db), rc);
	}
}
