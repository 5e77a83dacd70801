#include "core/batch/run/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/metric.h"
#include "core/batch/land/land.h"
#include "core/batch/pin/pin.h"
#include "core/batch/push/push.h"
#include "core/batch/verify/verify.h"
#include "core/git/refs.h"

/* Batches that an action may come back from: then a person has to look. */
#define RETURNS_MAX 5

void run_tell(struct run *w, const char *fmt, ...)
{
	char line[480];
	va_list ap;

	if (!w->r->tell)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	w->r->tell(w->r->tell_ctx, line);
}

int run_save(struct run *w, struct bt_err *err)
{
	return bt_queue_batch_set(w->r->q, &w->b, err);
}

bool run_member_open(const struct bt_action *a)
{
	return a->state == BT_ACTION_BATCHED || a->state == BT_ACTION_EXECUTING;
}

int run_member_end(struct run *w, struct bt_action *a, enum bt_action_state state, const char *detail, const struct bt_oid *result,
		   struct bt_err *err)
{
	if (bt_queue_action_set(w->r->q, a->id, state, detail, result, err))
		return err->code;
	a->state = state;
	run_tell(w, "action %llu: %s%s%s", (unsigned long long)a->id, bt_action_state_name(state), detail ? ": " : "",
		 detail ? detail : "");
	return 0;
}

int run_leave(struct run *w, enum bt_action_state state, const char *detail, const struct bt_oid *result, struct bt_err *err)
{
	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i]) && run_member_end(w, &w->members[i], state, detail, result, err))
			return err->code;
	return 0;
}

/* --- pins --- */

static const char *pin_name(struct run *w, const char *prefix)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", prefix, w->b.key);
	return bt_arena_strndup(&w->arena, name, strlen(name));
}

int run_pin(struct run *w, struct bt_err *err)
{
	return bt_ref_set(w->r->repo, pin_name(w, BT_BATCH_REFS), &w->b.commit, err);
}

int run_pinned(struct run *w, struct bt_oid *ret_commit, struct bt_err *err)
{
	return bt_ref_read(w->r->repo, pin_name(w, BT_BATCH_REFS), ret_commit, err);
}

/* The contents of members are commits again, and stay so while they are worked on. */
static int hold(struct run *w, struct bt_err *err)
{
	BT_FREE struct bt_oid *contents = bt_xcalloc(w->members_nr + 1, sizeof(*contents));
	size_t nr = 0;

	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i]) && w->members[i].content.len)
			contents[nr++] = w->members[i].content;
	return nr ? bt_pin_hold(w->r->repo, pin_name(w, BT_HOLD_REFS), contents, nr, err) : 0;
}

/* --- the end --- */

static void count(struct run *w)
{
	w->b.executed = w->b.failed = 0;
	for (size_t i = 0; i < w->members_nr; i++)
		if (bt_action_state_succeeded(w->members[i].state))
			w->b.executed++;
		else if (w->members[i].state != BT_ACTION_QUEUED)
			w->b.failed++;
}

static void count_batch(const struct run *w)
{
	static const enum bt_metric_batch results[] = {
		[BT_BATCH_DONE - BT_BATCH_DONE] = BT_BATCH_WAS_DONE,
		[BT_BATCH_FAILED - BT_BATCH_DONE] = BT_BATCH_HAD_FAILED,
		[BT_BATCH_UNKNOWN - BT_BATCH_DONE] = BT_BATCH_IS_UNKNOWN,
		[BT_BATCH_NEEDS_HUMAN - BT_BATCH_DONE] = BT_BATCH_WANTS_HUMAN,
		[BT_BATCH_RETURNED - BT_BATCH_DONE] = BT_BATCH_CAME_BACK,
	};

	bt_count(BT_METRIC_QUEUE_BATCHES, results[w->b.state - BT_BATCH_DONE], 1);
	for (size_t i = 0; i < w->members_nr; i++)
		if (bt_action_state_succeeded(w->members[i].state))
			bt_observe_us(BT_METRIC_QUEUE_WAIT_SECONDS, 0, 1000 * (w->b.finished_at - w->members[i].queued_at));
}

int run_end(struct run *w, enum bt_batch_state state, const char *error, struct bt_err *err)
{
	count(w);
	w->b.state = state;
	w->b.error = error;
	w->b.finished_at = bt_queue_now();
	if (run_save(w, err) || bt_queue_event_add(w->r->q, 0, w->b.id, NULL, bt_batch_state_name(state), error, err))
		return err->code;
	if (!bt_batch_state_open(state))
		count_batch(w);
	run_tell(w, "batch %llu: %s, %llu of %zu", (unsigned long long)w->b.id, bt_batch_state_name(state),
		 (unsigned long long)w->b.executed, w->members_nr);
	return 0;
}

int run_requeue(struct run *w, const char *why, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	for (size_t i = 0; i < w->members_nr && !rc; i++) {
		struct bt_action *a = &w->members[i];

		if (!run_member_open(a))
			continue;
		if (a->attempts >= RETURNS_MAX) {
			rc = run_member_end(w, a, BT_ACTION_FAILED, why, NULL, err);
			continue;
		}
		rc = bt_queue_action_requeue(w->r->q, a->id, why, err);
		a->state = BT_ACTION_QUEUED;
	}
	if (!rc)
		rc = run_end(w, BT_BATCH_RETURNED, why, err);
	return bt_queue_end(w->r->q, rc, err);
}

/* --- one batch --- */

static void run_release(struct run *w)
{
	bt_arena_release(&w->arena);
}

