/*
 * The file of the frozen tier: finding, making and opening it, groups in and out.
 *
 * It is written rarely and read by few: no WAL, and every commit is on the disk when it returns.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/path.h"
#include "core/base/trace.h"
#include "store/frozen_int.h"
#include "store/open.h"
#include "store/schema.h"
#include "store/sqlite.h"

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x
/* Without a WAL readers wait for a commit, which is short. */
#define BUSY_MS 10000

static const char file_before_text[] =
	"PRAGMA page_size = " TEXT(BT_STORE_PAGE_SIZE) ";"
	"PRAGMA journal_mode = MEMORY;"
	"PRAGMA synchronous = OFF;"
	"PRAGMA application_id = " TEXT(BT_FROZEN_APPLICATION_ID) ";"
	"PRAGMA user_version = " TEXT(BT_FROZEN_VERSION) ";"
	"BEGIN;"
	"CREATE TABLE home (id INTEGER PRIMARY KEY, name TEXT NOT NULL, path BLOB NOT NULL);"
	"CREATE TABLE grp (id INTEGER PRIMARY KEY, data BLOB NOT NULL);";
static const char file_after_text[] = "COMMIT; PRAGMA journal_mode = DELETE;";
static const char file_writer_text[] =
	"PRAGMA synchronous = FULL;"
	"PRAGMA secure_delete = OFF;"
	"PRAGMA cell_size_check = ON;";

static const struct bt_sqlite_name frozen_name = {
	.noun = "frozen part",
	.damaged = "remove that file: what it holds is indexed again when it is needed",
	.full = "free some space, or set batho.cache.frozenDir to another folder",
	.busy = "try again when it has finished",
	.elsewhere = "batho.cache.frozenDir names another folder for it",
	.move_away = "move it away: what it holds is indexed again when it is needed",
};

struct bt_frozen *bt_frozen_get(struct bt_store *s)
{
	if (!s->frozen) {
		s->frozen = bt_xcalloc(1, sizeof(*s->frozen));
		s->frozen->thawed_max = BT_THAWED_DEFAULT;
		s->frozen->file.busy_ms = BUSY_MS;
	}
	return s->frozen;
}

void bt_store_frozen_folder(struct bt_store *s, const char *folder)
{
	struct bt_frozen *f = bt_frozen_get(s);

	bt_frozen_close(f);
	free(f->folder);
	f->folder = folder && *folder ? bt_xstrdup(folder) : NULL;
	free(f->path);
	f->path = NULL;
	f->looked = false;
}

int bt_frozen_damaged(struct bt_frozen *f, const char *what, struct bt_err *err)
{
	return bt_sqlite_damaged(&frozen_name, f->path, what, err);
}

static int file_away(const struct bt_frozen *f, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_NOT_FOUND, "the file '%s' of frozen facts is not there", f->path);
	return bt_err_hint(err, "`git batho index` makes the facts again that are needed");
}

static int file_fail(struct bt_frozen *f, int rc, struct bt_err *err)
{
	return bt_sqlite_fail(f->file.db, &frozen_name, f->path, rc, err);
}

/* --- finding it --- */

static char *path_in(const char *folder, const char *name)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_path_join(&path, folder, "frozen-");
	bt_buf_addf(&path, "%s.db", name);
	return bt_xstrdup(bt_buf_cstr(&path));
}

static char *index_folder(const struct bt_store *s)
{
	const char *slash = strrchr(s->path, '/');

	return slash ? bt_xstrndup(s->path, (size_t)(slash - s->path)) : bt_xstrdup(".");
}

/* In the folder that is set, else beside the index: it was made there before the folder was set. */
static char *path_find(struct bt_store *s, const char *name)
{
	const struct bt_frozen *f = s->frozen;
	BT_FREE char *beside = index_folder(s);
	BT_FREE char *path = f->folder ? path_in(f->folder, name) : NULL;
	BT_FREE char *other = path_in(beside, name);
	char *found;

	if (!path || (access(path, F_OK) && !access(other, F_OK))) {
		found = other;
		other = NULL;
	} else {
		found = path;
		path = NULL;
	}
	return found;
}

static bool name_is_sane(const char *name)
{
	return name && strlen(name) == BT_FROZEN_NAME_LEN && strspn(name, "0123456789abcdef") == BT_FROZEN_NAME_LEN;
}

int bt_frozen_find_file(struct bt_store *s, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	struct bt_frozen *f = bt_frozen_get(s);
	const char *name;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_FILE, &q, err);

	if (!rc)
		rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	name = (const char *)sqlite3_column_text(q, 0);
	if (!name_is_sane(name))
		return bt_store_corrupt(s, err, "the name of its frozen facts makes no sense");
	if (f->path && !strcmp(f->name, name))
		return BT_ROW;
	/* another process has written it anew */
	bt_frozen_close(f);
	bt_frozen_thawed_forget(f);
	strcpy(f->name, name);
	free(f->path);
	f->path = path_find(s, name);
	return BT_ROW;
}

