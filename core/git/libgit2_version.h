/*
 * The version of the libgit2 that would be loaded, or "not installed". No foreign type here.
 */
#ifndef BT_GIT_LIBGIT2_VERSION_H
#define BT_GIT_LIBGIT2_VERSION_H

const char *bt_libgit2_version(char *buf, unsigned len);

#endif
