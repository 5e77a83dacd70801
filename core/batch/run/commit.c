/*
 * A batch of commits, or of merges: folded onto the tip as it is now, judged, landed. When the branch moved meanwhile, or a
 * member has to leave, it is folded again, a bounded number of times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/batch/lane.h"
#include "core/batch/land/land.h"
#include "core/batch/params.h"
#include "core/batch/push/push.h"
#include "core/batch/run/folded.h"
#include "core/batch/verify/verify.h"
#include "core/git/history.h"
#include "core/git/program.h"
#include "core/git/refs.h"

/* Strangers that commit all the time: after so many the batch goes back to the queue. */
#define ATTEMPTS_MAX 20

/* --- members that history holds already: a restored queue, or a crash behind the swap --- */

/* A commit before all that could have landed since the members were captured; len 0: there is none. */
static int oldest_base(struct run *w, struct bt_oid *ret, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const struct bt_oid *last = NULL;
	char hex[BT_OID_HEX_MAX + 1];
	size_t nr = 0;
	bool there = true;
	int status;

	ret->len = 0;
	bt_git_cmd_init(&c, w->r->repo);
	bt_git_cmd_addl(&c, "merge-base", "--octopus", NULL);
	for (size_t i = 0; i < w->members_nr && there; i++) {
		const struct bt_oid *base = &w->members[i].base;

		if (last && bt_oid_equal(last, base))
			continue;
		there = base->len;
		/* a base that was rewound may be gone */
		if (there && bt_commit_there(w->r->repo, base, &there, err))
			return err->code;
		if (there)
			bt_git_cmd_add(&c, bt_oid_hex(base, hex));
		last = base;
		nr++;
	}
	if (there && nr == 1)
		*ret = *last;
	if (!there || nr < 2)
		return 0;
	if (bt_git_run_status(&c, NULL, 0, &out, NULL, &status, err))
		return err->code;
	return status ? 0 : bt_oid_parse(bt_buf_cstr(&out), strcspn(bt_buf_cstr(&out), "\n"), ret, err);
}

static int mark_applied(struct run *w, const struct bt_oid *tip, struct bt_err *err)
{
	BT_CLEANUP(run_applied_release) struct run_applied known = { .commits = NULL };
	struct bt_oid base;
	bool moved = false;

	for (size_t i = 0; i < w->members_nr; i++)
		moved = moved || !bt_oid_equal(&w->members[i].base, tip);
	/* nothing has landed since they were captured */
	if (!tip->len || !moved)
		return 0;
	if (oldest_base(w, &base, err) || run_applied_find(w, &base, tip, &known, err))
		return err->code;
	for (size_t i = 0; i < w->members_nr; i++)
		if (known.found[i] && run_member_open(&w->members[i]) &&
		    run_member_end(w, &w->members[i], BT_ACTION_LANDED, "the branch has it already", &known.commits[i], err))
			return err->code;
	return 0;
}

/* Whoever waits for a member that left goes back to the queue, where it is blocked. *ret_any: fold again without them. */
static int drop_dependents(struct run *w, bool *ret_any, struct bt_err *err)
{
	for (size_t i = 0; i < w->members_nr; i++) {
		uint64_t *needs;
		size_t nr;

		if (!run_member_open(&w->members[i]))
			continue;
		if (bt_queue_after(w->r->q, w->members[i].id, &w->arena, &needs, &nr, err))
			return err->code;
		for (size_t n = 0; n < nr && run_member_open(&w->members[i]); n++)
			for (size_t k = 0; k < w->members_nr; k++) {
				const struct bt_action *other = &w->members[k];

				if (other->id != needs[n] || run_member_open(other) || bt_action_state_succeeded(other->state))
					continue;
				if (bt_queue_action_requeue(w->r->q, w->members[i].id, "what it waits for left the batch", err))
					return err->code;
				w->members[i].state = BT_ACTION_QUEUED;
				*ret_any = true;
				break;
			}
	}
	return 0;
}

/* --- merges: one after the other, each onto the result of the one before --- */

static enum bt_merge_strategy strategy_of(const struct bt_action *a)
{
	const char *name = bt_params_get(a->params, a->params_len, "strategy");

