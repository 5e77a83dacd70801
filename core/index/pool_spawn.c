/*
 * Processes: how many there are, when a new one may start, and which are asked for ahead of need.
 *
 * A fork takes as long as parsing some kilobytes, so that spares wait for the next groups. One that
 * lacks the table of a language that came later is told to leave.
 */
#include "core/index/pool_int.h"

bool bt_pool_worker_busy(const struct bt_pool_worker *w)
{
	if (w->kind == BT_WORKER_SPARE || w->ended)
		return false;
	return w->kind == BT_WORKER_ALONE || w->open || w->todo.bytes >= BT_DRAINED_BYTES;
}

static bool is_spare(const struct bt_pool_worker *w)
{
	return w->kind == BT_WORKER_SPARE && w->open && !w->ended && !w->eof;
}

/* How many more may start now. */
static size_t slots(const struct bt_pool *p)
{
	size_t busy = 0, all = 0;

	for (size_t i = 0; i < p->workers_nr; i++) {
		busy += bt_pool_worker_busy(p->workers[i]);
		all += p->workers[i]->kind != BT_WORKER_SPARE && !p->workers[i]->ended;
	}
	if (busy >= p->jobs || all >= 2 * (size_t)p->jobs)
		return 0;
	return p->jobs - busy;
}

/* A worker that only waits for more of its kind makes room for another kind. */
static void make_room(struct bt_pool *p, enum bt_pool_kind kind)
{
	struct bt_pool_worker *least = NULL;

	for (size_t i = 0; i < p->workers_nr; i++) {
		struct bt_pool_worker *w = p->workers[i];

		if (w->kind == BT_WORKER_SPARE || w->ended)
			continue;
		if (!w->open && w->kind != BT_WORKER_ALONE)
			return; /* one is leaving already */
		if (!w->open || (kind == BT_WORKER_GROUP && w->kind != BT_WORKER_PLAIN))
			continue;
		if (!least || w->todo.bytes < least->todo.bytes)
			least = w;
	}
	if (least && (kind == BT_WORKER_ALONE || !least->todo.nr))
		bt_pool_worker_retire(least);
}

struct bt_pool_worker *bt_pool_worker_obtain(struct bt_pool *p, enum bt_pool_kind kind)
{
	if (!slots(p))
		make_room(p, kind);
	if (!slots(p))
		return NULL;
	for (size_t i = 0; i < p->workers_nr; i++) {
		struct bt_pool_worker *w = p->workers[i];

		if (!is_spare(w))
			continue;
		w->kind = kind;
		return w;
	}
	return NULL;
}

/* Groups follow each other closely: their next workers should be there in time. */
static size_t ahead(const struct bt_pool *p, size_t waiting)
{
	bool grouped = p->scanner.nr || p->alone.nr;

	if (p->flushing && !waiting)
		return 0;
	for (size_t i = 0; i < p->workers_nr && !grouped; i++)
		grouped = p->workers[i]->kind == BT_WORKER_GROUP;
	return !grouped ? 0 : p->jobs < 2 ? 1 : 2;
}

int bt_pool_spawn_ahead(struct bt_pool *p, struct bt_err *err)
{
	size_t waiting = p->plain.nr + p->scanner.nr + p->heavy.nr + p->alone.nr;
	size_t want = slots(p), have = p->spawns_asked;
	struct bt_err e;
	int rc = 0;

	if (want > waiting)
		want = waiting;
	want += ahead(p, waiting);
	for (size_t i = 0; i < p->workers_nr; i++)
		have += is_spare(p->workers[i]);
	for (; have < want && !rc; have++) {
		rc = bt_zygote_spawn(&p->zygote, p->generation, &e);
		p->spawns_asked += !rc;
	}
	if (!rc || rc == BT_ERR_BUSY)
		return 0;
	*err = e;
	return rc;
}

int bt_pool_ask_langs(struct bt_pool *p, struct bt_err *err)
{
	struct bt_err e;
	int rc;

	for (size_t i = 0; p->langs_wanted && i < bt_langs_nr(); i++) {
		if (p->langs[i] != BT_LANG_WANTED)
			continue;
		rc = bt_zygote_prepare(&p->zygote, (unsigned)i, &e);
		if (rc == BT_ERR_BUSY)
			return 0;
		if (rc) {
			*err = e;
			return rc;
		}
		p->langs[i] = BT_LANG_ASKED;
		p->langs_wanted--;
		p->generation++;
		for (size_t k = 0; k < p->workers_nr; k++)
			bt_pool_worker_retire(p->workers[k]);
	}
	return 0;
}
