/*
 * Which bytes of a text are code, and which are white space or comments.
 *
 * A scanner, not a parser: it knows how comments and strings of a language begin and end. Both sides are
 * scanned alike, so a place it takes wrongly is taken wrongly twice and still compares. Hashes of
 * callables and types come from the syntax tree and do not pass through here.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/query/change_state.h"

#define SLASHES (1u << 0) /* // to the end of the line */
#define STARS (1u << 1)	  /* from slash star to star slash */
#define NESTED (1u << 2)  /* these nest */
#define HASH (1u << 3)	  /* # at the start of a word, to the end of the line */
#define DASHES (1u << 4)  /* -- to the end of the line, --[[ ]] */
#define MARKUP (1u << 5)  /* as HTML has it */
#define SINGLE (1u << 6)  /* '...' is a string; without it, at most one character */
#define TRIPLE (1u << 7)  /* """...""", and '''...''' with SINGLE */
#define TICKS (1u << 8)	  /* `...` is a string, over lines */
#define LONG (1u << 9)	  /* strings go over lines */
#define JOINS (1u << 10)  /* a backslash at the end of a line is nothing */
#define WORDS (1u << 11)  /* prose: no strings, no comments */

struct lexis {
	const char *lang;
	unsigned flags;
};

static const struct lexis lexes[] = {
	{ "bash", HASH | SINGLE | LONG | JOINS },
	{ "c", SLASHES | STARS | JOINS },
	{ "c-sharp", SLASHES | STARS | TRIPLE },
	{ "cpp", SLASHES | STARS | JOINS },
	{ "css", STARS | SINGLE },
	{ "go", SLASHES | STARS | TICKS },
	{ "html", MARKUP | WORDS },
	{ "java", SLASHES | STARS | TRIPLE },
	{ "javascript", SLASHES | STARS | SINGLE | TICKS },
	{ "json", 0 },
	{ "kotlin", SLASHES | STARS | NESTED | TRIPLE },
	{ "lua", DASHES | SINGLE },
	{ "markdown", MARKUP | WORDS },
	{ "php", SLASHES | STARS | HASH | SINGLE | LONG },
	{ "python", HASH | SINGLE | TRIPLE },
	{ "ruby", HASH | SINGLE | LONG },
	{ "rust", SLASHES | STARS | NESTED | LONG },
	{ "scala", SLASHES | STARS | NESTED | TRIPLE },
	{ "swift", SLASHES | STARS | NESTED | TRIPLE },
	{ "toml", HASH | SINGLE | TRIPLE },
	{ "tsx", SLASHES | STARS | SINGLE | TICKS },
	{ "typescript", SLASHES | STARS | SINGLE | TICKS },
	{ "yaml", HASH | SINGLE | LONG },
	{ "zig", SLASHES },
};

/* A language that is not in the table: white space alone is told apart. */
static unsigned flags_of(const char *lang)
{
	for (size_t i = 0; i < BT_ARRAY_NR(lexes); i++)
		if (!strcmp(lexes[i].lang, lang))
			return lexes[i].flags;
	return WORDS;
}

struct scan {
	const char *text;
	size_t len, at;
	uint8_t *mask;
	unsigned flags;
};

