/*
 * For people (a file, its findings, the code with a caret), and the same findings as records: json, porcelain. A call
 * for one of them is silent in the others, see out.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/rules/report.h"

/* Carets under a longer stretch say no more. */
#define CARETS_MAX 60
/* Of a line that is shown. */
#define LINE_MAX_LEN 200

static enum bt_color color_of(enum bt_severity s)
{
	return s == BT_SEVERITY_ERROR ? BT_COLOR_BAD : s == BT_SEVERITY_WARNING ? BT_COLOR_WARN : BT_COLOR_NOTE;
}

static void put_record(struct bt_out *out, const struct bt_finding *f)
{
	bt_out_record(out, "finding");
	bt_out_str(out, "path", f->path, f->path_len);
	bt_out_uint(out, "line", f->row + (uint64_t)1);
	bt_out_uint(out, "column", f->col + (uint64_t)1);
	bt_out_uint(out, "end_line", f->end_row + (uint64_t)1);
	bt_out_uint(out, "end_column", f->end_col + (uint64_t)1);
	bt_out_cstr(out, "severity", bt_severity_name(f->rule->severity));
	bt_out_cstr(out, "rule", f->rule->id);
	bt_out_cstr(out, "pack", f->rule->pack);
	bt_out_cstr(out, "message", f->rule->message);
	bt_out_cstr(out, "detail", f->detail);
	bt_out_cstr(out, "symbol", f->symbol);
	bt_out_bool(out, "new", f->is_new);
	bt_out_hex64(out, "fingerprint", f->fingerprint);
	bt_out_uint(out, "ordinal", f->ordinal);
	bt_out_cstr(out, "code", f->code);
	bt_out_record_end(out);
}

static void put_path(const struct bt_report *r, struct bt_out *out, const struct bt_finding *f)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	if (r->display_path)
		r->display_path(r->display_ctx, f->path, &path);
	else
		bt_buf_add(&path, f->path, f->path_len);
	bt_out_path(out, BT_COLOR_PATH, bt_buf_cstr(&path), path.len);
}

/* Carets under the finding's part of a line; a tab stays one, so that they stand where they should. */
static void put_carets(struct bt_out *out, const struct bt_finding *f, const char *line, size_t len)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t end = f->end_row == f->row ? f->end_col : len, nr;

	for (size_t i = 0; i < f->col && i < len; i++)
		if (((unsigned char)line[i] & 0xc0) != 0x80)	/* one for a character of several bytes */
			bt_buf_addch(&text, line[i] == '\t' ? '\t' : ' ');
	nr = end > f->col ? end - f->col : 1;
	if (nr > len - (f->col < len ? f->col : len))
		nr = len > f->col ? len - f->col : 1;
	for (size_t i = 0; i < nr && i < CARETS_MAX; i++)
		bt_buf_addch(&text, i ? '~' : '^');
	bt_out_text(out, BT_COLOR_NONE, "      | ", 8);
	bt_out_text(out, color_of(f->rule->severity), bt_buf_cstr(&text), text.len);
	bt_out_nl(out);
}

static void put_code(struct bt_out *out, const struct bt_finding *f)
{
	size_t len = strcspn(f->code, "\n");

	if (len && f->code[len - 1] == '\r')
		len--;
	bt_out_textf(out, BT_COLOR_LINE, "%5" PRIu32 " |", f->row + 1);
	bt_out_text(out, BT_COLOR_NONE, " ", 1);
	bt_out_text(out, BT_COLOR_NONE, f->code, len < LINE_MAX_LEN ? len : LINE_MAX_LEN);
	bt_out_nl(out);
	if (f->col < LINE_MAX_LEN)
		put_carets(out, f, f->code, len < LINE_MAX_LEN ? len : LINE_MAX_LEN);
}

static void put_finding(const struct bt_report *r, struct bt_out *out, const struct bt_finding *f)
{
	put_path(r, out, f);
	bt_out_textf(out, BT_COLOR_LINE, ":%" PRIu32 ":%" PRIu32, f->row + 1, f->col + 1);
	bt_out_textf(out, BT_COLOR_SEP, ": ");
	bt_out_textf(out, color_of(f->rule->severity), "%s", bt_severity_name(f->rule->severity));
	bt_out_textf(out, BT_COLOR_NONE, ": %s", f->rule->message);
	if (f->detail)
		bt_out_textf(out, BT_COLOR_NONE, ": %s", f->detail);
	bt_out_textf(out, BT_COLOR_NOTE, " [%s]", f->rule->id);
	if (r->full && !f->is_new)
		bt_out_textf(out, BT_COLOR_NOTE, " (known)");
	bt_out_nl(out);
	if (f->code)
		put_code(out, f);
}

static void put_count(struct bt_buf *b, size_t nr, const char *one, const char *many)
{
	if (nr)
		bt_buf_addf(b, "%s%zu %s", b->len ? ", " : "", nr, nr == 1 ? one : many);
}

static void put_summary(const struct bt_report *r, struct bt_out *out)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, rest = BT_BUF_INIT;
	const struct bt_findings *l = r->findings;
	size_t nr[BT_SEVERITY_NR];

	bt_findings_count(l, false, nr);
	put_count(&text, nr[BT_SEVERITY_ERROR], "error", "errors");
	put_count(&text, nr[BT_SEVERITY_WARNING], "warning", "warnings");
	put_count(&text, nr[BT_SEVERITY_NOTE], "note", "notes");
	put_count(&rest, l->suppressed_nr, "suppressed", "suppressed");
	put_count(&rest, l->baseline_nr, "in the baseline", "in the baseline");
	put_count(&rest, l->known_nr, "that was there before", "that were there before");
	put_count(&rest, l->unchecked_nr, "file not checked", "files not checked");
	if (l->nr)
		bt_out_nl(out);
	bt_out_textf(out, r->fails ? BT_COLOR_BAD : BT_COLOR_GOOD, "%s", l->nr ? bt_buf_cstr(&text) : "no findings");
	bt_out_textf(out, BT_COLOR_NONE, " in %zu file%s", l->files_nr, l->files_nr == 1 ? "" : "s");
	if (rest.len)
		bt_out_textf(out, BT_COLOR_NOTE, " (%s)", bt_buf_cstr(&rest));
	bt_out_nl(out);
}

static void put_summary_record(const struct bt_report *r, struct bt_out *out)
{
	const struct bt_findings *l = r->findings;
	size_t nr[BT_SEVERITY_NR];

	bt_findings_count(l, false, nr);
	bt_out_record(out, "summary");
	bt_out_uint(out, "files", l->files_nr);
	bt_out_uint(out, "errors", nr[BT_SEVERITY_ERROR]);
	bt_out_uint(out, "warnings", nr[BT_SEVERITY_WARNING]);
	bt_out_uint(out, "notes", nr[BT_SEVERITY_NOTE]);
	bt_out_uint(out, "suppressed", l->suppressed_nr);
	bt_out_uint(out, "baseline", l->baseline_nr);
	bt_out_uint(out, "known", l->known_nr);
	bt_out_uint(out, "unchecked", l->unchecked_nr);
	bt_out_bool(out, "fails", r->fails);
	bt_out_record_end(out);
}

void bt_report_write(const struct bt_report *r, struct bt_out *out)
{
	for (size_t i = 0; i < r->findings->nr; i++) {
		put_record(out, &r->findings->items[i]);
		if (bt_out_is_human(out))
			put_finding(r, out, &r->findings->items[i]);
	}
	put_summary_record(r, out);
	if (bt_out_is_human(out) && (!r->quiet || r->findings->nr))
		put_summary(r, out);
}
