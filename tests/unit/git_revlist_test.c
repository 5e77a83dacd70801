/* core/git/revlist.c: rows against `git rev-list`, and what is refused. */
#include "tests/unit/git_scratch.h"

#include "core/git/repo.h"

/* All rows as text, one "commit parent tree" a line; the last code. */
static int list(struct bt_repo *repo, const char *const *args, size_t nr, struct bt_buf *out,
		struct bt_err *err)
{
	struct bt_revlist *l = NULL;
	struct bt_revlist_row row;
	int rc = bt_revlist_open(repo, args, nr, &l, err);

	while (!rc && (rc = bt_revlist_next(l, &row, err)) == BT_ROW) {
		char hex[BT_OID_HEX_MAX + 1];

		bt_buf_addf(out, "%s ", bt_oid_hex(&row.commit, hex));
		bt_buf_addf(out, "%s ", row.parent.len ? bt_oid_hex(&row.parent, hex) : "-");
		bt_buf_addf(out, "%s\n", bt_oid_hex(&row.tree, hex));
		rc = 0;
	}
	if (!rc) /* the end stays the end */
		assert_int_equal(bt_revlist_next(l, &row, err), BT_DONE);
	bt_revlist_free(&l);
	bt_revlist_free(&l);
	return rc;
}

static void make(void)
{
	sh("test -d h || { git init -q -b main h && cd h && "
	   "for i in 1 2 3; do echo $i >f && git add f && git commit -q -m $i || exit 1; done && "
	   "git tag v3 && git checkout -q -b side HEAD~1 && echo s >g && git add g && "
	   "git commit -q -m side && git checkout -q main && git merge -q -m merge side && "
	   "git update-ref refs/remotes/o/x HEAD~2; }");
	assert_int_equal(chdir("h"), 0);
}

static void test_rows(void **state)
{
	static const char *const cases[][3] = {
		{ "HEAD" },
		{ "--all" },
		{ "--branches" },
		{ "--tags" },
		{ "--remotes" },
		{ "v3..HEAD" },
		{ "main", "^side" },
		{ "--no-walk", "main", "side" },
		{ "--no-walk", "--all" },
		{ "main...v3" },
		{ "v3", "--remotes" },
	};
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	make();
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
		char *want, *have;
		size_t nr, len;

		for (nr = 0; nr < 3 && cases[i][nr]; nr++)
			;
		if (list(&repo, cases[i], nr, &out, &err))
			fail_msg("%s", err.msg);
		/* Options go first, which decides the order of commits of the same second. */
		file_make("../have", bt_buf_cstr(&out), out.len);
		sh("sort ../have >../sorted");
		have = file_bytes("../sorted", &len);
		sh("git rev-list --no-commit-header --format='%%H %%P %%T' %s %s %s | "
		   "awk '{ print $1, (NF == 2 ? \"-\" : $2), $NF }' | sort >../want",
		   cases[i][0], nr > 1 ? cases[i][1] : "", nr > 2 ? cases[i][2] : "");
		want = file_bytes("../want", &len);
		assert_true(len > 0);
		assert_string_equal(have, want);
		free(want);
		free(have);
	}
	bt_repo_release(&repo);
}

static void test_refused(void **state)
{
	static const struct {
		const char *arg;
		int code;
		const char *text;
	} cases[] = {
		{ "nope", BT_ERR_NOT_FOUND, "unknown revision 'nope'" },
		{ "HEAD..nope", BT_ERR_NOT_FOUND, "unknown revision 'HEAD..nope'" },
		{ "f", BT_ERR_NOT_FOUND, "unknown revision 'f'" },
		{ "", BT_ERR_NOT_FOUND, "unknown revision" },
		{ "--output=x", BT_ERR_USAGE, "'--output=x' is not a revision" },
		{ "--objects", BT_ERR_USAGE, "not a revision" },
		{ "-n1", BT_ERR_USAGE, "not a revision" },
		{ "--", BT_ERR_USAGE, "not a revision" },
		{ "--all=", BT_ERR_USAGE, "not a revision" },
	};
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	make();
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
		int rc = list(&repo, &cases[i].arg, 1, &out, &err);

		if (rc != cases[i].code || !strstr(err.msg, cases[i].text))
			fail_msg("'%s': %d %s", cases[i].arg, rc, err.msg);
	}
	bt_repo_release(&repo);
}

static void test_empty(void **state)
{
	static const char *const all[] = { "--all" };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("git init -q empty");
	assert_int_equal(chdir("empty"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(list(&repo, all, 1, &out, &err), 0);
	assert_int_equal(out.len, 0);
	bt_repo_release(&repo);
}

/* Freed in the middle: the child ends, nothing hangs. */
static void test_early_end(void **state)
{
	static const char *const head[] = { "HEAD" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_revlist_row row;
	struct bt_revlist *l;
	struct bt_repo repo;

	(void)state;
	make();
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(bt_revlist_open(&repo, head, 1, &l, &err), 0);
	assert_int_equal(bt_revlist_next(l, &row, &err), BT_ROW);
	bt_revlist_free(&l);
	bt_repo_release(&repo);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_refused),
		TEST(test_empty),
		TEST(test_early_end),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
