/*
 * Record <-> struct bt_record. Decoding believes nothing: every count is checked against what is left before memory is
 * taken, every span against the blob, every rule against the ruleset.
 */
#include "core/rules/record.h"

#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/varint.h"

static void put(struct bt_buf *out, uint64_t v)
{
	uint8_t p[BT_VARINT_MAX];

	bt_buf_add(out, p, (size_t)(bt_varint_put(p, v) - p));
}

static void put_found(struct bt_buf *out, const struct bt_found *f, uint32_t start, uint32_t row)
{
	uint8_t hash[8];

	for (int i = 0; i < 8; i++)
		hash[i] = (uint8_t)(f->code_hash >> 8 * i);
	put(out, f->rule);
	put(out, f->start - start);
	put(out, f->end - f->start);
	put(out, f->row - row);
	put(out, f->col);
	put(out, f->end_row - f->row);
	put(out, f->end_col);
	put(out, f->radius_asked ? (uint64_t)f->radius + 1 : 0);
	bt_buf_add(out, hash, sizeof(hash));
	put(out, f->detail_len);
	put(out, f->code_len);
	bt_buf_add(out, f->detail, f->detail_len);
	bt_buf_add(out, f->code, f->code_len);
}

static void put_marks(struct bt_buf *out, const struct bt_record *r)
{
	uint32_t start = 0, row = 0;

	for (uint32_t i = 0; i < r->marks_nr; i++) {
		const struct bt_mark *m = &r->marks[i];

		put(out, m->start - start);
		put(out, m->row - row);
		put(out, m->col);
		put(out, m->flags);
		put(out, m->rules_len);
		put(out, m->reason_len);
		bt_buf_add(out, m->rules, m->rules_len);
		bt_buf_add(out, m->reason, m->reason_len);
		start = m->start;
		row = m->row;
	}
}

void bt_record_encode(const struct bt_record *r, struct bt_buf *out)
{
	uint32_t start = 0, row = 0;

	if (!r->found_nr && !r->marks_nr && !r->troubles_nr && !r->flags)
		return;
	bt_buf_addch(out, BT_RECORD_VERSION);
	put(out, r->size);
	put(out, r->flags);
	put(out, r->found_nr);
	put(out, r->marks_nr);
	put(out, r->troubles_nr);
	for (uint32_t i = 0; i < r->found_nr; i++) {
		put_found(out, &r->found[i], start, row);
		start = r->found[i].start;
		row = r->found[i].row;
	}
	put_marks(out, r);
	for (uint32_t i = 0; i < r->troubles_nr; i++) {
		put(out, r->troubles[i].rule);
		put(out, r->troubles[i].len);
		bt_buf_add(out, r->troubles[i].text, r->troubles[i].len);
	}
}

struct decoder {
	struct bt_reader r;
	struct bt_arena *arena;
	uint32_t rules_nr;
	struct bt_record *rec;
};

static const char *get_text(struct decoder *d, uint32_t len)
{
	const uint8_t *p = bt_reader_bytes(&d->r, len);

	return p ? (const char *)p : "";
}

/* A number of things that take min_len bytes each. */
static uint32_t get_count(struct decoder *d, uint32_t max, size_t min_len)
{
	uint64_t nr = bt_reader_upto(&d->r, max);

	if (nr * min_len > (uint64_t)(d->r.end - d->r.at))
		d->r.bad = true;
	return d->r.bad ? 0 : (uint32_t)nr;
}

static uint32_t get_rule(struct decoder *d)
{
	uint64_t rule = bt_reader_upto(&d->r, d->rules_nr);

	if (rule >= d->rules_nr)
		d->r.bad = true;
	return (uint32_t)rule;
}

