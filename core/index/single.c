/*
 * The parent's half of one worker: blocking, with a deadline. The child's half is the pool's worker.
 */
#include "core/index/single.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/index/worker_proto.h"
#include "core/index/zygote.h"

int bt_single_open(const struct bt_pool_opts *o, struct bt_single *ret_s, struct bt_err *err)
{
	struct bt_zygote_opts zo = { .address_space_max = o->address_space_max, .cpu_s = o->cpu_s,
				     .seccomp = o->seccomp, .addon = o->addon };
	pid_t parent = getpid(), pid;
	int fds[2];

	bt_langs_nr();	/* as in bt_zygote_start */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return bt_err_errno(err, "cannot make a socket for a parse worker");
	BT_CLOSE int ours = fds[0];
	BT_CLOSE int theirs = fds[1];
	pid = fork();
	if (pid < 0)
		return bt_err_errno(err, "cannot start a parse worker");
	if (!pid)
		bt_zygote_be_worker(theirs, parent, &zo);
	*ret_s = (struct bt_single){ .pid = pid, .fd = ours, .o = o };
	ours = -1;
	return 0;
}

void bt_single_release(struct bt_single *s)
{
	int status;

	bt_close_fd(&s->fd);
	if (!s->pid)
		return;
	/* It holds nothing that an orderly end would save. */
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
}

static int lost(struct bt_single *s, const char *what, struct bt_err *err)
{
	bt_single_release(s);
	return bt_err_set(err, BT_ERR_FAIL, "a parse worker %s", what);
}

/* Sends, or receives, all of it before the deadline. */
static int transfer(struct bt_single *s, bool out, void *p, size_t len, int64_t due_ms, struct bt_err *err)
{
	struct pollfd pfd = { .fd = s->fd, .events = out ? POLLOUT : POLLIN };
	char *at = p;

	while (len) {
		int64_t left = due_ms - bt_clock_ms();
		ssize_t n;
		int rc = left > 0 ? poll(&pfd, 1, (int)left) : 0;

		if (!rc)
			return lost(s, "takes too long", err);
		if (rc < 0 && errno == EINTR)
			continue;
		n = out ? send(s->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT) : recv(s->fd, at, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return lost(s, "went away", err);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int receive_into(struct bt_single *s, struct bt_buf *out, size_t len, int64_t due_ms, struct bt_err *err)
{
	char *p = bt_buf_reserve(out, len + 1);

	if (!p)
		return lost(s, "answers more than there is memory for", err);
	if (transfer(s, false, p, len, due_ms, err))
		return err->code;
	out->len += len;
	return 0;
}

static bool sane(const struct bt_single *s, const struct bt_answer_head *a, unsigned want, size_t len)
{
	if (a->seq != s->seq || a->status > BT_ANSWER_LIMIT || a->len > bt_answer_len_max(len))
		return false;
	if (!(want & BT_WANT_FACTS) && a->status == BT_ANSWER_FACTS && a->len)
		return false;
	return want & BT_WANT_MORE ? a->more_len <= s->o->addon->len_max : !a->more && !a->more_len;
}

int bt_single_run(struct bt_single *s, const struct bt_lang *lang, unsigned want, const void *data, size_t len,
		  struct bt_buf *facts, struct bt_buf *more, struct bt_err *err)
{
	struct bt_work_head head = { .seq = ++s->seq, .lang = lang ? lang->index : BT_WORK_NO_LANG,
				     .len = (uint32_t)len, .want = want };
	int64_t due_ms = bt_clock_ms() + s->o->wall_ms;
	BT_BUF_OWNED struct bt_buf reason = BT_BUF_INIT;
	struct bt_answer_head a;

	if (!s->pid)
		return bt_err_set(err, BT_ERR_FAIL, "there is no parse worker");
	if (lang && lang->user)	/* there is nobody who could find out first whether it can be loaded */
		return lost(s, "has no grammars of the user", err);
	if (len > BT_BLOB_SIZE_CAP)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %u bytes", BT_BLOB_SIZE_CAP);
	if (transfer(s, true, &head, sizeof(head), due_ms, err) ||
	    transfer(s, true, (void *)(uintptr_t)data, len, due_ms, err) ||
	    transfer(s, false, &a, sizeof(a), due_ms, err))
		return err->code;
	if (!sane(s, &a, want, len))
		return lost(s, "answers nonsense", err);
	if (receive_into(s, a.status == BT_ANSWER_FACTS ? facts : &reason, a.len, due_ms, err) ||
	    receive_into(s, more, a.more_len, due_ms, err))
		return err->code;
	if (a.status == BT_ANSWER_LIMIT || (want & BT_WANT_MORE && !a.more))
		return bt_err_set(err, BT_ERR_LIMIT, "a limit of parsing was reached");
	return 0;
}
