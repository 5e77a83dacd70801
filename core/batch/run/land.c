/*
 * From a folded commit to a branch that has it: intent, swap, outcome, proof, worktrees.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/batch/land/land.h"
#include "core/batch/run/run.h"
#include "core/git/refs.h"

static int needs_human(struct run *w, struct bt_err *err)
{
	static const char why[] = "the branch lacks what this batch put there: somebody took it back";
	int rc = bt_queue_begin(w->r->q, err);

	if (!rc)
		rc = run_leave(w, BT_ACTION_NEEDS_HUMAN, why, NULL, err);
	if (!rc)
		rc = run_end(w, BT_BATCH_NEEDS_HUMAN, why, err);
	return bt_queue_end(w->r->q, rc, err);
}

/*
 * Nobody commits in the worktrees of the branch while it is swapped. A worktree whose lock somebody else holds is told by the
 * refresh: a lock that was left behind there must not stop everybody's work.
 */
static int lock(struct run *w, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_land_lock(w->r->repo, w->b.lane, w->b.key, &why);

	if (!rc || rc == BT_ERR_BUSY)
		return 0;
	*err = why;
	return rc;
}

/* PLANNED -> REF_INTENT -> REF_DONE. */
static int swap(struct run *w, bool *ret_again, bool *ret_over, struct bt_err *err)
{
	enum bt_land_result result;
	struct bt_oid now;
	char reflog[80 + BT_ACTION_KEY_LEN];
	/* the swap may have been done, by a process that is gone: a branch that lacks it was taken back by somebody */
	bool before = w->b.state == BT_BATCH_REF_INTENT;
	unsigned seq;

	snprintf(reflog, sizeof(reflog), "batho: batch %llu (%s), %zu actions", (unsigned long long)w->b.id, w->b.key, w->members_nr);
	w->b.state = BT_BATCH_REF_INTENT;
	if (lock(w, err))
		return err->code;
	if (bt_queue_effect_begin(w->r->q, w->b.id, "swap", w->b.lane, &seq, err) || run_save(w, err))
		return err->code;
	bt_fault_point("ref-intent");
	if (bt_land_swap(w->r->repo, w->b.lane, &w->b.base, &w->b.commit, reflog, &result, &now, err))
		return err->code;
	bt_fault_point("ref-swapped");
	if (result == BT_LAND_REWOUND && before) {
		*ret_over = true;
		return bt_land_unlock(w->r->repo, w->b.key, err) || needs_human(w, err) ? err->code : 0;
	}
	if (result == BT_LAND_MOVED || result == BT_LAND_REWOUND) {
		*ret_again = true;
		w->b.state = BT_BATCH_PLANNED;
		if (bt_land_unlock(w->r->repo, w->b.key, err) || bt_queue_effect_end(w->r->q, w->b.id, seq, "moved", err))
			return err->code;
		return run_save(w, err);
	}
	w->b.state = BT_BATCH_REF_DONE;
	return bt_queue_effect_end(w->r->q, w->b.id, seq, "done", err) || run_save(w, err) ? err->code : 0;
}

static void tell_left(void *ctx, const struct bt_left *l)
{
	struct run *w = ctx;
	struct bt_err ignored = BT_ERR_INIT;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_buf_addf(&text, "%s: %s (%s)", l->worktree, l->path, l->why);
	run_tell(w, "left as it is: %s", bt_buf_cstr(&text));
	bt_queue_event_add(w->r->q, 0, w->b.id, NULL, "left", bt_buf_cstr(&text), &ignored);
}

/* A worktree that is busy keeps its own state: it shows the landed change as its inverse until somebody brings it along. */
static int refresh(struct run *w, struct bt_err *err)
{
	struct bt_land_refresh_opts o = {
		.ref = w->b.lane, .before = w->b.base, .after = w->b.commit, .token = w->b.key, .left = tell_left, .ctx = w,
	};
	struct bt_err why = BT_ERR_INIT;
	unsigned seq;
	int rc;

	if (bt_queue_effect_begin(w->r->q, w->b.id, "refresh", w->b.lane, &seq, err))
		return err->code;
	rc = bt_land_refresh(w->r->repo, &o, &why);
	bt_fault_point("refreshed");
	if (rc && rc != BT_ERR_BUSY && rc != BT_ERR_FAIL)
		return *err = why, rc;
	if (rc) {
		run_tell(w, "%s", why.msg);
		if (bt_queue_event_add(w->r->q, 0, w->b.id, NULL, "left", why.msg, err))
			return err->code;
	}
	return bt_queue_effect_end(w->r->q, w->b.id, seq, rc ? why.msg : "done", err);
}

/* What cannot be proven is taken back, and everything stops until somebody looked. */
static int take_back(struct run *w, const struct bt_err *proof, struct bt_err *err)
{
	struct bt_ref_change back = { .ref = w->b.lane, .before = w->b.commit, .after = w->b.base };
	struct bt_err swapped = BT_ERR_INIT;
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;
	int rc;

	bt_refs_swap(w->r->repo, &back, 1, "batho: the proof failed", &swapped);
	if (bt_land_unlock(w->r->repo, w->b.key, err))
		return err->code;
	bt_buf_addf(&why, "the proof failed: %s; %s", proof->msg, swapped.code ? "the branch has moved on" : "it was taken back");
	rc = bt_queue_begin(w->r->q, err);
	if (!rc)
		rc = bt_queue_setting_put(w->r->q, "paused", 1, err);
	if (!rc)
		rc = run_leave(w, BT_ACTION_FAILED, bt_buf_cstr(&why), NULL, err);
	if (!rc)
		rc = run_end(w, BT_BATCH_FAILED, bt_arena_strndup(&w->arena, why.data, why.len), err);
	return bt_queue_end(w->r->q, rc, err);
}

static int prove(struct run *w, bool *ret_over, struct bt_err *err)
{
	BT_FREE struct bt_prove_member *members = bt_xcalloc(w->members_nr + 1, sizeof(*members));
	struct bt_err why = BT_ERR_INIT;
	int rc;

	for (size_t i = 0; i < w->members_nr; i++)
		members[i] = (struct bt_prove_member){ .commit = w->members[i].content, .taken = run_member_open(&w->members[i]) };
	rc = bt_land_prove(w->r->repo, &w->b.commit, &w->b.tree, &w->b.base, members, w->b.kind == BT_ACTION_COMMIT ? w->members_nr : 0,
			   &why);
	if (!rc)
		return 0;
	if (rc != BT_ERR_CORRUPT)
		return *err = why, rc;
	*ret_over = true;
	return take_back(w, &why, err);
}

int run_land(struct run *w, bool *ret_again, struct bt_err *err)
{
	bool over = false;

	*ret_again = false;
	if (w->recovering && bt_land_unlock(w->r->repo, w->b.key, err))
		return err->code;
	if (w->b.state != BT_BATCH_REF_DONE && swap(w, ret_again, &over, err))
		return err->code;
	if (*ret_again || over)
		return 0;
	if (prove(w, &over, err) || over)
		return err->code;
	return refresh(w, err);
}
