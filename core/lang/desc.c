/*
 * Splitting language descriptions into statements and words.
 */
#include "core/lang/desc.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define WORDS_MAX 128

/* The end of the word at p; a quoted part may hold blanks and '#'. */
static const char *word_end(const char *p)
{
	int quoted = 0;

	for (; *p && *p != '\n'; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == ' ' || *p == '\t'))
			break;
	}
	return p;
}

static const char *split_line(struct bt_desc *d, const char *p, unsigned line)
{
	const char *words[WORDS_MAX];
	struct bt_stmt *s;
	size_t nr = 0;

	for (;;) {
		const char *end;

		p += strspn(p, " \t");
		if (!*p || *p == '\n' || *p == '#')
			break;
		end = word_end(p);
		if (nr < WORDS_MAX)
			words[nr++] = bt_arena_strndup(&d->arena, p, (size_t)(end - p));
		p = end;
	}
	p += strcspn(p, "\n");
	if (!nr)
		return p;
	BT_GROW(d->stmts, d->alloc, d->nr + 1);
	s = &d->stmts[d->nr++];
	s->words = bt_arena_alloc(&d->arena, nr * sizeof(*words));
	memcpy(s->words, words, nr * sizeof(*words));
	s->nr = nr;
	s->line = line;
	return p;
}

void bt_desc_init(struct bt_desc *d, const char *text)
{
	unsigned line = 1;

	memset(d, 0, sizeof(*d));
	for (const char *p = text; *p; line++) {
		p = split_line(d, p, line);
		p += *p == '\n';
	}
}

void bt_desc_release(struct bt_desc *d)
{
	free(d->stmts);
	bt_arena_release(&d->arena);
	memset(d, 0, sizeof(*d));
}

const char *bt_desc_alt(char **p)
{
	char *s = *p, *end;

	if (!s)
		return NULL;
	end = s;
	if (*end == '"' || (*end == '<' && end[1] == '"')) {
		char *close = strchr(strchr(end, '"') + 1, '"');

		end = close ? close : end;
	}
	end = strchr(end, '|');
	*p = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return s;
}
