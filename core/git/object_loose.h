/*
 * Loose files of objects; private to core/git.
 *
 * A file is `<type> <size>`, a NUL and the bytes as a zlib stream of stored blocks. It is written beside its place under a name that
 * `git prune` knows as left over (tmp_obj_...), and renamed.
 */
#ifndef BT_GIT_OBJECT_LOOSE_H
#define BT_GIT_OBJECT_LOOSE_H

#include "core/git/object_write.h"

extern const char *const bt_object_type_names[];	/* by enum bt_object_type */

/* A file on its way to its place. */
struct loose_file {
	int fd;			/* -1: there is nothing to do any more */
	char *temp, *path;	/* temp NULL: the file was there before */
	bool new_folder;	/* its fan-out folder was made for it */
};
/* Writes, without waiting for the disk. */
int loose_begin(const struct bt_repo *repo, const struct bt_oid *oid, enum bt_object_type type, const void *data, size_t len,
		struct loose_file *ret_f, struct bt_err *err);
int loose_place(struct loose_file *f, struct bt_err *err);
void loose_release(struct loose_file *f);	/* removes what did not get to its place */
/* <objects>/ab/cdef... */
char *loose_path(const struct bt_repo *repo, const struct bt_oid *oid);
/* fsync of the fan-out folder, and of the one above when the first was new. */
int loose_sync_folder(const char *path, bool new_folder, struct bt_err *err);

/* Bytes as a zlib stream of stored blocks. */
void zlib_store(struct bt_buf *out, const void *head, size_t head_len, const void *data, size_t len);

#endif
