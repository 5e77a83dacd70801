/*
 * What the files of the reader share, and the letters of the format with the writer. Not for others.
 */
#ifndef BT_ARCHIVE_READER_H
#define BT_ARCHIVE_READER_H

#include "core/archive/frame.h"
#include "core/base/map.h"
#include "core/base/varint.h"

/* The first byte of a record. */
#define BT_ARCHIVE_REC_HEAD 'H'
#define BT_ARCHIVE_REC_LANG 'L'
#define BT_ARCHIVE_REC_BLOB 'B'
#define BT_ARCHIVE_REC_TREE 'T'
#define BT_ARCHIVE_REC_END 'E'

#define BT_ARCHIVE_HEAD_COMPLETE 1u
#define BT_ARCHIVE_HEAD_COMMIT 2u

/* The first byte of an entry: its kind, and BT_FILE_* above. */
#define BT_ARCHIVE_ENTRY_TREE 0u
#define BT_ARCHIVE_ENTRY_FILE 1u
#define BT_ARCHIVE_ENTRY_DECLARED 2u	/* a file that an attribute alone made binary */
#define BT_ARCHIVE_ENTRY_SHIFT 2

/* What is kept of each while the archive is read. */
struct rd_blob {
	struct bt_oid oid;
	struct bt_digest digest;
	uint16_t lang;
	uint8_t state;
};

struct rd_tree {
	struct bt_oid oid;
	struct bt_digest digest;
	uint64_t selection;
	uint32_t files;
	uint16_t depth;
};

struct bt_archive_reader {
	struct bt_frame_reader f;
	struct bt_reader r;		/* in the piece at hand */
	struct bt_archive_head head;
	struct bt_archive_lang *langs;
	struct rd_blob *blobs;
	struct rd_tree *trees;
	size_t langs_nr, langs_alloc, blobs_nr, blobs_alloc, trees_nr, trees_alloc;
	struct bt_oidmap blob_of;	/* (id, language): none comes twice */
	struct bt_arena scratch;	/* of the item at hand */
	bool over;			/* the record of the end was read */
	int failed;			/* an error ended it: it stays */
};

uint64_t bt_archive_u64(struct bt_reader *r);
void bt_archive_oid(struct bt_archive_reader *a, struct bt_oid *ret_oid);
/* The record behind its letter. */
int bt_archive_read_tree(struct bt_archive_reader *a, struct bt_archive_tree *ret_t, struct bt_err *err);

#endif
