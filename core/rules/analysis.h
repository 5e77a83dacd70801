/*
 * Analyses: rules that are C functions, because a query cannot say them (text that is no syntax, whole files).
 *
 * They run in a parse worker, beside the queries, on the same bytes; they see no path. A rule's file names one by
 * `;; analysis: NAME`; severity, message, words and examples stand in that file like those of any rule. To add
 * one: write the function in an analysis_*.c, add its name to the table in analysis.c and the function to that in
 * analysis_run.c. Raise `version` when it finds other things than before.
 */
#ifndef BT_RULES_ANALYSIS_H
#define BT_RULES_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/facts/facts.h"
#include "core/lang/langs.h"
#include "core/lang/syntax.h"

/* One blob while it is looked at. */
struct bt_look {
	const struct bt_lang *lang;	/* NULL: a text without a known language */
	const char *data;		/* len bytes, anything but NUL in the first 8000 */
	size_t len;
	struct bt_syntax *syntax;	/* NULL without a language */
};

struct bt_findings_sink;
/*
 * Reports [start, end) of the blob; detail may be NULL. Rows and columns are found by the sink. False: the blob
 * has as many findings as are kept; go home.
 */
bool bt_sink_add(struct bt_findings_sink *s, size_t start, size_t end, const char *detail, size_t detail_len);
/* These bytes are shown by no report: wherever findings quote them there are stars. */
void bt_sink_hide(struct bt_findings_sink *s, size_t start, size_t end);

struct bt_analysis {
	const char *name;
	unsigned version;
	bool of_change;		/* run by check*.c over changed files (paths, sizes, other blobs), not over blobs */
};

/* NULL: no such analysis. */
const struct bt_analysis *bt_analysis_find(const char *name);

/* In programs that parse: runs one that is of blobs. */
void bt_analysis_run(const struct bt_analysis *a, const struct bt_look *look, struct bt_findings_sink *s);

void bt_analysis_conflict_marker(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_invalid_utf8(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_mixed_line_endings(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_password_in_url(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_private_key(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_secret(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_signed_token(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_syntax_error(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_todo(const struct bt_look *look, struct bt_findings_sink *s);
void bt_analysis_trailing_comma(const struct bt_look *look, struct bt_findings_sink *s);

#endif
