/*
 * A view: one revision (or listing) of the index, ready to be asked.
 *
 * Blob ids of the store become files of the manifest here. A scope of "all indexed content" has no
 * manifest: its files are the blobs themselves, named by the path they were first seen at.
 */
#ifndef BT_QUERY_VIEW_H
#define BT_QUERY_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/facts/facts.h"
#include "core/index/manifest.h"
#include "store/store.h"

struct bt_view {
	struct bt_store *store;		/* borrowed */
	struct bt_manifest manifest;	/* owned; nr 0 when all */
	bool all;			/* every blob of the store */
	uint32_t *by_blob;		/* files ordered by blob id; made on first use */
};

#define BT_VIEW_INIT { .store = NULL }

/* Takes ownership of *manifest, which is emptied. */
void bt_view_init(struct bt_view *v, struct bt_store *store, struct bt_manifest *manifest);
void bt_view_init_all(struct bt_view *v, struct bt_store *store);
void bt_view_release(struct bt_view *v);

/*
 * The files that show a blob: *ret_first and *ret_nr index v->by_blob; 0 of them when the view does not hold it.
 */
void bt_view_files_of(struct bt_view *v, uint32_t blob, uint32_t *ret_first, uint32_t *ret_nr);

/* One file with its facts; everything lives in the arena. */
struct bt_view_file {
	struct bt_blob blob;
	const char *path;		/* as in the manifest, or the hint; NUL-terminated */
	size_t path_len;
	uint8_t flags;			/* BT_FILE_* */
	struct bt_facts facts;
};
/* Reads a blob's row and facts (no path). BT_ERR_CORRUPT when the store lies. */
int bt_view_read_blob(struct bt_view *v, uint32_t blob, struct bt_arena *a, struct bt_view_file *ret_f,
		      struct bt_err *err);
/* Sets path and flags from file number `file` of the manifest. */
int bt_view_set_file(struct bt_view *v, uint32_t file, struct bt_arena *a, struct bt_view_file *f,
		     struct bt_err *err);

#endif
