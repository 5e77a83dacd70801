/*
 * store: whichever read, write or allocation fails, now and from then on: the call says so in the right
 * words, what was committed stays, and the work goes on where it stopped.
 *
 * TEST_LONG=1 fails at every call, else at some.
 */
#include <sqlite3.h>

#include "tests/unit/store_scratch.h"

/* Steps that are there before anything fails, and all of them; merging is due at every 16th. */
#define STEPS_FIRST 30
#define STEPS 36
#define BLOBS 6		/* a step */
#define NAMES 30	/* a blob */

/* --- calls that fail from number fails_at on --- */

enum fault { FAULT_READ, FAULT_WRITE_FULL, FAULT_WRITE, FAULT_MEMORY, FAULT_NR };
static const char *const fault_names[] = { "reading", "a full disk", "writing", "memory" };

static enum fault fault;
static int calls, fails_at;	/* 0: nothing fails */

static bool fails(enum fault what, int errnum)
{
	if (!fails_at || what != fault || ++calls < fails_at)
		return false;
	errno = errnum;
	return true;
}

static bool write_fails(void)
{
	return fails(FAULT_WRITE_FULL, ENOSPC) || fails(FAULT_WRITE, EIO);
}

static ssize_t faulty_pread(int fd, void *p, size_t len, off_t at)
{
	return fails(FAULT_READ, EIO) ? -1 : pread(fd, p, len, at);
}

static ssize_t faulty_read(int fd, void *p, size_t len)
{
	return fails(FAULT_READ, EIO) ? -1 : read(fd, p, len);
}

static ssize_t faulty_pwrite(int fd, const void *p, size_t len, off_t at)
{
	return write_fails() ? -1 : pwrite(fd, p, len, at);
}

static ssize_t faulty_write(int fd, const void *p, size_t len)
{
	return write_fails() ? -1 : write(fd, p, len);
}

static int faulty_ftruncate(int fd, off_t len)
{
	return write_fails() ? -1 : ftruncate(fd, len);
}

static const struct {
	const char *name;
	sqlite3_syscall_ptr call;
} system_calls[] = {
	{ "pread", (sqlite3_syscall_ptr)faulty_pread },
	{ "pread64", (sqlite3_syscall_ptr)faulty_pread },
	{ "read", (sqlite3_syscall_ptr)faulty_read },
	{ "pwrite", (sqlite3_syscall_ptr)faulty_pwrite },
	{ "pwrite64", (sqlite3_syscall_ptr)faulty_pwrite },
	{ "write", (sqlite3_syscall_ptr)faulty_write },
	{ "ftruncate", (sqlite3_syscall_ptr)faulty_ftruncate },
};

static sqlite3_mem_methods memory;

static void *faulty_malloc(int len)
{
	return fails(FAULT_MEMORY, ENOMEM) ? NULL : memory.xMalloc(len);
}

static void *faulty_realloc(void *p, int len)
{
	return fails(FAULT_MEMORY, ENOMEM) ? NULL : memory.xRealloc(p, len);
}

/* Before SQLite is used for the first time. */
static int faults_install(void)
{
	sqlite3_mem_methods faulty;
	sqlite3_vfs *vfs;
	size_t i;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory))
		return -1;
	faulty = memory;
	faulty.xMalloc = faulty_malloc;
	faulty.xRealloc = faulty_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty))
		return -1;
	vfs = sqlite3_vfs_find("unix");
	for (i = 0; vfs && i < BT_ARRAY_NR(system_calls); i++)
		if (vfs->xGetSystemCall(vfs, system_calls[i].name))
			vfs->xSetSystemCall(vfs, system_calls[i].name, system_calls[i].call);
	return vfs ? 0 : -1;
}

/* --- the work: a transaction a step --- */

static size_t name_make(char *to, uint32_t blob, uint32_t k)
{
	return (size_t)sprintf(to, "name_%u_%u", k, k % 3 ? blob % (10 * k) : blob);
}

static int blob_write(struct bt_store *s, struct bt_postings *p, uint32_t n, struct bt_err *err)
{
	struct bt_blob b = {
		.oid = test_oid(n), .lang = 1, .state = BT_BLOB_FACTS, .size = n, .digest = test_digest(n)
	};
	char text[4096];
	uint64_t seed = n;
	uint32_t id, k;
	bool known;
	int rc = bt_store_blob_add(s, &b, &id, &known, err);

	for (k = 0; k < sizeof(text); k++)
		text[k] = (char)test_random(&seed, 256);
	if (!rc)
		rc = facts_put(s, id, text, sizeof(text), err);
	for (k = 0; k < NAMES && !rc; k++)
		bt_postings_add(p, id, text, name_make(text, n, k), k % 2);
	return rc;
}

