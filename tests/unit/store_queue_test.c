/* store: actions of queue.db: added, become one, claimed, come to an end, forgotten. */
#include "tests/unit/store_queue_scratch.h"

/* --- adding --- */

static void test_add(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	static const char params[] = "tree\0abc\0sign\0001";
	uint8_t raw[32] = { 1, 2, 3 };
	struct bt_action a = {
		.kind = BT_ACTION_MERGE, .lane = MAIN, .agent = "bot", .priority = -7, .urgent = true, .not_before = 99, .params = params,
		.params_len = sizeof(params), .message = "a line", .content = bt_oid_make(raw, 32), .base = test_oid(4), .slot = 12,
		.idem_key = "K",
	};
	struct bt_action got;
	uint64_t first = queue_put(q, BT_ACTION_COMMIT, MAIN, NULL), id = queue_put_after(q, &a, 0);

	(void)state;
	assert_true(first && id > first);
	assert_int_equal(strspn(a.key, "0123456789abcdef"), BT_ACTION_KEY_LEN);
	assert_true(a.queued_at > 0 && a.queued_at <= bt_queue_now());
	got = action_get(q, id, &arena);
	assert_string_equal(got.key, a.key);
	assert_string_equal(got.idem_key, "K");
	assert_string_equal(got.lane, MAIN);
	assert_string_equal(got.agent, "bot");
	assert_string_equal(got.message, "a line");
	assert_int_equal(got.kind, BT_ACTION_MERGE);
	assert_int_equal(got.state, BT_ACTION_QUEUED);
	assert_int_equal(got.priority, -7);
	assert_true(got.urgent);
	assert_int_equal(got.not_before, 99);
	assert_int_equal(got.queued_at, a.queued_at);
	assert_int_equal(got.finished_at, 0);
	assert_int_equal(got.slot, 12);
	assert_int_equal(got.params_len, sizeof(params));
	assert_memory_equal(got.params, params, sizeof(params));
	assert_true(bt_oid_equal(&got.content, &a.content) && bt_oid_equal(&got.base, &a.base));
	assert_int_equal(got.result.len, 0);
	assert_null(got.detail);
	assert_true(!got.batch && !got.leader && !got.barrier && !got.attempts);
	got = action_get(q, first, &arena);
	assert_null(got.idem_key);
	assert_null(got.message);
	assert_int_equal(got.content.len + got.base.len + got.params_len, 0);
	expect_code(BT_DONE, bt_queue_action(q, id + 1, &arena, &got, &err));
	expect_code(BT_ROW, bt_queue_action_by_key(q, "K", &arena, &got, &err));
	assert_int_equal(got.id, id);
	expect_code(BT_DONE, bt_queue_action_by_key(q, "k", &arena, &got, &err));
}

static void test_ids_are_not_used_again(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t id = queue_put(q, BT_ACTION_DEPLOY, MAIN, "x"), nr;

	(void)state;
	expect_ok(bt_queue_action_cancel(q, id, &err));
	expect_ok(bt_queue_forget(q, INT64_MAX, &nr, &err));
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action"), 0);
	assert_int_equal(queue_put(q, BT_ACTION_DEPLOY, MAIN, "x"), id + 1);
}

/* --- keys of requests --- */

static int add_keyed(struct bt_queue *q, struct bt_action a, uint64_t *ret_id, bool *ret_known)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_err err = BT_ERR_INIT;
	int rc;

	a.idem_key = "same";
	rc = bt_queue_add(q, &a, NULL, 0, &arena, ret_known, &err);
	*ret_id = a.id;
	if (rc && !strstr(err.msg, "the key 'same' was used for another request: action 1"))
		fail_msg("%s", err.msg);
	return rc;
}

