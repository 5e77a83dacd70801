#include "store/queue_restore.h"

#include <string.h>

#include "store/queue_audit.h"
#include "store/queue_int.h"

/* The other file is attached as `b`. */
static const char over_text[] = "SELECT count(*) FROM b.action AS x JOIN main.action AS m ON m.key = x.key WHERE x.state <= 4 AND m.state > 4";
static const char gone_text[] = "SELECT count(*) FROM main.action AS m WHERE NOT EXISTS (SELECT 1 FROM b.action AS x WHERE x.key = m.key)";
static const char gone_open_text[] =
	"SELECT count(*) FROM main.action AS m WHERE m.state <= 4 AND NOT EXISTS (SELECT 1 FROM b.action AS x WHERE x.key = m.key)";
static const char doubtful_text[] = "SELECT count(*) FROM b.action AS x WHERE x.state <= 4 AND x.kind >= 3"
				    " AND NOT EXISTS (SELECT 1 FROM main.action AS m WHERE m.key = x.key)";
/* Is the newest record of the other one a record of this one? Nothing there is the beginning of everything. */
static const char same_audit_text[] = "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM main.event) THEN 0 WHEN NOT EXISTS (SELECT 1 FROM b.event) THEN 1"
				      " ELSE EXISTS (SELECT 1 FROM b.event AS x JOIN main.event AS m ON m.id = x.id AND m.chain IS x.chain"
				      " WHERE x.id = (SELECT max(id) FROM b.event)) END";

/* What is known here, before it goes. */
static const char remember_text[] =
	"CREATE TEMP TABLE over_action AS SELECT key, state, detail, result, finished_at FROM main.action WHERE state > 4;"
	"CREATE TEMP TABLE over_batch AS SELECT key, state, started_at, finished_at, attempt, base, tree, content, remote_old, error,"
	" executed, failed FROM main.batch WHERE state > 4;"
	"CREATE TEMP TABLE known (key TEXT PRIMARY KEY) WITHOUT ROWID;"
	"INSERT INTO known SELECT key FROM main.action;"
	"CREATE TEMP TABLE fence AS SELECT max(value) AS value FROM (SELECT value FROM main.setting WHERE name = 'fence'"
	" UNION ALL SELECT value FROM b.setting WHERE name = 'fence');"
	"CREATE UNIQUE INDEX over_action_key ON over_action (key);"
	"CREATE UNIQUE INDEX over_batch_key ON over_batch (key);";
static const char merge_text[] =
	"UPDATE main.action AS a SET state = o.state, detail = o.detail, result = o.result, finished_at = o.finished_at"
	" FROM temp.over_action AS o WHERE a.key = o.key AND a.state <= 4;"
	"UPDATE main.batch AS a SET state = o.state, started_at = o.started_at, finished_at = o.finished_at, attempt = o.attempt, base = o.base,"
	" tree = o.tree, content = o.content, remote_old = o.remote_old, error = o.error, executed = o.executed, failed = o.failed"
	" FROM temp.over_batch AS o WHERE a.key = o.key AND a.state <= 4;"
	"UPDATE main.action SET state = 10, detail = 'restored from a backup: it may have run since',"
	" finished_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000"
	" WHERE state <= 4 AND kind >= 3 AND key NOT IN (SELECT key FROM temp.known);"
	"DELETE FROM main.setting WHERE name = 'fence';"
	"INSERT INTO main.setting (name, value) SELECT 'fence', coalesce(value, 0) + 1 FROM temp.fence;"
	/* numbers that were given are not given again */
	"INSERT INTO main.sqlite_sequence (name, seq) SELECT name, 0 FROM b.sqlite_sequence AS x WHERE NOT EXISTS"
	" (SELECT 1 FROM main.sqlite_sequence AS m WHERE m.name = x.name);"
	"UPDATE main.sqlite_sequence SET seq = max(seq, coalesce((SELECT x.seq FROM b.sqlite_sequence AS x"
	" WHERE x.name = sqlite_sequence.name), 0)) WHERE name <> 'event';";
static const char audit_sequence_text[] = "UPDATE main.sqlite_sequence SET seq = coalesce((SELECT x.seq FROM b.sqlite_sequence AS x"
					  " WHERE x.name = 'event'), 0) WHERE name = 'event'";
static const char forget_text[] = "DROP TABLE IF EXISTS temp.over_action; DROP TABLE IF EXISTS temp.over_batch; DROP TABLE IF EXISTS temp.known;"
				  "DROP TABLE IF EXISTS temp.fence;";

static const struct {
	const char *name;
	bool audit;		/* stays when the audit does */
} tables[] = {
	{ "action", false },  { "dependency", false }, { "batch", false }, { "effect", false }, { "verdict", false },
	{ "setting", false }, { "snapshot", false },   { "patch", false }, { "event", true },	{ "anchor", true },
	{ "counter", true },
};

