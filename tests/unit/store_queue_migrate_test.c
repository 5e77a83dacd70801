/*
 * store: queue.db of format 1 becomes one of the format of today: nothing is lost, the result is what a new file is, a copy stays.
 */
#include "tests/unit/store_queue_scratch.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/vfs.h"

/* As it was. */
static const char format1_schema[] =
	"CREATE TABLE action ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" key TEXT NOT NULL UNIQUE,"
	" idem_key TEXT UNIQUE,"
	" same BIGINT NOT NULL,"
	" kind INTEGER NOT NULL,"
	" state INTEGER NOT NULL,"
	" lane TEXT NOT NULL,"
	" agent TEXT NOT NULL,"
	" priority INTEGER NOT NULL,"
	" urgent INTEGER NOT NULL,"
	" queued_at BIGINT NOT NULL,"
	" not_before BIGINT NOT NULL,"
	" finished_at BIGINT NOT NULL,"
	" params BLOB NOT NULL,"
	" message TEXT,"
	" base BLOB,"
	" content BLOB,"
	" slot INTEGER NOT NULL,"
	" batch BIGINT NOT NULL,"
	" place INTEGER NOT NULL,"
	" leader BIGINT NOT NULL,"
	" barrier BIGINT NOT NULL,"
	" attempts INTEGER NOT NULL,"
	" result BLOB,"
	" detail TEXT);"
	"CREATE INDEX action_open ON action (id) WHERE state <= 4;"
	"CREATE INDEX action_same ON action (same) WHERE state = 0 AND leader = 0 AND kind BETWEEN 1 AND 3;"
	"CREATE INDEX action_content ON action (content) WHERE content IS NOT NULL;"
	"CREATE INDEX action_landed ON action (lane, id) WHERE state = 5;"
	"CREATE INDEX action_batch ON action (batch, place) WHERE batch <> 0;"
	"CREATE INDEX action_leader ON action (leader) WHERE leader <> 0;"

	"CREATE TABLE dependency ("
	" action BIGINT NOT NULL,"
	" needs BIGINT NOT NULL,"
	" PRIMARY KEY (action, needs)) WITHOUT ROWID;"

	"CREATE TABLE batch ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" key TEXT NOT NULL UNIQUE,"
	" kind INTEGER NOT NULL,"
	" lane TEXT NOT NULL,"
	" state INTEGER NOT NULL,"
	" created_at BIGINT NOT NULL,"
	" started_at BIGINT NOT NULL,"
	" finished_at BIGINT NOT NULL,"
	" attempt INTEGER NOT NULL,"
	" committer TEXT NOT NULL,"
	" base BLOB,"
	" tree BLOB,"
	" content BLOB,"
	" remote TEXT,"
	" remote_old BLOB,"
	" error TEXT,"
	" errors INTEGER NOT NULL,"
	" executed BIGINT NOT NULL,"
	" failed BIGINT NOT NULL);"
	"CREATE INDEX batch_open ON batch (id) WHERE state <= 4;"

	"CREATE TABLE effect ("
	" batch BIGINT NOT NULL,"
	" seq INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" intent TEXT,"
	" intent_at BIGINT NOT NULL,"
	" outcome TEXT,"
	" done_at BIGINT NOT NULL,"
	" PRIMARY KEY (batch, seq)) WITHOUT ROWID;"

	"CREATE TABLE event ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at BIGINT NOT NULL,"
	" action BIGINT NOT NULL,"
	" batch BIGINT NOT NULL,"
	" agent TEXT,"
	" what TEXT NOT NULL,"
	" detail TEXT);"
	"CREATE INDEX event_action ON event (action, id) WHERE action <> 0;"

	"CREATE TABLE verdict ("
	" tree BLOB NOT NULL,"
	" command BIGINT NOT NULL,"
	" passed INTEGER NOT NULL,"
	" at BIGINT NOT NULL,"
	" PRIMARY KEY (tree, command)) WITHOUT ROWID;"

	"CREATE TABLE setting ("
	" name TEXT PRIMARY KEY,"
	" value BIGINT NOT NULL) WITHOUT ROWID;";

