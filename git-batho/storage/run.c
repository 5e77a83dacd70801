/*
 * git batho storage verify, and what is done about what it finds.
 */
#include "git-batho/storage/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/index/index.h"
#include "core/storage/repair.h"
#include "core/storage/sample.h"
#include "git-batho/indexer.h"
#include "store/queue.h"

/* --- shared --- */

void storage_progress_show(void *progress, const char *what, uint64_t done, uint64_t total)
{
	struct storage_progress *p = progress;

	if (!p->what || strcmp(p->what, what)) {
		storage_progress_stop(p);
		p->what = what;
		bt_progress_start(&p->p, what, total, bt_progress_wanted(p->c->common.progress, p->c->common.quiet));
	}
	p->p.total = total;
	bt_progress_set(&p->p, done);
}

void storage_progress_stop(struct storage_progress *p)
{
	bt_progress_stop(&p->p);
	p->what = NULL;
}

int storage_open_alone(struct bt_context *c, struct bt_err *err)
{
	bt_store_free(&c->store);
	if (bt_store_open_alone(c->store_dir, bt_conf_shared_mode(c->conf), 5000, &c->store, err))
		return err->code;
	bt_context_store_place(c);
	return 0;
}

int storage_open_read(struct bt_context *c, struct bt_err *err)
{
	int rc = bt_store_open(c->store_dir, BT_STORE_READ, 0, &c->store, err);

	if (rc == BT_ERR_NOT_FOUND)
		return bt_err_hint(err, "`git batho index` makes one");
	if (!rc)
		bt_context_store_place(c);
	return rc;
}

const char *storage_size(uint64_t bytes, char buf[32])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 1024 && unit + 1 < BT_ARRAY_NR(units)) {
		size /= 1024;
		unit++;
	}
	snprintf(buf, 32, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
	return buf;
}

/* --- verify --- */

struct verify_run {
	struct bt_context *c;
	uint64_t sample;
	struct bt_odb *odb;
	struct bt_pool *pool;
	struct bt_verify_report report;
	struct storage_progress progress;
	bool unreadable;	/* the file cannot even be opened */
	bool queue;		/* there is one, and it was looked at */
	struct bt_repaired repaired;
	bool rebuilt;
	struct bt_index_stats again;
};

static void verify_run_release(struct verify_run *v)
{
	storage_progress_stop(&v->progress);
	bt_odb_free(&v->odb);
	bt_pool_free(&v->pool);
	bt_verify_report_release(&v->report);
	free(v->repaired.roots);
}

/* BT_ROW: there is an index that can be looked at. */
static int open_to_verify(struct verify_run *v, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = storage_open_read(v->c, &why);

	if (rc == BT_ERR_NOT_FOUND)
		return BT_DONE;
	if (rc == BT_ERR_CORRUPT) {
		bt_verify_found(&v->report, BT_PROBLEM_FILE, "%s", why.msg);
		v->unreadable = true;
		return BT_DONE;
	}
	return rc ? (*err = why, rc) : BT_ROW;
}

static void head_differs(void *ctx, uint32_t row, const char *dir, const char *what)
{
	struct verify_run *v = ctx;

	bt_verify_found(&v->report, BT_PROBLEM_TREE, "tree %u ('%s' of HEAD): %s", row, *dir ? dir : "/", what);
	bt_idset_add(&v->report.bad_trees, row);
}

/* What HEAD is said to hold is what is selected from it; one that is not indexed is no problem. */
static int verify_head(struct verify_run *v, struct bt_err *err)
{
	struct bt_rev rev = { .spec = "HEAD", .optional = true };
	struct bt_err why = BT_ERR_INIT;
	struct bt_index_root root;
	uint64_t selection;
	int rc;

	if (bt_repo_resolve(&v->c->repo, &rev, 1, err))
		return err->code;
	if (!rev.found)
		return 0;
	rc = bt_selection_root(&v->c->repo, v->c->conf, &selection, &why);
	if (!rc)
		rc = bt_index_root_find(v->c->store, &rev.tree, selection, &root, &why);
	if (rc == BT_ROW && !root.killed)
		rc = bt_indexer_compare(v->c, v->odb, &rev, head_differs, v, &why);
	if (rc >= 0 || rc == BT_ERR_NOT_FOUND || rc == BT_ERR_CORRUPT)
		return 0;	/* damage has been told before, and here nothing can be compared */
	return *err = why, rc;
}

