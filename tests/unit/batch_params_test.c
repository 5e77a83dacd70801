/* core/batch/params: lists of names and values; bytes that are none end the walk. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/batch/params.h"

static size_t count(const char *params, size_t len)
{
	/* exactly these bytes */
	BT_FREE char *p = memcpy(bt_xmalloc(len ? len : 1), params, len);
	const char *name, *value;
	size_t at = 0, nr = 0;

	while (bt_params_next(p, len, &at, &name, &value))
		nr++;
	assert_true(at <= len);
	return nr;
}

static void test_round_trip(void **state)
{
	BT_BUF_OWNED struct bt_buf p = BT_BUF_INIT;
	const char *name, *value;
	size_t at = 0;

	(void)state;
	assert_int_equal(count("", 0), 0);
	assert_null(bt_params_get("", 0, "a"));
	assert_null(bt_params_get(NULL, 0, "a"));
	bt_params_add(&p, "remote", "origin");
	bt_params_add(&p, "left out", NULL);
	bt_params_add(&p, "option", "");
	bt_params_add(&p, "option", "two\nlines");
	assert_string_equal(bt_params_get(p.data, p.len, "remote"), "origin");
	assert_string_equal(bt_params_get(p.data, p.len, "option"), "");
	assert_null(bt_params_get(p.data, p.len, "left out"));
	/* a value is no name */
	assert_null(bt_params_get(p.data, p.len, "origin"));
	assert_true(bt_params_next(p.data, p.len, &at, &name, &value) && bt_params_next(p.data, p.len, &at, &name, &value) &&
		    bt_params_next(p.data, p.len, &at, &name, &value));
	assert_string_equal(name, "option");
	assert_string_equal(value, "two\nlines");
	assert_false(bt_params_next(p.data, p.len, &at, &name, &value));
	assert_false(bt_params_next(p.data, p.len, &at, &name, &value));
}

static void test_damaged(void **state)
{
	static const char good[] = "a\0one\0b\0two";

	(void)state;
	assert_int_equal(count(good, sizeof(good)), 2);
	for (size_t len = 0; len < sizeof(good); len++)
		assert_int_equal(count(good, len), len >= 6 ? 1 : 0);
	assert_int_equal(count("\0\0\0", 3), 1);
	assert_int_equal(count("no end", 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip), cmocka_unit_test(test_damaged) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
