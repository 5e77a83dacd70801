/*
 * core/rules/evaluate.c and core/lang/query*.c: predicates, one by one, and that the ways of compiling agree.
 */
#include "core/rules/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/lang/extract.h"
#include "core/lang/query.h"
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

/* What is said about code: above it, behind it, in it; attributes and annotations. */
static void test_notes(void **state)
{
	static const char rust[] = "fn f() {\n"
				   "    // a cache: it is made again\n"
				   "    let _ = a();\n"				/* 3 */
				   "    // ignored, 20-3\n"
				   "    let _ = a();\n"				/* 5 */
				   "    let _ = a(); // it is only a hint\n"
				   "    // TO" "DO: what should be done here?\n"
				   "    let _ = a();\n"				/* 8 */
				   "    // nothing but a title of this part\n"
				   "\n"
				   "    let _ = { /* nobody can be told about it */ a() };\n"	/* 11 */
				   "}\n"
				   "#[cfg(test)]\n"
				   "// of these\n"
				   "mod tests { fn g() { let _ = a(); } }\n"	/* 15 */
				   "#[inline]\n"
				   "fn h() { let _ = a(); }\n"			/* 17 */
				   "fn i() { let _ = a(); } // BUG-17\n"	/* 18 */
				   "fn j() { let _ = a(); } // see #9\n";	/* 19 */
	static const char java[] = "class A {\n"
				   "@Test public void f() { a(); }\n"
				   "@Override public void g() { a(); }\n"
				   "}\n";
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	rows_of("rust", "((let_declaration) @finding (#explained? @finding))", rust, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "3 6 11 18 19");
	rows_of("rust", "((let_declaration) @finding (#not-explained? @finding))", rust, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "5 8 15 17");
	rows_of("rust", "((let_declaration) @finding (#foretold? @finding \"title|of these\"))", rust, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "11");
	rows_of("java", "((method_invocation) @finding (#foretold? @finding \"swallow\"))",
		"class A { // swallow\n"
		"void f() { a(); }\n"
		"/* errors are swallowed */\n"
		"void g() { if (x) { a(); } }\n"	/* 4 */
		"void h() { // swallow all of them\n"
		"  try { b(); } finally { c(); } } }\n",	/* 6 */
		&rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 4 6 6");
	rows_of("rust", "((let_declaration) @finding (#marked? @finding \"test\" \"bench\"))", rust, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "15");
	rows_of("rust", "((let_declaration) @finding (#marked? @finding \"inline\"))", rust, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "17");
	rows_of("java", "((method_invocation) @finding (#marked? @finding \"Test\"))", java, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2");
}

/* Callables of a name, the one around a node, and what is behind it in that one. */
static void test_names(void **state)
{
	static const char names[] = "async def f():\n"			/* 1 */
				    "    f(); self.f(); g(); h(); k()\n"	/* 2 */
				    "@deco\n"
				    "async def g(): catch(); g()\n"	/* 4 */
				    "def h(): h()\n"			/* 5 */
				    "class A:\n"
				    "    async def m(self): m(); self.m()\n"	/* 7 */
				    "async def k(): catch(); k()\n"	/* 8 */
				    "def k(): k()\n";			/* 9 */
	static const char behind[] = "def a(v, w, x):\n"
				     "    v = q(); w = q(); x = q()\n"	/* 2 */
				     "    if v: x()\n"
				     "    y = q(); z = q()\n"		/* 4 */
				     "    r(not y, (z) == 1, iffy, vv)\n"
				     "def b():\n"
				     "    if w: pass\n";
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	rows_of("python", CALL "(#each-signed? @_f \"async\"))", names, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2");
	rows_of("python", "((call function: (attribute attribute: (identifier) @_f)) @finding (#each-signed? @_f \"async\"))",
		names, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 7");
	rows_of("python", CALL "(#each-mentions? @_f \"catch\"))", names, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 4");
	rows_of("python", CALL "(#signed? @finding \"async\"))", names, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 2 2 2 4 4 7 8 8");
	rows_of("python", "((assignment left: (_) @_l) @finding (#again? @_l))", behind, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 2 4 4");
	rows_of("python", "((assignment) @finding (#tested? @finding))", behind, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 4 4");
	rows_of("javascript", "((try_statement body: (_) @_b) @finding (#tested? @_b))",
		"function f(a) { try { a = g() } catch {} return a }\n"
		"function g(a) { try { /* c */ a = g() } catch {} return a ?? 1 }\n"	/* 2 */
		"function h(a) { try { if (x) { a = g() } } catch {} while (!a) x() }\n"	/* 3 */
		"function k(a) { try { a = g(); b() } catch {} while (!a) x() }\n",
		&rows);
	assert_string_equal(bt_buf_cstr(&rows), "2 3");
}

static void test_siblings(void **state)
{
	static const char go[] = "package a\n"
				 "func f() error {\n"
				 "	a()\n"				/* 3 */
				 "	// why\n"
				 "	b()\n"				/* 5 */
				 "	return err\n"
				 "}\n";
	BT_FREE char *wide = bt_xasprintf("x; /* %0120d */ y;\nz;\n", 0);
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	rows_of("go", "((expression_statement) @finding (#follows? @finding \"^a[(]\"))", go, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "5");
	rows_of("go", "((expression_statement) @finding (#precedes? @finding \"^return\"))", go, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "5");
	rows_of("go", "((expression_statement) @finding (#not-precedes? @finding \"^return\"))", go, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "3");
	rows_of("javascript", "((identifier) @finding (#long-line? @finding 100))", wide, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "1 1");
}

/* The next mention decides: a use of what the pointer points to, or anything else. */
static void test_used_unchecked(void **state)
{
	static const char *const used[] = {
		"p = m(); p[0] = 1;", "p = m(); *p = 1;", "p = m(); p->x = 1;", "p = m(); *(char *)p = 1;",
		"p = m(); *p++ = 1;", "p = m(); copy(p, q);", "p = m(); n = sizeof(*p); p[0] = n;",
		"p = m(); while (a) { p->x = 1; }", "p->q = m(); p->q->r = 1;", "p->q = m(); *p->q = 1;",
		"if (a) p = m(); else p = q; p[0] = 1;", "if (a) { p = m(); p[0] = 1; }",
		"switch (a) { case 1: p = m(); p[0] = 1; }", "p = m(); return p->x;",
	}, *const other[] = {
		"p = m(); if (!p) return; p[0] = 1;", "p = m(); assert(p); p[0] = 1;", "p = m(); p = q; p[0] = 1;",
		"p = m(); if (p && p->x) a();", "p = m(); q = &p->x; p->x = 1;", "p = m(); other(p); p[0] = 1;",
		"if (a) p = m(); else p[0] = 1;", "p = m(); return; p[0] = 1;",
		"switch (a) { case 1: p = m(); break; case 2: p[0] = 1; }",
		"{ p = m(); } p[0] = 1;", "p = m(); p.x = 1;", "p = m(); q->p = 1; q[p] = 2;", "p->q = m(); p->r->q = 1;",
	};
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(used) + BT_ARRAY_NR(other); i++) {
		bool want = i < BT_ARRAY_NR(used);
		const char *body = want ? used[i] : other[i - BT_ARRAY_NR(used)];
		BT_FREE char *text = bt_xasprintf("void f(void) { %s }\n", body);

		rows_of("c", "((assignment_expression left: (_) @_p right: (call_expression)) @finding "
			     "(#used-unchecked? @_p \"copy\"))", text, &rows);
		if (strcmp(bt_buf_cstr(&rows), want ? "1" : ""))
			fail_msg("%s: '%s'", body, bt_buf_cstr(&rows));
	}
}

static void test_declared_with(void **state)
{
	static const char c[] = "int __must_check a(void);\n"
				"static int b(void) __attribute__((warn_unused_result));\n"
				"int c(void);\n"
				"void f(void) {\n"
				"	a();\n"	/* 5 */
				"	b();\n"
				"	c();\n"
				"	d();\n"
				"}\n";
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	rows_of("c", "((call_expression function: (identifier) @_f) @finding "
		     "(#declared-with? @_f \"must_check\" \"warn_unused_result\"))", c, &rows);
	assert_string_equal(bt_buf_cstr(&rows), "5 6");
	rows_of("c", "((call_expression function: (identifier) @_f) @finding (#not-declared-with? @_f \"must_check\"))", c,
		&rows);
	assert_string_equal(bt_buf_cstr(&rows), "6 7 8");
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

/* Words decide where a rule is asked: anywhere in the text, or where nothing longer has them in it. */
static void test_words(void **state)
{
	static const struct {
		const char *head, *text, *want;
	} cases[] = {
		{ "words: dup", "strdup(a)", "1" },
		{ "words: dup", "strcpy(a)", "" },
		{ "names: dup", "strdup(a)", "" },
		{ "names: dup", "dup2(a)", "" },
		{ "names: dup", "_dup(a); dup_(a); Dup(dupA); \xc3\xa9" "dup(a); dup\xc3\xa9(a)", "" },
		{ "names: dup", "strdup(a)\n-dup", "1" },
		{ "names: dup", "dup(a)", "1" },
		{ "names: x dup", "strdup(dup)", "1" },
		{ "names: a", "f(aa)\nf(b)", "" },
		{ "names: a", "f(aa)\nf(b)\na", "1 2" },
		{ "names: z\n;; words: trd", "strdup(a)", "1" },
	};
	BT_BUF_OWNED struct bt_buf rows = BT_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_FREE char *query = bt_xasprintf(";; %s\n(call) @finding", cases[i].head);

		rows_of("python", query, cases[i].text, &rows);
		if (strcmp(bt_buf_cstr(&rows), cases[i].want))
			fail_msg("%s in %s: '%s', wanted '%s'", cases[i].head, cases[i].text, bt_buf_cstr(&rows), cases[i].want);
	}
}

/* What is compiled in a hurry has patterns that can match: tree-sitter's own analysis of them says so. */
static void test_builtin_queries(void **state)
{
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	struct bt_err err = BT_ERR_INIT;
	size_t nr = 0;

	(void)state;
	assert_int_equal(bt_ruleset_init(&set, NULL, 0, &err), 0);
	for (uint32_t i = 0; i < set.nr; i++)
		for (size_t k = 0; k < set.rules[i].queries_nr; k++, nr++) {
			const struct bt_rule_query *q = &set.rules[i].queries[k];
			struct bt_query_text text = { q->text, q->len, 0 };
			BT_CLEANUP(bt_query_free) struct bt_query *query = NULL;
			struct bt_query_mistake bad = { 0 };

			assert_int_equal(bt_extract_prepare(q->lang, &err), 0);
			if (bt_query_new(q->lang, &text, 1, &query, &bad, &err))
				fail_msg("%s for %s, line %u: %s", set.rules[i].info.id, q->lang->name, q->line + bad.row, err.msg);
		}
	assert_true(nr > 50);
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

/* Matches that multiply: the rule is stopped, by the same measure everywhere, and leaves no finding behind. */
static void test_stopped(void **state)
{
	static const char boom[] = "(module (_)* @a (_)* @b (_)* @c (_)* @d (_)* @finding (_)* @e (_)* @f)";
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, rows = BT_BUF_INIT, again = BT_BUF_INIT;
	clock_t start;

	(void)state;
	for (int i = 0; i < 100; i++)
		bt_buf_addf(&text, "x%d = %d\n", i, i);
	start = clock();
	rows_of("python", boom, bt_buf_cstr(&text), &rows);
	rows_of("python", boom, bt_buf_cstr(&text), &again);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 8);	/* much less, but for valgrind */
	assert_memory_equal(bt_buf_cstr(&rows), BT_RECORD_STOPPED, strlen(BT_RECORD_STOPPED));
	assert_string_equal(bt_buf_cstr(&rows), bt_buf_cstr(&again));
	/* As many matches under way as there are statements are no reason. */
	rows_of("python", "((module (expression_statement) @a (expression_statement) @finding) (#eq? @a @finding))",
		bt_buf_cstr(&text), &rows);
	assert_string_equal(bt_buf_cstr(&rows), "");
	rows_of("python", "(module (expression_statement)* @a . (expression_statement) @finding)", "a\nb\n", &rows);
	assert_memory_not_equal(bt_buf_cstr(&rows), BT_RECORD_STOPPED, strlen(BT_RECORD_STOPPED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_predicates), cmocka_unit_test(test_blocks), cmocka_unit_test(test_notes),
		cmocka_unit_test(test_names), cmocka_unit_test(test_siblings), cmocka_unit_test(test_used_unchecked), cmocka_unit_test(test_declared_with), cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_words), cmocka_unit_test(test_builtin_queries), cmocka_unit_test(test_few_and_many), cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
