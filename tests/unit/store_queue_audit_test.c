/*
 * store: the seals of queue.db's records. Whatever is done to the table by hand is found, and where; what a chain cannot show is shown by
 * a head that was kept elsewhere.
 */
#include "tests/unit/store_queue_scratch.h"

#include <sys/wait.h>
#include <unistd.h>

#include "store/queue_audit.h"

#define REPORT_OWNED BT_FREE

/* Records 1 to nr. */
static struct bt_queue *queue_with(unsigned nr)
{
	struct bt_queue *q = queue_open();

	bt_queue_agent_set(q, "bot");
	for (unsigned i = 1; i <= nr; i++) {
		char detail[32];

		snprintf(detail, sizeof(detail), "key %u", i);
		if (i % 2)
			expect_ok(bt_queue_audit(q, "config set", "ok", detail, &err));
		else
			expect_ok(bt_queue_event_add(q, i, i / 2, i % 4 ? "agent" : NULL, "queued", NULL, &err));
	}
	return q;
}

static struct bt_audit_report *verify(struct bt_queue *q, const struct bt_audit_head *expect)
{
	struct bt_audit_report *r = bt_xcalloc(1, sizeof(*r));

	expect_ok(bt_queue_audit_verify(q, expect, r, &err));
	return r;
}

static void expect_whole(struct bt_queue *q, uint64_t records)
{
	REPORT_OWNED struct bt_audit_report *r = verify(q, NULL);

	if (r->faults_nr)
		fail_msg("%s %d..%d", bt_audit_fault_name(r->faults[0].kind), (int)r->faults[0].from, (int)r->faults[0].to);
	assert_int_equal(r->records, records);
}

/* Is this the first that is found? */
static void expect_fault(struct bt_queue *q, enum bt_audit_fault_kind kind, uint64_t from, uint64_t to)
{
	REPORT_OWNED struct bt_audit_report *r = verify(q, NULL);

	assert_true(r->faults_nr > 0);
	assert_string_equal(bt_audit_fault_name(r->faults[0].kind), bt_audit_fault_name(kind));
	assert_int_equal(r->faults[0].from, from);
	assert_int_equal(r->faults[0].to, to);
}

static void test_whole(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(40);
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_event e, older;
	uint64_t cursor = 0;
	struct bt_audit_head head;

	(void)state;
	expect_whole(q, 40);
	expect_code(BT_ROW, bt_queue_audit_before(q, &cursor, &arena, &e, &err));
	assert_int_equal(e.id, 40);
	assert_string_equal(e.agent, "bot");
	assert_int_equal(e.pid, getpid());
	assert_int_equal(atoi(e.user), (int)geteuid());
	expect_code(BT_ROW, bt_queue_audit_before(q, &cursor, &arena, &older, &err));
	assert_string_equal(older.what, "config set");
	assert_string_equal(older.result, "ok");
	expect_ok(bt_queue_audit_head(q, &head, &err));
	assert_int_equal(head.id, 40);
	assert_memory_equal(head.chain.raw, e.chain.raw, BT_DIGEST_LEN);
	cursor = 40;
	expect_code(BT_DONE, bt_queue_audit_after(q, &cursor, &arena, &e, &err));
}

static void test_nothing(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_audit_head head;

	(void)state;
	expect_whole(q, 0);
	expect_ok(bt_queue_audit_head(q, &head, &err));
	assert_int_equal(head.id, 0);
}

/* Every column of every record, changed by hand. */
static void test_changed(void **state)
{
	static const char *const changes[] = {
		"at = at + 1", "action = action + 1", "batch = 99", "agent = 'eve'", "what = 'x' || what", "detail = 'another'",
		"user = '4711'", "pid = pid + 1", "result = 'no'", "result = ''", "agent = NULL", "chain = zeroblob(32)",
		"what = what || char(0)",
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(changes); i++) {
		QUEUE_OWNED struct bt_queue *q = NULL;
		BT_FREE char *sql = bt_xasprintf("UPDATE event SET %s WHERE id = 6", changes[i]);

		scratch_reset(NULL);
		q = queue_with(12);
		queue_do(q, sql);
		if (!strcmp(changes[i], "what = what || char(0)")) {
			expect_whole(q, 12);	/* SQLite's text ends there for everybody */
			continue;
		}
		if (!strcmp(changes[i], "agent = NULL"))
			expect_fault(q, BT_AUDIT_CHANGED, 6, 6);
		expect_fault(q, BT_AUDIT_CHANGED, 6, 6);
		{
			REPORT_OWNED struct bt_audit_report *r = verify(q, NULL);

			assert_true(r->faults_nr <= 2);	/* what is behind it is not told again */
		}
	}
}

