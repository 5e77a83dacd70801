/*
 * Making index.db. A new file is made under another name and gets its own when it is complete, under
 * a lock on the folder, so that nobody ever sees half of one and left-overs of an earlier file (its
 * WAL above all) cannot be taken for its own. Whoever makes one first removes what others left that
 * were killed while they made theirs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/path.h"
#include "store/open.h"
#include "store/rewrite.h"
#include "store/schema.h"
#include "store/store_int.h"

/* The name of a file that is being made: this and the number of its process. */
#define NEW_PREFIX "index.db.new-"
/* Where nothing can be locked: making a file takes a part of a second. */
#define NEW_AGE_S 3600

static unsigned file_mode(unsigned shared)
{
	return 0600 | (shared & 0666);
}

unsigned bt_store_folder_mode(unsigned shared)
{
	unsigned mode = 0700 | (shared & 0666);

	/* Who may read may enter; what is made inside stays with the group, as git has it. */
	mode |= (mode & 0444) >> 2;
	return shared & 0070 ? mode | S_ISGID : mode;
}

int bt_store_companions_remove(const char *path, struct bt_err *err)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal" };
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(ends); i++) {
		bt_buf_clear(&name);
		bt_buf_addf(&name, "%s%s", path, ends[i]);
		if (unlink(bt_buf_cstr(&name)) && errno != ENOENT)
			return bt_err_errno(err, "cannot remove '%s'", bt_buf_cstr(&name));
	}
	return 0;
}

int bt_store_file_fill(const char *temp, const char *path, bool wal, struct bt_err *err)
{
	struct bt_store s = { .path = (char *)path };
	int reserve = BT_STORE_PAGE_CHECK;
	int rc = bt_connection_open(&s, temp, SQLITE_OPEN_READWRITE, err);

	if (!rc) {
		sqlite3_file_control(s.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
		rc = bt_connection_exec(&s, bt_schema_before_text, err);
	}
	if (!rc)
		rc = bt_connection_exec(&s, "BEGIN", err);
	if (!rc)
		rc = bt_connection_exec(&s, bt_schema_text, err);
	if (!rc)
		rc = bt_connection_exec(&s, "COMMIT", err);
	if (!rc)
		rc = bt_connection_exec(&s, wal ? bt_schema_wal_text : bt_schema_journal_text, err);
	bt_connection_close(&s);
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

int bt_store_temp_make(const char *dir, const char *path, unsigned mode, struct bt_buf *temp, int *ret_fd,
		       struct bt_err *err)
{
	BT_CLOSE int fd = -1;

	bt_path_join(temp, dir, NEW_PREFIX);
	bt_buf_addf(temp, "%ld", (long)getpid());
	bt_store_temp_remove(bt_buf_cstr(temp));
	fd = open(bt_buf_cstr(temp), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, mode)) {
		bt_err_errno(err, "cannot create the index '%s'", path);
		return bt_err_hint(err, BT_STORE_ELSEWHERE);
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

void bt_store_temp_remove(const char *temp)
{
	struct bt_err ignored = BT_ERR_INIT;

	unlink(temp);
	bt_store_companions_remove(temp, &ignored);
}

static int file_make(const char *path, const char *dir, unsigned shared, bool locked,
		     struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf temp = BT_BUF_INIT;
	BT_CLOSE int fd = -1;
	int rc;

	if (bt_store_temp_make(dir, path, file_mode(shared), &temp, &fd, err))
		return err->code;
	rc = bt_store_companions_remove(path, err);
	if (!rc)
		rc = bt_store_file_fill(bt_buf_cstr(&temp), path, bt_store_wal_usable(dir), err);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot write the index '%s'", path);
	if (!rc)
		rc = file_name(bt_buf_cstr(&temp), path, locked, err);
	if (rc)
		bt_store_temp_remove(bt_buf_cstr(&temp));
	return rc;
}

/* NEW_PREFIX and a number, or what SQLite puts beside such a file. */
bool bt_store_name_is_new(const char *name, long *ret_pid)
{
	size_t len = strlen(NEW_PREFIX), digits;

	if (strncmp(name, NEW_PREFIX, len))
		return false;
	digits = strspn(name + len, "0123456789");
	*ret_pid = atol(name + len);
	return digits && digits < 18 && (!name[len + digits] || name[len + digits] == '-');
}

/*
 * Files that a killed process was making. Under the lock there can be no other; without it one may
 * be somebody's, unless it is old. What cannot be removed is in nobody's way.
 */
void bt_store_leftovers_remove(int folder, bool locked)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	struct stat st;
	long pid;

	if (!list) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(list)))
		if (bt_store_name_is_new(e->d_name, &pid) &&
		    (locked || (!fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
				st.st_mtime + NEW_AGE_S < time(NULL))))
			unlinkat(folder, e->d_name, 0);
	closedir(list);
}

int bt_store_create(int folder, const char *dir, const char *path, unsigned shared, bool fresh,
		    bool locked, struct bt_err *err)
{
	bt_store_leftovers_remove(folder, locked);
	/* a folder of this name is nobody's index; one with something in it is somebody's */
	if (fresh && unlink(path) && errno != ENOENT && (errno != EISDIR || rmdir(path))) {
		bt_err_errno(err, "cannot remove the index '%s'", path);
		return bt_err_hint(err, BT_STORE_MOVE_AWAY);
	}
	if (!access(path, F_OK))
		return 0;
	return file_make(path, dir, shared, locked, err);
}
