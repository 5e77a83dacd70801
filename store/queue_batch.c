/*
 * Batches, the fence, effects.
 */
#include <string.h>

#include "store/queue_int.h"

/* In the order of BATCH_COLUMNS in queue_sql.c. */
static void read_batch(sqlite3_stmt *s, struct bt_arena *arena, void *ret_row)
{
	struct bt_batch *b = ret_row;
	const char *key = (const char *)sqlite3_column_text(s, 1);

	*b = (struct bt_batch){
		.id = (uint64_t)sqlite3_column_int64(s, 0),
		.kind = (enum bt_action_kind)sqlite3_column_int(s, 2),
		.lane = bt_queue_column_text(s, 3, arena),
		.state = (enum bt_batch_state)sqlite3_column_int(s, 4),
		.created_at = sqlite3_column_int64(s, 5),
		.started_at = sqlite3_column_int64(s, 6),
		.finished_at = sqlite3_column_int64(s, 7),
		.attempt = (unsigned)sqlite3_column_int(s, 8),
		.committer = bt_queue_column_text(s, 9, arena),
		.base = bt_queue_column_oid(s, 10),
		.tree = bt_queue_column_oid(s, 11),
		.commit = bt_queue_column_oid(s, 12),
		.remote = bt_queue_column_text(s, 13, arena),
		.remote_old = bt_queue_column_oid(s, 14),
		.error = bt_queue_column_text(s, 15, arena),
		.executed = (uint64_t)sqlite3_column_int64(s, 16),
		.failed = (uint64_t)sqlite3_column_int64(s, 17),
	};
	if (key)
		strncpy(b->key, key, BT_ACTION_KEY_LEN);
}

/* --- the fence --- */

int bt_queue_fence_raise(struct bt_queue *q, struct bt_err *err)
{
	struct bt_queue_scope scope;
	int64_t fence;
	int rc;

	q->fence = 0;
	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	rc = bt_queue_setting(q, "fence", &fence, err);
	if (!rc)
		rc = bt_queue_setting_put(q, "fence", ++fence, err);
	rc = bt_queue_scope_end(q, &scope, rc, err);
	if (!rc)
		q->fence = (uint64_t)fence;
	return rc;
}

void bt_queue_fence_take(struct bt_queue *q, uint64_t fence)
{
	q->fence = fence;
}

uint64_t bt_queue_fence(const struct bt_queue *q)
{
	return q->fence;
}

int bt_queue_fence_check(struct bt_queue *q, struct bt_err *err)
{
	int64_t fence;

	if (bt_queue_setting(q, "fence", &fence, err))
		return err->code;
	if ((uint64_t)fence != q->fence)
		return bt_err_set(err, BT_ERR_BUSY, "another process executes the queue '%s' now", q->path);
	return 0;
}

bool bt_queue_fence_held(struct bt_queue *q)
{
	struct bt_err ignored = BT_ERR_INIT;

	return !bt_queue_fence_check(q, &ignored);
}

/* --- batches --- */

static int claim(struct bt_queue *q, uint64_t batch, uint64_t id, size_t place, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_CLAIM, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	sqlite3_bind_int64(s, 2, (int64_t)batch);
	sqlite3_bind_int64(s, 3, (int64_t)place);
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	if (sqlite3_changes(q->db) != 1)
		return bt_err_set(err, BT_ERR_BUSY, "action %llu is not queued any more", (unsigned long long)id);
	return 0;
}

static int add(struct bt_queue *q, struct bt_batch *b, const uint64_t *ids, size_t nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_fence_check(q, err) || bt_queue_key_make(b->key, err) || bt_queue_sql_get(q, BT_QSQL_BATCH_ADD, &s, err))
		return err->code;
	b->state = BT_BATCH_PLANNED;
	b->created_at = bt_queue_now();
	bt_queue_bind_text(s, 1, b->key);
	sqlite3_bind_int(s, 2, b->kind);
	bt_queue_bind_text(s, 3, b->lane);
	sqlite3_bind_int64(s, 4, b->created_at);
	bt_queue_bind_text(s, 5, b->committer);
	bt_queue_bind_text(s, 6, b->remote);
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	b->id = (uint64_t)sqlite3_last_insert_rowid(q->db);
	for (size_t i = 0; i < nr; i++)
		if (claim(q, b->id, ids[i], i + 1, err))
			return err->code;
	return bt_queue_event_add(q, 0, b->id, NULL, "batched", b->lane, err);
}

int bt_queue_batch_add(struct bt_queue *q, struct bt_batch *b, const uint64_t *ids, size_t nr, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, add(q, b, ids, nr, err), err);
}

int bt_queue_batch(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_batch *ret_b, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_BATCH_GET, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	rc = bt_queue_sql_step(q, s, err);
	if (rc == BT_ROW)
		read_batch(s, arena, ret_b);
	return rc;
}

