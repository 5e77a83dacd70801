/*
 * git batho index, the work: back-end, workers, plan, run, report.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/progress.h"
#include "core/base/signal.h"
#include "core/git/reflist.h"
#include "core/index/budget.h"
#include "core/index/compare.h"
#include "core/index/index.h"
#include "core/lang/extract.h"
#include "git-batho/context.h"
#include "git-batho/grammars/notice.h"
#include "git-batho/index_opts.h"
#include "git-batho/index_report.h"
#include "git-batho/indexer.h"
#include "git-batho/indexer_tracked.h"
#include "git-batho/metrics.h"
#include "git-batho/snapshot/record.h"
#include "store/frozen.h"

/* Roots are planned until so many blobs wait, then parsed together. */
#define PENDING_MAX 4096

struct work {
	struct bt_context *c;
	const struct bt_index_cmd_opts *o;
	struct bt_selection selection;
	struct bt_pool *pool;
	struct bt_odb *odb;
	struct bt_index *ix;
	struct bt_progress progress;
	uint64_t root_selection;
	struct bt_oid config;		/* the tracked configuration in force; len 0: none */
	bool config_known;
};

static void work_release(struct work *w)
{
	bt_progress_stop(&w->progress);
	bt_pool_dismiss(w->pool);
	bt_index_free(&w->ix);
	bt_odb_free(&w->odb);
	bt_store_free(&w->c->store);	/* writes its last pages meanwhile */
	bt_pool_free(&w->pool);
	bt_selection_release(&w->selection);
}

static void show_progress(void *ctx, uint64_t done, uint64_t planned)
{
	struct bt_progress *p = ctx;

	p->total = planned;
	bt_progress_set(p, done);
}

static unsigned jobs_of(const struct bt_conf *conf)
{
	int64_t jobs = bt_conf_get(conf, BT_KEY_INDEX_JOBS)->number;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (jobs)
		return (unsigned)jobs;
	return cores < 1 ? 1 : cores > BT_JOBS_MAX ? BT_JOBS_MAX : (unsigned)cores;
}

/* Workers first: they are forked while this process is small and has no database open. */
static int open_pool(struct work *w, struct bt_err *err)
{
	struct bt_pool_opts o;

	bt_pool_opts_default(&o, jobs_of(w->c->conf));
	o.cpu_s = (unsigned)bt_conf_get(w->c->conf, BT_KEY_INDEX_CPU_LIMIT)->number;
	o.wall_ms = (unsigned)bt_conf_get(w->c->conf, BT_KEY_INDEX_TIMEOUT)->number * 1000;
	return bt_pool_open(&o, &w->pool, err);
}

/*
 * The git program reads every repository there is, and no slower than libgit2 does. It also takes
 * over where libgit2 was asked for and cannot.
 */
static int open_odb(struct work *w, struct bt_err *err)
{
	bool libgit2 = !strcmp(bt_conf_get(w->c->conf, BT_KEY_INDEX_BACKEND)->text, "libgit2");
	const char *why = libgit2 ? bt_repo_needs_git_program(&w->c->repo) : NULL;
	struct bt_err failed = BT_ERR_INIT;

	if (libgit2 && !why) {
		if (!bt_odb_open(&w->c->repo, &bt_odb_libgit2, &w->odb, &failed))
			return 0;
		why = failed.msg;
	}
	if (why)
		bt_notice(w->c, "git reads the objects, libgit2 cannot: %s", why);
	return bt_odb_open(&w->c->repo, &bt_odb_git_program, &w->odb, err);
}

static int open_store(struct work *w, struct bt_err *err)
{
	struct bt_context *c = w->c;
	unsigned shared = bt_conf_shared_mode(c->conf);

	bt_store_free(&c->store);
	if (w->o->rebuild ? bt_store_rebuild(c->store_dir, shared, &c->store, err)
			  : bt_store_open(c->store_dir, BT_STORE_WRITE, shared, &c->store, err))
		return err->code;
	bt_context_store_place(c);
	return 0;
}

/* From here on files are chosen as the tracked configuration of `rev` says. */
static int use_config(struct work *w, const struct bt_oid *config, const char *rev, struct bt_err *err)
{
	if (w->config_known && bt_oid_equal(&w->config, config))
		return 0;
	w->config_known = false;
	if (bt_tracked_set(w->odb, config, rev, w->c->conf, err))
		return err->code;
	w->config_known = true;
	w->config = *config;
	if (!w->ix)
		return 0;
	bt_selection_release(&w->selection);
	return bt_selection_init(&w->selection, &w->c->repo, w->c->conf, err);
}

