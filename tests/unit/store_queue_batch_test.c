/* store: batches, the fence, effects, what happened, figures, what is forgotten; several processes at one queue.db. */
#include "tests/unit/store_queue_scratch.h"

/* --- batches and the fence --- */

static void test_claim(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_batch b = { .kind = BT_ACTION_COMMIT, .lane = MAIN, .committer = "who", .remote = "origin" }, got;
	uint64_t ids[3], more[2];
	struct bt_action a;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		ids[i] = queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	expect_ok(bt_queue_fence_raise(q, &err));
	assert_true(bt_queue_fence_held(q));
	expect_ok(bt_queue_batch_add(q, &b, ids, 2, &err));
	assert_true(b.id && b.state == BT_BATCH_PLANNED && b.created_at);
	expect_code(BT_ROW, bt_queue_batch(q, b.id, &arena, &got, &err));
	assert_string_equal(got.key, b.key);
	assert_int_equal(strlen(got.key), BT_ACTION_KEY_LEN);
	assert_string_equal(got.lane, MAIN);
	assert_string_equal(got.committer, "who");
	assert_string_equal(got.remote, "origin");
	assert_int_equal(got.created_at, b.created_at);
	a = action_get(q, ids[0], &arena);
	assert_true(a.state == BT_ACTION_BATCHED && a.batch == b.id && a.attempts == 1);
	/* one of them is taken: no batch, and the other is free still */
	more[0] = ids[2];
	more[1] = ids[1];
	expect_code(BT_ERR_BUSY, bt_queue_batch_add(q, &b, more, 2, &err));
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM batch"), 1);
	assert_int_equal(state_of(q, ids[2]), BT_ACTION_QUEUED);
	/* back to the queue, and into the next one */
	expect_ok(bt_queue_action_requeue(q, ids[1], "why", &err));
	a = action_get(q, ids[1], &arena);
	assert_true(a.state == BT_ACTION_QUEUED && !a.batch && a.attempts == 1);
	expect_ok(bt_queue_batch_add(q, &b, more, 2, &err));
	assert_int_equal(action_get(q, ids[1], &arena).attempts, 2);
	expect_code(BT_DONE, bt_queue_batch(q, 99, &arena, &got, &err));
}

static void test_claim_no_follower(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_batch b = { .kind = BT_ACTION_PUSH, .lane = MAIN, .committer = "who" };
	uint64_t follower;

	(void)state;
	queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	follower = queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	expect_ok(bt_queue_fence_raise(q, &err));
	expect_code(BT_ERR_BUSY, bt_queue_batch_add(q, &b, &follower, 1, &err));
}

static void test_batch_set(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_batch b, got, *list;
	size_t nr;

	(void)state;
	expect_ok(bt_queue_fence_raise(q, &err));
	for (int i = 0; i < 3; i++)
		batch_put(q, BT_ACTION_COMMIT, queue_put(q, BT_ACTION_COMMIT, MAIN, NULL));
	expect_code(BT_ROW, bt_queue_batch(q, 2, &arena, &b, &err));
	b.state = BT_BATCH_DONE;
	b.started_at = 5;
	b.finished_at = 7;
	b.attempt = 3;
	b.base = test_oid(1);
	b.tree = test_oid(2);
	b.commit = test_oid(3);
	b.remote = "origin";
	b.remote_old = test_oid(4);
	b.error = "none";
	b.executed = 8;
	b.failed = 9;
	expect_ok(bt_queue_batch_set(q, &b, &err));
	expect_code(BT_ROW, bt_queue_batch(q, 2, &arena, &got, &err));
	assert_true(got.state == b.state && got.started_at == 5 && got.finished_at == 7 && got.attempt == 3 && got.executed == 8 &&
		    got.failed == 9 && !strcmp(got.error, "none") && !strcmp(got.remote, "origin"));
	assert_true(bt_oid_equal(&got.base, &b.base) && bt_oid_equal(&got.tree, &b.tree) && bt_oid_equal(&got.commit, &b.commit) &&
		    bt_oid_equal(&got.remote_old, &b.remote_old));
	expect_ok(bt_queue_batches(q, true, 0, &arena, &list, &nr, &err));
	assert_true(nr == 2 && list[0].id == 1 && list[1].id == 3);
	expect_ok(bt_queue_batches(q, false, 2, &arena, &list, &nr, &err));
	assert_true(nr == 2 && list[0].id == 3 && list[1].id == 2);
	for (int s = 0; s < BT_BATCH_STATE_NR; s++) {
		b.state = (enum bt_batch_state)s;
		expect_ok(bt_queue_batch_set(q, &b, &err));
		expect_ok(bt_queue_batches(q, true, 0, &arena, &list, &nr, &err));
		assert_int_equal(nr, bt_batch_state_open(b.state) ? 3 : 2);
	}
}

