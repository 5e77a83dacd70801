#include "core/base/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"

struct text {
	const char *p;
	size_t len;
};

/* What was found at a place: so many bytes stay, so many behind them go. `gone` 0: nothing. */
struct find {
	size_t stay, gone;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool is_token(char c)
{
	return is_word(c) || c == '.' || c == '+' || c == '/' || c == '=' || c == '~';
}

static char at(const struct text *t, size_t i)
{
	return i < t->len ? t->p[i] : '\0';
}

static bool begins(const struct text *t, size_t i, const char *word, bool any_case)
{
	size_t len = strlen(word);

	if (t->len - i < len)
		return false;
	return !(any_case ? strncasecmp(t->p + i, word, len) : strncmp(t->p + i, word, len));
}

/* scheme://user:password@host */
static struct find find_userinfo(const struct text *t, size_t i)
{
	size_t end = i + 3, last = 0;

	if (!begins(t, i, "://", false))
		return (struct find){ 0, 0 };
	for (; end < t->len && !strchr("/?# \t\r\n\"'<>", t->p[end]) && t->p[end]; end++)
		if (t->p[end] == '@')
			last = end;
	return (struct find){ 3, last > i + 3 ? last - i - 3 : 0 };
}

/* Behind a name: blanks and quotes, one of the separators, blanks and a quote. 0: there is none. *ret_quote: the one that is open. */
static size_t skip_separator(const struct text *t, size_t i, const char *separators, char *ret_quote)
{
	*ret_quote = '\0';
	while (i < t->len && strchr("\"' \t", t->p[i]))
		i++;
	if (i >= t->len || !strchr(separators, t->p[i]))
		return 0;
	i++;
	while (i < t->len && strchr(" \t", t->p[i]))
		i++;
	if (at(t, i) == '"' || at(t, i) == '\'')
		*ret_quote = t->p[i++];
	return i;
}

/* Up to the end of the line, or of what is quoted. */
static struct find find_header(const struct text *t, size_t i)
{
	static const char *const names[] = {
		"authorization", "private-token", "job-token", "deploy-token", "x-api-key", "x-auth-token", "x-gitlab-token", "set-cookie",
		"cookie", "jenkins-crumb", "extraheader",
	};

	for (size_t n = 0; n < BT_ARRAY_NR(names); n++) {
		size_t from, end;
		char quote;

		if (!begins(t, i, names[n], true))
			continue;
		from = skip_separator(t, i + strlen(names[n]), ":=", &quote);
		if (!from)
			continue;
		for (end = from; end < t->len && !strchr("\r\n", t->p[end]) && t->p[end] && !(quote && t->p[end] == quote); end++)
			;
		return (struct find){ from - i, end - from };
	}
	return (struct find){ 0, 0 };
}

/* token=..., "password":"..."; what stands before the name may belong to it. */
static struct find find_parameter(const struct text *t, size_t i)
{
	static const char *const names[] = {
		"token", "password", "passwd", "passphrase", "secret", "api_key", "apikey", "api-key", "signature", "credential",
	};

	for (size_t n = 0; n < BT_ARRAY_NR(names); n++) {
		size_t after = i + strlen(names[n]), from, end;
		char quote;

		if (!begins(t, i, names[n], true))
			continue;
		from = skip_separator(t, after, at(t, after) == '"' || at(t, after) == '\'' ? ":=" : "=", &quote);
		for (end = from; from && end < t->len && t->p[end] && (quote ? t->p[end] != quote : !strchr("& \t\r\n\"';,)", t->p[end]));
		     end++)
			;
		if (from)
			return (struct find){ from - i, end - from };
	}
	return (struct find){ 0, 0 };
}

/* "Bearer x": the word, a blank, something long. */
static struct find find_scheme(const struct text *t, size_t i)
{
	static const char *const words[] = { "bearer ", "basic ", "token " };

