/*
 * Writing and reading the trigram table.
 */
#include "store/trigram.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/varint.h"

void bt_trigram_begin(struct bt_trigram_writer *w)
{
	memset(w, 0, sizeof(*w));
	w->last = bt_xcalloc(BT_TRIGRAM_NR, sizeof(*w->last));
}

void bt_trigram_release(struct bt_trigram_writer *w)
{
	free(w->last);
	free(w->pairs);
	bt_buf_release(&w->row);
	bt_buf_release(&w->runs);
	memset(w, 0, sizeof(*w));
}

void bt_trigram_add(struct bt_trigram_writer *w, const char *name, size_t len, size_t known,
		    uint32_t block)
{
	/* A trigram that ends behind the known bytes starts at known - 2 or later. */
	size_t i = known > 2 ? known - 2 : 0;
	uint32_t t, place = block & (BT_TRIGRAM_REGION - 1);

	if (len < i + 3)
		return;
	t = bt_trigram_next(bt_trigram_next(0, (uint8_t)name[i]), (uint8_t)name[i + 1]);
	if (w->alloc < w->nr + len)
		BT_GROW(w->pairs, w->alloc, w->nr + len);
	for (i += 2; i < len; i++) {
		t = bt_trigram_next(t, (uint8_t)name[i]);
		if (w->last[t] == block + 1)
			continue;
		w->last[t] = block + 1;
		w->pairs[w->nr++] = t << BT_TRIGRAM_REGION_BITS | place;
	}
}

/* By digits of 10 bits, least significant first. */
static void pairs_sort(uint32_t *list, size_t nr)
{
	enum { BITS = 10, DIGITS = 1 << BITS };
	uint32_t *other = bt_xmalloc((nr + 1) * sizeof(*other)), *from = list, *to = other;
	int shift;

	for (shift = 0; shift < BT_TRIGRAM_BITS + BT_TRIGRAM_REGION_BITS; shift += BITS) {
		uint32_t starts[DIGITS + 1] = { 0 };
		uint32_t *swap;
		size_t i;

		for (i = 0; i < nr; i++)
			starts[(from[i] >> shift & (DIGITS - 1)) + 1]++;
		for (i = 1; i < DIGITS; i++)
			starts[i] += starts[i - 1];
		for (i = 0; i < nr; i++)
			to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != list)
		memcpy(list, from, nr * sizeof(*list));
	free(other);
}

static void varint_add(struct bt_buf *b, uint64_t v)
{
	uint8_t bytes[BT_VARINT_MAX];

	bt_buf_add(b, bytes, (size_t)(bt_varint_put(bytes, v) - bytes));
}

/* pairs[from .. to) of one trigram as runs of blocks. */
static void runs_add(struct bt_buf *b, const uint32_t *pairs, size_t from, size_t to)
{
	uint32_t next = 0;

	while (from < to) {
		uint32_t start = pairs[from] & (BT_TRIGRAM_REGION - 1), nr = 1;

		while (++from < to && pairs[from] == pairs[from - 1] + 1)
			nr++;
		varint_add(b, (uint64_t)(start - next) * 2 + (nr > 1));
		if (nr > 1)
			varint_add(b, nr - 2);
		next = start + nr;
	}
}

