/*
 * The entries of a tree row: the files of one folder that are indexed or were considered, and the folders
 * below it that hold such files, in git's order. Names are bytes. Part of index.db, hence
 * derived data; the bytes are checked when they are read all the same.
 */
#ifndef BT_INDEX_TREE_ROW_H
#define BT_INDEX_TREE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/varint.h"

struct bt_row_entry {
	bool tree;		/* id is a tree row's, else a blob's */
	uint8_t state;		/* enum bt_blob_state, for a file */
	uint8_t flags;		/* BT_FILE_* of selection.h, for a file */
	uint32_t lang;		/* language id, for a file */
	uint32_t id;
	const char *name;
	uint32_t name_len;
};

void bt_row_entry_put(struct bt_buf *out, const struct bt_row_entry *e);

struct bt_row_reader {
	struct bt_reader r;
};

void bt_row_reader_init(struct bt_row_reader *r, const void *data, size_t len);
/* BT_ROW, BT_DONE, or BT_ERR_CORRUPT. */
int bt_row_reader_next(struct bt_row_reader *r, struct bt_row_entry *ret_e, struct bt_err *err);

#endif
