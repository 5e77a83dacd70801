/*
 * Making a backup.
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

#include "core/archive/archive.h"
#include "core/backup/backup.h"
#include "core/backup/impl.h"
#include "core/backup/scratch.h"
#include "core/base/file.h"
#include "core/git/program.h"
#include "store/check.h"
#include "store/snapshot.h"

struct making {
	const struct bt_backup_opts *o;
	char *scratch;
	struct bt_backup_writer w;
	struct bt_backup_sum sum;
};

static bool is_there(const char *folder, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);

	return !access(path, F_OK);
}

/* --- the databases --- */

int backup_queue_check(const char *dir, uint64_t *ret_actions, uint64_t *ret_open, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_queue *q = NULL;
	struct bt_queue_count *list;
	size_t nr = 0;
	int rc = bt_queue_open(dir, BT_QUEUE_WRITE, 0, BT_QUEUE_BUSY_MS, &q, err);

	if (!rc)
		rc = bt_queue_verify(q, err);
	if (!rc)
		rc = bt_queue_counts(q, &arena, &list, &nr, err);
	for (size_t i = 0; i < nr && !rc; i++) {
		*ret_actions += list[i].nr;
		*ret_open += bt_action_state_open(list[i].state) ? list[i].nr : 0;
	}
	bt_queue_free(&q);
	return rc;
}

static int add_queue(struct making *m, struct bt_err *err)
{
	BT_FREE char *from = bt_xasprintf("%s/queue.db", m->o->dir);
	BT_FREE char *to = bt_xasprintf("%s/queue.db", m->scratch);

	if (!is_there(m->o->dir, "queue.db"))
		return 0;
	if (bt_queue_copy(from, to, 0600, err))
		return bt_err_wrap(err, "cannot back up the queue");
	if (backup_queue_check(m->scratch, &m->sum.actions, &m->sum.open, err))
		return bt_err_wrap(err, "cannot back up the queue '%s'", from);
	m->sum.queue = true;
	return bt_backup_part_file(&m->w, BT_BACKUP_QUEUE, "queue.db", to, err);
}

static int add_index(struct making *m, struct bt_err *err)
{
	BT_FREE char *to = bt_xasprintf("%s/index.db", m->scratch);
	struct bt_store *s = NULL;
	bool whole;
	int rc;

	if (!m->o->with_index)
		return 0;
	if (bt_store_open(m->o->dir, BT_STORE_READ, 0, &s, err))
		return bt_err_wrap(err, "cannot back up the index");
	rc = bt_store_copy(s, to, err);
	bt_store_free(&s);
	if (!rc && !(rc = bt_store_open(m->scratch, BT_STORE_READ, 0, &s, err)))
		rc = bt_store_check(s, 0, &whole, err);
	bt_store_free(&s);
	if (rc)
		return bt_err_wrap(err, "cannot back up the index");
	m->sum.index = true;
	return bt_backup_part_file(&m->w, BT_BACKUP_INDEX, "index.db", to, err);
}

/* --- snapshots --- */

static int add_bytes(void *ctx, const void *p, size_t len, struct bt_err *err)
{
	return bt_backup_part_add(ctx, p, len, err);
}

/* One that the index does not hold can be made again from git: its record is in the queue. */
static int add_snapshot(struct making *m, struct bt_store *s, const struct bt_snapshot *snap, struct bt_err *err)
{
	struct bt_archive_sink sink = { add_bytes, &m->w };
	struct bt_archive_source source = { .store = s, .commit = snap->commit };
	struct bt_archive_stats stats;
	struct bt_tree_row row;
	int rc = bt_store_tree_find(s, &snap->tree, snap->selection, &row, err);

	if (rc != BT_ROW)
		return rc;
	source.root = row.id;
	m->sum.snapshots++;
	if (bt_backup_part_begin(&m->w, BT_BACKUP_SNAPSHOT, snap->label, err))
		return err->code;
	if (bt_archive_write(&source, &sink, &stats, err)) {
		bt_err_wrap(err, "cannot back up the snapshot '%s'", snap->label);
		return err->hint[0] ? err->code : bt_err_hint(err, "--no-snapshots leaves them out");
	}
	return bt_backup_part_end(&m->w, err);
}

static int add_snapshots(struct making *m, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = NULL;
	BT_CLEANUP(bt_store_free) struct bt_store *s = NULL;
	struct bt_snapshot *list;
	size_t nr;
	int rc = 0;

	if (!m->o->with_snapshots || !m->sum.queue || !is_there(m->o->dir, "index.db"))
		return 0;
	if (bt_queue_open(m->scratch, BT_QUEUE_READ, 0, BT_QUEUE_BUSY_MS, &q, err) || bt_snapshots(q, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr && !rc; i++) {
		if (!list[i].label)
			continue;
		if (!s && (bt_store_open(m->o->dir, BT_STORE_READ, 0, &s, err) || bt_store_read_begin(s, err)))
			return bt_err_wrap(err, "cannot back up the snapshot '%s'", list[i].label);
		rc = add_snapshot(m, s, &list[i], err);
	}
	return rc;
}

/* --- settings and files --- */

static int add_scope(struct making *m, const char *option, const char *scope, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	int status;

	bt_git_cmd_init(&c, m->o->repo);
	bt_buf_init(&out, BT_BACKUP_CONFIG_LEN_MAX);
	bt_git_cmd_addl(&c, "config", option, "-z", "--get-regexp", "^batho\\.", NULL);
	if (bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err))
		return err->code;
	if (status > 1)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot read the configuration", bt_buf_cstr(&errout), status);
	if (status || !out.len)
		return 0;
	for (size_t i = 0; i < out.len; i++)
		m->sum.settings += !out.data[i];
	return bt_backup_part_put(&m->w, BT_BACKUP_CONFIG, scope, out.data, out.len, err);
}

