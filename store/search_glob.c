/*
 * Globs over names: no folders, no locale.
 */
#include "store/search.h"

/*
 * The end of the set that starts behind '[' at p, or NULL when it is not closed: '[' is itself
 * then.
 */
static const char *set_end(const char *p, const char *end)
{
	if (p < end && (*p == '!' || *p == '^'))
		p++;
	if (p < end && *p == ']')
		p++;
	while (p < end && *p != ']')
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	return p < end ? p : NULL;
}

static bool set_match(const char *p, const char *end, uint8_t c)
{
	bool negated = *p == '!' || *p == '^', hit = false;

	p += negated;
	while (p < end) {
		uint8_t low, high;

		p += *p == '\\' && p + 1 < end;
		low = high = (uint8_t)*p++;
		if (p + 1 < end && *p == '-') {
			p++;
			p += *p == '\\' && p + 1 < end;
			high = (uint8_t)*p++;
		}
		hit = hit || (c >= low && c <= high);
	}
	return hit != negated;
}

/* One character of the pattern against c; *p moves behind it. */
static bool one_match(const char **p, const char *end, uint8_t c)
{
	const char *at = *p, *close;

	if (*at == '[') {
		close = set_end(at + 1, end);
		if (close) {
			*p = close + 1;
			return set_match(at + 1, close, c);
		}
	}
	if (*at == '\\' && at + 1 < end)
		at++;
	*p = at + 1;
	return (uint8_t)*at == c;
}

bool bt_name_glob_match(const char *pattern, size_t pattern_len, const char *text, size_t len)
{
	const char *p = pattern, *end = pattern + pattern_len, *t = text, *t_end = text + len;
	const char *star = NULL, *star_t = NULL;

	for (;;) {
		if (p < end && *p == '*') {
			star = ++p;
			star_t = t;
			continue;
		}
		if (t == t_end)
			return p == end;
		if (p < end && *p == '?') {
			p++;
			t++;
			continue;
		}
		if (p < end && one_match(&p, end, (uint8_t)*t)) {
			t++;
			continue;
		}
		/* The last star takes one byte more. */
		if (!star)
			return false;
		p = star;
		t = ++star_t;
	}
}

bool bt_name_glob_run(const char *pattern, size_t len, size_t *at, const char **ret_run,
		      size_t *ret_len)
{
	const char *end = pattern + len, *p = pattern + *at;

	while (p < end) {
		const char *run = p, *close;

		while (p < end && !strchr("*?[\\", *p))
			p++;
		*ret_run = run;
		*ret_len = (size_t)(p - run);
		close = p < end && *p == '[' ? set_end(p + 1, end) : NULL;
		if (close)
			p = close + 1;
		else if (p < end)
			p += *p == '\\' && p + 1 < end ? 2 : 1;
		*at = (size_t)(p - pattern);
		if (*ret_len)
			return true;
	}
	return false;
}
