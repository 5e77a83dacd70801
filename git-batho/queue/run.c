/*
 * git batho queue execute, flush, batch, run, recover, undo, cancel, retry, requeue, pause, resume, urgent.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/batch/enqueue.h"
#include "core/batch/lane.h"
#include "core/batch/pin/pin.h"
#include "core/batch/undo.h"
#include "git-batho/queue/queue.h"

/* --- single actions --- */

/* Who cancels, tries again, holds back: that is kept with what was done. */
static int open_as(struct bt_context *c, const struct queue_opts *o, struct bt_queue **ret_q, struct bt_err *err)
{
	if (queue_open(c, BT_QUEUE_WRITE, ret_q, err))
		return err->code;
	bt_queue_agent_set(*ret_q, o->agent ? o->agent : bt_agent_default());
	return 0;
}

static int find(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_action *ret_a, struct bt_err *err)
{
	int rc = bt_queue_action(q, id, arena, ret_a, err);

	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no action %" PRIu64, id);
	return 0;
}

static int refuse(const struct bt_action *a, const char *what, struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_FAIL, "cannot %s action %" PRIu64 ": it is %s", what, a->id, bt_action_state_name(a->state));
}

static void print_changed(struct bt_context *c, uint64_t id, const char *state)
{
	bt_out_record(c->out, "changed");
	bt_out_uint(c->out, "id", id);
	bt_out_cstr(c->out, "state", state);
	bt_out_record_end(c->out);
	if (c->common.quiet)
		return;
	bt_out_textf(c->out, BT_COLOR_NAME, "%" PRIu64, id);
	bt_out_textf(c->out, BT_COLOR_NONE, ": %s", state);
	bt_out_nl(c->out);
}

/*
 * One that others became one with goes on for them; one of those others leaves alone. Both by the rows: the state of a
 * leader is that of all.
 */
static int cancel(struct bt_queue *q, const struct bt_action *a, struct bt_err *err)
{
	if (a->state != BT_ACTION_QUEUED && a->state != BT_ACTION_BLOCKED && a->state != BT_ACTION_PARKED)
		return refuse(a, "cancel", err);
	return bt_queue_action_cancel(q, a->id, err);
}

int queue_cancel(struct bt_context *c, const struct queue_opts *o, uint64_t id, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action a;

	if (open_as(c, o, &q, err) || bt_queue_begin(q, err) || find(q, id, &arena, &a, err) || cancel(q, &a, err) ||
	    bt_queue_commit(q, err))
		return err->code;
	print_changed(c, id, "canceled");
	return queue_wake(c, err);
}

/* retry: what did not work is tried again. requeue: also what was canceled, or taken back. */
static bool may_again(const struct bt_action *a, bool requeue)
{
	switch (a->state) {
	case BT_ACTION_PARKED:
	case BT_ACTION_FAILED:
	case BT_ACTION_BLOCKED:
	case BT_ACTION_UNKNOWN:
		return true;
	case BT_ACTION_CANCELED:
	case BT_ACTION_NEEDS_HUMAN:
		return requeue;
	default:
		return false;
	}
}

int queue_retry(struct bt_context *c, const struct queue_opts *o, uint64_t id, bool requeue, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action a;

	if (open_as(c, o, &q, err) || bt_queue_begin(q, err) || find(q, id, &arena, &a, err))
		return err->code;
	if (!may_again(&a, requeue))
		return refuse(&a, requeue ? "requeue" : "retry", err);
	if (a.content.len && bt_pin_restore(&c->repo, &a.content, 1, err)) {
		bt_err_wrap(err, "cannot %s action %" PRIu64, requeue ? "requeue" : "retry", id);
		return err->code == BT_ERR_NOT_FOUND ? bt_err_hint(err, "what was captured is gone: queue it again") : err->code;
	}
	if (bt_queue_action_requeue(q, a.leader ? a.leader : id, NULL, err) || bt_queue_commit(q, err))
		return err->code;
	print_changed(c, id, "queued");
	return queue_wake(c, err);
}

/* --- the queue as a whole --- */

int queue_setting(struct bt_context *c, const struct queue_opts *o, const char *name, bool on, struct bt_err *err)
{
	QUEUE_OWNED struct bt_queue *q = NULL;

	if (open_as(c, o, &q, err) || bt_queue_begin(q, err) || bt_queue_setting_put(q, name, on, err) ||
	    bt_queue_event_add(q, 0, 0, NULL, name, on ? "on" : "off", err) || bt_queue_commit(q, err))
		return err->code;
	bt_out_record(c->out, "setting");
	bt_out_cstr(c->out, "name", name);
	bt_out_bool(c->out, "on", on);
	bt_out_record_end(c->out);
	if (!c->common.quiet) {
		bt_out_textf(c->out, BT_COLOR_NONE, "%s: %s", name, on ? "on" : "off");
		bt_out_nl(c->out);
	}
	return !on && !strcmp(name, "paused") ? queue_wake(c, err) : 0;
}

