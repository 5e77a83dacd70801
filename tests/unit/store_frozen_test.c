/*
 * store: the frozen tier gives the same records as the warm one, whatever happened to it.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

#include "tests/unit/store_scratch.h"
#include "store/frozen.h"

#define BLOBS_NR 400

/* A record that resembles those of its neighbours, of a length of its own. */
static void record_make(uint32_t n, struct bt_buf *out)
{
	uint64_t state = n / 20;
	uint32_t lines = 20 + n % 70;

	bt_buf_clear(out);
	for (uint32_t i = 0; i < lines; i++)
		bt_buf_addf(out, "%u:%u %s\n", i, i == n % lines ? n : test_random(&state, 100000), "facts of a line");
	if (n % 97 == 13)
		bt_buf_clear(out);
}

/* Ids 1 .. BLOBS_NR: their number is that of their record. */
static void store_fill(struct bt_store *s)
{
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;

	expect_ok(bt_store_begin(s, &err));
	for (uint32_t n = 1; n <= BLOBS_NR; n++) {
		char hint[32];
		struct bt_blob b = { .oid = test_oid(n), .lang = 1 + n % 3, .state = BT_BLOB_FACTS,
				     .size = n, .digest = test_digest(n), .hint = hint };
		uint32_t id;

		snprintf(hint, sizeof(hint), "dir/file-%u", n / 20);
		expect_ok(row_put(s, &b, &id, &err));
		assert_int_equal(id, n);
		record_make(n, &rec);
		expect_ok(facts_put(s, id, rec.data, rec.len, &err));
	}
	expect_ok(bt_store_commit(s, &err));
}

static void expect_all(struct bt_store *s)
{
	BT_BUF_OWNED struct bt_buf want = BT_BUF_INIT, got = BT_BUF_INIT;

	for (uint32_t n = 1; n <= BLOBS_NR; n++) {
		record_make(n, &want);
		bt_buf_clear(&got);
		expect_ok(bt_store_facts_read(s, n, &got, &err));
		assert_int_equal(got.len, want.len);
		assert_memory_equal(bt_buf_cstr(&got), bt_buf_cstr(&want), want.len);
	}
}

static bool warm_every(void *ctx, uint32_t id)
{
	uint32_t every = *(uint32_t *)ctx;

	return every && id % every == 0;
}

static struct bt_freeze_sum freeze_but(struct bt_store *s, uint32_t every, uint64_t bytes_max)
{
	struct bt_freeze_opts o = { .warm = warm_every, .ctx = &every, .bytes_max = bytes_max };
	struct bt_freeze_sum sum;

	expect_ok(bt_store_freeze(s, &o, &sum, &err));
	return sum;
}

static void test_round(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_freeze_opts all = { .warm = NULL };
	struct bt_freeze_sum sum, measured;
	struct bt_frozen_space space;
	struct bt_err mine = BT_ERR_INIT;
	BT_FREE uint32_t *ids = NULL;
	size_t nr;
	uint64_t thawed;

	(void)state;
	assert_null(bt_store_frozen_path(s, &mine));
	store_fill(s);
	sum = freeze_but(s, 4, 0);
	assert_int_equal(sum.blobs, BLOBS_NR - BLOBS_NR / 4);
	assert_true(sum.frozen_bytes * 10 < sum.warm_bytes * 6);
	expect_all(s);
	expect_ok(bt_store_freeze_measure(s, &all, &measured, &err));
	assert_int_equal(measured.blobs, BLOBS_NR / 4);
	freeze_but(s, 0, 0);
	expect_all(s);
	expect_ok(bt_store_frozen_blobs(s, &ids, &nr, &err));
	assert_int_equal(nr, BLOBS_NR);
	expect_ok(bt_store_frozen_space(s, &space, &err));
	assert_int_equal(space.raw, space.alive_raw);
	assert_true(space.file > space.stored);
	/* half of it warm again, and another process sees all */
	expect_ok(bt_store_thaw(s, ids, nr / 2, &thawed, &err));
	assert_int_equal(thawed, nr / 2);
	expect_all(s);
	{
		STORE_OWNED struct bt_store *other = store_open_mode(BT_STORE_READ);

		expect_all(other);
	}
	/* what has nothing left goes */
	expect_ok(bt_store_frozen_rewrite(s, 0, &space, &space, &err));
	assert_int_equal(space.raw, space.alive_raw);
	expect_all(s);
	expect_ok(bt_store_thaw(s, ids, nr, &thawed, &err));
	assert_int_equal(thawed, nr - nr / 2);
	expect_ok(bt_store_frozen_rewrite(s, 0, &space, &space, &err));
	assert_int_equal(space.file, 0);
	assert_null(bt_store_frozen_path(s, &mine));
	expect_all(s);
}

