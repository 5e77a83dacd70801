/* core/batch/land/prove.c: foldings that git made are proven; what loses a change is found out. */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/batch/land/land.h"

#define MEMBERS_MAX 16

static const char *hash_format = "sha1";
static struct bt_repo repo;
static bool all[MEMBERS_MAX];

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

/* Tag base is what `script` makes; each member and the tip start there. */
static void start(const char *script)
{
	struct bt_err err = BT_ERR_INIT;

	bt_repo_release(&repo);
	assert_int_equal(chdir(scratch_dir), 0);
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		all[i] = true;
	sh("rm -rf r && git init -q -b main --object-format=%s r && cd r && { %s\n} && git add -A && git commit -q --allow-empty -m base && git tag base && git tag tip", hash_format,
	   script);
	assert_int_equal(chdir("r"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
}

static void make(const char *name, const char *script)
{
	sh("git checkout -q -f --detach base && git clean -qfdx && { %s\n} && git add -A && git commit -q --allow-empty -m %s && git tag -f %s >/dev/null", script, name, name);
}

/* Puts the members (tags 1, 2, ...) onto the tip one after the other; tag landed. taken[i]: it went without a conflict. */
static void fold(size_t nr, bool *taken)
{
	sh("git checkout -q -f --detach tip && git clean -qfdx");
	for (size_t i = 0; i < nr; i++) {
		char command[200];

		snprintf(command, sizeof(command), "git cherry-pick -n %zu >/dev/null 2>&1 && git commit -q --allow-empty -m %zu", i + 1, i + 1);
		taken[i] = sh_ok(command);
		if (!taken[i])
			sh("git reset -q --hard && git clean -qfdx");
	}
	sh("git tag -f landed HEAD >/dev/null");
}

/* Of what is at `landed`; NULL: proven. */
static void assert_proof(size_t nr, const bool *taken, const char *wanted)
{
	struct bt_prove_member members[MEMBERS_MAX];
	struct bt_oid landed = rev("landed"), tree = rev("landed^{tree}"), tip = rev("tip");
	struct bt_err err = BT_ERR_INIT;
	int rc;

	for (size_t i = 0; i < nr; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%zu", i + 1);
		members[i] = (struct bt_prove_member){ .commit = rev(name), .taken = taken[i] };
	}
	rc = bt_land_prove(&repo, &landed, &tree, &tip, members, nr, &err);
	if (!wanted && rc)
		fail_msg("%s", err.msg);
	if (!wanted)
		return;
	if (!rc)
		fail_msg("proven, without %s", wanted);
	assert_int_equal(rc, BT_ERR_CORRUPT);
	if (!strstr(err.msg, wanted))
		fail_msg("'%s' is not in: %s", wanted, err.msg);
}

/* What landed is changed behind the queue's back. */
static void spoil(const char *script)
{
	sh("git checkout -q -f --detach landed && git clean -qfdx && { %s\n} && git add -A && git commit -q --allow-empty -m spoilt && git tag -f landed >/dev/null", script);
}

static void test_apart(void **state)
{
	(void)state;
	start("mkdir d && echo 1 >d/a && echo 1 >b && echo 1 >c && echo 1 >x");
	make("tip", "echo tip >t");
	make("1", "echo 2 >d/a");
	make("2", "rm b");
	make("3", "chmod +x x && ln -s c l");
	make("4", "mkdir -p 'n w' && echo 2 >'n w/\xff'");
	make("5", ":");
	fold(5, all);
	assert_proof(5, all, NULL);
	spoil("git checkout -q base -- d/a");
	assert_proof(5, all, "what member 1 (");
	assert_proof(5, all, ") made of 'd/a' is not in what landed");
	fold(5, all);
	spoil("echo other >d/a");
	assert_proof(5, all, "'d/a'");
	fold(5, all);
	spoil("git checkout -q base -- b");
	assert_proof(5, all, "what member 2 (");
	fold(5, all);
	spoil("chmod -x x");
	assert_proof(5, all, "what member 3 (");
	fold(5, all);
	spoil("rm l && echo c >l");
	assert_proof(5, all, "'l'");
	fold(5, all);
	spoil("rm -r 'n w'");
	assert_proof(5, all, "what member 4 (");
	/* A member that was left out owes nothing. */
	fold(5, all);
	spoil("git checkout -q base -- d/a");
	all[0] = false;
	assert_proof(5, all, NULL);
	all[0] = true;
}

static void test_gate(void **state)
{
	struct bt_oid landed, tree, tip;
	struct bt_prove_member m;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start("echo 1 >a");
	make("1", "echo 2 >a");
	fold(1, all);
	landed = rev("landed");
	tree = rev("base^{tree}");
	tip = rev("tip");
	m = (struct bt_prove_member){ .commit = rev("1"), .taken = true };
	assert_int_equal(bt_land_prove(&repo, &landed, &tree, &tip, &m, 1, &err), BT_ERR_CORRUPT);
	assert_non_null(strstr(err.msg, "what was checked is"));
	tree = rev("landed^{tree}");
	memset(m.commit.raw, 3, m.commit.len);
	assert_int_equal(bt_land_prove(&repo, &landed, &tree, &tip, &m, 1, &err), BT_ERR_CORRUPT);
	/* Nobody's batch; an unborn branch. */
	assert_int_equal(bt_land_prove(&repo, &landed, &tree, &tip, NULL, 0, &err), 0);
	tip.len = 0;
	memset(tip.raw, 0, sizeof(tip.raw));
	m.commit = rev("1");
	assert_int_equal(bt_land_prove(&repo, &landed, &tree, &tip, &m, 1, &err), 0);
	m.commit = rev("base");
	assert_int_equal(bt_land_prove(&repo, &landed, &tree, &tip, &m, 1, &err), BT_ERR_CORRUPT);
}

static void test_same_file(void **state)
{
	(void)state;
	start("seq 30 >f && seq 30 >g && seq 30 >h");
	make("tip", "sed -i '15s/.*/tip/' g");
	make("1", "sed -i '3s/.*/one/' f && sed -i '3s/.*/one/' g");
	make("2", "sed -i '27s/.*/two/' f");
	sh("git tag -f base 2 >/dev/null");
	make("3", "sed -i '27s/.*/three/' f && echo replaced >h");
	sh("git tag -f base 3 >/dev/null");
	make("4", "rm h && git checkout -q base~2 -- f");
	sh("git tag -f base base~2 >/dev/null");
	fold(4, all);
	assert_true(all[0] && all[1] && all[2] && all[3]);
	/* Merged, replaced by a later one, removed by a later one, taken back by a later one. */
	assert_proof(4, all, NULL);
	/* The tip's and nothing of the member's; what was before. */
	spoil("git checkout -q base -- g");
	assert_proof(4, all, "'g'");
	fold(3, all);
	assert_proof(3, all, NULL);
	spoil("git checkout -q base -- h");
	assert_proof(3, all, "what member 3 (");
	fold(3, all);
	spoil("rm h");
	assert_proof(3, all, "'h'");
	fold(1, all);
	spoil("git checkout -q base -- f");
	assert_proof(1, all, "'f'");
}

static void test_renames(void **state)
{
	(void)state;
	start("mkdir d && seq 40 >a && seq 50 90 >d/f && seq 100 150 >d/g");
	make("tip", "git mv d e");
	make("1", "sed -i '20s/.*/one/' a");
	make("2", "git mv a b && echo 2 >>b");
	make("3", "sed -i '30s/.*/three/' a && sed -i '1s/.*/three/' d/f");
	make("4", "echo new >d/new && echo other >d2");
	sh("git config merge.directoryRenames true");
	fold(4, all);
	assert_true(all[0] && all[1] && all[2] && all[3]);
	sh("git ls-tree -r --name-only landed >../status && printf 'b\\nd2\\ne/f\\ne/g\\ne/new\\n' | cmp - ../status");
	assert_proof(4, all, NULL);
	spoil("rm d2");
	assert_proof(4, all, "what member 4 (");
	fold(4, all);
	spoil("rm e/new");
	assert_proof(4, all, "'d/new'");
}

static void test_merge_member(void **state)
{
	(void)state;
	start("echo 1 >a && echo 1 >b");
	make("side", "echo side >b");
	make("x", "echo x >a");
	/* Against its first parent a merge is what it brought in. */
	sh("git checkout -q --detach x && git merge -q --no-ff -m m side && git tag 1 && git checkout -q --detach tip && git checkout -q side -- b && git commit -q -m l && git tag landed");
	all[0] = true;
	assert_proof(1, all, NULL);
	spoil("git checkout -q base -- b");
	assert_proof(1, all, "'b'");
}

static void random_change(char *text, size_t size, uint64_t *seed)
{
	uint32_t file = test_random(seed, 8), line = 1 + test_random(seed, 30), value = test_random(seed, 1000);

	switch (test_random(seed, 8)) {
	case 0:
		snprintf(text, size, "rm -f f%u", file);
		break;
	case 1:
		snprintf(text, size, "echo %u >new%u", value, file);
		break;
	case 2:
		snprintf(text, size, "test ! -e f%u || { mkdir -p d && mv f%u d/moved%u && sed -i '%us/.*/%u/' d/moved%u; }", file, file, file, line, value, file);
		break;
	case 3:
		snprintf(text, size, "test ! -e f%u || chmod +x f%u", file, file);
		break;
	default:
		snprintf(text, size, "test ! -e f%u || sed -i '%us/.*/%u/' f%u", file, line, value, file);
	}
}

/* Whatever git folds is proven; a path that one member alone has changed cannot be put back unseen. */
static void test_random_foldings(void **state)
{
	uint64_t seed = test_seed();
	int rounds = getenv("TEST_LONG") ? 200 : 8, spoilt = 0;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		bool taken[6];
		char text[400], line[400];

		start("for i in 0 1 2 3 4 5 6 7; do seq $i 30$i | head -n 31 >f$i; done");
		random_change(text, sizeof(text), &seed);
		make("tip", text);
		for (int i = 1; i <= 6; i++) {
			char name[10], more[400];

			snprintf(name, sizeof(name), "%d", i);
			random_change(text, sizeof(text), &seed);
			random_change(more, sizeof(more), &seed);
			snprintf(line, sizeof(line), "%.190s\n%.190s", text, more);
			make(name, line);
		}
		fold(6, taken);
		assert_proof(6, taken, NULL);
		sh("for i in 1 2 3 4 5 6; do git diff-tree -r --no-renames --name-only --diff-filter=AM base $i; done | sort | uniq -u >../paths; git diff --no-renames --name-only base tip >../tip;"
		   " git diff --no-renames --name-only tip landed | grep -Fxf ../paths | grep -vFxf ../tip | head -n 1 >../path || :");
		sh_line(line, sizeof(line), "cat ../path");
		if (!*line)
			continue;
		spoil("p=$(cat ../path) && { git checkout -q tip -- $p 2>/dev/null || rm $p; }");
		assert_proof(6, taken, line);
		spoilt++;
	}
	print_message("# %d of %d spoilt\n", spoilt, rounds);
	assert_true(spoilt > rounds / 2);
}

static void test_sha256(void **state)
{
	hash_format = "sha256";
	test_apart(state);
	test_same_file(state);
	hash_format = "sha1";
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_apart), TEST(test_gate),	    TEST(test_same_file),       TEST(test_renames),
		TEST(test_merge_member), TEST(test_random_foldings), TEST(test_sha256),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
