/*
 * Recording snapshots, and how they are told: for both programs.
 */
#ifndef BT_PROGRAM_SNAPSHOT_RECORD_H
#define BT_PROGRAM_SNAPSHOT_RECORD_H

#include "core/index/index.h"
#include "git-batho/context.h"
#include "store/snapshot.h"

/*
 * Records a root that is indexed (c->store is open), tells it, and lets go what retention lets go. label NULL: none; rev->spec
 * says which branch it is of.
 */
int snapshot_record(struct bt_context *c, const struct bt_rev *rev, const struct bt_index_root *root, const char *label, struct bt_err *err);
/* The same of something whose branch is known, or NULL, without telling it; texts of *s are in the arena then. */
int snapshot_add(struct bt_context *c, struct bt_snapshot *s, uint32_t root, struct bt_arena *arena, bool *ret_known,
		 struct bt_err *err);
/* The configured retention. */
void snapshot_keep(const struct bt_context *c, struct bt_snapshot_keep *ret_keep);

void snapshot_print_record(struct bt_out *out, const struct bt_snapshot *s);
/* "7", or "7 (v1.0)". */
void snapshot_print_name(struct bt_out *out, const struct bt_snapshot *s);

#endif