	if (name && !strcmp(name, "squash"))
		return BT_MERGE_SQUASH;
	return name && !strcmp(name, "ff") ? BT_MERGE_FF : BT_MERGE_MERGE;
}

static int merge_one(struct run *w, struct bt_action *a, struct bt_oid *tip, struct bt_err *err)
{
	BT_CLEANUP(bt_fold_merge_release) struct bt_fold_merge m = {
		.tip = *tip, .source = a->content, .strategy = strategy_of(a),
		.message = bt_params_get(a->params, a->params_len, "message"),
		.source_name = bt_params_get(a->params, a->params_len, "source"), .target_name = bt_lane_name(w->b.lane),
		.batch_key = w->b.key, .action_key = a->key, .committer = w->b.committer, .sign = run_wants_signature(a),
	};
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;

	if (bt_fold_merge(w->r->repo, &m, err))
		return err->code;
	if (m.outcome == BT_FOLD_EMPTY)
		return run_member_end(w, a, BT_ACTION_LANDED, "the branch has all of it already", tip, err);
	if (m.outcome == BT_FOLD_CONFLICT) {
		if (m.paths_nr) {
			bt_buf_addf(&why, "conflict of %s in ", m.source_name);
			run_describe_paths(&why, m.paths, m.paths_nr);
		} else {
			bt_buf_addf(&why, "'%s' is no fast-forward of '%s'", m.source_name, m.target_name);
		}
		return run_member_end(w, a, BT_ACTION_PARKED, bt_buf_cstr(&why), NULL, err);
	}
	*tip = m.commit;
	w->b.commit = m.commit;
	w->b.tree = m.tree;
	return 0;
}

static int merge_all(struct run *w, const struct bt_oid *tip, size_t *ret_taken, struct bt_err *err)
{
	struct bt_oid at = *tip;

	*ret_taken = 0;
	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i])) {
			if (merge_one(w, &w->members[i], &at, err))
				return err->code;
			*ret_taken += run_member_open(&w->members[i]);
		}
	return 0;
}

/* --- the whole --- */

static bool any_open(const struct run *w)
{
	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i]))
			return true;
	return false;
}

/* *ret_ready: w->b.commit is folded onto *tip and has passed. Else members have left: again. */
static int prepare(struct run *w, const struct bt_oid *tip, struct run_folded *f, bool *ret_ready, struct bt_err *err)
{
	struct bt_verdict v = { .passed = true };
	bool dropped = false;
	size_t taken;

	*ret_ready = false;
	if (w->b.kind == BT_ACTION_MERGE) {
		if (merge_all(w, tip, &taken, err))
			return err->code;
	} else {
		if (run_fold(w, tip, NULL, f, err) || run_part(w, f, err))
			return err->code;
		taken = f->fold.taken;
		if (taken) {
			w->b.commit = f->fold.commit;
			w->b.tree = f->fold.tree;
		}
	}
	if (drop_dependents(w, &dropped, err) || dropped || !taken)
		return err->code;
	bt_fault_point("folded");
	if (bt_verify(w->r, &w->b, tip, &w->b.commit, &v, err))
		return err->code;
	if (v.passed) {
		*ret_ready = true;
		return 0;
	}
	run_tell(w, "%s says no: %s", v.judge, v.detail);
	/* one merge is one member; several are judged again without the last */
	if (w->b.kind == BT_ACTION_COMMIT)
		return run_blame(w, tip, &v, err);
	for (size_t i = w->members_nr; i-- > 0;)
		if (run_member_open(&w->members[i]))
			return run_park(w, i, SIZE_MAX, &v, err);
	return 0;
}

static int land_members(struct run *w, const struct run_folded *f, struct bt_err *err)
{
	BT_FREE struct bt_oid *results = bt_xcalloc(w->members_nr + 1, sizeof(*results));
	int rc = run_results(w, f, results, err);

	if (!rc)
		rc = bt_queue_begin(w->r->q, err);
	for (size_t i = 0; i < w->members_nr && !rc; i++)
		if (run_member_open(&w->members[i]))
			rc = run_member_end(w, &w->members[i], BT_ACTION_LANDED, NULL, &results[i], err);
	if (!rc)
		rc = run_end(w, BT_BATCH_DONE, NULL, err);
	if (!rc)
		bt_fault_point("landing-commit");
	return bt_queue_end(w->r->q, rc, err);
}

