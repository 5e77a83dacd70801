/* core/base/compress.c and its codec: round trips, prefixes, damage of every kind. */
#include "core/base/compress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Text that compresses: words of a small vocabulary; with an edit at one place. */
static void make_text(struct bt_buf *b, size_t len, uint64_t seed, size_t edit_at)
{
	uint64_t x = seed;

	while (b->len < len) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		bt_buf_addf(b, "name_%u ", (unsigned)(x >> 33) % 5000);
	}
	b->len = len;
	if (edit_at)
		memcpy(b->data + edit_at, "EDIT", 4);
}

static void round_trip(struct bt_compressor *c, enum bt_quality q, const struct bt_buf *prefix,
		       const void *p, size_t len, struct bt_buf *packed)
{
	BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	const void *pre = prefix ? prefix->data : NULL;
	size_t pre_len = prefix ? prefix->len : 0;

	bt_buf_clear(packed);
	assert_int_equal(bt_compress(c, q, pre, pre_len, p, len, packed, &err), 0);
	assert_true(packed->len <= len + 1);
	bt_buf_adds(&back, "before");
	assert_int_equal(bt_decompress(c, pre, pre_len, packed->data, packed->len, len, len, &back,
				       &err),
			 0);
	assert_int_equal(back.len, len + 6);
	assert_memory_equal(back.data, "before", 6);
	if (len)
		assert_memory_equal(back.data + 6, p, len);
}

static void test_round_trips(void **state)
{
	static const size_t lens[] = { 0, 1, 15, 16, 17, 100, 255, 256, 300, 2000, 70000, 3000000 };
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	size_t i, sizes[BT_QUALITY_NR] = { 0 };
	int q;

	(void)state;
	for (q = 0; q < BT_QUALITY_NR; q++) {
		for (i = 0; i < BT_ARRAY_NR(lens); i++) {
			BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

			make_text(&text, lens[i], i, 0);
			round_trip(&c, (enum bt_quality)q, NULL, bt_buf_cstr(&text), lens[i],
				   &packed);
			if (lens[i] == 70000)
				sizes[q] = packed.len;
		}
		assert_true(packed.len < 3000000 / 2);
		assert_true(sizes[q] < 70000 / 2);
	}
	assert_true(sizes[BT_QUALITY_SMALL] < sizes[BT_QUALITY_FAST]);
}

static void test_noise_is_stored(void **state)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	unsigned char noise[5000];
	uint64_t x = 1;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(noise); i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		noise[i] = (unsigned char)(x >> 56);
	}
	round_trip(&c, BT_QUALITY_FAST, NULL, noise, sizeof(noise), &packed);
	assert_int_equal(packed.data[0], BT_CODEC_STORED);
	assert_int_equal(packed.len, sizeof(noise) + 1);
	/* The failed attempt leaves no trace in the next record. */
	memset(noise, 'x', sizeof(noise));
	round_trip(&c, BT_QUALITY_FAST, NULL, noise, sizeof(noise), &packed);
	assert_int_not_equal(packed.data[0], BT_CODEC_STORED);
	assert_true(packed.len < 60);
}

static void test_prefix(void **state)
{
	static const size_t lens[] = { 500, 5000, 25000 };
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf alone = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	size_t i;
	int q;

	(void)state;
	for (q = 0; q < BT_QUALITY_NR; q++) {
		for (i = 0; i < BT_ARRAY_NR(lens); i++) {
			BT_BUF_OWNED struct bt_buf old = BT_BUF_INIT;
			BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
			BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;

			make_text(&old, lens[i], 3, 0);
			make_text(&text, lens[i], 3, lens[i] / 2);
			round_trip(&c, (enum bt_quality)q, &old, text.data, text.len, &packed);
			assert_true(packed.len < 60 + lens[i] / 10);
			/* The prefix is forgotten afterwards. */
			round_trip(&c, (enum bt_quality)q, NULL, text.data, text.len, &alone);
			assert_true(alone.len > packed.len);
			/* Without it the record is refused. */
			bt_buf_clear(&back);
			assert_int_equal(bt_decompress(&c, NULL, 0, packed.data, packed.len,
						       lens[i], lens[i], &back, &err),
					 BT_ERR_CORRUPT);
			assert_int_equal(back.len, 0);
		}
	}
}

