/*
 * The packed records of blobs. What is in them is the business of core/facts.
 *
 * Records have all lengths, a page of the file has one: rows of one record each left a seventh of
 * the file empty. So the records stand one after the other in one long stream, which is cut into
 * rows that fill a page exactly; the table facts tells where a record starts. The last row is
 * filled up by the next transaction. A record that is replaced leaves a hole; the file is derived
 * data and is made again now and then.
 */
#include <string.h>

#include "core/base/limits.h"
#include "store/frozen.h"
#include "store/store_int.h"

#define PIECE_LEN BT_FACTS_PIECE_LEN
/* A record and its frame. */
#define STORED_LEN_MAX ((int64_t)1 << 30)

/* --- the end of the stream --- */

static int tail_open(struct bt_store *s, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	struct bt_facts_tail *t = &s->facts_tail;
	const void *p;
	size_t len;
	int rc;

	if (t->open)
		return 0;
	rc = bt_sql_get(s, BT_SQL_FACTS_LAST_PIECE, &q, err);
	if (rc)
		return rc;
	rc = bt_sql_step(s, q, err);
	if (rc < 0)
		return rc;
	bt_buf_clear(&t->data);
	t->piece = 0;
	if (rc == BT_ROW) {
		t->piece = sqlite3_column_int64(q, 0);
		p = bt_sql_bytes(q, 1, &len);
		if (t->piece < 0 || t->piece > INT64_MAX / PIECE_LEN - STORED_LEN_MAX ||
		    len > PIECE_LEN)
			return bt_store_corrupt(s, err, "a piece of facts makes no sense");
		if (len == PIECE_LEN)
			t->piece++;
		else
			bt_buf_add(&t->data, p, len);
	}
	t->open = true;
	t->dirty = false;
	return bt_buf_check(&t->data, "facts", err);
}

int bt_store_facts_flush(struct bt_store *s, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	struct bt_facts_tail *t = &s->facts_tail;
	int rc;

	if (!t->dirty)
		return 0;
	rc = bt_sql_get(s, BT_SQL_FACTS_PUT_PIECE, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, t->piece);
	bt_sql_bind_bytes(q, 2, t->data.data, t->data.len);
	rc = bt_sql_run(s, q, err);
	if (!rc)
		t->dirty = false;
	return rc;
}

void bt_store_facts_forget(struct bt_store *s)
{
	s->facts_tail.open = s->facts_tail.dirty = false;
}

static int tail_append(struct bt_store *s, const char *p, size_t len, struct bt_err *err)
{
	struct bt_facts_tail *t = &s->facts_tail;

	while (len) {
		size_t part = PIECE_LEN - t->data.len;
		int rc;

		if (part > len)
			part = len;
		bt_buf_add(&t->data, p, part);
		rc = bt_buf_check(&t->data, "facts", err);
		if (rc)
			return rc;
		t->dirty = true;
		p += part;
		len -= part;
		if (t->data.len < PIECE_LEN)
			break;
		rc = bt_store_facts_flush(s, err);
		if (rc)
			return rc;
		t->piece++;
		bt_buf_clear(&t->data);
	}
	return 0;
}

/* --- records --- */

int bt_store_facts_pack(struct bt_store *s, const void *rec, size_t len, struct bt_buf *out,
			struct bt_err *err)
{
	return bt_value_compress(s, BT_QUALITY_FAST, NULL, 0, rec, len, out, err);
}

