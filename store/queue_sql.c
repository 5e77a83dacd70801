/*
 * The schema and the statements of queue.db. Ordinary types and keys, so that another database could hold it. States are
 * written as numbers (store/action.h); a test holds them equal.
 */
#include <string.h>

#include "store/queue_int.h"

#define COLUMNS                                                                                        \
	"id, key, idem_key, kind, state, lane, agent, priority, urgent, queued_at, not_before,"        \
	" finished_at, params, message, base, content, slot, batch, leader, barrier, attempts, result, detail"
#define SELECT "SELECT " COLUMNS " FROM action "
#define BATCH_COLUMNS                                                                                  \
	"id, key, kind, lane, state, created_at, started_at, finished_at, attempt, committer, base,"   \
	" tree, content, remote, remote_old, error, executed, failed"
#define BATCH_SELECT "SELECT " BATCH_COLUMNS " FROM batch "
#define SNAPSHOT_SELECT                                                                                \
	"SELECT id, label, at, branch, revision, tree, selection, digest, files, incomplete, versions FROM snapshot "
#define EVENT_SELECT "SELECT id, at, action, batch, agent, what, detail, user, pid, result, chain FROM event "

const char bt_queue_schema_text[] =
	"CREATE TABLE action ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" key TEXT NOT NULL UNIQUE,"
	" idem_key TEXT UNIQUE,"
	" same BIGINT NOT NULL,"
	" kind INTEGER NOT NULL,"
	" state INTEGER NOT NULL,"
	" lane TEXT NOT NULL,"
	" agent TEXT NOT NULL,"
	" priority INTEGER NOT NULL,"
	" urgent INTEGER NOT NULL,"
	" queued_at BIGINT NOT NULL,"
	" not_before BIGINT NOT NULL,"
	" finished_at BIGINT NOT NULL,"
	" params BLOB NOT NULL,"
	" message TEXT,"
	" base BLOB,"
	" content BLOB,"
	" slot INTEGER NOT NULL,"
	" batch BIGINT NOT NULL,"
	" place INTEGER NOT NULL,"
	" leader BIGINT NOT NULL,"
	" barrier BIGINT NOT NULL,"
	" attempts INTEGER NOT NULL,"
	" result BLOB,"
	" detail TEXT);"
	"CREATE INDEX action_open ON action (id) WHERE state <= 4;"
	"CREATE INDEX action_same ON action (same) WHERE state = 0 AND leader = 0 AND kind BETWEEN 1 AND 3;"
	"CREATE INDEX action_content ON action (content) WHERE content IS NOT NULL;"
	"CREATE INDEX action_landed ON action (lane, id) WHERE state = 5;"
	"CREATE INDEX action_batch ON action (batch, place) WHERE batch <> 0;"
	"CREATE INDEX action_leader ON action (leader) WHERE leader <> 0;"

	"CREATE TABLE dependency ("
	" action BIGINT NOT NULL,"
	" needs BIGINT NOT NULL,"
	" PRIMARY KEY (action, needs)) WITHOUT ROWID;"

	"CREATE TABLE batch ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" key TEXT NOT NULL UNIQUE,"
	" kind INTEGER NOT NULL,"
	" lane TEXT NOT NULL,"
	" state INTEGER NOT NULL,"
	" created_at BIGINT NOT NULL,"
	" started_at BIGINT NOT NULL,"
	" finished_at BIGINT NOT NULL,"
	" attempt INTEGER NOT NULL,"
	" committer TEXT NOT NULL,"
	" base BLOB,"
	" tree BLOB,"
	" content BLOB,"
	" remote TEXT,"
	" remote_old BLOB,"
	" error TEXT,"
	" errors INTEGER NOT NULL,"
	" executed BIGINT NOT NULL,"
	" failed BIGINT NOT NULL);"
	"CREATE INDEX batch_open ON batch (id) WHERE state <= 4;"

	"CREATE TABLE effect ("
	" batch BIGINT NOT NULL,"
	" seq INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" intent TEXT,"
	" intent_at BIGINT NOT NULL,"
	" outcome TEXT,"
	" done_at BIGINT NOT NULL,"
	" PRIMARY KEY (batch, seq)) WITHOUT ROWID;"

	"CREATE TABLE event ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at BIGINT NOT NULL,"
	" action BIGINT NOT NULL,"
	" batch BIGINT NOT NULL,"
	" agent TEXT,"
	" what TEXT NOT NULL,"
	" detail TEXT,"
	" user TEXT,"
	" pid BIGINT,"
	" result TEXT,"
	" chain BLOB);"
	"CREATE INDEX event_action ON event (action, id) WHERE action <> 0;"

	"CREATE TABLE verdict ("
	" tree BLOB NOT NULL,"
	" command BIGINT NOT NULL,"
	" passed INTEGER NOT NULL,"
	" at BIGINT NOT NULL,"
	" PRIMARY KEY (tree, command)) WITHOUT ROWID;"

	"CREATE TABLE setting ("
	" name TEXT PRIMARY KEY,"
	" value BIGINT NOT NULL) WITHOUT ROWID;"

	BT_QUEUE_SCHEMA_2;

