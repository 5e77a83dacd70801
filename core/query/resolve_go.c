/*
 * Go: the module path of a go.mod (of all there are) and its replacements with folders, vendor/; without any
 * go.mod the folder that fits. An import is a package, that is all files of a folder but the tests.
 */
#include "core/query/resolve_family.h"

#include <stdlib.h>

/* The next word of a line; quotes are taken off. */
static bool next_word(const char **at, const char *end, const char **ret_word, size_t *ret_len)
{
	const char *p = *at, *start;

	while (p < end && strchr(" \t\r", *p) && *p)
		p++;
	start = p;
	while (p < end && !(strchr(" \t\r", *p) && *p))
		p++;
	*at = p;
	if (p == start || (p - start >= 2 && !memcmp(start, "//", 2)))
		return false;
	if (p - start >= 2 && (*start == '"' || *start == '`'))
		start++, p--;
	*ret_word = start;
	*ret_len = (size_t)(p - start);
	return true;
}

/* old [version] => ./dir */
static void take_replace(struct bt_resolver *r, struct bt_named_paths *s, const struct bt_config_file *f,
			 const char *at, const char *end, const char *old, size_t old_len)
{
	size_t dir_len = bt_path_dir_len(f->path, f->path_len), len;
	const char *word;

	do {
		if (!next_word(&at, end, &word, &len))
			return;
	} while (!bt_text_is(word, len, "=>"));
	if (!next_word(&at, end, &word, &len) || *word != '.' ||
	    !bt_path_under(&r->path, f->path, dir_len, word, len))
		return;
	bt_named_paths_add(s, old, old_len, bt_arena_strndup(&r->arena, bt_buf_cstr(&r->path), r->path.len),
		   r->path.len);
}

static void take_mod_file(struct bt_resolver *r, struct bt_named_paths *s, const struct bt_config_file *f)
{
	const char *p = f->text, *end = p ? p + f->text_len : NULL, *word;
	bool in_replace = false;
	size_t len;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)), *line_end = nl ? nl : end;
		const char *at = p;

		p = nl ? nl + 1 : end;
		if (!next_word(&at, line_end, &word, &len))
			continue;
		if (bt_text_is(word, len, ")")) {
			in_replace = false;
		} else if (in_replace) {
			take_replace(r, s, f, at, line_end, word, len);
		} else if (bt_text_is(word, len, "module") && next_word(&at, line_end, &word, &len)) {
			bt_named_paths_add(s, word, len, f->path, bt_path_dir_len(f->path, f->path_len));
		} else if (bt_text_is(word, len, "replace") && next_word(&at, line_end, &word, &len)) {
			in_replace = *word == '(';
			if (!in_replace)
				take_replace(r, s, f, at, line_end, word, len);
		}
	}
}

static int state_get(struct bt_resolver *r, struct bt_named_paths **ret_s, struct bt_err *err)
{
	struct bt_config_file *files;
	size_t nr;
	int rc = bt_named_paths_get(r, BT_FAMILY_GO, "go.mod", ret_s, &files, &nr, err);

	if (rc != BT_ROW)
		return rc < 0 ? rc : 0;
	for (size_t i = 0; i < nr; i++)
		take_mod_file(r, *ret_s, &files[i]);
	bt_named_paths_sort(*ret_s);
	return 0;
}

/* The files of a package; false when there are none. */
static bool add_package(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel, size_t rel_len,
			enum bt_module_how how, struct bt_targets *t)
{
	size_t before = t->nr;

	if (!bt_path_under(&r->path, dir, dir_len, rel, rel_len))
		return false;
	for (uint32_t f = bt_paths_dir(&r->paths, bt_buf_cstr(&r->path), r->path.len); f != BT_NONE;
	     f = r->paths.next_dir[f]) {
		size_t len = r->paths.len[f];
		const char *path = r->paths.path[f];

		if (len > 3 && !memcmp(path + len - 3, ".go", 3) &&
		    !(len > 8 && !memcmp(path + len - 8, "_test.go", 8)))
			bt_target_add(t, f, how);
	}
	return t->nr > before;
}

static bool try_vendor(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t)
{
	BT_FREE char *rel = bt_xasprintf("vendor/%.*s", (int)m->len, m->text);

	for (size_t dir = m->dir_len;; dir = bt_path_dir_len(m->path, dir)) {
		if (add_package(r, m->path, dir, rel, strlen(rel), BT_HOW_PACKAGE, t))
			return true;
		if (!dir)
			return false;
	}
}

/* host/owner/repository/x without a go.mod: x, or what else of it is a folder with Go in it. */
static void try_folders(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t)
{
	const char *text = m->text, *end = text + m->len, *slash;

	while (!add_package(r, "", 0, text, (size_t)(end - text), BT_HOW_SEARCH, t)) {
		slash = memchr(text, '/', (size_t)(end - text));
		if (!slash)
			return;
		text = slash + 1;
	}
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	const char *slash = memchr(m->text, '/', m->len);
	size_t first = slash ? (size_t)(slash - m->text) : m->len;
	struct bt_named_paths *s;

	if (state_get(r, &s, err))
		return err->code;
	if (m->len && m->text[0] == '.') {
		t->state = BT_MODULE_UNRESOLVED;
		add_package(r, m->path, m->dir_len, m->text, m->len, BT_HOW_RELATIVE, t);
		return 0;
	}
	for (size_t i = 0; i < s->nr; i++) {
		const struct bt_named_path *g = &s->list[i];

		if (!g->name_len || !bt_path_below(m->text, m->len, g->name, g->name_len))
			continue;
		t->state = BT_MODULE_UNRESOLVED;
		if (add_package(r, g->path, g->path_len, m->text + g->name_len, m->len - g->name_len,
				BT_HOW_PACKAGE, t))
			return 0;
	}
	if (try_vendor(r, m, t))
		return 0;
	/* a first part without a dot is the standard library's */
	if (!s->nr && memchr(m->text, '.', first))
		try_folders(r, m, t);
	return 0;
}

const struct bt_family bt_family_go = { .resolve = resolve, .release = bt_named_paths_release };
