/*
 * Gathering (name, blob) pairs in memory.
 *
 * A pair costs a look into a table of names, which is far larger than any cache, so names wait in
 * a short queue while their slot, and then their text, is on its way from memory. What a pair
 * leaves behind is four bytes in a log (eight when it defines): the number of the name. Sorting
 * and counting is left to the end, when a log can be read from front to back.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/base/hash.h"
#include "store/postings_sort.h"
#include "store/segment.h"

/* Names in the queue, and how far behind the second look is. */
#define QUEUE_NR 32
#define QUEUE_HALF 16
/* Longer names do not wait. */
#define QUEUE_TEXT 60
#define SLOTS_MIN 4096
/* The arena starts behind a place that no name has: a slot of 0 is free. */
#define ARENA_START 4

struct slot {
	uint32_t tag; /* of the hash */
	uint32_t at;  /* place in the arena / 4; 0: free */
};

struct waiting {
	uint64_t hash;
	uint32_t kinds;
	uint32_t len;
	char text[QUEUE_TEXT];
};

struct bt_postings {
	char *arena; /* struct bt_gathered, one after the other */
	size_t arena_len, arena_alloc;
	struct slot *slots;
	uint32_t mask;
	uint32_t names_nr;
	/* Per pair: number of the name * 2, + 1 when its kinds follow. */
	uint32_t *log;
	size_t log_nr, log_alloc;
	/* Per blob in the order of arrival: where its part of the log starts. */
	uint32_t *blobs;
	size_t *starts;
	size_t blobs_nr, blobs_alloc, starts_alloc;
	uint64_t pairs_nr;
	struct waiting queue[QUEUE_NR];
	unsigned queue_in, queue_out; /* count up; in - out wait */
};

/* Random access to megabytes: large pages save faults, and the walk to find each page. */
static void *memory_advise(void *p, size_t len)
{
	uintptr_t page = 2u << 20, from = ((uintptr_t)p + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)p + len) & ~(page - 1);

	if (to > from)
		madvise((void *)from, to - from, MADV_HUGEPAGE);
	return p;
}

static void *memory_new(size_t nr, size_t size)
{
	return memory_advise(bt_xmalloc((nr + 1) * size), (nr + 1) * size);
}

static struct slot *slots_make(uint32_t nr)
{
	return memory_advise(bt_xcalloc(nr, sizeof(struct slot)), nr * sizeof(struct slot));
}

struct bt_postings *bt_postings_new(void)
{
	struct bt_postings *p = bt_xcalloc(1, sizeof(*p));

	p->arena_len = ARENA_START;
	p->mask = SLOTS_MIN - 1;
	p->slots = slots_make(SLOTS_MIN);
	return p;
}

void bt_postings_free(struct bt_postings **pp)
{
	struct bt_postings *p = *pp;

	if (!p)
		return;
	free(p->arena);
	free(p->slots);
	free(p->log);
	free(p->blobs);
	free(p->starts);
	free(p);
	*pp = NULL;
}

static struct bt_gathered *gathered_at(const struct bt_postings *p, uint32_t at)
{
	return (struct bt_gathered *)(void *)(p->arena + 4 * (size_t)at);
}

static void slots_grow(struct bt_postings *p)
{
	uint32_t old_nr = p->mask + 1, i, x;
	struct slot *old = p->slots;

	p->mask = 2 * old_nr - 1;
	p->slots = slots_make(2 * old_nr);
	for (i = 0; i < old_nr; i++) {
		if (!old[i].at)
			continue;
		for (x = old[i].tag & p->mask; p->slots[x].at; x = (x + 1) & p->mask)
			;
		p->slots[x] = old[i];
	}
	free(old);
}

static struct bt_gathered *name_append(struct bt_postings *p, const char *text, size_t len)
{
	size_t size = bt_gathered_size(len);
	struct bt_gathered *g;

