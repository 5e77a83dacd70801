/*
 * Signatures as lists of parameters. A reader for all languages: it knows brackets, commas and where a language writes
 * names, defaults and types, and no more. Tokens are what is compared, so that layout and comments do not count.
 */
#include "core/rules/radius/signature.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

/* More is no signature that a person reads. */
#define TOKENS_MAX 1024
#define PARAMS_MAX 128
#define GENERICS_MAX 16

enum {
	NAME_LAST = 1u << 0,	/* int a = 1; otherwise a: int = 1 */
	GO_STYLE = 1u << 1,	/* a, b int */
	TYPES = 1u << 2,	/* another type breaks calls */
	NAMES = 1u << 3,	/* those with a default are given by their names */
	HEAD = 1u << 4,		/* the result stands in front */
	TAIL = 1u << 5,		/* it stands behind */
	INFERRED = 1u << 6,	/* no result written is one that is found out */
	AWAITED = 1u << 7,	/* async is part of what callers see */
	WORDS = 1u << 8,	/* parameters may stand without brackets */
	NUMBERS = 1u << 9,	/* what is no pointer and no structure is a number, and converted */
};

static const struct style {
	const char *lang;
	unsigned flags;
} styles[] = {
	{ "c", NAME_LAST | TYPES | HEAD | NUMBERS },
	{ "cpp", NAME_LAST | TYPES | HEAD },
	{ "java", NAME_LAST | TYPES | HEAD },
	{ "c-sharp", NAME_LAST | TYPES | HEAD },
	{ "php", NAME_LAST },
	{ "go", GO_STYLE | TYPES | TAIL },
	{ "rust", TYPES | TAIL | AWAITED },
	{ "typescript", TYPES | TAIL | INFERRED | AWAITED },
	{ "tsx", TYPES | TAIL | INFERRED | AWAITED },
	{ "kotlin", TYPES | TAIL | INFERRED },
	{ "scala", TYPES | TAIL | INFERRED },
	{ "swift", TYPES | TAIL | NAMES },
	{ "zig", TYPES | TAIL },
	{ "javascript", AWAITED },
	{ "python", NAMES | AWAITED },
	{ "ruby", NAMES | WORDS },
	{ "lua", 0 },
};

struct token {
	const char *p;
	size_t len;
};

struct param {
	uint64_t type;		/* 0: none is written */
	struct token name;	/* len 0: none */
	bool optional, variadic, by_name;
};

struct reading {
	unsigned flags;
	struct token tokens[TOKENS_MAX];
	size_t nr, name;	/* name: its token, or nr */
	size_t open, close;	/* the brackets of the parameters; open nr: there are none */
	struct param params[PARAMS_MAX];
	size_t params_nr;
	struct token generics[GENERICS_MAX];	/* names of types that it declares itself: any other name would do */
	size_t generics_nr;
	bool odd;		/* too much of something, or brackets that do not match */
};

static bool is_word(int c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool token_is(const struct token *t, const char *word)
{
	return strlen(word) == t->len && !memcmp(t->p, word, t->len);
}

static bool token_is_one_of(const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (token_is(t, *words))
			return true;
	return false;
}

static bool token_is_name(const struct token *t)
{
	return t->len && is_word(t->p[0]) && !isdigit((unsigned char)t->p[0]);
}

/* Macros that say something to the compiler: UNUSED, NORETURN. */
static bool token_is_loud(const struct token *t)
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

static void read_tokens(struct reading *r, const struct bt_signature *s)
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
			r->tokens[r->nr] = (struct token){ p, token_len(p, end) };
			p += r->tokens[r->nr++].len;
		}
	}
}

static int nesting(const struct token *t, bool angles)
{
	if (t->len != 1)
		return 0;
	if (strchr("([{", t->p[0]) || (angles && t->p[0] == '<'))
		return 1;
	return strchr(")]}", t->p[0]) || (angles && t->p[0] == '>') ? -1 : 0;
}

/* Behind the group that starts at `at`; r->nr when it does not end. */
static size_t behind_group(const struct reading *r, size_t at, bool angles)
{
	int depth = 0;

	for (; at < r->nr; at++) {
		depth += nesting(&r->tokens[at], angles);
		if (depth <= 0)
			return at + 1;
	}
	return r->nr;
}

