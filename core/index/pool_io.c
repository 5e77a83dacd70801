/*
 * One look at all descriptors: news of the zygote, answers, room for more, deadlines.
 *
 * Deadlines run on a clock of the pool's own, which advances by at most a second per look: while we
 * were stopped, or the machine was, nobody is late. What has arrived is read before anyone is
 * judged.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/index/pool_int.h"

#define CLOCK_STEP_MS 1000
#define NAP_MIN_US 100
#define NAP_MAX_US 2000
#define NAP_STEP_US 50

int bt_pool_break(struct bt_pool *p, struct bt_err *err)
{
	if (!p->broken.code)
		p->broken = *err;
	return err->code;
}

static void clock_step(struct bt_pool *p)
{
	int64_t now = p->look_us / 1000, step = now - p->seen_ms;

	p->clock_ms += step < CLOCK_STEP_MS ? step : CLOCK_STEP_MS;
	p->seen_ms = now;
}

static void on_spawned(struct bt_pool *p, const struct bt_zygote_event *e)
{
	struct bt_pool_worker *w = bt_pool_worker_add(p, e->pid, e->fd);

	p->spawns_asked--;
	p->stats.forks++;
	if (e->arg != p->generation)
		bt_pool_worker_retire(w);
}

/* The system gives no more processes: go on with those that are there. */
static int on_not_spawned(struct bt_pool *p, const struct bt_zygote_event *e, struct bt_err *err)
{
	unsigned live = 0;

	p->spawns_asked--;
	for (size_t i = 0; i < p->workers_nr; i++)
		live += !p->workers[i]->ended;
	if (!live)
		return bt_err_set(err, BT_ERR_FAIL, "cannot start a parse worker: %s", e->text);
	if (p->jobs > live)
		p->jobs = live;
	return 0;
}

static void on_ended(struct bt_pool *p, const struct bt_zygote_event *e)
{
	for (size_t i = 0; i < p->workers_nr; i++) {
		struct bt_pool_worker *w = p->workers[i];

		if (w->pid != e->pid || w->ended)
			continue;
		w->ended = true;
		w->open = false;
		w->status = e->status;
	}
}

static int on_event(struct bt_pool *p, const struct bt_zygote_event *e, struct bt_err *err)
{
	switch ((enum bt_zygote_event_kind)e->kind) {
	case BT_ZYGOTE_READY:
		p->stats.seccomp = e->seccomp;
		p->stats.landlock = e->landlock;
		return 0;
	case BT_ZYGOTE_PREPARED:
		if (!e->code)
			return 0;
		return bt_err_set(err, BT_ERR_FAIL, "cannot prepare language '%s': %s",
				  bt_lang_get(e->arg)->name, e->text);
	case BT_ZYGOTE_SPAWNED:
		on_spawned(p, e);
		return 0;
	case BT_ZYGOTE_NOT_SPAWNED:
		return on_not_spawned(p, e, err);
	case BT_ZYGOTE_ENDED:
		on_ended(p, e);
		return 0;
	case BT_ZYGOTE_BROKEN:
		break;
	}
	return bt_err_set(err, BT_ERR_FAIL, "cannot start the parse workers: %s", e->text);
}

static int events_read(struct bt_pool *p, struct bt_err *err)
{
	struct bt_zygote_event e;
	int rc;

	while ((rc = bt_zygote_next(&p->zygote, &e, err)) == BT_ROW) {
		rc = on_event(p, &e, err);
		if (rc)
			return rc;
	}
	return rc;
}

/* A long-lived worker's next answers are read when those before them have been taken. */
static bool wants_reading(const struct bt_pool_worker *w)
{
	return !w->eof && (w->kind != BT_WORKER_PLAIN || !w->answered.nr);
}

static size_t pfds_make(struct bt_pool *p)
{
	BT_GROW(p->pfds, p->pfds_alloc, p->workers_nr + 1);
	p->pfds[0] = (struct pollfd){ .fd = p->zygote.fd, .events = POLLIN };
	for (size_t i = 0; i < p->workers_nr; i++) {
		const struct bt_pool_worker *w = p->workers[i];
		struct pollfd *pfd = &p->pfds[i + 1];

		*pfd = (struct pollfd){ .fd = wants_reading(w) ? w->fd : -1, .events = POLLIN };
		if (w->unsent)
			pfd->events |= POLLOUT;
	}
	return p->workers_nr + 1;
}

static int worker_look(struct bt_pool *p, struct bt_pool_worker *w, short revents,
		       struct bt_err *err)
{
	struct bt_err later; /* the zygote is busy: asked again at the next look */

	if (revents & (POLLIN | POLLHUP | POLLERR))
		bt_pool_worker_receive(p, w);
	if (revents & POLLOUT)
		bt_pool_worker_send(p, w);
	/* Reaped: what it wrote is all there. */
	while (w->ended && wants_reading(w))
		bt_pool_worker_receive(p, w);
	if (!revents && w->due_ms && p->clock_ms >= w->due_ms && !w->ended)
		bt_pool_worker_condemn(w, BT_RESULT_KILLED_TIME, "more than %u ms", p->o.wall_ms);
	if (w->condemned && !w->kill_sent && !w->ended)
		w->kill_sent = !bt_zygote_kill(&p->zygote, w->pid, &later);
	if (w->ended && w->eof && !w->judged)
		return bt_pool_worker_judge(p, w, err);
	return 0;
}

/* The bytes left to the worker that needs more first; 0: a slot is free. */
static size_t least_left(const struct bt_pool *p)
{
	size_t least = SIZE_MAX, running = 0;

	for (size_t i = 0; i < p->workers_nr; i++) {
		const struct bt_pool_worker *w = p->workers[i];

		if (!bt_pool_worker_busy(w))
			continue;
		running++;
		if (w->unsent)
			return 0;
		if (w->open && w->todo.bytes < least)
			least = w->todo.bytes;
	}
	return running < p->jobs ? 0 : least;
}

/* Longer while nobody came close to running dry, much shorter after. */
static void nap_adapt(struct bt_pool *p)
{
	if (least_left(p) < BT_DRAINED_BYTES / 2)
		p->nap_us /= 2;
	else if (p->nap_us < NAP_MAX_US)
		p->nap_us += NAP_STEP_US;
}

int bt_pool_look(struct bt_pool *p, int wait_ms, struct bt_err *err)
{
	size_t nr = pfds_make(p);
	int rc = poll(p->pfds, nr, wait_ms);

	p->look_us = bt_clock_us();
	clock_step(p);
	if (rc < 0 && errno != EINTR)
		return bt_err_errno(err, "cannot wait for the parse workers");
	if (rc < 0)
		return 0;
	rc = p->pfds[0].revents ? events_read(p, err) : 0;
	/* Workers that came with the events stand behind those that were polled. */
	for (size_t i = 0; i + 1 < nr && !rc; i++)
		rc = worker_look(p, p->workers[i], p->pfds[i + 1].revents, err);
	nap_adapt(p);
	return rc;
}

void bt_pool_nap(struct bt_pool *p)
{
	struct timespec ts = { .tv_nsec = (long)p->nap_us * 1000 };

	if (p->nap_us >= NAP_MIN_US && !p->spawns_asked && least_left(p) >= BT_DRAINED_BYTES)
		nanosleep(&ts, NULL);
}
