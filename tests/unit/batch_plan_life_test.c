/* core/batch/plan.[ch]: random queues against a naive model, and each to its end. BATHO_TEST_SEED repeats a run. */
#include "core/batch/plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "tests/unit/batch_plan_queue.h"

/* --- the naive model: the rules of the header, looked up in all pairs --- */

struct model {
	const struct bt_plan_windows *w;
	int64_t now;
	int hold[QUEUE_MAX]; /* as GONE... below, plus one; 0: not known yet */
	int64_t pull[QUEUE_MAX], ready[QUEUE_MAX], rank[QUEUE_MAX]; /* ASK: not known yet */
};
enum { GONE, RUNS, WAITS, DELAYED, FREE };
#define ASK INT64_MIN
static struct model model;

static bool same_group(size_t i, size_t j)
{
	return queue[i].lane == queue[j].lane && queue[i].kind == queue[j].kind;
}

static bool names(size_t i, size_t j)
{
	for (size_t k = 0; k < queue[i].after_nr; k++)
		if (queue[i].after[k] == queue[j].id)
			return true;
	return false;
}

static bool needs(size_t i, size_t j)
{
	uint64_t bound = queue[i].barrier ? queue[i].barrier : queue[i].id;

	return names(i, j) || (queue[i].lane == queue[j].lane && queue[j].kind < queue[i].kind &&
			       queue[j].id < bound);
}

/* The end of its delay; 0 when the clock was set back by more than it is long. */
static int64_t delay(size_t i)
{
	int64_t end = queue[i].not_before;

	return model.w->flush || end - model.now > 2 * (end - queue[i].queued_at) + MINUTE ? 0
											   : end;
}

static int64_t arrival(size_t i)
{
	return queue[i].queued_at > model.now + MINUTE ? -((int64_t)1 << 52) : queue[i].queued_at;
}

static int hold(size_t i)
{
	int h = delay(i) > model.now ? DELAYED : FREE;

	if (model.hold[i])
		return model.hold[i] - 1;
	if (queue[i].done || queue[i].dead || queue[i].claimed)
		return queue[i].claimed && !queue[i].done && !queue[i].dead ? RUNS : GONE;
	for (size_t j = 0; j < queue_nr; j++) {
		bool shares = names(i, j) && same_group(i, j) && queue[i].kind <= M &&
			      hold(j) >= DELAYED;

		if (names(i, j) && hold(j) == GONE && !queue[j].done) {
			h = GONE;
			break;
		}
		if (needs(i, j) && hold(j) != GONE)
			h = shares && hold(j) > h ? h : shares ? hold(j) : WAITS;
	}
	model.hold[i] = h + 1;
	return h;
}

static int64_t own_end(size_t i, bool urgent)
{
	int64_t length = (urgent ? model.w->urgent_ms : model.w->window_ms)[queue[i].kind],
		first = INT64_MAX, last = INT64_MIN;

	for (size_t j = 0; j < queue_nr; j++) {
		if (!(hold(i) == FREE
			      ? same_group(i, j) && hold(j) == FREE && queue[j].urgent == urgent
			      : i == j))
			continue;
		first = arrival(j) < first ? arrival(j) : first;
		last = arrival(j) > last ? arrival(j) : last;
	}
	if (first == INT64_MAX)
		return first;
	if (hold(i) != FREE)
		return last + length;
	return last + length < first + 4 * length ? last + length : first + 4 * length;
}

static int64_t own(size_t i)
{
	int64_t end = own_end(i, queue[i].urgent), others;

	if (model.w->flush)
		return model.now;
	if (queue[i].urgent && hold(i) == FREE && (others = own_end(i, false)) < end)
		end = others;
	return end > delay(i) ? end : delay(i);
}

static int64_t pull(size_t i)
{
	int64_t at = queue[i].urgent ? own(i) : INT64_MAX;

	if (model.pull[i] != ASK)
		return model.pull[i];
	for (size_t j = 0; j < queue_nr; j++)
		if (hold(j) >= WAITS && needs(j, i) && pull(j) < at)
			at = pull(j);
	return model.pull[i] = at;
}