	if (p->arena_len + size > p->arena_alloc) {
		BT_GROW(p->arena, p->arena_alloc, p->arena_len + size);
		memory_advise(p->arena, p->arena_alloc);
	}
	g = gathered_at(p, (uint32_t)(p->arena_len / 4));
	g->number = p->names_nr++;
	g->len = (uint16_t)len;
	memcpy(g->text, text, len);
	p->arena_len += size;
	return g;
}

/* The number of a name. */
static uint32_t name_intern(struct bt_postings *p, uint64_t hash, const char *text, size_t len)
{
	uint32_t tag = (uint32_t)hash, x = tag & p->mask;

	for (; p->slots[x].at; x = (x + 1) & p->mask) {
		struct bt_gathered *g;

		if (p->slots[x].tag != tag)
			continue;
		g = gathered_at(p, p->slots[x].at);
		if (g->len == len && !memcmp(g->text, text, len))
			return g->number;
	}
	p->slots[x] = (struct slot){ tag, (uint32_t)(p->arena_len / 4) };
	name_append(p, text, len);
	/* Three quarters full at most. */
	if (p->names_nr / 3 >= (p->mask + 1) / 4)
		slots_grow(p);
	return p->names_nr - 1;
}

static void pair_add(struct bt_postings *p, uint64_t hash, const char *text, size_t len,
		     uint32_t kinds)
{
	uint32_t number = name_intern(p, hash, text, len);

	if (p->log_nr + 2 > p->log_alloc) {
		BT_GROW(p->log, p->log_alloc, p->log_nr + 2);
		memory_advise(p->log, p->log_alloc * sizeof(*p->log));
	}
	p->log[p->log_nr++] = number * 2 + (kinds != 0);
	if (kinds)
		p->log[p->log_nr++] = kinds;
	p->pairs_nr++;
}

/* The first look: the slot has arrived, the text is sent for. */
static void queue_look(const struct bt_postings *p, const struct waiting *w)
{
	const struct slot *slot = &p->slots[w->hash & p->mask];

	if (slot->at)
		__builtin_prefetch(p->arena + 4 * (size_t)slot->at);
}

static void queue_take(struct bt_postings *p)
{
	const struct waiting *w = &p->queue[p->queue_out++ % QUEUE_NR];

	pair_add(p, w->hash, w->text, w->len, w->kinds);
}

static void queue_drain(struct bt_postings *p)
{
	while (p->queue_out != p->queue_in)
		queue_take(p);
}

static void blob_begin(struct bt_postings *p, uint32_t blob_id)
{
	queue_drain(p);
	BT_GROW(p->blobs, p->blobs_alloc, p->blobs_nr + 1);
	BT_GROW(p->starts, p->starts_alloc, p->blobs_nr + 1);
	p->blobs[p->blobs_nr] = blob_id;
	p->starts[p->blobs_nr++] = p->log_nr;
}

void bt_postings_add(struct bt_postings *p, uint32_t blob_id, const char *name, size_t len,
		     uint32_t kinds)
{
	uint64_t hash;
	struct waiting *w;

	if (!p->blobs_nr || p->blobs[p->blobs_nr - 1] != blob_id)
		blob_begin(p, blob_id);
	if (len > BT_NAME_LEN_MAX)
		len = BT_NAME_LEN_MAX;
	if (!len)
		return;
	hash = bt_hash64(name, len, 0);
	if (len > QUEUE_TEXT) {
		pair_add(p, hash, name, len, kinds);
		return;
	}
	__builtin_prefetch(&p->slots[hash & p->mask]);
	if (p->queue_in - p->queue_out == QUEUE_NR)
		queue_take(p);
	w = &p->queue[p->queue_in % QUEUE_NR];
	w->hash = hash;
	w->kinds = kinds;
	w->len = (uint32_t)len;
	memcpy(w->text, name, len);
	if (p->queue_in - p->queue_out >= QUEUE_HALF)
		queue_look(p, &p->queue[(p->queue_in - QUEUE_HALF) % QUEUE_NR]);
	p->queue_in++;
}

