/*
 * Changes folded in order onto a tip: what a batch of commits becomes. Writes objects, moves no ref. Deterministic: same tip, members and
 * frozen values give the same ids.
 *
 * A member is a commit; its change is the one against its first parent (against nothing for a root). The truth is what `git merge-tree --write-tree` makes of
 * (merge base: the member's parent; ours: what was folded so far; theirs: the member). A shortcut on trees is taken where it cannot
 * differ: no path deleted, renamed or type-changed on either side, no path changed on both, nothing added beside a renamed folder; tests hold it against the truth.
 */
#ifndef BT_BATCH_FOLD_H
#define BT_BATCH_FOLD_H

#include "core/git/odb.h"

/* Paths of a conflict that are kept. */
#define BT_FOLD_PATHS_MAX 100

enum bt_fold_style { BT_FOLD_SQUASH, BT_FOLD_STACK };

enum bt_fold_outcome {
	BT_FOLD_TAKEN,
	BT_FOLD_EMPTY,		/* the tip has all of it already: nothing of it is in the result */
	BT_FOLD_CONFLICT,	/* left out; the others are folded as if it were not there */
};

struct bt_fold_member {
	/* in */
	struct bt_oid commit;
	const char *key;		/* for Batho-Action: */
	/* out */
	enum bt_fold_outcome outcome;
	char **paths;			/* NULL-terminated: what it conflicts in; at most 100 are kept */
	size_t paths_nr;		/* all of them */
	size_t with_member;		/* BT_FOLD_CONFLICT: the earlier member that changed these paths, or SIZE_MAX: the tip */
	struct bt_oid with_commit;	/* that member's commit, or the newest commit of the tip (not in the member's history) that touched the first such path */
	struct bt_oid result;		/* BT_FOLD_STACK and taken: its commit in the result */
	bool git_crashed; /* BT_FOLD_CONFLICT: git died of this merge (2.39 has such bugs); paths are all that the member changes */
	bool by_shortcut;
	bool was_signed;		/* its signature is lost in the result */
};

struct bt_fold {
	/* in */
	struct bt_oid tip;		/* commit; len 0: the branch is not born yet */
	enum bt_fold_style style;
	const char *batch_key;		/* for Batho-Batch: */
	const char *committer;		/* "Name <mail> 1700000000 +0100": frozen; also the author of a squash of several */
	bool sign;			/* with the user's configuration (gpg.format, user.signingKey): a failure is BT_ERR_FAIL, never an unsigned result */
	bool no_shortcut;		/* for tests */
	struct bt_fold_member *members;
	size_t members_nr;
	/* out */
	struct bt_oid commit, tree;	/* equal to the tip's when nothing was taken */
	size_t taken;
};
/*
 * squash: one commit "Squashed N commits" + blank + every message (subject as a heading line, body) + Co-authored-by for every author but the
 * committer... + Batho-Batch, Batho-Action trailers; N = 1 keeps message, author and author date of that one and adds the trailers. stack:
 * each keeps author, date, message, and gets the trailers.
 */
int bt_fold(struct bt_repo *repo, struct bt_fold *f, struct bt_err *err);
void bt_fold_release(struct bt_fold *f);	/* what members hold; not the array itself */

enum bt_merge_strategy { BT_MERGE_MERGE, BT_MERGE_SQUASH, BT_MERGE_FF };
struct bt_fold_merge {
	/* in */
	struct bt_oid tip, source;	/* commits */
	enum bt_merge_strategy strategy;
	const char *message;		/* NULL: "Merge branch '...' into ..." from the names */
	const char *source_name, *target_name;	/* for the message */
	const char *batch_key, *action_key;
	const char *committer;
	bool sign;
	/* out */
	enum bt_fold_outcome outcome;	/* EMPTY: source is in tip already; CONFLICT also for ff that is none */
	char **paths;
	size_t paths_nr;
	struct bt_oid commit, tree;
};
int bt_fold_merge(struct bt_repo *repo, struct bt_fold_merge *m, struct bt_err *err);
void bt_fold_merge_release(struct bt_fold_merge *m);
#endif
