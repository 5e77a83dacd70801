/*
 * The zlib codec, for builds without zstd: raw deflate, the last 32 KiB of the prefix as
 * dictionary.
 */
#ifndef HAVE_ZSTD

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "core/base/compress_codec.h"

#define DICTIONARY_MAX ((size_t)32 << 10)

static const int levels[BT_QUALITY_NR] = {
	[BT_QUALITY_FAST] = 1,
	[BT_QUALITY_SMALL] = 9,
	[BT_QUALITY_QUICK] = 1,
};

enum bt_codec bt_codec_id(void)
{
	return BT_CODEC_ZLIB;
}

void bt_compressor_release(struct bt_compressor *c)
{
	int i;

	if (!c)
		return;
	for (i = 0; i < BT_QUALITY_NR; i++) {
		if (c->writers[i])
			deflateEnd(c->writers[i]);
		free(c->writers[i]);
	}
	if (c->reader)
		inflateEnd(c->reader);
	free(c->reader);
	*c = (struct bt_compressor)BT_COMPRESSOR_INIT;
}

static z_stream *writer_make(enum bt_quality quality)
{
	z_stream *z = bt_xcalloc(1, sizeof(*z));

	if (deflateInit2(z, levels[quality], Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static z_stream *reader_make(void)
{
	z_stream *z = bt_xcalloc(1, sizeof(*z));

	if (inflateInit2(z, -15) == Z_OK)
		return z;
	free(z);
	return NULL;
}

/* zlib looks back no further. */
static const Bytef *prefix_tail(const void *prefix, size_t prefix_len, uInt *ret_len)
{
	size_t len = prefix_len < DICTIONARY_MAX ? prefix_len : DICTIONARY_MAX;

	*ret_len = (uInt)len;
	return len ? (const Bytef *)prefix + (prefix_len - len) : NULL;
}

static void stream_set(z_stream *z, const void *p, size_t len, void *to, size_t to_size)
{
	z->next_in = (Bytef *)(uintptr_t)p;
	z->avail_in = (uInt)len;
	z->next_out = to;
	z->avail_out = (uInt)to_size;
}

int bt_codec_compress(struct bt_compressor *c, enum bt_quality quality, const void *prefix,
		      size_t prefix_len, const void *p, size_t len, void *to, size_t to_size,
		      size_t *ret_len, struct bt_err *err)
{
	uInt dict_len;
	const Bytef *dict = prefix_tail(prefix, prefix_len, &dict_len);
	z_stream *z = c->writers[quality];
	int rc;

	if (!z)
		z = c->writers[quality] = writer_make(quality);
	if (!z || len > UINT_MAX || deflateReset(z) != Z_OK ||
	    (dict_len && deflateSetDictionary(z, dict, dict_len) != Z_OK))
		return bt_err_set(err, BT_ERR_FAIL, "cannot start zlib");
	stream_set(z, p, len, to, to_size);
	rc = deflate(z, Z_FINISH);
	if (rc != Z_STREAM_END && rc != Z_OK && rc != Z_BUF_ERROR)
		return bt_err_set(err, BT_ERR_FAIL, "cannot compress a record: %s", zError(rc));
	*ret_len = rc == Z_STREAM_END ? to_size - z->avail_out : 0;
	return 0;
}

int bt_codec_decompress(struct bt_compressor *c, const void *prefix, size_t prefix_len,
			const void *p, size_t len, void *to, size_t raw_len, struct bt_err *err)
{
	uInt dict_len;
	const Bytef *dict = prefix_tail(prefix, prefix_len, &dict_len);
	z_stream *z = c->reader;
	int rc;

	if (!z)
		z = c->reader = reader_make();
	if (!z || len > UINT_MAX || raw_len > UINT_MAX || inflateReset(z) != Z_OK ||
	    (dict_len && inflateSetDictionary(z, dict, dict_len) != Z_OK))
		return bt_err_set(err, BT_ERR_FAIL, "cannot start zlib");
	stream_set(z, p, len, to, raw_len);
	rc = inflate(z, Z_FINISH);
	if (rc == Z_STREAM_END && !z->avail_out && !z->avail_in)
		return 0;
	if (rc == Z_STREAM_END || rc == Z_BUF_ERROR || rc == Z_OK)
		return bt_err_set(err, BT_ERR_CORRUPT, "a record has another length than %zu bytes",
				  raw_len);
	return bt_err_set(err, BT_ERR_CORRUPT, "cannot read a record: %s", zError(rc));
}

const char *bt_compress_library(char to[32])
{
	snprintf(to, 32, "zlib %s", zlibVersion());
	return to;
}

#else
/* This build has zstd; a file without any declaration is no C. */
extern int bt_compress_zlib_is_absent;
#endif