/* Work that is bounded goes on the next time. */
static void test_bounded(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_freeze_sum sum;
	uint64_t blobs = 0;
	int runs = 0;

	(void)state;
	store_fill(s);
	do {
		sum = freeze_but(s, 0, 20000);
		blobs += sum.blobs;
		runs++;
	} while (sum.more);
	assert_int_equal(blobs, BLOBS_NR);
	assert_true(runs > 3);
	expect_all(s);
}

/* The disk goes, and comes back. */
static void test_away(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_freeze_opts all = { .warm = NULL };
	struct bt_freeze_sum sum;
	struct bt_err mine = BT_ERR_INIT;
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	BT_FREE char *path = NULL;
	char disk[5000], gone[5000];
	bool away;

	(void)state;
	store_fill(s);
	snprintf(disk, sizeof(disk), "%s/disk", scratch_dir);
	snprintf(gone, sizeof(gone), "%s/gone", scratch_dir);
	bt_store_frozen_folder(s, disk);
	expect_code(BT_ERR_NOT_FOUND, bt_store_freeze(s, &all, &sum, &err));
	expect_all(s);
	assert_int_equal(mkdir(disk, 0700), 0);
	freeze_but(s, 10, 0);
	path = bt_xstrdup(bt_store_frozen_path(s, &mine));
	assert_int_equal(strncmp(path, disk, strlen(disk)), 0);
	expect_all(s);
	bt_store_free(&s);

	assert_int_equal(rename(disk, gone), 0);
	s = store_open_mode(BT_STORE_WRITE);
	bt_store_frozen_folder(s, disk);
	expect_ok(bt_store_frozen_away(s, &away, &err));
	assert_true(away);
	expect_code(BT_ROW, bt_store_facts_there(s, 10, &err));
	expect_code(BT_DONE, bt_store_facts_there(s, 11, &err));
	expect_ok(bt_store_facts_read(s, 10, &rec, &err));
	expect_code(BT_ERR_NOT_FOUND, bt_store_facts_read(s, 11, &rec, &err));
	expect_code(BT_ERR_NOT_FOUND, bt_store_freeze(s, &all, &sum, &err));
	/* one is made again */
	record_make(11, &rec);
	expect_ok(facts_put(s, 11, rec.data, rec.len, &err));
	expect_code(BT_ROW, bt_store_facts_there(s, 11, &err));
	bt_store_free(&s);

	assert_int_equal(rename(gone, disk), 0);
	s = store_open_mode(BT_STORE_WRITE);
	bt_store_frozen_folder(s, disk);
	expect_ok(bt_store_frozen_away(s, &away, &err));
	assert_false(away);
	expect_all(s);
	/* it moves to where the setting says */
	bt_store_frozen_folder(s, NULL);
	expect_ok(bt_store_frozen_away(s, &away, &err));
	assert_true(away);
	bt_store_frozen_folder(s, disk);
	freeze_but(s, 0, 0);
	expect_all(s);
}

/* Every byte of the file may change: the right answer or a refusal. */
static void test_flips(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	uint64_t random = test_seed();
	struct bt_err mine = BT_ERR_INIT;
	BT_FREE char *path = NULL, *bytes = NULL;
	size_t len;
	unsigned refused = 0;

	(void)state;
	store_fill(s);
	freeze_but(s, 0, 0);
	path = bt_xstrdup(bt_store_frozen_path(s, &mine));
	bt_store_free(&s);
	bytes = file_bytes(path, &len);
	for (int i = 0; i < 500; i++) {
		BT_BUF_OWNED struct bt_buf want = BT_BUF_INIT, got = BT_BUF_INIT;
		size_t at = test_random(&random, (uint32_t)len);
		char bit = (char)(1 << test_random(&random, 8));

		bytes[at] = (char)(bytes[at] ^ bit);
		file_make(path, bytes, len);
		bytes[at] = (char)(bytes[at] ^ bit);
		s = store_open_mode(BT_STORE_READ);
		for (uint32_t n = 1; n <= BLOBS_NR; n++) {
			struct bt_err why = BT_ERR_INIT;
			int rc;

			record_make(n, &want);
			bt_buf_clear(&got);
			rc = bt_store_facts_read(s, n, &got, &why);
			if (rc) {
				refused++;
				if (rc != BT_ERR_CORRUPT && rc != BT_ERR_NOT_FOUND)
					fail_msg("byte %zu: %d %s", at, rc, why.msg);
				break;
			}
			assert_int_equal(got.len, want.len);
			assert_memory_equal(bt_buf_cstr(&got), bt_buf_cstr(&want), want.len);
		}
		bt_store_free(&s);
	}
	assert_true(refused > 100);
	/* cut short */
	for (size_t cut = 0; cut < len; cut += len / 20) {
		BT_BUF_OWNED struct bt_buf got = BT_BUF_INIT;
		struct bt_err why = BT_ERR_INIT;
		int rc;

		file_make(path, bytes, cut);
		s = store_open_mode(BT_STORE_READ);
		rc = bt_store_facts_read(s, BLOBS_NR, &got, &why);
		if (rc && rc != BT_ERR_CORRUPT && rc != BT_ERR_NOT_FOUND)
			fail_msg("cut at %zu: %d %s", cut, rc, why.msg);
		bt_store_free(&s);
	}
	file_make(path, bytes, len);
	s = store_open_mode(BT_STORE_WRITE);
	expect_all(s);
}

