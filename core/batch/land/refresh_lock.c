/*
 * index.lock, as git takes it, with a token in it from the first moment on: it is made under another name and linked. So a lock
 * that is left by a crash, also of the machine, is either somebody's or provably ours.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/land/refresh.h"

#define LOCK_WAIT_MS 5000
#define LOCK_NAP_MS 20
/* A token and a newline; a lock of git's holds an index. */
#define LOCK_MAX 80

int refresh_token_check(const char *token, struct bt_err *err)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	size_t len = strlen(token);

	if (len >= 16 && len <= 64 && strspn(token, allowed) == len)
		return 0;
	return bt_err_set(err, BT_ERR_FAIL, "a token for locks has 16 to 64 letters, digits, '-' and '_'");
}

/* Is this lock ours? It may go away meanwhile. */
static bool holds_token(const char *path, const char *token)
{
	BT_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	size_t len = strlen(token);
	char text[LOCK_MAX + 1];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	return n == (ssize_t)len + 1 && !memcmp(text, token, len) && text[len] == '\n';
}

static int token_write(const char *path, const char *token, struct bt_err *err)
{
	BT_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	BT_FREE char *text = bt_xasprintf("%s\n", token);
	int rc;

	if (fd < 0)
		return bt_err_errno(err, "cannot write '%s'", path);
	rc = bt_fd_write_full(fd, text, strlen(text), path, err);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot sync '%s'", path);
	return rc;
}

/* 0, or BT_ERR_BUSY when there is a lock that is not ours. */
static int lock_try(const char *made, const char *lock, const char *token, struct bt_err *err)
{
	bool done = !link(made, lock);

	/* Not every file system has links. */
	if (!done && (errno == EPERM || errno == EOPNOTSUPP))
		done = !renameat2(AT_FDCWD, made, AT_FDCWD, lock, RENAME_NOREPLACE);
	if (done || (errno == EEXIST && holds_token(lock, token)))
		return 0;
	if (errno != EEXIST)
		return bt_err_errno(err, "cannot lock '%s'", lock);
	return bt_err_set(err, BT_ERR_BUSY, "another process holds '%s'", lock);
}

int refresh_lock_take(const char *git_dir, const char *token, struct bt_err *err)
{
	BT_FREE char *lock = bt_xasprintf("%s/index.lock", git_dir);
	BT_FREE char *made = bt_xasprintf("%s/" REFRESH_FOLDER_PREFIX "%s.%d.lock", git_dir, token, (int)getpid());
	const struct timespec nap = { .tv_nsec = LOCK_NAP_MS * 1000000L };
	int64_t deadline_ms = bt_clock_ms() + LOCK_WAIT_MS;
	int rc = token_write(made, token, err);

	while (!rc) {
		struct bt_err busy = BT_ERR_INIT;

		rc = lock_try(made, lock, token, &busy);
		if (rc != BT_ERR_BUSY || bt_clock_ms() >= deadline_ms) {
			if (rc)
				*err = busy;
			break;
		}
		rc = bt_cancel_check(err);
		nanosleep(&nap, NULL);
	}
	unlink(made);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)st;
	(void)what;
	(void)ftw;
	remove(path);
	return 0;
}

/* "<prefix><token>." and whatever: names nobody else makes. */
void refresh_leftovers_remove(const char *folder, const char *prefix, const char *token)
{
	BT_FREE char *start = bt_xasprintf("%s%s.", prefix, token);
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		BT_FREE char *path = NULL;

		if (strncmp(e->d_name, start, strlen(start)) != 0)
			continue;
		path = bt_xasprintf("%s/%s", folder, e->d_name);
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
	if (d)
		closedir(d);
}

int refresh_lock_drop(const char *git_dir, const char *top, const char *token, struct bt_err *err)
{
	BT_FREE char *lock = bt_xasprintf("%s/index.lock", git_dir);

	refresh_leftovers_remove(git_dir, REFRESH_FOLDER_PREFIX, token);
	if (top)
		refresh_leftovers_remove(top, REFRESH_STAGING_PREFIX, token);
	if (holds_token(lock, token) && unlink(lock) && errno != ENOENT)
		return bt_err_errno(err, "cannot remove '%s'", lock);
	return 0;
}

/* --- of all worktrees --- */

/* The top of a linked worktree: the folder of the file that its `gitdir` names. For free(), or NULL. */
static char *linked_top(const char *git_dir)
{
	BT_FREE char *path = bt_xasprintf("%s/gitdir", git_dir);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	char *slash;

	if (bt_file_read(path, BT_PATH_LEN_MAX + 1, &text, &none))
		return NULL;
	slash = text.len ? strrchr(text.data, '/') : NULL;
	return slash && text.data[0] == '/' ? bt_xstrndup(text.data, (size_t)(slash - text.data)) : NULL;
}

int bt_land_unlock(struct bt_repo *repo, const char *token, struct bt_err *err)
{
	BT_FREE char *linked = bt_xasprintf("%s/worktrees", repo->common_dir);
	bool is_main = repo->top && !strcmp(repo->git_dir, repo->common_dir);
	struct dirent *e;
	DIR *d;
	int rc = refresh_token_check(token, err);

	if (!rc)
		rc = refresh_lock_drop(repo->common_dir, is_main ? repo->top : NULL, token, err);
	d = opendir(linked);
	while (!rc && d && (e = readdir(d))) {
		BT_FREE char *git_dir = bt_xasprintf("%s/%s", linked, e->d_name);
		BT_FREE char *top = NULL;

		if (e->d_name[0] == '.')
			continue;
		top = linked_top(git_dir);
		rc = refresh_lock_drop(git_dir, top, token, err);
	}
	if (d)
		closedir(d);
	return rc;
}