/* Everything that an executor writes. */
static void test_fence(void **state)
{
	QUEUE_OWNED struct bt_queue *first = queue_open(), *second = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_oid tree = test_oid(1);
	struct bt_batch b;
	uint64_t id = queue_put(first, BT_ACTION_COMMIT, MAIN, NULL), other = queue_put(first, BT_ACTION_COMMIT, MAIN, NULL);
	int64_t events;
	unsigned seq;

	(void)state;
	expect_ok(bt_queue_fence_raise(first, &err));
	expect_code(BT_ROW, bt_queue_batch(first, batch_put(first, BT_ACTION_COMMIT, id), &arena, &b, &err));
	expect_ok(bt_queue_effect_begin(first, b.id, "swap", "it", &seq, &err));
	expect_ok(bt_queue_fence_raise(second, &err));
	assert_true(bt_queue_fence(second) > bt_queue_fence(first));
	assert_true(bt_queue_fence_held(second));
	assert_false(bt_queue_fence_held(first));
	events = queue_ask(first, "SELECT count(*) FROM event");
	b.state = BT_BATCH_DONE;
	expect_code(BT_ERR_BUSY, bt_queue_batch_set(first, &b, &err));
	expect_code(BT_ERR_BUSY, bt_queue_batch_add(first, &b, &other, 1, &err));
	expect_code(BT_ERR_BUSY, bt_queue_effect_begin(first, b.id, "push", "it", &seq, &err));
	expect_code(BT_ERR_BUSY, bt_queue_effect_end(first, b.id, 1, "done", &err));
	expect_code(BT_ERR_BUSY, bt_queue_action_set(first, id, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_code(BT_ERR_BUSY, bt_queue_action_requeue(first, id, NULL, &err));
	expect_code(BT_ERR_BUSY, bt_queue_verdict_put(first, &tree, 1, true, &err));
	expect_code(BT_ERR_BUSY, bt_queue_setting_put(first, "paused", 1, &err));
	expect_code(BT_ERR_BUSY, bt_queue_begin(first, &err));
	assert_int_equal(queue_ask(second, "SELECT count(*) FROM event"), events);
	assert_int_equal(queue_ask(second, "SELECT count(*) FROM effect WHERE done_at = 0"), 1);
	assert_int_equal(queue_ask(second, "SELECT count(*) FROM batch WHERE state = 0"), 1);
	assert_int_equal(queue_ask(second, "SELECT count(*) FROM verdict"), 0);
	assert_int_equal(state_of(second, id), BT_ACTION_BATCHED);
	assert_int_equal(state_of(second, other), BT_ACTION_QUEUED);
	/* the other one goes on, as do its children, and the first may come back */
	expect_ok(bt_queue_batch_set(second, &b, &err));
	bt_queue_fence_take(first, bt_queue_fence(second));
	expect_ok(bt_queue_effect_end(first, b.id, 1, "done", &err));
	bt_queue_fence_take(first, 1);
	expect_ok(bt_queue_fence_raise(first, &err));
	expect_ok(bt_queue_setting_put(first, "paused", 1, &err));
	expect_code(BT_ERR_BUSY, bt_queue_batch_set(second, &b, &err));
}

/* Raised in the middle of a transaction that has begun: the writer is the only one, so it waits or comes first. */
static void test_fence_waits(void **state)
{
	QUEUE_OWNED struct bt_queue *first = queue_open(), *second = NULL;

	(void)state;
	expect_ok(bt_queue_fence_raise(first, &err));
	expect_ok(bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 20, &second, &err));
	expect_ok(bt_queue_begin(first, &err));
	expect_code(BT_ERR_BUSY, bt_queue_fence_raise(second, &err));
	expect_ok(bt_queue_setting_put(first, "x", 1, &err));
	expect_ok(bt_queue_commit(first, &err));
	expect_ok(bt_queue_fence_raise(second, &err));
	expect_code(BT_ERR_BUSY, bt_queue_begin(first, &err));
}

/* --- transactions --- */

static void test_transactions(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open(), *reader = queue_open_mode(BT_QUEUE_READ);
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action a = action_make(BT_ACTION_DEPLOY, MAIN, "p");
	bool known;

	(void)state;
	expect_ok(bt_queue_begin(q, &err));
	expect_code(BT_ERR_FAIL, bt_queue_begin(q, &err));
	queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	assert_int_equal(queue_ask(reader, "SELECT count(*) FROM action"), 0);
	bt_queue_rollback(q);
	bt_queue_rollback(q);
	assert_int_equal(queue_ask(reader, "SELECT count(*) + (SELECT count(*) FROM event) FROM action"), 0);
	expect_ok(bt_queue_begin(q, &err));
	queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	expect_ok(bt_queue_commit(q, &err));
	assert_int_equal(queue_ask(reader, "SELECT count(*) FROM action"), 1);
	expect_code(BT_ERR_READONLY, bt_queue_begin(reader, &err));
	expect_code(BT_ERR_READONLY, bt_queue_add(reader, &a, NULL, 0, &arena, &known, &err));
	expect_code(BT_ERR_READONLY, bt_queue_setting_put(reader, "x", 1, &err));
	/* what is open when the queue is closed is gone */
	expect_ok(bt_queue_begin(q, &err));
	queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	bt_queue_free(&q);
	assert_int_equal(queue_ask(reader, "SELECT count(*) FROM action"), 1);
}

/* --- effects, events, verdicts, settings --- */

static void test_effects(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_effect *list;
	unsigned seq;
	size_t nr;

	(void)state;
	expect_ok(bt_queue_fence_raise(q, &err));
	expect_ok(bt_queue_effect_begin(q, 1, "swap", "a", &seq, &err));
	assert_int_equal(seq, 1);
	expect_ok(bt_queue_effect_begin(q, 2, "swap", NULL, &seq, &err));
	assert_int_equal(seq, 1);
	expect_ok(bt_queue_effect_begin(q, 1, "push", "b", &seq, &err));
	assert_int_equal(seq, 2);
	expect_ok(bt_queue_effect_end(q, 1, 2, "done", &err));
	expect_ok(bt_queue_effects(q, 1, &arena, &list, &nr, &err));
	assert_int_equal(nr, 2);
	assert_true(list[0].seq == 1 && !list[0].done_at && !list[0].outcome && !strcmp(list[0].intent, "a") && list[0].intent_at);
	assert_true(list[1].seq == 2 && list[1].done_at && !strcmp(list[1].outcome, "done") && !strcmp(list[1].kind, "push"));
	expect_ok(bt_queue_effects(q, 3, &arena, &list, &nr, &err));
	assert_int_equal(nr, 0);
}

/* Counted while the batch is open; what an executor without a fence of its own any more may not. */
static void test_errors(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	QUEUE_OWNED struct bt_queue *other = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_batch b;
	unsigned nr = 0;
	uint64_t id;

	(void)state;
	expect_ok(bt_queue_fence_raise(q, &err));
	id = batch_put(q, BT_ACTION_COMMIT, queue_put(q, BT_ACTION_COMMIT, MAIN, NULL));
	expect_ok(bt_queue_batch_error(q, id, "one", &nr, &err));
	expect_ok(bt_queue_batch_error(q, id, "two", &nr, &err));
	assert_int_equal(nr, 2);
	expect_code(BT_ROW, bt_queue_batch(q, id, &arena, &b, &err));
	assert_string_equal(b.error, "two");
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM event WHERE what = 'error'"), 2);
	expect_ok(bt_queue_fence_raise(other, &err));
	expect_code(BT_ERR_BUSY, bt_queue_batch_error(q, id, "three", &nr, &err));
	b.state = BT_BATCH_FAILED;
	expect_ok(bt_queue_batch_set(other, &b, &err));
	expect_code(BT_ERR_NOT_FOUND, bt_queue_batch_error(other, id, "three", &nr, &err));
	assert_int_equal(queue_ask(q, "SELECT errors FROM batch"), 2);
}

/* What the planner found counts only for what has not been canceled or claimed meanwhile. */
static void test_notes(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t leader, follower;

	(void)state;
	leader = queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	follower = queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	assert_int_equal(leader_of(q, follower), leader);
	expect_ok(bt_queue_action_note(q, leader, BT_ACTION_QUEUED, BT_ACTION_BLOCKED, "why", &err));
	assert_true(state_of(q, leader) == BT_ACTION_BLOCKED && state_of(q, follower) == BT_ACTION_BLOCKED);
	expect_ok(bt_queue_action_note(q, leader, BT_ACTION_QUEUED, BT_ACTION_PARKED, "why", &err));
	assert_int_equal(state_of(q, leader), BT_ACTION_BLOCKED);
	expect_ok(bt_queue_action_cancel(q, follower, &err));
	expect_ok(bt_queue_action_note(q, follower, BT_ACTION_BLOCKED, BT_ACTION_QUEUED, NULL, &err));
	assert_int_equal(state_of(q, follower), BT_ACTION_CANCELED);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM event WHERE what = 'blocked'"), 1);
}

static void test_events(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_event *list;
	size_t nr;

	(void)state;
	for (uint64_t i = 1; i <= 5; i++)
		expect_ok(bt_queue_event_add(q, i % 2, i, i == 5 ? NULL : "bot", "done", i == 4 ? "well" : NULL, &err));
	expect_ok(bt_queue_events(q, 0, 2, &arena, &list, &nr, &err));
	assert_true(nr == 2 && list[0].batch == 4 && list[1].batch == 5 && !list[1].agent && !strcmp(list[0].detail, "well"));
	assert_true(!strcmp(list[0].agent, "bot") && !strcmp(list[0].what, "done") && list[0].at && list[0].id == 4);
	expect_ok(bt_queue_events(q, 1, 100, &arena, &list, &nr, &err));
	assert_true(nr == 3 && list[0].batch == 1 && list[2].batch == 5);
	expect_ok(bt_queue_events(q, 9, 100, &arena, &list, &nr, &err));
	assert_int_equal(nr, 0);
}

static void test_verdicts_and_settings(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_oid tree = test_oid(1), other = test_oid(2);
	int64_t value = 7;
	bool passed = false;

	(void)state;
	expect_code(BT_DONE, bt_queue_verdict(q, &tree, 1, &passed, &err));
	expect_ok(bt_queue_verdict_put(q, &tree, UINT64_MAX, true, &err));
	expect_code(BT_ROW, bt_queue_verdict(q, &tree, UINT64_MAX, &passed, &err));
	assert_true(passed);
	expect_ok(bt_queue_verdict_put(q, &tree, UINT64_MAX, false, &err));
	expect_code(BT_ROW, bt_queue_verdict(q, &tree, UINT64_MAX, &passed, &err));
	assert_false(passed);
	expect_code(BT_DONE, bt_queue_verdict(q, &other, UINT64_MAX, &passed, &err));
	expect_code(BT_DONE, bt_queue_verdict(q, &tree, 1, &passed, &err));
	expect_ok(bt_queue_setting(q, "paused", &value, &err));
	assert_int_equal(value, 0);
	expect_ok(bt_queue_setting_put(q, "paused", -3, &err));
	expect_ok(bt_queue_setting_put(q, "urgent", 1, &err));
	expect_ok(bt_queue_setting(q, "paused", &value, &err));
	assert_int_equal(value, -3);
}

/* --- figures --- */

static void test_figures(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_queue_figures f;
	struct bt_queue_count *counts;
	size_t nr;

	(void)state;
	expect_ok(bt_queue_figures(q, &f, &err));
	assert_true(!f.agents && !f.batches && f.wait_p50_ms == -1 && f.wait_p95_ms == -1);
	for (int i = 0; i < 20; i++)
		queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	queue_do(q, "UPDATE action SET agent = 'b' WHERE id = 3; UPDATE action SET agent = 'c' WHERE id > 18;"
		    "UPDATE action SET state = 5, finished_at = queued_at + 10 * id WHERE id <= 20;"
		    "UPDATE action SET state = 7, finished_at = queued_at + 1 WHERE id > 20;"
		    "INSERT INTO batch (key, kind, lane, state, created_at, started_at, finished_at, attempt, committer, errors, executed, failed)"
		    " VALUES ('1', 0, 'm', 5, 1, 1, 1, 1, '', 0, 12, 1), ('2', 0, 'm', 5, 1, 1, 1, 1, '', 0, 8, 0),"
		    " ('3', 0, 'm', 9, 1, 1, 1, 1, '', 0, 99, 0), ('4', 2, 'm', 5, 1, 1, 1, 1, '', 0, 2, 0)");
	expect_ok(bt_queue_figures(q, &f, &err));
	assert_int_equal(f.agents, 3);
	assert_int_equal(f.batches, 3);
	assert_int_equal(f.batch_members, 22);
	assert_int_equal(f.batch_largest, 12);
	assert_int_equal(f.pushes_asked, 2);
	assert_int_equal(f.pushes_made, 1);
	/* 1, 1, 10, 20, ... 200: the 11th and the 21st of 22 */
	assert_int_equal(f.wait_p50_ms, 90);
	assert_int_equal(f.wait_p95_ms, 190);
	queue_put(q, BT_ACTION_DEPLOY, MAIN, "d");
	expect_ok(bt_queue_counts(q, &arena, &counts, &nr, &err));
	assert_int_equal(nr, 3);
	assert_true(counts[0].kind == BT_ACTION_COMMIT && counts[0].state == BT_ACTION_LANDED && counts[0].nr == 20 && !counts[0].joined);
	assert_true(counts[1].kind == BT_ACTION_PUSH && counts[1].nr == 2 && counts[1].joined == 1);
	assert_true(counts[2].kind == BT_ACTION_DEPLOY && counts[2].state == BT_ACTION_QUEUED && counts[2].nr == 1);
}

/* --- forgetting --- */

static void test_forget(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_action waits = action_make(BT_ACTION_DEPLOY, MAIN, "d");
	struct bt_oid tree = test_oid(1);
	struct bt_batch b = { .attempt = 0 };
	uint64_t open, needed, alone, batched, nr;

	(void)state;
	expect_ok(bt_queue_fence_raise(q, &err));
	open = queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	needed = queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	alone = queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	batched = queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	queue_put_after(q, &waits, needed);
	b.id = batch_put(q, BT_ACTION_COMMIT, batched);
	expect_ok(bt_queue_effect_begin(q, b.id, "swap", NULL, &(unsigned){ 0 }, &err));
	expect_ok(bt_queue_verdict_put(q, &tree, 1, true, &err));
	expect_ok(bt_queue_action_set(q, needed, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_ok(bt_queue_action_set(q, alone, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_ok(bt_queue_action_set(q, batched, BT_ACTION_LANDED, NULL, NULL, &err));
	/* nothing is old */
	expect_ok(bt_queue_forget(q, 1000, &nr, &err));
	assert_int_equal(nr, 0);
	/* everything is: what is open, waited for, or in a batch that goes on stays */
	expect_ok(bt_queue_forget(q, INT64_MAX, &nr, &err));
	assert_true(nr > 0);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action"), 4);
	assert_int_equal(state_of(q, open), BT_ACTION_QUEUED);
	assert_int_equal(state_of(q, needed), BT_ACTION_LANDED);
	assert_int_equal(state_of(q, batched), BT_ACTION_LANDED);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM dependency"), 1);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM batch"), 1);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM effect"), 1);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM verdict"), 0);
	/* what happened has its own time */
	assert_true(queue_ask(q, "SELECT count(*) FROM event WHERE action = 3") > 0);
	assert_true(queue_ask(q, "SELECT count(*) FROM event WHERE action = 1") > 0);
	/* all over: nothing is left but the settings */
	expect_ok(bt_queue_action_cancel(q, open, &err));
	expect_ok(bt_queue_action_cancel(q, waits.id, &err));
	b.state = BT_BATCH_DONE;
	b.finished_at = 5;
	expect_ok(bt_queue_batch_set(q, &b, &err));
	expect_ok(bt_queue_forget(q, INT64_MAX, &nr, &err));
	expect_ok(bt_queue_forget(q, INT64_MAX, &nr, &err));
	assert_int_equal(queue_ask(q, "SELECT (SELECT count(*) FROM action) + (SELECT count(*) FROM batch) + (SELECT count(*) FROM effect)"
				      " + (SELECT count(*) FROM dependency)"),
			 0);
	assert_true(bt_queue_fence_held(q));
}

/* One that failed long ago and that somebody waits for: a retry of it waits for what it always waited for. */
static void test_forget_keeps_what_it_needs(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t one = queue_put(q, BT_ACTION_DEPLOY, MAIN, "1"), nr;
	struct bt_action two = action_make(BT_ACTION_DEPLOY, MAIN, "2"), three = action_make(BT_ACTION_DEPLOY, MAIN, "3");

	(void)state;
	queue_put_after(q, &two, one);
	queue_put_after(q, &three, two.id);
	expect_ok(bt_queue_action_set(q, two.id, BT_ACTION_FAILED, NULL, NULL, &err));
	expect_ok(bt_queue_forget(q, INT64_MAX, &nr, &err));
	expect_ok(bt_queue_action_requeue(q, two.id, NULL, &err));
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM dependency"), 2);
}

/* --- several processes --- */

enum { CLIENTS = 4, EACH = 60 };

/* Queues its own, and what the others queue as well, under keys. */
static void client(void *arg)
{
	int me = *(int *)arg;
	struct bt_queue *q = NULL;
	struct bt_err err = BT_ERR_INIT;

	if (bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 60000, &q, &err))
		_exit(2);
	sqlite3_exec(q->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	for (int i = 0; i < EACH; i++) {
		ARENA_OWNED struct bt_arena arena = { NULL };
		struct bt_action own = action_make(BT_ACTION_COMMIT, MAIN, NULL), shared = action_make(BT_ACTION_DEPLOY, MAIN, NULL),
				 push = action_make(BT_ACTION_PUSH, MAIN, "p");
		char own_key[40], key[40];
		bool known;

		snprintf(own_key, sizeof(own_key), "%d-%d", me, i);
		snprintf(key, sizeof(key), "all-%d", i);
		own.idem_key = own_key;
		shared.idem_key = key;
		if (bt_queue_add(q, &own, NULL, 0, &arena, &known, &err) || known ||
		    bt_queue_add(q, &shared, NULL, 0, &arena, &known, &err) || bt_queue_add(q, &push, NULL, 0, &arena, &known, &err))
			_exit(3);
	}
	bt_queue_free(&q);
}

static void test_many_clients(void **state)
{
	QUEUE_OWNED struct bt_queue *q = NULL;
	pid_t pids[CLIENTS];
	int status = -1;

	(void)state;
	/* nobody has made it yet: they race for that as well */
	for (int i = 0; i < CLIENTS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (!pids[i]) {
			client(&i);
			_exit(0);
		}
	}
	for (int i = 0; i < CLIENTS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	q = queue_open();
	expect_ok(bt_queue_verify(q, &err));
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE kind = 0"), CLIENTS * EACH);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE kind = 4"), EACH);
	/* all pushes are one, which waits for everything up to the last of them */
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE kind = 2"), CLIENTS * EACH);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE kind = 2 AND leader = 0"), 1);
	assert_int_equal(queue_ask(q, "SELECT barrier = (SELECT max(id) FROM action WHERE kind = 2) FROM action WHERE kind = 2 AND leader = 0"),
			 1);
}

