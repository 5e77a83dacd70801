/*
 * Jobs: what is known of a (blob, language), and what must be found out.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/metric.h"
#include "core/facts/facts.h"
#include "core/index/index_state.h"
#include "store/frozen.h"

/* A plan is one reading transaction; a language that is new to the store is written between two. */
static int store_id(struct bt_index *ix, const char *name, uint64_t version, uint32_t *ret_id,
		    struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	bool reading = ix->planning;
	int rc;

	if (reading)
		bt_store_read_end(ix->o.store);
	rc = bt_store_language_id(ix->o.store, name, version, ret_id, &why);
	if (rc == BT_ERR_NOT_FOUND && ix->o.distrust) {	/* nothing of it is in the store, which is only read */
		*ret_id = UINT32_MAX;
		rc = 0;
	}
	if (rc)
		*err = why;
	if (!rc && reading)
		rc = bt_store_read_begin(ix->o.store, err);
	if (rc)
		ix->planning = false;
	return rc;
}

static int lang_store_id(struct bt_index *ix, const struct bt_lang *lang, uint32_t *ret_id,
			 struct bt_err *err)
{
	uint32_t *id = &ix->lang_ids[lang->index];

	if (!*id && store_id(ix, lang->name, lang->version, id, err))
		return err->code;
	*ret_id = *id;
	return 0;
}

static size_t add_job(struct bt_index *ix, const struct bt_oid *oid, uint32_t lang_id)
{
	struct ix_job *j;

	BT_GROW(ix->jobs, ix->jobs_alloc, ix->jobs_nr + 1);
	j = &ix->jobs[ix->jobs_nr];
	memset(j, 0, sizeof(*j));
	j->oid = *oid;
	j->lang_id = lang_id;
	j->resolved = BT_NONE;
	bt_oidmap_put(&ix->job_of, oid, lang_id, (int64_t)ix->jobs_nr);
	return ix->jobs_nr++;
}

static void queue_job(struct bt_index *ix, size_t job, unsigned want)
{
	ix->jobs[job].want = (uint8_t)want;
	BT_GROW(ix->todo, ix->todo_alloc, ix->todo_nr + 1);
	ix->todo[ix->todo_nr++] = job;
	ix->planned++;
}

static void add_unstored(struct bt_index *ix, size_t job)
{
	BT_GROW(ix->unstored, ix->unstored_alloc, ix->unstored_nr + 1);
	ix->unstored[ix->unstored_nr++] = job;
}

void ix_job_more_done(struct bt_index *ix, size_t job)
{
	if (ix->jobs[job].more != IX_MORE_NONE)
		add_unstored(ix, job);
}

void ix_job_settle(struct bt_index *ix, size_t job, enum bt_blob_state state)
{
	ix->jobs[job].settled = true;
	ix->jobs[job].state = (uint8_t)state;
	if (state == BT_BLOB_MISSING)
		ix->stats.blobs_missing++;
	else if (bt_blob_state_killed(state))
		ix->stats.blobs_killed++;
	else if (state != BT_BLOB_FACTS && state != BT_BLOB_REDIRECT && !ix->jobs[job].text)
		ix->stats.blobs_skipped++;
	if (state != BT_BLOB_MISSING)	/* asked for again next time */
		add_unstored(ix, job);
}

/* Is the add-on's part of a blob of the store to be made? 1, 0 or an error. */
static int lacks_more(struct bt_index *ix, const struct ix_job *j, struct bt_err *err)
{
	const struct bt_addon *a = ix->o.addon;
	int rc;

	if (!a || j->state != (j->text ? BT_BLOB_NO_LANGUAGE : BT_BLOB_FACTS))
		return 0;
	rc = a->has(a->ctx, ix->o.store, j->id, j->lang, err);
	return rc < 0 ? rc : rc == BT_DONE;
}

/* A job that is not in the store, or only in part. */
static int queue_what_lacks(struct bt_index *ix, size_t job, bool known, struct bt_err *err)
{
	struct ix_job *j = &ix->jobs[job];
	unsigned want = ix->o.addon ? BT_WANT_FACTS | BT_WANT_MORE : BT_WANT_FACTS;
	int lacks = known ? lacks_more(ix, j, err) : 1;

	if (lacks < 0)
		return lacks;
	if (lacks)
		queue_job(ix, job, known || j->text ? BT_WANT_MORE : want);
	return 0;
}

static int job_of_lang(struct bt_index *ix, const struct bt_oid *oid, const struct bt_lang *lang,
		       uint32_t lang_id, const char *hint, uint32_t *ret_job, struct bt_err *err);