static int verify_index(struct verify_run *v, bool sample, struct bt_err *err)
{
	struct bt_verify_store_opts o = {
		.store = v->c->store, .odb = v->odb, .oid_len = v->c->repo.oid_len,
		.progress = storage_progress_show, .progress_ctx = &v->progress,
	};
	struct bt_sample_opts s = {
		.store = v->c->store, .odb = v->odb, .pool = v->pool, .nr = v->sample, .seed = bt_clock_ms(),
		.max_blob_size = bt_conf_get(v->c->conf, BT_KEY_INDEX_MAX_BLOB_SIZE)->number,
		.progress = storage_progress_show, .progress_ctx = &v->progress,
	};

	if (bt_verify_store(&o, &v->report, err) || verify_head(v, err))
		return err->code;
	return sample && v->pool ? bt_verify_sample(&s, &v->report, err) : 0;
}

static int verify_queue(struct verify_run *v, struct bt_err *err)
{
	struct bt_queue *q = NULL;
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_queue_open(v->c->store_dir, BT_QUEUE_READ, 0, BT_QUEUE_BUSY_MS, &q, &why);

	if (rc == BT_ERR_NOT_FOUND)
		return 0;
	v->queue = true;
	if (!rc)
		rc = bt_queue_verify(q, &why);
	bt_queue_free(&q);
	if (rc == BT_ERR_CORRUPT) {
		bt_verify_found(&v->report, BT_PROBLEM_QUEUE, "%s", why.msg);
		return 0;
	}
	return rc ? (*err = why, rc) : 0;
}

static void print_problems(struct verify_run *v)
{
	struct bt_out *out = v->c->out;
	const struct bt_verify_report *r = &v->report;

	for (size_t i = 0; i < r->problems_kept; i++) {
		bt_out_record(out, "problem");
		bt_out_cstr(out, "kind", bt_problem_kind_name(r->problems[i].kind));
		bt_out_cstr(out, "text", r->problems[i].text);
		bt_out_record_end(out);
		bt_out_textf(out, BT_COLOR_BAD, "%s", bt_problem_kind_name(r->problems[i].kind));
		bt_out_textf(out, BT_COLOR_NONE, ": %s", r->problems[i].text);
		bt_out_nl(out);
	}
	if (r->problems_nr <= r->problems_kept)
		return;
	bt_out_textf(out, BT_COLOR_NOTE, "and %" PRIu64 " more", r->problems_nr - r->problems_kept);
	bt_out_nl(out);
}

static void print_sums(struct verify_run *v, bool ok)
{
	struct bt_out *out = v->c->out;
	const struct bt_verify_report *r = &v->report;

	bt_out_record(out, "verified");
	bt_out_bool(out, "ok", ok);
	bt_out_uint(out, "problems", r->problems_nr);
	bt_out_uint(out, "blobs", r->blobs);
	bt_out_uint(out, "records", r->records);
	bt_out_uint(out, "names", r->names);
	bt_out_uint(out, "trees", r->trees);
	bt_out_uint(out, "trees_gone", r->trees_gone);
	bt_out_uint(out, "trees_affected", r->trees_affected);
	bt_out_uint(out, "manifests", r->manifests);
	bt_out_uint(out, "forgotten", r->dead_blobs);
	bt_out_uint(out, "frozen_away", r->frozen_away);
	bt_out_uint(out, "sampled", r->sampled);
	bt_out_uint(out, "samples_gone", r->samples_gone);
	bt_out_bool(out, "queue", v->queue);
	bt_out_record_end(out);
	if (r->problems_nr) {
		bt_out_textf(out, BT_COLOR_BAD, "%" PRIu64 " problem%s", r->problems_nr, r->problems_nr == 1 ? "" : "s");
		if (r->trees_affected)
			bt_out_textf(out, BT_COLOR_BAD, ", which %" PRIu64 " folder%s", r->trees_affected,
				     r->trees_affected == 1 ? " holds" : "s hold");
		bt_out_nl(out);
	}
	bt_out_textf(out, BT_COLOR_NOTE, "%" PRIu64 " blobs, %" PRIu64 " records, %" PRIu64 " names, %" PRIu64
		     " folders, %" PRIu64 " manifest%s; %" PRIu64 " parsed afresh%s",
		     r->blobs, r->records, r->names, r->trees, r->manifests, r->manifests == 1 ? "" : "s", r->sampled,
		     v->queue ? "; the queue" : "");
	bt_out_nl(out);
	if (r->frozen_away) {
		bt_out_textf(out, BT_COLOR_NOTE, "%" PRIu64 " records are frozen in a file that is not here", r->frozen_away);
		bt_out_nl(out);
	}
	if (r->trees_gone || r->samples_gone) {
		bt_out_textf(out, BT_COLOR_NOTE, "git no longer has %" PRIu64 " of the folders and %" PRIu64
			     " of the blobs that were looked for", r->trees_gone, r->samples_gone);
		bt_out_nl(out);
	}
}

