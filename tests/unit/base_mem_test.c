/* core/base/mem.c */
#include "core/base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_strings(void **state)
{
	BT_FREE char *a = bt_xstrdup("abc");
	BT_FREE char *b = bt_xstrndup("abcdef", 3);
	BT_FREE char *c = bt_xstrndup("ab", 10);
	BT_FREE char *d = bt_xasprintf("%d-%s", 7, "x");

	(void)state;
	assert_string_equal(a, "abc");
	assert_string_equal(b, "abc");
	assert_string_equal(c, "ab");
	assert_string_equal(d, "7-x");
}

static void test_grow(void **state)
{
	BT_FREE uint32_t *list = NULL;
	size_t alloc = 0, i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		BT_GROW(list, alloc, i + 1);
		assert_true(alloc > i);
		list[i] = (uint32_t)i;
	}
	for (i = 0; i < 5000; i++)
		assert_int_equal(list[i], i);
	BT_GROW(list, alloc, 20000);
	assert_true(alloc >= 20000);
	i = alloc;
	BT_GROW(list, alloc, 3);
	assert_int_equal(alloc, i);
}

static void test_exhaustion(void **state)
{
	int status, fds[2];
	char line[64] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		char *list = NULL;
		size_t alloc = 0;

		dup2(fds[1], 2);
		bt_grow(&list, &alloc, SIZE_MAX / 2, 16);
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128);
	assert_true(read(fds[0], line, sizeof(line) - 1) > 0);
	close(fds[0]);
	assert_string_equal(line, "git-batho: out of memory\n");
}

static void test_cleanup(void **state)
{
	char *p = bt_xmalloc(0);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), same = fd, none = -1;

	(void)state;
	bt_free_ptr(&p);
	assert_null(p);
	bt_free_ptr(&p);
	bt_close_fd(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(same, F_GETFD), -1);
	bt_close_fd(&none);
	assert_int_equal(none, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_exhaustion),
		cmocka_unit_test(test_cleanup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
