/*
 * The frame around the codec: the tag byte, the choice to store, the limits.
 */
#include "core/base/compress.h"

#include <string.h>

#include "core/base/compress_codec.h"

/* Nothing shorter gets smaller. */
#define WORTH_IT 16

int bt_compress(struct bt_compressor *c, enum bt_quality quality, const void *prefix,
		size_t prefix_len, const void *p, size_t len, struct bt_buf *out,
		struct bt_err *err)
{
	size_t packed_len = 0;
	char *to;
	int rc;

	if (len >= BT_BUF_DEFAULT_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "a record of %zu bytes is too large to store",
				  len);
	to = bt_buf_reserve(out, len + 1);
	if (!to)
		return bt_buf_check(out, "a compressed record", err);
	if (len >= WORTH_IT) {
		rc = bt_codec_compress(c, quality, prefix, prefix_len, p, len, to + 1, len - 1,
				       &packed_len, err);
		if (rc)
			return rc;
	}
	to[0] = (char)(packed_len ? bt_codec_id() : BT_CODEC_STORED);
	if (!packed_len) {
		packed_len = len;
		if (len)
			memcpy(to + 1, p, len);
	}
	out->len += 1 + packed_len;
	return 0;
}

static int codec_missing(unsigned codec, struct bt_err *err)
{
	if (codec == BT_CODEC_ZSTD)
		return bt_err_set(err, BT_ERR_UNSUPPORTED,
				  "the record was written with zstd, this build has none");
	if (codec == BT_CODEC_ZLIB)
		return bt_err_set(err, BT_ERR_UNSUPPORTED,
				  "the record was written with zlib, this build has none");
	return bt_err_set(err, BT_ERR_CORRUPT, "a compressed record starts with an unknown byte");
}

int bt_decompress(struct bt_compressor *c, const void *prefix, size_t prefix_len, const void *p,
		  size_t len, size_t raw_len, size_t raw_max, struct bt_buf *out,
		  struct bt_err *err)
{
	const unsigned char *bytes = p;
	char *to;
	int rc;

	if (!len)
		return bt_err_set(err, BT_ERR_CORRUPT, "a compressed record is empty");
	if (bytes[0] != BT_CODEC_STORED && bytes[0] != bt_codec_id())
		return codec_missing(bytes[0], err);
	if (raw_len > raw_max)
		return bt_err_set(err, BT_ERR_CORRUPT,
				  "a record claims %zu bytes, more than the allowed %zu", raw_len,
				  raw_max);
	if (bytes[0] == BT_CODEC_STORED && len - 1 != raw_len)
		return bt_err_set(err, BT_ERR_CORRUPT, "a stored record has another length");
	to = bt_buf_reserve(out, raw_len);
	if (!to)
		return bt_buf_check(out, "a record", err);
	if (bytes[0] == BT_CODEC_STORED) {
		if (raw_len)
			memcpy(to, bytes + 1, raw_len);
	} else {
		rc = bt_codec_decompress(c, prefix, prefix_len, bytes + 1, len - 1, to, raw_len,
					 err);
		if (rc)
			return rc;
	}
	out->len += raw_len;
	return 0;
}
