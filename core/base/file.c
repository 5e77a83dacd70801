/*
 * Files and descriptors. Short reads and writes and interrupted calls end here; nobody else loops.
 */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/signal.h"

#define READ_STEP ((size_t)16 << 10)
#define READ_STEP_MAX ((size_t)1 << 20)

/* After a failed call: 0 to try again. A descriptor that does not block is waited for. */
static int fd_retry(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return -1;
	return poll(&p, 1, -1) < 0 && errno != EINTR ? -1 : 0;
}

/* As read(), but negative is a code of ours. */
static ssize_t fd_read(int fd, void *p, size_t len, const char *what, struct bt_err *err)
{
	for (;;) {
		ssize_t n = read(fd, p, len > SSIZE_MAX ? SSIZE_MAX : len);

		if (n >= 0)
			return n;
		if (errno == EINTR && bt_canceled())
			return bt_cancel_check(err);
		if (fd_retry(fd, POLLIN))
			return bt_err_errno(err, "cannot read '%s'", what);
	}
}

int bt_fd_read_full(int fd, void *p, size_t len, size_t *ret_len, const char *what,
		    struct bt_err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = fd_read(fd, (char *)p + done, len - done, what, err);

		if (n < 0)
			return (int)n;
		if (!n)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return 0;
}

int bt_fd_write_full(int fd, const void *p, size_t len, const char *what, struct bt_err *err)
{
	const char *at = p;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0) {
			if (fd_retry(fd, POLLOUT))
				return bt_err_errno(err, "cannot write '%s'", what);
			continue;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int bt_fd_read_all(int fd, size_t max, struct bt_buf *out, const char *what, struct bt_err *err)
{
	size_t start = out->len;

	for (;;) {
		size_t have = out->len - start, step = have < READ_STEP ? READ_STEP : have;
		char one, *to = &one;
		ssize_t n;

		if (step > READ_STEP_MAX)
			step = READ_STEP_MAX;
		if (step > max - have)
			step = max - have;
		/* At the maximum one more byte decides between the end and too much. */
		if (step) {
			to = bt_buf_reserve(out, step);
			if (!to)
				return bt_buf_check(out, what, err);
		}
		n = fd_read(fd, to, step ? step : 1, what, err);
		if (n < 0)
			return (int)n;
		if (!n)
			return 0;
		if (!step)
			return bt_err_set(err, BT_ERR_LIMIT, "'%s' is larger than %zu bytes", what,
					  max);
		out->len += (size_t)n;
	}
}

void bt_fd_sanitize(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd < 2)
		fd = dup(fd);
	if (fd > 2)
		close(fd);
}

int bt_file_read(const char *path, size_t max, struct bt_buf *out, struct bt_err *err)
{
	/* Opening a FIFO for reading would wait for a writer. */
	BT_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t own = out->max ? out->max : BT_BUF_DEFAULT_MAX;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return bt_err_errno(err, "cannot open '%s'", path);
	if (S_ISFIFO(st.st_mode))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is no file", path);
	/*
	 * The buffer may have a tighter maximum; a file that fits it must not fail on the
	 * read-ahead.
	 */
	if (max > own - out->len)
		max = own - out->len;
	return bt_fd_read_all(fd, max, out, path, err);
}

/* "dir/" of "dir/name", or "./"; in a buffer of its own. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return bt_xstrdup("./");
	return bt_xstrndup(path, (size_t)(slash + 1 - path));
}

int bt_file_sync_folder(const char *path, struct bt_err *err)
{
	BT_FREE char *folder = folder_of(path);
	BT_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return bt_err_errno(err, "cannot open folder '%s'", folder);
	/* Some file systems cannot sync a folder; that is no failure of ours. */
	if (fsync(fd) && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
		return bt_err_errno(err, "cannot sync folder '%s'", folder);
	return 0;
}

/* Fills, syncs and closes the temporary file. */
static int temp_fill(int *fd, const char *path, const void *p, size_t len, mode_t mode,
		     struct bt_err *err)
{
	int rc = bt_fd_write_full(*fd, p, len, path, err);
	int closed;

	if (rc)
		return rc;
	if (fchmod(*fd, mode))
		return bt_err_errno(err, "cannot set the mode of '%s'", path);
	if (fsync(*fd))
		return bt_err_errno(err, "cannot sync '%s'", path);
	closed = close(*fd);
	*fd = -1;
	if (closed)
		return bt_err_errno(err, "cannot close '%s'", path);
	return 0;
}

int bt_file_write_atomic(const char *path, const void *p, size_t len, mode_t mode,
			 struct bt_err *err)
{
	BT_FREE char *temp = bt_xasprintf("%s.XXXXXX", path);
	BT_CLOSE int fd = mkostemp(temp, O_CLOEXEC);
	int rc;

	if (fd < 0)
		return bt_err_errno(err, "cannot create '%s'", temp);
	rc = temp_fill(&fd, path, p, len, mode, err);
	if (!rc && rename(temp, path))
		rc = bt_err_errno(err, "cannot replace '%s'", path);
	if (rc) {
		unlink(temp);
		return rc;
	}
	return bt_file_sync_folder(path, err);
}

static int copy_bytes(int in, int out, const char *from, const char *to, struct bt_err *err)
{
	for (;;) {
		char chunk[64 << 10];
		ssize_t n = fd_read(in, chunk, sizeof(chunk), from, err);
		int rc = n > 0 ? bt_fd_write_full(out, chunk, (size_t)n, to, err) : (int)n;

		if (rc || !n)
			return rc;
	}
}

int bt_file_copy(const char *from, const char *to, struct bt_err *err)
{
	BT_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC);
	BT_CLOSE int out = -1;
	struct timespec times[2];
	struct stat st;
	int rc;

	if (in < 0 || fstat(in, &st))
		return bt_err_errno(err, "cannot read '%s'", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return bt_err_errno(err, "cannot write '%s'", to);
	rc = copy_bytes(in, out, from, to, err);
	if (rc)
		return rc;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	return futimens(out, times) ? bt_err_errno(err, "cannot copy '%s'", from) : 0;
}

int bt_folder_make(const char *path, mode_t mode, bool *ret_made, struct bt_err *err)
{
	struct stat st;

	if (!mkdir(path, mode & 0777)) {
		/* The umask may have taken bits, and mkdir knows no setgid. */
		if (chmod(path, mode))
			return bt_err_errno(err, "cannot set the mode of folder '%s'", path);
		if (ret_made)
			*ret_made = true;
		return 0;
	}
	if (errno != EEXIST)
		return bt_err_errno(err, "cannot create folder '%s'", path);
	if (stat(path, &st))
		return bt_err_errno(err, "cannot look at '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is in the way: not a folder", path);
	if (ret_made)
		*ret_made = false;
	return 0;
}

int bt_file_program_path(char **ret_path, struct bt_err *err)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	if (len < 0)
		return bt_err_errno(err, "cannot find the running program");
	if ((size_t)len == sizeof(path))
		return bt_err_set(err, BT_ERR_LIMIT, "the path of the running program is too long");
	*ret_path = bt_xstrndup(path, (size_t)len);
	return 0;
}
