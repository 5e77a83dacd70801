/*
 * BLAKE2b-256 and the 64-bit mixing hash. Both read little-endian words byte by byte (one load on
 * the machines we run on) and keep no state of their own.
 */
#include "core/base/hash.h"

#include <string.h>

static inline uint64_t load64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

static inline uint64_t load32(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

/* --- BLAKE2b, RFC 7693 --- */

static const uint64_t blake2b_iv[8] = {
	0x6a09e667f3bcc908ULL, 0xbb67ae8584caa73bULL, 0x3c6ef372fe94f82bULL, 0xa54ff53a5f1d36f1ULL,
	0x510e527fade682d1ULL, 0x9b05688c2b3e6c1fULL, 0x1f83d9abfb41bd6bULL, 0x5be0cd19137e2179ULL,
};

static const uint8_t blake2b_sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static inline uint64_t rotr64(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

#define BLAKE2B_G(a, b, c, d, x, y)            \
	do {                                   \
		v[a] += v[b] + (x);            \
		v[d] = rotr64(v[d] ^ v[a], 32); \
		v[c] += v[d];                  \
		v[b] = rotr64(v[b] ^ v[c], 24); \
		v[a] += v[b] + (y);            \
		v[d] = rotr64(v[d] ^ v[a], 16); \
		v[c] += v[d];                  \
		v[b] = rotr64(v[b] ^ v[c], 63); \
	} while (0)

/* The round number is a constant after inlining, so that the table folds away. */
static inline __attribute__((always_inline)) void blake2b_round(uint64_t v[16],
								 const uint64_t m[16], int r)
{
	const uint8_t *s = blake2b_sigma[r];

	BLAKE2B_G(0, 4, 8, 12, m[s[0]], m[s[1]]);
	BLAKE2B_G(1, 5, 9, 13, m[s[2]], m[s[3]]);
	BLAKE2B_G(2, 6, 10, 14, m[s[4]], m[s[5]]);
	BLAKE2B_G(3, 7, 11, 15, m[s[6]], m[s[7]]);
	BLAKE2B_G(0, 5, 10, 15, m[s[8]], m[s[9]]);
	BLAKE2B_G(1, 6, 11, 12, m[s[10]], m[s[11]]);
	BLAKE2B_G(2, 7, 8, 13, m[s[12]], m[s[13]]);
	BLAKE2B_G(3, 4, 9, 14, m[s[14]], m[s[15]]);
}

static void blake2b_compress(struct bt_blake2b *s, const uint8_t *block, uint64_t last)
{
	uint64_t v[16], m[16];
	size_t i;

	for (i = 0; i < 16; i++)
		m[i] = load64(block + 8 * i);
	for (i = 0; i < 8; i++) {
		v[i] = s->h[i];
		v[i + 8] = blake2b_iv[i];
	}
	v[12] ^= s->t[0];
	v[13] ^= s->t[1];
	v[14] ^= last;
	blake2b_round(v, m, 0);
	blake2b_round(v, m, 1);
	blake2b_round(v, m, 2);
	blake2b_round(v, m, 3);
	blake2b_round(v, m, 4);
	blake2b_round(v, m, 5);
	blake2b_round(v, m, 6);
	blake2b_round(v, m, 7);
	blake2b_round(v, m, 8);
	blake2b_round(v, m, 9);
	blake2b_round(v, m, 0);
	blake2b_round(v, m, 1);
	for (i = 0; i < 8; i++)
		s->h[i] ^= v[i] ^ v[i + 8];
}

static inline void blake2b_count(struct bt_blake2b *s, size_t len)
{
	s->t[0] += len;
	s->t[1] += s->t[0] < len;
}

void bt_blake2b_init(struct bt_blake2b *s)
{
	memcpy(s->h, blake2b_iv, sizeof(s->h));
	s->h[0] ^= 0x01010000 ^ BT_DIGEST_LEN;	/* depth 1, fan-out 1, no key */
	s->t[0] = s->t[1] = 0;
	s->block_len = 0;
}

void bt_blake2b_add(struct bt_blake2b *s, const void *p, size_t len)
{
	const uint8_t *at = p;

	if (!len)
		return;
	if (s->block_len) {
		size_t part = sizeof(s->block) - s->block_len;

		if (part > len)
			part = len;
		memcpy(s->block + s->block_len, at, part);
		s->block_len += part;
		at += part;
		len -= part;
		if (!len)
			return;
		blake2b_count(s, sizeof(s->block));
		blake2b_compress(s, s->block, 0);
		s->block_len = 0;
	}
	/* The last block, even a full one, waits for the end. */
	for (; len > sizeof(s->block); at += sizeof(s->block), len -= sizeof(s->block)) {
		blake2b_count(s, sizeof(s->block));
		blake2b_compress(s, at, 0);
	}
	memcpy(s->block, at, len);
	s->block_len = len;
}

void bt_blake2b_end(struct bt_blake2b *s, struct bt_digest *ret_digest)
{
	int i;

	memset(s->block + s->block_len, 0, sizeof(s->block) - s->block_len);
	blake2b_count(s, s->block_len);
	blake2b_compress(s, s->block, ~(uint64_t)0);
	for (i = 0; i < BT_DIGEST_LEN; i++)
		ret_digest->raw[i] = (uint8_t)(s->h[i / 8] >> (8 * (i % 8)));
}

void bt_blake2b(const void *p, size_t len, struct bt_digest *ret_digest)
{
	struct bt_blake2b s;

	bt_blake2b_init(&s);
	bt_blake2b_add(&s, p, len);
	bt_blake2b_end(&s, ret_digest);
}

/* --- the 64-bit hash: two words at a time, multiplied to 128 bits and folded --- */

/* Odd numbers from the fraction digits of pi and of the golden ratio. */
#define HASH_K0 0x9e3779b97f4a7c15ULL
#define HASH_K1 0x243f6a8885a308d3ULL
#define HASH_K2 0x082efa98ec4e6c89ULL

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static inline uint64_t mul_fold(uint64_t a, uint64_t b)
{
	wide r = (wide)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}
#else
static inline uint64_t mul_fold(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1, high = a1 * b1;
	uint64_t mid = (low >> 32) + (uint32_t)mid1 + (uint32_t)mid2;

	high += (mid1 >> 32) + (mid2 >> 32) + (mid >> 32);
	return (mid << 32 | (uint32_t)low) ^ high;
}
#endif

const char *bt_digest_hex(const struct bt_digest *digest, char buf[BT_DIGEST_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < BT_DIGEST_LEN; i++) {
		buf[2 * i] = digits[digest->raw[i] >> 4];
		buf[2 * i + 1] = digits[digest->raw[i] & 15];
	}
	buf[BT_DIGEST_HEX_LEN] = '\0';
	return buf;
}

uint64_t bt_hash64(const void *p, size_t len, uint64_t seed)
{
	const uint8_t *at = p;
	/* The length is spread over the word: xored in plainly it would cancel out with a digit. */
	uint64_t h = seed ^ (len + 1) * HASH_K0, a = 0, b = 0;
	size_t left = len;

	for (; left > 16; at += 16, left -= 16)
		h = mul_fold(load64(at) ^ HASH_K1 ^ h, load64(at + 8) ^ HASH_K2) ^ h;
	/* The last 1..16 bytes as two words that may overlap; the length makes them unambiguous. */
	if (left >= 8) {
		a = load64(at);
		b = load64(at + left - 8);
	} else if (left >= 4) {
		a = load32(at);
		b = load32(at + left - 4);
	} else if (left) {
		a = (uint64_t)at[0] | (uint64_t)at[left >> 1] << 8 | (uint64_t)at[left - 1] << 16;
	}
	h = mul_fold(a ^ HASH_K1 ^ h, b ^ HASH_K2);
	return mul_fold(h ^ HASH_K0, HASH_K2 ^ seed);
}

uint64_t bt_hash64_bulk(const void *p, size_t len, uint64_t seed)
{
	const uint8_t *at = p;
	uint64_t a = seed ^ HASH_K0, b = seed ^ HASH_K1, c = seed ^ HASH_K2, d = ~seed;
	size_t left = len;

	for (; left >= 64; at += 64, left -= 64) {
		a = mul_fold(load64(at) ^ HASH_K1 ^ a, load64(at + 8) ^ HASH_K2) ^ a;
		b = mul_fold(load64(at + 16) ^ HASH_K1 ^ b, load64(at + 24) ^ HASH_K2) ^ b;
		c = mul_fold(load64(at + 32) ^ HASH_K1 ^ c, load64(at + 40) ^ HASH_K2) ^ c;
		d = mul_fold(load64(at + 48) ^ HASH_K1 ^ d, load64(at + 56) ^ HASH_K2) ^ d;
	}
	a = mul_fold(a ^ HASH_K0, bt_mix64(b) ^ HASH_K2);
	c = mul_fold(c ^ HASH_K0, bt_mix64(d) ^ HASH_K1);
	return bt_hash64(at, left, a ^ bt_mix64(c + len));
}
