/*
 * Reading a segment: its blobs, its blocks, the names and lists in them. Every number is
 * bounds-checked: the checksum keeps accidents out, not malice.
 */
#include <stdlib.h>
#include <string.h>

#include "store/segment.h"

int bt_segment_list(struct bt_store *s, struct bt_segment **ret_list, size_t *ret_nr,
		    struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_FREE struct bt_segment *list = NULL;
	size_t nr = 0, alloc = 0;
	int rc = bt_sql_get(s, BT_SQL_SEGMENT_LIST, &q, err);

	if (rc)
		return rc;
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		list[nr++] = (struct bt_segment){
			.id = sqlite3_column_int64(q, 0),
			.level = (uint32_t)sqlite3_column_int64(q, 1),
			.pairs = (uint64_t)sqlite3_column_int64(q, 2),
			.names = (uint64_t)sqlite3_column_int64(q, 3),
			.blocks = (uint32_t)sqlite3_column_int64(q, 4),
		};
		if (list[nr - 1].blocks >= BT_SEGMENT_ROWS_MAX)
			return bt_store_corrupt(s, err, "the row of a segment makes no sense");
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_nr = nr;
	list = NULL;
	return 0;
}

/* --- blobs --- */

void bt_store_segments_release(struct bt_store *s)
{
	while (s->segment_blobs_nr)
		free(s->segment_blobs[--s->segment_blobs_nr].ids);
	free(s->segment_blobs);
	s->segment_blobs = NULL;
	s->segment_blobs_alloc = 0;
}

/* Counts the ids, or writes them when `ids` is there. */
static uint64_t ids_decode(struct bt_reader *r, uint32_t *ids)
{
	uint64_t next = 0, nr = 0;

	while (r->at < r->end && !r->bad) {
		uint64_t start = next + bt_reader_upto(r, UINT32_MAX);
		uint64_t run = bt_reader_upto(r, UINT32_MAX) + 1;

		next = start + run;
		if (next > (uint64_t)UINT32_MAX + 1)
			r->bad = true;
		for (; !r->bad && ids && start < next; start++)
			ids[nr++] = (uint32_t)start;
		if (!ids)
			nr += run;
	}
	return nr;
}

static int blobs_read(struct bt_store *s, int64_t segment, struct bt_segment_blobs *b,
		      struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_BUF_OWNED struct bt_buf raw = BT_BUF_INIT;
	struct bt_reader r;
	const void *p;
	uint64_t nr;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_SEGMENT_BLOBS, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, segment);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "a segment is missing");
	if (rc != BT_ROW)
		return rc;
	p = bt_sql_bytes(q, 0, &len);
	rc = bt_value_unpack(s, BT_VALUE_SEGMENT, segment, NULL, 0, p, len, BT_BLOCK_RAW_MAX, &raw,
			     err);
	if (rc)
		return rc;
	r = bt_reader_make(raw.data, raw.len);
	nr = ids_decode(&r, NULL);
	if (r.bad || nr > UINT32_MAX)
		return bt_store_corrupt(s, err, "the blobs of a segment make no sense");
	b->segment = segment;
	b->nr = (uint32_t)nr;
	b->ids = bt_xmalloc((nr + 1) * sizeof(*b->ids));
	r = bt_reader_make(raw.data, raw.len);
	ids_decode(&r, b->ids);
	return 0;
}

int bt_segment_blobs(struct bt_store *s, int64_t segment, struct bt_segment_blobs *ret_blobs,
		     struct bt_err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < s->segment_blobs_nr; i++)
		if (s->segment_blobs[i].segment == segment) {
			*ret_blobs = s->segment_blobs[i];
			return 0;
		}
	BT_GROW(s->segment_blobs, s->segment_blobs_alloc, i + 1);
	rc = blobs_read(s, segment, &s->segment_blobs[i], err);
	if (rc)
		return rc;
	s->segment_blobs_nr++;
	*ret_blobs = s->segment_blobs[i];
	return 0;
}

/* --- blocks --- */

void bt_block_release(struct bt_block *b)
{
	bt_buf_release(&b->raw);
	bt_buf_release(&b->text);
	bt_buf_release(&b->packed);
	bt_buf_release(&b->lists);
	free(b->names);
	b->names = NULL;
}

static int block_nonsense(struct bt_store *s, struct bt_err *err)
{
	return bt_store_corrupt(s, err, "a block of names makes no sense");
}

/*
 * Most pieces are short: whole words, without asking how long. Writes and reads up to 15 bytes
 * more.
 */
