/*
 * The parent's half: starts the zygote, asks, receives events. One message is one packet of a
 * SOCK_SEQPACKET pair, so that nothing is ever half read.
 */
#include "core/index/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/lang/langs.h"

#define STOP_WAIT_MS 2000

static void child_main(int fd, pid_t parent, const struct bt_zygote_opts *o)
	__attribute__((noreturn));

static void child_main(int fd, pid_t parent, const struct bt_zygote_opts *o)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	bt_zygote_run(fd, o);
}

int bt_zygote_start(struct bt_zygote *z, const struct bt_zygote_opts *o, struct bt_err *err)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	bt_langs_nr();	/* the list of languages is read here: over there is no environment that says where it is */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return bt_err_errno(err, "cannot make a socket for the parse workers");
	BT_CLOSE int ours = fds[0];
	BT_CLOSE int theirs = fds[1];
	if (fcntl(ours, F_SETFL, O_NONBLOCK))
		return bt_err_errno(err, "cannot make a socket for the parse workers");
	pid = fork();
	if (pid < 0)
		return bt_err_errno(err, "cannot start the parse workers");
	if (!pid)
		child_main(theirs, parent, o);
	z->pid = pid;
	z->fd = ours;
	ours = -1;
	return 0;
}

/* Reads on until the zygote has closed its end; false: it does not. */
static bool drain(int fd)
{
	struct bt_zygote_event e;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	for (;;) {
		n = recv(fd, &e, sizeof(e), 0); /* descriptors that come along are dropped */
		if (n > 0 || (n < 0 && errno == EINTR))
			continue;
		if (!n || errno != EAGAIN)
			return true;
		n = poll(&pfd, 1, STOP_WAIT_MS);
		if (!n || (n < 0 && errno != EINTR))
			return false;
	}
}

void bt_zygote_dismiss(struct bt_zygote *z)
{
	if (z->pid)
		shutdown(z->fd, SHUT_WR);
}

void bt_zygote_stop(struct bt_zygote *z)
{
	int status;

	bt_zygote_dismiss(z);
	if (z->pid) {
		if (!drain(z->fd))
			kill(z->pid, SIGKILL);
		while (waitpid(z->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	bt_close_fd(&z->fd);
	z->pid = 0;
}

static int request(struct bt_zygote *z, enum bt_zygote_op op, uint32_t arg, struct bt_err *err)
{
	struct bt_zygote_request r = { .op = op, .arg = arg };
	ssize_t n;

	do
		n = send(z->fd, &r, sizeof(r), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof(r))
		return 0;
	if (errno == EAGAIN || errno == ENOBUFS)
		return bt_err_set(err, BT_ERR_BUSY, "the parse workers are behind");
	return bt_err_errno(err, "cannot reach the parse workers");
}

int bt_zygote_prepare(struct bt_zygote *z, unsigned lang_index, struct bt_err *err)
{
	return request(z, BT_ZYGOTE_OP_PREPARE, lang_index, err);
}

int bt_zygote_spawn(struct bt_zygote *z, uint32_t arg, struct bt_err *err)
{
	return request(z, BT_ZYGOTE_OP_SPAWN, arg, err);
}

int bt_zygote_kill(struct bt_zygote *z, pid_t pid, struct bt_err *err)
{
	return request(z, BT_ZYGOTE_OP_KILL, (uint32_t)pid, err);
}

static int zygote_gone(struct bt_zygote *z, struct bt_err *err)
{
	int status = 0;
	pid_t pid = waitpid(z->pid, &status, WNOHANG);

	if (pid != z->pid)
		return bt_err_set(err, BT_ERR_FAIL,
				  "the process that starts parse workers went away");
	z->pid = 0;
	if (WIFSIGNALED(status))
		return bt_err_set(err, BT_ERR_FAIL,
				  "the process that starts parse workers died of signal %d",
				  WTERMSIG(status));
	return bt_err_set(err, BT_ERR_FAIL,
			  "the process that starts parse workers left with status %d",
			  WEXITSTATUS(status));
}

int bt_zygote_next(struct bt_zygote *z, struct bt_zygote_event *ret_event, struct bt_err *err)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = ret_event, .iov_len = sizeof(*ret_event) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(z->fd, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return BT_DONE;
	if (n < 0 && errno != ECONNRESET)
		return bt_err_errno(err, "cannot hear from the parse workers");
	if (n != (ssize_t)sizeof(*ret_event))
		return zygote_gone(z, err);
	ret_event->fd = -1;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&ret_event->fd, CMSG_DATA(c), sizeof(int));
	if (ret_event->kind != BT_ZYGOTE_SPAWNED)
		return BT_ROW;
	if (ret_event->fd < 0)
		return bt_err_set(err, BT_ERR_FAIL, "no descriptor is left for a parse worker");
	fcntl(ret_event->fd, F_SETFL, O_NONBLOCK);
	return BT_ROW;
}
