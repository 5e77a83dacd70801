/* store: whatever lies where queue.db should be, and whatever happens to its bytes: the right answer or an error, no crash. */
#include "tests/unit/store_queue_scratch.h"

#include <signal.h>
#include <sys/resource.h>

#include "store/schema.h"
#include "store/vfs.h"

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* --- making --- */

static void test_make(void **state)
{
	QUEUE_OWNED struct bt_queue *q = NULL;
	mode_t mask = umask(0);

	(void)state;
	expect_code(BT_ERR_NOT_FOUND, bt_queue_open(scratch_dir, BT_QUEUE_READ, 0, 0, &q, &err));
	assert_int_equal(access(scratch_dir, F_OK), -1);
	q = queue_open();
	assert_string_equal(bt_queue_path(q), queue_path(""));
	assert_int_equal(mode_of(scratch_dir), 0700);
	assert_int_equal(mode_of(queue_path("")), 0600);
	bt_queue_free(&q);
	bt_queue_free(&q);
	/* whoever closes last leaves one file */
	assert_true(access(queue_path("-wal"), F_OK) && access(queue_path("-shm"), F_OK) && access(queue_path("-journal"), F_OK));
	scratch_reset(NULL);
	umask(077);
	expect_ok(bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0660, 0, &q, &err));
	assert_int_equal(mode_of(scratch_dir), 02770);
	assert_int_equal(mode_of(queue_path("")), 0660);
	umask(mask);
}

/* --- what is no queue --- */

/* Both modes say so, in one line, and leave what is there alone. */
static void refused(enum bt_code code, const char *why)
{
	static const enum bt_queue_mode modes[] = { BT_QUEUE_READ, BT_QUEUE_WRITE };

	for (size_t i = 0; i < 2; i++) {
		QUEUE_OWNED struct bt_queue *q = NULL;
		struct bt_err err = BT_ERR_INIT;
		int rc = bt_queue_open(scratch_dir, modes[i], 0, 0, &q, &err);

		if (rc != (int)code || !strstr(err.msg, why) || !strstr(err.msg, "queue") || strchr(err.msg, '\n'))
			fail_msg("mode %d: %d '%s', wanted '%s'", modes[i], rc, err.msg, why);
		assert_null(q);
	}
}

static void test_newer(void **state)
{
	(void)state;
	bt_queue_free(&(struct bt_queue *){ queue_open() });
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		queue_do(q, "PRAGMA user_version = 3");
	}
	refused(BT_ERR_VERSION, "was made by a newer git-batho (format 3, here 2)");
	{
		sqlite3 *db = NULL;

		assert_int_equal(sqlite3_open_v2(queue_path(""), &db, SQLITE_OPEN_READWRITE, BT_VFS_NAME), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 0", NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
	}
	refused(BT_ERR_CORRUPT, "there is no format 0");
}

