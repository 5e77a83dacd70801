#include "core/batch/executor_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/executor.h"

#define STEP_US 5000
/* A look at the lock holds it for an instant. */
#define LOOK_MS 50

static int open_lock(const char *dir, const char *name, unsigned shared_mode, int *ret_fd, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return bt_err_errno(err, "cannot open the lock '%s'", path);
	/* umask has its say in open() alone */
	if (shared_mode && !fstat(fd, &st) && st.st_uid == geteuid())
		(void)fchmod(fd, 0600 | (shared_mode & 0666));
	*ret_fd = fd;
	return 0;
}

int bt_executor_lock(const char *dir, unsigned shared_mode, int patience_ms, int *ret_fd, struct bt_err *err)
{
	int64_t until = bt_clock_ms() + (patience_ms > LOOK_MS ? patience_ms : LOOK_MS);
	BT_CLOSE int fd = -1, want = -1;

	if (open_lock(dir, "queue.lock", shared_mode, &fd, err))
		return err->code;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return bt_err_errno(err, "cannot lock the queue in '%s'", dir);
		if (bt_clock_ms() >= until)
			return bt_err_set(err, BT_ERR_BUSY, "another process executes this queue");
		if (patience_ms && want < 0 && (open_lock(dir, "queue.want", shared_mode, &want, err) || flock(want, LOCK_SH)))
			return want < 0 ? err->code : bt_err_errno(err, "cannot wait for the lock of the queue in '%s'", dir);
		usleep(STEP_US);
		if (bt_cancel_check(err))
			return err->code;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* Has anybody locked it in a way that keeps us out? */
static bool is_locked(const char *dir, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", dir, name);
	BT_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

bool bt_executor_lock_wanted(const char *dir)
{
	return is_locked(dir, "queue.want");
}

bool bt_executor_running(const char *dir)
{
	return is_locked(dir, "queue.lock");
}
