/* core/git/refs.c: names, reading, swapping; in files, packed, and beside strangers. */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/git/object_write.h"
#include "core/git/refs.h"

static struct bt_err err;
static struct bt_oid c1, c2;

#define OK(call)                                      \
	do {                                          \
		int rc_ = (call);                     \
		if (rc_)                              \
			fail_msg("%d: %s", rc_, err.msg); \
	} while (0)

static struct bt_oid oid_of(const char *rev)
{
	char command[256], hex[128];
	struct bt_oid oid;

	snprintf(command, sizeof(command), "git rev-parse --verify %s", rev);
	sh_line(hex, sizeof(hex), command);
	OK(bt_oid_parse(hex, strlen(hex), &oid, &err));
	return oid;
}

static void repo_make(const char *name, const char *format, struct bt_repo *repo)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("git init -q -b main --object-format=%s %s", format, name);
	assert_int_equal(chdir(name), 0);
	sh("git commit -q --allow-empty -m one && git commit -q --allow-empty -m two");
	c1 = oid_of("HEAD~1");
	c2 = oid_of("HEAD");
	OK(bt_repo_open(repo, NULL, 0, &err));
}

static void test_names(void **state)
{
	static const char *const names[] = {
		"refs/heads/a", "refs/a", "refs/heads/a.b", "refs/heads/a@b", "refs/heads/@", "refs/heads/\xc3\xa9", "refs/heads/-a",
		"refs/heads/a{", "HEAD", "refs", "refs/", "refs//a", "refs/heads/", "refs/heads/.a", "refs/heads/a..b", "refs/heads/a.lock",
		"refs/heads/a.lock/b", "refs/heads/a.", "refs/heads/a b", "refs/heads/a~", "refs/heads/a^b", "refs/heads/a:b", "refs/heads/a?",
		"refs/heads/a*", "refs/heads/a[b", "refs/heads/a\\b", "refs/heads/a@{b", "refs/heads/a\x7f", "refs/heads/a\nb", "refs/heads/.lock",
		"refs/heads/a.loc", "refs/./a", "refs/../a", "refs/heads/a/.b", "refs/heads/a./b",
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		bool good;

		setenv("NAME", names[i], 1);
		good = !strncmp(names[i], "refs/", 5) && sh_ok("git check-ref-format \"$NAME\"");
		if (bt_ref_name_ok(names[i]) != good)
			fail_msg("'%s' is %s", names[i], good ? "good" : "bad");
	}
}

