/*
 * What the formats of reports share; report*.c include it, nobody else (and the test of the escapes).
 */
#ifndef BT_REPORT_IMPL_H
#define BT_REPORT_IMPL_H

#include "core/rules/fingerprints.h"
#include "core/report/report.h"

/* Text on its way to a descriptor: append to buf, and pass it on at the end of each item. */
struct bt_report_text {
	struct bt_buf buf;
	int fd;
	const char *where;
	struct bt_err *err;
	int rc;			/* the first failure: nothing is written any more */
};
/* Writes when there is enough; false after a failure: a loop may end. */
bool bt_report_pass(struct bt_report_text *t);

/* The further formats. */
void bt_report_sarif(const struct bt_report *r, struct bt_report_text *t);
void bt_report_gitlab(const struct bt_report *r, struct bt_report_text *t);
void bt_report_junit(const struct bt_report *r, struct bt_report_text *t);
void bt_report_github(const struct bt_report *r, struct bt_report_text *t);
void bt_report_checkstyle(const struct bt_report *r, struct bt_report_text *t);

/* ---- human ---- */

/* The code of a finding that has some: numbered lines, carets under the finding's part of the first. */
void bt_report_frame(struct bt_out *out, const struct bt_finding *f, enum bt_color color);
/* "2 errors, 1 note in 3 files (1 suppressed)", into an empty buffer; the length up to " in ". */
size_t bt_report_summary(const struct bt_report *r, struct bt_buf *out);

/* ---- texts ---- */

/*
 * For XML 1.0, as content and in attributes. Tabs and newlines are kept as references; other controls and
 * bytes that are not UTF-8, which XML cannot hold in any way, are shown as bt_text_safe shows them.
 */
void bt_report_xml(struct bt_buf *out, const char *p, size_t len);
/* A path as a relative URI reference (RFC 3986): bytes, percent-encoded. */
void bt_report_uri(struct bt_buf *out, const char *path, size_t len);
/* The data of a workflow command, or the value of a property. Controls come as bt_text_safe shows them. */
void bt_report_command(struct bt_buf *out, const char *p, size_t len, bool property);
/* "message: detail" */
void bt_report_message(struct bt_buf *out, const struct bt_finding *f);
/* Fewer bytes of a text, at most max, without half a character at the end. */
size_t bt_report_cut(const char *p, size_t len, size_t max);

/* ---- places ---- */

/* UTF-16 code units of a text; a byte that is not UTF-8 counts one, as the U+FFFD that stands for it. */
uint32_t bt_report_utf16(const char *p, size_t len);
/* The given line of the finding's code, from 0, without its line end; NULL when it is not there. */
const char *bt_report_line(const struct bt_finding *f, uint32_t line, size_t *ret_len);
/*
 * Columns in UTF-16 code units, from 1, the end being the column behind. 0 when the code is not at hand: a
 * line too long, an end too far down.
 */
struct bt_report_span {
	uint32_t col, end_col;
};
struct bt_report_span bt_report_span(const struct bt_finding *f);

/* ---- identity ---- */

/*
 * How many findings with the same fingerprint and ordinal stood in this file before this one: those of rules
 * about a whole change are not numbered. Ask for every finding, in order.
 */
struct bt_report_twins {
	struct bt_fingerprints seen;
	const char *path;
};
void bt_report_twins_release(struct bt_report_twins *t);
uint32_t bt_report_ordinal(struct bt_report_twins *t, const struct bt_finding *f);

#endif
