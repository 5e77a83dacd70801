/*
 * Blobs: what is known about (object id, language), and the numbers that stand for them everywhere
 * else.
 */
#include <stdlib.h>
#include <string.h>

#include "store/store_int.h"

const char *bt_blob_state_name(enum bt_blob_state state)
{
	static const char *const names[BT_BLOB_STATE_NR] = {
		[BT_BLOB_FACTS] = "facts",
		[BT_BLOB_BINARY] = "binary",
		[BT_BLOB_TOO_LARGE] = "too-large",
		[BT_BLOB_LFS] = "lfs",
		[BT_BLOB_NO_LANGUAGE] = "no-language",
		[BT_BLOB_REDIRECT] = "redirect",
		[BT_BLOB_MISSING] = "missing",
		[BT_BLOB_KILLED_TIME] = "killed-time",
		[BT_BLOB_KILLED_CPU] = "killed-cpu",
		[BT_BLOB_KILLED_MEMORY] = "killed-memory",
		[BT_BLOB_KILLED_CRASH] = "killed-crash",
		[BT_BLOB_LIMIT] = "limit",
	};

	return state < BT_BLOB_STATE_NR ? names[state] : "unknown";
}

/* The row under q into *ret_blob; its columns are those of BT_SQL_BLOB_GET. */
static int blob_load(struct bt_store *s, sqlite3_stmt *q, struct bt_blob *ret_blob,
		     struct bt_err *err)
{
	int64_t id = sqlite3_column_int64(q, 0), state = sqlite3_column_int64(q, 3);
	size_t oid_len, digest_len, hint_len;
	const void *oid = bt_sql_bytes(q, 1, &oid_len);
	const void *digest = bt_sql_bytes(q, 6, &digest_len);
	const void *hint = bt_sql_bytes(q, 7, &hint_len);

	if (id <= 0 || id > UINT32_MAX || state < 0 || state >= BT_BLOB_STATE_NR ||
	    (oid_len != 20 && oid_len != 32) ||
	    digest_len != (state == BT_BLOB_FACTS ? BT_DIGEST_LEN : 0))
		return bt_store_corrupt(s, err, "the row of a blob makes no sense");
	memset(ret_blob, 0, sizeof(*ret_blob));
	ret_blob->id = (uint32_t)id;
	ret_blob->oid = bt_oid_make(oid, oid_len);
	ret_blob->lang = (uint32_t)sqlite3_column_int64(q, 2);
	ret_blob->state = (enum bt_blob_state)state;
	ret_blob->size = (uint64_t)sqlite3_column_int64(q, 4);
	ret_blob->resolved = (uint32_t)sqlite3_column_int64(q, 5);
	if (digest_len)
		memcpy(ret_blob->digest.raw, digest, BT_DIGEST_LEN);
	if (hint) {
		bt_buf_clear(&s->hint);
		bt_buf_add(&s->hint, hint, hint_len);
		ret_blob->hint = bt_buf_cstr(&s->hint);
	}
	return BT_ROW;
}

int bt_store_blob_find(struct bt_store *s, const struct bt_oid *oid, uint32_t lang,
		       struct bt_blob *ret_blob, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_BLOB_FIND, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, oid->raw, oid->len);
	sqlite3_bind_int64(q, 2, lang);
	rc = bt_sql_step(s, q, err);
	return rc == BT_ROW ? blob_load(s, q, ret_blob, err) : rc;
}

int bt_store_blob_get(struct bt_store *s, uint32_t id, struct bt_blob *ret_blob, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_BLOB_GET, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		rc = blob_load(s, q, ret_blob, err);
	else if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "blob %u is missing", id);
	return rc == BT_ROW ? 0 : rc;
}

int bt_store_blob_by_oid(struct bt_store *s, const struct bt_oid *oid, uint32_t *cursor,
			 struct bt_blob *ret_blob, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_BLOB_BY_OID, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, oid->raw, oid->len);
	sqlite3_bind_int64(q, 2, *cursor);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		rc = blob_load(s, q, ret_blob, err);
	if (rc == BT_ROW)
		*cursor = ret_blob->lang;
	return rc;
}

