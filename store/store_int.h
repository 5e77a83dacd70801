/*
 * What the files of the store share. Not for others.
 */
#ifndef BT_STORE_INT_H
#define BT_STORE_INT_H

#include <sqlite3.h>

#include "core/base/compress.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/store.h"

#define BT_STORE_REBUILD_HINT "git batho index --rebuild"
#define BT_STORE_ELSEWHERE "BATHO_STORE_DIR names another folder for the index"
#define BT_STORE_MOVE_AWAY "move it away, and `git batho index` makes a new one"

/* Decoded trees that were read or written last: the next one is compressed against one of them. */
#define BT_TREE_CACHE_NR 64
/* Larger ones are not kept: 64 of them are 16 MiB at most. */
#define BT_TREE_CACHE_LEN_MAX (256u << 10)

struct bt_tree_cached {
	uint32_t id;		/* 0: free */
	uint32_t depth;
	struct bt_buf entries;
};

/*
 * The blobs of a segment, by their number in it; kept while the store is open, ids are never
 * reused.
 */
struct bt_segment_blobs {
	int64_t segment;
	uint32_t *ids;
	uint32_t nr;
};

/*
 * What fits in a leaf page of a table as one row: SQLite keeps 35 bytes of a page free of payload,
 * and five bytes of the payload tell that it is one blob.
 */
#define BT_FACTS_PIECE_LEN (BT_STORE_PAGE_SIZE - BT_STORE_PAGE_CHECK - 40)

/* The end of the stream of facts, while a transaction writes to it. */
struct bt_facts_tail {
	bool open;
	bool dirty;		/* data is more than what the file holds */
	int64_t piece;		/* number of the row */
	struct bt_buf data;
};

struct bt_frozen;

struct bt_store {
	sqlite3 *db;
	int folder;		/* its folder, locked while this is open; -1: it cannot be opened */
	sqlite3_stmt *stmts[BT_SQL_NR];
	char *path;
	enum bt_store_mode mode;
	bool alone;		/* nobody else has it open */
	int busy_ms;		/* how long the lock of the folder is waited for */
	bool writing;		/* between begin and commit */
	unsigned reading;	/* depth of bt_store_read_begin */
	struct bt_compressor compressor;
	struct bt_buf packed;	/* scratch of value.c */
	struct bt_facts_tail facts_tail;
	struct bt_frozen *frozen;	/* made on first use */
	struct bt_buf hint;	/* what struct bt_blob.hint points into */
	struct bt_tree_cached trees[BT_TREE_CACHE_NR];
	struct bt_segment_blobs *segment_blobs;
	size_t segment_blobs_nr, segment_blobs_alloc;
};

/* error.c: the one place where SQLite's codes become ours. Returns the code. */
int bt_store_fail(struct bt_store *s, int rc, struct bt_err *err);
/* "index '…' is damaged: what", with the way out. */
int bt_store_corrupt(struct bt_store *s, struct bt_err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* An error while reading a value: BT_ERR_CORRUPT gets the name of the index and the way out. */
int bt_store_blame(struct bt_store *s, int rc, struct bt_err *err);

/* txn.c: a transaction around one call, unless the caller has one. */
struct bt_store_scope {
	bool own;
};
int bt_store_scope_begin(struct bt_store *s, struct bt_store_scope *scope, struct bt_err *err);
/* Commits, or rolls back when rc is negative; returns rc or the commit's error. */
int bt_store_scope_end(struct bt_store *s, struct bt_store_scope *scope, int rc,
		       struct bt_err *err);

/*
 * value.c: a value is a checksum (4 bytes, little endian), the raw length and the compressed
 * bytes. The kind and the row's id are part of the checksum, so that no row can stand for another.
 */
enum bt_value {			/* part of the checksums: append only */
	BT_VALUE_FACTS = 1,
	BT_VALUE_TREE,
	BT_VALUE_MANIFEST,
	BT_VALUE_SEGMENT,
	BT_VALUE_NAMES,
	BT_VALUE_POSTING,
	BT_VALUE_TRIGRAM,
	BT_VALUE_FINDINGS,
	BT_VALUE_FROZEN,
	BT_VALUE_THAWED,
};
#define BT_VALUE_CHECK_LEN 4
uint32_t bt_value_check(enum bt_value kind, int64_t row, const void *p, size_t len);
/* Writes the checksum of p + 4 .. p + len to p. */
void bt_value_seal(enum bt_value kind, int64_t row, void *p, size_t len);
bool bt_value_sealed(enum bt_value kind, int64_t row, const void *p, size_t len);
/* The value of len bytes at p, appended to *out, with room for the seal in front. */
int bt_value_compress(struct bt_store *s, enum bt_quality quality, const void *prefix, size_t prefix_len,
		      const void *p, size_t len, struct bt_buf *out, struct bt_err *err);
/* The same and sealed, into s->packed. */
int bt_value_pack(struct bt_store *s, enum bt_value kind, int64_t row, enum bt_quality quality,
		  const void *prefix, size_t prefix_len, const void *p, size_t len,
		  struct bt_err *err);
/* The way back: appends to *out. */
int bt_value_unpack(struct bt_store *s, enum bt_value kind, int64_t row, const void *prefix,
		    size_t prefix_len, const void *p, size_t len, size_t raw_max,
		    struct bt_buf *out, struct bt_err *err);
/* The same with a compressor of the caller's: of the store it needs its name alone. */
int bt_value_unpack_with(struct bt_store *s, struct bt_compressor *c, enum bt_value kind,
			 int64_t row, const void *prefix, size_t prefix_len, const void *p,
			 size_t len, size_t raw_max, struct bt_buf *out, struct bt_err *err);

/* facts.c: what a transaction has in hand, before it ends or reads; and after it. */
int bt_store_facts_flush(struct bt_store *s, struct bt_err *err);
void bt_store_facts_forget(struct bt_store *s);
/* frozen_read.c: the record as a packed one, as bt_store_facts_packed has it; BT_ROW, or BT_DONE: it is not frozen. */
int bt_frozen_packed(struct bt_store *s, uint32_t blob_id, struct bt_buf *out, struct bt_err *err);
void bt_frozen_release(struct bt_store *s);
/* tree.c */
int bt_store_tree_pack(struct bt_store *s, const struct bt_tree_row *row, const void *entries, size_t len,
		       struct bt_err *err);
void bt_store_tree_cache_release(struct bt_store *s);
/* segment_read.c */
void bt_store_segments_release(struct bt_store *s);

#endif
