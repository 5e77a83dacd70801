/*
 * core/rules/record.c, words.c, fingerprints.c and request.c: what goes in comes out, and nothing else is let in.
 */
#include "core/rules/record.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/rules/fingerprints.h"
#include "core/rules/request.h"
#include "core/rules/words.h"

static struct bt_found founds[] = {
	{ .rule = 2, .start = 5, .end = 9, .row = 1, .col = 2, .end_row = 1, .end_col = 6, .code_hash = 0x1122334455667788,
	  .detail = "what", .detail_len = 4, .code = "a line", .code_len = 6 },
	{ .rule = 0, .start = 5, .end = 60, .row = 1, .col = 2, .end_row = 7, .end_col = 0, .radius_asked = true,
	  .radius = 0 },
	{ .rule = 6, .start = 99, .end = 100, .row = 20, .end_row = 20, .radius_asked = true, .radius = 1000000 },
};
static struct bt_mark marks[] = {
	{ .start = 10, .row = 2, .col = 3, .flags = BT_MARK_OWN_LINE, .rules = "a, b", .rules_len = 4, .reason = "c",
	  .reason_len = 1 },
	{ .start = 12, .row = 2, .col = 5, .flags = BT_MARK_NO_REASON, .rules = "", .reason = "" },
};
static struct bt_trouble troubles[] = { { 6, "wrong", 5 } };

static struct bt_record sample(void)
{
	return (struct bt_record){ .size = 100, .flags = BT_RECORD_CUT, .found = founds, .marks = marks, .troubles = troubles,
				   .found_nr = BT_ARRAY_NR(founds), .marks_nr = BT_ARRAY_NR(marks), .troubles_nr = 1 };
}

static void test_round_trip(void **state)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT, again = BT_BUF_INIT;
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct bt_record in = sample(), out;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	bt_record_encode(&in, &bytes);
	assert_int_equal(bt_record_decode(bytes.data, bytes.len, 7, &arena, &out, &err), 0);
	assert_int_equal(out.found_nr, 3);
	assert_int_equal(out.found[0].code_hash, founds[0].code_hash);
	assert_memory_equal(out.found[0].detail, "what", 4);
	assert_memory_equal(out.found[0].code, "a line", 6);
	assert_int_equal(out.found[1].end_row, 7);
	assert_true(out.found[1].radius_asked && !out.found[1].radius && !out.found[0].radius_asked);
	assert_int_equal(out.found[2].radius, 1000000);
	assert_int_equal(out.marks[1].col, 5);
	assert_memory_equal(out.marks[0].rules, "a, b", 4);
	assert_memory_equal(out.troubles[0].text, "wrong", 5);
	bt_record_encode(&out, &again);
	assert_int_equal(again.len, bytes.len);
	assert_memory_equal(again.data, bytes.data, bytes.len);
	/* nothing to say is no bytes */
	bt_buf_clear(&again);
	bt_record_encode(&(struct bt_record){ .size = 100 }, &again);
	assert_int_equal(again.len, 0);
	assert_int_equal(bt_record_decode("", 0, 7, &arena, &out, &err), 0);
	assert_int_equal(out.found_nr, 0);
}

/* Cut anywhere, longer, or of another ruleset: refused. */
static void test_refused(void **state)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct bt_record in = sample(), out;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	bt_record_encode(&in, &bytes);
	for (size_t len = 1; len < bytes.len; len++)
		assert_int_equal(bt_record_decode(bytes.data, len, 7, &arena, &out, &err), BT_ERR_CORRUPT);
	assert_int_equal(bt_record_decode(bytes.data, bytes.len, 6, &arena, &out, &err), BT_ERR_CORRUPT);
	assert_int_equal(out.found_nr, 0);
	bt_buf_addch(&bytes, 0);
	assert_int_equal(bt_record_decode(bytes.data, bytes.len, 7, &arena, &out, &err), BT_ERR_CORRUPT);
	bytes.data[0]++;
	assert_int_equal(bt_record_decode(bytes.data, bytes.len - 1, 7, &arena, &out, &err), BT_ERR_CORRUPT);
}

