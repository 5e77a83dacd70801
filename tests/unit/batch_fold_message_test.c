/* core/batch/fold/message.c, fold_words.c: messages keep all they say, and git finds the trailers at their end. */
#include "tests/unit/git_scratch.h"

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/batch/fold/impl.h"

#define COMMITTER "B Atch <batch@example.com> 1700000000 +0000"
#define OURS "Batho-Batch: b1\nBatho-Action: a1\n"

static struct fold_words words_of(struct bt_arena *arena, const char *author, const char *message,
				  const char *encoding, const char *key)
{
	struct bt_commit_view v = { .author = author,
				    .author_len = strlen(author),
				    .message = message,
				    .message_len = strlen(message),
				    .encoding = encoding,
				    .encoding_len = encoding ? strlen(encoding) : 0 };
	struct fold_words w;

	fold_words_take(arena, &v, &w);
	w.key = key;
	return w;
}

static void assert_one(const char *message, const char *want)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct fold_words w = words_of(&arena, COMMITTER, message, NULL, "a1");
	struct bt_err err = BT_ERR_INIT;

	assert_int_equal(fold_message_one(&w, "b1", &out, &err), 0);
	assert_string_equal(bt_buf_cstr(&out), want);
	file_make("message", out.data, out.len);
	sh("git interpret-trailers --parse --no-divider message >parsed && grep -q '^Batho-Batch: b1$' parsed && "
	   "grep -q '^Batho-Action: a1$' parsed");
}

static void test_one(void **state)
{
	(void)state;
	assert_one("subject\n", "subject\n\n" OURS);
	assert_one("subject", "subject\n\n" OURS);
	assert_one("\n \n  subject\n\nbody\n\n\n \n", "  subject\n\nbody\n\n" OURS);
	/* A title is no block of trailers, however it looks. */
	assert_one("fix: it\n", "fix: it\n\n" OURS);
	assert_one("title\nRefs: 1\n", "title\nRefs: 1\n\n" OURS);
	assert_one("s\n\nbody\n\nSigned-off-by: A <a@b>\n",
		   "s\n\nbody\n\nSigned-off-by: A <a@b>\n" OURS);
	assert_one("s\n\nChange-Id: I1\nFixes : #3\n", "s\n\nChange-Id: I1\nFixes : #3\n" OURS);
	assert_one("s\n\nReviewed-by: A\n and on\n", "s\n\nReviewed-by: A\n and on\n" OURS);
	assert_one("s\n\nsee: this\nand that\n", "s\n\nsee: this\nand that\n\n" OURS);
	/* With one that git writes, a quarter is enough. */
	assert_one("s\n\nb\n\nSigned-off-by: A <a@b>\n[a: did it]\n",
		   "s\n\nb\n\nSigned-off-by: A <a@b>\n[a: did it]\n" OURS);
	assert_one("s\n\nb\n\n(cherry picked from commit 1)\n",
		   "s\n\nb\n\n(cherry picked from commit 1)\n" OURS);
	assert_one("s\n\nSigned-off-by: A <a@b>\nx\nx\nx\nx\n",
		   "s\n\nSigned-off-by: A <a@b>\nx\nx\nx\nx\n\n" OURS);
	/* Lines with a '#' are not taken for comments that may go. */
	assert_one("#12 is fixed\n\n# really\n", "#12 is fixed\n\n# really\n\n" OURS);
	assert_one("s\n\n#note\nAcked-by: A\n", "s\n\n#note\nAcked-by: A\n" OURS);
	assert_one("", "(no message)\n\n" OURS);
	assert_one(" \n\n", "(no message)\n\n" OURS);
	assert_one("s\n\n---\n diff\n", "s\n\n---\n diff\n\n" OURS);
	assert_one("caf\303\251\n", "caf\303\251\n\n" OURS);
	assert_one("caf\351\n", "caf\351\n\n" OURS);
}

static void test_nul(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct bt_commit_view v = { .author = "", .message = "one\0two\n\0", .message_len = 9 };
	struct fold_words w;

	(void)state;
	fold_words_take(&arena, &v, &w);
	assert_string_equal(w.message, "one two");
	assert_int_equal(w.message_len, 7);
}

