/*
 * The table of metrics, and what this process has counted. git-batho-stats(1) is tested against the table.
 */
#include "core/base/metric.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

const char *const bt_metric_sections[] = { "program", "index", "cache", "queue", "hooks", "rules", NULL };

static const char *const commands[] = {
	"audit", "backup", "cache", "callees", "callers", "cat-facts", "check", "config", "def", "deps", "diff", "doctor", "findings",
	"grammars", "health", "help", "hooks", "impact", "index", "init", "map", "outline", "queue", "refs", "restore", "rules", "search",
	"snapshot", "stats", "storage", "version", "other", NULL,
};
static const char *const databases[] = { "index", "queue", "frozen", NULL };
static const char *const kills[] = { "time", "cpu", "memory", "crash", NULL };
static const char *const kinds[] = { "commit", "merge", "push", "workflow", "deploy", NULL };
static const char *const stuck[] = { "blocked", "parked", "unknown", "needs-human", NULL };
static const char *const batch_results[] = { "done", "failed", "unknown", "needs-human", "returned", NULL };
static const char *const forges[] = { "github", "gitlab", "jenkins", "other", NULL };
static const char *const events[] = {
	"pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "pre-receive", "update", "post-commit", "post-merge", "post-checkout",
	"post-rewrite", NULL,
};
static const char *const verdicts[] = { "pass", "refuse", "error", "timeout", NULL };
static const char *const severities[] = { "note", "warning", "error", NULL };

#define MS INT64_C(1000)
#define S INT64_C(1000000)
static const int64_t of_commands[] = { MS, 5 * MS, 10 * MS, 25 * MS, 100 * MS, 500 * MS, S, 5 * S, 30 * S, 300 * S, 0 };
static const int64_t of_runs[] = { 10 * MS, 50 * MS, 100 * MS, 500 * MS, S, 5 * S, 15 * S, 60 * S, 300 * S, 1800 * S, 0 };
static const int64_t of_parses[] = { 100, 500, MS, 5 * MS, 10 * MS, 50 * MS, 100 * MS, 500 * MS, S, 10 * S, 0 };
static const int64_t of_waits[] = { S, 5 * S, 10 * S, 30 * S, 60 * S, 120 * S, 300 * S, 900 * S, 3600 * S, 86400 * S, 0 };
static const int64_t of_hooks[] = { 5 * MS, 10 * MS, 25 * MS, 50 * MS, 100 * MS, 250 * MS, 500 * MS, S, 5 * S, 60 * S, 0 };

