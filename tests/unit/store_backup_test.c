/*
 * Backups: the container and what it refuses; queues of other formats in it and under it; what of two queues stays when one takes the other's place.
 */
#include <fcntl.h>

#include "core/backup/backup.h"
#include "store/queue_audit.h"
#include "tests/unit/store_queue_scratch.h"

#define CONTENT_OWNED BT_CLEANUP(bt_backup_content_release)

static char file[sizeof(scratch_dir) + 32];

/* A backup that says of itself what `parts` writes. */
static void container_make(void (*parts)(struct bt_backup_writer *w))
{
	struct bt_backup_writer w;
	int fd;

	snprintf(file, sizeof(file), "%s.batho", scratch_dir);
	unlink(file);
	fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	expect_ok(bt_backup_writer_start(&w, fd, file, &err));
	parts(&w);
	expect_ok(bt_backup_writer_end(&w, &err));
	bt_backup_writer_release(&w);
	close(fd);
}

static void put(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, const void *p, size_t len)
{
	expect_ok(bt_backup_part_put(w, kind, name, p, len, &err));
}

static void put_info(struct bt_backup_writer *w)
{
	put(w, BT_BACKUP_INFO, "", "made 1700000000000\nprogram 1\n", 30);
}

/* --- the container --- */

static const size_t lengths[] = { 0, 1, 4096, BT_BACKUP_PIECE - 1, BT_BACKUP_PIECE, BT_BACKUP_PIECE + 1, 3 * BT_BACKUP_PIECE + 5 };

static char *bytes_make(size_t len)
{
	char *p = bt_xmalloc(len + 1);

	for (size_t i = 0; i < len; i++)
		p[i] = (char)((i * i >> 7) ^ i);
	return p;
}

static void parts_of_lengths(struct bt_backup_writer *w)
{
	put_info(w);
	for (size_t i = 0; i < BT_ARRAY_NR(lengths); i++) {
		BT_FREE char *p = bytes_make(lengths[i]);

		put(w, BT_BACKUP_SNAPSHOT, "x", p, lengths[i]);
	}
}

static void test_comes_back(void **state)
{
	BT_CLEANUP(bt_backup_reader_release) struct bt_backup_reader r;
	struct bt_backup_part p;
	BT_CLOSE int fd = -1;

	(void)state;
	container_make(parts_of_lengths);
	fd = open(file, O_RDONLY);
	expect_ok(bt_backup_reader_start(&r, fd, file, &err));
	expect_code(BT_ROW, bt_backup_next(&r, &p, &err));
	for (size_t i = 0; i < BT_ARRAY_NR(lengths); i++) {
		BT_FREE char *want = bytes_make(lengths[i]);
		BT_BUF_OWNED struct bt_buf have = BT_BUF_INIT;

		expect_code(BT_ROW, bt_backup_next(&r, &p, &err));
		assert_int_equal(p.kind, BT_BACKUP_SNAPSHOT);
		assert_string_equal(p.name, "x");
		expect_ok(bt_backup_read_all(&r, (size_t)8 << 20, &have, &err));
		assert_int_equal(have.len, lengths[i]);
		if (have.len)
			assert_memory_equal(have.data, want, have.len);
	}
	expect_code(BT_DONE, bt_backup_next(&r, &p, &err));
}

static void expect_refused(enum bt_code code, const char *word)
{
	CONTENT_OWNED struct bt_backup_content c;
	struct bt_err err = BT_ERR_INIT;

	assert_int_equal(bt_backup_read_content(file, scratch_top, false, &c, &err), code);
	if (!strstr(err.msg, word))
		print_message("# '%s' is not in '%s'\n", word, err.msg);
	assert_non_null(strstr(err.msg, word));
}

static const char *hostile_name;

static void part_hostile(struct bt_backup_writer *w)
{
	put_info(w);
	put(w, BT_BACKUP_FILE, hostile_name, "x", 1);
}

static void test_names_that_lead_elsewhere(void **state)
{
	static const char *const names[] = {
		"", "/etc/passwd", "../x", "rules/../../x.scm", "rules/..scm", "rules/.scm", "rules/a/b.scm", "rules//a.scm", "config.ini/x", "rules/a\n.scm", "x.scm", "rules/a.sh",
		".git/config",
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		hostile_name = names[i];
		container_make(part_hostile);
		expect_refused(BT_ERR_CORRUPT, "none of ours");
	}
}

