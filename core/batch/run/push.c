/*
 * A push. The remote is asked before anything is believed: what it has already is not pushed again, what a stranger put there
 * is fetched and brought together with what landed here.
 *
 * When the remote's branch moved: commits that only this queue made, and that the remote lacks, are taken back from the local
 * branch and their actions queued again, so that they are folded, judged and landed anew on the stranger's work, in their old
 * order and before this push. Where somebody's own commits are among them nothing is rewritten: the remote's branch is merged
 * into the local one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/fault.h"
#include "core/base/metric.h"
#include "core/base/signal.h"
#include "core/batch/lane.h"
#include "core/batch/land/land.h"
#include "core/batch/params.h"
#include "core/batch/pin/pin.h"
#include "core/batch/push/push.h"
#include "core/batch/run/folded.h"
#include "core/batch/verify/verify.h"
#include "core/git/history.h"
#include "core/git/program.h"
#include "core/git/refs.h"

/* Commits of the local branch that the remote lacks: more than these are merged, not folded again. */
#define OURS_MAX 1000
/* A remote that cannot be reached is tried again after this, then twice as long, ... */
#define WAIT_MS 500
#define WAIT_MAX_MS 30000

/* The push at hand: the first member that is still open. Pushes to several remotes may share a batch. */
static struct bt_action *at_hand(struct run *w)
{
	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i]))
			return &w->members[i];
	return NULL;
}

/* After the last one the batch is over: as `batch` says, for an end that was not good. */
static int next(struct run *w, enum bt_batch_state batch, const char *why, struct bt_err *err)
{
	bool good = true;

	if (at_hand(w)) {
		w->b.state = BT_BATCH_PLANNED;
		w->b.error = NULL;
		return run_save(w, err);
	}
	for (size_t i = 0; i < w->members_nr; i++)
		good = good && bt_action_state_succeeded(w->members[i].state);
	return run_end(w, good ? BT_BATCH_DONE : batch, good ? NULL : why, err);
}

static int fail(struct run *w, enum bt_action_state state, enum bt_batch_state batch, const char *why, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	if (!rc)
		rc = run_member_end(w, at_hand(w), state, why, NULL, err);
	if (!rc)
		rc = next(w, batch, bt_arena_strndup(&w->arena, why, strlen(why)), err);
	return bt_queue_end(w->r->q, rc, err);
}

/* --- the end --- */

/* Is the result in a commit? One that gc has taken is in none that is still there. */
static int is_in(struct run *w, const struct bt_oid *result, const struct bt_oid *commit, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	bool there;
	int rc = bt_is_ancestor(w->r->repo, result, commit, &why);

	if (rc >= 0)
		return rc;
	if (bt_commit_there(w->r->repo, result, &there, err))
		return err->code;
	if (!there)
		return BT_DONE;
	*err = why;
	return rc;
}

