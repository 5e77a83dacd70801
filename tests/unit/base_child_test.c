/*
 * core/base/child.c: pipes without a deadlock, deadlines and cancellation that end a whole group.
 */
#include "core/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/signal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/unit.h"

static int run_sh(const char *script, struct bt_buf *out, struct bt_buf *errout, int *ret_status,
		  struct bt_err *err)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct bt_child_opts o = { .argv = argv, .timeout_ms = 30000 };

	return bt_child_run(&o, NULL, 0, out, errout, ret_status, err);
}

static void test_outputs_and_status(void **state)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int status = -1;

	(void)state;
	bt_buf_adds(&out, "before ");
	assert_int_equal(run_sh("echo out; echo oops >&2; exit 7", &out, &errout, &status, &err),
			 0);
	assert_int_equal(status, 7);
	assert_string_equal(bt_buf_cstr(&out), "before out\n");
	assert_string_equal(bt_buf_cstr(&errout), "oops\n");
	assert_int_equal(run_sh("kill -9 $$", &out, &errout, &status, &err), 0);
	assert_int_equal(status, 128 + 9);
}

static void test_not_found(void **state)
{
	const char *argv[] = { "no-such-program-here", NULL };
	struct bt_child_opts o = { .argv = argv };
	struct bt_child c = BT_CHILD_INIT;
	struct bt_err err = BT_ERR_INIT;
	const char *sh[] = { "sh", "-c", ":", NULL };

	(void)state;
	assert_int_equal(bt_child_start(&c, &o, &err), BT_ERR_NOT_FOUND);
	assert_string_equal(err.msg,
			    "cannot run 'no-such-program-here': No such file or directory");
	assert_int_equal(c.pid, 0);
	bt_child_release(&c);
	o.argv = sh;
	o.cwd = "no-such-folder-here";
	o.out = BT_CHILD_PIPE;
	assert_int_equal(bt_child_start(&c, &o, &err), BT_ERR_NOT_FOUND);
	assert_string_equal(err.msg,
			    "cannot run 'sh' in 'no-such-folder-here': No such file or directory");
	assert_int_equal(c.out, -1);
}

/* Far more than any pipe holds, in both directions at once. */
static void test_large_echo(void **state)
{
	enum { LEN = 3 << 20 };
	const char *argv[] = { "cat", NULL };
	struct bt_child_opts o = { .argv = argv, .timeout_ms = 60000 };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_FREE char *in = malloc(LEN);
	struct bt_err err = BT_ERR_INIT;
	int status = -1;
	size_t i;

	(void)state;
	assert_non_null(in);
	for (i = 0; i < LEN; i++)
		in[i] = (char)(i * 7);
	assert_int_equal(bt_child_run(&o, in, LEN, &out, NULL, &status, &err), 0);
	assert_int_equal(status, 0);
	assert_int_equal(out.len, LEN);
	assert_memory_equal(out.data, in, LEN);
	bt_buf_clear(&out);
	assert_int_equal(bt_child_run(&o, "", 0, &out, NULL, &status, &err), 0);
	assert_int_equal(out.len, 0);
}

static void test_input_refused(void **state)
{
	const char *argv[] = { "sh", "-c", "exit 3", NULL };
	struct bt_child_opts o = { .argv = argv, .timeout_ms = 60000 };
	BT_FREE char *in = calloc(1, 1 << 20);
	struct bt_err err = BT_ERR_INIT;
	int status = -1;

	(void)state;
	assert_non_null(in);
	assert_int_equal(bt_child_run(&o, in, 1 << 20, NULL, NULL, &status, &err), 0);
	assert_int_equal(status, 3);
}

static void test_environment_and_cwd(void **state)
{
	const char *env[] = { "BATHO_A=1", "BATHO_B", "BATHO_C=x",
			      "BATHO_C=y", "BATHO_DD=2", NULL };
	const char *argv[] = { "sh", "-c", "echo $BATHO_A-$BATHO_B-$BATHO_C-$BATHO_D; pwd", NULL };
	struct bt_child_opts o = { .argv = argv, .env = env, .cwd = "/" };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int status;

	(void)state;
	setenv("BATHO_A", "0", 1);
	setenv("BATHO_B", "gone", 1);
	setenv("BATHO_D", "kept", 1);
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, NULL, &status, &err), 0);
	assert_string_equal(bt_buf_cstr(&out), "1--y-kept\n/\n");
}

