/*
 * The pipeline of a run: reader -> workers -> writer, in one loop of one process.
 *
 * Blobs are asked for ahead of need, looked at (binary, pointer, class), handed to the pool; results are
 * checked and gathered; a batch is written when it is large or old. Nothing here blocks while there is
 * something else to do.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/metric.h"
#include "core/base/signal.h"
#include "core/base/trace.h"
#include "core/facts/facts.h"
#include "core/index/index_state.h"

/* Objects asked for ahead; more does not help the reader. */
#define READ_AHEAD 64
/* A batch is written at this size of records (before they are packed), ... */
#define BATCH_BYTES ((size_t)32 << 20)
/* ... or at this age, so that an interrupted run has lost little. */
#define BATCH_MS 10000

int bt_index_open(const struct bt_index_opts *o, struct bt_index **ret_ix, struct bt_err *err)
{
	struct bt_index *ix = bt_xcalloc(1, sizeof(*ix));

	(void)err;
	ix->o = *o;
	ix->lang_ids = bt_xcalloc(bt_langs_nr() + 1, sizeof(*ix->lang_ids));
	bt_strmap_init(&ix->node_of, &ix->arena);
	bt_strmap_init(&ix->row_of_dir, &ix->dirs);
	bt_buf_init(&ix->records, BT_FACTS_LEN_MAX);
	ix->postings = bt_postings_new();
	*ret_ix = ix;
	return 0;
}

void bt_index_free(struct bt_index **pix)
{
	struct bt_index *ix = *pix;

	if (!ix)
		return;
	bt_postings_free(&ix->postings);
	bt_buf_release(&ix->records);
	bt_strmap_release(&ix->node_of);
	bt_strmap_release(&ix->row_of_dir);
	bt_oidmap_release(&ix->job_of);
	bt_arena_release(&ix->arena);
	bt_arena_release(&ix->dirs);
	bt_arena_release(&ix->scratch);
	free(ix->jobs);
	free(ix->nodes);
	free(ix->lang_ids);
	free(ix->todo);
	free(ix->unstored);
	free(ix);
	*pix = NULL;
}

static void count_killed(enum bt_blob_state state)
{
	static const struct {
		enum bt_blob_state state;
		enum bt_metric_kill reason;
	} kills[] = {
		{ BT_BLOB_KILLED_TIME, BT_KILL_TIME }, { BT_BLOB_KILLED_CPU, BT_KILL_CPU },
		{ BT_BLOB_KILLED_MEMORY, BT_KILL_MEMORY }, { BT_BLOB_KILLED_CRASH, BT_KILL_CRASH },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(kills); i++)
		if (kills[i].state == state)
			bt_count(BT_METRIC_PARSE_KILLED, kills[i].reason, 1);
}

static void finish(struct bt_index *ix, size_t job, enum bt_blob_state state)
{
	count_killed(state);
	ix_job_settle(ix, job, state);
	ix->finished++;
	if (ix->o.progress)
		ix->o.progress(ix->o.progress_ctx, ix->finished, ix->planned);
}

static void finish_more(struct bt_index *ix, size_t job)
{
	ix_job_more_done(ix, job);
	ix->finished++;
	if (ix->o.progress)
		ix->o.progress(ix->o.progress_ctx, ix->finished, ix->planned);
}

/* A blob without a language: its text goes on as a job of its own, for the add-on. */
static int pass_on_text(struct bt_index *ix, size_t job, const struct bt_object *obj, size_t *ret_job,
			struct bt_err *err)
{
	const char *hint = ix->jobs[job].hint;
	size_t todo_nr = ix->todo_nr;
	uint32_t target;

	if (ix_job_for_text(ix, &obj->oid, hint ? hint : "", hint ? strlen(hint) : 0, &target, err))
		return err->code;
	if (ix->todo_nr > todo_nr) {
		ix->todo_nr = todo_nr;
		ix->jobs[target].size = obj->size;
		*ret_job = target;
	}
	return 0;
}

