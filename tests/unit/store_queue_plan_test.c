/*
 * store: every statement of queue.db is planned against the schema; the plans are in store_queue_plans.golden. TEST_BLESS=1
 * writes the file anew. The numbers in the statements are those of the enums. Queueing costs the same however much there is.
 */
#include "tests/unit/store_queue_scratch.h"

#include <time.h>

/* --- plans --- */

/* Statements that may read all of a table or of what is open: asked for by people, or once an hour, or to plan. */
static const enum bt_queue_sql scans[] = {
	BT_QSQL_ACTION_OPEN,	/* all that is open is what is asked for: through its index */
	BT_QSQL_BATCH_OPEN,   BT_QSQL_AFTER_OPEN,   BT_QSQL_BATCH_NEWEST,  BT_QSQL_EVENT_LIST,
	BT_QSQL_COUNTS,	      BT_QSQL_FIGURES,	    BT_QSQL_WAITS,	   BT_QSQL_FORGET_ACTIONS, BT_QSQL_FORGET_AFTER,
	BT_QSQL_FORGET_EFFECTS, BT_QSQL_FORGET_BATCHES, BT_QSQL_FORGET_VERDICTS,
	BT_QSQL_EVENT_HEAD,   BT_QSQL_EVENT_SEALED,	/* by number from the end: the first row will do */
	BT_QSQL_EVENT_GIVEN,	/* one row per table */
	BT_QSQL_GAUGES,		/* all snapshots are counted */
	BT_QSQL_EVENT_CUT,	/* by number from the beginning, to the first that stays */
	BT_QSQL_VERIFY,
	BT_QSQL_SNAPSHOT_LIST, BT_QSQL_SNAPSHOT_EXPIRED, BT_QSQL_PATCH_LIST,	/* hundreds of rows */
};

static bool may_scan(enum bt_queue_sql id)
{
	for (size_t i = 0; i < BT_ARRAY_NR(scans); i++)
		if (scans[i] == id)
			return true;
	return false;
}

static void plan_add(struct bt_queue *q, enum bt_queue_sql id, struct bt_buf *out)
{
	const char *text = bt_queue_sql_text(id);
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
	sqlite3_stmt *s = NULL;

	assert_non_null(text);
	bt_buf_addf(out, "%s\n", text);
	if (sqlite3_prepare_v2(q->db, sql, -1, &s, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(q->db));
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *plan = (const char *)sqlite3_column_text(s, 3);

		bt_buf_addf(out, "\t%s\n", plan);
		/* an expression that gives one row is no table */
		if ((!strncmp(plan, "SCAN", 4) && strcmp(plan, "SCAN CONSTANT ROW")) && !may_scan(id))
			fail_msg("'%s' reads a whole table: %s", text, plan);
	}
	sqlite3_finalize(s);
	sqlite3_free(sql);
}

static void test_plans(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	BT_BUF_OWNED struct bt_buf plans = BT_BUF_INIT;
	const char *source = getenv("TEST_SOURCE");
	char path[4096], *golden;
	size_t len;

	(void)state;
	bt_buf_addf(&plans, "SQLite %s\n", sqlite3_libversion());
	for (int id = 0; id < BT_QSQL_NR; id++)
		plan_add(q, (enum bt_queue_sql)id, &plans);
	snprintf(path, sizeof(path), "%s/tests/unit/store_queue_plans.golden", source ? source : ".");
	if (getenv("TEST_BLESS"))
		file_make(path, plans.data, plans.len);
	golden = file_bytes(path, &len);
	if (strncmp(golden, plans.data, strcspn(plans.data, "\n") + 1)) {
		free(golden);
		unit_skip("the plans were written down with another SQLite");
	}
	if (len != plans.len || memcmp(golden, plans.data, len))
		print_message("# the plans are now:\n%s", bt_buf_cstr(&plans));
	assert_int_equal(len, plans.len);
	assert_memory_equal(golden, plans.data, len);
	free(golden);
}

/* --- numbers --- */

