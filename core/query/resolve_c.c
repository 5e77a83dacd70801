/*
 * C and C++: #include.
 *
 * "x.h" is looked for beside the file that includes it. Everything else depends on -I, which is not known:
 * folders are taken for include folders when the name fits behind them, and the nearest one wins.
 */
#include "core/query/resolve_family.h"

static bool is_include_name(const char *p, size_t len)
{
	static const char *const names[] = { "include", "includes", "inc", "Include", "headers", "public" };

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (bt_text_is(p, len, names[i]))
			return true;
	return false;
}

/*
 * How many components stand behind the last one that is called like an include folder; UINT_MAX: none is. A
 * folder below one (include/uapi, include/generated) is often searched too.
 */
static unsigned behind_include(const char *root, size_t len)
{
	unsigned behind = 0;

	while (len) {
		size_t dir = bt_path_dir_len(root, len), at = dir ? dir + 1 : 0;

		if (is_include_name(root + at, len - at))
			return behind;
		behind++;
		len = dir;
	}
	return UINT32_MAX;
}

/* <a/b.h>: an include folder, or a folder around the file itself. */
static bool usable_for_system(const char *root, size_t len, const char *dir, size_t dir_len)
{
	return bt_path_below(dir, dir_len, root, len) || behind_include(root, len) <= 1;
}

/* <b.h>: most often a header of the system, so only an include folder beside or above the file will do. */
static bool usable_for_plain_system(const char *root, size_t len, const char *dir, size_t dir_len)
{
	return !behind_include(root, len) &&
	       bt_path_below(dir, dir_len, root, bt_path_dir_len(root, len));
}

/* Without the "../" at its start a name is as good as any for a folder that is not known. */
static void without_ups(const char **text, size_t *len)
{
	for (;;) {
		size_t skip;

		if (*len > 3 && !memcmp(*text, "../", 3))
			skip = 3;
		else if (*len > 2 && !memcmp(*text, "./", 2))
			skip = 2;
		else
			return;
		*text += skip;
		*len -= skip;
	}
}

static int resolve(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t, struct bt_err *err)
{
	bool system = m->import->flags & BT_IMPORT_SYSTEM;
	bool quoted = m->import->flags & BT_IMPORT_RELATIVE;
	const char *text = m->text;
	size_t len = m->len;

	(void)err;
	t->state = quoted ? BT_MODULE_UNRESOLVED : BT_MODULE_EXTERNAL;
	if (!len || text[0] == '/')
		return 0;
	if (!system && !quoted) {	/* a macro says which */
		t->state = BT_MODULE_UNRESOLVED;
		return 0;
	}
	if (quoted && bt_try_path(r, m->path, m->dir_len, text, len, "", BT_HOW_RELATIVE, t))
		return 0;
	without_ups(&text, &len);
	if (quoted)
		bt_try_tail(r, m->path, m->dir_len, text, len, NULL, t);
	else
		bt_try_tail(r, m->path, m->dir_len, text, len,
			    memchr(text, '/', len) ? usable_for_system : usable_for_plain_system, t);
	return 0;
}

const struct bt_family bt_family_c = { .resolve = resolve };