static int tree_write(struct bt_store *s, uint32_t step, struct bt_err *err)
{
	struct bt_tree_row row = {
		.oid = test_oid(step), .selection = 3, .blobs = step, .digest = test_digest(step)
	}, base;
	struct bt_digest key = test_digest(step);
	struct bt_oid before = test_oid(step - 1);
	char entries[900];
	int rc = bt_store_tree_find(s, &before, 3, &base, err);

	memset(entries, 'e', sizeof(entries));
	memcpy(entries + step * 10, "changed", 7);
	if (rc >= 0)
		rc = bt_store_tree_put(s, &row, rc == BT_ROW ? base.id : 0, entries, sizeof(entries), err);
	return rc ? rc : bt_store_manifest_put(s, &key, entries, 500 + step, err);
}

static int step_write(struct bt_store *s, uint32_t step, struct bt_err *err)
{
	BT_CLEANUP(bt_postings_free) struct bt_postings *p = bt_postings_new();
	uint32_t id, i;
	int rc = bt_store_begin(s, err);

	if (!rc)
		rc = bt_store_language_id(s, "step", step, &id, err);
	for (i = 0; i < BLOBS && !rc; i++)
		rc = blob_write(s, p, step * BLOBS + i, err);
	if (!rc)
		rc = tree_write(s, step, err);
	if (!rc)
		rc = bt_postings_flush(p, s, err);
	if (!rc)
		rc = bt_store_commit(s, err);
	if (rc)
		bt_store_rollback(s);
	return rc;
}

/* The last step that was committed. */
static int steps_done(struct bt_store *s, uint32_t *ret_step, struct bt_err *err)
{
	struct bt_store_language l;
	uint32_t cursor = 0;
	int rc;

	*ret_step = 0;
	while ((rc = bt_store_language_next(s, &cursor, &l, err)) == BT_ROW)
		if (!strcmp(l.name, "step") && l.version > *ret_step)
			*ret_step = (uint32_t)l.version;
	return rc;
}

static int work(uint32_t steps, struct bt_err *err)
{
	STORE_OWNED struct bt_store *s = NULL;
	uint32_t step = 0;
	int rc = bt_store_open(scratch_dir, BT_STORE_WRITE, 0, &s, err);

	if (!rc)
		rc = steps_done(s, &step, err);
	while (!rc && step++ < steps)
		rc = step_write(s, step, err);
	return rc;
}

/* --- all questions; the answers do not depend on ids --- */

static int ask_name(struct bt_store *s, const char *name, size_t len, uint64_t *sum, struct bt_err *err)
{
	BT_FREE struct bt_posting *list = NULL;
	struct bt_blob b;
	size_t nr, i;
	int rc = bt_postings_find(s, name, len, false, &list, &nr, err);

	for (i = 0; i < nr && !rc; i++) {
		rc = bt_store_blob_get(s, list[i].blob_id, &b, err);
		*sum += bt_hash64(b.oid.raw, b.oid.len, list[i].kinds) ^ bt_hash64(name, len, 1);
	}
	return rc;
}

static int hit_add(void *ctx, const struct bt_name_hit *hit, struct bt_err *err)
{
	uint64_t *sum = ctx;

	(void)err;
	*sum += bt_hash64(hit->name, hit->name_len, 2) * hit->postings_nr;
	return 0;
}

static int ask_step(struct bt_store *s, uint32_t step, uint64_t *sum, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct bt_digest key = test_digest(step);
	struct bt_oid oid = test_oid(step);
	struct bt_tree_row row;
	struct bt_blob blob;
	uint32_t i;
	int rc = bt_store_tree_find(s, &oid, 3, &row, err);

	if (rc == BT_ROW)
		rc = bt_store_tree_read(s, row.id, &row, &b, err);
	*sum += bt_hash64(bt_buf_cstr(&b), b.len, step);
	bt_buf_clear(&b);
	if (!rc)
		rc = bt_store_manifest_read(s, &key, &b, err);
	*sum += bt_hash64(bt_buf_cstr(&b), b.len, step);
	for (i = 0; i < BLOBS && rc >= 0; i++) {
		oid = test_oid(step * BLOBS + i);
		bt_buf_clear(&b);
		rc = bt_store_blob_find(s, &oid, 1, &blob, err);
		if (rc == BT_ROW)
			rc = bt_store_facts_read(s, blob.id, &b, err);
		*sum += bt_hash64(bt_buf_cstr(&b), b.len, step);
	}
	return rc < 0 ? rc : 0;
}

static int ask(uint64_t *ret_sum, struct bt_err *err)
{
	const struct bt_name_query queries[] = {
		{ .match = BT_MATCH_SUBSTRING, .pattern = "me_7_" },
		{ .match = BT_MATCH_FUZZY, .pattern = "name_9_x", .edits = 1 },
	};
	STORE_OWNED struct bt_store *s = NULL;
	char name[64];
	uint32_t i;
	int rc = bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, err);

	*ret_sum = 0;
	for (i = 1; i <= STEPS && !rc; i++)
		rc = ask_step(s, i, ret_sum, err);
	for (i = 0; i < 60 && !rc; i++)
		rc = ask_name(s, name, name_make(name, i % 20, i % NAMES), ret_sum, err);
	for (i = 0; i < BT_ARRAY_NR(queries) && !rc; i++)
		rc = bt_postings_search(s, &queries[i], hit_add, ret_sum, err);
	return rc;
}