/* --- what would be done --- */

static int dry_run(struct bt_context *c, bool now, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_outlook_release) struct bt_outlook look = { .planned = NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_batch_settings s;
	int rc = queue_open(c, BT_QUEUE_READ, &q, err);

	if (rc == BT_ERR_NOT_FOUND) {
		*err = (struct bt_err)BT_ERR_INIT;
		return 0;
	}
	bt_batch_settings_read(c->conf, &s);
	if (rc || bt_outlook_make(q, &s, now, &arena, &look, err))
		return err->code;
	for (size_t i = 0; i < look.plan.batches_nr; i++) {
		const struct bt_plan_batch *b = &look.plan.batches[i];

		bt_out_record(c->out, "would-run");
		bt_out_cstr(c->out, "kind", bt_action_kind_name(b->kind));
		bt_out_cstr(c->out, "target", look.lanes[b->lane]);
		bt_out_array(c->out, "actions");
		for (size_t k = 0; k < b->nr; k++)
			bt_out_uint(c->out, NULL, b->ids[k]);
		bt_out_array_end(c->out);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NONE, "would %s for %s:", bt_action_kind_name(b->kind), bt_lane_name(look.lanes[b->lane]));
		for (size_t k = 0; k < b->nr; k++)
			bt_out_textf(c->out, BT_COLOR_NAME, " %" PRIu64, b->ids[k]);
		bt_out_nl(c->out);
	}
	return 0;
}

/* --- executing --- */

static void print_sum(struct bt_context *c, const struct bt_executor_sum *s, int64_t ms)
{
	bt_out_record(c->out, "result");
	bt_out_uint(c->out, "batches", s->batches);
	bt_out_bool(c->out, "success", !s->failed);
	bt_out_uint(c->out, "executed", s->actions);
	bt_out_uint(c->out, "failed", s->failed);
	bt_out_int(c->out, "duration_ms", ms);
	bt_out_record_end(c->out);
	if (c->common.quiet)
		return;
	bt_out_textf(c->out, BT_COLOR_NONE, "%" PRIu64 " batch%s, %" PRIu64 " action%s done, %" PRIu64 " not", s->batches,
		     s->batches == 1 ? "" : "es", s->actions, s->actions == 1 ? "" : "s", s->failed);
	bt_out_nl(c->out);
}

