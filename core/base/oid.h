/*
 * Object ids as git has them: 20 bytes (sha1) or 32 (sha256). Unused bytes are zero, so that ids
 * compare with memcmp over the whole array.
 */
#ifndef BT_BASE_OID_H
#define BT_BASE_OID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/err.h"

#define BT_OID_RAW_MAX 32
#define BT_OID_HEX_MAX 64

struct bt_oid {
	uint8_t raw[BT_OID_RAW_MAX];
	uint8_t len;	/* 20 or 32; 0: no id */
};

static inline bool bt_oid_equal(const struct bt_oid *a, const struct bt_oid *b)
{
	return a->len == b->len && !memcmp(a->raw, b->raw, BT_OID_RAW_MAX);
}

/* From raw bytes (len 20 or 32). */
struct bt_oid bt_oid_make(const void *raw, size_t len);
/* Exactly 40 or 64 hex digits. */
int bt_oid_parse(const char *hex, size_t hex_len, struct bt_oid *ret_oid, struct bt_err *err);
/* Writes 2 * len digits and a NUL into hex (BT_OID_HEX_MAX + 1 bytes); returns hex. */
char *bt_oid_hex(const struct bt_oid *oid, char *hex);

#endif
