/*
 * Opening index.db. Nothing in the file is believed before its header was looked at: ours, this
 * version, our page size. What costs I/O waits for the first statement.
 *
 * A new file is made under another name and linked into place when it is complete, under a lock on
 * the folder, so that nobody ever sees half of one and left-overs of an earlier file (its WAL
 * above all) cannot be taken for its own. Whoever makes one first removes what others left that
 * were killed while they made theirs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/path.h"
#include "store/open.h"
#include "store/schema.h"
#include "store/store_int.h"
#include "store/vfs.h"

#define HEADER_LEN 100
#define BUSY_MS 5000
/*
 * Pages in the WAL before they are moved into the file: 32 MiB; every move waits for the disk
 * twice.
 */
#define WAL_PAGES 4096
/* The name of a file that is being made: this and the number of its process. */
#define NEW_PREFIX "index.db.new-"
/* Where nothing can be locked: making a file takes a part of a second. */
#define NEW_AGE_S 3600

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

static void connection_harden(sqlite3 *db)
{
	static const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 1 << 30 }, /* BT_FACTS_LEN_MAX and its frame */
		{ SQLITE_LIMIT_SQL_LENGTH, 1 << 16 },	  { SQLITE_LIMIT_COLUMN, 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 64 },	  { SQLITE_LIMIT_COMPOUND_SELECT, 4 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },	  { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 }, { SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },	  { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(limits); i++)
		sqlite3_limit(db, limits[i].id, limits[i].value);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_wal_autocheckpoint(db, WAL_PAGES);
}

/* name: a path, or a URI with SQLITE_OPEN_URI in flags. */
static int connection_open(struct bt_store *s, const char *name, int flags, struct bt_err *err)
{
	int rc = sqlite3_open_v2(name, &s->db,
				 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
					 SQLITE_OPEN_EXRESCODE,
				 BT_VFS_NAME);

	if (!s->db)
		return bt_err_set(err, BT_ERR_FAIL, "out of memory in the index '%s'", s->path);
	connection_harden(s->db);
	return rc ? bt_store_fail(s, rc, err) : 0;
}

static void connection_close(struct bt_store *s)
{
	int i;

	for (i = 0; i < BT_SQL_NR; i++) {
		sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static int connection_exec(struct bt_store *s, const char *sql, struct bt_err *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc ? bt_store_fail(s, rc, err) : 0;
}

/* --- places --- */

static unsigned file_mode(unsigned shared)
{
	return 0600 | (shared & 0666);
}

static unsigned folder_mode(unsigned shared)
{
	unsigned mode = 0700 | (shared & 0666);

	/* Who may read may enter; what is made inside stays with the group, as git has it. */
	mode |= (mode & 0444) >> 2;
	return shared & 0070 ? mode | S_ISGID : mode;
}

static bool wal_usable(const char *dir)
{
	return sqlite3_libversion_number() >= 3051003 && !bt_store_folder_remote(dir);
}

static void companion_path(struct bt_buf *out, const char *path, const char *end)
{
	bt_buf_clear(out);
	bt_buf_adds(out, path);
	bt_buf_adds(out, end);
}

static int companions_remove(const char *path, struct bt_err *err)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal" };
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(ends); i++) {
		companion_path(&name, path, ends[i]);
		if (unlink(bt_buf_cstr(&name)) && errno != ENOENT)
			return bt_err_errno(err, "cannot remove '%s'", bt_buf_cstr(&name));
	}
	return 0;
}

/* --- a new file --- */

static int file_fill(const char *path, bool wal, struct bt_err *err)
{
	struct bt_store s = { .path = (char *)path };
	int reserve = BT_STORE_PAGE_CHECK;
	int rc = connection_open(&s, path, SQLITE_OPEN_READWRITE, err);

	if (!rc) {
		sqlite3_file_control(s.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
		rc = connection_exec(&s, bt_schema_before_text, err);
	}
	if (!rc)
		rc = connection_exec(&s, "BEGIN", err);
	if (!rc)
		rc = connection_exec(&s, bt_schema_text, err);
	if (!rc)
		rc = connection_exec(&s, "COMMIT", err);
	if (!rc)
		rc = connection_exec(&s, wal ? bt_schema_wal_text : bt_schema_journal_text, err);
	connection_close(&s);
	return rc;
}

/*
 * Under the lock nobody else gives a file this name, and renaming never leaves two names. Without
 * one, linking decides who was first; some file systems have no links.
 */
static int file_name(const char *from, const char *to, bool locked, struct bt_err *err)
{
	if (!locked && (!link(from, to) || errno == EEXIST))
		return unlink(from) ? bt_err_errno(err, "cannot remove '%s'", from) : 0;
	if (rename(from, to))
		return bt_err_errno(err, "cannot create the index '%s'", to);
	return 0;
}

static int file_make(const char *path, const char *dir, unsigned shared, bool locked,
		     struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf temp = BT_BUF_INIT;
	BT_CLOSE int fd = -1;
	int rc;

	bt_path_join(&temp, dir, NEW_PREFIX);
	bt_buf_addf(&temp, "%ld", (long)getpid());
	unlink(bt_buf_cstr(&temp));
	fd = open(bt_buf_cstr(&temp), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, file_mode(shared)))
		return bt_err_errno(err, "cannot create the index '%s'", path);
	rc = companions_remove(path, err);
	if (!rc)
		rc = file_fill(bt_buf_cstr(&temp), wal_usable(dir), err);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot write the index '%s'", path);
	if (!rc)
		rc = file_name(bt_buf_cstr(&temp), path, locked, err);
	if (rc) {
		struct bt_err ignored = BT_ERR_INIT;

		unlink(bt_buf_cstr(&temp));
		companions_remove(bt_buf_cstr(&temp), &ignored);
	}
	return rc;
}