static void test_changed_and_sealed_again(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	/* a seal of somewhere else: the one behind it does not fit */
	queue_do(q, "UPDATE event SET chain = (SELECT chain FROM event WHERE id = 3) WHERE id = 6");
	expect_fault(q, BT_AUDIT_CHANGED, 6, 6);
}

static void test_removed(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	queue_do(q, "DELETE FROM event WHERE id IN (5, 6)");
	expect_fault(q, BT_AUDIT_MISSING, 5, 6);
	/* closing the gap shows at the first that has another number */
	queue_do(q, "UPDATE event SET id = id - 2 WHERE id > 6");
	expect_fault(q, BT_AUDIT_CHANGED, 5, 5);
}

static void test_beginning_removed(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	queue_do(q, "DELETE FROM event WHERE id < 4");
	expect_fault(q, BT_AUDIT_MISSING, 1, 3);
}

static void test_tail_removed(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	queue_do(q, "DELETE FROM event WHERE id > 9");
	expect_fault(q, BT_AUDIT_CUT, 10, 12);
	/* what is added afterwards does not hide it */
	expect_ok(bt_queue_audit(q, "restore", "ok", NULL, &err));
	expect_fault(q, BT_AUDIT_MISSING, 10, 12);
}

static void test_all_removed(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	queue_do(q, "DELETE FROM event");
	expect_fault(q, BT_AUDIT_CUT, 1, 12);
}

static void test_inserted(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	queue_do(q, "UPDATE event SET id = id + 100 WHERE id > 6; UPDATE event SET id = id - 99 WHERE id > 100;"
		    "INSERT INTO event (id, at, action, batch, what, pid, chain) SELECT 7, at, 0, 0, 'approved', pid, chain FROM event"
		    " WHERE id = 6");
	expect_fault(q, BT_AUDIT_CHANGED, 7, 7);
}

static void test_swapped(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);

	(void)state;
	queue_do(q, "UPDATE event SET id = 1000 WHERE id = 6; UPDATE event SET id = 6 WHERE id = 7;"
		    "UPDATE event SET id = 7 WHERE id = 1000");
	expect_fault(q, BT_AUDIT_CHANGED, 6, 6);
}

/* Everything from some record on made anew: only a head that was kept elsewhere shows it. */
static void test_rewritten(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);
	struct bt_audit_head kept, newest;
	uint64_t nr;

	(void)state;
	expect_ok(bt_queue_audit_head(q, &kept, &err));
	expect_ok(bt_queue_audit(q, "later", NULL, NULL, &err));
	{
		REPORT_OWNED struct bt_audit_report *r = verify(q, &kept);

		assert_int_equal(r->faults_nr, 0);
		kept.id = 0;
	}
	{
		REPORT_OWNED struct bt_audit_report *r = verify(q, &kept);

		assert_int_equal(r->faults_nr, 0);
	}
	queue_do(q, "UPDATE event SET detail = 'forged' WHERE id = 7; UPDATE event SET chain = NULL WHERE id >= 7");
	expect_ok(bt_queue_begin(q, &err));
	expect_ok(bt_queue_audit_seal(q, &nr, &err));
	expect_ok(bt_queue_commit(q, &err));
	assert_int_equal(nr, 7);
	expect_whole(q, 13);
	{
		REPORT_OWNED struct bt_audit_report *r = verify(q, &kept);

		assert_int_equal(r->faults_nr, 1);
		assert_int_equal(r->faults[0].kind, BT_AUDIT_HEAD_GONE);
	}
	expect_ok(bt_queue_audit_head(q, &newest, &err));
	assert_int_equal(newest.id, 13);
}

/* A program of the older format went on: its records have no seal until ours adds one, which says so. */
static void test_unsealed(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(4);
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_event *list;
	size_t nr;

	(void)state;
	queue_do(q, "INSERT INTO event (at, action, batch, agent, what) VALUES (1, 2, 3, 'old', 'landed'), (1, 2, 3, 'old', 'pushed')");
	expect_fault(q, BT_AUDIT_UNSEALED, 5, 6);
	expect_ok(bt_queue_audit(q, "later", NULL, NULL, &err));
	expect_whole(q, 8);
	expect_ok(bt_queue_events(q, 0, 2, &arena, &list, &nr, &err));
	assert_string_equal(list[0].what, "sealed");
	assert_string_equal(list[0].detail, "2 records up to 6 came without a seal");
}

