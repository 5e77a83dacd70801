/*
 * Rust: files of modules (mod x;), paths from crate, self and super, and crates of the repository by the
 * names in Cargo.toml, or where there is none by the folder that holds a lib.rs.
 *
 * A path is followed as far as there are files for it: what comes after is inside the last one.
 */
#include "core/query/resolve_family.h"

#include <stdlib.h>

/* --- Cargo.toml: a table, and strings in it --- */

struct toml_line {
	const char *at, *end;
};

/* key = "value" */
static bool take_string(const struct toml_line *l, const char *key, const char **ret_text, size_t *ret_len)
{
	size_t len = strlen(key);
	const char *p = l->at, *close;

	if ((size_t)(l->end - p) < len || memcmp(p, key, len))
		return false;
	for (p += len; p < l->end && (*p == ' ' || *p == '\t' || *p == '='); p++)
		;
	if (p >= l->end || (*p != '"' && *p != '\''))
		return false;
	close = memchr(p + 1, *p, (size_t)(l->end - p - 1));
	if (!close)
		return false;
	*ret_text = p + 1;
	*ret_len = (size_t)(close - p - 1);
	return true;
}

static void add_crate(struct bt_resolver *r, struct bt_named_paths *s, const char *name, size_t name_len,
		      uint32_t root)
{
	char *copy;

	if (root == BT_NONE || !name_len)
		return;
	copy = bt_arena_strndup(&r->arena, name, name_len);
	for (size_t i = 0; i < name_len; i++)
		if (copy[i] == '-')
			copy[i] = '_';
	bt_named_paths_add(s, copy, name_len, r->paths.path[root], r->paths.len[root]);
}

static void take_manifest(struct bt_resolver *r, struct bt_named_paths *s, const struct bt_config_file *f)
{
	size_t dir = bt_path_dir_len(f->path, f->path_len), name_len = 0, lib_len = 0, path_len = 0;
	const char *p = f->text, *end = p ? p + f->text_len : NULL, *name = "", *lib = "", *path = "";
	enum { OTHER, PACKAGE, LIB } table = OTHER;
	uint32_t root;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct toml_line l = { p, nl ? nl : end };

		p = nl ? nl + 1 : end;
		while (l.at < l.end && (*l.at == ' ' || *l.at == '\t'))
			l.at++;
		if (l.at < l.end && *l.at == '[') {
			size_t len = (size_t)(l.end - l.at);

			table = len >= 9 && !memcmp(l.at, "[package]", 9) ? PACKAGE
				: len >= 5 && !memcmp(l.at, "[lib]", 5)	  ? LIB
									  : OTHER;
		} else if (table == PACKAGE) {
			take_string(&l, "name", &name, &name_len);
		} else if (table == LIB) {
			take_string(&l, "name", &lib, &lib_len);
			take_string(&l, "path", &path, &path_len);
		}
	}
	if (!path_len)
		path = "src/lib.rs", path_len = 10;
	root = bt_path_lookup(r, f->path, dir, path, path_len, "");
	if (root == BT_NONE)
		root = bt_path_lookup(r, f->path, dir, "src/main", 8, ".rs");
	add_crate(r, s, lib_len ? lib : name, lib_len ? lib_len : name_len, root);
}

/* The crates, by their names with '_' for '-': their lib.rs or main.rs. */
static int state_get(struct bt_resolver *r, struct bt_named_paths **ret_s, struct bt_err *err)
{
	struct bt_config_file *files;
	struct bt_named_paths *s;
	size_t nr;
	int rc = bt_named_paths_get(r, BT_FAMILY_RUST, "Cargo.toml", ret_s, &files, &nr, err);

	if (rc != BT_ROW)
		return rc < 0 ? rc : 0;
	s = *ret_s;
	for (size_t i = 0; i < nr; i++)
		take_manifest(r, s, &files[i]);
	/* a library without a Cargo.toml is called like its folder */
	for (uint32_t f = bt_paths_base(&r->paths, "lib.rs", 6); f != BT_NONE; f = r->paths.next_base[f]) {
		size_t dir = bt_path_dir_len(r->paths.path[f], r->paths.len[f]);
		size_t up = bt_path_dir_len(r->paths.path[f], dir), at = up ? up + 1 : 0;

		if (bt_text_is(r->paths.path[f] + at, dir - at, "src"))
			continue;
		add_crate(r, s, r->paths.path[f] + at, dir - at, f);
	}
	return 0;
}

/* --- files of modules --- */

static bool is_root_name(const char *path, size_t len)
{
	return bt_path_ends(path, len, "lib.rs", 6) || bt_path_ends(path, len, "main.rs", 7) ||
	       bt_path_ends(path, len, "mod.rs", 6) || bt_path_ends(path, len, "build.rs", 8);
}

