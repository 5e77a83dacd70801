/*
 * Making and opening queue.db. A new file is filled under another name and then linked to its own: of several processes
 * that make one at once the first wins, and nobody sees half of one. It is never removed by us.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/path.h"
#include "core/base/trace.h"
#include "store/open.h"
#include "store/queue_int.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/vfs.h"

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x
/* 1 MiB: every move of the WAL into the file waits for the disk. */
#define WAL_PAGES 128
/* One value. */
#define RECORD_MAX (64 << 20)

int64_t bt_queue_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int bt_queue_key_make(char *ret_key, struct bt_err *err)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[BT_ACTION_KEY_LEN / 2];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return bt_err_errno(err, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(raw); i++) {
		ret_key[2 * i] = digits[raw[i] >> 4];
		ret_key[2 * i + 1] = digits[raw[i] & 15];
	}
	ret_key[BT_ACTION_KEY_LEN] = '\0';
	return 0;
}

const char *bt_queue_path(const struct bt_queue *q)
{
	return q->path;
}

/* --- one connection --- */

static const struct bt_sqlite_name queue_name = {
	.noun = "queue",
	.damaged = "move it away and restore a backup; what landed is in git, what was captured is below refs/batho/",
	.full = "free some space",
	.busy = "try again",
	.move_away = "move it away, and the next command makes a new one",
};

int bt_queue_fail(struct bt_queue *q, int rc, struct bt_err *err)
{
	return bt_sqlite_fail(q->db, &queue_name, q->path, rc, err);
}

int bt_queue_exec(struct bt_queue *q, const char *sql, struct bt_err *err)
{
	int rc = sqlite3_exec(q->db, sql, NULL, NULL, NULL);

	return rc ? bt_queue_fail(q, rc, err) : 0;
}

int bt_queue_connect(struct bt_queue *q, const char *name, int flags, int busy_ms, struct bt_err *err)
{
	int rc = sqlite3_open_v2(name, &q->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
				 BT_VFS_NAME);

	if (!q->db)
		return bt_err_set(err, BT_ERR_FAIL, "out of memory in the queue '%s'", q->path);
	bt_sqlite_harden(q->db, RECORD_MAX, busy_ms, WAL_PAGES);
	return rc ? bt_queue_fail(q, rc, err) : 0;
}

void bt_queue_disconnect(struct bt_queue *q)
{
	for (int i = 0; i < BT_QSQL_NR; i++) {
		sqlite3_finalize(q->stmts[i]);
		q->stmts[i] = NULL;
	}
	sqlite3_close(q->db);
	q->db = NULL;
}

/* --- a new file --- */

static int fill(const char *temp, const char *path, bool wal, struct bt_err *err)
{
	struct bt_queue q = { .path = (char *)path };
	int reserve = BT_STORE_PAGE_CHECK;
	int rc = bt_queue_connect(&q, temp, SQLITE_OPEN_READWRITE, 0, err);

	if (!rc) {
		sqlite3_file_control(q.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
		rc = bt_queue_exec(&q,
			  "PRAGMA page_size = " TEXT(BT_STORE_PAGE_SIZE) ";"
			  "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
			  "PRAGMA application_id = " TEXT(BT_QUEUE_APPLICATION_ID) ";"
			  "PRAGMA user_version = " TEXT(BT_QUEUE_VERSION) ";"
			  "BEGIN;",
			  err);
	}
	if (!rc)
		rc = bt_queue_exec(&q, bt_queue_schema_text, err);
	if (!rc)
		rc = bt_queue_exec(&q, "INSERT INTO setting (name, value) VALUES ('fence', 0); COMMIT;", err);
	if (!rc)
		rc = bt_queue_exec(&q, wal ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE", err);
	bt_queue_disconnect(&q);
	return rc;
}

static int make(const char *dir, const char *path, unsigned shared, struct bt_err *err)
{
	BT_FREE char *temp = bt_xasprintf("%s.new-%ld", path, (long)getpid());
	BT_CLOSE int fd = -1;
	int rc;

	if (bt_folder_make(dir, bt_store_folder_mode(shared), NULL, err))
		return err->code;
	unlink(temp);
	fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, 0600 | (shared & 0666)))
		return bt_err_errno(err, "cannot make the queue '%s'", path);
	rc = fill(temp, path, bt_store_wal_usable(dir), err);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot write the queue '%s'", path);
	if (!rc && link(temp, path) && errno != EEXIST)
		rc = bt_err_errno(err, "cannot make the queue '%s'", path);
	unlink(temp);
	return rc ? rc : bt_file_sync_folder(path, err);
}

