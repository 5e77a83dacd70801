/*
 * Reading the file of a backup, of which nothing is believed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/backup/container.h"
#include "core/backup/impl.h"
#include "core/base/file.h"
#include "core/base/signal.h"

static int damaged(const struct bt_backup_reader *r, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_CORRUPT, "backup '%s' is damaged: %s", r->path, what);
	return bt_err_hint(err, "take another one");
}

static int take(struct bt_backup_reader *r, void *p, size_t len, struct bt_err *err)
{
	size_t n;

	if (bt_fd_read_full(r->fd, p, len, &n, r->path, err))
		return err->code;
	if (n < len)
		return damaged(r, "it is cut short", err);
	bt_blake2b_add(&r->all, p, len);
	return 0;
}

int bt_backup_reader_start(struct bt_backup_reader *r, int fd, const char *path, struct bt_err *err)
{
	uint8_t head[BACKUP_MAGIC_LEN + 8];
	uint32_t version;

	*r = (struct bt_backup_reader){ .fd = fd, .path = path, .compressor = BT_COMPRESSOR_INIT };
	bt_blake2b_init(&r->all);
	bt_buf_init(&r->piece, BT_BACKUP_PIECE);
	bt_buf_init(&r->packed, 2 * BT_BACKUP_PIECE);
	if (take(r, head, sizeof(head), err))
		return err->code;
	if (memcmp(head, backup_magic, sizeof(backup_magic)))
		return bt_err_set(err, BT_ERR_CORRUPT, "'%s' is not a backup of git-batho", path);
	version = backup_load32(head + BACKUP_MAGIC_LEN);
	if (version > BT_BACKUP_VERSION) {
		bt_err_set(err, BT_ERR_VERSION, "backup '%s' was made by a newer git-batho (format %u, here %d)", path, version, BT_BACKUP_VERSION);
		return bt_err_hint(err, "update git-batho");
	}
	if (version < 1 || backup_load32(head + BACKUP_MAGIC_LEN + 4))
		return damaged(r, "there is no such format", err);
	return 0;
}

void bt_backup_reader_release(struct bt_backup_reader *r)
{
	bt_buf_release(&r->piece);
	bt_buf_release(&r->packed);
	bt_compressor_release(&r->compressor);
}

/* The digest of a part, or of everything, which follows. */
static int digest_compare(struct bt_backup_reader *r, struct bt_blake2b *state, bool last, struct bt_err *err)
{
	struct bt_digest have, want;
	size_t n;

	bt_blake2b_end(state, &want);
	if (!last && take(r, have.raw, sizeof(have.raw), err))
		return err->code;
	if (last && bt_fd_read_full(r->fd, have.raw, sizeof(have.raw), &n, r->path, err))
		return err->code;
	if (last && n < sizeof(have.raw))
		return damaged(r, "it is cut short", err);
	return memcmp(have.raw, want.raw, sizeof(want.raw)) ? damaged(r, "a digest is wrong", err) : 0;
}

static int part_end(struct bt_backup_reader *r, struct bt_err *err)
{
	uint8_t raw[8];

	r->inside = false;
	if (take(r, raw, sizeof(raw), err))
		return err->code;
	if (backup_load64(raw) != r->part_len)
		return damaged(r, "a length is wrong", err);
	return digest_compare(r, &r->part, false, err);
}

/* BT_ROW: there is more of the part. */
static int next_piece(struct bt_backup_reader *r, struct bt_err *err)
{
	uint8_t raw[12];
	uint32_t len, packed;

	bt_buf_clear(&r->piece);
	r->at = 0;
	if (bt_cancel_check(err) || take(r, raw, 4, err))
		return err->code;
	len = backup_load32(raw);
	if (!len)
		return part_end(r, err);
	if (take(r, raw, sizeof(raw), err))
		return err->code;
	packed = backup_load32(raw);
	if (len > BT_BACKUP_PIECE || packed > len + 1 || !packed)
		return damaged(r, "a length is wrong", err);
	bt_buf_clear(&r->packed);
	if (!bt_buf_reserve(&r->packed, packed))
		return bt_buf_check(&r->packed, "a piece of the backup", err);
	r->packed.len = packed;
	if (take(r, r->packed.data, packed, err))
		return err->code;
	if (bt_hash64_bulk(r->packed.data, packed, r->number++) != backup_load64(raw + 4))
		return damaged(r, "a checksum is wrong", err);
	if (bt_decompress(&r->compressor, NULL, 0, r->packed.data, packed, len, BT_BACKUP_PIECE, &r->piece, err))
		return err->code == BT_ERR_CORRUPT ? damaged(r, "a piece cannot be unpacked", err) : err->code;
	bt_blake2b_add(&r->part, r->piece.data, len);
	r->part_len += len;
	return BT_ROW;
}

