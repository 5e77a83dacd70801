/*
 * One pass over the text, word by word. Nothing is copied until the first word is masked.
 */
#include "core/lang/mask.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

#define SLOTS 1024u		/* of the table of words; a power of two, never more than half full */
#define ENDINGS_MAX 32
#define ARGUMENTS_MAX 512	/* bytes of a macro's arguments that are masked with it */

enum word_flag {
	WORD_PLAIN = 1u << 0,
	WORD_CALL = 1u << 1,	/* masked together with the brackets behind it */
	WORD_KEYWORD = 1u << 2,	/* what is in capitals before it is a macro */
};

struct bt_mask {
	struct slot {
		const char *text;
		uint32_t len;
		uint32_t flags;
	} slots[SLOTS];
	size_t words_nr;
	const char *endings[ENDINGS_MAX];	/* of words in capitals that qualify what follows */
	size_t endings_nr;
	bool capitals;
	uint8_t starts[256];	/* could a listed word start with this letter? */
};

struct masker {
	const struct bt_mask *m;
	const char *src;
	size_t len, at;
	size_t line;		/* start of the line at hand */
	char before;		/* last byte that is no white space or comment; ';' after a directive */
	bool tag;		/* the last word was class, struct, union or enum ... */
	bool class_tag;		/* ... and it was class */
	bool head;		/* it was const or another that stands behind a parameter list */
	char *out;		/* the copy, or NULL */
	struct bt_buf *scratch;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
	return is_word_start(c) || (c >= '0' && c <= '9') || c == '$';
}

static struct slot *slot_of(struct bt_mask *m, const char *text, size_t len)
{
	size_t at = bt_hash64(text, len, 0) & (SLOTS - 1);

	while (m->slots[at].text &&
	       (m->slots[at].len != len || memcmp(m->slots[at].text, text, len)))
		at = (at + 1) & (SLOTS - 1);
	return &m->slots[at];
}

static uint32_t flags_of(const struct bt_mask *m, const char *text, size_t len)
{
	return len ? slot_of((struct bt_mask *)m, text, len)->flags : 0;
}

struct bt_mask *bt_mask_new(struct bt_arena *arena)
{
	return bt_arena_zalloc(arena, sizeof(struct bt_mask));
}

static void add(struct bt_mask *m, const char *word, size_t len, uint32_t flag)
{
	struct slot *s;

	if (!len || m->words_nr >= SLOTS / 2)
		return;
	s = slot_of(m, word, len);
	m->words_nr += !s->text;
	*s = (struct slot){ word, (uint32_t)len, s->flags | flag };
}

void bt_mask_add_word(struct bt_mask *m, const char *word)
{
	size_t len = strlen(word);
	bool call = len > 2 && !strcmp(word + len - 2, "()");

	if (word[0] == '*') {
		if (m->endings_nr < ENDINGS_MAX)
			m->endings[m->endings_nr++] = word + 1;
		return;
	}
	m->starts[(unsigned char)word[0]] = 1;
	add(m, word, call ? len - 2 : len, call ? WORD_CALL : WORD_PLAIN);
}

void bt_mask_add_keyword(struct bt_mask *m, const char *word)
{
	m->capitals = true;
	add(m, word, strlen(word), WORD_KEYWORD);
}

static void blank(struct masker *k, size_t from, size_t to, bool lines)
{
	if (!k->out) {
		bt_buf_clear(k->scratch);
		bt_buf_add(k->scratch, k->src, k->len);
		if (k->scratch->failed)
			return;		/* unmasked is worse, not wrong */
		k->out = k->scratch->data;
	}
	for (; from < to; from++)
		if (lines || k->out[from] != '\n')
			k->out[from] = ' ';
}

/* Behind the comment that starts at `at`, or `at` when none does. */
static size_t skip_comment(const struct masker *k, size_t at)
{
	const char *s = k->src + at, *end;
	size_t left = k->len - at;

	if (left < 2 || s[0] != '/' || (s[1] != '*' && s[1] != '/'))
		return at;
	end = s[1] == '*' ? memmem(s + 2, left - 2, "*/", 2) : memchr(s, '\n', left);
	if (!end)
		return k->len;
	return (size_t)(end - k->src) + (s[1] == '*' ? 2 : 0);
}

static size_t skip_blank(const struct masker *k, size_t at)
{
	for (;;) {
		size_t from = at;

		while (at < k->len && is_space(k->src[at]))
			at++;
		at = skip_comment(k, at);
		if (at == from)
			return at;
	}
}

/* Behind the literal that starts at `at` with its quote; a lone quote is one byte. */
static size_t skip_literal(const struct masker *k, size_t at)
{
	char quote = k->src[at];

	for (size_t i = at + 1; i < k->len && k->src[i] != '\n'; i++) {
		if (k->src[i] == quote)
			return i + 1;
		if (k->src[i] == '\\')
			i += i + 2 < k->len && k->src[i + 1] == '\r' ? 2 : 1;
	}
	return at + 1;
}