static void test_foreign(void **state)
{
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(mkdir(scratch_dir, 0700), 0);
	assert_int_equal(sqlite3_open(queue_path(""), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE action (id); PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	refused(BT_ERR_CORRUPT, "queue");
	file_make(queue_path(""), "not a database, but a text that somebody wrote", 46);
	refused(BT_ERR_CORRUPT, "queue");
	file_make(queue_path(""), "", 0);
	refused(BT_ERR_CORRUPT, "queue");
	assert_int_equal(unlink(queue_path("")), 0);
	assert_int_equal(mkdir(queue_path(""), 0700), 0);
	refused(BT_ERR_READONLY, "cannot open the queue");
}

static void test_links(void **state)
{
	char other[sizeof(scratch_dir) + 40], target[sizeof(scratch_dir) + 40];

	(void)state;
	bt_queue_free(&(struct bt_queue *){ queue_open() });
	snprintf(target, sizeof(target), "%s/real.db", scratch_dir);
	assert_int_equal(rename(queue_path(""), target), 0);
	assert_int_equal(symlink(target, queue_path("")), 0);
	refused(BT_ERR_READONLY, "it is a symbolic link");
	/* one that leads nowhere is not followed to where it leads */
	assert_int_equal(unlink(target), 0);
	refused(BT_ERR_READONLY, "it is a symbolic link");
	assert_int_equal(access(target, F_OK), -1);
	assert_int_equal(unlink(queue_path("")), 0);
	snprintf(other, sizeof(other), "%s.real", scratch_dir);
	assert_int_equal(rename(scratch_dir, other), 0);
	assert_int_equal(symlink(other, scratch_dir), 0);
	refused(BT_ERR_READONLY, "is a symbolic link, and none is followed");
	assert_int_equal(unlink(scratch_dir), 0);
}

/* As root nothing is read-only: then another user tries. */
static void read_only(void *arg)
{
	struct bt_queue *q = NULL;
	struct bt_err err = BT_ERR_INIT;
	int rc;

	if (!geteuid() && setuid(65534))
		_exit(9);
	rc = bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 0, &q, &err);
	if (rc != BT_ERR_READONLY || !strstr(err.msg, arg)) {
		fprintf(stderr, "# %d '%s'\n", rc, err.msg);
		_exit(1);
	}
	rc = bt_queue_open(scratch_dir, BT_QUEUE_READ, 0, 0, &q, &err);
	if (rc || state_of(q, 1) != BT_ACTION_QUEUED) {
		fprintf(stderr, "# reading: %d '%s'\n", rc, err.msg);
		_exit(2);
	}
	bt_queue_free(&q);
	_exit(0);
}

static void test_read_only(void **state)
{
	char why[] = "cannot be written";

	(void)state;
	{
		QUEUE_OWNED struct bt_queue *q = queue_open();

		queue_put(q, BT_ACTION_COMMIT, MAIN, NULL);
	}
	assert_int_equal(chmod(queue_path(""), 0444), 0);
	assert_int_equal(chmod(scratch_dir, 0555), 0);
	assert_int_equal(child_status(read_only, why), 0);
	/* a file that cannot be written in a folder that can */
	assert_int_equal(chmod(scratch_dir, 0777), 0);
	assert_int_equal(child_status(read_only, why), 0);
}

/* --- bytes --- */

static struct bt_digest right;
static char *good;
static size_t good_len;

/* Everything that can be asked. */
static int ask(struct bt_queue *q, struct bt_digest *ret, struct bt_err *err)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_action_query newest = { .list = BT_ACTIONS_NEWEST };
	struct bt_queue_figures f = { 0 };
	struct bt_queue_count *counts;
	struct bt_action *list;
	struct bt_batch *batches;
	struct bt_event *events;
	struct bt_needs *needs;
	struct bt_blake2b h;
	size_t nr, counts_nr, batches_nr, events_nr, needs_nr;
	int rc = bt_queue_actions(q, &newest, &arena, &list, &nr, err);

	if (rc || bt_queue_batches(q, false, 1000, &arena, &batches, &batches_nr, err) ||
	    bt_queue_events(q, 0, 10000, &arena, &events, &events_nr, err) ||
	    bt_queue_after_open(q, &arena, &needs, &needs_nr, err) || bt_queue_counts(q, &arena, &counts, &counts_nr, err) ||
	    bt_queue_figures(q, &f, err))
		return err->code;
	bt_blake2b_init(&h);
	for (size_t i = 0; i < nr; i++) {
		struct bt_action a;

		rc = bt_queue_action_by_key(q, list[i].idem_key ? list[i].idem_key : "none", &arena, &a, err);
		if (rc < 0)
			return rc;
		bt_blake2b_add(&h, &rc, sizeof(rc));
		bt_blake2b_add(&h, list[i].key, sizeof(list[i].key));
		bt_blake2b_add(&h, list[i].params, list[i].params_len);
		bt_blake2b_add(&h, &list[i].content, sizeof(list[i].content));
		bt_blake2b_add(&h, list[i].lane, strlen(list[i].lane));
		bt_blake2b_add(&h, &list[i].state, sizeof(list[i].state));
		bt_blake2b_add(&h, &list[i].leader, sizeof(list[i].leader));
		bt_blake2b_add(&h, list[i].message ? list[i].message : "", list[i].message ? strlen(list[i].message) : 0);
	}
	for (size_t i = 0; i < batches_nr; i++)
		bt_blake2b_add(&h, batches[i].key, sizeof(batches[i].key));
	for (size_t i = 0; i < events_nr; i++)
		bt_blake2b_add(&h, events[i].what, strlen(events[i].what));
	bt_blake2b_add(&h, needs, needs_nr * sizeof(*needs));
	bt_blake2b_add(&h, counts, counts_nr * sizeof(*counts));
	bt_blake2b_add(&h, &f, sizeof(f));
	bt_blake2b_end(&h, ret);
	return 0;
}

/* Opens, asks, writes and asks what was written: right, or an error that says that the queue is damaged. */
static bool survives(const char *what, size_t at)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action a = action_make(BT_ACTION_COMMIT, MAIN, "after"), got;
	struct bt_err err = BT_ERR_INIT;
	struct bt_digest d;
	bool known;
	int rc = bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 0, &q, &err);

	if (!rc)
		rc = ask(q, &d, &err);
	if (!rc && memcmp(&d, &right, sizeof(d)))
		fail_msg("%s at %zu: a wrong answer", what, at);
	if (!rc && !(rc = bt_queue_add(q, &a, NULL, 0, &arena, &known, &err))) {
		rc = bt_queue_action(q, a.id, &arena, &got, &err);
		if (rc == BT_DONE || (rc == BT_ROW && (got.params_len != 5 || memcmp(got.params, "after", 5))))
			fail_msg("%s at %zu: what was written is not there", what, at);
	}
	if (rc < 0 && rc != BT_ERR_CORRUPT && rc != BT_ERR_VERSION)
		fail_msg("%s at %zu: %d '%s'", what, at, rc, err.msg);
	if (rc < 0 && (strchr(err.msg, '\n') || !*err.hint))
		fail_msg("%s at %zu: '%s', hint '%s'", what, at, err.msg, err.hint);
	return rc >= 0;
}

