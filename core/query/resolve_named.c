/*
 * Names that configuration files give to folders and files: modules of Go, prefixes of PHP, crates of Rust.
 */
#include <stdlib.h>

#include "core/query/resolve_family.h"
#include "store/postings.h"

int bt_named_paths_get(struct bt_resolver *r, enum bt_family_id family, const char *config,
		       struct bt_named_paths **ret_list, struct bt_config_file **ret_files, size_t *ret_nr,
		       struct bt_err *err)
{
	const char *const names[] = { config, NULL };
	int rc;

	*ret_list = r->state[family];
	if (*ret_list)
		return BT_DONE;
	*ret_list = r->state[family] = bt_xcalloc(1, sizeof(**ret_list));
	rc = bt_config_files_read(&r->source, names, &r->arena, ret_files, ret_nr, err);
	return rc ? rc : BT_ROW;
}

void bt_named_paths_add(struct bt_named_paths *l, const char *name, size_t name_len, const char *path,
			size_t path_len)
{
	BT_GROW(l->list, l->alloc, l->nr + 1);
	l->list[l->nr++] = (struct bt_named_path){ name, name_len, path, path_len };
}

static int by_length(const void *pa, const void *pb)
{
	const struct bt_named_path *a = pa, *b = pb;
	int c;

	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? 1 : -1;
	c = memcmp(a->name, b->name, a->name_len);
	return c ? c : strcmp(a->path, b->path);
}

void bt_named_paths_sort(struct bt_named_paths *l)
{
	if (l->nr)
		qsort(l->list, l->nr, sizeof(*l->list), by_length);
}

void bt_named_paths_release(void *state)
{
	struct bt_named_paths *l = state;

	free(l->list);
	free(l);
}

int bt_try_definers(struct bt_resolver *r, const struct bt_module *m, const struct bt_name *name,
		    bool (*fits)(struct bt_resolver *r, const struct bt_module *m, uint32_t file,
				 size_t dir_len, const char *ns, size_t ns_len),
		    const char *ns, size_t ns_len, struct bt_targets *t, struct bt_err *err)
{
	BT_FREE struct bt_posting *list = NULL;
	size_t nr = 0;

	if (bt_postings_find(r->v->store, name->text, name->len, true, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		uint32_t first, files;

		bt_view_files_of(r->v, list[i].blob_id, &first, &files);
		for (uint32_t k = 0; k < files; k++) {
			uint32_t f = r->v->by_blob[first + k];
			size_t dir = bt_path_dir_len(r->paths.path[f], r->paths.len[f]);

			if (f != m->file && fits(r, m, f, dir, ns, ns_len))
				bt_target_add(t, f, BT_HOW_NAMESPACE);
		}
	}
	return 0;
}
