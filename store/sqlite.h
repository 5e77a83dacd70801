/*
 * What all databases of the store have in common: a connection that believes little, and SQLite's codes as ours.
 */
#ifndef BT_STORE_SQLITE_H
#define BT_STORE_SQLITE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* What one is called in messages, and what to do when something is wrong with it; a hint that is NULL is not given. */
struct bt_sqlite_name {
	const char *noun;		/* "index": "cannot open the index '…'" */
	const char *damaged;		/* the hints */
	const char *full;
	const char *busy;
	const char *elsewhere;		/* it cannot be opened */
	const char *move_away;		/* something else is in its place */
};

/*
 * rc: what a call said about the database at `path`. Damage of any kind is BT_ERR_CORRUPT, a full disk BT_ERR_FULL, one that others
 * write BT_ERR_BUSY, one that cannot be written or opened BT_ERR_READONLY; BT_ERR_LIMIT, BT_ERR_CANCELED, else BT_ERR_FAIL. Returns the code.
 */
int bt_sqlite_fail(sqlite3 *db, const struct bt_sqlite_name *name, const char *path, int rc, struct bt_err *err);
/* "index '…' is damaged: what", with the way out. */
int bt_sqlite_damaged(const struct bt_sqlite_name *name, const char *path, const char *what, struct bt_err *err);

/* The file may be anybody's: nothing that it says is run, and it has limits. length_max: of a value, in bytes. */
void bt_sqlite_harden(sqlite3 *db, int length_max, int busy_ms, int wal_pages);

/* A number that the header of the file holds: "PRAGMA user_version". SQLite's code. */
int bt_sqlite_number(sqlite3 *db, const char *pragma, int64_t *ret);

/* What a check of SQLite's says first: its line behind the one that names the database. *ret_len: without the end of the line. */
const char *bt_sqlite_said(const char *text, size_t *ret_len);

#endif
