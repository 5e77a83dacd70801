/*
 * Python: relative imports along packages, absolute ones from the folders that may be on sys.path.
 *
 * The folder above a file's topmost package comes first, then those above it, each with src/ and lib/ below
 * it, then wherever the dotted name fits. A package is its __init__.py, or a folder; `from p import n` means
 * the module p.n where there is one, else p.
 */
#include "core/query/resolve_family.h"

#include <stdlib.h>

static const char *const endings[] = { ".py", ".pyi", "/__init__.py", "/__init__.pyi" };

/* A module's file, or BT_NONE. */
static uint32_t module_file(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	uint32_t file = BT_NONE;

	if (!len) {	/* a folder itself */
		file = bt_path_lookup(r, dir, dir_len, "__init__", 8, ".py");
		return file != BT_NONE ? file : bt_path_lookup(r, dir, dir_len, "__init__", 8, ".pyi");
	}
	for (size_t i = 0; i < BT_ARRAY_NR(endings) && file == BT_NONE; i++)
		file = bt_path_lookup(r, dir, dir_len, rel, len, endings[i]);
	return file;
}

static bool is_dir(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	return bt_path_under(&r->path, dir, dir_len, rel, len) &&
	       bt_paths_has_dir(&r->paths, bt_buf_cstr(&r->path), r->path.len);
}

/* What `from <module> import names` means, once the module is known to be at dir/rel. */
static void add_names(struct bt_resolver *r, const struct bt_module *m, const char *dir, size_t dir_len,
		      const char *rel, size_t len, enum bt_module_how how, struct bt_targets *t)
{
	const struct bt_import *im = m->import;
	uint32_t file = module_file(r, dir, dir_len, rel, len);
	bool itself = !im->items_nr || (im->flags & BT_IMPORT_ALL);

	for (uint32_t i = im->items; i < im->items + im->items_nr; i++) {
		const struct bt_name *n = &m->facts->names[m->facts->items[i].name];
		BT_BUF_OWNED struct bt_buf sub = BT_BUF_INIT;
		uint32_t part = BT_NONE;

		bt_buf_add(&sub, rel, len);
		bt_buf_addch(&sub, '/');
		bt_buf_add(&sub, n->text, n->len);
		part = module_file(r, dir, dir_len, bt_buf_cstr(&sub), sub.len);
		if (part != BT_NONE && part != m->file)
			bt_target_add(t, part, how);
		else
			itself = true;
	}
	if (itself && file != BT_NONE && file != m->file)
		bt_target_add(t, file, how);
}

/* Is there a module or package at dir/rel? Then its files are added, if it has any. */
static bool try_at(struct bt_resolver *r, const struct bt_module *m, const char *dir, size_t dir_len,
		   const char *rel, size_t len, enum bt_module_how how, struct bt_targets *t)
{
	uint32_t file = module_file(r, dir, dir_len, rel, len);

	if (file == m->file)	/* a script that is called like a library does not import itself */
		return false;
	if (file == BT_NONE && !is_dir(r, dir, dir_len, rel, len))
		return false;
	add_names(r, m, dir, dir_len, rel, len, how, t);
	return t->nr > 0;
}

static void resolve_relative(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t)
{
	size_t dots = 0, dir = m->dir_len;
	const char *rel;

	t->state = BT_MODULE_UNRESOLVED;
	while (dots < m->len && m->text[dots] == '.')
		dots++;
	for (size_t up = 1; up < dots; up++) {
		if (!dir)
			return;
		dir = bt_path_dir_len(m->path, dir);
	}
	rel = bt_with_slashes(r, m->text + dots, m->len - dots, ".");
	try_at(r, m, m->path, dir, rel, m->len - dots, BT_HOW_RELATIVE, t);
}

/* The folder that holds a file's topmost package. */
static size_t package_root(struct bt_resolver *r, const struct bt_module *m)
{
	size_t dir = m->dir_len;

	while (dir && module_file(r, m->path, dir, "", 0) != BT_NONE)
		dir = bt_path_dir_len(m->path, dir);
	return dir;
}

static bool try_roots(struct bt_resolver *r, const struct bt_module *m, const char *rel, size_t len,
		      struct bt_targets *t)
{
	static const char *const below[] = { "", "src/", "lib/", "python/" };
	size_t dir = package_root(r, m);

	for (;; dir = bt_path_dir_len(m->path, dir)) {
		for (size_t i = 0; i < BT_ARRAY_NR(below); i++) {
			BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;

			bt_buf_adds(&full, below[i]);
			bt_buf_add(&full, rel, len);
			if (try_at(r, m, m->path, dir, bt_buf_cstr(&full), full.len,
				   i || dir != m->dir_len ? BT_HOW_SEARCH : BT_HOW_RELATIVE, t))
				return true;
		}
		if (!dir)
			return false;
	}
}

/* Any place where it fits: a name of one part must be a package, or every utils.py would be one. */
static void try_anywhere(struct bt_resolver *r, const struct bt_module *m, const char *rel, size_t len,
			 struct bt_targets *t)
{
	bool parts = memchr(rel, '/', len) != NULL;

	for (size_t i = parts ? 0 : 2; i < BT_ARRAY_NR(endings) && !t->nr; i++) {
		BT_BUF_OWNED struct bt_buf tail = BT_BUF_INIT;
		struct bt_targets found = { .files = NULL };

		bt_buf_add(&tail, rel, len);
		bt_buf_adds(&tail, endings[i]);
		bt_try_tail(r, m->path, m->dir_len, bt_buf_cstr(&tail), tail.len, NULL, &found);
		if (found.nr == 1) {
			const char *path = r->paths.path[found.files[0]];
			size_t root = r->paths.len[found.files[0]] - tail.len;

			add_names(r, m, path, root ? root - 1 : 0, rel, len, BT_HOW_SEARCH, t);
		} else {
			for (size_t k = 0; k < found.nr; k++)
				bt_target_add(t, found.files[k], BT_HOW_SEARCH);
			t->guess = found.nr > 1;
		}
		free(found.files);
	}
}

/* Is the first part a package of the view, which lacks the rest then? */
static bool lacks_module(struct bt_resolver *r, const struct bt_module *m, const char *rel)
{
	static const struct bt_import plain = { .items_nr = 0 };
	struct bt_targets found = { .files = NULL };
	struct bt_module top = *m;
	const char *slash = memchr(rel, '/', m->len);

	top.import = &plain;
	if (slash)
		try_roots(r, &top, rel, (size_t)(slash - rel), &found);
	free(found.files);
	return found.nr > 0;
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	const char *rel;

	(void)err;
	if (m->len && m->text[0] == '.') {
		resolve_relative(r, m, t);
		return 0;
	}
	if (!m->len)
		return 0;
	rel = bt_with_slashes(r, m->text, m->len, ".");
	if (!try_roots(r, m, rel, m->len, t))
		try_anywhere(r, m, rel, m->len, t);
	if (!t->nr && lacks_module(r, m, rel))
		t->state = BT_MODULE_UNRESOLVED;
	return 0;
}

const struct bt_family bt_family_python = { .resolve = resolve };
