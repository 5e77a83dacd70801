/*
 * Child processes. posix_spawn shares our memory until the exec, so that its cost does not grow
 * with what we have mapped; a `git rev-parse` stands on the path of every command.
 *
 * A child leads a process group of its own (unless asked otherwise), starts with default signal
 * dispositions and an empty mask, and inherits the standard descriptors only: every descriptor of
 * ours is close-on-exec.
 */
#include "core/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/signal.h"
#include "core/base/trace.h"
#include "core/base/trace2.h"

/* Between asking a group to end (git removes its lock files then) and ending it. */
#define GRACE_MS 500
/* How long a wait may miss a signal that came between the test of the flag and the wait. */
#define SLICE_MS 250
/* What is kept of a child's complaints. */
#define ERROUT_MAX ((size_t)64 << 10)
#define READ_STEP ((size_t)8 << 10)
#define READ_STEP_MAX ((size_t)256 << 10)

extern char **environ;

/* Descriptors 0 to 2 may be closed in the caller; a pipe must not land there, or dup2 breaks it. */
static int fd_above_std(int fd)
{
	int moved;

	if (fd > 2)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return moved;
}

static int pipe_open(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	ends[0] = fd_above_std(ends[0]);
	ends[1] = fd_above_std(ends[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	bt_close_fd(&ends[0]);
	bt_close_fd(&ends[1]);
	return -1;
}

/* One of the three descriptors: *ret_ours is our end of a pipe, *ret_theirs is to be closed. */
static int plan_fd(posix_spawn_file_actions_t *fa, enum bt_child_fd how, int fd, int *ret_ours,
		   int *ret_theirs)
{
	int ends[2];
	int ours = fd == 0 ? 1 : 0;

	if (how == BT_CHILD_NULL)
		return posix_spawn_file_actions_addopen(fa, fd, "/dev/null",
							fd == 0 ? O_RDONLY : O_WRONLY, 0);
	if (how == BT_CHILD_FILE) {
		*ret_ours = fd_above_std(memfd_create("git-batho", MFD_CLOEXEC));
		return *ret_ours < 0 ? errno : posix_spawn_file_actions_adddup2(fa, *ret_ours, fd);
	}
	if (how != BT_CHILD_PIPE)
		return 0;
	if (pipe_open(ends))
		return errno;
	*ret_ours = ends[ours];
	*ret_theirs = ends[!ours];
	return posix_spawn_file_actions_adddup2(fa, ends[!ours], fd);
}

static size_t env_name_len(const char *entry)
{
	return strcspn(entry, "=");
}

static bool env_is_changed(const char *entry, const char *const *changes)
{
	size_t len = env_name_len(entry);

	for (; *changes; changes++)
		if (env_name_len(*changes) == len && !memcmp(*changes, entry, len))
			return true;
	return false;
}

/* Our environment with the changes; borrows every string. A later change of a name wins. */
static char **env_make(const char *const *changes)
{
	size_t nr = 0, ours = 0, theirs = 0;
	char **env, **e;

	for (e = environ; e && *e; e++)
		ours++;
	while (changes[theirs])
		theirs++;
	env = bt_xcalloc(ours + theirs + 1, sizeof(*env));
	for (e = environ; e && *e; e++)
		if (!env_is_changed(*e, changes))
			env[nr++] = *e;
	for (; *changes; changes++)
		if (strchr(*changes, '=') && !env_is_changed(*changes, changes + 1))
			env[nr++] = (char *)*changes;
	return env;
}

static int attr_make(posix_spawnattr_t *attr, const struct bt_child_opts *o)
{
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	sigset_t none, defaults;
	int rc;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	sigaddset(&defaults, SIGHUP);
	sigaddset(&defaults, SIGCHLD);
	/* The leader of a session leads a group as well. */
	if (o->own_session)
		flags |= POSIX_SPAWN_SETSID;
	else if (!o->same_group)
		flags |= POSIX_SPAWN_SETPGROUP;
	rc = posix_spawnattr_setflags(attr, flags);
	if (!rc)
		rc = posix_spawnattr_setsigmask(attr, &none);
	if (!rc)
		rc = posix_spawnattr_setsigdefault(attr, &defaults);
	return rc ? rc : posix_spawnattr_setpgroup(attr, 0);
}

static int spawn(struct bt_child *c, const struct bt_child_opts *o, int theirs[3])
{
	BT_FREE char **env = o->env ? env_make(o->env) : NULL;
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	int rc;

	rc = posix_spawn_file_actions_init(&fa);
	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc) {
		posix_spawn_file_actions_destroy(&fa);
		return rc;
	}
	rc = attr_make(&attr, o);
	if (!rc)
		rc = plan_fd(&fa, o->in, 0, &c->in, &theirs[0]);
	if (!rc)
		rc = plan_fd(&fa, o->out, 1, &c->out, &theirs[1]);
	if (!rc)
		rc = plan_fd(&fa, o->err, 2, &c->err, &theirs[2]);
	if (!rc && o->cwd)
		rc = posix_spawn_file_actions_addchdir_np(&fa, o->cwd);
	if (!rc)
		rc = posix_spawnp(&c->pid, o->argv[0], &fa, &attr, (char *const *)o->argv,
				  env ? env : environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return rc;
}

static void child_close(struct bt_child *c)
{
	bt_close_fd(&c->in);
	bt_close_fd(&c->out);
	bt_close_fd(&c->err);
}

static void trace_start(const struct bt_child *c, const struct bt_child_opts *o)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;

	for (const char *const *arg = o->argv; *arg; arg++)
		bt_buf_addf(&line, " %s", *arg);
	bt_trace("start %d:%s", (int)c->pid, bt_buf_cstr(&line));
}

int bt_child_start(struct bt_child *c, const struct bt_child_opts *o, struct bt_err *err)
{
	int theirs[3] = { -1, -1, -1 };
	int rc, i;

	*c = (struct bt_child)BT_CHILD_INIT;
	c->start_us = bt_trace2_on() ? bt_clock_us() : 0;
	rc = spawn(c, o, theirs);
	for (i = 0; i < 3; i++)
		bt_close_fd(&theirs[i]);
	if (!rc && bt_trace_on())
		trace_start(c, o);
	if (!rc)
		c->trace2 = bt_trace2_child_start(o->argv, o->cwd);
	if (!rc)
		return 0;
	c->pid = 0;
	child_close(c);
	errno = rc;
	if (o->cwd)
		return bt_err_errno(err, "cannot run '%s' in '%s'", o->argv[0], o->cwd);
	return bt_err_errno(err, "cannot run '%s'", o->argv[0]);
}

/* The group when the child leads one, else the child alone. */
static void child_kill(const struct bt_child *c, int signum)
{
	if (c->pid > 0 && kill(-c->pid, signum))
		kill(c->pid, signum);
}

/* Waits at most so long for the end of the process, without reaping it. */
static void wait_slice(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	struct timespec nap = { .tv_nsec = 2000000 };

	if (pidfd >= 0)
		poll(&p, 1, ms);
	else
		nanosleep(&nap, NULL);
}

static int pidfd_make(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

/*
 * 1: reaped, *ret_status is set. 0: the time is over (deadline_ms, 0: none) or we are canceled and
 * cancelable. -1: errno.
 */
static int child_reap(struct bt_child *c, int64_t deadline_ms, bool cancelable, int *ret_status)
{
	BT_CLOSE int pidfd = -1;

	for (;;) {
		int status, ms = SLICE_MS;
		pid_t rc = waitpid(c->pid, &status, WNOHANG);

		if (rc == c->pid) {
			*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
							  : WEXITSTATUS(status);
			bt_trace("end %d: status %d", (int)c->pid, *ret_status);
			bt_trace2_child_exit(c->trace2, (int)c->pid, *ret_status, c->start_us);
			c->pid = 0;
			return 1;
		}
		if (rc < 0 && errno != EINTR)
			return -1;
		if (cancelable && bt_canceled())
			return 0;
		if (deadline_ms) {
			int64_t left = deadline_ms - bt_clock_ms();

			if (left <= 0)
				return 0;
			if (left < ms)
				ms = (int)left;
		}
		if (pidfd < 0)
			pidfd = pidfd_make(c->pid);
		wait_slice(pidfd, ms);
	}
}

/* Ends the group, politely first, and reaps. */
static void child_end(struct bt_child *c)
{
	int status;

	child_close(c);
	if (c->pid <= 0)
		return;
	child_kill(c, SIGTERM);
	if (!child_reap(c, bt_clock_ms() + GRACE_MS, false, &status)) {
		child_kill(c, SIGKILL);
		child_reap(c, 0, false, &status);
	}
	c->pid = 0;
}

int bt_child_wait(struct bt_child *c, int *ret_status, struct bt_err *err)
{
	int rc;

	child_close(c);
	if (c->pid <= 0)
		return bt_err_set(err, BT_ERR_FAIL, "no child process to wait for");
	rc = child_reap(c, 0, true, ret_status);
	if (rc > 0)
		return 0;
	if (!rc) {
		child_end(c);
		return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
	}
	rc = bt_err_errno(err, "cannot wait for a child process");
	c->pid = 0;
	return rc;
}

void bt_child_release(struct bt_child *c)
{
	int status;

	if (!c)
		return;
	child_close(c);
	if (c->pid > 0 && child_reap(c, bt_clock_ms(), false, &status) <= 0)
		child_end(c);
}

/* --- run to the end --- */

struct run {
	struct bt_child child;
	const char *name;
	const char *in;
	size_t in_len;
	struct bt_buf *out, *errout;
	size_t out_max;
	int64_t deadline_ms;	/* 0: none */
	int timeout_ms;
	bool err_file;		/* child.err is read at the end */
};

static int run_write(struct run *r, struct bt_err *err)
{
	ssize_t n = write(r->child.in, r->in, r->in_len);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n < 0 && errno != EPIPE)
		return bt_err_errno(err, "cannot write to '%s'", r->name);
	/* A child that does not want to read everything may do so. */
	if (n < 0 || (size_t)n == r->in_len) {
		bt_close_fd(&r->child.in);
		return 0;
	}
	r->in += n;
	r->in_len -= (size_t)n;
	return 0;
}

static int run_read_out(struct run *r, struct bt_err *err)
{
	size_t step = r->out->len < READ_STEP ? READ_STEP : r->out->len;
	size_t left = r->out_max - r->out->len;
	char one, *to = &one;
	ssize_t n;

	if (step > READ_STEP_MAX)
		step = READ_STEP_MAX;
	if (step > left)
		step = left;
	/* At the maximum one more byte decides between the end and too much. */
	if (step) {
		to = bt_buf_reserve(r->out, step);
		if (!to)
			return bt_buf_check(r->out, r->name, err);
	}
	n = read(r->child.out, to, step ? step : 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n < 0)
		return bt_err_errno(err, "cannot read from '%s'", r->name);
	if (!n)
		bt_close_fd(&r->child.out);
	else if (!step)
		return bt_err_set(err, BT_ERR_LIMIT, "'%s' wrote more than %zu bytes", r->name,
				  r->out_max);
	r->out->len += (size_t)n;
	return 0;
}

static int run_read_err(struct run *r, struct bt_err *err)
{
	char bytes[4096];
	ssize_t n = read(r->child.err, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n < 0)
		return bt_err_errno(err, "cannot read from '%s'", r->name);
	if (!n) {
		bt_close_fd(&r->child.err);
		return 0;
	}
	/* The first lines say what is wrong; the rest is read and dropped. */
	if (r->errout->len < ERROUT_MAX) {
		size_t left = ERROUT_MAX - r->errout->len;

		bt_buf_add(r->errout, bytes, (size_t)n < left ? (size_t)n : left);
	}
	return 0;
}

static int run_read_file(struct run *r, struct bt_err *err)
{
	if (lseek(r->child.err, 0, SEEK_SET) < 0)
		return bt_err_errno(err, "cannot read from '%s'", r->name);
	while (r->child.err >= 0)
		if (run_read_err(r, err))
			return err->code;
	return 0;
}

static int run_timeout(const struct run *r, struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_LIMIT, "'%s' did not end within %d ms", r->name,
			  r->timeout_ms);
}