/* Takes the pairs of one blob, log[from..to), out of the count. */
static void pairs_drop(struct bt_postings *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		i += p->log[i] & 1;
		p->pairs_nr--;
	}
}

void bt_postings_relabel(struct bt_postings *p, uint32_t (*id_of)(void *ctx, uint32_t label), void *ctx)
{
	size_t kept = 0, log_nr = 0;

	queue_drain(p);
	for (size_t i = 0; i < p->blobs_nr; i++) {
		size_t from = p->starts[i], to = i + 1 < p->blobs_nr ? p->starts[i + 1] : p->log_nr;
		uint32_t id = id_of(ctx, p->blobs[i]);

		if (!id) {
			pairs_drop(p, from, to);
			continue;
		}
		if (log_nr != from)
			memmove(p->log + log_nr, p->log + from, (to - from) * sizeof(*p->log));
		p->blobs[kept] = id;
		p->starts[kept++] = log_nr;
		log_nr += to - from;
	}
	p->blobs_nr = kept;
	p->log_nr = log_nr;
}

/* --- from the log to lists --- */

/* The lists of all names, one after the other in the order of `items`. */
struct lists {
	struct bt_sort_item *items;
	uint32_t *ends; /* per number of a name: where its list ends */
	uint32_t *nrs;	/* per number of a name */
	struct bt_posting *all;
	uint32_t *ids; /* blob ids, ascending */
	uint32_t *places; /* per blob that came: its number; NULL when they came in order */
	uint32_t ids_nr;
};

static void lists_release(struct lists *l)
{
	free(l->items);
	free(l->ends);
	free(l->nrs);
	free(l->all);
	free(l->ids);
	free(l->places);
}

static int arrival_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Two writers interleave, a blob is parsed again: ids need not ascend, and one may come twice. */
static void blobs_number(const struct bt_postings *p, struct lists *l)
{
	BT_FREE uint64_t *order = NULL;
	size_t i;

	l->ids = bt_xmalloc((p->blobs_nr + 1) * sizeof(*l->ids));
	for (i = 0; i + 1 < p->blobs_nr && p->blobs[i] < p->blobs[i + 1]; i++)
		;
	if (i + 1 >= p->blobs_nr) {
		memcpy(l->ids, p->blobs, p->blobs_nr * sizeof(*l->ids));
		l->ids_nr = (uint32_t)p->blobs_nr;
		return;
	}
	order = bt_xmalloc(p->blobs_nr * sizeof(*order));
	l->places = bt_xmalloc(p->blobs_nr * sizeof(*l->places));
	for (i = 0; i < p->blobs_nr; i++)
		order[i] = (uint64_t)p->blobs[i] << 32 | i;
	qsort(order, p->blobs_nr, sizeof(*order), arrival_compare);
	for (i = 0; i < p->blobs_nr; i++) {
		uint32_t id = (uint32_t)(order[i] >> 32);

		if (!l->ids_nr || l->ids[l->ids_nr - 1] != id)
			l->ids[l->ids_nr++] = id;
		l->places[(uint32_t)order[i]] = l->ids_nr - 1;
	}
}

static void lists_count(const struct bt_postings *p, struct lists *l)
{
	uint32_t total = 0;
	size_t i;

	l->nrs = memory_new(p->names_nr, sizeof(*l->nrs));
	memset(l->nrs, 0, p->names_nr * sizeof(*l->nrs));
	l->ends = memory_new(p->names_nr, sizeof(*l->ends));
	for (i = 0; i < p->log_nr; i++) {
		l->nrs[p->log[i] >> 1]++;
		i += p->log[i] & 1;
	}
	for (i = 0; i < p->names_nr; i++) {
		uint32_t number = l->items[i].number;

		l->ends[number] = total; /* grows while the list is filled */
		total += l->nrs[number];
	}
}

