/*
 * git batho restore: what a backup would change here, and with --apply the change.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/backup/backup.h"
#include "core/base/file.h"
#include "git-batho/backup.h"
#include "git-batho/queue/queue.h"
#include "git-batho/commands.h"

static const char *const configs[] = { "none", "safe", "all", NULL };	/* enum bt_backup_config */

struct restore_opts {
	bool apply, with_index, with_snapshots;
	int config;
};

static const struct bt_opt restore_options[] = {
	{ .type = BT_OPT_FLAG, .name = "apply", .flags = BT_OPT_NO_NEG, .help = "do it; without, nothing is changed",
	  BT_OPT_AT(struct restore_opts, apply) },
	{ .type = BT_OPT_ENUM, .name = "config", .choices = configs, .flags = BT_OPT_OPTIONAL, .optional = "safe",
	  .help = "settings too, and missing files of .batho/; all: also what a project's own file may not set",
	  BT_OPT_AT(struct restore_opts, config) },
	{ .type = BT_OPT_FLAG, .name = "with-index", .flags = BT_OPT_NO_NEG, .help = "the index too, where there is none",
	  BT_OPT_AT(struct restore_opts, with_index) },
	{ .type = BT_OPT_FLAG, .name = "with-snapshots", .flags = BT_OPT_NO_NEG, .help = "take the archives of snapshots into the index",
	  BT_OPT_AT(struct restore_opts, with_snapshots) },
	BT_OPT_END
};

struct restoring {
	struct bt_context *c;
	const struct restore_opts *o;
	const char *path;
	struct bt_backup_content content;
	struct bt_backup_restored did;
	uint64_t batches;		/* taken up again */
	uint64_t blobs;			/* of snapshots, new in the index */
};

static void restoring_release(struct restoring *r)
{
	bt_backup_content_release(&r->content);
	free(r->did.kept);
}

