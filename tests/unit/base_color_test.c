/* core/base/color.c: git's words; the codes are those of `git config --get-color`. */
#include "core/base/color.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_words(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "normal", "" },
		{ "red", "\033[31m" },
		{ "Bold Red", "\033[1;31m" },
		{ "  red   black ", "\033[31;40m" },
		{ "normal blue", "\033[44m" },
		{ "default", "\033[39m" },
		{ "red default", "\033[31;49m" },
		{ "brightgreen", "\033[92m" },
		{ "brightgreen brightblack", "\033[92;100m" },
		{ "214", "\033[38;5;214m" },
		{ "7", "\033[37m" },
		{ "12", "\033[94m" },
		{ "0 255", "\033[30;48;5;255m" },
		{ "#ff8000", "\033[38;2;255;128;0m" },
		{ "dim italic ul blink reverse strike", "\033[2;3;4;5;7;9m" },
		{ "nobold no-ul", "\033[22;24m" },
		{ "reset", "\033[0m" },
	};
	char code[BT_COLOR_LEN_MAX];
	struct bt_err err = BT_ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(bt_color_parse(cases[i][0], code, &err), 0);
		assert_string_equal(code, cases[i][1]);
	}
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"reddish",
		"red red red",
		"256",
		"-1",
		"#ff800",
		"#ff80000",
		"#gg0000",
		"#-10000",
		"bright",
		"brightnormal",
		"no",
		"no-",
		"1x",
		"bold bold bold bold bold bold bold bold bold bold bold "
		"bold bold bold bold bold bold bold bold bold bold bold bold bold bold "
		"bold bold bold bold bold bold bold bold bold bold bold bold bold bold",
	};
	struct bt_err err = BT_ERR_INIT;
	char code[BT_COLOR_LEN_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(bt_color_parse(bad[i], code, &err), BT_ERR_USAGE);
		assert_string_equal(code, "");
	}
	bt_color_parse("reddish", code, &err);
	assert_string_equal(err.msg, "'reddish' is not a color");
}

static void test_palette(void **state)
{
	struct bt_palette p;
	size_t i;

	(void)state;
	bt_palette_init(&p);
	assert_string_equal(p.start[BT_COLOR_NONE], "");
	assert_string_equal(p.start[BT_COLOR_PATH], "\033[35m");
	for (i = 1; i < BT_COLOR_NR; i++) {
		assert_int_equal(p.start[i][0], '\033');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_palette),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
