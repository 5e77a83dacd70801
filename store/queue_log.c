/*
 * What happened, verdicts, settings, figures, and what is forgotten.
 */
#include <string.h>

#include "store/queue_int.h"

int bt_queue_events(struct bt_queue *q, uint64_t action, size_t limit, struct bt_arena *arena, struct bt_event **ret_list, size_t *ret_nr,
		    struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	BT_FREE struct bt_event *list = NULL;
	size_t nr = 0, alloc = 0;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_EVENT_LIST, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)action);
	sqlite3_bind_int64(s, 2, (int64_t)limit);
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		bt_queue_event_columns(s, arena, &list[nr++]);
	}
	if (rc)
		return rc;
	*ret_list = bt_arena_alloc(arena, (nr + 1) * sizeof(*list));
	for (size_t i = 0; i < nr; i++)
		(*ret_list)[i] = list[nr - 1 - i];
	*ret_nr = nr;
	return 0;
}

int bt_queue_verdict(struct bt_queue *q, const struct bt_oid *tree, uint64_t command, bool *ret_passed, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_VERDICT_GET, &s, err))
		return err->code;
	bt_queue_bind_oid(s, 1, tree);
	sqlite3_bind_int64(s, 2, (int64_t)command);
	rc = bt_queue_sql_step(q, s, err);
	if (rc == BT_ROW)
		*ret_passed = sqlite3_column_int(s, 0);
	return rc;
}

int bt_queue_verdict_put(struct bt_queue *q, const struct bt_oid *tree, uint64_t command, bool passed, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_VERDICT_PUT, &s, err))
		return err->code;
	bt_queue_bind_oid(s, 1, tree);
	sqlite3_bind_int64(s, 2, (int64_t)command);
	sqlite3_bind_int(s, 3, passed);
	sqlite3_bind_int64(s, 4, bt_queue_now());
	return bt_queue_write(q, s, err);
}

int bt_queue_setting(struct bt_queue *q, const char *name, int64_t *ret_value, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_SETTING_GET, &s, err))
		return err->code;
	bt_queue_bind_text(s, 1, name);
	rc = bt_queue_sql_step(q, s, err);
	*ret_value = rc == BT_ROW ? sqlite3_column_int64(s, 0) : 0;
	return rc < 0 ? rc : 0;
}

int bt_queue_setting_put(struct bt_queue *q, const char *name, int64_t value, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_SETTING_PUT, &s, err))
		return err->code;
	bt_queue_bind_text(s, 1, name);
	sqlite3_bind_int64(s, 2, value);
	return bt_queue_write(q, s, err);
}

int bt_queue_counts(struct bt_queue *q, struct bt_arena *arena, struct bt_queue_count **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	const size_t max = (size_t)BT_ACTION_KIND_NR * BT_ACTION_STATE_NR;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_COUNTS, &s, err))
		return err->code;
	*ret_list = bt_arena_zalloc(arena, max * sizeof(**ret_list));
	*ret_nr = 0;
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW)
		if (*ret_nr < max)
			(*ret_list)[(*ret_nr)++] = (struct bt_queue_count){
				.kind = (enum bt_action_kind)sqlite3_column_int(s, 0),
				.state = (enum bt_action_state)sqlite3_column_int(s, 1),
				.nr = (uint64_t)sqlite3_column_int64(s, 2),
				.joined = (uint64_t)sqlite3_column_int64(s, 3),
			};
	return rc;
}

/* Percentiles by the nearest rank. */
static int waits(struct bt_queue *q, struct bt_queue_figures *f, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	BT_FREE int64_t *list = NULL;
	size_t nr = 0, alloc = 0;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_WAITS, &s, err))
		return err->code;
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		list[nr++] = sqlite3_column_int64(s, 0);
	}
	f->wait_p50_ms = nr ? list[(nr * 50 + 99) / 100 - 1] : -1;
	f->wait_p95_ms = nr ? list[(nr * 95 + 99) / 100 - 1] : -1;
	return rc;
}

int bt_queue_figures(struct bt_queue *q, struct bt_queue_figures *ret_f, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_FIGURES, &s, err))
		return err->code;
	rc = bt_queue_sql_step(q, s, err);
	if (rc < 0)
		return rc;
	*ret_f = (struct bt_queue_figures){
		.agents = (uint64_t)sqlite3_column_int64(s, 0),
		.batches = (uint64_t)sqlite3_column_int64(s, 1),
		.batch_members = (uint64_t)sqlite3_column_int64(s, 2),
		.batch_largest = (uint64_t)sqlite3_column_int64(s, 3),
		.pushes_asked = (uint64_t)sqlite3_column_int64(s, 4),
		.pushes_made = (uint64_t)sqlite3_column_int64(s, 5),
	};
	return waits(q, ret_f, err);
}

int bt_queue_forget(struct bt_queue *q, int64_t before, uint64_t *ret_nr, struct bt_err *err)
{
	static const enum bt_queue_sql texts[] = {
		BT_QSQL_FORGET_ACTIONS, BT_QSQL_FORGET_AFTER,  BT_QSQL_FORGET_EFFECTS,
		BT_QSQL_FORGET_BATCHES, BT_QSQL_FORGET_VERDICTS,
	};
	struct bt_queue_scope scope;
	int rc = 0;

	*ret_nr = 0;
	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	for (size_t i = 0; i < BT_ARRAY_NR(texts) && !rc; i++) {
		BT_QSQL_OWNED sqlite3_stmt *s = NULL;

		rc = bt_queue_sql_get(q, texts[i], &s, err);
		if (rc)
			break;
		sqlite3_bind_int64(s, 1, before);
		rc = bt_queue_sql_run(q, s, err);
		*ret_nr += (uint64_t)sqlite3_changes(q->db);
	}
	return bt_queue_scope_end(q, &scope, rc, err);
}
