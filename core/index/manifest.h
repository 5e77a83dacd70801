/*
 * The manifest of a revision: its indexed files as one flat list, for queries.
 *
 * Files are numbered in the order of their paths (bytewise, which is git's order of full paths). A manifest is
 * made from tree rows or from a listing, and kept in the store for the last few roots asked for.
 * The look-ups work on the bytes as they lie in the store: nothing is decoded but what is asked for.
 */
#ifndef BT_INDEX_MANIFEST_H
#define BT_INDEX_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/varint.h"

struct bt_manifest {
	struct bt_buf data;	/* owned; the rest points into it */
	uint32_t nr;		/* files */
	uint32_t killed;
	uint32_t root;		/* tree row it was made from; 0: a listing */
	struct bt_digest digest;
	const uint8_t *files;	/* nr * BT_MANIFEST_FILE_LEN */
	const uint8_t *blocks;	/* offsets of path blocks */
	const uint8_t *paths;
	size_t paths_len;
};

#define BT_MANIFEST_FILE_LEN 8		/* blob id (4), language (2), state (1), flags (1); little endian */
#define BT_MANIFEST_BLOCK_NR 16		/* paths a block */

struct bt_manifest_file {
	uint32_t blob, lang;
	uint8_t state;		/* enum bt_blob_state */
	uint8_t flags;		/* BT_FILE_* of selection.h */
};

#define BT_MANIFEST_INIT { .data = BT_BUF_INIT }

/* Building: files in path order. */
struct bt_manifest_builder {
	struct bt_buf files, blocks, paths, last;
	uint32_t nr;
};
void bt_manifest_builder_init(struct bt_manifest_builder *b);
void bt_manifest_builder_release(struct bt_manifest_builder *b);
void bt_manifest_builder_add(struct bt_manifest_builder *b, const char *path, size_t len,
			     const struct bt_manifest_file *file);
/* The path of `name` in the folder that the first `keep` bytes of *path name. */
void bt_manifest_child_path(struct bt_buf *path, size_t keep, const char *name, size_t len);
/* Writes the whole manifest into *out. */
int bt_manifest_builder_end(struct bt_manifest_builder *b, uint32_t root, uint32_t killed,
			    const struct bt_digest *digest, struct bt_buf *out, struct bt_err *err);

/* Takes ownership of m->data (filled by the caller) and checks it. */
int bt_manifest_load(struct bt_manifest *m, struct bt_err *err);
void bt_manifest_release(struct bt_manifest *m);

struct bt_manifest_file bt_manifest_file_get(const struct bt_manifest *m, uint32_t index);
/* The path of a file; appends to *out. BT_ERR_CORRUPT on damage. */
int bt_manifest_path(const struct bt_manifest *m, uint32_t index, struct bt_buf *out, struct bt_err *err);
/* All files in order, for a fraction of what asking for each path takes. */
struct bt_manifest_walk {
	const struct bt_manifest *m;
	uint32_t next;		/* number of the file that comes next */
	struct bt_reader r;
	size_t len;
	char path[BT_PATH_LEN_MAX + 1];	/* of the file at hand; len bytes and a NUL */
};
void bt_manifest_walk_init(struct bt_manifest_walk *w, const struct bt_manifest *m);
/* BT_ROW, BT_DONE, or BT_ERR_CORRUPT. */
int bt_manifest_walk_next(struct bt_manifest_walk *w, struct bt_manifest_file *ret_f, struct bt_err *err);
/* The first file whose path is >= path: 0..nr. */
int bt_manifest_lower_bound(const struct bt_manifest *m, const char *path, size_t len,
			    uint32_t *ret_index, struct bt_err *err);
/* The file of exactly this path: BT_ROW or BT_DONE. */
int bt_manifest_find(const struct bt_manifest *m, const char *path, size_t len, uint32_t *ret_index,
		     struct bt_err *err);

#endif
