/*
 * Comments that say that something is to be done, without anything that says where the matter is kept or who knows: the number of
 * an issue, a ticket, an address, a name.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/rules/analysis.h"

/* How far from the word in its line a reference is looked for. */
#define LOOK_MAX 400

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* UTF-8 and its kin are no tickets. */
static bool is_standard(const char *p, size_t len)
{
	static const char *const names[] = { "UTF", "SHA", "ISO", "MD", "TLS", "CP", "ES", "AES" };

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (strlen(names[i]) == len && !memcmp(p, names[i], len))
			return true;
	return false;
}

/* #12, GH-12, ABC-123, !12 (a merge request) */
static bool is_number_at(const char *p, const char *end)
{
	const char *at = p;

	if (*p == '#' || *p == '!')
		return p + 1 < end && isdigit((unsigned char)p[1]);
	while (at < end && (isupper((unsigned char)*at) || (at > p && isdigit((unsigned char)*at))))
		at++;
	return at - p >= 2 && at + 1 < end && *at == '-' && isdigit((unsigned char)at[1]) &&
	       !is_standard(p, (size_t)(at - p));
}

static bool has_reference(const char *p, const char *end)
{
	static const char *const marks[] = { "://", "www.", "github.com/" };

	for (size_t i = 0; i < BT_ARRAY_NR(marks); i++)
		if (memmem(p, (size_t)(end - p), marks[i], strlen(marks[i])))
			return true;
	for (const char *at = p; at < end; at++) {
		bool begins = at == p || !is_word_char(at[-1]);

		if (begins &&
		    (is_number_at(at, end) || (*at == '@' && at + 1 < end && isalnum((unsigned char)at[1]))))
			return true;
		if (begins && end - at > 6 && !strncasecmp(at, "issue ", 6) && isdigit((unsigned char)at[6]))
			return true;
	}
	return false;
}

/* "(name)" or "[name]" behind the word: who knows, or what it is about. */
static bool has_owner(const char *p, const char *end)
{
	return end - p > 1 && (*p == '(' || *p == '[') && p[1] != ')' && p[1] != ']';
}

/* The end of its line, as far as anybody reads. */
static const char *line_end(const char *p, const char *end)
{
	const char *nl;

	if (end - p > LOOK_MAX)
		end = p + LOOK_MAX;
	nl = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
	return nl ? nl : end;
}

static bool is_open(const struct bt_look *look, const char *word, size_t len)
{
	const char *end = look->data + look->len, *eol = line_end(word, end), *start = word, *next;

	if (has_owner(word + len, eol))
		return false;
	/* What stands before it in the same comment counts, code does not. */
	while (start > look->data && word - start < LOOK_MAX && start[-1] != '\n' &&
	       bt_syntax_in_comment(look->syntax, (uint32_t)(start - 1 - look->data)))
		start--;
	if (has_reference(start, eol))
		return false;
	/* A comment that goes on in the next line may name it there. */
	if (eol == end || *eol != '\n')
		return true;
	next = eol + 1;
	while (next < end && (*next == ' ' || *next == '\t'))
		next++;
	eol = line_end(next, end);
	return next >= eol || !bt_syntax_in_comment(look->syntax, (uint32_t)(next - look->data)) ||
	       !has_reference(next, eol);
}

void bt_analysis_todo(const struct bt_look *look, struct bt_findings_sink *s)
{
	static const char *const words[] = { "TO"
					     "DO",
					     "FIX"
					     "ME" };
	const char *end = look->data + look->len;

	if (!look->syntax)
		return;
	for (size_t i = 0; i < BT_ARRAY_NR(words); i++) {
		size_t len = strlen(words[i]);
		const char *p = look->data, *hit;

		while ((hit = memmem(p, (size_t)(end - p), words[i], len))) {
			size_t at = (size_t)(hit - look->data);

			p = hit + len;
			if ((hit > look->data && is_word_char(hit[-1])) || (p < end && is_word_char(*p)) ||
			    !bt_syntax_in_comment(look->syntax, (uint32_t)at) || !is_open(look, hit, len))
				continue;
			if (!bt_sink_add(s, at, at + len, NULL, 0))
				return;
		}
	}
}
