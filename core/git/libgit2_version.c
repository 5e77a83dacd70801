/*
 * Asks the library, not its header.
 */
#include "core/git/libgit2_version.h"

#include <stdio.h>

#include "core/git/libgit2_api.h"

const char *bt_libgit2_version(char *buf, unsigned len)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct libgit2_api g;
	int major, minor, rev;

	if (libgit2_load(&g, &ignored)) {
		snprintf(buf, len, "not installed");
		return buf;
	}
	g.git_libgit2_version(&major, &minor, &rev);
	snprintf(buf, len, "%d.%d.%d", major, minor, rev);
	return buf;
}