static void lists_fill(const struct bt_postings *p, struct lists *l)
{
	size_t i = 0, blob;

	l->all = memory_new(p->pairs_nr, sizeof(*l->all));
	for (blob = 0; blob < p->blobs_nr; blob++) {
		size_t end = blob + 1 < p->blobs_nr ? p->starts[blob + 1] : p->log_nr;
		uint32_t place = l->places ? l->places[blob] : (uint32_t)blob;

		while (i < end) {
			uint32_t entry = p->log[i++];

			l->all[l->ends[entry >> 1]++] =
				(struct bt_posting){ place, entry & 1 ? p->log[i++] : 0 };
		}
	}
}

static int posting_compare(const void *a, const void *b)
{
	const struct bt_posting *x = a, *y = b;

	return (x->blob_id > y->blob_id) - (x->blob_id < y->blob_id);
}

uint32_t bt_postings_tidy(struct bt_posting *list, uint32_t nr)
{
	uint32_t i, kept = 0;

	for (i = 1; i < nr && list[i - 1].blob_id < list[i].blob_id; i++)
		;
	if (i >= nr)
		return nr;
	qsort(list, nr, sizeof(*list), posting_compare);
	for (i = 0; i < nr; i++) {
		if (kept && list[kept - 1].blob_id == list[i].blob_id)
			list[kept - 1].kinds |= list[i].kinds;
		else
			list[kept++] = list[i];
	}
	return kept;
}

static int lists_write(const struct bt_postings *p, struct lists *l, struct bt_segment_writer *w,
		       struct bt_err *err)
{
	enum { AHEAD = 12 };
	size_t i;
	int rc;

	for (i = 0; i < p->names_nr; i++) {
		const struct bt_sort_item *item = &l->items[i];
		const struct bt_gathered *g = gathered_at(p, item->at);
		uint32_t nr = l->nrs[item->number];
		struct bt_posting *list = l->all + (l->ends[item->number] - nr);

		if (i + AHEAD < p->names_nr) {
			__builtin_prefetch(gathered_at(p, item[AHEAD].at));
			__builtin_prefetch(&l->nrs[item[AHEAD].number]);
			__builtin_prefetch(&l->ends[item[AHEAD].number]);
		}
		if (!nr)	/* only blobs that were left out have it */
			continue;
		nr = bt_postings_tidy(list, nr);
		rc = bt_segment_add(w, g->text, g->len, list, nr, err);
		if (rc)
			return rc;
	}
	return 0;
}

static void postings_clear(struct bt_postings *p)
{
	memset(p->slots, 0, (p->mask + (size_t)1) * sizeof(*p->slots));
	p->arena_len = ARENA_START;
	p->names_nr = 0;
	p->log_nr = p->blobs_nr = 0;
	p->pairs_nr = 0;
}

static int postings_write(struct bt_postings *p, struct bt_store *s, struct bt_err *err)
{
	BT_CLEANUP(bt_segment_writer_release) struct bt_segment_writer w;
	BT_CLEANUP(lists_release) struct lists l = { .items = NULL };
	int rc = bt_segment_begin(&w, s, err);

	if (rc)
		return rc;
	l.items = memory_new(p->names_nr, sizeof(*l.items));
	bt_gathered_sort(p->arena, ARENA_START, p->arena_len, l.items);
	blobs_number(p, &l);
	lists_count(p, &l);
	lists_fill(p, &l);
	rc = lists_write(p, &l, &w, err);
	return rc ? rc : bt_segment_end(&w, l.ids, l.ids_nr, err);
}

int bt_postings_flush(struct bt_postings *p, struct bt_store *s, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc;

	queue_drain(p);
	if (!p->pairs_nr) {
		postings_clear(p);
		return 0;
	}
	rc = bt_store_scope_begin(s, &scope, err);
	if (rc)
		return rc;
	rc = postings_write(p, s, err);
	postings_clear(p);
	if (!rc)
		rc = bt_segment_merge_due(s, err);
	return bt_store_scope_end(s, &scope, rc, err);
}
