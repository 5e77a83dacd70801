/*
 * Reading a running git. One poll loop serves its stdin, stdout and stderr: requests of any length
 * may be queued while answers of any length come, and a child that complains at length on stderr
 * does not stop either. SIGPIPE is ignored by the process (core/base/signal.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/git/program.h"

#define STREAM_READ_MIN ((size_t)64 << 10)
/* Fewer switches between the two processes; refused by the kernel it costs nothing. */
#define STREAM_PIPE_SIZE (256 << 10)
#define STREAM_ERRTEXT_MAX ((size_t)32 << 10)
/* How long a finished git may keep its stderr open (a process of its own may hold it). */
#define STREAM_DRAIN_MS 1000
/* How long a wait may miss an interruption that came just before it. */
#define STREAM_SLICE_MS 250

void bt_git_stream_init(struct bt_git_stream *s)
{
	*s = (struct bt_git_stream){ .child = BT_CHILD_INIT };
	bt_buf_init(&s->send, 0);
	bt_buf_init(&s->buf, 0);
	bt_buf_init(&s->errtext, STREAM_ERRTEXT_MAX);
}

void bt_git_stream_release(struct bt_git_stream *s)
{
	if (!s)
		return;
	bt_child_release(&s->child);
	bt_buf_release(&s->send);
	bt_buf_release(&s->buf);
	bt_buf_release(&s->errtext);
}

static int fd_nonblock(int fd, struct bt_err *err)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return bt_err_errno(err, "cannot set up a pipe to git");
	return 0;
}

int bt_git_stream_start(struct bt_git_stream *s, struct bt_git_cmd *c, bool with_input,
			size_t buf_max, struct bt_err *err)
{
	struct bt_child_opts o = bt_git_cmd_opts(c);
	int rc;

	s->buf.max = buf_max;
	o.in = with_input ? BT_CHILD_PIPE : BT_CHILD_NULL;
	o.out = BT_CHILD_PIPE;
	o.err = BT_CHILD_PIPE;
	/* It may have to ask for a passphrase (a partial clone): it stays in the foreground. */
	o.same_group = true;
	rc = bt_child_start(&s->child, &o, err);
	if (rc)
		return rc;
	(void)fcntl(s->child.out, F_SETPIPE_SZ, STREAM_PIPE_SIZE);
	rc = fd_nonblock(s->child.out, err);
	if (!rc)
		rc = fd_nonblock(s->child.err, err);
	if (!rc && with_input)
		rc = fd_nonblock(s->child.in, err);
	return rc;
}

int bt_git_stream_push(struct bt_git_stream *s, struct bt_err *err)
{
	while (s->send_at < s->send.len && !s->in_broken) {
		ssize_t n = write(s->child.in, s->send.data + s->send_at, s->send.len - s->send_at);

		if (n >= 0)
			s->send_at += (size_t)n;
		else if (errno == EAGAIN)
			return 0;
		else if (errno == EPIPE)
			s->in_broken = true; /* its stderr and status will say why */
		else if (errno != EINTR)
			return bt_err_errno(err, "cannot write to git");
	}
	bt_buf_clear(&s->send);
	s->send_at = 0;
	if (s->send_ends)
		bt_close_fd(&s->child.in);
	return 0;
}

/* Reads of stderr what is there, keeping the last part; was there something? */
static bool errtext_read(struct bt_git_stream *s)
{
	char chunk[4096];
	ssize_t n = read(s->child.err, chunk, sizeof(chunk));
	struct bt_buf *b = &s->errtext;

	if (n > 0) {
		if (b->len + (size_t)n > STREAM_ERRTEXT_MAX) {
			size_t keep = STREAM_ERRTEXT_MAX / 2;

			memmove(b->data, b->data + b->len - keep, keep);
			b->len = keep;
		}
		bt_buf_add(b, chunk, (size_t)n);
		return true;
	}
	if (n == 0 || (errno != EINTR && errno != EAGAIN))
		bt_close_fd(&s->child.err);
	return false;
}

/* Moves the unread bytes to the front when there is much dead room before them, or no room behind them. */
static void buf_compact(struct bt_git_stream *s, bool has_room)
{
	size_t left = s->buf.len - s->at;

	if (!s->at || (left && s->at < STREAM_READ_MIN && has_room))
		return;
	memmove(s->buf.data, s->buf.data + s->at, left);
	s->buf.len = left;
	s->at = 0;
}

