/*
 * Analyses of the syntax that a query cannot express.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/analysis.h"
#include "core/rules/brackets.h"

/* One wrong character may make many: who has more than these is beyond the grammar. */
#define ERRORS_MAX 16

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* JSON that people write for programs which allow it: a comma behind the last item. The error is the comma, or the item. */
static bool is_last_comma(const struct bt_look *look, const struct bt_span *at)
{
	const char *p = look->data + at->end, *end = look->data + look->len, *comma = p;

	if (strcmp(look->lang->name, "json") || at->end > at->start + 1)
		return false;
	while (comma > look->data && is_blank(comma[-1]))
		comma--;
	while (p < end && is_blank(*p))
		p++;
	return comma > look->data && comma[-1] == ',' && p < end && (*p == ']' || *p == '}');
}

/* "//", and not that of an address. */
static bool has_line_comment(const struct bt_look *look)
{
	const char *p = look->data, *end = p + look->len, *hit;

	while ((hit = memmem(p, (size_t)(end - p), "//", 2))) {
		if (hit == look->data || hit[-1] != ':')
			return true;
		p = hit + 2;
	}
	return false;
}

/* Then that is what is wrong, and has a rule of its own. */
static bool has_conflict(const struct bt_look *look)
{
	return (look->len > 8 && !memcmp(look->data, "<<<<<<< ", 8)) ||
	       memmem(look->data, look->len, "\n<<<<<<< ", 9);
}

/* Marks of what a program fills in before anybody parses it, and of dialects that go by the language's name. */
static bool is_dialect(const struct bt_look *look)
{
	static const struct {
		const char *lang, *mark;
	} marks[] = {
		{ "javascript", "@flow" },   /* types */
		{ "javascript", " class=" }, /* JSX whose attributes are keywords */
		{ "javascript", " for=" },
		{ "json", "{{" },
		{ "json", "{%" },
		{ "json", "<%" },
		{ "json", "/*" }, /* JSON5 and the like */
		{ "php", "{{" },
		{ "python", "cdef " }, /* Cython */
		{ "python", "cimport " },
		{ "python", "{{" },
		{ "python", "{%" },
		{ "ruby", "<%" },
		{ "toml", "{{" },
		{ "toml", "{%" },
		{ "yaml", "{{" },
		{ "yaml", "{%" },
		{ "yaml", "<%" },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(marks); i++)
		if (!strcmp(look->lang->name, marks[i].lang) &&
		    memmem(look->data, look->len, marks[i].mark, strlen(marks[i].mark)))
			return true;
	return !strcmp(look->lang->name, "json") && has_line_comment(look);
}

static void report_errors(const struct bt_look *look, const struct bt_facts *f, bool commas,
			  struct bt_findings_sink *s)
{
	for (uint32_t i = 0, nr = 0; i < f->errors_nr && nr < ERRORS_MAX; i++) {
		size_t start = f->errors[i].start, end = f->errors[i].end;
		const char *nl = memchr(look->data + start, '\n', end - start);

		if (is_last_comma(look, &f->errors[i]) != commas)
			continue;
		/* Its first line: an error may reach to the end of the file. */
		if (nl)
			end = (size_t)(nl - look->data);
		if (!bt_sink_add(s, start, end > start ? end : start, NULL, 0))
			return;
		nr++;
	}
}

/*
 * Languages that the grammars do not know all of: macros, conditional compilation and new syntax are errors to them. Brackets that do
 * not match are errors to everybody.
 */
static const struct {
	const char *lang;
	unsigned flags;
} bracket_langs[] = {
	{ "c", BT_BRACKETS_DIRECTIVES },
	{ "c-sharp", BT_BRACKETS_DIRECTIVES | BT_BRACKETS_VERBATIM | BT_BRACKETS_TRIPLE },
	{ "cpp", BT_BRACKETS_DIRECTIVES | BT_BRACKETS_RAW_STRINGS },
	{ "css", BT_BRACKETS_NO_LINE_COMMENTS },
	{ "kotlin", BT_BRACKETS_TRIPLE | BT_BRACKETS_BACKTICKS },
	{ "scala", BT_BRACKETS_TRIPLE | BT_BRACKETS_BACKTICKS },
	{ "swift", BT_BRACKETS_CONDITIONS | BT_BRACKETS_TRIPLE | BT_BRACKETS_BACKTICKS },
	{ "tsx", BT_BRACKETS_BACKTICKS | BT_BRACKETS_REGEXPS },
	{ "typescript", BT_BRACKETS_BACKTICKS | BT_BRACKETS_REGEXPS },
	{ "zig", BT_BRACKETS_LINE_STRINGS },
};

static void report_brackets(const struct bt_look *look, unsigned flags, struct bt_findings_sink *s)
{
	size_t at;

	if (!bt_brackets_match(look->data, look->len, flags, &at))
		bt_sink_add(s, at, at + 1, "this bracket has no other half", 30);
}

/* The errors of a blob that may count; false: there are none. */
static bool has_errors(const struct bt_look *look, const struct bt_facts **ret_f)
{
	struct bt_err ignored = BT_ERR_INIT;

	return look->syntax && !bt_syntax_facts(look->syntax, ret_f, &ignored) && (*ret_f)->errors_nr &&
	       !is_dialect(look) && !has_conflict(look);
}

void bt_analysis_syntax_error(const struct bt_look *look, struct bt_findings_sink *s)
{
	const struct bt_facts *f;

	if (!has_errors(look, &f))
		return;
	for (size_t i = 0; i < BT_ARRAY_NR(bracket_langs); i++) {
		if (strcmp(look->lang->name, bracket_langs[i].lang))
			continue;
		report_brackets(look, bracket_langs[i].flags, s);
		return;
	}
	report_errors(look, f, false, s);
}

void bt_analysis_trailing_comma(const struct bt_look *look, struct bt_findings_sink *s)
{
	const struct bt_facts *f;

	if (has_errors(look, &f))
		report_errors(look, f, true, s);
}
