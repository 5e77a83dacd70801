/*
 * Object ids: bytes and hex digits. What an id means is the business of core/git.
 */
#include "core/base/oid.h"

struct bt_oid bt_oid_make(const void *raw, size_t len)
{
	struct bt_oid oid = { .len = 0 };

	if (len != 20 && len != 32)
		return oid;
	memcpy(oid.raw, raw, len);
	oid.len = (uint8_t)len;
	return oid;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int bt_oid_parse(const char *hex, size_t hex_len, struct bt_oid *ret_oid, struct bt_err *err)
{
	struct bt_oid oid = { .len = (uint8_t)(hex_len / 2) };
	bool bad = hex_len != 40 && hex_len != 64;
	size_t i;

	for (i = 0; !bad && i < oid.len; i++) {
		int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

		bad = high < 0 || low < 0;
		if (!bad)
			oid.raw[i] = (uint8_t)(high << 4 | low);
	}
	if (bad)
		return bt_err_set(err, BT_ERR_FAIL, "'%.*s' is not an object id",
				  (int)(hex_len < 80 ? hex_len : 80), hex);
	*ret_oid = oid;
	return 0;
}

char *bt_oid_hex(const struct bt_oid *oid, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < oid->len; i++) {
		hex[2 * i] = digits[oid->raw[i] >> 4];
		hex[2 * i + 1] = digits[oid->raw[i] & 15];
	}
	hex[2 * i] = '\0';
	return hex;
}
