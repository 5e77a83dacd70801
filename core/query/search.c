/*
 * Searching symbols by part of their name, best first.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/index/selection.h"
#include "core/query/find.h"
#include "store/postings.h"

/* Distinct names looked at before ranking: a one-letter prefix has a million. */
#define NAMES_MAX 4096
/* Without --max. */
#define HITS_DEFAULT 100

/* A name that matched, with its blobs; ordered before any facts are read. */
struct candidate {
	const char *name;
	size_t len;
	unsigned rank;
	const struct bt_posting *postings;
	size_t postings_nr;
};

/* Names that match come from the same few files: their records are opened once. */
#define OPENED_NR 64
#define OPENED_MEMORY_MAX ((size_t)32 << 20)

struct opened {
	struct bt_view_file *file;
	struct bt_partial facts;
};

struct search {
	struct bt_view *v;
	const char *pattern;
	const struct bt_filter *f;
	struct bt_arena arena;
	struct candidate *list;
	size_t nr, alloc;
	struct bt_arena records;	/* of what is opened, and of what was picked from it */
	struct opened opened[OPENED_NR];
	size_t opened_nr;
};

static void search_release(struct search *s)
{
	free(s->list);
	bt_arena_release(&s->arena);
	bt_arena_release(&s->records);
}

static bool starts_word(const char *name, size_t at)
{
	return !at || !isalnum((unsigned char)name[at - 1]) ||
	       (islower((unsigned char)name[at - 1]) && isupper((unsigned char)name[at]));
}

static const char *find_nocase(const char *name, size_t len, const char *part, size_t part_len)
{
	for (size_t i = 0; i + part_len <= len; i++)
		if (!strncasecmp(name + i, part, part_len))
			return name + i;
	return NULL;
}

/* 0 exact, 1 differs in case, 2 prefix, 3 prefix but case, 4 at a word start, 5 inside, then by distance. */
static unsigned rank_of(const char *pattern, const char *name, size_t len, unsigned distance)
{
	size_t n = strlen(pattern);
	const char *at;

	if (distance)
		return 16 + distance;
	if (len == n && !memcmp(name, pattern, n))
		return 0;
	if (len == n && !strncasecmp(name, pattern, n))
		return 1;
	if (len > n && !memcmp(name, pattern, n))
		return 2;
	if (len > n && !strncasecmp(name, pattern, n))
		return 3;
	at = find_nocase(name, len, pattern, n);
	if (at && starts_word(name, (size_t)(at - name)))
		return 4;
	return at ? 5 : 6;
}

static int add_candidate(void *ctx, const struct bt_name_hit *hit, struct bt_err *err)
{
	struct search *s = ctx;
	struct candidate *c;
	struct bt_posting *copy;
	uint32_t kinds = 0;

	(void)err;
	for (size_t i = 0; i < hit->postings_nr; i++)
		kinds |= hit->postings[i].kinds;
	if (s->f->kinds && !(kinds & s->f->kinds))
		return 0;
	copy = bt_arena_alloc(&s->arena, hit->postings_nr * sizeof(*copy) + 1);
	memcpy(copy, hit->postings, hit->postings_nr * sizeof(*copy));
	BT_GROW(s->list, s->alloc, s->nr + 1);
	c = &s->list[s->nr++];
	c->name = bt_arena_strndup(&s->arena, hit->name, hit->name_len);
	c->len = hit->name_len;
	c->rank = rank_of(s->pattern, c->name, c->len, hit->distance);
	c->postings = copy;
	c->postings_nr = hit->postings_nr;
	return 0;
}

