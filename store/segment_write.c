/*
 * Writing a segment: names come in ascending order, blocks and their rows go out.
 */
#include <stdlib.h>
#include <string.h>

#include "store/segment.h"

/* Millions of small numbers: what bt_buf_add does, without the call. */
static inline void varint_add(struct bt_buf *b, uint64_t v)
{
	uint8_t *to;

	if (b->alloc - b->len <= BT_VARINT_MAX && !bt_buf_reserve(b, 64))
		return;
	to = (uint8_t *)b->data + b->len;
	b->len += (size_t)(bt_varint_put(to, v) - to);
}

static void bytes_add(struct bt_buf *to, const struct bt_buf *from)
{
	bt_buf_add(to, from->data, from->len);
}

int bt_segment_begin(struct bt_segment_writer *w, struct bt_store *s, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc;

	memset(w, 0, sizeof(*w));
	w->s = s;
	w->prev = bt_xmalloc(BT_LIST_INLINE_MAX * sizeof(*w->prev));
	bt_trigram_begin(&w->trigrams);
	rc = bt_sql_get(s, BT_SQL_SEGMENT_INSERT, &q, err);
	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, NULL, 0);
	rc = bt_sql_run(s, q, err);
	w->id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

void bt_segment_writer_release(struct bt_segment_writer *w)
{
	struct bt_buf *const bufs[] = { &w->heads, &w->rests, &w->list_heads, &w->deltas,
					&w->kinds, &w->raw,   &w->row };
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(bufs); i++)
		bt_buf_release(bufs[i]);
	bt_trigram_release(&w->trigrams);
	free(w->prev);
	w->prev = NULL;
}

/* --- a block --- */

static int key_put(struct bt_segment_writer *w, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(w->s, BT_SQL_NAME_KEY_PUT, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, w->id);
	bt_sql_bind_bytes(q, 2, w->low, w->low_len);
	sqlite3_bind_int64(q, 3, w->blocks);
	sqlite3_bind_int64(q, 4, w->shortest);
	sqlite3_bind_int64(q, 5, w->longest);
	return bt_sql_run(w->s, q, err);
}

static int block_put(struct bt_segment_writer *w, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t id = bt_segment_row(w->id, w->blocks);
	int rc = bt_buf_check(&w->row, "a block of the index", err);

	if (!rc)
		rc = bt_sql_get(w->s, BT_SQL_NAME_BLOCK_PUT, &q, err);
	if (rc)
		return rc;
	bt_value_seal(BT_VALUE_NAMES, id, w->row.data, w->row.len);
	sqlite3_bind_int64(q, 1, id);
	bt_sql_bind_bytes(q, 2, w->row.data, w->row.len);
	return bt_sql_run(w->s, q, err);
}

/* w->raw, compressed, to the end of the row. with_len: other bytes will follow. */
static int part_add(struct bt_segment_writer *w, bool with_len, struct bt_err *err)
{
	struct bt_buf *packed = &w->s->packed;
	int rc = bt_buf_check(&w->raw, "a block of the index", err);

	bt_buf_clear(packed);
	if (!rc)
		rc = bt_compress(&w->s->compressor, BT_QUALITY_QUICK, NULL, 0, w->raw.data,
				 w->raw.len, packed, err);
	if (rc)
		return rc;
	varint_add(&w->row, w->raw.len);
	if (with_len)
		varint_add(&w->row, packed->len);
	bytes_add(&w->row, packed);
	return 0;
}

static int names_add(struct bt_segment_writer *w, const char *high, size_t high_len,
		     struct bt_err *err)
{
	struct bt_buf *raw = &w->raw;

	bt_buf_clear(raw);
	varint_add(raw, w->nr);
	varint_add(raw, w->low_len);
	bt_buf_add(raw, w->low, w->low_len);
	varint_add(raw, high ? high_len + 1 : 0);
	bt_buf_add(raw, high, high_len);
	varint_add(raw, w->heads.len);
	bytes_add(raw, &w->heads);
	bytes_add(raw, &w->rests);
	return part_add(w, true, err);
}

static int lists_add(struct bt_segment_writer *w, struct bt_err *err)
{
	struct bt_buf *raw = &w->raw;

	bt_buf_clear(raw);
	varint_add(raw, w->list_heads.len);
	varint_add(raw, w->deltas.len);
	bytes_add(raw, &w->list_heads);
	bytes_add(raw, &w->deltas);
	bytes_add(raw, &w->kinds);
	return part_add(w, false, err);
}

