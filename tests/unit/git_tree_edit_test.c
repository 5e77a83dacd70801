/* core/git/tree_edit.c against `git update-index` and `git write-tree`, by random edits, for both hashes. */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/git/tree_edit.h"

static struct bt_err err;

#define OK(call)                                      \
	do {                                          \
		int rc_ = (call);                     \
		if (rc_)                              \
			fail_msg("%d: %s", rc_, err.msg); \
	} while (0)

static const char *const formats[] = { "sha1", "sha256" };

static void repo_make(const char *name, const char *format, struct bt_repo *repo, struct bt_odb **odb)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("git init -q -b main --object-format=%s %s", format, name);
	assert_int_equal(chdir(name), 0);
	OK(bt_repo_open(repo, NULL, 0, &err));
	OK(bt_odb_open(repo, &bt_odb_git_program, odb, &err));
}

static struct bt_oid oid_of(const char *command)
{
	char hex[128];
	struct bt_oid oid;

	sh_line(hex, sizeof(hex), command);
	OK(bt_oid_parse(hex, strlen(hex), &oid, &err));
	return oid;
}

/* Names that sort in unlike ways as file and as folder. */
static const char *const names[] = { "a", "a.b", "a-b", "a0", "b", "ab", "\xc3\xa4", "a b", "aa" };

static void random_path(uint64_t *seed, char *path)
{
	uint32_t depth = 1 + test_random(seed, 3);

	*path = '\0';
	for (uint32_t i = 0; i < depth; i++) {
		strcat(path, i ? "/" : "");
		strcat(path, names[test_random(seed, BT_ARRAY_NR(names))]);
	}
}

static void check_tree(struct bt_tree_edit *t)
{
	struct bt_oid want, got;
	char command[200], hex[BT_OID_HEX_MAX + 1];

	OK(bt_tree_edit_write(t, false, &got, &err));
	want = oid_of("git write-tree");
	snprintf(command, sizeof(command), "git ls-tree -r -t %s >got; git ls-tree -r -t $(git write-tree) >want; diff want got >&2", bt_oid_hex(&got, hex));
	if (!bt_oid_equal(&want, &got)) {
		(void)sh_ok(command);
		fail_msg("another tree than git's");
	}
}

static void test_random_edits(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct bt_repo repo = BT_REPO_INIT;
		struct bt_odb *odb = NULL;
		struct bt_tree_edit *t;
		struct bt_oid blob, none = { .len = 0 }, base;
		char path[64], hex[BT_OID_HEX_MAX + 1];

		repo_make(formats[f], formats[f], &repo, &odb);
		blob = oid_of("echo x | git hash-object -w --stdin");
		bt_oid_hex(&blob, hex);
		t = bt_tree_edit_new(&repo, odb, &none);
		check_tree(t);
		for (int round = 0; round < 40; round++) {
			for (uint32_t n = 1 + test_random(&seed, 6); n; n--) {
				static const unsigned modes[] = { 0100644, 0100755, 0120000, 0160000 };
				unsigned mode = modes[test_random(&seed, 4)];

				random_path(&seed, path);
				if (test_random(&seed, 4)) {
					OK(bt_tree_edit_put(t, path, strlen(path), mode, &blob, &err));
					sh("git update-index --add --replace --cacheinfo '%o,%s,%s'", mode, hex, path);
				} else {
					OK(bt_tree_edit_remove(t, path, strlen(path), &err));
					sh("git ls-files -z -- '%s' | git update-index -z --force-remove --stdin", path);
				}
				if (!test_random(&seed, 5))
					check_tree(t);
			}
			check_tree(t);
			if (test_random(&seed, 3))
				continue;
			/* from here on that is the base */
			base = oid_of("git write-tree");
			bt_tree_edit_free(&t);
			t = bt_tree_edit_new(&repo, odb, &base);
			if (test_random(&seed, 2))
				continue;
			/* changes, written or not, that are taken back */
			for (uint32_t n = test_random(&seed, 8); n; n--) {
				random_path(&seed, path);
				OK(test_random(&seed, 2) ? bt_tree_edit_put(t, path, strlen(path), 0100644, &blob, &err)
							 : bt_tree_edit_remove(t, path, strlen(path), &err));
			}
			if (test_random(&seed, 2))
				OK(bt_tree_edit_write(t, false, &base, &err));
			bt_tree_edit_reset(t);
			check_tree(t);
		}
		bt_tree_edit_free(&t);
		bt_odb_free(&odb);
		bt_repo_release(&repo);
		sh("git fsck --strict --no-dangling 2>&1 | grep -v -e notice -e 'dangling' && exit 1; exit 0");
	}
}

