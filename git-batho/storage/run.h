/*
 * What the files of `storage` share.
 */
#ifndef BT_PROGRAM_STORAGE_RUN_H
#define BT_PROGRAM_STORAGE_RUN_H

#include "core/base/progress.h"
#include "git-batho/context.h"
#include "git-batho/storage/opts.h"

/* A line of progress that is begun anew with every kind of work. */
struct storage_progress {
	struct bt_context *c;
	struct bt_progress p;
	const char *what;
};
void storage_progress_show(void *progress, const char *what, uint64_t done, uint64_t total);
void storage_progress_stop(struct storage_progress *p);

/* c->store for one process alone; any other is closed first. */
int storage_open_alone(struct bt_context *c, struct bt_err *err);
/* c->store for reading; BT_ERR_NOT_FOUND with a hint. */
int storage_open_read(struct bt_context *c, struct bt_err *err);
/* "12.3 MiB" */
const char *storage_size(uint64_t bytes, char buf[32]);

int storage_cleanup(struct bt_context *c, const struct bt_storage_opts *o, struct bt_err *err);
int storage_compact(struct bt_context *c, const struct bt_storage_opts *o, struct bt_err *err);
int storage_rebuild_indexes(struct bt_context *c, struct bt_err *err);
int storage_stats(struct bt_context *c, struct bt_err *err);

#endif