static int64_t rank(size_t i)
{
	int64_t at = model.now;

	if (model.rank[i] != ASK)
		return model.rank[i];
	for (size_t j = i; j < queue_nr; j++)
		if (hold(j) >= WAITS && arrival(j) < at)
			at = arrival(j);
	at -= (queue[i].priority + (queue[i].urgent ? 200 : 0)) * (int64_t)MINUTE;
	for (size_t j = 0; j < queue_nr; j++)
		if (hold(j) >= WAITS && needs(j, i) && rank(j) < at)
			at = rank(j);
	return model.rank[i] = at;
}

static int64_t ready(size_t i)
{
	int64_t at = own(i) < pull(i) ? own(i) : pull(i);

	if (model.ready[i] != ASK)
		return model.ready[i];
	if (hold(i) < WAITS)
		return model.ready[i] = INT64_MAX;
	at = at > delay(i) ? at : delay(i);
	for (size_t j = 0; j < queue_nr; j++)
		if (needs(i, j) && hold(j) != GONE && ready(j) > at)
			at = ready(j);
	return model.ready[i] = at;
}

static void model_begin(const struct bt_plan_windows *w, int64_t now)
{
	model.w = w;
	model.now = now;
	for (size_t i = 0; i < queue_nr; i++) {
		model.hold[i] = 0;
		model.pull[i] = model.ready[i] = model.rank[i] = ASK;
	}
}

/* --- a life --- */

struct life {
	uint64_t random;
	int64_t now;
	struct bt_plan_windows w;
	bool clock_steps;
	unsigned running;
	uint32_t batch[QUEUE_MAX]; /* of a claimed action */
	uint32_t batch_next;
	size_t ran, died, blocked, plans;
};

static uint32_t dice(struct life *l, uint32_t below)
{
	l->random += 0x9e3779b97f4a7c15ull;
	return (uint32_t)((bt_mix64(l->random) >> 32) * below >> 32);
}

static bool is_open(size_t i)
{
	return !queue[i].done && !queue[i].dead;
}

static void enqueue(struct life *l)
{
	struct bt_plan_action *a = add(dice(l, 2)   ? C
				       : dice(l, 3) ? (enum bt_action_kind)dice(l, 5)
						    : M,
				       7 + dice(l, 3) * 1000000000, l->now);

	a->priority = dice(l, 3) ? 0 : (int)dice(l, 201) - 100;
	a->urgent = !dice(l, 8);
	a->not_before = dice(l, 10) ? 0 : l->now + dice(l, 5 * MINUTE);
	l->batch[a - queue] = 0;
	for (uint32_t n = dice(l, 4) ? 0 : 1 + dice(l, AFTER_MAX); n && queue_nr > 1; n--)
		add_after(a, queue[queue_nr - 1 -
				   (1 + dice(l, queue_nr - 1 < 6 ? (uint32_t)queue_nr - 1 : 6))]
				     .id);
}

/* An older push (or the like) takes a younger submitter, when that is allowed. */
static void join(struct life *l)
{
	size_t i = queue_nr ? dice(l, (uint32_t)queue_nr) : 0;

	if (!queue_nr || !is_open(i) || queue[i].claimed || queue[i].kind == C)
		return;
	for (size_t j = i + 1; j < queue_nr; j++)
		if (is_open(j) && queue[j].lane == queue[i].lane && queue[j].kind < queue[i].kind &&
		    queue[j].after_nr)
			return;
	queue[i].barrier = id_next++;
}

/* The whole batch succeeds, or one member dies, and those of the batch that name it. */
static void finish(struct life *l, uint32_t batch)
{
	bool fails = !dice(l, 6), first = true;

	for (size_t i = 0; i < queue_nr; i++) {
		if (!queue[i].claimed || !is_open(i) || l->batch[i] != batch)
			continue;
		bool dies = fails && first;

		for (size_t j = 0; j < i; j++)
			dies |= names(i, j) && queue[j].dead;
		queue[i].dead = dies;
		queue[i].done = !dies;
		queue[i].claimed = false;
		first = false;
		l->ran += !dies;
		l->died += dies;
	}
	l->running--;
}

static void finish_some(struct life *l, uint32_t chance)
{
	for (uint32_t b = 1; b < l->batch_next; b++)
		for (size_t i = 0; i < queue_nr; i++)
			if (l->batch[i] == b && queue[i].claimed && is_open(i)) {
				if (!dice(l, chance))
					finish(l, b);
				break;
			}
}

static size_t place(uint64_t id)
{
	for (size_t i = 0; i < queue_nr; i++)
		if (queue[i].id == id)
			return i;
	fail_msg("no action %llu", (unsigned long long)id);
	return 0;
}