static int run_step(struct run *r, struct bt_err *err)
{
	struct pollfd p[3] = {
		{ .fd = r->child.in, .events = POLLOUT },
		{ .fd = r->child.out, .events = POLLIN },
		{ .fd = r->err_file ? -1 : r->child.err, .events = POLLIN },
	};
	int ms = SLICE_MS, rc;

	if (r->deadline_ms) {
		int64_t left = r->deadline_ms - bt_clock_ms();

		if (left <= 0)
			return run_timeout(r, err);
		if (left < ms)
			ms = (int)left;
	}
	rc = bt_cancel_check(err);
	if (rc)
		return rc;
	if (poll(p, 3, ms) < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return 0;
		return bt_err_errno(err, "cannot wait for '%s'", r->name);
	}
	if (p[0].revents)
		rc = run_write(r, err);
	if (!rc && p[1].revents)
		rc = run_read_out(r, err);
	if (!rc && p[2].revents)
		rc = run_read_err(r, err);
	return rc;
}

static int run_loop(struct run *r, int *ret_status, struct bt_err *err)
{
	int rc;

	while (r->child.in >= 0 || r->child.out >= 0 || (r->child.err >= 0 && !r->err_file)) {
		rc = run_step(r, err);
		if (rc)
			return rc;
	}
	rc = child_reap(&r->child, r->deadline_ms, true, ret_status);
	if (rc > 0)
		return r->err_file ? run_read_file(r, err) : 0;
	if (rc < 0)
		return bt_err_errno(err, "cannot wait for '%s'", r->name);
	rc = bt_cancel_check(err);
	return rc ? rc : run_timeout(r, err);
}

