/*
 * git batho storage cleanup, compact, rebuild-indexes, stats: what the files take, and what of it comes back.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/git/temp.h"
#include "core/index/budget.h"
#include "core/storage/repair.h"
#include "git-batho/storage/run.h"
#include "git-batho/snapshot/record.h"
#include "store/frozen.h"
#include "store/queue.h"
#include "store/queue_audit.h"

/* --- rewriting --- */

static void rewrite_progress(void *ctx, uint64_t done, uint64_t total)
{
	storage_progress_show(ctx, "Writing the index", done, total);
}

static void print_sizes(struct bt_context *c, const char *record, bool applied, uint64_t before, uint64_t after)
{
	char was[32], is[32];

	bt_out_record(c->out, record);
	bt_out_bool(c->out, "applied", applied);
	bt_out_uint(c->out, "bytes_before", before);
	bt_out_uint(c->out, "bytes_after", after);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s: %s, %s %s", strcmp(record, "frozen") ? "index.db" : "frozen facts",
		     storage_size(before, was), applied ? "now" : "about", storage_size(after, is));
	bt_out_nl(c->out);
}

/* What is left of it without holes, and of the names without what was forgotten. */
static uint64_t size_after(const struct bt_store_waste *w, uint64_t names_bytes)
{
	uint64_t waste = w->free_bytes + w->hole_bytes;

	if (w->segment_blobs)
		waste += (uint64_t)((double)names_bytes * (double)w->dead_blobs / (double)w->segment_blobs);
	return w->file_bytes > waste ? w->file_bytes - waste : 0;
}

static uint64_t names_bytes(struct bt_store *s)
{
	static const char *const tables[] = { "name_block", "name_key", "posting", "trigram" };
	BT_FREE struct bt_table_bytes *list = NULL;
	struct bt_err ignored = BT_ERR_INIT;
	uint64_t sum = 0;
	size_t nr = 0;

	if (bt_store_table_bytes(s, &list, &nr, &ignored))
		return 0;
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < BT_ARRAY_NR(tables); k++)
			if (!strcmp(list[i].name, tables[k]))
				sum += list[i].bytes;
	return sum;
}

static int compact_dry(struct bt_context *c, struct bt_err *err)
{
	struct bt_store_waste w;

	if (storage_open_read(c, err) || bt_store_waste(c->store, &w, err))
		return err->code;
	print_sizes(c, "compact", false, w.file_bytes, size_after(&w, names_bytes(c->store)));
	bt_out_textf(c->out, BT_COLOR_NOTE, "%" PRIu64 " segments of names, which name %" PRIu64 " forgotten blobs; "
		     "--apply writes the file anew", w.segments, w.dead_blobs);
	bt_out_nl(c->out);
	return 0;
}

/* The file of what is frozen, when there is one and it is here. */
static int compact_frozen(struct bt_context *c, struct bt_err *err)
{
	struct bt_frozen_space before, after;
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_store_frozen_space(c->store, &before, &why);

	if (!rc && before.file)
		rc = bt_store_frozen_rewrite(c->store, bt_conf_shared_mode(c->conf), &before, &after, &why);
	else if (!rc)
		return 0;
	if (rc == BT_ERR_NOT_FOUND) {
		bt_notice(c, "%s", why.msg);
		return 0;
	}
	if (rc)
		return *err = why, rc;
	print_sizes(c, "frozen", true, before.file, after.file);
	return 0;
}

int storage_compact(struct bt_context *c, const struct bt_storage_opts *o, struct bt_err *err)
{
	struct storage_progress p = { .c = c };
	struct bt_rewrite_opts how = { .progress = rewrite_progress, .ctx = &p };
	struct bt_rewritten done;
	int rc;

	if (!o->apply)
		return compact_dry(c, err);
	rc = storage_open_alone(c, err);
	if (!rc)
		rc = bt_store_rewrite(c->store, &how, &done, err);
	storage_progress_stop(&p);
	if (!rc) {
		print_sizes(c, "compact", true, done.bytes_before, done.bytes_after);
		rc = compact_frozen(c, err);
	}
	bt_store_free(&c->store);
	return rc;
}

