/* core/base/oid.c */
#include "core/base/oid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char sha1[] = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
static const char sha256[] = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";

static void test_round_trip(void **state)
{
	struct bt_oid a, b, c;
	struct bt_err err = BT_ERR_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	(void)state;
	assert_int_equal(bt_oid_parse(sha1, 40, &a, &err), 0);
	assert_int_equal(a.len, 20);
	assert_string_equal(bt_oid_hex(&a, hex), sha1);
	assert_int_equal(bt_oid_parse(sha256, 64, &b, &err), 0);
	assert_string_equal(bt_oid_hex(&b, hex), sha256);
	assert_false(bt_oid_equal(&a, &b));
	c = bt_oid_make(a.raw, 20);
	assert_true(bt_oid_equal(&a, &c));
	assert_int_equal(bt_oid_parse("E69DE29BB2D1D6434B8B29AE775AD8C2E48C5391", 40, &c, &err), 0);
	assert_true(bt_oid_equal(&a, &c));
}

static void test_padding_is_zero(void **state)
{
	uint8_t raw[32];
	struct bt_oid a;
	size_t i;

	(void)state;
	memset(raw, 0xee, sizeof(raw));
	a = bt_oid_make(raw, 20);
	for (i = 20; i < 32; i++)
		assert_int_equal(a.raw[i], 0);
	assert_int_equal(bt_oid_make(raw, 21).len, 0);
}

static void test_refused(void **state)
{
	struct bt_oid a = { .len = 7 };
	struct bt_err err = BT_ERR_INIT;
	char bad[] = "e69de29bb2d1d6434b8b29ae775ad8c2e48c539g";
	char hex[BT_OID_HEX_MAX + 1];

	(void)state;
	assert_int_equal(bt_oid_parse(sha1, 39, &a, &err), BT_ERR_FAIL);
	assert_int_equal(bt_oid_parse(sha256, 41, &a, &err), BT_ERR_FAIL);
	assert_int_equal(bt_oid_parse("", 0, &a, &err), BT_ERR_FAIL);
	assert_int_equal(bt_oid_parse(bad, 40, &a, &err), BT_ERR_FAIL);
	assert_string_equal(err.msg,
			    "'e69de29bb2d1d6434b8b29ae775ad8c2e48c539g' is not an object id");
	assert_int_equal(a.len, 7); /* untouched */
	a.len = 0;
	assert_string_equal(bt_oid_hex(&a, hex), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_padding_is_zero),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