/* The folder in which the modules of a file have theirs. */
static void module_dir(const char *path, size_t len, bool root, struct bt_buf *out)
{
	size_t dir = bt_path_dir_len(path, len);

	bt_buf_clear(out);
	bt_buf_add(out, path, root || is_root_name(path, len) ? dir : len - (len > 3 ? 3 : len));
}

/* The file of a module in a folder, and the folder of its own modules (in place). */
static uint32_t step(struct bt_resolver *r, struct bt_buf *dir, const char *name, size_t len)
{
	uint32_t f;

	if (len > 2 && !memcmp(name, "r#", 2))
		name += 2, len -= 2;
	f = bt_path_lookup(r, bt_buf_cstr(dir), dir->len, name, len, ".rs");
	if (f == BT_NONE)
		f = bt_path_lookup(r, bt_buf_cstr(dir), dir->len, name, len, "/mod.rs");
	if (f != BT_NONE) {
		if (dir->len)
			bt_buf_addch(dir, '/');
		bt_buf_add(dir, name, len);
	}
	return f;
}

/* The next part of a path a::b::c. */
static bool next_part(const char **at, const char *end, const char **ret_part, size_t *ret_len)
{
	const char *p = *at;

	if (p >= end)
		return false;
	while (p < end && *p != ':')
		p++;
	*ret_part = *at;
	*ret_len = (size_t)(p - *at);
	while (p < end && *p == ':')
		p++;
	*at = p;
	return true;
}

/* From a module (its file, and where its modules are) along the rest of a path, then to each item. */
static void follow(struct bt_resolver *r, const struct bt_module *m, uint32_t file, struct bt_buf *dir,
		   const char *at, const char *end, enum bt_module_how how, struct bt_targets *t)
{
	const struct bt_import *im = m->import;
	bool itself = !im->items_nr || (im->flags & BT_IMPORT_ALL), stopped = false;
	const char *part;
	size_t len;

	while (!stopped && next_part(&at, end, &part, &len)) {
		uint32_t next = step(r, dir, part, len);

		stopped = next == BT_NONE;
		file = stopped ? file : next;
	}
	for (uint32_t i = im->items; i < im->items + im->items_nr; i++) {
		const struct bt_name *n = &m->facts->names[m->facts->items[i].name];
		size_t keep = dir->len;
		uint32_t part_file = stopped ? BT_NONE : step(r, dir, n->text, n->len);

		dir->len = keep;
		if (part_file != BT_NONE && part_file != m->file)
			bt_target_add(t, part_file, how);
		else
			itself = true;
	}
	if (itself && file != BT_NONE && file != m->file)
		bt_target_add(t, file, how);
}

/* The root of the crate a file is in: the nearest lib.rs or main.rs above, seen from src/ as well. */
static uint32_t crate_root(struct bt_resolver *r, const struct bt_module *m)
{
	static const char *const names[] = { "lib.rs", "main.rs", "src/lib.rs", "src/main.rs" };

	if (bt_path_ends(m->path, m->path_len, "lib.rs", 6) ||
	    bt_path_ends(m->path, m->path_len, "main.rs", 7))
		return m->file;
	for (size_t dir = m->dir_len;; dir = bt_path_dir_len(m->path, dir)) {
		for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
			uint32_t f = bt_path_lookup(r, m->path, dir, names[i], strlen(names[i]), "");

			if (f != BT_NONE)
				return f;
		}
		if (!dir)
			return BT_NONE;
	}
}

/* The file that holds the parent module of a folder of modules, or BT_NONE. */
static uint32_t file_of_dir(struct bt_resolver *r, const struct bt_buf *dir)
{
	static const char *const names[] = { "mod.rs", "lib.rs", "main.rs" };
	uint32_t f = dir->len ? bt_path_lookup(r, bt_buf_cstr(dir), dir->len, "", 0, ".rs") : BT_NONE;

	for (size_t i = 0; i < BT_ARRAY_NR(names) && f == BT_NONE; i++)
		f = bt_path_lookup(r, bt_buf_cstr(dir), dir->len, names[i], strlen(names[i]), "");
	return f;
}

/* Modules of the file itself around an import. */
static unsigned inner_modules(const struct bt_module *m)
{
	uint32_t d = bt_facts_enclosing(m->facts, m->import->start);
	unsigned nr = 0;

	for (; d != BT_NONE; d = m->facts->defs[d].parent)
		nr += m->facts->defs[d].kind == BT_KIND_MODULE;
	return nr;
}

/* self:: and super::, which may repeat. */
static void from_here(struct bt_resolver *r, const struct bt_module *m, const char *at, const char *end,
		      struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf dir = BT_BUF_INIT;
	unsigned inner = inner_modules(m);
	uint32_t file = m->file;
	const char *rest = at, *part;
	size_t len;

	t->state = BT_MODULE_UNRESOLVED;
	module_dir(m->path, m->path_len, false, &dir);
	while (next_part(&at, end, &part, &len)) {
		if (inner && bt_text_is(part, len, "super")) {
			inner--;
		} else if (bt_text_is(part, len, "super")) {
			dir.len = bt_path_dir_len(bt_buf_cstr(&dir), dir.len);
			file = file_of_dir(r, &dir);
		} else if (!bt_text_is(part, len, "self")) {
			break;
		}
		rest = at;
	}
	if (file == BT_NONE)
		file = m->file;
	follow(r, m, file, &dir, rest, end, BT_HOW_RELATIVE, t);
	if (!t->nr)	/* names of the file itself */
		bt_target_add(t, file, BT_HOW_RELATIVE);
}

