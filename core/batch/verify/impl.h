/*
 * Shared by verify*.c.
 */
#ifndef BT_BATCH_VERIFY_IMPL_H
#define BT_BATCH_VERIFY_IMPL_H

#include "core/base/buf.h"
#include "core/base/child.h"
#include "core/batch/verify/verify.h"
#include "core/git/program.h"

/* --- the worktree: verify/place.c --- */

struct gate_place {
	int lock;		/* of <name>.lock, held as long as the place is in use; -1: there is no place */
	char *lock_path;
	char *dir;		/* the worktree */
	char *admin;		/* its git dir: <common dir>/worktrees/<name> */
	char *link;		/* what its .git file says */
	struct bt_repo repo;	/* as seen from there; borrows everything */
	bool used;		/* somebody was let in since it was cleaned */
};

/* What a bt_run keeps between calls. */
struct bt_verify_kept {
	struct gate_place place;
	uint64_t told;		/* the batch whose event says that hooks are not run */
};

/* What dead processes left in <common dir>/batho. */
void gate_place_sweep(const struct bt_repo *repo);
/* Clean, HEAD, index and files at the commit. */
int gate_place_ready(struct gate_place *p, const struct bt_repo *repo, const struct bt_oid *commit, struct bt_err *err);
/* The group that is at work there, so that it can be ended when this process dies. */
void gate_place_note(const struct gate_place *p, pid_t group);
void gate_place_remove(struct gate_place *p, const struct bt_repo *repo);

/* --- children: verify/child.c --- */

/* Takes what names a repository out of the environment of a child. */
void gate_cmd_clean(struct bt_git_cmd *c);
/* The environment and folder of a child that is not git, in this repository. */
void gate_cmd_here(struct bt_git_cmd *c, const struct bt_repo *repo);
struct gate_end {
	int status;		/* as bt_child_wait gives it */
	bool timed_out;
	struct bt_buf said;	/* the last of its words */
};
/*
 * Runs to the end of the process itself, in a session of its own: what of its group is there after that is killed. Its output may
 * be of any length.
 */
int gate_child_run(const struct gate_place *p, struct bt_child_opts *o, int timeout_s, struct gate_end *ret_end, struct bt_err *err);
void gate_end_release(struct gate_end *e);
/* The last line that says something. */
void gate_last_line(const struct bt_buf *said, struct bt_buf *out);

/* --- judges --- */

struct gate {
	struct bt_run *r;
	const struct bt_batch *b;
	struct bt_verify_kept *kept;
	struct bt_oid base, commit;	/* base.len 0: there is none */
	struct bt_oid tree;		/* of the commit, and the rest of it: read for hooks and the command */
	size_t parents_nr;
	char *author;			/* "A U Thor <a@b> 1700000000 +0100" */
	char *message;
	bool alone;			/* one commit: the messages below it are not asked about */
	struct bt_verdict *v;
};

/* Says no. */
void gate_refuse(struct gate *g, const char *judge, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* How a child ended, in the verdict. */
void gate_refuse_end(struct gate *g, const char *judge, const struct gate_end *e, int timeout_s);
/* A line for people, and an event of the batch. */
int gate_note(struct gate *g, struct bt_err *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

int gate_check(struct gate *g, struct bt_err *err);	/* verify/check.c */

/* Is there any hook to run? */
int gate_hooks_any(struct gate *g, bool *ret_any, struct bt_err *err);	/* verify/hooks.c */
int gate_hooks_run(struct gate *g, struct bt_err *err);

#endif
