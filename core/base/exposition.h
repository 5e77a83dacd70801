/*
 * Figures as text: Prometheus' exposition format, version 0.0.4.
 */
#ifndef BT_BASE_EXPOSITION_H
#define BT_BASE_EXPOSITION_H

#include "core/base/buf.h"
#include "core/base/metric.h"

struct bt_sample {		/* of a gauge */
	enum bt_metric metric;
	const char *value;	/* of its label; NULL: it has none; borrowed */
	double number;
};

struct bt_figures {
	uint64_t slots[BT_METRIC_SLOTS_MAX];	/* of counters and histograms */
	struct bt_sample *samples;
	size_t samples_nr, samples_alloc;
};
#define BT_FIGURES_OWNED BT_CLEANUP(bt_figures_release)
void bt_figures_release(struct bt_figures *f);
void bt_figures_gauge(struct bt_figures *f, enum bt_metric m, const char *value, double number);

/* All samples of a metric stand together, behind # HELP and # TYPE; a gauge without a sample is left out. */
void bt_exposition_write(const struct bt_figures *f, struct bt_buf *out);
/* Microseconds as seconds: "0.0005", "300". */
void bt_seconds_text(uint64_t us, char ret_text[32]);

#endif
