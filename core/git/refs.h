/*
 * Refs: read and swapped by the git program, so that every kind of ref store works; durable when it returns.
 */
#ifndef BT_GIT_REFS_H
#define BT_GIT_REFS_H

#include "core/git/repo.h"

struct bt_ref_change {
	const char *ref;		/* full name; checked as `git check-ref-format` does */
	struct bt_oid before;		/* len 0: must not exist */
	struct bt_oid after;		/* len 0: is deleted */
};
/*
 * All or none, one `git update-ref --stdin -z` transaction without the hooks in the repository's folder and without following symbolic refs
 * (--no-deref). BT_ERR_BUSY: one of them is not what `before` says (or is locked by somebody for longer than git waits); nothing
 * changed. reflog: message, or NULL for none. `before` and `after` both empty is nothing to do for that ref but to see that it is absent.
 */
int bt_refs_swap(struct bt_repo *repo, const struct bt_ref_change *changes, size_t nr, const char *reflog, struct bt_err *err);
/* The ref is `to` from here on, or is gone (`to` NULL), whatever it was. Nothing is done where it is so already. */
int bt_ref_set(struct bt_repo *repo, const char *ref, const struct bt_oid *to, struct bt_err *err);
/*
 * What a ref holds, exactly this name, unpeeled; BT_ROW, or BT_DONE when it is not there. A symbolic ref is followed. Where refs are files the
 * answer comes without a child.
 */
int bt_ref_read(struct bt_repo *repo, const char *ref, struct bt_oid *ret_oid, struct bt_err *err);
/*
 * What HEAD of this worktree is: its branch (full name, for free(); NULL when it is detached) and its commit: BT_ROW, or BT_DONE when the branch
 * is not born yet. Without a child where refs are files.
 */
int bt_ref_read_head(struct bt_repo *repo, char **ret_branch, struct bt_oid *ret_oid, struct bt_err *err);
/*
 * Every ref below a prefix ("refs/batho/pin/", with the slash), in order. Stops when fn does not return 0, and returns that. Symbolic refs
 * are passed over.
 */
int bt_refs_each(struct bt_repo *repo, const char *prefix, int (*fn)(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err),
		 void *ctx, struct bt_err *err);
bool bt_ref_name_ok(const char *name);	/* as `git check-ref-format`: full name below refs/ */
#endif
