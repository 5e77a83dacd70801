/*
 * Transactions. Writers take the lock at once (BEGIN IMMEDIATE), so that what they read is what
 * they change; readers may hold one state over several calls. Nothing here waits longer than the
 * busy time-out.
 */
#include "store/store_int.h"

int bt_store_begin(struct bt_store *s, struct bt_err *err)
{
	int rc;

	if (s->mode != BT_STORE_WRITE)
		return bt_err_set(err, BT_ERR_READONLY, "index '%s' was opened for reading",
				  s->path);
	if (s->writing || s->reading)
		return bt_err_set(err, BT_ERR_FAIL, "index '%s' is already in a transaction",
				  s->path);
	rc = bt_sql_exec(s, BT_SQL_BEGIN_WRITE, 0, err);
	if (rc)
		return rc;
	s->writing = true;
	return 0;
}

int bt_store_commit(struct bt_store *s, struct bt_err *err)
{
	int rc;

	if (!s->writing)
		return bt_err_set(err, BT_ERR_FAIL, "index '%s' has no transaction to commit",
				  s->path);
	rc = bt_store_facts_flush(s, err);
	if (!rc)
		rc = bt_sql_exec(s, BT_SQL_COMMIT, 0, err);
	if (rc) {
		bt_store_rollback(s);
		return rc;
	}
	s->writing = false;
	/* The next transaction of somebody else may come first. */
	bt_store_facts_forget(s);
	return 0;
}

void bt_store_rollback(struct bt_store *s)
{
	struct bt_err ignored = BT_ERR_INIT;

	if (!s->writing)
		return;
	s->writing = false;
	/* Rows of this transaction may be in there, under ids that are given again. */
	bt_store_tree_cache_release(s);
	bt_store_segments_release(s);
	bt_store_facts_forget(s);
	/* A full disk and the like have rolled back already. */
	if (!sqlite3_get_autocommit(s->db))
		bt_sql_exec(s, BT_SQL_ROLLBACK, 0, &ignored);
}

int bt_store_read_begin(struct bt_store *s, struct bt_err *err)
{
	int rc = 0;

	if (!s->writing && !s->reading)
		rc = bt_sql_exec(s, BT_SQL_BEGIN_READ, 0, err);
	if (!rc)
		s->reading++;
	return rc;
}

void bt_store_read_end(struct bt_store *s)
{
	struct bt_err ignored = BT_ERR_INIT;

	if (!s->reading || --s->reading || s->writing)
		return;
	if (!sqlite3_get_autocommit(s->db))
		bt_sql_exec(s, BT_SQL_COMMIT, 0, &ignored);
}

int bt_store_scope_begin(struct bt_store *s, struct bt_store_scope *scope, struct bt_err *err)
{
	int rc;

	scope->own = false;
	if (s->writing)
		return 0;
	rc = bt_store_begin(s, err);
	scope->own = !rc;
	return rc;
}

int bt_store_scope_end(struct bt_store *s, struct bt_store_scope *scope, int rc, struct bt_err *err)
{
	if (!scope->own)
		return rc;
	scope->own = false;
	if (!rc)
		return bt_store_commit(s, err);
	bt_store_rollback(s);
	return rc;
}