/* R"x( ... )x", whose quote stands at `at`. */
static size_t skip_raw_literal(const struct masker *k, size_t at)
{
	char end[24] = ")";
	size_t nr = 1;
	const char *close;

	for (at++; at < k->len && k->src[at] != '(' && nr < sizeof(end) - 2; at++)
		end[nr++] = k->src[at];
	end[nr++] = '"';
	close = memmem(k->src + at, k->len - at, end, nr);
	return close ? (size_t)(close - k->src) + nr : k->len;
}

static size_t word_end(const struct masker *k, size_t at)
{
	while (at < k->len && is_word(k->src[at]))
		at++;
	return at;
}

/* Behind the bracket that closes the one at `at`, or 0 when it is too far away. */
static size_t skip_brackets(const struct masker *k, size_t at)
{
	size_t end = k->len - at > ARGUMENTS_MAX ? at + ARGUMENTS_MAX : k->len;
	int depth = 0;

	while (at < end) {
		char c = k->src[at];

		if (c == '"' || c == '\'') {
			at = skip_literal(k, at);
			continue;
		}
		if (c == ';' || c == '{' || c == '}')
			return 0;
		depth += (c == '(') - (c == ')');
		at++;
		if (!depth)
			return at;
	}
	return 0;
}

/* A directive up to the end of its logical line: comments with something behind them are masked. */
static size_t directive(struct masker *k, size_t at)
{
	while (at < k->len && k->src[at] != '\n') {
		size_t end = skip_comment(k, at);

		if (end > at && k->src[at + 1] == '/')
			return end;
		if (end > at) {
			size_t next = end;

			while (next < k->len && (k->src[next] == ' ' || k->src[next] == '\t'))
				next++;
			if (next >= k->len || k->src[next] == '\n' || k->src[next] == '\r')
				return next;
			blank(k, at, end, true);
			at = end;
		} else if (k->src[at] == '"' || k->src[at] == '\'') {
			at = skip_literal(k, at);
		} else if (k->src[at] == '\\' && at + 1 < k->len) {
			at += at + 2 < k->len && k->src[at + 1] == '\r' ? 3 : 2;
		} else {
			at++;
		}
	}
	return at;
}

static bool is_capitals(const char *text, size_t len)
{
	size_t capitals = 0;

	for (size_t i = 0; i < len; i++) {
		if ((text[i] >= 'a' && text[i] <= 'z') || (unsigned char)text[i] >= 0x80)
			return false;
		capitals += text[i] >= 'A' && text[i] <= 'Z';
	}
	return len > 2 && capitals > 1;
}

static bool starts_statement(const struct masker *k)
{
	return !k->before || strchr(";{}:", k->before);
}

/* A listed word: does it stand where a qualifier does? Then the end of what is masked, else 0. */
static size_t listed_end(const struct masker *k, size_t end, uint32_t flags)
{
	size_t next = skip_blank(k, end);
	char c = next < k->len ? k->src[next] : '\0';

	if (k->before == '.')
		return 0;
	if (flags & WORD_CALL && c == '(') {
		end = skip_brackets(k, next);
		next = end ? skip_blank(k, end) : 0;
		if (!end || (starts_statement(k) && (next >= k->len || !is_word_start(k->src[next]))))
			return 0;
		return end;
	}
	if (!(flags & WORD_PLAIN) || c == '(' || c == '=')
		return 0;
	if (is_word_start(c) || c == '*')
		return end;
	return is_word(k->before) || (k->before && strchr("*)]", k->before)) || starts_statement(k) ? end : 0;
}

/* Is what follows the words at `at` the body of a type, not a declarator? */
static bool names_type(const struct masker *k, size_t at)
{
	size_t next = skip_blank(k, word_end(k, at));
	char c = next < k->len ? k->src[next] : '\0';

	if (k->class_tag || c == '{' || c == '<')
		return true;
	if (c == ':')
		return true;
	return word_end(k, next) - next == 5 && !memcmp(k->src + next, "final", 5);
}

/* Alone on its line, between declarations? A return type on a line of its own is no macro. */
static bool stands_alone(const struct masker *k, size_t start, size_t end, size_t next)
{
	char c = next < k->len ? k->src[next] : '\0';
	size_t after;

	for (size_t i = k->line; i < start; i++)
		if (!is_space(k->src[i]))
			return false;
	while (end < k->len && (k->src[end] == ' ' || k->src[end] == '\t' || k->src[end] == '\r'))
		end++;
	if (!starts_statement(k) || (end < k->len && k->src[end] != '\n'))
		return false;
	if (!c || c == '#' || (c == '}' && k->before != '{'))
		return true;
	if (!is_word_start(c))
		return false;
	after = skip_blank(k, word_end(k, next));
	return after < k->len && (is_word_start(k->src[after]) || strchr("*&<:", k->src[after]));
}

