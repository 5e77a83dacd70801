/*
 * store: random operations on queue.db against a naive queue in memory. BATHO_TEST_SEED sets the seed, which is printed;
 * BATHO_TEST_ROUNDS the number of operations.
 */
#include "tests/unit/store_queue_scratch.h"

/* --- the naive queue: an array that is walked from end to end --- */

struct row {
	enum bt_action_kind kind;
	enum bt_action_state state;
	int lane, params, key, priority;	/* key 0: none */
	bool urgent;
	uint64_t leader, barrier, batch, after;	/* ids are places in the array; after 0: none */
	unsigned attempts;
	bool gone;
};

static struct row rows[20000];
static uint64_t rows_nr, batches_nr;	/* rows[0] is nobody */

static bool naive_same(const struct row *a, const struct row *b)
{
	return a->kind == b->kind && a->lane == b->lane && a->params == b->params;
}

/* Would the leader wait for something that waits? */
static bool naive_tangled(uint64_t leader)
{
	uint64_t from = rows[leader].barrier ? rows[leader].barrier : leader;

	for (uint64_t i = from + 1; i <= rows_nr; i++)
		if (!rows[i].gone && bt_action_state_open(rows[i].state) && rows[i].after && rows[i].lane == rows[leader].lane &&
		    rows[i].kind < rows[leader].kind)
			return true;
	return false;
}

static uint64_t naive_leader(const struct row *a)
{
	if (a->after || a->kind == BT_ACTION_COMMIT || a->kind == BT_ACTION_DEPLOY)
		return 0;
	for (uint64_t i = 1; i <= rows_nr; i++)
		if (!rows[i].gone && rows[i].state == BT_ACTION_QUEUED && !rows[i].leader && !rows[i].after && naive_same(a, &rows[i]))
			return naive_tangled(i) ? 0 : i;
	return 0;
}

/* The id: of an earlier one when the key is known, 0 when that was another request. */
static uint64_t naive_add(struct row a)
{
	for (uint64_t i = 1; a.key && i <= rows_nr; i++)
		if (!rows[i].gone && rows[i].key == a.key)
			return naive_same(&a, &rows[i]) && a.priority == rows[i].priority ? i : 0;
	a.leader = naive_leader(&a);
	rows[++rows_nr] = a;
	if (a.leader) {
		struct row *l = &rows[a.leader];

		l->barrier = rows_nr;
		l->urgent |= a.urgent;
		l->priority = l->priority > a.priority ? l->priority : a.priority;
	}
	return rows_nr;
}

static void naive_cancel(uint64_t id)
{
	uint64_t next = 0;

	rows[id].state = BT_ACTION_CANCELED;
	rows[id].leader = 0;
	for (uint64_t i = 1; i <= rows_nr; i++) {
		if (rows[i].gone || rows[i].leader != id)
			continue;
		rows[i].leader = next;
		next = next ? next : i;
		rows[next].barrier = i;
		rows[next].urgent |= rows[i].urgent;
		rows[next].priority = rows[next].priority > rows[i].priority ? rows[next].priority : rows[i].priority;
	}
}

static void naive_set(uint64_t id, enum bt_action_state state)
{
	for (uint64_t i = 1; i <= rows_nr; i++)
		if (!rows[i].gone && (i == id || rows[i].leader == id))
			rows[i].state = state;
}

static void naive_requeue(uint64_t id)
{
	naive_set(id, BT_ACTION_QUEUED);
	for (uint64_t i = 1; i <= rows_nr; i++)
		if (i == id || rows[i].leader == id)
			rows[i].batch = 0;
}

static bool naive_claim(const uint64_t *ids, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (rows[ids[i]].gone || rows[ids[i]].state != BT_ACTION_QUEUED || rows[ids[i]].leader)
			return false;
	batches_nr++;
	for (size_t i = 0; i < nr; i++) {
		rows[ids[i]].state = BT_ACTION_BATCHED;
		rows[ids[i]].batch = batches_nr;
		rows[ids[i]].attempts++;
	}
	return true;
}

static void naive_forget(void)
{
	for (uint64_t i = 1; i <= rows_nr; i++) {
		bool stays = bt_action_state_open(rows[i].state) || rows[i].batch;

		for (uint64_t j = 1; j <= rows_nr; j++)
			stays |= !rows[j].gone && rows[j].after && bt_action_state_open(rows[j].state) &&
				 (rows[j].after == i || rows[rows[j].after].leader == i);
		rows[i].gone |= !stays;
	}
}

/* --- both at once --- */

static uint64_t seed;

static uint64_t pick(void)
{
	/* mostly a young one */
	uint64_t near = rows_nr < 30 || !test_random(&seed, 5) ? rows_nr : 30;

	return rows_nr ? rows_nr - test_random(&seed, (uint32_t)near) : 0;
}

