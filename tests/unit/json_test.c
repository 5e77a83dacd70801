/* core/json: every limit of the header, and what is asked for by name and type. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/json/json.h"

/* An exact copy, so that a sanitizer sees a read behind the end. */
static int parse(const char *text, size_t len, struct bt_json **ret_json, struct bt_err *err)
{
	BT_FREE char *exact = memcpy(bt_xmalloc(len ? len : 1), text, len);

	return bt_json_parse(exact, len, ret_json, err);
}

static struct bt_json *good(const char *text)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_json *j = NULL;

	if (parse(text, strlen(text), &j, &err))
		fail_msg("%s: %s", text, err.msg);
	assert_non_null(j);
	return j;
}

static void refused_bytes(const char *text, size_t len, const char *why)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_json *j = NULL;
	int rc = parse(text, len, &j, &err);

	if (rc != BT_ERR_USAGE || !strstr(err.msg, why) || strchr(err.msg, '\n'))
		fail_msg("'%.60s': %d '%s', wanted '%s'", text, rc, err.msg, why);
	assert_null(j);
}

static void refused(const char *text, const char *why)
{
	refused_bytes(text, strlen(text), why);
}

/* --- a text --- */

static void test_good(void **state)
{
	static const char *const texts[] = {
		"{}", " {\"a\":1} ", "{\"a\":{\"a\":[1,\"x\",null,true,false,{}]}}\t\r\n", "{\"\":\"\"}", "{\"a\":-0.5e+3}",
		"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}", "{\"A\":1,\"a\":2}", "{\"a\":\"[[[{{{\"}",
		"{\"a\":\"\\\\u0000\"}",
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(texts); i++)
		bt_json_free(&(struct bt_json *){ good(texts[i]) });
}

static void test_bad(void **state)
{
	static const char *const texts[] = {
		"", " ", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\":tru}", "{\"a\":nul}",
		"{\"a\":1 \"b\":2}", "{\"a\":\"x}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
		"{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":0x10}",
		"{\"a\":1e}", "{\"a\":01}", "{\"a\":-01}", "{\"a\":1.}", "{\"a\":1.e3}", "// c\n{}", "{\"a\":\"a\nb\"}", "{\"a\":\"a\tb\"}",
		"{\"a\":1\f}", "\v{}", "{\"a\":1}\001", "\357\273\277{}",
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(texts); i++)
		refused(texts[i], "column");
	refused("{\"a\":]", "column 6");
}

static void test_whole(void **state)
{
	(void)state;
	refused("{} {}", "something behind the object, at column 4");
	refused("{}x", "something behind the object, at column 3");
	refused("[]", "it is no object");
	refused("\"a\"", "it is no object");
	refused("null", "it is no object");
	refused("7", "it is no object");
	refused_bytes("{\"a\":\"x\0y\"}", 11, "NUL");
	refused_bytes("{}\0", 3, "NUL");
	refused("{\"a\":\"x\\u0000y\"}", "a NUL at column 8");
	refused("{\"\\u0000\":1}", "a NUL at column 3");
	refused("{\"a\":\"\\\\\\u0000\"}", "a NUL");
	refused("{\"a\":\"\377\"}", "it is not UTF-8");
	refused("{\"a\":\"\303\"}", "it is not UTF-8");
	refused("{\"a\":\"\355\240\200\"}", "it is not UTF-8");
	refused("{\"a\":1,\"b\":2,\"a\":3}", "'a' stands there twice");
	refused("{\"b\":[{\"x\":1,\"\\u0078\":2}]}", "'x' stands there twice");
}

static void nested(int depth, char open, char close, struct bt_buf *out)
{
	bt_buf_clear(out);
	bt_buf_adds(out, "{\"a\":");
	for (int i = 1; i < depth; i++)
		bt_buf_adds(out, open == '[' ? "[" : "{\"a\":");
	bt_buf_adds(out, "1");
	for (int i = 1; i < depth; i++)
		bt_buf_add(out, &close, 1);
	bt_buf_adds(out, "}");
}