static void fill(struct bt_queue *q)
{
	expect_ok(bt_queue_begin(q, &err));
	for (uint32_t i = 1; i <= 400; i++) {
		struct bt_action a = action_make((enum bt_action_kind)(i % BT_ACTION_KIND_NR), i % 3 ? MAIN : SIDE, "some parameters of it");
		char key[20];

		snprintf(key, sizeof(key), "key %u", i);
		a.idem_key = i % 2 ? key : NULL;
		a.content = test_oid(i);
		a.message = "what it is about";
		queue_put_after(q, &a, i % 7 ? 0 : i - 1);
	}
	expect_ok(bt_queue_commit(q, &err));
	expect_ok(bt_queue_fence_raise(q, &err));
	for (uint64_t i = 1; i <= 400; i += 20)
		if (!leader_of(q, i))
			batch_put(q, BT_ACTION_COMMIT, i);
}

static int damage_setup(void **state)
{
	struct bt_queue *q;

	if (scratch_setup(state))
		return -1;
	scratch_reset(state);
	q = queue_open();
	fill(q);
	bt_queue_free(&q);
	q = queue_open();
	expect_ok(ask(q, &right, &err));
	bt_queue_free(&q);
	good = file_bytes(queue_path(""), &good_len);
	return 0;
}

static int damage_teardown(void **state)
{
	free(good);
	return scratch_teardown(state);
}

static void put_bytes(const char *bytes, size_t len)
{
	unlink(queue_path("-wal"));
	unlink(queue_path("-shm"));
	file_make(queue_path(""), bytes, len);
}

static void test_flips(void **state)
{
	uint64_t seed = test_seed();
	BT_FREE char *bytes = bt_xmalloc(good_len);
	int caught = 0, rounds = 400;

	(void)state;
	assert_int_equal(mkdir(scratch_dir, 0700), 0);
	put_bytes(good, good_len);
	assert_true(survives("nothing", 0));
	print_message("# BATHO_TEST_SEED=%llu, %zu bytes\n", (unsigned long long)seed, good_len);
	for (int i = 0; i < rounds; i++) {
		size_t at = i < 100 ? (size_t)i : test_random(&seed, (uint32_t)good_len);
		uint32_t how = test_random(&seed, 4);

		memcpy(bytes, good, good_len);
		if (how == 0)
			memset(bytes + at, 0, good_len - at < 512 ? good_len - at : 512);
		else
			bytes[at] ^= (char)(1 << test_random(&seed, 8));
		put_bytes(bytes, good_len);
		caught += !survives("a flip", at);
	}
	print_message("# %d of %d were seen\n", caught, rounds);
	assert_true(caught > rounds / 3);
}

static void test_cuts_and_swaps(void **state)
{
	uint64_t seed = test_seed() + 1;
	BT_FREE char *bytes = bt_xmalloc(good_len);
	size_t pages = good_len / BT_STORE_PAGE_SIZE;
	int seen = 0;

	(void)state;
	assert_int_equal(mkdir(scratch_dir, 0700), 0);
	for (int i = 0; i < 60; i++) {
		size_t len = test_random(&seed, (uint32_t)good_len);

		put_bytes(good, i % 2 ? len : len / BT_STORE_PAGE_SIZE * BT_STORE_PAGE_SIZE);
		survives("a cut", len);
		len = good_len - 1 - test_random(&seed, BT_STORE_PAGE_SIZE - 1);
		put_bytes(good, len);
		survives("a cut in the last page", len);
	}
	/* the right bytes at the wrong place */
	for (int i = 0; i < 60; i++) {
		size_t a = test_random(&seed, (uint32_t)pages), b = test_random(&seed, (uint32_t)pages);

		memcpy(bytes, good, good_len);
		memcpy(bytes + a * BT_STORE_PAGE_SIZE, good + b * BT_STORE_PAGE_SIZE, BT_STORE_PAGE_SIZE);
		put_bytes(bytes, good_len);
		seen += !survives("a page", a);
	}
	assert_true(seen > 20);
}

/* --- verify --- */

