/*
 * Which files differ: by tree rows, where equal folders are not entered, or by two flat lists.
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/index/tree_row.h"
#include "core/query/change.h"

static struct bt_change_side side_copy(struct bt_change_set *set, const struct bt_change_side *s)
{
	struct bt_change_side copy = *s;

	if (!s->path)
		return (struct bt_change_side){ .path = NULL };
	copy.path = bt_arena_strndup(&set->arena, s->path, s->path_len);
	return copy;
}

void bt_change_add_file(struct bt_change_set *set, const struct bt_change_side *before,
			const struct bt_change_side *after)
{
	struct bt_change_file f = { .before = side_copy(set, before),
				    .after = side_copy(set, after) };

	if (f.before.path && f.after.path)
		f.kind = f.before.path_len == f.after.path_len &&
					 !memcmp(f.before.path, f.after.path, f.before.path_len)
				 ? BT_CHANGE_FILE_MODIFIED
				 : BT_CHANGE_FILE_RENAMED;
	else
		f.kind = f.after.path ? BT_CHANGE_FILE_ADDED : BT_CHANGE_FILE_REMOVED;
	BT_GROW(set->files, set->files_alloc, set->files_nr + 1);
	set->files[set->files_nr++] = f;
}

static bool side_equal(const struct bt_change_side *a, const struct bt_change_side *b)
{
	return a->blob == b->blob && a->state == b->state && a->lang == b->lang;
}

/* The file at one path, on the sides where it is. */
static void add_at(struct bt_change_set *set, const struct bt_change_side *before,
		   const struct bt_change_side *after)
{
	static const struct bt_change_side nothing = { .path = NULL };

	if (!before || !after || !side_equal(before, after))
		bt_change_add_file(set, before ? before : &nothing, after ? after : &nothing);
}

/* --- tree rows --- */

struct rows {
	struct bt_change_set *set;
	struct bt_store *store;
	struct bt_buf path;
};

/* One folder on one side: its entry at hand. */
struct folder {
	struct bt_buf entries;
	struct bt_row_reader r;
	struct bt_row_entry e;
	bool there;
};

static void folder_release(struct folder *f)
{
	bt_buf_release(&f->entries);
}

static int folder_next(struct folder *f, struct bt_err *err)
{
	int rc = bt_row_reader_next(&f->r, &f->e, err);

	f->there = rc == BT_ROW;
	return rc < 0 ? rc : 0;
}

static int folder_open(struct rows *w, uint32_t row, struct folder *f, struct bt_err *err)
{
	struct bt_tree_row info;

	if (!row)
		return 0;
	if (bt_store_tree_read(w->store, row, &info, &f->entries, err))
		return err->code;
	bt_row_reader_init(&f->r, bt_buf_cstr(&f->entries), f->entries.len);
	return folder_next(f, err);
}

/* git's order of entries: folders sort as if their names ended in a slash. */
static int entry_cmp(const struct bt_row_entry *a, const struct bt_row_entry *b)
{
	uint32_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
	int c = memcmp(a->name, b->name, len);
	unsigned char ca = a->tree ? '/' : '\0', cb = b->tree ? '/' : '\0';

	if (c)
		return c;
	if (a->name_len > len)
		ca = (unsigned char)a->name[len];
	if (b->name_len > len)
		cb = (unsigned char)b->name[len];
	return (ca > cb) - (ca < cb);
}

static struct bt_change_side row_side(const struct rows *w, const struct bt_row_entry *e)
{
	return (struct bt_change_side){
		.path = w->path.data,
		.path_len = w->path.len,
		.blob = e->id,
		.lang = e->lang,
		.state = e->state,
		.flags = e->flags,
	};
}

static int rows_differ(struct rows *w, uint32_t before, uint32_t after, unsigned depth,
		       struct bt_err *err);

