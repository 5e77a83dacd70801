/* store: several processes write at once, some are killed; nothing is lost, doubled or torn. */
#include <signal.h>

#include "tests/unit/store_scratch.h"

#define BLOBS 400
#define NAMES 12

static size_t record_make(char *to, uint32_t n)
{
	return (size_t)sprintf(to, "record %u %0*d", n, (int)(n % 97) * 40 + 1, (int)n);
}

/* Name k of blob n: some are shared by many blobs. */
static size_t name_make(char *to, uint32_t n, uint32_t k)
{
	return (size_t)sprintf(to, "name_%u_%u", k, k % 3 ? n % (10 * k) : n);
}

/* In the caller's transaction. */
static int blob_write(struct bt_store *s, struct bt_postings *p, uint32_t n, struct bt_err *err)
{
	struct bt_blob b = { .oid = test_oid(n),
			     .lang = 1,
			     .state = BT_BLOB_FACTS,
			     .size = n,
			     .digest = test_digest(n) };
	char text[8192];
	uint32_t id, k;
	bool known;
	int rc = bt_store_blob_add(s, &b, &id, &known, err);

	if (rc || known)
		return rc;
	rc = facts_put(s, id, text, record_make(text, n), err);
	for (k = 0; k < NAMES && !rc; k++)
		bt_postings_add(p, id, text, name_make(text, n, k), k == 5);
	return rc;
}

static int batch_write(struct bt_store *s, struct bt_postings *p, uint64_t *seed,
		       struct bt_err *err)
{
	uint32_t i;
	int rc;

	do
		rc = bt_store_begin(s, err);
	while (rc == BT_ERR_BUSY);
	for (i = 0; i < 20 && !rc; i++)
		rc = blob_write(s, p, 1 + test_random(seed, BLOBS), err);
	if (!rc)
		rc = bt_postings_flush(p, s, err);
	if (!rc)
		rc = bt_store_commit(s, err);
	if (rc)
		bt_store_rollback(s);
	return rc;
}

static void body_write(void *arg)
{
	uint64_t seed = *(uint64_t *)arg;
	struct bt_postings *p = bt_postings_new();
	struct bt_err err = BT_ERR_INIT;
	struct bt_store *s = NULL;
	int i, rc;

	rc = bt_store_open(scratch_dir, BT_STORE_WRITE, 0, &s, &err);
	for (i = 0; i < 60 && !rc; i++)
		rc = batch_write(s, p, &seed, &err);
	if (rc) {
		fprintf(stderr, "# %s\n", err.msg);
		_exit(1);
	}
	bt_store_free(&s);
	bt_postings_free(&p);
}

static pid_t start(void (*body)(void *), uint64_t seed)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		body(&seed);
		_exit(0);
	}
	return pid;
}

/* Every blob that is there is there once, with its record and its names. */
static uint32_t store_check(void)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_READ);
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	uint32_t n, k, there = 0;
	char text[8192];

	for (n = 1; n <= BLOBS; n++) {
		struct bt_oid oid = test_oid(n);
		struct bt_err found = BT_ERR_INIT;
		struct bt_blob b;
		size_t len;

		if (bt_store_blob_find(s, &oid, 1, &b, &found) != BT_ROW) {
			assert_int_equal(found.code, 0);
			continue;
		}
		there++;
		bt_buf_clear(&rec);
		expect_ok(bt_store_facts_read(s, b.id, &rec, &err));
		len = record_make(text, n);
		assert_int_equal(rec.len, len);
		assert_memory_equal(rec.data, text, len);
		for (k = 0; k < NAMES; k++) {
			BT_FREE struct bt_posting *list = NULL;
			size_t nr, i, hits = 0;

			expect_ok(bt_postings_find(s, text, name_make(text, n, k), false, &list,
						   &nr, &err));
			for (i = 0; i < nr; i++)
				hits += list[i].blob_id == b.id;
			assert_int_equal(hits, 1);
		}
	}
	return there;
}

static void test_together(void **state)
{
	enum { WRITERS = 4 };
	pid_t pids[WRITERS];
	int i, status;

	(void)state;
	/* Nobody has made the store yet: they race for that, too. */
	for (i = 0; i < WRITERS; i++)
		pids[i] = start(body_write, test_seed() + (uint64_t)i);
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(store_check(), BLOBS);
}

/* What is committed is whole, wherever the writer was when it died. */
static void test_killed(void **state)
{
	uint64_t seed = test_seed();
	uint32_t before = 0, after;
	int i, status;

	(void)state;
	for (i = 0; i < 12; i++) {
		pid_t other = start(body_write, seed + 1000 + (uint64_t)i);
		pid_t pid = start(body_write, seed + (uint64_t)i);

		usleep(2000 + test_random(&seed, 60000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (i % 2)
			kill(other, SIGKILL);
		assert_int_equal(waitpid(other, &status, 0), other);
		/* One may have died before there was a store. */
		if (access(scratch_db, F_OK))
			continue;
		after = store_check();
		assert_true(after >= before);
		before = after;
	}
	status = child_status(body_write, &seed);
	assert_int_equal(status, 0);
	assert_true(store_check() >= before);
}

/* Readers go on while somebody writes. */
static void test_readers(void **state)
{
	uint32_t before = 0, after;
	int status;
	pid_t pid;

	(void)state;
	bt_store_free(&(struct bt_store *){ store_open_mode(BT_STORE_WRITE) });
	pid = start(body_write, test_seed() + 50);
	do {
		after = store_check();
		assert_true(after >= before);
		before = after;
	} while (!waitpid(pid, &status, WNOHANG));
	assert_int_equal(status, 0);
	assert_true(store_check() > BLOBS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_together, scratch_reset),
		cmocka_unit_test_setup(test_killed, scratch_reset),
		cmocka_unit_test_setup(test_readers, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