/* The content of a class job decided: it becomes a redirect, and the language gets a job. */
static int resolve_class(struct bt_index *ix, size_t job, const struct bt_object *obj,
			 size_t *ret_job, struct bt_err *err)
{
	const struct bt_lang *lang = bt_detect_content(ix->jobs[job].cls, obj->data, obj->size);
	const char *hint = ix->jobs[job].hint;
	uint32_t target;
	size_t todo_nr = ix->todo_nr;

	*ret_job = SIZE_MAX;
	if (!lang) {
		finish(ix, job, BT_BLOB_NO_LANGUAGE);
		return ix->o.addon ? pass_on_text(ix, job, obj, ret_job, err) : 0;
	}
	if (ix_job_for_file(ix, &obj->oid, lang, NULL, hint ? hint : "", hint ? strlen(hint) : 0, &target,
			    err))
		return err->code;
	ix->jobs[job].resolved = target;
	finish(ix, job, BT_BLOB_REDIRECT);
	if (ix->todo_nr > todo_nr) {	/* a new job: its bytes are at hand */
		ix->todo_nr = todo_nr;
		ix->jobs[target].size = obj->size;
		*ret_job = target;
	}
	return 0;
}

/*
 * Looks at an object. *job: SIZE_MAX when that settled it, else the job to parse, which is another one where
 * content decided on the language.
 */
static int look_at(struct bt_index *ix, size_t *job_at, const struct bt_object *obj, struct bt_err *err)
{
	size_t job = *job_at;

	if (ix->jobs[job].settled) {	/* the add-on's part alone is missing */
		if (obj->type != BT_OBJECT_BLOB || !obj->data) {
			*job_at = SIZE_MAX;
			finish_more(ix, job);
		}
		return 0;
	}
	*job_at = SIZE_MAX;
	ix->jobs[job].size = obj->size;
	if (obj->type != BT_OBJECT_BLOB) {
		finish(ix, job, BT_BLOB_MISSING);
		return 0;
	}
	if (!obj->data) {
		finish(ix, job, BT_BLOB_TOO_LARGE);
		return 0;
	}
	if (bt_content_is_binary(obj->data, obj->size)) {
		finish(ix, job, BT_BLOB_BINARY);
		return 0;
	}
	if (bt_content_is_lfs_pointer(obj->data, obj->size)) {
		finish(ix, job, BT_BLOB_LFS);
		return 0;
	}
	if (!ix->jobs[job].lang && !ix->jobs[job].text)
		return resolve_class(ix, job, obj, job_at, err);
	*job_at = job;
	return 0;
}

static enum bt_blob_state result_state(enum bt_result_status status)
{
	switch (status) {
	case BT_RESULT_FACTS:
		return BT_BLOB_FACTS;
	case BT_RESULT_LIMIT:
		return BT_BLOB_LIMIT;
	case BT_RESULT_KILLED_TIME:
		return BT_BLOB_KILLED_TIME;
	case BT_RESULT_KILLED_CPU:
		return BT_BLOB_KILLED_CPU;
	case BT_RESULT_KILLED_MEMORY:
		return BT_BLOB_KILLED_MEMORY;
	case BT_RESULT_KILLED_CRASH:
		break;
	}
	return BT_BLOB_KILLED_CRASH;
}

static void gather_names(struct bt_index *ix, size_t job, const struct bt_facts *f)
{
	uint32_t *kinds = bt_arena_zalloc(&ix->scratch, ((size_t)f->names_nr + 1) * sizeof(*kinds));

	for (uint32_t i = 0; i < f->defs_nr; i++)
		kinds[f->defs[i].name] |= 1u << f->defs[i].kind;
	for (uint32_t i = 0; i < f->names_nr; i++)
		bt_postings_add(ix->postings, (uint32_t)job + 1, f->names[i].text, f->names[i].len, kinds[i]);
}

/* All that a record needs done and that needs no transaction: workers go on meanwhile. */
static int take_record(struct bt_index *ix, size_t job, const struct bt_result *r,
		       const struct bt_facts *f, struct bt_err *err)
{
	struct ix_job *j = &ix->jobs[job];

	j->rec = ix->records.len;
	if (bt_store_facts_pack(ix->o.store, r->rec, r->len, &ix->records, err))
		return err->code;
	j->rec_len = ix->records.len - j->rec;
	ix->records_bytes += r->len;
	bt_blake2b(r->rec, r->len, &j->digest);
	gather_names(ix, job, f);
	ix->stats.blobs_parsed++;
	ix->stats.bytes_parsed += j->size;
	return 0;
}

