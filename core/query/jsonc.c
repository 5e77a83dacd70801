/*
 * A recursive reader; its depth is bounded, and so is what it makes: a node per value.
 */
#include "core/query/jsonc.h"

#include <string.h>

struct reader {
	const char *at, *end;
	struct bt_arena *arena;
	unsigned depth;
};

/* Blanks and comments; false: a comment does not end. */
static bool skip_blank(struct reader *r)
{
	while (r->at < r->end) {
		size_t left = (size_t)(r->end - r->at);

		if (strchr(" \t\r\n", *r->at) && *r->at) {
			r->at++;
		} else if (left >= 2 && !memcmp(r->at, "//", 2)) {
			const char *nl = memchr(r->at, '\n', left);

			r->at = nl ? nl : r->end;
		} else if (left >= 2 && !memcmp(r->at, "/*", 2)) {
			const char *close = memmem(r->at + 2, left - 2, "*/", 2);

			if (!close)
				return false;
			r->at = close + 2;
		} else {
			break;
		}
	}
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* The four digits of a \u; a surrogate stays what it is: no path or name of a package has one. */
static size_t put_unicode(const char *digits, char *out)
{
	unsigned c = 0;

	for (int i = 0; i < 4; i++) {
		int v = hex_value(digits[i]);

		if (v < 0)
			return 0;
		c = c << 4 | (unsigned)v;
	}
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 63));
	out[2] = (char)(0x80 | (c & 63));
	return 3;
}

/* r->at is behind the opening quote. NULL: it does not end, or an escape is none. */
static const char *read_string(struct reader *r, size_t *ret_len)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *end = r->at;
	char *text, *out;

	while (end < r->end && *end != '"')
		end += *end == '\\' ? 2 : 1;
	if (end >= r->end)
		return NULL;
	/* never longer than what is written */
	text = out = bt_arena_alloc(r->arena, (size_t)(end - r->at) + 1);
	for (; r->at < end; r->at++) {
		const char *known;
		size_t put;

		if (*r->at != '\\') {
			*out++ = *r->at;
			continue;
		}
		r->at++;
		known = *r->at ? strchr(from, *r->at) : NULL;
		if (known) {
			*out++ = to[known - from];
			continue;
		}
		if (*r->at != 'u' || end - r->at < 5 || !(put = put_unicode(r->at + 1, out)))
			return NULL;
		out += put;
		r->at += 4;
	}
	r->at++;
	*out = '\0';
	*ret_len = (size_t)(out - text);
	return text;
}

static struct bt_jsonc *read_value(struct reader *r);

static bool take(struct reader *r, char c)
{
	if (!skip_blank(r) || r->at >= r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* Behind the opening bracket; close ends it. */
static bool read_members(struct reader *r, struct bt_jsonc *o, char close)
{
	struct bt_jsonc **tail = &o->child;

	while (!take(r, close)) {
		const char *key = NULL;
		size_t key_len = 0;

		if (close == '}' &&
		    (!take(r, '"') || !(key = read_string(r, &key_len)) || !take(r, ':')))
			return false;
		*tail = read_value(r);
		if (!*tail)
			return false;
		(*tail)->key = key;
		(*tail)->key_len = key_len;
		tail = &(*tail)->next;
		if (!take(r, ','))
			return take(r, close);
	}
	return true;
}

static bool read_word(struct reader *r, struct bt_jsonc *v)
{
	static const struct {
		const char *word;
		enum bt_jsonc_type type;
	} words[] = { { "null", BT_JSONC_NULL }, { "false", BT_JSONC_FALSE }, { "true", BT_JSONC_TRUE } };
	size_t len = 0;

	while (r->at + len < r->end && r->at[len] && !strchr(",]} \t\r\n/", r->at[len]))
		len++;
	v->text = bt_arena_strndup(r->arena, r->at, len);
	v->text_len = len;
	r->at += len;
	v->type = BT_JSONC_NUMBER;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(v->text, words[i].word))
			continue;
		v->type = words[i].type;
		return true;
	}
	return len && strchr("-0123456789", *v->text);
}

static struct bt_jsonc *read_value(struct reader *r)
{
	struct bt_jsonc *v = bt_arena_zalloc(r->arena, sizeof(*v));
	bool good;

	if (!skip_blank(r) || r->at >= r->end || r->depth >= BT_JSONC_DEPTH_MAX)
		return NULL;
	r->depth++;
	switch (*r->at) {
	case '{':
	case '[':
		v->type = *r->at++ == '{' ? BT_JSONC_OBJECT : BT_JSONC_ARRAY;
		good = read_members(r, v, v->type == BT_JSONC_OBJECT ? '}' : ']');
		break;
	case '"':
		r->at++;
		v->type = BT_JSONC_STRING;
		v->text = read_string(r, &v->text_len);
		good = v->text != NULL;
		break;
	default:
		good = read_word(r, v);
	}
	r->depth--;
	return good ? v : NULL;
}

const struct bt_jsonc *bt_jsonc_parse(const char *text, size_t len, struct bt_arena *a)
{
	struct reader r = { .at = text, .end = text + len, .arena = a };
	const struct bt_jsonc *v;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		r.at += 3;
	v = read_value(&r);
	return v && skip_blank(&r) && r.at == r.end ? v : NULL;
}

const struct bt_jsonc *bt_jsonc_get(const struct bt_jsonc *o, const char *key)
{
	if (!o || o->type != BT_JSONC_OBJECT)
		return NULL;
	for (o = o->child; o; o = o->next)
		if (!strcmp(o->key, key))
			return o;
	return NULL;
}

const char *bt_jsonc_string(const struct bt_jsonc *o, const char *key)
{
	const struct bt_jsonc *v = bt_jsonc_get(o, key);

	return v && v->type == BT_JSONC_STRING ? v->text : NULL;
}
