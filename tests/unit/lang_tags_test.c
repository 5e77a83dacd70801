/* core/lang/tags*.c: what the queries of a tags.scm make of a file, over the grammar of JavaScript. */
#include "core/lang/tags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/lang/grammar_table.h"

static const TSLanguage *language(void)
{
	for (const struct bt_grammar *g = bt_grammars; g->name; g++)
		if (!strcmp(g->name, "javascript"))
			return g->language();
	fail_msg("no grammar");
	return NULL;
}

/* What is found, one line: definitions with their spans and parents, then names with their roles. */
static const char *found(const char *query, const char *src)
{
	static char line[4096];
	struct bt_err err = BT_ERR_INIT;
	struct bt_facts f = { .size = (uint32_t)strlen(src) };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, rec = BT_BUF_INIT;
	struct bt_tags *t = NULL;
	TSParser *parser = ts_parser_new();
	TSTree *tree;

	assert_true(ts_parser_set_language(parser, language()));
	tree = ts_parser_parse_string(parser, NULL, src, f.size);
	if (bt_tags_new(language(), query, strlen(query), &t, &err)) {
		snprintf(line, sizeof(line), "%s", err.msg);
	} else {
		assert_int_equal(bt_tags_apply(t, tree, src, &f, &err), 0);
		for (uint32_t i = 0; i < f.defs_nr; i++)
			bt_buf_addf(&out, "%s %.*s %u-%u-%u^%d ", bt_kind_name(f.defs[i].kind), (int)f.names[f.defs[i].name].len,
				    f.names[f.defs[i].name].text, f.defs[i].start, f.defs[i].sig_end, f.defs[i].end,
				    f.defs[i].parent == BT_NONE ? -1 : (int)f.defs[i].parent);
		bt_buf_adds(&out, "|");
		for (uint32_t i = 0; i < f.occs_nr; i++)
			bt_buf_addf(&out, " %s %.*s", bt_role_name(f.occs[i].role), (int)f.names[f.occs[i].name].len,
				    f.names[f.occs[i].name].text);
		snprintf(line, sizeof(line), "%s", bt_buf_cstr(&out));
	}
	bt_tags_free(&t);
	ts_tree_delete(tree);
	ts_parser_delete(parser);
	return line;
}

#define FUNCTIONS "(function_declaration name: (identifier) @name) @definition.function\n"
#define CALLS "(call_expression function: (identifier) @name) @reference.call\n"

static void test_found(void **state)
{
	(void)state;
	assert_string_equal(found(FUNCTIONS CALLS, ""), "|");
	assert_string_equal(found(FUNCTIONS CALLS, "function f(a) { g(); }"), "function f 0-13-22^-1 | definition f call g");
	assert_string_equal(found(FUNCTIONS, "function f() { function g() {} }\nfunction h() {}"),
			    "function f 0-12-32^-1 function g 15-27-30^0 function h 33-45-48^-1 | definition f definition g definition h");
	/* one name: the definition, then the earlier pattern */
	assert_string_equal(found("(identifier) @name @reference.type\n" FUNCTIONS "(function_declaration name: (_) @name) @definition.class\n",
				  "function f() { x; }"),
			    "function f 0-12-19^-1 | definition f type x");
	/* a name that the query calls what it likes */
	assert_string_equal(found("(string) @name @definition.odd.thing", "'a b'"), "variable 'a b' 0-5-5^-1 | definition 'a b'");
	assert_string_equal(found("(function_declaration name: (identifier)) @definition.function", "function f() {}"), "|");
}

