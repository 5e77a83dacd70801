/*
 * Languages whose imports are paths (CSS, shell, Zig), and Lua, whose dotted names are.
 */
#include "core/query/resolve_family.h"

/* "$DIR/common.sh": what stands behind a variable is beside the file more often than not. */
static void without_variable(const char **text, size_t *len)
{
	const char *slash = *len && **text == '$' ? memchr(*text, '/', *len) : NULL;

	if (!slash)
		return;
	*len -= (size_t)(slash + 1 - *text);
	*text = slash + 1;
}

static bool is_address(const char *text, size_t len)
{
	return (len > 2 && !memcmp(text, "//", 2)) || memmem(text, len, "://", 3);
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	const char *text = m->text;
	size_t len = m->len;

	(void)err;
	without_variable(&text, &len);
	if (!len || text[0] == '/' || is_address(text, len))
		return 0;
	if (bt_try_path(r, m->path, m->dir_len, text, len, "", BT_HOW_RELATIVE, t) ||
	    bt_try_path(r, "", 0, text, len, "", BT_HOW_SEARCH, t))
		return 0;
	t->state = memchr(text, '.', len) ? BT_MODULE_UNRESOLVED : BT_MODULE_EXTERNAL;
	return 0;
}

const struct bt_family bt_family_path = { .resolve = resolve };

static bool lua_at(struct bt_resolver *r, const struct bt_module *m, size_t dir, const char *below,
		   const char *rel, size_t len, struct bt_targets *t)
{
	BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;
	enum bt_module_how how = dir == m->dir_len && !*below ? BT_HOW_RELATIVE : BT_HOW_SEARCH;

	bt_buf_adds(&full, below);
	bt_buf_add(&full, rel, len);
	return bt_try_path(r, m->path, dir, bt_buf_cstr(&full), full.len, ".lua", how, t) ||
	       bt_try_path(r, m->path, dir, bt_buf_cstr(&full), full.len, "/init.lua", how, t);
}

static int resolve_lua(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t,
		       struct bt_err *err)
{
	static const char *const below[] = { "", "lua/", "src/", "lib/" };
	const char *rel = bt_with_slashes(r, m->text, m->len, ".");

	(void)err;
	if (!m->len)
		return 0;
	if (m->len > 4 && !memcmp(m->text + m->len - 4, ".lua", 4))	/* dofile("x.lua") */
		return resolve(r, m, t, err);
	for (size_t dir = m->dir_len;; dir = bt_path_dir_len(m->path, dir)) {
		for (size_t i = 0; i < BT_ARRAY_NR(below); i++)
			if (lua_at(r, m, dir, below[i], rel, m->len, t))
				return 0;
		if (!dir)
			return 0;
	}
}

const struct bt_family bt_family_lua = { .resolve = resolve_lua };