/* Killed at any moment: everything is there, and the next one goes on. */
static void freeze_slowly(void *arg)
{
	struct bt_freeze_opts o = { .bytes_max = 4000 };
	struct bt_freeze_sum sum = { .more = true };
	struct bt_err mine = BT_ERR_INIT;
	struct bt_store *s = NULL;

	(void)arg;
	if (bt_store_open(scratch_dir, BT_STORE_WRITE, 0, &s, &mine))
		_exit(1);
	while (sum.more)
		if (bt_store_freeze(s, &o, &sum, &mine))
			_exit(2);
	_exit(0);
}

static void test_killed(void **state)
{
	uint64_t random = test_seed();
	struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_err mine = BT_ERR_INIT;
	int rounds = 0, status;

	(void)state;
	store_fill(s);
	bt_store_free(&s);
	do {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (!pid)
			freeze_slowly(NULL);
		usleep(test_random(&random, 30000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		s = store_open_mode(BT_STORE_WRITE);
		expect_all(s);
		bt_store_free(&s);
		assert_false(WIFEXITED(status) && WEXITSTATUS(status));
	} while (!WIFEXITED(status) && ++rounds < 60);
	s = store_open_mode(BT_STORE_WRITE);
	freeze_but(s, 0, 0);
	expect_all(s);
	assert_non_null(bt_store_frozen_path(s, &mine));
	bt_store_free(&s);
}

/* One freezes while another reads and a third wants to freeze too. */
static void read_often(void *arg)
{
	struct bt_err mine = BT_ERR_INIT;
	struct bt_store *s = NULL;
	struct bt_buf want = BT_BUF_INIT, got = BT_BUF_INIT;

	(void)arg;
	for (int round = 0; round < 12; round++) {
		if (bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &mine))
			_exit(1);
		for (uint32_t n = 1; n <= BLOBS_NR; n++) {
			record_make(n, &want);
			bt_buf_clear(&got);
			if (bt_store_facts_read(s, n, &got, &mine)) {
				fprintf(stderr, "# %s\n", mine.msg);
				_exit(2);
			}
			if (got.len != want.len || memcmp(bt_buf_cstr(&got), bt_buf_cstr(&want), want.len))
				_exit(3);
		}
		bt_store_free(&s);
	}
	_exit(0);
}

static void test_two(void **state)
{
	struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_freeze_opts o = { .bytes_max = 3000 };
	struct bt_freeze_sum sum = { .more = true };
	BT_FREE uint32_t *ids = NULL;
	size_t nr;
	pid_t pid;
	int status, busy = 0;

	(void)state;
	store_fill(s);
	bt_store_free(&s);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		read_often(NULL);
	s = store_open_mode(BT_STORE_WRITE);
	for (int round = 0; round < 4; round++) {
		uint64_t thawed;

		sum.more = true;
		while (sum.more)
			expect_ok(bt_store_freeze(s, &o, &sum, &err));
		expect_ok(bt_store_frozen_blobs(s, &ids, &nr, &err));
		if (round < 3)
			expect_ok(bt_store_thaw(s, ids, nr / 2, &thawed, &err));
		free(ids);
		ids = NULL;
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	{	/* the lock */
		char lock[5000];
		BT_CLOSE int fd = -1;
		struct bt_err mine = BT_ERR_INIT;
		uint32_t *some = NULL;
		uint64_t thawed;

		expect_ok(bt_store_frozen_blobs(s, &some, &nr, &err));
		expect_ok(bt_store_thaw(s, some, 5, &thawed, &err));
		free(some);
		snprintf(lock, sizeof(lock), "%s/frozen.lock", scratch_dir);
		fd = open(lock, O_RDWR | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(flock(fd, LOCK_EX), 0);
		busy = bt_store_freeze(s, &o, &sum, &mine);
	}
	assert_int_equal(busy, BT_ERR_BUSY);
	expect_all(s);
	bt_store_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_round, scratch_reset),
		cmocka_unit_test_setup(test_bounded, scratch_reset),
		cmocka_unit_test_setup(test_away, scratch_reset),
		cmocka_unit_test_setup(test_flips, scratch_reset),
		cmocka_unit_test_setup(test_killed, scratch_reset),
		cmocka_unit_test_setup(test_two, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
