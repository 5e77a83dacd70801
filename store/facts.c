/*
 * The packed records of blobs. What is in them is the business of core/facts.
 */
#include "core/base/limits.h"
#include "store/store_int.h"

int bt_store_facts_put(struct bt_store *s, uint32_t blob_id, const void *rec, size_t len,
		       struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_value_pack(s, BT_VALUE_FACTS, blob_id, BT_QUALITY_FAST, NULL, 0, rec, len, err);

	if (!rc)
		rc = bt_sql_get(s, BT_SQL_FACTS_PUT, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	bt_sql_bind_bytes(q, 2, s->packed.data, s->packed.len);
	return bt_sql_run(s, q, err);
}

int bt_store_facts_read(struct bt_store *s, uint32_t blob_id, struct bt_buf *out, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *p;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_FACTS_READ, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "the facts of blob %u are missing", blob_id);
	if (rc != BT_ROW)
		return rc;
	p = bt_sql_bytes(q, 0, &len);
	return bt_value_unpack(s, BT_VALUE_FACTS, blob_id, NULL, 0, p, len, BT_FACTS_LEN_MAX, out,
			       err);
}