static inline void piece_copy(char *to, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += 16)
		memmove(to + i, from + i, 16);
}

/* All names, from the two columns. */
static bool names_expand(struct bt_block *b, struct bt_reader heads, struct bt_reader rests)
{
	size_t at = 0, len = 0;
	char *text = b->text.data;
	uint32_t i;

	for (i = 0; i < b->nr; i++) {
		uint64_t shared = bt_reader_upto(&heads, len);
		uint64_t head = bt_reader_upto(&heads, 2 * BT_NAME_LEN_MAX + 1);
		const char *rest = (const char *)bt_reader_bytes(&rests, head >> 1);
		size_t before = at - len;

		len = (size_t)(shared + (head >> 1));
		if (heads.bad || rests.bad || len > BT_NAME_LEN_MAX || !len)
			return false;
		if (b->text.alloc - at < BT_NAME_LEN_MAX + 2 * BT_BLOCK_SLACK) {
			b->text.len = at;
			if (!bt_buf_reserve(&b->text, b->text.alloc + 2 * BT_NAME_LEN_MAX))
				return false;
			text = b->text.data;
		}
		piece_copy(text + at, text + before, (size_t)shared);
		piece_copy(text + at + shared, rest, (size_t)(head >> 1));
		b->names[i] = (struct bt_block_name){ (uint32_t)at, (uint16_t)len, (uint16_t)shared,
						      head & 1 };
		at += len;
	}
	b->text.len = at;
	return heads.at == heads.end && rests.at == rests.end;
}

/* The header of the names, and the names. */
static int block_open(struct bt_store *s, struct bt_block *b, struct bt_err *err)
{
	struct bt_reader r = bt_reader_make(b->raw.data, b->raw.len);
	const uint8_t *heads;
	uint64_t heads_len;

	b->nr = (uint32_t)bt_reader_upto(&r, BT_BLOCK_NAMES_MAX);
	b->low_len = bt_reader_upto(&r, BT_NAME_LEN_MAX);
	b->low = (const char *)bt_reader_bytes(&r, b->low_len);
	b->high_len = bt_reader_upto(&r, BT_NAME_LEN_MAX + 1);
	b->high = NULL;
	if (b->high_len)
		b->high = (const char *)bt_reader_bytes(&r, --b->high_len);
	heads_len = bt_reader_varint(&r);
	heads = bt_reader_bytes(&r, heads_len);
	if (r.bad)
		return block_nonsense(s, err);
	BT_GROW(b->names, b->names_alloc, b->nr);
	bt_buf_clear(&b->text);
	bt_buf_reserve(&b->text, 2 * BT_NAME_LEN_MAX);
	if (!names_expand(b, bt_reader_make(heads, heads_len), r))
		return block_nonsense(s, err);
	b->list_at = 0;
	return 0;
}

/* Row: checksum, names (raw length, length, bytes), lists (raw length, bytes). */
static int block_load(struct bt_store *s, int64_t row, const void *p, size_t len,
		      struct bt_block *b, struct bt_err *err)
{
	struct bt_reader r;
	uint64_t names_raw, names_len;
	const uint8_t *names;
	int rc;

	if (!bt_value_sealed(BT_VALUE_NAMES, row, p, len))
		return bt_store_corrupt(s, err, "the checksum of a block of names is wrong");
	r = bt_reader_make((const uint8_t *)p + BT_VALUE_CHECK_LEN, len - BT_VALUE_CHECK_LEN);
	names_raw = bt_reader_upto(&r, BT_BLOCK_RAW_MAX);
	names_len = bt_reader_varint(&r);
	names = bt_reader_bytes(&r, names_len);
	b->lists_raw = bt_reader_upto(&r, BT_BLOCK_RAW_MAX);
	if (r.bad)
		return block_nonsense(s, err);
	bt_buf_clear(&b->raw);
	bt_buf_clear(&b->lists);
	bt_buf_clear(&b->packed);
	rc = bt_decompress(&s->compressor, NULL, 0, names, names_len, names_raw, BT_BLOCK_RAW_MAX,
			   &b->raw, err);
	if (rc)
		return bt_store_blame(s, rc, err);
	bt_buf_reserve(&b->raw, BT_BLOCK_SLACK);
	bt_buf_add(&b->packed, r.at, (size_t)(r.end - r.at));
	rc = bt_buf_check(&b->packed, "a block of names", err);
	if (!rc)
		rc = bt_buf_check(&b->raw, "a block of names", err);
	return rc ? rc : block_open(s, b, err);
}

