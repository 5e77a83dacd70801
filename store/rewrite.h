/*
 * Writing index.db anew from what is in it: what compacting, making the name segments again and repairing have in common.
 *
 * Everything that lives is copied to a file beside it, checked as it goes, put onto the disk, and then given the name of the
 * old one. A process that dies on the way leaves the old file as it was, and a file beside it that the next one
 * removes. It takes room for both files meanwhile; BT_ERR_FULL when there is none, and nothing has changed then.
 *
 * In the result the records lie without holes, in the order of their blobs' ids; all names are in one segment, or a few, and
 * name nothing that was forgotten; the rows of blobs, languages and trees have their ids, and no id comes again.
 */
#ifndef BT_STORE_REWRITE_H
#define BT_STORE_REWRITE_H

#include "store/idset.h"
#include "store/postings.h"
#include "store/store.h"

struct bt_rewrite_opts {
	const struct bt_idset *without;	/* blobs that are left out; NULL: none */
	/*
	 * What cannot be read, or has a wrong checksum, is left out, not an error. The rows of trees are copied as they are;
	 * `finish` has to take those out that mention what is not there (store/forget.h tells what holds).
	 */
	bool salvage;
	/*
	 * NULL: the name segments are merged. Else they are made from the records: adds the names of one, or returns
	 * BT_ERR_CORRUPT. Records that are frozen in a file that is away cannot be asked: BT_ERR_NOT_FOUND, or, when
	 * salvaging, they are left out with their blobs.
	 */
	int (*names)(void *ctx, uint32_t blob, const void *rec, size_t len, struct bt_postings *p, struct bt_err *err);
	/* Called with the new store, alone and in a transaction, when all rows are in it; NULL: nothing is left to do. */
	int (*finish)(void *ctx, struct bt_store *to, struct bt_err *err);
	/* Steps done and to be done: blobs, and names where they are merged. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

struct bt_rewritten {
	uint64_t bytes_before, bytes_after;	/* of the file */
	uint64_t blobs;				/* copied */
	uint64_t blobs_lost;			/* could not be read: rows, records */
	uint64_t trees_lost;			/* could not be read */
};

/* s: opened with bt_store_open_alone, outside of transactions; afterwards it is the new file. */
int bt_store_rewrite(struct bt_store *s, const struct bt_rewrite_opts *o, struct bt_rewritten *ret_done,
		     struct bt_err *err);

/* What rewriting would give back, as far as it can be told without doing it. */
struct bt_store_waste {
	uint64_t file_bytes;
	uint64_t free_bytes;	/* pages that hold nothing */
	uint64_t hole_bytes;	/* of records that were forgotten or replaced */
	uint64_t facts_bytes;	/* of those that live */
	uint64_t dead_blobs;	/* named by segments, and forgotten */
	uint64_t segment_blobs;	/* named by segments, each by each */
	uint64_t segments;
};
int bt_store_waste(struct bt_store *s, struct bt_store_waste *ret_w, struct bt_err *err);

/* Bytes of every table and of its keys; *ret_list is free()d. BT_ERR_UNSUPPORTED: this SQLite cannot tell. */
struct bt_table_bytes {
	char name[48];
	uint64_t bytes;
};
int bt_store_table_bytes(struct bt_store *s, struct bt_table_bytes **ret_list, size_t *ret_nr, struct bt_err *err);
/* Is it the name of a file that a process was making, or of its log? *ret_pid: which one. */
bool bt_store_name_is_new(const char *name, long *ret_pid);

#endif
