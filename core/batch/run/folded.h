/*
 * A fold of the members of a batch: which of them are in it, and what became of each. Between commit.c and blame.c.
 */
#ifndef BT_BATCH_RUN_FOLDED_H
#define BT_BATCH_RUN_FOLDED_H

#include "core/batch/fold/fold.h"
#include "core/batch/run/run.h"
#include "core/batch/verify/verify.h"

/* What a fold gives, whatever its kind. */
struct run_folded {
	struct bt_fold fold;
	struct bt_fold_member *members;
	size_t *place;			/* number of a member in run.members */
	size_t nr;
};

void run_folded_release(struct run_folded *f);
/* Those of the members that are asked for; `pick` NULL: all that are open. Releases what *f holds. */
int run_fold(struct run *w, const struct bt_oid *tip, const bool *pick, struct run_folded *f, struct bt_err *err);
/* Members that are not in the result leave, each with its reason. */
int run_part(struct run *w, const struct run_folded *f, struct bt_err *err);
/* results: one each of run.members. One that was folded by a process that is gone is found by its trailers. */
int run_results(struct run *w, const struct run_folded *f, struct bt_oid *results, struct bt_err *err);

/* Which members a history has, base..tip; one entry each. */
struct run_applied {
	struct bt_oid *commits;
	bool *found;
};
void run_applied_release(struct run_applied *a);
int run_applied_find(struct run *w, const struct bt_oid *base, const struct bt_oid *tip, struct run_applied *ret, struct bt_err *err);

bool run_wants_signature(const struct bt_action *a);
/* "a, b and 3 more"; paths: nr of them, or fewer and a NULL. */
void run_describe_paths(struct bt_buf *out, char *const *paths, size_t nr);

/*
 * The whole did not pass: finds the member that makes it fail, alone or with an earlier one, and parks it; all of them when the
 * branch does not pass as it is. run/blame.c.
 */
int run_blame(struct run *w, const struct bt_oid *tip, const struct bt_verdict *whole, struct bt_err *err);
/* batch.hooks = per-action: what a member's own commit says, whatever it is folded with. */
int run_judge_members(struct run *w, struct bt_err *err);
/* partner: a number of a member, or SIZE_MAX. */
int run_park(struct run *w, size_t culprit, size_t partner, const struct bt_verdict *v, struct bt_err *err);

#endif
