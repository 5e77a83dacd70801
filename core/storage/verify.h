/*
 * Verifying the index: that its file is sound, every record decodes and has its digest, the name segments say what the
 * records say (both ways), folders are as git has them and their digests follow from what is in them, manifests are what
 * the folders give. A sample of blobs can be parsed afresh (sample.h).
 *
 * What is wrong is collected in a report, never repaired here (repair.h does that). A read-only store will do. Memory: a
 * fixed number of bytes per blob and per folder row, and one record.
 */
#ifndef BT_STORAGE_VERIFY_H
#define BT_STORAGE_VERIFY_H

#include "core/git/odb.h"
#include "store/idset.h"
#include "store/store.h"

enum bt_problem_kind {
	BT_PROBLEM_FILE,	/* pages, keys: SQLite's own check */
	BT_PROBLEM_BLOB,	/* a row of one, or its record */
	BT_PROBLEM_FACTS,	/* a fresh parse says otherwise */
	BT_PROBLEM_NAMES,	/* the name segments */
	BT_PROBLEM_TREE,	/* a row of a folder */
	BT_PROBLEM_MANIFEST,
	BT_PROBLEM_FINDING,
	BT_PROBLEM_LEFTOVER,	/* facts of nobody: only room is lost */
	BT_PROBLEM_QUEUE,	/* queue.db */
	BT_PROBLEM_KIND_NR
};
const char *bt_problem_kind_name(enum bt_problem_kind kind);	/* "names" */

struct bt_problem {
	enum bt_problem_kind kind;
	char *text;		/* a line */
};
/* More are counted and not kept. */
#define BT_PROBLEMS_MAX 1000

struct bt_verify_report {
	uint64_t blobs, records, record_bytes;	/* bytes: unpacked */
	uint64_t names;			/* in segments, each by each */
	uint64_t frozen_away;		/* records that are frozen in a file that is not here: made again when needed */
	uint64_t dead_blobs;		/* forgotten, and still in segments: no problem */
	uint64_t trees_affected;	/* rows that hold what was told as damaged; no problems of their own */
	uint64_t trees, trees_gone;	/* gone: git no longer has the object, which is no problem */
	uint64_t manifests, findings;
	uint64_t sampled, samples_gone;
	struct bt_problem *problems;
	size_t problems_kept, problems_alloc;
	uint64_t problems_nr, by_kind[BT_PROBLEM_KIND_NR];
	struct bt_idset bad_blobs, bad_trees;
	/* Blobs to be parsed again: those of bad_blobs whose row could be read, with the language of that row. */
	struct bt_lost_blob {
		struct bt_oid oid;
		uint32_t lang;
	} *lost;
	size_t lost_nr, lost_alloc;
};
void bt_verify_report_release(struct bt_verify_report *r);
/* Adds a problem. */
void bt_verify_found(struct bt_verify_report *r, enum bt_problem_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

struct bt_verify_store_opts {
	struct bt_store *store;
	struct bt_odb *odb;	/* folders are compared with git's trees; NULL: they are not */
	size_t oid_len;
	/* what: "blobs", "names", ... */
	void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
	void *progress_ctx;
};
/* 0 also when there are problems. */
int bt_verify_store(const struct bt_verify_store_opts *o, struct bt_verify_report *r, struct bt_err *err);

#endif