const struct bt_metric_def bt_metrics[BT_METRIC_NR] = {
	[BT_METRIC_BUILD_INFO] = { .name = "batho_build_info", .section = "program", .type = BT_METRIC_GAUGE, .label = "version",
				   .help = "1, with the version of the program that answers." },
	[BT_METRIC_OPERATIONS] = { .name = "batho_operations_total", .section = "program", .label = "command", .values = commands,
				   .help = "Commands that ran in this repository, whatever they came to." },
	[BT_METRIC_ERRORS] = { .name = "batho_errors_total", .section = "program", .label = "command", .values = commands,
			       .help = "Of them, those that failed (status 128)." },
	[BT_METRIC_OPERATION_SECONDS] = { .name = "batho_operation_duration_seconds", .section = "program", .type = BT_METRIC_HISTOGRAM,
					  .buckets_us = of_commands, .help = "How long commands ran." },
	[BT_METRIC_MEMORY_BYTES] = { .name = "batho_memory_bytes", .section = "program", .type = BT_METRIC_GAUGE,
				     .help = "Resident memory of the process that answers." },
	[BT_METRIC_DB_BYTES] = { .name = "batho_db_bytes", .section = "program", .type = BT_METRIC_GAUGE, .label = "db",
				 .values = databases, .help = "Size of the files of a database." },

	[BT_METRIC_INDEX_SECONDS] = { .name = "batho_index_duration_seconds", .section = "index", .type = BT_METRIC_HISTOGRAM,
				      .buckets_us = of_runs, .help = "How long runs of the indexer took." },
	[BT_METRIC_INDEX_BLOBS] = { .name = "batho_index_blobs", .section = "index", .type = BT_METRIC_GAUGE, .label = "state",
				    .help = "Blobs in the index by what became of them." },
	[BT_METRIC_PARSE_SECONDS] = { .name = "batho_parse_duration_seconds", .section = "index", .type = BT_METRIC_HISTOGRAM,
				      .buckets_us = of_parses, .help = "How long the parsing of one file took." },
	[BT_METRIC_PARSE_KILLED] = { .name = "batho_parse_killed_total", .section = "index", .label = "reason", .values = kills,
				     .help = "Files whose parsing was ended, by the reason." },
	[BT_METRIC_SNAPSHOTS] = { .name = "batho_snapshot_count", .section = "index", .type = BT_METRIC_GAUGE,
				  .help = "Snapshots that are kept." },

	[BT_METRIC_CACHE_HITS] = { .name = "batho_cache_hits_total", .section = "cache",
				   .help = "Files that a run of the indexer wanted and whose facts were there." },
	[BT_METRIC_CACHE_MISSES] = { .name = "batho_cache_misses_total", .section = "cache",
				     .help = "Files that a run of the indexer wanted and had to parse." },
	[BT_METRIC_CACHE_HIT_RATIO] = { .name = "batho_cache_hit_ratio", .section = "cache", .type = BT_METRIC_GAUGE,
					.help = "Hits among hits and misses since counting began; absent before the first." },
	[BT_METRIC_CACHE_THAWED] = { .name = "batho_cache_thawed_total", .section = "cache",
				     .help = "Records that were read from the frozen tier." },

	[BT_METRIC_QUEUE_DEPTH] = { .name = "batho_queue_depth", .section = "queue", .type = BT_METRIC_GAUGE, .label = "type",
				    .values = kinds, .help = "Actions that are not over, by their kind." },
	[BT_METRIC_QUEUE_STUCK] = { .name = "batho_queue_stuck", .section = "queue", .type = BT_METRIC_GAUGE, .label = "state",
				    .values = stuck, .help = "Actions that somebody has to look at, by their state." },
	[BT_METRIC_QUEUE_OLDEST_SECONDS] = { .name = "batho_queue_oldest_seconds", .section = "queue", .type = BT_METRIC_GAUGE,
					     .help = "Age of the oldest action that waits for nothing but its turn; 0 when none does." },
	[BT_METRIC_QUEUE_WAIT_SECONDS] = { .name = "batho_queue_wait_seconds", .section = "queue", .type = BT_METRIC_HISTOGRAM,
					   .buckets_us = of_waits, .help = "From being queued to success, of actions that succeeded." },
	[BT_METRIC_QUEUE_BATCHES] = { .name = "batho_queue_batches_total", .section = "queue", .label = "result", .values = batch_results,
				      .help = "Batches that are over, by what they came to." },
	[BT_METRIC_CI_RUNS_SAVED] = { .name = "batho_ci_runs_saved_total", .section = "queue",
				      .help = "Commits that were pushed together with others, each of which would have started a run." },
	[BT_METRIC_API_LIMITED] = { .name = "batho_api_limited_total", .section = "queue", .label = "forge", .values = forges,
				    .help = "Answers of a forge that said to come back later." },

	[BT_METRIC_HOOK_SECONDS] = { .name = "batho_hook_duration_seconds", .section = "hooks", .type = BT_METRIC_HISTOGRAM,
				     .label = "event", .values = events, .buckets_us = of_hooks, .help = "How long hooks took." },
	[BT_METRIC_HOOK_VERDICTS] = { .name = "batho_hook_verdicts_total", .section = "hooks", .label = "verdict", .values = verdicts,
				      .help = "What hooks said." },

	[BT_METRIC_RULE_FINDINGS] = { .name = "batho_rule_findings_total", .section = "rules", .label = "severity", .values = severities,
				      .help = "New findings that checks and hooks reported." },
};

/* --- slots --- */

size_t bt_metric_values_nr(enum bt_metric m)
{
	size_t nr = 0;

	if (!bt_metrics[m].values)
		return 1;
	while (bt_metrics[m].values[nr])
		nr++;
	return nr;
}

unsigned bt_metric_value_find(enum bt_metric m, const char *value)
{
	unsigned i = 0;

	while (bt_metrics[m].values[i + 1] && strcmp(bt_metrics[m].values[i], value))
		i++;
	return i;
}

size_t bt_metric_buckets_nr(enum bt_metric m)
{
	size_t nr = 0;

	while (bt_metrics[m].buckets_us && bt_metrics[m].buckets_us[nr])
		nr++;
	return nr;
}