static void test_swap(void **state)
{
	static const char *const formats[] = { "sha1", "sha256" };

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct bt_repo repo = BT_REPO_INIT;
		struct bt_oid none = { .len = 0 }, got;
		struct bt_ref_change ch[2] = { { .ref = "refs/batho/pin/a" }, { .ref = "refs/heads/new/branch" } };

		repo_make(formats[f], formats[f], &repo);
		assert_int_equal(bt_ref_read(&repo, ch[0].ref, &got, &err), BT_DONE);
		ch[0].after = ch[1].after = c1;
		OK(bt_refs_swap(&repo, ch, 2, "made", &err));
		assert_int_equal(bt_ref_read(&repo, ch[0].ref, &got, &err), BT_ROW);
		assert_true(bt_oid_equal(&got, &c1));
		sh("test \"$(git reflog show refs/heads/new/branch | sed 's/.*: //')\" = made");
		/* it is there already; the other one could be moved, and is not */
		ch[1].before = c1;
		ch[1].after = c2;
		assert_int_equal(bt_refs_swap(&repo, ch, 2, NULL, &err), BT_ERR_BUSY);
		assert_int_equal(bt_ref_read(&repo, ch[1].ref, &got, &err), BT_ROW);
		assert_true(bt_oid_equal(&got, &c1));
		/* another value than expected, then the right one */
		ch[1].before = c2;
		assert_int_equal(bt_refs_swap(&repo, ch + 1, 1, NULL, &err), BT_ERR_BUSY);
		ch[1].before = c1;
		OK(bt_refs_swap(&repo, ch + 1, 1, NULL, &err));
		assert_int_equal(bt_ref_read(&repo, ch[1].ref, &got, &err), BT_ROW);
		assert_true(bt_oid_equal(&got, &c2));
		/* packed refs are read and swapped like others */
		sh("git pack-refs --all --prune && ! test -e .git/refs/batho/pin/a");
		assert_int_equal(bt_ref_read(&repo, ch[1].ref, &got, &err), BT_ROW);
		assert_true(bt_oid_equal(&got, &c2));
		assert_int_equal(bt_ref_read(&repo, "refs/heads/new", &got, &err), BT_DONE);
		assert_int_equal(bt_ref_read(&repo, "refs/batho/pin/aa", &got, &err), BT_DONE);
		/* absent, but expected */
		ch[0] = (struct bt_ref_change){ .ref = "refs/batho/x", .before = c1, .after = c2 };
		assert_int_equal(bt_refs_swap(&repo, ch, 1, NULL, &err), BT_ERR_BUSY);
		ch[0].after = none;
		assert_int_equal(bt_refs_swap(&repo, ch, 1, NULL, &err), BT_ERR_BUSY);
		ch[0].before = none;
		OK(bt_refs_swap(&repo, ch, 1, NULL, &err));
		/* deleting */
		ch[1] = (struct bt_ref_change){ .ref = "refs/heads/new/branch", .before = c1 };
		assert_int_equal(bt_refs_swap(&repo, ch + 1, 1, NULL, &err), BT_ERR_BUSY);
		ch[1].before = c2;
		OK(bt_refs_swap(&repo, ch + 1, 1, NULL, &err));
		assert_int_equal(bt_ref_read(&repo, ch[1].ref, &got, &err), BT_DONE);
		bt_repo_release(&repo);
	}
}

static void test_in_the_way(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_ref_change ch = { .ref = "refs/heads/main" };
	struct bt_oid got;
	char *branch;

	(void)state;
	repo_make("way", "sha1", &repo);
	ch.before = c2;
	ch.after = c1;
	sh(": >.git/refs/heads/main.lock");
	assert_int_equal(bt_refs_swap(&repo, &ch, 1, NULL, &err), BT_ERR_BUSY);
	sh("rm .git/refs/heads/main.lock");
	/* a hook of the repository does not run */
	sh("mkdir -p .git/hooks && printf '#!/bin/sh\\nexit 1\\n' >.git/hooks/reference-transaction && chmod +x .git/hooks/reference-transaction");
	OK(bt_refs_swap(&repo, &ch, 1, "x", &err));
	sh("rm .git/hooks/reference-transaction");
	/* a folder is in the way: trying later does not help */
	ch = (struct bt_ref_change){ .ref = "refs/heads/main/sub", .after = c1 };
	assert_int_equal(bt_refs_swap(&repo, &ch, 1, NULL, &err), BT_ERR_FAIL);
	/* no such object; no such name */
	ch = (struct bt_ref_change){ .ref = "refs/heads/y", .after = { .len = 20, .raw = { 1 } } };
	assert_int_equal(bt_refs_swap(&repo, &ch, 1, NULL, &err), BT_ERR_FAIL);
	ch.ref = "--stdin";
	assert_int_equal(bt_refs_swap(&repo, &ch, 1, NULL, &err), BT_ERR_FAIL);
	ch.ref = "refs/heads/a\nb";
	assert_int_equal(bt_refs_swap(&repo, &ch, 1, NULL, &err), BT_ERR_FAIL);
	assert_int_equal(bt_ref_read(&repo, "refs/../HEAD", &got, &err), BT_ERR_FAIL);
	/* symbolic refs: read through, not written through */
	sh("git symbolic-ref refs/heads/sym refs/heads/main");
	assert_int_equal(bt_ref_read(&repo, "refs/heads/sym", &got, &err), BT_ROW);
	assert_true(bt_oid_equal(&got, &c1));
	ch = (struct bt_ref_change){ .ref = "refs/heads/sym", .before = c1, .after = c2 };
	OK(bt_refs_swap(&repo, &ch, 1, NULL, &err));
	sh("! git symbolic-ref -q refs/heads/sym && test $(git rev-parse sym~1) = $(git rev-parse main)");
	assert_int_equal(bt_ref_read_head(&repo, &branch, &got, &err), BT_ROW);
	assert_string_equal(branch, "refs/heads/main");
	assert_true(bt_oid_equal(&got, &c1));
	free(branch);
	sh("git checkout -q --detach sym");
	assert_int_equal(bt_ref_read_head(&repo, &branch, &got, &err), BT_ROW);
	assert_null(branch);
	assert_true(bt_oid_equal(&got, &c2));
	sh("git checkout -q --orphan unborn");
	assert_int_equal(bt_ref_read_head(&repo, &branch, &got, &err), BT_DONE);
	assert_string_equal(branch, "refs/heads/unborn");
	free(branch);
	/* as a reftable leaves it */
	sh("echo 'ref: refs/heads/.invalid' >.git/HEAD");
	assert_true(bt_ref_read_head(&repo, &branch, &got, &err) <= 0);
	free(branch);
	bt_repo_release(&repo);
}

