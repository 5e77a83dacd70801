/*
 * A scratch folder for tests of the store, and what they all do with it.
 */
#ifndef BT_TESTS_UNIT_STORE_SCRATCH_H
#define BT_TESTS_UNIT_STORE_SCRATCH_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "core/base/file.h"
#include "store/postings.h"
#include "store/store_int.h"
#include "tests/lib/unit.h"

#define STORE_OWNED BT_CLEANUP(bt_store_free)
#define POSTINGS_OWNED BT_CLEANUP(bt_postings_free)

static char scratch_top[4096];
static char scratch_dir[4096 + 16];	/* a folder that is not there yet: the store's */
static char scratch_db[4096 + 32];
static unsigned scratch_nr;

/* cmocka group set-up. */
static inline int scratch_setup(void **state)
{
	const char *build = getenv("TEST_BUILD");
	char base[2048];
	char real[4096];

	(void)state;
	snprintf(base, sizeof(base), "%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (build) {
		snprintf(base, sizeof(base), "%s/tests/trash", build);
		if (mkdir(base, 0777) && errno != EEXIST)
			return -1;
	}
	/* SQLite wants a path without links in it. */
	if (!realpath(base, real))
		return -1;
	snprintf(scratch_top, sizeof(scratch_top), "%.4000s/store unit%%XXXXXX", real);
	if (!mkdtemp(scratch_top))
		return -1;
	/* Another user comes in here, to find the doors inside shut. */
	return chmod(scratch_top, 0755);
}

static inline int scratch_teardown(void **state)
{
	(void)state;
	if (setenv("SCRATCH", scratch_top, 1))
		return -1;
	return system("chmod -R u+rwX \"$SCRATCH\" && rm -rf \"$SCRATCH\"");
}

/* Before each test: a folder of its own. */
static inline int scratch_reset(void **state)
{
	(void)state;
	snprintf(scratch_dir, sizeof(scratch_dir), "%s/%u", scratch_top, scratch_nr++);
	snprintf(scratch_db, sizeof(scratch_db), "%s/index.db", scratch_dir);
	return 0;
}

/* A call must give `want`; otherwise the error is shown. */
#define expect_code(want, call)                                                                \
	do {                                                                                   \
		struct bt_err err = BT_ERR_INIT;                                               \
		int code_got = (call);                                                         \
		if (code_got != (want))                                                        \
			fail_msg("%s gave %d, not %d: %s", #call, code_got, (want), err.msg);  \
	} while (0)
#define expect_ok(call) expect_code(0, call)

static inline struct bt_store *store_open_mode(enum bt_store_mode mode)
{
	struct bt_store *s = NULL;

	expect_ok(bt_store_open(scratch_dir, mode, 0, &s, &err));
	/* The power stays on: waiting for the disk would be most of the test. */
	sqlite3_exec(s->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	return s;
}

/* The file's bytes, for free(). */
static inline char *file_bytes(const char *path, size_t *ret_len)
{
	struct bt_buf b = BT_BUF_INIT;

	expect_ok(bt_file_read(path, (size_t)1 << 30, &b, &err));
	return bt_buf_take(&b, ret_len);
}

static inline void file_make(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* A generator whose seed BATHO_TEST_SEED sets. */
static inline uint64_t test_seed(void)
{
	const char *given = getenv("BATHO_TEST_SEED");

	return given ? strtoull(given, NULL, 0) : 0x5eed;
}

static inline uint32_t test_random(uint64_t *state, uint32_t below)
{
	*state += 0x9e3779b97f4a7c15ull;
	return (uint32_t)((bt_mix64(*state) >> 32) * below >> 32);
}

static inline struct bt_oid test_oid(uint32_t n)
{
	uint8_t raw[20] = { 0 };
	uint64_t a = bt_mix64(n + 1), b = bt_mix64(a);

	memcpy(raw, &a, 8);
	memcpy(raw + 8, &b, 8);
	memcpy(raw + 16, &n, 4);
	return bt_oid_make(raw, sizeof(raw));
}

static inline struct bt_digest test_digest(uint32_t n)
{
	struct bt_digest d;

	bt_blake2b(&n, sizeof(n), &d);
	return d;
}

/* Runs `body` in a child; its exit status. */
static inline int child_status(void (*body)(void *), void *arg)
{
	pid_t pid = fork();
	int status = -1;

	assert_true(pid >= 0);
	if (!pid) {
		body(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A row, whether or not somebody was faster. */
static inline int row_put(struct bt_store *s, const struct bt_blob *b, uint32_t *ret_id, struct bt_err *err)
{
	bool known;

	return bt_store_blob_add(s, b, ret_id, &known, err);
}

/* A record in one step. */
static inline int facts_put(struct bt_store *s, uint32_t blob_id, const void *rec, size_t len, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	int rc = bt_store_facts_pack(s, rec, len, &packed, err);

	return rc ? rc : bt_store_facts_put_packed(s, blob_id, packed.data, packed.len, err);
}

#endif
