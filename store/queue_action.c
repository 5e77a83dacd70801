/*
 * Actions: adding, becoming one, looking up, states.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "store/queue_int.h"

/* In the order of COLUMNS in queue_sql.c. */
static void read_action(sqlite3_stmt *s, struct bt_arena *arena, void *ret_row)
{
	struct bt_action *a = ret_row;
	const char *key = (const char *)sqlite3_column_text(s, 1);
	size_t len;

	*a = (struct bt_action){
		.id = (uint64_t)sqlite3_column_int64(s, 0),
		.idem_key = bt_queue_column_text(s, 2, arena),
		.kind = (enum bt_action_kind)sqlite3_column_int(s, 3),
		.state = (enum bt_action_state)sqlite3_column_int(s, 4),
		.lane = bt_queue_column_text(s, 5, arena),
		.agent = bt_queue_column_text(s, 6, arena),
		.priority = sqlite3_column_int(s, 7),
		.urgent = sqlite3_column_int(s, 8),
		.queued_at = sqlite3_column_int64(s, 9),
		.not_before = sqlite3_column_int64(s, 10),
		.finished_at = sqlite3_column_int64(s, 11),
		.message = bt_queue_column_text(s, 13, arena),
		.base = bt_queue_column_oid(s, 14),
		.content = bt_queue_column_oid(s, 15),
		.slot = (unsigned)sqlite3_column_int(s, 16),
		.batch = (uint64_t)sqlite3_column_int64(s, 17),
		.leader = (uint64_t)sqlite3_column_int64(s, 18),
		.barrier = (uint64_t)sqlite3_column_int64(s, 19),
		.attempts = (unsigned)sqlite3_column_int(s, 20),
		.result = bt_queue_column_oid(s, 21),
		.detail = bt_queue_column_text(s, 22, arena),
	};
	if (key)
		strncpy(a->key, key, BT_ACTION_KEY_LEN);
	len = (size_t)sqlite3_column_bytes(s, 12);
	a->params = bt_arena_strndup(arena, len ? sqlite3_column_blob(s, 12) : "", len);
	a->params_len = len;
}

static bool same_text(const char *a, const char *b)
{
	return !a || !b ? a == b : !strcmp(a, b);
}

/* Would they do the same? Who asks for it, when and how urgently does not count. */
static bool is_same(const struct bt_action *a, const struct bt_action *b)
{
	return a->kind == b->kind && !strcmp(a->lane, b->lane) && a->params_len == b->params_len &&
	       (!a->params_len || !memcmp(a->params, b->params, a->params_len)) && bt_oid_equal(&a->content, &b->content);
}

/* The key of an idempotent request: the same in everything that was chosen. A captured commit has another time each time. */
static bool is_same_request(const struct bt_action *a, const struct bt_action *b)
{
	if (a->kind != b->kind || strcmp(a->lane, b->lane) || !same_text(a->agent, b->agent) || a->priority != b->priority ||
	    a->params_len != b->params_len || (a->params_len && memcmp(a->params, b->params, a->params_len)) ||
	    !same_text(a->message, b->message))
		return false;
	return a->kind == BT_ACTION_COMMIT || bt_oid_equal(&a->content, &b->content);
}

static uint64_t hash_of(const struct bt_action *a)
{
	uint64_t h = bt_hash64(a->params, a->params_len, (uint64_t)a->kind);

	h = bt_hash64(a->lane, strlen(a->lane), h);
	return bt_hash64(a->content.raw, a->content.len, h);
}

/* BT_ROW: taking a later barrier could make it wait for something that waits for it. */
static int tangled(struct bt_queue *q, const struct bt_action *leader, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_TANGLED, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)(leader->barrier ? leader->barrier : leader->id));
	bt_queue_bind_text(s, 2, leader->lane);
	sqlite3_bind_int(s, 3, leader->kind);
	return bt_queue_sql_step(q, s, err);
}