/* A queue of format 1 with an action that was canceled, one that waits for it, and what happened. */
static void old_make(void)
{
	static const char rows[] =
		"INSERT INTO setting (name, value) VALUES ('fence', 7);"
		"INSERT INTO action (key, same, kind, state, lane, agent, priority, urgent, queued_at, not_before, finished_at, params, slot,"
		" batch, place, leader, barrier, attempts) VALUES"
		" ('0123456789abcdef', 1, 0, 9, 'refs/heads/main', 'an agent', 0, 0, 1000, 0, 2000, x'', 0, 0, 0, 0, 0, 0),"
		" ('1123456789abcdef', 2, 2, 0, 'refs/heads/main', 'another', 5, 1, 1500, 0, 0, x'', 0, 0, 0, 0, 0, 0);"
		"INSERT INTO event (at, action, batch, agent, what, detail) VALUES (1000, 1, 0, 'an agent', 'queued', NULL),"
		" (2000, 1, 0, 'an agent', 'canceled', 'by hand');"
		"PRAGMA user_version = 1;";
	struct bt_queue q = { .path = (char *)"old" };
	int reserve = BT_STORE_PAGE_CHECK;

	assert_int_equal(mkdir(scratch_dir, 0700), 0);
	assert_int_equal(bt_vfs_register(), 0);
	expect_ok(bt_queue_connect(&q, queue_path(""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, &err));
	sqlite3_file_control(q.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	expect_ok(bt_queue_exec(&q, "PRAGMA page_size = 4096; PRAGMA application_id = 1650553937", &err));
	expect_ok(bt_queue_exec(&q, format1_schema, &err));
	expect_ok(bt_queue_exec(&q, rows, &err));
	expect_ok(bt_queue_exec(&q, "PRAGMA journal_mode = WAL", &err));
	bt_queue_disconnect(&q);
}

/* Every column of every table and every index, in a comparable order. */
static char *shape(struct bt_queue *q)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	sqlite3_stmt *s = NULL;
	static const char sql[] =
		"SELECT m.name, c.name, upper(c.type), c.\"notnull\", c.pk FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
		" WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' UNION ALL"
		" SELECT m.name, m.sql, '', 0, 0 FROM sqlite_schema AS m WHERE m.type = 'index' AND m.sql IS NOT NULL ORDER BY 1, 2";

	if (sqlite3_prepare_v2(q->db, sql, -1, &s, NULL))
		fail_msg("%s", sqlite3_errmsg(q->db));
	while (sqlite3_step(s) == SQLITE_ROW) {
		for (int i = 0; i < 5; i++)
			bt_buf_addf(&out, "%s|", (const char *)sqlite3_column_text(s, i));
		bt_buf_addch(&out, '\n');
	}
	sqlite3_finalize(s);
	return bt_xstrdup(bt_buf_cstr(&out));
}

static char *shape_of_new(void)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();

	return shape(q);
}

/* What old_make put there. */
static void old_rows_check(struct bt_queue *q)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action a = action_get(q, 2, &arena);
	struct bt_event *events;
	size_t nr;

	assert_string_equal(a.key, "1123456789abcdef");
	assert_int_equal(a.priority, 5);
	assert_int_equal(state_of(q, 1), BT_ACTION_CANCELED);
	expect_ok(bt_queue_events(q, 1, 10, &arena, &events, &nr, &err));
	assert_int_equal(nr, 2);
	assert_string_equal(events[1].detail, "by hand");
	assert_int_equal(bt_queue_fence(q), 0);
	expect_ok(bt_queue_verify(q, &err));
}

