/*
 * From the blobs that hold a name to hits.
 *
 * This thread asks the store: for a blob's row, for the paths that show it, for its record as it is stored. To unpack
 * the record, to find the name in it and to describe the places is two thirds of the work and needs no
 * store: a crew of two does it. Each worker has an answer of its own; in the end their hits are put
 * together in the order of the blobs, whoever found them.
 */
#include "core/query/gather.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "core/query/crew.h"
#include "store/postings.h"

_Static_assert(BT_ARRAY_NR(((struct bt_answer *)NULL)->parts) == BT_CREW_NR, "an arena per worker");

/* The files that show one blob, and what was found in it. */
struct job {
	struct bt_answer_file *files;
	size_t file, files_nr;		/* as they are numbered in the answer */
	struct bt_buf packed;
	atomic_bool unpacked;		/* nobody looks at packed any more */
	unsigned worker;
	size_t part_file, hit, hits_nr;	/* in the worker's answer */
};

struct worker {
	struct bt_answer part;
	struct bt_compressor compressor;
	struct bt_buf record;
	struct bt_err err;
	size_t failed;			/* number of the job; SIZE_MAX: none */
};

struct crowd {
	const struct bt_gather *g;
	struct bt_view *v;
	struct bt_answer *a;
	struct job *jobs;
	size_t jobs_nr;
	/* Buffers go round: two threads at malloc hinder each other. */
	size_t emptied;			/* jobs whose buffer was taken back */
	struct bt_buf spare[BT_CREW_BACKLOG];
	size_t spare_nr;
	struct worker workers[BT_CREW_NR];
	atomic_bool failed;		/* the rest need not be done */
};

static void crowd_init(struct crowd *x, size_t postings_nr)
{
	x->jobs = bt_xcalloc(postings_nr + 1, sizeof(*x->jobs));
	for (unsigned i = 0; i < BT_CREW_NR; i++) {
		struct worker *w = &x->workers[i];

		w->part = (struct bt_answer){ .arena = x->a->parts[i], .keep = x->a->keep };
		x->a->parts[i] = (struct bt_arena)BT_ARENA_INIT;
		w->failed = SIZE_MAX;
	}
}

static void crowd_release(struct crowd *x)
{
	for (size_t i = x->emptied; i < x->jobs_nr; i++)
		bt_buf_release(&x->jobs[i].packed);
	while (x->spare_nr)
		bt_buf_release(&x->spare[--x->spare_nr]);
	for (unsigned i = 0; i < BT_CREW_NR; i++) {
		struct worker *w = &x->workers[i];

		x->a->parts[i] = w->part.arena;
		w->part.arena = (struct bt_arena)BT_ARENA_INIT;
		bt_answer_release(&w->part);
		bt_compressor_release(&w->compressor);
		bt_buf_release(&w->record);
	}
	free(x->jobs);
}

/* The job's files become the last ones of the worker's answer, with the facts of the name. */
static int job_read(struct crowd *x, struct worker *w, struct job *job, struct bt_err *err)
{
	struct bt_answer *part = &w->part;
	struct bt_arena *arena = part->keep ? &part->arena : &part->scratch;
	struct bt_view_file *f = job->files[0].f;
	size_t len;
	const char *rec, *name = bt_symbol_name(x->g->symbol, &len);
	struct bt_partial p;
	int rc;

	rc = bt_store_facts_unpack(x->v->store, &w->compressor, f->blob.id, &job->packed, &w->record, err);
	atomic_store(&job->unpacked, true);
	if (rc)
		return rc;
	bt_arena_reset(&part->scratch);
	rec = bt_buf_cstr(&w->record);
	if (part->keep)
		rec = bt_arena_strndup(arena, rec, w->record.len);
	if (bt_partial_open(rec, w->record.len, arena, &p, err) || bt_partial_pick(&p, arena, name, len, err))
		return err->code;
	f->facts = p.facts;
	BT_GROW(part->files, part->files_alloc, part->files_nr + job->files_nr);
	memcpy(part->files + part->files_nr, job->files, job->files_nr * sizeof(*part->files));
	part->files_nr += job->files_nr;
	return 0;
}

static void job_run(void *ctx, unsigned worker, size_t number)
{
	struct crowd *x = ctx;
	struct worker *w = &x->workers[worker];
	struct job *job = &x->jobs[number];

	job->worker = worker;
	job->part_file = w->part.files_nr;
	job->hit = w->part.hits_nr;
	if (atomic_load(&x->failed))
		return;		/* its buffer goes in the end */
	if (job_read(x, w, job, &w->err)) {
		w->failed = number;
		atomic_store(&x->failed, true);
		return;
	}
	for (size_t k = 0; k < job->files_nr; k++)
		x->g->each(x->g, &w->part, (uint32_t)(job->part_file + k));
	job->hits_nr = w->part.hits_nr - job->hit;
}