static void part_foreign_setting(struct bt_backup_writer *w)
{
	put_info(w);
	put(w, BT_BACKUP_CONFIG, "local", "core.hookspath\n/tmp", 20);
}

static void part_no_info(struct bt_backup_writer *w)
{
	put(w, BT_BACKUP_FILE, "config.ini", "x", 1);
}

static void part_info_twice(struct bt_backup_writer *w)
{
	put_info(w);
	put_info(w);
}

static void part_unknown(struct bt_backup_writer *w)
{
	put_info(w);
	put(w, (enum bt_backup_kind)77, "x", "x", 1);
}

static void part_nothing(struct bt_backup_writer *w)
{
	(void)w;
}

static void part_text_for_queue(struct bt_backup_writer *w)
{
	put_info(w);
	put(w, BT_BACKUP_QUEUE, "queue.db", "this is no database", 19);
}

static void part_queues(struct bt_backup_writer *w)
{
	put_info(w);
	put(w, BT_BACKUP_QUEUE, "queue.db", "x", 1);
	put(w, BT_BACKUP_QUEUE, "../queue.db", "x", 1);
}

static void test_parts_that_there_are_not(void **state)
{
	(void)state;
	container_make(part_foreign_setting);
	expect_refused(BT_ERR_CORRUPT, "none of ours");
	container_make(part_no_info);
	expect_refused(BT_ERR_CORRUPT, "nobody knows");
	container_make(part_info_twice);
	expect_refused(BT_ERR_CORRUPT, "nobody knows");
	container_make(part_unknown);
	expect_refused(BT_ERR_CORRUPT, "nobody knows");
	container_make(part_nothing);
	expect_refused(BT_ERR_CORRUPT, "nobody knows");
	container_make(part_queues);
	expect_refused(BT_ERR_CORRUPT, "twice");
	container_make(part_text_for_queue);
	expect_refused(BT_ERR_CORRUPT, "batho");
}

/* --- queues in it --- */

static void part_scratch_queue(struct bt_backup_writer *w)
{
	put_info(w);
	expect_ok(bt_backup_part_file(w, BT_BACKUP_QUEUE, "queue.db", queue_path(""), &err));
}