int storage_rebuild_indexes(struct bt_context *c, struct bt_err *err)
{
	struct storage_progress p = { .c = c };
	struct bt_rewritten done;
	int rc = storage_open_alone(c, err);

	if (!rc)
		rc = bt_names_rebuild(c->store, rewrite_progress, &p, &done, err);
	storage_progress_stop(&p);
	bt_store_free(&c->store);
	if (!rc)
		print_sizes(c, "rebuilt", true, done.bytes_before, done.bytes_after);
	return rc;
}

/* --- cleanup --- */

struct cleanup {
	struct bt_context *c;
	bool apply;
	uint64_t bytes;
};

static void print_cleaned(struct cleanup *k, const char *what, const char *which, uint64_t items, uint64_t bytes)
{
	char size[32];

	k->bytes += bytes;
	bt_out_record(k->c->out, "cleanup");
	bt_out_cstr(k->c->out, "what", what);
	bt_out_cstr(k->c->out, "which", which);
	bt_out_uint(k->c->out, "items", items);
	bt_out_uint(k->c->out, "bytes", bytes);
	bt_out_bool(k->c->out, "applied", k->apply);
	bt_out_record_end(k->c->out);
	bt_out_textf(k->c->out, BT_COLOR_NONE, "%s: %s%s%" PRIu64, what, which ? which : "", which ? ", " : "", items);
	if (bytes)
		bt_out_textf(k->c->out, BT_COLOR_NONE, ", %s", storage_size(bytes, size));
	bt_out_nl(k->c->out);
}

/* A file that is being made is written all the time, also by a process whose number means nothing here. */
#define LEFTOVER_AGE_S 3600

static bool is_leftover(const char *name, const char *path, struct stat *st)
{
	long pid;

	return bt_store_name_is_new(name, &pid) && kill((pid_t)pid, 0) && errno == ESRCH && !lstat(path, st) &&
	       st->st_mtime + LEFTOVER_AGE_S < time(NULL);
}

/* Files of an index that a process was making which is no more. */
static int clean_leftovers(struct cleanup *k, struct bt_err *err)
{
	DIR *list = opendir(k->c->store_dir);
	struct dirent *e;

	if (!list)
		return errno == ENOENT ? 0 : bt_err_errno(err, "cannot read the folder '%s'", k->c->store_dir);
	while ((e = readdir(list))) {
		BT_FREE char *path = bt_xasprintf("%s/%s", k->c->store_dir, e->d_name);
		struct stat st;

		if (!is_leftover(e->d_name, path, &st))
			continue;
		if (k->apply && unlink(path)) {
			bt_err_errno(err, "cannot remove '%s'", path);
			closedir(list);
			return err->code;
		}
		print_cleaned(k, "leftover", e->d_name, 1, (uint64_t)st.st_size);
	}
	closedir(list);
	return 0;
}

static void stale_folder(void *ctx, const char *name, uint64_t bytes)
{
	print_cleaned(ctx, "leftover", name, 1, bytes);
}

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static int forget_old(struct cleanup *k, struct bt_queue *q, uint64_t *ret_actions, uint64_t *ret_records,
		      struct bt_snapshot_gone *ret_gone, struct bt_err *err)
{
	const struct bt_conf *conf = k->c->conf;
	int64_t actions = bt_queue_now() - bt_conf_get(conf, BT_KEY_QUEUE_RETENTION)->number * DAY_MS;
	int64_t records = bt_queue_now() - bt_conf_get(conf, BT_KEY_RETENTION_AUDIT_DAYS)->number * DAY_MS;
	struct bt_snapshot_keep keep;

	snapshot_keep(k->c, &keep);
	if (bt_queue_forget(q, actions, ret_actions, err) || bt_queue_audit_forget(q, records, ret_records, err))
		return err->code;
	return bt_snapshots_expire(q, &keep, true, ret_gone, err);
}

