/*
 * queue.db from an older format to this one: a copy is put beside it, then one transaction does everything. A process that dies on
 * the way leaves the old format, and perhaps the copy. A program of the older format that has it open goes on: what is added may be
 * absent in its rows.
 */
#include "core/base/mem.h"
#include "core/base/trace.h"
#include "store/queue_int.h"

/* What leads from format n to n + 1, at n. What a new file of the newest format has is in queue_sql.c; a test holds them equal. */
static const char *const steps[BT_QUEUE_VERSION] = {
	[1] = "ALTER TABLE event ADD COLUMN user TEXT;"
	      "ALTER TABLE event ADD COLUMN pid BIGINT;"
	      "ALTER TABLE event ADD COLUMN result TEXT;"
	      "ALTER TABLE event ADD COLUMN chain BLOB;" BT_QUEUE_SCHEMA_2,
};

/* With the lock of the writer held: somebody else may have been faster. */
static int migrate_locked(struct bt_queue *q, unsigned mode, struct bt_err *err)
{
	BT_FREE char *copy = NULL, *version = NULL;
	uint64_t sealed = 0;
	int64_t from = 0;

	if (bt_queue_header_number(q, "PRAGMA user_version", &from, err))
		return err->code;
	if (from >= BT_QUEUE_VERSION)
		return 0;
	copy = bt_xasprintf("%s.format-%d", q->path, (int)from);
	if (bt_queue_copy(q->path, copy, mode, err))
		return bt_err_wrap(err, "queue '%s' has to be brought to format %d, and cannot be copied before", q->path, BT_QUEUE_VERSION);
	for (int64_t at = from; at < BT_QUEUE_VERSION; at++)
		if (bt_queue_exec(q, steps[at], err))
			return err->code;
	if (bt_queue_audit_seal(q, &sealed, err))
		return err->code;
	version = bt_xasprintf("PRAGMA user_version = %d", BT_QUEUE_VERSION);
	bt_trace("bring the queue '%s' from format %d to %d", q->path, (int)from, BT_QUEUE_VERSION);
	return bt_queue_exec(q, version, err);
}

int bt_queue_migrate(struct bt_queue *q, unsigned mode, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;

	if (bt_queue_exec(q, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", err))
		return err->code;
	if (migrate_locked(q, mode, err)) {
		bt_queue_exec(q, "ROLLBACK", &ignored);
		return err->code;
	}
	return bt_queue_exec(q, "COMMIT", err);
}
