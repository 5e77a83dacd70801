/*
 * core/batch/fold/fold.c: whatever the trees are, the shortcut gives what git merge-tree gives: the same members, the same
 * trees, the same ids. Some hundred merges; TEST_LONG=1: some thousand.
 */
#include "tests/unit/batch_fold_world.h"

#include "core/batch/fold/fold.h"

#define MEMBERS 8

struct tally {
	size_t merges, shortcuts, crashes, outcomes[3];
};

static void fold(struct bt_repo *repo, struct bt_fold *f)
{
	struct bt_err err = BT_ERR_INIT;

	if (bt_fold(repo, f, &err))
		fail_msg("%s", err.msg);
}

static void assert_same(const struct bt_fold *a, const struct bt_fold *b)
{
	for (size_t i = 0; i < a->members_nr; i++) {
		const struct bt_fold_member *m = &a->members[i], *n = &b->members[i];

		if (m->outcome != n->outcome)
			fail_msg("member %zu: outcome %d, with git alone %d", i, m->outcome, n->outcome);
		assert_false(n->by_shortcut);
		assert_int_equal(m->paths_nr, n->paths_nr);
		for (size_t k = 0; k < m->paths_nr && k < BT_FOLD_PATHS_MAX; k++)
			assert_string_equal(m->paths[k], n->paths[k]);
		assert_true(m->with_member == n->with_member && bt_oid_equal(&m->with_commit, &n->with_commit));
		assert_true(bt_oid_equal(&m->result, &n->result));
	}
	assert_int_equal(a->taken, b->taken);
	assert_true(bt_oid_equal(&a->tree, &b->tree));
	assert_true(bt_oid_equal(&a->commit, &b->commit));
}

/* Worlds that grow out of each other, and the fold of some commits of them onto another. */
static void round_make(struct bt_repo *repo, struct bt_odb *odb, uint64_t *s, struct tally *t)
{
	struct world *worlds = bt_xcalloc(MEMBERS + 2, sizeof(*worlds));
	struct bt_oid commits[MEMBERS + 2];
	struct bt_fold_member members[2][MEMBERS];
	struct bt_fold f[2];
	char text[WORLD_TEXT_MAX], path[64];
	size_t crashes = 0;

	memset(members, 0, sizeof(members));
	for (uint32_t i = test_random(s, 20); i-- > 0;) {
		world_path(s, path, sizeof(path));
		world_text(s, text);
		world_put(&worlds[0], path, 0100644, text);
	}
	commits[0] = world_commit(repo, odb, &worlds[0], NULL, "base\n");
	for (size_t i = 1; i < MEMBERS + 2; i++) {
		/* 1 is the tip; members start at the base, at the tip, or where another one ended. */
		size_t from = i == 1 || test_random(s, 4) ? 0 : test_random(s, (uint32_t)i);

		worlds[i] = worlds[from];
		for (uint32_t k = test_random(s, i == 1 ? 5 : 3) + (i > 1); k-- > 0;)
			world_change(s, &worlds[i], repo->oid_len);
		commits[i] = world_commit(repo, odb, &worlds[i], &commits[from], "change\n");
	}
	for (int k = 0; k < 2; k++) {
		f[k] = (struct bt_fold){ .tip = commits[1], .style = test_random(s, 2) ? BT_FOLD_STACK : BT_FOLD_SQUASH,
					 .batch_key = "b", .committer = "B <b@example.com> 1700000000 +0000",
					 .no_shortcut = k, .members = members[k], .members_nr = MEMBERS };
		f[k].style = f[0].style;
		for (size_t i = 0; i < MEMBERS; i++)
			members[k][i] = (struct bt_fold_member){ .commit = commits[i + 2], .key = "a" };
		fold(repo, &f[k]);
	}
	/* merge-ort of git 2.39 has assertions that some file and folder in one place break: then there is no truth. */
	for (size_t i = 0; i < MEMBERS; i++)
		crashes += members[1][i].git_crashed;
	t->crashes += crashes;
	if (!crashes)
		assert_same(&f[0], &f[1]);
	for (size_t i = 0; i < MEMBERS; i++) {
		t->merges++;
		t->shortcuts += members[0][i].by_shortcut;
		t->outcomes[members[0][i].outcome]++;
	}
	bt_fold_release(&f[0]);
	bt_fold_release(&f[1]);
	free(worlds);
}

static void run(const char *init, size_t rounds)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_odb *odb = NULL;
	struct tally t = { .merges = 0 };
	uint64_t seed = test_seed();
	struct bt_repo repo;

	sh("rm -rf r && git init -q %s r", init);
	assert_int_equal(chdir("r"), 0);
	if (bt_repo_open(&repo, NULL, 0, &err) || bt_odb_open(&repo, &bt_odb_git_program, &odb, &err))
		fail_msg("%s", err.msg);
	while (rounds-- > 0)
		round_make(&repo, odb, &seed, &t);
	print_message(
		"# %zu merges, %zu by the shortcut; %zu taken, %zu empty, %zu conflicts; git crashed %zu times\n",
		t.merges, t.shortcuts, t.outcomes[BT_FOLD_TAKEN], t.outcomes[BT_FOLD_EMPTY],
		t.outcomes[BT_FOLD_CONFLICT], t.crashes);
	assert_true(t.crashes <= 1 + t.merges / 200);
	/* All cases are there, when there were enough for that. */
	if (t.merges > 64) {
		assert_true(t.shortcuts > t.merges / 10 && t.shortcuts < t.merges);
		assert_true(t.outcomes[BT_FOLD_CONFLICT] > 0 && t.outcomes[BT_FOLD_TAKEN] > 0);
	}
	bt_odb_free(&odb);
	bt_repo_release(&repo);
	assert_int_equal(chdir(".."), 0);
}

static size_t rounds(size_t some)
{
	return getenv("TEST_VALGRIND") ? 1 : getenv("TEST_LONG") ? 50 * some : some;
}

static void test_shortcut_is_the_truth(void **state)
{
	(void)state;
	run("", rounds(9));
}

static void test_sha256(void **state)
{
	(void)state;
	run("--object-format=sha256", rounds(2));
}

/* Folders that were renamed take along what is added to them. */
static void test_renamed_folders(void **state)
{
	(void)state;
	sh("git config --global merge.directoryRenames true");
	run("--bare", rounds(4));
	sh("git config --global --unset merge.directoryRenames");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_shortcut_is_the_truth, scratch_reset),
		cmocka_unit_test_setup(test_sha256, scratch_reset),
		cmocka_unit_test_setup(test_renamed_folders, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_fold_property", tests, scratch_setup, scratch_teardown);
}