	for (size_t n = 0; n < BT_ARRAY_NR(words); n++) {
		size_t from = i + strlen(words[n]), end = from;

		if (!begins(t, i, words[n], true))
			continue;
		while (end < t->len && is_token(t->p[end]))
			end++;
		if (end - from >= 16)
			return (struct find){ from - i, end - from };
	}
	return (struct find){ 0, 0 };
}

/* How tokens of well-known services begin, and how much follows at least. */
static const struct {
	const char *prefix;
	unsigned min;
} prefixes[] = {
	{ "ghp_", 20 },	    { "gho_", 20 },	{ "ghu_", 20 },	   { "ghs_", 20 },    { "ghr_", 20 },	 { "github_pat_", 20 }, { "glpat-", 16 },
	{ "gloas-", 16 },   { "gldt-", 16 },	{ "glrt-", 16 },   { "glcbt-", 16 },  { "glptt-", 16 },	 { "glft-", 16 },	{ "glimt-", 16 },
	{ "glagent-", 16 }, { "glsoat-", 16 },	{ "glffct-", 16 }, { "xoxb-", 16 },   { "xoxp-", 16 },	 { "xoxa-", 16 },	{ "xoxr-", 16 },
	{ "xoxs-", 16 },    { "xapp-", 16 },	{ "AKIA", 16 },	   { "ASIA", 16 },    { "sk-", 20 },	 { "sk_live_", 16 },	{ "rk_live_", 16 },
	{ "npm_", 30 },	    { "pypi-", 30 },	{ "dop_v1_", 30 }, { "hf_", 30 },     { "AIza", 30 },	 { "ya29.", 20 },	{ "SG.", 30 },
	{ "shpat_", 30 },   { "dckr_pat_", 20 }, { "ATATT3", 30 }, { "ATBB", 24 },    { "eyJ", 40 },
};

static struct find find_prefix(const struct text *t, size_t i)
{
	for (size_t n = 0; n < BT_ARRAY_NR(prefixes); n++) {
		size_t from = i + strlen(prefixes[n].prefix), end = from;

		if (!begins(t, i, prefixes[n].prefix, false))
			continue;
		while (end < t->len && (is_word(t->p[end]) || t->p[end] == '.'))
			end++;
		if (end - from >= prefixes[n].min)
			return (struct find){ from - i, end - from };
	}
	return (struct find){ 0, 0 };
}

/* A private key in PEM, to its end or the end of the text. */
static struct find find_key(const struct text *t, size_t i)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ";
	size_t from = i + strlen(begin);

	if (!begins(t, i, begin, false))
		return (struct find){ 0, 0 };
	while (from < t->len && (isupper((unsigned char)t->p[from]) || t->p[from] == ' '))
		from++;
	if (from < 4 || strncmp(t->p + from - 4, " KEY", 4) || at(t, from) != '-')
		return (struct find){ 0, 0 };
	for (size_t to = from; to < t->len; to++)
		if (begins(t, to, end, false))
			return (struct find){ from - i, to - from };
	return (struct find){ from - i, t->len - from };
}

static struct find find_at(const struct text *t, size_t i)
{
	static struct find (*const finders[])(const struct text *t, size_t i) = {
		find_userinfo, find_header, find_parameter, find_scheme, find_key,
	};
	struct find f = { 0, 0 };

	for (size_t n = 0; n < BT_ARRAY_NR(finders) && !f.gone; n++)
		f = finders[n](t, i);
	if (!f.gone && (!i || !is_word(t->p[i - 1])))
		f = find_prefix(t, i);
	return f;
}

void bt_redact(struct bt_buf *out, const char *p, size_t len)
{
	const struct text t = { p, len };

	for (size_t i = 0; i < len;) {
		struct find f = strchr(":aApPjJdDxXsScCtTeEgGnNhHyYbBkKrR-", p[i]) && p[i] ? find_at(&t, i) : (struct find){ 0, 0 };

		if (f.gone) {
			bt_buf_add(out, p + i, f.stay);
			bt_buf_adds(out, "***");
			i += f.stay + f.gone;
		} else {
			bt_buf_addch(out, p[i++]);
		}
	}
}