static int row_put(struct bt_trigram_writer *w, struct bt_store *s, int64_t id, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_buf_check(&w->row, "the trigrams of the index", err);

	if (!rc)
		rc = bt_value_pack(s, BT_VALUE_TRIGRAM, id, BT_QUALITY_FAST, NULL, 0, w->row.data,
				   w->row.len, err);
	if (!rc)
		rc = bt_sql_get(s, BT_SQL_TRIGRAM_PUT, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	bt_sql_bind_bytes(q, 2, s->packed.data, s->packed.len);
	bt_buf_clear(&w->row);
	return bt_sql_run(s, q, err);
}

static int64_t row_id(int64_t segment, uint32_t region, uint32_t trigram)
{
	return (segment << BT_TRIGRAM_SHIFT) + ((int64_t)region << BT_TRIGRAM_BITS) + trigram;
}

int bt_trigram_flush(struct bt_trigram_writer *w, struct bt_store *s, int64_t segment,
		     uint32_t region, struct bt_err *err)
{
	uint32_t first = 0, last = 0;
	size_t i = 0, end;
	int rc = 0;

	pairs_sort(w->pairs, w->nr);
	bt_buf_clear(&w->row);
	while (!rc && i < w->nr) {
		uint32_t t = w->pairs[i] >> BT_TRIGRAM_REGION_BITS;

		for (end = i + 1; end < w->nr && w->pairs[end] >> BT_TRIGRAM_REGION_BITS == t;
		     end++)
			;
		bt_buf_clear(&w->runs);
		runs_add(&w->runs, w->pairs, i, end);
		if (!w->row.len)
			first = last = t;
		varint_add(&w->row, t - last);
		varint_add(&w->row, w->runs.len);
		bt_buf_add(&w->row, w->runs.data, w->runs.len);
		last = t;
		i = end;
		if (w->row.len >= BT_TRIGRAM_ROW_LEN || i == w->nr)
			rc = row_put(w, s, row_id(segment, region, first), err);
	}
	w->nr = 0;
	return rc;
}

/* --- reading --- */

static int runs_load(struct bt_store *s, struct bt_reader r, struct bt_region *ret_blocks,
		     struct bt_err *err)
{
	uint64_t at = 0;

	while (r.at < r.end && !r.bad) {
		uint64_t v = bt_reader_upto(&r, 2 * BT_TRIGRAM_REGION);
		uint64_t nr = v & 1 ? bt_reader_upto(&r, BT_TRIGRAM_REGION) + 2 : 1;

		at += v >> 1;
		if (at + nr > BT_TRIGRAM_REGION)
			r.bad = true;
		for (; nr && !r.bad; nr--, at++)
			ret_blocks->words[at / 64] |= (uint64_t)1 << at % 64;
	}
	return r.bad ? bt_store_corrupt(s, err, "the blocks of a trigram make no sense") : 0;
}

/* Finds the trigram in a row that starts with `first`. */
static int row_search(struct bt_store *s, const struct bt_buf *row, uint32_t first,
		      uint32_t trigram, struct bt_region *ret_blocks, struct bt_err *err)
{
	struct bt_reader r = bt_reader_make(row->data, row->len);
	uint64_t t = first;

	while (r.at < r.end && t <= trigram) {
		uint64_t len;
		const uint8_t *runs;

		t += bt_reader_upto(&r, BT_TRIGRAM_NR);
		len = bt_reader_varint(&r);
		runs = bt_reader_bytes(&r, len);
		if (r.bad)
			return bt_store_corrupt(s, err, "a row of trigrams makes no sense");
		if (t == trigram)
			return runs_load(s, bt_reader_make(runs, len), ret_blocks, err);
	}
	return 0;
}

int bt_trigram_read(struct bt_store *s, int64_t segment, uint32_t region, uint32_t trigram,
		    struct bt_buf *scratch, struct bt_region *ret_blocks, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *p;
	int64_t id;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_TRIGRAM_FIND, &q, err);

	memset(ret_blocks, 0, sizeof(*ret_blocks));
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, row_id(segment, region, 0));
	sqlite3_bind_int64(q, 2, row_id(segment, region, trigram));
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	id = sqlite3_column_int64(q, 0);
	p = bt_sql_bytes(q, 1, &len);
	bt_buf_clear(scratch);
	rc = bt_value_unpack(s, BT_VALUE_TRIGRAM, id, NULL, 0, p, len, BT_TRIGRAM_ROW_MAX, scratch,
			     err);
	if (rc)
		return rc;
	return row_search(s, scratch, (uint32_t)(id - row_id(segment, region, 0)), trigram,
			  ret_blocks, err);
}