static size_t slots_of_value(enum bt_metric m)
{
	return bt_metrics[m].type == BT_METRIC_HISTOGRAM ? bt_metric_buckets_nr(m) + 2 : 1;
}

static size_t slots_of(enum bt_metric m)
{
	return bt_metrics[m].type == BT_METRIC_GAUGE ? 0 : bt_metric_values_nr(m) * slots_of_value(m);
}

size_t bt_metric_slot(enum bt_metric m, unsigned value)
{
	size_t at = 0;

	for (int i = 0; i < (int)m; i++)
		at += slots_of((enum bt_metric)i);
	return at + value * slots_of_value(m);
}

size_t bt_metric_slots_nr(void)
{
	return bt_metric_slot((enum bt_metric)(BT_METRIC_NR - 1), 0) + slots_of((enum bt_metric)(BT_METRIC_NR - 1));
}

void bt_metric_slot_name(size_t slot, char ret_name[BT_METRIC_SLOT_NAME_MAX])
{
	const struct bt_metric_def *d;
	char label[64] = "";
	size_t m = 0, each, nr;

	for (; slot >= slots_of((enum bt_metric)m); m++)
		slot -= slots_of((enum bt_metric)m);
	d = &bt_metrics[m];
	each = slots_of_value((enum bt_metric)m);
	nr = bt_metric_buckets_nr((enum bt_metric)m);
	if (d->label)
		snprintf(label, sizeof(label), "{%s=%s}", d->label, d->values[slot / each]);
	slot %= each;
	if (d->type != BT_METRIC_HISTOGRAM)
		snprintf(ret_name, BT_METRIC_SLOT_NAME_MAX, "%s%s", d->name, label);
	else if (slot < nr)
		snprintf(ret_name, BT_METRIC_SLOT_NAME_MAX, "%s%s le=%" PRId64 "us", d->name, label, d->buckets_us[slot]);
	else
		snprintf(ret_name, BT_METRIC_SLOT_NAME_MAX, "%s%s %s", d->name, label, slot == nr ? "above" : "sum");
}

static uint64_t hash_text(const char *text, uint64_t hash)
{
	return bt_hash64(text, strlen(text), hash);
}

uint64_t bt_metric_layout(void)
{
	uint64_t hash = BT_METRIC_SLOTS_MAX;

	for (size_t m = 0; m < BT_METRIC_NR; m++) {
		const struct bt_metric_def *d = &bt_metrics[m];

		if (d->type == BT_METRIC_GAUGE)
			continue;
		hash = hash_text(d->name, hash + (uint64_t)d->type);
		for (size_t i = 0; d->values && d->values[i]; i++)
			hash = hash_text(d->values[i], hash);
		hash = bt_hash64(d->buckets_us, bt_metric_buckets_nr((enum bt_metric)m) * sizeof(*d->buckets_us), hash);
	}
	return hash;
}

/* --- counting --- */

/* Of this process: a count must be possible from everywhere, as a line of the trace. */
static _Atomic uint64_t counted[BT_METRIC_SLOTS_MAX];

static void slot_add(size_t slot, uint64_t n)
{
	if (slot < BT_METRIC_SLOTS_MAX)
		atomic_fetch_add_explicit(&counted[slot], n, memory_order_relaxed);
}

void bt_count(enum bt_metric m, unsigned value, uint64_t n)
{
	slot_add(bt_metric_slot(m, value), n);
}

void bt_observe_us(enum bt_metric m, unsigned value, int64_t us)
{
	const int64_t *bounds = bt_metrics[m].buckets_us;
	size_t first = bt_metric_slot(m, value), nr = bt_metric_buckets_nr(m), i = 0;

	if (us < 0)
		us = 0;
	while (i < nr && us > bounds[i])
		i++;
	slot_add(first + i, 1);
	slot_add(first + nr + 1, (uint64_t)us);
}

uint64_t bt_metric_take(size_t slot)
{
	if (slot >= BT_METRIC_SLOTS_MAX || !atomic_load_explicit(&counted[slot], memory_order_relaxed))
		return 0;
	return atomic_exchange_explicit(&counted[slot], 0, memory_order_relaxed);
}

void bt_metric_forget(void)
{
	for (size_t i = 0; i < BT_METRIC_SLOTS_MAX; i++)
		bt_metric_take(i);
}
