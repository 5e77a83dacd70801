/* core/batch/fold/merge.c: a branch into a tip, in three ways. */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/batch/fold/fold.h"

#define COMMITTER "B Atch <batch@example.com> 1700000000 +0100"

static struct bt_repo repo;
static struct bt_fold_merge m;

/* main: base, m1; topic: base, t1, t2; ahead: main, a1; clash: base and another line 1; other: no common history. */
static void make(void)
{
	sh("rm -rf r && git init -q -b main r && cd r && for i in 1 2 3 4 5 6 7 8 9; do echo $i; done >f && git add f && "
	   "git commit -q -m base && git checkout -q -b topic && echo 9a >>f && git commit -qam t1 && "
	   "echo t >t && git add t && git commit -q --author 'T Opic <t@example.com>' -m t2 -m 'body of t2' && "
	   "git checkout -q -b clash main && sed -i '1s/$/c/' f && git commit -qam c1 && "
	   "git checkout -q main && sed -i '1s/$/m/' f && git commit -qam m1 && git checkout -q -b ahead && "
	   "echo a >a && git add a && git commit -q -m a1 && git checkout -q --orphan other && git commit -q -m other && "
	   "git checkout -q main");
	assert_int_equal(chdir("r"), 0);
}

static int merge_try(enum bt_merge_strategy strategy, const char *tip, const char *source,
		     struct bt_err *err)
{
	struct bt_rev revs[] = { { .spec = source }, { .spec = *tip ? tip : source } };

	if (bt_repo_open(&repo, revs, 2, err))
		fail_msg("%s", err->msg);
	m.tip = *tip ? revs[1].commit : (struct bt_oid){ .len = 0 };
	m.source = revs[0].commit;
	m.strategy = strategy;
	m.source_name = m.source_name ? m.source_name : source;
	m.target_name = m.target_name ? m.target_name : tip;
	m.batch_key = "b1";
	m.action_key = "a1";
	m.committer = COMMITTER;
	return bt_fold_merge(&repo, &m, err);
}

static void merge(enum bt_merge_strategy strategy, const char *tip, const char *source)
{
	struct bt_err err = BT_ERR_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	if (merge_try(strategy, tip, source, &err))
		fail_msg("%s", err.msg);
	setenv("RESULT", m.commit.len ? bt_oid_hex(&m.commit, hex) : "", 1);
}

static void done(void)
{
	bt_fold_merge_release(&m);
	bt_repo_release(&repo);
	m = (struct bt_fold_merge){ .paths = NULL };
}

static void assert_oid(const struct bt_oid *oid, const char *rev)
{
	char line[100], hex[BT_OID_HEX_MAX + 1];
	BT_FREE char *command = bt_xasprintf("git rev-parse %s", rev);

	sh_line(line, sizeof(line), command);
	assert_string_equal(bt_oid_hex(oid, hex), line);
}

static void assert_message(const char *want)
{
	file_make("want", want, strlen(want));
	sh("git log -1 --format=%%B $RESULT >message && diff want message");
}

static void test_merge(void **state)
{
	(void)state;
	make();
	merge(BT_MERGE_MERGE, "main", "topic");
	assert_int_equal(m.outcome, BT_FOLD_TAKEN);
	assert_oid(&m.tree, "$RESULT^{tree}");
	assert_message("Merge branch 'topic'\n\nBatho-Batch: b1\nBatho-Action: a1\n\n");
	sh("test \"$(git rev-parse $RESULT^@ | tr '\\n' ' ')\" = \"$(git rev-parse main topic | tr '\\n' ' ')\" && "
	   "test \"$(git log -1 --format='%%an %%at %%cn' $RESULT)\" = 'B Atch 1700000000 B Atch' && "
	   "git merge -q --no-edit topic && test $(git rev-parse HEAD^{tree}) = $(git rev-parse $RESULT^{tree}) && "
	   "git log -1 --format=%%s | grep -qxF \"$(git log -1 --format=%%s $RESULT)\" && git fsck --strict >/dev/null 2>&1");
	done();
	/* A branch that is ahead still gets its commit: the trailers need one. */
	merge(BT_MERGE_MERGE, "main~1", "ahead");
	sh("test $(git rev-list --parents -1 $RESULT | wc -w) = 3");
	done();
}

static void test_titles(void **state)
{
	static const struct {
		const char *source, *target, *title;
	} titles[] = {
		{ "refs/heads/topic", "refs/heads/x/y", "Merge branch 'topic' into x/y" },
		{ "refs/remotes/origin/topic", "refs/heads/master",
		  "Merge remote-tracking branch 'origin/topic'" },
		{ "refs/tags/v1", "refs/heads/main", "Merge tag 'v1'" },
		{ "topic", NULL, "Merge branch 'topic'" },
	};

	(void)state;
	make();
	for (size_t i = 0; i < BT_ARRAY_NR(titles); i++) {
		m.source_name = titles[i].source;
		m.target_name = titles[i].target;
		merge(BT_MERGE_MERGE, "main", "topic");
		sh("test \"$(git log -1 --format=%%s $RESULT)\" = \"%s\"", titles[i].title);
		done();
	}
	sh("git config --add merge.suppressDest master && git config --add merge.suppressDest '' && "
	   "git config --add merge.suppressDest 'x/*'");
	m.target_name = "x/y";
	merge(BT_MERGE_MERGE, "main", "topic");
	sh("test \"$(git log -1 --format=%%s $RESULT)\" = \"Merge branch 'topic'\"");
	done();
	m.target_name = "master";
	merge(BT_MERGE_MERGE, "main", "topic");
	sh("test \"$(git log -1 --format=%%s $RESULT)\" = \"Merge branch 'topic' into master\"");
	done();
	m.message = "my words\n\nFixes: #1\n";
	merge(BT_MERGE_MERGE, "main", "topic");
	assert_message("my words\n\nFixes: #1\nBatho-Batch: b1\nBatho-Action: a1\n\n");
	done();
}

