/*
 * store: counters of the tally go to queue.db in one transaction, and are lost by neither.
 */
#include "tests/unit/store_queue_scratch.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/base/metric.h"
#include "store/counter.h"

static uint64_t kept(struct bt_queue *q, enum bt_metric m)
{
	BT_FREE uint64_t *values = bt_xcalloc(BT_METRIC_SLOTS_MAX, sizeof(*values));

	expect_ok(bt_queue_counters_read(q, values, &err));
	return values[bt_metric_slot(m, 0)];
}

static void take(struct bt_queue *q, int want)
{
	struct bt_tally *t = bt_tally_open(scratch_dir);

	assert_non_null(t);
	expect_code(want, bt_queue_counters_take(q, t, &err));
	bt_tally_close(&t);
}

static uint64_t left(void)
{
	struct bt_tally *t = bt_tally_open(scratch_dir);
	uint64_t n = bt_tally_get(t, bt_metric_slot(BT_METRIC_CACHE_HITS, 0));

	bt_tally_close(&t);
	return n;
}

static void test_take(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();

	(void)state;
	bt_metric_forget();
	assert_int_equal(kept(q, BT_METRIC_CACHE_HITS), 0);
	expect_ok(bt_queue_counters_take(q, NULL, &err));
	for (int i = 1; i <= 3; i++) {
		bt_count(BT_METRIC_CACHE_HITS, 0, 10);
		bt_tally_flush(scratch_dir, 0, true);
		take(q, 0);
		assert_int_equal(kept(q, BT_METRIC_CACHE_HITS), 10 * i);
		assert_int_equal(left(), 0);
	}
}

/* Somebody else writes: what was taken is back, and comes the next time. */
static void test_busy(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open(), *other = queue_open();

	(void)state;
	bt_metric_forget();
	sqlite3_busy_timeout(q->db, 0);
	bt_count(BT_METRIC_CACHE_HITS, 0, 10);
	bt_tally_flush(scratch_dir, 0, true);
	expect_ok(bt_queue_begin(other, &err));
	take(q, BT_ERR_BUSY);
	assert_int_equal(left(), 10);
	bt_queue_rollback(other);
	queue_do(q, "DROP TABLE counter");
	take(q, BT_ERR_FAIL);
	assert_int_equal(left(), 10);
}

/* Counting goes on while others take: nothing is lost and nothing counted twice. */
static void test_concurrent(void **state)
{
	enum { COUNTERS = 3, TAKERS = 2, TIMES = 400 };
	pid_t pids[COUNTERS + TAKERS];

	(void)state;
	bt_metric_forget();
	bt_queue_free(&(struct bt_queue *){ queue_open() });
	bt_count(BT_METRIC_CACHE_HITS, 0, 1);
	bt_tally_flush(scratch_dir, 0, true);
	for (int p = 0; p < COUNTERS + TAKERS; p++) {
		pids[p] = fork();
		if (pids[p])
			continue;
		{
			struct bt_queue *q = p < COUNTERS ? NULL : queue_open();

			for (int i = 0; i < (q ? 50 : TIMES); i++)
				if (q) {
					take(q, 0);
				} else {
					bt_count(BT_METRIC_CACHE_HITS, 0, 1);
					bt_tally_flush(scratch_dir, 0, false);
				}
			_exit(0);
		}
	}
	for (int p = 0; p < COUNTERS + TAKERS; p++) {
		int status = 1;

		waitpid(pids[p], &status, 0);
		assert_int_equal(status, 0);
	}
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		take(q, 0);
		assert_int_equal(kept(q, BT_METRIC_CACHE_HITS), COUNTERS * TIMES + 1);
	}
}

static void test_gauges(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t snapshots = 9;
	int64_t oldest = 9;

	(void)state;
	expect_ok(bt_queue_gauges(q, &snapshots, &oldest, &err));
	assert_int_equal(snapshots, 0);
	assert_int_equal(oldest, 0);
	queue_put(q, BT_ACTION_PUSH, MAIN, "a");
	expect_ok(bt_queue_gauges(q, &snapshots, &oldest, &err));
	assert_true(oldest > 0 && oldest <= bt_queue_now());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_take, scratch_reset),
		cmocka_unit_test_setup(test_busy, scratch_reset),
		cmocka_unit_test_setup(test_concurrent, scratch_reset),
		cmocka_unit_test_setup(test_gauges, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
