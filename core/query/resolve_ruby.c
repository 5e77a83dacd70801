/*
 * Ruby: require_relative and load by path; require along lib/ and the other folders that are put on the load
 * path.
 */
#include "core/query/resolve_family.h"

static bool try_at(struct bt_resolver *r, const struct bt_module *m, size_t dir, const char *below,
		   enum bt_module_how how, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;

	bt_buf_adds(&full, below);
	bt_buf_add(&full, m->text, m->len);
	return bt_try_path(r, m->path, dir, bt_buf_cstr(&full), full.len, ".rb", how, t) ||
	       bt_try_path(r, m->path, dir, bt_buf_cstr(&full), full.len, "", how, t);
}

static bool below_lib(const char *root, size_t len, const char *dir, size_t dir_len)
{
	(void)dir;
	(void)dir_len;
	return bt_path_ends(root, len, "lib", 3);
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	static const char *const below[] = { "lib/", "", "spec/", "test/", "app/" };
	BT_BUF_OWNED struct bt_buf tail = BT_BUF_INIT;

	(void)err;
	if (!m->len)
		return 0;
	if (m->import->flags & BT_IMPORT_RELATIVE) {
		t->state = BT_MODULE_UNRESOLVED;
		try_at(r, m, m->dir_len, "", BT_HOW_RELATIVE, t);
		return 0;
	}
	if (m->text[0] == '/')
		return 0;
	for (size_t dir = m->dir_len;; dir = bt_path_dir_len(m->path, dir)) {
		for (size_t i = 0; i < BT_ARRAY_NR(below); i++)
			if (try_at(r, m, dir, below[i], BT_HOW_SEARCH, t))
				return 0;
		if (!dir)
			break;
	}
	bt_buf_add(&tail, m->text, m->len);
	bt_buf_adds(&tail, ".rb");
	bt_try_tail(r, m->path, m->dir_len, bt_buf_cstr(&tail), tail.len, below_lib, t);
	return 0;
}

const struct bt_family bt_family_ruby = { .resolve = resolve };
