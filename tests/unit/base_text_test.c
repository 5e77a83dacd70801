/* core/base/text.c: UTF-8 as RFC 3629 has it, and nothing that moves a cursor gets through. */
#include "core/base/text.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_utf8_valid(void **state)
{
	static const char *const good[] = {
		"",
		"abc",
		"\xc3\xa4",
		"\xe2\x82\xac",
		"\xf0\x9f\x98\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"\xc2\x80",
		"\xe0\xa0\x80",
		"\xf0\x90\x80\x80",
	};
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3",
		"\xc3z",
		"\xe2\x82",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe",
		"a\xe2\x82z",
		"\xf0\x9f\x98",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(bt_utf8_valid(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(bt_utf8_valid(bad[i], strlen(bad[i])));
	assert_true(bt_utf8_valid("a\0b", 3));
}

/* Every character there is: encoded by hand, decoded to itself. */
static void test_utf8_all(void **state)
{
	uint32_t c, got;

	(void)state;
	for (c = 0x80; c <= 0x10ffff; c++) {
		char s[4];
		size_t n;

		if (c < 0x800) {
			s[0] = (char)(0xc0 | c >> 6);
			n = 2;
		} else if (c < 0x10000) {
			s[0] = (char)(0xe0 | c >> 12);
			n = 3;
		} else {
			s[0] = (char)(0xf0 | c >> 18);
			n = 4;
		}
		s[n - 1] = (char)(0x80 | (c & 63));
		if (n > 2)
			s[n - 2] = (char)(0x80 | (c >> 6 & 63));
		if (n == 4)
			s[1] = (char)(0x80 | (c >> 12 & 63));
		if (c >= 0xd800 && c < 0xe000) {
			assert_int_equal(bt_utf8_next(s, s + n, &got), 0);
			continue;
		}
		assert_int_equal(bt_utf8_next(s, s + n, &got), n);
		assert_int_equal(got, c);
		assert_int_equal(bt_utf8_next(s, s + n - 1, &got), 0);
	}
}

static void assert_safe(const char *p, size_t len, unsigned flags, const char *want)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	bt_text_safe(&b, p, len, flags);
	assert_string_equal(bt_buf_cstr(&b), want);
}

static void test_safe(void **state)
{
	(void)state;
	assert_safe("plain text", 10, 0, "plain text");
	assert_safe("", 0, 0, "");
	assert_safe("\x1b[31mred\x07", 9, 0, "\\x1b[31mred\\x07");
	assert_safe("a\tb\nc\rd", 7, 0, "a\\x09b\\x0ac\\x0dd");
	assert_safe("a\tb\nc", 5, BT_TEXT_KEEP_TAB, "a\tb\\x0ac");
	assert_safe("nul\0del\x7f", 8, 0, "nul\\x00del\\x7f");
	assert_safe("\xc2\x9b"
		    "31m",
		    5, 0, "\\u{9b}31m"); /* C1: CSI */
	assert_safe("\xe2\x80\xae"
		    "abc\xe2\x81\xa6",
		    9, 0, "\\u{202e}abc\\u{2066}");
	assert_safe("\xef\xbb\xbfx", 4, 0, "\\u{feff}x");
	assert_safe("\xf3\xa0\x81\x81", 4, 0, "\\u{e0041}");
	assert_safe("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, 0,
		    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_safe("a\xff\xc3z", 4, 0, "a\\xff\\xc3z");
}

/* Whatever goes in, what comes out is UTF-8 and holds no control. */
static void test_safe_property(void **state)
{
	uint64_t x = 1;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
		static const unsigned char favourites[] = { 0xe2, 0x80, 0xae, 0xc2, 0x9b,
							    0xf3, 0xa0, 0x1b, 0x00, 0x7f,
							    0xef, 0xbb, 0xbf, 0x0a };
		char in[12];
		const char *p, *end;
		size_t i;

		for (i = 0; i < sizeof(in); i++) {
			x = x * 6364136223846793005ULL + 1442695040888963407ULL;
			in[i] = (char)(x >> 63 ? favourites[(x >> 40) % sizeof(favourites)] :
						 x >> 50);
		}
		bt_text_safe(&b, in, sizeof(in), 0);
		assert_true(bt_utf8_valid(b.data, b.len));
		for (p = b.data, end = p + b.len; p < end;) {
			uint32_t c = 0;

			p += bt_utf8_next(p, end, &c);
			assert_false(bt_char_is_control(c));
		}
	}
}

static void assert_json(const char *p, size_t len, bool valid, const char *want)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	assert_int_equal(bt_text_json(&b, p, len), valid);
	assert_string_equal(bt_buf_cstr(&b), want);
}

static void test_json(void **state)
{
	(void)state;
	assert_json("", 0, true, "\"\"");
	assert_json("a\"b\\c/d", 7, true, "\"a\\\"b\\\\c/d\"");
	assert_json("\b\t\n\v\f\r\x1b\0\x7f", 9, true,
		    "\"\\b\\t\\n\\u000b\\f\\r\\u001b\\u0000\\u007f\"");
	assert_json("\xc2\x9b\xe2\x80\xae", 5, true, "\"\\u009b\\u202e\"");
	assert_json("\xf3\xa0\x81\x81", 4, true, "\"\\udb40\\udc41\"");
	assert_json("\xc3\xa4\xf0\x9f\x98\x80", 6, true, "\"\xc3\xa4\xf0\x9f\x98\x80\"");
	assert_json("a\xff"
		    "b\xe2\x82",
		    5, false,
		    "\"a\xef\xbf\xbd"
		    "b\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void test_base64(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "\xff\xfe\xfd", "//79" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

		bt_text_base64(&b, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(bt_buf_cstr(&b), cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_valid), cmocka_unit_test(test_utf8_all),
		cmocka_unit_test(test_safe),       cmocka_unit_test(test_safe_property),
		cmocka_unit_test(test_json),       cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
