/*
 * One worker as the parent sees it: what it was given, what is written, what it has answered.
 * Nothing a worker sends is believed: an answer must be for the blob whose turn it is, and no
 * longer than an answer about that blob can be.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/index/pool_int.h"
#include "core/index/worker_proto.h"

/* Blobs per call of sendmsg. */
#define SEND_NR 16
#define READ_MIN ((size_t)64 << 10)
/* Read buffers above this are given back when empty. */
#define KEEP_LEN ((size_t)1 << 20)

struct bt_pool_worker *bt_pool_worker_add(struct bt_pool *p, pid_t pid, int fd)
{
	struct bt_pool_worker *w = bt_xcalloc(1, sizeof(*w));

	w->pid = pid;
	w->fd = fd;
	w->kind = BT_WORKER_SPARE;
	w->open = true;
	BT_GROW(p->workers, p->workers_alloc, p->workers_nr + 1);
	p->workers[p->workers_nr++] = w;
	return w;
}

void bt_pool_worker_drop(struct bt_pool *p, size_t index)
{
	struct bt_pool_worker *w = p->workers[index];

	bt_close_fd(&w->fd);
	bt_blob_list_release(&w->todo);
	bt_blob_list_release(&w->answered);
	free(w->in);
	free(w);
	p->workers[index] = p->workers[--p->workers_nr];
}

void bt_pool_worker_retire(struct bt_pool_worker *w)
{
	w->open = false;
}

void bt_pool_worker_condemn(struct bt_pool_worker *w, enum bt_result_status cause, const char *fmt,
			    ...)
{
	va_list ap;

	if (w->condemned)
		return;
	w->condemned = true;
	w->open = false;
	w->eof = true;
	w->cause = cause;
	va_start(ap, fmt);
	vsnprintf(w->reason, sizeof(w->reason), fmt, ap);
	va_end(ap);
}

/* The deadline runs anew for what it does next, if anything. */
static void due_set(const struct bt_pool *p, struct bt_pool_worker *w)
{
	w->due_ms = w->todo.nr || w->shut ? p->clock_ms + p->o.wall_ms : 0;
}

void bt_pool_worker_give(struct bt_pool *p, struct bt_pool_worker *w, struct bt_pool_blob *b)
{
	b->seq = ++p->seq;
	bt_blob_list_push(&w->todo, b);
	if (!w->unsent) {
		w->unsent = b;
		w->unsent_at = 0;
	}
	w->got_nr++;
	w->got_bytes += b->len;
	w->filling = true;
	if (w->kind == BT_WORKER_ALONE)
		w->open = false;
	if (!w->due_ms)
		due_set(p, w);
}

/* The parts of unsent blobs, heads and bytes by turns; the number of parts. */
static int send_parts(const struct bt_pool_worker *w, struct bt_work_head *heads, struct iovec *iov)
{
	const struct bt_pool_blob *b = w->unsent;
	size_t skip = w->unsent_at;
	int nr = 0;

	for (int i = 0; b && i < SEND_NR; i++, b = b->next, skip = 0) {
		heads[i] = (struct bt_work_head){ .seq = b->seq,
						  .lang = b->lang ? b->lang->index : BT_WORK_NO_LANG,
						  .len = (uint32_t)b->len,
						  .want = b->want };
		if (skip < sizeof(heads[i])) {
			iov[nr].iov_base = (char *)&heads[i] + skip;
			iov[nr++].iov_len = sizeof(heads[i]) - skip;
			skip = 0;
		} else {
			skip -= sizeof(heads[i]);
		}
		if (skip == b->len)
			continue;
		iov[nr].iov_base = (void *)(uintptr_t)(b->data + skip);
		iov[nr++].iov_len = b->len - skip;
	}
	return nr;
}

static void sent(struct bt_pool_worker *w, size_t n)
{
	size_t rest;

	for (; w->unsent; w->unsent = w->unsent->next, w->unsent_at = 0) {
		rest = sizeof(struct bt_work_head) + w->unsent->len - w->unsent_at;
		if (n < rest) {
			w->unsent_at += n;
			return;
		}
		n -= rest;
	}
}

