/*
 * What the parts of a capture share; private to capture*.c.
 *
 * A capture goes: base (capture.c), changes against it (capture/index.c from an index, capture/plain.c from named files), tree and commit
 * (capture.c). Several captures on one base share everything up to the changes (capture/many.c).
 */
#ifndef BT_BATCH_CAPTURE_IMPL_H
#define BT_BATCH_CAPTURE_IMPL_H

#include "core/base/arena.h"
#include "core/batch/capture/capture.h"
#include "core/git/object_write.h"
#include "core/git/odb.h"
#include "core/git/program.h"
#include "core/git/tree_edit.h"

/* What a path becomes: mode 0 when it goes away. */
struct capture_change {
	const char *path;
	uint32_t mode;
	struct bt_oid oid;
};
struct capture_changes {
	struct capture_change *list;
	size_t nr, alloc;
};

struct capture {
	struct bt_repo *repo;
	const struct bt_conf *conf;
	struct bt_odb *odb;
	struct bt_object_batch *batch;
	struct bt_tree_edit *tree;
	struct bt_oid base, base_tree;	/* len 0: no commit yet */
	struct bt_arena arena;		/* paths */
	char *temp, *index;		/* folder and index of our own, once they are needed */
};

int capture_open(struct capture *c, struct bt_repo *repo, const struct bt_conf *conf, struct bt_err *err);
void capture_close(struct capture *c);
/* Reads HEAD, and prepares for changes of its tree. */
int capture_base_head(struct capture *c, struct bt_err *err);
/* The bytes of a commit, appended. */
int capture_read_commit(struct capture *c, const struct bt_oid *oid, struct bt_buf *out, struct bt_err *err);

void capture_change_add(struct capture *c, struct capture_changes *ch, const char *path, size_t len, uint32_t mode, const struct bt_oid *oid);
void capture_changes_release(struct capture_changes *ch);
/* Into the tree; *ret_files are those that differ from what is there. */
int capture_apply(struct capture *c, const struct capture_changes *ch, size_t *ret_files, struct bt_err *err);
/* Tree and commit, into the batch. */
int capture_commit_make(struct capture *c, const struct bt_capture_opts *o, const char *committer, size_t files, struct bt_captured *ret_c,
			struct bt_err *err);
/* The message as it is committed. */
int capture_message(struct capture *c, const struct bt_capture_opts *o, const char *text, size_t len, struct bt_buf *out, struct bt_err *err);

/* --- capture/index.c --- */

/* A temporary index: a copy of the user's. An earlier one is replaced. */
int capture_index_copy(struct capture *c, struct bt_err *err);
/* An index file of our own that is not there yet, in c->index. */
int capture_index_place(struct capture *c, struct bt_err *err);
/* A git command on an index (NULL: the user's). */
int capture_cmd(struct capture *c, struct bt_git_cmd *cmd, const char *index, struct bt_err *err);
/* Runs `git add` or the like: its complaints in one line. */
int capture_run_add(struct bt_git_cmd *cmd, const struct bt_buf *in, struct bt_err *err);
/* What an index (NULL: the user's) has against the base, within the pathspecs. */
int capture_diff(struct capture *c, const char *index, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err);
int capture_staged(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err);
int capture_all(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err);
int capture_pathspecs(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err);

/* --- capture/plain.c --- */

/* Files that are named without patterns. */
struct plain_name {
	const char *path;	/* from the top */
	bool there;		/* on disk, as a file or symbolic link */
	bool in_index;
	uint32_t mode;		/* after the files were read; 0: it goes away */
	struct bt_oid oid;
};
struct plain {
	struct plain_name *names;	/* in order, each once */
	size_t nr, alloc;
};
void plain_release(struct plain *p);
/* Takes the paths of a request; false when one of them is more than the name of a file. */
bool plain_take(struct capture *c, const struct bt_capture_opts *o, struct plain *p);
/* Reads the files. *ret_done is false when the index is of a kind that must be left to git whole. */
int plain_read(struct capture *c, struct plain *p, bool *ret_done, struct bt_err *err);
/* What the paths of one request become. */
int plain_changes(struct capture *c, const struct plain *p, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err);

/* --- capture/commit.c --- */
int capture_commit_existing(struct capture *c, const struct bt_capture_opts *o, struct bt_captured *ret_c, struct bt_err *err);

#endif
