/* core/query/crew.[ch]: every job runs once, whoever does it, and what it wrote is there afterwards. */
#include "core/query/crew.h"

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/lib/unit.h"

struct work {
	uint32_t *done;			/* per job: how often */
	unsigned *worker;		/* per job: who */
	size_t per_worker[BT_CREW_NR];	/* no lock: one job of a worker at a time */
	uint64_t sink[BT_CREW_NR];
	unsigned spins;
};

static void job(void *ctx, unsigned worker, size_t number)
{
	struct work *w = ctx;
	uint64_t x = number + 1;

	for (unsigned i = 0; i < w->spins; i++)
		x = x * 6364136223846793005u + 1;
	w->sink[worker] += x;
	w->done[number]++;
	w->worker[number] = worker;
	w->per_worker[worker]++;
}

static void run(size_t nr, unsigned spins, struct work *w)
{
	struct bt_crew crew;

	memset(w, 0, sizeof(*w));
	w->done = bt_xcalloc(nr + 1, sizeof(*w->done));
	w->worker = bt_xcalloc(nr + 1, sizeof(*w->worker));
	w->spins = spins;
	bt_crew_init(&crew, job, w);
	for (size_t i = 0; i < nr; i++)
		bt_crew_post(&crew);
	bt_crew_finish(&crew);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(w->done[i], 1);
	assert_int_equal(w->per_worker[0] + w->per_worker[1], nr);
	free(w->done);
	free(w->worker);
}

static void test_every_job_once(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, BT_CREW_BACKLOG, BT_CREW_BACKLOG + 9, 1000, 20000 };
	struct work w;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(sizes); i++) {
		run(sizes[i], 0, &w);
		run(sizes[i], 300, &w);
	}
}

/* So few do not pay for a thread. */
static void test_few_jobs_stay_here(void **state)
{
	struct work w;

	(void)state;
	run(3, 1000, &w);
	assert_int_equal(w.per_worker[1], 0);
}

static void test_two_take_part(void **state)
{
	cpu_set_t set;
	struct work w;

	(void)state;
	if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) < 2)
		unit_skip("one processor");
	run(2000, 20000, &w);
	assert_true(w.per_worker[0] > 0 && w.per_worker[1] > 0);
}

static void test_one_processor(void **state)
{
	cpu_set_t before, one;
	struct work w;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &before)) {
			CPU_SET(i, &one);
			break;
		}
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	run(1000, 100, &w);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(w.per_worker[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_job_once),
		cmocka_unit_test(test_few_jobs_stay_here),
		cmocka_unit_test(test_two_take_part),
		cmocka_unit_test(test_one_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
