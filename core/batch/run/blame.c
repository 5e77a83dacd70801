/*
 * The gate says no: who is to blame?
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/batch/lane.h"
#include "core/batch/run/folded.h"

static int judge(struct run *w, const struct bt_oid *tip, const bool *pick, struct run_folded *f, struct bt_verdict *v, struct bt_err *err)
{
	if (run_fold(w, tip, pick, f, err))
		return err->code;
	if (!f->fold.taken) {
		v->passed = true;
		return 0;
	}
	return bt_verify(w->r, &w->b, tip, &f->fold.commit, v, err);
}

int run_judge_members(struct run *w, struct bt_err *err)
{
	for (size_t i = 0; i < w->members_nr; i++) {
		BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;
		struct bt_verdict v;

		if (!run_member_open(&w->members[i]))
			continue;
		if (bt_verify_member(w->r, &w->b, &w->members[i].content, &v, err))
			return err->code;
		bt_buf_addf(&why, "%s says no: %s", v.judge, v.detail);
		if (!v.passed && run_member_end(w, &w->members[i], BT_ACTION_PARKED, bt_buf_cstr(&why), NULL, err))
			return err->code;
	}
	return 0;
}

/* The smallest number n in (good, bad] for which the first n open members, with `fixed` (or SIZE_MAX), do not pass. */
static int bisect(struct run *w, const struct bt_oid *tip, const size_t *open, size_t good, size_t bad, size_t fixed, size_t *ret,
		  struct bt_verdict *said, struct bt_err *err)
{
	BT_CLEANUP(run_folded_release) struct run_folded f = { .nr = 0 };
	BT_FREE bool *pick = bt_xcalloc(w->members_nr + 1, sizeof(*pick));

	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2;
		struct bt_verdict v = { .passed = false };

		memset(pick, 0, w->members_nr * sizeof(*pick));
		for (size_t i = 0; i < middle; i++)
			pick[open[i]] = true;
		if (fixed != SIZE_MAX)
			pick[fixed] = true;
		if (judge(w, tip, pick, &f, &v, err))
			return err->code;
		if (v.passed)
			good = middle;
		else
			bad = middle, *said = v;
	}
	*ret = bad;
	return 0;
}

int run_park(struct run *w, size_t culprit, size_t partner, const struct bt_verdict *v, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;

	bt_buf_addf(&why, "%s says no: %s", v->judge ? v->judge : "the gate", v->detail);
	if (partner != SIZE_MAX)
		bt_buf_addf(&why, " (together with action %llu)", (unsigned long long)w->members[partner].id);
	return run_member_end(w, &w->members[culprit], BT_ACTION_PARKED, bt_buf_cstr(&why), NULL, err);
}

/* The branch itself does not pass: nobody here is to blame, and nobody can land. */
static int park_all(struct run *w, const struct bt_verdict *v, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;
	int rc;

	bt_buf_addf(&why, "%s says no to '%s' as it is: %s", v->judge, bt_lane_name(w->b.lane), v->detail);
	rc = bt_queue_begin(w->r->q, err);
	if (!rc)
		rc = run_leave(w, BT_ACTION_PARKED, bt_buf_cstr(&why), NULL, err);
	return bt_queue_end(w->r->q, rc, err);
}

int run_blame(struct run *w, const struct bt_oid *tip, const struct bt_verdict *whole, struct bt_err *err)
{
	BT_CLEANUP(run_folded_release) struct run_folded f = { .nr = 0 };
	BT_FREE size_t *open = bt_xcalloc(w->members_nr + 1, sizeof(*open));
	BT_FREE bool *pick = bt_xcalloc(w->members_nr + 1, sizeof(*pick));
	struct bt_verdict said = *whole, alone = { .passed = false };
	size_t nr = 0, first = 0, partner = SIZE_MAX, culprit;

	alone.passed = strcmp(whole->judge, "batch.verify");
	if (!alone.passed && bt_verify_tip(w->r, &w->b, tip, &alone, err))
		return err->code;
	if (!alone.passed)
		return park_all(w, &alone, err);
	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i]))
			open[nr++] = i;
	if (bisect(w, tip, open, 0, nr, SIZE_MAX, &first, &said, err))
		return err->code;
	culprit = open[first - 1];
	if (first > 1) {
		pick[culprit] = true;
		if (judge(w, tip, pick, &f, &alone, err))
			return err->code;
		if (alone.passed) {
			size_t with = 0;

			if (bisect(w, tip, open, 0, first - 1, culprit, &with, &said, err))
				return err->code;
			partner = open[with - 1];
		} else {
			said = alone;
		}
	}
	return run_park(w, culprit, partner, &said, err);
}
