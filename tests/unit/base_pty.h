/*
 * For tests of what happens on a terminal: runs a function in a child that has a terminal of its
 * own as descriptors 0 to 2, and collects what appears on it.
 */
#ifndef BT_TESTS_UNIT_BASE_PTY_H
#define BT_TESTS_UNIT_BASE_PTY_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"

static inline void pty_child(const char *name, int (*run)(void *ctx), void *ctx)
{
	int i, fd;

	setsid();
	fd = open(name, O_RDWR);
	if (fd < 0)
		_exit(99);
	ioctl(fd, TIOCSCTTY, 0);
	for (i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	_exit(run(ctx));
}

/* The wait status, or -1 where there are no terminals. */
static inline int pty_run(int (*run)(void *ctx), void *ctx, struct bt_buf *screen)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status = -1, keep;
	char bytes[4096];
	ssize_t n;
	pid_t pid;

	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	/* Keeps the terminal alive until everything is read. */
	keep = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	pid = fork();
	if (!pid)
		pty_child(ptsname(master), run, ctx);
	waitpid(pid, &status, 0);
	close(keep);
	while ((n = read(master, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			bt_buf_add(screen, bytes, (size_t)n);
	close(master);
	return status;
}

#endif
