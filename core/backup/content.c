/*
 * All of a backup, unpacked and checked.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/archive/archive.h"
#include "core/backup/backup.h"
#include "core/backup/scratch.h"
#include "core/base/file.h"
#include "core/base/opt.h"
#include "store/check.h"

#define INFO_LEN_MAX ((size_t)64 << 10)

void bt_backup_content_release(struct bt_backup_content *c)
{
	backup_scratch_remove(&c->scratch);
	free(c->settings);
	free(c->files);
	bt_arena_release(&c->arena);
	*c = (struct bt_backup_content)BT_BACKUP_CONTENT_INIT;
}

static int damaged(const char *file, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_CORRUPT, "backup '%s' is damaged: %s", file, what);
	return bt_err_hint(err, "take another one");
}

/* --- parts --- */

/* What it says of itself is shown, and nothing else is made of it. */
static void info_line(struct bt_backup_content *c, const char *line, size_t len)
{
	const char *blank = memchr(line, ' ', len);
	const char *value;
	int64_t made;

	if (!blank)
		return;
	value = bt_arena_strndup(&c->arena, blank + 1, len - (size_t)(blank + 1 - line));
	if (!strncmp(line, "made ", 5) && bt_text_int(value, &made))
		c->made_at = made;
	else if (!strncmp(line, "program ", 8))
		c->program = value;
	else if (!strncmp(line, "repository ", 11))
		c->repository = value;
}

static int take_info(struct bt_backup_reader *r, struct bt_backup_content *c, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	const char *p, *end;

	if (bt_backup_read_all(r, INFO_LEN_MAX, &text, err))
		return err->code;
	p = bt_buf_cstr(&text);
	for (end = p + text.len; p < end;) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = lf ? (size_t)(lf - p) : (size_t)(end - p);

		info_line(c, p, len);
		p += len + 1;
	}
	return 0;
}

/* "key LF value NUL"; a key without a value is true. */
static int take_settings(struct bt_backup_reader *r, struct bt_backup_content *c, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	const char *p, *end;

	if (bt_backup_read_all(r, BT_BACKUP_CONFIG_LEN_MAX, &text, err))
		return err->code;
	p = bt_buf_cstr(&text);
	for (end = p + text.len; p < end; p += strlen(p) + 1) {
		const char *lf = strchr(p, '\n');
		size_t len = lf ? (size_t)(lf - p) : strlen(p);

		if (strncmp(p, "batho.", 6))
			return damaged(r->path, "it has a setting that is none of ours", err);
		BT_GROW(c->settings, c->settings_alloc, c->settings_nr + 1);
		c->settings[c->settings_nr++] = (struct bt_backup_setting){
			.key = bt_arena_strndup(&c->arena, p, len),
			.value = lf ? bt_arena_strndup(&c->arena, lf + 1, strlen(lf + 1)) : "true",
		};
	}
	return 0;
}

static int take_file(struct bt_backup_reader *r, const char *name, struct bt_backup_content *c, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;

	if (!backup_name_ok(name) || c->files_nr >= BT_BACKUP_FILES_MAX)
		return damaged(r->path, "it has a file that is none of ours", err);
	if (bt_backup_read_all(r, BT_BACKUP_FILE_LEN_MAX, &data, err))
		return err->code;
	BT_GROW(c->files, c->files_alloc, c->files_nr + 1);
	c->files[c->files_nr++] = (struct bt_backup_file){
		.name = bt_arena_strndup(&c->arena, name, strlen(name)),
		.data = bt_arena_strndup(&c->arena, bt_buf_cstr(&data), data.len),
		.len = data.len,
	};
	return 0;
}

static int take_database(struct bt_backup_reader *r, const char *name, bool *there, struct bt_backup_content *c, struct bt_err *err)
{
	BT_FREE char *to = bt_xasprintf("%s/%s", c->scratch, name);

	if (*there)
		return damaged(r->path, "it has a database twice", err);
	*there = true;
	return bt_backup_read_to(r, to, err);
}

