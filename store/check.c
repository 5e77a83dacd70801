#include "store/check.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/signal.h"
#include "store/queue_int.h"
#include "store/sqlite.h"
#include "store/store_int.h"

/* Steps of SQLite's machine between two looks at the clock; a page is one. */
#define STEPS 64

struct patience {
	int64_t until_ms;	/* 0: no end */
	bool over;
};

static int is_over(void *ctx)
{
	struct patience *p = ctx;

	p->over = p->until_ms && bt_clock_ms() >= p->until_ms;
	return p->over || bt_canceled();
}

/* What it says first, in `said`; SQLITE_OK whatever that is. */
static int check(sqlite3 *db, int budget_ms, struct patience *p, char said[256])
{
	sqlite3_stmt *stmt = NULL;
	int rc;

	*p = (struct patience){ .until_ms = budget_ms ? bt_clock_ms() + budget_ms : 0 };
	said[0] = '\0';
	sqlite3_progress_handler(db, STEPS, is_over, p);
	rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	if (!rc && sqlite3_step(stmt) == SQLITE_ROW) {
		size_t len;
		const char *text = bt_sqlite_said((const char *)sqlite3_column_text(stmt, 0), &len);

		sqlite3_snprintf(256, said, "%.*s", (int)len, text);
	}
	rc = sqlite3_finalize(stmt);
	sqlite3_progress_handler(db, 0, NULL, NULL);
	return rc;
}

/* What was broken off has said nothing. */
static bool is_fine(const char *said, const struct patience *p)
{
	return !strcmp(said, "ok") || (!*said && p->over);
}

int bt_store_check(struct bt_store *s, int budget_ms, bool *ret_whole, struct bt_err *err)
{
	struct patience p;
	char said[256];
	int rc = check(s->db, budget_ms, &p, said);

	if (bt_cancel_check(err))
		return err->code;
	if (rc && !p.over)
		return bt_store_fail(s, rc, err);
	if (!is_fine(said, &p))
		return bt_store_corrupt(s, err, "%s", said);
	*ret_whole = !p.over;
	return 0;
}

int bt_queue_check(struct bt_queue *q, int budget_ms, bool *ret_whole, struct bt_err *err)
{
	struct patience p;
	char said[256];
	int rc = check(q->db, budget_ms, &p, said);

	if (bt_cancel_check(err))
		return err->code;
	if (rc && !p.over)
		return bt_queue_fail(q, rc, err);
	if (!is_fine(said, &p))
		return bt_err_set(err, BT_ERR_CORRUPT, "queue '%s' is damaged: %s", q->path, said);
	*ret_whole = !p.over;
	return 0;
}