static void test_verify(void **state)
{
	static const char *const wrong[] = {
		"UPDATE action SET state = 1, batch = 77 WHERE id = 2",
		"UPDATE action SET leader = 7777 WHERE id = 2",
		"INSERT INTO effect (batch, seq, kind, intent_at, done_at) VALUES (77, 1, 'swap', 1, 0)",
		"INSERT INTO dependency (action, needs) VALUES (7777, 1)",
		"UPDATE action SET state = 55 WHERE id = 2",
		"UPDATE action SET kind = -1 WHERE id = 2",
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(wrong); i++) {
		QUEUE_OWNED struct bt_queue *q = NULL;
		struct bt_err found = BT_ERR_INIT;

		scratch_reset(NULL);
		q = queue_open();
		fill(q);
		expect_ok(bt_queue_verify(q, &err));
		queue_do(q, wrong[i]);
		if (bt_queue_verify(q, &found) != BT_ERR_CORRUPT || strchr(found.msg, '\n') || !strstr(found.msg, "is damaged"))
			fail_msg("'%s' was not seen: '%s'", wrong[i], found.msg);
	}
}

/* --- the disk --- */

/* Files may not grow beyond a limit: EFBIG, which a full disk is to us. What was acknowledged is there afterwards. */
static void until_full(void *arg)
{
	struct rlimit limit = { *(rlim_t *)arg, RLIM_INFINITY };
	struct bt_err err = BT_ERR_INIT;
	struct bt_queue *q = NULL;
	char big[4000];
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	memset(big, 'x', sizeof(big));
	if (setrlimit(RLIMIT_FSIZE, &limit))
		_exit(9);
	rc = bt_queue_open(scratch_dir, BT_QUEUE_WRITE, 0, 0, &q, &err);
	for (int i = 0; !rc && i < 1000; i++) {
		ARENA_OWNED struct bt_arena arena = { NULL };
		struct bt_action a = action_make(BT_ACTION_COMMIT, MAIN, NULL);
		bool known;

		a.params = big;
		a.params_len = sizeof(big);
		rc = bt_queue_add(q, &a, NULL, 0, &arena, &known, &err);
		if (!rc) {
			FILE *f = fopen(queue_path(".acknowledged"), "w");

			if (!f || fprintf(f, "%llu\n", (unsigned long long)a.id) < 0 || fclose(f))
				_exit(8);
		}
	}
	if (rc != BT_ERR_FULL || !strstr(err.msg, "cannot write the queue") || strchr(err.msg, '\n')) {
		fprintf(stderr, "# %d '%s'\n", rc, err.msg);
		_exit(1);
	}
	bt_queue_free(&q);
	_exit(0);
}

static void test_full(void **state)
{
	uint64_t seed = test_seed() + 3;

	(void)state;
	for (int i = 0; i < 12; i++) {
		QUEUE_OWNED struct bt_queue *q = NULL;
		rlim_t limit = 200000 + 8192 * test_random(&seed, 60) + (i % 2 ? test_random(&seed, 8192) : 0);
		unsigned long long acknowledged = 0;
		FILE *f;

		scratch_reset(NULL);
		assert_int_equal(child_status(until_full, &limit), 0);
		f = fopen(queue_path(".acknowledged"), "r");
		assert_true(f && fscanf(f, "%llu", &acknowledged) == 1);
		fclose(f);
		q = queue_open();
		expect_ok(bt_queue_verify(q, &err));
		assert_int_equal(queue_ask(q, "SELECT max(id) FROM action"), (int64_t)acknowledged);
		assert_int_equal(queue_ask(q, "SELECT count(*) FROM action WHERE length(params) = 4000"), (int64_t)acknowledged);
		assert_int_equal(queue_put(q, BT_ACTION_COMMIT, MAIN, NULL), acknowledged + 1);
	}
	/* no room for a queue at all: one line, and nothing stays behind */
	{
		rlim_t limit = 8192;

		scratch_reset(NULL);
		assert_int_equal(child_status(until_full, &limit), 0);
		assert_int_equal(access(queue_path(""), F_OK), -1);
		assert_int_equal(rmdir(scratch_dir), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_make, scratch_reset),
		cmocka_unit_test_setup(test_newer, scratch_reset),
		cmocka_unit_test_setup(test_foreign, scratch_reset),
		cmocka_unit_test_setup(test_links, scratch_reset),
		cmocka_unit_test_setup(test_read_only, scratch_reset),
		cmocka_unit_test_setup(test_flips, scratch_reset),
		cmocka_unit_test_setup(test_cuts_and_swaps, scratch_reset),
		cmocka_unit_test_setup(test_verify, scratch_reset),
		cmocka_unit_test_setup(test_full, scratch_reset),
	};

	return cmocka_run_group_tests(tests, damage_setup, damage_teardown);
}