static int candidate_cmp(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int gather(struct search *s, enum bt_name_match match, struct bt_err *err)
{
	struct bt_name_query q = {
		.match = match, .pattern = s->pattern, .ignore_case = true, .names_max = NAMES_MAX,
		.edits = strlen(s->pattern) < 6 ? 1 : 2,
	};

	return bt_postings_search(s->v->store, &q, add_candidate, s, err);
}

static int gather_mode(struct search *s, enum bt_search_mode mode, struct bt_err *err)
{
	static const enum bt_name_match of_mode[] = {
		[BT_SEARCH_PREFIX] = BT_MATCH_PREFIX,
		[BT_SEARCH_SUBSTRING] = BT_MATCH_SUBSTRING,
		[BT_SEARCH_GLOB] = BT_MATCH_GLOB,
		[BT_SEARCH_FUZZY] = BT_MATCH_FUZZY,
	};

	return gather(s, of_mode[mode], err);
}

static struct opened *find_opened(struct search *s, uint32_t blob)
{
	for (size_t i = 0; i < s->opened_nr; i++)
		if (s->opened[i].file->blob.id == blob)
			return &s->opened[i];
	return NULL;
}

/* Where a name is defined: a file of the view, or a blob where the view is of all content. */
struct place {
	uint32_t blob;
	uint32_t file;			/* number in the manifest, or BT_NONE */
	bool aside;			/* generated or vendored */
	struct bt_view_file *row;	/* of all content: read already; else NULL */
};

static int place_cmp(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	int c;

	if (a->aside != b->aside)
		return a->aside - b->aside;
	if (!a->row)
		return (a->file > b->file) - (a->file < b->file);
	c = strcmp(a->row->path, b->row->path);
	return c ? c : memcmp(a->row->blob.oid.raw, b->row->blob.oid.raw, sizeof(a->row->blob.oid.raw));
}

struct places {
	struct place *list;
	size_t nr, alloc;
};

static void places_release(struct places *p)
{
	free(p->list);
}

/* In the order of answers: files are numbered in the order of their paths. */
static int find_places(struct search *s, const struct candidate *c, struct bt_answer *a, struct places *p,
		       struct bt_err *err)
{
	for (size_t i = 0; i < c->postings_nr; i++) {
		struct place at = { .blob = c->postings[i].blob_id, .file = BT_NONE };
		uint32_t first, nr;

		if (bt_view_blob_files(s->v, at.blob, &first, &nr, err))
			return err->code;
		if (s->v->all && nr) {
			at.row = bt_arena_alloc(&a->arena, sizeof(*at.row));
			if (bt_view_read_row(s->v, at.blob, &a->arena, at.row, err))
				return err->code;
		}
		BT_GROW(p->list, p->alloc, p->nr + nr);
		for (uint32_t k = 0; k < nr; k++) {
			if (!s->v->all) {
				at.file = s->v->by_blob[first + k];
				at.aside = bt_manifest_file_get(&s->v->manifest, at.file).flags &
					   (BT_FILE_GENERATED | BT_FILE_VENDORED);
			}
			p->list[p->nr++] = at;
		}
	}
	if (p->nr)
		qsort(p->list, p->nr, sizeof(*p->list), place_cmp);
	return 0;
}

/* The file at a place enters the answer, when it passes; its record is opened. */
static int open_place(struct search *s, const struct place *p, struct bt_answer *a, struct opened **ret_o,
		      size_t *ret_first, size_t *ret_nr, struct bt_err *err)
{
	struct opened *o = find_opened(s, p->blob);
	struct bt_view_file *row = o ? o->file : p->row;

	if (!row) {
		row = bt_arena_alloc(&a->arena, sizeof(*row));
		if (bt_view_read_row(s->v, p->blob, &a->arena, row, err))
			return err->code;
	}
	if (s->v->all ? bt_answer_add_files(s->v, a, row, s->f, ret_first, ret_nr, err)
		      : bt_answer_add_file(s->v, a, row, p->file, s->f, ret_first, ret_nr, err))
		return err->code;
	*ret_o = o;
	if (!*ret_nr || o)
		return 0;
	if (s->opened_nr == OPENED_NR || bt_arena_memory(&s->records) > OPENED_MEMORY_MAX) {
		bt_arena_reset(&s->records);
		s->opened_nr = 0;
	}
	*ret_o = o = &s->opened[s->opened_nr];
	o->file = row;
	if (bt_view_open_facts(s->v, &s->records, true, row, &o->facts, err))
		return err->code;
	s->opened_nr++;
	return 0;
}

static int take_place(struct search *s, const struct candidate *c, const struct place *p, struct bt_answer *a,
		      struct bt_err *err)
{
	struct opened *o = NULL;
	size_t first, nr;

	if (open_place(s, p, a, &o, &first, &nr, err) ||
	    (nr && bt_partial_pick(&o->facts, &s->records, c->name, c->len, err)))
		return err->code;
	for (size_t i = first; i < first + nr; i++) {
		const struct bt_facts *f = &a->files[i].f->facts;

		a->files[i].f->facts = o->facts.facts;
		for (uint32_t d = 0; d < f->defs_nr; d++) {
			if (!bt_name_is(f, f->defs[d].name, c->name, c->len) ||
			    (s->f->kinds && !(s->f->kinds & (1u << f->defs[d].kind))))
				continue;
			bt_answer_add_def(a, (uint32_t)i, d);
			a->hits[a->hits_nr - 1].rank = c->rank;
		}
	}
	return 0;
}

static void want_candidates(struct search *s)
{
	BT_FREE uint32_t *blobs = NULL;
	size_t nr = 0, alloc = 0;

	for (size_t i = 0; i < s->nr; i++) {
		BT_GROW(blobs, alloc, nr + s->list[i].postings_nr);
		for (size_t k = 0; k < s->list[i].postings_nr; k++)
			blobs[nr++] = s->list[i].postings[k].blob_id;
	}
	bt_view_want(s->v, blobs, nr);
}

/* Facts are read in the order of rank and place, until one hit more than enough is there. */
static int take(struct search *s, struct bt_answer *a, struct bt_err *err)
{
	size_t max = s->f->max ? s->f->max : HITS_DEFAULT;

	if (s->nr)
		qsort(s->list, s->nr, sizeof(*s->list), candidate_cmp);
	want_candidates(s);
	for (size_t i = 0; i < s->nr && a->hits_nr <= max; i++) {
		BT_CLEANUP(places_release) struct places p = { .nr = 0 };

		if (find_places(s, &s->list[i], a, &p, err))
			return err->code;
		for (size_t k = 0; k < p.nr && a->hits_nr <= max; k++)
			if (take_place(s, &s->list[i], &p.list[k], a, err))
				return err->code;
	}
	if (a->hits_nr > max) {
		a->hits_nr = max;
		a->cut = true;
	}
	return 0;
}

static int search_once(struct search *s, enum bt_search_mode mode, struct bt_answer *a, struct bt_err *err)
{
	int rc;

	s->nr = 0;
	bt_arena_reset(&s->arena);
	rc = gather_mode(s, mode, err);
	return rc ? rc : take(s, a, err);
}

static int search_auto(struct search *s, struct bt_answer *a, struct bt_err *err)
{
	static const enum bt_search_mode order[] = { BT_SEARCH_PREFIX, BT_SEARCH_SUBSTRING,
						     BT_SEARCH_FUZZY };

	if (strpbrk(s->pattern, "*?["))
		return search_once(s, BT_SEARCH_GLOB, a, err);
	for (size_t i = 0; i < BT_ARRAY_NR(order) && !a->hits_nr; i++)
		if (search_once(s, order[i], a, err))
			return err->code;
	return 0;
}

int bt_find_search(struct bt_view *v, const char *pattern, enum bt_search_mode mode,
		   const struct bt_filter *f, struct bt_answer *a, struct bt_err *err)
{
	struct bt_filter none = { 0 };
	BT_CLEANUP(search_release) struct search s = { .v = v, .pattern = pattern, .f = f ? f : &none };
	int rc;

	if (!*pattern)
		return bt_err_set(err, BT_ERR_USAGE, "the pattern is empty");
	rc = mode == BT_SEARCH_AUTO ? search_auto(&s, a, err) : search_once(&s, mode, a, err);
	if (!rc)
		bt_answer_sort(a, 0);
	return rc;
}
