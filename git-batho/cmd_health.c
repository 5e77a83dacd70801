/*
 * git batho health: one object for scripts and monitors. It is quick and never waits long, and is never "ok" when the index or the
 * queue cannot be used: what there is no time to look through is looked at in part, and that is said.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/path.h"
#include "git-batho/queue/queue.h"
#include "git-batho/commands.h"
#include "store/check.h"

/* A lock is not waited for longer. */
#define BUSY_MS 400
/* For the pages of one database. */
#define CHECK_MS 12
#define ROOM_MIN ((uint64_t)1 << 20)
#define REASONS_MAX 8

enum health { HEALTH_OK, HEALTH_DEGRADED, HEALTH_FAILED };
static const char *const health_names[] = { "ok", "degraded", "failed" };

struct database {
	const char *name;
	char *path;
	bool exists, reachable, whole;
	uint64_t bytes;
	struct bt_err err;
};

struct health_of {
	struct bt_context *c;
	enum health status;
	char *reasons[REASONS_MAX];
	size_t reasons_nr;
	struct database index, queue;
	uint64_t entries, memory;
};

static void health_release(struct health_of *h)
{
	for (size_t i = 0; i < h->reasons_nr; i++)
		free(h->reasons[i]);
	free(h->index.path);
	free(h->queue.path);
}

__attribute__((format(printf, 3, 4))) static void blame(struct health_of *h, enum health status, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (status > h->status)
		h->status = status;
	if (h->reasons_nr < REASONS_MAX)
		h->reasons[h->reasons_nr++] = bt_xstrdup(text);
}

/* --- the databases --- */

static void look_at_file(struct health_of *h, struct database *db, const char *name)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	struct stat st;

	db->name = name;
	db->err = (struct bt_err)BT_ERR_INIT;
	bt_path_join(&path, h->c->store_dir, name);
	db->path = bt_xstrdup(bt_buf_cstr(&path));
	db->exists = !lstat(db->path, &st);
	db->bytes = db->exists ? (uint64_t)st.st_size : 0;
}

/* What opening or reading came to. That somebody else is busy with it is no fault of it. */
static void settle(struct health_of *h, struct database *db, int rc)
{
	db->reachable = !rc;
	if (!rc)
		return;
	if (rc == BT_ERR_NOT_FOUND && !db->exists)
		db->err = (struct bt_err)BT_ERR_INIT;
	else
		blame(h, rc == BT_ERR_BUSY ? HEALTH_DEGRADED : HEALTH_FAILED, "%s", db->err.msg);
}