/* Claims everything, one by one, and counts what it got: nobody gets what another has. */
static void claimer(void *arg)
{
	struct bt_queue *q = NULL;
	struct bt_err err = BT_ERR_INIT;

	(void)arg;
	if (bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 60000, &q, &err))
		_exit(2);
	for (uint64_t id = 1; id <= EACH; id++) {
		struct bt_batch b = { .kind = BT_ACTION_COMMIT, .lane = MAIN, .committer = "c" };
		int rc = bt_queue_fence_raise(q, &err);

		if (!rc)
			rc = bt_queue_batch_add(q, &b, &id, 1, &err);
		if (rc && rc != BT_ERR_BUSY)
			_exit(3);
		err = (struct bt_err)BT_ERR_INIT;
	}
	bt_queue_free(&q);
	_exit(0);
}

static void test_many_executors(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	pid_t pids[CLIENTS];
	int status = -1;

	(void)state;
	for (int i = 0; i < EACH; i++)
		queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	bt_queue_free(&q);
	for (int i = 0; i < CLIENTS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (!pids[i])
			claimer(NULL);
	}
	for (int i = 0; i < CLIENTS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	q = queue_open();
	/* a batch that was formed has its action, and no action was taken twice */
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE attempts > 1"), 0);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM batch"), queue_ask(q, "SELECT count(*) FROM action WHERE state = 1"));
	assert_true(queue_ask(q, "SELECT count(*) FROM batch") > 0);
}