/* What landed here and is part of what the remote has now. */
static int mark_pushed(struct run *w, struct bt_err *err)
{
	struct bt_action_query q = { .list = BT_ACTIONS_LANDED_IN, .lane = w->b.lane };
	struct bt_action *list;
	struct bt_oid last = { .len = 0 };
	bool last_is = false;
	size_t nr, pushed = 0;

	if (bt_queue_actions(w->r->q, &q, &w->arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		if (!list[i].leader && !bt_oid_equal(&last, &list[i].result)) {
			int rc = is_in(w, &list[i].result, &w->b.commit, err);

			if (rc < 0)
				return rc;
			last = list[i].result;
			last_is = rc == BT_ROW;
		}
		if (list[i].leader || !last_is)
			continue;
		if (bt_queue_action_set(w->r->q, list[i].id, BT_ACTION_PUSHED, NULL, NULL, err))
			return err->code;
		pushed++;
	}
	/* without a queue each of them had been pushed alone */
	if (pushed > 1)
		bt_count(BT_METRIC_CI_RUNS_SAVED, 0, pushed - 1);
	return 0;
}

static int done(struct run *w, const char *detail, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	if (!rc)
		rc = mark_pushed(w, err);
	if (!rc)
		rc = run_member_end(w, at_hand(w), BT_ACTION_COMPLETED, detail, &w->b.commit, err);
	if (!rc)
		rc = next(w, BT_BATCH_FAILED, "not every push of it succeeded", err);
	if (!rc)
		bt_fault_point("push-commit");
	return bt_queue_end(w->r->q, rc, err);
}

/* --- the remote moved --- */

struct ours {
	struct bt_oid *commits;
	size_t nr, alloc;
};

/* Commits in remote..tip, newest first. */
static int list_commits(struct run *w, const struct bt_oid *remote, const struct bt_oid *tip, struct ours *o, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	char from[BT_OID_HEX_MAX + 2], to[BT_OID_HEX_MAX + 1], max[32];
	const char *p;

	from[0] = '^';
	bt_oid_hex(remote, from + 1);
	snprintf(max, sizeof(max), "--max-count=%d", OURS_MAX + 1);
	bt_git_cmd_init(&c, w->r->repo);
	bt_git_cmd_addl(&c, "rev-list", max, "--end-of-options", bt_oid_hex(tip, to), from, "--", NULL);
	if (bt_git_run(&c, "cannot compare with the remote", NULL, 0, &out, err))
		return err->code;
	for (p = bt_buf_cstr(&out); *p;) {
		size_t len = strcspn(p, "\n");

		BT_GROW(o->commits, o->alloc, o->nr + 1);
		if (bt_oid_parse(p, len, &o->commits[o->nr++], err))
			return err->code;
		p += len + (p[len] == '\n');
	}
	return 0;
}

static bool is_result(const struct bt_action *list, size_t nr, const struct bt_oid *commit)
{
	for (size_t i = 0; i < nr; i++)
		if (bt_oid_equal(&list[i].result, commit))
			return true;
	return false;
}

/* The contents are still there (they are pinned for a while after they landed). */
static int contents_there(struct run *w, const struct bt_action *list, size_t nr, bool *ret, struct bt_err *err)
{
	BT_FREE struct bt_oid *contents = bt_xcalloc(nr + 1, sizeof(*contents));
	struct bt_err why = BT_ERR_INIT;
	int rc;

	for (size_t i = 0; i < nr; i++)
		contents[i] = list[i].content;
	rc = bt_pin_restore(w->r->repo, contents, nr, &why);
	*ret = !rc;
	if (!rc || rc == BT_ERR_NOT_FOUND)
		return 0;
	*err = why;
	return rc;
}

/* Is all that the remote lacks made by landed actions that can be folded again? */
static int all_ours(struct run *w, const struct bt_oid *remote, const struct bt_oid *tip, bool *ret_mine, struct bt_err *err)
{
	struct bt_action_query q = { .list = BT_ACTIONS_LANDED_IN, .lane = w->b.lane };
	struct ours o = { .nr = 0 };
	struct bt_action *list;
	size_t nr, kept = 0;
	bool all;		/* every one of them is a landed action's */
	int rc;

	*ret_mine = false;
	rc = list_commits(w, remote, tip, &o, err);
	if (!rc)
		rc = bt_queue_actions(w->r->q, &q, &w->arena, &list, &nr, err);
	all = !rc && o.nr && o.nr <= OURS_MAX;
	for (size_t i = 0; all && i < o.nr; i++)
		all = is_result(list, nr, &o.commits[i]);
	for (size_t i = 0; all && i < nr; i++)
		for (size_t k = 0; k < o.nr; k++)
			if (!list[i].leader && bt_oid_equal(&list[i].result, &o.commits[k])) {
				list[kept++] = list[i];
				break;
			}
	if (all)
		rc = contents_there(w, list, kept, ret_mine, err);
	free(o.commits);
	return rc;
}

/* What landed, and is not in the branch any more after it went back; and this push behind it. */
static int requeue_lost(struct run *w, unsigned seq, struct bt_err *err)
{
	struct bt_action_query q = { .list = BT_ACTIONS_LANDED_IN, .lane = w->b.lane };
	struct bt_action *list;
	size_t nr;
	int rc = bt_queue_actions(w->r->q, &q, &w->arena, &list, &nr, err);

	if (!rc)
		rc = bt_queue_begin(w->r->q, err);
	for (size_t i = 0; i < nr && !rc; i++) {
		int in = list[i].leader ? BT_ROW : is_in(w, &list[i].result, &w->b.commit, err);

		if (in == BT_DONE)
			rc = bt_queue_action_requeue(w->r->q, list[i].id, "the remote moved", err);
		else if (in < 0)
			rc = in;
	}
	for (size_t i = 0; i < w->members_nr && !rc; i++)
		if (run_member_open(&w->members[i])) {
			rc = bt_queue_action_requeue(w->r->q, w->members[i].id, "the remote moved", err);
			w->members[i].state = BT_ACTION_QUEUED;
		}
	if (!rc)
		rc = bt_queue_effect_end(w->r->q, w->b.id, seq, "done", err);
	if (!rc)
		rc = run_end(w, BT_BATCH_RETURNED, "the remote moved: what landed here is folded again", err);
	return bt_queue_end(w->r->q, rc, err);
}

/* The branch is back where the remote is: the worktrees follow. */
static int went_back(struct run *w, unsigned seq, struct bt_err *err)
{
	struct bt_land_refresh_opts o = { .ref = w->b.lane, .before = w->b.base, .after = w->b.commit, .token = w->b.key };
	struct bt_err left = BT_ERR_INIT;

	bt_land_refresh(w->r->repo, &o, &left);
	return requeue_lost(w, seq, err);
}

/* The local branch goes back to where the remote is. */
static int fold_again(struct run *w, const struct bt_oid *remote, const struct bt_oid *tip, struct bt_err *err)
{
	struct bt_ref_change back = { .ref = w->b.lane, .before = *tip, .after = *remote };
	struct bt_err left = BT_ERR_INIT;
	unsigned seq;
	int rc;

	w->b.base = *tip;
	w->b.commit = *remote;
	if (run_save(w, err) || bt_queue_effect_begin(w->r->q, w->b.id, "back", w->b.lane, &seq, err))
		return err->code;
	bt_fault_point("back-intent");
	rc = bt_land_lock(w->r->repo, w->b.lane, w->b.key, &left);
	if (rc && rc != BT_ERR_BUSY)
		return *err = left, rc;
	rc = bt_refs_swap(w->r->repo, &back, 1, "batho: the remote moved, folding again", &left);
	if (rc) {
		if (bt_land_unlock(w->r->repo, w->b.key, err))
			return err->code;
		return rc == BT_ERR_BUSY ? bt_queue_effect_end(w->r->q, w->b.id, seq, "moved", err) : (*err = left, rc);
	}
	bt_fault_point("back-swapped");
	return went_back(w, seq, err);
}

/* A process died while it took the branch back. */
static int finish_back(struct run *w, struct bt_err *err)
{
	struct bt_effect *list;
	struct bt_oid now;
	size_t nr;
	int rc;

	if (bt_queue_effects(w->r->q, w->b.id, &w->arena, &list, &nr, err))
		return err->code;
	if (!nr || list[nr - 1].done_at || strcmp(list[nr - 1].kind, "back"))
		return 0;
	rc = bt_ref_read(w->r->repo, w->b.lane, &now, err);
	if (rc < 0)
		return rc;
	if (rc == BT_ROW && bt_oid_equal(&now, &w->b.commit))
		return bt_land_unlock(w->r->repo, w->b.key, err) ? err->code : went_back(w, list[nr - 1].seq, err);
	return bt_queue_effect_end(w->r->q, w->b.id, list[nr - 1].seq, "not done", err);
}

/* Somebody's own commits are among what the remote lacks: both sides stay as they are, and are merged. */
static int merge_remote(struct run *w, const struct bt_oid *remote, const struct bt_oid *tip, struct bt_err *err)
{
	BT_FREE char *source = bt_xasprintf("%s of %s", bt_lane_name(w->b.lane), w->b.remote);
	BT_CLEANUP(bt_fold_merge_release) struct bt_fold_merge m = {
		.tip = *tip, .source = *remote, .strategy = BT_MERGE_MERGE, .source_name = source,
		.target_name = bt_lane_name(w->b.lane), .batch_key = w->b.key, .action_key = at_hand(w)->key,
		.committer = w->b.committer,
	};
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;
	struct bt_verdict v;
	bool again;

	if (bt_fold_merge(w->r->repo, &m, err))
		return err->code;
	if (m.outcome == BT_FOLD_CONFLICT) {
		bt_buf_addf(&why, "'%s' at '%s' has moved and conflicts in ", bt_lane_name(w->b.lane), w->b.remote);
		run_describe_paths(&why, m.paths, m.paths_nr);
		return fail(w, BT_ACTION_PARKED, BT_BATCH_FAILED, bt_buf_cstr(&why), err);
	}
	w->b.base = *tip;
	w->b.commit = m.commit;
	w->b.tree = m.tree;
	if (bt_verify(w->r, &w->b, tip, &m.commit, &v, err))
		return err->code;
	if (!v.passed) {
		bt_buf_addf(&why, "%s says no to the merge with '%s': %s", v.judge, w->b.remote, v.detail);
		return fail(w, BT_ACTION_PARKED, BT_BATCH_FAILED, bt_buf_cstr(&why), err);
	}
	if (run_pin(w, err) || run_save(w, err) || run_land(w, &again, err))
		return err->code;
	if (bt_batch_state_open(w->b.state)) {
		w->b.state = BT_BATCH_PLANNED;
		return run_save(w, err);
	}
	return 0;
}

/* The remote cannot be reached: that is no error yet, and is tried again. */
static int unreached(struct run *w, bool *ret_again, struct bt_err *err)
{
	if (err->code != BT_ERR_BUSY || !bt_queue_fence_held(w->r->q))
		return err->code;
	w->b.error = bt_arena_strndup(&w->arena, err->msg, strlen(err->msg));
	*err = (struct bt_err)BT_ERR_INIT;
	*ret_again = true;
	return 0;
}

/* The branch and the remote's have gone different ways. The batch may be over afterwards. */
static int bring_together(struct run *w, struct bt_oid *tip, struct bt_err *err)
{
	struct bt_oid remote;
	bool mine, again;

	run_tell(w, "'%s' has moved at '%s': fetching", bt_lane_name(w->b.lane), w->b.remote);
	if (bt_push_fetch(w->r->repo, w->b.remote, w->b.lane, 0, &remote, err))
		return unreached(w, &again, err);
	if (all_ours(w, &remote, tip, &mine, err))
		return err->code;
	return mine ? fold_again(w, &remote, tip, err) : merge_remote(w, &remote, tip, err);
}

/* --- pushing --- */

/* Different for each process, so that two machines do not meet again and again. */
static int wait_a_while(unsigned attempt, struct bt_err *err)
{
	int64_t ms = WAIT_MS << (attempt < 6 ? attempt : 6);
	int64_t until;

	ms = ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
	until = bt_clock_ms() + ms / 2 + (int64_t)((uint64_t)bt_clock_ns() * 2654435761u % (uint64_t)(ms / 2 + 1));
	while (bt_clock_ms() < until) {
		if (bt_cancel_check(err))
			return err->code;
		usleep(20000);
	}
	return 0;
}

static const char *const *options_of(struct run *w)
{
	const struct bt_action *a = at_hand(w);
	const char **list, *name, *value;
	size_t at = 0, nr = 0;

	if (!a)
		return NULL;
	list = bt_arena_zalloc(&w->arena, (a->params_len / 2 + 1) * sizeof(*list));
	while (bt_params_next(a->params, a->params_len, &at, &name, &value))
		if (!strcmp(name, "option"))
			list[nr++] = value;
	return nr ? list : NULL;
}

/* One try. *ret_again: the remote has to be looked at anew. */
static int push_once(struct run *w, const struct bt_oid *tip, const struct bt_oid *remote, bool *ret_again, struct bt_err *err)
{
	struct bt_push p = {
		.remote = w->b.remote, .ref = w->b.lane, .commit = *tip, .expected = *remote, .options = options_of(w),
		.run_hooks = w->r->settings->hooks != BT_BATCH_HOOKS_NONE,
	};
	unsigned seq;

	w->b.commit = *tip;
	w->b.remote_old = *remote;
	w->b.state = BT_BATCH_PUSH_INTENT;
	w->b.attempt++;
	if (bt_queue_effect_begin(w->r->q, w->b.id, "push", w->b.remote, &seq, err) || run_save(w, err))
		return err->code;
	bt_fault_point("push-intent");
	if (bt_push(w->r->repo, &p, err))
		return err->code;
	bt_fault_point("pushed");
	switch (p.result) {
	case BT_PUSH_DONE:
	case BT_PUSH_ALREADY:
		return bt_queue_effect_end(w->r->q, w->b.id, seq, "done", err) || done(w, NULL, err) ? err->code : 0;
	case BT_PUSH_REJECTED:
		return bt_queue_effect_end(w->r->q, w->b.id, seq, "rejected", err) ||
				       fail(w, BT_ACTION_FAILED, BT_BATCH_FAILED, p.detail, err)
			       ? err->code
			       : 0;
	case BT_PUSH_MOVED:
	case BT_PUSH_UNREACHABLE:
	case BT_PUSH_UNKNOWN:
		break;
	}
	*ret_again = true;
	run_tell(w, "cannot push to '%s': %s", w->b.remote, p.detail);
	w->b.error = bt_arena_strndup(&w->arena, p.detail, strlen(p.detail));
	return bt_queue_effect_end(w->r->q, w->b.id, seq, p.result == BT_PUSH_MOVED ? "moved" : p.detail, err);
}

/* A commit that only the remote has is fetched before anything is asked about it. */
static int make_known(struct run *w, struct bt_oid *remote, struct bt_err *err)
{
	bool there;

	if (bt_commit_there(w->r->repo, remote, &there, err))
		return err->code;
	return there ? 0 : bt_push_fetch(w->r->repo, w->b.remote, w->b.lane, 0, remote, err);
}

/* One look at both sides, and what follows from it. */
static int round_of(struct run *w, bool *ret_again, struct bt_err *err)
{
	struct bt_oid tip, remote = { .len = 0 };
	int rc = bt_ref_read(w->r->repo, w->b.lane, &tip, err);

	*ret_again = false;
	if (rc == BT_DONE)
		return fail(w, BT_ACTION_FAILED, BT_BATCH_FAILED, "the branch is not there any more", err);
	if (rc < 0)
		return rc;
	rc = bt_push_look(w->r->repo, w->b.remote, w->b.lane, 0, &remote, err);
	if (rc < 0)
		return unreached(w, ret_again, err);
	if (rc == BT_ROW) {
		if (make_known(w, &remote, err))
			return unreached(w, ret_again, err);
		rc = bt_oid_equal(&remote, &tip) ? BT_ROW : bt_is_ancestor(w->r->repo, &tip, &remote, err);
		if (rc < 0)
			return rc;
		if (rc == BT_ROW) {
			w->b.commit = tip;
			return done(w, "the remote has it already", err);
		}
		rc = bt_is_ancestor(w->r->repo, &remote, &tip, err);
		if (rc < 0)
			return rc;
		if (rc == BT_DONE) {
			*ret_again = true;
			return bring_together(w, &tip, err);
		}
	}
	if (rc == BT_DONE)
		memset(&remote, 0, sizeof(remote));
	return push_once(w, &tip, &remote, ret_again, err);
}

/* The member at hand, to its end. */
static int push_one(struct run *w, bool unknown, struct bt_err *err)
{
	const struct bt_action *a = at_hand(w);
	uint64_t id = a ? a->id : 0;
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;

	if (!a)
		return 0;
	w->b.remote = bt_params_get(a->params, a->params_len, "remote");
	if (!w->b.remote)
		return fail(w, BT_ACTION_FAILED, BT_BATCH_FAILED, "its row names no remote", err);
	for (unsigned i = 0; i <= w->r->settings->push_retries; i++) {
		const struct bt_action *now;
		bool again;

		if (i && wait_a_while(i - 1, err))
			return err->code;
		if (round_of(w, &again, err))
			return err->code;
		now = at_hand(w);
		if (!again || !bt_batch_state_open(w->b.state) || !now || now->id != id)
			return 0;
	}
	bt_buf_addf(&why, "gave up after %u tries: %s", w->r->settings->push_retries + 1, w->b.error ? w->b.error : "the remote kept moving");
	return unknown ? fail(w, BT_ACTION_UNKNOWN, BT_BATCH_UNKNOWN, bt_buf_cstr(&why), err)
		       : fail(w, BT_ACTION_FAILED, BT_BATCH_FAILED, bt_buf_cstr(&why), err);
}

int run_push(struct run *w, struct bt_err *err)
{
	bool unknown = w->b.state == BT_BATCH_PUSH_INTENT, again;

	if (w->recovering && finish_back(w, err))
		return err->code;
	if (!bt_batch_state_open(w->b.state))
		return 0;
	if (w->b.state == BT_BATCH_REF_INTENT || w->b.state == BT_BATCH_REF_DONE) {
		/* a merge with the remote's branch was being landed */
		if (run_land(w, &again, err) || !bt_batch_state_open(w->b.state))
			return err->code;
		w->b.state = BT_BATCH_PLANNED;
	}
	while (bt_batch_state_open(w->b.state) && at_hand(w)) {
		if (push_one(w, unknown, err))
			return err->code;
		unknown = false;
	}
	return bt_batch_state_open(w->b.state) ? next(w, BT_BATCH_FAILED, "not every push of it succeeded", err) : 0;
}
