/*
 * The zstd codec. Frames carry neither length, checksum nor dictionary id: the store has the
 * first, and SQLite's pages and the decoder's checks stand for the second.
 */
#ifdef HAVE_ZSTD

#include <stdio.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "core/base/compress_codec.h"

/* Prefix and record together that a level handles by itself. */
#define REACH_SMALL ((size_t)128 << 10)
/* What a decoder accepts unless told otherwise. */
#define WINDOW_LOG_MAX 27

static const int levels[BT_QUALITY_NR] = {
	[BT_QUALITY_FAST] = 3,
	[BT_QUALITY_SMALL] = 12,
	[BT_QUALITY_QUICK] = -1,
};

enum bt_codec bt_codec_id(void)
{
	return BT_CODEC_ZSTD;
}

void bt_compressor_release(struct bt_compressor *c)
{
	int i;

	if (!c)
		return;
	for (i = 0; i < BT_QUALITY_NR; i++)
		ZSTD_freeCCtx(c->writers[i]);
	ZSTD_freeDCtx(c->reader);
	*c = (struct bt_compressor)BT_COMPRESSOR_INIT;
}

static int zstd_error(size_t rc, enum bt_code code, const char *what, struct bt_err *err)
{
	return bt_err_set(err, code, "cannot %s a record: %s", what, ZSTD_getErrorName(rc));
}

static ZSTD_CCtx *writer_make(enum bt_quality quality)
{
	ZSTD_CCtx *w = ZSTD_createCCtx();

	if (!w)
		return NULL;
	if (ZSTD_isError(ZSTD_CCtx_setParameter(w, ZSTD_c_compressionLevel, levels[quality])) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(w, ZSTD_c_contentSizeFlag, 0)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(w, ZSTD_c_checksumFlag, 0)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(w, ZSTD_c_dictIDFlag, 0))) {
		ZSTD_freeCCtx(w);
		return NULL;
	}
	return w;
}

/*
 * The levels look back 512 KiB at most and remember a few thousand places: enough for small
 * records. Behind a large prefix the window must reach over all of it, and matches are found by
 * zstd's long-distance index.
 */
static size_t writer_reach(ZSTD_CCtx *w, size_t prefix_len, size_t len)
{
	int large = prefix_len && prefix_len + len > REACH_SMALL, window_log = 0;
	size_t rc;

	if (large)
		for (window_log = 18; window_log < WINDOW_LOG_MAX &&
				      (size_t)1 << window_log < prefix_len + len;)
			window_log++;
	rc = ZSTD_CCtx_setParameter(w, ZSTD_c_windowLog, window_log);
	if (ZSTD_isError(rc))
		return rc;
	return ZSTD_CCtx_setParameter(w, ZSTD_c_enableLongDistanceMatching, large);
}

int bt_codec_compress(struct bt_compressor *c, enum bt_quality quality, const void *prefix,
		      size_t prefix_len, const void *p, size_t len, void *to, size_t to_size,
		      size_t *ret_len, struct bt_err *err)
{
	ZSTD_CCtx *w = c->writers[quality];
	size_t rc;

	if (!w)
		w = c->writers[quality] = writer_make(quality);
	if (!w)
		return bt_err_set(err, BT_ERR_FAIL, "cannot start zstd");
	/* A prefix holds for one frame. */
	rc = writer_reach(w, prefix_len, len);
	if (!ZSTD_isError(rc))
		rc = ZSTD_CCtx_refPrefix(w, prefix_len ? prefix : NULL, prefix_len);
	if (!ZSTD_isError(rc))
		rc = ZSTD_compress2(w, to, to_size, p, len);
	if (!ZSTD_isError(rc)) {
		*ret_len = rc;
		return 0;
	}
	/* After a failure the frame is half begun. */
	ZSTD_CCtx_reset(w, ZSTD_reset_session_only);
	if (ZSTD_getErrorCode(rc) == ZSTD_error_dstSize_tooSmall) {
		*ret_len = 0;
		return 0;
	}
	return zstd_error(rc, BT_ERR_FAIL, "compress", err);
}

int bt_codec_decompress(struct bt_compressor *c, const void *prefix, size_t prefix_len,
			const void *p, size_t len, void *to, size_t raw_len, struct bt_err *err)
{
	size_t rc;

	if (!c->reader)
		c->reader = ZSTD_createDCtx();
	if (!c->reader)
		return bt_err_set(err, BT_ERR_FAIL, "cannot start zstd");
	rc = ZSTD_DCtx_refPrefix(c->reader, prefix_len ? prefix : NULL, prefix_len);
	if (!ZSTD_isError(rc))
		rc = ZSTD_decompressDCtx(c->reader, to, raw_len, p, len);
	if (!ZSTD_isError(rc) && rc == raw_len)
		return 0;
	ZSTD_DCtx_reset(c->reader, ZSTD_reset_session_only);
	if (ZSTD_isError(rc))
		return zstd_error(rc, BT_ERR_CORRUPT, "read", err);
	return bt_err_set(err, BT_ERR_CORRUPT, "a record is %zu bytes long instead of %zu", rc,
			  raw_len);
}

const char *bt_compress_library(char to[32])
{
	snprintf(to, 32, "zstd %s", ZSTD_versionString());
	return to;
}

#else
/* This build has zlib; a file without any declaration is no C. */
extern int bt_compress_zstd_is_absent;
#endif
