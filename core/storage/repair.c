/*
 * Repairing is rewriting the file (store/rewrite.h) without what is bad, and then taking out the folders that mention it.
 */
#include "core/storage/repair.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/index/tree_row.h"
#include "core/storage/names.h"
#include "store/forget.h"

struct repair {
	struct bt_arena arena;
	const struct bt_verify_report *r;
	uint64_t root_selection;
	struct bt_repaired *done;
	size_t roots_alloc;
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

static void repair_release(struct repair *p)
{
	bt_arena_release(&p->arena);
}

static int add_names(void *ctx, uint32_t blob, const void *rec, size_t len, struct bt_postings *postings,
		     struct bt_err *err)
{
	struct repair *p = ctx;

	return bt_names_add(&p->arena, blob, rec, len, postings, err);
}

static void show_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct repair *p = ctx;

	if (p->progress)
		p->progress(p->progress_ctx, done, total);
}

/* --- folders --- */

static bool all_there(const struct bt_buf *entries, const struct bt_idset *blobs, const struct bt_idset *trees)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_row_reader r;
	struct bt_row_entry e;
	int rc;

	bt_row_reader_init(&r, bt_buf_cstr(entries), entries->len);
	while ((rc = bt_row_reader_next(&r, &e, &ignored)) == BT_ROW)
		if (e.id && !bt_idset_has(e.tree ? trees : blobs, e.id))
			return false;
	return rc == BT_DONE;
}

static void note_root(struct repair *p, const struct bt_tree_row *row)
{
	struct bt_repaired *d = p->done;

	if (row->selection != p->root_selection)
		return;
	BT_GROW(d->roots, p->roots_alloc, d->roots_nr + 1);
	d->roots[d->roots_nr++] = row->oid;
}

/* good: rows that stay; gone: the others. */
static int sort_out(struct repair *p, struct bt_store *to, const struct bt_idset *blobs, struct bt_idset *good,
		    struct bt_idset *gone, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_tree_row row;
	uint32_t id = 0;
	int rc;

	bt_buf_init(&entries, BT_TREE_SIZE_MAX);
	while ((rc = bt_store_tree_next(to, &id, err)) == BT_ROW) {
		struct bt_err why = BT_ERR_INIT;
		int read = bt_store_tree_read(to, id, &row, &entries, &why);

		if (read && read != BT_ERR_CORRUPT)
			return *err = why, read;
		if (!read && !bt_idset_has(&p->r->bad_trees, id) && all_there(&entries, blobs, good)) {
			bt_idset_add(good, id);
			continue;
		}
		bt_idset_add(gone, id);
		if (!read)
			note_root(p, &row);
	}
	return rc;
}

static int drop_folders(void *ctx, struct bt_store *to, struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset none = BT_IDSET_INIT, blobs = BT_IDSET_INIT, good = BT_IDSET_INIT,
				       gone = BT_IDSET_INIT;
	struct repair *p = ctx;

	if (bt_store_blob_ids(to, &blobs, err) || sort_out(p, to, &blobs, &good, &gone, err))
		return err->code;
	p->done->trees = gone.nr;
	return bt_store_forget(to, &none, &gone, err);
}

/* --- the whole --- */

int bt_repair_store(struct bt_store *s, const struct bt_verify_report *r, uint64_t root_selection,
	      void (*progress)(void *ctx, uint64_t done, uint64_t total), void *progress_ctx,
	      struct bt_repaired *ret_done, struct bt_err *err)
{
	BT_CLEANUP(repair_release) struct repair p = {
		.arena = BT_ARENA_INIT, .r = r, .root_selection = root_selection, .done = ret_done,
		.progress = progress, .progress_ctx = progress_ctx,
	};
	struct bt_rewrite_opts o = {
		.without = &r->bad_blobs, .salvage = true, .names = add_names, .finish = drop_folders,
		.progress = show_progress, .ctx = &p,
	};
	int rc;

	memset(ret_done, 0, sizeof(*ret_done));
	ret_done->names = true;
	rc = bt_store_rewrite(s, &o, &ret_done->file, err);
	if (rc) {
		free(ret_done->roots);
		memset(ret_done, 0, sizeof(*ret_done));
	}
	return rc;
}

int bt_names_rebuild(struct bt_store *s, void (*progress)(void *ctx, uint64_t done, uint64_t total),
		     void *progress_ctx, struct bt_rewritten *ret_done, struct bt_err *err)
{
	BT_CLEANUP(repair_release) struct repair p = {
		.arena = BT_ARENA_INIT, .progress = progress, .progress_ctx = progress_ctx,
	};
	struct bt_rewrite_opts o = { .names = add_names, .progress = show_progress, .ctx = &p };

	return bt_store_rewrite(s, &o, ret_done, err);
}
