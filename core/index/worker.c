/*
 * Reads as much as there is, parses blob by blob, answers each at once: the parent tells by the
 * answers which blob a worker died of. Blocking reads and writes; the parent never blocks, so
 * neither end waits for the other for ever. Whatever goes wrong here ends the process.
 */
#include "core/index/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/index/addon.h"
#include "core/index/pool.h"
#include "core/index/sandbox.h"
#include "core/index/worker_proto.h"
#include "core/lang/extract.h"

/* One read takes what the parent keeps queued in the socket. */
#define IN_LEN ((size_t)256 << 10)
/* Buffers above this, and what the extractor keeps after blobs above this, are given back. */
#define KEEP_LEN ((size_t)2 << 20)
#define KEEP_BLOB_LEN ((size_t)512 << 10)

struct worker {
	int fd;
	const struct bt_worker_opts *o;
	char *in;
	size_t alloc, at, len; /* in[at..len) is not used yet */
	struct bt_buf out, more;
	uint64_t cpu_soft_s;
};

/* One blob. */
struct task {
	struct worker *w;
	const struct bt_work_head *head;
	const struct bt_lang *lang;
	const char *data;
	bool more_begun;	/* the facts, if wanted, are whole */
	bool more_done;
};

static void in_resize(struct worker *w, size_t alloc)
{
	char *in = realloc(w->in, alloc);

	if (!in)
		_exit(BT_WORKER_EXIT_MEMORY);
	w->in = in;
	w->alloc = alloc;
}

