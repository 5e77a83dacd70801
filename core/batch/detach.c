/*
 * An executor behind somebody's back.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/batch/executor.h"

/* What a caller has in its environment about the repository it stands in, and about this one command (git -c). */
static const char *const dropped[] = {
	"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE", "GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_REFLOG_ACTION", "GIT_EDITOR", "GIT_INTERNAL_SUPER_PREFIX",
	"GIT_LITERAL_PATHSPECS", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE",
	"GIT_COMMITTER_DATE", "GIT_CONFIG_PARAMETERS", BT_FENCE_ENV, "BATHO_AGENT",
};

int bt_executor_detach(const struct bt_repo *repo, const char *program, const char *dir, struct bt_err *err)
{
	const char *const argv[] = { program, "queue", "run", "--until-idle", "--quiet", NULL };
	/* remotes may be paths: they start there; and the caller's own worktree may be gone before the work is done */
	BT_FREE char *home = bt_repo_home(repo);
	pid_t pid;

	if (bt_executor_running(dir))
		return 0;
	pid = fork();
	if (pid < 0)
		return bt_err_errno(err, "cannot start a process");
	if (pid)
		return 0;
	for (size_t i = 0; i < BT_ARRAY_NR(dropped); i++)
		unsetenv(dropped[i]);
	for (int fd = 0, null = open("/dev/null", O_RDWR); null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	setsid();
	if (chdir(home))
		_exit(127);
	execv(program, (char *const *)argv);
	_exit(127);
}
