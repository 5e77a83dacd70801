/*
 * Checks of name segments. What leads to a block (keys, trigrams) is compared with what stands in it: the trigrams by a sum
 * over hashes of (trigram, block), so that nothing of the size of the index is kept.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/signal.h"
#include "store/inspect.h"
#include "store/segment.h"

struct names {
	struct bt_store *s;
	struct bt_names_check *c;
	struct bt_segment segment;
	struct bt_segment_blobs blobs;
	struct bt_block block;
	struct bt_trigram_writer trigrams;
	struct bt_postings_list list;
	struct bt_buf last;		/* the name before, and the high fence before */
	struct bt_buf high;
	uint64_t names, pairs;
	uint64_t trigram_sum;		/* of the names */
};

static void names_release(struct names *n)
{
	bt_block_release(&n->block);
	bt_trigram_release(&n->trigrams);
	bt_postings_list_release(&n->list);
	bt_buf_release(&n->last);
	bt_buf_release(&n->high);
}

static int wrong(struct names *n, struct bt_err *err, const char *what)
{
	return bt_store_corrupt(n->s, err, "segment %lld of names: %s", (long long)n->segment.id, what);
}

static uint64_t trigram_mark(uint32_t region, uint32_t pair)
{
	return bt_mix64(((uint64_t)region << 32 | pair) + 0x9e3779b97f4a7c15ull);
}

/* --- a block --- */

static int check_name(struct names *n, uint32_t i, uint32_t block, struct bt_err *err)
{
	const char *name = bt_block_name(&n->block, i);
	size_t len = n->block.names[i].len;
	bool defined = false;
	int rc;

	if (n->names && bt_name_compare(bt_buf_cstr(&n->last), n->last.len, name, len) >= 0)
		return wrong(n, err, "names are not in their order");
	bt_buf_clear(&n->last);
	bt_buf_add(&n->last, name, len);
	n->list.nr = 0;
	rc = bt_block_list(n->s, &n->block, i, n->blobs.nr, &n->list, err);
	if (rc)
		return rc;
	for (size_t k = 0; k < n->list.nr; k++) {
		defined |= n->list.list[k].kinds != 0;
		n->list.list[k].blob_id = n->blobs.ids[n->list.list[k].blob_id];
	}
	if (!n->list.nr || defined != n->block.names[i].defined)
		return wrong(n, err, "a name is not what its list says");
	if (defined)
		bt_trigram_add(&n->trigrams, name, len, 0, block);
	n->names++;
	n->pairs += n->list.nr;
	n->c->name(n->c->ctx, name, len, n->list.list, n->list.nr);
	if (++n->c->names % 16384)
		return 0;
	if (n->c->progress)
		n->c->progress(n->c->ctx, n->c->names);
	return bt_cancel_check(err);
}

/* The key that leads to it, as NAME_KEY_FROM gives them in order. */
static int check_key(struct names *n, sqlite3_stmt *keys, uint32_t block, struct bt_err *err)
{
	uint32_t shortest = 0, longest = 0;
	size_t len;
	const void *low = bt_sql_bytes(keys, 0, &len);

	for (uint32_t i = 0; i < n->block.nr; i++) {
		uint32_t name_len = n->block.names[i].len;

		if (!n->block.names[i].defined)
			continue;
		if (!shortest || name_len < shortest)
			shortest = name_len;
		if (name_len > longest)
			longest = name_len;
	}
	if (sqlite3_column_int64(keys, 1) != block || len != n->block.low_len ||
	    (len && memcmp(low, n->block.low, len)) || sqlite3_column_int64(keys, 2) != shortest ||
	    sqlite3_column_int64(keys, 3) != longest)
		return wrong(n, err, "a key leads to another block");
	return 0;
}

static int check_fences(struct names *n, uint32_t block, struct bt_err *err)
{
	const struct bt_block *b = &n->block;
	const char *first, *last;

	if (!b->nr || (block + 1 == n->segment.blocks) != !b->high)
		return wrong(n, err, "a block has no end");
	first = bt_block_name(b, 0);
	last = bt_block_name(b, b->nr - 1);
	if (bt_name_compare(first, b->names[0].len, b->low, b->low_len) < 0 ||
	    (b->high && bt_name_compare(last, b->names[b->nr - 1].len, b->high, b->high_len) >= 0) ||
	    bt_name_compare(bt_buf_cstr(&n->high), n->high.len, b->low, b->low_len))
		return wrong(n, err, "a block does not hold what its fences say");
	bt_buf_clear(&n->high);
	bt_buf_add(&n->high, b->high, b->high ? b->high_len : 0);
	return 0;
}

static int check_block(struct names *n, sqlite3_stmt *keys, uint32_t block, struct bt_err *err)
{
	if (bt_block_read(n->s, n->segment.id, block, &n->block, err) || check_key(n, keys, block, err) ||
	    check_fences(n, block, err))
		return err->code;
	for (uint32_t i = 0; i < n->block.nr; i++)
		if (check_name(n, i, block, err))
			return err->code;
	for (size_t i = 0; i < n->trigrams.nr; i++)
		n->trigram_sum += trigram_mark(block / BT_TRIGRAM_REGION, n->trigrams.pairs[i]);
	n->trigrams.nr = 0;
	return 0;
}

