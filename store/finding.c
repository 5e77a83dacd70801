/*
 * Findings of blobs: one row each, under the key of the rules that made them. Other rules replace the row. Most
 * blobs have none, and a row without data.
 */
#include "store/store_int.h"

/* core/rules/record.h keeps records below it. */
#define FINDINGS_LEN_MAX (4u << 20)

int bt_store_findings_find(struct bt_store *s, uint32_t blob_id, uint64_t rules, enum bt_findings_state *ret_state,
			   struct bt_buf *out, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *p;
	size_t len;
	int64_t state;
	int rc = bt_sql_get(s, BT_SQL_FINDING_FIND, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	if ((uint64_t)sqlite3_column_int64(q, 0) != rules)
		return BT_DONE;
	state = sqlite3_column_int64(q, 1);
	if (state < 0 || state >= BT_FINDINGS_STATE_NR)
		return bt_store_corrupt(s, err, "the state of findings makes no sense");
	*ret_state = (enum bt_findings_state)state;
	p = bt_sql_bytes(q, 2, &len);
	if (!len || !out)
		return BT_ROW;
	rc = bt_value_unpack(s, BT_VALUE_FINDINGS, blob_id, NULL, 0, p, len, FINDINGS_LEN_MAX, out, err);
	return rc ? rc : BT_ROW;
}

static int put(struct bt_store *s, uint32_t blob_id, uint64_t rules, enum bt_findings_state state, const void *p,
	       size_t len, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FINDING_PUT, &q, err);

	if (!rc && len)
		rc = bt_value_pack(s, BT_VALUE_FINDINGS, blob_id, BT_QUALITY_FAST, NULL, 0, p, len, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	sqlite3_bind_int64(q, 2, (int64_t)rules);
	sqlite3_bind_int64(q, 3, state);
	if (len)
		bt_sql_bind_bytes(q, 4, s->packed.data, s->packed.len);
	return bt_sql_run(s, q, err);
}

int bt_store_findings_put(struct bt_store *s, uint32_t blob_id, uint64_t rules, enum bt_findings_state state,
			  const void *p, size_t len, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	return bt_store_scope_end(s, &scope, put(s, blob_id, rules, state, p, len, err), err);
}

int bt_store_findings_clear_failed(struct bt_store *s, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	return bt_store_scope_end(s, &scope, bt_sql_exec(s, BT_SQL_FINDING_CLEAR_FAILED, 0, err), err);
}
