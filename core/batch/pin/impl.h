/*
 * What a slot is made of; private to pin*.c.
 *
 *	refs/batho/pin/07 -> tag: "batho keep", depth, older, bases
 *	                      -> tree (node): commits  blob: the commits of this node, one after the other
 *	                                      next     tree: the node before, up to PIN_DEPTH_MAX of them
 *	                                      older    tree: of nodes, by their ids, at which the chain began anew
 *	                                      t<id>    tree: of a content
 *	refs/batho/base/07 -> the base, or a commit with all bases as parents
 *
 * A node is written once and never changed: to pin costs one blob, one tree and one tag. Only the depth of a tree is limited for git, so that after
 * PIN_DEPTH_MAX nodes the chain goes into the list of older ones.
 */
#ifndef BT_BATCH_PIN_IMPL_H
#define BT_BATCH_PIN_IMPL_H

#include "core/batch/pin/pin.h"
#include "core/git/object_write.h"
#include "core/git/odb.h"
#include "core/git/tree_edit.h"

/* Nested trees: git stops at 2048 of them (core.maxTreeDepth), older versions at the end of their stack. */
#define PIN_DEPTH_MAX 256
/* Contents of one node. */
#define PIN_NODE_NR_MAX 500

/* One slot as its tag has it. */
struct pin_slot {
	char ref[64], base_ref[64];
	struct bt_oid tag, base_ref_oid;	/* what the refs hold; len 0: nothing */
	struct bt_oid node, older;
	unsigned depth;
	struct bt_oid *bases;
	size_t bases_nr, bases_alloc;
	bool bases_new;		/* the base ref is another then */
};
void pin_slot_release(struct pin_slot *s);

/* One content. */
struct pin_record {
	struct bt_oid commit, tree;
	int64_t time_ms;	/* when it was pinned, since 1970 */
	char *bytes;		/* of the commit */
	size_t len;
};
struct pin_records {
	struct pin_record *list;
	size_t nr, alloc;
	size_t nodes_nr;	/* that they were read from */
};
void pin_records_release(struct pin_records *r);

/* A connection to the objects of one repository. */
struct pin_store {
	struct bt_repo *repo;
	struct bt_odb *odb;
	struct bt_object_batch *batch;
};
int pin_store_open(struct pin_store *st, struct bt_repo *repo, struct bt_err *err);
void pin_store_close(struct pin_store *st);

/* An object's bytes, appended; BT_ERR_NOT_FOUND when it is missing. */
int pin_object_read(struct pin_store *st, const struct bt_oid *oid, enum bt_object_type type, struct bt_buf *out, struct bt_err *err);
/* Reads the refs and the tag of a slot. */
int pin_slot_read(struct pin_store *st, unsigned slot, struct pin_slot *ret_s, struct bt_err *err);
/* All contents of a slot. */
int pin_slot_records(struct pin_store *st, const struct pin_slot *s, struct pin_records *r, struct bt_err *err);
/* Puts records before what the slot has, in nodes of PIN_NODE_NR_MAX; the slot is as it will be. */
int pin_slot_push(struct pin_store *st, struct pin_slot *s, const struct pin_record *records, size_t nr, struct bt_err *err);
/* Writes everything, and swaps the refs from `was` to what the slot is now. BT_ERR_BUSY: somebody else was faster. */
int pin_slot_swap(struct pin_store *st, struct pin_slot *s, struct bt_err *err);
/* A commit that has all of these as parents; its tree is the newest one's. */
int pin_merge(struct pin_store *st, const struct bt_oid *commits, size_t nr, struct bt_oid *ret_oid, struct bt_err *err);

#endif