static void get_found(struct decoder *d, struct bt_found *f, uint32_t *start, uint32_t *row)
{
	uint32_t size = d->rec->size;
	uint64_t radius;
	const uint8_t *hash;

	f->rule = get_rule(d);
	f->start = *start += (uint32_t)bt_reader_upto(&d->r, size - *start);
	f->end = f->start + (uint32_t)bt_reader_upto(&d->r, size - f->start);
	f->row = *row += (uint32_t)bt_reader_upto(&d->r, size - *row);
	f->col = (uint32_t)bt_reader_upto(&d->r, size);
	f->end_row = f->row + (uint32_t)bt_reader_upto(&d->r, size - f->row);
	f->end_col = (uint32_t)bt_reader_upto(&d->r, size);
	radius = bt_reader_upto(&d->r, (uint64_t)BT_RECORD_RADIUS_MAX + 1);
	f->radius_asked = radius;
	f->radius = radius ? (uint32_t)radius - 1 : 0;
	hash = bt_reader_bytes(&d->r, 8);
	f->code_hash = 0;
	for (int i = 0; hash && i < 8; i++)
		f->code_hash |= (uint64_t)hash[i] << 8 * i;
	f->detail_len = (uint32_t)bt_reader_upto(&d->r, BT_RECORD_CODE_MAX);
	f->code_len = (uint32_t)bt_reader_upto(&d->r, BT_RECORD_CODE_MAX);
	f->detail = get_text(d, f->detail_len);
	f->code = get_text(d, f->code_len);
}

static void get_all_found(struct decoder *d)
{
	struct bt_record *rec = d->rec;
	uint32_t start = 0, row = 0;

	rec->found = bt_arena_alloc(d->arena, (rec->found_nr + (size_t)1) * sizeof(*rec->found));
	for (uint32_t i = 0; i < rec->found_nr && !d->r.bad; i++)
		get_found(d, &rec->found[i], &start, &row);
}

static void get_marks(struct decoder *d)
{
	struct bt_record *rec = d->rec;
	uint32_t start = 0, row = 0;

	rec->marks = bt_arena_alloc(d->arena, (rec->marks_nr + (size_t)1) * sizeof(*rec->marks));
	for (uint32_t i = 0; i < rec->marks_nr && !d->r.bad; i++) {
		struct bt_mark *m = &rec->marks[i];

		m->start = start += (uint32_t)bt_reader_upto(&d->r, rec->size - start);
		m->row = row += (uint32_t)bt_reader_upto(&d->r, rec->size - row);
		m->col = (uint32_t)bt_reader_upto(&d->r, rec->size);
		m->flags = (uint32_t)bt_reader_upto(&d->r, BT_MARK_OWN_LINE | BT_MARK_NO_REASON);
		m->rules_len = (uint32_t)bt_reader_upto(&d->r, BT_RECORD_RULES_MAX);
		m->reason_len = (uint32_t)bt_reader_upto(&d->r, BT_RECORD_RULES_MAX);
		m->rules = get_text(d, m->rules_len);
		m->reason = get_text(d, m->reason_len);
	}
}

static void get_troubles(struct decoder *d)
{
	struct bt_record *rec = d->rec;

	rec->troubles = bt_arena_alloc(d->arena, (rec->troubles_nr + (size_t)1) * sizeof(*rec->troubles));
	for (uint32_t i = 0; i < rec->troubles_nr && !d->r.bad; i++) {
		struct bt_trouble *t = &rec->troubles[i];

		t->rule = get_rule(d);
		t->len = (uint32_t)bt_reader_upto(&d->r, BT_RECORD_TROUBLE_MAX);
		t->text = get_text(d, t->len);
	}
}

int bt_record_decode(const void *rec, size_t len, uint32_t rules_nr, struct bt_arena *arena, struct bt_record *ret_r,
		     struct bt_err *err)
{
	struct decoder d = { .r = bt_reader_make(rec, len), .arena = arena, .rules_nr = rules_nr, .rec = ret_r };
	const uint8_t *version;

	memset(ret_r, 0, sizeof(*ret_r));
	if (!len)
		return 0;
	version = bt_reader_bytes(&d.r, 1);
	if (!version || *version != BT_RECORD_VERSION)
		d.r.bad = true;
	ret_r->size = (uint32_t)bt_reader_upto(&d.r, BT_BLOB_SIZE_CAP);
	ret_r->flags = (uint32_t)bt_reader_upto(&d.r, BT_RECORD_CUT);
	ret_r->found_nr = get_count(&d, BT_RECORD_FINDINGS_MAX, 18);
	ret_r->marks_nr = get_count(&d, BT_RECORD_MARKS_MAX, 6);
	ret_r->troubles_nr = get_count(&d, BT_RECORD_TROUBLES_MAX, 2);
	get_all_found(&d);
	if (!d.r.bad)
		get_marks(&d);
	if (!d.r.bad)
		get_troubles(&d);
	if (d.r.bad || d.r.at != d.r.end) {
		memset(ret_r, 0, sizeof(*ret_r));
		return bt_err_set(err, BT_ERR_CORRUPT, "a record of findings of %zu bytes is damaged", len);
	}
	return 0;
}
