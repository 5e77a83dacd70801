/* core/git/wildmatch.c: cases by hand; git_attr_test.c compares with the git program. */
#include <string.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/git/attr.h"
#include "core/git/glob.h"

struct wild_case {
	bool pathname, icase, match;
	const char *pattern, *text;
};

static const struct wild_case cases[] = {
	{ 1, 0, 1, "foo", "foo" },
	{ 1, 0, 0, "foo", "bar" },
	{ 1, 0, 1, "", "" },
	{ 1, 0, 0, "", "x" },
	{ 1, 0, 1, "???", "foo" },
	{ 1, 0, 0, "??", "foo" },
	{ 1, 0, 1, "*", "foo" },
	{ 1, 0, 1, "*", "" },
	{ 1, 0, 0, "*", "foo/bar" },
	{ 0, 0, 1, "*", "foo/bar" },
	{ 1, 0, 1, "f*", "foo" },
	{ 1, 0, 0, "*f", "foo" },
	{ 1, 0, 1, "*foo*", "foo" },
	{ 1, 0, 1, "*ob*a*r*", "foobar" },
	{ 1, 0, 1, "*ab", "aaaaaaabababab" },
	{ 1, 0, 1, "foo\\*", "foo*" },
	{ 1, 0, 0, "foo\\*bar", "foobar" },
	{ 1, 0, 1, "f\\\\oo", "f\\oo" },
	{ 1, 0, 0, "foo\\", "foo" },
	{ 1, 0, 0, "foo\\", "foo\\" },
	{ 1, 0, 0, "foo?bar", "foo/bar" },
	{ 0, 0, 1, "foo?bar", "foo/bar" },
	{ 1, 0, 0, "foo[/]bar", "foo/bar" },
	{ 1, 0, 0, "f[^eiu][^eiu][^eiu][^eiu][^eiu]r", "foo/bar" },
	{ 1, 0, 1, "f[^eiu][^eiu][^eiu][^eiu][^eiu]r", "foo-bar" },
	{ 1, 0, 1, "**/foo", "foo" },
	{ 1, 0, 1, "**/foo", "x/foo" },
	{ 1, 0, 1, "**/foo", "a/b/foo" },
	{ 1, 0, 0, "**/foo", "a/bfoo" },
	{ 1, 0, 0, "*/foo", "bar/baz/foo" },
	{ 1, 0, 0, "**/bar*", "foo/bar/baz" },
	{ 1, 0, 1, "**/bar/*", "deep/foo/bar/baz" },
	{ 1, 0, 0, "**/bar/*", "deep/foo/bar/baz/x" },
	{ 1, 0, 1, "**/bar/**", "deep/foo/bar/baz/x" },
	{ 1, 0, 0, "**/bar/*", "deep/foo/bar" },
	{ 1, 0, 1, "**/bar/**", "deep/foo/bar/" },
	{ 1, 0, 1, "a/**/b", "a/b" },
	{ 1, 0, 1, "a/**/b", "a/x/y/b" },
	{ 1, 0, 0, "a/**/b", "a/xb" },
	{ 1, 0, 0, "a**/b", "a/x/b" },
	{ 1, 0, 1, "a**/b", "ax/b" },
	{ 1, 0, 0, "a/**b", "a/x/b" },
	{ 1, 0, 1, "a/**b", "a/xb" },
	{ 1, 0, 1, "**", "a/b/c" },
	{ 1, 0, 1, "***", "a/b/c" },
	{ 1, 0, 1, "a/***/c", "a/b/b/c" },
	{ 1, 0, 1, "**/a/**/b/*", "x/a/y/a/z/b/c" },
	{ 1, 0, 0, "**/a/**/b/*", "x/a/y/a/z/b/c/d" },
	{ 1, 0, 1, "**\\/b", "a/b" },
	{ 1, 0, 0, "**\\/b", "b" },
	{ 1, 0, 1, "[ab]", "a" },
	{ 1, 0, 1, "[[:digit:]ab]", "5" },
	{ 1, 0, 0, "[[:digit:]ab]", "c" },
	{ 1, 0, 1, "[a-c]b*", "bbx" },
	{ 1, 0, 0, "[a-c]b*", "dbx" },
	{ 1, 0, 1, "a[]]b", "a]b" },
	{ 1, 0, 1, "a[]-]b", "a-b" },
	{ 1, 0, 1, "a[]a-]b", "aab" },
	{ 1, 0, 1, "[!]a-]", "b" },
	{ 1, 0, 0, "[!]a-]", "]" },
	{ 1, 0, 1, "[\\-_]", "-" },
	{ 1, 0, 1, "[\\]]", "]" },
	{ 1, 0, 0, "[", "[" },
	{ 1, 0, 0, "[a", "a" },
	{ 1, 0, 0, "[[:nope:]]", "n" },
	{ 1, 0, 0, "[[::]ab]", "a" },
	{ 1, 0, 1, "[[:]ab]", ":ab]" },
	{ 1, 0, 1, "[a-\\c]", "b" },
	{ 1, 0, 0, "[!a-c]", "b" },
	{ 1, 0, 1, "[!a-c]", "\xff" },
	{ 1, 0, 1, "[\xe0-\xff]", "\xe4" },
	{ 1, 0, 0, "[[:alpha:]]", "\xe4" },
	{ 1, 0, 0, "A", "a" },
	{ 1, 1, 1, "A", "a" },
	{ 1, 1, 1, "a*B", "AxxB" },
	{ 1, 1, 1, "[A-C]", "b" },
	{ 1, 1, 1, "[a-c]", "B" },
	{ 1, 1, 0, "[A]", "a" }, /* as in git */
	{ 1, 1, 0, "\\A", "A" }, /* as in git */
	{ 1, 1, 1, "[[:upper:]]", "a" },
	{ 0, 0, 1, "*.c", "a/b.c" },
	{ 0, 0, 1, "**x**", "a/x/b" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct wild_case *c = &cases[i];
		unsigned int flags = (c->pathname ? BT_WILD_PATHNAME : 0) |
				     (c->icase ? BT_WILD_ICASE : 0);
		bool match = bt_wild(c->pattern, strlen(c->pattern), c->text, strlen(c->text),
				     flags);

		if (match != c->match)
			fail_msg("'%s' and '%s': %d", c->pattern, c->text, match);
	}
}

