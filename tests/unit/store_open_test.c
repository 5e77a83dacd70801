/* store: what open finds, makes and refuses. */
#include "tests/unit/store_scratch.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>

#include "store/open.h"
#include "store/schema.h"

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static bool exists(const char *end)
{
	char path[sizeof(scratch_db) + 16];

	snprintf(path, sizeof(path), "%s%s", scratch_db, end);
	return !access(path, F_OK);
}

static void put_language(const char *name)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	uint32_t id;

	expect_ok(bt_store_language_id(s, name, 1, &id, &err));
}

static void test_create(void **state)
{
	STORE_OWNED struct bt_store *s = NULL;
	uint64_t bytes = 0;
	mode_t mask = umask(022);

	(void)state;
	expect_code(BT_ERR_NOT_FOUND, bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &err));
	assert_null(s);
	assert_false(exists(""));
	s = store_open_mode(BT_STORE_WRITE);
	assert_int_equal(mode_of(scratch_dir), 0700);
	assert_int_equal(mode_of(scratch_db), 0600);
	expect_ok(bt_store_bytes(s, &bytes, &err));
	assert_int_equal(bytes % BT_STORE_PAGE_SIZE, 0);
	bt_store_free(&s);
	bt_store_free(&s);
	/* Whoever closes last leaves one file. */
	assert_false(exists("-wal") || exists("-shm") || exists("-journal"));
	umask(mask);
}

static void test_create_shared(void **state)
{
	STORE_OWNED struct bt_store *s = NULL;
	mode_t mask = umask(077);
	uint32_t id;

	(void)state;
	expect_ok(bt_store_open(scratch_dir, BT_STORE_WRITE, 0660, &s, &err));
	assert_int_equal(mode_of(scratch_dir), 02770);
	assert_int_equal(mode_of(scratch_db), 0660);
	expect_ok(bt_store_begin(s, &err));
	expect_ok(bt_store_language_id(s, "c", 1, &id, &err));
	expect_ok(bt_store_commit(s, &err));
	bt_store_free(&s);
	expect_ok(bt_store_rebuild(scratch_dir, 0664, &s, &err));
	assert_int_equal(mode_of(scratch_db), 0664);
	umask(mask);
}

/* Left-overs of a file that is gone do not get into the new one. */
static void test_stale_companions(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	char wal[sizeof(scratch_db) + 16], *bytes;
	size_t len;
	uint32_t id;

	(void)state;
	snprintf(wal, sizeof(wal), "%s-wal", scratch_db);
	expect_ok(bt_store_language_id(s, "old", 1, &id, &err));
	bytes = file_bytes(wal, &len);
	assert_true(len > 0);
	bt_store_free(&s);
	assert_int_equal(unlink(scratch_db), 0);
	file_make(wal, bytes, len);
	free(bytes);
	s = store_open_mode(BT_STORE_WRITE);
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_READ);
	expect_code(BT_ERR_NOT_FOUND, bt_store_language_id(s, "old", 1, &id, &err));
}

/* --- files that somebody was making --- */

static void make_beside(const char *end)
{
	char path[sizeof(scratch_db) + 32];

	snprintf(path, sizeof(path), "%s%s", scratch_db, end);
	file_make(path, "half a file", 11);
}

/* Whoever makes the index removes what a killed process left, and nothing else. */
static void test_unfinished(void **state)
{
	static const char *const ours[] = { ".new-1", ".new-4194304", ".new-77-journal",
					    ".new-77-wal" };
	static const char *const others[] = { ".new-", ".new-x", ".new-7x", ".newer", "new-7" };
	size_t i;

	(void)state;
	assert_int_equal(mkdir(scratch_dir, 0700), 0);
	for (i = 0; i < BT_ARRAY_NR(ours); i++)
		make_beside(ours[i]);
	for (i = 0; i < BT_ARRAY_NR(others); i++)
		make_beside(others[i]);
	put_language("c");
	for (i = 0; i < BT_ARRAY_NR(ours); i++)
		if (exists(ours[i]))
			fail_msg("index.db%s is still there", ours[i]);
	for (i = 0; i < BT_ARRAY_NR(others); i++)
		if (!exists(others[i]))
			fail_msg("index.db%s is gone", others[i]);
}

