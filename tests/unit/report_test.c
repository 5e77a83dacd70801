/*
 * core/report: what a path or a line of code may hold comes out of every format as text, carets
 * stand under what they mean, and no report is larger than what its readers take.
 */
#include "core/report/impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/mem.h"

/* ---- escapes ---- */

static void assert_text(const struct bt_buf *have, const char *want)
{
	assert_string_equal(bt_buf_cstr(have), want);
	assert_int_equal(have->len, strlen(want));
}

static void test_xml(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	static const char text[] =
		"a<b>&\"'\t\r\n\0\x1b\x7f\xff\xc3\xa4\xe2\x80\xae\xef\xbf\xbe\xf0\x9f\x98\x80]]>";

	(void)state;
	bt_report_xml(&b, text, sizeof(text) - 1);
	assert_text(&b,
		    "a&lt;b&gt;&amp;&quot;&apos;&#9;&#13;&#10;\\x00\\x1b\\x7f\\xff\xc3\xa4\\u{202e}\\u{fffe}"
		    "\xf0\x9f\x98\x80]]&gt;");
}

static void test_uri(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	(void)state;
	bt_report_uri(&b, "a-._~/Z9 %:?#\\\n\xff\xc3\xa4", 18);
	assert_text(&b, "a-._~/Z9%20%25%3A%3F%23%5C%0A%FF%C3%A4");
}

static void test_command(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	static const char text[] = "50%::a,b\r\n\x1b[m\xff";

	(void)state;
	bt_report_command(&b, text, sizeof(text) - 1, false);
	assert_text(&b, "50%25::a,b%0D%0A\\x1b[m\\xff");
	bt_buf_clear(&b);
	bt_report_command(&b, text, sizeof(text) - 1, true);
	assert_text(&b, "50%25%3A%3Aa%2Cb%0D%0A\\x1b[m\\xff");
}

static void test_cut(void **state)
{
	(void)state;
	assert_int_equal(bt_report_cut("abc", 3, 3), 3);
	assert_int_equal(bt_report_cut("abc", 3, 2), 2);
	assert_int_equal(bt_report_cut("a\xe6\x97\xa5z", 5, 4), 4);
	assert_int_equal(bt_report_cut("a\xe6\x97\xa5z", 5, 3), 1);
	assert_int_equal(bt_report_cut("a\xe6\x97\xa5z", 5, 2), 1);
	assert_int_equal(bt_report_cut("\x80\x80", 2, 1), 0);
}

/* ---- places ---- */

static void test_utf16(void **state)
{
	(void)state;
	assert_int_equal(bt_report_utf16("", 0), 0);
	assert_int_equal(bt_report_utf16("a\xc3\xa4\xe6\x97\xa5", 6), 3);
	assert_int_equal(bt_report_utf16("\xf0\x9f\x98\x80", 4), 2);
	assert_int_equal(bt_report_utf16("\xff\xe6\x97z", 4), 4);
}

static void test_span(void **state)
{
	struct bt_finding f = { .code = "\xe6\x97\xa5 x\r\n\xf0\x9f\x98\x80y\n\nlast",
				.row = 7,
				.col = 4,
				.end_row = 8,
				.end_col = 5 };
	struct bt_report_span s;
	size_t len;

	(void)state;
	assert_memory_equal(bt_report_line(&f, 0, &len), "\xe6\x97\xa5 x\r", 6);
	assert_int_equal(len, 5);
	bt_report_line(&f, 2, &len);
	assert_int_equal(len, 0);
	bt_report_line(&f, 3, &len);
	assert_int_equal(len, 4);
	assert_null(bt_report_line(&f, 4, &len));
	s = bt_report_span(&f);
	assert_int_equal(s.col, 3);
	assert_int_equal(s.end_col, 4);
	f.end_col = 99;
	assert_int_equal(bt_report_span(&f).end_col, 4);
	f.end_row = 20;
	s = bt_report_span(&f);
	assert_int_equal(s.col, 3);
	assert_int_equal(s.end_col, 0);
	f.code = NULL;
	assert_int_equal(bt_report_span(&f).col, 0);
}

