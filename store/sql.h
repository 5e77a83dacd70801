/*
 * Every SQL text of index.db, one per id, prepared on first use and kept until the store is closed.
 */
#ifndef BT_STORE_SQL_H
#define BT_STORE_SQL_H

#include <sqlite3.h>

#include "core/base/mem.h"
#include "store/store.h"

enum bt_sql {
	BT_SQL_BEGIN_WRITE,
	BT_SQL_BEGIN_READ,
	BT_SQL_COMMIT,
	BT_SQL_ROLLBACK,

	BT_SQL_LANGUAGE_FIND,
	BT_SQL_LANGUAGE_PUT,
	BT_SQL_LANGUAGE_NEXT,

	BT_SQL_BLOB_FIND,
	BT_SQL_BLOB_GET,
	BT_SQL_BLOB_BY_OID,
	BT_SQL_BLOB_WITHOUT_FACTS,
	BT_SQL_BLOB_INSERT,
	BT_SQL_BLOB_UPDATE,
	BT_SQL_BLOB_CLEAR_KILLED,
	BT_SQL_BLOB_COUNTS,
	BT_SQL_BLOB_EXISTS,
	BT_SQL_BLOB_IDS,
	BT_SQL_BLOB_OF,
	BT_SQL_BLOB_DROP,

	BT_SQL_FACTS_FIND,
	BT_SQL_FACTS_PUT,
	BT_SQL_FACTS_PIECES,
	BT_SQL_FACTS_LAST_PIECE,
	BT_SQL_FACTS_PUT_PIECE,
	BT_SQL_FACTS_DROP,
	BT_SQL_FACTS_WARM,
	BT_SQL_FACTS_PLACES,
	BT_SQL_FACTS_DROP_PIECES,

	BT_SQL_FROZEN_FILE,
	BT_SQL_FROZEN_FILE_PUT,
	BT_SQL_FROZEN_FILE_DROP,
	BT_SQL_FROZEN_ANY,
	BT_SQL_FROZEN_FIND,
	BT_SQL_FROZEN_PUT,
	BT_SQL_FROZEN_MOVE,
	BT_SQL_FROZEN_DROP,
	BT_SQL_FROZEN_BLOBS,
	BT_SQL_FROZEN_COUNTS,
	BT_SQL_FROZEN_GROUPS,
	BT_SQL_FROZEN_GROUP_LAST,
	BT_SQL_FROZEN_STORED,
	BT_SQL_FROZEN_GROUP_ADD,
	BT_SQL_FROZEN_GROUP_FINISH,
	BT_SQL_FROZEN_GROUP_DROP,
	BT_SQL_FACTS_SUMS,

	BT_SQL_TREE_FIND,
	BT_SQL_TREE_OF,
	BT_SQL_TREE_READ,
	BT_SQL_TREE_PUT,
	BT_SQL_TREE_CLEAR,
	BT_SQL_TREE_NEXT,
	BT_SQL_TREE_LAST,
	BT_SQL_TREE_EXISTS,
	BT_SQL_TREE_REPLACE,
	BT_SQL_TREE_DEPTH_SET,
	BT_SQL_TREE_DROP,

	BT_SQL_MANIFEST_READ,
	BT_SQL_MANIFEST_DROP,
	BT_SQL_MANIFEST_PUT,
	BT_SQL_MANIFEST_TRIM,
	BT_SQL_MANIFEST_CLEAR,

	BT_SQL_SEGMENT_LIST,
	BT_SQL_SEGMENT_BLOBS,
	BT_SQL_SEGMENT_INSERT,
	BT_SQL_SEGMENT_FINISH,
	BT_SQL_SEGMENT_DELETE,
	BT_SQL_NAME_BLOCK_PUT,
	BT_SQL_NAME_BLOCK_READ,
	BT_SQL_NAME_BLOCK_DELETE,
	BT_SQL_NAME_KEY_PUT,
	BT_SQL_NAME_KEY_FIND,
	BT_SQL_NAME_KEY_FROM,
	BT_SQL_NAME_KEY_DELETE,
	BT_SQL_POSTING_PUT,
	BT_SQL_POSTING_READ,
	BT_SQL_POSTING_DELETE,
	BT_SQL_TRIGRAM_PUT,
	BT_SQL_TRIGRAM_FIND,
	BT_SQL_TRIGRAM_DELETE,

