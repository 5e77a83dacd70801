/*
 * Files and descriptors: whole reads and writes, atomic replacement, folders with an exact mode.
 *
 * Calls that wait are tried again after a signal, except that reading from a descriptor gives up
 * with BT_ERR_CANCELED when the signal was meant to stop us (signal.h). Error codes follow errno:
 * a missing file is BT_ERR_NOT_FOUND, a full disk BT_ERR_FULL.
 */
#ifndef BT_BASE_FILE_H
#define BT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/*
 * Up to len bytes; *ret_len is less than len only at the end of the file. `what` is for messages.
 */
int bt_fd_read_full(int fd, void *p, size_t len, size_t *ret_len, const char *what,
		    struct bt_err *err);
/* All bytes, or an error. */
int bt_fd_write_full(int fd, const void *p, size_t len, const char *what, struct bt_err *err);
/* Appends everything up to the end; more than `max` bytes are BT_ERR_LIMIT. */
int bt_fd_read_all(int fd, size_t max, struct bt_buf *out, const char *what, struct bt_err *err);
/*
 * Opens /dev/null on those of the descriptors 0 to 2 that are closed, so that no file of ours
 * gets there.
 */
void bt_fd_sanitize(void);

/* Appends the bytes of a file; more than `max` bytes are BT_ERR_LIMIT. It never waits: a FIFO is an error. */
int bt_file_read(const char *path, size_t max, struct bt_buf *out, struct bt_err *err);
/*
 * Puts a new file of exactly this mode in the place of `path`: readers see the old bytes or the
 * new ones, also after a crash. The temporary file lies beside it.
 */
int bt_file_write_atomic(const char *path, const void *p, size_t len, mode_t mode,
			 struct bt_err *err);
/* A new file (mode 0600) with the bytes and the times of another one. */
int bt_file_copy(const char *from, const char *to, struct bt_err *err);
/* fsync of the folder that holds `path`, so that a rename or unlink there is durable. */
int bt_file_sync_folder(const char *path, struct bt_err *err);

/*
 * Makes the folder `path` (not its parents) with exactly this mode, whatever the umask; one that
 * is there stays as it is. *ret_made may be NULL.
 */
int bt_folder_make(const char *path, mode_t mode, bool *ret_made, struct bt_err *err);

/* The real path of the running program; *ret_path is free()d. */
int bt_file_program_path(char **ret_path, struct bt_err *err);

#endif
