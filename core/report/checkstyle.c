/*
 * Checkstyle's XML: files, each with its findings. The source names pack and rule.
 */
#include <inttypes.h>
#include <string.h>

#include "core/report/impl.h"

static const char *const severities[BT_SEVERITY_NR] = {
	[BT_SEVERITY_OFF] = "ignore",
	[BT_SEVERITY_NOTE] = "info",
	[BT_SEVERITY_WARNING] = "warning",
	[BT_SEVERITY_ERROR] = "error",
};

static void put_finding(struct bt_buf *b, const struct bt_finding *f)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	uint32_t column = bt_report_span(f).col;

	bt_buf_addf(b, "  <error line=\"%" PRIu64 "\"", f->row + (uint64_t)1);
	if (column)
		bt_buf_addf(b, " column=\"%" PRIu32 "\"", column);
	bt_buf_addf(b, " severity=\"%s\" message=\"", severities[f->rule->severity]);
	bt_report_message(&message, f);
	bt_report_xml(b, bt_buf_cstr(&message), message.len);
	bt_buf_addf(b, "\" source=\"git-batho.%s.%s\"/>\n", f->rule->pack, f->rule->id);
}

void bt_report_checkstyle(const struct bt_report *r, struct bt_report_text *t)
{
	const struct bt_findings *l = r->findings;

	bt_buf_adds(&t->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
	for (size_t i = 0; i < l->nr && bt_report_pass(t); i++) {
		const struct bt_finding *f = &l->items[i];

		if (!i || strcmp(f->path, f[-1].path)) {
			bt_buf_adds(&t->buf, " <file name=\"");
			bt_report_xml(&t->buf, f->path, f->path_len);
			bt_buf_adds(&t->buf, "\">\n");
		}
		put_finding(&t->buf, f);
		if (i + 1 == l->nr || strcmp(f->path, f[1].path))
			bt_buf_adds(&t->buf, " </file>\n");
	}
	bt_buf_adds(&t->buf, "</checkstyle>\n");
}
