/* core/conf/git_line.c: where a setting stands in a file of git's configuration. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/conf/conf_state.h"

static unsigned line_of(const char *text, const char *name, size_t nth)
{
	return conf_git_line(text, strlen(text), name, nth);
}

#define JOBS "batho.index.jobs"

static void test_forms(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} cases[] = {
		{ "[batho \"index\"]\n\tjobs = 3\n", 2 },
		{ "[batho \"index\"] jobs = 3", 1 },
		{ "[batho.index]\njobs=3\n", 2 },
		{ "[BATHO.Index]\n\n  JOBS\n", 3 },
		{ "[Batho \"index\"]\r\n; c\r\n# jobs = 1\r\n jObs = 2\r\n", 4 },
		{ "\xef\xbb\xbf[batho \"index\"]\n\tjobs = 3\n", 2 },
		{ "[ batho   \"index\" ]\njobs = 3\n", 2 },
		/* Values that look like settings, sections, comments. */
		{ "[batho \"index\"]\nexclude = a \\\njobs = b\njobs = 3\n", 4 },
		{ "[batho \"index\"]\nexclude = \"a\\\n]jobs = b\"\njobs = 3\n", 4 },
		{ "[batho \"index\"]\nexclude = \"# ; \\\" \" # \"\njobs = 3\n", 3 },
		{ "[batho \"index\"]\nexclude = a ; \\\njobs = 3\n", 3 },
		{ "[core]\njobs = 1\n[batho]\njobs = 2\n[batho \"index\"]\njobs = 3\n", 6 },
		/* Not it: another section, another case in quotes, a longer name, a part of one. */
		{ "[batho \"Index\"]\njobs = 3\n", 0 },
		{ "[batho \"index.x\"]\njobs = 3\n", 0 },
		{ "[batho \"in\\\"dex\"]\njobs = 3\n", 0 },
		{ "[batho \"index\"]\njobsx = 3\nxjobs = 2\njobs-x = 1\n", 0 },
		{ "jobs = 3\n", 0 },
		{ "", 0 },
		/* Files that git would refuse do not get here; they must not hurt either. */
		{ "[batho \"index", 0 },
		{ "[batho \"index\"\n]jobs = 3", 2 },
		{ "[batho \"index\"]\njobs = \\", 2 },
		{ "[batho \"index\"]\njobs", 2 },
		{ "[[[]]]\n===\n\"\n\\", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned line = line_of(cases[i].text, JOBS, 0);

		if (line != cases[i].line)
			fail_msg("line %u, not %u, of:\n%s", line, cases[i].line, cases[i].text);
	}
}

static void test_several(void **state)
{
	static const char text[] = "[batho \"index\"]\njobs = 1\njobs = 2\n[core]\n"
				   "[batho \"index\"]\njobs = 3\n";

	(void)state;
	assert_int_equal(line_of(text, JOBS, 0), 2);
	assert_int_equal(line_of(text, JOBS, 1), 3);
	assert_int_equal(line_of(text, JOBS, 2), 6);
	assert_int_equal(line_of(text, JOBS, 3), 0);
}

static void test_long_names(void **state)
{
	char text[2000];
	size_t len = (size_t)snprintf(text, sizeof(text), "[batho \"index\"]\n%0*d", 700, 0);

	(void)state;
	memset(text + 16, 'j', 700);
	snprintf(text + len, sizeof(text) - len, " = 1\njobs = 2\n");
	assert_int_equal(line_of(text, JOBS, 0), 3);
	memset(text, 'x', 700);
	text[0] = '[';
	assert_int_equal(line_of(text, JOBS, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