static int find_same(struct bt_queue *q, struct bt_action *a, struct bt_arena *arena, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (a->kind != BT_ACTION_MERGE && a->kind != BT_ACTION_PUSH && a->kind != BT_ACTION_WORKFLOW)
		return 0;
	if (bt_queue_sql_get(q, BT_QSQL_ACTION_SAME, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)hash_of(a));
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		struct bt_action other;

		read_action(s, arena, &other);
		/* a delay is a promise: nobody is made earlier by joining */
		if (!is_same(a, &other) || other.not_before != a->not_before)
			continue;
		rc = tangled(q, &other, err);
		if (rc == BT_DONE)
			a->leader = other.id;
		return rc < 0 ? rc : 0;
	}
	return rc;
}

static int join(struct bt_queue *q, const struct bt_action *a, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_JOIN, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)a->leader);
	sqlite3_bind_int64(s, 2, (int64_t)a->id);
	sqlite3_bind_int(s, 3, a->urgent);
	sqlite3_bind_int(s, 4, a->priority);
	return bt_queue_sql_run(q, s, err);
}

static int insert(struct bt_queue *q, struct bt_action *a, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_ADD, &s, err))
		return err->code;
	bt_queue_bind_text(s, 1, a->key);
	bt_queue_bind_text(s, 2, a->idem_key);
	sqlite3_bind_int64(s, 3, (int64_t)hash_of(a));
	sqlite3_bind_int(s, 4, a->kind);
	bt_queue_bind_text(s, 5, a->lane);
	bt_queue_bind_text(s, 6, a->agent);
	sqlite3_bind_int(s, 7, a->priority);
	sqlite3_bind_int(s, 8, a->urgent);
	sqlite3_bind_int64(s, 9, a->queued_at);
	sqlite3_bind_int64(s, 10, a->not_before);
	sqlite3_bind_blob64(s, 11, a->params_len ? a->params : "", a->params_len, SQLITE_STATIC);
	bt_queue_bind_text(s, 12, a->message);
	bt_queue_bind_oid(s, 13, &a->base);
	bt_queue_bind_oid(s, 14, &a->content);
	sqlite3_bind_int(s, 15, (int)a->slot);
	sqlite3_bind_int64(s, 16, (int64_t)a->leader);
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	a->id = (uint64_t)sqlite3_last_insert_rowid(q->db);
	return 0;
}

static int add_after(struct bt_queue *q, uint64_t id, uint64_t needs, struct bt_arena *arena, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	struct bt_action other;
	int rc = needs < id ? bt_queue_action(q, needs, arena, &other, err) : BT_DONE;

	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "cannot wait for action %llu: there is no such action", (unsigned long long)needs);
	if (bt_queue_sql_get(q, BT_QSQL_AFTER_ADD, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	sqlite3_bind_int64(s, 2, (int64_t)needs);
	return bt_queue_sql_run(q, s, err);
}

static int add(struct bt_queue *q, struct bt_action *a, const uint64_t *after, size_t after_nr, struct bt_arena *arena, bool *ret_known,
	       struct bt_err *err)
{
	struct bt_action other;
	int rc = a->idem_key ? bt_queue_action_by_key(q, a->idem_key, arena, &other, err) : BT_DONE;

	if (rc < 0)
		return rc;
	if (rc == BT_ROW) {
		if (!is_same_request(a, &other))
			return bt_err_set(err, BT_ERR_FAIL, "the key '%s' was used for another request: action %llu", a->idem_key,
					  (unsigned long long)other.id);
		*a = other;
		*ret_known = true;
		return 0;
	}
	a->leader = 0;
	a->state = BT_ACTION_QUEUED;
	if (!after_nr && find_same(q, a, arena, err))
		return err->code;
	if (bt_queue_key_make(a->key, err) || insert(q, a, err) || (a->leader && join(q, a, err)))
		return err->code;
	for (size_t i = 0; i < after_nr; i++)
		if (add_after(q, a->id, after[i], arena, err))
			return err->code;
	return bt_queue_event_add(q, a->id, 0, a->agent, "queued", a->message, err);
}

int bt_queue_add(struct bt_queue *q, struct bt_action *a, const uint64_t *after, size_t after_nr, struct bt_arena *arena, bool *ret_known,
		 struct bt_err *err)
{
	struct bt_queue_scope scope;

	*ret_known = false;
	if (!a->queued_at)
		a->queued_at = bt_queue_now();
	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, add(q, a, after, after_nr, arena, ret_known, err), err);
}

