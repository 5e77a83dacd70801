#include "core/base/exposition.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

void bt_figures_release(struct bt_figures *f)
{
	free(f->samples);
	f->samples = NULL;
	f->samples_nr = f->samples_alloc = 0;
}

void bt_figures_gauge(struct bt_figures *f, enum bt_metric m, const char *value, double number)
{
	BT_GROW(f->samples, f->samples_alloc, f->samples_nr + 1);
	f->samples[f->samples_nr++] = (struct bt_sample){ m, value, number };
}

void bt_seconds_text(uint64_t us, char ret_text[32])
{
	int len = snprintf(ret_text, 32, "%" PRIu64 ".%06u", us / 1000000, (unsigned)(us % 1000000));

	while (ret_text[len - 1] == '0')
		len--;
	if (ret_text[len - 1] == '.')
		len--;
	ret_text[len] = '\0';
}

/* In a label also the double quote has a backslash. */
static void escape(struct bt_buf *out, const char *text, bool quote)
{
	for (; *text; text++) {
		if (*text == '\n') {
			bt_buf_adds(out, "\\n");
			continue;
		}
		if (*text == '\\' || (quote && *text == '"'))
			bt_buf_addch(out, '\\');
		bt_buf_addch(out, *text);
	}
}

/* name{label="value",le="0.1"}; value and le may be NULL */
static void series(struct bt_buf *out, enum bt_metric m, const char *suffix, const char *value, const char *le)
{
	bt_buf_addf(out, "%s%s", bt_metrics[m].name, suffix);
	if (value || le)
		bt_buf_addch(out, '{');
	if (value) {
		bt_buf_addf(out, "%s=\"", bt_metrics[m].label);
		escape(out, value, true);
		bt_buf_adds(out, le ? "\"," : "\"");
	}
	if (le)
		bt_buf_addf(out, "le=\"%s\"", le);
	if (value || le)
		bt_buf_addch(out, '}');
	bt_buf_addch(out, ' ');
}

static void head(struct bt_buf *out, enum bt_metric m)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	bt_buf_addf(out, "# HELP %s ", bt_metrics[m].name);
	escape(out, bt_metrics[m].help, false);
	bt_buf_addf(out, "\n# TYPE %s %s\n", bt_metrics[m].name, types[bt_metrics[m].type]);
}

/* Buckets are cumulative here, each its own in the slots. */
static void histogram(struct bt_buf *out, enum bt_metric m, const char *value, const uint64_t *slots)
{
	size_t nr = bt_metric_buckets_nr(m);
	uint64_t count = 0;
	char text[32];

	for (size_t i = 0; i <= nr; i++) {
		count += slots[i];
		if (i < nr)
			bt_seconds_text((uint64_t)bt_metrics[m].buckets_us[i], text);
		else
			strcpy(text, "+Inf");
		series(out, m, "_bucket", value, text);
		bt_buf_addf(out, "%" PRIu64 "\n", count);
	}
	bt_seconds_text(slots[nr + 1], text);
	series(out, m, "_sum", value, NULL);
	bt_buf_addf(out, "%s\n", text);
	series(out, m, "_count", value, NULL);
	bt_buf_addf(out, "%" PRIu64 "\n", count);
}

static void kept(const struct bt_figures *f, enum bt_metric m, struct bt_buf *out)
{
	head(out, m);
	for (unsigned v = 0; v < bt_metric_values_nr(m); v++) {
		const uint64_t *slots = &f->slots[bt_metric_slot(m, v)];
		const char *value = bt_metrics[m].label ? bt_metrics[m].values[v] : NULL;

		if (bt_metrics[m].type == BT_METRIC_HISTOGRAM) {
			histogram(out, m, value, slots);
			continue;
		}
		series(out, m, "", value, NULL);
		bt_buf_addf(out, "%" PRIu64 "\n", *slots);
	}
}

static void gauge(const struct bt_figures *f, enum bt_metric m, struct bt_buf *out)
{
	bool begun = false;

	for (size_t i = 0; i < f->samples_nr; i++) {
		if (f->samples[i].metric != m)
			continue;
		if (!begun)
			head(out, m);
		begun = true;
		series(out, m, "", f->samples[i].value, NULL);
		bt_buf_addf(out, "%.17g\n", f->samples[i].number);
	}
}

void bt_exposition_write(const struct bt_figures *f, struct bt_buf *out)
{
	for (int m = 0; m < BT_METRIC_NR; m++)
		if (bt_metrics[m].type == BT_METRIC_GAUGE)
			gauge(f, (enum bt_metric)m, out);
		else
			kept(f, (enum bt_metric)m, out);
}
