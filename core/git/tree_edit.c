/*
 * A tree in memory, as far as it was looked at.
 *
 * A folder has its entries twice: as the base has them, read once and never changed, and, from the first change on, a list of its own.
 * Dropping the own lists leads back to the base. Both lists are in git's order, in which a folder counts as if its name ended in '/'.
 */
#include "core/git/tree_edit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/arena.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/base/text.h"

#define MODE_TREE 0040000u

struct folder;
struct entry {
	const char *name;
	size_t len;
	uint32_t mode;
	struct bt_oid oid;	/* of a folder: as last written, when `below` is not dirty */
	struct folder *below;	/* once it was looked into */
};

struct list {
	struct entry *entries;
	size_t nr, alloc;
};

struct folder {
	struct folder *next;	/* of all, for the end and for the way back */
	struct list base, own;
	bool changed;		/* `own` counts */
	bool dirty;		/* this or something below is not as it was written last */
	bool temporary;		/* not of the base */
};

struct bt_tree_edit {
	struct bt_repo *repo;
	struct bt_odb *odb;
	struct bt_arena names;
	struct entry root;
	struct bt_oid base;
	struct folder *all;
};

static struct folder *folder_new(struct bt_tree_edit *t, bool temporary)
{
	struct folder *f = bt_xcalloc(1, sizeof(*f));

	f->temporary = temporary;
	f->next = t->all;
	t->all = f;
	return f;
}

struct bt_tree_edit *bt_tree_edit_new(struct bt_repo *repo, struct bt_odb *odb, const struct bt_oid *base)
{
	struct bt_tree_edit *t = bt_xcalloc(1, sizeof(*t));

	t->repo = repo;
	t->odb = odb;
	t->base = *base;
	t->root = (struct entry){ .name = "", .mode = MODE_TREE, .oid = *base };
	return t;
}

void bt_tree_edit_free(struct bt_tree_edit **pt)
{
	if (!pt || !*pt)
		return;
	for (struct folder *f = (*pt)->all, *next; f; f = next) {
		next = f->next;
		free(f->base.entries);
		free(f->own.entries);
		free(f);
	}
	bt_arena_release(&(*pt)->names);
	free(*pt);
	*pt = NULL;
}

/* --- lists --- */

static struct list *list_of(struct folder *f)
{
	return f->changed ? &f->own : &f->base;
}

static bool is_folder(const struct entry *e)
{
	return e->mode == MODE_TREE;
}

/* git's order of names in a tree. */
static int compare(const char *a, size_t a_len, bool a_folder, const char *b, size_t b_len, bool b_folder)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int order = memcmp(a, b, len);
	unsigned char ca, cb;

	if (order)
		return order;
	ca = len < a_len ? (unsigned char)a[len] : a_folder ? '/' : 0;
	cb = len < b_len ? (unsigned char)b[len] : b_folder ? '/' : 0;
	return ca - cb;
}

/* The place of a name as file or folder; true when it is there as that. */
static bool list_search(const struct list *l, const char *name, size_t len, bool folder, size_t *ret_at)
{
	size_t lo = 0, hi = l->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct entry *e = &l->entries[mid];
		int order = compare(e->name, e->len, is_folder(e), name, len, folder);

		if (!order) {
			*ret_at = mid;
			return true;
		}
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_at = lo;
	return false;
}

static struct entry *list_find(const struct list *l, const char *name, size_t len)
{
	size_t at;

	return list_search(l, name, len, false, &at) || list_search(l, name, len, true, &at) ? &l->entries[at] : NULL;
}

/* Makes room for a change. Pointers to entries of the folder do not hold any more. */
static struct list *list_change(struct folder *f)
{
	if (!f->changed) {
		f->own.nr = 0;
		BT_GROW(f->own.entries, f->own.alloc, f->base.nr + 1);
		if (f->base.nr)
			memcpy(f->own.entries, f->base.entries, f->base.nr * sizeof(*f->base.entries));
		f->own.nr = f->base.nr;
		f->changed = true;
	}
	f->dirty = true;
	return &f->own;
}

static void list_delete(struct list *l, size_t at)
{
	l->nr--;
	memmove(l->entries + at, l->entries + at + 1, (l->nr - at) * sizeof(*l->entries));
}

static void remove_name(struct folder *f, const char *name, size_t len)
{
	struct list *l;
	size_t at;

	if (!list_find(list_of(f), name, len))
		return;
	l = list_change(f);
	if (list_search(l, name, len, false, &at))
		list_delete(l, at);
	if (list_search(l, name, len, true, &at))
		list_delete(l, at);
}

