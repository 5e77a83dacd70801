/*
 * Putting a queue back. One that can be used takes over what the backup holds in one transaction, after a copy of it was put aside; one
 * that cannot be used is moved aside as it is, and a new one takes its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/archive/archive.h"
#include "core/backup/backup.h"
#include "core/backup/reconcile.h"
#include "core/base/file.h"
#include "core/batch/executor_lock.h"
#include "store/open.h"

static bool is_there(const char *folder, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);
	struct stat st;

	return !lstat(path, &st);
}

/* "<dir>/queue.db.replaced-20261122T013000Z", and a number where that is taken. */
static char *kept_name(const struct bt_backup_restore_opts *o)
{
	time_t now = (time_t)(o->now_ms / 1000);
	char date[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm);
	for (unsigned i = 0;; i++) {
		char *path = i ? bt_xasprintf("%s/queue.db.replaced-%s-%u", o->dir, date, i)
			       : bt_xasprintf("%s/queue.db.replaced-%s", o->dir, date);

		if (access(path, F_OK))
			return path;
		free(path);
	}
}

/* The file and what SQLite has put beside it: all or, as far as that goes, nothing. */
static int move_aside(const struct bt_backup_restore_opts *o, char **ret_kept, struct bt_err *err)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal", "" };
	char *kept = kept_name(o);

	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++) {
		BT_FREE char *from = bt_xasprintf("%s/queue.db%s", o->dir, ends[i]);
		BT_FREE char *to = bt_xasprintf("%s%s", kept, ends[i]);

		if (rename(from, to) && errno != ENOENT) {
			bt_err_errno(err, "cannot move '%s' aside", from);
			free(kept);
			return err->code;
		}
	}
	*ret_kept = kept;
	return 0;
}

/* The queue that is here, if it can be used; *ret_q NULL: it cannot. */
static int open_present(const struct bt_backup_restore_opts *o, enum bt_queue_mode mode, struct bt_queue **ret_q, struct bt_backup_restored *r,
			struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc;

	r->was_there = is_there(o->dir, "queue.db");
	if (!r->was_there)
		return 0;
	rc = bt_queue_open(o->dir, mode, o->shared_mode, BT_QUEUE_BUSY_MS, ret_q, &why);
	if (!rc)
		rc = bt_queue_verify(*ret_q, &why);
	r->was_usable = !rc;
	if (!rc)
		return 0;
	bt_queue_free(ret_q);
	/* others are no fault of the file */
	if (rc == BT_ERR_CORRUPT || rc == BT_ERR_VERSION)
		return 0;
	return *err = why, rc;
}

int bt_backup_restore_look(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, struct bt_backup_restored *ret_r,
			   struct bt_err *err)
{
	BT_FREE char *from = bt_xasprintf("%s/queue.db", c->scratch);
	struct bt_queue *q = NULL;
	int rc;

	*ret_r = (struct bt_backup_restored){ .kept = NULL };
	rc = open_present(o, BT_QUEUE_READ, &q, ret_r, err);
	if (!rc && q)
		rc = bt_queue_restore_look(q, from, &ret_r->queue, err);
	bt_queue_free(&q);
	return rc;
}

/* A fresh one when there is none that can be used. */
static int open_target(const struct bt_backup_restore_opts *o, struct bt_queue **ret_q, struct bt_backup_restored *r, struct bt_err *err)
{
	if (open_present(o, BT_QUEUE_WRITE, ret_q, r, err))
		return err->code;
	if (*ret_q)
		return 0;
	if (r->was_there && move_aside(o, &r->kept, err))
		return err->code;
	return bt_queue_open(o->dir, BT_QUEUE_WRITE, o->shared_mode, BT_QUEUE_BUSY_MS, ret_q, err);
}

int bt_backup_restore(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, struct bt_backup_restored *ret_r,
		      struct bt_err *err)
{
	BT_FREE char *from = bt_xasprintf("%s/queue.db", c->scratch);
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = NULL;
	BT_CLOSE int lock = -1;

	*ret_r = (struct bt_backup_restored){ .kept = NULL };
	if (bt_folder_make(o->dir, bt_store_folder_mode(o->shared_mode), NULL, err) ||
	    bt_executor_lock(o->dir, o->shared_mode, BT_EXECUTOR_PATIENCE_MS, &lock, err) || open_target(o, &q, ret_r, err))
		return err->code;
	if (ret_r->was_usable)
		ret_r->kept = kept_name(o);
	if (bt_queue_restore(q, from, ret_r->was_usable ? ret_r->kept : NULL, o->note, &ret_r->queue, err))
		return err->code;
	return backup_reconcile(o->repo, q, &ret_r->landed, &ret_r->lost, err);
}

int bt_backup_restore_snapshots(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, uint64_t *ret_blobs, struct bt_err *err)
{
	BT_CLEANUP(bt_store_free) struct bt_store *s = NULL;
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	struct bt_archive_import_opts import = { .store = NULL };

	*ret_blobs = 0;
	if (!c->snapshots)
		return 0;
	if (bt_store_open(o->dir, BT_STORE_WRITE, o->shared_mode, &s, err) || bt_odb_open(o->repo, &bt_odb_git_program, &odb, err))
		return err->code;
	import.store = s;
	import.odb = odb;
	for (uint64_t i = 0; i < c->snapshots; i++) {
		BT_CLEANUP(bt_archive_imported_release) struct bt_archive_imported got = { .root = 0 };
		BT_FREE char *path = bt_xasprintf("%s/snapshot-%llu", c->scratch, (unsigned long long)i);
		BT_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return bt_err_errno(err, "cannot read '%s'", path);
		if (bt_archive_import(fd, &import, &got, err))
			return err->code;
		*ret_blobs += got.blobs_new;
	}
	return 0;
}

int bt_backup_restore_index(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, struct bt_err *err)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal" };
	BT_FREE char *from = bt_xasprintf("%s/index.db", c->scratch);
	BT_FREE char *to = bt_xasprintf("%s/index.db", o->dir);

	if (bt_folder_make(o->dir, bt_store_folder_mode(o->shared_mode), NULL, err))
		return err->code;
	if (chmod(from, 0600 | (o->shared_mode & 0666)))
		return bt_err_errno(err, "cannot set the mode of '%s'", from);
	/* a log that lies there without its file would be taken for this one's */
	for (size_t i = 0; i < BT_ARRAY_NR(ends) && access(to, F_OK); i++) {
		BT_FREE char *left = bt_xasprintf("%s%s", to, ends[i]);

		unlink(left);
	}
	if (link(from, to)) {
		if (errno == EEXIST) {
			bt_err_set(err, BT_ERR_FAIL, "there is an index already ('%s')", to);
			return bt_err_hint(err, "move it away first");
		}
		return bt_err_errno(err, "cannot put back the index '%s'", to);
	}
	return bt_file_sync_folder(to, err);
}
