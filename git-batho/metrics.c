/*
 * Counting commands; gathering what is counted and what is looked at.
 */
#include "git-batho/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/tally.h"
#include "store/counter.h"
#include "store/frozen.h"
#include "store/open.h"

#define OUTPUT_MODE 0644

/* The folder of the store; NULL: nothing is counted. free() */
static char *place_of(const struct bt_context *c)
{
	char *dir;

	if (c->store_temporary)
		return NULL;
	if (c->store_dir)
		dir = bt_xstrdup(c->store_dir);
	else if (c->repo.common_dir)
		dir = bt_xasprintf("%s/batho", c->repo.common_dir);
	else
		return NULL;
	if (!access(dir, W_OK) && !bt_store_folder_remote(dir))
		return dir;
	free(dir);
	return NULL;
}

/* Counting alone makes nothing of a folder. */
static bool has_store(const char *dir)
{
	BT_FREE char *index = bt_xasprintf("%s/index.db", dir), *queue = bt_xasprintf("%s/queue.db", dir);

	return !access(index, F_OK) || !access(queue, F_OK);
}

static unsigned shared_of(const struct bt_context *c)
{
	return c->conf ? bt_conf_shared_mode(c->conf) : 0;
}

static bool is_failure(int rc)
{
	return rc < 0 && rc != BT_ERR_USAGE && rc != BT_ERR_PIPE && rc != BT_ERR_CANCELED;
}

void bt_metrics_finish(struct bt_context *c, int64_t start_us, int rc)
{
	unsigned command = bt_metric_value_find(BT_METRIC_OPERATIONS, c->command->name);
	BT_FREE char *dir = place_of(c);

	if (!dir)
		return;
	bt_count(BT_METRIC_OPERATIONS, command, 1);
	if (is_failure(rc))
		bt_count(BT_METRIC_ERRORS, command, 1);
	bt_observe_us(BT_METRIC_OPERATION_SECONDS, 0, bt_clock_us() - start_us);
	bt_tally_flush(dir, shared_of(c), c->conf && has_store(dir));
}

/* --- what is looked at --- */

static void gauge_memory(struct bt_figures *f)
{
	FILE *in = fopen("/proc/self/statm", "re");
	unsigned long all, resident;

	if (in && fscanf(in, "%lu %lu", &all, &resident) == 2)
		bt_figures_gauge(f, BT_METRIC_MEMORY_BYTES, NULL, (double)resident * (double)sysconf(_SC_PAGESIZE));
	if (in)
		fclose(in);
}

static double bytes_of(const char *dir, const char *name)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	double sum = 0;
	struct stat st;

	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s.db%s", dir, name, ends[i]);

		if (!stat(path, &st))
			sum += (double)st.st_size;
	}
	return sum;
}

static void gauge_bytes(struct bt_context *c, struct bt_figures *f)
{
	static const char *const names[] = { "index", "queue" };
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_frozen_space frozen;

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		double bytes = bytes_of(c->store_dir, names[i]);

		if (bytes > 0)
			bt_figures_gauge(f, BT_METRIC_DB_BYTES, names[i], bytes);
	}
	if (!bt_context_store(c, &ignored) && !bt_store_frozen_space(c->store, &frozen, &ignored) && frozen.file)
		bt_figures_gauge(f, BT_METRIC_DB_BYTES, "frozen", (double)frozen.file);
}

static void gauge_blobs(struct bt_context *c, struct bt_figures *f)
{
	BT_FREE struct bt_store_count *rows = NULL;
	uint64_t states[BT_BLOB_STATE_NR] = { 0 };
	struct bt_err ignored = BT_ERR_INIT;
	size_t nr;

	if (bt_context_store(c, &ignored) || bt_store_counts(c->store, &rows, &nr, &ignored))
		return;
	for (size_t i = 0; i < nr; i++)
		states[rows[i].state] += rows[i].blobs;
	for (int s = 0; s < BT_BLOB_STATE_NR; s++)
		bt_figures_gauge(f, BT_METRIC_INDEX_BLOBS, bt_blob_state_name((enum bt_blob_state)s), (double)states[s]);
}

static void gauge_ratio(struct bt_figures *f)
{
	double hits = (double)f->slots[bt_metric_slot(BT_METRIC_CACHE_HITS, 0)];
	double misses = (double)f->slots[bt_metric_slot(BT_METRIC_CACHE_MISSES, 0)];

	if (hits + misses > 0)
		bt_figures_gauge(f, BT_METRIC_CACHE_HIT_RATIO, NULL, hits / (hits + misses));
}

