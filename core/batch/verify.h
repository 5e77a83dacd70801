/*
 * The gate of a batch: does the folded result pass? Three judges, in this order: the built-in check of what the batch changes
 * (rules, as `git batho check <base>..<commit>`, with the policy of the base), the repository's hooks (batch.hooks), the
 * user's command batho.batch.verify in a throwaway worktree. Verdicts of the command are kept by (tree, command).
 */
#ifndef BT_BATCH_VERIFY_H
#define BT_BATCH_VERIFY_H

#include "core/batch/run.h"

struct bt_verdict {
	bool passed;
	const char *judge;	/* "check", "pre-commit", "commit-msg", "batch.verify": who said no */
	char detail[480];	/* the first of its words, one line, safe */
};
/*
 * base: the tip it was folded onto, or len 0. deep: worktree, hooks and command too; else the built-in check alone. An error is
 * one of ours (no disk, no git): nothing was judged.
 */
int bt_verify(struct bt_run *r, const struct bt_oid *base, const struct bt_oid *commit, struct bt_verdict *ret_v, struct bt_err *err);

#endif