/* --- the store before anything fails, with a log that must be read first --- */

static char *base, *base_wal;
static size_t base_len, base_wal_len;
static uint64_t right, right_first;

static void wal_path(char path[sizeof(scratch_db) + 8])
{
	snprintf(path, sizeof(scratch_db) + 8, "%s-wal", scratch_db);
}

static void restore(void)
{
	char path[sizeof(scratch_db) + 8];

	snprintf(path, sizeof(path), "%s-shm", scratch_db);
	unlink(path);
	file_make(scratch_db, base, base_len);
	wal_path(path);
	file_make(path, base_wal, base_wal_len);
}

static int setup(void **state)
{
	struct bt_store *open;
	char path[sizeof(scratch_db) + 8];

	if (faults_install() || scratch_setup(state))
		return -1;
	scratch_reset(state);
	expect_ok(work(STEPS_FIRST - 3, &err));
	open = store_open_mode(BT_STORE_WRITE);
	expect_ok(work(STEPS_FIRST, &err));
	base = file_bytes(scratch_db, &base_len);
	wal_path(path);
	base_wal = file_bytes(path, &base_wal_len);
	bt_store_free(&open);
	restore();
	expect_ok(ask(&right_first, &err));
	expect_ok(work(STEPS, &err));
	expect_ok(ask(&right, &err));
	return right == right_first;
}

static int teardown(void **state)
{
	free(base);
	free(base_wal);
	return scratch_teardown(state);
}

/* --- the loops --- */

static void judge(int rc, const struct bt_err *err)
{
	/* Where no memory is left to end a transaction, the next one cannot begin. */
	static const char *const words[] = { "Input/output error", "the disk is full",
					     "Input/output error", "" };
	enum bt_code want = fault == FAULT_WRITE_FULL ? BT_ERR_FULL : BT_ERR_FAIL;
	/* A disk that is full is told by SQLite, or by the system. */
	bool full = fault == FAULT_WRITE_FULL && strstr(err->msg, "No space left");

	if (rc != (int)want || (!strstr(err->msg, words[fault]) && !full) ||
	    !err->hint[0] == (fault == FAULT_WRITE_FULL))
		fail_msg("%s fails at %d: %d '%s', hint '%s'", fault_names[fault], fails_at, rc, err->msg,
			 err->hint);
}

/* Fails at number 1, 1 + stride, ... of `what`, until nothing is left to fail. How many were told. */
static int fail_at_each(enum fault what, int stride, int (*body)(struct bt_err *err), void (*check)(int at))
{
	int at, told = 0;

	fault = what;
	if (getenv("TEST_LONG"))
		stride = 1;
	for (at = 1;; at += stride) {
		struct bt_err err = BT_ERR_INIT;
		int rc;

		restore();
		calls = 0;
		fails_at = at;
		rc = body(&err);
		if (rc)
			judge(rc, &err);
		fails_at = 0;
		check(at);
		told += rc != 0;
		if (calls < at)
			return told;
	}
}

static int body_work(struct bt_err *err)
{
	return work(STEPS, err);
}

/* Nothing that was committed is lost, and the rest can be done. */
static void check_work(int at)
{
	struct bt_store *s = store_open_mode(BT_STORE_READ);
	uint32_t step;
	uint64_t sum;

	expect_ok(steps_done(s, &step, &err));
	bt_store_free(&s);
	assert_in_range(step, STEPS_FIRST, STEPS);
	expect_ok(work(STEPS, &err));
	expect_ok(ask(&sum, &err));
	if (sum != right)
		fail_msg("after %s failed at %d: other answers", fault_names[fault], at);
}

static int body_ask(struct bt_err *err)
{
	uint64_t sum;
	int rc = ask(&sum, err);

	if (!rc && sum != right_first)
		fail_msg("%s failed at %d: a wrong answer", fault_names[fault], fails_at);
	return rc;
}

static void check_ask(int at)
{
	uint64_t sum;

	expect_ok(ask(&sum, &err));
	if (sum != right_first)
		fail_msg("after %s failed at %d: other answers", fault_names[fault], at);
}

static void test_work(void **state)
{
	(void)state;
	assert_true(fail_at_each(FAULT_READ, 3, body_work, check_work) > 3);
	assert_true(fail_at_each(FAULT_WRITE_FULL, 5, body_work, check_work) > 10);
	assert_true(fail_at_each(FAULT_WRITE, 5, body_work, check_work) > 10);
	assert_true(fail_at_each(FAULT_MEMORY, 97, body_work, check_work) > 10);
}

static void test_ask(void **state)
{
	(void)state;
	assert_true(fail_at_each(FAULT_READ, 3, body_ask, check_ask) > 3);
	assert_true(fail_at_each(FAULT_MEMORY, 41, body_ask, check_ask) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_ask),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
