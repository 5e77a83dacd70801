/* core/batch/plan.[ch]: each rule by an example. */
#include "core/batch/plan/plan.h"

#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "tests/unit/batch_plan_queue.h"

/* The batches as text, "1,2 | 3", and when to look again. */
static void check_plan_with(const struct bt_plan_windows *w, int64_t now, unsigned running,
			    const char *batches, int64_t wake_at)
{
	PLAN_OWNED struct bt_plan p = plan_with(w, now, running);
	char text[4096] = "";
	size_t at = 0;

	for (size_t b = 0; b < p.batches_nr; b++)
		for (size_t i = 0; i < p.batches[b].nr; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%llu",
					       i   ? ","
					       : b ? " | "
						   : "",
					       (unsigned long long)p.batches[b].ids[i]);
	assert_string_equal(text, batches);
	assert_true(p.wake_at == wake_at);
}

static void check_plan(int64_t now, const char *batches, int64_t wake_at)
{
	check_plan_with(&windows, now, 0, batches, wake_at);
}

/* --- examples --- */

static void test_window(void **state)
{
	(void)state;
	check_plan(T0, "", INT64_MAX);
	add(C, 1, T0);
	check_plan(T0 + 29999, "", T0 + 30 * SECOND);
	assert_true(queue[0].ready_at == T0 + 30 * SECOND && !queue[0].waits_for &&
		    !queue[0].blocked);
	check_plan(T0 + 30 * SECOND, "1", INT64_MAX);
	for (int kind = 0; kind < BT_ACTION_KIND_NR; kind++) {
		queue_clear(NULL);
		add((enum bt_action_kind)kind, 1, T0);
		check_plan(T0, "", T0 + windows.window_ms[kind]);
		check_plan(T0 + windows.window_ms[kind], "1", INT64_MAX);
		queue[0].urgent = true;
		check_plan(T0, "", T0 + windows.urgent_ms[kind]);
		check_plan(T0 + windows.urgent_ms[kind], "1", INT64_MAX);
	}
}

static void test_window_of_nothing(void **state)
{
	struct bt_plan_windows w = windows;

	(void)state;
	w.window_ms[P] = 0;
	add(P, 1, T0);
	check_plan_with(&w, T0, 0, "1", INT64_MAX);
}

static void test_arrivals_prolong_a_window_to_its_cap(void **state)
{
	(void)state;
	add(C, 1, T0);
	add(C, 1, T0 + 20 * SECOND);
	add(C, 2, T0 + 25 * SECOND); /* another lane */
	add(P, 3, T0 + 25 * SECOND); /* another kind */
	check_plan(T0 + 40 * SECOND, "4", T0 + 50 * SECOND);
	queue_clear(NULL);
	for (int i = 0; i < 5; i++)
		add(C, 1, T0 + i * 25 * SECOND);
	check_plan(T0 + 110 * SECOND, "", T0 + 120 * SECOND);
	check_plan(T0 + 120 * SECOND, "1,2,3,4,5", INT64_MAX);
}

static void test_a_taken_one_prolongs_nothing(void **state)
{
	(void)state;
	add(C, 1, T0)->claimed = true;
	add(C, 2, T0 + 10 * SECOND);
	add(C, 2, T0 + 15 * SECOND)->claimed = true;
	add(C, 2, T0 + 15 * SECOND)->dead = true;
	check_plan_with(&windows, T0 + 20 * SECOND, 2, "", T0 + 40 * SECOND);
}

static void test_who_waits_for_others_is_in_no_window(void **state)
{
	(void)state;
	add(W, 2, T0)->claimed = true;
	add_after(add(C, 1, T0), 1);
	add(C, 1, T0 + 10 * MINUTE);
	/* Without the first one, which is 10 minutes old, there is a window to wait for. */
	check_plan_with(&windows, T0 + 10 * MINUTE, 1, "", T0 + 10 * MINUTE + 30 * SECOND);
	assert_true(queue[1].ready_at == INT64_MAX && queue[1].waits_for == 1);
	queue[0].claimed = false;
	queue[0].done = true;
	check_plan(T0 + 10 * MINUTE, "2,3", INT64_MAX);
}