/* A batch that was about to be swapped when its process died: git says how far it came. */
static int resume(struct run *w, const struct run_folded *f, bool *ret_again, struct bt_err *err)
{
	if (run_land(w, ret_again, err))
		return err->code;
	return *ret_again || !bt_batch_state_open(w->b.state) ? 0 : land_members(w, f, err);
}

static int tip_read(struct run *w, struct bt_oid *ret_tip, struct bt_err *err)
{
	int rc = bt_ref_read(w->r->repo, w->b.lane, ret_tip, err);

	if (rc == BT_DONE)
		*ret_tip = (struct bt_oid){ .len = 0 };
	return rc < 0 ? rc : 0;
}

static int tree_of(struct run *w, const struct bt_oid *commit, struct bt_oid *ret_tree, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_rev rev = { .spec = bt_oid_hex(commit, hex) };

	if (bt_repo_resolve(w->r->repo, &rev, 1, err))
		return err->code;
	*ret_tree = rev.tree;
	return 0;
}

/*
 * A process that is gone had folded onto this very tip, judged, and pinned the result: it is taken as it is, above all because a
 * signature is asked for once. Its trailers say whose it is.
 */
static int reuse(struct run *w, const struct bt_oid *tip, bool *ret_ready, struct bt_err *err)
{
	BT_CLEANUP(run_applied_release) struct run_applied known = { .commits = NULL };
	struct bt_oid pinned;
	int rc = tip->len && w->recovering ? run_pinned(w, &pinned, err) : BT_DONE;

	*ret_ready = false;
	if (rc == BT_ROW)
		rc = bt_is_ancestor(w->r->repo, tip, &pinned, err);
	if (rc != BT_ROW || bt_oid_equal(tip, &pinned))
		return rc < 0 ? rc : 0;
	if (run_applied_find(w, tip, &pinned, &known, err))
		return err->code;
	for (size_t i = 0; i < w->members_nr; i++)
		if (known.found[i] != run_member_open(&w->members[i]))
			return 0;
	w->b.commit = pinned;
	*ret_ready = true;
	return tree_of(w, &pinned, &w->b.tree, err);
}

/* One round from the tip as it is. *ret_over: there is nothing more to do. */
static int round_of(struct run *w, bool *ret_over, struct bt_err *err)
{
	BT_CLEANUP(run_folded_release) struct run_folded f = { .nr = 0 };
	struct bt_oid tip;
	bool ready, again;

	*ret_over = false;
	if (tip_read(w, &tip, err) || mark_applied(w, &tip, err))
		return err->code;
	if (!any_open(w)) {
		*ret_over = true;
		return run_end(w, BT_BATCH_DONE, NULL, err);
	}
	w->b.attempt++;
	if (reuse(w, &tip, &ready, err) || (!ready && prepare(w, &tip, &f, &ready, err)) || !ready)
		return err->code;
	w->b.base = tip;
	if (run_pin(w, err))
		return err->code;
	bt_fault_point("batch-pinned");
	if (run_save(w, err) || resume(w, &f, &again, err))
		return err->code;
	*ret_over = !again;
	return 0;
}

int run_commits(struct run *w, struct bt_err *err)
{
	struct run_folded none = { .nr = 0 };
	bool over = false, again = false;

	if (w->b.state == BT_BATCH_REF_INTENT || w->b.state == BT_BATCH_REF_DONE) {
		if (resume(w, &none, &again, err))
			return err->code;
		if (!again)
			return 0;
	}
	if (run_judge_members(w, err))
		return err->code;
	for (unsigned i = 0; i < ATTEMPTS_MAX && !over; i++)
		if (round_of(w, &over, err))
			return err->code;
	return over ? 0 : run_requeue(w, "the branch moved every time it was folded", err);
}
