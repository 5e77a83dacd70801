/*
 * The one table of keys. git-batho-config(5) is tested against it.
 */
#include "core/base/limits.h"
#include "core/conf/conf.h"

static const char *const backends[] = { "auto", "libgit2", "git", NULL };

const struct bt_key bt_keys[BT_KEY_NR] = {
	[BT_KEY_INDEX_MAX_BLOB_SIZE] = {
		.name = "index.maxBlobSize", .type = BT_TYPE_SIZE, .min = 1, .max = BT_BLOB_SIZE_CAP,
		.deflt = "1m", .unit = "bytes", .tracked = true,
		.help = "Larger files are left out and counted.",
	},
	[BT_KEY_INDEX_JOBS] = {
		.name = "index.jobs", .type = BT_TYPE_INT, .min = 0, .max = BT_JOBS_MAX, .deflt = "0",
		.unit = "processes", .help = "Parse workers; 0 means one per core.",
	},
	[BT_KEY_INDEX_INCLUDE] = {
		.name = "index.include", .type = BT_TYPE_LIST, .unit = "patterns", .tracked = true,
		.help = "When given, only files that match one of these patterns are indexed.",
	},
	[BT_KEY_INDEX_EXCLUDE] = {
		.name = "index.exclude", .type = BT_TYPE_LIST, .unit = "patterns", .tracked = true,
		.help = "Files that match one of these patterns are not indexed.",
	},
	[BT_KEY_INDEX_TIMEOUT] = {
		.name = "index.timeout", .type = BT_TYPE_INT, .min = 1, .max = 3600, .deflt = "30",
		.unit = "seconds", .help = "Wall time after which the parsing of one file is killed.",
	},
	[BT_KEY_INDEX_CPU_LIMIT] = {
		.name = "index.cpuLimit", .type = BT_TYPE_INT, .min = 1, .max = 3600, .deflt = "10",
		.unit = "seconds", .help = "CPU time after which the parsing of one file is killed.",
	},
	[BT_KEY_INDEX_BACKEND] = {
		.name = "index.backend", .type = BT_TYPE_CHOICE, .choices = backends, .deflt = "auto",
		.unit = "", .help = "Who reads objects while indexing: libgit2, the git program, or "
				    "whichever suits the repository.",
	},
};
