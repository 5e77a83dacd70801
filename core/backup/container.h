/*
 * The file of a backup: named parts, one after the other, each compressed in pieces, each with its digest, and a digest over
 * everything at the end. git-batho-format(5), "BACKUP", describes the bytes.
 *
 * Whoever reads one believes nothing in it: lengths have maxima, pieces a checksum, names are words and never become a path.
 */
#ifndef BT_BACKUP_CONTAINER_H
#define BT_BACKUP_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/compress.h"
#include "core/base/err.h"
#include "core/base/hash.h"

#define BT_BACKUP_VERSION 1
/* "config.ini", "rules/some-id.scm" */
#define BT_BACKUP_NAME_MAX 255
#define BT_BACKUP_PARTS_MAX 100000
#define BT_BACKUP_PIECE ((size_t)1 << 20)

enum bt_backup_kind {		/* stored: append only */
	BT_BACKUP_END,
	BT_BACKUP_INFO,		/* lines "key value" about the backup itself: the first part */
	BT_BACKUP_QUEUE,	/* a queue.db */
	BT_BACKUP_INDEX,	/* an index.db */
	BT_BACKUP_CONFIG,	/* batho.* of git's configuration, "key LF value NUL"; name: its scope */
	BT_BACKUP_FILE,		/* a file below .batho/ */
	BT_BACKUP_SNAPSHOT,	/* an archive of core/archive; name: the commit */
	BT_BACKUP_KIND_NR
};
const char *bt_backup_kind_name(enum bt_backup_kind kind);

/* --- writing --- */

struct bt_backup_writer {
	int fd;
	const char *path;		/* for messages; borrowed */
	struct bt_blake2b all, part;
	uint64_t part_len, number;	/* of the piece */
	struct bt_buf piece, packed;
	struct bt_compressor compressor;
	uint64_t written;
};
int bt_backup_writer_start(struct bt_backup_writer *w, int fd, const char *path, struct bt_err *err);
void bt_backup_writer_release(struct bt_backup_writer *w);
int bt_backup_part_begin(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, struct bt_err *err);
int bt_backup_part_add(struct bt_backup_writer *w, const void *p, size_t len, struct bt_err *err);
int bt_backup_part_end(struct bt_backup_writer *w, struct bt_err *err);
/* A whole part from memory, and from a file. */
int bt_backup_part_put(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, const void *p, size_t len, struct bt_err *err);
int bt_backup_part_file(struct bt_backup_writer *w, enum bt_backup_kind kind, const char *name, const char *from, struct bt_err *err);
int bt_backup_writer_end(struct bt_backup_writer *w, struct bt_err *err);

/* --- reading --- */

struct bt_backup_part {
	enum bt_backup_kind kind;
	char name[BT_BACKUP_NAME_MAX + 1];
};
struct bt_backup_reader {
	int fd;
	const char *path;
	struct bt_blake2b all, part;
	uint64_t part_len, number;
	unsigned parts;
	bool inside;			/* a part is not yet read to its end */
	struct bt_buf piece, packed;
	size_t at;			/* in piece */
	struct bt_compressor compressor;
};
/* BT_ERR_CORRUPT: no backup, or a damaged one; BT_ERR_VERSION: of a newer version. */
int bt_backup_reader_start(struct bt_backup_reader *r, int fd, const char *path, struct bt_err *err);
void bt_backup_reader_release(struct bt_backup_reader *r);
/* BT_ROW, or BT_DONE when everything was whole. What was not read of the part before is passed over, and checked. */
int bt_backup_next(struct bt_backup_reader *r, struct bt_backup_part *ret_p, struct bt_err *err);
/* *ret_len is less than len at the end of the part alone, whose digest has been compared then. */
int bt_backup_read(struct bt_backup_reader *r, void *p, size_t len, size_t *ret_len, struct bt_err *err);
/* The whole part; more than max bytes are BT_ERR_CORRUPT. */
int bt_backup_read_all(struct bt_backup_reader *r, size_t max, struct bt_buf *out, struct bt_err *err);
/* Into a new file (0600) at a path of the caller's. */
int bt_backup_read_to(struct bt_backup_reader *r, const char *to, struct bt_err *err);

#endif
