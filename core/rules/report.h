/*
 * Findings as text, for people and for machines. Human, json and porcelain go through core/base/out.h; a further format is one
 * function in report_<format>.c that appends its text to a buffer.
 *
 * To add one: its name in bt_report_names (behind the three that all commands have), its row in report.c's table.
 * Everything from a repository (paths, code, details) is hostile: it goes through core/base/text.h or out.h.
 */
#ifndef BT_RULES_REPORT_H
#define BT_RULES_REPORT_H

#include "core/base/buf.h"
#include "core/base/out.h"
#include "core/rules/finding.h"
#include "core/rules/ruleset.h"

/* bt_format_names, and the further ones; NULL-terminated: the choices of --format. */
extern const char *const bt_report_names[];

struct bt_report {
	const struct bt_findings *findings;
	const struct bt_ruleset *rules;		/* all that were in force, for formats that list them */
	enum bt_severity fail_on;
	bool fails;
	bool full;				/* all findings, not only new ones */
	bool quiet;				/* people: nothing when there is nothing */
	void (*display_path)(void *ctx, const char *path, struct bt_buf *out);	/* for people; NULL: as it is */
	void *display_ctx;
};

/* Human, json and porcelain, through `out`, which is open in that format. */
void bt_report_write(const struct bt_report *r, struct bt_out *out);
/*
 * The further formats (index into bt_report_names above BT_FORMAT_PORCELAIN): appends the whole text.
 */
int bt_report_text(int format, const struct bt_report *r, struct bt_buf *out, struct bt_err *err);

#endif
