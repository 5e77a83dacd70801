/*
 * Temporary folders for children of git: made, removed, and swept up after runs that were killed.
 */
#include "core/git/temp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"

#define TEMP_PREFIX "worktree-"
/* A temporary folder of a run that was killed; no run takes this long. */
#define TEMP_STALE_S (24 * 60 * 60)

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)st;
	(void)what;
	(void)ftw;
	remove(path);
	return 0;
}

void bt_git_temp_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What the files below a folder take. */
static uint64_t folder_bytes(const char *path)
{
	char *const paths[] = { (char *)path, NULL };
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	uint64_t bytes = 0;
	FTSENT *e;

	while (walk && (e = fts_read(walk)))
		if (e->fts_info == FTS_F)
			bytes += (uint64_t)e->fts_statp->st_size;
	if (walk)
		fts_close(walk);
	return bytes;
}

void bt_git_temp_stale(const char *base, bool remove, void (*each)(void *ctx, const char *name, uint64_t bytes), void *ctx)
{
	DIR *d = opendir(base);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		BT_FREE char *path = NULL;
		struct stat st;

		if (strncmp(e->d_name, TEMP_PREFIX, sizeof(TEMP_PREFIX) - 1))
			continue;
		path = bt_xasprintf("%s/%s", base, e->d_name);
		if (lstat(path, &st) || !S_ISDIR(st.st_mode) || st.st_mtime >= time(NULL) - TEMP_STALE_S)
			continue;
		if (each)
			each(ctx, e->d_name, folder_bytes(path));
		if (remove)
			bt_git_temp_remove(path);
	}
	if (d)
		closedir(d);
}

/* A private folder (0700): beside the store when there is one, else where temporary files go. */
int bt_git_temp_make(const struct bt_repo *repo, char **ret_dir, struct bt_err *err)
{
	BT_FREE char *own = bt_xasprintf("%s/batho", repo->common_dir);
	const char *bases[] = { own, getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp" };

	bt_git_temp_stale(own, true, NULL, NULL);
	for (size_t i = 0; i < BT_ARRAY_NR(bases); i++) {
		char *dir;

		if (!bases[i] || *bases[i] != '/')
			continue;
		dir = bt_xasprintf("%s/" TEMP_PREFIX "XXXXXX", bases[i]);
		if (mkdtemp(dir)) {
			*ret_dir = dir;
			return 0;
		}
		free(dir);
	}
	return bt_err_errno(err, "cannot make a temporary folder for git's objects");
}

int bt_git_temp_copy(const char *from, const char *to, struct bt_err *err)
{
	BT_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC);
	BT_CLOSE int out = -1;
	struct timespec times[2];
	struct stat st;
	ssize_t n;

	if (in < 0 && errno == ENOENT)
		return 0; /* nothing was ever added */
	if (in < 0 || fstat(in, &st))
		return bt_err_errno(err, "cannot read '%s'", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return bt_err_errno(err, "cannot write '%s'", to);
	do {
		char chunk[64 << 10];

		n = read(in, chunk, sizeof(chunk));
		if (n > 0) {
			int rc = bt_fd_write_full(out, chunk, (size_t)n, to, err);

			if (rc)
				return rc;
		}
	} while (n > 0 || (n < 0 && errno == EINTR));
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (n < 0 || futimens(out, times))
		return bt_err_errno(err, "cannot copy '%s'", from);
	return 0;
}

int bt_git_temp_write(const char *to, const void *p, size_t len, const struct timespec *changed, struct bt_err *err)
{
	BT_CLOSE int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct timespec times[2] = { *changed, *changed };
	int rc;

	if (out < 0)
		return bt_err_errno(err, "cannot write '%s'", to);
	rc = bt_fd_write_full(out, p, len, to, err);
	if (!rc && (changed->tv_sec || changed->tv_nsec) && futimens(out, times))
		rc = bt_err_errno(err, "cannot write '%s'", to);
	return rc;
}
