/*
 * An archive from outside: a mark, a version, then pieces of some megabytes, each compressed by itself and each with a checksum over
 * itself and all before it. An empty piece is the end.
 */
#ifndef BT_ARCHIVE_FRAME_H
#define BT_ARCHIVE_FRAME_H

#include "core/archive/archive.h"
#include "core/base/buf.h"
#include "core/base/compress.h"

#define BT_FRAME_CHECK_LEN 16
/* A piece is closed when it is so long. One record is never cut: a piece may be as long as that. */
#define BT_FRAME_LEN ((size_t)1 << 20)
/* Facts of one blob are shorter than its text or not much longer. */
#define BT_FRAME_LEN_MAX ((size_t)192 << 20)

struct bt_frame_writer {
	const struct bt_archive_sink *sink;	/* NULL: nothing is kept */
	struct bt_compressor compressor;
	struct bt_buf raw;			/* the caller adds records here, and asks for bt_frame_due after each */
	struct bt_buf packed;
	uint8_t check[BT_FRAME_CHECK_LEN];
	uint64_t raw_all, stored_all;
};

int bt_frame_writer_start(struct bt_frame_writer *w, const struct bt_archive_sink *sink, struct bt_err *err);
void bt_frame_writer_release(struct bt_frame_writer *w);
int bt_frame_due(struct bt_frame_writer *w, struct bt_err *err);
/* Closes the piece at hand, if anything is in it. */
int bt_frame_flush(struct bt_frame_writer *w, struct bt_err *err);
int bt_frame_end(struct bt_frame_writer *w, struct bt_err *err);

struct bt_frame_reader {
	struct bt_archive_input in;
	struct bt_compressor compressor;
	struct bt_buf packed, raw;		/* raw: the piece at hand */
	uint8_t check[BT_FRAME_CHECK_LEN];
	uint64_t raw_all, stored_all;
	bool ended;
};

int bt_frame_reader_start(struct bt_frame_reader *r, const struct bt_archive_input *in, struct bt_err *err);
void bt_frame_reader_release(struct bt_frame_reader *r);
/* BT_ROW: r->raw is the next piece. BT_DONE: that was the last one, and nothing follows. */
int bt_frame_next(struct bt_frame_reader *r, struct bt_err *err);
int bt_archive_refuse(struct bt_err *err, const char *what);

#endif