/* The scratch queue, alone in its file. */
static void container_of_queue(struct bt_queue *q)
{
	sqlite3_exec(q->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	bt_queue_free(&q);
	container_make(part_scratch_queue);
}

static void exec(struct bt_queue *q, const char *sql)
{
	expect_ok(bt_queue_exec(q, sql, &err));
}

static void test_queue_that_cannot_be(void **state)
{
	struct bt_queue *q = queue_open();

	(void)state;
	queue_put(q, BT_ACTION_PUSH, MAIN, "a");
	exec(q, "UPDATE action SET state = 99");
	container_of_queue(q);
	expect_refused(BT_ERR_CORRUPT, "there is not");
	q = queue_open();
	exec(q, "UPDATE action SET state = 0; PRAGMA user_version = 99");
	container_of_queue(q);
	expect_refused(BT_ERR_VERSION, "newer");
}

/* What format 1 had not. */
static const char older_text[] =
	"DROP TABLE snapshot; DROP TABLE patch; DROP TABLE counter; DROP TABLE anchor; ALTER TABLE event DROP COLUMN user; ALTER TABLE event DROP COLUMN pid;"
	"ALTER TABLE event DROP COLUMN result; ALTER TABLE event DROP COLUMN chain; PRAGMA user_version = 1;";

static void test_older_queue_is_brought_along(void **state)
{
	CONTENT_OWNED struct bt_backup_content c = BT_BACKUP_CONTENT_INIT;
	struct bt_queue *q = queue_open();

	(void)state;
	queue_put(q, BT_ACTION_PUSH, MAIN, "a");
	exec(q, older_text);
	container_of_queue(q);
	expect_ok(bt_backup_read_content(file, scratch_top, false, &c, &err));
	assert_int_equal(c.actions, 1);
	assert_int_equal(c.open, 1);
}

static void test_raw_queue(void **state)
{
	CONTENT_OWNED struct bt_backup_content c = BT_BACKUP_CONTENT_INIT;
	struct bt_queue *q = queue_open();

	(void)state;
	queue_put(q, BT_ACTION_PUSH, MAIN, "a");
	exec(q, older_text);
	bt_queue_free(&q);
	expect_ok(bt_backup_read_content(queue_path(""), scratch_top, false, &c, &err));
	assert_true(c.raw && c.queue);
	assert_int_equal(c.actions, 1);
}

/* --- one queue in the place of another --- */

static struct bt_queue *other_open(const char *dir)
{
	struct bt_queue *q = NULL;

	expect_ok(bt_queue_open(dir, BT_QUEUE_WRITE, 0, BT_QUEUE_BUSY_MS, &q, &err));
	return q;
}

static void test_what_stays(void **state)
{
	BT_FREE char *copy = bt_xasprintf("%s.then", queue_path(""));
	BT_FREE char *kept = bt_xasprintf("%s.kept", queue_path(""));
	QUEUE_OWNED struct bt_queue *q = queue_open();
	uint64_t push = queue_put(q, BT_ACTION_PUSH, MAIN, "a"), deploy = queue_put(q, BT_ACTION_DEPLOY, MAIN, "b"),
		 commit = queue_put(q, BT_ACTION_COMMIT, MAIN, "c"), since;
	struct bt_queue_restored r;
	struct bt_audit_report report;
	int64_t fence;

	(void)state;
	expect_ok(bt_queue_copy(queue_path(""), copy, 0600, &err));
	expect_ok(bt_queue_fence_raise(q, &err));
	fence = (int64_t)bt_queue_fence(q);
	bt_queue_fence_take(q, 0);
	expect_ok(bt_queue_action_set(q, push, BT_ACTION_COMPLETED, "done", NULL, &err));
	since = queue_put(q, BT_ACTION_PUSH, SIDE, "d");

	expect_ok(bt_queue_restore_look(q, copy, &r, &err));
	assert_int_equal(r.over, 1);
	assert_int_equal(r.gone, 1);
	assert_int_equal(r.gone_open, 1);
	assert_int_equal(r.doubtful, 0);
	assert_true(r.audit_kept);

	expect_ok(bt_queue_restore(q, copy, kept, "a test", &r, &err));
	assert_int_equal(state_of(q, push), BT_ACTION_COMPLETED);
	assert_int_equal(state_of(q, deploy), BT_ACTION_QUEUED);
	assert_int_equal(state_of(q, commit), BT_ACTION_QUEUED);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action"), 3);
	assert_true(queue_ask(q, "SELECT value FROM setting WHERE name = 'fence'") > fence);
	assert_true(queue_put(q, BT_ACTION_PUSH, SIDE, "e") > since);
	expect_ok(bt_queue_audit_verify(q, NULL, &report, &err));
	assert_int_equal(report.faults_nr, 0);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM event WHERE what = 'restore'"), 1);
	assert_int_equal(access(kept, F_OK), 0);
}

static void test_a_queue_that_knows_nothing(void **state)
{
	BT_FREE char *dir = bt_xasprintf("%s.other", scratch_dir);
	BT_FREE char *copy = bt_xasprintf("%s.then", queue_path(""));
	struct bt_queue *q = queue_open();
	uint64_t push = queue_put(q, BT_ACTION_PUSH, MAIN, "a"), deploy = queue_put(q, BT_ACTION_DEPLOY, MAIN, "b"),
		 workflow = queue_put(q, BT_ACTION_WORKFLOW, MAIN, "c");
	struct bt_queue_restored r;
	struct bt_audit_report report;

	(void)state;
	expect_ok(bt_queue_copy(queue_path(""), copy, 0600, &err));
	bt_queue_free(&q);
	q = other_open(dir);
	expect_ok(bt_queue_restore(q, copy, NULL, "a test", &r, &err));
	assert_int_equal(r.doubtful, 2);
	assert_false(r.audit_kept);
	assert_int_equal(state_of(q, push), BT_ACTION_QUEUED);
	assert_int_equal(state_of(q, deploy), BT_ACTION_UNKNOWN);
	assert_int_equal(state_of(q, workflow), BT_ACTION_UNKNOWN);
	expect_ok(bt_queue_audit_verify(q, NULL, &report, &err));
	assert_int_equal(report.faults_nr, 0);
	bt_queue_free(&q);
}

/* What takes the place cannot be: nothing has changed. */
static void test_all_or_nothing(void **state)
{
	BT_FREE char *copy = bt_xasprintf("%s.then", queue_path(""));
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_queue bad = { .path = copy };
	struct bt_queue_restored r;
	uint64_t id = queue_put(q, BT_ACTION_PUSH, MAIN, "a");

	(void)state;
	expect_ok(bt_queue_copy(queue_path(""), copy, 0600, &err));
	expect_ok(bt_queue_connect(&bad, copy, SQLITE_OPEN_READWRITE, 0, &err));
	expect_ok(bt_queue_exec(&bad, "UPDATE action SET batch = 4711", &err));
	bt_queue_disconnect(&bad);
	expect_code(BT_ERR_CORRUPT, bt_queue_restore(q, copy, NULL, "a test", &r, &err));
	expect_ok(bt_queue_verify(q, &err));
	assert_int_equal(state_of(q, id), BT_ACTION_QUEUED);
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM event WHERE what = 'restore'"), 0);
	queue_put(q, BT_ACTION_PUSH, SIDE, "b");
}

/* --- under a repository --- */

static void repository_open(struct bt_repo *repo)
{
	assert_int_equal(setenv("SCRATCH", scratch_dir, 1), 0);
	assert_int_equal(system("git init -q \"$SCRATCH.repo\""), 0);
	BT_FREE char *dir = bt_xasprintf("%s.repo", scratch_dir);
	assert_int_equal(chdir(dir), 0);
	expect_ok(bt_repo_open(repo, NULL, 0, &err));
}

/* A newer program was here: its queue is moved aside, and the one from before comes back. */
static void test_back_to_an_older_program(void **state)
{
	BT_CLEANUP(bt_repo_release) struct bt_repo repo = BT_REPO_INIT;
	CONTENT_OWNED struct bt_backup_content c = BT_BACKUP_CONTENT_INIT;
	struct bt_queue *q = queue_open();
	struct bt_backup_restored r;
	struct bt_backup_restore_opts o = { .repo = &repo, .dir = scratch_dir, .note = "a test", .now_ms = 1700000000000 };

	(void)state;
	repository_open(&repo);
	queue_put(q, BT_ACTION_PUSH, MAIN, "a");
	container_of_queue(q);
	q = queue_open();
	queue_put(q, BT_ACTION_PUSH, SIDE, "b");
	exec(q, "PRAGMA user_version = 99");
	bt_queue_free(&q);
	expect_code(BT_ERR_VERSION, bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 0, &q, &err));

	expect_ok(bt_backup_read_content(file, scratch_dir, false, &c, &err));
	expect_ok(bt_backup_restore_look(&o, &c, &r, &err));
	assert_true(r.was_there && !r.was_usable);
	expect_ok(bt_backup_restore(&o, &c, &r, &err));
	assert_true(r.was_there && !r.was_usable);
	assert_non_null(strstr(r.kept, "queue.db.replaced-20231114T221320Z"));
	assert_int_equal(access(r.kept, F_OK), 0);
	free(r.kept);
	q = queue_open();
	assert_int_equal(queue_ask(q, "SELECT count(*) FROM action"), 1);
	bt_queue_free(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_comes_back, scratch_reset),
		cmocka_unit_test_setup(test_names_that_lead_elsewhere, scratch_reset),
		cmocka_unit_test_setup(test_parts_that_there_are_not, scratch_reset),
		cmocka_unit_test_setup(test_queue_that_cannot_be, scratch_reset),
		cmocka_unit_test_setup(test_older_queue_is_brought_along, scratch_reset),
		cmocka_unit_test_setup(test_raw_queue, scratch_reset),
		cmocka_unit_test_setup(test_what_stays, scratch_reset),
		cmocka_unit_test_setup(test_a_queue_that_knows_nothing, scratch_reset),
		cmocka_unit_test_setup(test_all_or_nothing, scratch_reset),
		cmocka_unit_test_setup(test_back_to_an_older_program, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