static void test_migrates(void **state)
{
	BT_FREE char *want = shape_of_new(), *have = NULL;
	int64_t version = 0;
	struct stat st;

	(void)state;
	scratch_reset(NULL);
	old_make();
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		have = shape(q);
		assert_string_equal(have, want);
		old_rows_check(q);
		expect_ok(bt_queue_header_number(q, "PRAGMA user_version", &version, &err));
		assert_int_equal(version, BT_QUEUE_VERSION);
		assert_true(queue_put(q, BT_ACTION_PUSH, SIDE, NULL) > 2);
	}
	assert_int_equal(stat(queue_path(".format-1"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* The copy that was put aside is a queue of format 1: restored by hand it is migrated again. */
static void test_copy_is_the_old_one(void **state)
{
	struct bt_queue old = { .path = (char *)"copy" };
	int64_t version = 0;

	(void)state;
	old_make();
	bt_queue_free(&(struct bt_queue *){ queue_open() });
	expect_ok(bt_queue_connect(&old, queue_path(".format-1"), SQLITE_OPEN_READWRITE, 0, &err));
	expect_ok(bt_queue_header_number(&old, "PRAGMA user_version", &version, &err));
	bt_queue_disconnect(&old);
	assert_int_equal(version, 1);
	assert_int_equal(rename(queue_path(".format-1"), queue_path("")), 0);
	unlink(queue_path("-wal"));
	unlink(queue_path("-shm"));
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		old_rows_check(q);
	}
}

/* Readers migrate as well where they can; several at once, one of them does it. */
static void test_several(void **state)
{
	pid_t pids[6];

	(void)state;
	old_make();
	for (size_t i = 0; i < BT_ARRAY_NR(pids); i++) {
		pids[i] = fork();
		if (!pids[i]) {
			struct bt_queue *q = NULL;
			struct bt_err err = BT_ERR_INIT;
			int rc = bt_queue_open(scratch_dir, i % 2 ? BT_QUEUE_WRITE : BT_QUEUE_READ, 0, BT_QUEUE_BUSY_MS, &q, &err);

			if (rc)
				fprintf(stderr, "# %s\n", err.msg);
			_exit(rc ? 1 : 0);
		}
	}
	for (size_t i = 0; i < BT_ARRAY_NR(pids); i++) {
		int status = 1;

		waitpid(pids[i], &status, 0);
		assert_int_equal(status, 0);
	}
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		old_rows_check(q);
	}
}

/* Where no copy can be made nothing is changed. */
static void test_no_copy_no_change(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_queue *q = NULL;

	(void)state;
	old_make();
	assert_int_equal(mkdir(queue_path(".format-1"), 0700), 0);
	assert_int_not_equal(bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 0, &q, &err), 0);
	assert_non_null(strstr(err.msg, "cannot be copied before"));
	assert_int_equal(rmdir(queue_path(".format-1")), 0);
	q = queue_open();
	old_rows_check(q);
	bt_queue_free(&q);
}

/* A copy of a queue that is being written: of one moment, whole. */
static void test_copy_while_writing(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_queue copy = { .path = (char *)"copy" };
	pid_t pid;
	int status = 1;

	(void)state;
	for (int i = 0; i < 200; i++)
		queue_put(q, BT_ACTION_PUSH, SIDE, i % 2 ? "a" : "b");
	pid = fork();
	if (!pid) {
		struct bt_queue *w = NULL;
		struct bt_err err = BT_ERR_INIT;

		bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, BT_QUEUE_BUSY_MS, &w, &err);
		for (int i = 0; w && i < 300; i++)
			queue_put(w, BT_ACTION_PUSH, MAIN, "c");
		_exit(w ? 0 : 1);
	}
	for (int i = 0; i < 5; i++) {
		expect_ok(bt_queue_copy(queue_path(""), queue_path(".copy"), 0600, &err));
		expect_ok(bt_queue_connect(&copy, queue_path(".copy"), SQLITE_OPEN_READWRITE, 0, &err));
		expect_ok(bt_queue_verify(&copy, &err));
		bt_queue_disconnect(&copy);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_migrates, scratch_reset),
		cmocka_unit_test_setup(test_copy_is_the_old_one, scratch_reset),
		cmocka_unit_test_setup(test_several, scratch_reset),
		cmocka_unit_test_setup(test_no_copy_no_change, scratch_reset),
		cmocka_unit_test_setup(test_copy_while_writing, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