/* The definition's own name: where types stand in front of it the one before the brackets. */
static size_t find_name(const struct reading *r, const struct bt_signature *s)
{
	for (size_t i = 0; i < r->nr; i++) {
		if (r->tokens[i].len != s->name_len || memcmp(r->tokens[i].p, s->name, s->name_len))
			continue;
		if (!(r->flags & HEAD) || (i + 1 < r->nr && token_is(&r->tokens[i + 1], "(")))
			return i;
	}
	return r->nr;
}

static void find_params(struct reading *r, const struct bt_signature *s)
{
	size_t at;

	r->open = r->close = r->nr;
	r->name = find_name(r, s);
	if (r->name == r->nr)
		return;
	at = r->name + 1;
	if (r->flags & WORDS && (at == r->nr || !token_is(&r->tokens[at], "("))) {
		r->open = r->name;	/* def f a, b */
		return;
	}
	if (at < r->nr && (token_is(&r->tokens[at], "<") || token_is(&r->tokens[at], "[")))
		at = behind_group(r, at, true);
	while (at < r->nr && !token_is(&r->tokens[at], "("))
		at++;
	if (at == r->nr)
		return;
	r->open = at;
	r->close = behind_group(r, at, false) - 1;
	r->odd |= !token_is(&r->tokens[r->close], ")");
}

/* ---- one parameter: tokens [at, end) ---- */

/* MAYBE_UNUSED int x: a loud word with a type behind it. */
static bool is_annotation(const struct reading *r, size_t at, size_t end, size_t name)
{
	return token_is_loud(&r->tokens[at]) && at + 1 < end && at + 1 != name && token_is_name(&r->tokens[at + 1]);
}

/* What stands in a list of type parameters: <T, U extends V>. */
static void read_generics(struct reading *r, size_t open)
{
	static const char *const words[] = { "typename", "class", "const", "in", "out", NULL };
	int depth = 0;

	for (size_t i = open; i < r->nr && r->generics_nr < GENERICS_MAX; i++) {
		bool first = i > open && (token_is(&r->tokens[i - 1], "<") || token_is(&r->tokens[i - 1], ",") ||
					  token_is(&r->tokens[i - 1], "[") || token_is_one_of(&r->tokens[i - 1], words));

		depth += nesting(&r->tokens[i], true);
		if (!depth)
			return;
		if (depth == 1 && first && token_is_name(&r->tokens[i]) && !token_is_one_of(&r->tokens[i], words))
			r->generics[r->generics_nr++] = r->tokens[i];
	}
}

static void find_generics(struct reading *r)
{
	static const char *const before[] = { "public", "private",  "protected",    "static",   "final",
					      "abstract", "default", "synchronized", "template", "fun", "def", NULL };

	for (size_t i = 0; i < r->name && r->name < r->nr; i++)
		if (token_is(&r->tokens[i], "<") && (!i || token_is_one_of(&r->tokens[i - 1], before)))
			read_generics(r, i);
	if (r->name + 1 < r->open && r->open < r->nr)
		read_generics(r, r->name + 1);
}

/* The number of a name that could be any, from 1: of a type parameter, or behind them of a parameter. */
static size_t free_name(const struct reading *r, const struct token *t)
{
	for (size_t i = 0; i < r->generics_nr; i++)
		if (r->generics[i].len == t->len && !memcmp(r->generics[i].p, t->p, t->len))
			return i + 1;
	for (size_t i = 0; i < r->params_nr; i++)
		if (r->params[i].name.len == t->len && !memcmp(r->params[i].name.p, t->p, t->len))
			return GENERICS_MAX + i + 1;
	return 0;
}

static uint64_t hash_token(const struct reading *r, const struct token *t, uint64_t h)
{
	size_t any = token_is_name(t) ? free_name(r, t) : 0;

	return any ? bt_mix64(h + any) : bt_hash64(t->p, t->len, bt_mix64(h + 1));
}

static bool is_number(const struct reading *r, size_t at, size_t end, size_t without)
{
	static const char *const others[] = { "*", "[", "(", "struct", "union", "...", "void", NULL };

	for (size_t i = at; i < end; i++) {
		if (token_is(&r->tokens[i], "__attribute__") && i + 1 < end)
			i = behind_group(r, i + 1, false) - 1;
		else if (i != without && token_is_one_of(&r->tokens[i], others))
			return false;
	}
	return r->flags & NUMBERS && end > at;
}

