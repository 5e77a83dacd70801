/*
 * Who parses what. Every waiting blob goes to the worker with the least left to do, as long as that
 * has room; room is refilled in one go, so that one write carries many small blobs.
 *
 * Blobs with an external scanner go to groups only; the others go to long-lived workers or ride
 * along in a group. Large blobs, whose trees would together break the memory bound, wait for each
 * other while smaller ones pass them.
 */
#include "core/index/pool_int.h"
#include "core/lang/extract.h"

/*
 * Syntax tree and parser need at most about this much per byte of source: 56 is the most that was
 * measured over C, C++, Python, Rust, bash, HTML, YAML and Markdown of four real projects.
 */
#define TREE_BYTES_PER_BYTE 80

static uint64_t tree_bytes(const struct bt_pool_blob *b)
{
	uint64_t bytes = (uint64_t)b->len * TREE_BYTES_PER_BYTE;
	uint64_t max = bt_extract_limits_default.arena_max;

	return bytes < max ? bytes : max;
}

static bool is_large(const struct bt_pool *p, const struct bt_pool_blob *b)
{
	return tree_bytes(b) > p->o.tree_bytes_max / 8;
}

/* Must this one wait until another large one is done? */
static bool is_too_heavy(const struct bt_pool *p, const struct bt_pool_blob *b)
{
	uint64_t sum = 0, most, here;

	if (!p->o.tree_bytes_max || !is_large(p, b))
		return false;
	for (size_t i = 0; i < p->workers_nr; i++) {
		most = 0;
		for (const struct bt_pool_blob *t = p->workers[i]->todo.head; t; t = t->next) {
			here = is_large(p, t) ? tree_bytes(t) : 0;
			most = here > most ? here : most;
		}
		sum += most;
	}
	return sum && sum + tree_bytes(b) > p->o.tree_bytes_max;
}

/* Is its share of blobs used up, with this one or before? */
static bool is_full(const struct bt_pool_worker *w, const struct bt_pool_blob *b)
{
	size_t nr_max = w->kind == BT_WORKER_PLAIN ? BT_PLAIN_NR_MAX : BT_GROUP_NR_MAX;
	size_t bytes_max = w->kind == BT_WORKER_PLAIN ? BT_PLAIN_BYTES_MAX : BT_GROUP_BYTES_MAX;

	return w->got_nr >= nr_max || (w->got_nr && w->got_bytes + b->len > bytes_max);
}

/* Is what waits so little that it should be shared out in small pieces? */
static bool is_ending(const struct bt_pool *p)
{
	return p->flushing && p->plain.bytes + p->scanner.bytes < p->jobs * BT_DEPTH_BYTES;
}

static bool has_room(const struct bt_pool *p, const struct bt_pool_worker *w)
{
	bool ending = is_ending(p);
	size_t depth = ending ? BT_DEPTH_END_BYTES : BT_DEPTH_BYTES;

	if (w->todo.nr < (ending ? 1 : 2))
		return true;
	return w->todo.bytes < (w->filling ? depth : depth / 2);
}

/* The running worker that should have it, or NULL. */
static struct bt_pool_worker *choose(struct bt_pool *p, const struct bt_pool_blob *b)
{
	struct bt_pool_worker *best = NULL;

	for (size_t i = 0; i < p->workers_nr; i++) {
		struct bt_pool_worker *w = p->workers[i];

		if (!w->open || w->kind == BT_WORKER_SPARE || w->kind == BT_WORKER_ALONE)
			continue;
		if (w->kind == BT_WORKER_PLAIN && b->scanner)
			continue;
		if (is_full(w, b)) {
			bt_pool_worker_retire(w);
			continue;
		}
		if (has_room(p, w) && (!best || w->todo.bytes < best->todo.bytes))
			best = w;
	}
	return best;
}

/*
 * A running worker with room is taken only when it is short of work or no fresh one can be had: all
 * slots are to be in use before any of them queues much.
 */
static struct bt_pool_worker *place_for(struct bt_pool *p, const struct bt_pool_blob *b)
{
	enum bt_pool_kind kind = b->scanner ? BT_WORKER_GROUP : BT_WORKER_PLAIN;
	struct bt_pool_worker *best = choose(p, b), *fresh;

	if (best && !best->todo.nr)
		return best;
	fresh = bt_pool_worker_obtain(p, kind);
	return fresh ? fresh : best;
}

static void place(struct bt_pool *p, struct bt_blob_list *l)
{
	struct bt_pool_worker *w;

	while (l->head) {
		if (l == &p->heavy) {
			if (is_too_heavy(p, l->head))
				return;
		} else if ((p->heavy.nr && is_large(p, l->head)) || is_too_heavy(p, l->head)) {
			bt_blob_list_push(&p->heavy, bt_blob_list_pop(l));
			continue;
		}
		w = place_for(p, l->head);
		if (!w)
			return;
		bt_pool_worker_give(p, w, bt_blob_list_pop(l));
	}
}

static void place_alone(struct bt_pool *p)
{
	struct bt_pool_worker *w;

	while (p->alone.head && !is_too_heavy(p, p->alone.head)) {
		w = bt_pool_worker_obtain(p, BT_WORKER_ALONE);
		if (!w)
			return;
		bt_pool_worker_give(p, w, bt_blob_list_pop(&p->alone));
	}
}

void bt_pool_plan_close(struct bt_pool *p)
{
	for (size_t i = 0; i < p->workers_nr; i++) {
		struct bt_pool_worker *w = p->workers[i];

		if (w->kind == BT_WORKER_GROUP && w->open && !w->todo.nr) {
			bt_pool_worker_retire(w);
			bt_pool_worker_send(p, w);
		}
	}
}

int bt_pool_plan(struct bt_pool *p, struct bt_err *err)
{
	int rc = bt_pool_ask_langs(p, err);

	if (rc || p->langs_wanted)
		return rc;
	for (size_t i = 0; i < p->workers_nr; i++)
		p->workers[i]->filling = false;
	place_alone(p);
	place(p, &p->heavy);
	place(p, &p->scanner);
	place(p, &p->plain);
	for (size_t i = 0; i < p->workers_nr; i++) {
		struct bt_pool_worker *w = p->workers[i];

		if (p->flushing && w->kind == BT_WORKER_GROUP && !p->scanner.nr && !p->plain.nr)
			bt_pool_worker_retire(w);
		if (w->unsent || (!w->open && !w->shut))
			bt_pool_worker_send(p, w);
	}
	return bt_pool_spawn_ahead(p, err);
}