/* One read of stdout: BT_ROW, BT_DONE at the end, -1 in errno terms when it would block. */
static int out_read(struct bt_git_stream *s, char *to, size_t room, bool *ret_again,
		    struct bt_err *err)
{
	ssize_t n = read(s->child.out, to, room);

	*ret_again = false;
	if (n > 0) {
		s->buf.len += (size_t)n;
		return BT_ROW;
	}
	if (n == 0) {
		s->eof = true;
		return BT_DONE;
	}
	if (errno != EAGAIN && errno != EINTR)
		return bt_err_errno(err, "cannot read from git");
	*ret_again = true;
	return BT_ROW;
}

int bt_git_stream_fill(struct bt_git_stream *s, size_t want, struct bt_err *err)
{
	size_t room = want > STREAM_READ_MIN ? want : STREAM_READ_MIN;
	size_t max = s->buf.max ? s->buf.max : BT_BUF_DEFAULT_MAX;
	bool again;
	char *to;
	int rc;

	if (s->eof)
		return BT_DONE;
	buf_compact(s, room <= max - s->buf.len);
	/* A full buffer fails below. */
	if (room > max - s->buf.len && s->buf.len < max)
		room = max - s->buf.len;
	to = bt_buf_reserve(&s->buf, room);
	if (!to)
		return bt_buf_check(&s->buf, "the output of git", err);
	for (;;) {
		bool sending = s->send_at < s->send.len && !s->in_broken;
		struct pollfd fds[3] = {
			{ .fd = s->child.out, .events = POLLIN },
			{ .fd = s->child.err, .events = POLLIN }, /* -1 is ignored */
			{ .fd = sending ? s->child.in : -1, .events = POLLOUT },
		};

		rc = out_read(s, to, room, &again, err);
		if (!again)
			return rc;
		rc = bt_cancel_check(err);
		if (rc)
			return rc;
		if (poll(fds, BT_ARRAY_NR(fds), STREAM_SLICE_MS) < 0) {
			if (errno == EINTR)
				continue;
			return bt_err_errno(err, "cannot wait for git");
		}
		if (fds[1].revents)
			errtext_read(s);
		if (fds[2].revents) {
			rc = bt_git_stream_push(s, err);
			if (rc)
				return rc;
		}
	}
}

int bt_git_stream_record(struct bt_git_stream *s, char delim, char **ret_rec, size_t *ret_len,
			 struct bt_err *err)
{
	size_t scanned = 0;

	for (;;) {
		char *start = s->buf.data + s->at;
		size_t left = s->buf.len - s->at;
		char *end = memchr(start + scanned, delim, left - scanned);
		int rc;

		if (end) {
			*end = '\0';
			*ret_rec = start;
			*ret_len = (size_t)(end - start);
			s->at += *ret_len + 1;
			return BT_ROW;
		}
		scanned = left;
		rc = bt_git_stream_fill(s, 0, err);
		if (rc == BT_DONE && left)
			return bt_err_set(err, BT_ERR_CORRUPT,
					  "the output of git ends within a record");
		if (rc != BT_ROW)
			return rc;
	}
}

bool bt_git_stream_complained(struct bt_git_stream *s, const char *about)
{
	while (s->child.err >= 0 && errtext_read(s))
		;
	return strstr(bt_buf_cstr(&s->errtext), about) != NULL;
}

int bt_git_stream_finish(struct bt_git_stream *s, const char *what, struct bt_err *err)
{
	int rc;

	bt_close_fd(&s->child.in);
	bt_close_fd(&s->child.out);
	while (s->child.err >= 0) {
		struct pollfd fd = { .fd = s->child.err, .events = POLLIN };
		int n = poll(&fd, 1, STREAM_DRAIN_MS);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		errtext_read(s);
	}
	rc = bt_child_wait(&s->child, &s->status, err);
	if (rc)
		return rc;
	if (s->status)
		return bt_git_fail(err, BT_ERR_FAIL, what, bt_buf_cstr(&s->errtext), s->status);
	return 0;
}
