/*
 * Two signatures, and whether calls written for the one fit the other.
 */
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/rules/radius/signature_impl.h"

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

static bool names_differ(const struct sig_param *a, const struct sig_param *b)
{
	return a->name.len != b->name.len || (a->name.len && memcmp(a->name.p, b->name.p, a->name.len));
}

static const struct sig_param *find_named(const struct sig_reading *r, const struct sig_param *p)
{
	for (size_t i = 0; i < r->params_nr; i++)
		if (r->params[i].by_name && !names_differ(&r->params[i], p))
			return &r->params[i];
	return NULL;
}

/* Those that are given by name: in any order. */
static bool named_break(const struct sig_reading *a, const struct sig_reading *b)
{
	for (size_t i = 0; i < a->params_nr; i++) {
		const struct sig_param *p = &a->params[i];
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

static size_t next_by_place(const struct sig_reading *r, size_t i)
{
	while (i < r->params_nr && (r->params[i].variadic || (r->params[i].by_name && !r->params[i].optional)))
		i++;
	return i;
}

static bool has_variadic(const struct sig_reading *r)
{
	for (size_t i = 0; i < r->params_nr; i++)
		if (r->params[i].variadic)
			return true;
	return false;
}

static bool types_differ(const struct sig_reading *r, const struct sig_param *p, const struct sig_param *q)
{
	return r->flags & TYPES && p->type != q->type && (p->type || !(r->flags & INFERRED));
}

/* Those that are given by their place. */
static enum bt_signature_break compare_places(const struct sig_reading *a, const struct sig_reading *b)
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
static bool is_generics(const struct sig_reading *r, const struct sig_token *t)
{
	return r->generics_nr && t + 1 < r->tokens + r->nr && t[1].p == r->generics[0].p;
}

/* The result where it stands in front: what is left when all that callers do not see is taken out. */
static uint64_t head_of(const struct sig_reading *r)
{
	static const char *const unseen[] = { "static",	  "inline",   "extern",	  "__inline",	  "__inline__", "virtual", "override",
					      "abstract", "internal", "sealed",	  "synchronized", "async",	"default", "explicit",
					      "friend",	  "native",   "strictfp", "constexpr",	  "new",	"unsafe",  "partial", NULL };
	size_t end = r->name < r->nr ? r->name : 0;
	uint64_t h = 0;

	if (sig_is_number(r, 0, end, SIZE_MAX))
		return 1;
	for (size_t i = 0; i < end; i++) {
		const struct sig_token *t = &r->tokens[i];

		if (sig_token_is(t, "::") || (i + 1 < end && sig_token_is(&r->tokens[i + 1], "::")) || sig_token_in(t, unseen) ||
		    (sig_token_is_loud(t) && i + 1 < end))
			continue;
		if (sig_token_is(t, "@")) {
			i += i + 1 < end;
			continue;
		}
		if (sig_nesting(t, false) > 0 || (sig_token_is(t, "<") && is_generics(r, t))) {	/* of a macro or attribute */
			i = sig_behind_group(r, i, sig_token_is(t, "<")) - 1;
			continue;
		}
		if (sig_hash(r, i, i + 1, SIZE_MAX))
			h = bt_mix64(h + sig_hash(r, i, i + 1, SIZE_MAX));
	}
	return h;
}

static bool head_is_void(const struct sig_reading *r)
{
	return r->name && r->name < r->nr && sig_token_is(&r->tokens[r->name - 1], "void");
}

static size_t tail_end(const struct sig_reading *r)
{
	size_t at = r->close + 1;

	while (at < r->nr && !sig_token_is(&r->tokens[at], "=>") && !sig_token_is(&r->tokens[at], "where") &&
	       !sig_token_is(&r->tokens[at], "="))
		at++;
	return at;
}

static bool results_differ(const struct sig_reading *a, const struct sig_reading *b)
{
	if (a->flags & HEAD)
		return !head_is_void(a) && head_of(a) != head_of(b);
	if (a->flags & TAIL && a->open < a->nr) {
		size_t a_end = tail_end(a), b_end = tail_end(b);
		bool some = a_end > a->close + 1 && b_end > b->close + 1;

		return (some || !(a->flags & INFERRED)) &&
		       sig_hash(a, a->close + 1, a_end, SIZE_MAX) != sig_hash(b, b->close + 1, b_end, SIZE_MAX);
	}
	return false;
}

static bool is_async(const struct sig_reading *r)
{
	for (size_t i = 0; i < r->nr; i++)
		if ((i < r->open || i > r->close) && sig_token_is(&r->tokens[i], "async"))
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

static enum bt_signature_break compare(const struct sig_reading *a, const struct sig_reading *b)
{
	enum bt_signature_break places;

	if (a->odd || b->odd || (a->open < a->nr) != (b->open < b->nr) || a->flags != b->flags)
		return BT_SIGNATURE_BREAKS;
	if (a->open == a->nr)
		return sig_hash(a, 0, a->nr, SIZE_MAX) != sig_hash(b, 0, b->nr, SIZE_MAX) ? BT_SIGNATURE_BREAKS
											       : BT_SIGNATURE_FITS;
	places = compare_places(a, b);
	if (places == BT_SIGNATURE_BREAKS || named_break(a, b) || (a->flags & AWAITED && !is_async(a) && is_async(b)))
		return BT_SIGNATURE_BREAKS;
	return places || results_differ(a, b) ? BT_SIGNATURE_TYPES : BT_SIGNATURE_FITS;
}

enum bt_signature_break bt_signature_compare(const char *lang, const struct bt_signature *before,
					     const struct bt_signature *after)
{
	BT_FREE struct sig_reading *both = bt_xcalloc(2, sizeof(*both));

	sig_read(&both[0], flags_of(lang, before), before);
	sig_read(&both[1], flags_of(lang, after), after);
	return compare(&both[0], &both[1]);
}