static void test_depth(void **state)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	(void)state;
	nested(BT_JSON_DEPTH_MAX, '[', ']', &text);
	bt_json_free(&(struct bt_json *){ good(bt_buf_cstr(&text)) });
	nested(BT_JSON_DEPTH_MAX, '{', '}', &text);
	bt_json_free(&(struct bt_json *){ good(bt_buf_cstr(&text)) });
	nested(BT_JSON_DEPTH_MAX + 1, '[', ']', &text);
	refused(bt_buf_cstr(&text), "nested deeper than 64");
	nested(BT_JSON_DEPTH_MAX + 1, '{', '}', &text);
	refused(bt_buf_cstr(&text), "nested deeper than 64");
	nested(200000, '[', ']', &text);
	refused(bt_buf_cstr(&text), "nested deeper than 64");
	/* closing more than is open opens no way around it */
	bt_buf_clear(&text);
	for (int i = 0; i < 1000; i++)
		bt_buf_adds(&text, "]");
	for (int i = 0; i < 1100; i++)
		bt_buf_adds(&text, "[");
	refused(bt_buf_cstr(&text), "column");
}

static void names(int nr, struct bt_buf *out)
{
	bt_buf_clear(out);
	bt_buf_adds(out, "{");
	for (int i = 0; i < nr; i++)
		bt_buf_addf(out, "%s\"n%d\":%d", i ? "," : "", i, i);
	bt_buf_adds(out, "}");
}

static void test_names(void **state)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	(void)state;
	names(BT_JSON_NAMES_MAX, &text);
	bt_json_free(&(struct bt_json *){ good(bt_buf_cstr(&text)) });
	names(BT_JSON_NAMES_MAX + 1, &text);
	refused(bt_buf_cstr(&text), "more than 1000 names");
}

/* --- values --- */

#define VALUES \
	"{\"s\":\"text\",\"n\":null,\"t\":true,\"f\":false,\"i\":-7,\"d\":1.5,\"z\":\"12\",\"l\":[\"a\",\"b\"],\"e\":[]," \
	"\"m\":[1,null],\"o\":{\"k\":\"v\",\"w\":\"\"},\"p\":{\"k\":1},\"S\":\"other\"}"

static int wrong(int rc, const struct bt_err *err, const char *why)
{
	if (rc != BT_ERR_USAGE || !strstr(err->msg, why))
		fail_msg("%d '%s', wanted '%s'", rc, err->msg, why);
	return 0;
}
/* It must be refused, with this in its message. */
#define WRONG(why, call) \
	do { \
		struct bt_err err = BT_ERR_INIT; \
		int rc_got = (call); \
		wrong(rc_got, &err, why); \
	} while (0)
#define RIGHT(call) \
	do { \
		struct bt_err err = BT_ERR_INIT; \
		if (call) \
			fail_msg("%s: %s", #call, err.msg); \
	} while (0)

static void test_scalars(void **state)
{
	BT_JSON_OWNED struct bt_json *j = good(VALUES);
	const char *s = "before";
	bool b = true;

	(void)state;
	RIGHT(bt_json_string(j, "absent", &s, &err));
	RIGHT(bt_json_string(j, "n", &s, &err));
	assert_string_equal(s, "before");
	RIGHT(bt_json_string(j, "s", &s, &err));
	assert_string_equal(s, "text");
	RIGHT(bt_json_string(j, "S", &s, &err));
	assert_string_equal(s, "other");
	WRONG("'i' is not a string", bt_json_string(j, "i", &s, &err));
	WRONG("'l' is not a string", bt_json_string(j, "l", &s, &err));
	RIGHT(bt_json_bool(j, "absent", &b, &err));
	assert_true(b);
	RIGHT(bt_json_bool(j, "f", &b, &err));
	assert_false(b);
	RIGHT(bt_json_bool(j, "t", &b, &err));
	assert_true(b);
	WRONG("'s' is not true or false", bt_json_bool(j, "s", &b, &err));
	WRONG("'i' is not true or false", bt_json_bool(j, "i", &b, &err));
}

/* The number in a text, asked for within all that there is. */
static int number(const char *text, int64_t *ret, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf all = BT_BUF_INIT;
	struct bt_json *j;
	int rc;

	bt_buf_addf(&all, "{\"x\":%s}", text);
	j = good(bt_buf_cstr(&all));
	rc = bt_json_int(j, "x", INT64_MIN, INT64_MAX, ret, err);
	bt_json_free(&j);
	return rc;
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} right[] = {
		{ "0", 0 }, { "-0", 0 }, { "-7", -7 }, { "1e3", 1000 }, { "2.0", 2 }, { "9007199254740991", 9007199254740991 },
		{ "-9007199254740991", -9007199254740991 }, { "\"9007199254740993\"", 9007199254740993 },
		{ "\"9223372036854775807\"", INT64_MAX }, { "\"-5\"", -5 },
	};
	/* 2^53 is also what 2^53 + 1 is read as */
	static const char *const bad[] = { "1.5", "9007199254740992", "9007199254740993", "-9007199254740993", "1e18", "1e400", "-1e400",
					   "\"\"", "\"1x\"", "\"1.0\"", "\"9223372036854775808\"", "\" 1\"", "true", "[1]", "{}" };
	BT_JSON_OWNED struct bt_json *j = good(VALUES);
	int64_t v = 99;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(right); i++) {
		RIGHT(number(right[i].text, &v, &err));
		assert_int_equal(v, right[i].value);
	}
	v = 99;
	for (size_t i = 0; i < BT_ARRAY_NR(bad); i++)
		WRONG("'x' is not a whole number", number(bad[i], &v, &err));
	RIGHT(bt_json_int(j, "absent", 0, 1, &v, &err));
	RIGHT(bt_json_int(j, "n", 0, 1, &v, &err));
	assert_int_equal(v, 99);
	RIGHT(bt_json_int(j, "i", -7, -7, &v, &err));
	WRONG("'i' is not between -6 and 5", bt_json_int(j, "i", -6, 5, &v, &err));
	WRONG("'z' is not between 0 and 11", bt_json_int(j, "z", 0, 11, &v, &err));
	assert_int_equal(v, -7);
}

