/*
 * Changes folded in order onto a tip: what a batch of commits becomes. Writes objects, moves no ref; what it gives is
 * durable when it returns. Deterministic: the same tip, members and frozen values give the same ids (a signature
 * aside), as long as git's own settings of merges (merge.*, drivers) stay the same. Neither an index nor a work tree
 * is read or written.
 *
 * A member is a commit; its change is the one against its first parent (against nothing for a root). The truth is
 * what `git merge-tree --write-tree` makes of base: the parent's tree, ours: what was folded so far, theirs: the
 * member's tree, with the attributes of the tip. A shortcut on trees is taken where it cannot differ (fold.c says
 * where and why); tests hold it against the truth.
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
	/*
	 * The last earlier member that changed one of these paths and conflicts by itself (the last that changed one, when it takes
	 * several), or SIZE_MAX: the tip.
	 */
	size_t with_member;
	/*
	 * That member's commit, or the newest commit of the tip, not in the member's history, that touched the first
	 * such path; len 0 when there is none (the tip is behind the member's parent, or not born).
	 */
	struct bt_oid with_commit;
	struct bt_oid result;		/* BT_FOLD_STACK and taken: its commit in the result */
	bool git_crashed; /* BT_FOLD_CONFLICT: git died of this merge (2.39 has such bugs); paths: all that it changes */
	bool by_shortcut;
	bool was_signed;		/* its signature is lost in the result */
};

struct bt_fold {
	/* in */
	struct bt_oid tip;		/* commit; len 0: the branch is not born yet */
	enum bt_fold_style style;
	const char *batch_key;		/* for Batho-Batch: */
	const char *committer;		/* "Name <mail> 1700000000 +0100": frozen; also the author of a squash of several */
	/*
	 * With the user's configuration (gpg.format, user.signingKey), in two minutes at most: a failure is
	 * BT_ERR_FAIL, never an unsigned result.
	 */
	bool sign;
	bool no_shortcut;		/* for tests */
	struct bt_fold_member *members;
	size_t members_nr;
	/* out */
	struct bt_oid commit, tree;	/* equal to the tip's when nothing was taken */
	size_t taken;
};
/*
 * squash: one commit. "Squashed N commits", every message whole behind a "* ", "Co-authored-by: " once for every
 * author and every co-author the messages name (but not for the committer, who is the author), then "Batho-Batch: "
 * and a "Batho-Action: " for each. N = 1 keeps message, author and author date of that one and adds the Batho
 * trailers, to its own trailers if it ends in some. stack: each so.
 *
 * Bytes of a message stay as they are: only blank lines around it go, and a NUL becomes a blank. Encodings: kept when
 * all agree, else UTF-8, and what cannot be converted keeps its bytes. BT_ERR_LIMIT: a commit or a message of more
 * than BT_COMMIT_SIZE_MAX.
 *
 * f and its members are zeroed, but for what is put in, before the first call; another call with them starts anew.
 * After an error there is nothing in them.
 */
int bt_fold(struct bt_repo *repo, struct bt_fold *f, struct bt_err *err);
void bt_fold_release(struct bt_fold *f);	/* what members hold; not the array itself */

enum bt_merge_strategy { BT_MERGE_MERGE, BT_MERGE_SQUASH, BT_MERGE_FF };
struct bt_fold_merge {
	/* in */
	struct bt_oid tip, source;	/* commits */
	enum bt_merge_strategy strategy;
	const char
		*message; /* NULL: "Merge branch '...' into ...", as git words it, from the names */
	const char *source_name,
		*target_name; /* "x" or "refs/heads/x"; "refs/remotes/..." and "refs/tags/..." are named as such */
	const char *batch_key, *action_key;
	const char *committer;
	bool sign;
	/* out */
	enum bt_fold_outcome
		outcome; /* EMPTY: source is in tip already; CONFLICT, without paths, for an ff that is none */
	char **paths; /* as of a member */
	size_t paths_nr;
	struct bt_oid commit, tree; /* equal to the tip's unless it was taken */
};
/*
 * merge: a commit with both as parents, also where the branch could just be moved (on an unborn branch it is moved).
 * squash: one commit with the message, then those of the branch's commits (512 at most) and their authors as above.
 * ff: the source itself, without trailers. Histories that have nothing in common are BT_ERR_FAIL. Zeroed before the
 * first call, as above.
 */
int bt_fold_merge(struct bt_repo *repo, struct bt_fold_merge *m, struct bt_err *err);
void bt_fold_merge_release(struct bt_fold_merge *m);
#endif
