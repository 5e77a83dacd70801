/*
 * Requests: from a list of blobs to a run of indexing with findings on top.
 *
 * The blobs before a change come second, and only those whose blob now has findings: most have none, and their
 * blobs before need not be parsed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/index/index.h"
#include "core/rules/make.h"
#include "core/rules/record.h"
#include "core/rules/request.h"

/* Up to so many blobs, or bytes that came along, preparing a language costs more than it saves. */
#define FEW_BLOBS 16

struct making {
	const struct bt_request *r;
	const struct bt_make_progress *progress;
	struct bt_repo repo;
	const struct bt_ruleset *set;
	struct bt_ruleset own;		/* when the request brings none */
	struct bt_make make;
	struct bt_addon addon;
	struct bt_pool *pool;
	struct bt_store *store;
	struct bt_odb *odb;
	struct bt_index *ix;
	struct bt_selection selection;	/* of it the size limit alone */
	struct bt_buf *complaints;
	struct bt_err *err;
};

static unsigned jobs_of(const struct bt_request *r)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = r->jobs ? r->jobs : cores < 1 ? 1 : (unsigned)cores;

	if (r->blobs_nr < jobs)
		jobs = r->blobs_nr ? (unsigned)r->blobs_nr : 1;
	return jobs > BT_JOBS_MAX ? BT_JOBS_MAX : jobs;
}

static int open_pool(struct making *m)
{
	struct bt_pool_opts o;

	bt_pool_opts_default(&o, jobs_of(m->r));
	if (m->r->cpu_s)
		o.cpu_s = m->r->cpu_s;
	if (m->r->wall_ms)
		o.wall_ms = m->r->wall_ms;
	o.addon = &m->addon;
	return bt_pool_open(&o, &m->pool, m->err);
}

/* ---- the project's queries ---- */

static int take_troubles(struct making *m, const struct bt_lang *lang, const void *rec, size_t len)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	const struct bt_ruleset_lang *l = bt_ruleset_for(m->set, lang);
	struct bt_record r;

	if (bt_record_decode(rec, len, l->nr, &arena, &r, m->err))
		return m->err->code;
	for (uint32_t i = 0; i < r.troubles_nr; i++)
		bt_buf_addf(m->complaints, "%s: %.*s\n", m->set->rules[l->rules[r.troubles[i].rule]].info.path,
			    (int)r.troubles[i].len, r.troubles[i].text);
	return 0;
}

/* An empty blob of every language that a project's rule is for: its queries are all compiled. */
static int compile(struct making *m)
{
	struct bt_result res;
	size_t asked = 0;
	int rc = 0;

	for (size_t i = 0; i < bt_langs_nr() && !rc; i++) {
		bool any = false;

		for (uint32_t k = m->set->builtin_nr; k < m->set->nr; k++)
			any |= bt_rule_query_for(&m->set->rules[k], bt_lang_get(i)) != NULL;
		if (!any)
			continue;
		rc = bt_pool_submit(m->pool, bt_lang_get(i), BT_WANT_MORE, i, "", 0, m->err);
		asked++;
	}
	if (!rc && asked)
		rc = bt_pool_flush(m->pool, m->err);
	while (!rc && asked) {
		rc = bt_pool_next(m->pool, true, &res, m->err);
		if (rc != BT_ROW)
			break;
		asked--;
		rc = res.more ? take_troubles(m, bt_lang_get(res.tag), res.more, res.more_len) : 0;
		if (!res.more)
			bt_buf_addf(m->complaints, ".batho/rules: the queries for %s cannot be compiled: %s\n",
				    bt_lang_get(res.tag)->name, res.reason);
	}
	return rc;
}

/* ---- blobs ---- */

static const struct bt_detect_class *class_of(const char *name, const char *path)
{
	const struct bt_detect_class *cls = NULL;
	const struct bt_lang *lang = NULL;

	return bt_detect_path(path, strlen(path), NULL, &lang, &cls) == BT_DETECT_CLASS && !strcmp(cls->name, name)
		       ? cls
		       : NULL;
}

static bool known_blob(const struct bt_request_blob *b, struct bt_index_blob *ret)
{
	*ret = (struct bt_index_blob){ .oid = b->oid, .path = b->path, .bytes = b->bytes, .len = b->len };
	if (!*b->lang)
		return true;
	if (*b->lang == '?')
		ret->cls = class_of(b->lang, b->path);
	else
		ret->lang = bt_lang_find(b->lang);
	return ret->lang || ret->cls;
}