static void test_worktree(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_oid got;
	char *branch;

	(void)state;
	repo_make("linked", "sha1", &repo);
	bt_repo_release(&repo);
	sh("git worktree add -q -b side ../linked2 main~1");
	assert_int_equal(chdir("../linked2"), 0);
	OK(bt_repo_open(&repo, NULL, 0, &err));
	assert_int_equal(bt_ref_read_head(&repo, &branch, &got, &err), BT_ROW);
	assert_string_equal(branch, "refs/heads/side");
	assert_true(bt_oid_equal(&got, &c1));
	free(branch);
	OK(bt_refs_swap(&repo, &(struct bt_ref_change){ .ref = "refs/worktree/mine", .after = c2 }, 1, NULL, &err));
	assert_int_equal(bt_ref_read(&repo, "refs/worktree/mine", &got, &err), BT_ROW);
	sh("test -e ../linked/.git/worktrees/linked2/refs/worktree/mine");
	bt_repo_release(&repo);
}

struct seen {
	size_t nr, stop_at;
	char last[64];
};

static int see(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *e)
{
	struct seen *s = ctx;

	(void)e;
	assert_true(bt_oid_equal(oid, &c1));
	assert_true(strcmp(ref, s->last) > 0);
	snprintf(s->last, sizeof(s->last), "%s", ref);
	return ++s->nr == s->stop_at ? BT_ERR_CANCELED : 0;
}

static void test_each(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct seen s = { .nr = 0 };

	(void)state;
	repo_make("each", "sha1", &repo);
	OK(bt_refs_each(&repo, "refs/batho/pin/", see, &s, &err));
	assert_int_equal(s.nr, 0);
	sh("for i in 1 2 3 4 5; do git update-ref refs/batho/pin/$i HEAD~1; done; git update-ref refs/batho/pinned HEAD");
	sh("git symbolic-ref refs/batho/pin/9 refs/heads/main && git pack-refs --all && git update-ref refs/batho/pin/6 HEAD~1");
	OK(bt_refs_each(&repo, "refs/batho/pin/", see, &s, &err));
	assert_int_equal(s.nr, 6);
	s = (struct seen){ .stop_at = 2 };
	assert_int_equal(bt_refs_each(&repo, "refs/batho/pin/", see, &s, &err), BT_ERR_CANCELED);
	assert_int_equal(s.nr, 2);
	assert_int_equal(bt_refs_each(&repo, "refs/*", see, &s, &err), BT_ERR_FAIL);
	assert_int_equal(bt_refs_each(&repo, "--all", see, &s, &err), BT_ERR_FAIL);
	bt_repo_release(&repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_swap), cmocka_unit_test(test_in_the_way),
		cmocka_unit_test(test_worktree), cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
