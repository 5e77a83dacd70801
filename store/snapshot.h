/*
 * Records of snapshots, and saved differences of two of them: tables of queue.db. What is kept of a snapshot is what it was (commit,
 * tree, choice of files, digest, versions, counts): a kilobyte. Facts and folders are the index's.
 */
#ifndef BT_STORE_SNAPSHOT_H
#define BT_STORE_SNAPSHOT_H

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "store/queue.h"

/* Bytes of a label. */
#define BT_LABEL_LEN_MAX 100

struct bt_snapshot {
	uint64_t id;			/* ascending, never reused */
	const char *label;		/* NULL: none */
	int64_t at;			/* when it was recorded first */
	const char *branch;		/* full name of the ref it was taken from; NULL: none */
	struct bt_oid commit;		/* len 0: a tree without one */
	struct bt_oid tree;
	uint64_t selection;		/* of the root: with the tree it names a row of the index */
	bool complete;			/* it has a digest */
	struct bt_digest digest;
	uint64_t files;			/* with facts */
	uint64_t incomplete;		/* without facts because they were killed or are missing */
	/* Languages with versions and counts, packed: core/archive/census.h */
	const char *versions;
	size_t versions_len;
};

/* A label is 1 to 100 bytes of letters, digits and . _ / + @ -, with a letter or digit in front, and not a number. */
bool bt_label_ok(const char *label);

/*
 * Records one; s->id and s->at are set, and what was there of label and branch. The same commit, tree, choice, digest and versions are the same snapshot: *ret_known, it gets
 * the label or the branch that it has not; one under another label is another snapshot. BT_ERR_FAIL: the label names another one.
 */
int bt_snapshot_add(struct bt_queue *q, struct bt_snapshot *s, struct bt_arena *arena, bool *ret_known, struct bt_err *err);
/* BT_ROW or BT_DONE */
int bt_snapshot_get(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_snapshot *ret_s, struct bt_err *err);
int bt_snapshot_by_label(struct bt_queue *q, const char *label, struct bt_arena *arena, struct bt_snapshot *ret_s, struct bt_err *err);
/* The newest of a commit. */
int bt_snapshot_by_commit(struct bt_queue *q, const struct bt_oid *commit, struct bt_arena *arena, struct bt_snapshot *ret_s,
			  struct bt_err *err);
/* All, newest first. */
int bt_snapshots(struct bt_queue *q, struct bt_arena *arena, struct bt_snapshot **ret_list, size_t *ret_nr, struct bt_err *err);
/* With its differences. */
int bt_snapshot_delete(struct bt_queue *q, uint64_t id, struct bt_err *err);

/* --- saved differences --- */

struct bt_patch {
	uint64_t older, newer;		/* snapshots, in the order in which they were asked for */
	int64_t at;
	uint64_t changes;		/* definitions that changed */
	uint64_t bytes;			/* of it as it is stored */
};
/* raw_len: what data unpacks to. Replaces. */
int bt_patch_put(struct bt_queue *q, const struct bt_patch *p, const void *data, size_t len, size_t raw_len, struct bt_err *err);
/* BT_ROW or BT_DONE; appends what was put. */
int bt_patch_read(struct bt_queue *q, uint64_t older, uint64_t newer, struct bt_buf *out, size_t *ret_raw_len, struct bt_err *err);
/* Those of a snapshot (0: all), newest first. */
int bt_patches(struct bt_queue *q, uint64_t snapshot, struct bt_arena *arena, struct bt_patch **ret_list, size_t *ret_nr,
	       struct bt_err *err);

/* --- retention --- */

struct bt_snapshot_keep {
	int64_t now;			/* milliseconds since 1970 */
	uint64_t snapshot_days, snapshots_max;
	uint64_t patch_days, patches_max;
};
struct bt_snapshot_gone {
	uint64_t snapshots, patches;
	uint64_t bytes;			/* of what is stored of them, about */
};
/*
 * What is older than its days, or more than its maximum, goes, oldest first. A snapshot with a label stays and counts for nothing; so
 * does the newest of each branch. Differences go with either snapshot. apply false: nothing is done, it is only counted.
 */
int bt_snapshots_expire(struct bt_queue *q, const struct bt_snapshot_keep *keep, bool apply, struct bt_snapshot_gone *ret_gone,
			struct bt_err *err);

#endif
