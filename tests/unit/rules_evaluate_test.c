/*
 * core/rules/evaluate.c and core/lang/query*.c: predicates, one by one, and that the ways of compiling agree.
 */
#include "core/rules/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/lang/extract.h"
#include "core/rules/record.h"

struct looking {
	struct bt_evaluator *e;
	const struct bt_lang *lang;
	const char *text;
	size_t len;
	struct bt_buf *out;
};

static int look(void *ctx, struct bt_syntax *syntax, struct bt_err *err)
{
	struct looking *l = ctx;

	return bt_evaluate(l->e, l->lang, l->text, l->len, syntax, l->out, err);
}

static void evaluate(struct bt_evaluator *e, const char *lang, const char *text, struct bt_buf *out)
{
	struct looking l = { e, bt_lang_find(lang), text, strlen(text), out };
	struct bt_extract_job j = { .lang = l.lang, .data = text, .len = l.len, .also = look, .ctx = &l };
	struct bt_err err = BT_ERR_INIT;

	assert_non_null(l.lang);
	if (bt_extract_job(&j, &err))
		fail_msg("%s", err.msg);
}

/* The rows at which a project's rule of this query finds something in a text, "1 4 4"; or what is wrong with it. */
static void rows_of(const char *lang, const char *query, const char *text, struct bt_buf *rows)
{
	BT_FREE char *file = bt_xasprintf(";; severity: note\n;; languages: %s\n;; message: m\n%s\n", lang, query);
	const struct bt_rule_file rule = { "zz", file, strlen(file) };
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	BT_CLEANUP(bt_evaluator_free) struct bt_evaluator *e = NULL;
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	const struct bt_ruleset_lang *l;
	struct bt_err err = BT_ERR_INIT;
	struct bt_record r;

	bt_buf_clear(rows);
	bt_buf_cstr(rows);
	if (bt_ruleset_init(&set, &rule, 1, &err))
		fail_msg("%s", err.msg);
	e = bt_evaluator_new(&set, true);
	evaluate(e, lang, text, &bytes);
	l = bt_ruleset_for(&set, bt_lang_find(lang));
	assert_int_equal(bt_record_decode(bt_buf_cstr(&bytes), bytes.len, l->nr, &arena, &r, &err), 0);
	for (uint32_t i = 0; i < r.found_nr; i++)
		if (l->rules[r.found[i].rule] == set.nr - 1)
			bt_buf_addf(rows, "%s%u", rows->len ? " " : "", r.found[i].row + 1);
	for (uint32_t i = 0; i < r.troubles_nr; i++)
		bt_buf_addf(rows, "%.*s", (int)r.troubles[i].len, r.troubles[i].text);
}

static const char python[] = "def f(a, b, c):\n"		/* 1 */
			     "    # why\n"
			     "    if a:\n"				/* 3 */
			     "        g(a)\n"
			     "    h(b); i(b)\n"			/* 5 */
			     "def test_x():\n"
			     "    try:\n"				/* 7 */
			     "        g(1)\n"
			     "    except E as e:\n"			/* 9 */
			     "        k(e)\n"
			     "    except F as e:\n"			/* 11 */
			     "        # nothing\n"
			     "        pass\n"			/* 13 */
			     "g(\"a text\")\n";

#define CALL "((call function: (identifier) @_f arguments: (argument_list) @_a) @finding "

static void test_predicates(void **state)
{
	static const struct {
		const char *query, *want;
	} cases[] = {
		{ CALL ")", "4 5 5 8 10 14" },
		{ CALL "(#eq? @_f \"g\"))", "4 8 14" },
		{ CALL "(#not-eq? @_f \"g\"))", "5 5 10" },
		{ CALL "(#any-of? @_f \"h\" \"k\"))", "5 10" },
		{ CALL "(#not-any-of? @_f \"h\" \"k\"))", "4 5 8 14" },
		{ CALL "(#match? @_f \"^[h-k]$\"))", "5 5 10" },
		{ CALL "(#not-match? @_f \"^[h-k]$\"))", "4 8 14" },
		{ CALL "(#contains? @_a \"(1\" \"text\"))", "8 14" },
		{ CALL "(#mentions? @_a \"b\"))", "5 5" },
		{ CALL "(#not-mentions? @_a \"a\" \"b\" \"e\" \"1\"))", "14" },
		{ CALL "(#has-child? @_a \"string\"))", "14" },
		{ CALL "(#has-descendant? @_a \"string_content\"))", "14" },
		{ CALL "(#not-has-descendant? @_a \"identifier\"))", "8 14" },
		{ CALL "(#has-parent? @finding \"expression_statement\"))", "4 5 5 8 10 14" },
		{ CALL "(#has-ancestor? @finding \"except_clause\" \"if_statement\"))", "4 10" },
		{ CALL "(#not-has-ancestor? @finding \"block\"))", "14" },
		{ CALL "(#in? @finding \"test\"))", "8 10" },
		{ CALL "(#in-named? @finding \"test_*\"))", "8 10" },
		{ CALL "(#not-in-named? @finding \"*es?_x\" \"f\"))", "14" },
		{ "((function_definition) @finding (#metric-over? @finding \"params\" 2))", "1" },
		{ "((function_definition) @finding (#metric-over? @finding \"complexity\" 1))", "1 6" },
		{ "((function_definition) @finding (#metric-over? @finding \"lines\" 5))", "6" },
		{ "((function_definition) @finding (#metric-over? @finding \"nesting\" 5))", "" },
		{ "((function_definition) @finding (#calls? @finding \"k\" \"i\"))", "1 6" },
		{ "((function_definition) @finding (#not-calls? @finding \"k\"))", "1" },
		{ "((except_clause (as_pattern alias: (as_pattern_target) @_e) (block) @_b) @finding (#uses? @_b @_e))", "9" },
		{ "((except_clause (as_pattern alias: (as_pattern_target) @_e) (block) @_b) @finding (#not-uses? @_b @_e))",
		  "11" },
		{ "((if_statement consequence: (_) @_b) @finding (#has-field? @finding \"alternative\"))", "" },
		{ "((if_statement consequence: (_) @_b) @finding (#not-has-field? @finding \"alternative\"))", "3" },
		{ "((if_statement) @finding (#first? @finding))", "3" },
		{ "((expression_statement) @finding (#last? @finding))", "4 5 8 10 14" },
		{ "((call) @a (call) @finding (#same-line? @a @finding))", "" },
		{ "((module (function_definition name: (_) @_n)+ ) @finding (#eq? @_n \"f\"))", "" },
		{ "((module (function_definition name: (_) @_n)+ ) @finding (#any-eq? @_n \"f\"))", "1" },
		{ "((call function: (identifier) @finding) @x (#not-eq? @finding @x))", "4 5 5 8 10 14" },
		/* a capture that the match does not have */
		{ "((if_statement alternative: (_)? @_e) @finding (#eq? @_e \"x\"))", "3" },
		/* without the callback of a run the radius is a matter of the record */
		{ "((function_definition) @finding (#blast-radius-over? @finding 3))", "1 6" },
	};
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		rows_of("python", cases[i].query, python, &rows);
		if (strcmp(bt_buf_cstr(&rows), cases[i].want))
			fail_msg("%s: '%s', wanted '%s'", cases[i].query, bt_buf_cstr(&rows), cases[i].want);
	}
}

