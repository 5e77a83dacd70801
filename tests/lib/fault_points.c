/*
 * bt_fault_point for tests: BATHO_FAULT=<name>[:<n>] kills the process when it comes to the point <name> for the n-th time (the
 * first without a number); BATHO_FAULT_LOG=<file> writes down which points were met.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/fault.h"

static void note(const char *name)
{
	const char *path = getenv("BATHO_FAULT_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	if (write(fd, name, strlen(name)) < 0 || write(fd, "\n", 1) < 0)
		abort();
	close(fd);
}

void bt_fault_point(const char *name)
{
	static int met;
	const char *wanted = getenv("BATHO_FAULT");
	size_t len = strlen(name);

	note(name);
	if (!wanted || strncmp(wanted, name, len) || (wanted[len] && wanted[len] != ':'))
		return;
	if (++met >= (wanted[len] ? atoi(wanted + len + 1) : 1))
		raise(SIGKILL);
}