static void has(const char *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void has(const char *text, const char *fmt, ...)
{
	char part[120];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(part, sizeof(part), fmt, ap);
	va_end(ap);
	if (!strstr(text, part))
		fail_msg("'%s' does not say '%s'", text, part);
}

/* The last of the open states: the enums are ordered by it. */
static void test_open_states(void **state)
{
	static const enum bt_queue_sql actions[] = { BT_QSQL_ACTION_OPEN, BT_QSQL_ACTION_TANGLED, BT_QSQL_AFTER_OPEN, BT_QSQL_ACTION_CONTENT };
	int last = -1;

	(void)state;
	for (int s = 0; s < BT_ACTION_STATE_NR; s++)
		if (bt_action_state_open((enum bt_action_state)s)) {
			assert_int_equal(s, last + 1);
			last = s;
		}
	for (size_t i = 0; i < BT_ARRAY_NR(actions); i++)
		has(bt_queue_sql_text(actions[i]), "state <= %d", last);
	has(bt_queue_schema_text, "action_open ON action (id) WHERE state <= %d;", last);
	has(bt_queue_sql_text(BT_QSQL_FORGET_ACTIONS), "DELETE FROM action WHERE state > %d", last);
	has(bt_queue_sql_text(BT_QSQL_FORGET_ACTIONS), "a.state <= %d", last);
	last = -1;
	for (int s = 0; s < BT_BATCH_STATE_NR; s++)
		if (bt_batch_state_open((enum bt_batch_state)s)) {
			assert_int_equal(s, last + 1);
			last = s;
		}
	has(bt_queue_schema_text, "batch_open ON batch (id) WHERE state <= %d;", last);
	has(bt_queue_sql_text(BT_QSQL_BATCH_OPEN), "state <= %d", last);
	has(bt_queue_sql_text(BT_QSQL_FORGET_ACTIONS), "batch.state <= %d", last);
	has(bt_queue_sql_text(BT_QSQL_FORGET_EFFECTS), "state > %d", last);
	has(bt_queue_sql_text(BT_QSQL_FORGET_BATCHES), "state > %d", last);
}

static void test_numbers(void **state)
{
	(void)state;
	has(bt_queue_sql_text(BT_QSQL_ACTION_ADD), "VALUES (?1, ?2, ?3, ?4, %d,", BT_ACTION_QUEUED);
	has(bt_queue_sql_text(BT_QSQL_ACTION_SAME), "state = %d AND leader = 0 AND kind BETWEEN %d AND %d", BT_ACTION_QUEUED,
	    BT_ACTION_MERGE, BT_ACTION_WORKFLOW);
	has(bt_queue_schema_text, "WHERE state = %d AND leader = 0 AND kind BETWEEN %d AND %d;", BT_ACTION_QUEUED, BT_ACTION_MERGE,
	    BT_ACTION_WORKFLOW);
	has(bt_queue_sql_text(BT_QSQL_ACTION_LANDED_IN), "state = %d ", BT_ACTION_LANDED);
	has(bt_queue_schema_text, "action_landed ON action (lane, id) WHERE state = %d;", BT_ACTION_LANDED);
	has(bt_queue_sql_text(BT_QSQL_ACTION_CONTENT), "(state = %d AND finished_at", BT_ACTION_LANDED);
	has(bt_queue_sql_text(BT_QSQL_ACTION_REQUEUE), "SET state = %d,", BT_ACTION_QUEUED);
	has(bt_queue_sql_text(BT_QSQL_ACTION_CANCEL), "SET state = %d,", BT_ACTION_CANCELED);
	has(bt_queue_sql_text(BT_QSQL_ACTION_CLAIM), "SET state = %d,", BT_ACTION_BATCHED);
	has(bt_queue_sql_text(BT_QSQL_ACTION_CLAIM), "AND state = %d AND", BT_ACTION_QUEUED);
	has(bt_queue_sql_text(BT_QSQL_BATCH_ADD), "VALUES (?1, ?2, ?3, %d,", BT_BATCH_PLANNED);
	has(bt_queue_sql_text(BT_QSQL_WAITS), "state BETWEEN %d AND %d", BT_ACTION_LANDED, BT_ACTION_COMPLETED);
	has(bt_queue_sql_text(BT_QSQL_FIGURES), "FROM action WHERE kind = %d AND state = %d", BT_ACTION_PUSH, BT_ACTION_COMPLETED);
	has(bt_queue_sql_text(BT_QSQL_FIGURES), "FROM batch WHERE kind = %d AND state = %d", BT_ACTION_PUSH, BT_BATCH_DONE);
	has(bt_queue_sql_text(BT_QSQL_VERIFY), "FROM action WHERE kind NOT BETWEEN 0 AND %d OR state NOT BETWEEN 0 AND %d",
	    BT_ACTION_KIND_NR - 1, BT_ACTION_STATE_NR - 1);
	has(bt_queue_sql_text(BT_QSQL_VERIFY), "FROM batch WHERE kind NOT BETWEEN 0 AND %d OR state NOT BETWEEN 0 AND %d",
	    BT_ACTION_KIND_NR - 1, BT_BATCH_STATE_NR - 1);
	has(bt_queue_sql_text(BT_QSQL_FIGURES), "max(executed), 0) FROM batch WHERE state = %d", BT_BATCH_DONE);
}

/* --- what it costs --- */

/* Rows that are over but for 1,000, as a queue of a year holds them. */
static void fill(struct bt_queue *q, int rows)
{
	char sql[1200];

	snprintf(sql, sizeof(sql),
		 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
		 "INSERT INTO action (key, idem_key, same, kind, state, lane, agent, priority, urgent, queued_at, not_before, finished_at,"
		 " params, message, content, slot, batch, place, leader, barrier, attempts)"
		 " SELECT 'k' || i, 'i' || i, i %% 50, i %% 5, CASE WHEN i > %d THEN 0 ELSE 5 + i %% 3 END, '" MAIN "', 'a' || i %% 9, 0, 0,"
		 " i, 0, i, x'00', 'm', randomblob(20), 0, i / 20, i %% 20, 0, 0, 1 FROM n",
		 rows, rows - 1000);
	queue_do(q, sql);
}

static int64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int compare_times(const void *a, const void *b)
{
	return *(const int64_t *)a < *(const int64_t *)b ? -1 : 1;
}

/* Median of the CPU time of one request, in a transaction of its own. */
static int64_t time_add(struct bt_queue *q, enum bt_action_kind kind)
{
	int64_t times[101];

	for (size_t i = 0; i < BT_ARRAY_NR(times); i++) {
		struct bt_action a = action_make(kind, MAIN, "p");
		char key[30];

		snprintf(key, sizeof(key), "new %d %zu", kind, i);
		a.idem_key = key;
		a.content = test_oid((uint32_t)i);
		times[i] = cpu_us();
		queue_put_after(q, &a, 0);
		times[i] = cpu_us() - times[i];
	}
	qsort(times, BT_ARRAY_NR(times), sizeof(*times), compare_times);
	return times[BT_ARRAY_NR(times) / 2];
}

static void test_flat(void **state)
{
	static const int sizes[] = { 1010, 100000 };
	int64_t commit[2], push[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		QUEUE_OWNED struct bt_queue *q = NULL;

		scratch_reset(NULL);
		q = queue_open();
		fill(q, sizes[i]);
		commit[i] = time_add(q, BT_ACTION_COMMIT);
		push[i] = time_add(q, BT_ACTION_PUSH);
		print_message("# %d rows, 1000 pending: a commit %lld us of CPU, a push %lld us\n", sizes[i], (long long)commit[i],
			      (long long)push[i]);
	}
	/* logarithms are allowed, and a busy machine */
	assert_true(commit[1] < 4 * commit[0] + 200);
	assert_true(push[1] < 4 * push[0] + 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_plans, scratch_reset),
		cmocka_unit_test_setup(test_open_states, scratch_reset),
		cmocka_unit_test_setup(test_numbers, scratch_reset),
		cmocka_unit_test_setup(test_flat, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