static const char *const texts[BT_QSQL_NR] = {
	[BT_QSQL_BEGIN] = "BEGIN IMMEDIATE",
	[BT_QSQL_COMMIT] = "COMMIT",
	[BT_QSQL_ROLLBACK] = "ROLLBACK",

	[BT_QSQL_ACTION_ADD] =
		"INSERT INTO action (key, idem_key, same, kind, state, lane, agent, priority, urgent, queued_at, not_before,"
		" finished_at, params, message, base, content, slot, batch, place, leader, barrier, attempts)"
		" VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11, ?12, ?13, ?14, ?15, 0, 0, ?16, 0, 0)",
	/* One that was told to wait for others stays alone: who joined it would wait as well. */
	[BT_QSQL_ACTION_SAME] = SELECT "WHERE same = ?1 AND state = 0 AND leader = 0 AND kind BETWEEN 1 AND 3"
				       " AND NOT EXISTS (SELECT 1 FROM dependency AS d WHERE d.action = action.id) ORDER BY id",
	/* Something that came after it and before its barrier names what it waits for: that may be the very action that is joined. */
	[BT_QSQL_ACTION_TANGLED] = "SELECT 1 FROM action AS a JOIN dependency AS d ON d.action = a.id"
				   " WHERE a.state <= 4 AND a.id > ?1 AND a.lane = ?2 AND a.kind < ?3 LIMIT 1",
	/* The follower's id is the new barrier: ids ascend. */
	[BT_QSQL_ACTION_JOIN] = "UPDATE action SET barrier = ?2, urgent = max(urgent, ?3), priority = max(priority, ?4) WHERE id = ?1",
	[BT_QSQL_ACTION_GET] = SELECT "WHERE id = ?1",
	[BT_QSQL_ACTION_BY_KEY] = SELECT "WHERE idem_key = ?1",
	[BT_QSQL_ACTION_OPEN] = SELECT "WHERE state <= 4 ORDER BY id",
	[BT_QSQL_ACTION_OF_BATCH] = SELECT "WHERE batch = ?1 AND batch <> 0 ORDER BY place",
	[BT_QSQL_ACTION_NEWEST] = SELECT "WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
	[BT_QSQL_ACTION_JOINED] = SELECT "WHERE leader = ?1 AND leader <> 0 ORDER BY id",
	[BT_QSQL_ACTION_LANDED_IN] = SELECT "WHERE lane = ?1 AND state = 5 ORDER BY id",
	[BT_QSQL_ACTION_SET] = "UPDATE action SET state = ?2, detail = ?3, result = coalesce(?4, result), finished_at = ?5"
			       " WHERE id = ?1 OR (leader = ?1 AND leader <> 0)",
	[BT_QSQL_ACTION_NOTE] = "UPDATE action SET state = ?3, detail = ?4 WHERE state = ?2 AND (id = ?1 OR (leader = ?1 AND leader <> 0))",
	[BT_QSQL_ACTION_REQUEUE] = "UPDATE action SET state = 0, batch = 0, place = 0, finished_at = 0, detail = ?2"
				   " WHERE id = ?1 OR (leader = ?1 AND leader <> 0)",
	[BT_QSQL_ACTION_CANCEL] = "UPDATE action SET state = 9, leader = 0, finished_at = ?2, detail = NULL WHERE id = ?1",
	[BT_QSQL_ACTION_PROMOTE] = "UPDATE action SET leader = 0, (barrier, urgent, priority) ="
				   " (SELECT max(b.id), max(b.urgent), max(b.priority) FROM action AS b WHERE b.leader = ?1"
				   " AND b.leader <> 0) WHERE id = (SELECT min(a.id) FROM action AS a WHERE a.leader = ?1"
				   " AND a.leader <> 0) RETURNING id",
	[BT_QSQL_ACTION_FOLLOW] = "UPDATE action SET leader = ?2 WHERE leader = ?1 AND leader <> 0",
	[BT_QSQL_ACTION_CLAIM] = "UPDATE action SET state = 1, batch = ?2, place = ?3, attempts = attempts + 1"
				 " WHERE id = ?1 AND state = 0 AND leader = 0",
	[BT_QSQL_ACTION_CONTENT] = "SELECT state <= 4 OR (state = 5 AND finished_at > ?2) AS open FROM action"
				   " WHERE content = ?1 AND content IS NOT NULL"
				   " AND (state <= 4 OR (state = 5 AND finished_at > ?2) OR queued_at >= ?3) ORDER BY open DESC LIMIT 1",
	[BT_QSQL_AFTER_ADD] = "INSERT INTO dependency (action, needs) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
	[BT_QSQL_AFTER_LIST] = "SELECT needs FROM dependency WHERE action = ?1 ORDER BY needs",
	[BT_QSQL_AFTER_OPEN] = "SELECT d.action, d.needs FROM action AS a JOIN dependency AS d ON d.action = a.id"
			       " WHERE a.state <= 4 ORDER BY d.action, d.needs",

	[BT_QSQL_BATCH_ERROR] = "UPDATE batch SET errors = errors + 1, error = ?2 WHERE id = ?1 AND state <= 4 RETURNING errors",
	[BT_QSQL_BATCH_ADD] = "INSERT INTO batch (key, kind, lane, state, created_at, started_at, finished_at, attempt, committer,"
			      " remote, errors, executed, failed) VALUES (?1, ?2, ?3, 0, ?4, 0, 0, 0, ?5, ?6, 0, 0, 0)",
	[BT_QSQL_BATCH_GET] = BATCH_SELECT "WHERE id = ?1",
	[BT_QSQL_BATCH_OPEN] = BATCH_SELECT "WHERE state <= 4 ORDER BY id",
	[BT_QSQL_BATCH_NEWEST] = BATCH_SELECT "ORDER BY id DESC LIMIT ?1",
	/* Whoever raised the fence since is the executor now. */
	[BT_QSQL_BATCH_SET] = "UPDATE batch SET state = ?2, started_at = ?3, finished_at = ?4, attempt = ?5, base = ?6, tree = ?7,"
			      " content = ?8, remote = ?9, remote_old = ?10, error = ?11, executed = ?12, failed = ?13"
			      " WHERE id = ?1 AND ?14 = (SELECT value FROM setting WHERE name = 'fence')",
	[BT_QSQL_EFFECT_BEGIN] = "INSERT INTO effect (batch, seq, kind, intent, intent_at, done_at)"
				 " SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4, 0 FROM effect WHERE batch = ?1 RETURNING seq",
	[BT_QSQL_EFFECT_END] = "UPDATE effect SET outcome = ?3, done_at = ?4 WHERE batch = ?1 AND seq = ?2",
	[BT_QSQL_EFFECT_LIST] = "SELECT seq, kind, intent, intent_at, outcome, done_at FROM effect WHERE batch = ?1 ORDER BY seq",
	[BT_QSQL_EVENT_ADD] = "INSERT INTO event (at, action, batch, agent, what, detail, user, pid, result, chain)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[BT_QSQL_EVENT_SEAL] = "UPDATE event SET chain = ?2 WHERE id = ?1",
	[BT_QSQL_EVENT_HEAD] = "SELECT id, chain FROM event ORDER BY id DESC LIMIT 1",
	[BT_QSQL_EVENT_SEALED] = "SELECT id, chain FROM event WHERE chain IS NOT NULL ORDER BY id DESC LIMIT 1",
	[BT_QSQL_EVENT_BEFORE] = EVENT_SELECT "WHERE id < ?1 ORDER BY id DESC LIMIT 1",
	[BT_QSQL_EVENT_AFTER] = EVENT_SELECT "WHERE id > ?1 ORDER BY id LIMIT 1",
	[BT_QSQL_EVENT_GIVEN] = "SELECT seq FROM sqlite_sequence WHERE name = 'event'",
	/* The newest always stays: the next one is sealed after it. */
	[BT_QSQL_EVENT_CUT] = "SELECT coalesce((SELECT id FROM event WHERE at >= ?1 ORDER BY id LIMIT 1), (SELECT max(id) FROM event)) - 1"
			      " WHERE EXISTS (SELECT 1 FROM event)",
	[BT_QSQL_EVENT_FORGET] = "DELETE FROM event WHERE id <= ?1",
	[BT_QSQL_ANCHOR_GET] = "SELECT event, chain FROM anchor WHERE name = 'event'",
	[BT_QSQL_ANCHOR_PUT] = "INSERT INTO anchor (name, event, chain) SELECT 'event', id, chain FROM event WHERE id <= ?1"
			       " ORDER BY id DESC LIMIT 1"
			       " ON CONFLICT (name) DO UPDATE SET event = excluded.event, chain = excluded.chain",
	[BT_QSQL_COUNTER_ADD] = "INSERT INTO counter (name, value) VALUES (?1, ?2)"
				" ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value",
	[BT_QSQL_COUNTER_GET] = "SELECT value FROM counter WHERE name = ?1",
	[BT_QSQL_GAUGES] = "SELECT (SELECT count(*) FROM snapshot),"
			   " (SELECT coalesce(min(queued_at), 0) FROM action WHERE state <= 2 AND state <= 4)",
	[BT_QSQL_EVENT_LIST] = EVENT_SELECT
			       "WHERE ?1 = 0 OR (action = ?1 AND action <> 0) ORDER BY id DESC LIMIT ?2",
	[BT_QSQL_VERDICT_GET] = "SELECT passed FROM verdict WHERE tree = ?1 AND command = ?2",
	[BT_QSQL_VERDICT_PUT] = "INSERT INTO verdict (tree, command, passed, at) VALUES (?1, ?2, ?3, ?4)"
				" ON CONFLICT (tree, command) DO UPDATE SET passed = excluded.passed, at = excluded.at",
	[BT_QSQL_SETTING_GET] = "SELECT value FROM setting WHERE name = ?1",
	[BT_QSQL_SETTING_PUT] = "INSERT INTO setting (name, value) VALUES (?1, ?2)"
				" ON CONFLICT (name) DO UPDATE SET value = excluded.value",

	[BT_QSQL_SNAPSHOT_ADD] = "INSERT INTO snapshot (label, at, branch, revision, tree, selection, digest, files, incomplete, versions)"
				 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[BT_QSQL_SNAPSHOT_GET] = SNAPSHOT_SELECT "WHERE id = ?1",
	[BT_QSQL_SNAPSHOT_BY_LABEL] = SNAPSHOT_SELECT "WHERE label = ?1",
	[BT_QSQL_SNAPSHOT_BY_COMMIT] = SNAPSHOT_SELECT "WHERE revision = ?1 ORDER BY id DESC LIMIT 1",
	[BT_QSQL_SNAPSHOT_SAME] = SNAPSHOT_SELECT "WHERE tree = ?1 ORDER BY id DESC",
	[BT_QSQL_SNAPSHOT_NAME] = "UPDATE snapshot SET label = coalesce(?2, label), branch = coalesce(?3, branch) WHERE id = ?1",
	[BT_QSQL_SNAPSHOT_LIST] = SNAPSHOT_SELECT "ORDER BY id DESC",
	[BT_QSQL_SNAPSHOT_DELETE] = "DELETE FROM snapshot WHERE id = ?1",
	[BT_QSQL_SNAPSHOT_EXPIRED] = "SELECT id, length(versions) FROM snapshot WHERE label IS NULL"
				     " AND (branch IS NULL OR id <> (SELECT max(n.id) FROM snapshot AS n WHERE n.branch = snapshot.branch))"
				     " AND (at < ?1 OR id NOT IN (SELECT id FROM snapshot WHERE label IS NULL ORDER BY id DESC LIMIT ?2))",
	[BT_QSQL_PATCH_PUT] = "INSERT INTO patch (older, newer, at, changes, len, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
			      " ON CONFLICT (older, newer) DO UPDATE SET at = excluded.at, changes = excluded.changes,"
			      " len = excluded.len, data = excluded.data",
	[BT_QSQL_PATCH_GET] = "SELECT len, data FROM patch WHERE older = ?1 AND newer = ?2",
	[BT_QSQL_PATCH_LIST] = "SELECT older, newer, at, changes, length(data) FROM patch WHERE ?1 = 0 OR older = ?1 OR newer = ?1"
			       " ORDER BY at DESC, older DESC, newer DESC",
	[BT_QSQL_PATCH_DELETE] = "DELETE FROM patch WHERE older = ?1 AND newer = ?2",
	[BT_QSQL_PATCH_DELETE_OF] = "DELETE FROM patch WHERE older = ?1 OR newer = ?1",

	[BT_QSQL_COUNTS] = "SELECT kind, state, count(*), sum(leader <> 0) FROM action GROUP BY kind, state ORDER BY kind, state",
	[BT_QSQL_FIGURES] = "SELECT (SELECT count(DISTINCT agent) FROM action), (SELECT count(*) FROM batch WHERE state = 5),"
			    " (SELECT coalesce(sum(executed), 0) FROM batch WHERE state = 5),"
			    " (SELECT coalesce(max(executed), 0) FROM batch WHERE state = 5),"
			    " (SELECT count(*) FROM action WHERE kind = 2 AND state = 7),"
			    " (SELECT count(*) FROM batch WHERE kind = 2 AND state = 5)",
	[BT_QSQL_WAITS] = "SELECT finished_at - queued_at AS wait FROM (SELECT finished_at, queued_at FROM action"
			  " WHERE state BETWEEN 5 AND 7 ORDER BY id DESC LIMIT 10000) ORDER BY wait",
	/* What somebody waits for stays, with what that became one with; and members of a batch that goes on. */
	[BT_QSQL_FORGET_ACTIONS] = "WITH needed (id) AS (SELECT d.needs FROM action AS a JOIN dependency AS d ON d.action = a.id"
				   " WHERE a.state <= 4)"
				   " DELETE FROM action WHERE state > 4 AND finished_at < ?1"
				   " AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.id = action.batch AND batch.state <= 4)"
				   " AND id NOT IN (SELECT id FROM needed UNION ALL"
				   " SELECT n.leader FROM needed JOIN action AS n ON n.id = needed.id)",
	[BT_QSQL_FORGET_AFTER] = "DELETE FROM dependency WHERE action NOT IN (SELECT id FROM action)",
	[BT_QSQL_FORGET_EFFECTS] = "DELETE FROM effect WHERE batch IN"
				   " (SELECT id FROM batch WHERE state > 4 AND finished_at < ?1)",
	[BT_QSQL_FORGET_BATCHES] = "DELETE FROM batch WHERE state > 4 AND finished_at < ?1"
				   " AND NOT EXISTS (SELECT 1 FROM action WHERE action.batch = batch.id AND action.batch <> 0)",
	[BT_QSQL_FORGET_VERDICTS] = "DELETE FROM verdict WHERE at < ?1",

	/* The first thing that cannot be. */
	[BT_QSQL_VERIFY] = "SELECT 'the difference of snapshots ' || older || ' and ' || newer || ' is of one that is missing' FROM patch"
			   " WHERE older NOT IN (SELECT id FROM snapshot) OR newer NOT IN (SELECT id FROM snapshot)"
			   " UNION ALL SELECT 'action ' || id || ' has a kind or state that there is not' FROM action"
			   " WHERE kind NOT BETWEEN 0 AND 4 OR state NOT BETWEEN 0 AND 11"
			   " UNION ALL SELECT 'batch ' || id || ' has a kind or state that there is not' FROM batch"
			   " WHERE kind NOT BETWEEN 0 AND 4 OR state NOT BETWEEN 0 AND 9"
			   " UNION ALL SELECT 'the batch of action ' || id || ' is missing' FROM action"
			   " WHERE batch <> 0 AND batch NOT IN (SELECT id FROM batch)"
			   " UNION ALL SELECT 'what action ' || id || ' became one with is missing' FROM action"
			   " WHERE leader <> 0 AND leader NOT IN (SELECT id FROM action)"
			   " UNION ALL SELECT 'batch ' || batch || ' is missing, and it did something' FROM effect"
			   " WHERE batch NOT IN (SELECT id FROM batch)"
			   " UNION ALL SELECT 'action ' || action || ' is missing, and it waits' FROM dependency"
			   " WHERE action NOT IN (SELECT id FROM action) LIMIT 1",
};