static void job_merge(struct crowd *x, const struct job *job)
{
	const struct bt_answer *part = &x->workers[job->worker].part;
	struct bt_answer *a = x->a;

	BT_GROW(a->hits, a->hits_alloc, a->hits_nr + job->hits_nr);
	for (size_t i = 0; i < job->hits_nr; i++) {
		struct bt_hit *h = &a->hits[a->hits_nr++];

		*h = part->hits[job->hit + i];
		h->file = (uint32_t)(job->file + (h->file - job->part_file));
	}
}

/* The error that a single thread would have met first. */
static int first_error(const struct crowd *x, struct bt_err *err)
{
	const struct worker *first = &x->workers[0];

	for (unsigned i = 1; i < BT_CREW_NR; i++)
		if (x->workers[i].failed < first->failed)
			first = &x->workers[i];
	if (first->failed == SIZE_MAX)
		return 0;
	*err = first->err;
	return err->code;
}

static struct bt_buf take_buffer(struct crowd *x)
{
	for (; x->emptied < x->jobs_nr && atomic_load(&x->jobs[x->emptied].unpacked); x->emptied++) {
		struct bt_buf *b = &x->jobs[x->emptied].packed;

		if (x->spare_nr < BT_ARRAY_NR(x->spare))
			x->spare[x->spare_nr++] = *b;
		else
			bt_buf_release(b);
	}
	return x->spare_nr ? x->spare[--x->spare_nr] : (struct bt_buf)BT_BUF_INIT;
}

/* A blob's row, files and stored record. */
static int job_prepare(struct crowd *x, uint32_t blob, struct job *job, struct bt_err *err)
{
	struct bt_answer *a = x->a;

	if (bt_answer_add_blob(x->v, a, blob, x->g->filter, &job->file, &job->files_nr, err))
		return err->code;
	if (!job->files_nr)
		return 0;
	/* those of the answer move when it grows */
	job->files = bt_arena_alloc(&a->arena, job->files_nr * sizeof(*job->files));
	memcpy(job->files, a->files + job->file, job->files_nr * sizeof(*job->files));
	job->packed = take_buffer(x);
	return bt_store_facts_packed(x->v->store, blob, &job->packed, err);
}

static bool posting_passes(const struct bt_gather *g, const struct bt_posting *p)
{
	return !g->defs_only || !g->filter || !g->filter->kinds || (p->kinds & g->filter->kinds);
}

static int gather_all(const struct bt_gather *g, struct bt_view *v, struct bt_answer *a,
		      const struct bt_posting *list, size_t nr, struct bt_err *err)
{
	struct crowd x = { .g = g, .v = v, .a = a };
	struct bt_crew crew;
	int rc = 0, worker_rc;

	crowd_init(&x, nr);
	bt_crew_init(&crew, job_run, &x);
	for (size_t i = 0; i < nr && !rc && !atomic_load(&x.failed); i++) {
		struct job *job = &x.jobs[x.jobs_nr];

		if (!posting_passes(g, &list[i]))
			continue;
		rc = job_prepare(&x, list[i].blob_id, job, err);
		if (!rc && i % 64 == 0)
			rc = bt_cancel_check(err);
		if (!job->files_nr)
			continue;
		x.jobs_nr++;
		if (!rc)
			bt_crew_post(&crew);
	}
	bt_crew_finish(&crew);
	worker_rc = first_error(&x, err);
	for (size_t i = 0; i < x.jobs_nr && !rc && !worker_rc; i++)
		job_merge(&x, &x.jobs[i]);
	crowd_release(&x);
	return worker_rc ? worker_rc : rc;
}

static void want_postings(struct bt_view *v, const struct bt_posting *list, size_t nr)
{
	BT_FREE uint32_t *blobs = bt_xmalloc((nr + 1) * sizeof(*blobs));

	for (size_t i = 0; i < nr; i++)
		blobs[i] = list[i].blob_id;
	bt_view_want(v, blobs, nr);
}

int bt_gather_run(const struct bt_gather *g, struct bt_view *v, struct bt_answer *a, struct bt_err *err)
{
	BT_FREE struct bt_posting *list = NULL;
	size_t nr = 0, len;
	const char *name = bt_symbol_name(g->symbol, &len);

	if (bt_postings_find(v->store, name, len, g->defs_only, &list, &nr, err))
		return err->code;
	want_postings(v, list, nr);
	return gather_all(g, v, a, list, nr, err);
}
