/*
 * What the files of `git batho snapshot` share.
 */
#ifndef BT_PROGRAM_SNAPSHOT_SNAPSHOT_H
#define BT_PROGRAM_SNAPSHOT_SNAPSHOT_H

#include "git-batho/queue/queue.h"
#include "git-batho/diff/diff.h"
#include "git-batho/snapshot/record.h"

struct snapshot_opts {
	struct diff_opts diff;		/* first: DIFF_ROWS */
	bool save, apply, force;
	const char *label;
	int64_t sample;
};

/* One run. */
struct snapshots {
	struct bt_context *c;
	const struct snapshot_opts *o;
	struct bt_queue *q;		/* NULL: there is none, hence no snapshot */
	struct bt_arena arena;
};

/* cmd_snapshot.c */
/* By label, number, or revision. BT_ERR_NOT_FOUND. */
int snapshot_find(struct snapshots *s, const char *name, struct bt_snapshot *ret_s, struct bt_err *err);
/*
 * Its row in the index, which is made again when that can be done: BT_ROW; BT_DONE: it is not there (anymore). make false: it is
 * only looked for.
 */
int snapshot_root(struct snapshots *s, const struct bt_snapshot *snap, bool make, uint32_t *ret_row, struct bt_err *err);
/* The same where it must be there. */
int snapshot_root_needed(struct snapshots *s, const struct bt_snapshot *snap, uint32_t *ret_row, struct bt_err *err);

/* show.c */
int snapshot_list(struct snapshots *s, struct bt_err *err);
int snapshot_show(struct snapshots *s, const char *name, struct bt_err *err);
int snapshot_delete(struct snapshots *s, char *const *names, size_t nr, struct bt_err *err);

/* diff.c */
int snapshot_diff(struct snapshots *s, const char *a, const char *b, struct bt_err *err);

/* verify.c */
int snapshot_verify(struct snapshots *s, char *const *names, size_t nr, struct bt_err *err);

/* archive.c */
int snapshot_export(struct snapshots *s, const char *name, const char *file, struct bt_err *err);
int snapshot_import(struct snapshots *s, const char *file, struct bt_err *err);

#endif