/* Puts an entry in the place of whatever has its name. */
static struct entry *put_entry(struct bt_tree_edit *t, struct folder *f, const struct entry *e)
{
	struct list *l = list_change(f);
	struct entry *there = list_find(l, e->name, e->len);
	struct entry new = *e;
	size_t at;

	new.name = there ? there->name : bt_arena_strndup(&t->names, e->name, e->len);
	if (there && is_folder(there) == is_folder(e)) {
		*there = new;
		return there;
	}
	if (there)
		list_delete(l, (size_t)(there - l->entries));
	list_search(l, new.name, new.len, is_folder(&new), &at);
	BT_GROW(l->entries, l->alloc, l->nr + 1);
	memmove(l->entries + at + 1, l->entries + at, (l->nr - at) * sizeof(*l->entries));
	l->nr++;
	l->entries[at] = new;
	return &l->entries[at];
}

/* --- reading --- */

static int corrupt(const struct bt_oid *oid, const char *why, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	return bt_err_set(err, BT_ERR_CORRUPT, "cannot read tree %s: %s", bt_oid_hex(oid, hex), why);
}

static int list_read(struct bt_tree_edit *t, const struct bt_oid *oid, const void *data, size_t len, struct list *l, struct bt_err *err)
{
	struct bt_err inner = BT_ERR_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	int rc;

	bt_tree_reader_init(&r, data, len, oid->len);
	while ((rc = bt_tree_reader_next(&r, &e, &inner)) == BT_ROW) {
		const struct entry *before = l->nr ? &l->entries[l->nr - 1] : NULL;
		bool folder = e.kind == BT_ENTRY_TREE;

		if (before && compare(before->name, before->len, is_folder(before), e.name, e.name_len, folder) >= 0)
			return corrupt(oid, "its entries are not in order", err);
		BT_GROW(l->entries, l->alloc, l->nr + 1);
		l->entries[l->nr++] = (struct entry){
			.name = bt_arena_strndup(&t->names, e.name, e.name_len),
			.len = e.name_len,
			.mode = e.mode,
			.oid = e.oid,
		};
	}
	return rc < 0 ? corrupt(oid, inner.msg, err) : 0;
}

/* A loose tree is read without the odb, which may have to start a child first. */
static int tree_read(struct bt_tree_edit *t, const struct bt_oid *oid, struct list *l, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf own = BT_BUF_INIT;
	struct bt_object obj;
	int rc = bt_object_read_loose(t->repo, oid, BT_OBJECT_TREE, &own, err);

	if (rc < 0)
		return rc;
	if (rc == BT_ROW)
		return list_read(t, oid, bt_buf_cstr(&own), own.len, l, err);
	rc = bt_odb_read(t->odb, oid, BT_TREE_SIZE_MAX, &obj, err);
	if (rc)
		return rc;
	if (obj.type != BT_OBJECT_TREE || !obj.data)
		return corrupt(oid, obj.type == BT_OBJECT_NONE ? "it is missing" : "it is none, or too large", err);
	return list_read(t, oid, obj.data, obj.size, l, err);
}

/* Looks into a folder. The base's entry learns of it, too: it outlives the others. */
static int below_read(struct bt_tree_edit *t, struct folder *parent, struct entry *e, struct bt_err *err)
{
	struct entry *in_base = parent && parent->changed ? list_find(&parent->base, e->name, e->len) : NULL;
	struct folder *f;
	int rc = 0;

	if (e->below)
		return 0;
	if (in_base && (in_base->below || !is_folder(in_base) || !bt_oid_equal(&in_base->oid, &e->oid)))
		in_base = NULL;
	f = folder_new(t, false);
	if (e->oid.len)
		rc = tree_read(t, &e->oid, &f->base, err);
	if (rc)
		return rc;
	e->below = f;
	if (in_base)
		in_base->below = f;
	return 0;
}

/* --- paths --- */

/* Characters that a Mac leaves out when it compares names. */
static bool is_ignorable(uint32_t c)
{
	return (c >= 0x200c && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x206a && c <= 0x206f) || c == 0xfeff;
}