static void test_many(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct fold_words w[] = {
		words_of(&arena, "A <a@x> 1 +0000",
			 "one\n\nbody of one\n\nSigned-off-by: A <a@x>\n", NULL, "k1"),
		words_of(&arena, "Other A <A@X> 2 +0000",
			 "two\n\nco-authored-BY: C <c@x>\nCo-authored-by: A <a@x>\n", NULL, "k2"),
		words_of(&arena, "B Atch <batch@example.com> 3 +0000", "", NULL, "k3"),
		words_of(&arena, "No Mail <> 4 +0000", "#4\n", NULL, "k4"),
		words_of(&arena, "broken 5", "five\nand more\n", NULL, "k5"),
	};
	struct fold_squash q = { "Squashed 5 commits", w, 5, 5, COMMITTER, "b1", NULL };
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	assert_int_equal(fold_message_many(&q, &out, &err), 0);
	assert_string_equal(bt_buf_cstr(&out),
			    "Squashed 5 commits\n\n"
			    "* one\n\nbody of one\n\nSigned-off-by: A <a@x>\n\n"
			    "* two\n\nco-authored-BY: C <c@x>\nCo-authored-by: A <a@x>\n\n"
			    "* (no message)\n\n"
			    "* #4\n\n"
			    "* five\nand more\n\n"
			    "Co-authored-by: A <a@x>\n"
			    "Co-authored-by: No Mail <>\n"
			    "Co-authored-by: C <c@x>\n"
			    "Batho-Batch: b1\n"
			    "Batho-Action: k1\nBatho-Action: k2\nBatho-Action: k3\n"
			    "Batho-Action: k4\nBatho-Action: k5\n");
	file_make("message", out.data, out.len);
	sh("git interpret-trailers --parse message >parsed && test $(wc -l <parsed) -eq 9 && "
	   "test $(grep -c ^Batho-Action: parsed) -eq 5");
	/* Not all of them shown, and one more action. */
	bt_buf_clear(&out);
	q = (struct fold_squash){
		"Merge branch 'x'\n\nwith reason", w, 5, 1, COMMITTER, "b1", "m1"
	};
	w[0].key = w[1].key = w[2].key = w[3].key = w[4].key = NULL;
	assert_int_equal(fold_message_many(&q, &out, &err), 0);
	assert_string_equal(bt_buf_cstr(&out), "Merge branch 'x'\n\nwith reason\n\n"
					       "* one\n\nbody of one\n\nSigned-off-by: A <a@x>\n\n"
					       "* and 4 more\n\n"
					       "Co-authored-by: A <a@x>\n"
					       "Co-authored-by: No Mail <>\n"
					       "Co-authored-by: C <c@x>\n"
					       "Batho-Batch: b1\nBatho-Action: m1\n");
}

static void test_encodings(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct fold_words w[3];

	(void)state;
	/* All agree: their bytes stay. */
	w[0] = words_of(&arena, "J\351r <j@x> 1 +0000", "caf\351\n", "ISO-8859-1", NULL);
	w[1] = words_of(&arena, "J <j@x> 1 +0000", "th\351\n", "ISO-8859-1", NULL);
	assert_string_equal(fold_words_unite(&arena, w, 2, COMMITTER), "ISO-8859-1");
	assert_string_equal(w[0].message, "caf\351");
	/* But a committer who cannot stand beside them makes it UTF-8. */
	assert_null(fold_words_unite(&arena, w, 2, "\303\211ric <e@x> 1 +0000"));
	assert_string_equal(w[0].message, "caf\303\251");
	assert_string_equal(w[0].author, "J\303\251r <j@x> 1 +0000");
	assert_string_equal(w[1].message, "th\303\251");
	/* So do different ones; names of UTF-8 are none. */
	w[0] = words_of(&arena, "J <j@x> 1 +0000", "caf\351\n", "latin1", NULL);
	w[1] = words_of(&arena, "J <j@x> 1 +0000", "\202\240\n", "SHIFT_JIS", NULL);
	w[2] = words_of(&arena, "J <j@x> 1 +0000", "\303\251\n", "utf8", NULL);
	assert_null(w[2].encoding);
	assert_null(fold_words_unite(&arena, w, 3, COMMITTER));
	assert_string_equal(w[0].message, "caf\303\251");
	assert_string_equal(w[1].message, "\343\201\202");
	assert_string_equal(w[2].message, "\303\251");
	/* What cannot be converted keeps its bytes; alone, also its name. */
	w[0] = words_of(&arena, "J <j@x> 1 +0000", "caf\351\n", "no-such-encoding", NULL);
	w[1] = words_of(&arena, "J <j@x> 1 +0000", "\201\n", "SHIFT_JIS", NULL);
	assert_null(fold_words_unite(&arena, w, 2, COMMITTER));
	assert_string_equal(w[0].message, "caf\351");
	assert_string_equal(w[1].message, "\201");
	w[0] = words_of(&arena, "J <j@x> 1 +0000", "caf\351\n", "../../etc/x//TRANSLIT", NULL);
	assert_string_equal(fold_words_unite(&arena, w, 1, "\303\211ric <e@x> 1 +0000"),
			    "../../etc/x//TRANSLIT");
	assert_string_equal(w[0].message, "caf\351");
}

static void test_too_long(void **state)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	size_t len = BT_COMMIT_SIZE_MAX / 2 + 10;
	char *text = bt_xmalloc(len + 1);
	struct bt_err err = BT_ERR_INIT;
	struct fold_words w[2];
	struct fold_squash q = { "t", w, 2, 2, COMMITTER, "b", NULL };

	(void)state;
	memset(text, 'x', len);
	text[len] = '\0';
	w[0] = w[1] = words_of(&arena, COMMITTER, text, NULL, "k");
	assert_int_equal(fold_message_one(&w[0], "b", &out, &err), 0);
	bt_buf_clear(&out);
	assert_int_equal(fold_message_many(&q, &out, &err), BT_ERR_LIMIT);
	assert_non_null(strstr(err.msg, "message"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one, scratch_reset),
		cmocka_unit_test(test_nul),
		cmocka_unit_test_setup(test_many, scratch_reset),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests_name("batch_fold_message", tests, scratch_setup,
					   scratch_teardown);
}
