/*
 * core/lang: every description fits its grammar, a wrong one is told by file and line, and files are
 * given to their language by attribute, name, first line and content.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/lang/desc.h"
#include "core/lang/extract.h"
#include "core/lang/grammar_table.h"
#include "core/lang/langs.h"
#include "core/lang/tables.h"

static void test_prepare_all(void **state)
{
	(void)state;
	assert_true(bt_langs_nr() >= 24);
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		const struct bt_lang *lang = bt_lang_get(i);
		struct bt_err err = BT_ERR_INIT;

		if (bt_extract_prepare(lang, &err))
			fail_msg("%s: %s", lang->name, err.msg);
		assert_true(lang->version != 0);
		assert_ptr_equal(bt_lang_find(lang->name), lang);
	}
	assert_true(bt_extract_shared_bytes() > 0);
	assert_null(bt_lang_get(bt_langs_nr()));
}

static void test_every_grammar_is_used(void **state)
{
	(void)state;
	for (const struct bt_grammar *g = bt_grammars; g->name; g++) {
		size_t used = 0;

		for (size_t i = 0; i < bt_langs_nr(); i++)
			used += !strcmp(bt_lang_get(i)->grammar, g->name);
		if (!used)
			fail_msg("no description has grammar %s", g->name);
	}
}

/* An empty file, and one that the grammar cannot make sense of, have facts in every language. */
static void test_extract_all(void **state)
{
	static const char *const texts[] = { "", "\n", "}{ \"'<a \xff\xfe )(\n\tx = ]\n#" };

	(void)state;
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		for (size_t k = 0; k < BT_ARRAY_NR(texts); k++) {
			BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
			struct bt_err err = BT_ERR_INIT;

			if (bt_extract(bt_lang_get(i), texts[k], strlen(texts[k]), &rec, &err))
				fail_msg("%s: %s", bt_lang_get(i)->name, err.msg);
			assert_true(rec.len > 0);
		}
	}
	bt_extract_release();
}

static const TSLanguage *grammar(const char *name)
{
	for (const struct bt_grammar *g = bt_grammars; g->name; g++)
		if (!strcmp(g->name, name))
			return g->language();
	fail_msg("no grammar %s", name);
	return NULL;
}

static void assert_refused(const char *text, const char *message)
{
	struct bt_lang_tables tables;
	struct bt_err err = BT_ERR_INIT;
	struct bt_desc desc;

	bt_desc_init(&desc, text);
	assert_true(bt_tables_make(&desc, "sample", false, grammar("json"), &tables, &err) != 0);
	assert_string_equal(err.msg, message);
	bt_desc_release(&desc);
}

static void test_wrong_description(void **state)
{
	(void)state;
	assert_refused("name sample\n\n# a comment\nident strng read\n",
		       "core/lang/desc/sample.lang:4: no node type 'strng'");
	assert_refused("comment comment remark\n", "core/lang/desc/sample.lang:1: no node type 'remark'");
	assert_refused("branch \"whenever\"\n",
		       "core/lang/desc/sample.lang:1: no node type '\"whenever\"'");
	assert_refused("\nident string reads\n", "core/lang/desc/sample.lang:2: no role 'reads'");
	assert_refused("ident string\n",
		       "core/lang/desc/sample.lang:1: a type and a role are wanted after 'ident'");
	assert_refused("ident ERROR read\n",
		       "core/lang/desc/sample.lang:1: no rule can be made for 'ERROR'");
	assert_refused("ident string read bold\n",
		       "core/lang/desc/sample.lang:1: no such word in ident 'bold'");
	assert_refused("role pair label=bind\n", "core/lang/desc/sample.lang:1: no field 'label'");
	assert_refused("role pair key=bound\n", "core/lang/desc/sample.lang:1: no role 'bound'");
	assert_refused("role pair key\n", "core/lang/desc/sample.lang:1: no '=' in 'key'");
	assert_refused("role pair key=bind(as=thing)\n", "core/lang/desc/sample.lang:1: no kind 'thing'");
	assert_refused("def pair thing\n", "core/lang/desc/sample.lang:1: no kind 'thing'");
	assert_refused("def pair key always\n", "core/lang/desc/sample.lang:1: no such option 'always'");
	assert_refused("def pair key parent=object|objet\n",
		       "core/lang/desc/sample.lang:1: no node type 'objet'");
	assert_refused("def pair\n", "core/lang/desc/sample.lang:1: words are missing after 'def'");
	assert_refused("export most\n", "core/lang/desc/sample.lang:1: no export policy 'most'");
	assert_refused("member pair key\n",
		       "core/lang/desc/sample.lang:1: a type and two keys are wanted after 'member'");
	assert_refused("identifier string read\n",
		       "core/lang/desc/sample.lang:1: no such statement 'identifier'");
}

