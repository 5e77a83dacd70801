/*
 * PHP: include and require by path; use by the PSR-4 mapping of composer.json, or where the folders fit.
 */
#include "core/query/resolve_family.h"

#include <stdlib.h>

#include "core/query/jsonc.h"
#include "store/postings.h"

struct prefix {
	const char *name;	/* "App/" */
	size_t name_len;
	const char *dir;
	size_t dir_len;
};

struct php_state {
	struct prefix *list;	/* longer ones first */
	size_t nr, alloc;
};

static void add_prefix(struct bt_resolver *r, struct php_state *s, const struct bt_config_file *f,
		       const char *name, const struct bt_jsonc *dir)
{
	const char *copy;

	if (dir->type != BT_JSONC_STRING ||
	    !bt_path_under(&r->path, f->path, bt_path_dir_len(f->path, f->path_len), dir->text, dir->text_len))
		return;
	copy = bt_arena_strndup(&r->arena, bt_buf_cstr(&r->path), r->path.len);
	BT_GROW(s->list, s->alloc, s->nr + 1);
	s->list[s->nr++] = (struct prefix){
		bt_with_slashes(r, name, strlen(name), "\\"), strlen(name), copy, r->path.len,
	};
}

static void take_autoload(struct bt_resolver *r, struct php_state *s, const struct bt_config_file *f,
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

static int by_length(const void *pa, const void *pb)
{
	const struct prefix *a = pa, *b = pb;
	int c;

	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? 1 : -1;
	c = memcmp(a->name, b->name, a->name_len);
	return c ? c : strcmp(a->dir, b->dir);
}

static int state_get(struct bt_resolver *r, struct php_state **ret_s, struct bt_err *err)
{
	static const char *const names[] = { "composer.json", NULL };
	struct php_state *s = r->state[BT_FAMILY_PHP];
	struct bt_config_file *files;
	size_t nr;

	*ret_s = s;
	if (s)
		return 0;
	*ret_s = s = r->state[BT_FAMILY_PHP] = bt_xcalloc(1, sizeof(*s));
	if (bt_config_files_read(&r->source, names, &r->arena, &files, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		const struct bt_jsonc *json =
			files[i].text ? bt_jsonc_parse(files[i].text, files[i].text_len, &r->arena) : NULL;

		take_autoload(r, s, &files[i], bt_jsonc_get(json, "autoload"));
		take_autoload(r, s, &files[i], bt_jsonc_get(json, "autoload-dev"));
	}
	if (s->nr)
		qsort(s->list, s->nr, sizeof(*s->list), by_length);
	return 0;
}

static void state_release(void *state)
{
	struct php_state *s = state;

	free(s->list);
	free(s);
}

/* A class by its whole name, parts with slashes. */
static bool try_class(struct bt_resolver *r, const struct php_state *s, const struct bt_module *m,
		      const char *name, size_t len, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf tail = BT_BUF_INIT;
	const char *slash;

	for (size_t i = 0; i < s->nr; i++) {
		const struct prefix *p = &s->list[i];

		if (p->name_len > len || memcmp(name, p->name, p->name_len))
			continue;
		t->state = BT_MODULE_UNRESOLVED;
		if (bt_try_path(r, p->dir, p->dir_len, name + p->name_len, len - p->name_len, ".php",
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

/* A function or constant: a file that defines it, in a folder that the namespace ends with. */
static int try_defined(struct bt_resolver *r, const char *ns, size_t ns_len, const struct bt_name *n,
		       struct bt_targets *t, struct bt_err *err)
{
	size_t at = bt_path_dir_len(ns, ns_len), last = at ? at + 1 : 0;
	BT_FREE struct bt_posting *list = NULL;
	size_t nr = 0;

	if (bt_postings_find(r->v->store, n->text, n->len, true, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		uint32_t first, files;

		bt_view_files_of(r->v, list[i].blob_id, &first, &files);
		for (uint32_t k = 0; k < files; k++) {
			uint32_t f = r->v->by_blob[first + k];
			const char *path = r->paths.path[f];
			size_t dir = bt_path_dir_len(path, r->paths.len[f]);

			if (r->paths.len[f] > 4 && !strcmp(path + r->paths.len[f] - 4, ".php") &&
			    bt_path_ends(path, dir, ns + last, ns_len - last))
				bt_target_add(t, f, BT_HOW_NAMESPACE);
		}
	}
	return 0;
}

static int resolve_use(struct bt_resolver *r, const struct php_state *s, const struct bt_module *m,
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
			rc = try_defined(r, ns, ns_len, n, &one, err);
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
	struct php_state *s;

	if (state_get(r, &s, err))
		return err->code;
	if (m->import->flags & BT_IMPORT_RELATIVE) {
		resolve_path(r, m, t);
		return 0;
	}
	return resolve_use(r, s, m, t, err);
}

const struct bt_family bt_family_php = { .resolve = resolve, .release = state_release };
