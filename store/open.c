/*
 * Opening index.db. Nothing in the file is believed before its header was looked at: ours, this
 * version, our page size. What costs I/O waits for the first statement.
 *
 * Whoever has the index open holds the lock of its folder, together with others; who makes the file
 * or makes it anew (create.c) holds it alone. SQLite finds the WAL and the shared memory of a file
 * by its name: under a file that was replaced they would be those of another one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/path.h"
#include "core/base/signal.h"
#include "core/base/trace.h"
#include "store/open.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/store_int.h"
#include "store/vfs.h"

#define HEADER_LEN 100
#define BUSY_MS 5000
/*
 * Pages in the WAL before they are moved into the file: 32 MiB; every move waits for the disk
 * twice.
 */
#define WAL_PAGES 4096
/* One value: BT_FACTS_LEN_MAX and its frame. */
#define RECORD_MAX (1 << 30)
/* Times that the file may go away between making it and opening it. */
#define GONE_MAX 8
#define LOCK_STEP_MS 10

struct header {
	bool wal;
};

static uint32_t load_be(const uint8_t *p, int len)
{
	uint32_t v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

static int header_foreign(const char *path, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_CORRUPT, "'%s' is not an index of git-batho: %s", path, what);
	return bt_err_hint(err, BT_STORE_REBUILD_HINT);
}

/*
 * The first bytes of the file, through SQLite's own descriptor: closing another would drop its
 * locks.
 */
static int header_check(struct bt_store *s, struct header *ret_header, struct bt_err *err)
{
	uint8_t h[HEADER_LEN];
	sqlite3_file *file = NULL;
	uint32_t version;
	int rc;

	rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	if (rc || !file || !file->pMethods)
		return bt_store_fail(s, rc ? rc : SQLITE_CANTOPEN, err);
	rc = file->pMethods->xRead(file, h, HEADER_LEN, 0);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return header_foreign(s->path, "it is cut short", err);
	if (rc)
		return bt_store_fail(s, rc, err);
	if (memcmp(h, "SQLite format 3", 16))
		return header_foreign(s->path, "it is no database", err);
	if (load_be(h + 68, 4) != BT_STORE_APPLICATION_ID)
		return header_foreign(s->path, "it is the database of another program", err);
	version = load_be(h + 60, 4);
	if (version != BT_STORE_VERSION) {
		bt_err_set(err, BT_ERR_VERSION,
			   "index '%s' was made by %s git-batho (format %u, here %u)", s->path,
			   version > BT_STORE_VERSION ? "a newer" : "an older", version,
			   BT_STORE_VERSION);
		return bt_err_hint(err, BT_STORE_REBUILD_HINT);
	}
	if (load_be(h + 16, 2) != BT_STORE_PAGE_SIZE || h[20] != BT_STORE_PAGE_CHECK)
		return header_foreign(s->path, "its pages are not ours", err);
	if (h[18] < 1 || h[18] > 2 || h[18] != h[19])
		return header_foreign(s->path, "its header is damaged", err);
	ret_header->wal = h[18] == 2;
	return 0;
}

/* --- one connection --- */

int bt_connection_open(struct bt_store *s, const char *name, int flags, struct bt_err *err)
{
	int rc = sqlite3_open_v2(name, &s->db,
				 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
					 SQLITE_OPEN_EXRESCODE,
				 BT_VFS_NAME);

	if (!s->db)
		return bt_err_set(err, BT_ERR_FAIL, "out of memory in the index '%s'", s->path);
	bt_sqlite_harden(s->db, RECORD_MAX, s->busy_ms, WAL_PAGES);
	return rc ? bt_store_fail(s, rc, err) : 0;
}