static const char javascript[] = "try { a() } catch (e) {}\n"
				 "try { a() } catch (e) { /* why */ }\n"
				 "try { a() } catch (e) { b() }\n"
				 "try { a() } catch (e) { b( }\n";	/* a syntax error */

static void test_blocks(void **state)
{
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	rows_of("javascript", "((catch_clause body: (_) @_b) @finding (#empty? @_b))", javascript, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "1 2");
	rows_of("javascript", "((catch_clause body: (_) @_b) @finding (#has-comment? @_b))", javascript, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2");
	rows_of("javascript", "((catch_clause body: (_) @_b) @finding (#not-empty? @_b))", javascript, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "3");
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *query, *want;
	} cases[] = {
		{ "((cal) @finding)", "line 4, column 3: no node type 'cal' in python" },
		{ "((call) @finding\n (#eq? @nope \"x\"))", "line 5, column 9: no capture '@nope' in the pattern" },
		{ "((call) @finding)\n((call) @other)", "line 5, column 1: the pattern has no capture @finding" },
		{ "((call) @finding (#has-child? @finding \"nope\"))", "line 4, column 1: #has-child?: no node type 'nope'" },
		{ "((call) @finding (#has-field? @finding \"nope\"))", "line 4, column 1: #has-field?: no field 'nope'" },
		{ "((call) @finding (#eq? @finding))",
		  "line 4, column 1: #eq?: a text or a second capture is expected" },
		{ "((call) @finding (#uses? @finding \"x\"))", "line 4, column 1: #uses?: a second capture is expected" },
		{ "((call) @finding (#empty? @finding \"x\"))",
		  "line 4, column 1: #empty?: nothing is expected behind the capture" },
		{ "((call) @finding (#eq? \"x\" @finding))", "line 4, column 1: #eq?: a capture is expected first" },
		{ "((call) @finding (#metric-over? @finding \"weight\" 3))",
		  "line 4, column 1: #metric-over?: complexity, nesting, params or lines is expected behind the capture" },
		{ "((call) @finding (#metric-over? @finding \"lines\" x))",
		  "line 4, column 1: #metric-over?: a number from 0 to 1000000 is expected at the end" },
		{ "((call) @finding (#not-blast-radius-over? @finding 3))",
		  "line 4, column 1: #not-blast-radius-over?: it has no negation" },
	};
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		rows_of("python", cases[i].query, python, &rows);
		assert_string_equal(bt_buf_cstr(&rows), cases[i].want);
	}
}

/* A few blobs or many: the same records, for every example of every built-in rule. */
static void test_few_and_many(void **state)
{
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	BT_CLEANUP(bt_evaluator_free) struct bt_evaluator *few = NULL, *many = NULL;
	struct bt_err err = BT_ERR_INIT;
	size_t nr = 0;

	(void)state;
	assert_int_equal(bt_ruleset_init(&set, NULL, 0, &err), 0);
	few = bt_evaluator_new(&set, true);
	many = bt_evaluator_new(&set, false);
	for (size_t i = 0; i < bt_langs_nr(); i++)
		if (bt_evaluator_prepare(many, bt_lang_get(i), &err))
			fail_msg("%s", err.msg);
	for (uint32_t i = 0; i < set.nr; i++)
		for (size_t k = 0; k < set.rules[i].examples_nr; k++) {
			const struct bt_rule_example *x = &set.rules[i].examples[k];
			BT_BUF_OWNED struct bt_buf a = BT_BUF_INIT, b = BT_BUF_INIT;

			if (!x->lang)
				continue;
			evaluate(few, x->lang->name, x->text, &a);
			evaluate(many, x->lang->name, x->text, &b);
			assert_int_equal(a.len, b.len);
			if (a.len)
				assert_memory_equal(a.data, b.data, a.len);
			nr++;
		}
	assert_true(nr > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_predicates), cmocka_unit_test(test_blocks), cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_few_and_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