static void test_barrier(void **state)
{
	(void)state;
	add(D, 1, T0);
	add(W, 1, T0);
	add(P, 1, T0);
	add(M, 1, T0);
	add(C, 1, T0);
	/* Nothing older is in the way of any: the latest kind goes first, one at a time. */
	check_plan(T0 + HOUR, "1", INT64_MAX);
	queue_clear(NULL);
	add(C, 1, T0 + 50 * SECOND);
	add(M, 1, T0 + 50 * SECOND);
	add(P, 1, T0 + 50 * SECOND);
	add(W, 1, T0 + 50 * SECOND);
	add(D, 1, T0 + 50 * SECOND);
	add(P, 2, T0 + 50 * SECOND);
	check_plan(T0 + MINUTE, "6", T0 + 80 * SECOND);
	assert_true(queue[3].ready_at == T0 + 80 * SECOND &&
		    queue[4].ready_at == T0 + 110 * SECOND);
	for (int i = 0; i < 4; i++) {
		char next[2] = { (char)('1' + i), 0 };

		queue[5].done = true;
		check_plan(T0 + HOUR, next, INT64_MAX);
		assert_int_equal(queue[i + 1].waits_for, i + 1);
		queue[i].done = true;
	}
}

static void test_younger_ones_do_not_hold_up(void **state)
{
	(void)state;
	add(C, 1, T0);
	add(P, 1, T0 + SECOND);
	add(C, 1, T0 + 5 * MINUTE);
	queue[0].done = true;
	check_plan(T0 + 5 * MINUTE, "2", T0 + 5 * MINUTE + 30 * SECOND);
	assert_int_equal(queue[1].waits_for, 0);
	/* One that runs does, until it has ended: a lane is one. */
	queue[2].claimed = true;
	check_plan_with(&windows, T0 + 6 * MINUTE, 1, "", INT64_MAX);
	assert_int_equal(queue[1].waits_for, 3);
	queue[2].done = true;
	add(C, 1, T0 + 5 * MINUTE)->priority = 100;
	check_plan(T0 + 6 * MINUTE, "2", INT64_MAX);
}

static void test_raised_barrier(void **state)
{
	(void)state;
	add(P, 1, T0)->barrier = 4;
	add(C, 1, T0 + SECOND);
	add(C, 1, T0 + SECOND)->done = true;
	/* 4 was an equal push, which became the first one. */
	id_next = 5;
	add(C, 1, T0 + SECOND);
	check_plan(T0 + 30 * SECOND, "", T0 + 31 * SECOND);
	assert_int_equal(queue[0].waits_for, 2);
	queue[1].done = true;
	check_plan(T0 + 30 * SECOND, "1", T0 + 31 * SECOND);
}

static void test_a_cycle_is_blocked(void **state)
{
	(void)state;
	add(P, 1, T0)->barrier = 9;
	add_after(add(C, 1, T0), 1);
	add(C, 1, T0);
	add(C, 1, T0);
	add_after(&queue[3], 4);     /* itself */
	add_after(add(C, 1, T0), 6); /* a younger one */
	add(C, 1, T0);
	add_after(add(C, 1, T0), 99); /* nobody */
	check_plan(T0 + HOUR, "3,6", INT64_MAX);
	assert_true(queue[0].blocked && queue[0].waits_for == 2);
	assert_true(queue[1].blocked && queue[1].waits_for == 1);
	assert_true(!queue[2].blocked && !queue[5].blocked);
	assert_true(queue[3].blocked && queue[3].waits_for == 4);
	assert_true(queue[4].blocked && queue[4].waits_for == 6);
	assert_true(queue[6].blocked && queue[6].waits_for == 99);
}

static void test_ready_when_what_it_waits_for_is(void **state)
{
	(void)state;
	add(C, 1, T0);
	add_after(add(P, 2, T0), 1);
	check_plan(T0 + 10 * SECOND, "", T0 + 30 * SECOND);
	assert_true(queue[1].ready_at == T0 + 30 * SECOND && queue[1].waits_for == 1);
	queue[0].claimed = true;
	check_plan_with(&windows, T0 + 30 * SECOND, 1, "", INT64_MAX);
	assert_true(queue[1].ready_at == INT64_MAX && queue[1].waits_for == 1);
	queue[0].done = true;
	check_plan(T0 + 30 * SECOND, "2", INT64_MAX);
}