/* As large as a tree or manifest gets: the window reaches the whole prefix (with zstd). */
static void test_large_prefix(void **state)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf old = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	char library[32];
	int q;

	(void)state;
	make_text(&old, 6000000, 5, 0);
	make_text(&text, 6000000, 5, 3000000);
	for (q = 0; q < BT_QUALITY_NR; q++) {
		round_trip(&c, (enum bt_quality)q, &old, text.data, text.len, &packed);
		if (!strncmp(bt_compress_library(library), "zstd", 4))
			assert_true(packed.len < 60000);
	}
}

static void test_wrong_lengths(void **state)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	make_text(&text, 1000, 1, 0);
	round_trip(&c, BT_QUALITY_FAST, NULL, text.data, 1000, &packed);
	assert_int_equal(bt_decompress(&c, NULL, 0, packed.data, packed.len, 999, 5000, &back,
				       &err),
			 BT_ERR_CORRUPT);
	assert_int_equal(bt_decompress(&c, NULL, 0, packed.data, packed.len, 1001, 5000, &back,
				       &err),
			 BT_ERR_CORRUPT);
	assert_int_equal(bt_decompress(&c, NULL, 0, packed.data, packed.len, 1000, 999, &back,
				       &err),
			 BT_ERR_CORRUPT);
	assert_string_equal(err.msg, "a record claims 1000 bytes, more than the allowed 999");
	assert_int_equal(bt_decompress(&c, NULL, 0, "", 0, 0, 10, &back, &err), BT_ERR_CORRUPT);
	assert_int_equal(bt_decompress(&c, NULL, 0, "\0abc", 4, 2, 10, &back, &err),
			 BT_ERR_CORRUPT);
	assert_int_equal(bt_decompress(&c, NULL, 0, "\0abc", 4, 3, 10, &back, &err), 0);
	assert_string_equal(bt_buf_cstr(&back), "abc");
}

static void test_other_codecs(void **state)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	char library[32];
	bool zstd = !strncmp(bt_compress_library(library), "zstd", 4);

	(void)state;
	assert_int_equal(bt_decompress(&c, NULL, 0, zstd ? "\2abc" : "\1abc", 4, 3, 10, &back,
				       &err),
			 BT_ERR_UNSUPPORTED);
	assert_string_equal(err.msg,
			    zstd ? "the record was written with zlib, this build has none" :
				   "the record was written with zstd, this build has none");
	assert_int_equal(bt_decompress(&c, NULL, 0, "\3abc", 4, 3, 10, &back, &err),
			 BT_ERR_CORRUPT);
}

/*
 * Every cut and every flipped bit: an error or some bytes of the right length, never anything
 * worse.
 */
static void test_damage(void **state)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	size_t i, bit;

	(void)state;
	make_text(&text, 600, 1, 0);
	round_trip(&c, BT_QUALITY_FAST, NULL, text.data, 600, &packed);
	for (i = 0; i < packed.len; i++) {
		BT_FREE char *copy = bt_xmalloc(i);

		memcpy(copy, packed.data, i);
		bt_buf_clear(&back);
		assert_int_not_equal(bt_decompress(&c, NULL, 0, copy, i, 600, 600, &back, &err), 0);
		assert_int_equal(back.len, 0);
	}
	for (bit = 0; bit < packed.len * 8; bit++) {
		int rc;

		packed.data[bit / 8] ^= (char)(1u << (bit % 8));
		bt_buf_clear(&back);
		rc = bt_decompress(&c, NULL, 0, packed.data, packed.len, 600, 600, &back, &err);
		assert_true(rc ? back.len == 0 : back.len == 600);
		packed.data[bit / 8] ^= (char)(1u << (bit % 8));
	}
	round_trip(&c, BT_QUALITY_FAST, NULL, text.data, 600, &packed);
}

static void test_limits(void **state)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf tight = { .max = 10 };
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	assert_int_equal(bt_compress(&c, BT_QUALITY_FAST, NULL, 0, "0123456789", 10, &tight, &err),
			 BT_ERR_LIMIT);
	assert_int_equal(bt_compress(&c, BT_QUALITY_FAST, NULL, 0, "x", (size_t)1 << 40, &tight,
				     &err),
			 BT_ERR_LIMIT);
	bt_buf_clear(&tight);
	assert_int_equal(bt_decompress(&c, NULL, 0,
				       "\0"
				       "0123456789ab",
				       13, 12, 100, &tight, &err),
			 BT_ERR_LIMIT);
	bt_compressor_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),   cmocka_unit_test(test_noise_is_stored),
		cmocka_unit_test(test_prefix),        cmocka_unit_test(test_large_prefix),
		cmocka_unit_test(test_wrong_lengths), cmocka_unit_test(test_other_codecs),
		cmocka_unit_test(test_damage),        cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
