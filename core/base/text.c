/*
 * Text from outside. The fast path is a run of plain printable ASCII.
 */
#include "core/base/text.h"

#include <string.h>

static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

static inline bool is_tail(const char *p)
{
	return ((unsigned char)*p & 0xc0) == 0x80;
}

static inline uint32_t tail_bits(const char *p)
{
	return (unsigned char)*p & 0x3f;
}

size_t bt_utf8_next(const char *p, const char *end, uint32_t *ret_char)
{
	size_t left = (size_t)(end - p);
	uint32_t first = (unsigned char)*p, c;

	if (first < 0x80) {
		*ret_char = first;
		return 1;
	}
	if (first >= 0xc2 && first < 0xe0 && left >= 2 && is_tail(p + 1)) {
		*ret_char = (first & 0x1f) << 6 | tail_bits(p + 1);
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0 && left >= 3 && is_tail(p + 1) && is_tail(p + 2)) {
		c = (first & 0x0f) << 12 | tail_bits(p + 1) << 6 | tail_bits(p + 2);
		if (c < 0x800 || (c >= 0xd800 && c < 0xe000))
			return 0;
		*ret_char = c;
		return 3;
	}
	if (first >= 0xf0 && first < 0xf5 && left >= 4 && is_tail(p + 1) && is_tail(p + 2) &&
	    is_tail(p + 3)) {
		c = (first & 0x07) << 18 | tail_bits(p + 1) << 12 | tail_bits(p + 2) << 6 |
		    tail_bits(p + 3);
		if (c < 0x10000 || c > 0x10ffff)
			return 0;
		*ret_char = c;
		return 4;
	}
	return 0;
}

bool bt_utf8_valid(const char *p, size_t len)
{
	const char *end = p + len;
	uint32_t c;

	while (p < end) {
		size_t n = (unsigned char)*p < 0x80 ? 1 : bt_utf8_next(p, end, &c);

		if (!n)
			return false;
		p += n;
	}
	return true;
}

bool bt_char_is_control(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return true;
	if (c == 0x061c || c == 0x200e || c == 0x200f)	/* marks: ALM, LRM, RLM */
		return true;
	if (c >= 0x2028 && c <= 0x202e)			/* separators, embeddings, overrides */
		return true;
	if (c >= 0x2066 && c <= 0x2069)			/* isolates */
		return true;
	return c == 0xfeff || (c >= 0xe0000 && c < 0xe0080);
}

void bt_text_safe(struct bt_buf *out, const char *p, size_t len, unsigned flags)
{
	const char *end = p + len;

	while (p < end) {
		const char *run = p;
		uint32_t c = 0;
		size_t n;

		while (run < end && is_plain((unsigned char)*run))
			run++;
		bt_buf_add(out, p, (size_t)(run - p));
		p = run;
		if (p == end)
			return;
		n = bt_utf8_next(p, end, &c);
		if (!n || (c < 0x80 && !(c == '\t' && flags & BT_TEXT_KEEP_TAB)))
			bt_buf_addf(out, "\\x%02x", (unsigned char)*p);
		else if (c != '\t' && bt_char_is_control(c))
			bt_buf_addf(out, "\\u{%x}", c);
		else
			bt_buf_add(out, p, n);
		p += n ? n : 1;
	}
}

static void json_escape(struct bt_buf *b, uint32_t c)
{
	static const char letters[] = "btn\0fr";	/* of 8 to 13 */

	if (c == '"' || c == '\\')
		bt_buf_addf(b, "\\%c", (char)c);
	else if (c >= 8 && c <= 13 && letters[c - 8])
		bt_buf_addf(b, "\\%c", letters[c - 8]);
	else if (c < 0x10000)
		bt_buf_addf(b, "\\u%04x", c);
	else
		bt_buf_addf(b, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

bool bt_text_json(struct bt_buf *b, const char *p, size_t len)
{
	const char *end = p + len, *run;
	bool valid = true;

	bt_buf_addch(b, '"');
	while (p < end) {
		uint32_t c;
		size_t n;

		for (run = p; run < end && *run >= 0x20 && *run < 0x7f && *run != '"' &&
			      *run != '\\';)
			run++;
		bt_buf_add(b, p, (size_t)(run - p));
		p = run;
		if (p == end)
			break;
		n = bt_utf8_next(p, end, &c);
		if (!n) {
			bt_buf_adds(b, "\xef\xbf\xbd");
			valid = false;
			n = 1;
		} else if (c == '"' || c == '\\' || bt_char_is_control(c)) {
			json_escape(b, c);
		} else {
			bt_buf_add(b, p, n);
		}
		p += n;
	}
	bt_buf_addch(b, '"');
	return valid;
}

void bt_text_base64(struct bt_buf *out, const void *p, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *at = p, *end = at + len;

	while (at < end) {
		size_t n = end - at < 3 ? (size_t)(end - at) : 3;
		uint32_t three = (uint32_t)at[0] << 16;

		if (n > 1)
			three |= (uint32_t)at[1] << 8;
		if (n > 2)
			three |= at[2];
		bt_buf_addch(out, digits[three >> 18]);
		bt_buf_addch(out, digits[three >> 12 & 63]);
		bt_buf_addch(out, n > 1 ? digits[three >> 6 & 63] : '=');
		bt_buf_addch(out, n > 2 ? digits[three & 63] : '=');
		at += n;
	}
}
