/*
 * The attribute files outside the tree: the system's, the user's and the repository's own.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/attr.h"

#define SYSTEM_ATTRIBUTES "/etc/gitattributes"

char *bt_attr_user_path(const char *configured)
{
	const char *home = getenv("HOME");
	const char *xdg = getenv("XDG_CONFIG_HOME");

	if (configured && !strncmp(configured, "~/", 2))
		return home ? bt_xasprintf("%s/%s", home, configured + 2) : NULL;
	if (configured)
		return *configured ? bt_xstrdup(configured) : NULL;
	if (xdg && *xdg)
		return bt_xasprintf("%s/git/attributes", xdg);
	return home ? bt_xasprintf("%s/.config/git/attributes", home) : NULL;
}

char *bt_attr_info_path(const struct bt_repo *repo)
{
	return bt_xasprintf("%s/info/attributes", repo->common_dir);
}

/* Appends a file that is there and not too large; git passes over what it cannot read, too. */
static void file_append(const char *path, struct bt_buf *b)
{
	size_t start = b->len;

	if (!path || !bt_file_read(path, BT_ATTR_FILE_MAX, b, NULL))
		return;
	b->failed = false;
	b->len = start;
}

/* A value as git's booleans are: set, and not a word for "no". */
static bool env_is_true(const char *name)
{
	const char *v = getenv(name);

	return v && *v && strcasecmp(v, "false") && strcasecmp(v, "no") && strcasecmp(v, "off") &&
	       strcmp(v, "0");
}

void bt_attr_stack_load_outer(struct bt_attr_stack *s, const struct bt_repo *repo,
			      const char *attributes_file)
{
	BT_FREE char *user_path = bt_attr_user_path(attributes_file);
	BT_FREE char *info_path = bt_attr_info_path(repo);
	BT_BUF_OWNED struct bt_buf user = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf info = BT_BUF_INIT;

	bt_buf_init(&user, 2 * BT_ATTR_FILE_MAX + 1);
	bt_buf_init(&info, 2 * BT_ATTR_FILE_MAX + 1);
	/* The system's file is the weaker: it comes first in the same level. */
	if (!env_is_true("GIT_ATTR_NOSYSTEM"))
		file_append(SYSTEM_ATTRIBUTES, &user);
	if (user.len)
		bt_buf_addch(&user, '\n');
	file_append(user_path, &user);
	file_append(info_path, &info);
	bt_attr_stack_set_outer(s, bt_buf_cstr(&user), user.len, bt_buf_cstr(&info), info.len);
}