const char *bt_store_frozen_path(struct bt_store *s, struct bt_err *err)
{
	return bt_frozen_find_file(s, err) == BT_ROW ? s->frozen->path : NULL;
}

/* --- opening --- */

void bt_frozen_close(struct bt_frozen *f)
{
	bt_connection_close(&f->file);
	f->file.path = NULL;
}

int bt_frozen_exec(struct bt_frozen *f, const char *sql, struct bt_err *err)
{
	int rc = sqlite3_exec(f->file.db, sql, NULL, NULL, NULL);

	return rc ? file_fail(f, rc, err) : 0;
}

static int file_prepare(struct bt_frozen *f, const char *sql, sqlite3_stmt **ret_q, struct bt_err *err)
{
	int rc = sqlite3_prepare_v2(f->file.db, sql, -1, ret_q, NULL);

	return rc ? file_fail(f, rc, err) : 0;
}

static void statement_release(sqlite3_stmt **q)
{
	sqlite3_finalize(*q);
}
#define STATEMENT_OWNED BT_CLEANUP(statement_release)

static int file_step(struct bt_frozen *f, sqlite3_stmt *q, struct bt_err *err)
{
	int rc = sqlite3_step(q);

	return rc == SQLITE_ROW ? BT_ROW : rc == SQLITE_DONE ? BT_DONE : file_fail(f, rc, err);
}

/* Is it ours? Another one under this name is none that we could use. */
static int file_check(struct bt_frozen *f, struct bt_err *err)
{
	STATEMENT_OWNED sqlite3_stmt *q = NULL;
	const char *name;
	int rc = file_prepare(f, "SELECT name FROM home WHERE id = 1", &q, err);

	if (!rc)
		rc = file_step(f, q, err);
	if (rc < 0)
		return rc == BT_ERR_FAIL ? bt_frozen_damaged(f, "it is no such file", err) : rc;
	name = rc == BT_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
	return name && !strcmp(name, f->name) ? 0 : bt_frozen_damaged(f, "it belongs to another index", err);
}

int bt_frozen_open(struct bt_store *s, struct bt_err *err)
{
	struct bt_frozen *f = s->frozen;
	bool write;
	int rc;

	if (f->file.db)
		return 0;
	if (access(f->path, R_OK))
		return file_away(f, err);
	write = s->mode == BT_STORE_WRITE && !access(f->path, W_OK);
	f->file.path = f->path;
	rc = bt_connection_open(&f->file, f->path, write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, err);
	if (!rc)
		rc = file_check(f, err);
	if (!rc && write)
		rc = bt_frozen_exec(f, file_writer_text, err);
	bt_trace("open the frozen facts in '%s': %s", f->path, rc ? err->msg : "done");
	if (rc)
		bt_frozen_close(f);
	return rc == BT_ERR_READONLY ? file_away(f, err) : rc;
}

/* --- making --- */

void bt_frozen_unlink(const char *path)
{
	static const char *const ends[] = { "", "-journal", "-wal", "-shm" };

	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++) {
		BT_FREE char *name = bt_xasprintf("%s%s", path, ends[i]);

		unlink(name);
	}
}

static int name_make(char name[BT_FROZEN_NAME_LEN + 1], struct bt_err *err)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[BT_FROZEN_NAME_LEN / 2];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return bt_err_errno(err, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(raw); i++) {
		name[2 * i] = digits[raw[i] >> 4];
		name[2 * i + 1] = digits[raw[i] & 15];
	}
	name[BT_FROZEN_NAME_LEN] = '\0';
	return 0;
}