/* Holds the lock of the folder, makes a file and says so; exits 0 when nobody took it away. */
static int maker_body(int ready)
{
	int folder = open(scratch_dir, O_RDONLY | O_DIRECTORY);

	if (folder < 0 || flock(folder, LOCK_EX))
		return 2;
	make_beside(".new-1");
	if (write(ready, "x", 1) != 1)
		return 3;
	usleep(100000);
	return exists(".new-1") ? 0 : 1;
}

static void test_unfinished_of_the_living(void **state)
{
	int ready[2], status = -1;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(mkdir(scratch_dir, 0700), 0);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid)
		_exit(maker_body(ready[1]));
	assert_int_equal(read(ready[0], &byte, 1), 1);
	put_language("c");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_false(exists(".new-1"));
	close(ready[0]);
	close(ready[1]);
}

static void test_rebuild(void **state)
{
	STORE_OWNED struct bt_store *s = NULL;
	uint32_t id;

	(void)state;
	put_language("c");
	expect_ok(bt_store_rebuild(scratch_dir, 0, &s, &err));
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_READ);
	expect_code(BT_ERR_NOT_FOUND, bt_store_language_id(s, "c", 1, &id, &err));
	bt_store_free(&s);
	/* Whatever is in the way. */
	file_make(scratch_db, "garbage", 7);
	expect_ok(bt_store_rebuild(scratch_dir, 0, &s, &err));
}

/* Opens for reading, says so, reads a while later and says so before it closes; 0: the answer was right. */
static int reader_body(int ready)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_store *s = NULL;
	uint32_t id;

	if (bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &err) || write(ready, "x", 1) != 1)
		return 2;
	usleep(150000);
	if (bt_store_language_id(s, "c", 1, &id, &err) || write(ready, "y", 1) != 1)
		return 3;
	bt_store_free(&s);
	return 0;
}

