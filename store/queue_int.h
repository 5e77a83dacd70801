/*
 * What the files of queue.db share: its schema, its statements, its connection. Not for others.
 */
#ifndef BT_STORE_QUEUE_INT_H
#define BT_STORE_QUEUE_INT_H

#include <sqlite3.h>

#include "core/base/mem.h"
#include "store/queue.h"
#include "store/schema.h"

/* "batQ" */
#define BT_QUEUE_APPLICATION_ID 0x62617451
#define BT_QUEUE_VERSION 2

/* What format 2 has more than format 1, columns of events apart. */
#define BT_QUEUE_SCHEMA_2                                                                              \
	/* What a revision's index was. */                                                             \
	"CREATE TABLE snapshot ("                                                                      \
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                       \
	" label TEXT UNIQUE,"                                                                          \
	" at BIGINT NOT NULL,"                                                                         \
	" branch TEXT,"                                                                                \
	" revision BLOB,"                                                                              \
	" tree BLOB NOT NULL,"                                                                         \
	" selection BIGINT NOT NULL,"                                                                  \
	" digest BLOB,"                                                                                \
	" files BIGINT NOT NULL,"                                                                      \
	" incomplete BIGINT NOT NULL,"                                                                 \
	" versions BLOB NOT NULL);"                                                                    \
	"CREATE INDEX snapshot_revision ON snapshot (revision);"                                       \
	"CREATE INDEX snapshot_branch ON snapshot (branch, id);"                                       \
	"CREATE INDEX snapshot_tree ON snapshot (tree);"                                               \
	/* The difference between two of them. */                                                      \
	"CREATE TABLE patch ("                                                                         \
	" older BIGINT NOT NULL,"                                                                      \
	" newer BIGINT NOT NULL,"                                                                      \
	" at BIGINT NOT NULL,"                                                                         \
	" changes BIGINT NOT NULL,"                                                                    \
	" len BIGINT NOT NULL,"                                                                        \
	" data BLOB NOT NULL,"                                                                         \
	" PRIMARY KEY (older, newer));"                                                                \
	"CREATE INDEX patch_newer ON patch (newer);"                                                   \
	/* Figures that outlive processes. */                                                          \
	"CREATE TABLE counter ("                                                                       \
	" name TEXT PRIMARY KEY,"                                                                      \
	" value BIGINT NOT NULL) WITHOUT ROWID;"                                                       \
	/* The last record that went by retention. */                                                  \
	"CREATE TABLE anchor ("                                                                        \
	" name TEXT PRIMARY KEY,"                                                                      \
	" event BIGINT NOT NULL,"                                                                      \
	" chain BLOB NOT NULL) WITHOUT ROWID;"

enum bt_queue_sql {
	BT_QSQL_BEGIN,
	BT_QSQL_COMMIT,
	BT_QSQL_ROLLBACK,

	BT_QSQL_ACTION_ADD,
	BT_QSQL_ACTION_SAME,
	BT_QSQL_ACTION_TANGLED,
	BT_QSQL_ACTION_JOIN,
	BT_QSQL_ACTION_GET,
	BT_QSQL_ACTION_BY_KEY,
	BT_QSQL_ACTION_OPEN,
	BT_QSQL_ACTION_OF_BATCH,
	BT_QSQL_ACTION_NEWEST,
	BT_QSQL_ACTION_JOINED,
	BT_QSQL_ACTION_LANDED_IN,
	BT_QSQL_ACTION_SET,
	BT_QSQL_ACTION_NOTE,
	BT_QSQL_ACTION_REQUEUE,
	BT_QSQL_ACTION_CANCEL,
	BT_QSQL_ACTION_PROMOTE,
	BT_QSQL_ACTION_FOLLOW,
	BT_QSQL_ACTION_CLAIM,
	BT_QSQL_ACTION_CONTENT,
	BT_QSQL_AFTER_ADD,
	BT_QSQL_AFTER_LIST,
	BT_QSQL_AFTER_OPEN,

	BT_QSQL_BATCH_ADD,
	BT_QSQL_BATCH_GET,
	BT_QSQL_BATCH_OPEN,
	BT_QSQL_BATCH_NEWEST,
	BT_QSQL_BATCH_SET,
	BT_QSQL_BATCH_ERROR,
	BT_QSQL_EFFECT_BEGIN,
	BT_QSQL_EFFECT_END,
	BT_QSQL_EFFECT_LIST,
	BT_QSQL_EVENT_ADD,
	BT_QSQL_EVENT_LIST,
	BT_QSQL_EVENT_SEAL,
	BT_QSQL_EVENT_HEAD,
	BT_QSQL_EVENT_SEALED,
	BT_QSQL_EVENT_BEFORE,
	BT_QSQL_EVENT_AFTER,
	BT_QSQL_EVENT_GIVEN,
	BT_QSQL_EVENT_CUT,
	BT_QSQL_EVENT_FORGET,
	BT_QSQL_ANCHOR_GET,
	BT_QSQL_ANCHOR_PUT,
	BT_QSQL_COUNTER_ADD,
	BT_QSQL_COUNTER_GET,
	BT_QSQL_GAUGES,
	BT_QSQL_VERDICT_GET,
	BT_QSQL_VERDICT_PUT,
	BT_QSQL_SETTING_GET,
	BT_QSQL_SETTING_PUT,

