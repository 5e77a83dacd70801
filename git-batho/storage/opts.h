/*
 * What `storage` takes, shared by the program that looks at the command line and the one that does the work.
 */
#ifndef BT_PROGRAM_STORAGE_OPTS_H
#define BT_PROGRAM_STORAGE_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/opt.h"

enum bt_storage_verb {
	BT_STORAGE_VERIFY,
	BT_STORAGE_CLEANUP,
	BT_STORAGE_COMPACT,
	BT_STORAGE_REBUILD_INDEXES,
	BT_STORAGE_BACKFILL,
	BT_STORAGE_STATS,
};

struct bt_storage_opts {
	bool repair, apply;
	const char *sample;	/* a number, or "all"; NULL: the default */
};
#define BT_STORAGE_SAMPLE 32

extern const struct bt_opt bt_storage_options[];
extern const char *const bt_storage_usage[];

/* The verb; BT_ERR_USAGE. ret_sample: UINT64_MAX for all. */
int bt_storage_check(const struct bt_storage_opts *o, const struct bt_args *args, enum bt_storage_verb *ret_verb,
		     uint64_t *ret_sample, struct bt_err *err);

#endif
