/*
 * The zygote's half. SIGCHLD is blocked except inside ppoll, so that no end of a worker is missed;
 * a worker is in the list from its fork to its reaping, and only pids of the list are ever killed.
 */
#include "core/index/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/index/addon.h"
#include "core/index/probe.h"
#include "core/index/sandbox.h"
#include "core/index/worker.h"
#include "core/index/worker_proto.h"
#include "core/lang/extract.h"

/* Holds what the parent keeps queued; the kernel's own maximum may be lower. */
#define SOCKET_BUFFER (512 << 10)

#define CONTROL_FD 3
#define STATM_FD 4

struct zygote {
	const struct bt_zygote_opts *o;
	pid_t self;
	bool seccomp;
	uint64_t mapped; /* our own address space, which a worker inherits */
	pid_t *kids;
	size_t kids_nr, kids_alloc;
	sigset_t wait_mask;
};

extern char **environ;

static void say(const struct bt_zygote_event *e, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = (void *)(uintptr_t)e, .iov_len = sizeof(*e) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	ssize_t n;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do
		n = sendmsg(CONTROL_FD, &msg, MSG_NOSIGNAL);
	while (n < 0 && (errno == EINTR || errno == ENOBUFS));
}

static void say_text(enum bt_zygote_event_kind kind, uint32_t arg, int code, const char *text)
{
	struct bt_zygote_event e = { .kind = kind, .arg = arg, .code = code };

	snprintf(e.text, sizeof(e.text), "%s", text);
	say(&e, -1);
}

static void measure(struct zygote *z)
{
	char line[64];
	ssize_t n = pread(STATM_FD, line, sizeof(line) - 1, 0);

	if (n <= 0)
		return;
	line[n] = '\0';
	z->mapped = strtoull(line, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void prepare(struct zygote *z, uint32_t index)
{
	const struct bt_lang *lang = bt_lang_get(index);
	struct bt_err err = BT_ERR_INIT;
	int rc;

	if (lang && lang->user && bt_probe(lang, &err)) {
		bt_extract_refuse(lang, err.msg);
		say_text(BT_ZYGOTE_PREPARED, index, 0, "");
		return;
	}
	if (!lang)
		rc = bt_err_set(&err, BT_ERR_FAIL, "no language has the number %u", index);
	else
		rc = bt_extract_prepare(lang, &err);
	if (!rc && z->o->addon)
		rc = z->o->addon->prepare(z->o->addon->ctx, bt_lang_get(index), &err);
	measure(z);
	say_text(BT_ZYGOTE_PREPARED, index, rc, err.msg);
}

static void worker_main(struct zygote *z, int fd)
{
	struct bt_worker_opts o = { .cpu_s = z->o->cpu_s, .seccomp = z->seccomp, .addon = z->o->addon };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != z->self || dup2(fd, STDIN_FILENO) < 0)
		_exit(0);
	bt_log_close();	/* what it would need to be opened anew is forbidden soon */
	closefrom(CONTROL_FD);
	prctl(PR_SET_NAME, "batho-worker");
	sigprocmask(SIG_SETMASK, &z->wait_mask, NULL);
	if (z->o->address_space_max && z->mapped)
		o.address_space = z->mapped + z->o->address_space_max;
	bt_worker_run(STDIN_FILENO, &o);
}

static void spawn(struct zygote *z, uint32_t arg)
{
	struct bt_zygote_event e = { .kind = BT_ZYGOTE_SPAWNED, .arg = arg };
	int fds[2], len = SOCKET_BUFFER;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		say_text(BT_ZYGOTE_NOT_SPAWNED, arg, 0, strerror(errno));
		return;
	}
	BT_CLOSE int theirs = fds[0];
	BT_CLOSE int ours = fds[1];
	for (int i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &len, sizeof(len));
	e.pid = fork();
	if (!e.pid)
		worker_main(z, ours);
	if (e.pid < 0) {
		say_text(BT_ZYGOTE_NOT_SPAWNED, arg, 0, strerror(errno));
		return;
	}
	BT_GROW(z->kids, z->kids_alloc, z->kids_nr + 1);
	z->kids[z->kids_nr++] = e.pid;
	say(&e, theirs);
}

static void kill_kid(const struct zygote *z, pid_t pid)
{
	for (size_t i = 0; i < z->kids_nr; i++)
		if (z->kids[i] == pid)
			kill(pid, SIGKILL);
}

static void reap(struct zygote *z)
{
	struct bt_zygote_event e = { .kind = BT_ZYGOTE_ENDED };
	int status;

	while ((e.pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < z->kids_nr; i++)
			if (z->kids[i] == e.pid)
				z->kids[i--] = z->kids[--z->kids_nr];
		e.status = status;
		say(&e, -1);
	}
}