/* Who queued something while we held the lock has started nobody. */
static int wake_for_rest(struct bt_context *c, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action_query open = { .list = BT_ACTIONS_OPEN };
	struct bt_action *list;
	bool any = false;
	size_t nr;

	if (queue_open(c, BT_QUEUE_READ, &q, err) || bt_queue_actions(q, &open, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		any = any || list[i].state == BT_ACTION_QUEUED;
	return any ? queue_wake(c, err) : 0;
}

static int run(struct bt_context *c, struct bt_executor_opts *x, struct bt_err *err)
{
	struct bt_executor_sum sum = { 0 };
	int64_t start = bt_clock_ms();
	int rc = bt_executor_run(x, &sum, err);

	/* a service that is told to end has done its work */
	if (rc == BT_ERR_CANCELED && x->stay == BT_EXECUTOR_FOREVER) {
		*err = (struct bt_err)BT_ERR_INIT;
		rc = 0;
	}
	if (rc)
		return rc;
	print_sum(c, &sum, bt_clock_ms() - start);
	if (wake_for_rest(c, err))
		return err->code;
	return sum.failed ? 1 : 0;
}

int queue_flush(struct bt_context *c, const struct queue_opts *o, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	struct bt_executor_opts x;

	if (o->dry_run)
		return dry_run(c, o->now, err);
	if (queue_executor(c, &x, &path, err))
		return err->code;
	x.stay = BT_EXECUTOR_DUE;
	x.now = o->now;
	return run(c, &x, err);
}

static void print_batch(struct bt_context *c, const struct bt_batch *b, const struct bt_action *members, size_t nr)
{
	bool over = !bt_batch_state_open(b->state);

	bt_out_record(c->out, "batch");
	bt_out_uint(c->out, "batch_id", b->id);
	bt_out_cstr(c->out, "kind", bt_action_kind_name(b->kind));
	bt_out_cstr(c->out, "target", b->lane);
	bt_out_cstr(c->out, "state", bt_batch_state_name(b->state));
	bt_out_bool(c->out, "success", b->state == BT_BATCH_DONE && !b->failed);
	bt_out_uint(c->out, "executed", b->executed);
	bt_out_uint(c->out, "failed", b->failed);
	bt_out_array(c->out, "actions");
	for (size_t i = 0; i < nr; i++)
		bt_out_uint(c->out, NULL, members[i].id);
	bt_out_array_end(c->out);
	bt_out_array(c->out, "errors");
	for (size_t i = 0; i < nr; i++)
		if (members[i].detail && !bt_action_state_succeeded(members[i].state))
			bt_out_cstr(c->out, NULL, members[i].detail);
	bt_out_array_end(c->out);
	bt_out_int(c->out, "duration_ms", over && b->started_at ? b->finished_at - b->started_at : 0);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "batch ");
	bt_out_textf(c->out, BT_COLOR_NAME, "%" PRIu64, b->id);
	bt_out_textf(c->out, BT_COLOR_NONE, ": %s, %s for %s:", bt_batch_state_name(b->state), bt_action_kind_name(b->kind),
		     bt_lane_name(b->lane));
	for (size_t i = 0; i < nr; i++)
		bt_out_textf(c->out, BT_COLOR_NAME, " %" PRIu64, members[i].id);
	bt_out_nl(c->out);
}

static int print_batch_of(struct bt_context *c, struct bt_queue *q, const struct bt_batch *b, struct bt_arena *arena, struct bt_err *err)
{
	struct bt_action_query of = { .list = BT_ACTIONS_OF_BATCH, .id = b->id };
	struct bt_action *members;
	size_t nr;

	if (bt_queue_actions(q, &of, arena, &members, &nr, err))
		return err->code;
	print_batch(c, b, members, nr);
	return 0;
}

/* Those that are not over; `only` one of them, or 0. */
static int print_batches(struct bt_context *c, uint64_t only, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_batch *list;
	size_t nr;

	if (queue_open(c, BT_QUEUE_READ, &q, err) || bt_queue_batches(q, true, 0, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if ((!only || list[i].id == only) && print_batch_of(c, q, &list[i], &arena, err))
			return err->code;
	return 0;
}

int queue_form(struct bt_context *c, const struct queue_opts *o, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	struct bt_executor_opts x;
	struct bt_executor_sum sum;

	if (queue_executor(c, &x, &path, err))
		return err->code;
	x.stay = BT_EXECUTOR_DUE;
	x.now = o->now;
	x.form_only = true;
	if (bt_executor_run(&x, &sum, err))
		return err->code;
	return print_batches(c, 0, err);
}

static int execute_one(struct bt_context *c, struct bt_executor_opts *x, uint64_t id, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_batch b;
	int rc;

	if (bt_executor_run_one(x, id, err) || wake_for_rest(c, err) || queue_open(c, BT_QUEUE_READ, &q, err))
		return err->code;
	rc = bt_queue_batch(q, id, &arena, &b, err);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no batch %" PRIu64, id);
	if (rc < 0 || (!c->common.quiet && print_batch_of(c, q, &b, &arena, err)))
		return err->code;
	return b.state != BT_BATCH_DONE || b.failed;
}

int queue_execute(struct bt_context *c, const struct queue_opts *o, const struct bt_args *args, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	struct bt_executor_opts x;
	uint64_t id;

	if (args->nr < 2)
		return queue_flush(c, o, err);
	if (queue_id(args->items[1], &id, err))
		return err->code;
	if (o->dry_run)
		return print_batches(c, id, err);
	return queue_executor(c, &x, &path, err) ? err->code : execute_one(c, &x, id, err);
}

int queue_run(struct bt_context *c, const struct queue_opts *o, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	struct bt_executor_opts x;

	if (queue_executor(c, &x, &path, err))
		return err->code;
	x.stay = o->until_idle ? BT_EXECUTOR_DRAIN : BT_EXECUTOR_FOREVER;
	return run(c, &x, err);
}

int queue_recover(struct bt_context *c, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	struct bt_executor_opts x;
	uint64_t nr;

	if (queue_executor(c, &x, &path, err) || bt_executor_recover(&x, &nr, err) || wake_for_rest(c, err))
		return err->code;
	bt_out_record(c->out, "recovered");
	bt_out_uint(c->out, "batches", nr);
	bt_out_record_end(c->out);
	if (!c->common.quiet) {
		bt_out_textf(c->out, BT_COLOR_NONE, "%" PRIu64 " batch%s taken up again", nr, nr == 1 ? " was" : "es were");
		bt_out_nl(c->out);
	}
	return 0;
}

int queue_undo(struct bt_context *c, uint64_t batch, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	struct bt_executor_opts x;

	if (queue_executor(c, &x, &path, err) || bt_undo(&x, batch, err))
		return err->code;
	print_changed(c, batch, "undone");
	return wake_for_rest(c, err);
}
