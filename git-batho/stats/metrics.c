#include "git-batho/stats/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "git-batho/metrics.h"

const char *const bt_stats_formats[] = { "human", "json", "porcelain", "prometheus", NULL };

static uint64_t counter(const struct bt_figures *f, enum bt_metric m, unsigned value)
{
	return f->slots[bt_metric_slot(m, value)];
}

static uint64_t counters(const struct bt_figures *f, enum bt_metric m)
{
	uint64_t sum = 0;

	for (unsigned v = 0; v < bt_metric_values_nr(m); v++)
		sum += counter(f, m, v);
	return sum;
}

static uint64_t gauge(const struct bt_figures *f, enum bt_metric m, const char *value)
{
	double sum = 0;

	for (size_t i = 0; i < f->samples_nr; i++)
		if (f->samples[i].metric == m && (!value || !strcmp(f->samples[i].value, value)))
			sum += f->samples[i].number;
	return (uint64_t)sum;
}

/* How often, and the sum in microseconds, of all values. */
static void durations(const struct bt_figures *f, enum bt_metric m, uint64_t *ret_nr, uint64_t *ret_us)
{
	size_t nr = bt_metric_buckets_nr(m);

	*ret_nr = *ret_us = 0;
	for (unsigned v = 0; v < bt_metric_values_nr(m); v++) {
		const uint64_t *slots = &f->slots[bt_metric_slot(m, v)];

		for (size_t i = 0; i <= nr; i++)
			*ret_nr += slots[i];
		*ret_us += slots[nr + 1];
	}
}

static void begin(struct bt_context *c, const char *name)
{
	bt_out_record(c->out, name);
	bt_out_textf(c->out, BT_COLOR_NAME, "%-12s", name);
}

static void end(struct bt_context *c)
{
	bt_out_record_end(c->out);
	bt_out_nl(c->out);
}

/* Not what asking changes: the same question has the same answer. */
static void section_runs(struct bt_context *c, const struct bt_figures *f)
{
	uint64_t nr, us, killed = counters(f, BT_METRIC_PARSE_KILLED);

	durations(f, BT_METRIC_INDEX_SECONDS, &nr, &us);
	begin(c, "runs");
	bt_out_uint(c->out, "index_runs", nr);
	bt_out_uint(c->out, "index_us", us);
	bt_out_uint(c->out, "parse_killed", killed);
	bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " of the indexer, %.3f s on average; %" PRIu64 " files killed", nr,
		     nr ? (double)us / 1e6 / (double)nr : 0.0, killed);
	end(c);
}

static void section_cache(struct bt_context *c, const struct bt_figures *f)
{
	uint64_t hits = counter(f, BT_METRIC_CACHE_HITS, 0), misses = counter(f, BT_METRIC_CACHE_MISSES, 0);
	uint64_t thawed = counter(f, BT_METRIC_CACHE_THAWED, 0);

	begin(c, "cache");
	bt_out_uint(c->out, "hits", hits);
	bt_out_uint(c->out, "misses", misses);
	bt_out_uint(c->out, "thawed", thawed);
	bt_out_textf(c->out, BT_COLOR_NONE, " %7.1f %% hits (%" PRIu64 " of %" PRIu64 " files); %" PRIu64 " thawed",
		     hits + misses ? 100.0 * (double)hits / (double)(hits + misses) : 0.0, hits, hits + misses, thawed);
	end(c);
}

static void section_queue(struct bt_context *c, const struct bt_figures *f)
{
	uint64_t depth = gauge(f, BT_METRIC_QUEUE_DEPTH, NULL), stuck = gauge(f, BT_METRIC_QUEUE_STUCK, NULL), nr, us;

	durations(f, BT_METRIC_QUEUE_WAIT_SECONDS, &nr, &us);
	begin(c, "queue");
	bt_out_uint(c->out, "depth", depth);
	bt_out_uint(c->out, "stuck", stuck);
	bt_out_uint(c->out, "batches", counters(f, BT_METRIC_QUEUE_BATCHES));
	bt_out_uint(c->out, "succeeded", nr);
	bt_out_uint(c->out, "wait_us", us);
	bt_out_uint(c->out, "ci_runs_saved", counter(f, BT_METRIC_CI_RUNS_SAVED, 0));
	bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " open, %" PRIu64 " for people to look at; %" PRIu64 " batches, %" PRIu64
		     " actions within %.1f s on average; %" PRIu64 " CI runs saved", depth, stuck, counters(f, BT_METRIC_QUEUE_BATCHES), nr,
		     nr ? (double)us / 1e6 / (double)nr : 0.0, counter(f, BT_METRIC_CI_RUNS_SAVED, 0));
	end(c);
}

static void section_hooks(struct bt_context *c, const struct bt_figures *f)
{
	static const char *const names[] = { "passed", "refused", "errors", "timeouts" };
	uint64_t nr, us;

	durations(f, BT_METRIC_HOOK_SECONDS, &nr, &us);
	begin(c, "hooks");
	bt_out_uint(c->out, "runs", nr);
	bt_out_uint(c->out, "us", us);
	bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " runs, %.1f ms on average:", nr, nr ? (double)us / 1e3 / (double)nr : 0.0);
	for (unsigned v = 0; v < BT_ARRAY_NR(names); v++) {
		bt_out_uint(c->out, names[v], counter(f, BT_METRIC_HOOK_VERDICTS, v));
		bt_out_textf(c->out, BT_COLOR_NONE, "%s %" PRIu64 " %s", v ? "," : "", counter(f, BT_METRIC_HOOK_VERDICTS, v), names[v]);
	}
	end(c);
}

