/*
 * A queue as tests of plans write it: one array, ids from 1.
 */
#ifndef BT_TESTS_UNIT_BATCH_PLAN_QUEUE_H
#define BT_TESTS_UNIT_BATCH_PLAN_QUEUE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/batch/plan/plan.h"

#define PLAN_OWNED BT_CLEANUP(bt_plan_release)
#define SECOND 1000
#define MINUTE (60 * SECOND)
#define HOUR (60 * (int64_t)MINUTE)
/* Some day. */
#define T0 1700000000000

#define C BT_ACTION_COMMIT
#define M BT_ACTION_MERGE
#define P BT_ACTION_PUSH
#define W BT_ACTION_WORKFLOW
#define D BT_ACTION_DEPLOY

static const struct bt_plan_windows windows = {
	.window_ms = { 30 * SECOND, 10 * SECOND, 5 * SECOND, 5 * SECOND, 60 * SECOND },
	.urgent_ms = { 2 * SECOND, 2 * SECOND, 1 * SECOND, 1 * SECOND, 5 * SECOND },
	.debounce_cap = 4,
	.batch_max = 20,
	.parallel_max = 5,
};

#define QUEUE_MAX 4096
#define AFTER_MAX 4

static struct bt_plan_action queue[QUEUE_MAX];
static uint64_t afters[QUEUE_MAX][AFTER_MAX];
static size_t queue_nr;
static uint64_t id_next;

static inline int queue_clear(void **state)
{
	(void)state;
	queue_nr = 0;
	id_next = 1;
	return 0;
}

static inline struct bt_plan_action *add(enum bt_action_kind kind, uint32_t lane, int64_t queued_at)
{
	struct bt_plan_action *a = &queue[queue_nr];

	assert_true(queue_nr < QUEUE_MAX);
	*a = (struct bt_plan_action){
		.id = id_next++, .kind = kind, .lane = lane, .queued_at = queued_at
	};
	a->after = afters[queue_nr++];
	return a;
}

static inline void add_after(struct bt_plan_action *a, uint64_t id)
{
	assert_true(a->after_nr < AFTER_MAX);
	afters[a - queue][a->after_nr++] = id;
}

static inline struct bt_plan plan_with(const struct bt_plan_windows *w, int64_t now,
				       unsigned running)
{
	struct bt_plan p;

	assert_int_equal(bt_plan_make(queue, queue_nr, w, now, running, &p), 0);
	return p;
}
#endif
