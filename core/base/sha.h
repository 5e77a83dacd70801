/*
 * SHA-1 and SHA-256 (FIPS 180-4), for one purpose: do the bytes of an object belong to its id? Not for anything
 * that must withstand somebody who makes collisions.
 */
#ifndef BT_BASE_SHA_H
#define BT_BASE_SHA_H

#include <stddef.h>
#include <stdint.h>

#define BT_SHA_RAW_MAX 32

struct bt_sha {
	uint32_t h[8];
	uint64_t len;		/* bytes so far */
	uint8_t block[64];
	size_t raw_len;		/* 20: SHA-1, 32: SHA-256 */
};

void bt_sha_init(struct bt_sha *s, size_t raw_len);
void bt_sha_add(struct bt_sha *s, const void *p, size_t len);
/* Writes raw_len bytes. */
void bt_sha_end(struct bt_sha *s, uint8_t *ret_raw);

#endif
