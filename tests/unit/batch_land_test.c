/* core/batch/land/land.c: the swap of a branch against strangers and locks; what a history holds. */
#include "tests/unit/git_scratch.h"

#include "core/base/clock.h"
#include "core/batch/land/land.h"
#include "core/git/refs.h"

#define MAIN "refs/heads/main"
#define KEY_1 "0123456789abcdef"
#define KEY_2 "fedcba9876543210"
#define KEY_3 "00000000000000aa"

static const char *hash_format = "sha1";
static struct bt_repo repo;

static struct bt_oid rev(const char *spec)
{
	char command[4300], line[128];
	struct bt_err err = BT_ERR_INIT;
	struct bt_oid oid = { .len = 0 };

	snprintf(command, sizeof(command), "git rev-parse --verify -q '%s'", spec);
	sh_line(line, sizeof(line), command);
	if (*line)
		assert_int_equal(bt_oid_parse(line, strlen(line), &oid, &err), 0);
	return oid;
}

/* Branch main is at tag base; tags next (on base), ahead (on next), side (on base), root (on nothing). */
static void start(const char *how)
{
	struct bt_err err = BT_ERR_INIT;

	bt_repo_release(&repo);
	assert_int_equal(chdir(scratch_dir), 0);
	sh("rm -rf r && git init -q %s -b main --object-format=%s r && cd r && t=$(git mktree </dev/null) &&"
	   " c() { n=$1; shift; git tag $n $(git commit-tree -m $n \"$@\" $t); } && c base && c next -p base && c ahead -p next && c side -p base &&"
	   " c root && git update-ref -m start " MAIN " base",
	   how, hash_format);
	assert_int_equal(chdir("r"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
}

static int swap(const char *before, const char *after, enum bt_land_result *result, struct bt_oid *now)
{
	struct bt_oid from = *before ? rev(before) : (struct bt_oid){ .len = 0 };
	struct bt_oid to = rev(after);
	struct bt_err err = BT_ERR_INIT;
	int rc = bt_land_swap(&repo, MAIN, &from, &to, "batho: batch 7", result, now, &err);

	assert_true(!rc == !*err.msg);
	return rc;
}

static void assert_swap(const char *before, const char *after, enum bt_land_result wanted, const char *wanted_now)
{
	struct bt_oid there = *wanted_now ? rev(wanted_now) : (struct bt_oid){ .len = 0 };
	enum bt_land_result result;
	struct bt_oid now, main;

	assert_int_equal(swap(before, after, &result, &now), 0);
	assert_int_equal(result, wanted);
	assert_true(bt_oid_equal(&now, &there));
	main = rev(MAIN);
	assert_true(bt_oid_equal(&main, &there));
}

static void swaps(const char *how)
{
	start(how);
	sh("git config core.logAllRefUpdates always");
	assert_swap("base", "next", BT_LAND_DONE, "next");
	sh("test \"$(git log -g -1 --format=%%gs main)\" = 'batho: batch 7'");
	assert_swap("base", "next", BT_LAND_ALREADY, "next");
	/* Contained in what somebody built upon it. */
	sh("git update-ref " MAIN " ahead");
	assert_swap("base", "next", BT_LAND_ALREADY, "ahead");
	sh("git update-ref " MAIN " side");
	assert_swap("base", "next", BT_LAND_MOVED, "side");
	sh("git update-ref " MAIN " root");
	assert_swap("base", "next", BT_LAND_REWOUND, "root");
	sh("git update-ref " MAIN " base");
	assert_swap("next", "ahead", BT_LAND_REWOUND, "base");
	sh("git update-ref -d " MAIN);
	assert_swap("base", "next", BT_LAND_REWOUND, "");
	/* Not born yet; born by somebody else. */
	assert_swap("", "root", BT_LAND_DONE, "root");
	assert_swap("", "root", BT_LAND_ALREADY, "root");
	assert_swap("", "next", BT_LAND_MOVED, "root");
	sh("git update-ref " MAIN " ahead");
	assert_swap("", "next", BT_LAND_ALREADY, "ahead");
	/* Undone by swapping back. */
	assert_swap("ahead", "base", BT_LAND_DONE, "base");
}

static void test_swap(void **state)
{
	(void)state;
	swaps("");
	swaps("--bare");
	hash_format = "sha256";
	swaps("");
	hash_format = "sha1";
}

static void test_swap_locked(void **state)
{
	enum bt_land_result result;
	struct bt_oid now;
	int64_t before;

	(void)state;
	start("");
	sh(": >.git/refs/heads/main.lock");
	before = bt_clock_ms();
	assert_int_equal(swap("base", "next", &result, &now), BT_ERR_BUSY);
	assert_in_range(bt_clock_ms() - before, 1500, 20000);
	sh("test -e .git/refs/heads/main.lock && (sleep 0.5; rm .git/refs/heads/main.lock) &");
	assert_swap("base", "next", BT_LAND_DONE, "next");
	/* The holder of the lock was faster. */
	sh("git update-ref " MAIN " base && : >.git/refs/heads/main.lock && (sleep 0.5; git rev-parse side >.git/refs/heads/main; rm .git/refs/heads/main.lock) &");
	sh("sleep 0.1");
	assert_swap("base", "next", BT_LAND_MOVED, "side");
}

static void test_swap_refused(void **state)
{
	enum bt_land_result result;
	struct bt_oid now, none;
	struct bt_err err = BT_ERR_INIT;
	struct bt_oid base;

	(void)state;
	start("");
	sh("git symbolic-ref refs/heads/alias " MAIN);
	base = rev("base");
	none = rev("next");
	assert_int_equal(bt_land_swap(&repo, "refs/heads/alias", &base, &none, "x", &result, &now, &err), BT_ERR_FAIL);
	assert_string_equal(err.msg, "'refs/heads/alias' is a symbolic ref to 'refs/heads/main'");
	sh("test \"$(git symbolic-ref refs/heads/alias)\" = " MAIN);
	memset(none.raw, 7, none.len);
	err = (struct bt_err)BT_ERR_INIT;
	assert_int_equal(bt_land_swap(&repo, MAIN, &base, &none, "x", &result, &now, &err), BT_ERR_FAIL);
	assert_int_equal(bt_land_swap(&repo, "main", &base, &none, "x", &result, &now, &err), BT_ERR_FAIL);
	assert_int_equal(bt_land_swap(&repo, "--stdin", &base, &none, "x", &result, &now, &err), BT_ERR_FAIL);
	/* What was before is gone for good: somebody took it back long ago. */
	err = (struct bt_err)BT_ERR_INIT;
	assert_int_equal(bt_land_swap(&repo, MAIN, &none, &base, "x", &result, &now, &err), 0);
	assert_int_equal(result, BT_LAND_ALREADY);
	base = rev("next");
	assert_int_equal(bt_land_swap(&repo, MAIN, &none, &base, "x", &result, &now, &err), 0);
	assert_int_equal(result, BT_LAND_REWOUND);
}

/* Two at once, many times: one wins each round, the other sees it. */
static void test_swap_race(void **state)
{
	(void)state;
	start("");
	sh("git tag other $(git commit-tree -m other -p base base^{tree})");
	for (int round = 0; round < 10; round++) {
		enum bt_land_result result;
		struct bt_oid now, main;

		sh("git update-ref " MAIN " base");
		sh("{ git update-ref " MAIN " other base 2>/dev/null || :; } &");
		assert_int_equal(swap("base", "next", &result, &now), 0);
		assert_true(result == BT_LAND_DONE || result == BT_LAND_MOVED);
		sh("sleep 0.05");
		main = rev(MAIN);
		assert_true(bt_oid_equal(&main, &now));
	}
}

static void assert_applied(const char *before, const char *tip, const char *first, const char *second)
{
	static const char *const keys[] = { KEY_1, KEY_2, KEY_3 };
	const char *const wanted[] = { first, second, NULL };
	struct bt_oid from = *before ? rev(before) : (struct bt_oid){ .len = 0 };
	struct bt_oid to = rev(tip), commits[3];
	bool found[3] = { true, true, true };
	struct bt_err err = BT_ERR_INIT;

	if (bt_land_applied(&repo, &from, &to, keys, 3, commits, found, &err))
		fail_msg("%s", err.msg);
	for (int i = 0; i < 3; i++) {
		struct bt_oid at = { .len = 0 };

		assert_int_equal(found[i], wanted[i] != NULL);
		if (wanted[i])
			at = rev(wanted[i]);
		assert_true(!wanted[i] || bt_oid_equal(&at, &commits[i]));
	}
}

static void test_applied(void **state)
{
	(void)state;
	start("");
	sh("c() { git tag $1 $(git commit-tree -p $2 -F - base^{tree}); } &&"
	   " printf 'one\\n\\nBatho-Batch: x\\nBatho-Action: " KEY_1 "\\n' | c a base &&"
	   " printf 'two\\n\\nbody\\n\\nBatho-Action: " KEY_2 " \\r\\nBatho-Action: %%s\\n\\nwritten below by hand\\n' 1111111111111111 | c b a &&"
	   /* None of these is a key in its place. */
	   " printf ' Batho-Action: " KEY_3 "\\n> Batho-Action: " KEY_3 "\\nBatho-Action: " KEY_3 "0\\nBatho-Action: 0000\\nBatho-Action: \\nbatho-action: " KEY_3
	   "\\nBatho-Action:" KEY_3 "\\nxBatho-Action: " KEY_3 "\\n" KEY_3 "' | c d b &&"
	   " git config log.showSignature true && git config trailer.separators = && git config log.decorate full && git config color.ui always &&"
	   " git config i18n.logOutputEncoding UTF-16");
	assert_applied("base", "d", "a", "b");
	assert_applied("", "d", "a", "b");
	assert_applied("a", "d", NULL, "b");
	assert_applied("b", "d", NULL, NULL);
	assert_applied("d", "d", NULL, NULL);
	assert_applied("", "base", NULL, NULL);
	/* A side that was merged counts, and so does an empty message. */
	sh("git tag e $(printf '' | git commit-tree -p side base^{tree}) && git tag m $(git commit-tree -m m -p e -p d base^{tree})");
	assert_applied("side", "m", "a", "b");
	assert_applied("base", "m", "a", "b");
}

static void test_applied_limits(void **state)
{
	static const char *const keys[] = { KEY_1, KEY_2 };
	struct bt_oid none = { .len = 0 }, tip, commits[2];
	struct bt_err err = BT_ERR_INIT;
	bool found[2];

	(void)state;
	start("");
	sh("{ i=0; while test $i -lt 10005; do i=$((i + 1)); k=; case $i in 1) k='Batho-Action: " KEY_1 "' ;; 10000) k='Batho-Action: " KEY_2 "' ;; esac;"
	   " printf 'commit refs/heads/long\\ncommitter a <a@b> %%d +0000\\ndata <<E\\nx\\n\\n%%s\\nE\\n' $i \"$k\"; done; } | git fast-import --quiet");
	tip = rev("long");
	assert_int_equal(bt_land_applied(&repo, &none, &tip, keys, 2, commits, found, &err), 0);
	assert_true(!found[0] && found[1]);
	/* A range has no limit. */
	none = rev("base");
	assert_int_equal(bt_land_applied(&repo, &none, &tip, keys, 2, commits, found, &err), 0);
	assert_true(found[0] && found[1]);
	/* Nothing to ask; nothing to look into; a range that is none. */
	assert_int_equal(bt_land_applied(&repo, &none, &tip, keys, 0, commits, found, &err), 0);
	memset(&none, 0, sizeof(none));
	assert_int_equal(bt_land_applied(&repo, &tip, &none, keys, 2, commits, found, &err), 0);
	assert_true(!found[0] && !found[1]);
	none.len = tip.len;
	memset(none.raw, 9, none.len);
	assert_int_equal(bt_land_applied(&repo, &none, &tip, keys, 2, commits, found, &err), BT_ERR_FAIL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_swap),
		TEST(test_swap_locked),
		TEST(test_swap_refused),
		TEST(test_swap_race),
		TEST(test_applied),
		TEST(test_applied_limits),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
