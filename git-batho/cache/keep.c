/*
 * git batho cache freeze, prewarm and defrag: facts that move.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/progress.h"
#include "core/index/index.h"
#include "core/index/needed.h"
#include "git-batho/cache/cache.h"
#include "git-batho/spawn.h"
#include "store/frozen.h"
#include "store/rewrite.h"

/* --- freeze --- */

static bool is_needed(void *ctx, uint32_t blob)
{
	const struct bt_needed *n = ctx;

	return bt_idset_has(&n->blobs, blob);
}

static void show_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct bt_progress *p = ctx;

	p->total = total;
	bt_progress_set(p, done);
}

static void tell_frozen(struct bt_context *c, const struct bt_freeze_sum *sum)
{
	bt_out_record(c->out, "frozen");
	bt_out_uint(c->out, "blobs", sum->blobs);
	bt_out_uint(c->out, "bytes_before", sum->warm_bytes);
	bt_out_uint(c->out, "bytes", sum->frozen_bytes);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%" PRIu64 " blobs frozen: %" PRIu64 " bytes of facts take %" PRIu64 " now", sum->blobs,
		     sum->warm_bytes, sum->frozen_bytes);
	bt_out_nl(c->out);
}

int bt_cache_freeze(struct bt_context *c, struct bt_err *err)
{
	BT_NEEDED_OWNED struct bt_needed warm = BT_NEEDED_INIT;
	struct bt_progress progress = { 0 };
	struct bt_freeze_opts o = {
		.warm = is_needed, .ctx = &warm, .shared_mode = bt_conf_shared_mode(c->conf),
		.progress = show_progress, .progress_ctx = &progress,
	};
	struct bt_freeze_sum sum = { 0 };
	int rc;

	if (bt_cache_open(c, err) || bt_needed_warm(&c->repo, c->store, c->rev.found, &warm, err))
		return err->code;
	bt_progress_start(&progress, "Freezing facts", 0, bt_progress_wanted(c->common.progress, c->common.quiet));
	rc = bt_store_freeze(c->store, &o, &sum, err);
	bt_progress_stop(&progress);
	if (!rc || sum.blobs)
		tell_frozen(c, &sum);
	return rc;
}

/* --- prewarm --- */

/* Blobs of files at HEAD that are one of the paths, or lie in one of them. */
static int paths_blobs(struct bt_context *c, const char *const *paths, size_t nr, struct bt_idset *blobs, struct bt_err *err)
{
	BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;
	struct bt_manifest_walk walk;
	struct bt_manifest_file f;
	struct bt_index_root root;
	uint64_t selection;
	int rc;

	if (bt_selection_root(&c->repo, c->conf, &selection, err))
		return err->code;
	rc = bt_index_root_find(c->store, &c->rev.tree, selection, &root, err);
	if (rc != BT_ROW)
		return rc;
	if (bt_index_manifest(c->store, root.row, true, &m, err))
		return err->code;
	bt_manifest_walk_init(&walk, &m);
	while ((rc = bt_manifest_walk_next(&walk, &f, err)) == BT_ROW)
		for (size_t i = 0; i < nr; i++) {
			size_t len = strlen(paths[i]);

			while (len && paths[i][len - 1] == '/')
				len--;
			if (!strncmp(walk.path, paths[i], len) && (!len || !walk.path[len] || walk.path[len] == '/'))
				bt_idset_add(blobs, f.blob);
		}
	return rc;
}

static int thaw_set(struct bt_context *c, const struct bt_idset *blobs, uint64_t *ret_nr, struct bt_err *err)
{
	BT_FREE uint32_t *list = bt_xmalloc((blobs->nr + 1) * sizeof(*list));
	size_t nr = 0;

	for (uint32_t id = 0; bt_idset_next(blobs, &id); id++)
		list[nr++] = id;
	return bt_store_thaw(c->store, list, nr, ret_nr, err);
}

/* The indexer makes what is not there, and the list of files. */
static int run_indexer(struct bt_context *c, const char *const *revs, size_t nr, struct bt_err *err)
{
	BT_FREE const char **args = bt_xcalloc(nr + 4, sizeof(*args));
	size_t at = 0;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	args[at++] = "index";
	args[at++] = c->common.quiet ? "--quiet" : "--no-progress";
	for (size_t i = 0; i < nr; i++)
		args[at++] = revs[i];
	bt_store_free(&c->store);
	return bt_indexer_run(c, args, &out, err) < 0 ? err->code : 0;
}

static void tell_warm(struct bt_context *c, uint64_t blobs, uint64_t thawed)
{
	bt_out_record(c->out, "warm");
	bt_out_uint(c->out, "blobs", blobs);
	bt_out_uint(c->out, "thawed", thawed);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%" PRIu64 " blobs are warm, %" PRIu64 " of them were frozen", blobs, thawed);
	bt_out_nl(c->out);
}

/* What is to be made warm: revisions, ranges of them, paths at HEAD. */
struct wanted {
	const char **revs, **ranges, **paths;
	size_t revs_nr, ranges_nr, paths_nr;
	struct bt_arena arena;
};

static void wanted_release(struct wanted *w)
{
	free(w->revs);
	free(w->ranges);
	free(w->paths);
	bt_arena_release(&w->arena);
}

static int want_path(struct bt_context *c, struct wanted *w, const char *arg, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	if (bt_tree_path(c, arg, &path, err))
		return err->code;
	w->paths[w->paths_nr++] = bt_arena_strndup(&w->arena, bt_buf_cstr(&path), path.len);
	return 0;
}