void bt_connection_close(struct bt_store *s)
{
	int i;

	for (i = 0; i < BT_SQL_NR; i++) {
		sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

int bt_connection_exec(struct bt_store *s, const char *sql, struct bt_err *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc ? bt_store_fail(s, rc, err) : 0;
}

bool bt_store_wal_usable(const char *dir)
{
	return sqlite3_libversion_number() >= 3051003 && !bt_store_folder_remote(dir);
}

/* --- the store --- */

static struct bt_store *store_new(const char *dir, enum bt_store_mode mode)
{
	struct bt_store *s = bt_xcalloc(1, sizeof(*s));
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_path_join(&path, dir, "index.db");
	s->path = bt_xstrdup(bt_buf_cstr(&path));
	s->mode = mode;
	s->folder = -1;
	s->busy_ms = BUSY_MS;
	return s;
}

void bt_store_free(struct bt_store **ps)
{
	struct bt_store *s = *ps;

	if (!s)
		return;
	bt_store_rollback(s);
	bt_store_tree_cache_release(s);
	bt_store_segments_release(s);
	bt_frozen_release(s);
	bt_connection_close(s);
	bt_close_fd(&s->folder);
	bt_compressor_release(&s->compressor);
	bt_buf_release(&s->packed);
	bt_buf_release(&s->facts_tail.data);
	bt_buf_release(&s->hint);
	free(s->path);
	free(s);
	*ps = NULL;
}

/* --- the folder and its lock --- */

/* A reader does without: there may be no folder, or one that may be entered and not read. */
static int folder_open(struct bt_store *s, const char *dir, unsigned shared, struct bt_err *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	struct stat st;

	if (!lstat(dir, &st) && S_ISLNK(st.st_mode)) {
		bt_err_set(err, BT_ERR_READONLY, "folder '%s' is a symbolic link, and none is followed to the index",
			   dir);
		return bt_err_hint(err, "remove it; " BT_STORE_ELSEWHERE);
	}
	s->folder = open(dir, flags);
	if (s->folder >= 0 || s->mode == BT_STORE_READ)
		return 0;
	if (bt_folder_make(dir, bt_store_folder_mode(shared), NULL, err))
		return bt_err_hint(err, BT_STORE_ELSEWHERE);
	s->folder = open(dir, flags);
	return s->folder < 0 ? bt_err_errno(err, "cannot open the folder '%s'", dir) : 0;
}

/* *ret_locked: false where folders cannot be locked, as on some network file systems. */
static int folder_lock(struct bt_store *s, int how, bool *ret_locked, struct bt_err *err)
{
	int left_ms = s->busy_ms;

	*ret_locked = false;
	while (s->folder >= 0 && flock(s->folder, how | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return 0;
		if (bt_cancel_check(err))
			return BT_ERR_CANCELED;
		if (left_ms <= 0) {
			bt_err_set(err, BT_ERR_BUSY, "index '%s' is being used by another process",
				   s->path);
			return bt_err_hint(err, "try again when it has finished");
		}
		usleep(LOCK_STEP_MS * 1000);
		left_ms -= LOCK_STEP_MS;
	}
	*ret_locked = s->folder >= 0;
	return 0;
}

/* --- how the file is used --- */

static bool store_answers(struct bt_store *s)
{
	return !sqlite3_exec(s->db, bt_schema_probe_text, NULL, NULL, NULL);
}

/*
 * There is no room for the shared memory of a WAL: whoever has the index alone does without. It
 * stays that way until the store is closed.
 */
static int store_settle_alone(struct bt_store *s, struct bt_err *err)
{
	bool locked;
	int rc;

	bt_connection_close(s);
	rc = folder_lock(s, LOCK_EX, &locked, err);
	if (!rc && !locked)
		return bt_err_set(err, BT_ERR_FULL, "cannot read the index '%s': no room for its lock",
				  s->path);
	if (!rc)
		rc = bt_connection_open(s, s->path, SQLITE_OPEN_READWRITE, err);
	return rc ? rc : bt_connection_exec(s, bt_schema_alone_text, err);
}

/* Anything else that is wrong is told by the statement that meets it. */
static int store_settle_reader(struct bt_store *s, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;

	if (store_answers(s) || bt_store_fail(s, sqlite3_errcode(s->db), &ignored) != BT_ERR_FULL)
		return 0;
	return store_settle_alone(s, err);
}

/*
 * A file in WAL mode in a folder that cannot be written: SQLite cannot make the shared memory it
 * wants. Without a WAL the file is all there is and stays so, since nobody here can write it.
 */
static int store_settle_wal(struct bt_store *s, const char *dir, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
	struct stat st;
	int rc;

	if (!access(dir, W_OK))
		return store_settle_reader(s, err);
	bt_buf_addf(&name, "%s-wal", s->path);
	if (!stat(bt_buf_cstr(&name), &st) && st.st_size) {
		if (store_answers(s))
			return 0;
		bt_err_set(err, BT_ERR_READONLY,
			   "index '%s' has changes that cannot be read here: "
			   "its folder cannot be written",
			   s->path);
		return bt_err_hint(err, "run a command of git batho where it can be written");
	}
	bt_connection_close(s);
	bt_buf_clear(&name);
	bt_store_path_uri(&name, s->path);
	rc = bt_connection_open(s, bt_buf_cstr(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	return rc;
}

static int store_settle_writer(struct bt_store *s, const char *dir, const struct header *h,
			       struct bt_err *err)
{
	bool wal = bt_store_wal_usable(dir);

	if (sqlite3_db_readonly(s->db, "main") || access(dir, W_OK))
		return bt_err_set(err, BT_ERR_READONLY, "index '%s' cannot be written", s->path);
	/* When others have it open it stays as it is: the next one tries again. */
	if (h->wal != wal)
		sqlite3_exec(s->db, wal ? bt_schema_wal_text : bt_schema_journal_text, NULL, NULL,
			     NULL);
	return bt_connection_exec(s, bt_schema_writer_text, err);
}

static int store_connect(struct bt_store *s, const char *dir, struct bt_err *err)
{
	struct header h = { false };
	int rc = bt_connection_open(s, s->path, SQLITE_OPEN_READWRITE, err);

	if (!rc)
		rc = header_check(s, &h, err);
	if (!rc && s->mode == BT_STORE_WRITE)
		rc = store_settle_writer(s, dir, &h, err);
	else if (!rc && h.wal)
		rc = store_settle_wal(s, dir, err);
	return rc;
}

int bt_store_reconnect(struct bt_store *s, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf dir = BT_BUF_INIT;

	bt_buf_add(&dir, s->path, strlen(s->path) - strlen("/index.db"));
	bt_store_tree_cache_release(s);
	bt_store_segments_release(s);
	return store_connect(s, bt_buf_cstr(&dir), err);
}

/* --- opening --- */

static int store_create(struct bt_store *s, const char *dir, unsigned shared, bool fresh,
			struct bt_err *err)
{
	bool locked;
	int rc = folder_lock(s, LOCK_EX, &locked, err);

	return rc ? rc : bt_store_create(s->folder, dir, s->path, shared, fresh, locked, err);
}

/* The file is there, and stays there as long as the lock is held. */
static int store_hold(struct bt_store *s, const char *dir, unsigned shared, bool fresh,
		      struct bt_err *err)
{
	bool write = s->mode == BT_STORE_WRITE, locked;
	struct stat st;
	int i, rc = 0;

	for (i = 0; i < GONE_MAX && !rc; i++) {
		if (write && (fresh || lstat(s->path, &st)))
			rc = store_create(s, dir, shared, fresh, err);
		if (!rc)
			rc = folder_lock(s, s->alone ? LOCK_EX : LOCK_SH, &locked, err);
		if (!rc && s->alone && !locked)
			return bt_err_set(err, BT_ERR_UNSUPPORTED,
					  "cannot have the index '%s' alone: its folder cannot be locked", s->path);
		fresh = false;
		if (!rc && lstat(s->path, &st) && !write)
			return bt_err_errno(err, "cannot open the index '%s'", s->path);
		if (!rc && !lstat(s->path, &st))
			return 0;
	}
	return rc;
}

/* Takes s. */
static int store_open(struct bt_store *s, const char *dir, unsigned shared, bool fresh, struct bt_store **ret_store,
		      struct bt_err *err)
{
	int rc = 0;

	/* Memory maps turn a read error into a signal. */
	sqlite3_config(SQLITE_CONFIG_MMAP_SIZE, (sqlite3_int64)0, (sqlite3_int64)0);
	if (bt_vfs_register())
		rc = bt_err_set(err, BT_ERR_FAIL, "cannot start SQLite");
	if (!rc)
		rc = folder_open(s, dir, shared, err);
	if (!rc)
		rc = store_hold(s, dir, shared, fresh, err);
	if (!rc)
		rc = store_connect(s, dir, err);
	if (rc)
		bt_store_free(&s);
	else
		*ret_store = s;
	return rc;
}

int bt_store_open(const char *dir, enum bt_store_mode mode, unsigned shared_mode,
		  struct bt_store **ret_store, struct bt_err *err)
{
	int rc = store_open(store_new(dir, mode), dir, shared_mode, false, ret_store, err);

	bt_trace("open the index in '%s'%s: %s", dir, mode == BT_STORE_WRITE ? " to write" : "",
		 rc ? err->msg : "done");
	return rc;
}

int bt_store_rebuild(const char *dir, unsigned shared_mode, struct bt_store **ret_store,
		     struct bt_err *err)
{
	return store_open(store_new(dir, BT_STORE_WRITE), dir, shared_mode, true, ret_store, err);
}

int bt_store_open_alone(const char *dir, unsigned shared_mode, int wait_ms, struct bt_store **ret_store,
			struct bt_err *err)
{
	struct bt_store *s = store_new(dir, BT_STORE_WRITE);

	s->alone = true;
	s->busy_ms = wait_ms;
	return store_open(s, dir, shared_mode, false, ret_store, err);
}

int bt_store_open_soon(const char *dir, int wait_ms, struct bt_store **ret_store, struct bt_err *err)
{
	struct bt_store *s = store_new(dir, BT_STORE_READ);

	s->busy_ms = wait_ms;
	return store_open(s, dir, 0, false, ret_store, err);
}

const char *bt_store_sqlite_version(void)
{
	return sqlite3_libversion();
}

int bt_store_bytes(struct bt_store *s, uint64_t *ret_file_bytes, struct bt_err *err)
{
	struct stat st;

	if (stat(s->path, &st))
		return bt_err_errno(err, "cannot look at the index '%s'", s->path);
	*ret_file_bytes = (uint64_t)st.st_size;
	return 0;
}

int bt_store_used_bytes(struct bt_store *s, uint64_t *ret_bytes, struct bt_err *err)
{
	int64_t pages = 0, empty = 0;
	int rc = bt_sqlite_number(s->db, "PRAGMA page_count", &pages);

	if (!rc)
		rc = bt_sqlite_number(s->db, "PRAGMA freelist_count", &empty);
	if (rc)
		return bt_store_fail(s, rc, err);
	*ret_bytes = (uint64_t)(pages - empty) * BT_STORE_PAGE_SIZE;
	return 0;
}

void bt_store_pages_max(struct bt_store *s, size_t bytes)
{
	BT_FREE char *sql = bt_xasprintf("PRAGMA cache_size = -%zu", bytes >> 10);

	sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}
