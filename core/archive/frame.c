/*
 * Pieces: written as they fill, read one at a time.
 */
#include "core/archive/frame.h"

#include <string.h>

#include "core/base/file.h"
#include "core/base/signal.h"

/* The first byte is no text, the line end shows what a transfer as text has done to it. */
static const uint8_t mark[8] = { 0x89, 'b', 'a', 't', 'h', 'o', '\r', '\n' };

#define START_LEN (sizeof(mark) + 4)
#define HEADER_LEN (8 + BT_FRAME_CHECK_LEN)

static void u32_put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t u32_get(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The check of a piece: over that of the piece before, the lengths, the bytes. */
static void check_next(uint8_t check[BT_FRAME_CHECK_LEN], const uint8_t lengths[8], const void *p, size_t len)
{
	struct bt_blake2b h;
	struct bt_digest d;

	bt_blake2b_init(&h);
	bt_blake2b_add(&h, check, BT_FRAME_CHECK_LEN);
	bt_blake2b_add(&h, lengths, 8);
	bt_blake2b_add(&h, p, len);
	bt_blake2b_end(&h, &d);
	memcpy(check, d.raw, BT_FRAME_CHECK_LEN);
}

int bt_archive_refuse(struct bt_err *err, const char *what)
{
	return bt_err_set(err, BT_ERR_CORRUPT, "the archive is damaged: %s", what);
}

/* --- writing --- */

static int put(struct bt_frame_writer *w, const void *p, size_t len, struct bt_err *err)
{
	w->stored_all += len;
	return w->sink ? w->sink->write(w->sink->ctx, p, len, err) : 0;
}

int bt_frame_writer_start(struct bt_frame_writer *w, const struct bt_archive_sink *sink, struct bt_err *err)
{
	uint8_t start[START_LEN];

	memset(w, 0, sizeof(*w));
	w->sink = sink;
	bt_buf_init(&w->raw, BT_FRAME_LEN_MAX);
	bt_buf_init(&w->packed, BT_FRAME_LEN_MAX + 64);
	memcpy(start, mark, sizeof(mark));
	u32_put(start + sizeof(mark), BT_ARCHIVE_VERSION);
	return put(w, start, sizeof(start), err);
}

void bt_frame_writer_release(struct bt_frame_writer *w)
{
	bt_compressor_release(&w->compressor);
	bt_buf_release(&w->raw);
	bt_buf_release(&w->packed);
}

static int put_piece(struct bt_frame_writer *w, struct bt_err *err)
{
	uint8_t header[HEADER_LEN];

	u32_put(header, (uint32_t)w->raw.len);
	u32_put(header + 4, (uint32_t)w->packed.len);
	check_next(w->check, header, bt_buf_cstr(&w->packed), w->packed.len);
	memcpy(header + 8, w->check, BT_FRAME_CHECK_LEN);
	w->raw_all += w->raw.len;
	bt_buf_clear(&w->raw);
	return put(w, header, sizeof(header), err) || put(w, bt_buf_cstr(&w->packed), w->packed.len, err) ? err->code : 0;
}

int bt_frame_flush(struct bt_frame_writer *w, struct bt_err *err)
{
	if (bt_buf_check(&w->raw, "facts of one file", err))
		return err->code;
	if (!w->raw.len)
		return 0;
	if (!w->sink) {
		w->raw_all += w->raw.len;
		bt_buf_clear(&w->raw);
		return 0;
	}
	bt_buf_clear(&w->packed);
	if (bt_compress(&w->compressor, BT_QUALITY_FAST, NULL, 0, w->raw.data, w->raw.len, &w->packed, err))
		return err->code;
	return put_piece(w, err);
}

int bt_frame_due(struct bt_frame_writer *w, struct bt_err *err)
{
	if (w->raw.len < BT_FRAME_LEN && !w->raw.failed)
		return 0;
	return bt_cancel_check(err) ? err->code : bt_frame_flush(w, err);
}

int bt_frame_end(struct bt_frame_writer *w, struct bt_err *err)
{
	if (bt_frame_flush(w, err))
		return err->code;
	bt_buf_clear(&w->packed);
	return put_piece(w, err);
}

/* --- reading --- */

static int take(struct bt_frame_reader *r, void *p, size_t len, struct bt_err *err)
{
	size_t got;

	if (r->in.read(r->in.ctx, p, len, &got, err))
		return err->code;
	r->stored_all += got;
	return got == len ? 0 : bt_archive_refuse(err, "it ends too early");
}

int bt_archive_input_read_fd(void *fd, void *p, size_t len, size_t *ret_len, struct bt_err *err)
{
	return bt_fd_read_full(*(int *)fd, p, len, ret_len, "the archive", err);
}

int bt_frame_reader_start(struct bt_frame_reader *r, const struct bt_archive_input *in, struct bt_err *err)
{
	uint8_t start[START_LEN];
	size_t got;

	memset(r, 0, sizeof(*r));
	r->in = *in;
	bt_buf_init(&r->raw, BT_FRAME_LEN_MAX);
	bt_buf_init(&r->packed, BT_FRAME_LEN_MAX + 64);
	if (in->read(in->ctx, start, sizeof(start), &got, err))
		return err->code;
	if (got < sizeof(start) || memcmp(start, mark, sizeof(mark)))
		return bt_err_set(err, BT_ERR_CORRUPT, "it is no archive of git batho");
	if (u32_get(start + sizeof(mark)) != BT_ARCHIVE_VERSION) {
		bt_err_set(err, BT_ERR_VERSION, "the archive has version %u, this program reads %d",
			   u32_get(start + sizeof(mark)), BT_ARCHIVE_VERSION);
		return bt_err_hint(err, "use the git-batho that wrote it, or a newer one");
	}
	r->stored_all = got;
	return 0;
}

void bt_frame_reader_release(struct bt_frame_reader *r)
{
	bt_compressor_release(&r->compressor);
	bt_buf_release(&r->raw);
	bt_buf_release(&r->packed);
}

/* The bytes of a piece come in steps: a length that is not true costs no memory. */
static int take_packed(struct bt_frame_reader *r, size_t len, struct bt_err *err)
{
	bt_buf_clear(&r->packed);
	while (r->packed.len < len) {
		size_t part = len - r->packed.len < BT_FRAME_LEN ? len - r->packed.len : BT_FRAME_LEN;
		void *p = bt_buf_reserve(&r->packed, part);

		if (!p)
			return bt_buf_check(&r->packed, "a piece of the archive", err);
		if (take(r, p, part, err))
			return err->code;
		r->packed.len += part;
	}
	return 0;
}

static int take_end(struct bt_frame_reader *r, struct bt_err *err)
{
	uint8_t more;
	size_t got;

	r->ended = true;
	if (r->in.read(r->in.ctx, &more, 1, &got, err))
		return err->code;
	return got ? bt_archive_refuse(err, "something follows its end") : BT_DONE;
}

int bt_frame_next(struct bt_frame_reader *r, struct bt_err *err)
{
	uint8_t header[HEADER_LEN];
	uint32_t raw_len, len;

	if (bt_cancel_check(err) || take(r, header, sizeof(header), err))
		return err->code;
	raw_len = u32_get(header);
	len = u32_get(header + 4);
	if (raw_len > BT_FRAME_LEN_MAX || len > raw_len + 1 || !raw_len != !len)
		return bt_archive_refuse(err, "a piece has an impossible length");
	if (take_packed(r, len, err))
		return err->code;
	check_next(r->check, header, bt_buf_cstr(&r->packed), len);
	if (memcmp(r->check, header + 8, BT_FRAME_CHECK_LEN))
		return bt_archive_refuse(err, "a checksum is wrong");
	if (!raw_len)
		return take_end(r, err);
	bt_buf_clear(&r->raw);
	if (bt_decompress(&r->compressor, NULL, 0, r->packed.data, len, raw_len, BT_FRAME_LEN_MAX, &r->raw, err))
		return err->code;
	r->raw_all += raw_len;
	return BT_ROW;
}
