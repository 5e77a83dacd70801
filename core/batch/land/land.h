/*
 * Landing: a branch swapped from one commit to another, worktrees that have it checked out brought along, and the proof.
 *
 * The order is the caller's business (intent row, swap, outcome row, refresh, proof, done): every function here can be repeated after a
 * crash at any point and then finds out what is done already.
 */
#ifndef BT_BATCH_LAND_H
#define BT_BATCH_LAND_H

#include "core/git/repo.h"

enum bt_land_result {
	BT_LAND_DONE,
	BT_LAND_ALREADY,	/* the branch is, or contains, `after` */
	BT_LAND_MOVED,		/* a stranger committed: `before` is an ancestor of what is there */
	BT_LAND_REWOUND,	/* the branch lacks `before`: a person took something back */
};
/* Swap with reflog message. *ret_now: where the branch is now. */
int bt_land_swap(struct bt_repo *repo, const char *ref, const struct bt_oid *before, const struct bt_oid *after, const char *reflog,
		 enum bt_land_result *ret_result, struct bt_oid *ret_now, struct bt_err *err);

/*
 * The locks of the index (<git dir>/index.lock, with `token` in them) of every worktree whose HEAD leads to `ref`: taken before the swap, they
 * keep `git commit` there from taking back what lands, until refresh (which takes them over, and drops them) is through. Waits up to 5 s each; BT_ERR_BUSY,
 * and then none is held. May be left out: refresh takes them itself. token: 16 to 64 letters, digits, '-' and '_', random: by it, after
 * a crash, our own lock, and no other, can be told and removed.
 */
int bt_land_lock(struct bt_repo *repo, const char *ref, const char *token, struct bt_err *err);
/*
 * Removes the locks of this repository's worktrees that hold `token`, and what a killed refresh has left: when nothing was swapped, and
 * after a crash.
 */
int bt_land_unlock(struct bt_repo *repo, const char *token, struct bt_err *err);

/*
 * Every worktree (main and linked) whose HEAD leads to `ref`, at the paths that differ between before and after (those that the branch
 * has changed again since then are left alone): index entries that equal `before` go to `after`; files that equal `before` under such an entry
 * are replaced. Everything else stays as its user left it, and is told. A file that is told is at no loss for its entry: it shows as changed
 * in the worktree, never as a staged change that takes back what landed ("staged" and "merging" apart: there the entry is the user's).
 * Files pass the filters of git. Submodules: the entry alone. One worktree that fails (BT_ERR_BUSY: its lock is held for longer than 5 s) does not keep the
 * others from being brought along.
 */
struct bt_left {			/* one path that was not brought along */
	const char *worktree, *path;
	/*
	 * "changed": the file is neither before nor after; "staged": the entry; "merging": it has conflicts; "untracked": something that git does
	 * not know is in the way; "unwritten": it could not be written (a filter failed, the disk is full); "missing" (path ""): the whole worktree
	 */
	const char *why;
};
struct bt_land_refresh_opts {
	const char *ref;
	struct bt_oid before, after;
	const char *token;		/* of the batch, as for bt_land_lock */
	void (*left)(void *ctx, const struct bt_left *l);	/* may be NULL */
	void *ctx;
};
int bt_land_refresh(struct bt_repo *repo, const struct bt_land_refresh_opts *o, struct bt_err *err);

/*
 * The proof: the tree of `landed` is `gated`, and every path that a member changed holds that member's content (mode and id; nothing where it deleted), or what a later
 * member or the merge of both made of it. A failure is BT_ERR_CORRUPT with member and path in the message.
 */
struct bt_prove_member {
	struct bt_oid commit;
	bool taken;
};
int bt_land_prove(struct bt_repo *repo, const struct bt_oid *landed, const struct bt_oid *gated_tree, const struct bt_oid *tip_before,
		  const struct bt_prove_member *members, size_t nr, struct bt_err *err);
/* Which of these action keys does before..tip hold already, by its Batho-Action trailers? found[i] is set. before.len 0: all of the history (at most 10,000 commits). */
int bt_land_applied(struct bt_repo *repo, const struct bt_oid *before, const struct bt_oid *tip, const char *const *keys, size_t nr,
		    struct bt_oid *ret_commits, bool *ret_found, struct bt_err *err);
#endif
