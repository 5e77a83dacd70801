/* core/base/map.c: both tables against a plain list, growth, clearing, equal hashes. */
#include "core/base/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_strings(void **state)
{
	enum { NR = 20000 };
	struct bt_arena a = BT_ARENA_INIT;
	struct bt_strmap m;
	char key[32];
	int i, round;

	(void)state;
	bt_strmap_init(&m, &a);
	for (round = 0; round < 3; round++) {
		int nr = round == 1 ? 10 :
				      NR; /* a small one after a large one clears its own way */

		for (i = 0; i < nr; i++) {
			int len = snprintf(key, sizeof(key), "name_%d", i);

			assert_int_equal(bt_strmap_get(&m, key, (size_t)len, 77), 77);
			bt_strmap_put(&m, key, (size_t)len, (uint64_t)i * 3);
		}
		assert_int_equal(m.nr, nr);
		for (i = 0; i < nr; i++) {
			int len = snprintf(key, sizeof(key), "name_%d", i);

			assert_int_equal(bt_strmap_get(&m, key, (size_t)len, 77), i * 3);
			assert_string_equal(m.entries[i].key, key);
		}
		assert_int_equal(bt_strmap_get(&m, "name_", 5, 77), 77);
		bt_strmap_clear(&m);
		bt_arena_reset(&a);
		assert_null(bt_strmap_find(&m, "name_1", 6, bt_strmap_hash("name_1", 6)));
		assert_int_equal(m.nr, 0);
	}
	bt_strmap_release(&m);
	bt_strmap_release(NULL);
	bt_arena_release(&a);
}

static void test_intern(void **state)
{
	static const char text[] = "a\0b a\0c";
	struct bt_strmap m;
	struct bt_strmap_entry *e;
	bool is_new = false;

	(void)state;
	bt_strmap_init(&m, NULL);
	e = bt_strmap_intern(&m, text, 3, bt_strmap_hash(text, 3), &is_new);
	assert_true(is_new);
	assert_ptr_equal(e->key, text); /* borrowed */
	e->value = 5;
	e = bt_strmap_intern(&m, text + 4, 3, bt_strmap_hash(text + 4, 3), &is_new);
	assert_true(is_new);
	assert_int_equal(e - m.entries, 1);
	assert_int_equal(e->value, 0);
	e = bt_strmap_intern(&m, "a\0b", 3, bt_strmap_hash("a\0b", 3), &is_new);
	assert_false(is_new);
	assert_int_equal(e->value, 5);
	bt_strmap_put(&m, "", 0, 9);
	assert_int_equal(bt_strmap_get(&m, "", 0, 1), 9);
	bt_strmap_put(&m, "", 0, 10);
	assert_int_equal(bt_strmap_get(&m, "", 0, 1), 10);
	bt_strmap_release(&m);
}

/* The whole hash is equal: only the bytes tell the keys apart. */
static void test_equal_hashes(void **state)
{
	struct bt_arena a = BT_ARENA_INIT;
	struct bt_strmap m;
	char key[16];
	size_t i;

	(void)state;
	bt_strmap_init(&m, &a);
	for (i = 0; i < 500; i++) {
		int len = snprintf(key, sizeof(key), "%zu", i);

		bt_strmap_intern(&m, key, (size_t)len, ~(uint64_t)0, NULL)->value = i;
	}
	for (i = 0; i < 500; i++) {
		int len = snprintf(key, sizeof(key), "%zu", i);

		assert_int_equal(bt_strmap_find(&m, key, (size_t)len, ~(uint64_t)0)->value, i);
	}
	assert_null(bt_strmap_find(&m, "500", 3, ~(uint64_t)0));
	bt_strmap_clear(&m);
	bt_strmap_release(&m);
	bt_arena_release(&a);
}

static struct bt_oid oid_of(uint64_t i, size_t len)
{
	uint8_t raw[32] = { 0 };

	i = bt_mix64(i);
	memcpy(raw, &i, sizeof(i));
	memcpy(raw + 12, &i, sizeof(i));
	return bt_oid_make(raw, len);
}

static void test_oids(void **state)
{
	enum { NR = 30000 };
	static const size_t lens[] = { 20, 32 };
	size_t l;

	(void)state;
	for (l = 0; l < 2; l++) {
		struct bt_oidmap m = BT_OIDMAP_INIT;
		int64_t v;
		size_t i;

		assert_false(bt_oidmap_find(&m, &(struct bt_oid){ .len = 20 }, 0, &v));
		for (i = 0; i < NR; i++) {
			struct bt_oid oid = oid_of(i / 3, lens[l]);

			assert_true(bt_oidmap_intern(&m, &oid, (uint32_t)(i % 3), -(int64_t)i, &v));
		}
		for (i = 0; i < NR; i++) {
			struct bt_oid oid = oid_of(i / 3, lens[l]);

			assert_true(bt_oidmap_find(&m, &oid, (uint32_t)(i % 3), &v));
			assert_true(v == -(int64_t)i);
			assert_false(bt_oidmap_find(&m, &oid, 3, &v));
			assert_false(bt_oidmap_intern(&m, &oid, (uint32_t)(i % 3), 1, &v));
			assert_true(v == -(int64_t)i);
		}
		bt_oidmap_put(&m, &(struct bt_oid){ .len = (uint8_t)lens[l] }, 9, INT64_MIN);
		bt_oidmap_put(&m, &(struct bt_oid){ .len = (uint8_t)lens[l] }, 9, INT64_MAX);
		assert_true(bt_oidmap_find(&m, &(struct bt_oid){ .len = (uint8_t)lens[l] }, 9, &v));
		assert_true(v == INT64_MAX);
		assert_int_equal(m.nr, NR + 1);
		bt_oidmap_clear(&m);
		assert_false(
			bt_oidmap_find(&m, &(struct bt_oid){ .len = (uint8_t)lens[l] }, 9, &v));
		bt_oidmap_release(&m);
		bt_oidmap_release(NULL);
	}
}

static void test_oid_of_other_length(void **state)
{
	struct bt_oidmap m = BT_OIDMAP_INIT;
	struct bt_oid a = oid_of(1, 20), b = oid_of(1, 32);

	(void)state;
	bt_oidmap_put(&m, &a, 0, 1);
	assert_false(bt_oidmap_find(&m, &b, 0, NULL));
	assert_true(bt_oidmap_find(&m, &a, 0, NULL));
	bt_oidmap_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_intern),
		cmocka_unit_test(test_equal_hashes),
		cmocka_unit_test(test_oids),
		cmocka_unit_test(test_oid_of_other_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
