/*
 * git's C-style quoting: \a \b \t \n \v \f \r \" \\ and three octal digits.
 */
#include "core/git/quote.h"

#include <string.h>

static bool octal_read(const char *s, const char *end, int *ret_byte)
{
	int byte = 0;

	if (end - s < 3 || *s > '3')
		return false;
	for (int i = 0; i < 3; i++) {
		if (s[i] < '0' || s[i] > '7')
			return false;
		byte = byte << 3 | (s[i] - '0');
	}
	*ret_byte = byte;
	return true;
}

const char *bt_git_unquote(const char *s, size_t len, struct bt_buf *out)
{
	static const char letters[] = "abtnvfr\"\\";
	static const char bytes[] = "\a\b\t\n\v\f\r\"\\";
	const char *end = s + len;

	if (!len || *s != '"')
		return NULL;
	for (s++; s < end && *s != '"'; s++) {
		const char *letter;
		int byte;

		if (*s != '\\') {
			bt_buf_addch(out, *s);
			continue;
		}
		if (++s == end || !*s)
			return NULL;
		letter = strchr(letters, *s);
		if (letter) {
			bt_buf_addch(out, bytes[letter - letters]);
		} else if (octal_read(s, end, &byte)) {
			bt_buf_addch(out, byte);
			s += 2;
		} else {
			return NULL;
		}
	}
	return s < end ? s + 1 : NULL;
}