/* Making the index anew waits for those who have it open, and does not wait for ever. */
static void test_rebuild_waits(void **state)
{
	STORE_OWNED struct bt_store *other = NULL, *s = NULL;
	int ready[2], status = -1;
	char byte;
	uint32_t id;
	pid_t pid;

	(void)state;
	put_language("c");
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid)
		_exit(reader_body(ready[1]));
	assert_int_equal(read(ready[0], &byte, 1), 1);
	expect_ok(bt_store_rebuild(scratch_dir, 0, &s, &err));
	/* Had it not waited, the reader would still be asleep. */
	assert_int_equal(fcntl(ready[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_READ);
	expect_code(BT_ERR_NOT_FOUND, bt_store_language_id(s, "c", 1, &id, &err));
	expect_code(BT_ERR_BUSY, bt_store_rebuild(scratch_dir, 0, &other, &err));
	assert_null(other);
	/* Others may read and write meanwhile. */
	other = store_open_mode(BT_STORE_WRITE);
	expect_ok(bt_store_language_id(other, "go", 1, &id, &err));
	close(ready[0]);
	close(ready[1]);
}

static void refused(enum bt_code code, const char *why)
{
	static const enum bt_store_mode modes[] = { BT_STORE_READ, BT_STORE_WRITE };
	size_t i, len, again_len;
	char *before = file_bytes(scratch_db, &len), *after;

	for (i = 0; i < 2; i++) {
		STORE_OWNED struct bt_store *s = NULL;
		struct bt_err err = BT_ERR_INIT;
		uint32_t cursor = 0;
		struct bt_store_language l;
		int rc = bt_store_open(scratch_dir, modes[i], 0, &s, &err);

		if (!rc)
			rc = bt_store_language_next(s, &cursor, &l, &err);
		if (rc != (int)code)
			fail_msg("%s: %d %s", why, rc, err.msg);
		if (!strstr(err.msg, "index.db'") || strcmp(err.hint, "git batho index --rebuild"))
			fail_msg("%s: '%s', hint '%s'", why, err.msg, err.hint);
	}
	/* Not ours, not touched. */
	after = file_bytes(scratch_db, &again_len);
	assert_int_equal(len, again_len);
	assert_memory_equal(before, after, len);
	free(before);
	free(after);
}

static void test_foreign(void **state)
{
	sqlite3 *db = NULL;
	char *bytes, text[3000];
	size_t len, cuts[] = { 0, 1, 16, 99, 100, 4096, 8191, 8192, 3 * 8192, 3 * 8192 + 5 }, i;

	(void)state;
	put_language("c");
	bytes = file_bytes(scratch_db, &len);
	for (i = 0; i < BT_ARRAY_NR(cuts); i++) {
		assert_true(cuts[i] < len);
		file_make(scratch_db, bytes, cuts[i]);
		refused(BT_ERR_CORRUPT, "cut short");
	}
	memset(text, 'x', sizeof(text));
	file_make(scratch_db, text, sizeof(text));
	refused(BT_ERR_CORRUPT, "text");
	bytes[63]++;
	file_make(scratch_db, bytes, len);
	refused(BT_ERR_VERSION, "newer");
	bytes[63] -= 2;
	file_make(scratch_db, bytes, len);
	refused(BT_ERR_VERSION, "older");
	bytes[63]++;
	bytes[71]++;
	file_make(scratch_db, bytes, len);
	refused(BT_ERR_CORRUPT, "another application");
	bytes[71]--;
	bytes[16] = 2;
	file_make(scratch_db, bytes, len);
	refused(BT_ERR_CORRUPT, "other pages");
	free(bytes);
	unlink(scratch_db);
	assert_int_equal(sqlite3_open(scratch_db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE language (id, name, version)", NULL, NULL,
				      NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	refused(BT_ERR_CORRUPT, "another database");
}

static void test_not_a_file(void **state)
{
	struct bt_store *s = NULL;
	char other[sizeof(scratch_db) + 8];

	(void)state;
	put_language("c");
	snprintf(other, sizeof(other), "%s.other", scratch_db);
	assert_int_equal(rename(scratch_db, other), 0);
	assert_int_equal(symlink(other, scratch_db), 0);
	expect_code(BT_ERR_READONLY, bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &err));
	expect_code(BT_ERR_READONLY, bt_store_open(scratch_dir, BT_STORE_WRITE, 0, &s, &err));
	assert_int_equal(unlink(scratch_db), 0);
	assert_int_equal(mkdir(scratch_db, 0700), 0);
	expect_code(BT_ERR_READONLY, bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &err));
	assert_null(s);
	file_make(other, "", 0);
	expect_code(BT_ERR_FAIL, bt_store_open(other, BT_STORE_WRITE, 0, &s, &err));
}

/* --- reads that fail --- */

static const char *const read_calls[] = { "read", "pread", "pread64" };
static sqlite3_syscall_ptr read_real[BT_ARRAY_NR(read_calls)];
static int reads, read_fails_at;

static bool read_fails(void)
{
	if (++reads < read_fails_at)
		return false;
	errno = EIO;
	return true;
}

static ssize_t failing_read(int fd, void *p, size_t len)
{
	return read_fails() ? -1 : read(fd, p, len);
}

static ssize_t failing_pread(int fd, void *p, size_t len, off_t at)
{
	return read_fails() ? -1 : pread(fd, p, len, at);
}

static void reads_fail_from(int nr)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
	size_t i;

	reads = 0;
	read_fails_at = nr;
	for (i = 0; i < BT_ARRAY_NR(read_calls); i++) {
		read_real[i] = vfs->xGetSystemCall(vfs, read_calls[i]);
		if (read_real[i])
			vfs->xSetSystemCall(vfs, read_calls[i],
					    i ? (sqlite3_syscall_ptr)failing_pread
					      : (sqlite3_syscall_ptr)failing_read);
	}
}

static void reads_work(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(read_calls); i++)
		if (read_real[i])
			vfs->xSetSystemCall(vfs, read_calls[i], read_real[i]);
}

static int ask(struct bt_err *err)
{
	STORE_OWNED struct bt_store *s = NULL;
	struct bt_store_language l;
	uint32_t cursor = 0;
	int rc = bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, err);

	while (!rc && (rc = bt_store_language_next(s, &cursor, &l, err)) == BT_ROW)
		rc = 0;
	return rc < 0 ? rc : cursor ? 0 : -99;
}

/* Bytes that cannot be read are not damaged: whichever read it is that fails, of the file or its WAL. */
static void test_read_fails(void **state)
{
	STORE_OWNED struct bt_store *writer = store_open_mode(BT_STORE_WRITE);
	int nr, failed = 0;
	uint32_t id;

	(void)state;
	expect_ok(bt_store_language_id(writer, "c", 1, &id, &err));
	for (nr = 1; nr < 1000; nr++) {
		struct bt_err err = BT_ERR_INIT;
		int rc;

		reads_fail_from(nr);
		rc = ask(&err);
		reads_work();
		if (reads < nr)
			break;
		if (rc != BT_ERR_FAIL || !strstr(err.msg, "cannot read the index '") ||
		    !strstr(err.msg, "Input/output error") || err.hint[0])
			fail_msg("read %d: %d %s, hint '%s'", nr, rc, err.msg, err.hint);
		failed++;
	}
	assert_int_equal(failed, nr - 1);
	assert_in_range(failed, 3, 900);
}

