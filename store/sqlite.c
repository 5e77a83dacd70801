#include "store/sqlite.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"

/* --- a connection --- */

/*
 * SQLite's own patience sleeps up to 100 ms between two tries: of several who write all the time, one may always come too late. These
 * are short, so that whoever waits is soon there when the lock is free. tries: those that were made.
 */
static int wait_a_while(void *ctx, int tries)
{
	int left_ms = (int)(intptr_t)ctx, ms = 1;

	for (int i = 0; i < tries && left_ms > 0; i++) {
		left_ms -= ms;
		if (ms < 8 && i % 8 == 7)
			ms++;
	}
	if (left_ms <= 0)
		return 0;
	usleep((useconds_t)(ms < left_ms ? ms : left_ms) * 1000);
	return 1;
}

void bt_sqlite_harden(sqlite3 *db, int length_max, int busy_ms, int wal_pages)
{
	const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, length_max },
		{ SQLITE_LIMIT_SQL_LENGTH, 1 << 16 },	  { SQLITE_LIMIT_COLUMN, 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 64 },	  { SQLITE_LIMIT_COMPOUND_SELECT, 16 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },	  { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 }, { SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },	  { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(limits); i++)
		sqlite3_limit(db, limits[i].id, limits[i].value);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	/* Plans do not depend on what is bound: nothing is prepared twice. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_handler(db, wait_a_while, (void *)(intptr_t)busy_ms);
	sqlite3_wal_autocheckpoint(db, wal_pages);
}

int bt_sqlite_number(sqlite3 *db, const char *pragma, int64_t *ret)
{
	sqlite3_stmt *s = NULL;

	if (!sqlite3_prepare_v2(db, pragma, -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	return s ? sqlite3_finalize(s) : sqlite3_errcode(db);
}

const char *bt_sqlite_said(const char *text, size_t *ret_len)
{
	const char *next = text ? strchr(text, '\n') : NULL;

	if (!text)
		text = "";
	if (next && !strncmp(text, "***", 3))
		text = next + 1;
	*ret_len = strcspn(text, "\n");
	return text;
}

/* --- its codes --- */

/* What is wrong, told of one database. */
struct failure {
	sqlite3 *db;
	const struct bt_sqlite_name *name;
	const char *path;
	struct bt_err *err;
};

static int hint(const struct failure *f, const char *text)
{
	return text ? bt_err_hint(f->err, "%s", text) : f->err->code;
}

int bt_sqlite_damaged(const struct bt_sqlite_name *name, const char *path, const char *what, struct bt_err *err)
{
	const struct failure f = { .name = name, .path = path, .err = err };

	bt_err_set(err, BT_ERR_CORRUPT, "%s '%s' is damaged: %s", name->noun, path, what);
	return err ? hint(&f, name->damaged) : BT_ERR_CORRUPT;
}

static int full(const struct failure *f, const char *why)
{
	bt_err_set(f->err, BT_ERR_FULL, "cannot write the %s '%s': %s", f->name->noun, f->path, why);
	return hint(f, f->name->full);
}

/* What a call of the system said. A read outside of a statement is known to the file alone. */
static int system_errno(sqlite3 *db)
{
	int errnum = sqlite3_system_errno(db);

	if (!errnum)
		sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &errnum);
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

static int io(const struct failure *f, int rc)
{
	int errnum = system_errno(f->db);
	char reason[128];

	/* SQLITE_IOERR_DATA is what vfs.c says when the checksum of a page is wrong. */
	if (rc == SQLITE_IOERR_DATA)
		return bt_sqlite_damaged(f->name, f->path, "the checksum of a page is wrong", f->err);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return bt_sqlite_damaged(f->name, f->path, "it is cut short", f->err);
	if (errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG)
		return full(f, strerror_r(errnum, reason, sizeof(reason)));
	if (!errnum)
		return bt_err_set(f->err, BT_ERR_FAIL, "cannot %s the %s '%s': %s (%d)", io_action(rc), f->name->noun, f->path,
				  sqlite3_errstr(rc), rc);
	return bt_err_set(f->err, BT_ERR_FAIL, "cannot %s the %s '%s': %s", io_action(rc), f->name->noun, f->path,
			  strerror_r(errnum, reason, sizeof(reason)));
}

static int not_opened(const struct failure *f, int rc)
{
	int errnum = sqlite3_system_errno(f->db);
	const char *why = sqlite3_errmsg(f->db);
	char reason[128];

	if (rc == SQLITE_CANTOPEN_SYMLINK)
		why = "it is a symbolic link";
	else if (errnum)
		why = strerror_r(errnum, reason, sizeof(reason));
	bt_err_set(f->err, BT_ERR_READONLY, "cannot open the %s '%s': %s", f->name->noun, f->path, why);
	return hint(f, rc == SQLITE_CANTOPEN_SYMLINK || errnum == EISDIR ? f->name->move_away : f->name->elsewhere);
}

int bt_sqlite_fail(sqlite3 *db, const struct bt_sqlite_name *name, const char *path, int rc, struct bt_err *err)
{
	struct bt_err unwanted = BT_ERR_INIT;
	const struct failure f = { .db = db, .name = name, .path = path, .err = err ? err : &unwanted };
	int extended = sqlite3_extended_errcode(db);

	if ((extended & 0xff) == (rc & 0xff))
		rc = extended;
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
	case SQLITE_NOTADB:
		return bt_sqlite_damaged(name, path, sqlite3_errmsg(db), f.err);
	case SQLITE_FULL:
		return full(&f, "the disk is full");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		bt_err_set(f.err, BT_ERR_BUSY, "%s '%s' is being written by another process", name->noun, path);
		return hint(&f, name->busy);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return bt_err_set(f.err, BT_ERR_READONLY, "%s '%s' cannot be written: %s", name->noun, path, sqlite3_errmsg(db));
	case SQLITE_CANTOPEN:
		return not_opened(&f, rc);
	case SQLITE_TOOBIG:
		return bt_err_set(f.err, BT_ERR_LIMIT, "a record is too large for the %s '%s'", name->noun, path);
	case SQLITE_INTERRUPT:
		return bt_err_set(f.err, BT_ERR_CANCELED, "interrupted");
	case SQLITE_NOMEM:
		return bt_err_set(f.err, BT_ERR_FAIL, "out of memory in the %s '%s'", name->noun, path);
	case SQLITE_IOERR:
		return io(&f, rc);
	default:
		return bt_err_set(f.err, BT_ERR_FAIL, "%s '%s': %s (%d)", name->noun, path, sqlite3_errmsg(db), rc);
	}
}