/* --- the file that is there --- */

int bt_queue_header_number(struct bt_queue *q, const char *pragma, int64_t *ret, struct bt_err *err)
{
	int rc = bt_sqlite_number(q->db, pragma, ret);

	return rc ? bt_queue_fail(q, rc, err) : 0;
}

/* Where nothing can be written the format stays what it is. */
static int upgrade(struct bt_queue *q, const char *dir, unsigned shared, int64_t version, struct bt_err *err)
{
	if (!sqlite3_db_readonly(q->db, "main") && !access(dir, W_OK))
		return bt_queue_migrate(q, 0600 | (shared & 0666), err);
	bt_err_set(err, BT_ERR_READONLY, "queue '%s' has format %d and cannot be brought to format %d: it cannot be written", q->path,
		   (int)version, BT_QUEUE_VERSION);
	return bt_err_hint(err, "run `git batho queue status` where it can be written");
}

/* Ours, and of this version? *ret_version: the file's. */
static int check(struct bt_queue *q, int64_t *ret_version, struct bt_err *err)
{
	int64_t application = 0, version = 0;

	if (bt_queue_header_number(q, "PRAGMA application_id", &application, err) || bt_queue_header_number(q, "PRAGMA user_version", &version, err))
		return err->code;
	if (application != BT_QUEUE_APPLICATION_ID) {
		bt_err_set(err, BT_ERR_CORRUPT, "'%s' is not a queue of git-batho", q->path);
		return bt_err_hint(err, "move it away, and the next command makes a new one");
	}
	*ret_version = version;
	if (version < 1)
		return bt_err_set(err, BT_ERR_CORRUPT, "queue '%s' is damaged: there is no format %lld", q->path, (long long)version);
	if (version > BT_QUEUE_VERSION) {
		bt_err_set(err, BT_ERR_VERSION, "queue '%s' was made by a newer git-batho (format %lld, here %d)", q->path,
			   (long long)version, BT_QUEUE_VERSION);
		return bt_err_hint(err, "update git-batho");
	}
	return 0;
}

static int settle(struct bt_queue *q, const char *dir, struct bt_err *err)
{
	if (q->mode == BT_QUEUE_READ)
		return 0;
	if (sqlite3_db_readonly(q->db, "main") || access(dir, W_OK))
		return bt_err_set(err, BT_ERR_READONLY, "queue '%s' cannot be written", q->path);
	return bt_queue_exec(q, "PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF; PRAGMA cell_size_check = ON;", err);
}

/* A folder of ours that is a symbolic link would lead somebody's writes elsewhere. */
static int folder_check(const char *dir, struct bt_err *err)
{
	struct stat st;

	if (!lstat(dir, &st) && S_ISLNK(st.st_mode))
		return bt_err_set(err, BT_ERR_READONLY, "folder '%s' is a symbolic link, and none is followed to the queue", dir);
	return 0;
}

int bt_queue_open(const char *dir, enum bt_queue_mode mode, unsigned shared_mode, int busy_ms, struct bt_queue **ret_q,
		  struct bt_err *err)
{
	struct bt_queue *q = bt_xcalloc(1, sizeof(*q));
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT, uri = BT_BUF_INIT;
	int64_t version = 0;
	struct stat st;
	int rc;