static void test_key(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	const struct bt_action first = { .kind = BT_ACTION_COMMIT, .lane = MAIN, .agent = "x", .params = "p", .params_len = 1,
					 .message = "m", .content = test_oid(1) };
	struct bt_action others[6];
	uint64_t id, again;
	bool known;

	(void)state;
	expect_ok(add_keyed(q, first, &id, &known));
	assert_false(known);
	expect_ok(add_keyed(q, first, &again, &known));
	assert_true(known && again == id);
	for (size_t i = 0; i < BT_ARRAY_NR(others); i++)
		others[i] = first;
	others[0].kind = BT_ACTION_DEPLOY;
	others[1].lane = SIDE;
	others[2].agent = "y";
	others[3].params = "q";
	others[4].message = NULL;
	others[5].priority = 1;
	for (size_t i = 0; i < BT_ARRAY_NR(others); i++)
		if (add_keyed(q, others[i], &again, &known) != BT_ERR_FAIL || known)
			fail_msg("other request %zu was taken for the same", i);
	/* a commit that is captured again has another time in it */
	others[5] = first;
	others[5].content = test_oid(2);
	expect_ok(add_keyed(q, others[5], &again, &known));
	assert_true(known && again == id);
	/* however far it came */
	expect_ok(bt_queue_action_set(q, id, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_ok(add_keyed(q, first, &again, &known));
	assert_true(known && again == id);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action"), 1);
}

static void test_key_of_a_merge(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_action a = action_make(BT_ACTION_MERGE, MAIN, "p");
	uint64_t id;
	bool known;

	(void)state;
	a.content = test_oid(1);
	expect_ok(add_keyed(q, a, &id, &known));
	a.content = test_oid(2);
	expect_code(BT_ERR_FAIL, add_keyed(q, a, &id, &known));
}

/* --- becoming one --- */

static void test_join(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action b = action_make(BT_ACTION_PUSH, MAIN, "origin"), got;
	struct bt_action_query joined = { .list = BT_ACTIONS_JOINED };
	struct bt_action *list;
	size_t nr;

	(void)state;
	joined.id = queue_put(q, BT_ACTION_PUSH, MAIN, "origin");
	b.urgent = true;
	b.priority = 5;
	queue_put_after(q, &b, 0);
	assert_int_equal(b.leader, joined.id);
	got = action_get(q, joined.id, &arena);
	assert_true(got.urgent && got.priority == 5 && got.barrier == b.id && !got.leader);
	/* one that is less urgent takes nothing away */
	b = action_make(BT_ACTION_PUSH, MAIN, "origin");
	b.priority = -5;
	queue_put_after(q, &b, 0);
	got = action_get(q, joined.id, &arena);
	assert_true(got.urgent && got.priority == 5 && got.barrier == b.id);
	expect_ok(bt_queue_actions(q, &joined, &arena, &list, &nr, &err));
	assert_int_equal(nr, 2);
	assert_true(list[0].id == joined.id + 1 && list[1].id == joined.id + 2);
}

static void apart(struct bt_queue *q, struct bt_action a, uint64_t after, const char *what)
{
	queue_put_after(q, &a, after);
	if (a.leader)
		fail_msg("%s: %llu became one with %llu", what, (unsigned long long)a.id, (unsigned long long)a.leader);
}

static void test_apart(void **state)
{
	static const enum bt_action_kind never[] = { BT_ACTION_COMMIT, BT_ACTION_DEPLOY };
	static const enum bt_action_kind kinds[] = { BT_ACTION_MERGE, BT_ACTION_PUSH, BT_ACTION_WORKFLOW };
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_action a;
	uint64_t id;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(never); i++) {
		queue_put(q, never[i], MAIN, "p");
		apart(q, action_make(never[i], MAIN, "p"), 0, "a kind that stands alone");
	}
	for (size_t i = 0; i < BT_ARRAY_NR(kinds); i++) {
		queue_put(q, kinds[i], MAIN, "p");
		apart(q, action_make(kinds[i], SIDE, "p"), 0, "another lane");
		apart(q, action_make(kinds[i], MAIN, "other"), 0, "other parameters");
		apart(q, action_make(kinds[i], MAIN, NULL), 0, "no parameters");
		a = action_make(kinds[i], MAIN, "p");
		a.not_before = 5;
		apart(q, a, 0, "another delay");
		a.not_before = 0;
		a.content = test_oid(7);
		apart(q, a, 0, "another content");
	}
	/* each waits for what it was told to wait for, and for nothing that others were told */
	id = queue_put(q, BT_ACTION_COMMIT, SIDE, "p");
	apart(q, action_make(BT_ACTION_PUSH, MAIN, "p"), id, "a dependency");
	a = action_make(BT_ACTION_PUSH, MAIN, "waits");
	queue_put_after(q, &a, id);
	apart(q, action_make(BT_ACTION_PUSH, MAIN, "waits"), 0, "a leader that waits for something");
}

/* What is claimed or over is no leader, and one that follows is none. */
static void test_join_whom(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t first = queue_put(q, BT_ACTION_PUSH, MAIN, "p"), second = queue_put(q, BT_ACTION_PUSH, MAIN, "p"), third;

	(void)state;
	assert_int_equal(leader_of(q, second), first);
	expect_ok(bt_queue_fence_raise(q, &err));
	batch_put(q, BT_ACTION_PUSH, first);
	third = queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	assert_int_equal(leader_of(q, third), 0);
	assert_int_equal(leader_of(q, queue_put(q, BT_ACTION_PUSH, MAIN, "p")), third);
	for (int s = BT_ACTION_BLOCKED; s < BT_ACTION_STATE_NR; s++) {
		expect_ok(bt_queue_action_set(q, third, (enum bt_action_state)s, NULL, NULL, &err));
		third = queue_put(q, BT_ACTION_PUSH, MAIN, "p");
		assert_int_equal(leader_of(q, third), 0);
	}
}

/* A later barrier would make the leader wait for what waits for it. */
static void test_tangled(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t workflow = queue_put(q, BT_ACTION_WORKFLOW, MAIN, "w"), commit, push;
	struct bt_action a = action_make(BT_ACTION_COMMIT, SIDE, NULL);

	(void)state;
	/* in another lane it is in nobody's way */
	queue_put_after(q, &a, workflow);
	assert_int_equal(leader_of(q, queue_put(q, BT_ACTION_WORKFLOW, MAIN, "w")), workflow);
	a = action_make(BT_ACTION_COMMIT, MAIN, NULL);
	commit = queue_put_after(q, &a, workflow);
	push = queue_put(q, BT_ACTION_WORKFLOW, MAIN, "w");
	assert_int_equal(leader_of(q, push), 0);
	/* over: nobody waits any more */
	expect_ok(bt_queue_action_cancel(q, commit, &err));
	assert_int_equal(leader_of(q, queue_put(q, BT_ACTION_WORKFLOW, MAIN, "w")), workflow);
}

/* --- canceling --- */

static void test_cancel_a_leader(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	uint64_t first = queue_put(q, BT_ACTION_PUSH, MAIN, "p"), second = queue_put(q, BT_ACTION_PUSH, MAIN, "p");
	struct bt_action third = action_make(BT_ACTION_PUSH, MAIN, "p"), got;

	(void)state;
	third.urgent = true;
	third.priority = 9;
	queue_put_after(q, &third, 0);
	expect_ok(bt_queue_action_cancel(q, first, &err));
	got = action_get(q, first, &arena);
	assert_true(got.state == BT_ACTION_CANCELED && got.finished_at);
	got = action_get(q, second, &arena);
	assert_true(got.state == BT_ACTION_QUEUED && !got.leader && got.barrier == third.id);
	/* it is as urgent as those that became one with it */
	assert_true(got.urgent && got.priority == 9);
	assert_int_equal(leader_of(q, third.id), second);
	/* and takes new ones, until none is left */
	assert_int_equal(leader_of(q, queue_put(q, BT_ACTION_PUSH, MAIN, "p")), second);
	expect_ok(bt_queue_action_cancel(q, second, &err));
	expect_ok(bt_queue_action_cancel(q, third.id, &err));
	assert_int_equal(leader_of(q, third.id + 1), 0);
	expect_ok(bt_queue_action_cancel(q, third.id + 1, &err));
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE state <> 9 OR leader <> 0"), 0);
	expect_code(BT_ERR_NOT_FOUND, bt_queue_action_cancel(q, 999, &err));
}

static void test_cancel_a_follower(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t first = queue_put(q, BT_ACTION_PUSH, MAIN, "p"), second = queue_put(q, BT_ACTION_PUSH, MAIN, "p");

	(void)state;
	expect_ok(bt_queue_action_cancel(q, second, &err));
	expect_ok(bt_queue_action_set(q, first, BT_ACTION_COMPLETED, NULL, NULL, &err));
	assert_int_equal(state_of(q, second), BT_ACTION_CANCELED);
	assert_int_equal(leader_of(q, second), 0);
}

/* --- states --- */

static void test_states_are_shared(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	uint64_t first = queue_put(q, BT_ACTION_MERGE, MAIN, "p"), second = queue_put(q, BT_ACTION_MERGE, MAIN, "p");
	uint64_t other = queue_put(q, BT_ACTION_MERGE, MAIN, "q");
	struct bt_oid result = test_oid(3);
	struct bt_action got;

	(void)state;
	for (int s = 0; s < BT_ACTION_STATE_NR; s++) {
		expect_ok(bt_queue_action_set(q, first, (enum bt_action_state)s, "why", s == BT_ACTION_LANDED ? &result : NULL, &err));
		got = action_get(q, second, &arena);
		assert_int_equal(got.state, s);
		assert_string_equal(got.detail, "why");
		assert_int_equal(!got.finished_at, bt_action_state_open((enum bt_action_state)s));
		/* what has landed stays what it is */
		assert_int_equal(bt_oid_equal(&got.result, &result), s >= BT_ACTION_LANDED);
		assert_int_equal(state_of(q, other), BT_ACTION_QUEUED);
	}
	expect_ok(bt_queue_action_requeue(q, first, "again", &err));
	got = action_get(q, second, &arena);
	assert_true(got.state == BT_ACTION_QUEUED && !got.finished_at && got.leader == first && !strcmp(got.detail, "again"));
	expect_code(BT_ERR_NOT_FOUND, bt_queue_action_set(q, 999, BT_ACTION_FAILED, NULL, NULL, &err));
	expect_code(BT_ERR_NOT_FOUND, bt_queue_action_requeue(q, 999, NULL, &err));
}

/* --- what waits --- */

static void test_after(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	uint64_t one = queue_put(q, BT_ACTION_DEPLOY, MAIN, "1"), two = queue_put(q, BT_ACTION_DEPLOY, MAIN, "2");
	const uint64_t after[] = { two, one, two };
	struct bt_action a = action_make(BT_ACTION_DEPLOY, MAIN, "3"), b = a;
	struct bt_needs *needs;
	uint64_t *ids;
	bool known;
	size_t nr;

	(void)state;
	expect_ok(bt_queue_add(q, &a, after, 3, &arena, &known, &err));
	expect_ok(bt_queue_after(q, a.id, &arena, &ids, &nr, &err));
	assert_int_equal(nr, 2);
	assert_true(ids[0] == one && ids[1] == two);
	expect_ok(bt_queue_after_open(q, &arena, &needs, &nr, &err));
	assert_int_equal(nr, 2);
	assert_true(needs[0].action == a.id && needs[0].needs == one && needs[1].needs == two);
	/* what is not there, or will be itself: nothing is added */
	for (uint64_t wrong = a.id + 1; wrong < a.id + 3; wrong++) {
		expect_code(BT_ERR_NOT_FOUND, bt_queue_add(q, &b, &wrong, 1, &arena, &known, &err));
		assert_int_equal(queue_ask(q, "SELECT max(id) FROM action"), (int64_t)a.id);
	}
	expect_ok(bt_queue_action_set(q, a.id, BT_ACTION_COMPLETED, NULL, NULL, &err));
	expect_ok(bt_queue_after_open(q, &arena, &needs, &nr, &err));
	assert_int_equal(nr, 0);
}

/* --- lists --- */

static void expect_ids(struct bt_queue *q, struct bt_action_query what, const uint64_t *want, size_t want_nr)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action *list;
	size_t nr;

	expect_ok(bt_queue_actions(q, &what, &arena, &list, &nr, &err));
	assert_int_equal(nr, want_nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list[i].id, want[i]);
}
#define EXPECT_IDS(query, ...) \
	expect_ids(q, (struct bt_action_query)query, (const uint64_t[]){ __VA_ARGS__ }, BT_ARRAY_NR(((const uint64_t[]){ __VA_ARGS__ })))