/* high: the low fence of the next block, or NULL at the end. */
static int block_close(struct bt_segment_writer *w, const char *high, size_t high_len,
		       struct bt_err *err)
{
	static const uint8_t check[BT_VALUE_CHECK_LEN];
	struct bt_buf *const columns[] = { &w->heads, &w->rests, &w->list_heads, &w->deltas,
					   &w->kinds };
	size_t i;
	int rc;

	if (w->blocks + 1 >= BT_SEGMENT_ROWS_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "a segment of the index is full");
	for (i = 0; i < BT_ARRAY_NR(columns); i++)
		if (columns[i]->failed)
			return bt_buf_check(columns[i], "a block of the index", err);
	bt_buf_clear(&w->row);
	bt_buf_add(&w->row, check, sizeof(check));
	rc = names_add(w, high, high_len, err);
	if (!rc)
		rc = lists_add(w, err);
	if (!rc)
		rc = block_put(w, err);
	if (!rc)
		rc = key_put(w, err);
	for (i = 0; i < BT_ARRAY_NR(columns); i++)
		bt_buf_clear(columns[i]);
	w->nr = w->prev_nr = w->prev_first = 0;
	w->shortest = w->longest = 0;
	w->blocks++;
	if (!rc && w->blocks % BT_TRIGRAM_REGION == 0)
		rc = bt_trigram_flush(&w->trigrams, w->s, w->id, w->blocks / BT_TRIGRAM_REGION - 1,
				      err);
	return rc;
}

/* --- a name --- */

static void list_encode(struct bt_segment_writer *w, const struct bt_posting *list, uint32_t nr,
			bool defines)
{
	uint32_t i, last = 0;

	for (i = 0; i < nr; i++) {
		uint64_t delta = i ? list[i].blob_id - last - 1
				   : bt_zigzag((int64_t)list[0].blob_id - w->prev_first);

		last = list[i].blob_id;
		if (defines && nr > 1)
			delta = delta * 2 + (list[i].kinds != 0);
		varint_add(&w->deltas, delta);
		if (!list[i].kinds)
			continue;
		if (list[i].kinds & (list[i].kinds - 1)) {
			bt_buf_addch(&w->kinds, 0x80);
			varint_add(&w->kinds, list[i].kinds);
		} else {
			varint_add(&w->kinds, (unsigned)__builtin_ctz(list[i].kinds));
		}
	}
}

