/*
 * Manifests: the newest few, whole.
 */
#include <string.h>

#include "core/base/limits.h"
#include "store/store_int.h"

static int64_t manifest_mark(const struct bt_digest *key)
{
	int64_t mark;

	memcpy(&mark, key->raw, sizeof(mark));
	return mark;
}

int bt_store_manifest_read(struct bt_store *s, const struct bt_digest *key, struct bt_buf *out,
			   struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *p;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_MANIFEST_READ, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, key->raw, sizeof(key->raw));
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	p = bt_sql_bytes(q, 1, &len);
	rc = bt_value_unpack(s, BT_VALUE_MANIFEST, manifest_mark(key), NULL, 0, p, len,
			     BT_BUF_DEFAULT_MAX, out, err);
	return rc ? rc : BT_ROW;
}

static int manifest_insert(struct bt_store *s, const struct bt_digest *key, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *drop = NULL, *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_MANIFEST_DROP, &drop, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(drop, 1, key->raw, sizeof(key->raw));
	rc = bt_sql_run(s, drop, err);
	if (!rc)
		rc = bt_sql_get(s, BT_SQL_MANIFEST_PUT, &q, err);
	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, key->raw, sizeof(key->raw));
	bt_sql_bind_bytes(q, 2, s->packed.data, s->packed.len);
	rc = bt_sql_run(s, q, err);
	return rc ? rc : bt_sql_exec(s, BT_SQL_MANIFEST_TRIM, BT_MANIFESTS_KEPT, err);
}

int bt_store_manifest_put(struct bt_store *s, const struct bt_digest *key, const void *data,
			  size_t len, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	rc = bt_value_pack(s, BT_VALUE_MANIFEST, manifest_mark(key), BT_QUALITY_FAST, NULL, 0, data,
			   len, err);
	if (!rc)
		rc = manifest_insert(s, key, err);
	return bt_store_scope_end(s, &scope, rc, err);
}
