#include "core/batch/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/batch/verify.h"
#include "core/batch/pin.h"
#include "core/git/refs.h"

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

/* --- pins --- */

static const char *pin_name(struct run *w, const char *prefix)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", prefix, w->b.key);
	return bt_arena_strndup(&w->arena, name, strlen(name));
}

static int pin_set(struct run *w, const char *prefix, const struct bt_oid *to, struct bt_err *err)
{
	struct bt_ref_change c = { .ref = pin_name(w, prefix) };
	int rc = bt_ref_read(w->r->repo, c.ref, &c.before, err);

	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		c.before.len = 0;
	if (to)
		c.after = *to;
	if (bt_oid_equal(&c.before, &c.after))
		return 0;
	return bt_refs_swap(w->r->repo, &c, 1, NULL, err);
}

int run_pin(struct run *w, struct bt_err *err)
{
	return pin_set(w, BT_BATCH_REFS, &w->b.commit, err);
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

int run_end(struct run *w, enum bt_batch_state state, const char *error, struct bt_err *err)
{
	count(w);
	w->b.state = state;
	w->b.error = error;
	w->b.finished_at = bt_queue_now();
	if (run_save(w, err) || bt_queue_event_add(w->r->q, 0, w->b.id, NULL, bt_batch_state_name(state), error, err))
		return err->code;
	run_tell(w, "batch %llu: %s, %llu of %zu", (unsigned long long)w->b.id, bt_batch_state_name(state),
		 (unsigned long long)w->b.executed, w->members_nr);
	return 0;
}

int run_requeue(struct run *w, const char *why, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	for (size_t i = 0; i < w->members_nr && !rc; i++)
		if (run_member_open(&w->members[i])) {
			rc = bt_queue_action_requeue(w->r->q, w->members[i].id, why, err);
			w->members[i].state = BT_ACTION_QUEUED;
		}
	if (!rc)
		rc = run_end(w, BT_BATCH_RETURNED, why, err);
	if (!rc)
		return bt_queue_commit(w->r->q, err);
	bt_queue_rollback(w->r->q);
	return rc;
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
	if (!rc)
		return bt_queue_commit(w->r->q, err);
	bt_queue_rollback(w->r->q);
	return rc;
}

int bt_run_batch(struct bt_run *r, uint64_t id, struct bt_err *err)
{
	BT_CLEANUP(run_release) struct run w = { .r = r };
	struct bt_err ignored = BT_ERR_INIT;
	int rc;

	if (load(&w, id, err))
		return err->code;
	if (!bt_batch_state_open(w.b.state))
		return 0;
	if (!w.b.started_at && begin(&w, err))
		return err->code;
	if (hold(&w, err))
		return err->code;
	switch (w.b.kind) {
	case BT_ACTION_COMMIT:
	case BT_ACTION_MERGE:
		rc = run_commits(&w, err);
		break;
	case BT_ACTION_PUSH:
		rc = run_push(&w, err);
		break;
	default:
		rc = run_start(&w, err);
		break;
	}
	bt_verify_end(r);
	/* what is left of a pin is found by recover */
	if (!rc && !bt_batch_state_open(w.b.state)) {
		pin_set(&w, BT_BATCH_REFS, NULL, &ignored);
		pin_set(&w, BT_HOLD_REFS, NULL, &ignored);
	}
	return rc;
}
