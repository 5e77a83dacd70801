/*
 * Repairing the index: what is wrong is taken out, everything else stays, and the name segments are made again where they are
 * in doubt. What was taken out is parsed again by whoever indexes next; the report tells what that was.
 */
#ifndef BT_STORAGE_REPAIR_H
#define BT_STORAGE_REPAIR_H

#include "core/storage/verify.h"
#include "store/rewrite.h"

struct bt_repaired {
	struct bt_rewritten file;
	uint64_t trees;		/* rows of folders that went */
	bool names;		/* all name segments were made again */
	struct bt_oid *roots;	/* trees that are to be indexed again: those of rows with this root selection; free()d */
	size_t roots_nr;
};
/*
 * s: opened with bt_store_open_alone. BT_ERR_CORRUPT when so much is wrong that only a new index helps
 * (bt_store_rebuild); the old one is as it was then.
 */
int bt_repair_store(struct bt_store *s, const struct bt_verify_report *r, uint64_t root_selection,
	      void (*progress)(void *ctx, uint64_t done, uint64_t total), void *progress_ctx,
	      struct bt_repaired *ret_done, struct bt_err *err);
/* Makes all name segments from the records. */
int bt_names_rebuild(struct bt_store *s, void (*progress)(void *ctx, uint64_t done, uint64_t total),
		     void *progress_ctx, struct bt_rewritten *ret_done, struct bt_err *err);

#endif
