/*
 * For people (file by file, the findings with their code), and the same findings as records: json, porcelain.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/report/impl.h"

static enum bt_color color_of(enum bt_severity s)
{
	return s == BT_SEVERITY_ERROR	  ? BT_COLOR_BAD
	       : s == BT_SEVERITY_WARNING ? BT_COLOR_WARN
					  : BT_COLOR_NOTE;
}

static void put_fields(struct bt_out *out, const struct bt_finding *f)
{
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
}

static void put_records(struct bt_out *out, const struct bt_findings *l)
{
	for (size_t i = 0; i < l->nr && !bt_out_failed(out); i++) {
		bt_out_record(out, "finding");
		put_fields(out, &l->items[i]);
		bt_out_record_end(out);
	}
	for (size_t i = 0; i < l->hidden_nr && !bt_out_failed(out); i++) {
		bt_out_record(out, "suppressed");
		put_fields(out, &l->hidden[i]);
		bt_out_cstr(out, "by", l->hidden[i].hidden_by);
		bt_out_cstr(out, "reason", l->hidden[i].reason);
		bt_out_record_end(out);
	}
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

static void put_hidden(struct bt_out *out, const struct bt_finding *f)
{
	if (!strcmp(f->hidden_by, "baseline"))
		bt_out_textf(out, BT_COLOR_NOTE, " (in the baseline)");
	else
		bt_out_textf(out, BT_COLOR_NOTE, " (suppressed%s%s)", f->reason ? ": " : "", f->reason ? f->reason : "");
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
	if (r->full && !f->is_new && !f->hidden_by)
		bt_out_textf(out, BT_COLOR_NOTE, " (known)");
	if (f->hidden_by)
		put_hidden(out, f);
	bt_out_nl(out);
	if (f->code && !f->hidden_by)
		bt_report_frame(out, f, color_of(f->rule->severity));
}

static void put_count(struct bt_buf *b, size_t nr, const char *one, const char *many)
{
	if (nr)
		bt_buf_addf(b, "%s%zu %s", b->len ? ", " : "", nr, nr == 1 ? one : many);
}

size_t bt_report_summary(const struct bt_report *r, struct bt_buf *out)
{
	BT_BUF_OWNED struct bt_buf rest = BT_BUF_INIT;
	const struct bt_findings *l = r->findings;
	size_t nr[BT_SEVERITY_NR], counts;

	bt_findings_count(l, false, nr);
	put_count(out, nr[BT_SEVERITY_ERROR], "error", "errors");
	put_count(out, nr[BT_SEVERITY_WARNING], "warning", "warnings");
	put_count(out, nr[BT_SEVERITY_NOTE], "note", "notes");
	if (!l->nr)
		bt_buf_adds(out, "no findings");
	counts = out->len;
	bt_buf_addf(out, " in %zu file%s", l->files_nr, l->files_nr == 1 ? "" : "s");
	put_count(&rest, l->suppressed_nr, "suppressed", "suppressed");
	put_count(&rest, l->baseline_nr, "in the baseline", "in the baseline");
	put_count(&rest, l->known_nr, "that was there before", "that were there before");
	put_count(&rest, l->unchecked_nr, "file not checked", "files not checked");
	if (rest.len)
		bt_buf_addf(out, " (%s)", bt_buf_cstr(&rest));
	return counts;
}

static void put_summary(const struct bt_report *r, struct bt_out *out)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t counts = bt_report_summary(r, &text);

	bt_out_text(out, r->fails ? BT_COLOR_BAD : BT_COLOR_GOOD, text.data, counts);
	bt_out_text(out, BT_COLOR_NONE, text.data + counts, text.len - counts);
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

static void put_findings(const struct bt_report *r, struct bt_out *out)
{
	const struct bt_findings *l = r->findings;

	for (size_t i = 0; i < l->nr && !bt_out_failed(out); i++) {
		if (i && strcmp(l->items[i].path, l->items[i - 1].path))
			bt_out_nl(out); /* files are set apart */
		put_finding(r, out, &l->items[i]);
	}
	if (l->nr)
		bt_out_nl(out);
	for (size_t i = 0; i < l->hidden_nr && !bt_out_failed(out); i++)
		put_finding(r, out, &l->hidden[i]);
	if (l->hidden_nr)
		bt_out_nl(out);
}

void bt_report_write(const struct bt_report *r, struct bt_out *out)
{
	if (bt_out_is_human(out)) {
		if (!r->brief)
			put_findings(r, out);
		if (!r->quiet || (r->findings->nr && !r->brief))
			put_summary(r, out);
		return;
	}
	put_records(out, r->findings);
	put_summary_record(r, out);
}