bool backup_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (!strcmp(name, "config.ini") || !strcmp(name, "baseline.json"))
		return true;
	if (strncmp(name, "rules/", 6) || len < 11 || strcmp(name + len - 4, ".scm") || name[6] == '.')
		return false;
	return strspn(name + 6, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len - 6;
}

/* What is no plain file, or has a name that is not of ours, stays out. */
static int add_file(struct making *m, const char *name, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/.batho/%s", m->o->repo->top, name);
	struct stat st;

	if (!backup_name_ok(name) || lstat(path, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > BT_BACKUP_FILE_LEN_MAX ||
	    m->sum.files >= BT_BACKUP_FILES_MAX)
		return 0;
	m->sum.files++;
	return bt_backup_part_file(&m->w, BT_BACKUP_FILE, name, path, err);
}

static int add_files(struct making *m, struct bt_err *err)
{
	struct dirent **list = NULL;
	int nr, rc;

	if (!m->o->repo->top)
		return 0;
	rc = add_file(m, "config.ini", err) ? err->code : add_file(m, "baseline.json", err);
	BT_FREE char *rules = bt_xasprintf("%s/.batho/rules", m->o->repo->top);
	nr = scandir(rules, &list, NULL, alphasort);
	for (int i = 0; i < nr; i++) {
		BT_FREE char *name = bt_xasprintf("rules/%s", list[i]->d_name);

		if (!rc)
			rc = add_file(m, name, err);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* --- the file --- */

static int add_info(struct making *m, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_buf_addf(&text, "made %lld\nprogram %s\nobjects %s\nrepository %s\n", (long long)m->o->now_ms, PACKAGE_VERSION,
		    m->o->repo->oid_len == 20 ? "sha1" : "sha256", m->o->repo->common_dir);
	return bt_backup_part_put(&m->w, BT_BACKUP_INFO, "", bt_buf_cstr(&text), text.len, err);
}

static int add_all(struct making *m, struct bt_err *err)
{
	if (add_info(m, err) || add_queue(m, err) || add_scope(m, "--local", "local", err))
		return err->code;
	if (is_there(m->o->repo->git_dir, "config.worktree") && add_scope(m, "--worktree", "worktree", err))
		return err->code;
	if (add_files(m, err) || add_snapshots(m, err) || add_index(m, err))
		return err->code;
	return bt_backup_writer_end(&m->w, err);
}

/* From the disk's point of view. */
static int read_back(const char *temp, const char *file, struct bt_err *err)
{
	BT_CLOSE int fd = open(temp, O_RDONLY | O_CLOEXEC);
	BT_CLEANUP(bt_backup_reader_release) struct bt_backup_reader r;
	struct bt_backup_part p;
	int rc;

	if (fd < 0)
		return bt_err_errno(err, "cannot read '%s'", temp);
	rc = bt_backup_reader_start(&r, fd, file, err);
	while (!rc && (rc = bt_backup_next(&r, &p, err)) == BT_ROW)
		rc = 0;
	return rc;
}

/* Somebody's file is not a backup's to replace. */
static int may_replace(const char *file, struct bt_err *err)
{
	BT_CLOSE int fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	uint8_t magic[BACKUP_MAGIC_LEN];
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return bt_err_errno(err, "cannot write '%s'", file);
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    (!st.st_size || (read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) && !memcmp(magic, backup_magic, sizeof(magic)))))
		return 0;
	bt_err_set(err, BT_ERR_FAIL, "'%s' is there and is no backup", file);
	return bt_err_hint(err, "name another file");
}

static int write_file(struct making *m, const char *temp, int fd, const char *file, struct bt_err *err)
{
	int rc = bt_backup_writer_start(&m->w, fd, file, err);

	if (!rc)
		rc = add_all(m, err);
	m->sum.bytes = m->w.written;
	bt_backup_writer_release(&m->w);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot write '%s'", file);
	if (!rc)
		rc = read_back(temp, file, err);
	if (!rc && rename(temp, file))
		rc = bt_err_errno(err, "cannot write '%s'", file);
	return rc;
}

int bt_backup_make(const struct bt_backup_opts *o, const char *file, struct bt_backup_sum *ret_sum, struct bt_err *err)
{
	BT_CLEANUP(backup_scratch_remove) char *scratch = NULL;
	BT_FREE char *folder = backup_folder_of(file);
	BT_FREE char *temp = NULL;
	struct making m = { .o = o };
	BT_CLOSE int fd = -1;
	int rc;

	if (may_replace(file, err) || backup_scratch_make(folder, ".batho-backup-", &scratch, err))
		return err->code;
	m.scratch = scratch;
	temp = bt_xasprintf("%s/backup", scratch);
	fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return bt_err_errno(err, "cannot make '%s'", file);
	rc = write_file(&m, temp, fd, file, err);
	if (rc)
		return rc;
	*ret_sum = m.sum;
	return bt_file_sync_folder(file, err);
}
