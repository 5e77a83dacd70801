/*
 * Reading configuration as JSON.
 */
#include "core/query/jsonc.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"

static const struct bt_jsonc *parse(struct bt_arena *a, const char *text)
{
	return bt_jsonc_parse(text, strlen(text), a);
}

static void values(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
	const struct bt_jsonc *v = parse(
		&a, "{\"a\":[1,-2.5e3,true,false,null,\"x\"],\"b\":{\"c\":\"d\"},\"\":0}");
	const struct bt_jsonc *l = bt_jsonc_get(v, "a");
	static const enum bt_jsonc_type types[] = { BT_JSONC_NUMBER, BT_JSONC_NUMBER, BT_JSONC_TRUE,
						    BT_JSONC_FALSE,  BT_JSONC_NULL,   BT_JSONC_STRING };

	(void)state;
	assert_non_null(l);
	assert_int_equal(l->type, BT_JSONC_ARRAY);
	l = l->child;
	for (size_t i = 0; i < BT_ARRAY_NR(types); i++, l = l->next)
		assert_int_equal(l->type, types[i]);
	assert_null(l);
	assert_string_equal(bt_jsonc_string(bt_jsonc_get(v, "b"), "c"), "d");
	assert_non_null(bt_jsonc_get(v, ""));
	assert_null(bt_jsonc_get(v, "z"));
	assert_null(bt_jsonc_get(NULL, "z"));
	assert_null(bt_jsonc_string(v, "a"));
}

static void escapes(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
	const struct bt_jsonc *v = parse(&a, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\"");

	(void)state;
	assert_non_null(v);
	assert_string_equal(v->text, "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac");
	assert_int_equal(v->text_len, strlen(v->text));
}

static void comments_and_commas(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;

	(void)state;
	assert_string_equal(
		bt_jsonc_string(parse(&a, "\xef\xbb\xbf // first\n{ /* x */ \"a\" : \"b\" , } // end"), "a"),
		"b");
	assert_non_null(parse(&a, "[1,2,]"));
	assert_string_equal(bt_jsonc_string(parse(&a, "{\"a\":\"// no /* comment\"}"), "a"),
			    "// no /* comment");
}

static void refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"}",
		"[1",
		"[,]",
		"{\"a\"}",
		"{\"a\":}",
		"{a:1}",
		"\"x",
		"\"\\",
		"\"\\x\"",
		"\"\\u12",
		"\"\\u12x4\"",
		"tru",
		"1 2",
		"/*",
		"[1] x",
		"{\"a\":1 \"b\":2}",
		"[/*]",
		"nul",
	};
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
	char deep[3000];

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(texts); i++)
		if (parse(&a, texts[i]))
			fail_msg("accepted: %s", texts[i]);
	memset(deep, '[', sizeof(deep));
	assert_null(bt_jsonc_parse(deep, sizeof(deep), &a));
}

/* Every beginning of a text, at the end of its memory: nothing behind it is read (valgrind and ASan look). */
static void beginnings(void **state)
{
	static const char text[] = "{\"a\\u0041\":[1,{\"b\":\"c\\n\"},/* d */null],// e\n\"f\":-1}";
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		BT_FREE char *copy = bt_xmalloc(len + 1);

		memcpy(copy + 1, text, len);
		assert_null(bt_jsonc_parse(copy + 1, len, &a));
	}
	assert_non_null(parse(&a, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(escapes),
		cmocka_unit_test(comments_and_commas),
		cmocka_unit_test(refused),
		cmocka_unit_test(beginnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