static bool is_at(const struct scan *s, size_t at, const char *word)
{
	size_t len = strlen(word);

	return s->len - at >= len && !memcmp(s->text + at, word, len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static void blank_to(struct scan *s, size_t end)
{
	memset(s->mask + s->at, CH_MASK_BLANK, end - s->at);
	s->at = end;
}

static size_t line_end(const struct scan *s, size_t at)
{
	const char *nl = at < s->len ? memchr(s->text + at, '\n', s->len - at) : NULL;

	return nl ? (size_t)(nl - s->text) : s->len;
}

/* The byte behind the next `close`, or the end of the text. */
static size_t behind(const struct scan *s, size_t at, const char *close)
{
	for (; at < s->len; at++)
		if (is_at(s, at, close))
			return at + strlen(close);
	return s->len;
}

static size_t behind_stars(const struct scan *s, size_t at)
{
	unsigned depth = 1;

	if (!(s->flags & NESTED))
		return behind(s, at, "*/");
	while (at < s->len && depth) {
		if (is_at(s, at, "*/")) {
			depth--;
			at++;
		} else if (is_at(s, at, "/*")) {
			depth++;
			at++;
		}
		at++;
	}
	return at;
}

static bool starts_word(const struct scan *s)
{
	return !s->at || is_blank(s->text[s->at - 1]) || strchr(";(){}[],", s->text[s->at - 1]);
}

/* Where the comment that begins here ends; 0: none does. */
static size_t comment_end(const struct scan *s)
{
	if (s->flags & SLASHES && is_at(s, s->at, "//"))
		return line_end(s, s->at);
	if (s->flags & STARS && is_at(s, s->at, "/*"))
		return behind_stars(s, s->at + 2);
	if (s->flags & MARKUP && is_at(s, s->at, "<!--"))
		return behind(s, s->at + 4, "-->");
	if (s->flags & HASH && s->text[s->at] == '#' && starts_word(s))
		return line_end(s, s->at);
	if (s->flags & DASHES && is_at(s, s->at, "--[["))
		return behind(s, s->at + 4, "]]");
	if (s->flags & DASHES && is_at(s, s->at, "--"))
		return line_end(s, s->at);
	return 0;
}

/* Where the string with this quote ends; 0: it is none, since the line ends first. */
static size_t quoted_end(const struct scan *s, char quote, bool over_lines)
{
	for (size_t at = s->at + 1; at < s->len; at++) {
		if (s->text[at] == quote)
			return at + 1;
		if (s->text[at] == '\\')
			at++;
		else if (s->text[at] == '\n' && !over_lines)
			return 0;
	}
	return over_lines ? s->len : 0;
}

/* 'x', '\n' or a character of several bytes; not the apostrophe of a lifetime or a digit group. */
static size_t character_end(const struct scan *s)
{
	size_t at = s->at + 1, max = s->at + 12;

	if (at < s->len && s->text[at] == '\\')
		at++;
	else
		max = s->at + 6;
	for (at++; at < s->len && at < max; at++) {
		if (s->text[at] == '\'')
			return at + 1;
		if (s->text[at] == '\n' || (s->text[s->at + 1] != '\\' && !(s->text[at] & 0x80)))
			return 0;
	}
	return 0;
}

static size_t string_end(const struct scan *s)
{
	char c = s->text[s->at];

	if (s->flags & TRIPLE && is_at(s, s->at, "\"\"\""))
		return behind(s, s->at + 3, "\"\"\"");
	if (s->flags & TRIPLE && s->flags & SINGLE && is_at(s, s->at, "'''"))
		return behind(s, s->at + 3, "'''");
	if (c == '"')
		return quoted_end(s, c, s->flags & LONG);
	if (c == '`' && s->flags & TICKS)
		return quoted_end(s, c, true);
	if (c == '\'')
		return s->flags & SINGLE ? quoted_end(s, c, s->flags & LONG) : character_end(s);
	return 0;
}

static bool joins_lines(const struct scan *s)
{
	return s->flags & JOINS && s->text[s->at] == '\\' &&
	       (is_at(s, s->at + 1, "\n") || is_at(s, s->at + 1, "\r\n"));
}

void ch_mask_fill(const char *lang, const char *text, size_t len, uint8_t *mask)
{
	struct scan s = { .text = text, .len = len, .mask = mask, .flags = flags_of(lang) };

	while (s.at < len) {
		size_t end = comment_end(&s);

		if (end) {
			blank_to(&s, end);
			continue;
		}
		if (is_blank(text[s.at]) || joins_lines(&s)) {
			blank_to(&s, s.at + 1);
			continue;
		}
		end = s.flags & WORDS ? 0 : string_end(&s);
		s.at = end ? end : s.at + 1;
	}
}
