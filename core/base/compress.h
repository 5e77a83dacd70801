/*
 * Compression of small records: the only door to zstd, or to zlib where zstd was left out.
 *
 * The first byte of what bt_compress writes names the codec, so that every build can tell what it
 * cannot read; the raw length is not in it: the caller stores it. Bytes that do not get smaller
 * are stored as they are. The compressed form is no part of any digest: library versions may
 * differ in it.
 *
 * `prefix` is text that the record resembles (an earlier version of it); the same bytes are
 * needed to read the record again. NULL and 0 for none.
 */
#ifndef BT_BASE_COMPRESS_H
#define BT_BASE_COMPRESS_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum bt_codec {			/* stored: append only */
	BT_CODEC_STORED = 0,
	BT_CODEC_ZSTD = 1,
	BT_CODEC_ZLIB = 2,	/* raw deflate */
};

enum bt_quality {
	BT_QUALITY_FAST,	/* written once per blob, while somebody waits */
	BT_QUALITY_SMALL,	/* written rarely, read often */
	BT_QUALITY_QUICK,	/* thousands are read for one answer: matches only, no entropy coding */
	BT_QUALITY_NR
};

/*
 * The libraries' working memory, made on first use and used again: there are 100,000 records per
 * run.
 */
struct bt_compressor {
	void *writers[BT_QUALITY_NR];
	void *reader;
};
#define BT_COMPRESSOR_INIT { .reader = NULL }
#define BT_COMPRESSOR_OWNED BT_CLEANUP(bt_compressor_release)

void bt_compressor_release(struct bt_compressor *c);

/* Appends codec byte and payload: at most 1 + len bytes. */
int bt_compress(struct bt_compressor *c, enum bt_quality quality, const void *prefix,
		size_t prefix_len, const void *p, size_t len, struct bt_buf *out,
		struct bt_err *err);
/*
 * Appends exactly raw_len bytes, or fails with nothing appended: BT_ERR_CORRUPT (broken bytes,
 * another length, raw_len over raw_max), BT_ERR_UNSUPPORTED (a codec that this build has not).
 */
int bt_decompress(struct bt_compressor *c, const void *prefix, size_t prefix_len, const void *p,
		  size_t len, size_t raw_len, size_t raw_max, struct bt_buf *out,
		  struct bt_err *err);

/* "zstd 1.5.4" or "zlib 1.2.13": the library that is linked, at run time. `to` has 32 bytes. */
const char *bt_compress_library(char to[32]);

#endif
