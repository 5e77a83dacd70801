/*
 * Reading a signature: tokens, then a list of parameters. A reader for all languages: it knows brackets, commas and where a
 * language writes names, defaults and types, and no more. Tokens are what is compared, so that layout and comments do not
 * count.
 */
#include <ctype.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/rules/radius/signature_impl.h"

static bool is_word(int c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

bool sig_token_is(const struct sig_token *t, const char *word)
{
	return strlen(word) == t->len && !memcmp(t->p, word, t->len);
}

bool sig_token_in(const struct sig_token *t, const char *const *words)
{
	for (; *words; words++)
		if (sig_token_is(t, *words))
			return true;
	return false;
}

static bool token_is_name(const struct sig_token *t)
{
	return t->len && is_word(t->p[0]) && !isdigit((unsigned char)t->p[0]);
}

bool sig_token_is_loud(const struct sig_token *t)
{
	bool letter = false;

	for (size_t i = 0; i < t->len; i++) {
		if (islower((unsigned char)t->p[i]))
			return false;
		letter |= isupper((unsigned char)t->p[i]) != 0;
	}
	return letter && t->len > 2;
}

/* ---- tokens ---- */

static size_t quoted_len(const char *p, const char *end)
{
	const char *at = p + 1;

	while (at < end && *at != *p)
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return (size_t)((at < end ? at + 1 : end) - p);
}

static size_t token_len(const char *p, const char *end)
{
	static const char *const longer[] = { "...", "->", "=>", "::", "**", NULL };
	const char *at = p;

	if (*p == '"' || *p == '\'' || *p == '`')
		return quoted_len(p, end);
	while (at < end && is_word(*at))
		at++;
	if (at > p)
		return (size_t)(at - p);
	for (int i = 0; longer[i]; i++)
		if ((size_t)(end - p) >= strlen(longer[i]) && !memcmp(p, longer[i], strlen(longer[i])))
			return strlen(longer[i]);
	return 1;
}

static void read_tokens(struct sig_reading *r, const struct bt_signature *s)
{
	const char *p = s->text, *end = p + s->len, *close;

	while (p < end) {
		size_t left = (size_t)(end - p);

		if (isspace((unsigned char)*p) || *p == '\\') {
			p++;
		} else if (left > 1 && p[0] == '/' && p[1] == '*') {
			for (close = p + 2; close + 1 < end && (close[0] != '*' || close[1] != '/');)
				close++;
			p = close + 2 < end ? close + 2 : end;
		} else if (left > 1 && p[0] == '/' && p[1] == '/') {
			close = memchr(p, '\n', left);
			p = close ? close : end;
		} else if (r->nr == TOKENS_MAX) {
			r->odd = true;
			return;
		} else {
			r->tokens[r->nr] = (struct sig_token){ p, token_len(p, end) };
			p += r->tokens[r->nr++].len;
		}
	}
}

int sig_nesting(const struct sig_token *t, bool angles)
{
	if (t->len != 1)
		return 0;
	if (strchr("([{", t->p[0]) || (angles && t->p[0] == '<'))
		return 1;
	return strchr(")]}", t->p[0]) || (angles && t->p[0] == '>') ? -1 : 0;
}

size_t sig_behind_group(const struct sig_reading *r, size_t at, bool angles)
{
	int depth = 0;

	for (; at < r->nr; at++) {
		depth += sig_nesting(&r->tokens[at], angles);
		if (depth <= 0)
			return at + 1;
	}
	return r->nr;
}

/* The definition's own name: where types stand in front of it the one before the brackets. */
static size_t find_name(const struct sig_reading *r, const struct bt_signature *s)
{
	for (size_t i = 0; i < r->nr; i++) {
		if (r->tokens[i].len != s->name_len || memcmp(r->tokens[i].p, s->name, s->name_len))
			continue;
		if (!(r->flags & HEAD) || (i + 1 < r->nr && sig_token_is(&r->tokens[i + 1], "(")))
			return i;
	}
	return r->nr;
}

static void find_params(struct sig_reading *r, const struct bt_signature *s)
{
	size_t at;

	r->open = r->close = r->nr;
	r->name = find_name(r, s);
	if (r->name == r->nr)
		return;
	at = r->name + 1;
	if (r->flags & WORDS && (at == r->nr || !sig_token_is(&r->tokens[at], "("))) {
		r->open = r->name;	/* def f a, b */
		return;
	}
	if (at < r->nr && (sig_token_is(&r->tokens[at], "<") || sig_token_is(&r->tokens[at], "[")))
		at = sig_behind_group(r, at, true);
	while (at < r->nr && !sig_token_is(&r->tokens[at], "("))
		at++;
	if (at == r->nr)
		return;
	r->open = at;
	r->close = sig_behind_group(r, at, false) - 1;
	r->odd |= !sig_token_is(&r->tokens[r->close], ")");
}

/* ---- one parameter: tokens [at, end) ---- */

/* MAYBE_UNUSED int x: a loud word with a type behind it. */
static bool is_annotation(const struct sig_reading *r, size_t at, size_t end, size_t name)
{
	return sig_token_is_loud(&r->tokens[at]) && at + 1 < end && at + 1 != name && token_is_name(&r->tokens[at + 1]);
}

/* What stands in a list of type parameters: <T, U extends V>. */
static void read_generics(struct sig_reading *r, size_t open)
{
	static const char *const words[] = { "typename", "class", "const", "in", "out", NULL };
	int depth = 0;

	for (size_t i = open; i < r->nr && r->generics_nr < GENERICS_MAX; i++) {
		bool first = i > open && (sig_token_is(&r->tokens[i - 1], "<") || sig_token_is(&r->tokens[i - 1], ",") ||
					  sig_token_is(&r->tokens[i - 1], "[") || sig_token_in(&r->tokens[i - 1], words));

		depth += sig_nesting(&r->tokens[i], true);
		if (!depth)
			return;
		if (depth == 1 && first && token_is_name(&r->tokens[i]) && !sig_token_in(&r->tokens[i], words))
			r->generics[r->generics_nr++] = r->tokens[i];
	}
}

static void find_generics(struct sig_reading *r)
{
	static const char *const before[] = { "public", "private",  "protected",    "static",   "final",
					      "abstract", "default", "synchronized", "template", "fun", "def", NULL };

	for (size_t i = 0; i < r->name && r->name < r->nr; i++)
		if (sig_token_is(&r->tokens[i], "<") && (!i || sig_token_in(&r->tokens[i - 1], before)))
			read_generics(r, i);
	if (r->name + 1 < r->open && r->open < r->nr)
		read_generics(r, r->name + 1);
}

/* The number of a name that could be any, from 1: of a type parameter, or behind them of a parameter. */
static size_t free_name(const struct sig_reading *r, const struct sig_token *t)
{
	for (size_t i = 0; i < r->generics_nr; i++)
		if (r->generics[i].len == t->len && !memcmp(r->generics[i].p, t->p, t->len))
			return i + 1;
	for (size_t i = 0; i < r->params_nr; i++)
		if (r->params[i].name.len == t->len && !memcmp(r->params[i].name.p, t->p, t->len))
			return GENERICS_MAX + i + 1;
	return 0;
}

static uint64_t hash_token(const struct sig_reading *r, const struct sig_token *t, uint64_t h)
{
	size_t any = token_is_name(t) ? free_name(r, t) : 0;

	return any ? bt_mix64(h + any) : bt_hash64(t->p, t->len, bt_mix64(h + 1));
}

bool sig_is_number(const struct sig_reading *r, size_t at, size_t end, size_t without)
{
	static const char *const others[] = { "*", "[", "(", "struct", "union", "...", "void", NULL };

	for (size_t i = at; i < end; i++) {
		if (sig_token_is(&r->tokens[i], "__attribute__") && i + 1 < end)
			i = sig_behind_group(r, i + 1, false) - 1;
		else if (i != without && sig_token_in(&r->tokens[i], others))
			return false;
	}
	return r->flags & NUMBERS && end > at;
}

uint64_t sig_hash(const struct sig_reading *r, size_t at, size_t end, size_t without)
{
	static const char *const silent[] = { "const",	"restrict", "__restrict", "register", "volatile", "final", "readonly",
					      "public", "private",  "protected",  "mut",      "var",	  "val",   NULL };
	uint64_t h = 0;

	for (size_t i = at; i < end; i++) {
		const struct sig_token *t = &r->tokens[i];

		if (i == without || sig_token_in(t, silent) || is_annotation(r, i, end, without))
			continue;
		if (sig_token_is(t, "@") || sig_token_is(t, "__attribute__") || sig_token_is(t, "#")) {
			bool word = !sig_token_is(t, "__attribute__");

			i += word && i + 1 < end && token_is_name(&r->tokens[i + 1]);
			if (i + 1 < end && sig_nesting(&r->tokens[i + 1], false) > 0)
				i = sig_behind_group(r, i + 1, false) - 1;
			continue;
		}
		h = hash_token(r, t, h);
	}
	return h;
}

/* The first token of this text outside of all brackets, or end. */
static size_t find_outside(const struct sig_reading *r, size_t at, size_t end, const char *text)
{
	int depth = 0;

	for (; at < end; at++) {
		if (!depth && sig_token_is(&r->tokens[at], text))
			return at;
		depth += sig_nesting(&r->tokens[at], true);
	}
	return end;
}

static size_t last_name(const struct sig_reading *r, size_t at, size_t end)
{
	size_t best = end, before = end, names = 0;
	int depth = 0;

	for (size_t i = at; i < end; i++) {
		const struct sig_token *t = &r->tokens[i];

		/* int (*name)(int) */
		if (sig_token_is(t, "(") && i + 2 < end && sig_token_is(&r->tokens[i + 1], "*") &&
		    token_is_name(&r->tokens[i + 2]))
			return i + 2;
		depth += sig_nesting(t, true);
		if (depth || !token_is_name(t) || sig_token_is(t, "const"))
			continue;
		before = best;
		best = i;
		names++;
	}
	if (names > 2 && sig_token_is_loud(&r->tokens[best]) && before + 1 == best)
		return before;
	return names > 1 ? best : end;
}

static void read_last(struct sig_reading *r, size_t at, size_t end, struct sig_param *p)
{
	size_t deflt = find_outside(r, at, end, "="), name;

	p->optional = deflt < end;
	name = last_name(r, at, deflt);
	if (name < deflt)
		p->name = r->tokens[name];
	for (size_t i = at; i < deflt; i++)
		p->variadic |= sig_token_is(&r->tokens[i], "...") || sig_token_is(&r->tokens[i], "params");
	/* char *path UNUSED */
	if (name < deflt && name + 1 < deflt && sig_token_is_loud(&r->tokens[name + 1]))
		deflt = name + 1;
	p->type = sig_is_number(r, at, deflt, name) ? 1 : sig_hash(r, at, deflt, name);
}

static void read_first(struct sig_reading *r, size_t at, size_t end, struct sig_param *p)
{
	size_t deflt = find_outside(r, at, end, "="), colon = find_outside(r, at, deflt, ":"), i = at;

	for (; i < colon; i++) {
		const struct sig_token *t = &r->tokens[i];

		p->variadic |= sig_token_is(t, "*") || sig_token_is(t, "**") || sig_token_is(t, "...") || sig_token_is(t, "vararg") ||
			       (r->flags & WORDS && sig_token_is(t, "&"));
		p->optional |= sig_token_is(t, "?");
		if (token_is_name(t) && !p->name.len)
			p->name = *t;
	}
	p->optional |= deflt < end;
	if (r->flags & WORDS && colon < deflt) {	/* Ruby: key: 1 */
		p->by_name = true;
		p->optional = colon + 1 < end;
		return;
	}
	p->type = colon < deflt ? sig_hash(r, colon + 1, deflt, SIZE_MAX) : 0;
	if (colon == deflt && r->flags & TYPES && !(r->flags & INFERRED))
		p->type = sig_hash(r, at, deflt, SIZE_MAX);	/* &mut self */
}

/* a, b int, c ...string: the type behind a name is that of those before it without one. */
static void finish_go(struct sig_reading *r, const size_t *starts, const size_t *ends)
{
	bool named = false;
	uint64_t type = 0;

	for (size_t i = 0; i < r->params_nr; i++)
		named |= ends[i] > starts[i] + 1 && token_is_name(&r->tokens[starts[i]]) &&
			 !sig_token_is(&r->tokens[starts[i] + 1], ".") &&
			 !sig_token_in(&r->tokens[starts[i]], (const char *const[]){ "map", "func", "chan", "struct", "interface", NULL });
	for (size_t i = r->params_nr; i-- > 0;) {
		struct sig_param *p = &r->params[i];

		for (size_t k = starts[i]; k < ends[i]; k++)
			p->variadic |= sig_token_is(&r->tokens[k], "...");
		if (!named || ends[i] > starts[i] + 1)
			type = sig_hash(r, starts[i] + named, ends[i], SIZE_MAX);
		p->type = type;
	}
}

static bool is_receiver(const struct sig_reading *r, size_t at, size_t end)
{
	return r->flags & NAMES && !(r->flags & (WORDS | TYPES)) && end == at + 1 &&
	       (sig_token_is(&r->tokens[at], "self") || sig_token_is(&r->tokens[at], "cls"));
}

static void read_params(struct sig_reading *r)
{
	size_t starts[PARAMS_MAX], ends[PARAMS_MAX], at = r->open + 1;
	bool named_only = false;

	while (at < r->close && !r->odd) {
		size_t end = find_outside(r, at, r->close, ",");
		struct sig_param *p = &r->params[r->params_nr];
		bool skip = end == at || (end == at + 1 && (sig_token_is(&r->tokens[at], "void") ||
							    sig_token_is(&r->tokens[at], "/")));

		if (end == at + 1 && sig_token_is(&r->tokens[at], "*"))
			skip = named_only = true;
		if (!skip && !is_receiver(r, at, end)) {
			memset(p, 0, sizeof(*p));
			starts[r->params_nr] = at;
			ends[r->params_nr] = end;
			if (r->flags & NAME_LAST)
				read_last(r, at, end, p);
			else if (!(r->flags & GO_STYLE))
				read_first(r, at, end, p);
			p->by_name |= r->flags & NAMES && (named_only || p->optional);
			named_only |= p->variadic;
			r->odd |= ++r->params_nr == PARAMS_MAX;
		}
		at = end + 1;
	}
	if (r->flags & GO_STYLE && !r->odd)
		finish_go(r, starts, ends);
}

void sig_read(struct sig_reading *r, unsigned flags, const struct bt_signature *s)
{
	r->flags = flags;
	read_tokens(r, s);
	find_params(r, s);
	r->params_nr = r->generics_nr = 0;
	if (r->open == r->nr)
		return;
	find_generics(r);
	read_params(r);
}