/* One row, or none. */
static int one(struct bt_queue *q, sqlite3_stmt *s, struct bt_arena *arena, struct bt_action *ret_a, struct bt_err *err)
{
	int rc = bt_queue_sql_step(q, s, err);

	if (rc == BT_ROW)
		read_action(s, arena, ret_a);
	return rc;
}

int bt_queue_action(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_action *ret_a, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_GET, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	return one(q, s, arena, ret_a, err);
}

int bt_queue_action_by_key(struct bt_queue *q, const char *idem_key, struct bt_arena *arena, struct bt_action *ret_a,
			   struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_BY_KEY, &s, err))
		return err->code;
	bt_queue_bind_text(s, 1, idem_key);
	return one(q, s, arena, ret_a, err);
}

static void bind_list(sqlite3_stmt *s, const struct bt_action_query *what)
{
	switch (what->list) {
	case BT_ACTIONS_OPEN:
		break;
	case BT_ACTIONS_OF_BATCH:
	case BT_ACTIONS_JOINED:
		sqlite3_bind_int64(s, 1, (int64_t)what->id);
		break;
	case BT_ACTIONS_NEWEST:
		sqlite3_bind_int64(s, 1, what->id ? (int64_t)what->id : INT64_MAX);
		sqlite3_bind_int64(s, 2, what->limit ? (int64_t)what->limit : INT64_MAX);
		break;
	case BT_ACTIONS_LANDED_IN:
		bt_queue_bind_text(s, 1, what->lane);
		break;
	}
}

int bt_queue_actions(struct bt_queue *q, const struct bt_action_query *what, struct bt_arena *arena, struct bt_action **ret_list,
		     size_t *ret_nr, struct bt_err *err)
{
	static const enum bt_queue_sql texts[] = {
		[BT_ACTIONS_OPEN] = BT_QSQL_ACTION_OPEN,     [BT_ACTIONS_OF_BATCH] = BT_QSQL_ACTION_OF_BATCH,
		[BT_ACTIONS_NEWEST] = BT_QSQL_ACTION_NEWEST, [BT_ACTIONS_JOINED] = BT_QSQL_ACTION_JOINED,
		[BT_ACTIONS_LANDED_IN] = BT_QSQL_ACTION_LANDED_IN,
	};
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, texts[what->list], &s, err))
		return err->code;
	bind_list(s, what);
	*ret_list = bt_queue_sql_rows(q, s, sizeof(**ret_list), read_action, arena, ret_nr, err);
	return *ret_list ? 0 : err->code;
}

static void read_id(sqlite3_stmt *s, struct bt_arena *arena, void *ret_row)
{
	(void)arena;
	*(uint64_t *)ret_row = (uint64_t)sqlite3_column_int64(s, 0);
}

int bt_queue_after(struct bt_queue *q, uint64_t id, struct bt_arena *arena, uint64_t **ret_ids, size_t *ret_nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_AFTER_LIST, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	*ret_ids = bt_queue_sql_rows(q, s, sizeof(**ret_ids), read_id, arena, ret_nr, err);
	return *ret_ids ? 0 : err->code;
}

static void read_needs(sqlite3_stmt *s, struct bt_arena *arena, void *ret_row)
{
	(void)arena;
	*(struct bt_needs *)ret_row = (struct bt_needs){ (uint64_t)sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1) };
}

int bt_queue_after_open(struct bt_queue *q, struct bt_arena *arena, struct bt_needs **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_AFTER_OPEN, &s, err))
		return err->code;
	*ret_list = bt_queue_sql_rows(q, s, sizeof(**ret_list), read_needs, arena, ret_nr, err);
	return *ret_list ? 0 : err->code;
}

/* BT_ERR_NOT_FOUND when the statement touched nothing. */
static int touched(struct bt_queue *q, sqlite3_stmt *s, uint64_t id, struct bt_err *err)
{
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	if (!sqlite3_changes(q->db))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no action %llu", (unsigned long long)id);
	return 0;
}

