/*
 * git batho cache invalidate, clear and cleanup: facts that are forgotten. Nothing is lost by it but time: what a revision needs is
 * parsed again when it is asked for.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/git/attr.h"
#include "core/index/budget.h"
#include "core/index/forget.h"
#include "core/index/index.h"
#include "core/index/needed.h"
#include "git-batho/cache/cache.h"
#include "store/frozen.h"

/* Which blobs go, from a store that is open. */
typedef int choose_fn(struct bt_context *c, const void *ctx, struct bt_idset *blobs, struct bt_err *err);

static int open_reading(struct bt_context *c, struct bt_err *err)
{
	int rc = bt_context_store(c, err);

	if (rc != BT_ERR_NOT_FOUND)
		return rc;
	bt_err_set(err, BT_ERR_NOT_FOUND, "nothing is indexed yet");
	return bt_err_hint(err, "run `git batho index`");
}

static void tell(struct bt_context *c, const struct bt_forgotten *sum, bool done)
{
	uint64_t index = 0, frozen = 0;
	struct bt_err ignored = BT_ERR_INIT;

	bt_cache_bytes(c, &index, &frozen, &ignored);
	bt_out_record(c->out, "forgotten");
	bt_out_bool(c->out, "applied", done);
	bt_out_uint(c->out, "blobs", sum->blobs);
	bt_out_uint(c->out, "bytes", sum->bytes);
	bt_out_uint(c->out, "folders", sum->trees);
	bt_out_uint(c->out, "index_bytes", index);
	bt_out_uint(c->out, "frozen_file_bytes", frozen);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%" PRIu64 " blobs with %" PRIu64 " bytes of facts, and %" PRIu64 " folders that mention them, %s; "
		     "index.db %" PRIu64 " bytes, frozen %" PRIu64, sum->blobs, sum->bytes, sum->trees,
		     done ? "are forgotten" : "would be forgotten", index, frozen);
	bt_out_nl(c->out);
	if (!sum->blobs)
		return;
	bt_out_textf(c->out, BT_COLOR_NOTE, done ? "`git batho cache defrag --apply` gives the room back"
						 : "--apply does it");
	bt_out_nl(c->out);
}

static int drop(struct bt_context *c, bool apply, choose_fn *choose, const void *ctx, struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset blobs = BT_IDSET_INIT;
	struct bt_forgotten sum = { 0 };

	if (open_reading(c, err))
		return err->code;
	if (apply && bt_cache_open_alone(c, err))
		return err->code;
	if (choose(c, ctx, &blobs, err) ||
	    (apply ? bt_index_forget(c->store, &blobs, &sum, err) : bt_index_forget_measure(c->store, &blobs, &sum, err)))
		return err->code;
	if (apply && sum.blobs && bt_store_facts_sweep(c->store, err))
		return err->code;
	tell(c, &sum, apply);
	return 0;
}

/* --- invalidate --- */

struct patterns {
	struct bt_pattern *list;
	size_t nr;
	bool ignore_case;
};

static void patterns_release(struct patterns *p)
{
	while (p->nr)
		bt_pattern_release(&p->list[--p->nr]);
	free(p->list);
}

static int choose_paths(struct bt_context *c, const void *ctx, struct bt_idset *blobs, struct bt_err *err)
{
	BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;
	const struct patterns *p = ctx;
	struct bt_manifest_walk walk;
	struct bt_manifest_file f;
	struct bt_index_root root;
	uint64_t selection;
	int rc;

	if (bt_selection_root(&c->repo, c->conf, &selection, err))
		return err->code;
	rc = bt_index_root_find(c->store, &c->rev.tree, selection, &root, err);
	if (rc != BT_ROW)
		return rc;	/* HEAD is not indexed: nothing is there to be forgotten */
	if (bt_index_manifest(c->store, root.row, false, &m, err))
		return err->code;
	bt_manifest_walk_init(&walk, &m);
	while ((rc = bt_manifest_walk_next(&walk, &f, err)) == BT_ROW)
		for (size_t i = 0; i < p->nr; i++)
			if (bt_pattern_match(&p->list[i], walk.path, p->ignore_case))
				bt_idset_add(blobs, f.blob);
	return rc;
}