#define QUERY(...) { __VA_ARGS__ }

static void test_lists(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	const uint64_t batch[] = { 4, 1 };
	struct bt_batch b = { .kind = BT_ACTION_COMMIT, .lane = MAIN, .committer = "c" };

	(void)state;
	for (int i = 0; i < 6; i++)
		queue_put(q, BT_ACTION_COMMIT, i == 5 ? SIDE : MAIN, NULL);
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_OPEN), 1, 2, 3, 4, 5, 6);
	expect_ok(bt_queue_fence_raise(q, &err));
	expect_ok(bt_queue_batch_add(q, &b, batch, 2, &err));
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_OF_BATCH, .id = b.id), 4, 1);
	expect_ids(q, (struct bt_action_query){ .list = BT_ACTIONS_OF_BATCH, .id = 0 }, NULL, 0);
	expect_ids(q, (struct bt_action_query){ .list = BT_ACTIONS_JOINED, .id = 0 }, NULL, 0);
	expect_ok(bt_queue_action_set(q, 6, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_ok(bt_queue_action_set(q, 4, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_ok(bt_queue_action_set(q, 2, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_ok(bt_queue_action_set(q, 3, BT_ACTION_PUSHED, NULL, NULL, &err));
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_OPEN), 1, 5);
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_LANDED_IN, .lane = MAIN), 2, 4);
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_NEWEST, .limit = 2), 6, 5);
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_NEWEST, .id = 5, .limit = 3), 4, 3, 2);
	EXPECT_IDS(QUERY(.list = BT_ACTIONS_NEWEST), 6, 5, 4, 3, 2, 1);
}

