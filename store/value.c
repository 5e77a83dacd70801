/*
 * The bytes of a value: sealed with a checksum, compressed.
 */
#include <string.h>

#include "core/base/hash.h"
#include "core/base/varint.h"
#include "store/store_int.h"

uint32_t bt_value_check(enum bt_value kind, int64_t row, const void *p, size_t len)
{
	return (uint32_t)bt_hash64_bulk(p, len, bt_mix64((uint64_t)row ^ (uint64_t)kind << 56));
}

void bt_value_seal(enum bt_value kind, int64_t row, void *p, size_t len)
{
	uint8_t *to = p;
	uint32_t check = bt_value_check(kind, row, to + BT_VALUE_CHECK_LEN,
					len - BT_VALUE_CHECK_LEN);
	int i;

	for (i = 0; i < BT_VALUE_CHECK_LEN; i++)
		to[i] = (uint8_t)(check >> 8 * i);
}

bool bt_value_sealed(enum bt_value kind, int64_t row, const void *p, size_t len)
{
	const uint8_t *at = p;
	uint32_t check = 0;
	int i;

	if (len < BT_VALUE_CHECK_LEN)
		return false;
	for (i = 0; i < BT_VALUE_CHECK_LEN; i++)
		check |= (uint32_t)at[i] << 8 * i;
	return check ==
	       bt_value_check(kind, row, at + BT_VALUE_CHECK_LEN, len - BT_VALUE_CHECK_LEN);
}

int bt_value_compress(struct bt_store *s, enum bt_quality quality, const void *prefix, size_t prefix_len,
		      const void *p, size_t len, struct bt_buf *out, struct bt_err *err)
{
	uint8_t head[BT_VALUE_CHECK_LEN + BT_VARINT_MAX] = { 0 };
	int rc;

	bt_buf_add(out, head, (size_t)(bt_varint_put(head + BT_VALUE_CHECK_LEN, len) - head));
	rc = bt_compress(&s->compressor, quality, prefix, prefix_len, p, len, out, err);
	return rc ? rc : bt_buf_check(out, "a record of the index", err);
}

int bt_value_pack(struct bt_store *s, enum bt_value kind, int64_t row, enum bt_quality quality,
		  const void *prefix, size_t prefix_len, const void *p, size_t len,
		  struct bt_err *err)
{
	int rc;

	bt_buf_clear(&s->packed);
	rc = bt_value_compress(s, quality, prefix, prefix_len, p, len, &s->packed, err);
	if (rc)
		return rc;
	bt_value_seal(kind, row, s->packed.data, s->packed.len);
	return 0;
}

int bt_value_unpack(struct bt_store *s, enum bt_value kind, int64_t row, const void *prefix,
		    size_t prefix_len, const void *p, size_t len, size_t raw_max,
		    struct bt_buf *out, struct bt_err *err)
{
	return bt_value_unpack_with(s, &s->compressor, kind, row, prefix, prefix_len, p, len,
				    raw_max, out, err);
}

int bt_value_unpack_with(struct bt_store *s, struct bt_compressor *c, enum bt_value kind,
			 int64_t row, const void *prefix, size_t prefix_len, const void *p,
			 size_t len, size_t raw_max, struct bt_buf *out, struct bt_err *err)
{
	struct bt_reader r;
	uint64_t raw_len;
	int rc;

	if (!bt_value_sealed(kind, row, p, len))
		return bt_store_corrupt(s, err, "the checksum of a record is wrong");
	r = bt_reader_make((const uint8_t *)p + BT_VALUE_CHECK_LEN, len - BT_VALUE_CHECK_LEN);
	raw_len = bt_reader_upto(&r, raw_max);
	if (r.bad)
		return bt_store_corrupt(s, err, "a record has no sensible length");
	rc = bt_decompress(c, prefix, prefix_len, r.at, (size_t)(r.end - r.at),
			   (size_t)raw_len, raw_max, out, err);
	return bt_store_blame(s, rc, err);
}
