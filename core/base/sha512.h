/*
 * SHA-512 (FIPS 180-4): what package registries vouch for packages with, and by what code of others is known again.
 */
#ifndef BT_BASE_SHA512_H
#define BT_BASE_SHA512_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BT_SHA512_LEN 64
#define BT_SHA512_HEX_LEN (2 * BT_SHA512_LEN)

struct bt_sha512 {
	uint64_t h[8];
	uint64_t len;		/* bytes so far */
	uint8_t block[128];
};

void bt_sha512_init(struct bt_sha512 *s);
void bt_sha512_add(struct bt_sha512 *s, const void *p, size_t len);
void bt_sha512_end(struct bt_sha512 *s, uint8_t ret_raw[BT_SHA512_LEN]);
/* The digits of a hash, in buf, which is returned. */
const char *bt_sha512_hex(const uint8_t raw[BT_SHA512_LEN], char buf[BT_SHA512_HEX_LEN + 1]);
/* Are these the digits of a hash, and nothing else? */
bool bt_sha512_is_hex(const char *text);

#endif
