/*
 * The detached indexer.
 */
#include "hooks/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/signal.h"

#define NICE 10
#define IOPRIO_IDLE (3 << 13)	/* IOPRIO_CLASS_IDLE, of the kernel's interface */
/* Somebody who commits in a loop must not keep one process alive for ever. */
#define ROUNDS_MAX 100

/* What git sets for a hook and what is not true for a process that outlives it. */
static const char *const dropped[] = {
	"GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE", "GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_REFLOG_ACTION", "GIT_EDITOR", "GIT_INTERNAL_SUPER_PREFIX",
	"GIT_LITERAL_PATHSPECS", "GIT_COMMON_DIR", "GIT_NAMESPACE",
};

struct background {
	char *lock, *again, *git_dir, *indexer;
};

static bool is_there(const char *folder, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);

	return !access(path, F_OK);
}

static void run_indexer(const struct background *b)
{
	const char *const argv[] = { b->indexer, "index", "--quiet", NULL };
	BT_FREE char *git_dir = bt_xasprintf("GIT_DIR=%s", b->git_dir);
	const char *env[BT_ARRAY_NR(dropped) + 3];
	struct bt_child_opts o = {
		.argv = argv, .env = env, .cwd = b->git_dir, .in = BT_CHILD_NULL, .out = BT_CHILD_NULL,
		.err = BT_CHILD_NULL, .same_group = true,
	};
	struct bt_err ignored = BT_ERR_INIT;
	size_t nr = 0;
	int status;

	for (; nr < BT_ARRAY_NR(dropped); nr++)
		env[nr] = dropped[nr];
	env[nr++] = git_dir;
	env[nr++] = "GIT_TERMINAL_PROMPT=0";
	env[nr] = NULL;
	bt_child_run(&o, NULL, 0, NULL, NULL, &status, &ignored);
}

/*
 * Who holds the lock takes the mark away before each round and looks for a new one behind it. A mark that
 * came between the last look and the release is found by taking the lock once more.
 */
static void work(const struct background *b)
{
	for (int rounds = 0; rounds < ROUNDS_MAX && !bt_canceled(); rounds++) {
		BT_CLOSE int fd = open(b->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
			return;
		do {
			unlink(b->again);
			run_indexer(b);
		} while (!access(b->again, F_OK) && ++rounds < ROUNDS_MAX && !bt_canceled());
		bt_close_fd(&fd);
		if (access(b->again, F_OK))
			return;
	}
}

static void detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	setsid();
	setpriority(PRIO_PROCESS, 0, NICE);
#ifdef SYS_ioprio_set
	syscall(SYS_ioprio_set, 1, 0, IOPRIO_IDLE);
#endif
}

bool bt_background_is_idle(const struct bt_repo *repo)
{
	return is_there(repo->git_dir, "rebase-merge") || is_there(repo->git_dir, "rebase-apply");
}

/* Leaves the mark first: whoever holds the lock sees it, or lets go of the lock before we try it. */
static int leave_mark(const char *again, const char *store_dir, struct bt_err *err)
{
	BT_CLOSE int fd = -1;

	if (mkdir(store_dir, 0700) && errno != EEXIST)
		return bt_err_errno(err, "cannot make the folder '%s'", store_dir);
	fd = open(again, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? bt_err_errno(err, "cannot write '%s'", again) : 0;
}

int bt_background_index(const struct bt_repo *repo, const char *indexer, const char *store_dir,
			struct bt_err *err)
{
	BT_FREE char *lock = bt_xasprintf("%s/background.lock", store_dir);
	BT_FREE char *again = bt_xasprintf("%s/background.again", store_dir);
	struct background b = { lock, again, repo->git_dir, (char *)indexer };
	pid_t pid;

	if (leave_mark(again, store_dir, err))
		return err->code;
	pid = fork();
	if (pid < 0)
		return bt_err_errno(err, "cannot start a process");
	if (pid)
		return 0;
	detach();
	work(&b);
	_exit(0);
}