static void test_right_description(void **state)
{
	struct bt_lang_tables tables;
	struct bt_err err = BT_ERR_INIT;
	struct bt_desc desc;
	bool member = false;

	(void)state;
	bt_desc_init(&desc, "name sample # more\nident string -\ndef pair key export=all\n"
			    "role pair key=bind value=read\n");
	assert_int_equal(desc.nr, 4);
	assert_int_equal(desc.stmts[0].nr, 2);
	assert_int_equal(bt_tables_make(&desc, "sample", false, grammar("json"), &tables, &err), 0);
	for (uint32_t i = 0; i < tables.symbols_nr; i++)
		member |= tables.rules[i].defs_nr == 1 && tables.rules[i].entries_nr == 2;
	assert_true(member);
	bt_tables_release(&tables);
	bt_desc_release(&desc);
}

static const char *by_path(const char *path, const char *attribute)
{
	const struct bt_detect_class *cls = NULL;
	const struct bt_lang *lang = NULL;

	switch (bt_detect_path(path, strlen(path), attribute, &lang, &cls)) {
	case BT_DETECT_LANG:
		return lang->name;
	case BT_DETECT_CLASS:
		return cls->name;
	default:
		return "none";
	}
}

static void test_by_path(void **state)
{
	static const char *const rows[][2] = {
		{ "a.c", "c" },			{ "deep/er/a.rs", "rust" },
		{ "A.CPP", "cpp" },		{ "a.py", "python" },
		{ "a.js", "javascript" },	{ "a.jsx", "javascript" },
		{ "a.mjs", "javascript" },	{ "a.d.ts", "?ts" },
		{ "a.tsx", "tsx" },		{ "a.go", "go" },
		{ "a.java", "java" },		{ "a.rb", "ruby" },
		{ "Rakefile", "ruby" },		{ "a.php", "php" },
		{ "a.cs", "c-sharp" },		{ "a.sh", "bash" },
		{ "a.lua", "lua" },		{ "a.scala", "scala" },
		{ "a.kt", "kotlin" },		{ "a.kts", "kotlin" },
		{ "a.swift", "swift" },		{ "a.zig", "zig" },
		{ "package.json", "json" },	{ "a.yml", "yaml" },
		{ "a.yaml", "yaml" },		{ "Cargo.toml", "toml" },
		{ "x/Cargo.lock", "toml" },	{ "a.html", "html" },
		{ "a.css", "css" },		{ "README.md", "markdown" },
		{ "SConstruct", "python" },	{ "a.h", "?h" },
		{ "a.ts", "?ts" },		{ "a.inc", "?inc" },
		{ "bin/tool", "?script" },	{ ".hidden", "?script" },
		{ "a.unknown", "none" },	{ "a.rs.orig", "none" },
		{ "dir.c/a.unknown", "none" },	{ "a.", "none" },
		{ "b.cgi", "?script" },		{ "install.sh.in", "?script" },
		{ "config.guess", "?script" },	{ "a.py.tmpl", "?script" },
		{ "a.inn", "none" },		{ "a.in.png", "none" },
		{ ".in", "?script" },		{ "in", "?script" },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(rows); i++)
		if (strcmp(by_path(rows[i][0], NULL), rows[i][1]))
			fail_msg("%s: %s, not %s", rows[i][0], by_path(rows[i][0], NULL), rows[i][1]);
}

static void test_by_attribute(void **state)
{
	(void)state;
	assert_string_equal(by_path("a.txt", "Rust"), "rust");
	assert_string_equal(by_path("a.c", "C++"), "cpp");
	assert_string_equal(by_path("a.h", "c"), "c");
	assert_string_equal(by_path("a.cs", "C#"), "c-sharp");
	assert_string_equal(by_path("a.json", "JSON-with-Comments"), "json");
	assert_string_equal(by_path("a.rs", "Nothing we know"), "none");
}

