/*
 * git's colour words (git-config(1), "color") to escape sequences.
 */
#include "core/base/color.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"

/* Those of git grep where it has the same thing. */
static const char *const default_words[BT_COLOR_NR] = {
	[BT_COLOR_NONE] = "",
	[BT_COLOR_PATH] = "magenta",
	[BT_COLOR_LINE] = "green",
	[BT_COLOR_SEP] = "cyan",
	[BT_COLOR_NAME] = "bold",
	[BT_COLOR_KIND] = "yellow",
	[BT_COLOR_MATCH] = "bold red",
	[BT_COLOR_NOTE] = "dim",
	[BT_COLOR_GOOD] = "green",
	[BT_COLOR_WARN] = "yellow",
	[BT_COLOR_BAD] = "bold red",
};

void bt_palette_init(struct bt_palette *p)
{
	size_t i;

	for (i = 0; i < BT_COLOR_NR; i++)
		bt_color_parse(default_words[i], p->start[i], NULL);
}

struct escape {
	char *to;
	size_t len;
	unsigned colors;	/* 0: the next one is the foreground; 1: the background */
	bool full;
};

static void escape_add(struct escape *e, const char *code)
{
	int n = snprintf(e->to + e->len, BT_COLOR_LEN_MAX - e->len, "%s%s", e->len ? ";" : "\033[",
			 code);

	/* One byte is left for the final 'm'. */
	if (n < 0 || e->len + (size_t)n + 1 >= BT_COLOR_LEN_MAX)
		e->full = true;
	else
		e->len += (size_t)n;
}

static bool word_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncasecmp(word, name, len);
}

static bool attribute(struct escape *e, const char *word, size_t len)
{
	static const struct {
		const char *name;
		const char *on, *off;
	} attrs[] = {
		{ "bold", "1", "22" },	{ "dim", "2", "22" },	  { "italic", "3", "23" },
		{ "ul", "4", "24" },	{ "blink", "5", "25" },	  { "reverse", "7", "27" },
		{ "strike", "9", "29" },
	};
	bool off = len > 2 && !strncasecmp(word, "no", 2);
	size_t i;

	if (word_is(word, len, "reset")) {
		escape_add(e, "0");
		return true;
	}
	if (off) {
		word += 2;
		len -= 2;
		if (*word == '-' && len) {
			word++;
			len--;
		}
	}
	for (i = 0; i < BT_ARRAY_NR(attrs); i++) {
		if (!word_is(word, len, attrs[i].name))
			continue;
		escape_add(e, off ? attrs[i].off : attrs[i].on);
		return true;
	}
	return false;
}

/* "#rrggbb" or 0 to 255. */
static bool color_number(const char *word, size_t len, int base, char *code, size_t size)
{
	char digits[8] = "", *end;
	unsigned long v;

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, word, len);
	if (digits[0] == '#') {
		v = strtoul(digits + 1, &end, 16);
		if (len != 7 || end != digits + 7 || digits[1] == '-' || digits[1] == '+')
			return false;
		snprintf(code, size, "%d;2;%lu;%lu;%lu", base + 8, v >> 16, v >> 8 & 255, v & 255);
		return true;
	}
	if (digits[0] < '0' || digits[0] > '9')
		return false;
	v = strtoul(digits, &end, 10);
	if (*end || v > 255)
		return false;
	if (v < 8)
		snprintf(code, size, "%lu", (unsigned long)base + v);
	else if (v < 16)
		snprintf(code, size, "%lu", (unsigned long)base + 60 + v - 8);
	else
		snprintf(code, size, "%d;5;%lu", base + 8, v);
	return true;
}

static bool color(struct escape *e, const char *word, size_t len)
{
	static const char *const names[] = { "black", "red",	 "green", "yellow",
					     "blue",  "magenta", "cyan",  "white" };
	int base = e->colors ? 40 : 30, bright = 0;
	char code[32] = "";
	size_t i;

	if (e->colors > 1)
		return false;
	if (word_is(word, len, "normal")) {
		e->colors++;
		return true;
	}
	if (word_is(word, len, "default"))
		snprintf(code, sizeof(code), "%d", base + 9);
	else if (len > 6 && !strncasecmp(word, "bright", 6))
		bright = 6;
	for (i = 0; i < BT_ARRAY_NR(names); i++)
		if (word_is(word + bright, len - (size_t)bright, names[i]))
			snprintf(code, sizeof(code), "%d", base + (int)i + bright * 10);
	if (!*code && !color_number(word, len, base, code, sizeof(code)))
		return false;
	escape_add(e, code);
	e->colors++;
	return true;
}

int bt_color_parse(const char *words, char to[BT_COLOR_LEN_MAX], struct bt_err *err)
{
	struct escape e = { .to = to };
	const char *word = words;

	to[0] = '\0';
	for (;;) {
		size_t len;

		word += strspn(word, " \t");
		len = strcspn(word, " \t");
		if (!len)
			break;
		if ((!attribute(&e, word, len) && !color(&e, word, len)) || e.full) {
			to[0] = '\0';
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is not a color", words);
		}
		word += len;
	}
	if (e.len)
		strcpy(to + e.len, "m");
	return 0;
}