static int use_config_of_listing(void *ctx, const struct bt_oid *config, struct bt_err *err)
{
	struct work *w = ctx;

	return use_config(w, config, w->o->staged ? "" : "worktree", err);
}

static int open_index(struct work *w, struct bt_err *err)
{
	struct bt_index_opts o = {
		.repo = &w->c->repo, .conf = w->c->conf, .selection = &w->selection,
		.store = w->c->store, .odb = w->odb, .pool = w->pool,
		.progress = show_progress, .progress_ctx = &w->progress,
		.policy = use_config_of_listing, .policy_ctx = w,
	};

	if (bt_selection_root(&w->c->repo, w->c->conf, &w->root_selection, err) ||
	    bt_selection_init(&w->selection, &w->c->repo, w->c->conf, err))
		return err->code;
	o.root_selection = w->root_selection;
	if (bt_index_open(&o, &w->ix, err))
		return err->code;
	bt_progress_start(&w->progress, "Indexing blobs", 0,
			  bt_progress_wanted(w->c->common.progress, w->c->common.quiet));
	return 0;
}

/* Keeps the list of files of what has no row, and prints its key for the process that asked. */
static int keep_manifest(struct work *w, uint32_t number, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;
	char hex[BT_DIGEST_HEX_LEN + 1];
	struct bt_digest key;
	int rc;

	if (bt_index_listing_manifest(w->ix, number, &data, err))
		return err->code;
	bt_blake2b(bt_buf_cstr(&data), data.len, &key);
	rc = bt_store_begin(w->c->store, err);
	if (!rc)
		rc = bt_store_manifest_put(w->c->store, &key, bt_buf_cstr(&data), data.len, err);
	if (!rc)
		rc = bt_store_commit(w->c->store, err);
	if (rc) {
		bt_store_rollback(w->c->store);
		return rc;
	}
	return bt_fd_write_full(STDOUT_FILENO, bt_digest_hex(&key, hex), BT_DIGEST_HEX_LEN, "stdout", err);
}

static void tell_unnamable(const struct work *w, const struct bt_index_stats *stats)
{
	char hex[BT_OID_HEX_MAX + 1];

	if (stats->unnamable)
		bt_notice(w->c, "no path can hold the names of %" PRIu64 " entr%s of trees, which are passed over; the "
				"first is in tree %s", stats->unnamable, stats->unnamable == 1 ? "y" : "ies",
			  bt_oid_hex(&stats->unnamable_tree, hex));
}

/* What was parsed may have been so before. */
static void tell_away(struct work *w, const struct bt_index_stats *stats)
{
	if (stats->blobs_parsed && !w->o->manifest)
		bt_context_tell_away(w->c, "what is needed of it was made again");
}

/* What is worked on is warm, wherever it was before: HEAD was put onto an old commit, say. A cache: failing costs time alone. */
static void keep_warm(struct work *w, const struct bt_manifest *m)
{
	BT_FREE uint32_t *blobs = bt_xmalloc(((size_t)m->nr + 1) * sizeof(*blobs));
	struct bt_err ignored = BT_ERR_INIT;
	uint64_t nr;

	for (uint32_t i = 0; i < m->nr; i++)
		blobs[i] = bt_manifest_file_get(m, i).blob;
	bt_store_thaw(w->c->store, blobs, m->nr, &nr, &ignored);
}

static int finish_root(struct work *w, uint32_t number, const char *name, const struct bt_rev *rev,
		       struct bt_err *err)
{
	BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;
	struct bt_index_stats stats;
	struct bt_index_root root;
	int status;

	if (bt_index_run(w->ix, err))
		return err->code;
	bt_progress_stop(&w->progress);
	root = *bt_index_root_get(w->ix, number);
	bt_index_stats_get(w->ix, &stats);
	tell_unnamable(w, &stats);
	tell_away(w, &stats);
	if (root.row && bt_index_manifest(w->c->store, root.row, true, &m, err))
		return err->code;
	if (w->o->manifest)
		return root.row ? 0 : keep_manifest(w, number, err);
	if (root.row && w->c->rev.found && bt_oid_equal(&rev->tree, &w->c->rev.tree))
		keep_warm(w, &m);
	status = bt_index_report_root(w->c, name, rev, &root, &stats);
	return w->o->snapshot && snapshot_record(w->c, rev, &root, w->o->label, err) ? err->code : status;
}