int bt_queue_action_set(struct bt_queue *q, uint64_t id, enum bt_action_state state, const char *detail, const struct bt_oid *result,
			struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	struct bt_queue_scope scope;
	int rc;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	rc = bt_queue_sql_get(q, BT_QSQL_ACTION_SET, &s, err);
	if (!rc) {
		sqlite3_bind_int64(s, 1, (int64_t)id);
		sqlite3_bind_int(s, 2, state);
		bt_queue_bind_text(s, 3, detail);
		bt_queue_bind_oid(s, 4, result);
		sqlite3_bind_int64(s, 5, bt_action_state_open(state) ? 0 : bt_queue_now());
		rc = touched(q, s, id, err);
	}
	if (!rc)
		rc = bt_queue_event_add(q, id, 0, NULL, bt_action_state_name(state), detail, err);
	return bt_queue_scope_end(q, &scope, rc, err);
}

static int note(struct bt_queue *q, uint64_t id, enum bt_action_state from, enum bt_action_state to, const char *detail, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_NOTE, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	sqlite3_bind_int(s, 2, from);
	sqlite3_bind_int(s, 3, to);
	bt_queue_bind_text(s, 4, detail);
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	return sqlite3_changes(q->db) ? bt_queue_event_add(q, id, 0, NULL, bt_action_state_name(to), detail, err) : 0;
}

int bt_queue_action_note(struct bt_queue *q, uint64_t id, enum bt_action_state from, enum bt_action_state to, const char *detail,
			 struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, note(q, id, from, to, detail, err), err);
}

int bt_queue_action_requeue(struct bt_queue *q, uint64_t id, const char *detail, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	struct bt_queue_scope scope;
	int rc;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	rc = bt_queue_sql_get(q, BT_QSQL_ACTION_REQUEUE, &s, err);
	if (!rc) {
		sqlite3_bind_int64(s, 1, (int64_t)id);
		bt_queue_bind_text(s, 2, detail);
		rc = touched(q, s, id, err);
	}
	if (!rc)
		rc = bt_queue_event_add(q, id, 0, NULL, "requeued", detail, err);
	return bt_queue_scope_end(q, &scope, rc, err);
}

/* BT_ROW and the new leader of those that followed this one, or BT_DONE when nobody did. */
static int promote(struct bt_queue *q, uint64_t id, uint64_t *ret_leader, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc = bt_queue_sql_get(q, BT_QSQL_ACTION_PROMOTE, &s, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	rc = bt_queue_sql_step(q, s, err);
	if (rc == BT_ROW)
		*ret_leader = (uint64_t)sqlite3_column_int64(s, 0);
	return rc;
}

static int cancel(struct bt_queue *q, uint64_t id, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL, *f = NULL;
	uint64_t leader = 0;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_CANCEL, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	sqlite3_bind_int64(s, 2, bt_queue_now());
	if (touched(q, s, id, err))
		return err->code;
	rc = promote(q, id, &leader, err);
	if (rc < 0)
		return rc;
	if (rc == BT_ROW) {
		if (bt_queue_sql_get(q, BT_QSQL_ACTION_FOLLOW, &f, err))
			return err->code;
		sqlite3_bind_int64(f, 1, (int64_t)id);
		sqlite3_bind_int64(f, 2, (int64_t)leader);
		if (bt_queue_sql_run(q, f, err))
			return err->code;
	}
	return bt_queue_event_add(q, id, 0, NULL, "canceled", NULL, err);
}

int bt_queue_action_cancel(struct bt_queue *q, uint64_t id, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, cancel(q, id, err), err);
}

int bt_queue_content(struct bt_queue *q, const struct bt_oid *content, int64_t landed_since, int64_t made_since, bool *ret_open,
		     struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_ACTION_CONTENT, &s, err))
		return err->code;
	bt_queue_bind_oid(s, 1, content);
	sqlite3_bind_int64(s, 2, landed_since);
	sqlite3_bind_int64(s, 3, made_since);
	rc = bt_queue_sql_step(q, s, err);
	*ret_open = rc == BT_ROW && sqlite3_column_int(s, 0);
	return rc;
}
