/*
 * The escapes of the formats, and what findings have in common in them.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/report/impl.h"

/* ---- escapes ---- */

/* What stands for the character in XML; NULL: itself. */
static const char *xml_entity(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

/* U+FFFE and U+FFFF are UTF-8, and no characters of XML. */
static bool is_xml_char(uint32_t c)
{
	return c != 0xfffe && c != 0xffff;
}

void bt_report_xml(struct bt_buf *out, const char *p, size_t len)
{
	const char *end = p + len;

	while (p < end) {
		uint32_t c;
		size_t n = bt_utf8_next(p, end, &c);
		const char *entity = n ? xml_entity(c) : NULL;

		if (entity)
			bt_buf_adds(out, entity);
		else if (n && !is_xml_char(c))
			bt_buf_addf(out, "\\u{%x}", c);
		else
			bt_text_safe(out, p, n ? n : 1, 0);
		p += n ? n : 1;
	}
}

void bt_report_uri(struct bt_buf *out, const char *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)path[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     (c && strchr("-._~/", c));

		if (plain)
			bt_buf_addch(out, c);
		else
			bt_buf_addf(out, "%%%02X", c);
	}
}

void bt_report_command(struct bt_buf *out, const char *p, size_t len, bool property)
{
	const char *end = p + len;

	while (p < end) {
		uint32_t c;
		size_t n = bt_utf8_next(p, end, &c);

		if (n == 1 && (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))))
			bt_buf_addf(out, "%%%02X", c);
		else
			bt_text_safe(out, p, n ? n : 1, 0);
		p += n ? n : 1;
	}
}

void bt_report_message(struct bt_buf *out, const struct bt_finding *f)
{
	bt_buf_adds(out, f->rule->message);
	if (f->detail) {
		bt_buf_adds(out, ": ");
		bt_buf_adds(out, f->detail);
	}
}

size_t bt_report_cut(const char *p, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && ((unsigned char)p[max] & 0xc0) == 0x80)
		max--;
	return max;
}

/* ---- places ---- */

uint32_t bt_report_utf16(const char *p, size_t len)
{
	const char *end = p + len;
	uint32_t nr = 0, c;

	while (p < end) {
		size_t n = bt_utf8_next(p, end, &c);

		nr += n == 4 ? 2 : 1;
		p += n ? n : 1;
	}
	return nr;
}

const char *bt_report_line(const struct bt_finding *f, uint32_t line, size_t *ret_len)
{
	const char *at = f->code;
	size_t len;

	while (at && line--) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return NULL;
	len = strcspn(at, "\n");
	if (len && at[len - 1] == '\r')
		len--;
	*ret_len = len;
	return at;
}

/* From 1; 0 when there is no such line. Behind the last byte is the end: a finding may hold the \n. */
static uint32_t column(const struct bt_finding *f, uint32_t row, uint32_t col)
{
	size_t len;
	const char *line = row >= f->row ? bt_report_line(f, row - f->row, &len) : NULL;

	return line ? bt_report_utf16(line, col < len ? col : len) + 1 : 0;
}

struct bt_report_span bt_report_span(const struct bt_finding *f)
{
	struct bt_report_span s = { column(f, f->row, f->col), column(f, f->end_row, f->end_col) };

	if (!s.col)
		s.end_col = 0;
	return s;
}

/* ---- identity ---- */

void bt_report_twins_release(struct bt_report_twins *t)
{
	bt_fingerprints_release(&t->seen);
}

uint32_t bt_report_ordinal(struct bt_report_twins *t, const struct bt_finding *f)
{
	uint64_t key = bt_mix64(f->fingerprint ^ bt_mix64(f->ordinal + (uint64_t)1)) | 1;
	uint32_t nr;

	if (!t->path || strcmp(t->path, f->path)) {
		bt_fingerprints_release(&t->seen);
		t->path = f->path;
	}
	nr = bt_fingerprints_count(&t->seen, key);
	bt_fingerprints_add(&t->seen, key);
	return f->ordinal + nr;
}
