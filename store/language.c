/*
 * Languages: a small id per (name, extractor version).
 */
#include <string.h>

#include "store/store_int.h"

static int language_find(struct bt_store *s, const char *name, uint64_t version, uint32_t *ret_id,
			 struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_LANGUAGE_FIND, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, (int64_t)version);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		*ret_id = (uint32_t)sqlite3_column_int64(q, 0);
	return rc;
}

static int language_put(struct bt_store *s, const char *name, uint64_t version, uint32_t *ret_id,
			struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_LANGUAGE_PUT, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, (int64_t)version);
	rc = bt_sql_run(s, q, err);
	if (!rc)
		*ret_id = (uint32_t)sqlite3_last_insert_rowid(s->db);
	return rc;
}

int bt_store_language_id(struct bt_store *s, const char *name, uint64_t version, uint32_t *ret_id,
			 struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = language_find(s, name, version, ret_id, err);

	if (rc)
		return rc == BT_ROW ? 0 : rc;
	if (s->mode == BT_STORE_READ)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "the index knows no language '%s'", name);
	if (strlen(name) >= sizeof(((struct bt_store_language *)NULL)->name))
		return bt_err_set(err, BT_ERR_LIMIT, "the name of language '%s' is too long", name);
	rc = bt_store_scope_begin(s, &scope, err);
	if (rc)
		return rc;
	/* Now under the lock: another writer may have been faster. */
	rc = language_find(s, name, version, ret_id, err);
	if (rc == BT_DONE)
		rc = language_put(s, name, version, ret_id, err);
	return bt_store_scope_end(s, &scope, rc == BT_ROW ? 0 : rc, err);
}

int bt_store_language_next(struct bt_store *s, uint32_t *cursor, struct bt_store_language *ret_l,
			   struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const char *name;
	int rc = bt_sql_get(s, BT_SQL_LANGUAGE_NEXT, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, *cursor);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	name = (const char *)sqlite3_column_text(q, 1);
	if (!name || strlen(name) >= sizeof(ret_l->name))
		return bt_store_corrupt(s, err, "a language has no sensible name");
	memset(ret_l, 0, sizeof(*ret_l));
	strcpy(ret_l->name, name);
	ret_l->id = *cursor = (uint32_t)sqlite3_column_int64(q, 0);
	ret_l->version = (uint64_t)sqlite3_column_int64(q, 2);
	return BT_ROW;
}
