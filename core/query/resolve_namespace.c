/*
 * Java, Kotlin, Scala, C#: packages and namespaces, whose folders are called like them.
 *
 * a.b.C is the file C in a folder a/b wherever that stands (src/main/java/...). A name that is no file of its
 * own (Kotlin's functions, Scala's objects, several C# types in one file) is looked up: files of such a
 * folder that define it. A namespace as a whole is all files of its folder. A name that no file of a folder called so
 * answers is unresolved; with no such folder it is that of a library.
 */
#include "core/query/resolve_family.h"

#include <stdlib.h>

#include "store/postings.h"

static const char *const endings[] = { ".java", ".kt", ".scala", ".cs", ".kts", ".groovy" };

/* a/b/C of a.b + C; the last part may be an item of the import. */
static bool try_class(struct bt_resolver *r, const struct bt_module *m, const char *tail, size_t len,
		      struct bt_targets *t)
{
	for (size_t i = 0; i < BT_ARRAY_NR(endings) && !t->nr; i++) {
		BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;

		bt_buf_add(&full, tail, len);
		bt_buf_adds(&full, endings[i]);
		/* a lone name would fit anywhere; it means the folder itself */
		if (!memchr(tail, '/', len))
			bt_try_path(r, m->path, m->dir_len, tail, len, endings[i], BT_HOW_NAMESPACE, t);
		else
			bt_try_tail(r, m->path, m->dir_len, bt_buf_cstr(&full), full.len, NULL, t);
	}
	return t->nr > 0;
}

/* Kotlin: UtilKt is the class of what stands outside of classes in Util.kt. */
static bool try_file_class(struct bt_resolver *r, const struct bt_module *m, const struct bt_buf *full, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	if (full->len < 3 || memcmp(full->data + full->len - 2, "Kt", 2) || !memchr(full->data, '/', full->len))
		return false;
	bt_buf_add(&path, full->data, full->len - 2);
	bt_buf_adds(&path, ".kt");
	bt_try_tail(r, m->path, m->dir_len, bt_buf_cstr(&path), path.len, NULL, t);
	return t->nr > 0;
}

/* "A.B/C" and "A/B/C" are both folders of A.B.C, and so is "B/C" when something is left out at the start. */
static bool dir_is(const char *dir, size_t dir_len, const char *ns, size_t ns_len)
{
	size_t d = dir_len, n = ns_len;
	unsigned parts = 0;

	while (d && n) {
		char a = dir[d - 1], b = ns[n - 1];

		if (a != b && !(a == '.' && b == '/'))
			return false;
		parts += b == '/';
		d--;
		n--;
	}
	if (!n)
		return !d || dir[d - 1] == '/';
	/* the folder is used up, or a component ends here: two parts have to fit */
	return !d && ns[n - 1] == '/' && parts >= 1;
}

/* All files of folders that are called like the namespace. */
static void add_folder(struct bt_resolver *r, const struct bt_module *m, const char *ns, size_t ns_len,
		       struct bt_targets *t)
{
	const struct bt_strmap *by_dir = bt_paths_by_dir(&r->paths);

	for (size_t i = 0; i < by_dir->nr; i++) {
		const struct bt_strmap_entry *e = &by_dir->entries[i];

		if (!dir_is(e->key, e->len, ns, ns_len))
			continue;
		for (uint32_t f = (uint32_t)e->value; f != BT_NONE; f = r->paths.next_dir[f])
			if (f != m->file && bt_resolver_related(r, m->file, f))
				bt_target_add(t, f, BT_HOW_NAMESPACE);
	}
}

static bool defines_here(struct bt_resolver *r, const struct bt_module *m, uint32_t file, size_t dir_len,
			 const char *ns, size_t ns_len)
{
	return bt_resolver_related(r, m->file, file) && dir_is(r->paths.path[file], dir_len, ns, ns_len);
}

/* Those of them that define a name. */
static int add_name(struct bt_resolver *r, const struct bt_module *m, const char *ns, size_t ns_len,
		    const struct bt_name *n, struct bt_targets *t, struct bt_err *err)
{
	return bt_try_definers(r, m, n, defines_here, ns, ns_len, t, err);
}

/* ---- what is not there ---- */