static int index_revision(struct work *w, struct bt_rev *rev, struct bt_err *err)
{
	struct bt_oid config;
	uint32_t number;

	if (bt_tracked_find(w->odb, &rev->tree, &config, err) ||
	    use_config(w, &config, rev->spec, err) || open_index(w, err) ||
	    bt_index_add_tree(w->ix, &rev->tree, &number, err))
		return err->code;
	return finish_root(w, number, rev->spec, rev, err);
}

/* --- for the other commands of this program --- */

static const struct bt_index_cmd_opts no_opts;

int bt_indexer_pool(struct bt_context *c, struct bt_pool **ret_pool, struct bt_err *err)
{
	struct work w = { .c = c, .o = &no_opts };
	int rc = open_pool(&w, err);

	*ret_pool = w.pool;
	return rc;
}

int bt_indexer_odb(struct bt_context *c, struct bt_odb **ret_odb, struct bt_err *err)
{
	struct work w = { .c = c, .o = &no_opts };
	int rc = open_odb(&w, err);

	*ret_odb = w.odb;
	return rc;
}

int bt_indexer_compare(struct bt_context *c, struct bt_odb *odb, const struct bt_rev *rev,
		       void (*differs)(void *ctx, uint32_t row, const char *dir, const char *what), void *ctx,
		       struct bt_err *err)
{
	struct work w = { .c = c, .o = &no_opts, .odb = odb };
	struct bt_index_opts o = { .repo = &c->repo, .conf = c->conf, .store = c->store, .odb = odb };
	struct bt_oid config;
	uint64_t folders;
	int rc;

	if (bt_tracked_find(odb, &rev->tree, &config, err) || use_config(&w, &config, rev->spec, err) ||
	    bt_selection_root(&c->repo, c->conf, &o.root_selection, err) ||
	    bt_selection_init(&w.selection, &c->repo, c->conf, err))
		return err->code;
	o.selection = &w.selection;
	rc = bt_index_compare(&o, &rev->tree, differs, ctx, &folders, err);
	bt_selection_release(&w.selection);
	return rc;
}

/* The answer is not quite about the files as they are. */
static void tell_unreadable(const struct work *w, const struct bt_listing *l)
{
	const char *first;
	size_t nr = bt_listing_unreadable(l, &first);

	if (nr)
		bt_notice(w->c, "cannot read '%s'%s: what is staged is taken in its place", first,
			  nr > 1 ? " and others" : "");
}

static int index_listing(struct work *w, struct bt_err *err)
{
	BT_CLEANUP(bt_listing_free) struct bt_listing *l = NULL;
	enum bt_listing_kind kind = w->o->staged ? BT_LISTING_STAGED : BT_LISTING_WORKTREE;
	struct bt_index_stats stats;
	struct bt_index_root root;
	uint32_t number;

	if (bt_listing_open(&w->c->repo, kind, &l, err))
		return err->code;
	tell_unreadable(w, l);
	bt_odb_free(&w->odb);
	if (bt_listing_odb(l, &w->odb, err) || open_index(w, err) ||
	    bt_index_add_listing(w->ix, l, &number, err) || bt_index_run(w->ix, err))
		return err->code;
	bt_progress_stop(&w->progress);
	if (w->o->manifest)
		return keep_manifest(w, number, err);
	root = *bt_index_root_get(w->ix, number);
	bt_index_stats_get(w->ix, &stats);
	return bt_index_report_root(w->c, w->o->staged ? "staged" : "worktree", NULL, &root, &stats);
}

/* Many revisions on their way, and what came of those before. */
struct many {
	struct bt_index_many told;
	uint64_t refused;
	struct planned {
		uint32_t number;
		struct bt_oid commit;
	} *planned;			/* of the batch that is gathered */
	size_t nr, alloc;
};

static void many_release(struct many *m)
{
	free(m->planned);
}

static void many_count(struct many *m, const struct bt_index_root *root, const struct bt_oid *commit)
{
	m->told.revisions++;
	if (!root->killed)
		return;
	if (!m->told.incomplete++)
		m->told.first_incomplete = *commit;
	m->told.missing = m->told.missing || root->missing;
}

