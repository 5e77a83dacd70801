/*
 * Errors are values.
 *
 * A fallible function returns 0 or a negative enum bt_code and takes `struct bt_err *err` last.
 * The struct is the caller's, is never allocated, and is untouched on success. Iterators return
 * BT_ROW or BT_DONE. The setters return the code, so that failing is one line:
 *
 *	return bt_err_set(err, BT_ERR_CORRUPT, "index '%s' is not readable", path);
 *
 * Messages are lower case, without a full stop, name the action and the object in '…'.
 */
#ifndef BT_BASE_ERR_H
#define BT_BASE_ERR_H

#include <stdarg.h>

#define BT_ROW 1
#define BT_DONE 0

/* A code exists only when some caller acts on it. */
enum bt_code {
	BT_OK = 0,
	BT_ERR_FAIL = -1,	/* anything nobody acts on */
	BT_ERR_NOT_FOUND = -2,	/* the named thing does not exist */
	BT_ERR_USAGE = -3,	/* the command line is wrong: status 129 */
	BT_ERR_LIMIT = -4,	/* a declared maximum was reached */
	BT_ERR_CORRUPT = -5,	/* stored bytes break their own format */
	BT_ERR_VERSION = -6,	/* a store or format newer than this program */
	BT_ERR_BUSY = -7,	/* somebody else holds the lock; trying later helps */
	BT_ERR_FULL = -8,	/* disk or quota is full */
	BT_ERR_UNSUPPORTED = -9,/* this back-end cannot; another may */
	BT_ERR_CANCELED = -10,	/* interrupted: status 130 */
	BT_ERR_PIPE = -11,	/* the reader of stdout went away: quiet */
	BT_ERR_READONLY = -12,	/* the place cannot be written */
};

struct bt_err {
	enum bt_code code;
	char msg[480];	/* one line, no newline at the end */
	char hint[240];	/* what to do, or empty */
};

#define BT_ERR_INIT { .code = BT_OK, .msg = "", .hint = "" }

int bt_err_set(struct bt_err *err, enum bt_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* As bt_err_set, then ": " and the text of errno; the code follows errno (ENOSPC -> FULL, ...). */
int bt_err_errno(struct bt_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts "what: " before the message that is there; keeps and returns its code. */
int bt_err_wrap(struct bt_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds the hint line; keeps and returns the code. */
int bt_err_hint(struct bt_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