static void test_output_maximum(void **state)
{
	const char *argv[] = { "sh", "-c", "printf 0123456789", NULL };
	const char *endless[] = { "cat", "/dev/zero", NULL };
	struct bt_child_opts o = { .argv = argv, .out_max = 10 };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf tight = { .max = 10 };
	struct bt_err err = BT_ERR_INIT;
	int status;

	(void)state;
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, NULL, &status, &err), 0);
	assert_string_equal(bt_buf_cstr(&out), "0123456789");
	bt_buf_clear(&out);
	o.out_max = 9;
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, NULL, &status, &err), BT_ERR_LIMIT);
	assert_string_equal(err.msg, "'sh' wrote more than 9 bytes");
	/* The buffer's own maximum counts too, and a text that fits it is no error. */
	o.out_max = 0;
	assert_int_equal(bt_child_run(&o, NULL, 0, &tight, NULL, &status, &err), 0);
	assert_int_equal(tight.len, 10);
	bt_buf_clear(&out);
	o.argv = endless;
	o.out_max = 1000000;
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, NULL, &status, &err), BT_ERR_LIMIT);
}

static void test_errout_in_a_file(void **state)
{
	const char *argv[] = { "sh", "-c", "echo a >&2; echo out; echo b >&2; test ! -t 2", NULL };
	struct bt_child_opts o = { .argv = argv, .err = BT_CHILD_FILE, .timeout_ms = 30000 };
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int status = -1;

	(void)state;
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, &errout, &status, &err), 0);
	assert_int_equal(status, 0);
	assert_string_equal(bt_buf_cstr(&out), "out\n");
	assert_string_equal(bt_buf_cstr(&errout), "a\nb\n");
	argv[2] = "head -c 1000000 /dev/zero >&2; exit 3";
	bt_buf_clear(&errout);
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, &errout, &status, &err), 0);
	assert_int_equal(status, 3);
	assert_int_equal(errout.len, 64 << 10);
	argv[2] = "echo late >&2; sleep 30";
	o.timeout_ms = 200;
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, &errout, &status, &err), BT_ERR_LIMIT);
}

static void test_errout_is_cut(void **state)
{
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int status;

	(void)state;
	assert_int_equal(run_sh("head -c 1000000 /dev/zero >&2", NULL, &errout, &status, &err), 0);
	assert_int_equal(status, 0);
	assert_int_equal(errout.len, 64 << 10);
}

/* The grandchild holds the pipe: only killing the group ends this. */
static void test_timeout_kills_group(void **state)
{
	const char *argv[] = { "sh", "-c", "sleep 60 & echo $!; trap '' TERM; sleep 60", NULL };
	struct bt_child_opts o = { .argv = argv, .timeout_ms = 300 };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int64_t start = bt_clock_ms();
	int status, i;
	pid_t grandchild;

	(void)state;
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, NULL, &status, &err), BT_ERR_LIMIT);
	assert_string_equal(err.msg, "'sh' did not end within 300 ms");
	assert_true(bt_clock_ms() - start < 20000);
	grandchild = (pid_t)atoi(bt_buf_cstr(&out));
	assert_true(grandchild > 1);
	for (i = 0; i < 500 && !kill(grandchild, 0); i++) {
		/* A zombie that init has not reaped yet still answers. */
		char path[64], text[256] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)grandchild);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			ssize_t n = read(fd, text, sizeof(text) - 1);

			close(fd);
			if (n > 0 && strstr(text, ") Z "))
				break;
		}
		usleep(10000);
	}
	assert_true(i < 500);
}

