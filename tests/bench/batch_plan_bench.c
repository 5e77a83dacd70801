/*
 * Time to plan from 1,000 and 100,000 pending actions: CPU of one plan, median of 15.
 *
 *	batch_plan_bench [ACTIONS...]
 *
 * Three queues: commits of one lane; commits and pushes in eight lanes that name each other, with priorities and urgency, most of
 * them in their windows; the same when all windows are over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/batch/plan/plan.h"

#define RUNS 15
#define T0 1700000000000

struct queue {
	struct bt_plan_action *actions;
	uint64_t (*after)[2];
	size_t nr;
};

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int double_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void queue_fill(struct queue *q, size_t nr, bool mixed)
{
	q->actions = bt_xcalloc(nr, sizeof(*q->actions));
	q->after = bt_xcalloc(nr, sizeof(*q->after));
	q->nr = nr;
	for (size_t i = 0; i < nr; i++) {
		struct bt_plan_action *a = &q->actions[i];
		uint64_t dice = bt_mix64(i + 1);

		*a = (struct bt_plan_action){
			.id = i + 1, .queued_at = T0 + (int64_t)i, .lane = 1, .after = q->after[i]
		};
		if (!mixed)
			continue;
		a->kind = dice % 4 ? BT_ACTION_COMMIT : BT_ACTION_PUSH;
		a->lane = (uint32_t)(dice >> 8) % 8;
		a->priority = dice >> 16 & 3 ? 0 : (int)((dice >> 24) % 201) - 100;
		a->urgent = !(dice >> 32 & 15);
		for (a->after_nr = 0; i > 100 && a->after_nr < (dice >> 40) % 3; a->after_nr++)
			q->after[i][a->after_nr] = i - (dice >> (44 + 8 * a->after_nr)) % 100;
	}
}

static void measure(const char *what, size_t nr, bool mixed, int64_t now)
{
	const struct bt_plan_windows w = {
		.window_ms = { 30000, 10000, 5000, 5000, 60000 },
		.urgent_ms = { 2000, 2000, 1000, 1000, 5000 },
		.debounce_cap = 4,
		.batch_max = 20,
		.parallel_max = 5,
	};
	struct queue q;
	double ms[RUNS];
	size_t batches = 0;

	queue_fill(&q, nr, mixed);
	for (int run = 0; run < RUNS; run++) {
		double begin = cpu_ms();
		struct bt_plan plan;

		if (bt_plan_make(q.actions, q.nr, &w, now, 0, &plan))
			exit(1);
		batches = plan.batches_nr;
		bt_plan_release(&plan);
		ms[run] = cpu_ms() - begin;
	}
	qsort(ms, RUNS, sizeof(*ms), double_compare);
	printf("%-34s %8zu actions %3zu batches %10.3f ms\n", what, nr, batches, ms[RUNS / 2]);
	free(q.actions);
	free(q.after);
}

int main(int argc, char **argv)
{
	static const size_t usual[] = { 1000, 100000 };
	size_t sizes = argc > 1 ? (size_t)argc - 1 : BT_ARRAY_NR(usual);

	for (size_t i = 0; i < sizes; i++) {
		size_t nr = argc > 1 ? strtoul(argv[i + 1], NULL, 10) : usual[i];

		measure("commits of one lane, due", nr, false, T0 + 3600000);
		measure("mixed, eight lanes", nr, true, T0);
		measure("mixed, eight lanes, due", nr, true, T0 + 3600000);
	}
	return 0;
}