static void test_twins(void **state)
{
	BT_CLEANUP(bt_report_twins_release) struct bt_report_twins t = { .path = NULL };
	struct bt_finding f = { .path = "a", .fingerprint = 7, .ordinal = 0 };

	(void)state;
	assert_int_equal(bt_report_ordinal(&t, &f), 0);
	assert_int_equal(bt_report_ordinal(&t, &f), 1);
	f.ordinal = 5;
	assert_int_equal(bt_report_ordinal(&t, &f), 5);
	f.ordinal = 0;
	f.fingerprint = 8;
	assert_int_equal(bt_report_ordinal(&t, &f), 0);
	f.path = "b";
	f.fingerprint = 7;
	assert_int_equal(bt_report_ordinal(&t, &f), 0);
}

/* ---- whole reports ---- */

static struct bt_rule rules[] = {
	{ .info = { .id = "one",
		    .pack = "core",
		    .severity = BT_SEVERITY_ERROR,
		    .message = "wrong",
		    .help = "why\n" } },
	{ .info = { .id = "off",
		    .pack = "core",
		    .severity = BT_SEVERITY_OFF,
		    .message = "unheard",
		    .help = "" } },
	{ .info = { .id = "two", .pack = "core", .severity = BT_SEVERITY_NOTE, .message = "odd", .help = "" } },
};
static struct bt_ruleset ruleset = { .rules = rules, .nr = 3, .builtin_nr = 3 };

