/*
 * Forgetting blobs, in a store that nobody else has open (bt_store_open_alone): others hold ids that they have read.
 *
 * What holds afterwards, and at every commit: no tree row, no manifest and no finding names a blob without a row, and a
 * blob whose state is BT_BLOB_FACTS has facts. Name segments may go on naming ids without a row: ids are never given
 * again, and whoever makes files of postings does so through a manifest, or asks bt_store_blob_exists. The bytes of
 * the records stay as holes in the stream of facts. Compacting (store/rewrite.h) takes both out.
 *
 * A blob that is forgotten is parsed again when a revision that has it is indexed: the rows of the folders that held it are
 * gone, so that they are walked. core/index/forget.h knows which these are; call that one.
 */
#ifndef BT_STORE_FORGET_H
#define BT_STORE_FORGET_H

#include "store/idset.h"
#include "store/store.h"

struct bt_forgotten {
	uint64_t blobs;		/* rows of them */
	uint64_t bytes;		/* their stored facts */
	uint64_t trees;		/* rows of folders */
};

/* What forgetting these would come to; changes nothing. Ids without a row do not count. */
int bt_store_forget_measure(struct bt_store *s, const struct bt_idset *blobs, const struct bt_idset *trees,
			    struct bt_forgotten *ret_sum, struct bt_err *err);
/*
 * Removes the rows of these blobs with their facts and findings, these tree rows (those that lean on one of them are made to stand
 * alone) and all manifests; in the caller's transaction or one of its own. The caller has put every tree row in
 * `trees` that mentions one of the blobs, or another one in `trees`.
 */
int bt_store_forget(struct bt_store *s, const struct bt_idset *blobs, const struct bt_idset *trees, struct bt_err *err);
/*
 * The same for every tree row and manifest at once, for those who have no use for them: nothing is asked about what
 * they mention.
 */
int bt_store_forget_with_trees(struct bt_store *s, const struct bt_idset *blobs, struct bt_err *err);

/* Is there a row? BT_ROW or BT_DONE. */
int bt_store_blob_exists(struct bt_store *s, uint32_t id, struct bt_err *err);
/* Adds the ids of rows of one language id. */
int bt_store_blobs_of(struct bt_store *s, uint32_t lang, struct bt_idset *ids, struct bt_err *err);
/* The ids of all rows. */
int bt_store_blob_ids(struct bt_store *s, struct bt_idset *ids, struct bt_err *err);
/* Has it a record that is not frozen? BT_ROW or BT_DONE. */
int bt_store_facts_warm(struct bt_store *s, uint32_t id, struct bt_err *err);
/* The largest ids there are; 0: none. */
int bt_store_blob_last(struct bt_store *s, uint32_t *ret_id, struct bt_err *err);
int bt_store_tree_last(struct bt_store *s, uint32_t *ret_id, struct bt_err *err);
int bt_store_tree_exists(struct bt_store *s, uint32_t id, struct bt_err *err);	/* BT_ROW or BT_DONE */
/* Tree rows in the order of their ids, which is that of writing: children come before parents. *cursor = 0 to start. */
int bt_store_tree_next(struct bt_store *s, uint32_t *cursor, struct bt_err *err);	/* BT_ROW or BT_DONE */

#endif
