#include "core/batch/enqueue_again.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/batch/land/sides.h"
#include "core/git/object_write.h"
#include "core/git/program.h"

/* A bulk import is no request that is made again by hand. */
#define DIFF_MAX ((size_t)64 << 20)

/* What each path is afterwards, in git's order. *ret_read: git has the objects. */
static int results(struct bt_repo *repo, const struct bt_change_of *c, struct bt_buf *out, bool *ret_read, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf diff = BT_BUF_INIT;
	char base[BT_OID_HEX_MAX + 1], tree[BT_OID_HEX_MAX + 1];
	struct bt_oid from = c->base;
	const char *p, *end;
	int status;

	if (!from.len)
		bt_object_id(repo, BT_OBJECT_TREE, "", 0, &from);
	bt_buf_init(&diff, DIFF_MAX);
	bt_git_cmd_init(&cmd, repo);
	bt_git_cmd_addl(&cmd, "diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--ignore-submodules=none",
			bt_oid_hex(&from, base), bt_oid_hex(&c->tree, tree), "--", NULL);
	if (bt_git_run_status(&cmd, NULL, 0, &diff, NULL, &status, err))
		return err->code;
	*ret_read = !status;
	bt_buf_cstr(&diff);
	for (p = diff.data, end = p + diff.len; !status && p < end;) {
		struct bt_side before = { .mode = 0 }, after = { .mode = 0 };
		const char *path = p + strlen(p) + 1;

		if (path >= end || bt_sides_parse(p, &before, &after))
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
		bt_buf_add(out, &after.mode, sizeof(after.mode));
		bt_buf_add(out, after.oid.raw, after.oid.len);
		bt_buf_add(out, path, strlen(path) + 1);
		p = path + strlen(path) + 1;
	}
	return 0;
}

int bt_change_same(struct bt_repo *repo, const struct bt_change_of *a, const struct bt_change_of *b, bool *ret_same, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf one = BT_BUF_INIT, two = BT_BUF_INIT;
	bool read_one, read_two;

	if (results(repo, a, &one, &read_one, err) || results(repo, b, &two, &read_two, err))
		return err->code;
	*ret_same = !read_one || !read_two || (one.len == two.len && (!one.len || !memcmp(one.data, two.data, one.len)));
	return 0;
}
