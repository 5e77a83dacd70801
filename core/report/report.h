/*
 * Findings as text, for people and for machines.
 *
 *	human, json, porcelain	through core/base/out.h: human.c (frame.c draws the code)
 *	sarif			SARIF 2.1.0, within the limits of GitHub's code scanning
 *	gitlab			GitLab's Code Quality report
 *	junit			test results: a case per file and rule
 *	github			GitHub's workflow commands: annotations
 *	checkstyle		Checkstyle's XML
 *
 * What each holds stands in git-batho-format(5). To add one: its name in bt_report_names (behind the three
 * that all commands have), a function in <name>.c, its row in report.c's table, a line in
 * impl.h.
 *
 * All formats are written piece by piece: what a report needs of memory does not grow with the findings.
 * Everything from a repository (paths, code, details) is hostile: it goes through core/base/text.h, out.h, or
 * text.c.
 */
#ifndef BT_REPORT_H
#define BT_REPORT_H

#include "core/base/buf.h"
#include "core/base/out.h"
#include "core/rules/finding.h"
#include "core/rules/ruleset.h"

/* bt_format_names, and the further ones; NULL-terminated: the choices of --format. */
extern const char *const bt_report_names[];
/* The number of a format by its name, or -1. */
int bt_report_find(const char *name, size_t len);

struct bt_report {
	const struct bt_findings *findings;
	const struct bt_ruleset *rules;		/* all that were in force, for formats that list them */
	enum bt_severity fail_on;
	bool fails;
	bool full;				/* all findings, not only new ones */
	bool quiet;				/* people: nothing when there is nothing */
	bool brief;				/* people: no more than the summary */
	void (*display_path)(void *ctx, const char *path, struct bt_buf *out);	/* for people; NULL: as it is */
	void *display_ctx;
};

/* Human, json and porcelain, through `out`, which is open in that format. */
void bt_report_write(const struct bt_report *r, struct bt_out *out);
/*
 * Any format (index into bt_report_names), to a descriptor; nul: -z. `where` names it in messages, NULL is
 * stdout. BT_ERR_PIPE: the reader went away.
 */
int bt_report_stream(const struct bt_report *r, int format, bool nul, int fd, const char *where,
		     struct bt_err *err);
/*
 * The same into a file, which has the old bytes or all of the new ones; the temporary file lies beside it.
 * What is no regular file (a terminal, a FIFO, /dev/stdout) is written to as it is.
 */
int bt_report_file(const struct bt_report *r, int format, bool nul, const char *path, struct bt_err *err);

#endif