int bt_block_read(struct bt_store *s, int64_t segment, uint32_t block, struct bt_block *b,
		  struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t row = bt_segment_row(segment, block);
	const void *p;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_NAME_BLOCK_READ, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, row);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "a block of names is missing");
	if (rc != BT_ROW)
		return rc;
	p = bt_sql_bytes(q, 0, &len);
	b->segment = segment;
	return block_load(s, row, p, len, b, err);
}

/* --- lists --- */

void bt_postings_list_release(struct bt_postings_list *l)
{
	free(l->list);
	*l = (struct bt_postings_list){ NULL, 0, 0 };
}

static int lists_nonsense(struct bt_store *s, struct bt_err *err)
{
	return bt_store_corrupt(s, err, "a list of blobs makes no sense");
}

static int lists_open(struct bt_store *s, struct bt_block *b, struct bt_err *err)
{
	struct bt_reader r;
	const uint8_t *heads, *deltas;
	uint64_t heads_len, deltas_len;
	int rc = bt_decompress(&s->compressor, NULL, 0, b->packed.data, b->packed.len, b->lists_raw,
			       BT_BLOCK_RAW_MAX, &b->lists, err);

	if (rc)
		return bt_store_blame(s, rc, err);
	r = bt_reader_make(b->lists.data, b->lists.len);
	heads_len = bt_reader_varint(&r);
	deltas_len = bt_reader_varint(&r);
	heads = bt_reader_bytes(&r, heads_len);
	deltas = bt_reader_bytes(&r, deltas_len);
	if (r.bad)
		return lists_nonsense(s, err);
	b->list_heads = bt_reader_make(heads, heads_len);
	b->deltas = bt_reader_make(deltas, deltas_len);
	b->kinds = r;
	b->list_at = b->list_first = b->list_head = 0;
	return 0;
}

static inline uint32_t kinds_read(struct bt_reader *r)
{
	const uint8_t *p = bt_reader_bytes(r, 1);

	if (!p)
		return 0;
	if (*p < 32)
		return (uint32_t)1 << *p;
	if (*p == 0x80)
		return (uint32_t)bt_reader_upto(r, UINT32_MAX);
	r->bad = true;
	return 0;
}

/* One list: nr blobs from the columns; `base` is what the first delta counts from. */
static bool list_decode(struct bt_reader *deltas, struct bt_reader *kinds, uint32_t nr,
			bool defines, uint32_t base, uint32_t blobs_nr,
			struct bt_postings_list *out)
{
	uint64_t at = 0;
	uint32_t i;

	if (nr > blobs_nr)
		return false;
	BT_GROW(out->list, out->alloc, out->nr + nr);
	for (i = 0; i < nr; i++) {
		struct bt_posting *p = &out->list[out->nr];
		uint64_t delta = bt_reader_upto(deltas, (uint64_t)4 * UINT32_MAX);
		bool defined = defines;

		if (defines && nr > 1) {
			defined = delta & 1;
			delta >>= 1;
		}
		at = i ? at + delta + 1 : base + (uint64_t)bt_unzigzag(delta);
		p->kinds = defined ? kinds_read(kinds) : 0;
		if (deltas->bad || kinds->bad || at >= blobs_nr || (defined && !p->kinds))
			return false;
		p->blob_id = (uint32_t)at;
		out->nr++;
	}
	return true;
}

/* Over the columns of a list that nobody wants; *ret_first is its first blob. */
static bool list_skip(struct bt_block *b, uint32_t nr, bool defines, uint32_t *ret_first)
{
	struct bt_reader deltas = b->deltas, kinds = b->kinds;
	bool marked = defines && nr > 1;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		uint64_t delta = bt_reader_varint(&deltas);

		if (!i)
			*ret_first = b->list_base +
				     (uint32_t)bt_unzigzag(marked ? delta >> 1 : delta);
		if (marked ? delta & 1 : defines)
			kinds_read(&kinds);
	}
	b->deltas = deltas;
	b->kinds = kinds;
	return !deltas.bad && !kinds.bad;
}

/* Head: count - 1 << 2 | elsewhere << 1 | defines. */
static uint32_t head_nr(uint32_t head)
{
	return (head >> 2) + 1;
}

/* Steps over the next list; the last explicit one is remembered. */
static bool lists_step(struct bt_block *b)
{
	uint64_t head = bt_reader_upto(&b->list_heads, UINT32_MAX);
	uint32_t first;

	if (b->list_heads.bad || (!head && !b->list_at))
		return false;
	b->list_at++;
	if (!head)
		return true;
	b->list_head = (uint32_t)head - 1;
	b->list_base = b->list_first;
	b->list_deltas = b->deltas;
	b->list_kinds = b->kinds;
	if (b->list_head & 2) {
		bt_reader_varint(&b->deltas);
		return !b->deltas.bad;
	}
	if (!list_skip(b, head_nr(b->list_head), b->list_head & 1, &first))
		return false;
	b->list_first = first;
	return true;
}