static uint64_t hash_tokens(const struct reading *r, size_t at, size_t end, size_t without)
{
	static const char *const silent[] = { "const",	"restrict", "__restrict", "register", "volatile", "final", "readonly",
					      "public", "private",  "protected",  "mut",      "var",	  "val",   NULL };
	uint64_t h = 0;

	for (size_t i = at; i < end; i++) {
		const struct token *t = &r->tokens[i];

		if (i == without || token_is_one_of(t, silent) || is_annotation(r, i, end, without))
			continue;
		if (token_is(t, "@") || token_is(t, "__attribute__") || token_is(t, "#")) {
			bool word = !token_is(t, "__attribute__");

			i += word && i + 1 < end && token_is_name(&r->tokens[i + 1]);
			if (i + 1 < end && nesting(&r->tokens[i + 1], false) > 0)
				i = behind_group(r, i + 1, false) - 1;
			continue;
		}
		h = hash_token(r, t, h);
	}
	return h;
}

/* The first token of this text outside of all brackets, or end. */
static size_t find_outside(const struct reading *r, size_t at, size_t end, const char *text)
{
	int depth = 0;

	for (; at < end; at++) {
		if (!depth && token_is(&r->tokens[at], text))
			return at;
		depth += nesting(&r->tokens[at], true);
	}
	return end;
}

static size_t last_name(const struct reading *r, size_t at, size_t end)
{
	size_t best = end, before = end, names = 0;
	int depth = 0;

	for (size_t i = at; i < end; i++) {
		const struct token *t = &r->tokens[i];

		/* int (*name)(int) */
		if (token_is(t, "(") && i + 2 < end && token_is(&r->tokens[i + 1], "*") && token_is_name(&r->tokens[i + 2]))
			return i + 2;
		depth += nesting(t, true);
		if (depth || !token_is_name(t) || token_is(t, "const"))
			continue;
		before = best;
		best = i;
		names++;
	}
	if (names > 2 && token_is_loud(&r->tokens[best]) && before + 1 == best)
		return before;
	return names > 1 ? best : end;
}

static void read_last(struct reading *r, size_t at, size_t end, struct param *p)
{
	size_t deflt = find_outside(r, at, end, "="), name;

	p->optional = deflt < end;
	name = last_name(r, at, deflt);
	if (name < deflt)
		p->name = r->tokens[name];
	for (size_t i = at; i < deflt; i++)
		p->variadic |= token_is(&r->tokens[i], "...") || token_is(&r->tokens[i], "params");
	/* char *path UNUSED */
	if (name < deflt && name + 1 < deflt && token_is_loud(&r->tokens[name + 1]))
		deflt = name + 1;
	p->type = is_number(r, at, deflt, name) ? 1 : hash_tokens(r, at, deflt, name);
}

static void read_first(struct reading *r, size_t at, size_t end, struct param *p)
{
	size_t deflt = find_outside(r, at, end, "="), colon = find_outside(r, at, deflt, ":"), i = at;

	for (; i < colon; i++) {
		const struct token *t = &r->tokens[i];

		p->variadic |= token_is(t, "*") || token_is(t, "**") || token_is(t, "...") || token_is(t, "vararg") ||
			       (r->flags & WORDS && token_is(t, "&"));
		p->optional |= token_is(t, "?");
		if (token_is_name(t) && !p->name.len)
			p->name = *t;
	}
	p->optional |= deflt < end;
	if (r->flags & WORDS && colon < deflt) {	/* Ruby: key: 1 */
		p->by_name = true;
		p->optional = colon + 1 < end;
		return;
	}
	p->type = colon < deflt ? hash_tokens(r, colon + 1, deflt, SIZE_MAX) : 0;
	if (colon == deflt && r->flags & TYPES && !(r->flags & INFERRED))
		p->type = hash_tokens(r, at, deflt, SIZE_MAX);	/* &mut self */
}

/* a, b int, c ...string: the type behind a name is that of those before it without one. */
static void finish_go(struct reading *r, const size_t *starts, const size_t *ends)
{
	bool named = false;
	uint64_t type = 0;

	for (size_t i = 0; i < r->params_nr; i++)
		named |= ends[i] > starts[i] + 1 && token_is_name(&r->tokens[starts[i]]) &&
			 !token_is(&r->tokens[starts[i] + 1], ".") &&
			 !token_is_one_of(&r->tokens[starts[i]], (const char *const[]){ "map", "func", "chan", "struct", "interface", NULL });
	for (size_t i = r->params_nr; i-- > 0;) {
		struct param *p = &r->params[i];

		for (size_t k = starts[i]; k < ends[i]; k++)
			p->variadic |= token_is(&r->tokens[k], "...");
		if (!named || ends[i] > starts[i] + 1)
			type = hash_tokens(r, starts[i] + named, ends[i], SIZE_MAX);
		p->type = type;
	}
}

