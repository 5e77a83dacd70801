/* core/base/progress.c */
#include "core/base/progress.h"

#include <string.h>

#include "tests/unit/base_pty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/unit.h"

static int paint(void *ctx)
{
	struct bt_progress p;

	(void)ctx;
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	if (!bt_progress_wanted(BT_TRI_UNSET, false) || bt_progress_wanted(BT_TRI_UNSET, true) ||
	    bt_progress_wanted(BT_TRI_NO, false) || !bt_progress_wanted(BT_TRI_YES, true))
		return 1;
	bt_progress_start(&p, "Indexing blobs", 456, true);
	bt_progress_set(&p, 123);
	bt_progress_set(&p, 200); /* within the second: not painted */
	bt_progress_set(&p, 456);
	bt_progress_stop(&p);
	bt_progress_stop(&p);
	bt_progress_start(&p, "Counting", 0, true);
	bt_progress_set(&p, 7);
	bt_progress_stop(&p);
	return 0;
}

static void test_paint(void **state)
{
	BT_BUF_OWNED struct bt_buf screen = BT_BUF_INIT;
	int status = pty_run(paint, NULL, &screen);

	(void)state;
	if (status < 0)
		unit_skip("no terminal can be made here");
	assert_int_equal(status, 0);
	assert_string_equal(bt_buf_cstr(&screen), "Indexing blobs:  26% (123/456)\r"
						  "Indexing blobs: 100% (456/456), done.\r\n"
						  "Counting: 7\rCounting: 7, done.\r\n");
}

static int repaint(void *ctx)
{
	struct bt_progress p;
	int i;

	(void)ctx;
	setenv("GIT_PROGRESS_DELAY", "1", 1);
	bt_progress_start(&p, "Slow", 100, true);
	for (i = 0; i <= 24; i++) {
		bt_progress_set(&p, (uint64_t)i);
		usleep(100000);
	}
	bt_progress_stop(&p);
	return 0;
}

/* Nothing in the first second, then one line per second. */
static void test_delay_and_repaint(void **state)
{
	BT_BUF_OWNED struct bt_buf screen = BT_BUF_INIT;
	int status = pty_run(repaint, NULL, &screen), returns = 0;
	const char *p;

	(void)state;
	if (status < 0)
		unit_skip("no terminal can be made here");
	for (p = bt_buf_cstr(&screen); *p; p++)
		returns += *p == '\r';
	assert_in_range(returns, 2, 4);
	assert_non_null(strstr(bt_buf_cstr(&screen), "Slow:  24% (24/100), done.\r\n"));
	assert_null(strstr(bt_buf_cstr(&screen), "Slow:   0%"));
}

static int background(void *ctx)
{
	struct bt_progress p;
	int status;
	pid_t pid = fork();

	(void)ctx;
	if (!pid) {
		setpgid(0, 0); /* no longer the terminal's foreground group */
		setenv("GIT_PROGRESS_DELAY", "0", 1);
		bt_progress_start(&p, "Hidden", 10, true);
		bt_progress_set(&p, 5);
		bt_progress_stop(&p);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void test_background_is_silent(void **state)
{
	BT_BUF_OWNED struct bt_buf screen = BT_BUF_INIT;
	int status = pty_run(background, NULL, &screen);

	(void)state;
	if (status < 0)
		unit_skip("no terminal can be made here");
	assert_int_equal(status, 0);
	assert_string_equal(bt_buf_cstr(&screen), "");
}

/* Forced onto something that is no terminal; and never without being wanted. */
static void test_elsewhere(void **state)
{
	struct bt_progress p, quiet, none = { .on = false };
	int keep = dup(2), fds[2];
	char bytes[256] = "";
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], 2);
	close(fds[1]);
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	bt_progress_start(&quiet, "Quiet", 10, bt_progress_wanted(BT_TRI_UNSET, false));
	bt_progress_set(&quiet, 5);
	bt_progress_stop(&quiet);
	bt_progress_start(&p, "Forced", 10, bt_progress_wanted(BT_TRI_YES, false));
	bt_progress_set(&p, 5);
	bt_progress_stop(&p);
	bt_progress_stop(&none);
	dup2(keep, 2);
	close(keep);
	n = read(fds[0], bytes, sizeof(bytes) - 1);
	close(fds[0]);
	assert_true(n > 0);
	assert_string_equal(bytes, "Forced:  50% (5/10)\rForced:  50% (5/10), done.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paint),
		cmocka_unit_test(test_delay_and_repaint),
		cmocka_unit_test(test_background_is_silent),
		cmocka_unit_test(test_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