/* A word is a revision, else a path. */
static int want_word(struct bt_context *c, struct wanted *w, const char *arg, struct bt_err *err)
{
	struct bt_rev rev = { .spec = arg };
	struct bt_err why = BT_ERR_INIT;

	if (strstr(arg, "..")) {
		w->ranges[w->ranges_nr++] = arg;
		return 0;
	}
	if (!bt_repo_resolve(&c->repo, &rev, 1, &why) && rev.found) {
		w->revs[w->revs_nr++] = arg;
		return 0;
	}
	return want_path(c, w, arg, err);
}

static int want_all(struct bt_context *c, struct wanted *w, const struct bt_args *args, struct bt_err *err)
{
	w->revs = bt_xcalloc(args->nr + 2, sizeof(*w->revs));
	w->ranges = bt_xcalloc(args->nr + 2, sizeof(*w->ranges));
	w->paths = bt_xcalloc(args->nr + 2, sizeof(*w->paths));
	w->revs[w->revs_nr++] = "--no-walk";
	for (size_t i = 1; i < args->nr; i++)
		if (args->had_dashes && i >= args->dashes ? want_path(c, w, args->items[i], err)
							  : want_word(c, w, args->items[i], err))
			return err->code;
	if ((args->nr < 2 || w->paths_nr) && !c->rev.found)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no commit yet: nothing to make warm");
	if (args->nr < 2)
		w->revs[w->revs_nr++] = "HEAD";
	return 0;
}

static int want_indexed(struct bt_context *c, const struct wanted *w, struct bt_err *err)
{
	static const char *const head[] = { "HEAD" };

	if (w->paths_nr && run_indexer(c, head, 1, err))
		return err->code;
	if (w->revs_nr > 1 && run_indexer(c, w->revs + 1, w->revs_nr - 1, err))
		return err->code;
	return w->ranges_nr ? run_indexer(c, w->ranges, w->ranges_nr, err) : 0;
}

int bt_cache_prewarm(struct bt_context *c, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(wanted_release) struct wanted w = { .revs_nr = 0 };
	BT_NEEDED_OWNED struct bt_needed n = BT_NEEDED_INIT;
	uint64_t thawed = 0;

	if (want_all(c, &w, args, err) || want_indexed(c, &w, err) || bt_cache_open(c, err))
		return err->code;
	if (w.revs_nr > 1 && bt_needed_by_revisions(&c->repo, c->store, w.revs, w.revs_nr, &n, err))
		return err->code;
	if (w.ranges_nr && bt_needed_by_revisions(&c->repo, c->store, w.ranges, w.ranges_nr, &n, err))
		return err->code;
	if (w.paths_nr && paths_blobs(c, w.paths, w.paths_nr, &n.blobs, err))
		return err->code;
	if (thaw_set(c, &n.blobs, &thawed, err))
		return err->code;
	tell_warm(c, n.blobs.nr, thawed);
	return !n.blobs.nr;
}

/* --- defrag --- */

static void tell_sizes(struct bt_context *c, const uint64_t before[2], const uint64_t after[2], bool done)
{
	bt_out_record(c->out, "defrag");
	bt_out_bool(c->out, "applied", done);
	bt_out_uint(c->out, "index_bytes_before", before[0]);
	bt_out_uint(c->out, "index_bytes", after[0]);
	bt_out_uint(c->out, "frozen_file_bytes_before", before[1]);
	bt_out_uint(c->out, "frozen_file_bytes", after[1]);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "index.db %" PRIu64 " bytes%s %" PRIu64 "; frozen %" PRIu64 " bytes%s %" PRIu64, before[0],
		     done ? ", now" : ", afterwards about", after[0], before[1], done ? ", now" : ", afterwards about", after[1]);
	bt_out_nl(c->out);
	if (!done)
		bt_out_textf(c->out, BT_COLOR_NOTE, "--apply does it");
	if (!done)
		bt_out_nl(c->out);
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static int defrag_measure(struct bt_context *c, struct bt_err *err)
{
	struct bt_frozen_space space;
	struct bt_store_waste waste;
	uint64_t before[2] = { 0 }, after[2], dead = 0;

	if (bt_cache_open(c, err) || bt_cache_bytes(c, &before[0], &before[1], err) ||
	    bt_store_frozen_space(c->store, &space, err) || bt_store_waste(c->store, &waste, err))
		return err->code;
	if (space.raw)
		dead = (uint64_t)((double)space.stored * (1 - (double)space.alive_raw / (double)space.raw));
	after[0] = less(before[0], waste.free_bytes + waste.hole_bytes);
	after[1] = less(before[1], dead);
	tell_sizes(c, before, after, false);
	return 0;
}

int bt_cache_defrag(struct bt_context *c, const struct bt_cache_opts *o, struct bt_err *err)
{
	struct bt_progress progress = { 0 };
	struct bt_rewrite_opts how = { .progress = show_progress, .ctx = &progress };
	struct bt_frozen_space was, is;
	struct bt_rewritten done;
	uint64_t before[2] = { 0 }, after[2] = { 0 };
	int rc;

	if (!o->apply)
		return defrag_measure(c, err);
	if (bt_cache_open(c, err) || bt_cache_open_alone(c, err) || bt_cache_bytes(c, &before[0], &before[1], err) ||
	    bt_store_frozen_rewrite(c->store, bt_conf_shared_mode(c->conf), &was, &is, err))
		return err->code;
	bt_progress_start(&progress, "Writing the index", 0, bt_progress_wanted(c->common.progress, c->common.quiet));
	rc = bt_store_rewrite(c->store, &how, &done, err);
	bt_progress_stop(&progress);
	if (rc || bt_cache_bytes(c, &after[0], &after[1], err))
		return err->code;
	tell_sizes(c, before, after, true);
	return 0;
}
