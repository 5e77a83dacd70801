/*
 * Workflow commands of GitHub Actions. A step shows ten annotations of a level, so the first ten of each are
 * written as commands and the rest as plain lines in a folded group of the log.
 *
 * Plain lines hold text of a repository, and a runner looks for commands in every line: "::" at its start,
 * "##[" anywhere. The first cannot be, as the lines begin with our own words; the second is broken up.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/text.h"
#include "core/report/impl.h"

/* Annotations of one level that a step shows. */
#define SHOWN_MAX 10
/* Lines for the others: nobody reads more of a log. */
#define LISTED_MAX 1000

static const char *const levels[BT_SEVERITY_NR] = {
	[BT_SEVERITY_OFF] = "debug",
	[BT_SEVERITY_NOTE] = "notice",
	[BT_SEVERITY_WARNING] = "warning",
	[BT_SEVERITY_ERROR] = "error",
};

static void put_command(struct bt_buf *b, const struct bt_finding *f)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	struct bt_report_span s = bt_report_span(f);

	bt_buf_addf(b, "::%s file=", levels[f->rule->severity]);
	bt_report_command(b, f->path, f->path_len, true);
	bt_buf_addf(b, ",line=%" PRIu64 ",endLine=%" PRIu64, f->row + (uint64_t)1, f->end_row + (uint64_t)1);
	if (s.col && f->end_row == f->row) /* columns count in one line only */
		bt_buf_addf(b, ",col=%" PRIu32 ",endColumn=%" PRIu32, s.col, s.end_col);
	bt_buf_adds(b, ",title=");
	bt_report_command(b, f->rule->id, strlen(f->rule->id), true);
	bt_buf_adds(b, "::");
	bt_report_message(&message, f);
	bt_report_command(b, bt_buf_cstr(&message), message.len, false);
	bt_buf_addch(b, '\n');
}

static void put_line(struct bt_buf *b, const struct bt_finding *f)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	const char *at, *next;

	bt_text_safe(&line, f->path, f->path_len, 0);
	bt_buf_addf(&line, ":%" PRIu64 ":%" PRIu64 ": ", f->row + (uint64_t)1, f->col + (uint64_t)1);
	bt_buf_addf(b, "%s: ", bt_severity_name(f->rule->severity));
	bt_report_message(&line, f);
	for (at = bt_buf_cstr(&line); (next = strstr(at, "##[")); at = next + 2) {
		bt_text_safe(b, at, (size_t)(next - at), 0);
		bt_buf_adds(b, "#\\x23");
	}
	bt_text_safe(b, at, strlen(at), 0);
	bt_buf_addf(b, " [%s]\n", f->rule->id);
}

static void put_rest(const struct bt_report *r, struct bt_report_text *t, size_t rest)
{
	size_t seen[BT_SEVERITY_NR] = { 0 }, listed = 0;

	bt_buf_addf(&t->buf, "::group::%zu more finding%s without annotation\n", rest, rest == 1 ? "" : "s");
	for (size_t i = 0; i < r->findings->nr && listed < LISTED_MAX && bt_report_pass(t); i++) {
		if (++seen[r->findings->items[i].rule->severity] <= SHOWN_MAX)
			continue;
		put_line(&t->buf, &r->findings->items[i]);
		listed++;
	}
	if (listed < rest)
		bt_buf_addf(&t->buf, "and %zu more\n", rest - listed);
	bt_buf_adds(&t->buf, "::endgroup::\n");
}

void bt_report_github(const struct bt_report *r, struct bt_report_text *t)
{
	BT_BUF_OWNED struct bt_buf summary = BT_BUF_INIT;
	size_t seen[BT_SEVERITY_NR] = { 0 }, rest = 0;

	for (size_t i = 0; i < r->findings->nr && bt_report_pass(t); i++) {
		if (++seen[r->findings->items[i].rule->severity] <= SHOWN_MAX)
			put_command(&t->buf, &r->findings->items[i]);
		else
			rest++;
	}
	if (rest)
		put_rest(r, t, rest);
	bt_report_summary(r, &summary);
	bt_buf_addf(&t->buf, "%s\n", bt_buf_cstr(&summary));
}