	BT_SQL_FINDING_FIND,
	BT_SQL_FINDING_PUT,
	BT_SQL_FINDING_CLEAR_FAILED,
	BT_SQL_FINDING_DROP,

	/* Rows as they are, from one file to another: rewrite.c. */
	BT_SQL_COPY_LANGUAGES,
	BT_SQL_COPY_LANGUAGE_PUT,
	BT_SQL_COPY_BLOB_PUT,
	BT_SQL_COPY_FINDING,
	BT_SQL_COPY_FINDING_PUT,
	BT_SQL_COPY_TREE,
	BT_SQL_COPY_TREE_PUT,
	BT_SQL_COPY_MANIFESTS,
	BT_SQL_COPY_MANIFEST_PUT,
	BT_SQL_COPY_FROZEN,
	BT_SQL_COPY_FROZEN_FILE,
	BT_SQL_COPY_FROZEN_FILE_PUT,
	BT_SQL_COPY_FROZEN_GROUPS,
	BT_SQL_COPY_FROZEN_GROUP_PUT,
	BT_SQL_COPY_SEQUENCES,
	BT_SQL_COPY_SEQUENCE_DROP,
	BT_SQL_COPY_SEQUENCE_PUT,
	BT_SQL_BLOB_LAST,

	BT_SQL_FACTS_BYTES,
	BT_SQL_FACTS_PIECES_NR,
	BT_SQL_FREE_PAGES,
	BT_SQL_TABLE_BYTES,

	BT_SQL_CHECK_FILE,
	BT_SQL_FACTS_ORPHANS,
	BT_SQL_FINDING_ORPHANS,
	BT_SQL_FROZEN_ORPHANS,
	BT_SQL_MANIFEST_NEXT,
	BT_SQL_TRIGRAM_ROWS,

	BT_SQL_NR
};

/* The text of a statement, for the test that plans them all. */
const char *bt_sql_text(enum bt_sql id);

/* The statement, reset and ready to be bound. Declare the local with BT_SQL_OWNED. */
int bt_sql_get(struct bt_store *s, enum bt_sql id, sqlite3_stmt **ret_stmt, struct bt_err *err);
/* BT_ROW, BT_DONE or an error. */
int bt_sql_step(struct bt_store *s, sqlite3_stmt *q, struct bt_err *err);
/* Steps to the end: 0 or an error. */
int bt_sql_run(struct bt_store *s, sqlite3_stmt *q, struct bt_err *err);
/* bt_sql_get and bt_sql_run for a text with one integer, or none (the value is ignored then). */
int bt_sql_exec(struct bt_store *s, enum bt_sql id, int64_t value, struct bt_err *err);
/* Cleanup: resets the statement, so that it holds no lock and no memory of the caller. */
void bt_sql_release(sqlite3_stmt **q);
#define BT_SQL_OWNED BT_CLEANUP(bt_sql_release)

/* Bytes of a column: NULL and 0 for NULL. */
static inline const void *bt_sql_bytes(sqlite3_stmt *q, int column, size_t *ret_len)
{
	const void *p = sqlite3_column_blob(q, column);

	*ret_len = p ? (size_t)sqlite3_column_bytes(q, column) : 0;
	return p;
}

/* The caller's bytes, which stay where they are until the statement is released. Never NULL. */
static inline void bt_sql_bind_bytes(sqlite3_stmt *q, int index, const void *p, size_t len)
{
	sqlite3_bind_blob64(q, index, p ? p : "", len, SQLITE_STATIC);
}

#endif