	bt_path_join(&path, dir, "queue.db");
	q->path = bt_xstrdup(bt_buf_cstr(&path));
	q->mode = mode;
	sqlite3_config(SQLITE_CONFIG_MMAP_SIZE, (sqlite3_int64)0, (sqlite3_int64)0);
	rc = folder_check(dir, err);
	if (!rc && bt_vfs_register())
		rc = bt_err_set(err, BT_ERR_FAIL, "cannot start SQLite");
	if (!rc && lstat(q->path, &st)) {
		if (errno != ENOENT)
			rc = bt_err_errno(err, "cannot open the queue '%s'", q->path);
		else if (mode == BT_QUEUE_READ)
			rc = bt_err_set(err, BT_ERR_NOT_FOUND, "there is no queue yet ('%s')", q->path);
		else
			rc = make(dir, q->path, shared_mode, err);
	}
	if (!rc && mode == BT_QUEUE_READ && access(dir, W_OK)) {
		/* where nothing can be written, nobody writes */
		bt_store_path_uri(&uri, q->path);
		rc = bt_queue_connect(q, bt_buf_cstr(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, busy_ms, err);
	} else if (!rc) {
		rc = bt_queue_connect(q, q->path, SQLITE_OPEN_READWRITE, busy_ms, err);
	}
	if (!rc)
		rc = check(q, &version, err);
	if (!rc && version < BT_QUEUE_VERSION)
		rc = upgrade(q, dir, shared_mode, version, err);
	if (!rc)
		rc = settle(q, dir, err);
	bt_trace("open the queue in '%s': %s", dir, rc ? err->msg : "done");
	if (rc)
		bt_queue_free(&q);
	else
		*ret_q = q;
	return rc;
}

void bt_queue_agent_set(struct bt_queue *q, const char *agent)
{
	free(q->agent);
	q->agent = agent ? bt_xstrdup(agent) : NULL;
}

void bt_queue_free(struct bt_queue **pq)
{
	struct bt_queue *q = *pq;

	if (!q)
		return;
	bt_queue_rollback(q);
	bt_queue_disconnect(q);
	free(q->path);
	free(q->agent);
	bt_queue_head_forget(q);
	free(q);
	*pq = NULL;
}

/* What a statement says first, unless it is "ok". */
static int verify_by(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err)
{
	int rc = bt_queue_sql_step(q, s, err);
	const char *said;
	size_t len;

	if (rc != BT_ROW)
		return rc;
	said = bt_sqlite_said((const char *)sqlite3_column_text(s, 0), &len);
	if (!strcmp(said, "ok"))
		return 0;
	return bt_err_set(err, BT_ERR_CORRUPT, "queue '%s' is damaged: %.*s", q->path, (int)len, said);
}

int bt_queue_verify(struct bt_queue *q, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *refs = NULL;
	sqlite3_stmt *pages = NULL;
	int rc = sqlite3_prepare_v2(q->db, "PRAGMA integrity_check(1)", -1, &pages, NULL);

	rc = rc ? bt_queue_fail(q, rc, err) : verify_by(q, pages, err);
	sqlite3_finalize(pages);
	if (rc || bt_queue_sql_get(q, BT_QSQL_VERIFY, &refs, err))
		return err->code;
	return verify_by(q, refs, err);
}

/* --- transactions --- */

static int run(struct bt_queue *q, enum bt_queue_sql id, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	return bt_queue_sql_get(q, id, &s, err) ? err->code : bt_queue_sql_run(q, s, err);
}

int bt_queue_begin(struct bt_queue *q, struct bt_err *err)
{
	if (q->mode != BT_QUEUE_WRITE)
		return bt_err_set(err, BT_ERR_READONLY, "queue '%s' was opened for reading", q->path);
	if (q->writing)
		return bt_err_set(err, BT_ERR_FAIL, "queue '%s' is already in a transaction", q->path);
	if (run(q, BT_QSQL_BEGIN, err))
		return err->code;
	q->writing = true;
	if (q->fence && bt_queue_fence_check(q, err)) {
		bt_queue_rollback(q);
		return err->code;
	}
	return 0;
}

int bt_queue_commit(struct bt_queue *q, struct bt_err *err)
{
	int rc = run(q, BT_QSQL_COMMIT, err);

	bt_queue_head_forget(q);
	if (rc)
		bt_queue_rollback(q);
	q->writing = false;
	return rc;
}

void bt_queue_rollback(struct bt_queue *q)
{
	struct bt_err ignored = BT_ERR_INIT;

	if (!q->writing)
		return;
	q->writing = false;
	bt_queue_head_forget(q);
	/* a full disk and the like have rolled back already */
	if (!sqlite3_get_autocommit(q->db))
		run(q, BT_QSQL_ROLLBACK, &ignored);
}

int bt_queue_end(struct bt_queue *q, int rc, struct bt_err *err)
{
	if (!rc)
		return bt_queue_commit(q, err);
	bt_queue_rollback(q);
	return rc;
}

int bt_queue_scope_begin(struct bt_queue *q, struct bt_queue_scope *scope, struct bt_err *err)
{
	scope->own = !q->writing;
	return scope->own ? bt_queue_begin(q, err) : 0;
}

int bt_queue_scope_end(struct bt_queue *q, struct bt_queue_scope *scope, int rc, struct bt_err *err)
{
	return scope->own ? bt_queue_end(q, rc, err) : rc;
}

int bt_queue_write(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, bt_queue_sql_run(q, s, err), err);
}
