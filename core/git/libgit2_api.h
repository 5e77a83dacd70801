/*
 * The functions of libgit2 that are used, as pointers; private to the files that include <git2.h>.
 *
 * libgit2 is loaded when its back-end is chosen: linked in, it and its TLS and SSH libraries would cost
 * every start of the program more than most runs take altogether (docs/decisions/0012).
 */
#ifndef BT_GIT_LIBGIT2_API_H
#define BT_GIT_LIBGIT2_API_H

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "core/base/err.h"

/* One list: the members of the table and the symbols that fill it. */
#define LIBGIT2_FUNCTIONS(F)            \
	F(git_error_last)               \
	F(git_libgit2_init)             \
	F(git_libgit2_opts)             \
	F(git_libgit2_shutdown)         \
	F(git_libgit2_version)          \
	F(git_odb_add_disk_alternate)   \
	F(git_odb_free)                 \
	F(git_odb_object_data)          \
	F(git_odb_object_free)          \
	F(git_odb_object_size)          \
	F(git_odb_object_type)          \
	F(git_odb_open)                 \
	F(git_odb_read)                 \
	F(git_odb_read_header)

#define LIBGIT2_MEMBER(name) __typeof__(name) *name;
struct libgit2_api {
	LIBGIT2_FUNCTIONS(LIBGIT2_MEMBER)
};
#undef LIBGIT2_MEMBER

/* Loads the library; BT_ERR_UNSUPPORTED when it is not installed. */
int libgit2_load(struct libgit2_api *ret_api, struct bt_err *err);

#endif