/* A dry run does the same and takes it back. */
static int clean_queue(struct cleanup *k, struct bt_err *err)
{
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = NULL;
	struct bt_snapshot_gone gone = { 0 };
	struct bt_err why = BT_ERR_INIT;
	uint64_t actions = 0, records = 0;
	int rc = bt_queue_open(k->c->store_dir, BT_QUEUE_READ, 0, BT_QUEUE_BUSY_MS, &q, &why);

	if (rc == BT_ERR_NOT_FOUND)	/* nothing was queued yet: none is made */
		return 0;
	bt_queue_free(&q);
	if (!rc)
		rc = bt_queue_open(k->c->store_dir, BT_QUEUE_WRITE, bt_conf_shared_mode(k->c->conf), BT_QUEUE_BUSY_MS, &q, &why);
	if (rc)
		return *err = why, rc;
	rc = bt_queue_begin(q, err);
	if (!rc)
		rc = forget_old(k, q, &actions, &records, &gone, err);
	if (!rc && k->apply)
		rc = bt_queue_commit(q, err);
	else
		bt_queue_rollback(q);
	if (rc)
		return rc;
	print_cleaned(k, "queue", NULL, actions, 0);
	print_cleaned(k, "audit", NULL, records, 0);
	print_cleaned(k, "snapshots", NULL, gone.snapshots, gone.bytes);
	print_cleaned(k, "patches", NULL, gone.patches, 0);
	return 0;
}

/* batho.cache.maxSizeMB, of which every index run sees to a part. */
static int clean_cache(struct cleanup *c, struct bt_err *err)
{
	struct bt_context *x = c->c;
	struct bt_rev head = { .spec = "HEAD", .optional = true };
	uint64_t max = (uint64_t)bt_conf_get(x->conf, BT_KEY_CACHE_MAX_SIZE_MB)->number << 20, bytes = 0;
	struct bt_err why = BT_ERR_INIT;
	struct bt_budget_done done;
	int rc = bt_store_open(x->store_dir, BT_STORE_READ, 0, &x->store, &why);

	if (!rc)
		rc = bt_store_bytes(x->store, &bytes, &why);
	bt_store_free(&x->store);
	if (rc == BT_ERR_NOT_FOUND || (!rc && (!max || bytes <= max)))
		return 0;
	if (rc)
		return *err = why, rc;
	if (!c->apply) {
		print_cleaned(c, "cache", NULL, 0, bytes - max);
		return 0;
	}
	if (bt_repo_resolve(&x->repo, &head, 1, err) ||
	    bt_store_open(x->store_dir, BT_STORE_WRITE, bt_conf_shared_mode(x->conf), &x->store, err))
		return err->code;
	bt_context_store_place(x);
	rc = bt_budget_keep(&x->repo, x->conf, x->store_dir, head.found, &x->store, &done, err);
	bt_store_free(&x->store);
	if (!rc)
		print_cleaned(c, "cache", NULL, done.frozen_blobs + done.forgotten_blobs,
			      done.before > done.after ? done.before - done.after : 0);
	return rc;
}

int storage_cleanup(struct bt_context *c, const struct bt_storage_opts *o, struct bt_err *err)
{
	struct cleanup k = { .c = c, .apply = o->apply };
	char size[32];

	if (clean_leftovers(&k, err) || clean_queue(&k, err) || clean_cache(&k, err))
		return err->code;
	bt_git_temp_stale(c->store_dir, o->apply, stale_folder, &k);
	bt_out_textf(c->out, BT_COLOR_NOTE, "%s%s", storage_size(k.bytes, size),
		     o->apply ? " were removed" : " would be removed; --apply does it");
	bt_out_nl(c->out);
	return 0;
}

/* --- stats --- */

static void print_file(struct bt_context *c, const char *dir, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", dir, name);
	struct stat st;
	char size[32];

	if (lstat(path, &st) || !S_ISREG(st.st_mode))
		return;
	bt_out_record(c->out, "file");
	bt_out_cstr(c->out, "name", name);
	bt_out_uint(c->out, "bytes", (uint64_t)st.st_size);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NAME, "%-16s", name);
	bt_out_textf(c->out, BT_COLOR_NONE, " %12s", storage_size((uint64_t)st.st_size, size));
	bt_out_nl(c->out);
}

