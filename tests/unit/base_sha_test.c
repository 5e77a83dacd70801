/* core/base/sha.c, sha512.c: the examples of FIPS 180, every length around a block, and every way to cut the input. */
#include "core/base/sha.h"
#include "core/base/sha512.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void hash(const void *p, size_t len, size_t raw_len, char *hex)
{
	uint8_t raw[BT_SHA_RAW_MAX];
	struct bt_sha s;

	bt_sha_init(&s, raw_len);
	bt_sha_add(&s, p, len);
	bt_sha_end(&s, raw);
	for (size_t i = 0; i < raw_len; i++)
		snprintf(hex + 2 * i, 3, "%02x", raw[i]);
}

static void test_examples(void **state)
{
	static const struct {
		const char *text, *sha1, *sha256;
	} cases[] = {
		{ "", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char hex[2 * BT_SHA_RAW_MAX + 1], *a = malloc(1000000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hash(cases[i].text, strlen(cases[i].text), 20, hex);
		assert_string_equal(hex, cases[i].sha1);
		hash(cases[i].text, strlen(cases[i].text), 32, hex);
		assert_string_equal(hex, cases[i].sha256);
	}
	memset(a, 'a', 1000000);
	hash(a, 1000000, 20, hex);
	assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	hash(a, 1000000, 32, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

/* A hash of the hashes of all lengths from 0 to 256: the padding of each. From sha1sum and sha256sum. */
static void test_lengths(void **state)
{
	static const size_t raw_lens[] = { 20, 32 };
	static const char *const want[] = {
		"5ce35ea72ed54003a24296b502e870fe93755522",
		"00dc86ab7ad5ccca0588a4829cdbc35f58fc36e33894b884f51be4d8f3c6d8fa",
	};
	uint8_t bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (int kind = 0; kind < 2; kind++) {
		char hex[2 * BT_SHA_RAW_MAX + 1], all[257 * 2 * BT_SHA_RAW_MAX];
		size_t len = 2 * raw_lens[kind];

		for (size_t n = 0; n <= sizeof(bytes); n++) {
			hash(bytes, n, raw_lens[kind], hex);
			memcpy(all + n * len, hex, len);
		}
		hash(all, 257 * len, raw_lens[kind], hex);
		assert_string_equal(hex, want[kind]);
	}
}

static void test_pieces(void **state)
{
	uint8_t bytes[200], whole[BT_SHA_RAW_MAX], raw[BT_SHA_RAW_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t raw_len = 20; raw_len <= 32; raw_len += 12) {
		struct bt_sha s;

		bt_sha_init(&s, raw_len);
		bt_sha_add(&s, bytes, sizeof(bytes));
		bt_sha_end(&s, whole);
		for (size_t a = 0; a <= sizeof(bytes); a++)
			for (size_t b = a; b <= sizeof(bytes); b += 13) {
				bt_sha_init(&s, raw_len);
				bt_sha_add(&s, bytes, a);
				bt_sha_add(&s, bytes + a, b - a);
				bt_sha_add(&s, NULL, 0);
				bt_sha_add(&s, bytes + b, sizeof(bytes) - b);
				bt_sha_end(&s, raw);
				assert_memory_equal(raw, whole, raw_len);
			}
	}
}

static void hash512(const void *p, size_t len, size_t piece, char *hex)
{
	const char *at = p, *end = at + len;
	uint8_t raw[BT_SHA512_LEN];
	struct bt_sha512 s;

	bt_sha512_init(&s);
	for (; at < end; at += piece)
		bt_sha512_add(&s, at, (size_t)(end - at) < piece ? (size_t)(end - at) : piece);
	bt_sha512_end(&s, raw);
	bt_sha512_hex(raw, hex);
}

static void test_sha512(void **state)
{
	static const char *const cases[][2] = {
		{ "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
		{ "", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
		      "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		  "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
		  "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
	};
	char hex[BT_SHA512_HEX_LEN + 1], whole[BT_SHA512_HEX_LEN + 1];
	char text[300];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hash512(cases[i][0], strlen(cases[i][0]), 1000, hex);
		assert_string_equal(hex, cases[i][1]);
	}
	memset(text, 'x', sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len++) {
		hash512(text, len, sizeof(text), whole);
		for (size_t piece = 1; piece < 131; piece += 43) {
			hash512(text, len, piece, hex);
			assert_string_equal(hex, whole);
		}
	}
	assert_true(bt_sha512_is_hex(hex));
	assert_false(bt_sha512_is_hex(hex + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_sha512),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
