/*
 * The language of one path. Attributes are read for the folders above it alone, with one child.
 */
#include "git-batho/path_language.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/git/program.h"
#include "core/index/selection.h"

static const char attributes[] = ".gitattributes";

void bt_path_language_release(struct bt_path_language *l)
{
	free(l->attribute);
	memset(l, 0, sizeof(*l));
}

/* The length of the next folder of path that is longer than len bytes; 0: there is none. */
static size_t next_folder(const char *path, size_t len)
{
	const char *slash = strchr(path + len + (len != 0), '/');

	return slash ? (size_t)(slash - path) : 0;
}

/* "<rev><folder>/.gitattributes" for the folder of len bytes. */
static void object_name(struct bt_buf *out, const char *rev, const char *path, size_t len)
{
	bt_buf_adds(out, rev);
	bt_buf_add(out, path, len);
	if (len)
		bt_buf_addch(out, '/');
	bt_buf_adds(out, attributes);
}

/*
 * Takes what cat-file says of one name: "<id> blob <size>", a line feed, the bytes and a line feed; or
 * "<name> missing". *ret_len: bytes of a file, which follow *ret_at.
 */
static int take_object(struct bt_buf *answer, size_t *at, const char *name, const char **ret_data,
		       size_t *ret_len, struct bt_err *err)
{
	const char *p = bt_buf_cstr(answer) + *at, *end = bt_buf_cstr(answer) + answer->len;
	size_t name_len = strlen(name);
	const char *lf, *size;

	*ret_len = 0;
	if (!strncmp(p, name, name_len) && !strncmp(p + name_len, " missing\n", 9)) {
		*at += name_len + 9;
		return 0;
	}
	lf = strchr(p, '\n');
	size = lf ? memrchr(p, ' ', (size_t)(lf - p)) : NULL;
	if (!size)
		return bt_err_set(err, BT_ERR_FAIL, "git gave no answer about '%s'", name);
	*ret_len = strtoul(size + 1, NULL, 10);
	*ret_data = lf + 1;
	if (*ret_len >= (size_t)(end - *ret_data))
		return bt_err_set(err, BT_ERR_FAIL, "git gave no answer about '%s'", name);
	*at += (size_t)(*ret_data - p) + *ret_len + 1;
	return 0;
}

static int push_folders(struct bt_attr_stack *attrs, struct bt_buf *answer, const char *rev,
			const char *path, struct bt_err *err)
{
	size_t at = 0, len = 0;

	do {
		BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
		BT_FREE char *dir = bt_xstrndup(path, len);
		const char *data = "";
		size_t data_len;

		object_name(&name, rev, path, len);
		if (take_object(answer, &at, bt_buf_cstr(&name), &data, &data_len, err))
			return err->code;
		bt_attr_stack_push(attrs, dir, data, data_len > BT_ATTR_FILE_MAX ? 0 : data_len);
		len = next_folder(path, len);
	} while (len);
	return 0;
}

static int read_attributes(struct bt_context *c, struct bt_attr_stack *attrs, const char *rev,
			   const char *path, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf names = BT_BUF_INIT, answer = BT_BUF_INIT;
	size_t len = 0;

	do {
		object_name(&names, rev, path, len);
		bt_buf_addch(&names, '\0');
		len = next_folder(path, len);
	} while (len);
	bt_git_cmd_init(&cmd, &c->repo);
	bt_git_cmd_addl(&cmd, "cat-file", "-z", "--batch", NULL);
	if (bt_git_run(&cmd, "cannot read attributes", bt_buf_cstr(&names), names.len, &answer, err))
		return err->code;
	return push_folders(attrs, &answer, rev, path, err);
}

static int look_up(const struct bt_selection *s, const char *path, struct bt_path_language *ret_l,
		   struct bt_err *err)
{
	const char *language;
	uint8_t flags;

	switch (bt_selection_file(s, path, &flags, &language)) {
	case BT_CHOICE_SKIP:
		return bt_err_set(err, BT_ERR_NOT_FOUND,
				  "'%s' is not indexed: an attribute or a pattern leaves it out", path);
	case BT_CHOICE_BINARY:
		return bt_err_set(err, BT_ERR_NOT_FOUND,
				  "'%s' has no facts: an attribute says that it is binary", path);
	case BT_CHOICE_INDEX:
		break;
	}
	if (bt_detect_path(path, strlen(path), language, &ret_l->lang, &ret_l->cls) == BT_DETECT_NONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is in no language that is known here", path);
	ret_l->attribute = language ? bt_xstrdup(language) : NULL;
	return 0;
}

int bt_path_language_find(struct bt_context *c, const char *rev, const char *path,
			  struct bt_path_language *ret_l, struct bt_err *err)
{
	struct bt_selection s;
	int rc = bt_selection_init(&s, &c->repo, c->conf, err);

	memset(ret_l, 0, sizeof(*ret_l));
	if (!rc && rev)
		rc = read_attributes(c, s.attrs, rev, path, err);
	if (!rc)
		rc = look_up(&s, path, ret_l, err);
	bt_selection_release(&s);
	return rc;
}
