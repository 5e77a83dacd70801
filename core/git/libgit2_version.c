/*
 * Asks the library, not its header.
 */
#include "core/git/libgit2_version.h"

#include <git2.h>
#include <stdio.h>

const char *bt_libgit2_version(char *buf, unsigned len)
{
	int major, minor, rev;

	git_libgit2_version(&major, &minor, &rev);
	snprintf(buf, len, "%d.%d.%d", major, minor, rev);
	return buf;
}
