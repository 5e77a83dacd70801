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

static bool line_is_cpp(const struct line *l)
{
	static const char *const heads[] = {
		"class ", "namespace ", "namespace{", "template ", "template<", "using ", "public:",
		"private:", "protected:", "virtual ", "explicit ", "friend ", "constexpr ",
		"#include <string>", "#include <vector>", "#include <memory>", "#include <iostream>",
		"#include <map>", "#include <utility>", "#include <functional>", "#include <algorithm>",
		"#include <cstdint>", "#include <cstddef>", "#include <type_traits>",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(heads); i++)
		if (starts(l, heads[i]))
			return true;
	return memmem(l->text, l->len, "std::", 5) && !starts(l, "*") && !starts(l, "//") &&
	       !starts(l, "/*");
}

const char *bt_content_c_or_cpp(const char *data, size_t len)
{
	const char *at = data, *end = data + len;
	int guard = 0;		/* depth of conditionals inside an `#ifdef __cplusplus` */
	bool comment = false;
	struct line l;

	while (next_line(&at, end, &l)) {
		if (comment) {
			comment = !memmem(l.text, l.len, "*/", 2);
			continue;
		}
		if (starts(&l, "/*") && !memmem(l.text, l.len, "*/", 2)) {
			comment = true;
			continue;
		}
		if (directive(&l, "if")) {
			if (guard || (memmem(l.text, l.len, "__cplusplus", 11) && !directive(&l, "ifndef")))
				guard++;
		} else if (guard && directive(&l, "endif")) {
			guard--;
		} else if (guard == 1 && directive(&l, "el")) {
			guard = 0;
		} else if (!guard && line_is_cpp(&l)) {
			return "cpp";
		}
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
