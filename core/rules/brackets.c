/*
 * Brackets: whether they match, whatever the rest is.
 *
 * A grammar that knows no preprocessor takes many a macro for an error. Brackets are left: each branch of an #if begins as its first one
 * did, and what follows the #endif goes on where the first branch ended. Directives themselves do not count.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/brackets.h"

#define DEPTH_MAX 256
#define BRANCHES_MAX 64

struct open_bracket {
	char c;
	size_t at;
};

/* An #if at work: how things stood when it began, and when its first branch ended. */
struct branch {
	size_t before_nr, after_nr;
	struct open_bracket before[DEPTH_MAX], after[DEPTH_MAX];
	bool has_after; /* a branch that counts has ended */
	bool dead;	/* in an #if 0 */
};

struct scan {
	const char *start, *p, *end;
	unsigned flags;
	struct open_bracket open[DEPTH_MAX];
	size_t nr;
	struct branch branches[BRANCHES_MAX];
	size_t branches_nr;
};

static void save(const struct scan *s, struct open_bracket *to, size_t *ret_nr)
{
	memcpy(to, s->open, sizeof(*to) * s->nr);
	*ret_nr = s->nr;
}

static void restore(struct scan *s, const struct open_bracket *from, size_t nr)
{
	memcpy(s->open, from, sizeof(*from) * nr);
	s->nr = nr;
}

static bool begin_branch(struct scan *s, const char *word, size_t len)
{
	const char *p = word + len;
	struct branch *b;

	if (s->branches_nr == BRANCHES_MAX)
		return false;
	while (p < s->end && (*p == ' ' || *p == '\t'))
		p++;
	b = &s->branches[s->branches_nr++];
	save(s, b->before, &b->before_nr);
	b->has_after = false;
	b->dead = len == 2 && p < s->end && *p == '0' && (p + 1 == s->end || isspace((unsigned char)p[1]));
	return true;
}

static void end_branch(struct scan *s, struct branch *b)
{
	if (!b->has_after && !b->dead) {
		save(s, b->after, &b->after_nr);
		b->has_after = true;
	}
	b->dead = false;
	restore(s, b->before, b->before_nr);
}

/* False: beyond what is followed. */
static bool directive(struct scan *s, const char *word, size_t len)
{
	struct branch *b = s->branches_nr ? &s->branches[s->branches_nr - 1] : NULL;

	if (len >= 2 && !memcmp(word, "if", 2))
		return begin_branch(s, word, len);
	if (len < 4 || !b)
		return true;
	if (!memcmp(word, "else", 4) || !memcmp(word, "elif", 4)) {
		end_branch(s, b);
	} else if (len == 5 && !memcmp(word, "endif", 5)) {
		end_branch(s, b);
		if (b->has_after)
			restore(s, b->after, b->after_nr);
		s->branches_nr--;
	}
	return true;
}

/* Past a comment of either kind. */
static const char *skip_comment(const char *p, const char *end)
{
	const char *close;

	if (p[1] == '*') {
		close = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);
		return close ? close + 2 : end;
	}
	while (p < end && *p != '\n')
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	return p;
}

static bool is_comment(const struct scan *s, const char *p)
{
	if (*p != '/' || p + 1 >= s->end)
		return false;
	return p[1] == '*' || (p[1] == '/' && !(s->flags & BT_BRACKETS_NO_LINE_COMMENTS));
}

/* A quotation mark that is not closed in its line is none: text in an #if 0, digits of C++ as in 1'000. */
static const char *skip_quoted(const char *p, const char *end)
{
	const char *at = p + 1;

	while (at < end && *at != *p && *at != '\n')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return at < end && *at == *p ? at + 1 : p + 1;
}

/* To the end of the line, and of those that it or a comment goes on in. */
static const char *skip_directive(const struct scan *s, const char *p)
{
	const char *end = s->end;

	while (p < end && *p != '\n') {
		if (is_comment(s, p))
			p = skip_comment(p, end);
		else if (*p == '"' || *p == '\'')
			p = skip_quoted(p, end);
		else if (*p == '\\')
			p += end - p > 2 && p[1] == '\r' ? 3 : 2;
		else
			p++;
	}
	return p < end ? p : end;
}

static bool take_directive(struct scan *s)
{
	const char *word = s->p + 1, *at;

	while (word < s->end && (*word == ' ' || *word == '\t'))
		word++;
	at = word;
	while (at < s->end && islower((unsigned char)*at))
		at++;
	s->p = skip_directive(s, at);
	return directive(s, word, (size_t)(at - word));
}

/* R"x( ... )x" */
static bool skip_raw_string(struct scan *s)
{
	char mark[20] = ")";
	size_t len = 0;
	const char *p = s->p + 1, *close;

	if (!(s->flags & BT_BRACKETS_RAW_STRINGS) || s->p == s->start || s->p[-1] != 'R')
		return false;
	while (p + len < s->end && len < 16 && p[len] != '(')
		len++;
	if (p + len >= s->end || p[len] != '(')
		return false;
	memcpy(mark + 1, p, len);
	mark[len + 1] = '"';
	close = memmem(p + len, (size_t)(s->end - p) - len, mark, len + 2);
	s->p = close ? close + len + 2 : s->end;
	return true;
}

static bool starts(const struct scan *s, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(s->end - s->p) >= len && !memcmp(s->p, with, len);
}

