/*
 * store: every statement is planned against the schema; the plans are in store_plans.golden, so
 * that a lost index is a failing test. TEST_BLESS=1 writes the file anew.
 */
#include "tests/unit/store_scratch.h"

/* Statements that may read all of a table: those that are asked for rarely, or that empty it. */
static const enum bt_sql scans[] = {
	BT_SQL_BLOB_CLEAR_KILLED, BT_SQL_BLOB_COUNTS, BT_SQL_BLOB_IDS, BT_SQL_BLOB_OF, BT_SQL_FINDING_CLEAR_FAILED, BT_SQL_SEGMENT_LIST, /* a few dozen rows */
	BT_SQL_FACTS_WARM, BT_SQL_FACTS_PLACES, BT_SQL_FACTS_SUMS, BT_SQL_FROZEN_ANY, BT_SQL_FROZEN_COUNTS,
	BT_SQL_FROZEN_GROUPS, BT_SQL_FROZEN_FILE_DROP,
	/* compacting, sizes, verifying */
	BT_SQL_COPY_LANGUAGES, BT_SQL_COPY_MANIFESTS, BT_SQL_COPY_SEQUENCES, BT_SQL_COPY_SEQUENCE_DROP,
	BT_SQL_COPY_FROZEN_FILE, BT_SQL_COPY_FROZEN_GROUPS,
	BT_SQL_FACTS_BYTES, BT_SQL_FACTS_PIECES_NR, BT_SQL_TABLE_BYTES,
	BT_SQL_FACTS_ORPHANS, BT_SQL_FINDING_ORPHANS, BT_SQL_FROZEN_ORPHANS,
	BT_SQL_MANIFEST_TRIM,						   /* nine rows at most */
};

static bool may_scan(enum bt_sql id)
{
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(scans); i++)
		if (scans[i] == id)
			return true;
	return false;
}

static void plan_add(struct bt_store *s, enum bt_sql id, struct bt_buf *out)
{
	sqlite3_stmt *q = NULL;
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", bt_sql_text(id));

	bt_buf_addf(out, "%s\n", bt_sql_text(id));
	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(s->db));
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *plan = (const char *)sqlite3_column_text(q, 3);

		bt_buf_addf(out, "\t%s\n", plan);
		/* The walk along a key for the last or the first row stops there. */
		if (!strncmp(plan, "SCAN", 4) && !strstr(bt_sql_text(id), "DESC LIMIT 1") &&
		    !may_scan(id))
			fail_msg("'%s' reads a whole table: %s", bt_sql_text(id), plan);
	}
	sqlite3_finalize(q);
	sqlite3_free(sql);
}

static void test_plans(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_BUF_OWNED struct bt_buf plans = BT_BUF_INIT;
	const char *source = getenv("TEST_SOURCE");
	char path[4096], *golden;
	size_t len;
	int id;

	(void)state;
	bt_buf_addf(&plans, "SQLite %s\n", sqlite3_libversion());
	for (id = 0; id < BT_SQL_NR; id++)
		plan_add(s, (enum bt_sql)id, &plans);
	snprintf(path, sizeof(path), "%s/tests/unit/store_plans.golden", source ? source : ".");
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

/* The numbers in the text are those of the enum. */
static void test_killed_states(void **state)
{
	char range[40];

	(void)state;
	snprintf(range, sizeof(range), "BETWEEN %d AND %d", BT_BLOB_KILLED_TIME,
		 BT_BLOB_KILLED_CRASH);
	assert_non_null(strstr(bt_sql_text(BT_SQL_BLOB_CLEAR_KILLED), range));
	snprintf(range, sizeof(range), "NOT IN (%d, %d)", BT_BLOB_FACTS, BT_BLOB_REDIRECT);
	assert_non_null(strstr(bt_sql_text(BT_SQL_BLOB_WITHOUT_FACTS), range));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_plans, scratch_reset),
		cmocka_unit_test_setup(test_killed_states, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