static int many_run(struct work *w, struct many *m, struct bt_err *err)
{
	if (bt_index_run(w->ix, err))
		return err->code;
	for (size_t i = 0; i < m->nr; i++)
		many_count(m, bt_index_root_get(w->ix, m->planned[i].number), &m->planned[i].commit);
	m->nr = 0;
	return 0;
}

/*
 * One revision of many. What was planned under another configuration is finished first, since limits are looked at
 * until the end. A configuration that is wrong is told, and costs that revision only: history cannot be mended.
 */
static int add_revision(struct work *w, struct many *m, const struct bt_revlist_row *row, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_err wrong = BT_ERR_INIT;
	struct bt_index_root known;
	struct bt_oid config;
	uint32_t number;
	int rc = bt_index_root_find(w->c->store, &row->tree, w->root_selection, &known, err);

	if (rc == BT_ROW)
		many_count(m, &known, &row->commit);
	if (rc)
		return rc < 0 ? rc : 0;
	if (bt_tracked_find(w->odb, &row->tree, &config, err))
		return err->code;
	if (!w->config_known || !bt_oid_equal(&w->config, &config)) {
		if (many_run(w, m, err))
			return err->code;
		if (use_config(w, &config, bt_oid_hex(&row->commit, hex), &wrong)) {
			bt_notice(w->c, "left out: %s", wrong.msg);
			m->refused++;
			return 0;
		}
	}
	rc = bt_index_add_tree(w->ix, &row->tree, &number, &wrong);
	if (rc == BT_ERR_NOT_FOUND) {
		bt_notice(w->c, "%s is left out: %s", bt_oid_hex(&row->commit, hex), wrong.msg);
		m->refused++;
		return 0;
	}
	if (rc)
		return *err = wrong, rc;
	BT_GROW(m->planned, m->alloc, m->nr + 1);
	m->planned[m->nr++] = (struct planned){ number, row->commit };
	return 0;
}

/* A blob has no path: the name of its ref, without "refs/tags/" or the like, stands for one. */
static const char *path_of_ref(const char *name)
{
	const char *kind = strchr(name, '/'), *rest = kind ? strchr(kind + 1, '/') : NULL;

	return rest ? rest + 1 : kind ? kind + 1 : name;
}

/* Trees that refs lead to are roots like others; blobs of no tree have no tracked configuration, and come last. */
static int index_odd_refs(struct work *w, struct many *m, struct bt_err *err)
{
	static const struct bt_oid no_config = { .len = 0 };
	BT_CLEANUP(bt_reflist_free) struct bt_reflist *trees = NULL, *blobs = NULL;
	struct bt_reflist_row row;
	struct bt_err none = BT_ERR_INIT;
	uint32_t number;
	int rc;

	if (bt_reflist_open(&w->c->repo, w->odb, &trees, err))
		return err->code;
	while ((rc = bt_reflist_next(trees, &row, err)) == BT_ROW) {
		struct bt_revlist_row as_commit = { .commit = row.oid, .tree = row.oid };

		if (row.type == BT_OBJECT_TREE && add_revision(w, m, &as_commit, err))
			return err->code;
	}
	if (rc || many_run(w, m, err) || use_config(w, &no_config, "", err) ||
	    bt_reflist_open(&w->c->repo, w->odb, &blobs, err))
		return err->code;
	while ((rc = bt_reflist_next(blobs, &row, err)) == BT_ROW) {
		int added = row.type == BT_OBJECT_BLOB
				    ? bt_index_add_blob(w->ix, &row.oid, path_of_ref(row.name), &number, &none)
				    : 0;

		if (added && added != BT_ERR_NOT_FOUND)	/* in no language of ours */
			return *err = none, added;
	}
	return rc;
}

/* Many revisions: each is a root; their blobs are parsed in batches. */
static int index_many(struct work *w, const char *const *args, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(bt_revlist_free) struct bt_revlist *l = NULL;
	BT_CLEANUP(many_release) struct many m = { .nr = 0 };
	struct bt_revlist_row row;
	struct bt_index_stats stats;
	int rc;

	if (bt_revlist_open(&w->c->repo, args, nr, &l, err) || open_index(w, err))
		return err->code;
	while ((rc = bt_revlist_next(l, &row, err)) == BT_ROW) {
		if (bt_cancel_check(err) || add_revision(w, &m, &row, err))
			return err->code;
		if (bt_index_pending(w->ix) >= PENDING_MAX && many_run(w, &m, err))
			return err->code;
	}
	if (rc || (w->o->all && index_odd_refs(w, &m, err)) || many_run(w, &m, err))
		return err->code;
	bt_progress_stop(&w->progress);
	bt_index_stats_get(w->ix, &stats);
	tell_unnamable(w, &stats);
	tell_away(w, &stats);
	rc = bt_index_report_many(w->c, &m.told, &stats);
	return m.refused ? 1 : rc;
}