static void test_predicates(void **state)
{
	static const char *const cases[][2] = {
		{ "(#eq? @name \"ab\")", "| call ab" },
		{ "(#not-eq? @name \"ab\")", "| call a1 call A" },
		{ "(#any-of? @name \"A\" \"a1\")", "| call a1 call A" },
		{ "(#not-any-of? @name \"A\" \"a1\")", "| call ab" },
		{ "(#match? @name \"^[A-Z]\")", "| call A" },
		{ "(#match? @name \"\\\\d\")", "| call a1" },
		{ "(#match? @name \"^[a-z\\\\d]+$\")", "| call ab call a1" },
		{ "(#match? @name \"^(?:ab|A)$\")", "| call ab call A" },
		{ "(#match? @name \"(?i)^a$\")", "| call A" },
		{ "(#match? @name \"^[^]a]\")", "| call A" },
		{ "(#not-match? @name \"^\\\\w+?b\")", "| call a1 call A" },
		{ "(#set! a b)", "| call ab call a1 call A" },
		{ "(#is-not? local)", "| call ab call a1 call A" },
		{ "(#strip! @name \"x\")", "| call ab call a1 call A" },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_FREE char *query = bt_xasprintf("((call_expression function: (identifier) @name) @reference.call %s)", cases[i][0]);

		assert_string_equal(found(query, "ab(); a1(); A()"), cases[i][1]);
	}
	assert_string_equal(found("((assignment_expression left: (_) @name right: (_) @r) @reference.variable (#eq? @name @r))", "a = a; b = c"),
			    "| read a");
}

static void test_wrong(void **state)
{
	(void)state;
	assert_string_equal(found("\n(nothing) @name", "x"), "its tags.scm, line 2, has an unknown node type: 'nothing'");
	assert_string_equal(found("(pair kee: (_)) @name", "x"), "its tags.scm, line 1, has an unknown field: 'kee'");
	assert_string_equal(found("((pair) @a (#match? @a \"[\"))", "x"), "the expression \"[\" of its tags.scm is not understood");
	assert_non_null(strstr(found("(pair", "x"), "is no query"));
}

static void test_hashes(void **state)
{
	static const char *const same = "function f(a) { g(); }", *const spaced = "function f( a )  {\n/* x */ g() ; }",
				*const body = "function f(a) { h(); }", *const head = "function f(b) { g(); }";
	const char *const sources[] = { same, spaced, body, head };
	struct bt_def defs[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct bt_facts f = { .size = (uint32_t)strlen(sources[i]) };
		struct bt_err err = BT_ERR_INIT;
		TSParser *parser = ts_parser_new();
		struct bt_tags *t = NULL;
		TSTree *tree;

		assert_true(ts_parser_set_language(parser, language()));
		tree = ts_parser_parse_string(parser, NULL, sources[i], f.size);
		assert_int_equal(bt_tags_new(language(), FUNCTIONS, strlen(FUNCTIONS), &t, &err), 0);
		assert_int_equal(bt_tags_apply(t, tree, sources[i], &f, &err), 0);
		assert_int_equal(f.defs_nr, 1);
		assert_int_equal(f.defs[0].params, 1);
		defs[i] = f.defs[0];
		bt_tags_free(&t);
		ts_tree_delete(tree);
		ts_parser_delete(parser);
	}
	assert_true(defs[0].sig_hash == defs[1].sig_hash && defs[0].body_hash == defs[1].body_hash);
	assert_true(defs[0].sig_hash == defs[2].sig_hash && defs[0].body_hash != defs[2].body_hash);
	assert_true(defs[0].sig_hash != defs[3].sig_hash && defs[0].body_hash == defs[3].body_hash);
}

static void test_describe(void **state)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	(void)state;
	bt_tags_describe(language(), "; (string) @name\n(pair key: [(property_identifier) (number)] @name \"(this) @name\") @definition.key\n"
				     "((identifier) @name (#eq? @name \"x\")) (comment) @name (string) @names (_) @name", &out);
	assert_string_equal(bt_buf_cstr(&out), "comment comment\ncomment html_comment\nident property_identifier read whole\n"
					       "ident number read whole\nident identifier read whole\n");
	bt_buf_clear(&out);
	bt_tags_describe(language(), "", &out);
	assert_non_null(strstr(bt_buf_cstr(&out), "ident identifier read whole\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),  cmocka_unit_test(test_predicates), cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_hashes), cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests_name("lang_tags", tests, NULL, NULL);
}
