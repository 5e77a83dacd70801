/*
 * The options of `index`, shared by the program that decides whether there is work and the one that does it.
 */
#ifndef BT_PROGRAM_INDEX_OPTS_H
#define BT_PROGRAM_INDEX_OPTS_H

#include <stdbool.h>

#include "core/base/opt.h"

struct bt_index_cmd_opts {
	bool all, staged, worktree, rebuild, retry, manifest, blob, snapshot;
	const char *label;
	const char *jobs;
	const char *max_blob_size;
	struct bt_opt_list include, exclude;
	int backend;
};

extern const struct bt_opt bt_index_options[];
extern const char *const bt_index_usage[];

struct bt_conf;
struct bt_err;
/* Carries the options into the configuration, as values from the command line. */
int bt_index_opts_apply(const struct bt_index_cmd_opts *o, struct bt_conf *conf, struct bt_err *err);
/* More than one of --all, --staged, --worktree and revisions is a usage error. */
int bt_index_opts_check(const struct bt_index_cmd_opts *o, const struct bt_args *args,
			struct bt_err *err);

#endif
