/*
 * git batho backup: the queue, the settings and the project's own files as one file; and whether such a file is whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/backup/backup.h"
#include "core/base/file.h"
#include "git-batho/backup.h"
#include "git-batho/queue/queue.h"
#include "git-batho/commands.h"

struct backup_opts {
	int64_t keep;		/* 0: all */
	bool with_index, snapshots;
};

static const struct bt_opt backup_options[] = {
	{ .type = BT_OPT_INT, .name = "keep", .metavar = "<n>", .min = 1, .max = 100000,
	  .help = "in a folder: remove all but the newest n of this repository", BT_OPT_AT(struct backup_opts, keep) },
	{ .type = BT_OPT_FLAG, .name = "with-index", .flags = BT_OPT_NO_NEG, .help = "the index too, which git can give again",
	  BT_OPT_AT(struct backup_opts, with_index) },
	{ .type = BT_OPT_FLAG, .name = "snapshots", .help = "archives of snapshots that have a label (the default)",
	  BT_OPT_AT(struct backup_opts, snapshots) },
	BT_OPT_END
};

static const struct backup_opts backup_defaults = { .snapshots = true };

void backup_date_text(int64_t ms, char to[32])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	to[0] = '\0';
	if (ms > 0 && gmtime_r(&t, &tm))
		strftime(to, 32, "%Y-%m-%d %H:%M:%S UTC", &tm);
}

/* --- making --- */

static void print_made(struct bt_context *c, const char *path, const struct bt_backup_sum *s)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "backup");
	bt_out_str(out, "path", path, strlen(path));
	bt_out_uint(out, "bytes", s->bytes);
	bt_out_bool(out, "queue", s->queue);
	bt_out_uint(out, "actions", s->actions);
	bt_out_uint(out, "open", s->open);
	bt_out_uint(out, "settings", s->settings);
	bt_out_uint(out, "files", s->files);
	bt_out_bool(out, "index", s->index);
	bt_out_uint(out, "snapshots", s->snapshots);
	bt_out_record_end(out);
	if (c->common.quiet)
		return;
	bt_out_path(out, BT_COLOR_PATH, path, strlen(path));
	bt_out_textf(out, BT_COLOR_NONE, ": %" PRIu64 " bytes; ", s->bytes);
	if (s->queue)
		bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " action%s, %" PRIu64 " open", s->actions, s->actions == 1 ? "" : "s", s->open);
	else
		bt_out_textf(out, BT_COLOR_NONE, "no queue yet");
	bt_out_textf(out, BT_COLOR_NONE, "; %" PRIu64 " setting%s, %" PRIu64 " file%s%s", s->settings, s->settings == 1 ? "" : "s", s->files,
		     s->files == 1 ? "" : "s", s->index ? "; the index" : "");
	if (s->snapshots)
		bt_out_textf(out, BT_COLOR_NONE, "; %" PRIu64 " snapshot%s", s->snapshots, s->snapshots == 1 ? "" : "s");
	bt_out_nl(out);
}

static int remove_old(void *ctx, const char *path, uint64_t bytes, struct bt_err *err)
{
	struct bt_context *c = ctx;

	if (unlink(path))
		return bt_err_errno(err, "cannot remove the old backup '%s'", path);
	bt_out_record(c->out, "removed");
	bt_out_str(c->out, "path", path, strlen(path));
	bt_out_uint(c->out, "bytes", bytes);
	bt_out_record_end(c->out);
	if (c->common.quiet)
		return 0;
	bt_out_path(c->out, BT_COLOR_PATH, path, strlen(path));
	bt_out_textf(c->out, BT_COLOR_NONE, ": removed, %" PRIu64 " bytes", bytes);
	bt_out_nl(c->out);
	return 0;
}