	BT_QSQL_SNAPSHOT_ADD,
	BT_QSQL_SNAPSHOT_GET,
	BT_QSQL_SNAPSHOT_BY_LABEL,
	BT_QSQL_SNAPSHOT_BY_COMMIT,
	BT_QSQL_SNAPSHOT_SAME,
	BT_QSQL_SNAPSHOT_NAME,
	BT_QSQL_SNAPSHOT_LIST,
	BT_QSQL_SNAPSHOT_DELETE,
	BT_QSQL_SNAPSHOT_EXPIRED,
	BT_QSQL_PATCH_PUT,
	BT_QSQL_PATCH_GET,
	BT_QSQL_PATCH_LIST,
	BT_QSQL_PATCH_DELETE,
	BT_QSQL_PATCH_DELETE_OF,

	BT_QSQL_COUNTS,
	BT_QSQL_FIGURES,
	BT_QSQL_WAITS,
	BT_QSQL_FORGET_ACTIONS,
	BT_QSQL_FORGET_AFTER,
	BT_QSQL_FORGET_EFFECTS,
	BT_QSQL_FORGET_BATCHES,
	BT_QSQL_FORGET_VERDICTS,
	BT_QSQL_VERIFY,

	BT_QSQL_NR
};

struct bt_audit_head;

struct bt_queue {
	sqlite3 *db;
	sqlite3_stmt *stmts[BT_QSQL_NR];
	char *path;
	enum bt_queue_mode mode;
	bool writing;		/* between begin and commit */
	uint64_t fence;		/* 0: this process executes nothing */
	char *agent;		/* of events that name none */
	struct bt_audit_head *head;	/* the newest record, while a transaction knows it; or NULL */
};

/* The text of a statement, for the test that plans them all. */
const char *bt_queue_sql_text(enum bt_queue_sql id);
extern const char bt_queue_schema_text[];

/* queue_open.c: one connection; errors speak of q->path, which is set. */
int bt_queue_connect(struct bt_queue *q, const char *name, int flags, int busy_ms, struct bt_err *err);
void bt_queue_disconnect(struct bt_queue *q);
int bt_queue_exec(struct bt_queue *q, const char *sql, struct bt_err *err);
int bt_queue_header_number(struct bt_queue *q, const char *pragma, int64_t *ret, struct bt_err *err);
/* queue_migrate.c: brings an older format to this one. mode: of the copy that is put beside it. */
int bt_queue_migrate(struct bt_queue *q, unsigned mode, struct bt_err *err);

/* queue_audit.c: the columns that EVENT_LIST and its like give; seals records that have none, in the caller's transaction. */
void bt_queue_event_columns(sqlite3_stmt *s, struct bt_arena *arena, struct bt_event *ret_e);
int bt_queue_audit_seal(struct bt_queue *q, uint64_t *ret_nr, struct bt_err *err);
void bt_queue_head_forget(struct bt_queue *q);

/* SQLite's codes become ours. Returns the code. */
int bt_queue_fail(struct bt_queue *q, int rc, struct bt_err *err);

/* The statement, reset and ready to be bound; declare the local with BT_QSQL_OWNED. */
int bt_queue_sql_get(struct bt_queue *q, enum bt_queue_sql id, sqlite3_stmt **ret_stmt, struct bt_err *err);
int bt_queue_sql_step(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err);	/* BT_ROW, BT_DONE or an error */
int bt_queue_sql_run(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err);	/* to the end */
/* All rows of a statement that is bound, as a list in the arena: each of `size` bytes, filled by `read`. NULL: *err says why. */
typedef void bt_queue_read_fn(sqlite3_stmt *s, struct bt_arena *arena, void *ret_row);
void *bt_queue_sql_rows(struct bt_queue *q, sqlite3_stmt *s, size_t size, bt_queue_read_fn *read, struct bt_arena *arena, size_t *ret_nr,
			struct bt_err *err);
void bt_queue_sql_release(sqlite3_stmt **s);
#define BT_QSQL_OWNED BT_CLEANUP(bt_queue_sql_release)

/* Values of columns and parameters: NULL for what is not there. */
void bt_queue_bind_text(sqlite3_stmt *s, int at, const char *text);
void bt_queue_bind_oid(sqlite3_stmt *s, int at, const struct bt_oid *oid);
const char *bt_queue_column_text(sqlite3_stmt *s, int at, struct bt_arena *arena);
struct bt_oid bt_queue_column_oid(sqlite3_stmt *s, int at);

/* A transaction of its own, unless one is open. */
struct bt_queue_scope {
	bool own;
};
int bt_queue_scope_begin(struct bt_queue *q, struct bt_queue_scope *scope, struct bt_err *err);
/* Commits when rc is 0, else rolls back; returns what the whole came to. */
int bt_queue_scope_end(struct bt_queue *q, struct bt_queue_scope *scope, int rc, struct bt_err *err);

/* To the end, in a transaction of its own unless one is open: an executor whose fence was raised writes nothing. */
int bt_queue_write(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err);

/* BT_ERR_BUSY: another process executes now. */
int bt_queue_fence_check(struct bt_queue *q, struct bt_err *err);

/* 16 random hex digits and a NUL. */
int bt_queue_key_make(char *ret_key, struct bt_err *err);

#endif
