/* core/base/inflate.c: what it takes, what it says of streams that are cut short or none, and that it stays within its memory. */
#include "core/base/inflate.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"

struct stream {
	const char *bytes;
	size_t len;
	const char *text;
};
#define STREAM(bytes, text) { bytes, sizeof(bytes) - 1, text }

static const struct stream streams[] = {
	STREAM("\x78\x9c\x03\x00\x00\x00\x00\x01", ""),
	/* stored, fixed, and a code of its own, as zlib makes them */
	STREAM("\x78\x01\x01\x05\x00\xfa\xff\x68\x65\x6c\x6c\x6f\x06\x2c\x02\x15", "hello"),
	STREAM("\x78\x01\x2b\x29\x4a\x4d\x55\x28\x41\x21\x00\x47\xc7\x07\x21", "tree tree tree tree"),
	STREAM("\x78\xda\x65\x4f\xcb\x0e\x80\x20\x0c\xbb\xf7\x2b\xfc\x35\x88\x46\x0f\x90\x78\xf0\xb0\xfd\xbd\x93\x16\x03\x7a"
	       "\xa1\x94\xf5\xc1\xf2\x76\xa5\xc5\x2c\x3f\xb0\xa7\x5a\x83\xac\x5b\x09\xe2\x6e\xa9\x9c\x47\x70\x02\xf8\x2c"
	       "\x4d\xd3\xb7\xc3\x9d\x03\x83\x8c\xdd\x8e\x51\xd3\x00\x6f\x34\x23\x43\xc3\x8b\xa6\x24\x6c\xd0\x04\x20\x55"
	       "\x47\x2f\x0b\xe7\xa7\x4c\xd1\xc3\x1e\x0c\x18\x0a\x7e\x8a\x9e\x86\xf0\x4f\x35\x0a\x37\x2d\xab\x6c\x9b\xac"
	       "\xfa\xdf\x0d\xd5\x76\x71\xe8",
	       "beta xxbeta gamma xdelta yyxalpha xalpha \ndelta gamma xbeta beta yydelta x\nxdelta delta yy\nbeta beta yybeta"
	       " \nxdelta yyalpha yy\nalpha beta \nxalpha gamma \nalpha \n\ngamma delta xyydelta yy\ndelta delta yy\nxdelta"
	       " beta gamma alpha alpha beta delta beta gamma yydelta \nyy\ngamma delta x\ndelta xgamma xxdelta xbeta gamma"
	       " yyalpha \n"),
};

/* In memory of exactly these lengths, so that a tool sees what goes beyond them. */
static bool inflate_exact(const char *bytes, size_t len, size_t max, char **ret_out, size_t *ret_len)
{
	char *in = malloc(len + !len), *out = malloc(max + !max);
	bool good;

	memcpy(in, bytes, len);
	good = bt_inflate(in, len, out, max, ret_len);
	free(in);
	*ret_out = out;
	return good;
}

static void test_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(streams); i++) {
		const struct stream *s = &streams[i];
		size_t want = strlen(s->text), len = 99;
		BT_FREE char *out = NULL, *less = NULL;

		assert_true(inflate_exact(s->bytes, s->len, want, &out, &len));
		assert_int_equal(len, want);
		assert_memory_equal(out, s->text, want);
		assert_false(want && inflate_exact(s->bytes, s->len, want - 1, &less, &len));
	}
}

static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(streams); i++)
		for (size_t len = 0; len + 4 < streams[i].len; len++) {
			BT_FREE char *out = NULL;
			size_t ignored;

			assert_false(inflate_exact(streams[i].bytes, len, 1000, &out, &ignored));
		}
}

static void test_refused(void **state)
{
	static const struct stream bad[] = {
		STREAM("\x78\x02\x03\x00", "the check of the head"),
		STREAM("\x79\x94\x03\x00", "not deflate"),
		STREAM("\x88\x1c\x03\x00", "a larger window"),
		STREAM("\x78\x20\x03\x00", "a dictionary"),
		STREAM("\x78\x9c\x07\x00", "no such kind of block"),
		STREAM("\x78\x01\x01\x05\x00\xfb\xff\x68\x65\x6c\x6c\x6f", "a length that is not said twice"),
		STREAM("\x78\x01\x03\x02\x00\x00", "from behind the start"),
		STREAM("\x78\x01\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "codes without lengths"),
		STREAM("\x78\x01\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "more codes than there are"),
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(bad); i++) {
		BT_FREE char *out = NULL;
		size_t len;

		if (inflate_exact(bad[i].bytes, bad[i].len, 1000, &out, &len))
			fail_msg("taken: %s", bad[i].text);
	}
}

/* Whatever comes, it ends, and stays within its memory. */
static void test_noise(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		const struct stream *s = &streams[round % BT_ARRAY_NR(streams)];
		BT_FREE char *out = NULL, *bytes = malloc(s->len);
		size_t len;

		memcpy(bytes, s->bytes, s->len);
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[(seed >> 8) % s->len] ^= (char)(1 << (seed >> 4) % 8);
		}
		inflate_exact(bytes, s->len, 400, &out, &len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks), cmocka_unit_test(test_cut), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
