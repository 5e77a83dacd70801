/*
 * Where the index lies: helpers of open.c.
 */
#ifndef BT_STORE_OPEN_H
#define BT_STORE_OPEN_H

#include <stdbool.h>

#include "core/base/buf.h"

/* On a network (or unknown) file system, where two machines cannot share memory: no WAL there. */
bool bt_store_folder_remote(const char *dir);
/* "file:<path, escaped>?immutable=1" */
void bt_store_path_uri(struct bt_buf *out, const char *path);

#endif