void bt_pool_worker_send(struct bt_pool *p, struct bt_pool_worker *w)
{
	struct bt_work_head heads[SEND_NR];
	struct iovec iov[2 * SEND_NR];
	struct msghdr msg = { .msg_iov = iov };
	ssize_t n;

	while (w->unsent && !w->condemned && !w->ended) {
		msg.msg_iovlen = (size_t)send_parts(w, heads, iov);
		n = sendmsg(w->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* full; or it died, and the zygote will tell */
		sent(w, (size_t)n);
	}
	if (!w->unsent && !w->open && !w->shut && w->fd >= 0) {
		shutdown(w->fd, SHUT_WR);
		w->shut = true;
		if (!w->due_ms)
			due_set(p, w);
	}
}

/* Can this be an answer about that blob? */
static bool answer_sane(const struct bt_pool *p, const struct bt_answer_head *a, const struct bt_pool_blob *b)
{
	if (a->seq != b->seq || a->status > BT_ANSWER_REFUSED || a->len > bt_answer_len_max(b->len))
		return false;
	if (!(b->want & BT_WANT_FACTS) && a->status == BT_ANSWER_FACTS && a->len)
		return false;
	return b->want & BT_WANT_MORE ? a->more_len <= p->o.addon->len_max : !a->more && !a->more_len;
}

/* Checks what has been read; false: it is nonsense. */
static bool answers_check(struct bt_pool *p, struct bt_pool_worker *w)
{
	struct bt_answer_head a;
	struct bt_pool_blob *b;

	while (w->in_len - w->checked >= sizeof(a)) {
		memcpy(&a, w->in + w->checked, sizeof(a));
		b = w->todo.head;
		if (!b || b == w->unsent || !answer_sane(p, &a, b))
			return false;
		if (w->in_len - w->checked - sizeof(a) < (size_t)a.len + a.more_len)
			break;
		w->checked += sizeof(a) + a.len + a.more_len;
		bt_blob_list_push(&w->answered, bt_blob_list_pop(&w->todo));
		p->blameless = 0;
		due_set(p, w);
	}
	return true;
}

/* How much the buffer must be able to take: the rest of the answer that has begun, if any. */
static size_t in_wanted(const struct bt_pool_worker *w)
{
	size_t have = w->in_len - w->checked, want = READ_MIN;
	struct bt_answer_head a;

	if (have < sizeof(a))
		return want;
	memcpy(&a, w->in + w->checked, sizeof(a));
	if (sizeof(a) + a.len + a.more_len > have + want)
		want = sizeof(a) + a.len + a.more_len - have;
	return want;
}

static bool in_grow(struct bt_pool_worker *w)
{
	size_t want = in_wanted(w), alloc;
	char *in;

	if (w->given == w->in_len && w->in_alloc > KEEP_LEN) {
		free(w->in);
		w->in = NULL;
		w->in_alloc = 0;
	}
	if (w->in && w->given)
		memmove(w->in, w->in + w->given, w->in_len - w->given);
	w->in_len -= w->given;
	w->checked -= w->given;
	w->given = 0;
	if (w->in_alloc - w->in_len >= want)
		return true;
	alloc = w->in_alloc + w->in_alloc / 2;
	if (alloc < w->in_len + want)
		alloc = w->in_len + want;
	in = realloc(w->in, alloc);
	if (!in)
		return false;
	w->in = in;
	w->in_alloc = alloc;
	return true;
}

void bt_pool_worker_receive(struct bt_pool *p, struct bt_pool_worker *w)
{
	ssize_t n;

	if (w->eof)
		return;
	if (!in_grow(w)) {
		bt_pool_worker_condemn(w, BT_RESULT_KILLED_MEMORY, "no memory for its answer");
		return;
	}
	do
		n = recv(w->fd, w->in + w->in_len, w->in_alloc - w->in_len, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) { /* ECONNRESET: it left with work unread; all it wrote has been read */
		w->eof = true;
		return;
	}
	w->in_len += (size_t)n;
	if (!answers_check(p, w))
		bt_pool_worker_condemn(w, BT_RESULT_KILLED_CRASH, "answered %zu bytes of nonsense",
				       w->in_len - w->checked);
}

bool bt_pool_worker_ripe(const struct bt_pool_worker *w)
{
	return w->answered.nr && (w->kind == BT_WORKER_PLAIN || w->clean);
}
