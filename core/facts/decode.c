/*
 * Record -> facts, for bytes that may come from anywhere: every count is checked against the bytes
 * that are left before memory is taken, every index against its table, every span against the blob.
 */
#include "core/facts/decode.h"

#include "core/base/limits.h"
#include "core/facts/column.h"

static void *array(struct bt_arena *a, uint64_t nr, size_t size)
{
	return bt_arena_alloc(a, nr ? nr * size : size);
}

/* A count of things that take at least min_len bytes each in what is left of the record. */
static uint32_t get_count(struct bt_reader *r, size_t min_len)
{
	uint64_t nr = bt_reader_upto(r, BT_FACTS_NR_MAX);

	if (nr * min_len > (uint64_t)(r->end - r->at))
		r->bad = true;
	return r->bad ? 0 : (uint32_t)nr;
}

void bt_decode_header(struct bt_reader *r, struct bt_facts *f)
{
	const uint8_t *version = bt_reader_bytes(r, 1);

	if (!version || *version != BT_FACTS_VERSION) {
		r->bad = true;
		return;
	}
	f->truncated = bt_reader_upto(r, 1);
	f->size = (uint32_t)bt_reader_upto(r, BT_BLOB_SIZE_CAP);
	f->lines_nr = get_count(r, 0);
	f->code_lines = (uint32_t)bt_reader_upto(r, f->lines_nr);
	f->comment_lines = (uint32_t)bt_reader_upto(r, f->lines_nr);
	f->blank_lines = (uint32_t)bt_reader_upto(r, f->lines_nr);
	f->names_nr = get_count(r, 2);
	f->texts_nr = get_count(r, 1);
	f->occs_nr = get_count(r, 3);
	f->defs_nr = get_count(r, 7);
	f->imports_nr = get_count(r, 6);
	f->items_nr = get_count(r, 2);
	f->errors_nr = get_count(r, 2);
	if (f->lines_nr > (uint64_t)f->size + 1 ||
	    (f->lines_nr && f->lines_nr - 1 > (uint64_t)(r->end - r->at)))
		r->bad = true;
}

/* Lengths, eight at a time while they are short; false: one is not between the limits. */
static bool get_lengths(struct bt_reader *r, struct bt_name *names, uint32_t nr, uint32_t len_min,
			uint32_t len_max)
{
	uint32_t i = 0, least = UINT32_MAX;

	while (i < nr && !r->bad) {
		if (nr - i >= 8 && r->end - r->at >= 8 && !(bt_column_word(r->at) & BT_COLUMN_HIGHS)) {
			for (unsigned k = 0; k < 8; k++) {
				names[i + k].len = r->at[k];
				least = r->at[k] < least ? r->at[k] : least;
			}
			i += 8;
			r->at += 8;
			continue;
		}
		names[i].len = (uint32_t)bt_reader_upto(r, len_max);
		least = names[i].len < least ? names[i].len : least;
		i++;
	}
	return !r->bad && (!nr || least >= len_min);
}

static struct bt_name *get_strings(struct bt_reader *r, struct bt_arena *a, uint32_t nr,
				   uint32_t len_min, uint32_t len_max)
{
	struct bt_name *names = array(a, nr, sizeof(*names));

	_Static_assert(BT_NAME_LEN_MAX >= 127 && BT_PATH_LEN_MAX >= 127, "one byte is never too long");
	if (!get_lengths(r, names, nr, len_min, len_max))
		r->bad = true;
	for (uint32_t i = 0; i < nr && !r->bad; i++)
		names[i].text = (const char *)bt_reader_bytes(r, names[i].len);
	return names;
}

void bt_decode_names(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	if (!r->bad)
		f->names = get_strings(r, a, f->names_nr, 1, BT_NAME_LEN_MAX);
	if (!r->bad)
		f->texts = get_strings(r, a, f->texts_nr, 0, BT_PATH_LEN_MAX);
}

static void get_occ_names(struct bt_reader *r, struct bt_facts *f)
{
	uint32_t seen = 0;

	for (uint32_t i = 0; i < f->occs_nr && !r->bad; i++) {
		uint32_t back = (uint32_t)bt_reader_upto(r, seen);

		if (!back && seen >= f->names_nr)
			r->bad = true;
		f->occs[i].name = seen - back;
		seen += !back;
	}
}

