/*
 * Options of `git batho index`.
 */
#include "git-batho/index_opts.h"

#include "core/conf/conf.h"
#include "store/snapshot.h"

static const char *const backends[] = { "auto", "libgit2", "git", NULL };

const char *const bt_index_usage[] = {
	"[<options>] [<revision>...]",
	"[<options>] (--all | --staged | --worktree)",
	NULL,
};

const struct bt_opt bt_index_options[] = {
	{ .type = BT_OPT_GROUP, .help = "what to index" },
	{ .type = BT_OPT_FLAG, .letter = 'a', .name = "all", .flags = BT_OPT_NO_NEG,
	  .help = "everything reachable from any ref", BT_OPT_AT(struct bt_index_cmd_opts, all) },
	{ .type = BT_OPT_FLAG, .name = "staged", .flags = BT_OPT_NO_NEG, .help = "what is staged",
	  BT_OPT_AT(struct bt_index_cmd_opts, staged) },
	{ .type = BT_OPT_FLAG, .name = "worktree", .flags = BT_OPT_NO_NEG, .help = "the files as they are",
	  BT_OPT_AT(struct bt_index_cmd_opts, worktree) },
	{ .type = BT_OPT_LIST, .name = "include", .metavar = "<pattern>", .config = "index.include",
	  .help = "only paths that match", BT_OPT_AT(struct bt_index_cmd_opts, include) },
	{ .type = BT_OPT_LIST, .name = "exclude", .metavar = "<pattern>", .config = "index.exclude",
	  .help = "no paths that match", BT_OPT_AT(struct bt_index_cmd_opts, exclude) },
	{ .type = BT_OPT_STRING, .name = "max-blob-size", .metavar = "<size>", .config = "index.maxBlobSize",
	  .help = "leave out larger files", BT_OPT_AT(struct bt_index_cmd_opts, max_blob_size) },
	{ .type = BT_OPT_GROUP, .help = "how" },
	{ .type = BT_OPT_STRING, .letter = 'j', .name = "jobs", .metavar = "<n>", .config = "index.jobs",
	  .help = "parse workers; 0: one per core",
	  BT_OPT_AT(struct bt_index_cmd_opts, jobs) },
	{ .type = BT_OPT_ENUM, .name = "backend", .choices = backends, .config = "index.backend",
	  .help = "who reads the objects", BT_OPT_AT(struct bt_index_cmd_opts, backend) },
	{ .type = BT_OPT_FLAG, .name = "snapshot", .flags = BT_OPT_NO_NEG,
	  .help = "record what each revision came to", BT_OPT_AT(struct bt_index_cmd_opts, snapshot) },
	{ .type = BT_OPT_STRING, .name = "label", .metavar = "<label>", .help = "a name for the snapshot; it is kept for good",
	  BT_OPT_AT(struct bt_index_cmd_opts, label) },
	{ .type = BT_OPT_FLAG, .name = "retry", .flags = BT_OPT_NO_NEG,
	  .help = "try files again whose parsing was killed", BT_OPT_AT(struct bt_index_cmd_opts, retry) },
	{ .type = BT_OPT_FLAG, .name = "rebuild", .flags = BT_OPT_NO_NEG,
	  .help = "throw the index away and start again", BT_OPT_AT(struct bt_index_cmd_opts, rebuild) },
	{ .type = BT_OPT_FLAG, .name = "print-manifest", .flags = BT_OPT_HIDDEN | BT_OPT_NO_NEG,
	  .help = "print the key of the list of files", BT_OPT_AT(struct bt_index_cmd_opts, manifest) },
	{ .type = BT_OPT_FLAG, .name = "blob", .flags = BT_OPT_HIDDEN | BT_OPT_NO_NEG,
	  .help = "index one blob: an id, a path, and a language or nothing",
	  BT_OPT_AT(struct bt_index_cmd_opts, blob) },
	BT_OPT_END
};

int bt_index_opts_apply(const struct bt_index_cmd_opts *o, struct bt_conf *conf, struct bt_err *err)
{
	int rc = 0;

	if (o->jobs)
		rc = bt_conf_set_command(conf, BT_KEY_INDEX_JOBS, o->jobs, err);
	if (!rc && o->max_blob_size)
		rc = bt_conf_set_command(conf, BT_KEY_INDEX_MAX_BLOB_SIZE, o->max_blob_size, err);
	if (!rc && o->backend)
		rc = bt_conf_set_command(conf, BT_KEY_INDEX_BACKEND, backends[o->backend], err);
	for (size_t i = 0; i < o->include.nr && !rc; i++)
		rc = bt_conf_set_command(conf, BT_KEY_INDEX_INCLUDE, o->include.items[i], err);
	for (size_t i = 0; i < o->exclude.nr && !rc; i++)
		rc = bt_conf_set_command(conf, BT_KEY_INDEX_EXCLUDE, o->exclude.items[i], err);
	return rc;
}

/* What a snapshot can be recorded of: revisions that are named, one for a label. */
static int check_snapshot(const struct bt_index_cmd_opts *o, const struct bt_args *args, struct bt_err *err)
{
	if (o->label && !o->snapshot)
		return bt_err_set(err, BT_ERR_USAGE, "--label names what --snapshot records");
	if (o->label && !bt_label_ok(o->label)) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' is no label for a snapshot", o->label);
		return bt_err_hint(err, "letters, digits and . _ / + @ -, a letter or digit in front, %d bytes at most, and no number",
				   BT_LABEL_LEN_MAX);
	}
	if (o->snapshot && (o->staged || o->worktree))
		return bt_err_set(err, BT_ERR_USAGE, "--snapshot records revisions, not what is staged or in the worktree");
	if (o->snapshot && o->all)
		return bt_err_set(err, BT_ERR_USAGE, "--snapshot wants revisions that are named, not all");
	if (o->label && args->nr > 1)
		return bt_err_set(err, BT_ERR_USAGE, "a label names one snapshot, and %zu revisions are given", args->nr);
	return 0;
}

int bt_index_opts_check(const struct bt_index_cmd_opts *o, const struct bt_args *args, struct bt_err *err)
{
	if (o->all + o->staged + o->worktree + (args->nr > 0 && !o->blob) > 1)
		return bt_err_set(err, BT_ERR_USAGE,
				  "--all, --staged, --worktree and revisions exclude each other");
	if (o->blob && args->nr != 3)
		return bt_err_set(err, BT_ERR_USAGE, "--blob takes an id, a path and a language");
	return check_snapshot(o, args, err);
}