int bt_store_blob_without_facts(struct bt_store *s, uint32_t *cursor, struct bt_blob *ret_blob,
				struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_BLOB_WITHOUT_FACTS, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, *cursor);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		rc = blob_load(s, q, ret_blob, err);
	if (rc == BT_ROW)
		*cursor = ret_blob->id;
	return rc;
}

/* Binds state .. hint from parameter `at` on. */
static void blob_bind(sqlite3_stmt *q, int at, const struct bt_blob *b)
{
	sqlite3_bind_int64(q, at, b->state);
	sqlite3_bind_int64(q, at + 1, (int64_t)b->size);
	sqlite3_bind_int64(q, at + 2, b->resolved);
	if (b->state == BT_BLOB_FACTS)
		bt_sql_bind_bytes(q, at + 3, b->digest.raw, BT_DIGEST_LEN);
	if (b->hint)
		bt_sql_bind_bytes(q, at + 4, b->hint, strlen(b->hint));
}

static int blob_insert(struct bt_store *s, const struct bt_blob *b, uint32_t *ret_id,
		       struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t id;
	int rc = bt_sql_get(s, BT_SQL_BLOB_INSERT, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, b->oid.raw, b->oid.len);
	sqlite3_bind_int64(q, 2, b->lang);
	blob_bind(q, 3, b);
	rc = bt_sql_run(s, q, err);
	if (rc)
		return rc;
	id = sqlite3_last_insert_rowid(s->db);
	if (id > UINT32_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the index '%s' is full: %lld blobs", s->path,
				  (long long)id);
	*ret_id = (uint32_t)id;
	return 0;
}

static int blob_update(struct bt_store *s, uint32_t id, const struct bt_blob *b, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_BLOB_UPDATE, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	blob_bind(q, 2, b);
	return bt_sql_run(s, q, err);
}

int bt_store_blob_add(struct bt_store *s, const struct bt_blob *b, uint32_t *ret_id,
		      bool *ret_known, struct bt_err *err)
{
	struct bt_store_scope scope;
	struct bt_blob old;
	uint32_t id = 0;
	bool known = false;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	rc = bt_store_blob_find(s, &b->oid, b->lang, &old, err);
	if (rc == BT_ROW) {
		id = old.id;
		known = old.state == BT_BLOB_FACTS;
		rc = known ? 0 : blob_update(s, id, b, err);
	} else if (rc == BT_DONE) {
		rc = blob_insert(s, b, &id, err);
	}
	rc = bt_store_scope_end(s, &scope, rc, err);
	if (rc)
		return rc;
	*ret_id = id;
	*ret_known = known;
	return 0;
}

int bt_store_blob_clear_killed(struct bt_store *s, uint64_t *ret_nr, struct bt_err *err)
{
	struct bt_store_scope scope;
	uint64_t nr = 0;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	rc = bt_sql_exec(s, BT_SQL_BLOB_CLEAR_KILLED, 0, err);
	if (!rc)
		nr = (uint64_t)sqlite3_changes(s->db);
	rc = bt_store_scope_end(s, &scope, rc, err);
	if (!rc)
		*ret_nr = nr;
	return rc;
}

int bt_store_counts(struct bt_store *s, struct bt_store_count **ret_rows, size_t *ret_nr,
		    struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_FREE struct bt_store_count *rows = NULL;
	size_t nr = 0, alloc = 0;
	int rc = bt_sql_get(s, BT_SQL_BLOB_COUNTS, &q, err);

	while (!rc || rc == BT_ROW) {
		rc = bt_sql_step(s, q, err);
		if (rc != BT_ROW)
			break;
		if (sqlite3_column_int64(q, 1) < 0 ||
		    sqlite3_column_int64(q, 1) >= BT_BLOB_STATE_NR)
			return bt_store_corrupt(s, err, "a blob has an unknown state");
		BT_GROW(rows, alloc, nr + 1);
		rows[nr++] = (struct bt_store_count){
			.lang = (uint32_t)sqlite3_column_int64(q, 0),
			.state = (enum bt_blob_state)sqlite3_column_int64(q, 1),
			.blobs = (uint64_t)sqlite3_column_int64(q, 2),
			.bytes = (uint64_t)sqlite3_column_int64(q, 3),
		};
	}
	if (rc)
		return rc;
	*ret_rows = rows;
	*ret_nr = nr;
	rows = NULL;
	return 0;
}