static void test_cancel(void **state)
{
	const char *argv[] = { "sh", "-c", "kill -INT $PPID; sleep 60", NULL };
	struct bt_child_opts o = { .argv = argv };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_child c = BT_CHILD_INIT;
	int status;

	(void)state;
	bt_cancel_install();
	assert_int_equal(bt_child_run(&o, NULL, 0, &out, NULL, &status, &err), BT_ERR_CANCELED);
	assert_string_equal(err.msg, "interrupted");
	assert_true(bt_canceled());
	assert_int_equal(bt_cancel_signal(), SIGINT);
	bt_cancel_uninstall();
	assert_false(bt_canceled());

	bt_cancel_install();
	assert_int_equal(bt_child_start(&c, &o, &err), 0);
	assert_int_equal(bt_child_wait(&c, &status, &err), BT_ERR_CANCELED);
	assert_int_equal(c.pid, 0);
	bt_cancel_uninstall();
	signal(SIGPIPE, SIG_IGN);
}

static void test_start_and_wait(void **state)
{
	const char *argv[] = { "cat", NULL };
	struct bt_child_opts o = {
		.argv = argv, .in = BT_CHILD_PIPE, .out = BT_CHILD_PIPE, .err = BT_CHILD_NULL
	};
	struct bt_err err = BT_ERR_INIT;
	struct bt_child c;
	char bytes[8];
	int status = -1;

	(void)state;
	assert_int_equal(bt_child_start(&c, &o, &err), 0);
	assert_int_equal(getpgid(c.pid), c.pid);
	assert_int_equal(c.err, -1);
	assert_int_equal(write(c.in, "hello", 5), 5);
	assert_int_equal(read(c.out, bytes, sizeof(bytes)), 5);
	assert_int_equal(bt_child_wait(&c, &status, &err), 0);
	assert_int_equal(status, 0);
	assert_int_equal(c.in, -1);
	assert_int_equal(bt_child_wait(&c, &status, &err), BT_ERR_FAIL);

	o.same_group = true;
	assert_int_equal(bt_child_start(&c, &o, &err), 0);
	assert_int_equal(getpgid(c.pid), getpgrp());
	bt_child_release(&c);

	o.own_session = true;
	assert_int_equal(bt_child_start(&c, &o, &err), 0);
	assert_int_equal(getsid(c.pid), c.pid);
	assert_int_equal(getpgid(c.pid), c.pid);
	bt_child_release(&c);
	assert_int_equal(c.pid, 0);
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	bt_child_release(&c);
	bt_child_release(NULL);
}

/* A caller whose own descriptors 0 to 2 are closed must not mix up the pipes. */
static void test_closed_descriptors(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		const char *argv[] = { "sh", "-c", "cat; echo err >&2", NULL };
		struct bt_child_opts o = { .argv = argv };
		struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
		struct bt_err err = BT_ERR_INIT;
		int i, bad;

		for (i = 0; i < 3; i++)
			close(i);
		bad = bt_child_run(&o, "in", 2, &out, &errout, &status, &err) || status ||
		      strcmp(bt_buf_cstr(&out), "in") || strcmp(bt_buf_cstr(&errout), "err\n");
		bt_buf_release(&out);
		bt_buf_release(&errout);
		_exit(bad);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_signals_are_reset(void **state)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	const char *ignored;
	sigset_t all, old;
	int status;

	(void)state;
	/* We ignore SIGPIPE and block everything; the child does neither. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	assert_int_equal(
		run_sh("grep -E '^Sig(Blk|Ign):' /proc/self/status", &out, NULL, &status, &err), 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (status)
		unit_skip("no /proc to read");
	assert_non_null(strstr(bt_buf_cstr(&out), "SigBlk:\t0000000000000000"));
	ignored = strstr(bt_buf_cstr(&out), "SigIgn:\t");
	assert_non_null(ignored);
	assert_false(strtoull(ignored + 8, NULL, 16) >> (SIGPIPE - 1) & 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outputs_and_status),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_large_echo),
		cmocka_unit_test(test_input_refused),
		cmocka_unit_test(test_environment_and_cwd),
		cmocka_unit_test(test_output_maximum),
		cmocka_unit_test(test_errout_is_cut),
		cmocka_unit_test(test_errout_in_a_file),
		cmocka_unit_test(test_timeout_kills_group),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_start_and_wait),
		cmocka_unit_test(test_closed_descriptors),
		cmocka_unit_test(test_signals_are_reset),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
