/*
 * Sets of changes, packed: files, each with its changes behind it.
 */
#include "core/query/change_pack.h"

#include <string.h>

#include "core/base/varint.h"

#define PACK_VERSION 1

#define FILE_COMPARED 1u
#define FILE_OUTSIDE 2u

/* --- packing --- */

static void put(struct bt_buf *out, uint64_t v)
{
	uint8_t *p = bt_buf_reserve(out, BT_VARINT_MAX);

	if (p)
		out->len += (size_t)(bt_varint_put(p, v) - p);
}

/* 0: none; else 1 + its length. */
static void put_text(struct bt_buf *out, const char *text, size_t len)
{
	put(out, text ? len + 1 : 0);
	if (text)
		bt_buf_add(out, text, len);
}

static void put_u64(struct bt_buf *out, uint64_t v)
{
	uint8_t p[8];

	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
	bt_buf_add(out, p, sizeof(p));
}

static int put_side(const struct bt_change_side *s, struct bt_store *store, struct bt_buf *out, struct bt_err *err)
{
	struct bt_blob b = { .oid = { .len = 0 } };

	put_text(out, s->path, s->path_len);
	if (!s->path)
		return 0;
	if (s->blob && bt_store_blob_get(store, s->blob, &b, err))
		return err->code;
	put(out, b.oid.len);
	bt_buf_add(out, b.oid.raw, b.oid.len);
	bt_buf_addch(out, s->state);
	bt_buf_addch(out, s->flags);
	return 0;
}

static void put_def(const struct bt_change_def *d, struct bt_buf *out)
{
	bt_buf_addch(out, d != NULL);
	if (!d)
		return;
	put_text(out, d->name, d->name_len);
	put_text(out, d->scope, d->scope_len);
	put_text(out, d->signature, d->signature_len);
	put(out, d->file);
	bt_buf_addch(out, d->kind);
	bt_buf_addch(out, d->flags);
	put(out, d->params);
	put(out, d->start);
	put(out, d->sig_end);
	put(out, d->end);
	put(out, d->at);
	put(out, d->row);
	put(out, d->col);
	put(out, d->end_row);
	put_u64(out, d->sig_hash);
	put_u64(out, d->body_hash);
}

static int put_file(const struct bt_change_set *set, const struct bt_change_file *f, struct bt_store *store, struct bt_buf *out,
		    struct bt_err *err)
{
	bt_buf_addch(out, f->kind);
	bt_buf_addch(out, (int)((f->compared ? FILE_COMPARED : 0) | (f->outside ? FILE_OUTSIDE : 0)));
	if (put_side(&f->before, store, out, err) || put_side(&f->after, store, out, err))
		return err->code;
	put_text(out, f->lang, f->lang ? strlen(f->lang) : 0);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		put(out, f->counts[k]);
	put(out, f->nr);
	for (size_t i = f->first; i < f->first + f->nr; i++) {
		const struct bt_change *c = &set->changes[i];

		bt_buf_addch(out, c->kind);
		bt_buf_addch(out, c->what);
		bt_buf_addch(out, c->inside);
		put_def(c->before, out);
		put_def(c->after, out);
	}
	return 0;
}

int bt_change_pack(const struct bt_change_set *set, uint64_t others, struct bt_store *store, struct bt_buf *out, struct bt_err *err)
{
	bt_buf_addch(out, PACK_VERSION);
	bt_buf_addch(out, set->cut);
	put(out, others);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		put(out, set->counts[k]);
	put(out, set->files_nr);
	for (size_t i = 0; i < set->files_nr; i++)
		if (put_file(set, &set->files[i], store, out, err))
			return err->code;
	return bt_buf_check(out, "a difference of snapshots", err);
}

/* --- unpacking --- */

struct unpack {
	struct bt_reader r;
	struct bt_change_set *set;
	size_t files_nr;	/* as they were announced */
};

static unsigned take_byte(struct unpack *u, unsigned max)
{
	const uint8_t *p = bt_reader_bytes(&u->r, 1);

	if (p && *p <= max)
		return *p;
	u->r.bad = true;
	return 0;
}

static const char *take_text(struct unpack *u, size_t *ret_len)
{
	uint64_t len = bt_reader_varint(&u->r);
	const uint8_t *p;

	*ret_len = 0;
	if (!len)
		return NULL;
	p = bt_reader_bytes(&u->r, len - 1);
	if (!p)
		return NULL;
	*ret_len = len - 1;
	return bt_arena_strndup(&u->set->arena, (const char *)p, len - 1);
}

static uint32_t take_u32(struct unpack *u)
{
	return (uint32_t)bt_reader_upto(&u->r, UINT32_MAX);
}