int bt_queue_batches(struct bt_queue *q, bool open, size_t limit, struct bt_arena *arena, struct bt_batch **ret_list, size_t *ret_nr,
		     struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, open ? BT_QSQL_BATCH_OPEN : BT_QSQL_BATCH_NEWEST, &s, err))
		return err->code;
	if (!open)
		sqlite3_bind_int64(s, 1, (int64_t)limit);
	*ret_list = bt_queue_sql_rows(q, s, sizeof(**ret_list), read_batch, arena, ret_nr, err);
	return *ret_list ? 0 : err->code;
}

int bt_queue_batch_set(struct bt_queue *q, const struct bt_batch *b, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_BATCH_SET, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)b->id);
	sqlite3_bind_int(s, 2, b->state);
	sqlite3_bind_int64(s, 3, b->started_at);
	sqlite3_bind_int64(s, 4, b->finished_at);
	sqlite3_bind_int(s, 5, (int)b->attempt);
	bt_queue_bind_oid(s, 6, &b->base);
	bt_queue_bind_oid(s, 7, &b->tree);
	bt_queue_bind_oid(s, 8, &b->commit);
	bt_queue_bind_text(s, 9, b->remote);
	bt_queue_bind_oid(s, 10, &b->remote_old);
	bt_queue_bind_text(s, 11, b->error);
	sqlite3_bind_int64(s, 12, (int64_t)b->executed);
	sqlite3_bind_int64(s, 13, (int64_t)b->failed);
	sqlite3_bind_int64(s, 14, (int64_t)q->fence);
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	if (sqlite3_changes(q->db) != 1)
		return bt_err_set(err, BT_ERR_BUSY, "another process executes the queue '%s' now", q->path);
	return 0;
}

static int batch_error(struct bt_queue *q, uint64_t id, const char *message, unsigned *ret_nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_BATCH_ERROR, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	bt_queue_bind_text(s, 2, message);
	rc = bt_queue_sql_step(q, s, err);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no open batch %llu", (unsigned long long)id);
	if (rc < 0)
		return rc;
	*ret_nr = (unsigned)sqlite3_column_int(s, 0);
	return bt_queue_sql_run(q, s, err) || bt_queue_event_add(q, 0, id, NULL, "error", message, err) ? err->code : 0;
}

int bt_queue_batch_error(struct bt_queue *q, uint64_t id, const char *message, unsigned *ret_nr, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, batch_error(q, id, message, ret_nr, err), err);
}

/* --- effects --- */

static int effect_begin(struct bt_queue *q, uint64_t batch, const char *kind, const char *intent, unsigned *ret_seq, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_fence_check(q, err) || bt_queue_sql_get(q, BT_QSQL_EFFECT_BEGIN, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)batch);
	bt_queue_bind_text(s, 2, kind);
	bt_queue_bind_text(s, 3, intent);
	sqlite3_bind_int64(s, 4, bt_queue_now());
	rc = bt_queue_sql_step(q, s, err);
	if (rc < 0)
		return rc;
	*ret_seq = (unsigned)sqlite3_column_int(s, 0);
	return bt_queue_sql_run(q, s, err);
}

int bt_queue_effect_begin(struct bt_queue *q, uint64_t batch, const char *kind, const char *intent, unsigned *ret_seq, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, effect_begin(q, batch, kind, intent, ret_seq, err), err);
}

int bt_queue_effect_end(struct bt_queue *q, uint64_t batch, unsigned seq, const char *outcome, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_EFFECT_END, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)batch);
	sqlite3_bind_int64(s, 2, seq);
	bt_queue_bind_text(s, 3, outcome);
	sqlite3_bind_int64(s, 4, bt_queue_now());
	return bt_queue_write(q, s, err);
}

static void read_effect(sqlite3_stmt *s, struct bt_arena *arena, void *ret_row)
{
	*(struct bt_effect *)ret_row = (struct bt_effect){
		.seq = (unsigned)sqlite3_column_int(s, 0),
		.kind = bt_queue_column_text(s, 1, arena),
		.intent = bt_queue_column_text(s, 2, arena),
		.intent_at = sqlite3_column_int64(s, 3),
		.outcome = bt_queue_column_text(s, 4, arena),
		.done_at = sqlite3_column_int64(s, 5),
	};
}

int bt_queue_effects(struct bt_queue *q, uint64_t batch, struct bt_arena *arena, struct bt_effect **ret_list, size_t *ret_nr,
		     struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_EFFECT_LIST, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)batch);
	*ret_list = bt_queue_sql_rows(q, s, sizeof(**ret_list), read_effect, arena, ret_nr, err);
	for (size_t i = 0; *ret_list && i < *ret_nr; i++)
		(*ret_list)[i].batch = batch;
	return *ret_list ? 0 : err->code;
}