static int load(struct run *w, uint64_t id, struct bt_err *err)
{
	struct bt_action_query members = { .list = BT_ACTIONS_OF_BATCH, .id = id };
	int rc = bt_queue_batch(w->r->q, id, &w->arena, &w->b, err);

	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no batch %llu", (unsigned long long)id);
	return bt_queue_actions(w->r->q, &members, &w->arena, &w->members, &w->members_nr, err);
}

static int begin(struct run *w, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	if (!rc) {
		w->b.started_at = bt_queue_now();
		rc = run_save(w, err);
	}
	for (size_t i = 0; i < w->members_nr && !rc; i++)
		if (w->members[i].state == BT_ACTION_BATCHED) {
			rc = bt_queue_action_set(w->r->q, w->members[i].id, BT_ACTION_EXECUTING, NULL, NULL, err);
			w->members[i].state = BT_ACTION_EXECUTING;
		}
	return bt_queue_end(w->r->q, rc, err);
}

static int run_kind(struct run *w, struct bt_err *err)
{
	switch (w->b.kind) {
	case BT_ACTION_COMMIT:
	case BT_ACTION_MERGE:
		return run_commits(w, err);
	case BT_ACTION_PUSH:
		return run_push(w, err);
	default:
		return run_start(w, err);
	}
}

/* What is left of a pin is found by recover. */
static void unpin(struct run *w)
{
	struct bt_err ignored = BT_ERR_INIT;

	bt_ref_set(w->r->repo, pin_name(w, BT_BATCH_REFS), NULL, &ignored);
	bt_ref_set(w->r->repo, pin_name(w, BT_HOLD_REFS), NULL, &ignored);
}

static int go_on(struct bt_run *r, uint64_t id, struct bt_err *err)
{
	BT_CLEANUP(run_release) struct run w = { .r = r };
	struct bt_err ignored = BT_ERR_INIT;
	int rc;

	if (load(&w, id, err))
		return err->code;
	if (!bt_batch_state_open(w.b.state))
		return 0;
	w.recovering = w.b.started_at;
	if ((!w.recovering && begin(&w, err)) || hold(&w, err))
		return err->code;
	rc = run_kind(&w, err);
	bt_verify_end(r);
	if (!rc && !bt_batch_state_open(w.b.state))
		unpin(&w);
	/* people may work in their worktrees until it is tried again */
	if (rc && (w.b.state == BT_BATCH_REF_INTENT || w.b.state == BT_BATCH_REF_DONE))
		bt_land_unlock(r->repo, w.b.key, &ignored);
	return rc;
}

/* --- errors of ours --- */

/* Has git what the batch was to land? */
static bool has_landed(struct run *w)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_oid now;

	return (w->b.state == BT_BATCH_REF_INTENT || w->b.state == BT_BATCH_REF_DONE) && w->b.kind != BT_ACTION_PUSH &&
	       bt_ref_read(w->r->repo, w->b.lane, &now, &ignored) == BT_ROW &&
	       bt_is_ancestor(w->r->repo, &w->b.commit, &now, &ignored) == BT_ROW;
}

/* Was something begun of which nobody can tell what came of it? */
static int is_unsure(struct run *w, bool *ret, struct bt_err *err)
{
	struct bt_effect *list;
	size_t nr;

	*ret = w->b.state == BT_BATCH_PUSH_INTENT;
	if (bt_queue_effects(w->r->q, w->b.id, &w->arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		*ret = *ret || !list[i].done_at;
	return 0;
}

static int give_up(struct bt_run *r, uint64_t id, const char *why, struct bt_err *err)
{
	BT_CLEANUP(run_release) struct run w = { .r = r };
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	bool landed, unsure;
	int rc;

	if (load(&w, id, err) || is_unsure(&w, &unsure, err))
		return err->code;
	landed = has_landed(&w);
	bt_buf_addf(&text, "%s after %d errors: %s", landed ? "landed, and given up" : "given up", RUN_ERRORS_MAX, why);
	rc = bt_queue_begin(r->q, err);
	if (!rc)
		rc = run_leave(&w, landed ? BT_ACTION_LANDED : unsure ? BT_ACTION_UNKNOWN : BT_ACTION_FAILED, bt_buf_cstr(&text),
			       landed ? &w.b.commit : NULL, err);
	if (!rc)
		rc = run_end(&w, landed ? BT_BATCH_DONE : unsure ? BT_BATCH_UNKNOWN : BT_BATCH_FAILED, bt_buf_cstr(&text), err);
	if (bt_queue_end(r->q, rc, err))
		return err->code;
	unpin(&w);
	return 0;
}

bool bt_run_may_again(struct bt_run *r, const struct bt_err *why)
{
	return why->code != BT_ERR_CANCELED && why->code != BT_ERR_FULL && why->code != BT_ERR_READONLY && bt_queue_fence_held(r->q);
}

int bt_run_failed(struct bt_run *r, uint64_t id, const char *why, bool *ret_over, struct bt_err *err)
{
	unsigned errors;

	*ret_over = false;
	if (bt_queue_batch_error(r->q, id, why, &errors, err))
		return err->code;
	if (errors < RUN_ERRORS_MAX)
		return 0;
	*ret_over = true;
	return give_up(r, id, why, err);
}

int bt_run_batch(struct bt_run *r, uint64_t id, struct bt_err *err)
{
	struct bt_err noting = BT_ERR_INIT;
	bool over;
	int rc = go_on(r, id, err);

	if (!rc || !bt_run_may_again(r, err))
		return rc;
	if (bt_run_failed(r, id, err->msg, &over, &noting)) {
		/* a batch that is not there has no errors either */
		if (noting.code != BT_ERR_NOT_FOUND)
			*err = noting;
		return err->code;
	}
	if (!over)
		return rc;
	*err = (struct bt_err)BT_ERR_INIT;
	return 0;
}
