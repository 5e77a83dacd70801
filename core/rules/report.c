/*
 * The formats of reports.
 */
#include "core/rules/report.h"

#include "core/base/mem.h"

const char *const bt_report_names[] = { "human", "json", "porcelain", NULL };

/* The further formats, in the order of their names; none of the first three. */
static const struct {
	int (*write)(const struct bt_report *r, struct bt_buf *out, struct bt_err *err);
} further[] = {
	{ NULL },
};

int bt_report_text(int format, const struct bt_report *r, struct bt_buf *out, struct bt_err *err)
{
	size_t i = (size_t)(format - BT_FORMAT_PORCELAIN - 1);

	if (i >= BT_ARRAY_NR(further) || !further[i].write)
		return bt_err_set(err, BT_ERR_USAGE, "this format is for other commands");
	if (further[i].write(r, out, err))
		return err->code;
	return bt_buf_check(out, "the report", err);
}
