/*
 * What index.db looks like. It is never migrated: another schema is another user_version, and the
 * file is made again.
 */
#ifndef BT_STORE_SCHEMA_H
#define BT_STORE_SCHEMA_H

/* "batI" */
#define BT_STORE_APPLICATION_ID 0x62617449
/* Raised with every change of the schema or of the bytes in a value. */
#define BT_STORE_VERSION 5
/* Measured: docs/decisions/0010-store-file.md. */
#define BT_STORE_PAGE_SIZE 8192
/* Bytes at the end of every page that hold its checksum (vfs.c). */
#define BT_STORE_PAGE_CHECK 8
/*
 * A row of the stream of facts. What fits in a leaf page of a table as one row: SQLite keeps 35 bytes of a page free of
 * payload, and five bytes of the payload tell that it is one blob.
 */
#define BT_FACTS_PIECE_LEN (BT_STORE_PAGE_SIZE - BT_STORE_PAGE_CHECK - 40)

/* Before the first byte is written. */
extern const char bt_schema_before_text[];
extern const char bt_schema_text[];
/* How a file is kept: one of them, at the end. */
extern const char bt_schema_wal_text[];
extern const char bt_schema_journal_text[];
/* What a connection that writes asks for. */
extern const char bt_schema_writer_text[];
/* What a connection asks for that has the file alone: no shared memory, what it needs is its own. */
extern const char bt_schema_alone_text[];
/* Reads next to nothing: can the file be used? */
extern const char bt_schema_probe_text[];

#endif