/* What the answers for each action say. */
static void check_answers(const struct life *l, const struct bt_plan *p)
{
	int64_t wake_at = INT64_MAX;

	model_begin(&l->w, l->now);
	for (size_t i = 0; i < queue_nr; i++) {
		const struct bt_plan_action *a = &queue[i];
		const struct bt_plan_action *on = a->waits_for ? &queue[place(a->waits_for)] : NULL;

		assert_int_equal(a->blocked, is_open(i) && hold(i) == GONE);
		if (a->blocked)
			assert_true(names(i, (size_t)(on - queue)) && (on->dead || on->blocked));
		if (hold(i) < WAITS)
			continue;
		assert_true(a->ready_at == ready(i));
		assert_true(a->rank == rank(i));
		if (hold(i) == WAITS)
			assert_true(on && needs(i, (size_t)(on - queue)) && !on->done &&
				    !on->dead && !on->blocked);
		if (hold(i) == FREE && !a->after_nr)
			assert_true(a->ready_at <= arrival(i) + 4 * l->w.window_ms[a->kind] ||
				    a->ready_at <= l->now);
		if (hold(i) >= DELAYED && ready(i) > l->now && ready(i) < wake_at)
			wake_at = ready(i);
	}
	if (wake_at != INT64_MAX && wake_at > l->now + BT_PLAN_WAKE_MAX_MS)
		wake_at = l->now + BT_PLAN_WAKE_MAX_MS;
	assert_true(p->wake_at == wake_at);
}

static bool due(size_t i)
{
	return hold(i) == FREE && ready(i) <= model.now;
}

/* May a batch of this kind start in the lane, as far as others run there? */
static bool lane_free(uint32_t lane, enum bt_action_kind kind)
{
	for (size_t i = 0; i < queue_nr; i++)
		if (queue[i].lane == lane && queue[i].claimed && is_open(i) &&
		    (kind <= P || queue[i].kind != kind))
			return false;
	return true;
}

/* The kind whose turn it is in a lane, or -1. */
static int turn(uint32_t lane)
{
	int kind = -1;

	for (size_t i = 0; i < queue_nr; i++)
		if (queue[i].lane == lane && due(i) && (int)queue[i].kind > kind)
			kind = (int)queue[i].kind;
	return kind;
}

static void check_members(const struct life *l, const struct bt_plan_batch *b, bool *taken)
{
	size_t before = SIZE_MAX;

	assert_true(b->nr && b->nr <= l->w.batch_max);
	assert_int_equal(b->kind, turn(b->lane));
	assert_true(lane_free(b->lane, b->kind));
	for (size_t k = 0; k < b->nr; k++) {
		size_t i = place(b->ids[k]);

		assert_true(due(i) && !taken[i] && queue[i].kind == b->kind &&
			    queue[i].lane == b->lane);
		taken[i] = true;
		/* Nothing before what it needs: that is done, or in the way no more, or before it in this very batch. */
		for (size_t j = 0; j < queue_nr; j++) {
			if (names(i, j))
				assert_true(queue[j].done ||
					    (taken[j] && same_group(i, j) && b->kind <= M));
			else if (needs(i, j))
				assert_true(!is_open(j) || queue[j].blocked);
		}
		if (before != SIZE_MAX)
			assert_true(rank(before) < rank(i) ||
				    (rank(before) == rank(i) && before < i));
		before = i;
	}
}

static void check_batches(const struct life *l, const struct bt_plan *p)
{
	bool taken[QUEUE_MAX] = { false };
	int64_t last = INT64_MIN;

	assert_true(p->batches_nr + l->running <=
		    (l->w.parallel_max > l->running ? l->w.parallel_max : l->running));
	for (size_t b = 0; b < p->batches_nr; b++) {
		const struct bt_plan_batch *batch = &p->batches[b];

		check_members(l, batch, taken);
		assert_true(rank(place(batch->ids[0])) >= last);
		last = rank(place(batch->ids[0]));
		for (size_t c = 0; c < b && batch->kind <= P; c++)
			assert_true(p->batches[c].lane != batch->lane);
	}
	/* Who is due and was not taken has no slot, or not this turn, or ranks behind a full batch. */
	for (size_t i = 0; i < queue_nr; i++) {
		bool has_reason = !due(i) || taken[i] ||
				  p->batches_nr + l->running >= l->w.parallel_max ||
				  turn(queue[i].lane) != (int)queue[i].kind ||
				  !lane_free(queue[i].lane, queue[i].kind);

		for (size_t b = 0; b < p->batches_nr && !has_reason; b++)
			has_reason = p->batches[b].nr == l->w.batch_max &&
				     same_group(i, place(p->batches[b].ids[0])) &&
				     rank(place(p->batches[b].ids[p->batches[b].nr - 1])) <=
					     rank(i);
		assert_true(has_reason);
	}
}