/* Sees to it that `need` bytes are there from `at`. */
static void in_fill(struct worker *w, size_t need)
{
	ssize_t n;

	if (w->len - w->at >= need)
		return;
	memmove(w->in, w->in + w->at, w->len - w->at);
	w->len -= w->at;
	w->at = 0;
	if (w->alloc < need)
		in_resize(w, need);
	else if (w->alloc > KEEP_LEN && need <= IN_LEN && w->len <= IN_LEN)
		in_resize(w, IN_LEN);
	while (w->len < need) {
		n = read(w->fd, w->in + w->len, w->alloc - w->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(n || w->len ? 1 : 0);
		w->len += (size_t)n;
	}
}

static void answer(struct worker *w, const struct bt_answer_head *head, const void *payload)
{
	struct iovec iov[3] = {
		{ .iov_base = (void *)(uintptr_t)head, .iov_len = sizeof(*head) },
		{ .iov_base = (void *)(uintptr_t)payload, .iov_len = head->len },
		{ .iov_base = w->more.data, .iov_len = head->more_len },
	};
	struct iovec *at = iov;
	ssize_t n;

	while (at < iov + 3) {
		n = writev(w->fd, at, (int)(iov + 3 - at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(1);
		for (; at < iov + 3 && (size_t)n >= at->iov_len; at++)
			n -= (ssize_t)at->iov_len;
		if (at < iov + 3) {
			at->iov_base = (char *)at->iov_base + n;
			at->iov_len -= (size_t)n;
		}
	}
}

static int look(struct task *t, struct bt_syntax *syntax, struct bt_err *err)
{
	const struct bt_addon *a = t->w->o->addon;
	int rc;

	t->more_begun = true;
	rc = (t->head->want & BT_WANT_LESS ? a->look_less : a->look)(a->ctx, t->lang, t->data, t->head->len, syntax,
								     &t->w->more, err);
	t->more_done = !rc;
	return rc;
}

static int look_at_tree(void *ctx, struct bt_syntax *syntax, struct bt_err *err)
{
	return look(ctx, syntax, err);
}

/* A limit that the add-on ran into costs what the add-on makes, never the facts: they are the same without it. */
static int extract(struct task *t, struct bt_err *err)
{
	unsigned want = t->head->want;
	struct bt_extract_job j = { .lang = t->lang, .data = t->data, .len = t->head->len };
	int rc;

	if (!t->lang)
		return look(t, NULL, err);
	if (want & BT_WANT_FACTS)
		j.facts = &t->w->out;
	if (want & BT_WANT_MORE) {
		j.also = look_at_tree;
		j.ctx = t;
	}
	rc = bt_extract_job(&j, err);
	return rc == BT_ERR_LIMIT && t->more_begun && !t->more_done && want & BT_WANT_FACTS ? 0 : rc;
}

/* The language has no grammar that works: its blobs have no facts, and nobody dies of it. */
static void refuse(struct worker *w, const struct bt_work_head *head, const char *reason)
{
	struct bt_answer_head a = { .seq = head->seq, .status = BT_ANSWER_REFUSED };

	a.len = (uint32_t)strlen(reason);
	answer(w, &a, reason);
}

static void work(struct worker *w, const struct bt_work_head *head, const char *data)
{
	struct bt_answer_head a = { .seq = head->seq, .status = BT_ANSWER_FACTS };
	struct task t = { .w = w, .head = head, .data = data };
	struct bt_err err = BT_ERR_INIT;
	int64_t start = bt_clock_us();
	int rc;

	if (head->lang != BT_WORK_NO_LANG)
		t.lang = bt_lang_get(head->lang);
	if (t.lang && t.lang->user && bt_extract_refused(t.lang)) {
		bt_buf_clear(&w->more);
		refuse(w, head, bt_extract_refused(t.lang));
		return;
	}
	if (bt_sandbox_allow_cpu(w->o->cpu_s, &w->cpu_soft_s, &err))
		_exit(BT_WORKER_EXIT_SANDBOX);
	bt_buf_clear(&w->out);
	bt_buf_clear(&w->more);
	w->out.max = bt_answer_len_max(head->len);
	rc = extract(&t, &err);
	if (rc && rc != BT_ERR_LIMIT)
		_exit(BT_WORKER_EXIT_MEMORY);
	a.us = (uint64_t)(bt_clock_us() - start);
	a.more = t.more_done;
	a.more_len = t.more_done ? (uint32_t)w->more.len : 0;
	if (rc) {
		a.status = BT_ANSWER_LIMIT;
		a.len = (uint32_t)strnlen(err.msg, sizeof(err.msg));
		answer(w, &a, err.msg);
	} else {
		a.len = (uint32_t)w->out.len;
		answer(w, &a, w->out.data);
	}
	if (rc || head->len > KEEP_BLOB_LEN)
		bt_extract_release();
	if (w->out.alloc > KEEP_LEN)
		bt_buf_release(&w->out);
}

static bool head_sane(const struct worker *w, const struct bt_work_head *h)
{
	if (h->len > BT_BLOB_SIZE_CAP || (h->want & BT_WANT_MORE && !w->o->addon))
		return false;
	if (h->want & BT_WANT_LESS && (!(h->want & BT_WANT_MORE) || !w->o->addon->look_less))
		return false;
	return h->lang == BT_WORK_NO_LANG ? (h->want & ~BT_WANT_LESS) == BT_WANT_MORE : h->lang < bt_langs_nr();
}

void bt_worker_run(int fd, const struct bt_worker_opts *o)
{
	struct worker w = { .fd = fd, .o = o };
	struct bt_err err = BT_ERR_INIT;
	struct bt_work_head head;

	bt_buf_init(&w.out, 0);
	bt_buf_init(&w.more, o->addon ? o->addon->len_max : 0);
	if (bt_sandbox_limit(o->address_space, &err) || (o->seccomp && bt_sandbox_deny_calls(&err)))
		_exit(BT_WORKER_EXIT_SANDBOX);
	in_resize(&w, IN_LEN);
	for (;;) {
		in_fill(&w, sizeof(head));
		memcpy(&head, w.in + w.at, sizeof(head));
		w.at += sizeof(head);
		if (!head_sane(&w, &head))
			_exit(1);
		in_fill(&w, head.len);
		work(&w, &head, w.in + w.at);
		w.at += head.len;
	}
}
