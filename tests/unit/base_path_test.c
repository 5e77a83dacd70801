/* core/base/path.c */
#include "core/base/path.h"

#include <string.h>

#include "core/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_quoted(const char *p, size_t len, unsigned flags, const char *want)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	bt_path_quote(&b, p, len, flags);
	assert_string_equal(bt_buf_cstr(&b), want);
}

/* The right column is what git 2.39 prints. */
static void test_quote(void **state)
{
	(void)state;
	assert_quoted("a b.c", 5, 0, "a b.c");
	assert_quoted("", 0, BT_QUOTE_HIGH, "");
	assert_quoted("a\tb", 3, 0, "\"a\\tb\"");
	assert_quoted("\a\b\t\n\v\f\r", 7, 0, "\"\\a\\b\\t\\n\\v\\f\\r\"");
	assert_quoted("q\"\\", 3, 0, "\"q\\\"\\\\\"");
	assert_quoted("\x01\x1b\x7f", 3, 0, "\"\\001\\033\\177\"");
	assert_quoted("\xc3\xa4", 2, 0, "\xc3\xa4");
	assert_quoted("\xc3\xa4", 2, BT_QUOTE_HIGH, "\"\\303\\244\"");
	assert_quoted("\xff\n", 2, 0, "\"\xff\\n\"");
}

static void test_round_trip(void **state)
{
	char all[255], follow[] = "\"x\" rest";
	struct bt_err err = BT_ERR_INIT;
	BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
	unsigned flags;
	size_t i, used;

	(void)state;
	for (i = 0; i < sizeof(all); i++)
		all[i] = (char)(i + 1);
	for (flags = 0; flags < 2; flags++) {
		BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

		bt_path_quote(&b, all, sizeof(all), flags);
		bt_buf_clear(&back);
		assert_int_equal(bt_path_unquote(&back, b.data, b.len, &used, &err), 0);
		assert_int_equal(used, b.len);
		assert_int_equal(back.len, sizeof(all));
		assert_memory_equal(back.data, all, sizeof(all));
	}
	bt_buf_clear(&back);
	assert_int_equal(bt_path_unquote(&back, follow, strlen(follow), &used, &err), 0);
	assert_int_equal(used, 3);
	assert_string_equal(bt_buf_cstr(&back), "x");
}

static void test_unquote_refused(void **state)
{
	static const char *const bad[] = { "",          "x",         "\"",      "\"abc",
					   "\"\\",      "\"\\x\"",   "\"\\1\"", "\"\\12\"",
					   "\"\\400\"", "\"\\189\"", "\"\\12" };
	struct bt_err err = BT_ERR_INIT;
	size_t i, used;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

		assert_int_equal(bt_path_unquote(&b, bad[i], strlen(bad[i]), &used, &err),
				 BT_ERR_CORRUPT);
	}
}

static void test_join(void **state)
{
	static const char *const cases[][3] = {
		{ "a", "b", "a/b" },
		{ "a/", "b", "a/b" },
		{ "", "b", "b" },
		{ "/", "b", "/b" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

		bt_path_join(&b, cases[i][0], cases[i][1]);
		assert_string_equal(bt_buf_cstr(&b), cases[i][2]);
	}
}

static void test_sane(void **state)
{
	static const char *const good[] = { "a",   "a/b",      ".a",     "..a",
					    "...", "a/.b/c..", ".git-x", "\xff\x01" };
	static const char *const bad[] = { "",   "/",    "/a",   "a/",    "a//b", ".",
					   "..", "a/..", "../a", "a/./b", "./a",  "a/../b" };
	char longest[BT_PATH_LEN_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(bt_path_sane(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(bt_path_sane(bad[i], strlen(bad[i])));
	assert_false(bt_path_sane("a\0b", 3));
	memset(longest, 'x', sizeof(longest));
	assert_true(bt_path_sane(longest, BT_PATH_LEN_MAX));
	assert_false(bt_path_sane(longest, BT_PATH_LEN_MAX + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_unquote_refused),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_sane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
