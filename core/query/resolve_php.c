/*
 * PHP: include and require by path; use by the PSR-4 mapping of composer.json, or where the folders fit.
 */
#include "core/query/resolve_family.h"

#include <stdlib.h>

#include "core/query/jsonc.h"
#include "store/postings.h"

static void add_prefix(struct bt_resolver *r, struct bt_named_paths *s, const struct bt_config_file *f,
		       const char *name, const struct bt_jsonc *dir)
{
	const char *copy;

	if (dir->type != BT_JSONC_STRING ||
	    !bt_path_under(&r->path, f->path, bt_path_dir_len(f->path, f->path_len), dir->text, dir->text_len))
		return;
	copy = bt_arena_strndup(&r->arena, bt_buf_cstr(&r->path), r->path.len);
	bt_named_paths_add(s, bt_with_slashes(r, name, strlen(name), "\\"), strlen(name), copy, r->path.len);
}

static void take_autoload(struct bt_resolver *r, struct bt_named_paths *s, const struct bt_config_file *f,
			  const struct bt_jsonc *autoload)
{
	const struct bt_jsonc *map = bt_jsonc_get(autoload, "psr-4");

	if (!map || map->type != BT_JSONC_OBJECT)
		return;
	for (const struct bt_jsonc *v = map->child; v; v = v->next) {
		const struct bt_jsonc *dir = v->type == BT_JSONC_ARRAY ? v->child : v;

		for (; dir; dir = v->type == BT_JSONC_ARRAY ? dir->next : NULL)
			add_prefix(r, s, f, v->key, dir);
	}
}

static int state_get(struct bt_resolver *r, struct bt_named_paths **ret_s, struct bt_err *err)
{
	struct bt_config_file *files;
	size_t nr;
	int rc = bt_named_paths_get(r, BT_FAMILY_PHP, "composer.json", ret_s, &files, &nr, err);

	if (rc != BT_ROW)
		return rc < 0 ? rc : 0;
	for (size_t i = 0; i < nr; i++) {
		const struct bt_jsonc *json =
			files[i].text ? bt_jsonc_parse(files[i].text, files[i].text_len, &r->arena) : NULL;

		take_autoload(r, *ret_s, &files[i], bt_jsonc_get(json, "autoload"));
		take_autoload(r, *ret_s, &files[i], bt_jsonc_get(json, "autoload-dev"));
	}
	bt_named_paths_sort(*ret_s);
	return 0;
}

/* A class by its whole name, parts with slashes. */
static bool try_class(struct bt_resolver *r, const struct bt_named_paths *s, const struct bt_module *m,
		      const char *name, size_t len, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf tail = BT_BUF_INIT;
	const char *slash;

	for (size_t i = 0; i < s->nr; i++) {
		const struct bt_named_path *p = &s->list[i];

		if (p->name_len > len || memcmp(name, p->name, p->name_len))
			continue;
		t->state = BT_MODULE_UNRESOLVED;
		if (bt_try_path(r, p->path, p->path_len, name + p->name_len, len - p->name_len, ".php",
				BT_HOW_NAMESPACE, t))
			return true;
	}
	/* Vendor/Package/Class is often src/Class or Package/Class: two parts have to fit */
	bt_buf_add(&tail, name, len);
	bt_buf_adds(&tail, ".php");
	for (name = bt_buf_cstr(&tail); (slash = strchr(name, '/')); name = slash + 1) {
		bt_try_tail(r, m->path, m->dir_len, name, tail.len - (size_t)(name - tail.data), NULL, t);
		if (t->nr) {
			t->how = BT_HOW_NAMESPACE;
			return true;
		}
	}
	return false;
}

/* A PHP file in a folder that the last part of the namespace is the end of. */
static bool defines_here(struct bt_resolver *r, const struct bt_module *m BT_UNUSED, uint32_t file, size_t dir_len,
			 const char *ns, size_t ns_len)
{
	const char *path = r->paths.path[file];
	size_t len = r->paths.len[file], at = bt_path_dir_len(ns, ns_len), last = at ? at + 1 : 0;

	return len > 4 && !strcmp(path + len - 4, ".php") &&
	       bt_path_ends(path, dir_len, ns + last, ns_len - last);
}

static int resolve_use(struct bt_resolver *r, const struct bt_named_paths *s, const struct bt_module *m,
		       struct bt_targets *t, struct bt_err *err)
{
	const struct bt_import *im = m->import;
	const char *ns = bt_with_slashes(r, m->text, m->len, "\\");
	size_t ns_len = m->len;

	if (ns_len && *ns == '/')
		ns++, ns_len--;
	if (!im->items_nr && memchr(ns, '/', ns_len))
		try_class(r, s, m, ns, ns_len, t);
	for (uint32_t i = im->items; i < im->items + im->items_nr; i++) {
		const struct bt_name *n = &m->facts->names[m->facts->items[i].name];
		BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;
		struct bt_targets one = { .files = NULL, .state = t->state };
		int rc = 0;

		bt_buf_add(&full, ns, ns_len);
		bt_buf_addch(&full, '/');
		bt_buf_add(&full, n->text, n->len);
		if (!try_class(r, s, m, bt_buf_cstr(&full), full.len, &one))
			rc = bt_try_definers(r, m, n, defines_here, ns, ns_len, &one, err);
		for (size_t k = 0; k < one.nr; k++)
			bt_target_add(t, one.files[k], BT_HOW_NAMESPACE);
		t->guess |= one.guess;
		t->state = one.state;
		free(one.files);
		if (rc)
			return rc;
	}
	return 0;
}

/* A path, often with __DIR__ before it: "/config.php". */
static void resolve_path(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t)
{
	t->state = BT_MODULE_UNRESOLVED;
	if (!bt_try_path(r, m->path, m->dir_len, m->text, m->len, "", BT_HOW_RELATIVE, t))
		bt_try_path(r, "", 0, m->text, m->len, "", BT_HOW_SEARCH, t);
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	struct bt_named_paths *s;

	if (state_get(r, &s, err))
		return err->code;
	if (m->import->flags & BT_IMPORT_RELATIVE) {
		resolve_path(r, m, t);
		return 0;
	}
	return resolve_use(r, s, m, t, err);
}

const struct bt_family bt_family_php = { .resolve = resolve, .release = bt_named_paths_release };