static void test_what_folds_shares_a_batch(void **state)
{
	(void)state;
	add(C, 1, T0)->priority = -50;
	add_after(add(C, 1, T0), 1);
	queue[1].priority = 50;
	add(C, 1, T0);
	add_after(add(C, 2, T0), 1); /* another lane has to wait */
	/* The dependency goes before, with the rank of who waits for it. */
	check_plan(T0 + 30 * SECOND, "1,2,3", INT64_MAX);
	assert_true(queue[0].rank == queue[1].rank && queue[3].waits_for == 1);
	for (int kind = M; kind <= D; kind++) {
		queue_clear(NULL);
		add((enum bt_action_kind)kind, 1, T0);
		add_after(add((enum bt_action_kind)kind, 1, T0), 1);
		check_plan(T0 + HOUR, kind == M ? "1,2" : "1", INT64_MAX);
	}
}

static void test_the_dead_block_those_who_name_them(void **state)
{
	(void)state;
	add(C, 1, T0)->dead = true;
	add_after(add(C, 1, T0), 1);
	add_after(add(P, 2, T0), 2);
	add(C, 1, T0);
	add(P, 1, T0);
	/* A barrier passes over them: the others land. */
	check_plan(T0 + HOUR, "4", INT64_MAX);
	assert_true(queue[1].blocked && queue[1].waits_for == 1 && queue[1].ready_at == INT64_MAX);
	assert_true(queue[2].blocked && queue[2].waits_for == 2);
	assert_true(!queue[4].blocked && queue[4].waits_for == 4);
	queue[3].done = true;
	check_plan(T0 + HOUR, "5", INT64_MAX);
	/* Tried again: as if nothing had been. */
	queue[0].dead = false;
	check_plan(T0 + HOUR, "1,2", INT64_MAX);
	assert_true(!queue[1].blocked && !queue[2].blocked && queue[2].waits_for == 2);
}

static void test_urgent_pulls_forward(void **state)
{
	(void)state;
	add(C, 1, T0);
	add(C, 2, T0);
	add(C, 1, T0 + SECOND);
	add(P, 1, T0 + 2 * SECOND)->urgent = true;
	add_after(&queue[3], 2);
	add(C, 1, T0 + 2 * SECOND);
	check_plan(T0 + 2 * SECOND, "", T0 + 3 * SECOND);
	assert_true(queue[0].ready_at == T0 + 3 * SECOND && queue[3].ready_at == T0 + 3 * SECOND);
	assert_true(queue[4].ready_at == T0 + 32 * SECOND);
	check_plan(T0 + 3 * SECOND, "1,3 | 2", T0 + 32 * SECOND);
	/* Not past a delay. */
	queue[0].not_before = T0 + MINUTE;
	check_plan(T0 + 3 * SECOND, "2 | 3", T0 + 32 * SECOND);
	assert_true(queue[0].ready_at == T0 + MINUTE && queue[3].ready_at == T0 + MINUTE);
}

static void test_urgent_does_not_wait_behind_a_batch_without_it(void **state)
{
	(void)state;
	add(C, 1, T0);
	add(C, 1, T0 + 29 * SECOND)->urgent = true;
	add(C, 1, T0 + SECOND);
	check_plan(T0 + 30 * SECOND, "", T0 + 31 * SECOND);
	check_plan(T0 + 31 * SECOND, "2,1,3", INT64_MAX);
	queue[2].done = true;
	check_plan(T0 + 30 * SECOND, "2,1", INT64_MAX);
	/* Alone, the others keep their window. */
	queue[0].queued_at = T0 + 25 * SECOND;
	check_plan(T0 + 31 * SECOND, "2", T0 + 55 * SECOND);
	/* Urgent ones prolong each other's window, and nobody else's. */
	add(C, 1, T0 + 30 * SECOND)->urgent = true;
	check_plan(T0 + 31 * SECOND, "", T0 + 32 * SECOND);
	check_plan(T0 + 32 * SECOND, "2,4", T0 + 55 * SECOND);
}

static void test_delay(void **state)
{
	(void)state;
	add(C, 1, T0)->not_before = T0 + 5 * MINUTE;
	add(C, 1, T0 + SECOND);
	add(P, 1, T0 + SECOND);
	check_plan(T0 + 2 * SECOND, "", T0 + 31 * SECOND);
	check_plan(T0 + 31 * SECOND, "2", T0 + 5 * MINUTE);
	queue[1].done = true;
	assert_int_equal(queue[2].waits_for, 1);
	assert_true(queue[2].ready_at == T0 + 5 * MINUTE);
	check_plan(T0 + 5 * MINUTE, "1", INT64_MAX);
	/* One that may share its batch waits as long. */
	add_after(add(C, 1, T0), 1);
	check_plan(T0 + MINUTE, "", T0 + 5 * MINUTE);
	assert_int_equal(queue[3].waits_for, 0);
	check_plan(T0 + 5 * MINUTE, "1,4", INT64_MAX);
}

