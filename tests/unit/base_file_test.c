/* core/base/file.c */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/signal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "base_file_test.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void test_write_and_read(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	const char *path = in_folder("f");
	struct stat st;
	mode_t mask = umask(077);

	(void)state;
	assert_int_equal(bt_file_write_atomic(path, "one\n", 4, 0644, &err), 0);
	assert_int_equal(bt_file_write_atomic(path, "two, longer\n", 12, 0660, &err), 0);
	umask(mask);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(bt_file_read(path, 100, &b, &err), 0);
	assert_string_equal(bt_buf_cstr(&b), "two, longer\n");
	/* It appends. */
	assert_int_equal(bt_file_read(path, 12, &b, &err), 0);
	assert_int_equal(b.len, 24);
}

static void test_read_maximum(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf tight = { .max = 12 };
	struct bt_err err = BT_ERR_INIT;
	const char *path = in_folder("max");

	(void)state;
	assert_int_equal(bt_file_write_atomic(path, "0123456789ab", 12, 0600, &err), 0);
	assert_int_equal(bt_file_read(path, 11, &b, &err), BT_ERR_LIMIT);
	assert_non_null(strstr(err.msg, "is larger than 11 bytes"));
	assert_int_equal(bt_file_read(path, 1000, &tight, &err), 0);
	assert_int_equal(tight.len, 12);
	assert_int_equal(bt_file_read(path, 1000, &tight, &err), BT_ERR_LIMIT);
	bt_buf_clear(&b);
	assert_int_equal(bt_file_read("/dev/zero", 100000, &b, &err), BT_ERR_LIMIT);
	bt_buf_clear(&b);
	assert_int_equal(bt_file_read("/dev/null", 0, &b, &err), 0);
}

static void test_errors(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int fd;

	(void)state;
	assert_int_equal(bt_file_read(in_folder("none"), 10, &b, &err), BT_ERR_NOT_FOUND);
	assert_int_equal(bt_file_read(folder, 10, &b, &err), BT_ERR_FAIL);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	alarm(20);
	assert_int_equal(bt_file_read(in_folder("fifo"), 10, &b, &err), BT_ERR_FAIL);
	alarm(0);
	assert_int_equal(bt_file_write_atomic(in_folder("no/f"), "x", 1, 0600, &err),
			 BT_ERR_NOT_FOUND);
	/* A folder in the place: nothing is left behind. */
	assert_int_equal(bt_folder_make(in_folder("taken"), 0700, NULL, &err), 0);
	assert_int_equal(bt_file_write_atomic(in_folder("taken"), "x", 1, 0600, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "cannot replace"));
	fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(bt_fd_write_full(fd, "x", 1, "/dev/full", &err), BT_ERR_FULL);
	assert_string_equal(err.msg, "cannot write '/dev/full': No space left on device");
	close(fd);
}

static void test_no_temporary_left(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "test -z \"$(ls -d %s/*.?????? 2>/dev/null)\"", folder);
	assert_int_equal(system(command), 0);
}

static void test_folder(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	const char *path = in_folder("d");
	mode_t mask = umask(077);
	bool made = false;
	struct stat st;

	(void)state;
	assert_int_equal(bt_folder_make(path, 02770, &made, &err), 0);
	umask(mask);
	assert_true(made);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 02770);
	assert_int_equal(bt_folder_make(path, 0700, &made, &err), 0);
	assert_false(made);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 02770);
	assert_int_equal(bt_folder_make(in_folder("x/y"), 0700, NULL, &err), BT_ERR_NOT_FOUND);
	close(open(in_folder("file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(bt_folder_make(in_folder("file"), 0700, NULL, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "not a folder"));
}

/* A writer that dribbles: short reads are put together, the end is reported. */
static void test_read_full(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	char bytes[10];
	size_t len = 99;
	int fds[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		int i;

		for (i = 0; i < 13; i++) {
			usleep(1000);
			if (write(fds[1], &"abcdefghijklm"[i], 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(fds[1]);
	/* A descriptor that does not block is waited for. */
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	assert_int_equal(bt_fd_read_full(fds[0], bytes, 10, &len, "pipe", &err), 0);
	assert_int_equal(len, 10);
	assert_memory_equal(bytes, "abcdefghij", 10);
	assert_int_equal(bt_fd_read_full(fds[0], bytes, 10, &len, "pipe", &err), 0);
	assert_int_equal(len, 3);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void test_read_canceled(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	char byte;
	size_t len;
	int fds[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	bt_cancel_install();
	pid = fork();
	if (!pid) {
		usleep(100000);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	assert_int_equal(bt_fd_read_full(fds[0], &byte, 1, &len, "pipe", &err), BT_ERR_CANCELED);
	bt_cancel_uninstall();
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void test_sanitize(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		int fd;

		close(0);
		close(2);
		bt_fd_sanitize();
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		_exit(fd < 3 || fcntl(0, F_GETFD) < 0 || fcntl(2, F_GETFD) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_program_path(void **state)
{
	BT_FREE char *path = NULL;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	assert_int_equal(bt_file_program_path(&path, &err), 0);
	assert_int_equal(path[0], '/');
	assert_non_null(strstr(path, "base_file_test"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_and_read), cmocka_unit_test(test_read_maximum),
		cmocka_unit_test(test_errors),         cmocka_unit_test(test_no_temporary_left),
		cmocka_unit_test(test_folder),         cmocka_unit_test(test_read_full),
		cmocka_unit_test(test_read_canceled),  cmocka_unit_test(test_sanitize),
		cmocka_unit_test(test_program_path),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