static uint64_t take_u64(struct unpack *u)
{
	const uint8_t *p = bt_reader_bytes(&u->r, 8);
	uint64_t v = 0;

	for (int i = 7; p && i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

static void take_side(struct unpack *u, struct bt_change_side *s)
{
	const uint8_t *raw;
	uint64_t len;

	s->path = take_text(u, &s->path_len);
	if (!s->path)
		return;
	len = bt_reader_upto(&u->r, BT_OID_RAW_MAX);
	raw = bt_reader_bytes(&u->r, len);
	if (raw && (len == 20 || len == 32))
		s->oid = bt_oid_make(raw, len);
	else if (len)
		u->r.bad = true;
	s->state = (uint8_t)take_byte(u, BT_BLOB_STATE_NR - 1);
	s->flags = (uint8_t)take_byte(u, 255);
}

static const struct bt_change_def *take_def(struct unpack *u)
{
	struct bt_change_def *d;
	size_t len;

	if (!take_byte(u, 1))
		return NULL;
	d = bt_arena_zalloc(&u->set->arena, sizeof(*d));
	d->name = take_text(u, &len);
	d->name_len = (uint32_t)len;
	d->scope = take_text(u, &len);
	d->scope_len = (uint32_t)len;
	d->signature = take_text(u, &len);
	d->signature_len = (uint32_t)len;
	d->file = take_u32(u);
	d->kind = (uint8_t)take_byte(u, BT_KIND_NR - 1);
	d->flags = (uint8_t)take_byte(u, BT_DEF_FLAGS_ALL);
	d->params = take_u32(u);
	d->start = take_u32(u);
	d->sig_end = take_u32(u);
	d->end = take_u32(u);
	d->at = take_u32(u);
	d->row = take_u32(u);
	d->col = take_u32(u);
	d->end_row = take_u32(u);
	d->sig_hash = take_u64(u);
	d->body_hash = take_u64(u);
	if (!d->name || d->file >= u->files_nr)
		u->r.bad = true;
	return d;
}

static void take_change(struct unpack *u, uint32_t file)
{
	struct bt_change c = { .file = file };

	c.kind = (uint8_t)take_byte(u, BT_CHANGE_NR - 1);
	c.what = (uint8_t)take_byte(u, (1u << BT_CHANGE_NR) - 1);
	c.inside = take_byte(u, 1);
	c.before = take_def(u);
	c.after = take_def(u);
	if (!c.before && !c.after)
		u->r.bad = true;
	BT_GROW(u->set->changes, u->set->changes_alloc, u->set->changes_nr + 1);
	u->set->changes[u->set->changes_nr++] = c;
}

static void take_file(struct unpack *u)
{
	struct bt_change_set *set = u->set;
	uint32_t number = (uint32_t)set->files_nr;
	struct bt_change_file f = { .first = set->changes_nr };
	unsigned flags;
	uint64_t nr;
	size_t len;

	f.kind = (uint8_t)take_byte(u, BT_CHANGE_FILE_RENAMED);
	flags = take_byte(u, FILE_COMPARED | FILE_OUTSIDE);
	f.compared = flags & FILE_COMPARED;
	f.outside = flags & FILE_OUTSIDE;
	take_side(u, &f.before);
	take_side(u, &f.after);
	f.lang = take_text(u, &len);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		f.counts[k] = take_u32(u);
	nr = bt_reader_varint(&u->r);
	if (!f.before.path && !f.after.path)
		u->r.bad = true;
	for (; nr && !u->r.bad; nr--, f.nr++)
		take_change(u, number);
	BT_GROW(set->files, set->files_alloc, set->files_nr + 1);
	set->files[set->files_nr++] = f;
}

/* Every definition's side has a path: it is printed. */
static bool sides_are_there(const struct bt_change_set *set)
{
	for (size_t i = 0; i < set->changes_nr; i++) {
		const struct bt_change *c = &set->changes[i];

		if ((c->after && !set->files[c->after->file].after.path) || (c->before && !set->files[c->before->file].before.path))
			return false;
	}
	return true;
}

int bt_change_unpack(const void *p, size_t len, struct bt_change_set *set, uint64_t *ret_others, struct bt_err *err)
{
	struct unpack u = { .r = bt_reader_make(p, len), .set = set };

	if (take_byte(&u, PACK_VERSION) != PACK_VERSION)
		u.r.bad = true;
	set->cut = take_byte(&u, 1);
	*ret_others = bt_reader_varint(&u.r);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		set->counts[k] = bt_reader_varint(&u.r);
	u.files_nr = (size_t)bt_reader_upto(&u.r, UINT32_MAX);
	while (!u.r.bad && set->files_nr < u.files_nr)
		take_file(&u);
	if (u.r.bad || u.r.at != u.r.end || !sides_are_there(set))
		return bt_err_set(err, BT_ERR_CORRUPT, "a saved difference is damaged");
	return 0;
}
