/*
 * The list of what is about to land, and its form for handing over.
 */
#include "core/rules/incoming.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/varint.h"

/* Both ends are of one build: the number is for those who mix two. */
#define FORM_MAGIC "batho incoming 1\n"

void bt_incoming_release(struct bt_incoming *in)
{
	if (!in)
		return;
	free(in->files);
	bt_arena_release(&in->arena);
	*in = (struct bt_incoming)BT_INCOMING_INIT;
}

void bt_pushed_release(struct bt_pushed *p)
{
	if (!p)
		return;
	free(p->refs);
	bt_arena_release(&p->arena);
	*p = (struct bt_pushed)BT_PUSHED_INIT;
}

/* --- the form --- */

static void put_number(struct bt_buf *out, uint64_t v)
{
	uint8_t bytes[BT_VARINT_MAX];

	bt_buf_add(out, bytes, (size_t)(bt_varint_put(bytes, v) - bytes));
}

static void put_bytes(struct bt_buf *out, const void *p, size_t len)
{
	put_number(out, len);
	bt_buf_add(out, p, len);
}

/* NULL is not the same as no bytes. */
static void put_data(struct bt_buf *out, const char *p, size_t len)
{
	put_number(out, p ? len + 1 : 0);
	if (p)
		bt_buf_add(out, p, len);
}

static void put_oid(struct bt_buf *out, const struct bt_oid *oid)
{
	put_bytes(out, oid->raw, oid->len);
}

void bt_incoming_encode(const struct bt_incoming *in, struct bt_buf *out)
{
	bt_buf_adds(out, FORM_MAGIC);
	put_number(out, in->oid_len);
	put_number(out, in->unmerged_nr);
	put_number(out, in->commits_nr);
	put_number(out, in->nr);
	for (size_t i = 0; i < in->nr; i++) {
		const struct bt_incoming_file *f = &in->files[i];

		put_bytes(out, f->path, f->path_len);
		put_number(out, (unsigned char)f->status);
		put_number(out, f->old_mode);
		put_number(out, f->new_mode);
		put_oid(out, &f->old_oid);
		put_oid(out, &f->new_oid);
		put_oid(out, &f->commit);
		put_number(out, (f->binary ? 1u : 0) | (f->lines_known ? 2u : 0));
		put_number(out, f->lines_nr);
		for (size_t k = 0; k < f->lines_nr; k++) {
			put_number(out, f->lines[k].first);
			put_number(out, f->lines[k].nr);
		}
		put_data(out, f->old_data, f->old_len);
		put_data(out, f->new_data, f->new_len);
	}
}

struct form_reader {
	struct bt_reader r;
	struct bt_arena *arena;
};

static uint64_t get_number(struct form_reader *r)
{
	return bt_reader_varint(&r->r);
}

static const char *get_bytes(struct form_reader *r, uint64_t len)
{
	const uint8_t *p = bt_reader_bytes(&r->r, len);

	return p ? bt_arena_strndup(r->arena, (const char *)p, (size_t)len) : "";
}

static void get_oid(struct form_reader *r, struct bt_oid *ret_oid)
{
	uint64_t len = get_number(r);
	const uint8_t *raw;

	memset(ret_oid, 0, sizeof(*ret_oid));
	if (!len)
		return;
	if (len != 20 && len != 32)
		r->r.bad = true;
	else if ((raw = bt_reader_bytes(&r->r, len)))
		*ret_oid = bt_oid_make(raw, (size_t)len);
}

static const char *get_data(struct form_reader *r, size_t *ret_len)
{
	uint64_t len = get_number(r);

	*ret_len = len ? (size_t)len - 1 : 0;
	return len ? get_bytes(r, *ret_len) : NULL;
}

static void get_lines(struct form_reader *r, struct bt_incoming_file *f)
{
	uint64_t nr = get_number(r);
	struct bt_line_span *lines;

	/* A span takes two bytes at least. */
	if (nr > (size_t)(r->r.end - r->r.at) / 2) {
		r->r.bad = true;
		return;
	}
	lines = bt_arena_alloc(r->arena, (size_t)nr * sizeof(*lines));
	for (size_t k = 0; k < nr; k++) {
		lines[k].first = (uint32_t)get_number(r);
		lines[k].nr = (uint32_t)get_number(r);
	}
	f->lines = lines;
	f->lines_nr = (size_t)nr;
}

static void get_file(struct form_reader *r, struct bt_incoming_file *f)
{
	uint64_t flags;

	f->path_len = (size_t)get_number(r);
	f->path = get_bytes(r, f->path_len);
	f->status = (char)get_number(r);
	f->old_mode = (uint32_t)get_number(r);
	f->new_mode = (uint32_t)get_number(r);
	get_oid(r, &f->old_oid);
	get_oid(r, &f->new_oid);
	get_oid(r, &f->commit);
	flags = get_number(r);
	f->binary = flags & 1;
	f->lines_known = flags & 2;
	get_lines(r, f);
	f->old_data = get_data(r, &f->old_len);
	f->new_data = get_data(r, &f->new_len);
}

int bt_incoming_decode(struct bt_incoming *in, const void *data, size_t len, struct bt_err *err)
{
	struct form_reader r = { .r = bt_reader_make(data, len), .arena = &in->arena };
	const uint8_t *magic = bt_reader_bytes(&r.r, strlen(FORM_MAGIC));
	uint64_t nr;

	if (!magic || memcmp(magic, FORM_MAGIC, strlen(FORM_MAGIC)))
		return bt_err_set(err, BT_ERR_CORRUPT, "the list of files is of another build");
	in->oid_len = (size_t)get_number(&r);
	in->unmerged_nr = (size_t)get_number(&r);
	in->commits_nr = (size_t)get_number(&r);
	nr = get_number(&r);
	while (!r.r.bad && nr--) {
		BT_GROW(in->files, in->alloc, in->nr + 1);
		memset(&in->files[in->nr], 0, sizeof(*in->files));
		get_file(&r, &in->files[in->nr]);
		in->nr += !r.r.bad;
	}
	if (r.r.bad || r.r.at != r.r.end)
		return bt_err_set(err, BT_ERR_CORRUPT, "the list of files is cut off or too long");
	return 0;
}
