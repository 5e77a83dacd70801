/* core/base/buf.c: the maximum holds, and a failure is found once, at the end. */
#include "core/base/buf.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/unit.h"

static void test_empty(void **state)
{
	BT_BUF_OWNED struct bt_buf a = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf b;
	size_t len = 9;
	char *taken;

	(void)state;
	bt_buf_init(&b, 0);
	assert_string_equal(bt_buf_cstr(&a), "");
	assert_string_equal(b.data, "");
	bt_buf_add(&a, NULL, 0);
	bt_buf_adds(&a, "");
	assert_int_equal(a.len, 0);
	taken = bt_buf_take(&a, &len);
	assert_string_equal(taken, "");
	assert_int_equal(len, 0);
	free(taken);
}

static void test_add(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	size_t i, len;
	char *taken;

	(void)state;
	for (i = 0; i < 1000; i++) {
		bt_buf_addch(&b, 'a' + (int)(i % 26));
		bt_buf_add(&b, "\0x", 2);
		assert_int_equal(b.data[b.len], 0);
	}
	assert_int_equal(b.len, 3000);
	assert_memory_equal(b.data, "a\0xb\0xc\0x", 9);
	taken = bt_buf_take(&b, &len);
	assert_int_equal(len, 3000);
	assert_int_equal(b.len, 0);
	assert_string_equal(bt_buf_cstr(&b), "");
	free(taken);
	bt_buf_adds(&b, "again");
	assert_string_equal(b.data, "again");
}

static void test_addf(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	char longer[1000];

	(void)state;
	memset(longer, 'z', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	bt_buf_addf(&b, "%d:", 42);
	bt_buf_addf(&b, "%s!", longer);
	assert_int_equal(b.len, 3 + 999 + 1);
	assert_memory_equal(b.data, "42:zzz", 6);
	assert_string_equal(b.data + 1000, "zz!");
}

static void test_maximum(void **state)
{
	BT_BUF_OWNED struct bt_buf b = { .max = 10 };
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	bt_buf_adds(&b, "0123456789");
	assert_false(b.failed);
	assert_int_equal(bt_buf_check(&b, "a list", &err), 0);
	assert_int_equal(err.code, BT_OK);
	bt_buf_addch(&b, 'x');
	assert_true(b.failed);
	assert_string_equal(b.data, "0123456789");
	assert_int_equal(bt_buf_check(&b, "a list", &err), BT_ERR_LIMIT);
	assert_string_equal(err.msg, "a list needs more than 10 bytes");
	bt_buf_clear(&b);
	assert_false(b.failed);
	bt_buf_adds(&b, "01234");
	/* Once failed, nothing more is added: no text with holes. */
	bt_buf_adds(&b, "0123456789");
	bt_buf_addch(&b, 'x');
	bt_buf_addf(&b, "%s", "y");
	assert_string_equal(b.data, "01234");
	assert_null(bt_buf_reserve(&b, 1));
}

static void test_maximum_spares_memory(void **state)
{
	BT_BUF_OWNED struct bt_buf b = { .max = 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < 2000; i++)
		bt_buf_addch(&b, 'x');
	assert_int_equal(b.len, 1000);
	assert_true(b.alloc <= 1001);
	assert_true(b.failed);
	bt_buf_clear(&b);
	assert_null(bt_buf_reserve(&b, SIZE_MAX));
	bt_buf_clear(&b);
	assert_non_null(bt_buf_reserve(&b, 1000));
}

/* No memory is another matter than too much: it says nothing about the bytes. */
static void test_memory(void **state)
{
	BT_BUF_OWNED struct bt_buf b = { .max = SIZE_MAX - 1 };
	struct bt_err err = BT_ERR_INIT;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	unit_skip("the sanitizer ends a program that asks for too much");
#endif
	bt_buf_adds(&b, "abc");
	assert_null(bt_buf_reserve(&b, SIZE_MAX - 16));
	assert_true(b.failed);
	assert_int_equal(bt_buf_check(&b, "a list", &err), BT_ERR_FAIL);
	assert_string_equal(err.msg, "out of memory for a list, beyond 3 bytes");
	assert_string_equal(b.data, "abc");
	bt_buf_clear(&b);
	bt_buf_adds(&b, "abcd");
	assert_int_equal(bt_buf_check(&b, "a list", &err), 0);
	assert_null(bt_buf_reserve(&b, SIZE_MAX - 4));
	assert_int_equal(bt_buf_check(&b, "a list", &err), BT_ERR_LIMIT);
}

static void test_reserve(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	char *to;

	(void)state;
	bt_buf_adds(&b, "ab");
	to = bt_buf_reserve(&b, 100);
	assert_ptr_equal(to, b.data + 2);
	memcpy(to, "cd", 2);
	b.len += 2;
	assert_string_equal(bt_buf_cstr(&b), "abcd");
	bt_buf_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_addf),
		cmocka_unit_test(test_maximum),
		cmocka_unit_test(test_maximum_spares_memory),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