/* Is it ".git" for any file system? The name may go on in ways that Windows does not count. */
static bool is_dot_git(const char *name, size_t len)
{
	char plain[6] = "";
	size_t n = 0, at = 0;

	while (at < len && n < 5) {
		uint32_t c = 0;
		size_t step = bt_utf8_next(name + at, name + len, &c);

		if (!step || !is_ignorable(c))
			plain[n++] = name[at];
		at += step ? step : 1;
	}
	while (at < len) {
		uint32_t c = 0;
		size_t step = bt_utf8_next(name + at, name + len, &c);

		if (!step || !is_ignorable(c))
			break;
		at += step;
	}
	if (n == 4 && at == len && !strcasecmp(plain, ".git"))
		return true;
	n = len >= 4 && !strncasecmp(name, ".git", 4) ? 4 : len >= 5 && !strncasecmp(name, "git~1", 5) ? 5 : 0;
	if (!n)
		return false;
	while (n < len && (name[n] == ' ' || name[n] == '.'))
		n++;
	return n == len || name[n] == '\\' || name[n] == ':';
}

static int path_check(const char *path, size_t len, struct bt_err *err)
{
	if (!bt_path_sane(path, len))
		return bt_err_set(err, BT_ERR_FAIL, "'%.*s' is no path for a file", (int)(len < 200 ? len : 200), path);
	for (size_t at = 0; at < len;) {
		const char *slash = memchr(path + at, '/', len - at);
		size_t n = slash ? (size_t)(slash - path) - at : len - at;

		if (is_dot_git(path + at, n))
			return bt_err_set(err, BT_ERR_FAIL, "'%.*s' cannot be in a tree: git does not check it out", (int)(len < 200 ? len : 200), path);
		at += n + 1;
	}
	return 0;
}

/* The folders from the root to the one that holds the last part of a path, which is returned. */
struct way {
	struct folder *folders[BT_TREE_DEPTH_MAX];
	size_t nr;
	const char *name;	/* the last part */
	size_t name_len;
};

/*
 * Goes to the folder of a path. *ret_there is false when one on the way is no folder; with `make` such a one is replaced, or made. The folders on the way
 * become dirty then.
 */
static int way_go(struct bt_tree_edit *t, const char *path, size_t len, bool make, struct way *w, bool *ret_there, struct bt_err *err)
{
	struct entry *e = &t->root;
	struct folder *f = NULL;
	int rc;

	*ret_there = false;
	w->nr = 0;
	for (;;) {
		const char *slash = memchr(path, '/', len);

		if (w->nr == BT_TREE_DEPTH_MAX)
			return bt_err_set(err, BT_ERR_LIMIT, "a path has more than %d folders", BT_TREE_DEPTH_MAX);
		rc = below_read(t, f, e, err);
		if (rc)
			return rc;
		f = w->folders[w->nr++] = e->below;
		w->name = path;
		w->name_len = slash ? (size_t)(slash - path) : len;
		if (!slash)
			break;
		/* What it leads to belongs to this state alone: the entry of the base is not written to. */
		if (make && !f->changed)
			list_change(f);
		e = list_find(list_of(f), path, w->name_len);
		if (!e || !is_folder(e)) {
			struct entry new = { .name = path, .len = w->name_len, .mode = MODE_TREE };

			if (!make)
				return 0;
			new.below = folder_new(t, true);
			e = put_entry(t, f, &new);
		}
		len -= w->name_len + 1;
		path = slash + 1;
	}
	for (size_t i = 0; make && i < w->nr; i++)
		w->folders[i]->dirty = true;
	*ret_there = true;
	return 0;
}

int bt_tree_edit_get(struct bt_tree_edit *t, const char *path, size_t len, uint32_t *ret_mode, struct bt_oid *ret_oid, struct bt_err *err)
{
	struct entry *e = NULL;
	struct way w;
	bool there;
	int rc = bt_path_sane(path, len) ? 0 : path_check(path, len, err);

	if (!rc)
		rc = way_go(t, path, len, false, &w, &there, err);
	if (rc)
		return rc;
	if (there)
		e = list_find(list_of(w.folders[w.nr - 1]), w.name, w.name_len);
	*ret_mode = e ? e->mode : 0;
	*ret_oid = e && !(e->below && e->below->dirty) ? e->oid : (struct bt_oid){ .len = 0 };
	return 0;
}

int bt_tree_edit_put(struct bt_tree_edit *t, const char *path, size_t len, uint32_t mode, const struct bt_oid *oid, struct bt_err *err)
{
	struct entry e = { .mode = mode, .oid = *oid };
	struct way w;
	bool there;
	int rc = path_check(path, len, err);

	if (!rc && mode != 0100644 && mode != 0100755 && mode != 0120000 && mode != 0160000 && mode != MODE_TREE)
		rc = bt_err_set(err, BT_ERR_FAIL, "%06o is no mode of a tree", (unsigned)mode);
	if (!rc)
		rc = way_go(t, path, len, true, &w, &there, err);
	if (rc)
		return rc;
	e.name = w.name;
	e.len = w.name_len;
	put_entry(t, w.folders[w.nr - 1], &e);
	return 0;
}