/* --- repair --- */

static void repair_progress(void *ctx, uint64_t done, uint64_t total)
{
	storage_progress_show(ctx, "Writing the index", done, total);
}

/* Takes out what is wrong; where that cannot be, everything. */
static int take_out(struct verify_run *v, uint64_t selection, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = v->unreadable ? BT_ERR_CORRUPT : storage_open_alone(v->c, &why);

	if (!rc)
		rc = bt_repair_store(v->c->store, &v->report, selection, repair_progress, &v->progress, &v->repaired, &why);
	if (rc != BT_ERR_CORRUPT)
		return rc ? (*err = why, rc) : 0;
	v->rebuilt = true;
	bt_store_free(&v->c->store);
	return bt_store_rebuild(v->c->store_dir, bt_conf_shared_mode(v->c->conf), &v->c->store, err);
}

/* The languages of lost blobs, by their ids in the old file, which are those of the new one. */
static const struct bt_lang *lang_of(struct bt_store *s, uint32_t id)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_store_language l;
	uint32_t cursor = id - 1;

	if (!id || bt_store_language_next(s, &cursor, &l, &ignored) != BT_ROW || l.id != id)
		return NULL;
	return bt_lang_find(l.name);
}

static int index_again(struct verify_run *v, struct bt_err *err)
{
	const struct bt_verify_report *r = &v->report;
	BT_FREE struct bt_index_blob *blobs = bt_xcalloc(r->lost_nr + 1, sizeof(*blobs));
	BT_FREE struct bt_oid *trees = bt_xcalloc(v->repaired.roots_nr + 1, sizeof(*trees));
	struct bt_rev rev = { .spec = "HEAD", .optional = true };
	struct bt_indexer_again what = { .blobs = blobs, .trees = trees };
	struct bt_pool *pool = v->pool;

	for (size_t i = 0; i < r->lost_nr && !v->rebuilt; i++) {
		const struct bt_lang *lang = lang_of(v->c->store, r->lost[i].lang);

		if (lang)
			blobs[what.blobs_nr++] = (struct bt_index_blob){ .oid = r->lost[i].oid, .lang = lang };
	}
	if (bt_repo_resolve(&v->c->repo, &rev, 1, err))
		return err->code;
	if (rev.found)
		trees[what.trees_nr++] = rev.tree;
	for (size_t i = 0; i < v->repaired.roots_nr; i++)
		trees[what.trees_nr++] = v->repaired.roots[i];
	storage_progress_stop(&v->progress);
	v->pool = NULL;
	return bt_indexer_again(v->c, pool, &what, &v->again, err);
}

static void print_repaired(struct verify_run *v)
{
	struct bt_out *out = v->c->out;
	const struct bt_repaired *d = &v->repaired;
	uint64_t gone = v->report.bad_blobs.nr > d->file.blobs_lost ? v->report.bad_blobs.nr : d->file.blobs_lost;

	bt_out_record(out, "repaired");
	bt_out_bool(out, "rebuilt", v->rebuilt);
	bt_out_uint(out, "blobs_dropped", gone);
	bt_out_uint(out, "trees_dropped", d->trees);
	bt_out_bool(out, "names", d->names);
	bt_out_uint(out, "parsed", v->again.blobs_parsed);
	bt_out_uint(out, "folders", v->again.trees_walked);
	bt_out_record_end(out);
	if (v->rebuilt)
		bt_out_textf(out, BT_COLOR_WARN, "the index was made anew: nothing else would have helped");
	else
		bt_out_textf(out, BT_COLOR_WARN, "dropped %" PRIu64 " blob%s and %" PRIu64 " folder%s; all names were made again",
			     gone, gone == 1 ? "" : "s", d->trees, d->trees == 1 ? "" : "s");
	bt_out_nl(out);
	bt_out_textf(out, BT_COLOR_NOTE, "%" PRIu64 " blobs were parsed again, %" PRIu64 " folders walked",
		     v->again.blobs_parsed, v->again.trees_walked);
	bt_out_nl(out);
}