static int number(struct bt_queue *q, const char *sql, uint64_t *ret, struct bt_err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(q->db, sql, -1, &s, NULL);

	if (!rc && sqlite3_step(s) == SQLITE_ROW)
		*ret = (uint64_t)sqlite3_column_int64(s, 0);
	rc = s ? sqlite3_finalize(s) : rc;
	return rc ? bt_queue_fail(q, rc, err) : 0;
}

static int attach(struct bt_queue *q, const char *from, struct bt_err *err)
{
	sqlite3_stmt *s = NULL;
	int rc;

	sqlite3_limit(q->db, SQLITE_LIMIT_ATTACHED, 1);
	rc = sqlite3_prepare_v2(q->db, "ATTACH ?1 AS b", -1, &s, NULL);
	if (!rc)
		rc = sqlite3_bind_text(s, 1, from, -1, SQLITE_STATIC);
	if (!rc)
		sqlite3_step(s);
	rc = s ? sqlite3_finalize(s) : rc;
	return rc ? bt_queue_fail(q, rc, err) : 0;
}

static void detach(struct bt_queue *q)
{
	sqlite3_exec(q->db, "DETACH b", NULL, NULL, NULL);
	sqlite3_limit(q->db, SQLITE_LIMIT_ATTACHED, 0);
}

static int look(struct bt_queue *q, struct bt_queue_restored *r, struct bt_err *err)
{
	uint64_t same = 0;

	if (number(q, over_text, &r->over, err) || number(q, gone_text, &r->gone, err) || number(q, gone_open_text, &r->gone_open, err) ||
	    number(q, doubtful_text, &r->doubtful, err) || number(q, same_audit_text, &same, err))
		return err->code;
	r->audit_kept = same;
	return 0;
}

int bt_queue_restore_look(struct bt_queue *q, const char *from, struct bt_queue_restored *ret_r, struct bt_err *err)
{
	int rc = attach(q, from, err);

	*ret_r = (struct bt_queue_restored){ .over = 0 };
	if (!rc)
		rc = look(q, ret_r, err);
	detach(q);
	return rc;
}

/* Columns by their names: a file that was brought to this format may have them in another order. */
static int replace_table(struct bt_queue *q, const char *name, struct bt_err *err)
{
	sqlite3_stmt *s = NULL;
	BT_FREE char *sql = NULL;
	int rc = sqlite3_prepare_v2(q->db, "SELECT group_concat(name, ', ') FROM pragma_table_info(?1, 'main')", -1, &s, NULL);

	if (!rc)
		sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	if (!rc && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0)) {
		const char *columns = (const char *)sqlite3_column_text(s, 0);

		sql = bt_xasprintf("DELETE FROM main.%s; INSERT INTO main.%s (%s) SELECT %s FROM b.%s", name, name, columns, columns, name);
	}
	rc = s ? sqlite3_finalize(s) : rc;
	if (rc)
		return bt_queue_fail(q, rc, err);
	if (!sql)
		return bt_err_set(err, BT_ERR_FAIL, "queue '%s' has no table '%s'", q->path, name);
	return bt_queue_exec(q, sql, err);
}

static int replace(struct bt_queue *q, const char *kept, const char *note, struct bt_queue_restored *r, struct bt_err *err)
{
	/* from another connection: it sees what was committed, and nobody commits now */
	if ((kept && bt_queue_copy(q->path, kept, 0600, err)) || look(q, r, err) || bt_queue_exec(q, remember_text, err))
		return err->code;
	for (size_t i = 0; i < BT_ARRAY_NR(tables); i++)
		if (!(tables[i].audit && r->audit_kept) && replace_table(q, tables[i].name, err))
			return err->code;
	if (bt_queue_exec(q, merge_text, err) || (!r->audit_kept && bt_queue_exec(q, audit_sequence_text, err)))
		return err->code;
	if (bt_queue_exec(q, forget_text, err))
		return err->code;
	return bt_queue_audit(q, "restore", "ok", note, err);
}

int bt_queue_restore(struct bt_queue *q, const char *from, const char *kept, const char *note, struct bt_queue_restored *ret_r, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	int rc;

	*ret_r = (struct bt_queue_restored){ .over = 0 };
	if (attach(q, from, err) || bt_queue_exec(q, "PRAGMA temp_store = MEMORY", err) || bt_queue_begin(q, err)) {
		detach(q);
		return err->code;
	}
	rc = replace(q, kept, note, ret_r, err);
	if (!rc)
		rc = bt_queue_verify(q, err);
	if (!rc)
		rc = bt_queue_commit(q, err);
	bt_queue_rollback(q);
	if (rc)
		bt_queue_exec(q, forget_text, &ignored);
	detach(q);
	return rc;
}