/* What the store has; true when that is the final word. */
static int from_store(struct bt_index *ix, size_t job, bool *ret_known, struct bt_err *err)
{
	struct ix_job *j = &ix->jobs[job];
	struct bt_blob b;
	int rc = bt_store_blob_find(ix->o.store, &j->oid, j->lang_id, &b, err);

	*ret_known = false;
	if (rc != BT_ROW)
		return rc;
	if (b.state == BT_BLOB_TOO_LARGE && b.size <= ix->o.selection->max_blob_size)
		return 0;
	if (b.state == BT_BLOB_FACTS) {	/* frozen, and the disk is away: made again */
		rc = bt_store_facts_there(ix->o.store, b.id, err);
		if (rc != BT_ROW)
			return rc;
	}
	j->settled = j->stored = *ret_known = true;
	j->state = (uint8_t)b.state;
	j->id = b.id;
	j->size = b.size;
	j->digest = b.digest;
	ix->stats.blobs_known++;
	bt_count(BT_METRIC_CACHE_HITS, 0, 1);
	if (b.state != BT_BLOB_REDIRECT)
		return 0;
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		const struct bt_lang *l = bt_lang_get(i);
		uint32_t id = 0, target;

		if (lang_store_id(ix, l, &id, err))
			return err->code;
		if (id != b.resolved)
			continue;
		if (job_of_lang(ix, &ix->jobs[job].oid, l, id, ix->jobs[job].hint, &target, err))
			return err->code;
		ix->jobs[job].resolved = target;
		return 0;
	}
	/* resolved to a language version that is gone: decide again */
	ix->jobs[job].settled = ix->jobs[job].stored = *ret_known = false;
	return 0;
}

static int job_of_lang(struct bt_index *ix, const struct bt_oid *oid, const struct bt_lang *lang,
		       uint32_t lang_id, const char *hint, uint32_t *ret_job, struct bt_err *err)
{
	const struct bt_oid key = *oid;
	int64_t found;
	bool known;
	size_t job;

	if (bt_oidmap_find(&ix->job_of, &key, lang_id, &found)) {
		*ret_job = (uint32_t)found;
		return 0;
	}
	job = add_job(ix, &key, lang_id);
	ix->jobs[job].lang = lang;
	ix->jobs[job].hint = hint;
	if (from_store(ix, job, &known, err) || queue_what_lacks(ix, job, known, err))
		return err->code;
	*ret_job = (uint32_t)job;
	return 0;
}

const struct bt_detect_class bt_index_text_class = { "?text", 1 };

int ix_job_for_text(struct bt_index *ix, const struct bt_oid *oid, const char *path, size_t path_len,
		    uint32_t *ret_job, struct bt_err *err)
{
	const struct bt_detect_class *cls = &bt_index_text_class;
	const struct bt_oid key = *oid;
	uint32_t lang_id;
	int64_t found;
	bool known;
	size_t job;

	if (store_id(ix, cls->name, cls->version, &lang_id, err))
		return err->code;
	if (bt_oidmap_find(&ix->job_of, &key, lang_id, &found)) {
		*ret_job = (uint32_t)found;
		return 0;
	}
	job = add_job(ix, &key, lang_id);
	ix->jobs[job].text = true;
	ix->jobs[job].cls = cls;
	ix->jobs[job].hint = bt_arena_strndup(&ix->arena, path, path_len);
	if (from_store(ix, job, &known, err) || queue_what_lacks(ix, job, known, err))
		return err->code;
	*ret_job = (uint32_t)job;
	return 0;
}

int ix_job_for_file(struct bt_index *ix, const struct bt_oid *oid, const struct bt_lang *lang,
		    const struct bt_detect_class *cls, const char *path, size_t path_len,
		    uint32_t *ret_job, struct bt_err *err)
{
	uint32_t lang_id;
	int64_t found;
	int rc;

	rc = lang ? lang_store_id(ix, lang, &lang_id, err)
		  : store_id(ix, cls->name, cls->version, &lang_id, err);
	if (rc)
		return rc;
	if (bt_oidmap_find(&ix->job_of, oid, lang_id, &found)) {
		*ret_job = (uint32_t)found;
		return 0;
	}
	rc = job_of_lang(ix, oid, lang, lang_id, bt_arena_strndup(&ix->arena, path, path_len), ret_job,
			 err);
	if (rc)
		return rc;
	ix->jobs[*ret_job].cls = cls;
	/* Known to be in no language: the add-on may still have something to say. */
	if (ix->o.addon && cls && ix->jobs[*ret_job].settled && ix->jobs[*ret_job].state == BT_BLOB_NO_LANGUAGE)
		return ix_job_for_text(ix, oid, path, path_len, &(uint32_t){ 0 }, err);
	return 0;
}

/* A class job whose content says `lang`: goes on as (or joins) that language's job. */
const struct ix_job *ix_job_final(const struct bt_index *ix, uint32_t job)
{
	const struct ix_job *j = &ix->jobs[job];

	return j->state == BT_BLOB_REDIRECT && j->resolved != BT_NONE ? &ix->jobs[j->resolved] : j;
}
