/*
 * What is kept of a finding: its place, the lines it begins with, and a hash of these that does not change with
 * indentation.
 */
#include "core/rules/sink.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

/* In longer lines the finding itself stands for its line: minified code. */
#define LINE_LEN_MAX 400
#define MARK "batho:ignore"

void bt_sink_begin(struct bt_findings_sink *s, const char *data, size_t len)
{
	s->data = data;
	s->len = (uint32_t)len;
	s->found_nr = s->marks_nr = s->troubles_nr = s->lines_nr = s->hidden_nr = 0;
	s->cut = false;
	bt_arena_reset(&s->arena);
}

void bt_sink_release(struct bt_findings_sink *s)
{
	bt_arena_release(&s->arena);
	free(s->found);
	free(s->marks);
	free(s->lines);
	free(s->hidden);
	memset(s, 0, sizeof(*s));
}

static void find_lines(struct bt_findings_sink *s)
{
	const char *p = s->data, *end = p + s->len;

	while (p) {
		BT_GROW(s->lines, s->lines_alloc, s->lines_nr + 1);
		s->lines[s->lines_nr++] = (uint32_t)(p - s->data);
		p = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
		p = p && p + 1 < end ? p + 1 : NULL;
	}
}

static uint32_t row_of(struct bt_findings_sink *s, uint32_t at)
{
	size_t lo = 0, hi;

	if (!s->lines_nr)
		find_lines(s);
	hi = s->lines_nr;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->lines[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}

/* The end of a line, without its \n and \r. */
static uint32_t line_end(const struct bt_findings_sink *s, uint32_t row)
{
	uint32_t start = s->lines[row], end = row + 1 < s->lines_nr ? s->lines[row + 1] : s->len;

	while (end > start && (s->data[end - 1] == '\n' || s->data[end - 1] == '\r'))
		end--;
	return end;
}

/* White space between and around counts as nothing but a border between words. */
static uint64_t code_hash(const char *p, const char *end, uint64_t h)
{
	while (p < end) {
		const char *from;

		while (p < end && isspace((unsigned char)*p))
			p++;
		from = p;
		while (p < end && !isspace((unsigned char)*p))
			p++;
		if (p > from)
			h = bt_hash64(from, (size_t)(p - from), h);
	}
	return h;
}

static void take_code(struct bt_findings_sink *s, struct bt_found *f)
{
	uint32_t last = f->end_row < f->row + BT_RECORD_CODE_LINES ? f->end_row : f->row + BT_RECORD_CODE_LINES - 1;
	uint32_t start, end;

	row_of(s, 0);
	if (f->row >= s->lines_nr)
		return;
	if (last >= s->lines_nr)
		last = (uint32_t)s->lines_nr - 1;
	start = s->lines[f->row];
	if (line_end(s, f->row) - start > LINE_LEN_MAX) {
		end = f->end - f->start < LINE_LEN_MAX ? f->end : f->start + LINE_LEN_MAX;
		f->code_hash = code_hash(s->data + f->start, s->data + end, 0);
		return;
	}
	end = line_end(s, last);
	while (last > f->row && end - start > BT_RECORD_CODE_MAX)
		end = line_end(s, --last);
	f->code_hash = code_hash(s->data + start, s->data + end, 0);
	f->code = s->data + start;
	f->code_len = end - start;
}

/* One line, white space as single blanks. */
static void take_detail(struct bt_findings_sink *s, struct bt_found *f, const char *p, size_t len)
{
	char *to;
	uint32_t n = 0;

	if (!p || !len)
		return;
	to = bt_arena_alloc(&s->arena, BT_RULE_DETAIL_MAX);
	for (size_t i = 0; i < len && n < BT_RULE_DETAIL_MAX; i++) {
		bool space = isspace((unsigned char)p[i]);

		if (!space)
			to[n++] = p[i];
		else if (n && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	f->detail = to;
	f->detail_len = n;
}

static bool is_there(const struct bt_findings_sink *s, const struct bt_found *f)
{
	for (size_t i = s->found_nr; i-- > 0;) {
		const struct bt_found *have = &s->found[i];

		if (have->rule == f->rule && have->start == f->start && have->end == f->end)
			return true;
		if (s->found_nr - i > 64)	/* matches of one node come close to each other */
			break;
	}
	return false;
}

static bool add(struct bt_findings_sink *s, struct bt_found *f, const char *detail, size_t detail_len)
{
	if (is_there(s, f))
		return true;
	if (s->found_nr == BT_RECORD_FINDINGS_MAX) {
		s->cut = true;
		return false;
	}
	take_code(s, f);
	take_detail(s, f, detail, detail_len);
	BT_GROW(s->found, s->found_alloc, s->found_nr + 1);
	s->found[s->found_nr++] = *f;
	return true;
}

bool bt_sink_add(struct bt_findings_sink *s, size_t start, size_t end, const char *detail, size_t detail_len)
{
	struct bt_found f = { .rule = s->rule, .start = (uint32_t)start, .end = (uint32_t)end };

	f.row = row_of(s, f.start);
	f.end_row = row_of(s, f.end);
	f.col = f.start - s->lines[f.row];
	f.end_col = f.end - s->lines[f.end_row];
	return add(s, &f, detail, detail_len);
}

void bt_sink_hide(struct bt_findings_sink *s, size_t start, size_t end)
{
	BT_GROW(s->hidden, s->hidden_alloc, s->hidden_nr + 1);
	s->hidden[s->hidden_nr++] = (struct bt_span){ (uint32_t)start, (uint32_t)end };
}

/* The lines of a finding that other ones hide something in. */
static void hide_in_code(struct bt_findings_sink *s, struct bt_found *f, const struct bt_span *h)
{
	uint32_t from = (uint32_t)(f->code_len ? s->lines[f->row] : 0), end = from + f->code_len;
	char *copy = (char *)f->code;

	if (h->start >= end || h->end <= from)
		return;
	if (f->code == s->data + from)
		f->code = copy = bt_arena_strndup(&s->arena, f->code, f->code_len);
	for (uint32_t i = h->start > from ? h->start : from; i < h->end && i < end; i++)
		if (!isspace((unsigned char)copy[i - from]))
			copy[i - from] = '*';
}

/* What a suppressing comment says. */
static void hide_in_text(struct bt_findings_sink *s, const char **text, uint32_t len)
{
	uint32_t from = (uint32_t)(*text - s->data);
	char *copy = NULL;

	for (size_t k = 0; k < s->hidden_nr; k++) {
		const struct bt_span *h = &s->hidden[k];

		if (h->start >= from + len || h->end <= from)
			continue;
		if (!copy)
			*text = copy = bt_arena_strndup(&s->arena, *text, len);
		for (uint32_t i = h->start > from ? h->start : from; i < h->end && i < from + len; i++)
			copy[i - from] = '*';
	}
}

static void hide_all(struct bt_findings_sink *s)
{
	for (size_t i = 0; i < s->found_nr; i++) {
		struct bt_found *f = &s->found[i];

		for (size_t k = 0; k < s->hidden_nr; k++) {
			const struct bt_span *h = &s->hidden[k];

			hide_in_code(s, f, h);
			if (f->detail_len && memmem(f->detail, f->detail_len, s->data + h->start, h->end - h->start))
				f->detail_len = 0;
		}
	}
	for (size_t i = 0; i < s->marks_nr; i++) {
		struct bt_mark *m = &s->marks[i];

		hide_in_text(s, &m->rules, m->rules_len);
		if (m->reason_len)
			hide_in_text(s, &m->reason, m->reason_len);
	}
}

bool bt_sink_add_match(struct bt_findings_sink *s, uint32_t rule, const struct bt_query_match *m)
{
	struct bt_found f = {
		.rule = rule, .start = m->start, .end = m->end, .row = m->row, .col = m->col, .end_row = m->end_row,
		.end_col = m->end_col, .radius_asked = m->radius_asked, .radius = m->radius,
	};

	return add(s, &f, m->detail, m->detail_len);
}

void bt_sink_trouble(struct bt_findings_sink *s, uint32_t rule, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < s->troubles_nr; i++)
		if (s->troubles[i].rule == rule)
			return;
	if (s->troubles_nr == BT_RECORD_TROUBLES_MAX)
		return;
	if (len > BT_RECORD_TROUBLE_MAX)
		len = BT_RECORD_TROUBLE_MAX;
	s->troubles[s->troubles_nr++] = (struct bt_trouble){ rule, bt_arena_strndup(&s->arena, text, len),
							     (uint32_t)len };
}

/* Blanks, and what ends a comment. */
static const char *trim_end(const char *p, const char *end)
{
	while (end > p && (isspace((unsigned char)end[-1]) || strchr("*/->#}%)", end[-1])))
		end--;
	return end;
}

static bool is_own_line(const char *line, const char *mark)
{
	for (; line < mark; line++)
		if (!*line || !strchr(" \t/*#;-<!%", *line))
			return false;
	return true;
}

/* batho:ignore RULE[, RULE]... [-- REASON] up to the end of the line */
static void add_mark(struct bt_findings_sink *s, uint32_t at)
{
	struct bt_mark m = { .start = at, .row = row_of(s, at) };
	const char *p = s->data + at + strlen(MARK), *end = s->data + line_end(s, m.row), *dashes;

	m.col = at - s->lines[m.row];
	if (is_own_line(s->data + s->lines[m.row], s->data + at))
		m.flags |= BT_MARK_OWN_LINE;
	while (p < end && isspace((unsigned char)*p))
		p++;
	dashes = memmem(p, (size_t)(end - p), "--", 2);
	m.rules = p;
	m.rules_len = (uint32_t)(trim_end(p, dashes ? dashes : end) - p);
	if (dashes) {
		m.reason = dashes + 2;
		while (m.reason < end && isspace((unsigned char)*m.reason))
			m.reason++;
		m.reason_len = (uint32_t)(trim_end(m.reason, end) - m.reason);
	}
	if (!m.reason_len)
		m.flags |= BT_MARK_NO_REASON;
	if (m.rules_len > BT_RECORD_RULES_MAX)
		m.rules_len = BT_RECORD_RULES_MAX;
	if (m.reason_len > BT_RECORD_RULES_MAX)
		m.reason_len = BT_RECORD_RULES_MAX;
	BT_GROW(s->marks, s->marks_alloc, s->marks_nr + 1);
	s->marks[s->marks_nr++] = m;
}

void bt_sink_find_marks(struct bt_findings_sink *s, struct bt_syntax *syntax)
{
	const char *p = s->data, *end = p + s->len, *hit;

	while (p && s->marks_nr < BT_RECORD_MARKS_MAX && (hit = memmem(p, (size_t)(end - p), MARK, strlen(MARK)))) {
		uint32_t at = (uint32_t)(hit - s->data);

		p = hit + strlen(MARK);
		if (p < end && !isspace((unsigned char)*p))
			continue;
		if (!syntax || bt_syntax_in_comment(syntax, at))
			add_mark(s, at);
	}
}

static int found_cmp(const void *pa, const void *pb)
{
	const struct bt_found *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

void bt_sink_end(struct bt_findings_sink *s, struct bt_buf *out)
{
	struct bt_record r;

	hide_all(s);
	r = (struct bt_record){
		.size = s->len, .flags = s->cut ? BT_RECORD_CUT : 0, .found = s->found, .marks = s->marks,
		.troubles = s->troubles, .found_nr = (uint32_t)s->found_nr, .marks_nr = (uint32_t)s->marks_nr,
		.troubles_nr = (uint32_t)s->troubles_nr,
	};

	if (s->found_nr)
		qsort(s->found, s->found_nr, sizeof(*s->found), found_cmp);
	bt_record_encode(&r, out);
}
