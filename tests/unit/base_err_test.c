/* core/base/err.c: one line, never cut inside a character, codes that follow errno. */
#include "core/base/err.h"

#include <errno.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_set(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	assert_int_equal(bt_err_set(&err, BT_ERR_CORRUPT, "index '%s' is bad", "x"),
			 BT_ERR_CORRUPT);
	assert_int_equal(err.code, BT_ERR_CORRUPT);
	assert_string_equal(err.msg, "index 'x' is bad");
	assert_string_equal(err.hint, "");
}

static void test_one_line(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	bt_err_set(&err, BT_ERR_FAIL, "a\nb\r\nc");
	assert_string_equal(err.msg, "a b  c");
	bt_err_hint(&err, "x\ny");
	assert_string_equal(err.hint, "x y");
}

static void test_cut_at_character(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	char text[1000];
	size_t i;

	(void)state;
	/* One byte, then two-byte characters: the cut at 479 falls inside none of them. */
	for (i = 0; i < 2; i++) {
		size_t at = 0, len;

		if (i)
			text[at++] = 'x';
		for (; at + 2 < sizeof(text); at += 2)
			memcpy(text + at, "\xc3\xa4", 2);
		text[at] = '\0';
		bt_err_set(&err, BT_ERR_FAIL, "%s", text);
		len = strlen(err.msg);
		assert_true(len <= sizeof(err.msg) - 1);
		assert_true(len >= sizeof(err.msg) - 3);
		assert_int_equal((unsigned char)err.msg[len - 1], 0xa4);
	}
}

static void test_errno(void **state)
{
	static const struct {
		int errnum;
		enum bt_code code;
	} cases[] = {
		{ ENOENT, BT_ERR_NOT_FOUND }, { ENOSPC, BT_ERR_FULL },     { EDQUOT, BT_ERR_FULL },
		{ EROFS, BT_ERR_READONLY },   { EACCES, BT_ERR_READONLY }, { EPIPE, BT_ERR_PIPE },
		{ EIO, BT_ERR_FAIL },
	};
	struct bt_err err = BT_ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = cases[i].errnum;
		assert_int_equal(bt_err_errno(&err, "cannot open '%s'", "f"), cases[i].code);
		assert_int_equal(err.code, cases[i].code);
	}
	errno = ENOSPC;
	bt_err_errno(&err, "cannot write '%s'", "f");
	assert_string_equal(err.msg, "cannot write 'f': No space left on device");
}

static void test_wrap(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	char text[600];

	(void)state;
	bt_err_set(&err, BT_ERR_FULL, "disk is full");
	bt_err_hint(&err, "make room");
	assert_int_equal(bt_err_wrap(&err, "cannot open index '%s'", "i"), BT_ERR_FULL);
	assert_string_equal(err.msg, "cannot open index 'i': disk is full");
	assert_string_equal(err.hint, "make room");
	/* An argument may be the message itself. */
	bt_err_wrap(&err, "%.5s", err.msg);
	assert_string_equal(err.msg, "canno: cannot open index 'i': disk is full");

	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(bt_err_wrap(&err, "%s", text), BT_ERR_FULL);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

static void test_new_error_drops_hint(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	bt_err_set(&err, BT_ERR_FAIL, "a");
	bt_err_hint(&err, "h");
	bt_err_set(&err, BT_ERR_FAIL, "b");
	assert_string_equal(err.hint, "");
}

static void test_nobody_listens(void **state)
{
	(void)state;
	assert_int_equal(bt_err_set(NULL, BT_ERR_BUSY, "x"), BT_ERR_BUSY);
	errno = ENOENT;
	assert_int_equal(bt_err_errno(NULL, "x"), BT_ERR_NOT_FOUND);
	assert_int_equal(bt_err_wrap(NULL, "x"), BT_ERR_FAIL);
	assert_int_equal(bt_err_hint(NULL, "x"), BT_ERR_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_cut_at_character),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_new_error_drops_hint),
		cmocka_unit_test(test_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
