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
#include "core/facts/partial.h"
#include "core/index/manifest.h"
#include "store/store.h"

struct bt_view {
	struct bt_store *store;		/* borrowed */
	struct bt_manifest manifest;	/* owned; nr 0 when all */
	bool all;			/* every blob of the store */
	uint32_t *by_blob;		/* numbers of files ordered by blob id: of all, or of those wanted */
	uint32_t by_blob_nr;
	uint64_t *wanted;		/* a bit per blob id that by_blob covers; NULL: it covers all */
	uint32_t wanted_max;
	unsigned asked;
	char (*langs)[32];		/* names of languages by their id; made on first use */
	uint32_t langs_nr;
	struct bt_buf record;		/* the last one read */
};

#define BT_VIEW_INIT { .store = NULL }

/* Takes ownership of *manifest, which is emptied. */
void bt_view_init(struct bt_view *v, struct bt_store *store, struct bt_manifest *manifest);
void bt_view_init_all(struct bt_view *v, struct bt_store *store);
void bt_view_release(struct bt_view *v);

/*
 * Says which blobs bt_view_files_of will be asked about, so that not all files need to be ordered. A blob
 * outside of the last such list is found all the same, for more time.
 */
void bt_view_want(struct bt_view *v, const uint32_t *blobs, size_t nr);
/*
 * The files that show a blob: *ret_first and *ret_nr index v->by_blob until the next call; 0 of them when the view
 * does not hold it.
 */
void bt_view_files_of(struct bt_view *v, uint32_t blob, uint32_t *ret_first, uint32_t *ret_nr);
/*
 * The same for a blob of a list of names, in a view of any kind: where everything is shown there are no files, and
 * *ret_nr is 1, or 0 for a blob that was forgotten (store/forget.h).
 */
int bt_view_blob_files(struct bt_view *v, uint32_t blob, uint32_t *ret_first, uint32_t *ret_nr, struct bt_err *err);

/* One file, and its facts when they were read; everything lives in the arena. */
struct bt_view_file {
	struct bt_blob blob;
	const char *path;		/* as in the manifest, or the hint; NUL-terminated */
	size_t path_len;
	uint8_t flags;			/* BT_FILE_* */
	struct bt_facts facts;
	bool whole;			/* else facts are those of one name, see core/facts/partial.h */
};
/* Reads a blob's row: no facts yet, and the path is where the blob was first seen. */
int bt_view_read_row(struct bt_view *v, uint32_t blob, struct bt_arena *a, struct bt_view_file *ret_f,
		     struct bt_err *err);
/* Sets path and flags from file number `file` of the manifest. */
int bt_view_set_file(struct bt_view *v, uint32_t file, struct bt_arena *a, struct bt_view_file *f,
		     struct bt_err *err);
/* The name of a language of the store; lives as long as the view. "?": it is not there. */
int bt_view_lang(struct bt_view *v, uint32_t lang, const char **ret_name, struct bt_err *err);

/*
 * Reads the facts of f->blob. BT_ERR_CORRUPT when the store lies. Arrays live in the arena; names and texts do so
 * too when keep is set, otherwise until the next record is read.
 */
int bt_view_read_facts(struct bt_view *v, struct bt_arena *a, bool keep, struct bt_view_file *f,
		       struct bt_err *err);
/* Row and facts in one go, all of it kept. */
int bt_view_read_blob(struct bt_view *v, uint32_t blob, struct bt_arena *a, struct bt_view_file *ret_f,
		      struct bt_err *err);
/* Opens its record for bt_partial_pick; p->facts may be copied to f->facts after that. */
int bt_view_open_facts(struct bt_view *v, struct bt_arena *a, bool keep, const struct bt_view_file *f,
		       struct bt_partial *ret_p, struct bt_err *err);

#endif
