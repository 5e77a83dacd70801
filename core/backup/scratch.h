/*
 * A folder (0700) for the databases of a backup while it is made or read, and what its files share.
 */
#ifndef BT_BACKUP_SCRATCH_H
#define BT_BACKUP_SCRATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

/*
 * Below `parent`, or where temporary files go; a real path. *ret_dir: backup_scratch_remove. What killed processes left there more than a day ago
 * is removed.
 */
int backup_scratch_make(const char *parent, const char *prefix, char **ret_dir, struct bt_err *err);
/* What SQLite and we put there, and the folder; frees the name. */
void backup_scratch_remove(char **dir);
/* The folder in which a file lies: free() */
char *backup_folder_of(const char *file);

/* Opens the queue of a folder (and brings it to today's format), looks at every page and at what its rows say of each other. */
int backup_queue_check(const char *dir, uint64_t *ret_actions, uint64_t *ret_open, struct bt_err *err);
/* A name below .batho/ that we write ourselves: no folder but rules/, no dots, nothing that leads elsewhere. */
bool backup_name_ok(const char *name);

#endif