static void test_get(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_odb *odb = NULL;
	struct bt_tree_edit *t;
	struct bt_oid base, sub, oid, blob;
	uint32_t mode;

	(void)state;
	repo_make("get", "sha1", &repo, &odb);
	sh("mkdir -p d/e && echo 1 >d/e/f && echo 2 >g && ln -s g h && git add .");
	base = oid_of("git write-tree");
	sub = oid_of("git rev-parse $(git write-tree):d");
	blob = oid_of("git rev-parse :g");
	t = bt_tree_edit_new(&repo, odb, &base);
	OK(bt_tree_edit_get(t, "d", 1, &mode, &oid, &err));
	assert_int_equal(mode, 0040000);
	assert_true(bt_oid_equal(&oid, &sub));
	OK(bt_tree_edit_get(t, "h", 1, &mode, &oid, &err));
	assert_int_equal(mode, 0120000);
	OK(bt_tree_edit_get(t, "g/x", 3, &mode, &oid, &err));
	assert_int_equal(mode, 0);
	OK(bt_tree_edit_put(t, "d/e/f", 5, 0100755, &blob, &err));
	OK(bt_tree_edit_get(t, "d/e/f", 5, &mode, &oid, &err));
	assert_true(mode == 0100755 && bt_oid_equal(&oid, &blob));
	OK(bt_tree_edit_get(t, "d", 1, &mode, &oid, &err));
	assert_true(mode == 0040000 && !oid.len);
	/* a whole tree in the place of a file */
	OK(bt_tree_edit_put(t, "g", 1, 0040000, &sub, &err));
	OK(bt_tree_edit_get(t, "g/e/f", 5, &mode, &oid, &err));
	assert_int_equal(mode, 0100644);
	OK(bt_tree_edit_write(t, true, &oid, &err));
	OK(bt_tree_edit_get(t, "d", 1, &mode, &oid, &err));
	assert_true(mode == 0040000 && oid.len && !bt_oid_equal(&oid, &sub));
	bt_tree_edit_free(&t);
	bt_odb_free(&odb);
	bt_repo_release(&repo);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", ".git", ".GIT/x", "a/.gIt", "git~1", "GIT~1/x", ".git ", ".git. .", ".git\\x",
		".git:x", "a/.git::$INDEX_ALLOCATION", ".g\xe2\x80\x8cit", ".git\xef\xbb\xbf",
	};
	static const char *const good[] = { ".gitignore", ".github/x", "git", "a.git", ".git2", "git~2", "...", ".gi", "\xff\xfe", ".git\xff" };
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_odb *odb = NULL;
	struct bt_tree_edit *t;
	struct bt_oid none = { .len = 0 }, blob = { .len = 20, .raw = { 1 } };
	char deep[2 * 600];

	(void)state;
	repo_make("refused", "sha1", &repo, &odb);
	t = bt_tree_edit_new(&repo, odb, &none);
	for (size_t i = 0; i < BT_ARRAY_NR(bad); i++)
		if (bt_tree_edit_put(t, bad[i], strlen(bad[i]), 0100644, &blob, &err) != BT_ERR_FAIL)
			fail_msg("'%s' was taken", bad[i]);
	for (size_t i = 0; i < BT_ARRAY_NR(good); i++)
		OK(bt_tree_edit_put(t, good[i], strlen(good[i]), 0100644, &blob, &err));
	assert_int_equal(bt_tree_edit_put(t, "a\0b", 3, 0100644, &blob, &err), BT_ERR_FAIL);
	assert_int_equal(bt_tree_edit_put(t, "a", 1, 0100600, &blob, &err), BT_ERR_FAIL);
	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = i % 2 ? '/' : 'a';
	assert_int_equal(bt_tree_edit_put(t, deep, sizeof(deep) - 1, 0100644, &blob, &err), BT_ERR_LIMIT);
	bt_tree_edit_free(&t);
	t = bt_tree_edit_new(&repo, odb, &blob);
	assert_int_equal(bt_tree_edit_remove(t, "a", 1, &err), BT_ERR_CORRUPT);
	assert_non_null(strstr(err.msg, "missing"));
	bt_tree_edit_free(&t);
	sh("printf '100644 b\\0aaaaaaaaaaaaaaaaaaaa100644 a\\0aaaaaaaaaaaaaaaaaaaa' >bad");
	blob = oid_of("git hash-object -w -t tree --literally bad");
	t = bt_tree_edit_new(&repo, odb, &blob);
	assert_int_equal(bt_tree_edit_remove(t, "a", 1, &err), BT_ERR_CORRUPT);
	bt_tree_edit_free(&t);
	bt_odb_free(&odb);
	bt_repo_release(&repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_edits),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