struct known {
	struct bt_strmap folders;	/* namespace -> 1: there are files of its language in a folder of that name, or 0 */
};

static void release(void *state)
{
	struct known *k = state;

	bt_strmap_release(&k->folders);
	free(k);
}

static bool ends_with(const char *dir, size_t dir_len, const char *ns, size_t ns_len)
{
	return dir_len >= ns_len && !memcmp(dir + dir_len - ns_len, ns, ns_len) &&
	       (dir_len == ns_len || dir[dir_len - ns_len - 1] == '/');
}

static bool find_folder(struct bt_resolver *r, const struct bt_module *m, const char *ns, size_t ns_len)
{
	const struct bt_strmap *by_dir = bt_paths_by_dir(&r->paths);

	for (size_t i = 0; i < by_dir->nr; i++) {
		const struct bt_strmap_entry *e = &by_dir->entries[i];

		if (!ends_with(e->key, e->len, ns, ns_len))
			continue;
		for (uint32_t f = (uint32_t)e->value; f != BT_NONE; f = r->paths.next_dir[f])
			if (bt_resolver_related(r, m->file, f))
				return true;
	}
	return false;
}

/* One part alone is no name that only this repository would have. */
static bool has_folder(struct bt_resolver *r, const struct bt_module *m, const char *ns, size_t ns_len)
{
	struct known *k = r->state[BT_FAMILY_NAMESPACE];
	struct bt_strmap_entry *e;
	bool is_new;

	if (!memchr(ns, '/', ns_len))
		return false;
	if (!k) {
		k = r->state[BT_FAMILY_NAMESPACE] = bt_xcalloc(1, sizeof(*k));
		bt_strmap_init(&k->folders, &r->arena);
	}
	e = bt_strmap_intern(&k->folders, ns, ns_len, bt_strmap_hash(ns, ns_len), &is_new);
	if (is_new)
		e->value = find_folder(r, m, ns, ns_len);
	return e->value;
}

/* a.b.C of a package a.b that is here, or a member of one: a.b.C.d, where classes begin with a capital letter. */
static bool is_missing(struct bt_resolver *r, const struct bt_module *m, const char *ns)
{
	const char *slash = memrchr(ns, '/', m->len);

	return has_folder(r, m, ns, m->len) ||
	       (slash && slash[1] >= 'A' && slash[1] <= 'Z' && has_folder(r, m, ns, (size_t)(slash - ns)));
}

static int resolve_item(struct bt_resolver *r, const struct bt_module *m, const char *ns, size_t ns_len,
			const struct bt_name *n, struct bt_targets *t, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;
	struct bt_targets one = { .files = NULL };
	int rc = 0;

	bt_buf_add(&full, ns, ns_len);
	if (ns_len)
		bt_buf_addch(&full, '/');
	bt_buf_add(&full, n->text, n->len);
	/* a.b.C; a member of a.b (static imports, nested classes); what files of a/b define */
	if (!try_class(r, m, bt_buf_cstr(&full), full.len, &one) && !try_file_class(r, m, &full, &one) &&
	    !try_class(r, m, ns, ns_len, &one))
		rc = add_name(r, m, ns, ns_len, n, &one, err);
	for (size_t i = 0; i < one.nr; i++)
		bt_target_add(t, one.files[i], BT_HOW_NAMESPACE);
	t->guess |= one.guess;
	free(one.files);
	return rc;
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	const struct bt_import *im = m->import;
	const char *ns = bt_with_slashes(r, m->text, m->len, ".");

	if (!m->len)
		return 0;
	for (uint32_t i = im->items; i < im->items + im->items_nr; i++)
		if (resolve_item(r, m, ns, m->len, &m->facts->names[m->facts->items[i].name], t, err))
			return err->code;
	if (im->items_nr && !(im->flags & BT_IMPORT_ALL)) {
		if (!t->nr && is_missing(r, m, ns))
			t->state = BT_MODULE_UNRESOLVED;
		return 0;
	}
	/* everything of a class, or of a namespace */
	if (!try_class(r, m, ns, m->len, t))
		add_folder(r, m, ns, m->len, t);
	return 0;
}

const struct bt_family bt_family_namespace = { .resolve = resolve, .release = release };