int bt_backup_read(struct bt_backup_reader *r, void *p, size_t len, size_t *ret_len, struct bt_err *err)
{
	char *to = p;

	*ret_len = 0;
	while (*ret_len < len && r->inside) {
		size_t have = r->piece.len - r->at, n = len - *ret_len;

		if (!have) {
			if (next_piece(r, err) < 0)
				return err->code;
			continue;
		}
		n = n < have ? n : have;
		memcpy(to + *ret_len, r->piece.data + r->at, n);
		r->at += n;
		*ret_len += n;
	}
	return 0;
}

int bt_backup_read_all(struct bt_backup_reader *r, size_t max, struct bt_buf *out, struct bt_err *err)
{
	while (r->inside) {
		if (next_piece(r, err) < 0)
			return err->code;
		if (r->piece.len > max || out->len > max - r->piece.len)
			return damaged(r, "a part is too large", err);
		bt_buf_add(out, bt_buf_cstr(&r->piece), r->piece.len);
	}
	return bt_buf_check(out, "a part of the backup", err);
}

int bt_backup_read_to(struct bt_backup_reader *r, const char *to, struct bt_err *err)
{
	BT_CLOSE int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return bt_err_errno(err, "cannot make '%s'", to);
	while (r->inside) {
		if (next_piece(r, err) < 0)
			return err->code;
		if (bt_fd_write_full(fd, bt_buf_cstr(&r->piece), r->piece.len, to, err))
			return err->code;
	}
	return fsync(fd) ? bt_err_errno(err, "cannot write '%s'", to) : 0;
}

/* Behind the last part: the digest of everything, and nothing. */
static int file_end(struct bt_backup_reader *r, struct bt_err *err)
{
	size_t n;
	char more;

	if (digest_compare(r, &r->all, true, err) || bt_fd_read_full(r->fd, &more, 1, &n, r->path, err))
		return err->code;
	return n ? damaged(r, "something follows its end", err) : BT_DONE;
}

int bt_backup_next(struct bt_backup_reader *r, struct bt_backup_part *ret_p, struct bt_err *err)
{
	uint8_t raw[4];
	uint32_t len;

	while (r->inside)
		if (next_piece(r, err) < 0)
			return err->code;
	if (take(r, raw, sizeof(raw), err))
		return err->code;
	ret_p->kind = (enum bt_backup_kind)backup_load32(raw);
	if (ret_p->kind == BT_BACKUP_END && r->parts)
		return file_end(r, err);
	if (ret_p->kind == BT_BACKUP_END || ret_p->kind >= BT_BACKUP_KIND_NR || ++r->parts > BT_BACKUP_PARTS_MAX || (r->parts == 1) != (ret_p->kind == BT_BACKUP_INFO))
		return damaged(r, "it holds something that nobody knows", err);
	if (take(r, raw, sizeof(raw), err))
		return err->code;
	len = backup_load32(raw);
	if (len > BT_BACKUP_NAME_MAX)
		return damaged(r, "a name is too long", err);
	if (take(r, ret_p->name, len, err))
		return err->code;
	ret_p->name[len] = '\0';
	if (strlen(ret_p->name) != len)
		return damaged(r, "a name is no word", err);
	bt_blake2b_init(&r->part);
	r->part_len = 0;
	bt_buf_clear(&r->piece);
	r->at = 0;
	r->inside = true;
	return BT_ROW;
}