static void leave(const struct zygote *z)
{
	for (size_t i = 0; i < z->kids_nr; i++)
		kill(z->kids[i], SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	_exit(0);
}

/* One request; the end of the stream is the order to leave. */
static void serve(struct zygote *z)
{
	struct bt_zygote_request r;
	ssize_t n = recv(CONTROL_FD, &r, sizeof(r), MSG_DONTWAIT);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n != (ssize_t)sizeof(r))
		leave(z);
	if (r.op == BT_ZYGOTE_OP_PREPARE)
		prepare(z, r.arg);
	else if (r.op == BT_ZYGOTE_OP_SPAWN)
		spawn(z, r.arg);
	else if (r.op == BT_ZYGOTE_OP_KILL)
		kill_kid(z, (pid_t)r.arg);
}

static void on_child(int signum)
{
	(void)signum;
}

/*
 * Defaults for all, but what a terminal or a service manager sends to the whole group is ignored:
 * the parent decides when we end.
 */
static void signals_set(struct zygote *z)
{
	static const int ignored[] = { SIGINT,	SIGTERM, SIGQUIT, SIGHUP,  SIGPIPE,
				       SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2 };
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t block;

	for (int s = 1; s < NSIG; s++)
		sigaction(s, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	for (size_t i = 0; i < BT_ARRAY_NR(ignored); i++)
		sigaction(ignored[i], &sa, NULL);
	sa.sa_handler = on_child;
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&z->wait_mask);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_SETMASK, &block, NULL);
}

/* Tokens may lie in the environment: workers do not inherit them. */
static void environment_wipe(void)
{
	for (char **e = environ; e && *e; e++)
		explicit_bzero(*e, strlen(*e));
	environ = NULL;
}

/* Leaves /dev/null thrice, the control socket and our own memory statistics open. */
static bool descriptors_set(int fd)
{
	int nul = open("/dev/null", O_RDWR), statm = open("/proc/self/statm", O_RDONLY), control,
	    mem;

	/* Out of the way first: any of them may stand where another one belongs. */
	control = fcntl(fd, F_DUPFD, 10);
	mem = statm < 0 ? -1 : fcntl(statm, F_DUPFD, 10);
	if (nul < 0 || control < 0)
		return false;
	for (int i = 0; i <= 2; i++)
		if (dup2(nul, i) < 0)
			return false;
	if (dup2(control, CONTROL_FD) < 0)
		return false;
	if (mem < 0)
		close(STATM_FD);
	else if (dup2(mem, STATM_FD) < 0)
		return false;
	closefrom(STATM_FD + 1);
	return true;
}

void bt_zygote_run(int fd, const struct bt_zygote_opts *o)
{
	struct bt_zygote_event ready = { .kind = BT_ZYGOTE_READY };
	struct pollfd pfd = { .fd = CONTROL_FD, .events = POLLIN };
	struct zygote z = { .o = o, .self = getpid() };
	struct bt_err err = BT_ERR_INIT;

	bt_extract_set_few(o->addon && o->addon->few);
	signals_set(&z);
	setsid();
	environment_wipe();
	if (!descriptors_set(fd))
		_exit(1);
	prctl(PR_SET_NAME, "batho-zygote");
	prctl(PR_SET_DUMPABLE, 0);
	bt_extract_open_users();
	if (bt_sandbox_deny_files(&ready.landlock, &err)) {
		say_text(BT_ZYGOTE_BROKEN, 0, err.code, err.msg);
		_exit(1);
	}
	z.seccomp = ready.seccomp = o->seccomp && bt_sandbox_has_seccomp();
	measure(&z);
	say(&ready, -1);
	for (;;) {
		if (ppoll(&pfd, 1, NULL, &z.wait_mask) > 0)
			serve(&z);
		reap(&z);
	}
}

void bt_zygote_be_worker(int fd, pid_t parent, const struct bt_zygote_opts *o)
{
	struct bt_worker_opts wo = { .cpu_s = o->cpu_s, .addon = o->addon };
	struct zygote z = { .o = o, .self = getpid() };
	struct bt_err err = BT_ERR_INIT;
	bool landlock;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	bt_extract_set_few(o->addon && o->addon->few);
	signals_set(&z);
	setsid();
	environment_wipe();
	if (!descriptors_set(fd))
		_exit(1);
	prctl(PR_SET_NAME, "batho-worker");
	prctl(PR_SET_DUMPABLE, 0);
	if (bt_sandbox_deny_files(&landlock, &err))
		_exit(BT_WORKER_EXIT_SANDBOX);
	wo.seccomp = o->seccomp && bt_sandbox_has_seccomp();
	measure(&z);
	if (o->address_space_max && z.mapped)
		wo.address_space = z.mapped + o->address_space_max;
	dup2(CONTROL_FD, STDIN_FILENO);
	closefrom(CONTROL_FD);
	sigprocmask(SIG_SETMASK, &z.wait_mask, NULL);
	bt_worker_run(STDIN_FILENO, &wo);
}
