/*
 * core/index/sandbox.c: each layer alone stops what it is there to stop, and lets through what a
 * parser needs.
 */
#include "core/index/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/index/pool.h"
#include "core/lang/extract.h"

const struct bt_extract_limits bt_extract_limits_default = { .arena_max = 1 << 20 };

/*
 * Runs one thing in a child; the status as waitpid gives it. An exit status of 99 is a bad start.
 */
static int run(void (*cage)(void), int (*act)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		int nul = open("/dev/null", O_WRONLY);

		if (nul < 0 || dup2(nul, STDERR_FILENO) < 0)
			_exit(99);
		cage();
		_exit(act());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void must(int rc)
{
	if (rc)
		_exit(99);
}

static void cage_files(void)
{
	struct bt_err err = BT_ERR_INIT;
	bool in_force;

	must(bt_sandbox_deny_files(&in_force, &err));
	must(!in_force);
}

static void cage_calls(void)
{
	struct bt_err err = BT_ERR_INIT;

	must(bt_sandbox_deny_calls(&err));
}

static void cage_limits(void)
{
	struct bt_err err = BT_ERR_INIT;

	must(bt_sandbox_limit(0, &err));
}

static void cage_memory(void)
{
	struct bt_err err = BT_ERR_INIT;

	must(bt_sandbox_limit((uint64_t)256 << 20, &err));
}

static void cage_cpu(void)
{
	struct bt_err err = BT_ERR_INIT;
	uint64_t soft_s = 0;

	must(bt_sandbox_allow_cpu(1, &soft_s, &err));
	must(soft_s != 2);
	/* a second call within the same second changes nothing */
	must(bt_sandbox_allow_cpu(1, &soft_s, &err));
	must(soft_s != 2);
}

/* 0: it was refused with an error */
static int refused(int rc)
{
	return rc >= 0;
}

static int act_open(void)
{
	return refused(open("/etc/passwd", O_RDONLY));
}

/* Should it succeed, nothing is left behind: no file has a name here. */
static int act_create(void)
{
	return refused(open(".", O_TMPFILE | O_WRONLY, 0600));
}

static int act_list(void)
{
	return refused(open("/", O_RDONLY | O_DIRECTORY));
}

static int act_exec(void)
{
	execl("/bin/true", "true", NULL);
	return errno != EACCES;
}

static int act_open_proc(void)
{
	return refused(open("/proc/self/mem", O_RDWR));
}

static int act_socket(void)
{
	return refused(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int act_inet(void)
{
	return refused(socket(AF_INET, SOCK_STREAM, 0));
}

static int act_fork(void)
{
	return refused(fork());
}

static int act_clone(void)
{
	return refused((int)syscall(SYS_clone3, NULL, 0));
}

static int act_kill(void)
{
	return refused(kill(getppid(), 0));
}

static int act_tgkill_other(void)
{
	return refused((int)syscall(SYS_tgkill, getppid(), getppid(), SIGABRT));
}

static int act_tgkill_term(void)
{
	return refused((int)syscall(SYS_tgkill, getpid(), getpid(), SIGTERM));
}

static int act_ptrace(void)
{
	return refused((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int act_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED;
}

static int act_recode(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return refused(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int act_map_file(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) != MAP_FAILED;
}

static int act_limit_files(void)
{
	struct rlimit r = { .rlim_cur = 100, .rlim_max = 100 };

	return refused(setrlimit(RLIMIT_NOFILE, &r));
}

static int act_limit_parent(void)
{
	struct rlimit r = { .rlim_cur = 1, .rlim_max = 1 };

	return refused(prlimit(getppid(), RLIMIT_CPU, &r, NULL));
}

#if defined(__x86_64__)
/* The same number in another ABI is another call. */
static int act_x32(void)
{
	return refused((int)syscall(0x40000000 + SYS_read, -1, NULL, 0));
}

#else
static int act_x32(void)
{
	raise(SIGSYS);
	return 1;
}

#endif

/* What a parser does. */
static int act_parse(void)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t) "x", .iov_len = 1 };
	struct bt_err err = BT_ERR_INIT;
	struct timespec ts;
	uint64_t soft_s = 0;
	char *p[64];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < BT_ARRAY_NR(p); i++) {
			size_t len = (size_t)1 << (i % 23);

			p[i] = malloc(len);
			if (!p[i])
				return 1;
			memset(p[i], 1, len);
			p[i] = realloc(p[i], 2 * len);
		}
		for (size_t i = 0; i < BT_ARRAY_NR(p); i++)
			free(p[i]);
	}
	if (bt_sandbox_allow_cpu(5, &soft_s, &err) || clock_gettime(CLOCK_MONOTONIC, &ts))
		return 2;
	if (writev(STDERR_FILENO, &iov, 1) != 1 || read(-1, p, 1) != -1)
		return 3;
	fprintf(stderr, "%d\n", 12);
	return 0;
}

static int act_abort(void)
{
	abort();
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int act_sort(void)
{
	int *v = calloc(100000, sizeof(*v));

	for (int i = 0; v && i < 100000; i++)
		v[i] = (i * 7919) % 100000;
	qsort(v, 100000, sizeof(*v), compare);
	return v[0] != 0;
}

static int act_loop(void)
{
	volatile unsigned i = 1;

	while (i)
		i |= 1;
	return 0;
}

static int act_eat(void)
{
	for (int i = 0; i < 1000; i++)
		if (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0) == MAP_FAILED)
			return 0;
	return 1;
}

static int act_dup(void)
{
	return refused(dup(0));
}

static bool without_seccomp(void)
{
	struct bt_pool_opts o;

	bt_pool_opts_default(&o, 1);
	return !o.seccomp || !bt_sandbox_has_seccomp();
}

static void test_files(void **state)
{
	int (*const acts[])(void) = { act_open, act_create, act_list, act_exec, act_open_proc };

	(void)state;
	if (!bt_sandbox_has_landlock()) {
		print_message("# this kernel has no landlock, or it is switched off\n");
		skip();
	}
	/* without the cage most of them succeed: the test can fail */
	assert_int_equal(act_open(), 1);
	for (size_t i = 0; i < BT_ARRAY_NR(acts); i++) {
		int status = run(cage_files, acts[i]);

		if (!WIFEXITED(status) || WEXITSTATUS(status))
			fail_msg("file act %zu: status %#x", i, (unsigned)status);
	}
}

static void test_calls(void **state)
{
	int (*const acts[])(void) = {
		act_open,	 act_create,	   act_list,  act_exec,	  act_socket,
		act_inet,	 act_fork,	   act_clone, act_kill,	  act_tgkill_other,
		act_tgkill_term, act_ptrace,	   act_code,  act_recode, act_map_file,
		act_limit_files, act_limit_parent, act_x32,   act_dup,
	};

	(void)state;
	if (without_seccomp()) {
		print_message("# no seccomp on this machine or under this tool\n");
		skip();
	}
	for (size_t i = 0; i < BT_ARRAY_NR(acts); i++) {
		int status = run(cage_calls, acts[i]);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("call act %zu: status %#x", i, (unsigned)status);
	}
}

static void test_calls_allowed(void **state)
{
	int status;

	(void)state;
	if (without_seccomp()) {
		print_message("# no seccomp on this machine or under this tool\n");
		skip();
	}
	assert_int_equal(run(cage_calls, act_parse), 0);
	assert_int_equal(run(cage_calls, act_sort), 0);
	status = run(cage_calls, act_abort);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void test_limits(void **state)
{
	int status;

	(void)state;
	assert_int_equal(run(cage_limits, act_dup), 0);
	assert_int_equal(run(cage_limits, act_open), 0);
	if (geteuid())
		assert_int_equal(run(cage_limits, act_fork), 0);
	status = run(cage_cpu, act_loop);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
}

static void test_memory(void **state)
{
	struct bt_pool_opts o;

	(void)state;
	bt_pool_opts_default(&o, 1);
	if (!o.address_space_max) {
		print_message("# no limit on address space under this tool\n");
		skip();
	}
	assert_int_equal(run(cage_memory, act_eat), 0);
	assert_int_equal(WEXITSTATUS(run(cage_limits, act_eat)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),	      cmocka_unit_test(test_calls),
		cmocka_unit_test(test_calls_allowed), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("index_sandbox", tests, NULL, NULL);
}