/* Is everything well now? */
static int look_again(struct verify_run *v, bool *ret_ok, struct bt_err *err)
{
	uint64_t queue = v->report.by_kind[BT_PROBLEM_QUEUE];

	bt_verify_report_release(&v->report);
	if (storage_open_read(v->c, err) || verify_index(v, false, err))
		return err->code;
	storage_progress_stop(&v->progress);
	print_problems(v);
	*ret_ok = !v->report.problems_nr && !queue;
	return 0;
}

static int repair(struct verify_run *v, bool *ret_ok, struct bt_err *err)
{
	uint64_t selection;

	bt_store_free(&v->c->store);
	if (bt_selection_root(&v->c->repo, v->c->conf, &selection, err))
		return err->code;
	if (!v->pool && bt_indexer_pool(v->c, &v->pool, err))
		return err->code;
	if (take_out(v, selection, err) || index_again(v, err))
		return err->code;
	storage_progress_stop(&v->progress);
	print_repaired(v);
	return look_again(v, ret_ok, err);
}

static int verify(struct bt_context *c, const struct bt_storage_opts *o, uint64_t sample, struct bt_err *err)
{
	BT_CLEANUP(verify_run_release) struct verify_run v = { .c = c, .sample = sample, .progress = { .c = c } };
	bool ok;
	int rc = 0;

	/* workers first: they are forked while this process is small and has no database open */
	if (sample)
		rc = bt_indexer_pool(c, &v.pool, err);
	if (!rc)
		rc = bt_indexer_odb(c, &v.odb, err);
	if (!rc)
		rc = open_to_verify(&v, err);
	if (rc == BT_ROW)
		rc = verify_index(&v, true, err);
	if (!rc)
		rc = verify_queue(&v, err);
	storage_progress_stop(&v.progress);
	if (rc)
		return rc;
	ok = !v.report.problems_nr;
	print_problems(&v);
	if (!ok && o->repair && v.report.problems_nr > v.report.by_kind[BT_PROBLEM_QUEUE])
		rc = repair(&v, &ok, err);
	if (rc)
		return rc;
	print_sums(&v, ok);
	if (v.report.by_kind[BT_PROBLEM_QUEUE])
		bt_notice(c, "the queue is not repaired here: `git batho restore` takes a backup");
	else if (!ok && !o->repair)
		bt_notice(c, "`git batho storage verify --repair` takes it out and indexes it again");
	return !ok;
}

/* --- which one --- */

static int run_storage(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct bt_storage_opts *o = opts;
	enum bt_storage_verb verb;
	uint64_t sample;

	if (bt_storage_check(o, args, &verb, &sample, err))
		return err->code;
	switch (verb) {
	case BT_STORAGE_VERIFY:
		return verify(c, o, sample, err);
	case BT_STORAGE_CLEANUP:
		return storage_cleanup(c, o, err);
	case BT_STORAGE_COMPACT:
		return storage_compact(c, o, err);
	case BT_STORAGE_REBUILD_INDEXES:
		return storage_rebuild_indexes(c, err);
	case BT_STORAGE_BACKFILL:
		return bt_indexer_backfill(c, args->items + 1, args->nr - 1, err);
	case BT_STORAGE_STATS:
		break;
	}
	return storage_stats(c, err);
}

const struct bt_command bt_indexer_storage = {
	.name = "storage",
	.summary = "verify and repair the index, give its room back, fill it with history",
	.usage = bt_storage_usage,
	.options = bt_storage_options,
	.options_size = sizeof(struct bt_storage_opts),
	.flags = BT_NEEDS_REPO,
	.run = run_storage,
};
