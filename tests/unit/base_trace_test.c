/* core/base/trace.c and clock.h */
#include "core/base/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void set_trace(const char *value)
{
	if (value)
		setenv("BATHO_TRACE", value, 1);
	else
		unsetenv("BATHO_TRACE");
	bt_trace_reset();
}

static int count_call(int *calls)
{
	return ++*calls;
}

static void test_off(void **state)
{
	static const char *const off[] = { NULL, "", "0", "false", "relative/path", "3" };
	int calls = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		set_trace(off[i]);
		assert_false(bt_trace_on());
		bt_trace("%d", count_call(&calls));
	}
	assert_int_equal(calls, 0);
	set_trace("/no/such/folder/trace");
	assert_false(bt_trace_on());
}

static void test_stderr(void **state)
{
	static const char *const on[] = { "1", "2", "true" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		set_trace(on[i]);
		assert_true(bt_trace_on());
	}
	set_trace(NULL);
}

static void test_file(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	char path[4096], longer[3000];
	int hour, minute, pid, calls = 0;
	double second;
	long long us;

	(void)state;
	assert_non_null(getcwd(path, sizeof(path) - 32));
	strcat(path, "/base_trace_test.out");
	unlink(path);
	set_trace(path);
	bt_trace("read %d blobs of\n\x1b%s", count_call(&calls), "x");
	memset(longer, 'y', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	bt_trace("%s", longer);
	assert_int_equal(calls, 1);
	set_trace(NULL);
	assert_int_equal(bt_file_read(path, 100000, &b, &err), 0);
	unlink(path);
	assert_int_equal(sscanf(bt_buf_cstr(&b), "%d:%d:%lf [%d] +%lldus ", &hour, &minute, &second,
				&pid, &us),
			 5);
	assert_int_equal(pid, getpid());
	assert_true(us >= 0 && us < 10000000);
	assert_non_null(strstr(b.data, "us read 1 blobs of\\x0a\\x1bx\n"));
	assert_true(b.len < 1200); /* the second line was cut */
	assert_int_equal(b.data[b.len - 1], '\n');
}

static void test_clock(void **state)
{
	int64_t ns = bt_clock_ns(), us = bt_clock_us(), ms = bt_clock_ms();

	(void)state;
	assert_true(ns > 0 && us >= ns / 1000 && ms >= us / 1000);
	usleep(2000);
	assert_true(bt_clock_us() - us >= 2000);
	assert_true(bt_clock_us() - us < 60000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_stderr),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