/* Its list of files, for the questions to come. */
static int keep_list_of(struct work *w, const struct bt_oid *tree, struct bt_err *err)
{
	BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;
	struct bt_index_root root;
	int rc = bt_index_root_find(w->c->store, tree, w->root_selection, &root, err);

	return rc == BT_ROW ? bt_index_manifest(w->c->store, root.row, true, &m, err) : rc;
}

int bt_indexer_again(struct bt_context *c, struct bt_pool *pool, const struct bt_indexer_again *what,
		     struct bt_index_stats *ret_stats, struct bt_err *err)
{
	static const struct bt_oid no_config = { .len = 0 };
	BT_CLEANUP(work_release) struct work w = { .c = c, .o = &no_opts, .pool = pool };
	BT_CLEANUP(many_release) struct many m = { .nr = 0 };

	if (open_odb(&w, err) || open_store(&w, err) || use_config(&w, &no_config, "", err) || open_index(&w, err) ||
	    bt_index_add_known(w.ix, what->blobs, what->blobs_nr, err) || many_run(&w, &m, err))
		return err->code;
	for (size_t i = 0; i < what->trees_nr; i++) {
		struct bt_revlist_row row = { .commit = what->trees[i], .tree = what->trees[i] };

		if (bt_cancel_check(err) || add_revision(&w, &m, &row, err))
			return err->code;
		if (bt_index_pending(w.ix) >= PENDING_MAX && many_run(&w, &m, err))
			return err->code;
	}
	if (many_run(&w, &m, err))
		return err->code;
	bt_index_stats_get(w.ix, ret_stats);
	return what->trees_nr ? keep_list_of(&w, &what->trees[0], err) : 0;
}

/*
 * cat-facts of a blob that no tree led to: an id, a path, and the language that the attributes of its tree
 * name, or "".
 */
static int index_blob(struct work *w, const struct bt_args *args, struct bt_err *err)
{
	const char *language = args->items[2];
	BT_FREE char *attrs = *language ? bt_xasprintf("* linguist-language=%s\n", language)
					: bt_xstrdup("* !linguist-language\n");
	struct bt_oid oid;
	uint32_t number;
	int rc;

	if (bt_oid_parse(args->items[0], strlen(args->items[0]), &oid, err) || open_index(w, err))
		return err->code;
	bt_attr_stack_push(w->selection.attrs, "", attrs, strlen(attrs));
	rc = bt_index_add_blob(w->ix, &oid, args->items[1], &number, err);
	bt_attr_stack_pop(w->selection.attrs);
	return rc ? rc : bt_index_run(w->ix, err);
}

/* What gitrevisions(7) has for more than one revision: a..b, ^a, a^@, a^!, a^-, a^-2. A text to search for holds anything. */
static bool is_range(const char *arg)
{
	const char *mark = strrchr(arg, '^');

	if (*arg == ':' || strstr(arg, "^{/"))
		return false;
	return strstr(arg, "..") || *arg == '^' || (mark && mark[1] && strchr("@!-", mark[1]));
}