static void test_words(void **state)
{
	static const char *const words[] = { "catch", "cat", "x", "||", "at", "\xff\xfe", "last" };
	const struct {
		const char *text;
		const char *want;	/* a letter per word */
	} cases[] = {
		{ "", "-------" },	{ "c", "-------" },	{ "cat", "-y--y--" },	{ "catch", "yy--y--" },
		{ "a x", "--y----" },	{ "x", "--y----" },	{ "ax", "--y----" },	{ "a||", "---y---" },
		{ "|", "-------" },	{ "\xff\xfe", "-----y-" }, { "Cat las", "----y--" }, { "last", "------y" },
	};
	struct bt_wordset w;

	(void)state;
	bt_wordset_init(&w);
	for (uint32_t i = 0; i < BT_ARRAY_NR(words); i++)
		bt_wordset_add(&w, words[i], strlen(words[i]), false, i);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *exact = malloc(len + 1);	/* so that a tool sees a read behind it */
		bool found[BT_ARRAY_NR(words)] = { false };

		memcpy(exact, cases[i].text, len);
		bt_wordset_scan(&w, exact, len, found);
		for (size_t k = 0; k < BT_ARRAY_NR(words); k++)
			if (found[k] != (cases[i].want[k] == 'y'))
				fail_msg("'%s': word '%s'", cases[i].text, words[k]);
		free(exact);
	}
	bt_wordset_release(&w);
}

static void test_fingerprints(void **state)
{
	struct bt_fingerprints s = BT_FINGERPRINTS_INIT;

	(void)state;
	assert_int_equal(bt_fingerprints_count(&s, 5), 0);
	assert_false(bt_fingerprints_take(&s, 5));
	for (uint64_t i = 1; i <= 1000; i++)
		for (uint64_t k = 0; k < i % 3; k++)
			bt_fingerprints_add(&s, i * 64);
	for (uint64_t i = 1; i <= 1000; i++)
		assert_int_equal(bt_fingerprints_count(&s, i * 64), i % 3);
	assert_true(bt_fingerprints_take(&s, 2 * 64) && bt_fingerprints_take(&s, 2 * 64));
	assert_false(bt_fingerprints_take(&s, 2 * 64));
	assert_int_equal(bt_fingerprints_count(&s, 2 * 64), 0);
	bt_fingerprints_release(&s);
}

static void test_request(void **state)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	static char git_dir[] = "/r/.git", objects[] = "/r/.git/objects", prefix[] = "";
	const struct bt_rule_file rules[] = { { "a", "text\0more", 9 } };
	struct bt_request in = BT_REQUEST_INIT, out = BT_REQUEST_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_request_blob b = { .lang = "c", .path = "x.c", .bytes = "", .len = 0 };

	(void)state;
	in.repo = (struct bt_repo){ .git_dir = git_dir, .common_dir = git_dir, .objects_dir = objects, .prefix = prefix,
				    .oid_len = 20, .bare = true };
	in.store_dir = "/r/.git/batho";
	in.max_blob_size = 12345;
	in.rules = rules;
	in.rules_nr = 1;
	in.packs = 5;
	memset(b.oid.raw, 7, 20);
	b.oid.len = 20;
	bt_request_add(&in, &b);
	b.bytes = NULL;
	b.base = true;
	bt_request_add(&in, &b);
	assert_int_equal(bt_request_encode(&in, &bytes, &err), 0);
	assert_int_equal(bt_request_decode(bytes.data, bytes.len, &out, &err), 0);
	assert_string_equal(out.repo.git_dir, git_dir);
	assert_string_equal(out.repo.prefix, "");
	assert_null(out.repo.top);
	assert_true(out.repo.bare && !out.repo.shallow);
	assert_int_equal(out.max_blob_size, 12345);
	assert_int_equal(out.packs, 5);
	assert_int_equal(out.rules[0].len, 9);
	assert_memory_equal(out.rules[0].text, "text\0more", 9);
	assert_int_equal(out.blobs_nr, 2);
	assert_true(bt_oid_equal(&out.blobs[1].oid, &b.oid));
	assert_true(out.blobs[0].bytes && !out.blobs[1].bytes && out.blobs[1].base && !out.blobs[0].base);
	bt_request_release(&out);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(bt_request_decode(bytes.data, len, &out, &err), BT_ERR_CORRUPT);
	bt_request_release(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_refused), cmocka_unit_test(test_words),
		cmocka_unit_test(test_fingerprints), cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