static int count_entries(struct health_of *h, struct bt_store *s, struct bt_err *err)
{
	BT_FREE struct bt_store_count *rows = NULL;
	size_t nr;

	if (bt_store_counts(s, &rows, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		h->entries += rows[i].state == BT_BLOB_FACTS ? rows[i].blobs : 0;
	return 0;
}

static void look_at_index(struct health_of *h)
{
	struct database *db = &h->index;
	struct bt_store *s = NULL;
	int rc;

	look_at_file(h, db, "index.db");
	rc = bt_store_open_soon(h->c->store_dir, BUSY_MS, &s, &db->err);
	if (!rc)
		rc = bt_store_check(s, CHECK_MS, &db->whole, &db->err);
	if (!rc)
		rc = count_entries(h, s, &db->err);
	settle(h, db, rc);
	bt_store_free(&s);
}

/* Batches that somebody began, and nobody goes on with. */
static int look_at_batches(struct health_of *h, struct bt_queue *q, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_batch *list;
	size_t nr;

	if (bt_executor_running(h->c->store_dir))
		return 0;
	if (bt_queue_batches(q, true, 0, &arena, &list, &nr, err))
		return err->code;
	if (nr && !bt_executor_running(h->c->store_dir))
		blame(h, HEALTH_DEGRADED, "%zu batch%s begun and nobody executes the queue", nr, nr == 1 ? " was" : "es were");
	return 0;
}

static void look_at_queue(struct health_of *h)
{
	struct database *db = &h->queue;
	QUEUE_OWNED struct bt_queue *q = NULL;
	int rc;

	look_at_file(h, db, "queue.db");
	rc = bt_queue_open(h->c->store_dir, BT_QUEUE_READ, bt_conf_shared_mode(h->c->conf), BUSY_MS, &q, &db->err);
	if (!rc)
		rc = bt_queue_check(q, CHECK_MS, &db->whole, &db->err);
	if (!rc)
		rc = look_at_batches(h, q, &db->err);
	settle(h, db, rc);
}

static void look_at_place(struct health_of *h)
{
	BT_FREE char *place = bt_context_place(h->c);
	struct statvfs st;

	if (!bt_context_can_write(h->c))
		blame(h, HEALTH_DEGRADED, "'%s' cannot be written", h->c->store_dir);
	else if (!statvfs(place, &st) && st.f_blocks && (uint64_t)st.f_bavail * st.f_frsize < ROOM_MIN)
		blame(h, HEALTH_DEGRADED, "the disk of '%s' is full", place);
}

/* Resident bytes of this process. */
static uint64_t memory_used(void)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	unsigned long long all, resident;

	if (bt_file_read("/proc/self/statm", 4096, &text, &none) || sscanf(bt_buf_cstr(&text), "%llu %llu", &all, &resident) != 2)
		return 0;
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* --- the answer --- */

static void print_database(struct bt_out *out, const struct database *db)
{
	bt_out_object(out, NULL);
	bt_out_cstr(out, "name", db->name);
	bt_out_str(out, "path", db->path, strlen(db->path));
	bt_out_bool(out, "exists", db->exists);
	bt_out_bool(out, "reachable", db->reachable);
	bt_out_cstr(out, "error", db->err.msg[0] ? db->err.msg : NULL);
	bt_out_uint(out, "bytes", db->bytes);
	bt_out_cstr(out, "looked_through", db->reachable ? (db->whole ? "all" : "part") : NULL);
	bt_out_object_end(out);
}

static void print_database_text(struct bt_out *out, const struct database *db)
{
	bt_out_textf(out, BT_COLOR_NAME, "%s", db->name);
	bt_out_pad(out, 10);
	if (db->reachable)
		bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " bytes%s", db->bytes, db->whole ? "" : ", looked through in part");
	else
		bt_out_textf(out, db->err.msg[0] ? BT_COLOR_BAD : BT_COLOR_NONE, "%s", db->err.msg[0] ? db->err.msg : "not made yet");
	bt_out_nl(out);
}

static void print(struct health_of *h)
{
	static const enum bt_color colors[] = { BT_COLOR_GOOD, BT_COLOR_WARN, BT_COLOR_BAD };
	struct bt_out *out = h->c->out;

	bt_out_record(out, "health");
	bt_out_cstr(out, "status", health_names[h->status]);
	bt_out_array(out, "reasons");
	for (size_t i = 0; i < h->reasons_nr; i++)
		bt_out_cstr(out, NULL, h->reasons[i]);
	bt_out_array_end(out);
	bt_out_array(out, "databases");
	print_database(out, &h->index);
	print_database(out, &h->queue);
	bt_out_array_end(out);
	bt_out_uint(out, "entries", h->entries);
	bt_out_uint(out, "memory", h->memory);
	bt_out_record_end(out);

	bt_out_textf(out, colors[h->status], "%s", health_names[h->status]);
	bt_out_nl(out);
	for (size_t i = 0; i < h->reasons_nr; i++) {
		bt_out_textf(out, BT_COLOR_WARN, "  %s", h->reasons[i]);
		bt_out_nl(out);
	}
	print_database_text(out, &h->index);
	print_database_text(out, &h->queue);
}

static int run_health(struct bt_context *c, void *opts BT_UNUSED, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(health_release) struct health_of h = { .c = c };

	if (args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "health takes no argument");
	look_at_index(&h);
	look_at_queue(&h);
	look_at_place(&h);
	h.memory = memory_used();
	print(&h);
	return h.status == HEALTH_OK ? 0 : 1;
}

static const char *const health_usage[] = { "[<options>]", NULL };

const struct bt_command bt_cmd_health = {
	.name = "health",
	.summary = "whether index and queue can be used, for scripts",
	.usage = health_usage,
	.flags = BT_NEEDS_REPO,
	.run = run_health,
};