static bool is_receiver(const struct reading *r, size_t at, size_t end)
{
	return r->flags & NAMES && !(r->flags & (WORDS | TYPES)) && end == at + 1 &&
	       (token_is(&r->tokens[at], "self") || token_is(&r->tokens[at], "cls"));
}

static void read_params(struct reading *r)
{
	size_t starts[PARAMS_MAX], ends[PARAMS_MAX], at = r->open + 1;
	bool named_only = false;

	while (at < r->close && !r->odd) {
		size_t end = find_outside(r, at, r->close, ",");
		struct param *p = &r->params[r->params_nr];
		bool skip = end == at || (end == at + 1 && (token_is(&r->tokens[at], "void") || token_is(&r->tokens[at], "/")));

		if (end == at + 1 && token_is(&r->tokens[at], "*"))
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

static void read_signature(struct reading *r, unsigned flags, const struct bt_signature *s)
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

/* ---- both ---- */

static bool names_differ(const struct param *a, const struct param *b)
{
	return a->name.len != b->name.len || (a->name.len && memcmp(a->name.p, b->name.p, a->name.len));
}

static const struct param *find_named(const struct reading *r, const struct param *p)
{
	for (size_t i = 0; i < r->params_nr; i++)
		if (r->params[i].by_name && !names_differ(&r->params[i], p))
			return &r->params[i];
	return NULL;
}

/* Those that are given by name: in any order. */
static bool named_break(const struct reading *a, const struct reading *b)
{
	for (size_t i = 0; i < a->params_nr; i++) {
		const struct param *p = &a->params[i];
		bool found = !p->by_name || p->variadic;

		for (size_t k = 0; k < b->params_nr && !found; k++)
			found = b->params[k].variadic || !names_differ(&b->params[k], p);
		if (!found)
			return true;
	}
	for (size_t i = 0; i < b->params_nr; i++)
		if (b->params[i].by_name && !b->params[i].optional && !b->params[i].variadic && !find_named(a, &b->params[i]))
			return true;
	return false;
}

static size_t next_by_place(const struct reading *r, size_t i)
{
	while (i < r->params_nr && (r->params[i].variadic || (r->params[i].by_name && !r->params[i].optional)))
		i++;
	return i;
}

static bool has_variadic(const struct reading *r)
{
	for (size_t i = 0; i < r->params_nr; i++)
		if (r->params[i].variadic)
			return true;
	return false;
}

static bool types_differ(const struct reading *r, const struct param *p, const struct param *q)
{
	return r->flags & TYPES && p->type != q->type && (p->type || !(r->flags & INFERRED));
}

/* Those that are given by their place. */
static enum bt_signature_break compare_places(const struct reading *a, const struct reading *b)
{
	size_t i = next_by_place(a, 0), k = next_by_place(b, 0);
	bool types = false;

	for (; i < a->params_nr && k < b->params_nr; i = next_by_place(a, i + 1), k = next_by_place(b, k + 1)) {
		if (a->params[i].optional && !b->params[k].optional)
			return BT_SIGNATURE_BREAKS;
		types |= types_differ(a, &a->params[i], &b->params[k]);
	}
	if (i < a->params_nr && !has_variadic(b))
		return BT_SIGNATURE_BREAKS;
	for (; k < b->params_nr; k = next_by_place(b, k + 1))
		if (!b->params[k].optional)
			return BT_SIGNATURE_BREAKS;
	if (has_variadic(a) && !has_variadic(b) && a->params_nr >= b->params_nr)
		return BT_SIGNATURE_BREAKS;
	return types ? BT_SIGNATURE_TYPES : BT_SIGNATURE_FITS;
}

/* Does a list of type parameters start here, and not the arguments of a type? */
static bool is_generics(const struct reading *r, const struct token *t)
{
	return r->generics_nr && t + 1 < r->tokens + r->nr && t[1].p == r->generics[0].p;
}

/* The result where it stands in front: what is left when all that callers do not see is taken out. */
static uint64_t head_of(const struct reading *r)
{
	static const char *const unseen[] = { "static",	  "inline",   "extern",	  "__inline",	  "__inline__", "virtual", "override",
					      "abstract", "internal", "sealed",	  "synchronized", "async",	"default", "explicit",
					      "friend",	  "native",   "strictfp", "constexpr",	  "new",	"unsafe",  "partial", NULL };
	size_t end = r->name < r->nr ? r->name : 0;
	uint64_t h = 0;

	if (is_number(r, 0, end, SIZE_MAX))
		return 1;
	for (size_t i = 0; i < end; i++) {
		const struct token *t = &r->tokens[i];

		if (token_is(t, "::") || (i + 1 < end && token_is(&r->tokens[i + 1], "::")) || token_is_one_of(t, unseen) ||
		    (token_is_loud(t) && i + 1 < end))
			continue;
		if (token_is(t, "@")) {
			i += i + 1 < end;
			continue;
		}
		if (nesting(t, false) > 0 || (token_is(t, "<") && is_generics(r, t))) {	/* of a macro or attribute */
			i = behind_group(r, i, token_is(t, "<")) - 1;
			continue;
		}
		if (hash_tokens(r, i, i + 1, SIZE_MAX))
			h = bt_mix64(h + hash_tokens(r, i, i + 1, SIZE_MAX));
	}
	return h;
}

static bool head_is_void(const struct reading *r)
{
	return r->name && r->name < r->nr && token_is(&r->tokens[r->name - 1], "void");
}

static size_t tail_end(const struct reading *r)
{
	size_t at = r->close + 1;

	while (at < r->nr && !token_is(&r->tokens[at], "=>") && !token_is(&r->tokens[at], "where") &&
	       !token_is(&r->tokens[at], "="))
		at++;
	return at;
}

static bool results_differ(const struct reading *a, const struct reading *b)
{
	if (a->flags & HEAD)
		return !head_is_void(a) && head_of(a) != head_of(b);
	if (a->flags & TAIL && a->open < a->nr) {
		size_t a_end = tail_end(a), b_end = tail_end(b);
		bool some = a_end > a->close + 1 && b_end > b->close + 1;

		return (some || !(a->flags & INFERRED)) &&
		       hash_tokens(a, a->close + 1, a_end, SIZE_MAX) != hash_tokens(b, b->close + 1, b_end, SIZE_MAX);
	}
	return false;
}

static bool is_async(const struct reading *r)
{
	for (size_t i = 0; i < r->nr; i++)
		if ((i < r->open || i > r->close) && token_is(&r->tokens[i], "async"))
			return true;
	return false;
}

static unsigned flags_of(const char *lang, const struct bt_signature *s)
{
	if (s->len > 7 && !memcmp(s->text, "#define", 7))
		return 0;	/* names of parameters and no types */
	for (size_t i = 0; i < BT_ARRAY_NR(styles); i++)
		if (!strcmp(styles[i].lang, lang))
			return styles[i].flags;
	return 0;
}

static enum bt_signature_break compare(const struct reading *a, const struct reading *b)
{
	enum bt_signature_break places;

	if (a->odd || b->odd || (a->open < a->nr) != (b->open < b->nr) || a->flags != b->flags)
		return BT_SIGNATURE_BREAKS;
	if (a->open == a->nr)
		return hash_tokens(a, 0, a->nr, SIZE_MAX) != hash_tokens(b, 0, b->nr, SIZE_MAX) ? BT_SIGNATURE_BREAKS
											       : BT_SIGNATURE_FITS;
	places = compare_places(a, b);
	if (places == BT_SIGNATURE_BREAKS || named_break(a, b) || (a->flags & AWAITED && !is_async(a) && is_async(b)))
		return BT_SIGNATURE_BREAKS;
	return places || results_differ(a, b) ? BT_SIGNATURE_TYPES : BT_SIGNATURE_FITS;
}

enum bt_signature_break bt_signature_compare(const char *lang, const struct bt_signature *before,
					     const struct bt_signature *after)
{
	BT_FREE struct reading *both = bt_xcalloc(2, sizeof(*both));

	read_signature(&both[0], flags_of(lang, before), before);
	read_signature(&both[1], flags_of(lang, after), after);
	return compare(&both[0], &both[1]);
}
