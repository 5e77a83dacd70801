/* core/git/tree_reader.c: good trees, and bytes that are none. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/git_scratch.h"

#include "core/git/odb.h"

#define ID "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24"

/* Reads all entries of a copy that ends where the memory ends; the last code. */
static int read_all(const void *data, size_t len, size_t oid_len, size_t *ret_nr,
		    struct bt_err *err)
{
	char *copy = malloc(len ? len : 1);
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	int rc;

	memcpy(copy, data, len);
	bt_tree_reader_init(&r, copy, len, oid_len);
	*ret_nr = 0;
	while ((rc = bt_tree_reader_next(&r, &e, err)) == BT_ROW) {
		assert_true(e.name >= copy && e.name + e.name_len < copy + len);
		assert_true(e.kind == BT_ENTRY_UNNAMABLE || !memchr(e.name, '/', e.name_len));
		assert_int_equal(e.oid.len, oid_len);
		(*ret_nr)++;
	}
	free(copy);
	return rc;
}

static void test_kinds(void **state)
{
	static const char tree[] = "100644 a\0" ID "100755 b\0" ID "120000 c\0" ID "40000 d\0" ID
				   "160000 e\0" ID "100664 f\0" ID "040000 g\0" ID "100600 h\0" ID
				   "0 i\0" ID "777 j\0" ID "140000 k\0" ID;
	static const struct {
		uint32_t mode;
		enum bt_entry_kind kind;
	} want[] = {
		{ 0100644, BT_ENTRY_BLOB },    { 0100755, BT_ENTRY_BLOB },
		{ 0120000, BT_ENTRY_SYMLINK }, { 0040000, BT_ENTRY_TREE },
		{ 0160000, BT_ENTRY_GITLINK }, { 0100644, BT_ENTRY_BLOB },
		{ 0040000, BT_ENTRY_TREE },    { 0100644, BT_ENTRY_BLOB },
		{ 0160000, BT_ENTRY_GITLINK }, { 0160000, BT_ENTRY_GITLINK },
		{ 0160000, BT_ENTRY_GITLINK },
	};
	struct bt_err err = BT_ERR_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;

	(void)state;
	bt_tree_reader_init(&r, tree, sizeof(tree) - 1, 20);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(bt_tree_reader_next(&r, &e, &err), BT_ROW);
		assert_int_equal(e.mode, want[i].mode);
		assert_int_equal(e.kind, want[i].kind);
		assert_int_equal(e.name_len, 1);
		assert_int_equal(e.name[0], 'a' + (int)i);
		assert_memory_equal(e.oid.raw, ID, 20);
		assert_int_equal(e.oid.raw[20], 0);
	}
	assert_int_equal(bt_tree_reader_next(&r, &e, &err), BT_DONE);
	assert_int_equal(bt_tree_reader_next(&r, &e, &err), BT_DONE);
}

static void test_names(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} cases[] = {
#define CASE(name, good) { "100644 " name "\0" ID, sizeof("100644 " name "\0" ID) - 1, good }
		CASE("new\nline", true), CASE("\xff\xfe", true), CASE("...", true),
		CASE(".a", true),	 CASE("..a", true),	 CASE(" ", true),
		CASE(".", false),	 CASE("..", false),	 CASE("", false),
		CASE("a/b", false),	 CASE("/", false),
#undef CASE
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bt_err err = BT_ERR_INIT;
		struct bt_tree_reader r;
		struct bt_tree_entry e;
		size_t nr;

		assert_int_equal(read_all(cases[i].bytes, cases[i].len, 20, &nr, &err), BT_DONE);
		assert_int_equal(nr, 1);
		bt_tree_reader_init(&r, cases[i].bytes, cases[i].len, 20);
		assert_int_equal(bt_tree_reader_next(&r, &e, &err), BT_ROW);
		assert_int_equal(e.kind, cases[i].good ? BT_ENTRY_BLOB : BT_ENTRY_UNNAMABLE);
	}
}

static void test_modes(void **state)
{
	static const char *const bad[] = {
		"100644",
		" a",
		"100684 a",
		"x a",
		"-1 a",
		"00000100644 a",
		"100644\ta",
		"77777777777777777777 a",
		"+100644 a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bt_err err = BT_ERR_INIT;
		char bytes[128];
		size_t len = strlen(bad[i]), nr;

		memcpy(bytes, bad[i], len + 1);
		memcpy(bytes + len + 1, ID, 20);
		assert_int_equal(read_all(bytes, len + 21, 20, &nr, &err), BT_ERR_CORRUPT);
		assert_int_equal(nr, 0);
	}
}

/* Every cut of a good tree is a shorter tree or corrupt; an id of the wrong length never fits. */
static void test_cuts(void **state)
{
	static const char tree[] = "100644 abc\0" ID "40000 d\0" ID;
	const size_t first = sizeof("100644 abc\0" ID) - 1;

	(void)state;
	for (size_t len = 0; len < sizeof(tree); len++) {
		struct bt_err err = BT_ERR_INIT;
		bool whole = len == 0 || len == first || len == sizeof(tree) - 1;
		size_t nr;
		int rc = read_all(tree, len, 20, &nr, &err);

		assert_int_equal(rc, whole ? BT_DONE : BT_ERR_CORRUPT);
		assert_int_equal(nr, (len >= first) + (len == sizeof(tree) - 1));
		assert_true(read_all(tree, first, 32, &nr, &err) == BT_ERR_CORRUPT);
	}
}

static void test_random_bytes(void **state)
{
	static const char good[] = "100644 a\0" ID "40000 b\0" ID "160000 c\0" ID;
	uint64_t seed = test_seed();

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct bt_err err = BT_ERR_INIT;
		char bytes[sizeof(good)];
		size_t nr;
		int rc;

		memcpy(bytes, good, sizeof(good));
		for (uint32_t n = 1 + test_random(&seed, 6); n; n--)
			bytes[test_random(&seed, sizeof(good))] = (char)test_random(&seed, 256);
		rc = read_all(bytes, test_random(&seed, sizeof(good)), 20, &nr, &err);
		assert_true(rc == BT_DONE || rc == BT_ERR_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	     cmocka_unit_test(test_names),
		cmocka_unit_test(test_modes),	     cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