/* Moves what was encoded behind the marks into a row of its own. */
static int list_banish(struct bt_segment_writer *w, size_t deltas, size_t kinds, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t id = bt_segment_row(w->id, w->lists);
	int rc;

	if (w->lists + 1 >= BT_SEGMENT_ROWS_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "a segment of the index is full");
	bt_buf_clear(&w->raw);
	varint_add(&w->raw, w->deltas.len - deltas);
	bt_buf_add(&w->raw, w->deltas.data + deltas, w->deltas.len - deltas);
	if (w->kinds.len > kinds)
		bt_buf_add(&w->raw, w->kinds.data + kinds, w->kinds.len - kinds);
	w->deltas.len = deltas;
	w->kinds.len = kinds;
	rc = bt_buf_check(&w->raw, "a list of the index", err);
	if (!rc)
		rc = bt_value_pack(w->s, BT_VALUE_POSTING, id, BT_QUALITY_FAST, NULL, 0,
				   w->raw.data, w->raw.len, err);
	if (!rc)
		rc = bt_sql_get(w->s, BT_SQL_POSTING_PUT, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	bt_sql_bind_bytes(q, 2, w->s->packed.data, w->s->packed.len);
	varint_add(&w->deltas, w->lists++);
	return bt_sql_run(w->s, q, err);
}

static int list_add(struct bt_segment_writer *w, const struct bt_posting *list, uint32_t nr,
		    bool defines, struct bt_err *err)
{
	size_t deltas = w->deltas.len, kinds = w->kinds.len;
	uint32_t base = w->prev_first;
	bool elsewhere;
	int rc = 0;

	if (nr == w->prev_nr && !memcmp(list, w->prev, nr * sizeof(*list))) {
		varint_add(&w->list_heads, 0);
		return 0;
	}
	/* A list elsewhere stands alone: its first delta is the number itself. */
	if (nr > BT_LIST_INLINE_MAX)
		w->prev_first = 0;
	list_encode(w, list, nr, defines);
	elsewhere = w->deltas.len - deltas + w->kinds.len - kinds > BT_LIST_INLINE_MAX;
	if (elsewhere && w->prev_first) {
		w->deltas.len = deltas;
		w->kinds.len = kinds;
		w->prev_first = 0;
		list_encode(w, list, nr, defines);
	}
	varint_add(&w->list_heads,
		   1 + ((uint64_t)(nr - 1) << 2 | (unsigned)elsewhere << 1 | (unsigned)defines));
	w->prev_first = elsewhere ? base : list[0].blob_id;
	if (elsewhere)
		rc = list_banish(w, deltas, kinds, err);
	w->prev_nr = elsewhere ? 0 : nr;
	if (!elsewhere)
		memcpy(w->prev, list, nr * sizeof(*list));
	return rc;
}

/* The shortest text that is > last and <= name. */
static size_t fence_len(const struct bt_segment_writer *w, const char *name, size_t len)
{
	return bt_name_shared(w->last, w->last_len, name, len) + 1;
}

static int block_turn(struct bt_segment_writer *w, const char *name, size_t len, struct bt_err *err)
{
	size_t fence = fence_len(w, name, len);
	int rc = block_close(w, name, fence, err);

	memcpy(w->low, name, fence);
	w->low_len = fence;
	return rc;
}

int bt_segment_add(struct bt_segment_writer *w, const char *name, size_t len,
		   const struct bt_posting *list, uint32_t nr, struct bt_err *err)
{
	uint32_t i, kinds = 0;
	size_t shared;
	int rc;

	if (w->heads.len + w->rests.len + w->list_heads.len + w->deltas.len + w->kinds.len >=
	    BT_BLOCK_LEN) {
		rc = block_turn(w, name, len, err);
		if (rc)
			return rc;
	}
	for (i = 0; i < nr; i++)
		kinds |= list[i].kinds;
	shared = w->nr ? bt_name_shared(w->last, w->last_len, name, len) : 0;
	varint_add(&w->heads, shared);
	varint_add(&w->heads, (uint64_t)(len - shared) * 2 + (kinds != 0));
	bt_buf_add(&w->rests, name + shared, len - shared);
	if (shared < w->shared_since || !w->nr)
		w->shared_since = shared;
	if (kinds) {
		bt_trigram_add(&w->trigrams, name, len, w->shared_since, w->blocks);
		w->shared_since = len;
		if (!w->shortest || len < w->shortest)
			w->shortest = (uint32_t)len;
		if (len > w->longest)
			w->longest = (uint32_t)len;
	}
	memcpy(w->last + shared, name + shared, len - shared);
	w->last_len = len;
	w->nr++;
	w->names++;
	w->pairs += nr;
	return list_add(w, list, nr, kinds != 0, err);
}

/* --- the end --- */

static uint32_t level_of(uint64_t pairs)
{
	uint64_t end = BT_SEGMENT_PAIRS_MIN;
	uint32_t level = 0;

	while (pairs >= end && level < 12) {
		end *= BT_SEGMENT_FANOUT;
		level++;
	}
	return level;
}

/* Blob ids as runs: gap, length - 1. */
static void ids_encode(struct bt_buf *out, const uint32_t *ids, uint32_t nr)
{
	uint32_t i = 0, next = 0;

	while (i < nr) {
		uint32_t start = i++;

		while (i < nr && ids[i] == ids[i - 1] + 1)
			i++;
		varint_add(out, ids[start] - next);
		varint_add(out, i - start - 1);
		next = ids[i - 1] + 1;
	}
}

int bt_segment_end(struct bt_segment_writer *w, const uint32_t *ids, uint32_t ids_nr,
		   struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = w->nr ? block_close(w, NULL, 0, err) : 0;

	if (!rc && w->trigrams.nr)
		rc = bt_trigram_flush(&w->trigrams, w->s, w->id,
				      (w->blocks - 1) / BT_TRIGRAM_REGION, err);
	if (rc)
		return rc;
	bt_buf_clear(&w->raw);
	ids_encode(&w->raw, ids, ids_nr);
	rc = bt_buf_check(&w->raw, "the blobs of a segment", err);
	if (!rc)
		rc = bt_value_pack(w->s, BT_VALUE_SEGMENT, w->id, BT_QUALITY_FAST, NULL, 0,
				   w->raw.data, w->raw.len, err);
	if (!rc)
		rc = bt_sql_get(w->s, BT_SQL_SEGMENT_FINISH, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, w->id);
	sqlite3_bind_int64(q, 2, level_of(w->pairs));
	sqlite3_bind_int64(q, 3, (int64_t)w->pairs);
	sqlite3_bind_int64(q, 4, (int64_t)w->names);
	sqlite3_bind_int64(q, 5, w->blocks);
	bt_sql_bind_bytes(q, 6, w->s->packed.data, w->s->packed.len);
	return bt_sql_run(w->s, q, err);
}
