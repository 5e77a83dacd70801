/*
 * A sample of blobs, parsed afresh: does the index say what a parser says today?
 */
#ifndef BT_STORAGE_SAMPLE_H
#define BT_STORAGE_SAMPLE_H

#include "core/index/pool.h"
#include "core/storage/verify.h"

struct bt_sample_opts {
	struct bt_store *store;
	struct bt_odb *odb;
	struct bt_pool *pool;
	uint64_t nr;		/* of blobs; UINT64_MAX: all */
	uint64_t seed;		/* which ones */
	uint64_t max_blob_size;
	void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
	void *progress_ctx;
};
/*
 * Blobs with facts of a language version that this program has. What differs is a problem of the report and one of its bad
 * blobs; blobs that git no longer has are counted. A limit of time or memory that strikes now says nothing.
 */
int bt_verify_sample(const struct bt_sample_opts *o, struct bt_verify_report *r, struct bt_err *err);

#endif
