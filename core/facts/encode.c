/*
 * Facts -> record. The bytes are described in git-batho-format(5); decode.c is the other half.
 *
 * Columns, not rows: values of one sort lie together, which is what the compressor behind wants.
 * An occurrence of a name that was not met before costs one zero byte, a later one the distance to
 * the newest name, so that the names of the function at hand are small numbers.
 */
#include "core/facts/facts.h"

#include <string.h>

#include "core/base/varint.h"

struct column {
	uint8_t *at;
	struct bt_buf *out;
};

/* Room for nr values; the column is written straight into the buffer. */
static bool column_begin(struct column *c, struct bt_buf *out, size_t nr)
{
	c->out = out;
	c->at = bt_buf_reserve(out, nr * BT_VARINT_MAX + 1);
	return c->at != NULL;
}

static void column_end(struct column *c)
{
	c->out->len = (size_t)(c->at - (uint8_t *)c->out->data);
	c->out->data[c->out->len] = '\0';
}

static void put(struct column *c, uint64_t v)
{
	c->at = bt_varint_put(c->at, v);
}

static void put_strings(const struct bt_name *names, uint32_t nr, struct bt_buf *out)
{
	struct column c;

	if (!column_begin(&c, out, nr))
		return;
	for (uint32_t i = 0; i < nr; i++)
		put(&c, names[i].len);
	column_end(&c);
	for (uint32_t i = 0; i < nr; i++)
		bt_buf_add(out, names[i].text, names[i].len);
}

static void put_occs(const struct bt_facts *f, struct bt_buf *out)
{
	struct column c;
	uint32_t seen = 0, at = 0;

	if (!column_begin(&c, out, (size_t)f->occs_nr * 3))
		return;
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		put(&c, seen - f->occs[i].name);
		if (f->occs[i].name == seen)
			seen++;
	}
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		put(&c, f->occs[i].at - at);
		at = f->occs[i].at;
	}
	for (uint32_t i = 0; i < f->occs_nr; i++)
		*c.at++ = (uint8_t)(f->occs[i].role | f->occs[i].qual << 4);
	for (uint32_t i = 0; i < f->occs_nr; i++)
		if (f->occs[i].qual != BT_QUAL_NONE)
			put(&c, f->occs[i].qual_len);
	column_end(&c);
}

static void put_def_hashes(const struct bt_facts *f, struct column *c)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];

		if (!(d->flags & BT_DEF_HASHED))
			continue;
		for (int k = 0; k < 8; k++)
			*c->at++ = (uint8_t)(d->sig_hash >> (8 * k));
		for (int k = 0; k < 8; k++)
			*c->at++ = (uint8_t)(d->body_hash >> (8 * k));
	}
}

static void put_defs(const struct bt_facts *f, struct bt_buf *out)
{
	struct column c;
	uint32_t start = 0, occ = 0;

	if (!column_begin(&c, out, (size_t)f->defs_nr * 13))
		return;
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		*c.at++ = f->defs[i].kind;
		*c.at++ = f->defs[i].flags;
	}
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];

		if (d->occ == BT_NONE) {
			put(&c, 0);
			put(&c, d->name);
		} else {
			put(&c, 1 + bt_zigzag((int64_t)d->occ - occ));
			occ = d->occ;
		}
		put(&c, d->parent == BT_NONE ? 0 : i - d->parent);
		put(&c, d->start - start);
		start = d->start;
		put(&c, d->end - d->start);
		put(&c, d->end - d->sig_end);
		if (d->flags & BT_DEF_DOC) {
			put(&c, bt_zigzag((int64_t)d->start - d->doc_start));
			put(&c, d->doc_end - d->doc_start);
		}
		if (d->flags & BT_DEF_CALLABLE) {
			put(&c, d->params);
			put(&c, d->complexity);
			put(&c, d->nesting);
		}
	}
	put_def_hashes(f, &c);
	column_end(&c);
}

static void put_imports(const struct bt_facts *f, struct bt_buf *out)
{
	struct column c;
	uint32_t start = 0;

	if (!column_begin(&c, out, (size_t)f->imports_nr * 6 + (size_t)f->items_nr * 2))
		return;
	for (uint32_t i = 0; i < f->imports_nr; i++) {
		const struct bt_import *m = &f->imports[i];

		put(&c, m->module);
		put(&c, m->flags);
		put(&c, m->start - start);
		start = m->start;
		put(&c, m->end - m->start);
		put(&c, m->alias == BT_NONE ? 0 : (uint64_t)m->alias + 1);
		put(&c, m->items_nr);
	}
	for (uint32_t i = 0; i < f->items_nr; i++) {
		put(&c, f->items[i].name);
		put(&c, f->items[i].alias == BT_NONE ? 0 : (uint64_t)f->items[i].alias + 1);
	}
	column_end(&c);
}

static void put_errors_and_lines(const struct bt_facts *f, struct bt_buf *out)
{
	struct column c;
	uint32_t at = 0;

	if (!column_begin(&c, out, (size_t)f->errors_nr * 2 + f->lines_nr))
		return;
	for (uint32_t i = 0; i < f->errors_nr; i++) {
		put(&c, f->errors[i].start - at);
		put(&c, f->errors[i].end - f->errors[i].start);
		at = f->errors[i].start;
	}
	for (uint32_t i = 1; i < f->lines_nr; i++)
		put(&c, f->line_starts[i] - f->line_starts[i - 1]);
	column_end(&c);
}

void bt_facts_encode(const struct bt_facts *f, struct bt_buf *out)
{
	struct column c;

	if (!column_begin(&c, out, 16))
		return;
	*c.at++ = BT_FACTS_VERSION;
	put(&c, f->truncated ? 1 : 0);
	put(&c, f->size);
	put(&c, f->lines_nr);
	put(&c, f->code_lines);
	put(&c, f->comment_lines);
	put(&c, f->blank_lines);
	put(&c, f->names_nr);
	put(&c, f->texts_nr);
	put(&c, f->occs_nr);
	put(&c, f->defs_nr);
	put(&c, f->imports_nr);
	put(&c, f->items_nr);
	put(&c, f->errors_nr);
	column_end(&c);
	put_strings(f->names, f->names_nr, out);
	put_strings(f->texts, f->texts_nr, out);
	put_occs(f, out);
	put_defs(f, out);
	put_imports(f, out);
	put_errors_and_lines(f, out);
}
