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

static int file_append(const char *path, struct bt_buf *b, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	size_t start = b->len;

	if (!path || !bt_file_read(path, BT_ATTR_FILE_MAX, b, &why))
		return 0;
	if (why.code == BT_ERR_LIMIT)
		return bt_err_set(err, BT_ERR_LIMIT, "attributes file '%s' is larger than %u bytes", path,
				  BT_ATTR_FILE_MAX);
	/* git passes over what it cannot read, too */
	b->failed = false;
	b->len = start;
	return 0;
}

/* A value as git's booleans are: set, and not a word for "no". */
static bool env_is_true(const char *name)
{
	const char *v = getenv(name);

	return v && *v && strcasecmp(v, "false") && strcasecmp(v, "no") && strcasecmp(v, "off") &&
	       strcmp(v, "0");
}

int bt_attr_outer_read(const struct bt_repo *repo, const char *attributes_file, struct bt_buf *user,
		       struct bt_buf *info, struct bt_err *err)
{
	BT_FREE char *user_path = bt_attr_user_path(attributes_file);
	BT_FREE char *info_path = bt_xasprintf("%s/info/attributes", repo->common_dir);

	if (!env_is_true("GIT_ATTR_NOSYSTEM") && file_append(SYSTEM_ATTRIBUTES, user, err))
		return err->code;
	if (user->len)
		bt_buf_addch(user, '\n');
	return file_append(user_path, user, err) ? err->code : file_append(info_path, info, err);
}