/* The add-on's part: kept until the batch is written. */
static int take_more(struct bt_index *ix, size_t job, const struct bt_result *r, struct bt_err *err)
{
	const struct bt_addon *a = ix->o.addon;
	struct ix_job *j = &ix->jobs[job];
	struct bt_err bad = BT_ERR_INIT;

	j->more = IX_MORE_FAILED;
	if (!r->more || a->check(a->ctx, j->lang, j->size, r->more, r->more_len, &bad))
		return 0;
	j->more = IX_MORE_MADE;
	j->more_at = ix->records.len;
	j->more_len = r->more_len;
	bt_buf_add(&ix->records, r->more, r->more_len);
	ix->records_bytes += r->more_len;
	return bt_buf_check(&ix->records, "records of the index", err);
}

/* A worker's answer is believed only after it decoded whole and fits the blob. */
static int take_result(struct bt_index *ix, const struct bt_result *r, struct bt_err *err)
{
	enum bt_blob_state state = result_state(r->status);
	struct ix_job *j = &ix->jobs[r->tag];
	struct bt_err bad = BT_ERR_INIT;
	struct bt_facts facts;

	ix->inflight--;
	if (!ix->jobs[r->tag].settled) {
		bt_count(BT_METRIC_CACHE_MISSES, 0, 1);
		if (r->us)
			bt_observe_us(BT_METRIC_PARSE_SECONDS, 0, (int64_t)r->us);
	}
	if (j->want & BT_WANT_MORE && take_more(ix, r->tag, r, err))
		return err->code;
	if (j->settled) {
		finish_more(ix, r->tag);
		return 0;
	}
	if (j->text) {
		finish(ix, r->tag, BT_BLOB_NO_LANGUAGE);
		return 0;
	}
	if (state == BT_BLOB_FACTS) {
		bt_arena_reset(&ix->scratch);
		if (bt_facts_decode(r->rec, r->len, &ix->scratch, &facts, &bad) ||
		    facts.size != ix->jobs[r->tag].size)
			state = BT_BLOB_KILLED_CRASH;
		else if (take_record(ix, r->tag, r, &facts, err))
			return err->code;
	}
	finish(ix, r->tag, state);
	return 0;
}

static int take_results(struct bt_index *ix, bool wait, struct bt_err *err)
{
	struct bt_result r;
	int rc;

	while ((rc = bt_pool_next(ix->o.pool, wait, &r, err)) == BT_ROW) {
		if (take_result(ix, &r, err))
			return err->code;
		wait = false;
	}
	return rc;
}

static int commit_when_due(struct bt_index *ix, struct bt_err *err)
{
	uint64_t now = bt_clock_ms();

	if (!ix->commit_ms)
		ix->commit_ms = now;
	if (!ix->unstored_nr || (ix->records_bytes < BATCH_BYTES && now - ix->commit_ms < BATCH_MS))
		return 0;
	return ix_commit_batch(ix, err);
}

/* What the caller gave, or what was asked for. */
static int take_object(struct bt_index *ix, const struct ix_job *j, struct bt_object *ret_obj, struct bt_err *err)
{
	if (!j->bytes)
		return bt_odb_next(ix->o.odb, ret_obj, err);
	*ret_obj = (struct bt_object){ .oid = j->oid, .type = BT_OBJECT_BLOB, .size = j->bytes_len };
	if (j->bytes_len <= ix->o.selection->max_blob_size)
		ret_obj->data = j->bytes;
	return BT_ROW;
}

/* Takes one object from the reader and passes it on; waits for workers where they are full. */
static int read_one(struct bt_index *ix, size_t job, struct bt_err *err)
{
	struct bt_object obj;
	int rc = take_object(ix, &ix->jobs[job], &obj, err);

	if (rc == BT_ERR_CORRUPT) {	/* this object alone: the run goes on without it */
		if (ix->jobs[job].settled)
			finish_more(ix, job);
		else
			finish(ix, job, BT_BLOB_MISSING);
		return 0;
	}
	if (rc < 0 || look_at(ix, &job, &obj, err))
		return err->code;
	if (job == SIZE_MAX)
		return 0;
	while ((rc = bt_pool_submit(ix->o.pool, ix->jobs[job].lang, ix->jobs[job].want, job, obj.data, obj.size,
				    err)) == BT_ERR_BUSY)
		if (take_results(ix, true, err) < 0)
			return err->code;
	ix->inflight += !rc;
	return rc;
}

