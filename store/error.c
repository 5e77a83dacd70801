/*
 * What is wrong with the index, and the way out.
 */
#include <stdarg.h>
#include <stdio.h>

#include "store/sqlite.h"
#include "store/store_int.h"

static const struct bt_sqlite_name index_name = {
	.noun = "index",
	.damaged = BT_STORE_REBUILD_HINT,
	.full = "free some space, or set BATHO_STORE_DIR to another folder",
	.busy = "try again when it has finished",
	.elsewhere = BT_STORE_ELSEWHERE,
	.move_away = BT_STORE_MOVE_AWAY,
};

int bt_store_fail(struct bt_store *s, int rc, struct bt_err *err)
{
	return bt_sqlite_fail(s->db, &index_name, s->path, rc, err);
}

int bt_store_corrupt(struct bt_store *s, struct bt_err *err, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return bt_sqlite_damaged(&index_name, s->path, what, err);
}

int bt_store_blame(struct bt_store *s, int rc, struct bt_err *err)
{
	struct bt_err cause;

	if (rc != BT_ERR_CORRUPT || !err)
		return rc;
	cause = *err;
	return bt_sqlite_damaged(&index_name, s->path, cause.msg, err);
}