__attribute__((format(printf, 2, 3))) static void line(struct restoring *r, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (r->c->common.quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	bt_out_textf(r->c->out, BT_COLOR_NONE, "%s", text);
	bt_out_nl(r->c->out);
}

/* --- the queue --- */

static const char *present(const struct restoring *r)
{
	return !r->did.was_there ? "none" : r->did.was_usable ? "usable" : "damaged";
}

static void print_record(struct restoring *r)
{
	const struct bt_backup_content *b = &r->content;
	const struct bt_queue_restored *q = &r->did.queue;
	struct bt_out *out = r->c->out;

	bt_out_record(out, "restore");
	bt_out_str(out, "path", r->path, strlen(r->path));
	bt_out_bool(out, "applied", r->o->apply);
	bt_out_int(out, "made_at", b->made_at);
	bt_out_cstr(out, "repository", b->repository);
	bt_out_bool(out, "queue", b->queue);
	bt_out_uint(out, "actions", b->actions);
	bt_out_uint(out, "open", b->open);
	bt_out_cstr(out, "present", present(r));
	bt_out_uint(out, "over", q->over);
	bt_out_uint(out, "gone", q->gone);
	bt_out_uint(out, "gone_open", q->gone_open);
	bt_out_uint(out, "doubtful", q->doubtful);
	bt_out_uint(out, "landed", r->did.landed);
	bt_out_uint(out, "lost", r->did.lost);
	bt_out_uint(out, "recovered", r->batches);
	bt_out_cstr(out, "kept", r->did.kept);
	bt_out_uint(out, "snapshots", b->snapshots);
	bt_out_uint(out, "blobs", r->blobs);
	bt_out_record_end(out);
}

#define PLURAL(n) (n), (n) == 1 ? "" : "s"

static void print_text(struct restoring *r)
{
	const struct bt_backup_content *b = &r->content;
	const struct bt_queue_restored *q = &r->did.queue;
	bool done = r->o->apply;
	char date[32];

	backup_date_text(b->made_at, date);
	line(r, "%s%s%s%s%s", b->raw ? "a queue as it lay there" : "a backup", *date ? " of " : "", date, b->repository ? ", of " : "",
	     b->repository ? b->repository : "");
	if (b->snapshots && (!done || !r->o->with_snapshots))
		line(r, "%" PRIu64 " archive%s of snapshots (--with-snapshots takes them into the index)", PLURAL(b->snapshots));
	else if (b->snapshots)
		line(r, "%" PRIu64 " archive%s of snapshots taken in: %" PRIu64 " blobs new in the index", PLURAL(b->snapshots), r->blobs);
	if (!b->queue) {
		line(r, "it has no queue: the one here %s", "stays as it is");
		return;
	}
	line(r, "queue: %" PRIu64 " action%s, %" PRIu64 " open", PLURAL(b->actions), b->open);
	if (q->over)
		line(r, "  %" PRIu64 " open in it and over here: they stay over", q->over);
	if (q->doubtful)
		line(r, "  %" PRIu64 " workflow%s or deployment%s may have run since: unknown", PLURAL(q->doubtful), q->doubtful == 1 ? "" : "s");
	if (q->gone)
		line(r, "  %" PRIu64 " action%s, %" PRIu64 " open, came after it: %s in the queue", PLURAL(q->gone), q->gone_open,
		     done ? "not any more" : "would not be");
	if (r->did.was_there && !r->did.was_usable)
		line(r, "  the queue that %s here cannot be used", done ? "was" : "is");
	if (r->did.landed)
		line(r, "  %" PRIu64 " had landed since: marked so", r->did.landed);
	if (r->did.lost)
		line(r, "  of %" PRIu64 " what was captured is gone: parked", r->did.lost);
	if (r->batches)
		line(r, "  %" PRIu64 " batch%s taken up again", r->batches, r->batches == 1 ? "" : "es");
	if (r->did.kept)
		line(r, "  what was here before: %s", r->did.kept);
}

/* What a person would do next. */
static int recover(struct restoring *r, struct bt_err *err)
{
	struct bt_executor_opts o;
	BT_FREE char *path = NULL;
	struct bt_err why = BT_ERR_INIT;

	if (queue_executor(r->c, &o, &path, err))
		return err->code;
	if (bt_executor_recover(&o, &r->batches, &why))
		bt_notice(r->c, "the queue is back, and what was begun waits for `git batho queue recover`: %s", why.msg);
	return 0;
}

static int restore_queue(struct restoring *r, const struct bt_backup_restore_opts *b, struct bt_err *err)
{
	if (!r->content.queue)
		return 0;
	if (!r->o->apply)
		return bt_backup_restore_look(b, &r->content, &r->did, err);
	return bt_backup_restore(b, &r->content, &r->did, err) ? err->code : recover(r, err);
}

/* --- settings and files --- */

static int one_difference(void *ctx, bool file, const struct bt_backup_difference *d, struct bt_err *err)
{
	static const char *const states[] = { "same", "differs", "missing" };
	struct restoring *r = ctx;
	struct bt_out *out = r->c->out;
	bool allowed = r->o->config == BT_BACKUP_CONFIG_ALL || (r->o->config == BT_BACKUP_CONFIG_SAFE && !d->guarded);
	bool put = r->o->apply && allowed && d->state != BT_BACKUP_SAME && (!file || d->state == BT_BACKUP_MISSING);

	if (put && (file ? bt_backup_put_file(&r->c->repo, &r->content, d, err) : bt_backup_put_setting(&r->c->repo, d, err)))
		return err->code;
	bt_out_record(out, file ? "file" : "setting");
	bt_out_cstr(out, "name", d->name);
	if (!file)
		bt_out_cstr(out, "value", d->value);
	bt_out_cstr(out, "state", states[d->state]);
	if (!file)
		bt_out_bool(out, "guarded", d->guarded);
	bt_out_bool(out, "applied", put);
	bt_out_record_end(out);
	if (d->state == BT_BACKUP_SAME)
		return 0;
	line(r, "%s%s%s%s: %s%s", file ? ".batho/" : "", d->name, file ? "" : " = ", file ? "" : d->value,
	     put ? "put back" : d->state == BT_BACKUP_MISSING ? "is not here" : "is another here",
	     put || (file && d->state == BT_BACKUP_DIFFERS) ? "" : d->guarded ? " (guarded: --config=all puts it back)" : " (--config puts it back)");
	return 0;
}

static int run_restore(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(restoring_release) struct restoring r = { .c = c, .o = opts, .content = BT_BACKUP_CONTENT_INIT };
	struct bt_backup_restore_opts b = {
		.repo = &c->repo, .dir = c->store_dir, .shared_mode = bt_conf_shared_mode(c->conf), .now_ms = bt_queue_now(),
	};
	struct stat st;

	if (args->nr != 1)
		return bt_err_set(err, BT_ERR_USAGE, args->nr ? "'%s' is one argument too many" : "restore what?",
				  args->nr ? args->items[1] : "");
	r.path = b.note = args->items[0];
	/* beside the store, so that what is put back need not be copied */
	if (bt_backup_read_content(r.path, r.o->apply && !stat(c->store_dir, &st) ? c->store_dir : NULL, r.o->apply && r.o->with_snapshots, &r.content, err))
		return err->code;
	if (r.o->with_index && !r.content.index)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no index in '%s'", r.path);
	if (restore_queue(&r, &b, err) || (r.o->apply && r.o->with_index && bt_backup_restore_index(&b, &r.content, err)))
		return err->code;
	if (r.o->apply && r.o->with_snapshots && bt_backup_restore_snapshots(&b, &r.content, &r.blobs, err))
		return err->code;
	print_record(&r);
	print_text(&r);
	if (bt_backup_compare(&c->repo, &r.content, one_difference, &r, err))
		return err->code;
	if (!r.o->apply)
		line(&r, "nothing was changed: --apply does it");
	return 0;
}

static const char *const restore_usage[] = { "[<options>] <file>", NULL };

const struct bt_command bt_cmd_restore = {
	.name = "restore",
	.summary = "put a queue back from a backup",
	.usage = restore_usage,
	.options = restore_options,
	.options_size = sizeof(struct restore_opts),
	.flags = BT_NEEDS_REPO,
	.run = run_restore,
};
