/* core/base/signal.c */
#include "core/base/signal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_flag(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct bt_err err = BT_ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		bt_cancel_install();
		assert_int_equal(bt_cancel_check(&err), 0);
		assert_false(bt_canceled());
		raise(signals[i]);
		assert_true(bt_canceled());
		assert_int_equal(bt_cancel_signal(), signals[i]);
		assert_int_equal(bt_cancel_check(&err), BT_ERR_CANCELED);
		bt_cancel_uninstall();
	}
}

static void test_second_signal_ends(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		bt_cancel_install();
		raise(SIGINT);
		raise(SIGINT);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void test_ignored_stays_ignored(void **state)
{
	(void)state;
	signal(SIGHUP, SIG_IGN);
	bt_cancel_install();
	raise(SIGHUP);
	assert_false(bt_canceled());
	bt_cancel_uninstall();
}

static void test_pipe_is_ignored(void **state)
{
	int fds[2];

	(void)state;
	bt_cancel_install();
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write(fds[1], "x", 1), -1);
	close(fds[1]);
	bt_cancel_uninstall();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flag),
		cmocka_unit_test(test_second_signal_ends),
		cmocka_unit_test(test_ignored_stays_ignored),
		cmocka_unit_test(test_pipe_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