static void step_add(struct bt_queue *q)
{
	static const char *const lanes[] = { MAIN, SIDE }, *const params[] = { "", "p", "q" };
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct row r = {
		.kind = (enum bt_action_kind)test_random(&seed, BT_ACTION_KIND_NR), .lane = (int)test_random(&seed, 2),
		.params = (int)test_random(&seed, 3), .key = test_random(&seed, 3) ? 0 : 1 + (int)test_random(&seed, 200),
		.priority = (int)test_random(&seed, 3), .urgent = !test_random(&seed, 4),
	};
	struct bt_action a = action_make(r.kind, lanes[r.lane], params[r.params]);
	struct bt_err err = BT_ERR_INIT;
	uint64_t want, before = rows_nr;
	char key[20];
	bool known;
	int rc;

	do
		r.after = test_random(&seed, 3) ? 0 : pick();
	while (r.after && rows[r.after].gone);
	a.priority = r.priority;
	a.urgent = r.urgent;
	snprintf(key, sizeof(key), "key %d", r.key);
	a.idem_key = r.key ? key : NULL;
	want = naive_add(r);
	rc = bt_queue_add(q, &a, &r.after, !!r.after, &arena, &known, &err);
	if (rc != (want ? 0 : BT_ERR_FAIL) || (!rc && (a.id != want || known != (rows_nr == before))))
		fail_msg("add gave %d, %llu, not %llu: %s", rc, (unsigned long long)a.id, (unsigned long long)want, err.msg);
}

static void step_claim(struct bt_queue *q)
{
	struct bt_batch b = { .kind = BT_ACTION_COMMIT, .lane = MAIN, .committer = "c" };
	uint64_t ids[3] = { 0 };
	size_t nr = 1 + test_random(&seed, 3);

	for (size_t i = 0; i < nr; i++) {
		ids[i] = pick();
		for (size_t j = 0; j < i; j++)
			if (ids[j] == ids[i])
				nr = i;
	}
	expect_code(naive_claim(ids, nr) ? 0 : BT_ERR_BUSY, bt_queue_batch_add(q, &b, ids, nr, &err));
}

static void step(struct bt_queue *q)
{
	uint64_t id = pick(), nr;
	uint32_t what = test_random(&seed, 100);
	enum bt_action_state state = (enum bt_action_state)test_random(&seed, BT_ACTION_STATE_NR);

	if (what < 50 || !id)
		step_add(q);
	else if (what < 62)
		step_claim(q);
	else if (what == 62) {
		naive_forget();
		expect_ok(bt_queue_forget(q, INT64_MAX, &nr, &err));
	} else if (rows[id].gone) {
		expect_code(BT_ERR_NOT_FOUND, bt_queue_action_set(q, id, state, NULL, NULL, &err));
	} else if (what < 72) {
		naive_cancel(id);
		expect_ok(bt_queue_action_cancel(q, id, &err));
	} else if (rows[id].leader) {
		/* nobody sets the state of one that follows */
	} else if (what < 82) {
		naive_requeue(id);
		expect_ok(bt_queue_action_requeue(q, id, NULL, &err));
	} else {
		naive_set(id, state);
		expect_ok(bt_queue_action_set(q, id, state, NULL, NULL, &err));
	}
}

static void compare(struct bt_queue *q, uint64_t round)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action_query newest = { .list = BT_ACTIONS_NEWEST }, open = { .list = BT_ACTIONS_OPEN };
	struct bt_action *list, *open_list;
	size_t nr, open_nr, at = 0;

	expect_ok(bt_queue_actions(q, &newest, &arena, &list, &nr, &err));
	expect_ok(bt_queue_actions(q, &open, &arena, &open_list, &open_nr, &err));
	for (uint64_t id = 1; id <= rows_nr; id++) {
		const struct row *r = &rows[id];
		const struct bt_action *a;

		if (r->gone)
			continue;
		assert_true(nr);
		a = &list[--nr];
		if (a->id != id || a->kind != r->kind || a->state != r->state || a->leader != r->leader || a->barrier != r->barrier ||
		    a->batch != r->batch || a->attempts != r->attempts || a->urgent != r->urgent || a->priority != r->priority)
			fail_msg("operation %llu: action %llu: state %d leader %llu barrier %llu batch %llu, wanted %d %llu %llu %llu",
				 (unsigned long long)round, (unsigned long long)id, a->state, (unsigned long long)a->leader,
				 (unsigned long long)a->barrier, (unsigned long long)a->batch, r->state, (unsigned long long)r->leader,
				 (unsigned long long)r->barrier, (unsigned long long)r->batch);
		if (bt_action_state_open(r->state))
			assert_int_equal(open_list[at++].id, id);
	}
	assert_int_equal(nr, 0);
	assert_int_equal(open_nr, at);
}

static void test_model(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	const char *given = getenv("BATHO_TEST_ROUNDS");
	uint64_t rounds = given ? strtoull(given, NULL, 10) : 2500;

	(void)state;
	seed = test_seed();
	print_message("# BATHO_TEST_SEED=%llu, %llu operations\n", (unsigned long long)seed, (unsigned long long)rounds);
	expect_ok(bt_queue_fence_raise(q, &err));
	for (uint64_t i = 1; i <= rounds && rows_nr + 2 < BT_ARRAY_NR(rows); i++) {
		step(q);
		if (i % 10 == 0 || i == rounds)
			compare(q, i);
		if (i % 500 == 0) {
			uint64_t fence = bt_queue_fence(q);

			bt_queue_free(&q);
			q = queue_open();
			bt_queue_fence_take(q, fence);
		}
	}
	expect_ok(bt_queue_verify(q, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_model, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
