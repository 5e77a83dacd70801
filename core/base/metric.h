/*
 * Figures that outlive processes: one table of metrics (metric.c), from which slots, output and documentation derive.
 *
 * Counting from anywhere costs an addition in this process's memory. What was counted reaches the file `tally` of the repository at the
 * end of a command (bt_tally_flush, tally.h), and queue.db when somebody writes there anyway (store/counter.h). Gauges have no slots:
 * they are looked at when somebody asks.
 *
 * Counts may be lost (a kill, a crash of the machine, a repository that cannot be written); they are never a reason to fail.
 */
#ifndef BT_BASE_METRIC_H
#define BT_BASE_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bt_metric_type { BT_METRIC_COUNTER, BT_METRIC_GAUGE, BT_METRIC_HISTOGRAM };

/* The order of the table. The values of the label of each stand in metric.c; `-` where there is none. */
enum bt_metric {
	BT_METRIC_BUILD_INFO,		/* gauge, version: of the program that answers */
	BT_METRIC_OPERATIONS,		/* command */
	BT_METRIC_ERRORS,		/* command */
	BT_METRIC_OPERATION_SECONDS,	/* - */
	BT_METRIC_MEMORY_BYTES,		/* gauge */
	BT_METRIC_DB_BYTES,		/* gauge, db */

	BT_METRIC_INDEX_SECONDS,	/* - */
	BT_METRIC_INDEX_BLOBS,		/* gauge, state */
	BT_METRIC_PARSE_SECONDS,	/* - */
	BT_METRIC_PARSE_KILLED,		/* reason: enum bt_metric_kill */
	BT_METRIC_SNAPSHOTS,		/* gauge */

	BT_METRIC_CACHE_HITS,		/* -: a blob that a run wanted had its facts */
	BT_METRIC_CACHE_MISSES,		/* - */
	BT_METRIC_CACHE_HIT_RATIO,	/* gauge */
	BT_METRIC_CACHE_THAWED,		/* -: records read from the frozen tier */

	BT_METRIC_QUEUE_DEPTH,		/* gauge, type: enum bt_action_kind */
	BT_METRIC_QUEUE_STUCK,		/* gauge, state: what waits for people */
	BT_METRIC_QUEUE_OLDEST_SECONDS,	/* gauge */
	BT_METRIC_QUEUE_WAIT_SECONDS,	/* -: queued to succeeded */
	BT_METRIC_QUEUE_BATCHES,	/* result: enum bt_metric_batch */
	BT_METRIC_CI_RUNS_SAVED,	/* - */
	BT_METRIC_API_LIMITED,		/* forge: enum bt_metric_forge */

	BT_METRIC_HOOK_SECONDS,		/* event: enum bt_hook_event */
	BT_METRIC_HOOK_VERDICTS,	/* verdict: enum bt_metric_verdict */

	BT_METRIC_RULE_FINDINGS,	/* severity: enum bt_metric_severity */
	BT_METRIC_NR
};

enum bt_metric_kill { BT_KILL_TIME, BT_KILL_CPU, BT_KILL_MEMORY, BT_KILL_CRASH };
enum bt_metric_batch { BT_BATCH_WAS_DONE, BT_BATCH_HAD_FAILED, BT_BATCH_IS_UNKNOWN, BT_BATCH_WANTS_HUMAN, BT_BATCH_CAME_BACK };
enum bt_metric_forge { BT_FORGE_GITHUB, BT_FORGE_GITLAB, BT_FORGE_JENKINS, BT_FORGE_OTHER };
enum bt_metric_verdict { BT_VERDICT_PASS, BT_VERDICT_REFUSE, BT_VERDICT_ERROR, BT_VERDICT_TIMEOUT };
enum bt_metric_severity { BT_FOUND_NOTE, BT_FOUND_WARNING, BT_FOUND_ERROR };

struct bt_metric_def {
	const char *name;		/* "batho_errors_total" */
	const char *section;		/* what of `git batho stats` it belongs to: "index" */
	enum bt_metric_type type;
	const char *label;		/* NULL: none */
	const char *const *values;	/* of the label, NULL-terminated; NULL: known when it is asked for */
	const int64_t *buckets_us;	/* upper bounds of a histogram, ended by 0; what is above has a bucket of its own */
	const char *help;		/* one sentence, no line break, no backslash */
};
extern const struct bt_metric_def bt_metrics[BT_METRIC_NR];
extern const char *const bt_metric_sections[];	/* in the order in which they are shown, NULL-terminated */

/* 1 when there is no label. */
size_t bt_metric_values_nr(enum bt_metric m);
/* The index of a value; the last ("other") when it is not known. */
unsigned bt_metric_value_find(enum bt_metric m, const char *value);

/* --- counting: any thread --- */

void bt_count(enum bt_metric m, unsigned value, uint64_t n);
void bt_observe_us(enum bt_metric m, unsigned value, int64_t us);
/* What is counted and not flushed yet, in this process, is forgotten: in a forked child that goes on. */
void bt_metric_forget(void);

/* --- slots: what a counter or histogram is kept in --- */

/* Per value of the label: a counter has one; a histogram one per bucket, one for what is above, one for the sum in microseconds. */
#define BT_METRIC_SLOTS_MAX 504
size_t bt_metric_slots_nr(void);
/* The first slot of a value. */
size_t bt_metric_slot(enum bt_metric m, unsigned value);
size_t bt_metric_buckets_nr(enum bt_metric m);	/* without the one for what is above */
#define BT_METRIC_SLOT_NAME_MAX 128
/* "batho_errors_total{command=index}", "batho_index_duration_seconds le=0.1": what it is called in queue.db. */
void bt_metric_slot_name(size_t slot, char ret_name[BT_METRIC_SLOT_NAME_MAX]);
/* A hash of the names of all slots: another table is another layout. */
uint64_t bt_metric_layout(void);
/* Takes what this process has counted in a slot: 0 from here on. */
uint64_t bt_metric_take(size_t slot);

#endif