/* --- where nothing can be written --- */

static void as_nobody(void)
{
	/* The folders above may be shut for others. */
	if ((!geteuid() && (setgid(65534) || setuid(65534))) || access(scratch_dir, X_OK))
		_exit(99);
}

/* Exits 0 when the language that was put is read and nothing can be written. */
static void body_read(void *arg)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_store *s = NULL;
	uint32_t id;

	(void)arg;
	as_nobody();
	if (bt_store_open(scratch_dir, BT_STORE_WRITE, 0, &s, &err) != BT_ERR_READONLY)
		_exit(2);
	if (bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &err)) {
		fprintf(stderr, "# %s\n", err.msg);
		_exit(err.code == BT_ERR_READONLY ? 3 : 4);
	}
	if (bt_store_language_id(s, "c", 1, &id, &err))
		_exit(5);
	bt_store_free(&s);
}

static void folder_shut(bool shut)
{
	assert_int_equal(chmod(scratch_dir, shut ? 0555 : 0755), 0);
	assert_int_equal(chmod(scratch_db, shut ? 0444 : 0644), 0);
}

static void test_read_only(void **state)
{
	int status;

	(void)state;
	put_language("c");
	folder_shut(true);
	status = child_status(body_read, NULL);
	folder_shut(false);
	if (status == 99)
		unit_skip("no other user to become");
	assert_int_equal(status, 0);
	assert_false(exists("-wal") || exists("-shm"));
}

/* A writer that died left a WAL, which cannot be read without writing. */
static void test_read_only_wal(void **state)
{
	STORE_OWNED struct bt_store *s = NULL;
	char wal[sizeof(scratch_db) + 16], *bytes, *db;
	size_t len, db_len;
	uint32_t id;
	int status;

	(void)state;
	put_language("c");
	db = file_bytes(scratch_db, &db_len);
	s = store_open_mode(BT_STORE_WRITE);
	expect_ok(bt_store_language_id(s, "go", 1, &id, &err));
	snprintf(wal, sizeof(wal), "%s-wal", scratch_db);
	bytes = file_bytes(wal, &len);
	bt_store_free(&s);
	file_make(scratch_db, db, db_len);
	file_make(wal, bytes, len);
	folder_shut(true);
	status = child_status(body_read, NULL);
	folder_shut(false);
	if (status == 99)
		unit_skip("no other user to become");
	assert_int_equal(status, 3);
	/* Where it can be written, it is read and tidied up. */
	s = store_open_mode(BT_STORE_READ);
	expect_ok(bt_store_language_id(s, "go", 1, &id, &err));
	bt_store_free(&s);
	assert_false(exists("-wal"));
	free(db);
	free(bytes);
}

/* --- names --- */

static void test_uri(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	(void)state;
	bt_store_path_uri(&b, "/a b/c%d?e#\xff/index.db");
	assert_string_equal(bt_buf_cstr(&b), "file:/a%20b/c%25d%3fe%23%ff/index.db?immutable=1");
	assert_true(bt_store_folder_remote("/there/is/no/such/folder"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_create, scratch_reset),
		cmocka_unit_test_setup(test_create_shared, scratch_reset),
		cmocka_unit_test_setup(test_stale_companions, scratch_reset),
		cmocka_unit_test_setup(test_unfinished, scratch_reset),
		cmocka_unit_test_setup(test_unfinished_of_the_living, scratch_reset),
		cmocka_unit_test_setup(test_rebuild, scratch_reset),
		cmocka_unit_test_setup(test_rebuild_waits, scratch_reset),
		cmocka_unit_test_setup(test_foreign, scratch_reset),
		cmocka_unit_test_setup(test_not_a_file, scratch_reset),
		cmocka_unit_test_setup(test_read_fails, scratch_reset),
		cmocka_unit_test_setup(test_read_only, scratch_reset),
		cmocka_unit_test_setup(test_read_only_wal, scratch_reset),
		cmocka_unit_test_setup(test_uri, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
