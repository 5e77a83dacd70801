/*
 * Checks of the file and of values.
 */
#include "store/inspect.h"

#include <string.h>

#include "store/forget.h"
#include "store/store_int.h"

int bt_store_check_file(struct bt_store *s, bt_check_problem_fn *problem, void *ctx, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_sql_get(s, BT_SQL_CHECK_FILE, &q, &why);

	while (!rc || rc == BT_ROW) {
		const char *text;

		rc = bt_sql_step(s, q, &why);
		if (rc != BT_ROW)
			break;
		text = (const char *)sqlite3_column_text(q, 0);
		if (text && strcmp(text, "ok"))
			problem(ctx, text);
	}
	if (rc != BT_ERR_CORRUPT)
		return rc ? (*err = why, rc) : 0;
	problem(ctx, why.msg);
	return 0;
}

/* core/rules/record.h keeps records below it. */
#define FINDINGS_LEN_MAX (4u << 20)

int bt_store_check_findings(struct bt_store *s, uint32_t blob, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const void *p;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_FINDING_FIND, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	if (sqlite3_column_int64(q, 1) < 0 || sqlite3_column_int64(q, 1) >= BT_FINDINGS_STATE_NR)
		return bt_store_corrupt(s, err, "the state of findings makes no sense");
	p = bt_sql_bytes(q, 2, &len);
	return len ? bt_value_unpack(s, BT_VALUE_FINDINGS, blob, NULL, 0, p, len, FINDINGS_LEN_MAX, &out, err) : 0;
}

static int orphans_of(struct bt_store *s, enum bt_sql sql, struct bt_idset *blobs, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, sql, &q, err);

	if (rc)
		return rc;
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		int64_t id = sqlite3_column_int64(q, 0);

		bt_idset_add(blobs, id < 0 || id > UINT32_MAX ? 0 : (uint32_t)id);
	}
	return rc;
}

int bt_store_orphans(struct bt_store *s, struct bt_idset *blobs, struct bt_err *err)
{
	int rc = orphans_of(s, BT_SQL_FACTS_ORPHANS, blobs, err);

	if (!rc)
		rc = orphans_of(s, BT_SQL_FROZEN_ORPHANS, blobs, err);
	return rc ? rc : orphans_of(s, BT_SQL_FINDING_ORPHANS, blobs, err);
}

int bt_store_manifest_next(struct bt_store *s, int64_t *cursor, struct bt_digest *ret_key, struct bt_buf *out,
			   struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *key, *p;
	size_t key_len, len;
	int64_t mark;
	int rc = bt_sql_get(s, BT_SQL_MANIFEST_NEXT, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, *cursor);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	*cursor = sqlite3_column_int64(q, 0);
	key = bt_sql_bytes(q, 1, &key_len);
	if (key_len != BT_DIGEST_LEN)
		return bt_store_corrupt(s, err, "the row of a manifest makes no sense");
	memcpy(ret_key->raw, key, BT_DIGEST_LEN);
	memcpy(&mark, key, sizeof(mark));
	p = bt_sql_bytes(q, 2, &len);
	bt_buf_clear(out);
	rc = bt_value_unpack(s, BT_VALUE_MANIFEST, mark, NULL, 0, p, len, BT_BUF_DEFAULT_MAX, out, err);
	return rc ? rc : BT_ROW;
}