static int index_arguments(struct work *w, const struct bt_args *args, struct bt_err *err)
{
	struct bt_rev rev = { 0 };

	if (args->nr == 1 && !is_range(args->items[0])) {
		rev.spec = args->items[0];
		if (bt_repo_resolve(&w->c->repo, &rev, 1, err))
			return err->code;
		return index_revision(w, &rev, err);
	}
	for (size_t i = 0; i < args->nr; i++)
		if (is_range(args->items[i]) && w->o->snapshot)
			return bt_err_set(err, BT_ERR_USAGE, "--snapshot wants revisions that are named, not '%s'", args->items[i]);
		else if (is_range(args->items[i]))
			return index_many(w, args->items, args->nr, err);
	for (size_t i = 0; i < args->nr; i++) {	/* each by itself, not its history */
		int rc;

		rev = (struct bt_rev){ .spec = args->items[i] };
		if (bt_repo_resolve(&w->c->repo, &rev, 1, err))
			return err->code;
		bt_index_free(&w->ix);
		bt_selection_release(&w->selection);
		rc = index_revision(w, &rev, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int index_head(struct work *w, struct bt_err *err)
{
	if (!w->c->rev.found) {
		bt_notice(w->c, "there is no commit yet: nothing to index");
		return 0;
	}
	return index_revision(w, &w->c->rev, err);
}

static int retry(struct work *w, struct bt_err *err)
{
	uint64_t nr;
	int rc = bt_store_begin(w->c->store, err);

	if (!rc)
		rc = bt_store_blob_clear_killed(w->c->store, &nr, err);
	if (!rc)
		rc = bt_store_findings_clear_failed(w->c->store, err);
	if (!rc && nr)
		rc = bt_store_tree_clear(w->c->store, err);
	if (!rc)
		rc = bt_store_commit(w->c->store, err);
	if (rc)
		bt_store_rollback(w->c->store);
	return rc;
}

/* The run has done what it was for: what goes wrong here is told and costs nothing. */
static void keep_budget(struct work *w)
{
	struct bt_context *c = w->c;
	struct bt_budget_done done;
	struct bt_err err = BT_ERR_INIT;

	bt_index_free(&w->ix);
	if (bt_budget_keep(&c->repo, c->conf, c->store_dir, c->rev.found, &c->store, &done, &err))
		bt_notice(c, "cannot keep the index below %" PRIu64 " MiB: %s", done.size_max >> 20, err.msg);
	else if (done.frozen_blobs || done.forgotten_blobs)
		bt_notice(c, "the index was over %" PRIu64 " MiB: facts of %" PRIu64 " blobs were frozen, %" PRIu64 " forgotten",
			  done.size_max >> 20, done.frozen_blobs, done.forgotten_blobs);
	if (done.over)
		bt_notice(c, "what the newest commits need takes %" PRIu64 " MiB, more than batho.cache.maxSizeMB allows",
			  (done.after + (1 << 20) - 1) >> 20);
}

int bt_indexer_backfill(struct bt_context *c, const char *const *revs, size_t nr, struct bt_err *err)
{
	static const char *const all[] = { "--all" };
	static const struct bt_index_cmd_opts all_opts = { .all = true };
	BT_CLEANUP(work_release) struct work w = { .c = c, .o = nr ? &no_opts : &all_opts };
	int rc;

	c->rev = (struct bt_rev){ .spec = "HEAD", .optional = true };
	if (bt_repo_resolve(&c->repo, &c->rev, 1, err) || open_pool(&w, err) || open_odb(&w, err) || open_store(&w, err))
		return err->code;
	rc = index_many(&w, nr ? revs : all, nr ? nr : 1, err);
	if (rc >= 0)
		keep_budget(&w);
	return rc;
}

static int work_run(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	static const char *const all[] = { "--all" };
	BT_CLEANUP(work_release) struct work w = { .c = c, .o = opts };
	int rc;

	if (bt_index_opts_check(w.o, args, err) || bt_index_opts_apply(w.o, c->conf, err) ||
	    open_pool(&w, err) || open_odb(&w, err) || open_store(&w, err))
		return err->code;
	bt_grammars_notice(c);
	if (w.o->retry && retry(&w, err))
		return err->code;
	if (w.o->blob)
		return index_blob(&w, args, err);
	if (w.o->staged || w.o->worktree)
		rc = index_listing(&w, err);
	else if (w.o->all)
		rc = index_many(&w, all, 1, err);
	else
		rc = args->nr ? index_arguments(&w, args, err) : index_head(&w, err);
	if (rc >= 0 && !w.o->manifest)	/* behind a question somebody waits */
		keep_budget(&w);
	return rc;
}

/* A run for a question that somebody waits for does not wait for queue.db. */
static int run_index(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct bt_index_cmd_opts *o = opts;
	int64_t start_us = bt_clock_us();
	int rc = work_run(c, opts, args, err);

	bt_observe_us(BT_METRIC_INDEX_SECONDS, 0, bt_clock_us() - start_us);
	if (!o->manifest && !o->blob)
		bt_metrics_publish(c);
	return rc;
}

const struct bt_command bt_indexer_index = {
	.name = "index",
	.summary = "index a revision, what is staged, the worktree or all history",
	.usage = bt_index_usage,
	.options = bt_index_options,
	.options_size = sizeof(struct bt_index_cmd_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_LONG,
	.run = run_index,
};
