#include "core/batch/executor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/fault.h"
#include "core/base/signal.h"
#include "core/base/trace.h"
#include "core/batch/executor_lock.h"
#include "core/batch/identity.h"
#include "core/batch/tidy.h"
#include "core/batch/undo.h"
#include "core/git/program.h"

/* Rows of others are looked for so often while it waits. */
#define POLL_MS 200
/* After an error a batch is tried again so much later, then twice as much. */
#define AGAIN_MS 500

struct executor {
	const struct bt_executor_opts *o;
	struct bt_batch_settings settings;
	struct bt_queue *q;
	struct bt_run run;
	int lock;
	struct bt_executor_sum sum;
	struct worker {
		struct bt_child child;
		uint64_t batch;
	} *workers;
	size_t workers_nr, workers_alloc;
	/* batches that an error has stopped: not before `at` */
	struct stopped {
		uint64_t batch;
		int64_t at;
		unsigned nr;
	} *stopped;
	size_t stopped_nr, stopped_alloc;
	bool untidy;		/* something has ended since pins were looked at */
};

/* --- begin and end --- */

static int executor_open(struct executor *x, const struct bt_executor_opts *o, struct bt_err *err)
{
	*x = (struct executor){ .o = o, .lock = -1 };
	bt_batch_settings_read(o->conf, &x->settings);
	if (bt_queue_open(o->dir, BT_QUEUE_WRITE, o->shared_mode, BT_QUEUE_BUSY_MS, &x->q, err))
		return err->code;
	bt_queue_agent_set(x->q, "executor");
	x->run = (struct bt_run){
		.repo = o->repo, .conf = o->conf, .q = x->q, .settings = &x->settings, .program = o->program, .tell = o->tell,
		.tell_ctx = o->tell_ctx,
	};
	return 0;
}

static void executor_close(struct executor *x)
{
	for (size_t i = 0; i < x->workers_nr; i++)
		bt_child_release(&x->workers[i].child);
	free(x->workers);
	free(x->stopped);
	bt_queue_free(&x->q);
	bt_close_fd(&x->lock);
}

/* --- what was done --- */

static int account(struct executor *x, uint64_t id, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_batch b;
	int rc = bt_queue_batch(x->q, id, &arena, &b, err);

	if (rc < 0)
		return rc;
	if (rc == BT_ROW && !bt_batch_state_open(b.state)) {
		x->sum.batches++;
		x->sum.actions += b.executed;
		x->sum.failed += b.failed;
	}
	return 0;
}

/* --- batches that an error has stopped --- */

static struct stopped *find_stopped(struct executor *x, uint64_t batch)
{
	for (size_t i = 0; i < x->stopped_nr; i++)
		if (x->stopped[i].batch == batch)
			return &x->stopped[i];
	return NULL;
}

/* It is tried again after a while, and then a longer one. */
static struct stopped *put_off(struct executor *x, uint64_t batch)
{
	struct stopped *s = find_stopped(x, batch);

	if (!s) {
		BT_GROW(x->stopped, x->stopped_alloc, x->stopped_nr + 1);
		s = &x->stopped[x->stopped_nr++];
		*s = (struct stopped){ .batch = batch };
	}
	s->at = bt_clock_ms() + ((int64_t)AGAIN_MS << (s->nr < 6 ? s->nr : 6));
	s->nr++;
	return s;
}

/* Here and now. */
static int run_here(struct executor *x, uint64_t batch, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;

	if (!bt_run_batch(&x->run, batch, &why))
		return account(x, batch, err);
	if (!bt_run_may_again(&x->run, &why))
		return *err = why, err->code;
	bt_trace("batch %llu: %s", (unsigned long long)batch, why.msg);
	if (x->o->tell)
		x->o->tell(x->o->tell_ctx, why.msg);
	put_off(x, batch);
	return 0;
}

/* A process that died could not count that itself; nor could one that could not begin. */
static int worker_failed(struct executor *x, uint64_t batch, int status, struct bt_err *err)
{
	char why[80];
	bool over;

	bt_trace("batch %llu: its process ended with status %d", (unsigned long long)batch, status);
	if (put_off(x, batch)->nr <= RUN_ERRORS_MAX && status <= 128)
		return 0;
	snprintf(why, sizeof(why), "its process ended with status %d", status);
	return bt_run_failed(&x->run, batch, why, &over, err);
}

/* --- after a crash, and now and then --- */

