#include "core/batch/lane.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/git/refs.h"

#define HEADS "refs/heads/"

const char *bt_lane_name(const char *ref)
{
	return strncmp(ref, HEADS, strlen(HEADS)) ? ref : ref + strlen(HEADS);
}

int bt_lane_current(struct bt_repo *repo, char **ret_ref, struct bt_err *err)
{
	struct bt_oid ignored;
	char *branch = NULL;
	int rc = bt_ref_read_head(repo, &branch, &ignored, err);

	if (rc < 0)
		return rc;
	if (!branch) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "HEAD is detached: there is no current branch");
		return bt_err_hint(err, "name the branch with --target");
	}
	*ret_ref = branch;
	return 0;
}

int bt_lane_find(struct bt_repo *repo, const char *name, char **ret_ref, struct bt_err *err)
{
	BT_FREE char *ref = NULL;

	if (!name)
		return bt_lane_current(repo, ret_ref, err);
	if (!strncmp(name, "refs/", 5))
		ref = bt_xstrdup(name);
	else if (!strncmp(name, "heads/", 6))
		ref = bt_xasprintf("refs/%s", name);
	else
		ref = bt_xasprintf(HEADS "%s", name);
	if (strncmp(ref, HEADS, strlen(HEADS)) || *name == '-' || !bt_ref_name_ok(ref))
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is not the name of a branch", name);
	*ret_ref = ref;
	ref = NULL;
	return 0;
}

/* One value of `git config -z --get-regexp`: name, newline, value, NUL. */
static const char *find_setting(const struct bt_buf *list, const char *name)
{
	const char *p = list->data, *end = p + list->len, *found = NULL;

	while (p && p < end) {
		const char *nl = strchr(p, '\n');
		size_t len = strlen(p);

		if (nl && (size_t)(nl - p) == strlen(name) && !memcmp(p, name, strlen(name)))
			found = nl + 1;
		p += len + 1;
	}
	return found;
}

int bt_lane_remote(struct bt_repo *repo, const char *ref, char **ret_remote, struct bt_err *err)
{
	BT_FREE char *push = bt_xasprintf("branch.%s.pushremote", bt_lane_name(ref));
	BT_FREE char *pull = bt_xasprintf("branch.%s.remote", bt_lane_name(ref));
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *found;
	int status;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "config", "-z", "--get-regexp", "^(branch[.].*[.](pushremote|remote)|remote[.]pushdefault)$", NULL);
	if (bt_git_run_status(&c, NULL, 0, &out, NULL, &status, err))
		return err->code;
	bt_buf_cstr(&out);
	found = find_setting(&out, push);
	if (!found)
		found = find_setting(&out, "remote.pushdefault");
	if (!found)
		found = find_setting(&out, pull);
	*ret_remote = bt_xstrdup(found && *found && strcmp(found, ".") ? found : "origin");
	return 0;
}
