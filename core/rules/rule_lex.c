#include "core/rules/rule_lex.h"

#include <ctype.h>
#include <string.h>

struct bt_piece bt_piece_trim(struct bt_piece t)
{
	while (t.len && isspace((unsigned char)t.p[0])) {
		t.p++;
		t.len--;
	}
	while (t.len && isspace((unsigned char)t.p[t.len - 1]))
		t.len--;
	return t;
}

bool bt_piece_is_blank(struct bt_piece t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.p[i] == ';') {
			while (i < t.len && t.p[i] != '\n')
				i++;
			continue;
		}
		if (!isspace((unsigned char)t.p[i]))
			return false;
	}
	return true;
}

bool bt_piece_is_id(struct bt_piece t, size_t max)
{
	if (!t.len || t.len > max || t.p[0] == '-' || t.p[t.len - 1] == '-')
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!islower((unsigned char)t.p[i]) && !isdigit((unsigned char)t.p[i]) && t.p[i] != '-')
			return false;
	return true;
}

bool bt_piece_next_word(struct bt_piece *rest, struct bt_piece *ret)
{
	const char *quote;
	size_t n = 0;

	while (rest->len && (isspace((unsigned char)rest->p[0]) || rest->p[0] == ',')) {
		rest->p++;
		rest->len--;
	}
	if (!rest->len)
		return false;
	if (rest->p[0] == '"' && (quote = memchr(rest->p + 1, '"', rest->len - 1))) {
		n = (size_t)(quote - rest->p);
		*ret = (struct bt_piece){ rest->p + 1, n - 1 };
		n++;
	} else {
		while (n < rest->len && !isspace((unsigned char)rest->p[n]) && rest->p[n] != ',')
			n++;
		*ret = (struct bt_piece){ rest->p, n };
	}
	rest->p += n;
	rest->len -= n;
	return true;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool bt_piece_unescape(struct bt_piece t, struct bt_buf *to)
{
	for (size_t i = 0; i < t.len; i++) {
		size_t left = t.len - i;

		if (t.p[i] != '\\') {
			bt_buf_addch(to, t.p[i]);
		} else if (left > 1 && t.p[i + 1] == 'r') {
			bt_buf_addch(to, '\r');
			i++;
		} else if (left > 3 && t.p[i + 1] == 'x' && hex_digit(t.p[i + 2]) >= 0 && hex_digit(t.p[i + 3]) >= 0) {
			bt_buf_addch(to, hex_digit(t.p[i + 2]) << 4 | hex_digit(t.p[i + 3]));
			i += 3;
		} else {
			return false;
		}
	}
	return true;
}