/* The report, by way of a descriptor; free() it. */
static char *written(const char *format, const struct bt_findings *l, size_t *ret_len)
{
	struct bt_report r = { .findings = l, .rules = &ruleset, .fail_on = BT_SEVERITY_ERROR, .fails = true };
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int fd = memfd_create("report", 0);

	assert_true(fd >= 0);
	assert_int_equal(
		bt_report_stream(&r, bt_report_find(format, strlen(format)), false, fd, "there", &err), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(bt_fd_read_all(fd, (size_t)1 << 28, &text, "the report", &err), 0);
	close(fd);
	return bt_buf_take(&text, ret_len);
}

static void assert_frame(struct bt_finding f, const char *want)
{
	struct bt_findings l = { .items = &f, .nr = 1, .files_nr = 1 };
	BT_FREE char *have = NULL;
	char *from, *to;
	size_t len;

	f.rule = &rules[0].info;
	f.path = "p";
	f.path_len = 1;
	have = written("human", &l, &len);
	from = strchr(have, '\n') + 1;
	to = strstr(from, "\n\n1 error in 1 file\n");
	assert_non_null(to);
	to[1] = '\0';
	assert_string_equal(from, want);
}

static void test_frames(void **state)
{
	(void)state;
	assert_frame((struct bt_finding){ .code = "abc", .col = 1, .end_col = 2 },
		     "    1 | abc\n      |  ^\n");
	/* Tabs stay; those below the carets count up to the next stop. */
	assert_frame((struct bt_finding){ .code = "\ta\tb", .col = 1, .end_col = 4 },
		     "    1 | \ta\tb\n      | \t^~~~~~~~~\n");
	/* Two columns, none, four for a byte that is shown as \xff, eight for \u{202e}. */
	assert_frame((struct bt_finding){ .code = "\xe6\x97\xa5"
						  "e\xcc\x81\xff\x1b\xe2\x80\xaex\xe6\x97\xa5y",
					  .col = 11,
					  .end_col = 15 },
		     "    1 | \xe6\x97\xa5"
		     "e\xcc\x81\\xff\\x1b\\u{202e}x\xe6\x97\xa5y\n"
		     "      |                    ^~~\n");
	/* An empty place, one behind the line, one in an empty line. */
	assert_frame((struct bt_finding){ .code = "ab", .col = 1, .end_col = 1 }, "    1 | ab\n      |  ^\n");
	assert_frame((struct bt_finding){ .code = "ab", .col = 9, .end_col = 12 },
		     "    1 | ab\n      |   ^\n");
	assert_frame((struct bt_finding){ .code = "" }, "    1 |\n      | ^\n");
	/* Several lines; the last is not touched when the finding ends with the line before. */
	assert_frame(
		(struct bt_finding){
			.code = "if {\r\n  x\n}", .row = 8, .col = 3, .end_row = 10, .end_col = 1 },
		"    9 | if {\n      |    ^\n   10 |   x\n   11 | }\n");
	assert_frame((struct bt_finding){ .code = "a\nb", .end_row = 1 }, "    1 | a\n      | ^\n");
	assert_frame((struct bt_finding){ .code = "a\nb", .end_row = 7, .end_col = 1 },
		     "    1 | a\n      | ^\n    2 | b\n      | ... 6 more lines\n");
	/* Numbers that need room. */
	assert_frame((struct bt_finding){ .code = "a\nb", .row = 99998, .end_row = 99999, .end_col = 1 },
		     " 99999 | a\n       | ^\n100000 | b\n");
}

static void test_long_line(void **state)
{
	char code[401], want[2000];
	size_t at = 300;

	(void)state;
	for (size_t i = 0; i < 400; i += 4) /* characters of three bytes and one */
		memcpy(code + i, "\xe6\x97\xa5.", 4);
	code[400] = '\0';
	/* From a quarter of 200 bytes before the place to the end, on whole characters. */
	snprintf(want, sizeof(want), "    1 | ...%s\n      |    %*s^~\n", code + 251, 37, "");
	assert_frame((struct bt_finding){ .code = code, .col = (uint32_t)at, .end_col = (uint32_t)at + 3 },
		     want);
	snprintf(want, sizeof(want), "    1 | %.*s...\n      | ^~\n", 200, code);
	assert_frame((struct bt_finding){ .code = code, .col = 0, .end_col = 3 }, want);
}

static void test_empty(void **state)
{
	static const struct {
		const char *format, *want;
	} cases[] = {
		{ "human", "no findings in 3 files\n" },
		{ "gitlab", "[]\n" },
		{ "github", "no findings in 3 files\n" },
		{ "checkstyle",
		  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n</checkstyle>\n" },
		{ "json",
		  "{\"batho\":1,\"command\":\"check\"}\n{\"record\":\"summary\",\"files\":3,\"errors\":0,\"warnings\":0,"
		  "\"notes\":0,\"suppressed\":0,\"baseline\":0,\"known\":0,\"unchecked\":0,\"fails\":true}\n" },
		{ "porcelain", "# batho porcelain 1 check\nsummary\t3\t0\t0\t0\t0\t0\t0\t0\t1\n" },
	};
	struct bt_findings none = { .files_nr = 3 };
	size_t len;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_FREE char *have = written(cases[i].format, &none, &len);

		assert_string_equal(have, cases[i].want);
	}
	{
		BT_FREE char *junit = written("junit", &none, &len), *sarif = written("sarif", &none, &len);

		assert_non_null(strstr(junit, "tests=\"1\" failures=\"0\""));
		assert_non_null(strstr(sarif, "\"results\":[\n]"));
		assert_null(strstr(sarif, "unheard"));
	}
}

static size_t occurrences(const char *text, const char *what)
{
	size_t nr = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		nr++;
	return nr;
}

/* `nr` findings, each with a path and code of its own of these lengths. */
static struct bt_findings many(size_t nr, size_t path_len, size_t code_len)
{
	struct bt_findings l = BT_FINDINGS_INIT;

	for (size_t i = 0; i < nr; i++) {
		struct bt_finding *f = bt_findings_add(&l);
		char *path = bt_arena_alloc(&l.arena, path_len + 1),
		     *code = bt_arena_alloc(&l.arena, code_len + 1);

		memset(path, 'p', path_len);
		memset(code, 'c', code_len);
		path[snprintf(path, path_len, "%zu", i)] = 'p';
		path[path_len] = code[code_len] = '\0';
		*f = (struct bt_finding){ .rule = i % 2 ? &rules[0].info : &rules[2].info,
					  .path = path,
					  .path_len = path_len,
					  .code = code,
					  .end_col = 3,
					  .row = (uint32_t)i,
					  .end_row = (uint32_t)i,
					  .fingerprint = i + 1,
					  .is_new = true };
	}
	return l;
}

static void test_sarif_limits(void **state)
{
	static const struct {
		size_t nr, path_len, code_len;
		size_t errors, notes, snippets_min, snippets_max;
	} cases[] = {
		{ 100, 10, 10, 50, 50, 100, 100 },
		{ 40000, 10, 10, 20000, 5000, 25000, 25000 },
		/* 10,000 paths of 4,096 bytes are more than 10 MB; what is left is no room for another one. */
		{ 10000, 4096, 10, 2146, 0, 1, 419 },
		/* The code goes first. */
		{ 20000, 10, 1000, 10000, 10000, 6800, 6900 },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		struct bt_findings l = many(cases[i].nr, cases[i].path_len, cases[i].code_len);
		size_t len, left;
		BT_FREE char *text = written("sarif", &l, &len);

		assert_int_equal(occurrences(text, "\"level\":\"error\",\"message\""), cases[i].errors);
		assert_int_equal(occurrences(text, "\"ruleIndex\":1,\"level\":\"note\""), cases[i].notes);
		assert_in_range(occurrences(text, "\"snippet\""), cases[i].snippets_min,
				cases[i].snippets_max);
		left = cases[i].nr - cases[i].errors - cases[i].notes;
		assert_true(!left == !strstr(text, "findings are left out"));
		bt_findings_release(&l);
	}
}

static void test_github_limits(void **state)
{
	struct bt_findings l = many(30, 10, 10);
	size_t len;
	char *hostile;

	(void)state;
	hostile = (char *)(uintptr_t)l.items[29].path;
	memcpy(hostile, "##[x##[z]", 9);
	{
		BT_FREE char *text = written("github", &l, &len);

		assert_int_equal(occurrences(text, "\n::error ") + occurrences(text, "\n::notice ") + 1, 20);
		assert_non_null(strstr(text, "\n::group::10 more findings without annotation\n"));
		assert_non_null(strstr(text, "\n::endgroup::\n15 errors, 15 notes in 0 files\n"));
		assert_int_equal(occurrences(text, "\nerror: "), 5);
		assert_int_equal(occurrences(text, "\nnote: "), 5);
		assert_non_null(strstr(text, "\nerror: #\\x23[x#\\x23[z]p:30:1: wrong [one]\n"));
		assert_null(strstr(text, "##["));
	}
	bt_findings_release(&l);
}

/* The reader of a pipe goes away, or the disk is full: one message, once. */
static void test_failure(void **state)
{
	struct bt_findings l = many(5000, 10, 10);
	struct bt_report r = { .findings = &l, .rules = &ruleset };
	int fd = -1;

	(void)state;
	for (int format = 0; bt_report_names[format]; format++) {
		struct bt_err err = BT_ERR_INIT;
		FILE *full = fopen("/dev/full", "w");

		if (!full)
			break;
		fd = fileno(full);
		assert_int_equal(bt_report_stream(&r, format, false, fd, "there", &err), BT_ERR_FULL);
		assert_non_null(strstr(err.msg, "'there'"));
		fclose(full);
	}
	bt_findings_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml),	     cmocka_unit_test(test_uri),
		cmocka_unit_test(test_command),	     cmocka_unit_test(test_cut),
		cmocka_unit_test(test_utf16),	     cmocka_unit_test(test_span),
		cmocka_unit_test(test_twins),	     cmocka_unit_test(test_frames),
		cmocka_unit_test(test_long_line),    cmocka_unit_test(test_empty),
		cmocka_unit_test(test_sarif_limits), cmocka_unit_test(test_github_limits),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