static void gauge_depths(struct bt_figures *f, const struct bt_queue_count *list, size_t nr)
{
	static const enum bt_action_state stuck[] = { BT_ACTION_BLOCKED, BT_ACTION_PARKED, BT_ACTION_UNKNOWN, BT_ACTION_NEEDS_HUMAN };
	uint64_t depth[BT_ACTION_KIND_NR] = { 0 }, states[BT_ACTION_STATE_NR] = { 0 };

	for (size_t i = 0; i < nr; i++) {
		if (bt_action_state_open(list[i].state))
			depth[list[i].kind] += list[i].nr;
		states[list[i].state] += list[i].nr;
	}
	for (int k = 0; k < BT_ACTION_KIND_NR; k++)
		bt_figures_gauge(f, BT_METRIC_QUEUE_DEPTH, bt_action_kind_name((enum bt_action_kind)k), (double)depth[k]);
	for (size_t i = 0; i < BT_ARRAY_NR(stuck); i++)
		bt_figures_gauge(f, BT_METRIC_QUEUE_STUCK, bt_action_state_name(stuck[i]), (double)states[stuck[i]]);
}

static void gauge_queue(struct bt_queue *q, struct bt_figures *f)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_queue_count *list;
	uint64_t snapshots;
	int64_t oldest;
	size_t nr;

	if (!bt_queue_counts(q, &arena, &list, &nr, &ignored))
		gauge_depths(f, list, nr);
	if (!bt_queue_gauges(q, &snapshots, &oldest, &ignored)) {
		int64_t age = oldest ? bt_queue_now() - oldest : 0;

		bt_figures_gauge(f, BT_METRIC_SNAPSHOTS, NULL, (double)snapshots);
		bt_figures_gauge(f, BT_METRIC_QUEUE_OLDEST_SECONDS, NULL, (double)(age > 0 ? age : 0) / 1000);
	}
}

/* --- counters --- */

/* The table and the tally, or, where nothing can be written, what both hold now. */
static void read_counters(struct bt_queue *q, const char *dir, struct bt_figures *f)
{
	struct bt_tally *t = bt_tally_open(dir);
	struct bt_err ignored = BT_ERR_INIT;
	size_t nr = bt_metric_slots_nr();
	bool taken = q && !bt_queue_counters_take(q, t, &ignored);

	if (q && bt_queue_counters_read(q, f->slots, &ignored))
		memset(f->slots, 0, sizeof(f->slots));
	for (size_t i = 0; t && !taken && i < nr; i++)
		f->slots[i] += bt_tally_get(t, i);
	bt_tally_close(&t);
}

static struct bt_queue *open_queue(const struct bt_context *c)
{
	BT_FREE char *db = bt_xasprintf("%s/queue.db", c->store_dir);
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_queue *q = NULL;

	if (access(db, F_OK))
		return NULL;	/* counting alone makes none */
	if (bt_queue_open(c->store_dir, BT_QUEUE_WRITE, shared_of(c), BT_QUEUE_BUSY_HOOK_MS, &q, &ignored))
		bt_queue_open(c->store_dir, BT_QUEUE_READ, shared_of(c), BT_QUEUE_BUSY_HOOK_MS, &q, &ignored);
	return q;
}

void bt_metrics_gather(struct bt_context *c, struct bt_figures *ret_f)
{
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = open_queue(c);

	memset(ret_f, 0, sizeof(*ret_f));
	bt_tally_flush(c->store_dir, shared_of(c), false);
	read_counters(q, c->store_dir, ret_f);
	bt_figures_gauge(ret_f, BT_METRIC_BUILD_INFO, PACKAGE_VERSION, 1);
	gauge_memory(ret_f);
	gauge_bytes(c, ret_f);
	gauge_blobs(c, ret_f);
	gauge_ratio(ret_f);
	if (q)
		gauge_queue(q, ret_f);
}

/* --- the file --- */

static void take_only(struct bt_context *c)
{
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = open_queue(c);
	struct bt_tally *t = q ? bt_tally_open(c->store_dir) : NULL;
	struct bt_err ignored = BT_ERR_INIT;

	bt_queue_counters_take(q, t, &ignored);
	bt_tally_close(&t);
}

void bt_metrics_publish(struct bt_context *c)
{
	const char *path = bt_conf_get(c->conf, BT_KEY_METRICS_OUTPUT)->text;
	BT_FREE char *dir = place_of(c);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_FIGURES_OWNED struct bt_figures f;
	struct bt_err err = BT_ERR_INIT;
	bool was_open;

	f.samples = NULL;
	if (!dir)
		return;
	bt_tally_flush(dir, shared_of(c), has_store(dir));
	if (!path || !*path) {
		take_only(c);
		return;
	}
	was_open = c->store;
	bt_metrics_gather(c, &f);
	if (!was_open)	/* who stays for days keeps nobody from cleaning up */
		bt_store_free(&c->store);
	bt_exposition_write(&f, &text);
	if (*path != '/')
		bt_notice(c, "batho.metrics.output is '%s': an absolute path is expected", path);
	else if (bt_file_write_atomic(path, bt_buf_cstr(&text), text.len, OUTPUT_MODE, &err))
		bt_notice(c, "the figures are not in '%s': %s", path, err.msg);
}
