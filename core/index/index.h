/*
 * Indexing: revisions and listings in, facts and snapshots in the store out.
 *
 * A run is: plan roots (trees that the store has seen complete are not walked), parse what is missing, write.
 * A run may be ended at any point: what was written stays valid and is not done again.
 */
#ifndef BT_INDEX_INDEX_H
#define BT_INDEX_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/conf/conf.h"
#include "core/git/listing.h"
#include "core/git/odb.h"
#include "core/git/repo.h"
#include "core/index/manifest.h"
#include "core/index/pool.h"
#include "core/index/selection.h"
#include "store/store.h"

struct bt_index_stats {
	uint64_t trees_seen;		/* reused whole */
	uint64_t trees_walked;
	uint64_t files;			/* considered in walked trees */
	uint64_t blobs_known, blobs_parsed, blobs_skipped, blobs_killed, blobs_missing;
	uint64_t bytes_parsed;
	/* Entries of trees that were passed over, since no path can hold their names; and the tree of the first one. */
	uint64_t unnamable;
	struct bt_oid unnamable_tree;
};

/* What a finished root came to. */
struct bt_index_root {
	uint32_t row;			/* tree row; 0 for a listing, and where blobs are missing */
	uint32_t blobs;			/* indexed files */
	uint32_t killed;		/* files without facts because of hard limits or missing blobs */
	struct bt_digest digest;	/* meaningless unless killed is 0 */
	bool empty;			/* nothing in it was considered */
	bool missing;			/* blobs below are absent from the object database */
};

struct bt_index_opts {
	struct bt_repo *repo;
	const struct bt_conf *conf;
	struct bt_selection *selection;
	struct bt_store *store;
	struct bt_odb *odb;
	struct bt_pool *pool;
	/*
	 * What else is to be there for every blob, made from the same parse; NULL: nothing. The pool's options must name it
	 * too. Blobs that have facts already are parsed again for it alone, but only those that are planned: a
	 * tree that is known complete is not walked.
	 */
	const struct bt_addon *addon;
	bool distrust;		/* no folder is known beforehand: compare.h */
	uint64_t root_selection;
	/* Progress: called often, cheaply; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t planned);
	void *progress_ctx;
	/*
	 * For a listing, before any of its files is chosen: the id of its .batho/config.ini (len 0: none). May
	 * change the selection in place.
	 */
	int (*policy)(void *ctx, const struct bt_oid *config, struct bt_err *err);
	void *policy_ctx;
};

struct bt_index;

int bt_index_open(const struct bt_index_opts *o, struct bt_index **ret_ix, struct bt_err *err);
void bt_index_free(struct bt_index **pix);

/*
 * Is this root tree known complete, and are its facts there (store/frozen.h)? BT_ROW (ret_root is filled) or BT_DONE.
 */
int bt_index_root_find(struct bt_store *store, const struct bt_oid *tree, uint64_t root_selection,
		       struct bt_index_root *ret_root, struct bt_err *err);

/* Plans a root tree. *ret_number names it in bt_index_root_get until the next bt_index_run ends. */
int bt_index_add_tree(struct bt_index *ix, const struct bt_oid *tree, uint32_t *ret_number,
		      struct bt_err *err);
/* Plans a listing; its odb must be the one in the options. */
int bt_index_add_listing(struct bt_index *ix, struct bt_listing *l, uint32_t *ret_number,
			 struct bt_err *err);
/* Plans one blob, by the language that a path gives it. BT_ERR_NOT_FOUND: no language of ours. */
int bt_index_add_blob(struct bt_index *ix, const struct bt_oid *oid, const char *path,
		      uint32_t *ret_number, struct bt_err *err);
/*
 * One blob of known language, for those who have looked at its path and attributes themselves. Only the size limit of the
 * selection is used.
 */
struct bt_index_blob {
	struct bt_oid oid;
	const struct bt_lang *lang;		/* or else: */
	const struct bt_detect_class *cls;	/* content decides; both NULL: a text, for the add-on alone */
	const char *path;			/* where it was seen */
	const void *bytes;			/* its content, valid until the end of the run; NULL: read it */
	size_t len;
};
int bt_index_add_known(struct bt_index *ix, const struct bt_index_blob *blobs, size_t nr, struct bt_err *err);
/* The name under which the store keeps texts without a known language, as if it were one. */
extern const struct bt_detect_class bt_index_text_class;

/* Blobs planned and not yet done: callers that add many roots run when this is large. */
uint64_t bt_index_pending(const struct bt_index *ix);
/* Parses and writes everything planned. Afterwards roots can be asked for until the next add. */
int bt_index_run(struct bt_index *ix, struct bt_err *err);
const struct bt_index_root *bt_index_root_get(const struct bt_index *ix, uint32_t number);
/*
 * The manifest of a listing, or of a tree without a row (blobs are missing), planned as `number`; as bytes for
 * bt_store_manifest_put.
 */
int bt_index_listing_manifest(struct bt_index *ix, uint32_t number, struct bt_buf *out,
			      struct bt_err *err);
void bt_index_stats_get(const struct bt_index *ix, struct bt_index_stats *ret_stats);

/* The key under which a root's manifest is kept. */
void bt_index_manifest_key(uint32_t root_row, struct bt_digest *ret_key);
/* Appends the files of a tree row and of all below it to a manifest; *path is the folder, as it was afterwards. */
int bt_index_add_rows(struct bt_store *store, uint32_t row_id, struct bt_buf *path,
		      struct bt_manifest_builder *b, struct bt_tree_row *ret_row, struct bt_err *err);
/* Reads it, or makes it from tree rows (and keeps it when the store is writable). */
int bt_index_manifest(struct bt_store *store, uint32_t root_row, bool keep, struct bt_manifest *ret_m,
		      struct bt_err *err);

#endif
