/*
 * Between compress.c and the one codec of this build (compress_zstd.c or compress_zlib.c). Not
 * for others.
 */
#ifndef BT_BASE_COMPRESS_CODEC_H
#define BT_BASE_COMPRESS_CODEC_H

#include "core/base/compress.h"

enum bt_codec bt_codec_id(void);
/*
 * Into `to` of to_size bytes; *ret_len is 0 when the result is larger than that (the caller
 * stores the bytes then).
 */
int bt_codec_compress(struct bt_compressor *c, enum bt_quality quality, const void *prefix,
		      size_t prefix_len, const void *p, size_t len, void *to, size_t to_size,
		      size_t *ret_len, struct bt_err *err);
/* Exactly raw_len bytes into `to`. */
int bt_codec_decompress(struct bt_compressor *c, const void *prefix, size_t prefix_len,
			const void *p, size_t len, void *to, size_t raw_len, struct bt_err *err);

#endif