int bt_cache_invalidate(struct bt_context *c, const struct bt_cache_opts *o, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(patterns_release) struct patterns p = { .nr = 0 };

	if (args->nr < 2)
		return bt_err_set(err, BT_ERR_USAGE, "'cache invalidate' wants a pattern of paths");
	if (!c->rev.found)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no commit yet: HEAD has no paths");
	p.list = bt_xcalloc(args->nr, sizeof(*p.list));
	for (size_t i = 1; i < args->nr; i++) {
		if (bt_pattern_parse(args->items[i], &p.list[p.nr], err))
			return err->code;
		p.nr++;
	}
	return drop(c, o->apply, choose_paths, &p, err);
}

/* --- clear --- */

static int choose_language(struct bt_context *c, const void *ctx, struct bt_idset *blobs, struct bt_err *err)
{
	struct bt_store_language l;
	uint32_t cursor = 0;
	bool known = false;
	int rc;

	while ((rc = bt_store_language_next(c->store, &cursor, &l, err)) == BT_ROW) {
		if (strcmp(l.name, ctx))
			continue;
		known = true;
		if (bt_store_blobs_of(c->store, l.id, blobs, err))
			return err->code;
	}
	if (rc || known)
		return rc;
	bt_err_set(err, BT_ERR_NOT_FOUND, "nothing is indexed in language '%s'", (const char *)ctx);
	return bt_err_hint(err, "`git batho cache stats` lists the languages");
}

static int choose_all(struct bt_context *c, const void *ctx, struct bt_idset *blobs, struct bt_err *err)
{
	(void)ctx;
	return bt_store_blob_ids(c->store, blobs, err);
}

static int choose_frozen(struct bt_context *c, const void *ctx, struct bt_idset *blobs, struct bt_err *err)
{
	BT_FREE uint32_t *list = NULL;
	size_t nr = 0;

	(void)ctx;
	if (bt_store_frozen_blobs(c->store, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		bt_idset_add(blobs, list[i]);
	return 0;
}

int bt_cache_clear(struct bt_context *c, const struct bt_cache_opts *o, struct bt_err *err)
{
	struct bt_frozen_space before, after;
	int rc;

	if ((o->language != NULL) + o->frozen + o->all != 1)
		return bt_err_set(err, BT_ERR_USAGE, "'cache clear' wants one of --language, --frozen and --all");
	if (o->language)
		return drop(c, o->apply, choose_language, o->language, err);
	rc = drop(c, o->apply, o->all ? choose_all : choose_frozen, NULL, err);
	/* Nothing speaks of it any more, be its disk there or not. */
	if (!rc && o->apply)
		rc = bt_store_frozen_rewrite(c->store, bt_conf_shared_mode(c->conf), &before, &after, err);
	return rc;
}

/* --- cleanup --- */

/* Everything that is not needed by commits since then (0: by any). */
static int choose_needless(struct bt_context *c, const void *ctx, struct bt_idset *blobs, struct bt_err *err)
{
	BT_NEEDED_OWNED struct bt_needed n = BT_NEEDED_INIT;
	const int64_t *since = ctx;

	if (bt_needed_reachable(&c->repo, c->store, c->rev.found, *since, &n, err) ||
	    bt_needed_by_snapshots(c->store_dir, c->store, &n, err) || bt_store_blob_ids(c->store, blobs, err))
		return err->code;
	for (uint32_t id = 0; bt_idset_next(&n.blobs, &id); id++)
		bt_idset_remove(blobs, id);
	return 0;
}

static int parse_age(const char *text, int64_t *ret_since, struct bt_err *err)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 }, { 'y', 366 * 86400 } };
	char *end;
	long n = strtol(text, &end, 10);
	int64_t now = (int64_t)time(NULL);

	for (size_t i = 0; i < BT_ARRAY_NR(units); i++)
		if (end > text && *text >= '0' && *text <= '9' && n > 0 && n <= 36500 && *end == units[i].unit && !end[1]) {
			*ret_since = now - n * units[i].seconds;
			return 0;
		}
	bt_err_set(err, BT_ERR_USAGE, "'%s' is no age", text);
	return bt_err_hint(err, "a number and h, d, w or y: --older-than=7d");
}

int bt_cache_cleanup(struct bt_context *c, const struct bt_cache_opts *o, struct bt_err *err)
{
	int64_t since = 0;

	if ((o->older_than != NULL) + o->unreachable != 1)
		return bt_err_set(err, BT_ERR_USAGE, "'cache cleanup' wants one of --older-than and --unreachable");
	if (o->older_than && parse_age(o->older_than, &since, err))
		return err->code;
	if (since < 1 && o->older_than)
		since = 1;
	return drop(c, o->apply, choose_needless, &since, err);
}