static int file_fill(struct bt_store *s, struct bt_err *err)
{
	struct bt_frozen *f = s->frozen;
	STATEMENT_OWNED sqlite3_stmt *q = NULL;
	int reserve = BT_STORE_PAGE_CHECK;
	int rc = bt_connection_open(&f->file, f->path, SQLITE_OPEN_READWRITE, err);

	if (rc)
		return rc;
	sqlite3_file_control(f->file.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	rc = bt_frozen_exec(f, file_before_text, err);
	if (!rc)
		rc = file_prepare(f, "INSERT INTO home (id, name, path) VALUES (1, ?1, ?2)", &q, err);
	if (rc)
		return rc;
	sqlite3_bind_text(q, 1, f->name, -1, SQLITE_STATIC);
	bt_sql_bind_bytes(q, 2, s->path, strlen(s->path));
	rc = file_step(f, q, err);
	sqlite3_reset(q);
	if (rc == BT_DONE)
		rc = bt_frozen_exec(f, file_after_text, err);
	return rc ? rc : bt_frozen_exec(f, file_writer_text, err);
}

/* Its name is nobody's until index.db has it: it need not be made under another one. */
int bt_frozen_make(struct bt_store *s, unsigned shared_mode, struct bt_err *err)
{
	struct bt_frozen *f = bt_frozen_get(s);
	BT_FREE char *folder = f->folder ? bt_xstrdup(f->folder) : index_folder(s);
	BT_CLOSE int fd = -1;
	int rc;

	bt_frozen_close(f);
	if (access(folder, F_OK)) {
		bt_err_errno(err, "cannot freeze facts into '%s'", folder);
		return bt_err_hint(err, "make the folder, or set batho.cache.frozenDir to another one");
	}
	rc = name_make(f->name, err);
	if (rc)
		return rc;
	free(f->path);
	f->path = path_in(folder, f->name);
	fd = open(f->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, 0600 | (shared_mode & 0666))) {
		bt_err_errno(err, "cannot make the file '%s' for frozen facts", f->path);
		return bt_err_hint(err, "set batho.cache.frozenDir to a folder that can be written");
	}
	f->file.path = f->path;
	rc = file_fill(s, err);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot write '%s'", f->path);
	if (!rc)
		rc = bt_file_sync_folder(f->path, err);
	if (rc) {
		bt_frozen_close(f);
		bt_frozen_unlink(f->path);
		free(f->path);
		f->path = NULL;
	}
	return rc;
}

/* --- groups --- */

int bt_frozen_group_read(struct bt_frozen *f, int64_t group, struct bt_buf *out, struct bt_err *err)
{
	STATEMENT_OWNED sqlite3_stmt *q = NULL;
	const void *p;
	size_t len;
	int rc = file_prepare(f, "SELECT data FROM grp WHERE id = ?1", &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, group);
	rc = file_step(f, q, err);
	if (rc != BT_ROW)
		return rc;
	p = bt_sql_bytes(q, 0, &len);
	bt_buf_clear(out);
	bt_buf_add(out, p, len);
	rc = bt_buf_check(out, "frozen facts", err);
	return rc ? rc : BT_ROW;
}

int bt_frozen_group_put(struct bt_frozen *f, int64_t group, const void *p, size_t len, struct bt_err *err)
{
	STATEMENT_OWNED sqlite3_stmt *q = NULL;
	int rc = file_prepare(f, "INSERT OR REPLACE INTO grp (id, data) VALUES (?1, ?2)", &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, group);
	bt_sql_bind_bytes(q, 2, p, len);
	return file_step(f, q, err);
}

int bt_frozen_groups_drop_above(struct bt_frozen *f, int64_t group, struct bt_err *err)
{
	STATEMENT_OWNED sqlite3_stmt *q = NULL;
	int rc = file_prepare(f, "DELETE FROM grp WHERE id > ?1", &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, group);
	return file_step(f, q, err);
}

/* --- the lock --- */

int bt_frozen_lock(struct bt_store *s, int *ret_fd, struct bt_err *err)
{
	BT_FREE char *folder = index_folder(s);
	BT_FREE char *path = bt_xasprintf("%s/frozen.lock", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return bt_err_errno(err, "cannot open '%s'", path);
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		close(fd);
		bt_err_set(err, BT_ERR_BUSY, "another process works on the frozen facts of '%s'", s->path);
		return bt_err_hint(err, "try again when it has finished");
	}
	*ret_fd = fd;
	return 0;
}

static bool name_is_stray(const char *file, const char *own)
{
	static const char start[] = "frozen-";
	size_t len = sizeof(start) - 1;

	return !strncmp(file, start, len) && strspn(file + len, "0123456789abcdef") >= BT_FROZEN_NAME_LEN &&
	       !strncmp(file + len + BT_FROZEN_NAME_LEN, ".db", 3) && strncmp(file + len, own, BT_FROZEN_NAME_LEN);
}

void bt_frozen_strays_remove(struct bt_store *s)
{
	struct bt_err ignored = BT_ERR_INIT;
	BT_FREE char *folder = index_folder(s);
	const char *own = bt_frozen_find_file(s, &ignored) == BT_ROW ? s->frozen->name : "";
	DIR *list = ignored.code ? NULL : opendir(folder);
	const struct dirent *e;

	while (list && (e = readdir(list))) {
		BT_FREE char *path = bt_xasprintf("%s/%s", folder, e->d_name);

		if (name_is_stray(e->d_name, own))
			unlink(path);
	}
	if (list)
		closedir(list);
}
