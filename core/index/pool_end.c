/*
 * The end of a worker: was it clean, and if not, which blobs are suspect?
 *
 * A blob is never blamed for a death it cannot have caused: one that was not wholly sent, or that
 * was waiting behind another. In a group, what was parsed before is suspect too, since a scanner
 * may have spoilt the heap for those after it.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "core/index/pool_int.h"
#include "core/index/worker_proto.h"

/* Deaths on its own account that a blob may have before it is given up. */
#define DEATHS_MAX 2
/* Deaths in a row that nobody is to blame for: the machine, not the blobs. */
#define BLAMELESS_MAX 16

static void cause_set(struct bt_pool_worker *w, enum bt_result_status cause, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void cause_set(struct bt_pool_worker *w, enum bt_result_status cause, const char *fmt, ...)
{
	va_list ap;

	w->cause = cause;
	va_start(ap, fmt);
	vsnprintf(w->reason, sizeof(w->reason), fmt, ap);
	va_end(ap);
}

static void cause_of_signal(const struct bt_pool *p, struct bt_pool_worker *w, int sig)
{
	if (sig == SIGXCPU)
		cause_set(w, BT_RESULT_KILLED_CPU, "more than %u s of CPU time", p->o.cpu_s);
	else if (sig == SIGKILL)
		cause_set(w, BT_RESULT_KILLED_MEMORY, "killed by the system");
	else if (sig == SIGSYS)
		cause_set(w, BT_RESULT_KILLED_CRASH, "stopped by the sandbox (signal %d)", sig);
	else
		cause_set(w, BT_RESULT_KILLED_CRASH, "signal %d", sig);
}

/* What it died of; a condemned one's cause is known already. */
static void cause_find(const struct bt_pool *p, struct bt_pool_worker *w)
{
	int status;

	if (w->condemned)
		return;
	if (WIFSIGNALED(w->status)) {
		cause_of_signal(p, w, WTERMSIG(w->status));
		return;
	}
	status = WEXITSTATUS(w->status);
	if (status == BT_WORKER_EXIT_MEMORY || status == BT_WORKER_EXIT_XMALLOC)
		cause_set(w, BT_RESULT_KILLED_MEMORY, "out of memory");
	else if (status)
		cause_set(w, BT_RESULT_KILLED_CRASH, "left with status %d", status);
	else
		cause_set(w, BT_RESULT_KILLED_CRASH, "left without an answer");
}

static bool is_clean(const struct bt_pool_worker *w)
{
	return !w->condemned && WIFEXITED(w->status) && !WEXITSTATUS(w->status) && !w->todo.nr &&
	       w->checked == w->in_len;
}

static void wait_again(struct bt_pool *p, struct bt_pool_blob *b)
{
	bt_blob_list_push_front(b->scanner ? &p->scanner : &p->plain, b);
}

static void suspect(struct bt_pool *p, const struct bt_pool_worker *w, struct bt_pool_blob *b,
		    bool guilty)
{
	b->deaths += guilty;
	if (b->deaths && b->want & BT_WANT_MORE && !(b->want & BT_WANT_LESS) && p->o.addon->look_less) {
		b->want |= BT_WANT_LESS;
		b->deaths = 0;
	}
	/* Whatever killed it, the facts come first: they are tried without the rest, with all their lives. */
	if (b->deaths && b->want & BT_WANT_FACTS && b->want & BT_WANT_MORE) {
		b->want = BT_WANT_FACTS;
		b->deaths = 0;
	}
	if (b->deaths < DEATHS_MAX) {
		p->stats.retried++;
		bt_blob_list_push(&p->alone, b);
		return;
	}
	b->status = w->cause;
	memcpy(b->reason, w->reason, sizeof(b->reason));
	bt_blob_list_push(&p->lost, b);
}

static void blame(struct bt_pool *p, struct bt_pool_worker *w)
{
	bool alone = w->kind == BT_WORKER_ALONE;
	bool certain = w->cause == BT_RESULT_KILLED_TIME || w->cause == BT_RESULT_KILLED_CPU;
	bool begun = w->todo.head && w->todo.head != w->unsent;
	struct bt_pool_blob *b;

	if (!begun && !(w->kind != BT_WORKER_PLAIN && w->answered.nr))
		p->blameless++;
	if (begun)
		suspect(p, w, bt_blob_list_pop(&w->todo), alone || certain);
	while ((b = bt_blob_list_pop(&w->todo)))
		if (alone)
			bt_blob_list_push(&p->alone, b);
		else
			wait_again(p, b);
	if (w->kind == BT_WORKER_PLAIN)
		return;
	while ((b = bt_blob_list_pop(&w->answered)))
		suspect(p, w, b, alone);
}

int bt_pool_worker_judge(struct bt_pool *p, struct bt_pool_worker *w, struct bt_err *err)
{
	w->judged = true;
	w->open = false;
	w->clean = is_clean(w);
	if (w->clean)
		return 0;
	cause_find(p, w);
	if (WIFEXITED(w->status) && WEXITSTATUS(w->status) == BT_WORKER_EXIT_SANDBOX)
		return bt_err_set(err, BT_ERR_FAIL, "a parse worker cannot put on its sandbox");
	p->stats.deaths++;
	blame(p, w);
	w->unsent = NULL;
	if (p->blameless >= BLAMELESS_MAX)
		return bt_err_set(err, BT_ERR_FAIL, "parse workers die before they have work: %s",
				  w->reason);
	return 0;
}
