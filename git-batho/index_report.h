/*
 * What `index` prints, from either program.
 */
#ifndef BT_PROGRAM_INDEX_REPORT_H
#define BT_PROGRAM_INDEX_REPORT_H

#include "core/index/index.h"
#include "git-batho/context.h"

/* One finished root. The status: 1 when it is incomplete for want of blobs, else 0. */
int bt_index_report_root(struct bt_context *c, const char *name, const struct bt_rev *rev,
			 const struct bt_index_root *root, const struct bt_index_stats *stats);
/* Many roots (--all, ranges), by the same rule. */
struct bt_index_many {
	uint64_t revisions;
	uint64_t incomplete;		/* revisions without a digest */
	struct bt_oid first_incomplete;
	bool missing;			/* of one of them blobs are absent */
};
int bt_index_report_many(struct bt_context *c, const struct bt_index_many *many,
			 const struct bt_index_stats *stats);

#endif
