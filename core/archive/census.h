/*
 * Languages of a tree: how many files with facts, made by which version of the extractor. A snapshot keeps it, some hundred bytes.
 */
#ifndef BT_ARCHIVE_CENSUS_H
#define BT_ARCHIVE_CENSUS_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/varint.h"
#include "store/store.h"

struct bt_census_lang {
	char name[32];
	uint64_t version;
	uint64_t files;
};

/* Of a root tree row; by name. Appends to *out. */
int bt_census_take(struct bt_store *store, uint32_t root, struct bt_buf *out, struct bt_err *err);
/* r: bt_reader_make of these bytes. BT_ROW, BT_DONE or BT_ERR_CORRUPT. */
int bt_census_next(struct bt_reader *r, struct bt_census_lang *ret_l, struct bt_err *err);

#endif