/* Before the first object: what is promised is fetched in one go, and workers get every table they will need. */
static int prepare(struct bt_index *ix, struct bt_err *err)
{
	size_t nr = ix->todo_nr - ix->todo_at, asked = 0;
	BT_FREE struct bt_oid *oids = bt_xcalloc(nr + 1, sizeof(*oids));
	BT_FREE bool *seen = bt_xcalloc(bt_langs_nr() + 1, sizeof(*seen));
	struct bt_err ignored = BT_ERR_INIT;

	for (size_t i = 0; i < nr; i++) {
		const struct ix_job *j = &ix->jobs[ix->todo[ix->todo_at + i]];

		if (!j->bytes)
			oids[asked++] = j->oid;
		if (!j->lang || seen[j->lang->index])
			continue;
		seen[j->lang->index] = true;
		if (bt_pool_prepare(ix->o.pool, j->lang, err))
			return err->code;
	}
	if (asked)	/* what cannot be fetched is reported as missing, file by file */
		bt_odb_prefetch(ix->o.repo, oids, asked, &ignored);
	return bt_cancel_check(err);
}

static int pump(struct bt_index *ix, struct bt_err *err)
{
	size_t asked = ix->todo_at;
	int rc;

	bt_trace("plan: %llu files, %llu folders walked and %llu known, %zu blobs to read",
		 (unsigned long long)ix->stats.files, (unsigned long long)ix->stats.trees_walked,
		 (unsigned long long)ix->stats.trees_seen, ix->todo_nr - ix->todo_at);
	rc = prepare(ix, err);

	while (!rc && ix->todo_at < ix->todo_nr) {
		if (bt_canceled())
			return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
		for (; asked < ix->todo_nr && asked - ix->todo_at < READ_AHEAD && !rc; asked++)
			if (!ix->jobs[ix->todo[asked]].bytes)
				rc = bt_odb_request(ix->o.odb, &ix->jobs[ix->todo[asked]].oid,
						    ix->o.selection->max_blob_size, err);
		if (!rc)
			rc = read_one(ix, ix->todo[ix->todo_at++], err);
		if (!rc)
			rc = take_results(ix, false, err);
		if (!rc)
			rc = commit_when_due(ix, err);
	}
	return rc;
}

static int drain(struct bt_index *ix, struct bt_err *err)
{
	int rc = bt_pool_flush(ix->o.pool, err);

	while (!rc && ix->inflight) {
		if (bt_canceled())
			return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
		rc = take_results(ix, true, err);
		if (!rc)
			rc = commit_when_due(ix, err);
	}
	return rc;
}

static void trace_pool(const struct bt_index *ix)
{
	struct bt_pool_stats s;

	bt_pool_stats_get(ix->o.pool, &s);
	bt_trace("workers so far: %llu forked, %llu died, %llu blobs tried again; seccomp %s, landlock %s",
		 (unsigned long long)s.forks, (unsigned long long)s.deaths, (unsigned long long)s.retried,
		 s.seccomp ? "on" : "off", s.landlock ? "on" : "off");
}

int bt_index_run(struct bt_index *ix, struct bt_err *err)
{
	int rc = pump(ix, err);

	if (!rc)
		rc = drain(ix, err);
	if (rc == BT_ERR_CANCELED) {	/* keep what is done */
		struct bt_err ignored = BT_ERR_INIT;

		ix_commit_batch(ix, &ignored);
		return rc;
	}
	if (!rc)
		rc = ix_commit_batch(ix, err);
	if (!rc)
		rc = ix_commit_trees(ix, err);
	ix->ran = true;
	trace_pool(ix);
	return rc;
}

uint64_t bt_index_pending(const struct bt_index *ix)
{
	return ix->todo_nr - ix->todo_at;
}

const struct bt_index_root *bt_index_root_get(const struct bt_index *ix, uint32_t number)
{
	return &ix->nodes[number].result;
}

void bt_index_stats_get(const struct bt_index *ix, struct bt_index_stats *ret_stats)
{
	*ret_stats = ix->stats;
}
