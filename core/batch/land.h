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
 * Every worktree (main and linked) whose HEAD is `ref`: index entries and files of paths that differ between before and after are brought along
 * where entry and file equal `before`; everything else stays as its user left it and is told. Takes <git dir>/index.lock of that worktree (waits up to 5 s; BT_ERR_BUSY then), with `token` in it, so that after
 * a crash our own lock, and no other, can be told and removed. Files pass the filters of git. Untracked files in the way stay. Submodules: the entry alone.
 */
struct bt_left {			/* one path that was not brought along */
	const char *worktree, *path;
	const char *why;		/* "changed", "staged", "untracked" */
};
struct bt_land_refresh_opts {
	const char *ref;
	struct bt_oid before, after;
	const char *token;		/* of the batch: 16 to 64 characters without space */
	void (*left)(void *ctx, const struct bt_left *l);	/* may be NULL */
	void *ctx;
};
int bt_land_refresh(struct bt_repo *repo, const struct bt_land_refresh_opts *o, struct bt_err *err);
/* Removes index.lock files of this repository's worktrees that hold `token`. After a crash, before refresh is repeated. */
int bt_land_unlock(struct bt_repo *repo, const char *token, struct bt_err *err);

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
