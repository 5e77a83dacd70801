/* core/git/repo.c, repo_rev.c, features.c: every kind of repository and revision. */
#include "tests/lib/unit.h"
#include "tests/unit/git_scratch.h"

#include "core/git/repo.h"

static void test_not_a_repository(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), BT_ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "not a git repository"));
	assert_null(strchr(err.msg, '\n'));
	bt_repo_release(&repo);
	bt_repo_release(NULL);
}

static void test_no_git(void **state)
{
	char *path = strdup(getenv("PATH"));
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	int rc;

	(void)state;
	setenv("PATH", "/nowhere", 1);
	rc = bt_repo_open(&repo, NULL, 0, &err);
	setenv("PATH", path, 1);
	free(path);
	assert_int_equal(rc, BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "cannot run 'git'"));
}

static void test_worktree(void **state)
{
	struct bt_rev head = { .spec = "HEAD" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char want[5000], line[80], hex[BT_OID_HEX_MAX + 1];

	(void)state;
	sh("git init -q w && cd w && git commit -q --allow-empty -m x && mkdir -p 'a b/c'");
	assert_int_equal(chdir("w/a b/c"), 0);
	if (bt_repo_open(&repo, &head, 1, &err))
		fail_msg("%s", err.msg);
	snprintf(want, sizeof(want), "%s/w", scratch_dir);
	assert_string_equal(repo.top, want);
	assert_string_equal(repo.prefix, "a b/c/");
	strcat(want, "/.git");
	assert_string_equal(repo.git_dir, want);
	assert_string_equal(repo.common_dir, want);
	assert_false(repo.bare);
	assert_false(repo.shallow);
	assert_int_equal(repo.oid_len, 20);
	assert_true(head.found);
	sh_line(line, sizeof(line), "git rev-parse HEAD");
	assert_string_equal(bt_oid_hex(&head.commit, hex), line);
	assert_string_equal(bt_oid_hex(&head.tree, hex),
			    "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_null(bt_repo_needs_git_program(&repo));
	bt_repo_release(&repo);
}

/* A folder whose name would break answers that come in lines. */
static void test_newline_in_path(void **state)
{
	struct bt_rev head = { .spec = "HEAD", .optional = true };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char want[5000];

	(void)state;
	snprintf(want, sizeof(want), "%s/new\nline\n--batho\n\xff", scratch_dir);
	assert_int_equal(mkdir(want, 0777), 0);
	assert_int_equal(chdir(want), 0);
	sh("git init -q . && mkdir -p 'd\n'");
	assert_int_equal(chdir("d\n"), 0);
	assert_int_equal(bt_repo_open(&repo, &head, 1, &err), 0);
	assert_string_equal(repo.top, want);
	assert_string_equal(repo.prefix, "d\n/");
	assert_false(head.found);
	strcat(want, "/.git");
	assert_string_equal(repo.common_dir, want);
	bt_repo_release(&repo);
}

static void test_bare_and_inside(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char want[5000];

	(void)state;
	sh("git init -q --bare b.git && git init -q i");
	assert_int_equal(chdir("b.git"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_true(repo.bare);
	assert_null(repo.top);
	assert_string_equal(repo.prefix, "");
	bt_repo_release(&repo);
	assert_int_equal(chdir("../i/.git/objects"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_null(repo.top);
	snprintf(want, sizeof(want), "%s/i/.git", scratch_dir);
	assert_string_equal(repo.git_dir, want);
	bt_repo_release(&repo);
}

static void test_environment(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char git_dir[5000], top[5000], want[5000];

	(void)state;
	sh("git init -q e && mkdir -p e/sub ext/sub");
	snprintf(git_dir, sizeof(git_dir), "%s/e/.git", scratch_dir);
	snprintf(top, sizeof(top), "%s/ext", scratch_dir);
	setenv("GIT_DIR", git_dir, 1);
	setenv("GIT_WORK_TREE", top, 1);
	setenv("GIT_INDEX_FILE", "own-index", 1);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_string_equal(repo.top, top);
	assert_string_equal(repo.prefix, "");
	bt_repo_release(&repo);
	assert_int_equal(chdir("ext/sub"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_string_equal(repo.top, top);
	assert_string_equal(repo.prefix, "sub/");
	assert_string_equal(repo.git_dir, git_dir);
	/* git itself takes a relative index from the top. */
	snprintf(want, sizeof(want), "%.4000s/own-index", top);
	assert_string_equal(repo.index_file, want);
	bt_repo_release(&repo);
}

static void test_linked_worktree(void **state)
{
	struct bt_rev head = { .spec = "HEAD" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char want[5000];

	(void)state;
	sh("git init -q l && cd l && git commit -q --allow-empty -m x && "
	   "git worktree add -q ../linked && cd .. && ln -s l/.git sym");
	assert_int_equal(chdir("linked"), 0);
	assert_int_equal(bt_repo_open(&repo, &head, 1, &err), 0);
	snprintf(want, sizeof(want), "%s/linked", scratch_dir);
	assert_string_equal(repo.top, want);
	snprintf(want, sizeof(want), "%s/l/.git", scratch_dir);
	assert_string_equal(repo.common_dir, want);
	strcat(want, "/worktrees/linked");
	assert_string_equal(repo.git_dir, want);
	strcat(want, "/index");
	assert_string_equal(repo.index_file, want);
	bt_repo_release(&repo);
	/* The common folder is a real path whatever the way that led there. */
	assert_int_equal(chdir(".."), 0);
	setenv("GIT_DIR", "sym", 1);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	snprintf(want, sizeof(want), "%s/l/.git", scratch_dir);
	assert_string_equal(repo.common_dir, want);
	bt_repo_release(&repo);
}

static void test_dubious_owner(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	if (geteuid() != 0)
		unit_skip("only root may give a repository away");
	sh("git init -q foreign && chown -R 12345:12345 foreign");
	assert_int_equal(chdir("foreign"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), BT_ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "detected dubious ownership in repository at"));
	assert_int_equal(strncmp(err.hint, "git config --global --add safe.directory ", 41), 0);
	assert_non_null(strstr(err.hint, "/foreign"));
}

static void test_revisions(void **state)
{
	struct bt_rev revs[] = {
		{ .spec = "HEAD" },
		{ .spec = "side" },
		{ .spec = "HEAD:d" },
		{ .spec = "v1" },
		{ .spec = "HEAD~1" },
		{ .spec = "HEAD^{tree}" },
		{ .spec = ":/first" },
		{ .spec = "nope", .optional = true },
		{ .spec = "HEAD^{/first}" },
		{ .spec = "HEAD" },
		{ .spec = ":/nothing like it", .optional = true },
		{ .spec = "side" },
	};
	static const char *const trees[] = {
		"HEAD^{tree}",
		"side^{tree}",
		"HEAD:d",
		"HEAD~1^{tree}",
		"HEAD~1^{tree}",
		"HEAD^{tree}",
		"HEAD~1^{tree}",
		"",
		"HEAD~1^{tree}",
		"HEAD^{tree}",
		"",
		"side^{tree}",
	};
	static const bool commits[] = { 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1 };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("git init -q -b main revs && cd revs && mkdir d && echo 1 >d/f && git add . && "
	   "git commit -q -m first && git tag -a -m t v1 && git branch side && echo 2 >g && "
	   "git add . && git commit -q -m second");
	assert_int_equal(chdir("revs"), 0);
	for (int again = 0; again < 2; again++) {
		int rc = again ? bt_repo_resolve(&repo, revs, BT_ARRAY_NR(revs), &err)
			       : bt_repo_open(&repo, revs, BT_ARRAY_NR(revs), &err);

		if (rc)
			fail_msg("%s", err.msg);
		for (size_t i = 0; i < BT_ARRAY_NR(revs); i++) {
			char command[200], line[80], hex[BT_OID_HEX_MAX + 1];

			assert_int_equal(revs[i].found, *trees[i] != '\0');
			assert_int_equal(revs[i].commit.len, commits[i] ? 20 : 0);
			if (!revs[i].found)
				continue;
			snprintf(command, sizeof(command), "git rev-parse '%s'", trees[i]);
			sh_line(line, sizeof(line), command);
			assert_string_equal(bt_oid_hex(&revs[i].tree, hex), line);
			revs[i].found = false;
		}
	}
	bt_repo_release(&repo);
}

static void test_bad_revisions(void **state)
{
	static const struct {
		const char *spec, *text;
	} cases[] = {
		{ "nope", "unknown revision 'nope'" },
		{ "", "unknown revision ''" },
		{ "--all", "unknown revision '--all'" },
		{ "-h", "unknown revision '-h'" },
		{ "--git-dir", "unknown revision '--git-dir'" },
		{ "^HEAD", "unknown revision '^HEAD'" },
		{ "HEAD..HEAD", "'HEAD..HEAD' is a range" },
		{ "f", "unknown revision 'f'" },
		{ "HEAD:nope", "unknown revision 'HEAD:nope'" },
		{ "HEAD:f", "'HEAD:f' is neither a commit nor a tree" },
		{ "0123456789012345678901234567890123456789",
		  "'0123456789012345678901234567890123456789' names an object that is not here" },
		{ "two\nlines", "unknown revision 'two lines'" },
	};
	struct bt_rev head = { .spec = "HEAD" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("git init -q bad && cd bad && echo 1 >f && git add . && git commit -q -m first");
	assert_int_equal(chdir("bad"), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		struct bt_rev revs[] = { { .spec = "HEAD" }, { .spec = cases[i].spec } };
		int rc = bt_repo_open(&repo, revs, 2, &err);

		assert_int_equal(rc, BT_ERR_NOT_FOUND);
		assert_true(revs[0].found);
		if (!strstr(err.msg, cases[i].text))
			fail_msg("'%s': %s", cases[i].spec, err.msg);
	}
	/* A file named like a question is no answer. */
	sh("touch 'nope^{commit}' && git checkout -q --orphan empty");
	assert_int_equal(bt_repo_open(&repo, &(struct bt_rev){ .spec = "nope" }, 1, &err),
			 BT_ERR_NOT_FOUND);
	assert_int_equal(bt_repo_open(&repo, &head, 1, &err), BT_ERR_NOT_FOUND);
	head.optional = true;
	assert_int_equal(bt_repo_open(&repo, &head, 1, &err), 0);
	assert_false(head.found);
	bt_repo_release(&repo);
}

static void test_many_revisions(void **state)
{
	struct bt_rev revs[1000];
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("git init -q many && cd many && git commit -q --allow-empty -m x");
	assert_int_equal(chdir("many"), 0);
	for (size_t i = 0; i < 1000; i++)
		revs[i] = (struct bt_rev){ .spec = "HEAD" };
	assert_int_equal(bt_repo_open(&repo, revs, 1000, &err), 0);
	for (size_t i = 0; i < 1000; i++)
		assert_true(revs[i].found);
	bt_repo_release(&repo);
}

static void test_sha256(void **state)
{
	struct bt_rev head = { .spec = "HEAD" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	if (!sh_ok("git init -q --object-format=sha256 s256 2>/dev/null"))
		unit_skip("git has no sha256 repositories");
	sh("cd s256 && git commit -q --allow-empty -m x");
	assert_int_equal(chdir("s256"), 0);
	assert_int_equal(bt_repo_open(&repo, &head, 1, &err), 0);
	assert_int_equal(repo.oid_len, 32);
	assert_int_equal(head.tree.len, 32);
	assert_non_null(bt_repo_needs_git_program(&repo));
	bt_repo_release(&repo);
}

static void test_shallow(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("git init -q deep && cd deep && git commit -q --allow-empty -m 1 && "
	   "git commit -q --allow-empty -m 2 && cd .. && "
	   "git clone -q --depth 1 \"file://$PWD/deep\" shallow");
	assert_int_equal(chdir("shallow"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_true(repo.shallow);
	assert_null(bt_repo_needs_git_program(&repo));
	bt_repo_release(&repo);
}

static const char *needs_with(const char *settings)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	const char *text;

	sh("rm -rf feat && git init -q feat");
	assert_int_equal(chdir("feat"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	sh("printf '%s' >>.git/config", settings);
	text = bt_repo_needs_git_program(&repo);
	bt_repo_release(&repo);
	assert_int_equal(chdir(".."), 0);
	return text;
}

static void test_features(void **state)
{
	(void)state;
	assert_null(needs_with(""));
	assert_null(needs_with(
		"[extensions]\\n\\tnoop = true\\n\\tworktreeConfig = true\\n"
		"\\tobjectFormat = sha1\\n\\trefStorage = files\\n\\tpreciousObjects\\n"));
	assert_non_null(needs_with("[extensions]\\n\\tpartialClone = origin\\n"));
	assert_non_null(needs_with("[remote \"o\"]\\n\\tpromisor = true\\n"));
	assert_non_null(needs_with("[remote \"o\"]\\n\\tpromisor\\n"));
	assert_null(needs_with("[remote \"o\"]\\n\\tpromisor = false\\n"));
	assert_non_null(needs_with("[extensions]\\n\\trefStorage = reftable\\n"));
	assert_non_null(needs_with("[extensions]\\n\\tcompatObjectFormat = sha256\\n"));
	assert_non_null(needs_with("[extensions]\\n\\tnoop = 1\\n\\tfuture = 1\\n"));
	assert_non_null(needs_with("[extensions]\\n\\tnew = \"line\\\\nfeed\"\\n"));
}

static void test_reftable(void **state)
{
	struct bt_rev head = { .spec = "HEAD" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	if (!sh_ok("git init -q --ref-format=reftable rt 2>/dev/null"))
		unit_skip("git is older than 2.45: no reftable");
	sh("cd rt && git commit -q --allow-empty -m x");
	assert_int_equal(chdir("rt"), 0);
	assert_int_equal(bt_repo_open(&repo, &head, 1, &err), 0);
	assert_true(head.found);
	assert_non_null(bt_repo_needs_git_program(&repo));
	bt_repo_release(&repo);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_not_a_repository), TEST(test_no_git),		 TEST(test_worktree),
		TEST(test_newline_in_path),  TEST(test_bare_and_inside), TEST(test_environment),
		TEST(test_linked_worktree),  TEST(test_dubious_owner),	 TEST(test_revisions),
		TEST(test_bad_revisions),    TEST(test_many_revisions),	 TEST(test_sha256),
		TEST(test_shallow),	     TEST(test_features),	 TEST(test_reftable),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