/* Past what begins here and ends with `close`, on whatever line that is. */
static void skip_to(struct scan *s, size_t begin_len, const char *close)
{
	const char *from = s->p + begin_len,
		   *at = memmem(from, (size_t)(s->end - from), close, strlen(close));

	s->p = at ? at + strlen(close) : s->end;
}

/* @"...", in which two quotation marks are one. */
static bool skip_verbatim(struct scan *s)
{
	const char *at = s->p;

	while (at > s->start && (at[-1] == '$' || at[-1] == '@'))
		at--;
	if (*s->p != '"' || !memchr(at, '@', (size_t)(s->p - at)))
		return false;
	do
		skip_to(s, 1, "\"");
	while (s->p < s->end && *s->p == '"');
	return true;
}

/* Strings that go over several lines. */
static bool skip_long_string(struct scan *s)
{
	if (s->flags & BT_BRACKETS_TRIPLE && starts(s, "\"\"\""))
		skip_to(s, 3, "\"\"\"");
	else if (s->flags & BT_BRACKETS_VERBATIM && skip_verbatim(s))
		return true;
	else if (s->flags & BT_BRACKETS_BACKTICKS && *s->p == '`')
		skip_to(s, 1, "`");
	else if (s->flags & BT_BRACKETS_LINE_STRINGS && starts(s, "\\\\"))
		skip_to(s, 2, "\n");
	else
		return *s->p == '"' && skip_raw_string(s);
	return true;
}

/* A slash behind one of these does not divide. */
static bool skip_regexp(struct scan *s)
{
	const char *before = s->p, *at = s->p + 1;
	bool in_class = false;

	while (before > s->start && isspace((unsigned char)before[-1]))
		before--;
	if (!(s->flags & BT_BRACKETS_REGEXPS) || (before > s->start && !strchr("(,=:[!&|?{};", before[-1])))
		return false;
	while (at < s->end && *at != '\n' && (in_class || *at != '/')) {
		in_class = *at == '[' || (in_class && *at != ']');
		at += *at == '\\' && at + 1 < s->end ? 2 : 1;
	}
	if (at >= s->end || *at != '/')
		return false;
	s->p = at + 1;
	return true;
}

/* Is the # here, at the beginning of a line, one of a directive? */
static bool is_directive(const struct scan *s)
{
	if (s->flags & BT_BRACKETS_CONDITIONS)
		return starts(s, "#if ") || starts(s, "#else") || starts(s, "#endif");
	return s->flags & BT_BRACKETS_DIRECTIVES;
}

static bool is_digit_separator(const struct scan *s)
{
	return *s->p == '\'' && s->p > s->start && isxdigit((unsigned char)s->p[-1]) && s->p + 1 < s->end &&
	       isxdigit((unsigned char)s->p[1]);
}

static bool in_dead_code(const struct scan *s)
{
	for (size_t i = 0; i < s->branches_nr; i++)
		if (s->branches[i].dead)
			return true;
	return false;
}

/* False: here is the one that does not match. */
static bool take_bracket(struct scan *s, char c)
{
	if (in_dead_code(s))
		return true;
	if (c == '(' || c == '[' || c == '{') {
		if (s->nr < DEPTH_MAX)
			s->open[s->nr] = (struct open_bracket){ c, (size_t)(s->p - s->start) };
		s->nr++;
		return true;
	}
	if (!s->nr || (s->nr <= DEPTH_MAX && s->open[s->nr - 1].c != (c == ')' ? '(' : c == ']' ? '[' : '{')))
		return false;
	s->nr--;
	return true;
}

enum step { GOES_ON, MISMATCH, GIVES_UP };

static enum step step(struct scan *s, bool *line_begins)
{
	char c = *s->p;
	bool begins = *line_begins;

	*line_begins = c == '\n' || (begins && (c == ' ' || c == '\t' || c == '\r'));
	if (c == '#' && begins && is_directive(s)) {
		*line_begins = true;
		return take_directive(s) && s->nr <= DEPTH_MAX ? GOES_ON : GIVES_UP;
	}
	if (is_comment(s, s->p)) {
		*line_begins = begins;
		s->p = skip_comment(s->p, s->end);
		return GOES_ON;
	}
	if (skip_long_string(s) || (c == '/' && skip_regexp(s)))
		return GOES_ON;
	if ((c == '"' || c == '\'') && !is_digit_separator(s)) {
		s->p = skip_quoted(s->p, s->end);
		return GOES_ON;
	}
	if (strchr("()[]{}", c) && c && !take_bracket(s, c))
		return MISMATCH;
	s->p++;
	return s->nr <= DEPTH_MAX ? GOES_ON : GIVES_UP;
}

/* Which of two that do not match is to blame: a statement ends with '}', so that a '(' before it is never closed. */
static bool is_closing_alone(const struct scan *s, enum step did)
{
	return did == MISMATCH && (!s->nr || *s->p != '}');
}

bool bt_brackets_match(const char *text, size_t len, unsigned flags, size_t *ret_at)
{
	struct scan *s = bt_xcalloc(1, sizeof(*s));
	bool line_begins = true;
	enum step did = GOES_ON;
	bool match;

	s->start = s->p = text;
	s->end = text + len;
	s->flags = flags;
	while (s->p < s->end && did == GOES_ON)
		did = step(s, &line_begins);
	match = did == GIVES_UP || (did == GOES_ON && !s->nr);
	if (!match)
		*ret_at = is_closing_alone(s, did) ? (size_t)(s->p - text) : s->open[s->nr - 1].at;
	free(s);
	return match;
}
