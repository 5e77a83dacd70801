/*
 * A layer between SQLite and the file system that seals every page of the database file.
 */
#ifndef BT_STORE_VFS_H
#define BT_STORE_VFS_H

#define BT_VFS_NAME "batho"

/* Once per process, before the first open; an SQLite code. */
int bt_vfs_register(void);

#endif