/* Does the store have findings, or comments that suppress some, for a blob? Looks through classes. */
static int has_findings(struct making *m, const struct bt_request_blob *b)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_blob row;
	uint32_t cursor = 0;
	int rc;

	while ((rc = bt_store_blob_by_oid(m->store, &b->oid, &cursor, &row, m->err)) == BT_ROW) {
		enum bt_findings_state state;

		/* A class may have come to any language: the key of its rules is found by trying. */
		for (size_t i = 0; i <= bt_langs_nr(); i++) {
			const struct bt_lang *lang = i < bt_langs_nr() ? bt_lang_get(i) : NULL;

			if (*b->lang != '?' && strcmp(b->lang, lang ? lang->name : ""))
				continue;
			bt_buf_clear(&rec);
			rc = bt_store_findings_find(m->store, row.id, bt_ruleset_for(m->set, lang)->key, &state, &rec,
						    m->err);
			if (rc < 0 || rec.len)
				return rc < 0 ? rc : 1;
		}
	}
	return rc;
}

static int run_blobs(struct making *m, bool base)
{
	const struct bt_request *r = m->r;
	struct bt_index_blob one;
	size_t nr = 0;

	for (size_t i = 0; i < r->blobs_nr; i++) {
		int wanted = 1;

		if (r->blobs[i].base != base || !known_blob(&r->blobs[i], &one))
			continue;
		if (base && i)
			wanted = has_findings(m, &r->blobs[i - 1]);
		if (wanted < 0)
			return wanted;
		if (!wanted)
			continue;
		if (bt_index_add_known(m->ix, &one, 1, m->err))
			return m->err->code;
		nr++;
	}
	return nr ? bt_index_run(m->ix, m->err) : 0;
}

static int open_index(struct making *m)
{
	struct bt_index_opts o = {
		.repo = &m->repo, .selection = &m->selection, .addon = &m->addon, .pool = m->pool,
	};

	m->selection.max_blob_size = m->r->max_blob_size;
	if (bt_store_open(m->r->store_dir, BT_STORE_WRITE, m->r->shared_mode, &m->store, m->err) ||
	    bt_odb_open(&m->repo, &bt_odb_git_program, &m->odb, m->err))
		return m->err->code;
	o.store = m->store;
	o.odb = m->odb;
	if (m->progress) {
		o.progress = m->progress->show;
		o.progress_ctx = m->progress->ctx;
	}
	return bt_index_open(&o, &m->ix, m->err);
}

static int run(struct making *m)
{
	if (!m->set && bt_ruleset_init(&m->own, m->r->rules, m->r->rules_nr, m->err))
		return m->err->code;
	if (!m->set)
		bt_ruleset_narrow(&m->own, m->r->packs);
	m->set = m->set ? m->set : &m->own;
	bt_make_init(&m->make, m->set, m->r->blobs_nr <= FEW_BLOBS, &m->addon);
	if (open_pool(m) || (m->r->compile && compile(m)))
		return m->err->code;
	if (!m->r->blobs_nr)
		return 0;
	return open_index(m) || run_blobs(m, false) || run_blobs(m, true) ? m->err->code : 0;
}

int bt_make_run(const struct bt_request *r, const struct bt_make_progress *progress, struct bt_buf *complaints,
		struct bt_err *err)
{
	struct making m = { .r = r, .set = r->set, .progress = progress, .repo = r->repo, .complaints = complaints, .err = err };
	int rc = run(&m);

	bt_index_free(&m.ix);
	bt_odb_free(&m.odb);
	bt_store_free(&m.store);
	bt_pool_free(&m.pool);
	bt_make_release(&m.make);
	bt_ruleset_release(&m.own);
	return rc;
}

int bt_make_texts(const struct bt_ruleset *set, const struct bt_make_text *texts, size_t nr,
		  int (*take)(void *ctx, size_t i, const void *rec, size_t len, struct bt_err *err), void *ctx,
		  struct bt_err *err)
{
	BT_CLEANUP(bt_make_release) struct bt_make make;
	BT_CLEANUP(bt_pool_free) struct bt_pool *pool = NULL;
	struct bt_addon addon;
	struct bt_pool_opts o;
	struct bt_result res;
	size_t sent = 0, taken = 0;
	int rc;

	bt_make_init(&make, set, nr <= FEW_BLOBS, &addon);
	bt_pool_opts_default(&o, 1);
	o.addon = &addon;
	rc = bt_pool_open(&o, &pool, err);
	while (!rc && taken < nr) {
		while (sent < nr && !rc) {
			rc = bt_pool_submit(pool, texts[sent].lang, BT_WANT_MORE, sent, texts[sent].text, texts[sent].len,
					    err);
			sent += !rc;
		}
		if (rc == BT_ERR_BUSY || (!rc && sent == nr))
			rc = sent == nr ? bt_pool_flush(pool, err) : 0;
		if (!rc)
			rc = bt_pool_next(pool, true, &res, err);
		if (rc != BT_ROW)
			break;
		taken++;
		rc = res.more ? take(ctx, (size_t)res.tag, res.more, res.more_len, err)
			      : bt_err_set(err, BT_ERR_FAIL, "example %zu cannot be parsed: %s", (size_t)res.tag,
					   res.reason);
	}
	return rc < 0 ? rc : 0;
}