static void get_occs(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	uint32_t at = 0;
	const uint8_t *roles;

	f->occs = array(a, f->occs_nr, sizeof(*f->occs));
	get_occ_names(r, f);
	for (uint32_t i = 0; i < f->occs_nr && !r->bad; i++) {
		uint32_t gap = (uint32_t)bt_reader_upto(r, f->size - at);

		if ((i && !gap) || at + gap >= f->size)
			r->bad = true;
		f->occs[i].at = at += gap;
	}
	roles = bt_reader_bytes(r, f->occs_nr);
	for (uint32_t i = 0; i < f->occs_nr && !r->bad; i++) {
		struct bt_occ *o = &f->occs[i];

		o->role = roles[i] & 15;
		o->qual = roles[i] >> 4;
		if (o->role >= BT_ROLE_NR || o->qual >= BT_QUAL_NR ||
		    (o->qual == BT_QUAL_NAME && !i))
			r->bad = true;
		o->qual_len = 0;
	}
	for (uint32_t i = 0; i < f->occs_nr && !r->bad; i++)
		if (f->occs[i].qual != BT_QUAL_NONE)
			f->occs[i].qual_len = (uint32_t)bt_reader_upto(r, f->occs[i].at);
}

static void get_def_name(struct bt_reader *r, const struct bt_facts *f, struct bt_def *d,
			 uint32_t *occ)
{
	uint64_t v = bt_reader_varint(r);
	int64_t at;

	if (!v) {
		d->occ = BT_NONE;
		d->name = (uint32_t)bt_reader_varint(r);
		if (d->name >= f->names_nr)
			r->bad = true;
		return;
	}
	at = (int64_t)*occ + bt_unzigzag(v - 1);
	if (v > (uint64_t)BT_FACTS_NR_MAX * 4 || at < 0 || at >= f->occs_nr) {
		r->bad = true;
		return;
	}
	d->occ = *occ = (uint32_t)at;
	d->name = BT_NONE;
}

static void get_def_doc(struct bt_reader *r, const struct bt_facts *f, struct bt_def *d)
{
	uint64_t back = bt_reader_varint(r);
	uint64_t len = bt_reader_upto(r, f->size);
	int64_t at = (int64_t)d->start - bt_unzigzag(back);

	if (back > (uint64_t)BT_BLOB_SIZE_CAP * 4 || at < 0 || at + (int64_t)len > f->size) {
		r->bad = true;
		return;
	}
	d->doc_start = (uint32_t)at;
	d->doc_end = (uint32_t)(at + (int64_t)len);
}

static void get_def(struct bt_reader *r, const struct bt_facts *f, uint32_t i, uint32_t *start,
		    uint32_t *occ)
{
	struct bt_def *d = &f->defs[i];
	uint32_t parent;

	get_def_name(r, f, d, occ);
	parent = (uint32_t)bt_reader_upto(r, i);
	d->parent = parent ? i - parent : BT_NONE;
	d->start = *start += (uint32_t)bt_reader_upto(r, f->size - *start);
	d->end = d->start + (uint32_t)bt_reader_upto(r, f->size - d->start);
	d->sig_end = d->end - (uint32_t)bt_reader_upto(r, d->end - d->start);
	d->doc_start = d->doc_end = d->params = d->complexity = d->nesting = 0;
	d->sig_hash = d->body_hash = 0;
	if (d->flags & BT_DEF_DOC)
		get_def_doc(r, f, d);
	if (d->flags & BT_DEF_CALLABLE) {
		d->params = (uint32_t)bt_reader_upto(r, f->size);
		d->complexity = (uint32_t)bt_reader_upto(r, (uint64_t)f->size + 1);
		d->nesting = (uint32_t)bt_reader_upto(r, f->size);
	}
}

static uint64_t get_u64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int k = 0; k < 8; k++)
		v |= (uint64_t)p[k] << (8 * k);
	return v;
}

void bt_decode_defs(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	const uint8_t *heads = bt_reader_bytes(r, (uint64_t)f->defs_nr * 2);
	uint32_t start = 0, occ = 0;

	f->defs = array(a, f->defs_nr, sizeof(*f->defs));
	for (uint32_t i = 0; i < f->defs_nr && !r->bad; i++) {
		f->defs[i].kind = heads[2 * i];
		f->defs[i].flags = heads[2 * i + 1];
		if (f->defs[i].kind >= BT_KIND_NR || f->defs[i].flags & ~BT_DEF_FLAGS_ALL)
			r->bad = true;
		else
			get_def(r, f, i, &start, &occ);
	}
	for (uint32_t i = 0; i < f->defs_nr && !r->bad; i++) {
		const uint8_t *p;

		if (!(f->defs[i].flags & BT_DEF_HASHED))
			continue;
		p = bt_reader_bytes(r, 16);
		if (!p)
			break;
		f->defs[i].sig_hash = get_u64(p);
		f->defs[i].body_hash = get_u64(p + 8);
	}
}