static int read_archive(void *ctx, void *p, size_t len, size_t *ret_len, struct bt_err *err)
{
	return bt_backup_read(ctx, p, len, ret_len, err);
}

static int take_archive(struct bt_backup_reader *r, bool unpack, struct bt_backup_content *c, struct bt_err *err)
{
	struct bt_archive_input in = { read_archive, r };
	BT_FREE char *to = bt_xasprintf("%s/snapshot-%llu", c->scratch, (unsigned long long)c->snapshots++);
	struct bt_archive_head head;
	struct bt_archive_stats stats;

	if (unpack)
		return bt_backup_read_to(r, to, err);
	return bt_archive_check(&in, &head, &stats, err) ? bt_err_wrap(err, "backup '%s'", r->path) : 0;
}

static int take_part(struct bt_backup_reader *r, const struct bt_backup_part *p, bool archives, struct bt_backup_content *c, struct bt_err *err)
{
	switch (p->kind) {
	case BT_BACKUP_INFO:
		return take_info(r, c, err);
	case BT_BACKUP_QUEUE:
		return take_database(r, "queue.db", &c->queue, c, err);
	case BT_BACKUP_INDEX:
		return take_database(r, "index.db", &c->index, c, err);
	case BT_BACKUP_CONFIG:
		return take_settings(r, c, err);
	case BT_BACKUP_FILE:
		return take_file(r, p->name, c, err);
	case BT_BACKUP_SNAPSHOT:
		return take_archive(r, archives, c, err);
	default:
		return damaged(r->path, "it holds something that nobody knows", err);
	}
}

static int take_all(int fd, const char *file, bool archives, struct bt_backup_content *c, struct bt_err *err)
{
	BT_CLEANUP(bt_backup_reader_release) struct bt_backup_reader r;
	struct bt_backup_part p;
	int rc = bt_backup_reader_start(&r, fd, file, err);

	while (!rc && (rc = bt_backup_next(&r, &p, err)) == BT_ROW)
		rc = take_part(&r, &p, archives, c, err);
	return rc;
}

/* --- the whole --- */

/* A queue.db as it lay there: what a migration or a restore has put aside. */
static int take_raw(const char *file, struct bt_backup_content *c, struct bt_err *err)
{
	BT_FREE char *to = bt_xasprintf("%s/queue.db", c->scratch);
	BT_FREE char *real = realpath(file, NULL);

	if (!real)
		return bt_err_errno(err, "cannot find '%s'", file);
	c->raw = c->queue = true;
	return bt_queue_copy(real, to, 0600, err);
}

static int check_index(struct bt_backup_content *c, struct bt_err *err)
{
	struct bt_store *s = NULL;
	bool whole;
	int rc = bt_store_open(c->scratch, BT_STORE_READ, 0, &s, err);

	if (!rc)
		rc = bt_store_check(s, 0, &whole, err);
	bt_store_free(&s);
	return rc;
}

int bt_backup_read_content(const char *file, const char *parent, bool archives, struct bt_backup_content *ret_c, struct bt_err *err)
{
	static const char sqlite[] = "SQLite format 3";
	BT_CLOSE int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char head[sizeof(sqlite)] = "";
	int rc;

	*ret_c = (struct bt_backup_content)BT_BACKUP_CONTENT_INIT;
	if (fd < 0)
		return bt_err_errno(err, "cannot read the backup '%s'", file);
	if (backup_scratch_make(parent, "batho-restore-", &ret_c->scratch, err))
		return err->code;
	if (pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) && !memcmp(head, sqlite, sizeof(sqlite)))
		rc = take_raw(file, ret_c, err);
	else
		rc = take_all(fd, file, archives, ret_c, err);
	if (!rc && ret_c->queue && backup_queue_check(ret_c->scratch, &ret_c->actions, &ret_c->open, err))
		rc = bt_err_wrap(err, "backup '%s'", file);
	if (!rc && ret_c->index && check_index(ret_c, err))
		rc = bt_err_wrap(err, "backup '%s'", file);
	return rc;
}
