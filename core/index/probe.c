/*
 * The child says what is wrong through a pipe; its exit status says whether anything is.
 */
#include "core/index/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/lang/extract.h"

/* Making the tables of the largest grammar there is takes half a second. */
#define CPU_S 20
#define WALL_MS 40000
/* An end that code of the grammar has brought about is no success. */
#define PASSED "+"

static void child_main(const struct bt_lang *lang, int fd, pid_t parent) __attribute__((noreturn));

static void child_main(const struct bt_lang *lang, int fd, pid_t parent)
{
	static const char *const samples[] = { "", "a", "/* x */ a = \"b\"; (c) {d}\n\t[1, 2]\n" };
	struct rlimit cpu = { CPU_S, CPU_S };
	struct bt_err err = BT_ERR_INIT;
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CPU, &cpu);
	if (getppid() != parent)
		_exit(1);
	rc = bt_extract_prepare(lang, &err);
	for (size_t i = 0; i < BT_ARRAY_NR(samples) && !rc; i++) {
		BT_BUF_OWNED struct bt_buf facts = BT_BUF_INIT;

		rc = bt_extract(lang, samples[i], strlen(samples[i]), &facts, &err);
		rc = rc == BT_ERR_LIMIT ? 0 : rc;
	}
	if (!rc)
		strcpy(err.msg, PASSED);
	if (write(fd, err.msg, strlen(err.msg)) < 0)
		_exit(2);
	_exit(rc ? 1 : 0);
}

/* What it says until it ends; false: it takes too long. */
static bool hear(int fd, char *text, size_t max)
{
	int64_t due = bt_clock_ms() + WALL_MS;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t len = 0;

	for (;;) {
		int64_t left = due - bt_clock_ms();
		ssize_t n;

		if (left <= 0 || !poll(&pfd, 1, (int)left))
			return false;
		n = read(fd, text + len, max - 1 - len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0 || len + (size_t)n == max - 1)
			break;
		len += (size_t)n;
		text[len] = '\0';
	}
	return true;
}

static int judge(int status, bool in_time, const char *text, struct bt_err *err)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status) && in_time && !strcmp(text, PASSED))
		return 0;
	if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		return bt_err_set(err, BT_ERR_FAIL, "loading it takes more than %d s", CPU_S);
	if (WIFSIGNALED(status))
		return bt_err_set(err, BT_ERR_FAIL, "loading it ends with signal %d", WTERMSIG(status));
	return bt_err_set(err, BT_ERR_FAIL, "%s", *text ? text : "loading it ends the process");
}

int bt_probe(const struct bt_lang *lang, struct bt_err *err)
{
	char text[sizeof(err->msg)] = "";
	pid_t self = getpid(), pid;
	int fds[2], status = 0;
	bool in_time;

	if (pipe2(fds, O_CLOEXEC))
		return bt_err_errno(err, "cannot try the grammar");
	pid = fork();
	if (!pid)
		child_main(lang, fds[1], self);
	close(fds[1]);
	BT_CLOSE int ours = fds[0];
	if (pid < 0)
		return bt_err_errno(err, "cannot try the grammar");
	in_time = hear(ours, text, sizeof(text));
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(status, in_time, text, err);
}