/* --- trigrams as they are stored --- */

/* Adds the blocks of one trigram to the sum. */
static int runs_sum(struct names *n, struct bt_reader r, uint32_t region, uint32_t trigram, uint64_t *sum,
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
			*sum += trigram_mark(region, trigram << BT_TRIGRAM_REGION_BITS | (uint32_t)at);
	}
	return r.bad ? wrong(n, err, "the blocks of a trigram make no sense") : 0;
}

/* *after: trigrams of the region and row before end below it; it is moved behind this row. */
static int row_sum(struct names *n, int64_t id, const struct bt_buf *row, uint64_t *after, uint64_t *sum,
		   struct bt_err *err)
{
	uint64_t number = (uint64_t)id & (((uint64_t)1 << BT_TRIGRAM_SHIFT) - 1);
	uint32_t region = (uint32_t)(number >> BT_TRIGRAM_BITS);
	uint64_t t = number & (BT_TRIGRAM_NR - 1);
	struct bt_reader r = bt_reader_make(row->data, row->len);

	if (number < *after)
		return wrong(n, err, "rows of trigrams are not in their order");
	while (r.at < r.end) {
		const uint8_t *runs;
		uint64_t len;

		t += bt_reader_upto(&r, BT_TRIGRAM_NR);
		len = bt_reader_varint(&r);
		runs = bt_reader_bytes(&r, len);
		if (r.bad || t >= BT_TRIGRAM_NR)
			return wrong(n, err, "a row of trigrams makes no sense");
		if (runs_sum(n, bt_reader_make(runs, len), region, (uint32_t)t, sum, err))
			return err->code;
	}
	*after = ((uint64_t)region << BT_TRIGRAM_BITS) + t + 1;
	return 0;
}

static int check_trigrams(struct names *n, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_BUF_OWNED struct bt_buf row = BT_BUF_INIT;
	uint64_t after = 0, sum = 0;
	int rc = bt_sql_get(n->s, BT_SQL_TRIGRAM_ROWS, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, n->segment.id << BT_TRIGRAM_SHIFT);
	sqlite3_bind_int64(q, 2, ((n->segment.id + 1) << BT_TRIGRAM_SHIFT) - 1);
	while ((rc = bt_sql_step(n->s, q, err)) == BT_ROW) {
		int64_t id = sqlite3_column_int64(q, 0);
		size_t len;
		const void *p = bt_sql_bytes(q, 1, &len);

		bt_buf_clear(&row);
		if (bt_value_unpack(n->s, BT_VALUE_TRIGRAM, id, NULL, 0, p, len, BT_TRIGRAM_ROW_MAX, &row, err) ||
		    row_sum(n, id, &row, &after, &sum, err))
			return err->code;
	}
	if (!rc && sum != n->trigram_sum)
		return wrong(n, err, "its trigrams are not those of its names");
	return rc;
}

/* --- a segment --- */

static int check_blocks(struct names *n, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *keys = NULL;
	int rc = bt_sql_get(n->s, BT_SQL_NAME_KEY_FROM, &keys, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(keys, 1, n->segment.id);
	bt_sql_bind_bytes(keys, 2, NULL, 0);
	for (uint32_t block = 0; block < n->segment.blocks; block++) {
		rc = bt_sql_step(n->s, keys, err);
		if (rc < 0)
			return rc;
		if (rc == BT_DONE)
			return wrong(n, err, "a key is missing");
		if (check_block(n, keys, block, err))
			return err->code;
	}
	rc = bt_sql_step(n->s, keys, err);
	return rc == BT_ROW ? wrong(n, err, "there is a key too many") : rc;
}

static int check_segment(struct names *n, struct bt_err *err)
{
	n->names = n->pairs = n->trigram_sum = 0;
	n->trigrams.nr = 0;
	memset(n->trigrams.last, 0, BT_TRIGRAM_NR * sizeof(*n->trigrams.last));
	bt_buf_clear(&n->last);
	bt_buf_clear(&n->high);
	if (bt_segment_blobs(n->s, n->segment.id, &n->blobs, err) || check_blocks(n, err) || check_trigrams(n, err))
		return err->code;
	if (n->names != n->segment.names || n->pairs != n->segment.pairs)
		return wrong(n, err, "its counts are wrong");
	return 0;
}

int bt_store_check_names(struct bt_store *s, struct bt_names_check *c, struct bt_err *err)
{
	BT_CLEANUP(names_release) struct names n = { .s = s, .c = c, .block = BT_BLOCK_INIT };
	BT_FREE struct bt_segment *list = NULL;
	struct bt_err why = BT_ERR_INIT;
	size_t nr = 0;
	int rc = bt_segment_list(s, &list, &nr, &why);

	bt_trigram_begin(&n.trigrams);
	if (rc == BT_ERR_CORRUPT)
		c->problem(c->ctx, why.msg);
	for (size_t i = 0; i < nr && (!rc || rc == BT_ERR_CORRUPT); i++) {
		why = (struct bt_err)BT_ERR_INIT;
		n.segment = list[i];
		rc = check_segment(&n, &why);
		if (rc == BT_ERR_CORRUPT)
			c->problem(c->ctx, why.msg);
	}
	if (rc == BT_ERR_CORRUPT)
		rc = 0;
	if (rc)
		*err = why;
	return rc;
}