static void section_rules(struct bt_context *c, const struct bt_figures *f)
{
	static const char *const names[] = { "notes", "warnings", "errors" };

	begin(c, "rules");
	bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " new findings:", counters(f, BT_METRIC_RULE_FINDINGS));
	for (unsigned v = BT_ARRAY_NR(names); v-- > 0;) {
		bt_out_uint(c->out, names[v], counter(f, BT_METRIC_RULE_FINDINGS, v));
		bt_out_textf(c->out, BT_COLOR_NONE, "%s %" PRIu64 " %s", v == 2 ? "" : ",", counter(f, BT_METRIC_RULE_FINDINGS, v), names[v]);
	}
	end(c);
}

void bt_stats_sections(struct bt_context *c)
{
	BT_FIGURES_OWNED struct bt_figures f;

	bt_metrics_gather(c, &f);
	section_runs(c, &f);
	section_cache(c, &f);
	section_queue(c, &f);
	section_hooks(c, &f);
	section_rules(c, &f);
}

/* --- all of them --- */

static void number_text(double number, char ret_text[32])
{
	snprintf(ret_text, 32, "%.17g", number);
}

static void sample_begin(struct bt_context *c, enum bt_metric m, const char *value)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	bt_out_record(c->out, "metric");
	bt_out_cstr(c->out, "name", bt_metrics[m].name);
	bt_out_cstr(c->out, "type", types[bt_metrics[m].type]);
	bt_out_cstr(c->out, "label", value ? bt_metrics[m].label : NULL);
	bt_out_cstr(c->out, "label_value", value);
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", bt_metrics[m].name);
	if (value)
		bt_out_textf(c->out, BT_COLOR_NOTE, "{%s=%s}", bt_metrics[m].label, value);
	bt_out_text(c->out, BT_COLOR_NONE, " ", 1);
}

static void sample_plain(struct bt_context *c, enum bt_metric m, const char *value, const char *number)
{
	sample_begin(c, m, value);
	bt_out_cstr(c->out, "value", number);
	bt_out_null(c->out, "count");
	bt_out_textf(c->out, BT_COLOR_NONE, "%s", number);
	end(c);
}

/* value: the sum in seconds */
static void sample_histogram(struct bt_context *c, enum bt_metric m, const char *value, const uint64_t *slots)
{
	size_t nr = bt_metric_buckets_nr(m);
	uint64_t count = 0;
	char text[32];

	for (size_t i = 0; i <= nr; i++)
		count += slots[i];
	sample_begin(c, m, value);
	bt_seconds_text(slots[nr + 1], text);
	bt_out_cstr(c->out, "value", text);
	bt_out_uint(c->out, "count", count);
	bt_out_textf(c->out, BT_COLOR_NONE, "%" PRIu64 " in %s s", count, text);
	bt_out_array(c->out, "buckets");
	for (size_t i = 0; i <= nr; i++) {
		bt_seconds_text(i < nr ? (uint64_t)bt_metrics[m].buckets_us[i] : 0, text);
		bt_out_object(c->out, NULL);
		bt_out_cstr(c->out, "le", i < nr ? text : "+Inf");
		bt_out_uint(c->out, "nr", slots[i]);
		bt_out_object_end(c->out);
	}
	bt_out_array_end(c->out);
	end(c);
}

static void show_kept(struct bt_context *c, const struct bt_figures *f, enum bt_metric m)
{
	for (unsigned v = 0; v < bt_metric_values_nr(m); v++) {
		const uint64_t *slots = &f->slots[bt_metric_slot(m, v)];
		const char *value = bt_metrics[m].label ? bt_metrics[m].values[v] : NULL;
		char text[32];

		if (bt_metrics[m].type == BT_METRIC_HISTOGRAM) {
			sample_histogram(c, m, value, slots);
			continue;
		}
		snprintf(text, sizeof(text), "%" PRIu64, *slots);
		if (!bt_out_is_human(c->out) || *slots || !value)
			sample_plain(c, m, value, text);
	}
}

static void show_gauges(struct bt_context *c, const struct bt_figures *f, enum bt_metric m)
{
	char text[32];

	for (size_t i = 0; i < f->samples_nr; i++) {
		if (f->samples[i].metric != m)
			continue;
		number_text(f->samples[i].number, text);
		sample_plain(c, m, f->samples[i].value, text);
	}
}

int bt_stats_metrics(struct bt_context *c, struct bt_err *err)
{
	BT_FIGURES_OWNED struct bt_figures f;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_metrics_gather(c, &f);
	if (c->common.format == BT_FORMAT_PROMETHEUS) {
		bt_exposition_write(&f, &text);
		return bt_fd_write_full(STDOUT_FILENO, bt_buf_cstr(&text), text.len, "stdout", err);
	}
	for (int m = 0; m < BT_METRIC_NR && !bt_out_failed(c->out); m++)
		if (bt_metrics[m].type == BT_METRIC_GAUGE)
			show_gauges(c, &f, (enum bt_metric)m);
		else
			show_kept(c, &f, (enum bt_metric)m);
	return 0;
}
