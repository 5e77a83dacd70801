/*
 * What the files of the verification share.
 */
#ifndef BT_STORAGE_VERIFY_STATE_H
#define BT_STORAGE_VERIFY_STATE_H

#include "core/base/arena.h"
#include "core/storage/verify.h"

struct verify_blob {
	struct bt_oid oid;
	struct bt_digest digest;
	uint32_t lang;
	uint8_t state;
	bool there, bad;
	bool unread;		/* its record is away */
	uint64_t names;		/* sum over its record, less what the segments say: 0 in the end */
};

struct verify_tree {
	struct bt_oid oid;
	struct bt_digest digest;
	uint32_t killed, blobs;
	bool there, bad;
};

struct verify {
	const struct bt_verify_store_opts *o;
	struct bt_verify_report *r;
	struct bt_store *store;
	struct bt_store_language *langs;	/* by id; id 0: none */
	size_t langs_nr, langs_alloc;
	struct verify_blob *blobs;		/* by id */
	struct verify_tree *trees;		/* by id */
	uint32_t blobs_nr, trees_nr;		/* the largest id + 1 */
	struct bt_arena arena;
};

static inline struct verify_blob *verify_blob_of(struct verify *v, uint32_t id)
{
	return id < v->blobs_nr && v->blobs[id].there ? &v->blobs[id] : NULL;
}

/* A message without which index it is about. */
const char *verify_plain(const char *msg);
void verify_progress(const struct verify *v, const char *what, uint64_t done, uint64_t total);
void verify_blob_bad(struct verify *v, uint32_t id);
void verify_tree_bad(struct verify *v, uint32_t id);

int verify_blobs(struct verify *v, struct bt_err *err);
int verify_names(struct verify *v, struct bt_err *err);
int verify_trees(struct verify *v, struct bt_err *err);
int verify_manifests(struct verify *v, struct bt_err *err);

#endif
