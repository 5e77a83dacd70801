/*
 * core/base/hash.c: BLAKE2b against RFC 7693; bt_hash64 is pinned, since stored facts hold its
 * values.
 */
#include "core/base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_digest(const struct bt_digest *d, const char *want)
{
	char hex[2 * BT_DIGEST_LEN + 1];
	size_t i;

	for (i = 0; i < BT_DIGEST_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", d->raw[i]);
	assert_string_equal(hex, want);
}

static void test_blake2b(void **state)
{
	struct bt_digest d;
	uint8_t bytes[129];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	bt_blake2b("", 0, &d);
	assert_digest(&d, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	bt_blake2b("abc", 3, &d);
	assert_digest(&d, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	bt_blake2b(bytes, 128, &d);
	assert_digest(&d, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1");
	bt_blake2b(bytes, 129, &d);
	assert_digest(&d, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9");
}

static void test_blake2b_pieces(void **state)
{
	enum { LEN = 100000 };
	uint8_t *bytes = malloc(LEN);
	struct bt_blake2b s;
	struct bt_digest d;
	size_t at, step;

	(void)state;
	assert_non_null(bytes);
	for (at = 0; at < LEN; at++)
		bytes[at] = (uint8_t)(at % 251);
	for (step = 1; step < 1000; step = step * 2 + 1) {
		bt_blake2b_init(&s);
		for (at = 0; at < LEN; at += step)
			bt_blake2b_add(&s, bytes + at, LEN - at < step ? LEN - at : step);
		bt_blake2b_add(&s, NULL, 0);
		bt_blake2b_end(&s, &d);
		assert_digest(&d,
			      "916cfaa800ee55811e82095babeb88ea29c9ef8a36e8d7e20c7b772c344c9e1c");
	}
	free(bytes);
}

static void test_hash64_pinned(void **state)
{
	(void)state;
	assert_true(bt_hash64("", 0, 0) == 0xd8d4569aca796933ULL);
	assert_true(bt_hash64("abc", 3, 0) == 0xa92c192a365eababULL);
	assert_true(bt_hash64("identifier", 10, 1) == 0x8e3762c3623aa3d9ULL);
	assert_true(bt_hash64("a_rather_long_identifier", 24, 0) == 0xa4107d58ccb40c90ULL);
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Both of them: what must hold for one holds for the other. */
typedef uint64_t hash_fn(const void *p, size_t len, uint64_t seed);
static hash_fn *const hashes[] = { bt_hash64, bt_hash64_bulk };

/* Names as programs have them: 400,000 of them, and no two share even 56 bits. */
static void check_distinct(hash_fn *hash)
{
	enum { NR = 400000 };
	uint64_t *all = calloc(NR, sizeof(*all));
	static const char *const forms[] = { "%x", "x%u", "get_%u_name",
					     "very_long_prefix_%u_of_it" };
	size_t i;

	assert_non_null(all);
	for (i = 0; i < NR; i++) {
		char name[64];
		int len = snprintf(name, sizeof(name), forms[i % 4], (unsigned)i);

		all[i] = hash(name, (size_t)len, 0) >> 8;
	}
	qsort(all, NR, sizeof(*all), compare_u64);
	for (i = 1; i < NR; i++)
		assert_true(all[i] != all[i - 1]);
	free(all);
}

static void test_hash64_distinct(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++)
		check_distinct(hashes[i]);
}

/* Each input bit changes each output bit in about half of all cases. */
static void check_avalanche(hash_fn *hash)
{
	static const size_t lens[] = { 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 33, 64, 65, 127, 128, 140 };
	enum { ROUNDS = 2000 };
	size_t l, bit, out;

	for (l = 0; l < sizeof(lens) / sizeof(lens[0]); l++) {
		/* One byte has 128 pairs, too few to ask this of every hash. */
		if (lens[l] == 1 && hash != bt_hash64)
			continue;
		for (bit = 0; bit < lens[l] * 8; bit += 5) {
			unsigned flips[64] = { 0 };
			uint64_t x = 88172645463325252ULL + bit, round;

			for (round = 0; round < ROUNDS; round++) {
				uint8_t in[140];
				uint64_t diff;
				size_t i;

				for (i = 0; i < lens[l]; i++) {
					x = bt_mix64(x + 0x9e3779b97f4a7c15ULL);
					in[i] = (uint8_t)x;
				}
				diff = hash(in, lens[l], 0);
				in[bit / 8] ^= (uint8_t)(1u << (bit % 8));
				diff ^= hash(in, lens[l], 0);
				for (out = 0; out < 64; out++)
					flips[out] += diff >> out & 1;
			}
			for (out = 0; out < 64; out++)
				assert_in_range(flips[out], ROUNDS * 35 / 100, ROUNDS * 65 / 100);
		}
	}
}

static void test_hash64_avalanche(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++)
		check_avalanche(hashes[i]);
}

static void check_length_and_seed(hash_fn *hash)
{
	static const char zeros[200];
	uint64_t seen[201];
	size_t i, j;

	for (i = 0; i <= 200; i++) {
		seen[i] = hash(zeros, i, 0);
		assert_true(seen[i] != hash(zeros, i, 1));
		for (j = 0; j < i; j++)
			assert_true(seen[j] != seen[i]);
	}
}

static void test_hash64_length_and_seed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++)
		check_length_and_seed(hashes[i]);
}

/* A checksum that did not see where its bytes stand would miss two blocks that changed places. */
static void test_hash64_bulk_order(void **state)
{
	uint8_t a[256], b[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		a[i] = (uint8_t)i;
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < i; j++) {
			memcpy(b, a, sizeof(b));
			memcpy(b + 16 * i, a + 16 * j, 16);
			memcpy(b + 16 * j, a + 16 * i, 16);
			assert_true(bt_hash64_bulk(a, 256, 0) != bt_hash64_bulk(b, 256, 0));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blake2b),
		cmocka_unit_test(test_blake2b_pieces),
		cmocka_unit_test(test_hash64_pinned),
		cmocka_unit_test(test_hash64_distinct),
		cmocka_unit_test(test_hash64_avalanche),
		cmocka_unit_test(test_hash64_length_and_seed),
		cmocka_unit_test(test_hash64_bulk_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
