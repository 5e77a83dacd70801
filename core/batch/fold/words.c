/*
 * Author and message of commits in one encoding. Bytes are never lost: what cannot be converted stays as it is.
 */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/batch/fold/impl.h"

/* Longer names of encodings are not asked for. */
#define ENCODING_LEN_MAX 40
/* No encoding makes more bytes of UTF-8 out of one byte. */
#define UTF8_GROWTH 6

static bool is_utf8_name(const char *encoding, size_t len)
{
	return !len || (len == 5 && !strncasecmp(encoding, "UTF-8", 5)) ||
	       (len == 4 && !strncasecmp(encoding, "UTF8", 4));
}

/* Of the names that iconv knows, those that are names and not paths or instructions. */
static bool is_encoding_name(const char *s)
{
	return strlen(s) <= ENCODING_LEN_MAX &&
	       !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:")];
}

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

/* The message without blank lines at both ends; a NUL, which git cannot show, becomes a blank. */
static void message_take(struct bt_arena *arena, const char *text, size_t len, struct fold_words *w)
{
	char *message;
	size_t start = 0;

	for (size_t i = 0; i < len && isspace((unsigned char)text[i]); i++)
		if (text[i] == '\n')
			start = i + 1;
	while (len > start && (isspace((unsigned char)text[len - 1]) || !text[len - 1]))
		len--;
	message = bt_arena_strndup(arena, text + start, len - start);
	for (size_t i = 0; i < len - start; i++)
		if (!message[i])
			message[i] = ' ';
	w->message = message;
	w->message_len = len - start;
}

void fold_words_take(struct bt_arena *arena, const struct bt_commit_view *v, struct fold_words *ret_w)
{
	*ret_w = (struct fold_words){ .author = bt_arena_strndup(arena, v->author, v->author_len) };
	message_take(arena, v->message, v->message_len, ret_w);
	if (!is_utf8_name(v->encoding, v->encoding_len))
		ret_w->encoding = bt_arena_strndup(arena, v->encoding, v->encoding_len);
}

const char *fold_to_utf8(struct bt_arena *arena, const char *encoding, const char *text, size_t len, size_t *ret_len)
{
	size_t room = len * UTF8_GROWTH + 1, in_left = len, out_left = room - 1;
	char *in = (char *)(uintptr_t)text, *out, *at;
	iconv_t cd = is_encoding_name(encoding) ? iconv_open("UTF-8", encoding) : (iconv_t)-1;
	bool whole;

	if (cd == (iconv_t)-1)
		return NULL;
	out = at = bt_xmalloc(room);
	whole = iconv(cd, &in, &in_left, &at, &out_left) != (size_t)-1 &&
		iconv(cd, NULL, NULL, &at, &out_left) != (size_t)-1 && !in_left;
	iconv_close(cd);
	*ret_len = (size_t)(at - out);
	in = whole ? bt_arena_strndup(arena, out, *ret_len) : NULL;
	free(out);
	return in && strlen(in) == *ret_len && bt_utf8_valid(in, *ret_len) ? in : NULL;
}

/* Both or none. */
static bool words_convert(struct bt_arena *arena, struct fold_words *w)
{
	size_t author_len, message_len;
	const char *author = fold_to_utf8(arena, w->encoding, w->author, strlen(w->author), &author_len);
	const char *message = fold_to_utf8(arena, w->encoding, w->message, w->message_len, &message_len);

	if (!author || !message || strchr(author, '\n'))
		return false;
	w->author = author;
	w->message = message;
	w->message_len = message_len;
	w->encoding = NULL;
	return true;
}

const char *fold_words_unite(struct bt_arena *arena, struct fold_words *words, size_t nr, const char *committer)
{
	const char *common = nr ? words[0].encoding : NULL;
	bool agree = true;

	for (size_t i = 1; i < nr; i++)
		agree = agree && !strcmp(common ? common : "", words[i].encoding ? words[i].encoding : "");
	if (agree && (!common || is_ascii(committer)))
		return common;
	for (size_t i = 0; i < nr; i++)
		if (words[i].encoding && !words_convert(arena, &words[i]) && nr == 1)
			return words[i].encoding;
	return NULL;
}

size_t fold_ident_len(const char *ident)
{
	const char *mail = strchr(ident, '<');
	const char *end = mail ? strchr(mail, '>') : NULL;

	return end ? (size_t)(end + 1 - ident) : 0;
}
