/*
 * What the files of fold*.c share. Not for others.
 */
#ifndef BT_BATCH_FOLD_IMPL_H
#define BT_BATCH_FOLD_IMPL_H

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/batch/fold/fold.h"
#include "core/git/object_write.h"
#include "core/git/program.h"
#include "core/git/tree_edit.h"

/* --- fold/change.c: what each member changes --- */

struct fold_entry {
	uint32_t old_mode, new_mode; /* 0: not there */
	struct bt_oid before, after; /* all zero: not there */
	const char *path;	     /* with a NUL behind it */
	size_t len;
};

struct fold_change {
	struct bt_oid parent;		/* len 0: a root commit */
	struct bt_oid parent_tree;	/* of a root: the empty tree */
	struct bt_commit_view view;	/* of bytes in the arena */
	struct fold_entry *entries;	/* in the order of git's trees */
	size_t nr;
	bool kept;			/* all of them are here: else there were too many */
	bool plain;			/* nothing but additions and changes of content or mode */
};

/* A blob, tree or commit that need not exist: the empty tree. */
struct bt_oid fold_empty_tree(const struct bt_repo *repo);
/* Reads commits into changes[0..nr), bytes into the arena; every view is released by the caller. */
int fold_commits_read(struct bt_odb *odb, const struct bt_oid *ids, size_t nr, struct bt_arena *arena,
		      struct bt_commit_view *views, struct bt_err *err);
/* Views must be there; fills the rest. Parents' trees may be there as well: then only the difference is made. */
int fold_diffs_read(struct bt_repo *repo, struct fold_change *changes, size_t nr, bool with_folders,
		    struct bt_arena *arena, struct bt_err *err);
int fold_changes_read(struct bt_repo *repo, struct bt_odb *odb, struct fold_change *changes, size_t nr,
		      struct bt_arena *arena, struct bt_err *err);

/* --- fold/truth.c: `git merge-tree` --- */

struct fold_truth {
	struct bt_repo *repo;
	struct bt_odb *odb;
	struct bt_git_stream stream;
	bool running;
	char *room;		/* temporary folder: attributes, objects nobody needs afterwards */
	char *aside_objects;
	struct bt_repo aside;	/* the repository, with new objects in the room */
	struct bt_oid base_tree, base; /* the last base and the commit made for it */
	struct bt_oid push[2];	/* two commits whose merge makes a long answer */
	size_t owed;		/* answers about them that have not been read */
};

struct fold_verdict {
	bool clean;
	struct bt_oid tree;	/* when clean */
	char **paths;		/* NULL-terminated; owned */
	size_t paths_nr;	/* all of them: paths holds BT_FOLD_PATHS_MAX at most */
};

/* tip_tree: whose attributes hold (len 0: none). */
int fold_truth_start(struct fold_truth *t, struct bt_repo *repo, struct bt_odb *odb, const struct bt_oid *tip_tree,
		     struct bt_err *err);
void fold_truth_release(struct fold_truth *t);
/* Of commits, with the merge bases they have. BT_ERR_UNSUPPORTED: git crashed, in this merge. */
int fold_truth_merge(struct fold_truth *t, const struct bt_oid *ours, const struct bt_oid *theirs,
		     struct fold_verdict *ret_v, struct bt_err *err);
/* Of trees: no history has a say. */
int fold_truth_trees(struct fold_truth *t, const struct bt_oid *base, const struct bt_oid *ours,
		     const struct bt_oid *theirs, struct fold_verdict *ret_v, struct bt_err *err);
void fold_verdict_release(struct fold_verdict *v);

/* --- fold/who.c: with whom a member conflicts --- */

struct fold_touched {
	struct bt_arena arena;
	struct bt_strmap paths;	  /* -> number of the last member that changed it + 1 */
	struct bt_strmap folders; /* the same for the folder right above, with its '/' */
};
void fold_touched_init(struct fold_touched *t);
void fold_touched_release(struct fold_touched *t);
void fold_touched_add(struct fold_touched *t, const struct fold_change *ch, size_t member);
int fold_who(struct bt_repo *repo, const struct fold_touched *t, const struct bt_fold *f, size_t member,
	     const struct fold_change *ch, struct bt_err *err);
/*
 * Which of several it is: fold_who has named the last member that touched one of the paths, and now the tip alone, then each
 * earlier one alone on the tip, are merged with it. changes: of all members. tip_tree: of the tip, or the empty tree.
 */
int fold_who_exactly(struct fold_truth *t, const struct bt_fold *f, size_t member, const struct fold_change *changes,
		     const struct bt_oid *tip_tree, struct bt_err *err);

/* --- fold/message.c, fold/words.c: what a commit says --- */

/* Author and message of a commit, all in one encoding; in an arena. */
struct fold_words {
	const char *author;	/* header value */
	const char *message;	/* no blank lines around it, no newline at the end */
	size_t message_len;
	const char *encoding;	/* NULL: UTF-8 */
	const char *key;	/* for Batho-Action:, or NULL */
};
void fold_words_take(struct bt_arena *arena, const struct bt_commit_view *v, struct fold_words *ret_w);
/*
 * Brings them into one encoding, in which `committer` (UTF-8) can stand as well; returns its name, or NULL for UTF-8.
 * What cannot be converted stays as it is.
 */
const char *fold_words_unite(struct bt_arena *arena, struct fold_words *words, size_t nr, const char *committer);
/* Name <mail>, of a header value; 0 when there is no mail in it. */
size_t fold_ident_len(const char *ident);
/* The bytes as UTF-8, or NULL; in the arena. */
const char *fold_to_utf8(struct bt_arena *arena, const char *encoding, const char *text, size_t len, size_t *ret_len);

/* The message of one commit with the trailers of its landing; of several, in one. */
int fold_message_one(const struct fold_words *w, const char *batch_key, struct bt_buf *out, struct bt_err *err);
struct fold_squash {
	const char *title;		/* the first paragraph, without a newline at its end */
	const struct fold_words *words; /* those with a key get a Batho-Action line */
	size_t nr;
	size_t shown;	    /* messages of so many; of the others there is a number */
	const char *author; /* of the result: no co-author */
	const char *batch_key;
	const char *action_key; /* one more line, or NULL */
};
int fold_message_many(const struct fold_squash *q, struct bt_buf *out, struct bt_err *err);

/* --- fold/commit.c --- */

int fold_commit_write(struct bt_repo *repo, const struct bt_commit_draft *d, bool sign, struct bt_oid *ret_oid,
		      struct bt_err *err);
/* Makes durable what commits[0..nr) with trees[0..nr) added, each to the one before it, the first to `tip_tree`. */
int fold_commits_sync(struct bt_repo *repo, const struct bt_oid *tip_tree, const struct bt_oid *commits,
		      const struct bt_oid *trees, size_t nr, struct bt_err *err);
#endif