/* The length at which *out is full: the option's or the buffer's own maximum, whichever is less. */
static size_t out_limit(const struct bt_buf *out, size_t out_max)
{
	size_t own = out->max ? out->max : BT_BUF_DEFAULT_MAX;

	if (!out_max)
		out_max = BT_BUF_DEFAULT_MAX;
	if (out->len >= own || out_max >= own - out->len)
		return own;
	return out->len + out_max;	/* what the buffer held before does not count */
}

static void nonblocking(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int bt_child_run(const struct bt_child_opts *o, const void *in, size_t in_len, struct bt_buf *out,
		 struct bt_buf *errout, int *ret_status, struct bt_err *err)
{
	struct bt_child_opts opts = *o;
	struct run r = { .child = BT_CHILD_INIT, .name = o->argv[0], .in = in, .in_len = in_len,
			 .out = out, .errout = errout, .timeout_ms = o->timeout_ms };
	int rc;

	if (out)
		r.out_max = out_limit(out, o->out_max);
	if (o->timeout_ms > 0)
		r.deadline_ms = bt_clock_ms() + o->timeout_ms;
	opts.in = in ? BT_CHILD_PIPE : o->in == BT_CHILD_PIPE ? BT_CHILD_NULL : o->in;
	opts.out = out ? BT_CHILD_PIPE : o->out == BT_CHILD_PIPE ? BT_CHILD_NULL : o->out;
	r.err_file = errout && o->err == BT_CHILD_FILE;
	if (!r.err_file)
		opts.err = errout ? BT_CHILD_PIPE : o->err == BT_CHILD_PIPE ? BT_CHILD_NULL : o->err;
	rc = bt_child_start(&r.child, &opts, err);
	if (rc)
		return rc;
	nonblocking(r.child.in);
	if (!in_len)
		bt_close_fd(&r.child.in);
	rc = run_loop(&r, ret_status, err);
	if (rc)
		child_end(&r.child);
	return rc;
}
