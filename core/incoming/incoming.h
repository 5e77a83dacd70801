/*
 * What is about to land: files with the blobs before and after, and where git told them, their lines and
 * bytes.
 *
 * Two sources, both plumbing of git read with -z, no renames, and deaf to the user's diff settings:
 *   - what is staged, from one `git diff-index --cached`, which gives the list, the lines, both sides' bytes
 *     and the configuration in a single process;
 *   - what is pushed, from `git rev-list` and `git diff-tree` over the commits that the other side has not.
 *
 * Files that are not checked are not listed but counted: submodules, symbolic links, unmerged paths.
 */
#ifndef BT_INCOMING_H
#define BT_INCOMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/oid.h"
#include "core/git/repo.h"

/* Lines of the new blob, from 0. */
struct bt_line_span {
	uint32_t first, nr;
};

struct bt_incoming_file {
	const char *path;		/* path_len bytes and a NUL, as git has them */
	size_t path_len;
	char status;			/* A, M, D, or T (the type changed) */
	uint32_t old_mode, new_mode;	/* 0: not there */
	struct bt_oid old_oid, new_oid;	/* len 0: not there */
	bool binary;			/* git calls one side binary */
	bool lines_known;		/* else everything may have changed */
	const struct bt_line_span *lines;	/* new or changed ones, ascending */
	size_t lines_nr;
	const char *old_data, *new_data;	/* followed by a NUL; NULL: to be read from the objects */
	size_t old_len, new_len;
	struct bt_oid commit;		/* pushed: the newest commit that brings this blob; else len 0 */
	uint32_t pair;			/* pushed: number in bt_incoming.pairs */
};

/* The tree that a pushed tip left the other side at, and its own; ids in hex. */
struct bt_incoming_pair {
	const char *from, *to;
};

struct bt_incoming {
	struct bt_arena arena;		/* everything the files point to */
	struct bt_incoming_file *files;	/* in the order of their paths */
	size_t nr, alloc;
	size_t oid_len;			/* 0 when there is no file */
	size_t unmerged_nr;
	size_t others_nr;		/* staged, between trees: submodules and symbolic links */
	size_t commits_nr;		/* pushed: commits that are new to the other side */
	struct bt_incoming_pair *pairs;
	size_t pairs_nr, pairs_alloc;
};

#define BT_INCOMING_INIT { .arena = BT_ARENA_INIT }
#define BT_INCOMING_OWNED BT_CLEANUP(bt_incoming_release)
void bt_incoming_release(struct bt_incoming *in);

/*
 * What is staged, against HEAD (or nothing, before the first commit); when a merge is being committed, only
 * files that differ from all of its parents. `repo` as bt_repo_open_hook gives it is enough. `listing` (may
 * be NULL) gets git's configuration for bt_conf_open_listed. timeout_ms ends git; 0: none.
 */
int bt_incoming_staged(struct bt_incoming *in, const struct bt_repo *repo, struct bt_buf *listing,
		       int timeout_ms, struct bt_err *err);

/* One line of what a push tells a hook. */
struct bt_pushed_ref {
	struct bt_oid old_oid, new_oid;	/* len 0: the reference is made, or deleted */
	const char *name;		/* of the reference on the other side */
	struct bt_oid base;		/* the tree that the other side has and the new commits grew from; len 0: none */
	bool left_out;			/* what it brings is not asked for; its old id counts nevertheless */
};
struct bt_pushed {
	struct bt_arena arena;
	struct bt_pushed_ref *refs;
	size_t nr, alloc;
	size_t deleted_nr;		/* deletions, which are not in refs */
};
#define BT_PUSHED_INIT { .arena = BT_ARENA_INIT }
#define BT_PUSHED_OWNED BT_CLEANUP(bt_pushed_release)
void bt_pushed_release(struct bt_pushed *p);

enum bt_pushed_form {
	BT_PUSHED_LOCAL,	/* pre-push: <local ref> <local id> <remote ref> <remote id> */
	BT_PUSHED_SERVER,	/* pre-receive: <old id> <new id> <ref> */
};
/* Reads all lines of a descriptor. A line of another form is BT_ERR_CORRUPT. */
int bt_pushed_read(struct bt_pushed *p, enum bt_pushed_form form, int fd, struct bt_err *err);
/* Adds one; ids in hex, of zeros where there is none. */
int bt_pushed_add(struct bt_pushed *p, const char *old_hex, const char *new_hex, const char *name,
		  struct bt_err *err);

/*
 * What the pushed references bring: for every path that a commit new to the other side touches, the blob at
 * the tip of the reference against the one it grew from. What one reference of the push brings is not
 * listed again for the next. The references get their `base`. `known` is the option of `git rev-list` for what the other side has:
 * "--remotes=<name>", "--all" for a server's hook, NULL when only the old ids in `p` are known. References
 * to blobs or trees bring nothing.
 */
int bt_incoming_pushed(struct bt_incoming *in, const struct bt_repo *repo, struct bt_pushed *p,
		       const char *known, struct bt_err *err);

/*
 * The changed lines of those pushed files that are wanted (by number). They are counted from where the push left the other
 * side: where a file's blob before is another one, or too much changed, they stay unknown.
 */
int bt_incoming_pushed_lines(struct bt_incoming *in, const struct bt_repo *repo, const bool *wanted,
			     struct bt_err *err);

/*
 * What differs between two trees (or commits). from len 0: nothing was there. With the lines and bytes of
 * both sides while they are not too many. paths: only these, literal from the top, and what is below them.
 */
int bt_incoming_trees(struct bt_incoming *in, const struct bt_repo *repo, const struct bt_oid *from,
		      const struct bt_oid *to, const char *const *paths, size_t paths_nr, struct bt_err *err);
/* Every file of a tree, or with NULL of the index, as if it were new. */
int bt_incoming_all(struct bt_incoming *in, const struct bt_repo *repo, const struct bt_oid *tree,
		    const char *const *paths, size_t paths_nr, struct bt_err *err);
/* Takes out all but these paths and what is below them. */
void bt_incoming_keep(struct bt_incoming *in, const char *const *paths, size_t paths_nr);
/*
 * From two lists of all files (bt_incoming_all): `in`, the new side, keeps what differs from `before`, and
 * gets what was there alone.
 */
void bt_incoming_compare(struct bt_incoming *in, const struct bt_incoming *before);
struct bt_listing;
/* Every file of the worktree; the listing's objects must be in sight of whoever reads them. */
int bt_incoming_listing(struct bt_incoming *in, struct bt_listing *l, struct bt_err *err);

#endif
