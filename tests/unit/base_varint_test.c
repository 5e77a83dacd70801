/* core/base/varint.[ch]: every value has one form, and no input reads out of bounds. */
#include "core/base/varint.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_round_trip(void **state)
{
	uint8_t bytes[BT_VARINT_MAX];
	int bit, d;

	(void)state;
	for (bit = 0; bit < 64; bit++) {
		for (d = -1; d <= 1; d++) {
			uint64_t v = ((uint64_t)1 << bit) + (uint64_t)(int64_t)d;
			size_t len = (size_t)(bt_varint_put(bytes, v) - bytes), cut;
			struct bt_reader r = bt_reader_make(bytes, len);

			assert_true(bt_reader_varint(&r) == v && !r.bad);
			assert_ptr_equal(r.at, r.end);
			for (cut = 0; cut < len; cut++) {
				r = bt_reader_make(bytes, cut);
				assert_int_equal(bt_reader_varint(&r), 0);
				assert_true(r.bad);
				assert_ptr_equal(r.at, bytes);
			}
		}
	}
}

static void test_zigzag(void **state)
{
	static const int64_t values[] = { 0, -1, 1, -64, 63, 1 << 20, INT64_MAX, INT64_MIN };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_true(bt_unzigzag(bt_zigzag(values[i])) == values[i]);
	assert_int_equal(bt_zigzag(-1), 1);
	assert_int_equal(bt_zigzag(1), 2);
}

static void assert_bad(const char *bytes, size_t len)
{
	struct bt_reader r = bt_reader_make(bytes, len);

	assert_int_equal(bt_reader_varint(&r), 0);
	assert_true(r.bad);
	assert_int_equal(bt_reader_varint(&r), 0);
	assert_ptr_equal(r.at, bytes);
}

static void test_longer_forms(void **state)
{
	(void)state;
	assert_bad("\x80\x00", 2);
	assert_bad("\xff\x80\x00", 3);
	assert_bad("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);
	assert_bad("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00", 11);
	assert_bad("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11);
}

static void test_reader(void **state)
{
	struct bt_reader r = bt_reader_make("\x05"
					    "abcde"
					    "\x7f",
					    7);
	const uint8_t *p;

	(void)state;
	p = bt_reader_bytes(&r, bt_reader_upto(&r, 5));
	assert_memory_equal(p, "abcde", 5);
	assert_null(bt_reader_bytes(&r, 2));
	assert_true(r.bad);
	/* Bad for good. */
	assert_null(bt_reader_bytes(&r, 0));
	assert_int_equal(bt_reader_varint(&r), 0);

	r = bt_reader_make("\x05", 1);
	assert_int_equal(bt_reader_upto(&r, 4), 0);
	assert_true(r.bad);
	r = bt_reader_make("x", 1);
	assert_null(bt_reader_bytes(&r, UINT64_MAX));
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_zigzag),
		cmocka_unit_test(test_longer_forms),
		cmocka_unit_test(test_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
