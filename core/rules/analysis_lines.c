/*
 * Analyses of bytes and line ends: one pass each, at the speed of memory where there is nothing to find.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/rules/analysis.h"

/* ---- line ends ---- */

struct ends {
	size_t lf, crlf;
	size_t first_lf, first_crlf; /* where the first line of each kind begins */
};

static void count_ends(const struct bt_look *look, struct ends *e)
{
	const char *p = look->data, *end = p + look->len, *nl;

	for (; p < end && (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		bool cr = nl > p && nl[-1] == '\r';

		if (cr && !e->crlf++)
			e->first_crlf = (size_t)(p - look->data);
		if (!cr && !e->lf++)
			e->first_lf = (size_t)(p - look->data);
	}
}

/* The line to look at is the first of the kind that is rarer. */
void bt_analysis_mixed_line_endings(const struct bt_look *look, struct bt_findings_sink *s)
{
	struct ends e = { .lf = 0 };
	char detail[80];
	size_t start;
	const char *nl;
	int len;

	if (!memchr(look->data, '\r', look->len))
		return;
	count_ends(look, &e);
	if (!e.lf || !e.crlf)
		return;
	start = e.crlf <= e.lf ? e.first_crlf : e.first_lf;
	nl = memchr(look->data + start, '\n', look->len - start);
	len = snprintf(detail, sizeof(detail), "%zu CRLF, %zu LF", e.crlf, e.lf);
	bt_sink_add(s, start, (size_t)(nl - look->data) - (e.crlf <= e.lf), detail, (size_t)len);
}

/* ---- UTF-8 ---- */

/* The first byte at or behind p that is not ASCII, or end. */
static const char *skip_ascii(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t w;

		memcpy(&w, p, 8);
		if (w & UINT64_C(0x8080808080808080))
			break;
		p += 8;
	}
	while (p < end && !(*p & 0x80))
		p++;
	return p;
}

/* The first place alone: a text in another encoding has one in every line. */
void bt_analysis_invalid_utf8(const struct bt_look *look, struct bt_findings_sink *s)
{
	const char *p = look->data, *end = p + look->len;
	char detail[32];
	uint32_t c;
	size_t n;
	int len;

	while ((p = skip_ascii(p, end)) < end) {
		n = bt_utf8_next(p, end, &c);
		if (!n) {
			len = snprintf(detail, sizeof(detail), "byte 0x%02x", (unsigned char)*p);
			bt_sink_add(s, (size_t)(p - look->data), (size_t)(p - look->data) + 1, detail,
				    (size_t)len);
			return;
		}
		p += n;
	}
}
