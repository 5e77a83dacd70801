/*
 * The code of a finding for people: its lines with their numbers, and carets below the part of the first line
 * that it is about.
 *
 * Tabs stay tabs, in the line of carets too, so that both lines stand alike whatever the terminal makes of
 * them. Characters take the columns they have, and what bt_out_text shows as an escape takes those of the
 * escape.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/width.h"
#include "core/report/impl.h"

/* Carets under a longer stretch say no more. */
#define CARETS_MAX 60
/* Of a line, in bytes; of the longer ones a part with the finding's beginning. */
#define LINE_SHOWN_MAX 200
/* Lines of a finding that are shown; it is kept with no more than BT_RECORD_CODE_LINES. */
#define LINES_SHOWN_MAX 5
#define TAB 8

/* Digits of line numbers: more than this moves the code to the right. */
#define NUMBER_WIDTH 5

/* The part of a line that is shown. */
struct part {
	const char *text;
	size_t len, at, end; /* at, end: what the carets stand under */
	bool cut_before, cut_behind;
};

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static struct part part_of(const char *line, size_t len, size_t at, size_t end)
{
	struct part p = { line, len, at, end, false, false };
	size_t from = 0, kept;

	if (len > LINE_SHOWN_MAX && at > LINE_SHOWN_MAX / 2) {
		from = at - LINE_SHOWN_MAX / 4;
		while (from < at && is_tail(line[from]))
			from++;
	}
	kept = bt_report_cut(line + from, len - from, LINE_SHOWN_MAX);
	p.cut_before = from;
	p.cut_behind = from + kept < len;
	p.text += from;
	p.len = kept;
	p.at -= from;
	p.end -= from;
	if (p.end > kept)
		p.end = kept;
	return p;
}

/* Columns of the character at p, `column` being where it stands. */
static unsigned width_of(const char *p, const char *end, unsigned column, size_t *ret_len)
{
	uint32_t c;
	size_t n = bt_utf8_next(p, end, &c);
	char escape[16];

	*ret_len = n ? n : 1;
	if (!n)
		return 4; /* \xff */
	if (c == '\t')
		return TAB - column % TAB;
	if (!bt_char_is_control(c))
		return bt_char_width(c);
	return (unsigned)snprintf(escape, sizeof(escape), c < 0x80 ? "\\x%02x" : "\\u{%x}", c);
}

/* Blanks up to the finding, then its carets. */
static void put_carets(struct bt_out *out, const struct part *p, unsigned column, enum bt_color color)
{
	BT_BUF_OWNED struct bt_buf blank = BT_BUF_INIT, carets = BT_BUF_INIT;
	const char *end = p->text + p->len;
	size_t i = 0, n;
	unsigned nr = 0;

	for (; i < p->at; i += n) {
		unsigned width = width_of(p->text + i, end, column, &n);

		column += width;
		if (p->text[i] == '\t')
			bt_buf_addch(&blank, '\t');
		else
			bt_buf_addf(&blank, "%*s", (int)width, "");
	}
	for (; i < p->end; i += n) {
		unsigned width = width_of(p->text + i, end, column, &n);

		column += width;
		nr += width;
	}
	for (unsigned k = 0; k < (nr ? nr : 1) && k < CARETS_MAX; k++)
		bt_buf_addch(&carets, k ? '~' : '^');
	bt_out_text(out, BT_COLOR_NONE, bt_buf_cstr(&blank), blank.len);
	bt_out_text(out, color, bt_buf_cstr(&carets), carets.len);
}

static void put_gutter(struct bt_out *out, int width, uint64_t line)
{
	if (line)
		bt_out_textf(out, BT_COLOR_LINE, "%*" PRIu64 " |", width, line);
	else
		bt_out_textf(out, BT_COLOR_LINE, "%*s |", width, "");
}

static void put_part(struct bt_out *out, const struct part *p)
{
	if (p->len)
		bt_out_text(out, BT_COLOR_NONE, " ", 1);
	if (p->cut_before)
		bt_out_text(out, BT_COLOR_SEP, "...", 3);
	bt_out_text(out, BT_COLOR_NONE, p->text, p->len);
	if (p->cut_behind)
		bt_out_text(out, BT_COLOR_SEP, "...", 3);
	bt_out_nl(out);
}

static void put_first(struct bt_out *out, const struct bt_finding *f, int width, enum bt_color color)
{
	size_t len, at, end;
	const char *line = bt_report_line(f, 0, &len);
	unsigned column = (unsigned)width + 3;
	struct part p;

	at = f->col < len ? f->col : len;
	end = f->end_row == f->row && f->end_col < len ? f->end_col : len;
	p = part_of(line, len, at, end > at ? end : at);
	put_gutter(out, width, f->row + (uint64_t)1);
	put_part(out, &p);
	put_gutter(out, width, 0);
	bt_out_textf(out, BT_COLOR_NONE, "%*s", p.cut_before ? 4 : 1, "");
	put_carets(out, &p, column + (p.cut_before ? 3 : 0), color);
	bt_out_nl(out);
}

void bt_report_frame(struct bt_out *out, const struct bt_finding *f, enum bt_color color)
{
	/* A finding that ends with a line's end is not about the next one. */
	uint32_t last = f->end_row > f->row && !f->end_col ? f->end_row - 1 : f->end_row, row;
	char number[16];
	int width = snprintf(number, sizeof(number), "%" PRIu64, last + (uint64_t)1);

	if (width < NUMBER_WIDTH)
		width = NUMBER_WIDTH;
	put_first(out, f, width, color);
	for (row = f->row + 1; row <= last && row - f->row < LINES_SHOWN_MAX; row++) {
		size_t len;
		const char *line = bt_report_line(f, row - f->row, &len);
		struct part p;

		if (!line)
			break;
		p = part_of(line, len, 0, 0);
		put_gutter(out, width, row + (uint64_t)1);
		put_part(out, &p);
	}
	if (row > last)
		return;
	put_gutter(out, width, 0);
	bt_out_textf(out, BT_COLOR_NOTE, " ... %" PRIu32 " more line%s", last - row + 1,
		     last == row ? "" : "s");
	bt_out_nl(out);
}
