/*
 * Shell globs as git matches them.
 *
 * '*' is any run of bytes but '/', '**' between slashes (or at an end) is any run of whole folders,
 * '?' one byte but '/', '[...]' a set with ranges, classes, '!' or '^', '\' takes the next byte as
 * it is. Without BT_WILD_PATHNAME '/' is a byte like any other.
 *
 * Two places to fall back to are enough, the last '**' and the last '*' behind it: a '*' cannot get
 * past the '/' that follows it, and for '**' the first place where the rest fits up to the next
 * '**' is as good as any later one. So the time is bounded by pattern times text for each folder of
 * the path, whatever the pattern.
 */
#include <ctype.h>
#include <string.h>

#include "core/git/attr.h"
#include "core/git/glob.h"

enum set_result { SET_NO, SET_YES, SET_BROKEN };

struct wild {
	const unsigned char *p_start, *p_end;
	const unsigned char *t_end;
	unsigned int flags;
	const unsigned char *star_p, *star_t; /* behind the last '*'; how far it reaches */
	const unsigned char *deep_p, *deep_t; /* the same for '**' */
};

static int to_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Is c in the class [:name:]? Bytes above 127 are in none. */
static enum set_result class_has(const unsigned char *name, size_t len, int c, bool icase)
{
	static const struct {
		const char *name;
		int (*has)(int);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
		{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
		{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
		{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
	};
	bool ascii = c < 0x80;

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strlen(classes[i].name) != len || memcmp(classes[i].name, name, len))
			continue;
		if (!ascii)
			return SET_NO;
		if (classes[i].has == isupper && icase && islower(c))
			return SET_YES;
		return classes[i].has(c) ? SET_YES : SET_NO;
	}
	return SET_BROKEN;
}

/* The place of the ']' that ends "[:name:]" when p is at its ':', or NULL when it is not one. */
static const unsigned char *class_end(const unsigned char *p, const unsigned char *end,
				      bool *ret_broken)
{
	const unsigned char *close = memchr(p + 1, ']', (size_t)(end - p - 1));

	*ret_broken = !close;
	if (!close || close - p < 2 || close[-1] != ':')
		return NULL;
	return close;
}

static bool range_has(int low, int high, int c, bool icase)
{
	if (c >= low && c <= high)
		return true;
	if (!icase || c < 'a' || c > 'z')
		return false;
	c -= 'a' - 'A';
	return c >= low && c <= high;
}

/*
 * One item of a set at *pp, which moves to the last byte of it. *prev is the byte a '-' that
 * follows would start a range from, 0 when it cannot.
 */
static enum set_result set_item(const unsigned char **pp, const unsigned char *end, int c,
				bool icase, int *prev)
{
	const unsigned char *p = *pp;
	const unsigned char *close;
	enum set_result r;
	bool broken;
	int low = *prev;

	*prev = *p;
	if (*p == '\\') {
		if (++p == end)
			return SET_BROKEN;
		*prev = *p;
	} else if (*p == '-' && low && p + 1 < end && p[1] != ']') {
		p++;
		if (*p == '\\' && ++p == end)
			return SET_BROKEN;
		*prev = 0;
		*pp = p;
		return range_has(low, *p, c, icase) ? SET_YES : SET_NO;
	} else if (*p == '[' && p + 1 < end && p[1] == ':') {
		close = class_end(p + 1, end, &broken);
		if (broken)
			return SET_BROKEN;
		if (close) {
			r = class_has(p + 2, (size_t)(close - p - 3), c, icase);
			*prev = 0;
			*pp = close;
			return r;
		}
	}
	*pp = p;
	return c == *p ? SET_YES : SET_NO;
}

/* The set whose '[' is at *pp; moves behind its ']'. c is in lower case when icase. */
static enum set_result set_match(const unsigned char **pp, const unsigned char *end, int c,
				 bool icase)
{
	const unsigned char *p = *pp + 1;
	bool negated = p < end && (*p == '!' || *p == '^');
	bool matched = false;
	int prev = 0;

	p += negated;
	do {
		enum set_result r = p < end ? set_item(&p, end, c, icase, &prev) : SET_BROKEN;

		if (r == SET_BROKEN)
			return SET_BROKEN;
		matched |= r == SET_YES;
		p++;
	} while (p >= end || *p != ']');
	*pp = p + 1;
	return matched != negated ? SET_YES : SET_NO;
}

/* One item of the pattern that is not a star against one byte; moves behind it when it matches. */
static enum set_result item_match(const struct wild *w, const unsigned char **pp, int c)
{
	bool icase = w->flags & BT_WILD_ICASE;
	bool slash = c == '/' && w->flags & BT_WILD_PATHNAME;
	const unsigned char *p = *pp;
	int want = *p;

