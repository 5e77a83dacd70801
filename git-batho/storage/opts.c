/*
 * The command line of `storage`.
 */
#include "git-batho/storage/opts.h"

#include <string.h>

const struct bt_opt bt_storage_options[] = {
	{ .type = BT_OPT_FLAG, .name = "repair", .of = "verify", .flags = BT_OPT_NO_NEG,
	  .help = "take out what is wrong and index just that again", BT_OPT_AT(struct bt_storage_opts, repair) },
	{ .type = BT_OPT_STRING, .name = "sample", .of = "verify", .metavar = "<n>",
	  .help = "parse so many blobs afresh (32), or all, and compare", BT_OPT_AT(struct bt_storage_opts, sample) },
	{ .type = BT_OPT_FLAG, .name = "apply", .of = "cleanup compact", .flags = BT_OPT_NO_NEG,
	  .help = "do it: without this, say what would be done", BT_OPT_AT(struct bt_storage_opts, apply) },
	BT_OPT_END
};

const char *const bt_storage_usage[] = {
	"verify [--repair] [--sample <n> | --sample all]",
	"cleanup [--apply]",
	"compact [--apply]",
	"rebuild-indexes",
	"backfill [<revision>...]",
	"stats",
	NULL,
};

static const struct {
	const char *name;
	enum bt_storage_verb verb;
	bool takes_more;
} verbs[] = {
	{ "verify", BT_STORAGE_VERIFY, false },	  { "cleanup", BT_STORAGE_CLEANUP, false },
	{ "compact", BT_STORAGE_COMPACT, false }, { "rebuild-indexes", BT_STORAGE_REBUILD_INDEXES, false },
	{ "backfill", BT_STORAGE_BACKFILL, true }, { "stats", BT_STORAGE_STATS, false },
};

static int check_sample(const char *text, uint64_t *ret_sample, struct bt_err *err)
{
	int64_t nr = BT_STORAGE_SAMPLE;

	*ret_sample = UINT64_MAX;
	if (text && !strcmp(text, "all"))
		return 0;
	if (text && (!bt_text_int(text, &nr) || nr < 0))
		return bt_err_set(err, BT_ERR_USAGE, "option '--sample' wants a number of blobs, or 'all', not '%s'", text);
	*ret_sample = (uint64_t)nr;
	return 0;
}

int bt_storage_check(const struct bt_storage_opts *o, const struct bt_args *args, enum bt_storage_verb *ret_verb,
		     uint64_t *ret_sample, struct bt_err *err)
{
	const char *name = args->nr && args->dashes > 0 ? args->items[0] : NULL;

	if (!name) {
		bt_err_set(err, BT_ERR_USAGE, "what is to be done with the storage?");
		return bt_err_hint(err, "see `git batho storage -h`");
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name))
			continue;
		if (args->nr > 1 && !verbs[i].takes_more)
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[1]);
		*ret_verb = verbs[i].verb;
		return check_sample(o->sample, ret_sample, err);
	}
	bt_err_set(err, BT_ERR_USAGE, "'%s' is nothing that is done with the storage", name);
	return bt_err_hint(err, "see `git batho storage -h`");
}