/* NEW_PREFIX and a number, or what SQLite puts beside such a file. */
static bool name_is_new(const char *name)
{
	size_t len = strlen(NEW_PREFIX), digits;

	if (strncmp(name, NEW_PREFIX, len))
		return false;
	digits = strspn(name + len, "0123456789");
	return digits && (!name[len + digits] || name[len + digits] == '-');
}

/*
 * Files that a killed process was making. Under the lock there can be no other; without it one may
 * be somebody's, unless it is old. What cannot be removed is in nobody's way.
 */
static void leftovers_remove(int folder, bool locked)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	struct stat st;

	if (!list) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(list)))
		if (name_is_new(e->d_name) &&
		    (locked || (!fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
				st.st_mtime + NEW_AGE_S < time(NULL))))
			unlinkat(folder, e->d_name, 0);
	closedir(list);
}

/* Under a lock on the folder. fresh: what is there goes first. */
static int file_create(const char *dir, const char *path, unsigned shared, bool fresh,
		       struct bt_err *err)
{
	BT_CLOSE int folder = -1;
	bool locked;
	int rc = bt_folder_make(dir, folder_mode(shared), NULL, err);

	if (rc)
		return rc;
	folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return bt_err_errno(err, "cannot open the folder '%s'", dir);
	/* Some network file systems cannot lock a folder. */
	do
		locked = !flock(folder, LOCK_EX);
	while (!locked && errno == EINTR);
	leftovers_remove(folder, locked);
	if (fresh && unlink(path) && errno != ENOENT)
		return bt_err_errno(err, "cannot remove the index '%s'", path);
	if (!access(path, F_OK))
		return 0;
	return file_make(path, dir, shared, locked, err);
}

/* --- the store --- */

static struct bt_store *store_new(const char *dir, enum bt_store_mode mode)
{
	struct bt_store *s = bt_xcalloc(1, sizeof(*s));
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_path_join(&path, dir, "index.db");
	s->path = bt_xstrdup(bt_buf_cstr(&path));
	s->mode = mode;
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
	connection_close(s);
	bt_compressor_release(&s->compressor);
	bt_buf_release(&s->packed);
	bt_buf_release(&s->facts_tail.data);
	bt_buf_release(&s->hint);
	free(s->path);
	free(s);
	*ps = NULL;
}

/*
 * A file in WAL mode in a folder that cannot be written: SQLite cannot make the shared memory it
 * wants. Without a WAL the file is all there is and stays so, since nobody here can write it.
 */
static int store_settle_readonly(struct bt_store *s, const char *dir, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
	struct stat st;
	int rc;

	if (!access(dir, W_OK))
		return 0;
	companion_path(&name, s->path, "-wal");
	if (!stat(bt_buf_cstr(&name), &st) && st.st_size) {
		if (!sqlite3_exec(s->db, "SELECT id FROM language LIMIT 1", NULL, NULL, NULL))
			return 0;
		bt_err_set(err, BT_ERR_READONLY,
			   "index '%s' has changes that cannot be read here: "
			   "its folder cannot be written",
			   s->path);
		return bt_err_hint(err, "run a command of git batho where it can be written");
	}
	connection_close(s);
	bt_buf_clear(&name);
	bt_store_path_uri(&name, s->path);
	rc = connection_open(s, bt_buf_cstr(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	return rc;
}

static int store_settle_writer(struct bt_store *s, const char *dir, const struct header *h,
			       struct bt_err *err)
{
	bool wal = wal_usable(dir);

	if (sqlite3_db_readonly(s->db, "main") || access(dir, W_OK))
		return bt_err_set(err, BT_ERR_READONLY, "index '%s' cannot be written", s->path);
	/* When others have it open it stays as it is: the next one tries again. */
	if (h->wal != wal)
		sqlite3_exec(s->db, wal ? bt_schema_wal_text : bt_schema_journal_text, NULL, NULL,
			     NULL);
	return connection_exec(s, bt_schema_writer_text, err);
}

static int store_connect(struct bt_store *s, const char *dir, struct bt_err *err)
{
	struct header h = { false };
	int rc = connection_open(s, s->path, SQLITE_OPEN_READWRITE, err);

	if (!rc)
		rc = header_check(s, &h, err);
	if (!rc && s->mode == BT_STORE_WRITE)
		rc = store_settle_writer(s, dir, &h, err);
	else if (!rc && h.wal)
		rc = store_settle_readonly(s, dir, err);
	return rc;
}

static int store_open(const char *dir, enum bt_store_mode mode, unsigned shared, bool fresh,
		      struct bt_store **ret_store, struct bt_err *err)
{
	struct bt_store *s = store_new(dir, mode);
	struct stat st;
	int rc = 0;

	/* Memory maps turn a read error into a signal. */
	sqlite3_config(SQLITE_CONFIG_MMAP_SIZE, (sqlite3_int64)0, (sqlite3_int64)0);
	if (bt_vfs_register())
		rc = bt_err_set(err, BT_ERR_FAIL, "cannot start SQLite");
	if (!rc && (fresh || lstat(s->path, &st))) {
		if (mode == BT_STORE_WRITE)
			rc = file_create(dir, s->path, shared, fresh, err);
		else
			rc = bt_err_errno(err, "cannot open the index '%s'", s->path);
	}
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
	return store_open(dir, mode, shared_mode, false, ret_store, err);
}

int bt_store_rebuild(const char *dir, unsigned shared_mode, struct bt_store **ret_store,
		     struct bt_err *err)
{
	return store_open(dir, BT_STORE_WRITE, shared_mode, true, ret_store, err);
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