static void test_lists(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_JSON_OWNED struct bt_json *j = good(VALUES);
	const char **list = NULL;
	int64_t *ints = NULL;
	size_t nr = 99;

	(void)state;
	RIGHT(bt_json_strings(j, "absent", &arena, &list, &nr, &err));
	assert_true(!list && nr == 99);
	RIGHT(bt_json_strings(j, "e", &arena, &list, &nr, &err));
	assert_int_equal(nr, 0);
	RIGHT(bt_json_strings(j, "l", &arena, &list, &nr, &err));
	assert_int_equal(nr, 2);
	assert_string_equal(list[1], "b");
	WRONG("'m' is not a list of strings", bt_json_strings(j, "m", &arena, &list, &nr, &err));
	WRONG("'o' is not a list of strings", bt_json_strings(j, "o", &arena, &list, &nr, &err));
	WRONG("'s' is not a list of strings", bt_json_strings(j, "s", &arena, &list, &nr, &err));
	WRONG("'m' is not a whole number", bt_json_ints(j, "m", &arena, 0, 9, &ints, &nr, &err));
	WRONG("'l' is not a whole number", bt_json_ints(j, "l", &arena, 0, 9, &ints, &nr, &err));
	WRONG("'o' is not a list of numbers", bt_json_ints(j, "o", &arena, 0, 9, &ints, &nr, &err));
	RIGHT(bt_json_ints(j, "e", &arena, 0, 9, &ints, &nr, &err));
	assert_int_equal(nr, 0);
	RIGHT(bt_json_pairs(j, "o", &arena, &list, &nr, &err));
	assert_int_equal(nr, 2);
	assert_string_equal(list[0], "k=v");
	assert_string_equal(list[1], "w=");
	WRONG("'p' is not an object of strings", bt_json_pairs(j, "p", &arena, &list, &nr, &err));
	WRONG("'l' is not an object of strings", bt_json_pairs(j, "l", &arena, &list, &nr, &err));
	bt_json_free(&j);
	/* a name that could be taken for another name and the start of its value */
	j = good("{\"x\":{\"a=b\":\"c\"}}");
	WRONG("'a=b'", bt_json_pairs(j, "x", &arena, &list, &nr, &err));
}

static void test_only(void **state)
{
	static const char *const some[] = { "a", "b", NULL };
	BT_JSON_OWNED struct bt_json *j = good("{\"b\":1}");

	(void)state;
	RIGHT(bt_json_only(j, some, &err));
	bt_json_free(&j);
	j = good("{\"a\":1,\"B\":2}");
	WRONG("'B' is not known here", bt_json_only(j, some, &err));
	bt_json_free(&j);
	/* a message is one line, whatever the name is */
	j = good("{\"x\\ny\":1}");
	{
		struct bt_err err = BT_ERR_INIT;

		assert_int_equal(bt_json_only(j, some, &err), BT_ERR_USAGE);
		assert_null(strchr(err.msg, '\n'));
	}
	bt_json_free(&j);
	bt_json_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	cmocka_unit_test(test_bad),   cmocka_unit_test(test_whole),
		cmocka_unit_test(test_depth),	cmocka_unit_test(test_names), cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_lists), cmocka_unit_test(test_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