static void test_squash(void **state)
{
	(void)state;
	make();
	merge(BT_MERGE_SQUASH, "main", "topic");
	assert_int_equal(m.outcome, BT_FOLD_TAKEN);
	sh("test $(git rev-parse $RESULT^@) = $(git rev-parse main) && git merge -q --squash topic >/dev/null && "
	   "test $(git write-tree) = $(git rev-parse $RESULT^{tree}) && git reset -q --hard");
	assert_message(
		"Merge branch 'topic'\n\n* t1\n\n* t2\n\nbody of t2\n\n"
		"Co-authored-by: A U Thor <author@example.com>\nCo-authored-by: T Opic <t@example.com>\n"
		"Batho-Batch: b1\nBatho-Action: a1\n\n");
	/* Again: it has all of it. */
	sh("git update-ref refs/heads/squashed $RESULT");
	done();
	merge(BT_MERGE_SQUASH, "squashed", "topic");
	assert_int_equal(m.outcome, BT_FOLD_EMPTY);
	assert_oid(&m.commit, "squashed");
	done();
	/* As a merge it is one: history says so from then on. */
	merge(BT_MERGE_MERGE, "squashed", "topic");
	assert_int_equal(m.outcome, BT_FOLD_TAKEN);
	assert_oid(&m.tree, "squashed^{tree}");
	done();
	merge(BT_MERGE_SQUASH, "main", "ahead");
	assert_oid(&m.tree, "ahead^{tree}");
	sh("test $(git rev-parse $RESULT^@) = $(git rev-parse main)");
	done();
	merge(BT_MERGE_SQUASH, "", "topic");
	sh("test $(git rev-list --count $RESULT) = 1 && test $(git rev-parse $RESULT^{tree}) = $(git rev-parse topic^{tree})");
	done();
}

static void test_ff(void **state)
{
	(void)state;
	make();
	merge(BT_MERGE_FF, "main", "ahead");
	assert_int_equal(m.outcome, BT_FOLD_TAKEN);
	assert_oid(&m.commit, "ahead");
	assert_oid(&m.tree, "ahead^{tree}");
	done();
	merge(BT_MERGE_FF, "main", "topic");
	assert_int_equal(m.outcome, BT_FOLD_CONFLICT);
	assert_null(m.paths);
	assert_oid(&m.commit, "main");
	done();
	for (int strategy = BT_MERGE_MERGE; strategy <= BT_MERGE_FF; strategy++) {
		merge(strategy, "ahead", "main");
		assert_int_equal(m.outcome, BT_FOLD_EMPTY);
		assert_oid(&m.commit, "ahead");
		assert_oid(&m.tree, "ahead^{tree}");
		done();
	}
	merge(BT_MERGE_FF, "", "topic");
	assert_oid(&m.commit, "topic");
	done();
}

static void test_conflicts(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	make();
	for (int strategy = BT_MERGE_MERGE; strategy <= BT_MERGE_SQUASH; strategy++) {
		merge(strategy, "main", "clash");
		assert_int_equal(m.outcome, BT_FOLD_CONFLICT);
		assert_int_equal(m.paths_nr, 1);
		assert_string_equal(m.paths[0], "f");
		assert_oid(&m.commit, "main");
		done();
		assert_int_equal(merge_try(strategy, "main", "other", &err), BT_ERR_FAIL);
		assert_non_null(strstr(err.msg, "unrelated histories"));
		done();
	}
	/* Criss-cross: several merge bases. */
	sh("git checkout -q -b x1 topic && git merge -q --no-edit ahead && git checkout -q -b x2 ahead && git merge -q --no-edit topic && "
	   "echo x >x && git add x && git commit -q -m x && git checkout -q main");
	merge(BT_MERGE_MERGE, "x1", "x2");
	assert_int_equal(m.outcome, BT_FOLD_TAKEN);
	assert_oid(&m.tree, "x2^{tree}");
	done();
}

static void test_signed(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	if (!sh_ok("command -v ssh-keygen >/dev/null"))
		skip();
	make();
	sh("rm -f ../key ../key.pub && ssh-keygen -q -t ed25519 -N '' -f ../key && git config gpg.format ssh && git config user.signingKey \"$PWD/../key\" && "
	   "echo \"batch@example.com $(cat ../key.pub)\" >../allowed && git config gpg.ssh.allowedSignersFile \"$PWD/../allowed\"");
	for (int strategy = BT_MERGE_MERGE; strategy <= BT_MERGE_SQUASH; strategy++) {
		m.sign = true;
		merge(strategy, "main", "topic");
		sh("git verify-commit $RESULT 2>/dev/null");
		done();
	}
	sh("rm ../key ../key.pub");
	m.sign = true;
	assert_int_equal(merge_try(BT_MERGE_MERGE, "main", "topic", &err), BT_ERR_FAIL);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_merge, scratch_reset),
		cmocka_unit_test_setup(test_titles, scratch_reset),
		cmocka_unit_test_setup(test_squash, scratch_reset),
		cmocka_unit_test_setup(test_ff, scratch_reset),
		cmocka_unit_test_setup(test_conflicts, scratch_reset),
		cmocka_unit_test_setup(test_signed, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_fold_merge", tests, scratch_setup,
					   scratch_teardown);
}