static void test_content(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_action a = action_make(BT_ACTION_COMMIT, MAIN, NULL);
	struct bt_oid none = test_oid(99);
	bool open = true;

	(void)state;
	a.content = test_oid(1);
	queue_put_after(q, &a, 0);
	expect_code(BT_DONE, bt_queue_content(q, &none, 0, 0, &open, &err));
	assert_false(open);
	expect_code(BT_ROW, bt_queue_content(q, &a.content, INT64_MAX, 0, &open, &err));
	assert_true(open);
	expect_ok(bt_queue_action_set(q, a.id, BT_ACTION_LANDED, NULL, NULL, &err));
	expect_code(BT_ROW, bt_queue_content(q, &a.content, 0, 0, &open, &err));
	assert_true(open);
	expect_code(BT_ROW, bt_queue_content(q, &a.content, INT64_MAX, 0, &open, &err));
	assert_false(open);
	expect_ok(bt_queue_action_set(q, a.id, BT_ACTION_PUSHED, NULL, NULL, &err));
	expect_code(BT_ROW, bt_queue_content(q, &a.content, 0, 0, &open, &err));
	assert_false(open);
	/* one that is open among several that are over */
	queue_put_after(q, &a, 0);
	expect_code(BT_ROW, bt_queue_content(q, &a.content, INT64_MAX, 0, &open, &err));
	assert_true(open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_add, scratch_reset),
		cmocka_unit_test_setup(test_ids_are_not_used_again, scratch_reset),
		cmocka_unit_test_setup(test_key, scratch_reset),
		cmocka_unit_test_setup(test_key_of_a_merge, scratch_reset),
		cmocka_unit_test_setup(test_join, scratch_reset),
		cmocka_unit_test_setup(test_apart, scratch_reset),
		cmocka_unit_test_setup(test_join_whom, scratch_reset),
		cmocka_unit_test_setup(test_tangled, scratch_reset),
		cmocka_unit_test_setup(test_cancel_a_leader, scratch_reset),
		cmocka_unit_test_setup(test_cancel_a_follower, scratch_reset),
		cmocka_unit_test_setup(test_states_are_shared, scratch_reset),
		cmocka_unit_test_setup(test_after, scratch_reset),
		cmocka_unit_test_setup(test_lists, scratch_reset),
		cmocka_unit_test_setup(test_content, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