static int make(struct bt_context *c, const struct backup_opts *o, const char *to, struct bt_err *err)
{
	struct bt_backup_opts b = { .with_index = o->with_index, .with_snapshots = o->snapshots, .now_ms = bt_queue_now() };
	struct bt_backup_sum sum = { .bytes = 0 };
	BT_FREE char *dated = NULL;
	struct stat st;
	bool folder;

	if (bt_context_repo(c, err))
		return err->code;
	folder = !stat(to, &st) && S_ISDIR(st.st_mode);
	if (o->keep && !folder)
		return bt_err_set(err, BT_ERR_USAGE, "--keep is for a folder, and '%s' is none", to);
	b.repo = &c->repo;
	b.dir = c->store_dir;
	b.shared_mode = bt_conf_shared_mode(c->conf);
	if (folder)
		dated = bt_backup_dated(&c->repo, to, b.now_ms);
	if (bt_backup_make(&b, folder ? dated : to, &sum, err))
		return err->code;
	print_made(c, folder ? dated : to, &sum);
	return o->keep ? bt_backup_old(&c->repo, to, (size_t)o->keep, remove_old, c, err) : 0;
}

/* --- looking --- */

static void print_content(struct bt_context *c, const char *path, const struct bt_backup_content *b, const struct bt_err *why)
{
	struct bt_out *out = c->out;
	char date[32];

	bt_out_record(out, "verified");
	bt_out_str(out, "path", path, strlen(path));
	bt_out_bool(out, "whole", !why);
	bt_out_cstr(out, "error", why ? why->msg : NULL);
	bt_out_int(out, "made_at", why ? 0 : b->made_at);
	bt_out_cstr(out, "program", why ? NULL : b->program);
	bt_out_cstr(out, "repository", why ? NULL : b->repository);
	bt_out_bool(out, "queue", !why && b->queue);
	bt_out_uint(out, "actions", why ? 0 : b->actions);
	bt_out_uint(out, "open", why ? 0 : b->open);
	bt_out_uint(out, "settings", why ? 0 : b->settings_nr);
	bt_out_uint(out, "files", why ? 0 : b->files_nr);
	bt_out_bool(out, "index", !why && b->index);
	bt_out_uint(out, "snapshots", why ? 0 : b->snapshots);
	bt_out_record_end(out);
	if (why) {
		bt_out_textf(out, BT_COLOR_BAD, "%s", why->msg);
		bt_out_nl(out);
		return;
	}
	bt_out_path(out, BT_COLOR_PATH, path, strlen(path));
	bt_out_textf(out, BT_COLOR_GOOD, ": whole");
	backup_date_text(b->made_at, date);
	if (*date)
		bt_out_textf(out, BT_COLOR_NONE, "; of %s", date);
	bt_out_textf(out, BT_COLOR_NONE, "; %" PRIu64 " actions, %" PRIu64 " open; %zu settings, %zu files%s", b->actions, b->open, b->settings_nr,
		     b->files_nr, b->index ? "; the index" : "");
	bt_out_nl(out);
}

static int verify(struct bt_context *c, const char *path, struct bt_err *err)
{
	BT_CLEANUP(bt_backup_content_release) struct bt_backup_content content = BT_BACKUP_CONTENT_INIT;
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_backup_read_content(path, NULL, false, &content, &why);

	if (rc && rc != BT_ERR_CORRUPT && rc != BT_ERR_VERSION)
		return *err = why, rc;
	print_content(c, path, &content, rc ? &why : NULL);
	return rc ? 1 : 0;
}

static int run_backup(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct backup_opts *o = opts;
	bool verifies = args->nr && args->dashes > 0 && !strcmp(args->items[0], "verify");
	size_t want = verifies ? 2 : 1;

	if (!args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "into which file or folder?");
	if (args->nr < want)
		return bt_err_set(err, BT_ERR_USAGE, "'backup verify' wants a file (a file of this name is ./verify)");
	if (args->nr > want)
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[want]);
	if (!verifies)
		return make(c, o, args->items[0], err);
	if (o->keep || o->with_index)
		return bt_err_set(err, BT_ERR_USAGE, "'backup verify' takes neither --keep nor --with-index");
	return verify(c, args->items[1], err);
}

static const char *const backup_usage[] = {
	"[<options>] (<file> | <folder>)",
	"verify <file>",
	NULL,
};

const struct bt_command bt_cmd_backup = {
	.name = "backup",
	.summary = "put the queue and the settings into one file",
	.usage = backup_usage,
	.options = backup_options,
	.options_size = sizeof(struct backup_opts),
	.defaults = &backup_defaults,
	.run = run_backup,
};
