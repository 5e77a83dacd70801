/*
 * Hashes. BLAKE2b-256 (RFC 7693, unkeyed, 32-byte output) is the digest that leaves this machine;
 * bt_hash64 is a fast mixing hash for hash tables and for the 64-bit hashes in facts: its value is
 * part of the facts format and the same on every machine.
 */
#ifndef BT_BASE_HASH_H
#define BT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define BT_DIGEST_LEN 32

struct bt_digest {
	uint8_t raw[BT_DIGEST_LEN];
};

struct bt_blake2b {
	uint64_t h[8], t[2];
	uint8_t block[128];
	size_t block_len;
};

void bt_blake2b_init(struct bt_blake2b *s);
void bt_blake2b_add(struct bt_blake2b *s, const void *p, size_t len);
void bt_blake2b_end(struct bt_blake2b *s, struct bt_digest *ret_digest);
void bt_blake2b(const void *p, size_t len, struct bt_digest *ret_digest);

#define BT_DIGEST_HEX_LEN (2 * BT_DIGEST_LEN)
/* Its digits, in buf, which is returned. */
const char *bt_digest_hex(const struct bt_digest *digest, char buf[BT_DIGEST_HEX_LEN + 1]);

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t bt_mix64(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* Reads little-endian words; the value does not depend on the machine. */
uint64_t bt_hash64(const void *p, size_t len, uint64_t seed);
/*
 * Another hash, for kilobytes: four chains of multiplications side by side, so that it reads three times as fast. Checksums of
 * pages and of records.
 */
uint64_t bt_hash64_bulk(const void *p, size_t len, uint64_t seed);

#endif
