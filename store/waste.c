/*
 * What of the file is of use.
 */
#include <stdio.h>
#include <stdlib.h>

#include "store/forget.h"
#include "store/rewrite.h"
#include "store/schema.h"
#include "store/segment.h"

static int number(struct bt_store *s, enum bt_sql sql, uint64_t *ret_nr, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t nr = 0;
	int rc = bt_sql_get(s, sql, &q, err);

	if (!rc)
		rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		nr = sqlite3_column_int64(q, 0);
	*ret_nr = nr > 0 ? (uint64_t)nr : 0;
	return rc < 0 ? rc : 0;
}

static int stream_bytes(struct bt_store *s, uint64_t *ret_bytes, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	uint64_t pieces = 0;
	size_t last = 0;
	int rc = number(s, BT_SQL_FACTS_PIECES_NR, &pieces, err);

	*ret_bytes = 0;
	if (!rc)
		rc = bt_sql_get(s, BT_SQL_FACTS_LAST_PIECE, &q, err);
	if (!rc)
		rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	bt_sql_bytes(q, 1, &last);
	*ret_bytes = (pieces - 1) * BT_FACTS_PIECE_LEN + last;
	return 0;
}

static int dead_blobs(struct bt_store *s, struct bt_store_waste *w, struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset ids = BT_IDSET_INIT;
	BT_FREE struct bt_segment *list = NULL;
	size_t nr = 0;
	int rc = bt_segment_list(s, &list, &nr, err);

	if (!rc)
		rc = bt_store_blob_ids(s, &ids, err);
	for (size_t i = 0; !rc && i < nr; i++) {
		struct bt_segment_blobs b;

		rc = bt_segment_blobs(s, list[i].id, &b, err);
		for (uint32_t k = 0; !rc && k < b.nr; k++)
			w->dead_blobs += !bt_idset_has(&ids, b.ids[k]);
		if (!rc)
			w->segment_blobs += b.nr;
	}
	w->segments = nr;
	return rc;
}

static int waste(struct bt_store *s, struct bt_store_waste *w, struct bt_err *err)
{
	uint64_t pages = 0, stream = 0;

	if (bt_store_bytes(s, &w->file_bytes, err) || number(s, BT_SQL_FREE_PAGES, &pages, err) ||
	    number(s, BT_SQL_FACTS_BYTES, &w->facts_bytes, err) || stream_bytes(s, &stream, err))
		return err->code;
	w->free_bytes = pages * BT_STORE_PAGE_SIZE;
	w->hole_bytes = stream > w->facts_bytes ? stream - w->facts_bytes : 0;
	return dead_blobs(s, w, err);
}

int bt_store_waste(struct bt_store *s, struct bt_store_waste *ret_w, struct bt_err *err)
{
	struct bt_store_waste w = { 0 };
	int rc = bt_store_read_begin(s, err);

	if (rc)
		return rc;
	rc = waste(s, &w, err);
	bt_store_read_end(s);
	if (!rc)
		*ret_w = w;
	return rc;
}

int bt_store_table_bytes(struct bt_store *s, struct bt_table_bytes **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_FREE struct bt_table_bytes *list = NULL;
	size_t nr = 0, alloc = 0;
	int rc;

	if (!sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB"))
		return bt_err_set(err, BT_ERR_UNSUPPORTED, "this SQLite cannot tell the sizes of tables");
	rc = bt_sql_get(s, BT_SQL_TABLE_BYTES, &q, err);
	if (rc)
		return rc;
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		snprintf(list[nr].name, sizeof(list[nr].name), "%s", (const char *)sqlite3_column_text(q, 0));
		list[nr++].bytes = (uint64_t)sqlite3_column_int64(q, 1);
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_nr = nr;
	list = NULL;
	return 0;
}