/* Lengths are obeyed: nothing behind them is read as part of either. */
static void test_lengths(void **state)
{
	(void)state;
	assert_true(bt_wild("a*bX", 3, "axxbY", 4, BT_WILD_PATHNAME));
	assert_false(bt_wild("[ab]", 3, "a", 1, BT_WILD_PATHNAME));
	assert_false(bt_wild("a\\b", 2, "ab", 2, 0));
}

/* Patterns that make a recursive matcher run for ages. */
static void test_hostile(void **state)
{
	char pattern[2048], text[4097];
	size_t len = 0;
	clock_t start = clock();

	(void)state;
	while (len < sizeof(pattern) - 4) {
		memcpy(pattern + len, "*a", 2);
		len += 2;
	}
	pattern[len++] = 'b';
	memset(text, 'a', sizeof(text));
	assert_false(bt_wild(pattern, len, text, sizeof(text), BT_WILD_PATHNAME));
	for (len = 0; len < sizeof(pattern) - 8; len += 5)
		memcpy(pattern + len, "**/a/", 5);
	pattern[len++] = 'b';
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = '/';
	assert_false(bt_wild(pattern, len, text, sizeof(text), BT_WILD_PATHNAME));
	for (len = 0; len < sizeof(pattern) - 8; len += 6)
		memcpy(pattern + len, "**/*a*", 6);
	pattern[len++] = 'b';
	assert_false(bt_wild(pattern, len, text, sizeof(text), BT_WILD_PATHNAME));
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
