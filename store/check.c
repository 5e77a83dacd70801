#include "store/check.h"

#include <fcntl.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/signal.h"
#include "store/open.h"
#include "store/queue_int.h"
#include "store/schema.h"
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

/* --- a copy --- */

/* Pages between two looks at whether we are to stop. */
#define STEP_PAGES 512

static int pages_copy(struct bt_store *from, struct bt_store *to, struct bt_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc;

	if (!b)
		return bt_store_fail(to, sqlite3_errcode(to->db), err);
	do
		rc = bt_canceled() ? SQLITE_INTERRUPT : sqlite3_backup_step(b, STEP_PAGES);
	while (rc == SQLITE_OK);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : bt_store_fail(sqlite3_errcode(to->db) ? to : from, rc, err);
}

int bt_store_copy(struct bt_store *s, const char *to, struct bt_err *err)
{
	struct bt_store copy = { .path = (char *)to };
	int reserve = BT_STORE_PAGE_CHECK, rc;
	BT_CLOSE int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return bt_err_errno(err, "cannot make the copy '%s' of the index", to);
	rc = bt_connection_open(&copy, to, SQLITE_OPEN_READWRITE, err);
	if (!rc) {
		sqlite3_file_control(copy.db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
		rc = bt_connection_exec(&copy, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;", err);
	}
	if (!rc && !(rc = bt_store_read_begin(s, err))) {
		rc = pages_copy(s, &copy, err);
		bt_store_read_end(s);
	}
	if (!rc)
		rc = bt_connection_exec(&copy, "PRAGMA journal_mode = DELETE", err);
	bt_connection_close(&copy);
	return rc;
}
