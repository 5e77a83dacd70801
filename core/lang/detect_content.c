/*
 * Content heuristics. They are part of the format in the sense that the same bytes must give the
 * same answer everywhere: raise DETECT_VERSION in detect.c with every change.
 */
#include "core/lang/detect_content.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/lang/langs_table.h"

struct line {
	const char *text;	/* without leading white space */
	size_t len;
};

static bool next_line(const char **at, const char *end, struct line *ret)
{
	const char *p = *at, *nl;

	if (p >= end)
		return false;
	nl = memchr(p, '\n', (size_t)(end - p));
	*at = nl ? nl + 1 : end;
	while (p < *at && (*p == ' ' || *p == '\t'))
		p++;
	ret->text = p;
	ret->len = (size_t)((nl ? nl : end) - p);
	return true;
}

static bool starts(const struct line *l, const char *word)
{
	size_t len = strlen(word);

	return l->len >= len && !memcmp(l->text, word, len);
}

/* A directive such as "#  ifdef X": does its text after '#' start with word? */
static bool directive(const struct line *l, const char *word)
{
	struct line rest = *l;

	if (!rest.len || *rest.text != '#')
		return false;
	do {
		rest.text++;
		rest.len--;
	} while (rest.len && (*rest.text == ' ' || *rest.text == '\t'));
	return starts(&rest, word);
}

static bool has(const struct line *l, const char *text)
{
	return memmem(l->text, l->len, text, strlen(text)) != NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* #include <vector>: the standard headers of C++ have no dot in their names. */
static bool includes_cpp(const struct line *l)
{
	const char *open = memchr(l->text, '<', l->len), *end = l->text + l->len;
	const char *close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;

	return close && close > open + 1 && !memchr(open, '.', (size_t)(close - open)) &&
	       !memchr(open, '/', (size_t)(close - open));
}

static bool line_is_cpp(const struct line *l)
{
	/* With a name behind them. */
	static const char *const heads[] = {
		"class ", "namespace ", "using ", "virtual ", "explicit ", "friend ", "constexpr ",
		"static constexpr ", "inline constexpr ", "enum class ", "enum struct ", "template ",
	};
	static const char *const words[] = { "namespace{", "template<", "public:", "private:", "protected:" };

	if (directive(l, "include"))
		return includes_cpp(l);
	for (size_t i = 0; i < BT_ARRAY_NR(words); i++)
		if (starts(l, words[i]))
			return true;
	for (size_t i = 0; i < BT_ARRAY_NR(heads); i++) {
		size_t len = strlen(heads[i]);

		if (starts(l, heads[i]) && l->len > len && (is_letter(l->text[len]) || l->text[len] == '<' ||
							    l->text[len] == '{'))
			return true;
	}
	if (starts(l, "*") || starts(l, "//") || starts(l, "/*"))
		return false;
	return has(l, "std::") || (starts(l, "struct ") && (has(l, " : public ") || has(l, " : private ")));
}

static bool line_is_objc(const struct line *l)
{
	static const char *const heads[] = {
		"@interface ", "@protocol ", "@class ", "@implementation ", "@property", "@import ",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(heads); i++)
		if (starts(l, heads[i]))
			return true;
	return false;
}

/* Behind `#if`: is what follows for another language than C? */
static bool guards_others(const struct line *l)
{
	return (has(l, "__cplusplus") || has(l, "__OBJC__")) && !directive(l, "ifndef");
}

/* Does a comment that starts on this line go on behind its end? */
static bool opens_comment(const struct line *l)
{
	const char *at = l->text, *end = l->text + l->len, *open;

	while ((open = memmem(at, (size_t)(end - at), "/*", 2))) {
		const char *line_comment = memmem(at, (size_t)(open - at), "//", 2);

		at = memmem(open + 2, (size_t)(end - open - 2), "*/", 2);
		if (line_comment)
			return false;
		if (!at)
			return true;
		at += 2;
	}
	return false;
}

const char *bt_content_c_or_cpp(const char *data, size_t len)
{
	const char *at = data, *end = data + len;
	int guard = 0;		/* depth of conditionals inside an `#ifdef __cplusplus` or `__OBJC__` */
	bool comment = false;
	struct line l;

	while (next_line(&at, end, &l)) {
		if (comment) {
			comment = !has(&l, "*/");
			continue;
		}
		if (directive(&l, "if")) {
			if (guard || guards_others(&l))
				guard++;
		} else if (guard && directive(&l, "endif")) {
			guard--;
		} else if (guard == 1 && directive(&l, "el")) {
			guard = 0;
		} else if (!guard && line_is_objc(&l)) {
			return NULL;
		} else if (!guard && line_is_cpp(&l)) {
			return "cpp";
		}
		comment = opens_comment(&l);
	}
	return "c";
}

const char *bt_content_typescript(const char *data, size_t len)
{
	struct line l;
	const char *at = data;

	if (len && data[0] == 'G' && memchr(data, '\0', len < 188 ? len : 188))
		return NULL;
	if (next_line(&at, data + len, &l) &&
	    (starts(&l, "<?xml") || starts(&l, "<!DOCTYPE TS") || starts(&l, "<TS")))
		return NULL;
	return "typescript";
}

const char *bt_content_inc(const char *data, size_t len)
{
	const char *at = data, *end = data + len;
	struct line l;

	while (next_line(&at, end, &l)) {
		if (starts(&l, "<?"))
			return "php";
		if (directive(&l, "include ") || directive(&l, "define ") || directive(&l, "if") ||
		    starts(&l, "static ") || starts(&l, "struct ") || starts(&l, "typedef "))
			return "c";
	}
	return NULL;
}

/* The word at p; moves p behind it. */
static size_t take_word(const char **p, const char *end, const char **ret)
{
	while (*p < end && (**p == ' ' || **p == '\t'))
		(*p)++;
	*ret = *p;
	while (*p < end && !strchr(" \t\r\n", **p) && **p)
		(*p)++;
	return (size_t)(*p - *ret);
}

static const char *by_interpreter(const char *name, size_t len)
{
	const struct bt_langs_table *t = bt_langs_table();
	const char *slash = memrchr(name, '/', len);

	if (slash) {
		len -= (size_t)(slash + 1 - name);
		name = slash + 1;
	}
	while (len && strchr("0123456789.", name[len - 1]))
		len--;
	for (size_t i = 0; i < t->shebangs_nr; i++)
		if (strlen(t->shebangs[i].name) == len && !memcmp(t->shebangs[i].name, name, len))
			return t->langs[t->shebangs[i].lang].name;
	return NULL;
}

const char *bt_content_shebang(const char *data, size_t len)
{
	const char *p = data + 2, *end, *word;
	size_t word_len;

	if (len < 3 || data[0] != '#' || data[1] != '!')
		return NULL;
	end = memchr(data, '\n', len);
	if (!end)
		end = data + len;
	word_len = take_word(&p, end, &word);
	if (word_len >= 4 && !memcmp(word + word_len - 4, "/env", 4)) {
		do {	/* env [-S] [NAME=value ...] program */
			word_len = take_word(&p, end, &word);
		} while (word_len && (word[0] == '-' || memchr(word, '=', word_len)));
	}
	return word_len ? by_interpreter(word, word_len) : NULL;
}
