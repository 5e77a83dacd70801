/*
 * Children of the gate: commands and hooks of other people, which may hang, shout, and leave processes behind.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/signal.h"
#include "core/batch/push/impl.h"
#include "core/batch/verify/impl.h"

/* What is kept of its words; verdicts hold one line. */
#define SAID_MAX ((size_t)64 << 10)
/* How often it is looked whether the process is over: one that was left behind may hold the pipe open. */
#define SLICE_MS 20
/* Between asking a group to end and ending it. */
#define GRACE_MS 500
/* What is in the pipe at its end counts; what processes that were left behind keep writing does not. */
#define DRAIN_MAX ((size_t)1 << 20)

/* git's own list (git rev-parse --local-env-vars) without the user's -c options, and what else means the caller's doings. */
static const char *const dropped[] = {
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
	"GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_LITERAL_PATHSPECS", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS",
	"GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_REFLOG_ACTION", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE",
	"GIT_WORK_TREE", "BATHO_QUEUE_FENCE",
};

void gate_cmd_clean(struct bt_git_cmd *c)
{
	for (size_t i = 0; i < BT_ARRAY_NR(dropped); i++)
		bt_git_cmd_env(c, dropped[i]);
}

void gate_cmd_here(struct bt_git_cmd *c, const struct bt_repo *repo)
{
	BT_FREE char *git_dir = bt_xasprintf("GIT_DIR=%s", repo->git_dir);
	BT_FREE char *top = repo->top ? bt_xasprintf("GIT_WORK_TREE=%s", repo->top) : NULL;

	gate_cmd_clean(c);
	bt_git_cmd_env(c, git_dir);
	if (top)
		bt_git_cmd_env(c, top);
	c->cwd = repo->top ? repo->top : repo->common_dir;
}

void gate_end_release(struct gate_end *e)
{
	bt_buf_release(&e->said);
}

/* --- running --- */

static void keep(struct gate_end *e, const char *p, size_t len)
{
	if (e->said.len + len > 2 * SAID_MAX) {
		size_t left = e->said.len < SAID_MAX ? e->said.len : SAID_MAX;

		memmove(e->said.data, e->said.data + e->said.len - left, left);
		e->said.len = left;
	}
	bt_buf_add(&e->said, p, len);
}

/* What is there now; false at the end of the pipe. */
static bool listen(int *fd, struct gate_end *e, size_t *ret_len)
{
	char bytes[16384];
	ssize_t n = read(*fd, bytes, sizeof(bytes));

	*ret_len = n > 0 ? (size_t)n : 0;
	if (n > 0)
		keep(e, bytes, (size_t)n);
	else if (!n || (errno != EINTR && errno != EAGAIN))
		bt_close_fd(fd);
	return n > 0;
}

static bool is_over(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	/* not reaped: as long as it is there its group cannot be another one */
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

static void group_end(pid_t pid)
{
	int64_t until = bt_clock_ms() + GRACE_MS;

	if (!is_over(pid)) {
		kill(-pid, SIGTERM);
		while (!is_over(pid) && bt_clock_ms() < until)
			poll(NULL, 0, 5);
	}
	kill(-pid, SIGKILL);
}

static int serve(struct bt_child *c, int64_t deadline, struct gate_end *e, struct bt_err *err)
{
	size_t len;

	while (!is_over(c->pid)) {
		struct pollfd p[2] = { { .fd = c->out, .events = POLLIN }, { .fd = c->err, .events = POLLIN } };

		if (bt_clock_ms() >= deadline) {
			e->timed_out = true;
			return 0;
		}
		if (bt_cancel_check(err))
			return err->code;
		if (poll(p, 2, SLICE_MS) <= 0)
			continue;
		if (p[0].revents)
			listen(&c->out, e, &len);
		if (p[1].revents)
			listen(&c->err, e, &len);
	}
	for (size_t all = 0; c->out >= 0 && all < DRAIN_MAX && listen(&c->out, e, &len); all += len)
		;
	for (size_t all = 0; c->err >= 0 && all < DRAIN_MAX && listen(&c->err, e, &len); all += len)
		;
	return 0;
}

int gate_child_run(const struct gate_place *p, struct bt_child_opts *o, int timeout_s, struct gate_end *ret_end, struct bt_err *err)
{
	BT_CLEANUP(bt_child_release) struct bt_child c = BT_CHILD_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	int rc, status = 0;

	*ret_end = (struct gate_end){ .status = 0 };
	o->in = BT_CHILD_NULL;
	o->out = o->err = BT_CHILD_PIPE;
	o->own_session = true;
	if (bt_child_start(&c, o, err))
		return err->code;
	gate_place_note(p, c.pid);
	fcntl(c.out, F_SETFL, O_NONBLOCK);
	fcntl(c.err, F_SETFL, O_NONBLOCK);
	rc = serve(&c, bt_clock_ms() + (int64_t)timeout_s * 1000, ret_end, err);
	group_end(c.pid);
	/* it is dead, or as good as dead: the wait is short, and an interruption is told by serve */
	if (bt_child_wait(&c, &status, rc ? &ignored : err))
		rc = rc ? rc : err->code;
	gate_place_note(p, 0);
	ret_end->status = status;
	if (rc)
		gate_end_release(ret_end);
	return rc;
}

/* --- words --- */

/* A line as a terminal would show it at the end: what a carriage return has overwritten is gone. */
static void plain(const char *p, size_t len, struct bt_buf *out)
{
	while (len && p[len - 1] == '\r')
		len--;
	for (size_t i = len; i-- > 0;)
		if (p[i] == '\r') {
			p += i + 1;
			len -= i + 1;
			break;
		}
	bt_push_clean(out, p, len);
}

static bool says_something(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (isalnum((unsigned char)p[i]) || (unsigned char)p[i] >= 0x80)
			return true;
	return false;
}

/* make: what failed stands above its own words. */
static bool is_make(const char *p)
{
	return !strncmp(p, "make: ", 6) || !strncmp(p, "make[", 5);
}

void gate_last_line(const struct bt_buf *said, struct bt_buf *out)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT, spare = BT_BUF_INIT;
	const struct bt_buf *best = &spare;
	size_t end = said->len;

	for (size_t seen = 0; end && seen < 1000; seen++) {
		size_t start = end;

		while (start && said->data[start - 1] != '\n')
			start--;
		bt_buf_clear(&line);
		plain(said->data + start, end - start, &line);
		end = start ? start - 1 : 0;
		if (!says_something(bt_buf_cstr(&line), line.len))
			continue;
		best = &line;
		if (!is_make(line.data))
			break;
		if (!spare.len)
			bt_buf_add(&spare, line.data, line.len);
		best = &spare;
	}
	bt_buf_add(out, bt_buf_cstr(best), best->len);
}
