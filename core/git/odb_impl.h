/*
 * What the two back-ends of the object database share; private to core/git.
 *
 * bt_odb_* checks the number of requests in flight and counts them; a back-end keeps its own queue.
 * `next` of a back-end is called only when a request is in flight, and every call that returns
 * BT_ROW or BT_ERR_CORRUPT has used one up.
 */
#ifndef BT_GIT_ODB_IMPL_H
#define BT_GIT_ODB_IMPL_H

#include "core/git/odb.h"

struct bt_odb_ops {
	int (*request)(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
		       struct bt_err *err);
	int (*next)(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err);
	void (*free)(struct bt_odb *odb);
};

/* First member of each back-end's own struct. */
struct bt_odb {
	const struct bt_odb_ops *ops;
	size_t inflight;
};

/* The kind of an entry by its mode, which is brought to the form git writes today. */
enum bt_entry_kind bt_entry_classify(uint32_t *mode);

#endif