static void from_root(struct bt_resolver *r, const struct bt_module *m, const char *root, size_t root_len,
		      const char *at, const char *end, enum bt_module_how how, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf dir = BT_BUF_INIT;

	module_dir(root, root_len, true, &dir);
	follow(r, m, bt_paths_find(&r->paths, root, root_len), &dir, at, end, how, t);
}

/* A crate of the repository; of several with one name the nearest. */
static const struct bt_named_path *find_crate(const struct bt_named_paths *s, const struct bt_module *m, const char *name,
				      size_t len)
{
	const struct bt_named_path *best = NULL;
	unsigned best_shared = 0;

	for (size_t i = 0; i < s->nr; i++) {
		const struct bt_named_path *c = &s->list[i];
		unsigned shared = bt_path_shared(c->path, c->path_len, m->path, m->dir_len);

		if (c->name_len != len || memcmp(c->name, name, len) || (best && shared <= best_shared))
			continue;
		best = c;
		best_shared = shared;
	}
	return best;
}

/* mod x; in the modules around it. */
static void declared(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf dir = BT_BUF_INIT;
	uint32_t around[16], nr = 0, file;

	t->state = BT_MODULE_UNRESOLVED;
	module_dir(m->path, m->path_len, false, &dir);
	for (uint32_t d = m->facts->defs[m->def].parent; d != BT_NONE && nr < BT_ARRAY_NR(around);
	     d = m->facts->defs[d].parent)
		around[nr++] = d;
	while (nr--) {
		const struct bt_name *n = &m->facts->names[m->facts->defs[around[nr]].name];

		if (dir.len)
			bt_buf_addch(&dir, '/');
		bt_buf_add(&dir, n->text, n->len);
	}
	file = step(r, &dir, m->text, m->len);
	/* a file of its own (src/bin/x.rs, tests/x.rs) is the root of a crate and has modules beside it */
	if (file == BT_NONE) {
		module_dir(m->path, m->path_len, true, &dir);
		file = step(r, &dir, m->text, m->len);
	}
	if (file != BT_NONE)
		bt_target_add(t, file, BT_HOW_MODULE);
}

/* Is there a module, or an enum to take names from, in the file itself? */
static bool names_itself(const struct bt_facts *f, const char *name, size_t len)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];

		if ((d->kind == BT_KIND_MODULE || d->kind == BT_KIND_ENUM) && !(d->flags & BT_DEF_DECL) &&
		    d->name != BT_NONE && f->names[d->name].len == len &&
		    !memcmp(f->names[d->name].text, name, len))
			return true;
	}
	return false;
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf dir = BT_BUF_INIT;
	const char *at = m->text, *end = m->text + m->len, *part = "", *rest;
	const struct bt_named_path *c;
	struct bt_named_paths *s;
	size_t len = 0;

	if (state_get(r, &s, err))
		return err->code;
	if (!m->import) {
		declared(r, m, t);
		return 0;
	}
	while (at < end && *at == ':')
		at++;
	rest = at;
	next_part(&rest, end, &part, &len);
	if (bt_text_is(part, len, "self") || bt_text_is(part, len, "super")) {
		from_here(r, m, at, end, t);
		return 0;
	}
	if (bt_text_is(part, len, "crate")) {
		uint32_t root = crate_root(r, m);

		t->state = BT_MODULE_UNRESOLVED;
		if (root != BT_NONE)
			from_root(r, m, r->paths.path[root], r->paths.len[root], rest, end, BT_HOW_MODULE, t);
		if (!t->nr && root == m->file)	/* its own names */
			bt_target_add(t, root, BT_HOW_MODULE);
		return 0;
	}
	/* a module declared here, or a crate */
	module_dir(m->path, m->path_len, false, &dir);
	if (len && step(r, &dir, part, len) != BT_NONE) {
		module_dir(m->path, m->path_len, false, &dir);
		follow(r, m, m->file, &dir, at, end, BT_HOW_MODULE, t);
		return 0;
	}
	if (names_itself(m->facts, part, len)) {	/* mod x { } in this file */
		bt_target_add(t, m->file, BT_HOW_MODULE);
		return 0;
	}
	c = len ? find_crate(s, m, part, len) : NULL;
	if (c)
		from_root(r, m, c->path, c->path_len, rest, end, BT_HOW_PACKAGE, t);
	return 0;
}

const struct bt_family bt_family_rust = { .resolve = resolve, .whole = true, .release = bt_named_paths_release };
