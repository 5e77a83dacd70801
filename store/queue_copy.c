/*
 * A copy of queue.db as it was committed at one moment, while others go on writing. It gets its name when it is whole and on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "store/queue_int.h"
#include "store/vfs.h"

/* Pages between two looks at whether we are to stop: 4 MiB. */
#define STEP_PAGES 512

/* What SQLite puts beside a file. */
static void remove_with_companions(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++) {
		BT_FREE char *name = bt_xasprintf("%s%s", path, ends[i]);

		unlink(name);
	}
}

/*
 * Within a transaction of the source all steps see one state, and in a WAL nobody waits for it; without one SQLite would begin again
 * whenever somebody wrote.
 */
static int pages_copy(struct bt_queue *from, struct bt_queue *to, struct bt_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc;

	if (!b)
		return bt_queue_fail(to, sqlite3_errcode(to->db), err);
	do
		rc = bt_cancel_check(err) ? SQLITE_INTERRUPT : sqlite3_backup_step(b, STEP_PAGES);
	while (rc == SQLITE_OK);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	return bt_queue_fail(sqlite3_errcode(to->db) ? to : from, rc, err);
}

static int fill(const char *path, const char *temp, const char *to, struct bt_err *err)
{
	struct bt_queue from = { .path = (char *)path }, copy = { .path = (char *)to };
	int reserve = BT_STORE_PAGE_CHECK;
	int rc = bt_queue_connect(&from, path, SQLITE_OPEN_READWRITE, BT_QUEUE_BUSY_MS, err);

	if (!rc)
		rc = bt_queue_connect(&copy, temp, SQLITE_OPEN_READWRITE, 0, err);
	if (!rc) {
		sqlite3_file_control(copy.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
		rc = bt_queue_exec(&copy, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;", err);
	}
	if (!rc)	/* a SELECT begins it */
		rc = bt_queue_exec(&from, "BEGIN; SELECT value FROM setting LIMIT 1;", err);
	if (!rc)
		rc = pages_copy(&from, &copy, err);
	if (!rc)	/* a file that lies about alone has no WAL */
		rc = bt_queue_exec(&copy, "PRAGMA journal_mode = DELETE", err);
	bt_queue_disconnect(&copy);
	bt_queue_disconnect(&from);
	return rc;
}

int bt_queue_copy(const char *path, const char *to, unsigned mode, struct bt_err *err)
{
	BT_FREE char *temp = bt_xasprintf("%s.new-%ld", to, (long)getpid());
	BT_CLOSE int fd = -1;
	int rc;

	remove_with_companions(temp);
	fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, mode))
		return bt_err_errno(err, "cannot make the copy '%s' of the queue", to);
	rc = bt_vfs_register() ? bt_err_set(err, BT_ERR_FAIL, "cannot start SQLite") : fill(path, temp, to, err);
	if (!rc && (fsync(fd) || rename(temp, to)))
		rc = bt_err_errno(err, "cannot write the copy '%s' of the queue", to);
	if (rc)
		remove_with_companions(temp);
	return rc ? rc : bt_file_sync_folder(to, err);
}