const char *bt_queue_sql_text(enum bt_queue_sql id)
{
	return texts[id];
}

int bt_queue_sql_get(struct bt_queue *q, enum bt_queue_sql id, sqlite3_stmt **ret_stmt, struct bt_err *err)
{
	if (!q->stmts[id]) {
		int rc = sqlite3_prepare_v3(q->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT, &q->stmts[id], NULL);

		if (rc)
			return bt_queue_fail(q, rc, err);
	}
	*ret_stmt = q->stmts[id];
	return 0;
}

int bt_queue_sql_step(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return BT_ROW;
	return rc == SQLITE_DONE ? BT_DONE : bt_queue_fail(q, rc, err);
}

int bt_queue_sql_run(struct bt_queue *q, sqlite3_stmt *s, struct bt_err *err)
{
	int rc;

	do
		rc = bt_queue_sql_step(q, s, err);
	while (rc == BT_ROW);
	return rc;
}

void *bt_queue_sql_rows(struct bt_queue *q, sqlite3_stmt *s, size_t size, bt_queue_read_fn *read, struct bt_arena *arena, size_t *ret_nr,
			struct bt_err *err)
{
	BT_FREE char *rows = NULL;
	size_t nr = 0, alloc = 0;
	char *list;
	int rc;

	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		BT_GROW(rows, alloc, (nr + 1) * size);
		memset(rows + nr * size, 0, size);
		read(s, arena, rows + nr++ * size);
	}
	if (rc)
		return NULL;
	list = bt_arena_alloc(arena, (nr + 1) * size);
	if (nr)
		memcpy(list, rows, nr * size);
	*ret_nr = nr;
	return list;
}

void bt_queue_sql_release(sqlite3_stmt **s)
{
	if (!*s)
		return;
	sqlite3_reset(*s);
	sqlite3_clear_bindings(*s);
	*s = NULL;
}

void bt_queue_bind_text(sqlite3_stmt *s, int at, const char *text)
{
	if (text)
		sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at);
}

void bt_queue_bind_oid(sqlite3_stmt *s, int at, const struct bt_oid *oid)
{
	if (oid && oid->len)
		sqlite3_bind_blob(s, at, oid->raw, oid->len, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at);
}

const char *bt_queue_column_text(sqlite3_stmt *s, int at, struct bt_arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(s, at);

	return text ? bt_arena_strndup(arena, text, (size_t)sqlite3_column_bytes(s, at)) : NULL;
}

struct bt_oid bt_queue_column_oid(sqlite3_stmt *s, int at)
{
	const void *raw = sqlite3_column_blob(s, at);
	int len = sqlite3_column_bytes(s, at);

	return raw && (len == 20 || len == 32) ? bt_oid_make(raw, (size_t)len) : (struct bt_oid){ .len = 0 };
}
