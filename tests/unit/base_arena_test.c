/* core/base/arena.c */
#include "core/base/arena.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_alignment(void **state)
{
	struct bt_arena a = BT_ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		char *s = bt_arena_strndup(&a, "abcdefghijk", i % 11);
		char *p = bt_arena_alloc(&a, i % 100);

		assert_int_equal(strlen(s), i % 11);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, 0xff, i % 100);
		assert_int_equal(strlen(s), i % 11);
	}
	bt_arena_release(&a);
	assert_null(a.head);
	bt_arena_release(&a);
	bt_arena_release(NULL);
}

static void test_large(void **state)
{
	struct bt_arena a = BT_ARENA_INIT;
	char *small = bt_arena_zalloc(&a, 10);
	char *large = bt_arena_zalloc(&a, (size_t)5 << 20);

	(void)state;
	assert_int_equal(large[((size_t)5 << 20) - 1], 0);
	large[0] = small[9] = 1;
	bt_arena_reset(&a);
	/* The largest chunk stays: the same request is the same memory again. */
	assert_ptr_equal(bt_arena_alloc(&a, (size_t)5 << 20), large);
	assert_true(bt_arena_memory(&a) < ((size_t)5 << 20) + 100);
	bt_arena_release(&a);
	assert_int_equal(bt_arena_memory(&a), 0);
}

static void test_empty_requests(void **state)
{
	struct bt_arena a = BT_ARENA_INIT;

	(void)state;
	bt_arena_reset(&a);
	assert_non_null(bt_arena_alloc(&a, 0));
	assert_string_equal(bt_arena_strndup(&a, NULL, 0), "");
	bt_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_empty_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