static bool has_ending(const struct masker *k, const char *text, size_t len)
{
	for (size_t i = 0; i < k->m->endings_nr; i++) {
		size_t ending = strlen(k->m->endings[i]);

		if (len > ending && !memcmp(text + len - ending, k->m->endings[i], ending))
			return true;
	}
	return false;
}

/* Behind brackets with nothing but numbers in them, which start at `at`; 0: there is more. */
static size_t only_numbers(const struct masker *k, size_t at)
{
	for (at++; at < k->len && k->src[at] && strchr("0123456789, ", k->src[at]);)
		at++;
	return at < k->len && k->src[at] == ')' ? at + 1 : 0;
}

/* Behind `class`: a macro with or without arguments before the name. */
static size_t tag_macro_end(const struct masker *k, size_t end, size_t next)
{
	if (next < k->len && k->src[next] == '(') {
		end = skip_brackets(k, next);
		next = end ? skip_blank(k, end) : k->len;
	}
	return next < k->len && is_word_start(k->src[next]) && names_type(k, next) ? end : 0;
}

/* The end of what is masked because it starts with a word in capitals, or 0. */
static size_t macro_end(const struct masker *k, size_t start, size_t end)
{
	size_t next, close;
	char c;

	if (!is_capitals(k->src + start, end - start))
		return 0;
	next = skip_blank(k, end);
	c = next < k->len ? k->src[next] : '\0';
	if (k->tag)
		return tag_macro_end(k, end, next);
	if (is_word_start(c) || c == '~') {
		if (flags_of(k->m, k->src + next, word_end(k, next) - next) & WORD_KEYWORD ||
		    has_ending(k, k->src + start, end - start))
			return end;
	}
	if ((k->before == ')' || k->head) && c == '{')
		return end;
	if ((k->before == ')' || k->head) && c == '(') {
		close = skip_brackets(k, next);
		next = close ? skip_blank(k, close) : k->len;
		return next < k->len && k->src[next] == '{' ? close : 0;
	}
	if (c == '(') {
		close = only_numbers(k, next);
		return close && stands_alone(k, start, close, skip_blank(k, close)) ? close : 0;
	}
	return stands_alone(k, start, end, next) ? end : 0;
}

static const char *const head_words[] = { "const", "volatile", "noexcept", "override", "final", NULL };

static const char *const tag_words[] = { "class", "struct", "union", "enum", NULL };

static bool is_one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words; words++)
		if (**words == *text && strlen(*words) == len && !memcmp(*words, text, len))
			return true;
	return false;
}

static void note_tag(struct masker *k, const char *text, size_t len)
{
	k->head = is_one_of(text, len, head_words);
	k->tag = is_one_of(text, len, tag_words);
	k->class_tag = k->tag && *text == 'c';
}

static void word(struct masker *k)
{
	size_t start = k->at, end = word_end(k, start), to = 0;
	const char *text = k->src + start;

	k->at = end;
	if (k->m->starts[(unsigned char)*text]) {
		uint32_t flags = flags_of(k->m, text, end - start);

		if (flags & (WORD_PLAIN | WORD_CALL))
			to = listed_end(k, end, flags);
	}
	if (!to && k->m->capitals && (*text == '_' || (*text >= 'A' && *text <= 'Z')))
		to = macro_end(k, start, end);
	if (to) {
		blank(k, start, to, false);
		k->at = to;
		return;
	}
	if (end < k->len && k->src[end] == '"' && text[end - start - 1] == 'R' && end - start <= 3)
		k->at = skip_raw_literal(k, end);
	k->before = text[end - start - 1];
	note_tag(k, text, end - start);
}

static bool starts_line(const struct masker *k)
{
	for (size_t i = k->line; i < k->at; i++)
		if (!is_space(k->src[i]))
			return false;
	return true;
}

static void step(struct masker *k)
{
	char c = k->src[k->at];
	size_t end;

	if (is_word_start(c)) {
		word(k);
	} else if (c == '\n') {
		k->line = ++k->at;
	} else if (is_space(c)) {
		k->at++;
	} else if (c == '/' && (end = skip_comment(k, k->at)) > k->at) {
		k->at = end;
	} else if (c == '#' && starts_line(k)) {
		k->at = directive(k, k->at);
		k->before = ';';
	} else {
		if (c == '"' || c == '\'')
			k->at = skip_literal(k, k->at);
		else if (c >= '0' && c <= '9')
			while (k->at < k->len &&
			       (is_word(k->src[k->at]) || k->src[k->at] == '.' || k->src[k->at] == '\''))
				k->at++;
		else
			k->at++;
		k->before = c;
		k->tag = k->class_tag = k->head = false;
	}
}

const char *bt_mask_text(const struct bt_mask *m, const char *src, size_t len, struct bt_buf *scratch)
{
	struct masker k = { .m = m, .src = src, .len = len, .scratch = scratch };

	while (k.at < len)
		step(&k);
	return k.out ? k.out : src;
}