static int packed_put(struct bt_store *s, uint32_t blob_id, void *packed, size_t len,
		      struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t place;
	int rc = tail_open(s, err);

	if (rc)
		return rc;
	bt_value_seal(BT_VALUE_FACTS, blob_id, packed, len);
	place = s->facts_tail.piece * PIECE_LEN + (int64_t)s->facts_tail.data.len;
	rc = tail_append(s, packed, len, err);
	if (!rc)
		rc = bt_sql_get(s, BT_SQL_FACTS_PUT, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	sqlite3_bind_int64(q, 2, place);
	sqlite3_bind_int64(q, 3, (int64_t)len);
	rc = bt_sql_run(s, q, err);
	return rc ? rc : bt_store_frozen_drop(s, blob_id, err);
}

int bt_store_facts_put_packed(struct bt_store *s, uint32_t blob_id, void *packed, size_t len,
			      struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	return bt_store_scope_end(s, &scope, packed_put(s, blob_id, packed, len, err), err);
}

/* Where a record lies: BT_ROW, or BT_DONE when it is not warm. */
static int facts_find(struct bt_store *s, uint32_t blob_id, int64_t *ret_place, int64_t *ret_len,
		      struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FACTS_FIND, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	*ret_place = sqlite3_column_int64(q, 0);
	*ret_len = sqlite3_column_int64(q, 1);
	if (*ret_place < 0 || *ret_len <= 0 || *ret_len > STORED_LEN_MAX ||
	    *ret_place > INT64_MAX - STORED_LEN_MAX)
		return bt_store_corrupt(s, err, "the place of facts makes no sense");
	return BT_ROW;
}

static int piece_missing(struct bt_store *s, struct bt_err *err)
{
	return bt_store_corrupt(s, err, "a piece of facts is missing");
}

static int warm_packed(struct bt_store *s, int64_t place, int64_t left, struct bt_buf *out, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FACTS_PIECES, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, place / PIECE_LEN);
	sqlite3_bind_int64(q, 2, (place + left - 1) / PIECE_LEN);
	bt_buf_clear(out);
	while (left) {
		size_t len, at = (size_t)(place % PIECE_LEN), part;
		const char *p;

		rc = bt_sql_step(s, q, err);
		if (rc != BT_ROW)
			return rc ? rc : piece_missing(s, err);
		p = bt_sql_bytes(q, 0, &len);
		if (len > PIECE_LEN || at >= len)
			return piece_missing(s, err);
		part = len - at < (size_t)left ? len - at : (size_t)left;
		bt_buf_add(out, p + at, part);
		place += (int64_t)part;
		left -= (int64_t)part;
		if (left && place % PIECE_LEN)
			return piece_missing(s, err);
	}
	return bt_buf_check(out, "facts", err);
}

static int packed_once(struct bt_store *s, uint32_t blob_id, struct bt_buf *out, struct bt_err *err)
{
	int64_t place = 0, len = 0;
	int rc = facts_find(s, blob_id, &place, &len, err);

	if (rc == BT_ROW)
		return warm_packed(s, place, len, out, err);
	if (rc == BT_DONE)
		rc = bt_frozen_packed(s, blob_id, out, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "the facts of blob %u are missing", blob_id);
	return rc == BT_ROW ? 0 : rc;
}

/* Between two statements another process may have frozen it, or made it warm: then one state is looked at. */
int bt_store_facts_packed(struct bt_store *s, uint32_t blob_id, struct bt_buf *out,
			  struct bt_err *err)
{
	struct bt_err first = BT_ERR_INIT;
	int rc = bt_store_facts_flush(s, err);

	if (!rc)
		rc = packed_once(s, blob_id, out, s->writing || s->reading ? err : &first);
	if (rc != BT_ERR_CORRUPT || s->writing || s->reading) {
		if (rc && first.code)
			*err = first;
		return rc;
	}
	rc = bt_store_read_begin(s, err);
	if (rc)
		return rc;
	rc = packed_once(s, blob_id, out, err);
	bt_store_read_end(s);
	return rc;
}

int bt_store_facts_unpack(struct bt_store *s, struct bt_compressor *c, uint32_t blob_id,
			  const struct bt_buf *packed, struct bt_buf *out, struct bt_err *err)
{
	bt_buf_clear(out);
	return bt_value_unpack_with(s, c, BT_VALUE_FACTS, blob_id, NULL, 0, packed->data,
				    packed->len, BT_FACTS_LEN_MAX, out, err);
}

int bt_store_facts_read(struct bt_store *s, uint32_t blob_id, struct bt_buf *out,
			struct bt_err *err)
{
	int rc = bt_store_facts_packed(s, blob_id, &s->packed, err);

	return rc ? rc
		  : bt_value_unpack(s, BT_VALUE_FACTS, blob_id, NULL, 0, s->packed.data,
				    s->packed.len, BT_FACTS_LEN_MAX, out, err);
}
