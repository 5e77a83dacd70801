/*
 * Does the index list what would be selected from a tree today? The tree is walked as if no folder of it were known.
 */
#ifndef BT_INDEX_COMPARE_H
#define BT_INDEX_COMPARE_H

#include "core/index/index.h"

/*
 * Writes nothing; o->pool is not used. what differs, and in which folder ("" is the top), goes to `differs`; a folder that has no row is
 * passed over. BT_ERR_NOT_FOUND: the tree cannot be read.
 */
int bt_index_compare(const struct bt_index_opts *o, const struct bt_oid *tree,
		     void (*differs)(void *ctx, uint32_t row, const char *dir, const char *what), void *ctx,
		     uint64_t *ret_folders, struct bt_err *err);

#endif