static const char *by_content(const char *cls_name, const char *text)
{
	const struct bt_detect_class cls = { .name = cls_name };
	const struct bt_lang *lang = bt_detect_content(&cls, text, strlen(text));

	return lang ? lang->name : "none";
}

static void test_by_content(void **state)
{
	(void)state;
	assert_string_equal(by_content("?h", "int f(void);\n"), "c");
	assert_string_equal(by_content("?h", "/*\n class X\n*/\nint f(void);\n"), "c");
	assert_string_equal(by_content("?h", "namespace a {\n}\n"), "cpp");
	assert_string_equal(by_content("?h", "#ifdef __cplusplus\nnamespace a {}\n#endif\nint f(void);\n"),
			    "c");
	assert_string_equal(by_content("?h", "#import <a.h>\n@interface A : B\n@end\n"), "none");
	assert_string_equal(by_content("?h", "@class A;\nint f(A *a);\n"), "none");
	assert_string_equal(by_content("?h", "  @protocol P <NSObject>\n@end\n"), "none");
	assert_string_equal(by_content("?h", "#ifdef __OBJC__\n@class A;\n#else\ntypedef void A;\n#endif\nint f(A *a);\n"),
			    "c");
	assert_string_equal(by_content("?h", "/*\n@interface in words\n */\nint f(void);\n"), "c");
	assert_string_equal(by_content("?h", "/** @class A */\n// @class B\nint f(void);\n"), "c");
	assert_string_equal(by_content("?ts", "export const a = 1;\n"), "typescript");
	assert_string_equal(by_content("?ts", "<?xml version=\"1.0\"?>\n<TS></TS>\n"), "none");
	assert_string_equal(by_content("?inc", "<?php\n"), "php");
	assert_string_equal(by_content("?inc", "#define A 1\n"), "c");
	assert_string_equal(by_content("?inc", "words\n"), "none");
	assert_string_equal(by_content("?no-such-class", "#!/bin/sh\n"), "none");
}

static void test_by_shebang(void **state)
{
	(void)state;
	assert_string_equal(by_content("?script", "#!/bin/sh\n"), "bash");
	assert_string_equal(by_content("?script", "#!/usr/bin/python3.11 -u\n"), "python");
	assert_string_equal(by_content("?script", "#! /usr/bin/env python\n"), "python");
	assert_string_equal(by_content("?script", "#!/usr/bin/env -S A=b swift run"), "swift");
	assert_string_equal(by_content("?script", "#!/usr/bin/env node"), "javascript");
	assert_string_equal(by_content("?script", "#!/opt/unheard-of\n"), "none");
	assert_string_equal(by_content("?script", "#!\n"), "none");
	assert_string_equal(by_content("?script", "no script\n"), "none");
	assert_string_equal(by_content("?script", ""), "none");
}

static const char *by_name(const char *name)
{
	const struct bt_lang *lang = bt_lang_find(name);

	return lang ? lang->name : "none";
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(by_name("C++"), "cpp");
	assert_string_equal(by_name("js"), "javascript");
	assert_string_equal(by_name("RUST"), "rust");
	assert_string_equal(by_name("cobol-on-cogs"), "none");
	assert_string_equal(bt_lang_nearest("pyhton"), "python");
	assert_null(bt_lang_nearest("%"));
}

static void test_not_text(void **state)
{
	static const char pointer[] = "version https://git-lfs.github.com/spec/v1\n"
				      "oid sha256:00\nsize 1\n";

	(void)state;
	assert_true(bt_content_is_binary("a\0b", 3));
	assert_false(bt_content_is_binary("ab", 2));
	assert_false(bt_content_is_binary("", 0));
	assert_true(bt_content_is_lfs_pointer(pointer, sizeof(pointer) - 1));
	assert_false(bt_content_is_lfs_pointer("version 1\n", 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prepare_all),
		cmocka_unit_test(test_every_grammar_is_used),
		cmocka_unit_test(test_extract_all),
		cmocka_unit_test(test_wrong_description),
		cmocka_unit_test(test_right_description),
		cmocka_unit_test(test_by_path),
		cmocka_unit_test(test_by_attribute),
		cmocka_unit_test(test_by_content),
		cmocka_unit_test(test_by_shebang),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_not_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