/* All that is open, one after the other, as long as something comes of it. */
static int finish_batches(struct executor *x, uint64_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_batch *list;
	size_t nr;

	if (bt_queue_batches(x->q, true, 0, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if (run_here(x, list[i].id, err))
			return err->code;
	*ret_nr = nr;
	return 0;
}

/* Actions of batches that are over, or that are not there: a restored queue may hold some. */
static int free_strays(struct executor *x, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_action_query open = { .list = BT_ACTIONS_OPEN };
	struct bt_action *list;
	size_t nr;

	if (bt_queue_actions(x->q, &open, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		struct bt_batch b;
		int rc;

		if (list[i].leader || (list[i].state != BT_ACTION_BATCHED && list[i].state != BT_ACTION_EXECUTING))
			continue;
		rc = bt_queue_batch(x->q, list[i].batch, &arena, &b, err);
		if (rc < 0)
			return rc;
		if ((rc == BT_DONE || !bt_batch_state_open(b.state)) &&
		    bt_queue_action_requeue(x->q, list[i].id, "its batch is over", err))
			return err->code;
	}
	return 0;
}

static int tidy(struct executor *x, struct bt_err *err)
{
	x->untidy = false;
	return bt_queue_tidy(x->o->repo, x->q, x->settings.retention_days, x->settings.audit_days, err);
}

/* --- forming --- */

/* Who commits, and when: frozen, so that the same batch is the same commit however often it is made. */
static int committer(struct executor *x, struct bt_arena *arena, const char **ret, struct bt_err *err)
{
	BT_FREE char *line = NULL;

	if (bt_identity(x->o->repo, x->o->conf, BT_COMMITTER, NULL, &line, err))
		return err->code;
	*ret = bt_arena_strndup(arena, line, strlen(line));
	return 0;
}

/* What the planner found to be blocked or free again is written down, with whom it waits for. */
static int note_blocks(struct executor *x, const struct bt_outlook *look, struct bt_err *err)
{
	for (size_t i = 0; i < look->actions_nr; i++) {
		const struct bt_action *a = &look->actions[i];
		const struct bt_plan_action *p = a->leader ? NULL : bt_outlook_find(look, a->id);
		char why[80];
		int rc = 0;

		if (!p || (a->state != BT_ACTION_QUEUED && a->state != BT_ACTION_BLOCKED))
			continue;
		snprintf(why, sizeof(why), "waits for action %llu, which did not succeed", (unsigned long long)p->waits_for);
		if (p->blocked && a->state == BT_ACTION_QUEUED)
			rc = bt_queue_action_note(x->q, a->id, a->state, BT_ACTION_BLOCKED, why, err);
		else if (!p->blocked && a->state == BT_ACTION_BLOCKED)
			rc = bt_queue_action_note(x->q, a->id, a->state, BT_ACTION_QUEUED, NULL, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* Batches that are due: rows, in one transaction each. */
static int form(struct executor *x, const struct bt_outlook *look, struct bt_arena *arena, bool *ret_any, struct bt_err *err)
{
	const char *who = NULL;

	for (size_t i = 0; i < look->plan.batches_nr; i++) {
		const struct bt_plan_batch *p = &look->plan.batches[i];
		struct bt_batch b = { .kind = p->kind, .lane = look->lanes[p->lane] };
		int rc;

		if (!who && committer(x, arena, &who, err))
			return err->code;
		b.committer = who;
		rc = bt_queue_batch_add(x->q, &b, p->ids, p->nr, err);
		/* somebody canceled one of them: the next look has another plan */
		if (rc == BT_ERR_BUSY && bt_queue_fence_held(x->q)) {
			*err = (struct bt_err)BT_ERR_INIT;
			continue;
		}
		if (rc)
			return rc;
		*ret_any = true;
		bt_fault_point("formed");
	}
	return 0;
}

/* --- running --- */

static int start_worker(struct executor *x, uint64_t id, struct bt_err *err)
{
	BT_FREE char *number = bt_xasprintf("%llu", (unsigned long long)id);
	BT_FREE char *fence = bt_xasprintf(BT_FENCE_ENV "=%llu", (unsigned long long)bt_queue_fence(x->q));
	const char *const argv[] = { x->o->program, "queue", "execute", number, "--quiet", NULL };
	const char *const env[] = { fence, NULL };
	struct bt_child_opts o = { .argv = argv, .env = env, .in = BT_CHILD_NULL, .out = BT_CHILD_NULL, .err = BT_CHILD_INHERIT };

	BT_GROW(x->workers, x->workers_alloc, x->workers_nr + 1);
	x->workers[x->workers_nr] = (struct worker){ .child = BT_CHILD_INIT, .batch = id };
	if (bt_child_start(&x->workers[x->workers_nr].child, &o, err))
		return err->code;
	x->workers_nr++;
	return 0;
}

/* Those that have ended leave the list. A batch that its process left open is taken up again later. */
static int reap(struct executor *x, struct bt_err *err)
{
	for (size_t i = 0; i < x->workers_nr;) {
		struct worker w = x->workers[i];
		siginfo_t info = { .si_pid = 0 };
		int status;

		if (!waitid(P_PID, (id_t)w.child.pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid) {
			i++;
			continue;
		}
		x->workers[i] = x->workers[--x->workers_nr];
		x->untidy = true;
		if (bt_child_wait(&w.child, &status, err) || (status > 1 && worker_failed(x, w.batch, status, err)) ||
		    account(x, w.batch, err))
			return err->code;
	}
	return 0;
}

static bool has_worker(const struct executor *x, uint64_t batch)
{
	for (size_t i = 0; i < x->workers_nr; i++)
		if (x->workers[i].batch == batch)
			return true;
	return false;
}

/*
 * A batch that is quick needs no process of its own; one that has failed before gets one, for it may have died. Who stays looks after
 * other lanes meanwhile: there only what waits for nobody outside is quick.
 */
static bool is_quick(struct executor *x, const struct bt_batch *b)
{
	if (x->workers_nr || find_stopped(x, b->id))
		return false;
	return x->o->stay == BT_EXECUTOR_DUE || (b->kind <= BT_ACTION_MERGE && !x->settings.verify);
}

/* Formed and not at work: this look's, those formed by hand, and those whose process died. *ret_ran: there are some. */
static int run_open(struct executor *x, const struct bt_outlook *look, bool *ret_ran, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_batch *list;
	size_t nr, idle = 0;

	if (bt_queue_batches(x->q, true, 0, &arena, &list, &nr, err))
		return err->code;
	*ret_ran = nr;
	for (size_t i = 0; i < nr; i++) {
		const struct stopped *s = find_stopped(x, list[i].id);

		if (!has_worker(x, list[i].id) && (!s || s->at <= bt_clock_ms()))
			list[idle++] = list[i];
	}
	x->untidy = x->untidy || idle;
	if (idle == 1 && look->lanes_nr == 1 && is_quick(x, &list[0]))
		return run_here(x, list[0].id, err);
	for (size_t i = 0; i < idle && x->workers_nr < x->settings.windows.parallel_max; i++)
		if (start_worker(x, list[i].id, err))
			return err->code;
	return 0;
}

/* --- the loop --- */

/* The lock is held: writes of an earlier holder fail from here on. What it left open is run like what is formed. */
static int take_over(struct executor *x, struct bt_err *err)
{
	if (bt_queue_fence_raise(x->q, err) || bt_undo_finish(x->o, x->q, err))
		return err->code;
	return x->o->form_only ? 0 : free_strays(x, err);
}

/* Nothing is at work here: whoever waits for the lock comes first. */
static int give_way(struct executor *x, struct bt_err *err)
{
	if (x->workers_nr || x->o->stay == BT_EXECUTOR_DUE || !bt_executor_lock_wanted(x->o->dir))
		return 0;
	bt_close_fd(&x->lock);
	for (;;) {
		int rc;

		usleep(POLL_MS * 1000);
		rc = bt_executor_lock(x->o->dir, x->o->shared_mode, 0, &x->lock, err);
		if (rc != BT_ERR_BUSY)
			return rc || take_over(x, err) ? err->code : 0;
		*err = (struct bt_err)BT_ERR_INIT;
		if (bt_cancel_check(err))
			return err->code;
	}
}

static int wait_until(struct executor *x, int64_t wake_at, struct bt_err *err)
{
	int64_t now = bt_queue_now(), ms = POLL_MS;

	if (x->workers_nr || x->stopped_nr)
		ms = 10;
	else if (wake_at > now && wake_at - now < ms)
		ms = wake_at - now;
	else if (wake_at <= now)
		ms = 1;
	usleep((useconds_t)ms * 1000);
	return bt_cancel_check(err) || give_way(x, err) ? err->code : 0;
}

/* *ret_leave: there is nothing to stay for. */
static int look_once(struct executor *x, bool *ret_leave, int64_t *ret_wake, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_outlook_release) struct bt_outlook look = { .planned = NULL };
	int64_t paused = 0;
	bool formed = false, ran = false;

	if (reap(x, err) || bt_queue_setting(x->q, "paused", &paused, err))
		return err->code;
	*ret_wake = INT64_MAX;
	if (paused) {
		*ret_leave = !x->workers_nr && x->o->stay != BT_EXECUTOR_FOREVER;
		return 0;
	}
	if (bt_outlook_make(x->q, &x->settings, x->o->now, &arena, &look, err) || note_blocks(x, &look, err))
		return err->code;
	if (form(x, &look, &arena, &formed, err) || (!x->o->form_only && run_open(x, &look, &ran, err)))
		return err->code;
	*ret_wake = look.plan.wake_at;
	if (ran && x->o->counted)
		x->o->counted(x->o->counted_ctx);
	if (formed || ran || x->workers_nr) {
		*ret_wake = bt_queue_now();
		*ret_leave = x->o->form_only;
		return 0;
	}
	x->stopped_nr = 0;
	*ret_leave = x->o->stay == BT_EXECUTOR_DUE || (x->o->stay == BT_EXECUTOR_DRAIN && look.plan.wake_at == INT64_MAX);
	return x->untidy && !*ret_leave && !x->o->form_only ? tidy(x, err) : 0;
}

static int work(struct executor *x, struct bt_err *err)
{
	bool leave = false;
	int64_t wake;

	while (!leave) {
		if (look_once(x, &leave, &wake, err) || (!leave && wait_until(x, wake, err)))
			return err->code;
	}
	return 0;
}

/* Under the lock, from taking over to tidying up. */
static int serve(struct executor *x, struct bt_err *err)
{
	if (take_over(x, err) || work(x, err))
		return err->code;
	return x->o->form_only ? 0 : tidy(x, err);
}

/* Is there something that nobody would do when this process left now? */
static int anything_new(struct executor *x, bool *ret_any, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_outlook_release) struct bt_outlook look = { .planned = NULL };
	int64_t paused = 0;

	if (bt_queue_setting(x->q, "paused", &paused, err) ||
	    bt_outlook_make(x->q, &x->settings, false, &arena, &look, err))
		return err->code;
	*ret_any = !paused && (look.plan.batches_nr || look.plan.wake_at != INT64_MAX);
	return 0;
}

/* People wait for their turn; who drains behind somebody's back has nothing to do where another one does it. */
static int lock(struct executor *x, struct bt_err *err)
{
	int patience_ms = x->o->stay == BT_EXECUTOR_DUE ? BT_EXECUTOR_PATIENCE_MS : 0;

	return bt_executor_lock(x->o->dir, x->o->shared_mode, patience_ms, &x->lock, err);
}

int bt_executor_run(const struct bt_executor_opts *o, struct bt_executor_sum *ret_sum, struct bt_err *err)
{
	BT_CLEANUP(executor_close) struct executor x;
	bool any = true;
	int rc = executor_open(&x, o, err);

	if (!rc)
		rc = lock(&x, err);
	/* who queues while the lock is held starts nobody: after letting go of it one more look is due */
	while (!rc && any) {
		rc = serve(&x, err);
		bt_close_fd(&x.lock);
		any = false;
		if (!rc && o->stay == BT_EXECUTOR_DRAIN)
			rc = anything_new(&x, &any, err);
		if (!rc && any)
			rc = lock(&x, err);
		if (rc == BT_ERR_BUSY && any) {
			/* another one has begun where this one has ended */
			*err = (struct bt_err)BT_ERR_INIT;
			rc = 0;
			any = false;
		}
	}
	*ret_sum = x.sum;
	return rc;
}

int bt_executor_run_one(const struct bt_executor_opts *o, uint64_t batch, struct bt_err *err)
{
	BT_CLEANUP(executor_close) struct executor x;
	const char *fence = getenv(BT_FENCE_ENV);
	int rc = executor_open(&x, o, err);

	if (rc)
		return rc;
	if (fence && *fence) {
		bt_queue_fence_take(x.q, strtoull(fence, NULL, 10));
		return bt_run_batch(&x.run, batch, err);
	}
	if (lock(&x, err) || bt_queue_fence_raise(x.q, err))
		return err->code;
	return bt_run_batch(&x.run, batch, err);
}

int bt_executor_recover(const struct bt_executor_opts *o, uint64_t *ret_batches, struct bt_err *err)
{
	BT_CLEANUP(executor_close) struct executor x;

	*ret_batches = 0;
	if (executor_open(&x, o, err) || lock(&x, err) || take_over(&x, err) || finish_batches(&x, ret_batches, err))
		return err->code;
	return tidy(&x, err);
}
