/*
 * Writing the file of a backup.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/backup/container.h"
#include "core/backup/impl.h"
#include "core/base/file.h"
#include "core/base/signal.h"

const uint8_t backup_magic[BACKUP_MAGIC_LEN] = { 0x89, 'B', 'T', 'B', 'K', '\r', '\n', 0x1a };

const char *bt_backup_kind_name(enum bt_backup_kind kind)
{
	static const char *const names[BT_BACKUP_KIND_NR] = {
		[BT_BACKUP_END] = "end",	 [BT_BACKUP_INFO] = "info", [BT_BACKUP_QUEUE] = "queue",       [BT_BACKUP_INDEX] = "index",
		[BT_BACKUP_CONFIG] = "config", [BT_BACKUP_FILE] = "file", [BT_BACKUP_SNAPSHOT] = "snapshot",
	};

	return kind < BT_BACKUP_KIND_NR ? names[kind] : "?";
}

static int put(struct bt_backup_writer *w, const void *p, size_t len, struct bt_err *err)
{
	bt_blake2b_add(&w->all, p, len);
	w->written += len;
	return bt_fd_write_full(w->fd, p, len, w->path, err);
}

static int put_numbers(struct bt_backup_writer *w, const uint32_t *n, size_t nr, struct bt_err *err)
{
	uint8_t raw[16];

	for (size_t i = 0; i < nr; i++)
		backup_store32(raw + 4 * i, n[i]);
	return put(w, raw, 4 * nr, err);
}

int bt_backup_writer_start(struct bt_backup_writer *w, int fd, const char *path, struct bt_err *err)
{
	const uint32_t head[] = { BT_BACKUP_VERSION, 0 };

	*w = (struct bt_backup_writer){ .fd = fd, .path = path, .compressor = BT_COMPRESSOR_INIT };
	bt_blake2b_init(&w->all);
	bt_buf_init(&w->piece, BT_BACKUP_PIECE);
	bt_buf_init(&w->packed, 2 * BT_BACKUP_PIECE);
	return put(w, backup_magic, sizeof(backup_magic), err) ? err->code : put_numbers(w, head, 2, err);
}

void bt_backup_writer_release(struct bt_backup_writer *w)
{
	bt_buf_release(&w->piece);
	bt_buf_release(&w->packed);
	bt_compressor_release(&w->compressor);
}

int bt_backup_part_begin(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, struct bt_err *err)
{
	const uint32_t head[] = { kind, (uint32_t)strlen(name) };

	if (strlen(name) > BT_BACKUP_NAME_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the name '%s' is too long for a backup", name);
	bt_blake2b_init(&w->part);
	w->part_len = 0;
	return put_numbers(w, head, 2, err) ? err->code : put(w, name, strlen(name), err);
}

static int flush(struct bt_backup_writer *w, struct bt_err *err)
{
	uint32_t head[2] = { (uint32_t)w->piece.len };
	uint8_t check[8];

	if (!w->piece.len)
		return 0;
	bt_buf_clear(&w->packed);
	if (bt_compress(&w->compressor, BT_QUALITY_FAST, NULL, 0, w->piece.data, w->piece.len, &w->packed, err))
		return err->code;
	head[1] = (uint32_t)w->packed.len;
	backup_store64(check, bt_hash64_bulk(w->packed.data, w->packed.len, w->number++));
	bt_blake2b_add(&w->part, w->piece.data, w->piece.len);
	w->part_len += w->piece.len;
	bt_buf_clear(&w->piece);
	if (bt_cancel_check(err) || put_numbers(w, head, 2, err) || put(w, check, sizeof(check), err))
		return err->code;
	return put(w, w->packed.data, w->packed.len, err);
}

int bt_backup_part_add(struct bt_backup_writer *w, const void *p, size_t len, struct bt_err *err)
{
	const char *at = p;

	while (len) {
		size_t room = BT_BACKUP_PIECE - w->piece.len, n = len < room ? len : room;

		bt_buf_add(&w->piece, at, n);
		if (bt_buf_check(&w->piece, "a piece of the backup", err))
			return err->code;
		at += n;
		len -= n;
		if (w->piece.len == BT_BACKUP_PIECE && flush(w, err))
			return err->code;
	}
	return 0;
}

int bt_backup_part_end(struct bt_backup_writer *w, struct bt_err *err)
{
	struct bt_digest digest;
	uint8_t raw[12] = { 0 };

	if (flush(w, err))
		return err->code;
	backup_store64(raw + 4, w->part_len);
	bt_blake2b_end(&w->part, &digest);
	return put(w, raw, sizeof(raw), err) ? err->code : put(w, digest.raw, sizeof(digest.raw), err);
}

int bt_backup_part_put(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, const void *p, size_t len, struct bt_err *err)
{
	if (bt_backup_part_begin(w, kind, name, err) || bt_backup_part_add(w, p, len, err))
		return err->code;
	return bt_backup_part_end(w, err);
}

int bt_backup_part_file(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, const char *from, struct bt_err *err)
{
	BT_CLOSE int fd = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	BT_FREE char *chunk = bt_xmalloc(BT_BACKUP_PIECE);
	size_t n;

	if (fd < 0)
		return bt_err_errno(err, "cannot read '%s'", from);
	if (bt_backup_part_begin(w, kind, name, err))
		return err->code;
	do {
		if (bt_fd_read_full(fd, chunk, BT_BACKUP_PIECE, &n, from, err) || bt_backup_part_add(w, chunk, n, err))
			return err->code;
	} while (n == BT_BACKUP_PIECE);
	return bt_backup_part_end(w, err);
}

int bt_backup_writer_end(struct bt_backup_writer *w, struct bt_err *err)
{
	const uint32_t end = BT_BACKUP_END;
	struct bt_digest digest;

	if (put_numbers(w, &end, 1, err))
		return err->code;
	bt_blake2b_end(&w->all, &digest);
	w->written += sizeof(digest.raw);
	return bt_fd_write_full(w->fd, digest.raw, sizeof(digest.raw), w->path, err);
}