static void test_pruned(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);
	struct bt_audit_head early = { .id = 0 }, gone = { .id = 3 };
	uint64_t nr;

	(void)state;
	queue_do(q, "UPDATE event SET at = at + 1000000 WHERE id > 5");
	queue_do(q, "UPDATE event SET chain = NULL");
	expect_ok(bt_queue_audit_forget(q, bt_queue_now() + 1000, &nr, &err));
	assert_int_equal(nr, 5);
	expect_whole(q, 7);
	{
		REPORT_OWNED struct bt_audit_report *r = verify(q, NULL);

		assert_int_equal(r->anchor.id, 5);
		early.chain = r->anchor.chain;
	}
	{
		REPORT_OWNED struct bt_audit_report *r = verify(q, &early);

		assert_int_equal(r->faults_nr, 0);
	}
	{
		REPORT_OWNED struct bt_audit_report *r = verify(q, &gone);

		assert_int_equal(r->faults[0].kind, BT_AUDIT_HEAD_PRUNED);
	}
	/* a prefix taken by hand is not what retention took */
	queue_do(q, "DELETE FROM event WHERE id = 6");
	expect_fault(q, BT_AUDIT_MISSING, 6, 6);
}

/* However old it is, the newest stays and the chain goes on. */
static void test_prune_all(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_with(12);
	uint64_t nr;

	(void)state;
	expect_ok(bt_queue_audit_forget(q, INT64_MAX, &nr, &err));
	assert_int_equal(nr, 11);
	expect_ok(bt_queue_audit_forget(q, INT64_MAX, &nr, &err));
	assert_int_equal(nr, 0);
	expect_ok(bt_queue_audit(q, "later", NULL, NULL, &err));
	expect_whole(q, 2);
}

/* Several processes at once, with transactions that are given up in between. */
static void test_several(void **state)
{
	pid_t pids[4];

	(void)state;
	bt_queue_free(&(struct bt_queue *){ queue_open() });
	for (size_t p = 0; p < BT_ARRAY_NR(pids); p++) {
		pids[p] = fork();
		if (pids[p])
			continue;
		{
			struct bt_queue *q = queue_open();
			struct bt_err err = BT_ERR_INIT;

			for (int i = 0; i < 50; i++) {
				bool keep = i % 5;

				if (bt_queue_begin(q, &err) || bt_queue_audit(q, "one", NULL, NULL, &err) ||
				    bt_queue_audit(q, "two", NULL, NULL, &err))
					_exit(1);
				if (keep && bt_queue_commit(q, &err))
					_exit(1);
				bt_queue_rollback(q);
			}
			_exit(0);
		}
	}
	for (size_t p = 0; p < BT_ARRAY_NR(pids); p++) {
		int status = 1;

		waitpid(pids[p], &status, 0);
		assert_int_equal(status, 0);
	}
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		expect_whole(q, 4 * 40 * 2);
	}
}

/* Any byte of any record, at random: found, or the same as before. */
static void test_any_column(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 60; round++) {
		QUEUE_OWNED struct bt_queue *q = NULL;
		static const char *const columns[] = { "at", "action", "batch", "agent", "what", "detail", "user", "pid", "result", "chain" };
		const char *column = columns[test_random(&seed, BT_ARRAY_NR(columns))];
		unsigned id = 1 + test_random(&seed, 20);
		BT_FREE char *sql = bt_xasprintf("UPDATE event SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + %u WHEN 'text' THEN %s || 'x'"
						 " WHEN 'blob' THEN randomblob(32) ELSE 'x' END WHERE id = %u",
						 column, column, column, 1 + test_random(&seed, 9), column, id);

		scratch_reset(NULL);
		q = queue_with(20);
		queue_do(q, sql);
		expect_fault(q, BT_AUDIT_CHANGED, id, id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole, scratch_reset),
		cmocka_unit_test_setup(test_nothing, scratch_reset),
		cmocka_unit_test_setup(test_changed, scratch_reset),
		cmocka_unit_test_setup(test_changed_and_sealed_again, scratch_reset),
		cmocka_unit_test_setup(test_removed, scratch_reset),
		cmocka_unit_test_setup(test_beginning_removed, scratch_reset),
		cmocka_unit_test_setup(test_tail_removed, scratch_reset),
		cmocka_unit_test_setup(test_all_removed, scratch_reset),
		cmocka_unit_test_setup(test_inserted, scratch_reset),
		cmocka_unit_test_setup(test_swapped, scratch_reset),
		cmocka_unit_test_setup(test_rewritten, scratch_reset),
		cmocka_unit_test_setup(test_unsealed, scratch_reset),
		cmocka_unit_test_setup(test_pruned, scratch_reset),
		cmocka_unit_test_setup(test_prune_all, scratch_reset),
		cmocka_unit_test_setup(test_several, scratch_reset),
		cmocka_unit_test_setup(test_any_column, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
