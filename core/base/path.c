/*
 * Paths. The quoting is the one of git's quote.c, which scripts know how to undo.
 */
#include "core/base/path.h"

#include <string.h>

#include "core/base/limits.h"

/* The letter behind the backslash, 'o' for octal, 0 for a byte that stands for itself. */
static char quote_letter(unsigned char c, unsigned flags)
{
	static const char letters[] = "abtnvfr";	/* of 7 to 13 */

	if (c >= 7 && c <= 13)
		return letters[c - 7];
	if (c == '"' || c == '\\')
		return (char)c;
	if (c < 0x20 || c == 0x7f || (c >= 0x80 && flags & BT_QUOTE_HIGH))
		return 'o';
	return 0;
}

void bt_path_quote(struct bt_buf *out, const char *path, size_t len, unsigned flags)
{
	size_t i = 0, from = 0;

	while (i < len && !quote_letter((unsigned char)path[i], flags))
		i++;
	if (i == len) {
		bt_buf_add(out, path, len);
		return;
	}
	bt_buf_addch(out, '"');
	for (; i < len; i++) {
		unsigned char c = (unsigned char)path[i];
		char letter = quote_letter(c, flags);

		if (!letter)
			continue;
		bt_buf_add(out, path + from, i - from);
		from = i + 1;
		if (letter == 'o')
			bt_buf_addf(out, "\\%03o", c);
		else
			bt_buf_addf(out, "\\%c", letter);
	}
	bt_buf_add(out, path + from, len - from);
	bt_buf_addch(out, '"');
}

/* The byte behind a backslash; the place after it, or NULL. */
static const char *unquote_one(const char *p, const char *end, unsigned char *ret_byte)
{
	static const char from[] = "abtnvfr\"\\", to[] = "\a\b\t\n\v\f\r\"\\";
	const char *letter;

	if (p == end || !*p)
		return NULL;
	letter = strchr(from, *p);
	if (letter) {
		*ret_byte = (unsigned char)to[letter - from];
		return p + 1;
	}
	if (end - p < 3 || p[0] < '0' || p[0] > '3' || p[1] < '0' || p[1] > '7' || p[2] < '0' ||
	    p[2] > '7')
		return NULL;
	*ret_byte = (unsigned char)((p[0] - '0') << 6 | (p[1] - '0') << 3 | (p[2] - '0'));
	return p + 3;
}

int bt_path_unquote(struct bt_buf *out, const char *text, size_t len, size_t *ret_used,
		    struct bt_err *err)
{
	const char *p = text + 1, *end = text + len;
	unsigned char byte;

	if (!len || *text != '"')
		return bt_err_set(err, BT_ERR_CORRUPT, "a quoted path does not start with a quote");
	while (p && p < end && *p != '"') {
		if (*p != '\\') {
			bt_buf_addch(out, *p++);
			continue;
		}
		p = unquote_one(p + 1, end, &byte);
		if (p)
			bt_buf_addch(out, byte);
	}
	if (!p)
		return bt_err_set(err, BT_ERR_CORRUPT, "a quoted path holds a bad escape");
	if (p == end)
		return bt_err_set(err, BT_ERR_CORRUPT, "a quoted path does not end");
	*ret_used = (size_t)(p + 1 - text);
	return bt_buf_check(out, "a path", err);
}

void bt_path_join(struct bt_buf *out, const char *a, const char *b)
{
	size_t len = strlen(a);

	bt_buf_add(out, a, len);
	if (len && a[len - 1] != '/')
		bt_buf_addch(out, '/');
	bt_buf_adds(out, b);
}

static bool part_sane(const char *part, size_t len)
{
	if (!len)
		return false;
	if (part[0] != '.')
		return true;
	return len > 2 || (len == 2 && part[1] != '.');
}

bool bt_path_sane(const char *path, size_t len)
{
	const char *end = path + len;

	if (!len || len > BT_PATH_LEN_MAX || memchr(path, '\0', len))
		return false;
	for (;;) {
		const char *slash = memchr(path, '/', (size_t)(end - path));

		if (!part_sane(path, (size_t)((slash ? slash : end) - path)))
			return false;
		if (!slash)
			return true;
		path = slash + 1;
	}
}