static void test_flush(void **state)
{
	struct bt_plan_windows w = windows;

	(void)state;
	w.flush = true;
	add(C, 1, T0);
	add(P, 1, T0);
	add(C, 1, T0)->not_before = T0 + HOUR;
	add(W, 2, T0)->urgent = true;
	check_plan_with(&w, T0, 0, "4 | 1,3", INT64_MAX);
}

static void test_batch_max(void **state)
{
	struct bt_plan_windows w = windows;

	(void)state;
	w.batch_max = 3;
	w.parallel_max = 3;
	for (int i = 0; i < 7; i++)
		add(C, 1, T0);
	check_plan_with(&w, T0 + MINUTE, 0, "1,2,3", INT64_MAX);
	/* What runs beside others of its kind takes several slots. */
	for (int i = 0; i < 7; i++)
		queue[i].kind = W;
	check_plan_with(&w, T0 + MINUTE, 0, "1,2,3 | 4,5,6 | 7", INT64_MAX);
	check_plan_with(&w, T0 + MINUTE, 1, "1,2,3 | 4,5,6", INT64_MAX);
	w.batch_max = 0;
	check_plan_with(&w, T0 + MINUTE, 2, "1", INT64_MAX);
}

static void test_one_lane_one_batch(void **state)
{
	(void)state;
	for (int runs = C; runs <= D; runs++)
		for (int waits = C; waits <= D; waits++) {
			bool beside = runs == waits && runs >= W;

			queue_clear(NULL);
			add((enum bt_action_kind)runs, 1, T0)->claimed = true;
			id_next = 1; /* older than what runs: no barrier */
			queue[0].id = 9;
			queue[1] = queue[0];
			queue[0] = (struct bt_plan_action){ .id = 1,
							    .kind = (enum bt_action_kind)waits,
							    .lane = 1,
							    .queued_at = T0 };
			queue_nr = 2;
			check_plan_with(&windows, T0 + HOUR, 1, beside ? "1" : "", INT64_MAX);
			assert_int_equal(queue[0].waits_for, beside ? 0 : 9);
			queue[1].lane = 2;
			check_plan_with(&windows, T0 + HOUR, 1, "1", INT64_MAX);
		}
	/* Younger workflows do not slip in before a deployment that waits for the ones that run. */
	queue_clear(NULL);
	add(D, 1, T0);
	add(W, 1, T0)->claimed = true;
	add(W, 1, T0);
	check_plan_with(&windows, T0 + HOUR, 1, "", INT64_MAX);
}

static void test_parallel_max(void **state)
{
	(void)state;
	for (uint32_t lane = 1; lane <= 7; lane++)
		add(P, lane * 1000, T0)->priority = (int)lane;
	check_plan(T0 + MINUTE, "7 | 6 | 5 | 4 | 3", INT64_MAX);
	check_plan_with(&windows, T0 + MINUTE, 3, "7 | 6", INT64_MAX);
	check_plan_with(&windows, T0 + MINUTE, 5, "", INT64_MAX);
	check_plan_with(&windows, T0 + MINUTE, 9, "", INT64_MAX);
}

static void test_priority_and_age(void **state)
{
	(void)state;
	add(C, 1, T0)->priority = -1;
	add(C, 1, T0);
	add(C, 1, T0)->priority = 100;
	add(C, 1, T0)->urgent = true;
	add(C, 1, T0);
	check_plan(T0 + HOUR, "4,3,2,5,1", INT64_MAX);
	/* A minute is a step. */
	queue_clear(NULL);
	add(C, 1, T0)->priority = -100;
	add(C, 1, T0 + 200 * MINUTE - 1)->priority = 100;
	check_plan(T0 + 24 * HOUR, "2,1", INT64_MAX);
	queue[1].queued_at++;
	check_plan(T0 + 24 * HOUR, "1,2", INT64_MAX);
}