int bt_tree_edit_remove(struct bt_tree_edit *t, const char *path, size_t len, struct bt_err *err)
{
	struct way w;
	bool there;
	int rc = bt_path_sane(path, len) ? 0 : path_check(path, len, err);

	if (!rc)
		rc = way_go(t, path, len, false, &w, &there, err);
	if (rc || !there || !list_find(list_of(w.folders[w.nr - 1]), w.name, w.name_len))
		return rc;
	/* Now that it is known to be there: the way again, marking it. */
	rc = way_go(t, path, len, true, &w, &there, err);
	if (!rc)
		remove_name(w.folders[w.nr - 1], w.name, w.name_len);
	return rc;
}

/* --- writing --- */

struct writing {
	struct bt_tree_edit *t;
	struct bt_object_batch *batch;	/* or NULL */
	struct bt_err *err;
};

static int folder_write(struct writing *w, struct folder *f, struct bt_oid *ret_oid);

/* Writes what is below the entries; drops folders that are empty. */
static int list_write(struct writing *w, struct list *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->nr; i++) {
		struct entry *e = &l->entries[i];

		if (e->below && e->below->dirty) {
			int rc = folder_write(w, e->below, &e->oid);

			if (rc)
				return rc;
		}
		if (!e->below || list_of(e->below)->nr)
			l->entries[kept++] = *e;
	}
	l->nr = kept;
	return 0;
}

static int folder_write(struct writing *w, struct folder *f, struct bt_oid *ret_oid)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	struct list *l = list_of(f);
	int rc = f->changed ? list_write(w, l) : 0;

	if (rc)
		return rc;
	bt_buf_init(&bytes, BT_TREE_SIZE_MAX);
	for (size_t i = 0; i < l->nr; i++) {
		const struct entry *e = &l->entries[i];

		bt_buf_addf(&bytes, "%o ", (unsigned)e->mode);
		bt_buf_add(&bytes, e->name, e->len);
		bt_buf_addch(&bytes, '\0');
		bt_buf_add(&bytes, e->oid.raw, e->oid.len);
	}
	rc = bt_buf_check(&bytes, "a tree", w->err);
	if (rc)
		return rc;
	if (w->batch)
		rc = bt_object_batch_add(w->batch, BT_OBJECT_TREE, bt_buf_cstr(&bytes), bytes.len, ret_oid, w->err);
	else
		rc = bt_object_write(w->t->repo, BT_OBJECT_TREE, bt_buf_cstr(&bytes), bytes.len, false, ret_oid, w->err);
	if (!rc)
		f->dirty = false;
	return rc;
}

static int tree_write(struct bt_tree_edit *t, struct bt_object_batch *b, struct bt_oid *ret_tree, struct bt_err *err)
{
	struct writing w = { .t = t, .batch = b, .err = err };
	int rc = 0;

	if (!t->root.oid.len && !t->root.below)
		t->root.below = folder_new(t, false);
	if (!t->root.oid.len)
		t->root.below->dirty = true;
	if (t->root.below && t->root.below->dirty)
		rc = folder_write(&w, t->root.below, &t->root.oid);
	if (!rc)
		*ret_tree = t->root.oid;
	return rc;
}

int bt_tree_edit_write_batch(struct bt_tree_edit *t, struct bt_object_batch *b, struct bt_oid *ret_tree, struct bt_err *err)
{
	return tree_write(t, b, ret_tree, err);
}

int bt_tree_edit_write(struct bt_tree_edit *t, bool durable, struct bt_oid *ret_tree, struct bt_err *err)
{
	BT_CLEANUP(bt_object_batch_free) struct bt_object_batch *b = durable ? bt_object_batch_new(t->repo) : NULL;
	int rc = tree_write(t, b, ret_tree, err);

	return rc || !b ? rc : bt_object_batch_end(b, err);
}

void bt_tree_edit_reset(struct bt_tree_edit *t)
{
	struct folder **link = &t->all;

	while (*link) {
		struct folder *f = *link;

		if (f->temporary) {
			*link = f->next;
			free(f->base.entries);
			free(f->own.entries);
			free(f);
			continue;
		}
		f->changed = f->dirty = false;
		link = &f->next;
	}
	t->root.oid = t->base;
}
