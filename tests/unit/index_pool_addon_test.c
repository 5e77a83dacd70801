/*
 * core/index/pool*.c: what an add-on makes of blobs beside their facts. Whatever it does, facts are not lost.
 * core/index/single.c: one worker without a zygote. Whatever happens to it, somebody is told.
 */
#include "core/index/single.h"

#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/index_fake.h"

static void ok(int rc, const struct bt_err *err)
{
	if (rc < 0)
		fail_msg("error %d: %s", rc, err->msg);
}

/* The add-on's part: "<" the bytes ">"; BOOM kills, FULL is a limit. */
static int fake_look(void *ctx, const struct bt_lang *lang, const char *data, size_t len, struct bt_syntax *syntax,
		     struct bt_buf *out, struct bt_err *err)
{
	(void)ctx;
	(void)syntax;
	if (has_word(data, len, "BOOM"))
		crash();
	bt_buf_addch(out, '<');
	if (has_word(data, len, "FULL"))
		return bt_err_set(err, BT_ERR_LIMIT, "enough");
	bt_buf_add(out, data, len);
	bt_buf_addch(out, lang ? '>' : ')');
	return bt_buf_check(out, "x", err);
}

static int fake_prepare(void *ctx, const struct bt_lang *lang, struct bt_err *err)
{
	(void)ctx;
	(void)lang;
	(void)err;
	return 0;
}

static void test_addon(void **state)
{
	const struct bt_addon addon = { .len_max = 64, .look = fake_look, .prepare = fake_prepare };
	const unsigned both = BT_WANT_FACTS | BT_WANT_MORE;
	const struct {
		int lang;
		unsigned want;
		const char *text;
		enum bt_result_status status;
		const char *facts, *more;	/* NULL: none */
	} cases[] = {
		{ LANG_PLAIN, BT_WANT_FACTS, "a", BT_RESULT_FACTS, "a", NULL },
		{ LANG_PLAIN, both, "b", BT_RESULT_FACTS, "b", "<b>" },
		{ LANG_SCANNER, both, "c", BT_RESULT_FACTS, "c", "<c>" },
		{ LANG_SCANNER, BT_WANT_MORE, "d", BT_RESULT_FACTS, "", "<d>" },
		{ -1, BT_WANT_MORE, "text", BT_RESULT_FACTS, "", "<text)" },
		/* whatever happens to the rest, facts are facts */
		{ LANG_PLAIN, both, "BOOM", BT_RESULT_FACTS, "BOOM", NULL },
		{ LANG_SCANNER, both, "BOOM too", BT_RESULT_FACTS, "BOOM too", NULL },
		{ LANG_PLAIN, both, "FULL", BT_RESULT_FACTS, "FULL", NULL },
		{ LANG_PLAIN, BT_WANT_MORE, "BOOM", BT_RESULT_KILLED_CRASH, NULL, NULL },
		{ -1, BT_WANT_MORE, "BOOM", BT_RESULT_KILLED_CRASH, NULL, NULL },
		{ LANG_PLAIN, BT_WANT_MORE, "FULL", BT_RESULT_LIMIT, NULL, NULL },
		{ LANG_PLAIN, both, "LIMIT", BT_RESULT_LIMIT, NULL, NULL },
		{ LANG_PLAIN, both, "CRASH", BT_RESULT_KILLED_CRASH, NULL, NULL },
	};
	bool seen[BT_ARRAY_NR(cases)] = { false };
	struct bt_pool_opts o;
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;
	int rc;

	(void)state;
	bt_pool_opts_default(&o, 2);
	o.addon = &addon;
	ok(bt_pool_open(&o, &p, &err), &err);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++)
		ok(bt_pool_submit(p, cases[i].lang < 0 ? NULL : &langs[cases[i].lang], cases[i].want, i, cases[i].text,
				  strlen(cases[i].text), &err),
		   &err);
	ok(bt_pool_flush(p, &err), &err);
	while ((rc = bt_pool_next(p, true, &r, &err)) == BT_ROW) {
		const char *facts = cases[r.tag].facts, *more = cases[r.tag].more;

		assert_false(seen[r.tag]);
		seen[r.tag] = true;
		assert_int_equal(r.status, cases[r.tag].status);
		if (facts) {
			assert_int_equal(r.len, strlen(facts));
			assert_memory_equal(r.rec, facts, r.len);
		}
		assert_int_equal(!r.more, !more);
		if (more) {
			assert_int_equal(r.more_len, strlen(more));
			assert_memory_equal(r.more, more, r.more_len);
		}
	}
	ok(rc, &err);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++)
		assert_true(seen[i]);
	bt_pool_free(&p);
}

static void test_single(void **state)
{
	const struct bt_addon addon = { .len_max = 64, .look = fake_look, .prepare = fake_prepare, .few = true };
	const unsigned both = BT_WANT_FACTS | BT_WANT_MORE;
	const struct {
		const char *text;
		int rc;
		const char *facts, *more;
	} cases[] = {
		{ "a", 0, "a", "<a>" },
		{ "", 0, "", "<>" },
		{ "FULL", BT_ERR_LIMIT, "FULL", "" },
		{ "LIMIT", BT_ERR_LIMIT, "", "" },
		{ "b", 0, "b", "<b>" },
		{ "CRASH", BT_ERR_FAIL, "", "" },
		{ "c", BT_ERR_FAIL, "", "" },	/* it is gone */
	};
	const char *const ends[] = { "BOOM", "EXIT0", "LIESEQ", "LIELEN", "LIESTATUS", "HALF", "SLEEP", "LOOP" };
	struct bt_single s = BT_SINGLE_INIT;
	struct bt_pool_opts o;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	bt_pool_opts_default(&o, 1);
	o.addon = &addon;
	o.wall_ms = 500;
	prepared[LANG_PLAIN] = prepared[LANG_SCANNER] = true;	/* as the real one does by itself */
	ok(bt_single_open(&o, &s, &err), &err);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_BUF_OWNED struct bt_buf facts = BT_BUF_INIT, more = BT_BUF_INIT;

		assert_int_equal(bt_single_run(&s, &langs[LANG_SCANNER], both, cases[i].text, strlen(cases[i].text), &facts,
					       &more, &err),
				 cases[i].rc);
		assert_string_equal(bt_buf_cstr(&facts), cases[i].facts);
		assert_string_equal(bt_buf_cstr(&more), cases[i].more);
	}
	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++) {
		BT_BUF_OWNED struct bt_buf facts = BT_BUF_INIT, more = BT_BUF_INIT;

		bt_single_release(&s);
		ok(bt_single_open(&o, &s, &err), &err);
		assert_int_equal(bt_single_run(&s, &langs[LANG_PLAIN], both, ends[i], strlen(ends[i]), &facts, &more, &err),
				 BT_ERR_FAIL);
		assert_int_equal(s.pid, 0);
	}
	bt_single_release(&s);
	/* nothing is left to wait for */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addon), cmocka_unit_test(test_single),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