/* Plans, checks, starts what is planned. */
static int64_t plan_and_start(struct life *l)
{
	PLAN_OWNED struct bt_plan p = plan_with(&l->w, l->now, l->running);

	l->plans++;
	check_answers(l, &p);
	check_batches(l, &p);
	for (size_t b = 0; b < p.batches_nr; b++) {
		for (size_t k = 0; k < p.batches[b].nr; k++) {
			size_t i = place(p.batches[b].ids[k]);

			queue[i].claimed = true;
			l->batch[i] = l->batch_next;
		}
		l->batch_next++;
		l->running++;
	}
	return p.wake_at;
}

static void time_passes(struct life *l)
{
	l->now += dice(l, 15 * SECOND);
	if (!dice(l, 40))
		l->now += dice(l, 5 * MINUTE);
	if (l->clock_steps && !dice(l, 30))
		l->now += (int64_t)dice(l, 3 * MINUTE) - 90 * SECOND;
	if (l->clock_steps && !dice(l, 100))
		l->now += (dice(l, 2) ? 1 : -1) * (int64_t)dice(l, 30) * 24 * HOUR;
}

static void step(struct life *l)
{
	uint32_t what = dice(l, 20);
	bool flush = l->w.flush;

	time_passes(l);
	if (what < 8)
		for (uint32_t n = dice(l, 16) ? 1 : 1 + dice(l, 10); n; n--)
			enqueue(l);
	else if (what < 9)
		join(l);
	else if (what < 14)
		finish_some(l, 2);
	l->w.flush = !dice(l, 60);
	plan_and_start(l);
	l->w.flush = flush;
}

/* Nothing new comes: all ends, within the time that windows, delays and steps of the clock can ask for. */
static void drain(struct life *l)
{
	int64_t begin = l->now, wake_at = plan_and_start(l);

	for (int rounds = 0; l->running || wake_at != INT64_MAX; rounds++) {
		assert_true(rounds < 5000);
		finish_some(l, 1);
		wake_at = plan_and_start(l);
		if (!l->running && wake_at != INT64_MAX)
			l->now = wake_at;
	}
	assert_true(l->now - begin <= (l->clock_steps ? 45 * MINUTE : 15 * MINUTE));
	for (size_t i = 0; i < queue_nr; i++)
		assert_true(queue[i].done || queue[i].dead || queue[i].blocked);
}

/* Forgets what is over, blocked ones too. */
static void forget(struct life *l)
{
	for (size_t i = 0; i < queue_nr; i++)
		l->blocked += queue[i].blocked;
	queue_nr = 0;
	l->batch_next = 1;
}

static uint64_t seed(void)
{
	const char *given = getenv("BATHO_TEST_SEED");
	uint64_t n = given ? strtoull(given, NULL, 0) : 0x5eed;

	print_message("# BATHO_TEST_SEED=%llu\n", (unsigned long long)n);
	return n;
}

static void lives(bool clock_steps)
{
	static struct life l;

	memset(&l, 0, sizeof(l));
	l.random = seed();
	l.now = T0;
	l.batch_next = 1;
	l.clock_steps = clock_steps;
	for (int life = 0; life < 60; life++) {
		l.w = windows;
		l.w.batch_max = 1 + dice(&l, 6);
		l.w.parallel_max = 1 + dice(&l, 5);
		for (int s = 0; s < 80; s++)
			step(&l);
		drain(&l);
		forget(&l);
	}
	print_message("# %zu plans: %zu ran, %zu died, %zu blocked\n", l.plans, l.ran, l.died,
		      l.blocked);
	assert_true(l.ran > 1000 && l.died > 50 && l.blocked > 50);
}

static void test_lives(void **state)
{
	(void)state;
	lives(false);
}

static void test_lives_with_a_clock_that_steps(void **state)
{
	(void)state;
	lives(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lives, queue_clear),
		cmocka_unit_test_setup(test_lives_with_a_clock_that_steps, queue_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