/* The entries of one name; either may be NULL. */
static int entries_differ(struct rows *w, const struct bt_row_entry *a,
			  const struct bt_row_entry *b, unsigned depth, struct bt_err *err)
{
	const struct bt_row_entry *any = a ? a : b;
	struct bt_change_side before, after;
	size_t keep = w->path.len;
	int rc = 0;

	bt_manifest_child_path(&w->path, keep, any->name, any->name_len);
	if (w->path.failed)
		return bt_buf_check(&w->path, "a path in the index", err);
	if (any->tree) {
		rc = rows_differ(w, a ? a->id : 0, b ? b->id : 0, depth + 1, err);
	} else {
		if (a)
			before = row_side(w, a);
		if (b)
			after = row_side(w, b);
		add_at(w->set, a ? &before : NULL, b ? &after : NULL);
	}
	w->path.len = keep;
	return rc;
}

static int rows_differ(struct rows *w, uint32_t before, uint32_t after, unsigned depth,
		       struct bt_err *err)
{
	BT_CLEANUP(folder_release) struct folder a = { .entries = BT_BUF_INIT };
	BT_CLEANUP(folder_release) struct folder b = { .entries = BT_BUF_INIT };

	if (before == after)
		return 0;
	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_CORRUPT, "trees in the index are nested without end");
	if (folder_open(w, before, &a, err) || folder_open(w, after, &b, err))
		return err->code;
	while (a.there || b.there) {
		int c = !a.there ? 1 : !b.there ? -1 : entry_cmp(&a.e, &b.e);

		if (entries_differ(w, c <= 0 ? &a.e : NULL, c >= 0 ? &b.e : NULL, depth, err) ||
		    (c <= 0 && folder_next(&a, err)) || (c >= 0 && folder_next(&b, err)))
			return err->code;
	}
	return 0;
}

int bt_change_add_roots(struct bt_change_set *set, struct bt_store *store, uint32_t before,
			uint32_t after, struct bt_err *err)
{
	struct rows w = { .set = set, .store = store, .path = BT_BUF_INIT };
	int rc = bt_store_read_begin(store, err);

	if (rc)
		return rc;
	rc = rows_differ(&w, before, after, 0, err);
	bt_store_read_end(store);
	bt_buf_release(&w.path);
	return rc;
}

/* --- manifests --- */

struct cursor {
	struct bt_manifest_walk walk;
	struct bt_change_side side;
	bool there;
};

static int cursor_next(struct cursor *c, struct bt_err *err)
{
	struct bt_manifest_file f;
	int rc = bt_manifest_walk_next(&c->walk, &f, err);

	c->there = rc == BT_ROW;
	if (rc != BT_ROW)
		return rc;
	c->side = (struct bt_change_side){
		.path = c->walk.path,
		.path_len = c->walk.len,
		.blob = f.blob,
		.lang = f.lang,
		.state = f.state,
		.flags = f.flags,
	};
	return 0;
}

static int path_cmp(const struct bt_change_side *a, const struct bt_change_side *b)
{
	int c = memcmp(a->path, b->path, a->path_len < b->path_len ? a->path_len : b->path_len);

	return c ? c : (a->path_len > b->path_len) - (a->path_len < b->path_len);
}

int bt_change_add_manifests(struct bt_change_set *set, const struct bt_manifest *before,
			    const struct bt_manifest *after, struct bt_err *err)
{
	struct cursor a, b;

	bt_manifest_walk_init(&a.walk, before);
	bt_manifest_walk_init(&b.walk, after);
	if (cursor_next(&a, err) || cursor_next(&b, err))
		return err->code;
	while (a.there || b.there) {
		int c = !a.there ? 1 : !b.there ? -1 : path_cmp(&a.side, &b.side);

		add_at(set, c <= 0 ? &a.side : NULL, c >= 0 ? &b.side : NULL);
		if ((c <= 0 && cursor_next(&a, err)) || (c >= 0 && cursor_next(&b, err)))
			return err->code;
	}
	return 0;
}