static void test_busy(void **state)
{
	QUEUE_OWNED struct bt_queue *first = queue_open(), *second = NULL;
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action a = action_make(BT_ACTION_COMMIT, MAIN, NULL);
	struct bt_err busy = BT_ERR_INIT;
	bool known;

	(void)state;
	expect_ok(bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 30, &second, &err));
	expect_ok(bt_queue_begin(first, &err));
	assert_int_equal(bt_queue_add(second, &a, NULL, 0, &arena, &known, &busy), BT_ERR_BUSY);
	assert_non_null(strstr(busy.msg, "is being written by another process"));
	assert_string_equal(busy.hint, "try again");
	bt_queue_rollback(first);
	queue_put(second, BT_ACTION_COMMIT, MAIN, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_claim, scratch_reset),
		cmocka_unit_test_setup(test_claim_no_follower, scratch_reset),
		cmocka_unit_test_setup(test_batch_set, scratch_reset),
		cmocka_unit_test_setup(test_fence, scratch_reset),
		cmocka_unit_test_setup(test_fence_waits, scratch_reset),
		cmocka_unit_test_setup(test_transactions, scratch_reset),
		cmocka_unit_test_setup(test_effects, scratch_reset),
		cmocka_unit_test_setup(test_errors, scratch_reset),
		cmocka_unit_test_setup(test_notes, scratch_reset),
		cmocka_unit_test_setup(test_events, scratch_reset),
		cmocka_unit_test_setup(test_verdicts_and_settings, scratch_reset),
		cmocka_unit_test_setup(test_figures, scratch_reset),
		cmocka_unit_test_setup(test_forget, scratch_reset),
		cmocka_unit_test_setup(test_forget_keeps_what_it_needs, scratch_reset),
		cmocka_unit_test_setup(test_many_clients, scratch_reset),
		cmocka_unit_test_setup(test_many_executors, scratch_reset),
		cmocka_unit_test_setup(test_busy, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