static uint32_t get_optional_name(struct bt_reader *r, const struct bt_facts *f)
{
	uint64_t v = bt_reader_upto(r, f->names_nr);

	return v ? (uint32_t)v - 1 : BT_NONE;
}

static void get_imports(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	uint32_t start = 0, items = 0;

	f->imports = array(a, f->imports_nr, sizeof(*f->imports));
	f->items = array(a, f->items_nr, sizeof(*f->items));
	for (uint32_t i = 0; i < f->imports_nr && !r->bad; i++) {
		struct bt_import *m = &f->imports[i];

		m->module = (uint32_t)bt_reader_varint(r);
		if (m->module >= f->texts_nr)
			r->bad = true;
		m->flags = (uint32_t)bt_reader_upto(r, BT_IMPORT_FLAGS_ALL);
		m->start = start += (uint32_t)bt_reader_upto(r, f->size - start);
		m->end = m->start + (uint32_t)bt_reader_upto(r, f->size - m->start);
		m->alias = get_optional_name(r, f);
		m->items = items;
		m->items_nr = (uint32_t)bt_reader_upto(r, f->items_nr - items);
		items += m->items_nr;
	}
	if (items != f->items_nr)
		r->bad = true;
	for (uint32_t i = 0; i < f->items_nr && !r->bad; i++) {
		f->items[i].name = (uint32_t)bt_reader_varint(r);
		if (f->items[i].name >= f->names_nr)
			r->bad = true;
		f->items[i].alias = get_optional_name(r, f);
	}
}

static void get_errors(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	uint32_t at = 0;

	f->errors = array(a, f->errors_nr, sizeof(*f->errors));
	for (uint32_t i = 0; i < f->errors_nr && !r->bad; i++) {
		f->errors[i].start = at += (uint32_t)bt_reader_upto(r, f->size - at);
		f->errors[i].end = at + (uint32_t)bt_reader_upto(r, f->size - at);
	}
}

/* Eight lines of less than 128 bytes; false: they are not, or they do not fit into the blob. */
static bool get_short_lines(struct bt_reader *r, uint32_t size, uint32_t *starts, uint32_t *at)
{
	uint64_t w = bt_column_word(r->at);

	if (w & BT_COLUMN_HIGHS || bt_column_zeros(w) || size - *at < 8 * 127)
		return false;
	for (unsigned k = 0; k < 8; k++)
		starts[k] = *at += r->at[k];
	r->at += 8;
	return true;
}

static void get_lines(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	uint32_t at = 0, i = 1;

	f->line_starts = array(a, f->lines_nr, sizeof(*f->line_starts));
	f->line_starts[0] = 0;
	while (i < f->lines_nr && !r->bad) {
		uint32_t len;

		if (f->lines_nr - i >= 8 && r->end - r->at >= 8 &&
		    get_short_lines(r, f->size, f->line_starts + i, &at)) {
			i += 8;
			continue;
		}
		len = (uint32_t)bt_reader_upto(r, f->size - at);
		if (!len)
			r->bad = true;
		f->line_starts[i++] = at += len;
	}
}

void bt_decode_rest(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f)
{
	if (!r->bad)
		get_imports(r, a, f);
	if (!r->bad)
		get_errors(r, a, f);
	if (!r->bad)
		get_lines(r, a, f);
}

int bt_decode_refuse(size_t len, struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_CORRUPT, "a facts record of %zu bytes is damaged", len);
}

int bt_facts_decode(const void *rec, size_t len, struct bt_arena *arena, struct bt_facts *ret_facts,
		    struct bt_err *err)
{
	struct bt_reader r = bt_reader_make(rec, len);
	struct bt_facts f = { 0 };

	bt_decode_header(&r, &f);
	bt_decode_names(&r, arena, &f);
	if (!r.bad)
		get_occs(&r, arena, &f);
	if (!r.bad)
		bt_decode_defs(&r, arena, &f);
	for (uint32_t i = 0; i < f.defs_nr && !r.bad; i++)
		if (f.defs[i].occ != BT_NONE)
			f.defs[i].name = f.occs[f.defs[i].occ].name;
	bt_decode_rest(&r, arena, &f);
	if (r.bad || r.at != r.end)
		return bt_decode_refuse(len, err);
	*ret_facts = f;
	return 0;
}
