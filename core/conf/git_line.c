/*
 * Where a setting stands in a file of git's configuration: git says which file, not which line.
 *
 * Only for messages about a file that git has just read without complaint, so nothing is refused
 * here: what is not understood is passed over. Included files are files of their own.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/conf/conf_state.h"

/* Longer names are cut, and equal none of ours. */
#define NAME_LEN_MAX 200

struct scan {
	const char *p, *end;
	unsigned line;
	char name[NAME_LEN_MAX + 1];	/* "section.sub." and then the key */
	size_t section_len, len;
};

static int peek(const struct scan *s)
{
	return s->p < s->end ? (unsigned char)*s->p : -1;
}

static int next(struct scan *s)
{
	int c = peek(s);

	if (c >= 0)
		s->p++;
	if (c == '\n')
		s->line++;
	return c;
}

static void name_add(struct scan *s, int c)
{
	if (s->len < NAME_LEN_MAX)
		s->name[s->len++] = (char)c;
	s->name[s->len] = '\0';
}

static void skip_line(struct scan *s)
{
	int c;

	do
		c = next(s);
	while (c >= 0 && c != '\n');
}

/* Behind '[': `section]`, `section.sub]` or `section "Sub"]`; only the quoted part has capitals. */
static void read_section(struct scan *s)
{
	bool quoted = false;
	int c;

	s->len = 0;
	while ((c = next(s)) >= 0 && c != '\n' && (quoted || c != ']')) {
		if (c == '"') {
			if (!quoted)
				name_add(s, '.');
			quoted = !quoted;
		} else if (quoted) {
			name_add(s, c == '\\' ? next(s) : c);
		} else if (!isspace(c)) {
			name_add(s, tolower(c));
		}
	}
	name_add(s, '.');
	s->section_len = s->len;
}

static void read_key(struct scan *s)
{
	s->len = s->section_len;
	while (isalnum(peek(s)) || peek(s) == '-')
		name_add(s, tolower(next(s)));
}

/* To the end of the value, which a backslash takes to the next line. */
static void skip_value(struct scan *s)
{
	bool quoted = false;
	int c;

	while ((c = next(s)) >= 0 && c != '\n') {
		if (c == '\\') {
			if (peek(s) == '\r')
				next(s);
			next(s);
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == '#' || c == ';')) {
			skip_line(s);
			return;
		}
	}
}

/* The line of the next setting of this name, or 0. */
static unsigned find(struct scan *s, const char *name)
{
	while (peek(s) >= 0) {
		unsigned line = s->line;

		if (peek(s) == '[') {
			next(s);
			read_section(s);
		} else if (peek(s) == '#' || peek(s) == ';') {
			skip_line(s);
		} else if (isalpha(peek(s))) {
			read_key(s);
			skip_value(s);
			if (!strcmp(s->name, name))
				return line;
		} else {
			next(s);
		}
	}
	return 0;
}

unsigned conf_git_line(const char *data, size_t len, const char *name, size_t nth)
{
	struct scan s = { .p = data, .end = data + len, .line = 1 };
	unsigned line;

	do
		line = find(&s, name);
	while (line && nth--);
	return line;
}