	if (icase)
		c = to_lower(c);
	if (want == '[') {
		enum set_result r = set_match(pp, w->p_end, c, icase);

		return r == SET_YES && slash ? SET_NO : r;
	}
	if (want == '?') {
		*pp = p + 1;
		return slash ? SET_NO : SET_YES;
	}
	if (want == '\\') {
		/* As in git, an escaped letter is not folded. */
		if (++p == w->p_end)
			return SET_NO;
		want = *p;
	} else if (icase) {
		want = to_lower(want);
	}
	*pp = p + 1;
	return c == want ? SET_YES : SET_NO;
}

/* After a mismatch: lets the last '*', else the last '**', reach further. */
static bool fall_back(struct wild *w, const unsigned char **pp, const unsigned char **tp)
{
	const unsigned char *slash;

	if (w->star_p) {
		bool stop = w->star_t == w->t_end ||
			    (*w->star_t == '/' && w->flags & BT_WILD_PATHNAME);

		if (!stop) {
			*tp = ++w->star_t;
			*pp = w->star_p;
			return true;
		}
		w->star_p = NULL;
	}
	if (!w->deep_p || w->deep_t >= w->t_end)
		return false;
	slash = memchr(w->deep_t, '/', (size_t)(w->t_end - w->deep_t));
	if (!slash)
		return false;
	*tp = w->deep_t = slash + 1;
	*pp = w->deep_p;
	return true;
}

/*
 * The stars at *pp. SET_YES: the rest of the text matches; SET_NO: mismatch; SET_BROKEN: go on, the
 * star is noted.
 */
static enum set_result stars(struct wild *w, const unsigned char **pp, const unsigned char **tp)
{
	const unsigned char *first = *pp;
	const unsigned char *p = first;
	bool deep, escaped, at_end;

	while (p < w->p_end && *p == '*')
		p++;
	*pp = p;
	at_end = p == w->p_end;
	escaped = w->p_end - p >= 2 && p[0] == '\\' && p[1] == '/';
	deep = w->flags & BT_WILD_PATHNAME && p - first >= 2 &&
	       (first == w->p_start || first[-1] == '/') && (at_end || *p == '/' || escaped);
	if (at_end && (deep || !(w->flags & BT_WILD_PATHNAME)))
		return SET_YES;
	if (!deep) {
		w->star_p = p;
		w->star_t = *tp;
		return SET_BROKEN;
	}
	w->star_p = NULL;
	w->deep_p = p + (escaped ? 2 : 1);
	w->deep_t = *tp;
	*pp = w->deep_p;
	/*
	 * The folders may be none at all, unless the '/' behind is escaped: that one must be there.
	 */
	return escaped ? SET_NO : SET_BROKEN;
}

bool bt_wild(const char *pattern, size_t pattern_len, const char *text, size_t text_len,
	     unsigned int flags)
{
	const unsigned char *p = (const unsigned char *)pattern;
	const unsigned char *t = (const unsigned char *)text;
	struct wild w = {
		.p_start = p, .p_end = p + pattern_len, .t_end = t + text_len, .flags = flags
	};

	for (;;) {
		enum set_result r = SET_NO;

		if (p < w.p_end && *p == '*') {
			r = stars(&w, &p, &t);
			if (r == SET_YES)
				return true;
			if (r == SET_BROKEN)
				continue;
		} else if (p < w.p_end && t < w.t_end) {
			r = item_match(&w, &p, *t);
			if (r == SET_BROKEN)
				return false;
			if (r == SET_YES) {
				if (*t == '/' && flags & BT_WILD_PATHNAME)
					w.star_p = NULL;
				t++;
				continue;
			}
		} else if (p == w.p_end && t == w.t_end) {
			return true;
		}
		if (!fall_back(&w, &p, &t))
			return false;
	}
}
