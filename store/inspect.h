/*
 * Looking whether index.db is as its writers left it: the file, the name segments, values that nothing else reads whole.
 *
 * What is wrong is told to `problem`, in a line, and the check goes on behind it; a return value that is negative is
 * about the check itself (interrupted, the disk cannot be read).
 */
#ifndef BT_STORE_INSPECT_H
#define BT_STORE_INSPECT_H

#include "store/idset.h"
#include "store/postings.h"
#include "store/store.h"

typedef void bt_check_problem_fn(void *ctx, const char *what);

/* The pages, the trees of pages and the keys, by SQLite's own check. */
int bt_store_check_file(struct bt_store *s, bt_check_problem_fn *problem, void *ctx, struct bt_err *err);

/*
 * Every block of every segment: names in order and within their fences, the keys that lead to them, the trigrams of
 * those that are defined, lists that decode. name: one name of one segment with its postings, ascending.
 */
struct bt_names_check {
	void (*name)(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr);
	bt_check_problem_fn *problem;
	void (*progress)(void *ctx, uint64_t names);
	void *ctx;
	uint64_t names;		/* looked at */
};
int bt_store_check_names(struct bt_store *s, struct bt_names_check *c, struct bt_err *err);

/* Do the findings of a blob decompress? 0, BT_ERR_CORRUPT, ... No findings are well. */
int bt_store_check_findings(struct bt_store *s, uint32_t blob, struct bt_err *err);
/* Blobs that have facts or findings and no row that would say so. */
int bt_store_orphans(struct bt_store *s, struct bt_idset *blobs, struct bt_err *err);
/* Manifests, one after the other: BT_ROW or BT_DONE; *cursor = 0 to start. out is replaced. */
int bt_store_manifest_next(struct bt_store *s, int64_t *cursor, struct bt_digest *ret_key, struct bt_buf *out,
			   struct bt_err *err);

#endif