static void test_clock_that_steps(void **state)
{
	(void)state;
	/* Back by days after these were queued: their window is over, the order is theirs. */
	add(C, 1, T0 + 3 * 24 * HOUR);
	add(C, 1, T0);
	add(C, 1, T0)->priority = 5;
	add(P, 1, T0);
	check_plan(T0 + SECOND, "1,3,2", INT64_MAX);
	assert_true(queue[0].rank < queue[1].rank);
	/* By seconds: it is that much longer. */
	queue[1].done = queue[2].done = true;
	queue[0].queued_at = T0 + 20 * SECOND;
	check_plan(T0, "", T0 + 50 * SECOND);
	/* Far forward, and before 1970. */
	check_plan(INT64_MAX, "1", INT64_MAX);
	check_plan(INT64_MIN, "1", INT64_MAX);
	queue[0].queued_at = INT64_MIN;
	check_plan(T0, "1", INT64_MAX);
	queue[0].queued_at = INT64_MAX;
	check_plan(T0, "1", INT64_MAX);
	/* Equals keep their order whatever they were stamped with. */
	queue_clear(NULL);
	for (int i = 0; i < 5; i++)
		add(C, 1, T0 - i * SECOND);
	check_plan(T0 + HOUR, "1,2,3,4,5", INT64_MAX);
}

static void test_delay_and_clock(void **state)
{
	(void)state;
	add(D, 1, T0)->not_before = T0 + 8 * HOUR;
	check_plan(T0 + 5 * SECOND, "", T0 + 5 * SECOND + BT_PLAN_WAKE_MAX_MS);
	/* An hour back: an hour longer. */
	check_plan(T0 - HOUR, "", T0 - HOUR + BT_PLAN_WAKE_MAX_MS);
	assert_true(queue[0].ready_at == T0 + 8 * HOUR);
	/* A year back: not a year longer. */
	check_plan(T0 - 365 * 24 * HOUR, "1", INT64_MAX);
	queue[0].not_before = INT64_MAX;
	check_plan(T0, "", T0 + BT_PLAN_WAKE_MAX_MS);
}

static void test_ids_ascend(void **state)
{
	struct bt_plan p;

	(void)state;
	add(C, 1, T0);
	id_next = 1;
	add(C, 1, T0);
	assert_int_equal(bt_plan_make(queue, 2, &windows, T0, 0, &p), BT_ERR_CORRUPT);
	bt_plan_release(NULL);
}

/* A commit every 20 seconds for an hour, a push among them: it goes out with the batch that is due next. */
static void test_a_stream_of_commits_starves_no_push(void **state)
{
	struct bt_plan_action *push = NULL;
	int64_t pushed_at = 0;
	size_t landed = 0;

	(void)state;
	for (int64_t now = T0; now < T0 + HOUR; now += SECOND) {
		PLAN_OWNED struct bt_plan p = { .wake_at = 0 };

		if ((now - T0) % (20 * SECOND) == 0)
			add(C, 1, now);
		if (now == T0 + 10 * MINUTE)
			push = add(P, 1, now);
		p = plan_with(&windows, now, 0);
		for (size_t i = 0; i < queue_nr && p.batches_nr; i++)
			for (size_t k = 0; k < p.batches[0].nr; k++)
				if (queue[i].id == p.batches[0].ids[k])
					queue[i].done = ++landed;
		if (push && push->done && !pushed_at)
			pushed_at = now;
	}
	assert_true(pushed_at && pushed_at - (T0 + 10 * MINUTE) <= 4 * 30 * SECOND + 5 * SECOND);
	assert_true(landed > 170);
}

#define EXAMPLE(test) cmocka_unit_test_setup(test, queue_clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXAMPLE(test_window),
		EXAMPLE(test_window_of_nothing),
		EXAMPLE(test_arrivals_prolong_a_window_to_its_cap),
		EXAMPLE(test_a_taken_one_prolongs_nothing),
		EXAMPLE(test_who_waits_for_others_is_in_no_window),
		EXAMPLE(test_barrier),
		EXAMPLE(test_younger_ones_do_not_hold_up),
		EXAMPLE(test_raised_barrier),
		EXAMPLE(test_a_cycle_is_blocked),
		EXAMPLE(test_ready_when_what_it_waits_for_is),
		EXAMPLE(test_what_folds_shares_a_batch),
		EXAMPLE(test_the_dead_block_those_who_name_them),
		EXAMPLE(test_urgent_pulls_forward),
		EXAMPLE(test_urgent_does_not_wait_behind_a_batch_without_it),
		EXAMPLE(test_delay),
		EXAMPLE(test_flush),
		EXAMPLE(test_batch_max),
		EXAMPLE(test_one_lane_one_batch),
		EXAMPLE(test_parallel_max),
		EXAMPLE(test_priority_and_age),
		EXAMPLE(test_clock_that_steps),
		EXAMPLE(test_delay_and_clock),
		EXAMPLE(test_ids_ascend),
		EXAMPLE(test_a_stream_of_commits_starves_no_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
