#include "core/git/history.h"

#include <string.h>

#include "core/git/program.h"

int bt_commit_there(struct bt_repo *repo, const struct bt_oid *commit, bool *ret_there, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char spec[BT_OID_HEX_MAX + 10];
	int status;

	bt_oid_hex(commit, spec);
	strcat(spec, "^{tree}");
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "cat-file", "-e", spec, NULL);
	if (bt_git_run_status(&c, NULL, 0, NULL, NULL, &status, err))
		return err->code;
	*ret_there = !status;
	return 0;
}
