#include "store/counter.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/metric.h"
#include "store/queue_int.h"

static int counter_add(struct bt_queue *q, size_t slot, uint64_t n, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	char name[BT_METRIC_SLOT_NAME_MAX];

	if (bt_queue_sql_get(q, BT_QSQL_COUNTER_ADD, &s, err))
		return err->code;
	bt_metric_slot_name(slot, name);
	bt_queue_bind_text(s, 1, name);
	sqlite3_bind_int64(s, 2, (int64_t)n);
	return bt_queue_sql_run(q, s, err);
}

static int take(struct bt_queue *q, struct bt_tally *t, uint64_t *taken, size_t nr, struct bt_err *err)
{
	for (size_t i = 0; i < nr; i++) {
		taken[i] = bt_tally_take(t, i);
		if (taken[i] && counter_add(q, i, taken[i], err))
			return err->code;
	}
	return 0;
}

int bt_queue_counters_take(struct bt_queue *q, struct bt_tally *t, struct bt_err *err)
{
	size_t nr = bt_metric_slots_nr();
	BT_FREE uint64_t *taken = bt_xcalloc(nr + 1, sizeof(*taken));
	struct bt_queue_scope scope;
	int rc;

	if (!t)
		return 0;
	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	rc = bt_queue_scope_end(q, &scope, take(q, t, taken, nr, err), err);
	for (size_t i = 0; rc && i < nr; i++)
		bt_tally_add(t, i, taken[i]);
	return rc;
}

int bt_queue_counters_read(struct bt_queue *q, uint64_t *ret_values, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	size_t nr = bt_metric_slots_nr();
	char name[BT_METRIC_SLOT_NAME_MAX];
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_COUNTER_GET, &s, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		bt_metric_slot_name(i, name);
		sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
		rc = bt_queue_sql_step(q, s, err);
		if (rc < 0)
			return rc;
		ret_values[i] = rc == BT_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
		sqlite3_reset(s);
	}
	return 0;
}

int bt_queue_gauges(struct bt_queue *q, uint64_t *ret_snapshots, int64_t *ret_oldest, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_GAUGES, &s, err))
		return err->code;
	rc = bt_queue_sql_step(q, s, err);
	if (rc < 0)
		return rc;
	*ret_snapshots = (uint64_t)sqlite3_column_int64(s, 0);
	*ret_oldest = sqlite3_column_int64(s, 1);
	return 0;
}
