/*
 * What the files that make and open the index share: open.c, create.c, place.c.
 */
#ifndef BT_STORE_OPEN_H
#define BT_STORE_OPEN_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"

struct bt_store;

/* A connection of s; name: a path, or a URI with SQLITE_OPEN_URI in flags. Errors speak of s->path. */
int bt_connection_open(struct bt_store *s, const char *name, int flags, struct bt_err *err);
void bt_connection_close(struct bt_store *s);
int bt_connection_exec(struct bt_store *s, const char *sql, struct bt_err *err);
bool bt_store_wal_usable(const char *dir);

/*
 * Makes index.db, unless it is there and not fresh: then it is removed first. folder: dir, open, with a
 * lock that nobody else has; locked is false where it cannot be locked.
 */
int bt_store_create(int folder, const char *dir, const char *path, unsigned shared, bool fresh,
		    bool locked, struct bt_err *err);
unsigned bt_store_folder_mode(unsigned shared);

/*
 * The parts of it. temp_make: an empty file beside path that leftovers_remove takes away when this process dies; its
 * name is added to *temp. file_fill: the schema into it. Errors speak of path.
 */
int bt_store_temp_make(const char *dir, const char *path, unsigned mode, struct bt_buf *temp, int *ret_fd,
		       struct bt_err *err);
void bt_store_temp_remove(const char *temp);
int bt_store_file_fill(const char *temp, const char *path, bool wal, struct bt_err *err);
/* Log and shared memory of a file that is not open. */
int bt_store_companions_remove(const char *path, struct bt_err *err);
void bt_store_leftovers_remove(int folder, bool locked);
/* Opens the connection of a store whose file has been replaced; it was closed, the folder is still locked. */
int bt_store_reconnect(struct bt_store *s, struct bt_err *err);

/* On a network (or unknown) file system, where two machines cannot share memory: no WAL there. */
bool bt_store_folder_remote(const char *dir);
/* "file:<path, escaped>?immutable=1" */
void bt_store_path_uri(struct bt_buf *out, const char *path);

#endif