static int list_elsewhere(struct bt_store *s, struct bt_block *b, uint32_t blobs_nr,
			  struct bt_postings_list *out, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_BUF_OWNED struct bt_buf raw = BT_BUF_INIT;
	struct bt_reader at = b->list_deltas, r, deltas;
	int64_t row = bt_segment_row(b->segment,
				     (uint32_t)bt_reader_upto(&at, BT_SEGMENT_ROWS_MAX));
	const void *p;
	uint64_t len;
	size_t row_len;
	int rc = bt_sql_get(s, BT_SQL_POSTING_READ, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, row);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "a list of blobs is missing");
	if (rc != BT_ROW)
		return rc;
	p = bt_sql_bytes(q, 0, &row_len);
	rc = bt_value_unpack(s, BT_VALUE_POSTING, row, NULL, 0, p, row_len, BT_LIST_RAW_MAX, &raw,
			     err);
	if (rc)
		return rc;
	r = bt_reader_make(raw.data, raw.len);
	len = bt_reader_varint(&r);
	deltas = bt_reader_make(bt_reader_bytes(&r, len), r.bad ? 0 : len);
	if (r.bad ||
	    !list_decode(&deltas, &r, head_nr(b->list_head), b->list_head & 1, 0, blobs_nr, out))
		return lists_nonsense(s, err);
	return 0;
}

int bt_block_list(struct bt_store *s, struct bt_block *b, uint32_t at, uint32_t blobs_nr,
		  struct bt_postings_list *out, struct bt_err *err)
{
	struct bt_reader deltas, kinds;
	int rc;

	if (!b->lists.len) {
		rc = lists_open(s, b, err);
		if (rc)
			return rc;
	}
	while (b->list_at <= at)
		if (!lists_step(b))
			return lists_nonsense(s, err);
	if (b->list_head & 2)
		return list_elsewhere(s, b, blobs_nr, out, err);
	deltas = b->list_deltas;
	kinds = b->list_kinds;
	if (!list_decode(&deltas, &kinds, head_nr(b->list_head), b->list_head & 1, b->list_base,
			 blobs_nr, out))
		return lists_nonsense(s, err);
	return 0;
}

int bt_block_postings(struct bt_store *s, struct bt_block *b, uint32_t at, bool defs_only,
		      struct bt_postings_list *out, struct bt_err *err)
{
	struct bt_segment_blobs blobs;
	size_t i, start = out->nr, nr = start;
	int rc = bt_segment_blobs(s, b->segment, &blobs, err);

	if (!rc)
		rc = bt_block_list(s, b, at, blobs.nr, out, err);
	if (rc)
		return rc;
	for (i = start; i < out->nr; i++) {
		if (defs_only && !out->list[i].kinds)
			continue;
		out->list[nr].kinds = out->list[i].kinds;
		out->list[nr++].blob_id = blobs.ids[out->list[i].blob_id];
	}
	out->nr = nr;
	return 0;
}

static int key_find(struct bt_store *s, int64_t segment, const char *name, size_t len,
		    sqlite3_stmt **ret_q, struct bt_err *err)
{
	int rc = bt_sql_get(s, BT_SQL_NAME_KEY_FIND, ret_q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(*ret_q, 1, segment);
	bt_sql_bind_bytes(*ret_q, 2, name, len);
	return bt_sql_step(s, *ret_q, err);
}

int bt_segment_seek(struct bt_store *s, int64_t segment, const char *name, size_t len,
		    uint32_t *ret_block, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = key_find(s, segment, name, len, &q, err);

	if (rc == BT_ROW)
		*ret_block = (uint32_t)sqlite3_column_int64(q, 0);
	return rc;
}

int bt_segment_fence(struct bt_store *s, int64_t segment, const char *name, size_t len, char *low,
		     size_t *ret_low_len, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = key_find(s, segment, name, len, &q, err);
	const char *key;
	size_t key_len;

	if (rc != BT_ROW)
		return rc;
	key = bt_sql_bytes(q, 1, &key_len);
	if (key_len > BT_NAME_LEN_MAX)
		return bt_store_corrupt(s, err, "a key of names makes no sense");
	if (key_len)
		memcpy(low, key, key_len);
	*ret_low_len = key_len;
	return BT_ROW;
}