static void print_frozen(struct bt_context *c)
{
	struct bt_err ignored = BT_ERR_INIT;
	const char *path = bt_store_frozen_path(c->store, &ignored);
	const char *slash = path ? strrchr(path, '/') : NULL;
	BT_FREE char *dir = slash ? bt_xstrndup(path, (size_t)(slash - path)) : NULL;

	if (dir)
		print_file(c, dir, slash + 1);
}

static int print_tables(struct bt_context *c, struct bt_err *err)
{
	BT_FREE struct bt_table_bytes *list = NULL;
	struct bt_err why = BT_ERR_INIT;
	char size[32];
	size_t nr = 0;
	int rc = bt_store_table_bytes(c->store, &list, &nr, &why);

	if (rc == BT_ERR_UNSUPPORTED) {
		bt_notice(c, "%s", why.msg);
		return 0;
	}
	if (rc)
		return *err = why, rc;
	for (size_t i = 0; i < nr; i++) {
		bt_out_record(c->out, "table");
		bt_out_cstr(c->out, "name", list[i].name);
		bt_out_uint(c->out, "bytes", list[i].bytes);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NOTE, "  %-30s", list[i].name);
		bt_out_textf(c->out, BT_COLOR_NONE, " %12s", storage_size(list[i].bytes, size));
		bt_out_nl(c->out);
	}
	return 0;
}

static int print_tiers(struct bt_context *c, struct bt_err *err)
{
	BT_CLEANUP(bt_view_release) struct bt_view names = BT_VIEW_INIT;
	BT_FREE struct bt_tier *list = NULL;
	const char *lang;
	char size[32];
	size_t nr = 0;

	bt_view_init_all(&names, c->store);
	if (bt_store_tiers(c->store, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		if (bt_view_lang(&names, list[i].lang, &lang, err))
			return err->code;
		bt_out_record(c->out, "language");
		bt_out_cstr(c->out, "name", lang);
		bt_out_cstr(c->out, "tier", list[i].frozen ? "frozen" : "warm");
		bt_out_uint(c->out, "blobs", list[i].blobs);
		bt_out_uint(c->out, "bytes", list[i].bytes);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NAME, "%-16s", lang);
		bt_out_textf(c->out, BT_COLOR_NONE, " %12s  %" PRIu64 " blobs, %s", storage_size(list[i].bytes, size),
			     list[i].blobs, list[i].frozen ? "frozen" : "warm");
		bt_out_nl(c->out);
	}
	return 0;
}

int storage_stats(struct bt_context *c, struct bt_err *err)
{
	static const char *const of_index[] = { "index.db", "index.db-wal", "index.db-shm" };
	static const char *const of_queue[] = { "queue.db", "queue.db-wal", "queue.db-shm" };
	struct bt_store_waste w;
	char unused[32], holes[32];
	int rc = storage_open_read(c, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < BT_ARRAY_NR(of_index); i++)
		print_file(c, c->store_dir, of_index[i]);
	for (size_t i = 0; i < BT_ARRAY_NR(of_queue); i++)
		print_file(c, c->store_dir, of_queue[i]);
	print_frozen(c);
	if (bt_store_waste(c->store, &w, err) || print_tables(c, err) || print_tiers(c, err))
		return err->code;
	bt_out_record(c->out, "waste");
	bt_out_uint(c->out, "free_bytes", w.free_bytes);
	bt_out_uint(c->out, "hole_bytes", w.hole_bytes);
	bt_out_uint(c->out, "facts_bytes", w.facts_bytes);
	bt_out_uint(c->out, "segments", w.segments);
	bt_out_uint(c->out, "forgotten", w.dead_blobs);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NOTE, "%s unused, %s in holes; %" PRIu64 " segment%s of names",
		     storage_size(w.free_bytes, unused), storage_size(w.hole_bytes, holes), w.segments, w.segments == 1 ? "" : "s");
	bt_out_nl(c->out);
	return 0;
}
