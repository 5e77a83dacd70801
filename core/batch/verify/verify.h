/*
 * The gate of a batch: does the folded result pass? Three judges, in this order; the first that says no decides.
 *
 *	check			the built-in check of what base..commit changes, with the policy of the base (batch.check)
 *	pre-commit, commit-msg	the repository's hooks, by batch.hooks
 *	batch.verify		the user's command, in a throwaway worktree of the commit
 *
 * The worktree lies in <common dir>/batho/gate-<pid>-<n>, is locked for git, and is made for hooks and the command alone: a
 * repository that has neither gets none. It is as `git worktree add` makes it (filters run, submodules are empty folders), except
 * that it is never sparse. It stays for the next call with the same bt_run, cleaned; bt_verify_end takes it away. What a process
 * that died left is taken away by the next one that judges here, and the command that it left running is ended.
 *
 * Hooks. per-batch: pre-commit once, in the worktree with the base as HEAD and the folded tree as index, as `git commit` would
 * run it (pre-merge-commit for a merge), then commit-msg for every message that the queue wrote. per-action: the same for each
 * queued commit, by bt_verify_member; bt_verify runs none then. none: an event says so. What a hook changes (a message, what is staged)
 * is not taken, an event says so. Our own pre-commit hook stands back when the built-in check has judged; one that it chains
 * runs.
 *
 * The command: `sh -c <command>` with BATHO_BASE (empty: there is none), BATHO_COMMIT, BATHO_REF, BATHO_BATCH in its environment
 * and nothing that names a repository. It has batch.verifyTimeout, as each hook has; what it leaves running in its process group
 * is killed. Its verdict is kept by (tree, command): a yes for good, a no for this batch alone, so that a retry asks again; not
 * when it was killed, ran out of time, or could not be run.
 */
#ifndef BT_BATCH_VERIFY_H
#define BT_BATCH_VERIFY_H

#include "core/batch/run/run.h"

struct bt_verdict {
	bool passed;
	const char *judge;	/* "check", "pre-commit", "pre-merge-commit", "commit-msg", "batch.verify": who said no */
	char detail[480];	/* the first of its words, one line, safe; "" when it passed */
};
/*
 * b: the batch (its id, lane and kind are looked at). base: the tip it was folded onto, or len 0. An error is one of ours (no disk,
 * no git): nothing was judged. A check that cannot judge is none as long as batho.hooks.onError (onTimeout) is warn: that is told,
 * and an event, and the next judge is asked.
 */
int bt_verify(struct bt_run *r, const struct bt_batch *b, const struct bt_oid *base, const struct bt_oid *commit,
	      struct bt_verdict *ret_v, struct bt_err *err);
/* batch.hooks = per-action: the hooks for one member's own commit against its first parent. Passes at once otherwise. */
int bt_verify_member(struct bt_run *r, const struct bt_batch *b, const struct bt_oid *commit, struct bt_verdict *ret_v,
		     struct bt_err *err);
/*
 * Does batch.verify say yes to the tip itself? When it does not, nobody who is folded onto it is to blame. Passes when there is no
 * such command.
 */
int bt_verify_tip(struct bt_run *r, const struct bt_batch *b, const struct bt_oid *tip, struct bt_verdict *ret_v, struct bt_err *err);
/* The worktree goes. Nothing when there is none; r can judge again afterwards. */
void bt_verify_end(struct bt_run *r);

#endif
