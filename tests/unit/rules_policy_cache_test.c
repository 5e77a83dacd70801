/*
 * core/rules/policy_cache.c, and what policy.c takes from it: nothing that is damaged, of another blob, or too large for its
 * place. The file lies where others can write.
 */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/rules/policy.h"
#include "core/rules/policy_cache.h"

/* Ids that begin alike. */
static struct bt_oid oid_of(uint8_t last)
{
	uint8_t raw[20] = { 0xab, 0xcd, 0xef };

	raw[19] = last;
	return bt_oid_make(raw, sizeof(raw));
}

static void make_repo(struct bt_repo *repo)
{
	struct bt_err err = BT_ERR_INIT;

	sh("rm -rf r && git init -q r && mkdir r/.git/batho");
	assert_int_equal(chdir("r"), 0);
	assert_int_equal(bt_repo_open(repo, NULL, 0, &err), 0);
}

/* What the file has for a blob, or "-". */
static void assert_kept(const struct bt_repo *repo, uint8_t last, const char *want)
{
	BT_CLEANUP(bt_policy_cache_release) struct bt_policy_cache c = BT_POLICY_CACHE_INIT;
	struct bt_oid oid = oid_of(last);
	size_t len = 1;
	const char *data;

	bt_policy_cache_read(&c, repo);
	data = bt_policy_cache_find(&c, &oid, &len);
	if (!data)
		data = "-";
	assert_int_equal(len, strlen(want));
	assert_memory_equal(data, want, len);
}

static void write_three(const struct bt_repo *repo)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	for (uint8_t i = 1; i <= 3; i++) {
		struct bt_oid oid = oid_of(i);

		bt_policy_cache_add(&b, &oid, "one\ntwo\nthree" + 4 * (i - 1), i < 3 ? 4 : 5);
	}
	bt_policy_cache_write(&b, repo);
}

static void test_ids(void **state)
{
	struct bt_repo repo;

	(void)state;
	make_repo(&repo);
	assert_kept(&repo, 1, "-");
	write_three(&repo);
	assert_kept(&repo, 1, "one\n");
	assert_kept(&repo, 2, "two\n");
	assert_kept(&repo, 3, "three");
	assert_kept(&repo, 4, "-");
	sh("rm -r .git/batho");
	write_three(&repo);
	assert_kept(&repo, 1, "-");
	bt_repo_release(&repo);
}

/* Every byte but one. */
static void test_damage(void **state)
{
	struct bt_repo repo;
	size_t len;
	char *bytes;

	(void)state;
	make_repo(&repo);
	write_three(&repo);
	bytes = file_bytes(".git/batho/policy", &len);
	for (size_t i = 0; i < len; i++) {
		struct bt_err err = BT_ERR_INIT;

		bytes[i] ^= 1;
		assert_int_equal(bt_file_write_atomic(".git/batho/policy", bytes, len, 0644, &err), 0);
		bytes[i] ^= 1;
		assert_kept(&repo, 1, "-");
		assert_kept(&repo, 3, "-");
		assert_int_equal(bt_file_write_atomic(".git/batho/policy", bytes, i, 0644, &err), 0);
		assert_kept(&repo, 1, "-");
	}
	free(bytes);
	bt_repo_release(&repo);
}

/* The hash is right and the lengths are not: whoever can write the file can make one. */
static void test_lengths(void **state)
{
	static const char *const lengths[] = { " 6\n", " 4096\n", " 99999999999999999999\n", " -1\n", "\n", "x5\n", " 5" };
	struct bt_repo repo;

	(void)state;
	make_repo(&repo);
	for (size_t i = 0; i < BT_ARRAY_NR(lengths); i++) {
		BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
		struct bt_oid oid = oid_of(1);
		char hex[BT_OID_HEX_MAX + 1];

		bt_buf_addf(&b, "%s%s12345", bt_oid_hex(&oid, hex), lengths[i]);
		bt_policy_cache_write(&b, &repo);
		assert_kept(&repo, 1, "-");
		assert_kept(&repo, 2, "-");
	}
	bt_repo_release(&repo);
}

/* Neither waited for nor read. */
static void test_no_file(void **state)
{
	struct bt_repo repo;

	(void)state;
	make_repo(&repo);
	alarm(20);
	sh("mkfifo .git/batho/policy");
	assert_kept(&repo, 1, "-");
	sh("rm .git/batho/policy && mkdir .git/batho/policy");
	assert_kept(&repo, 1, "-");
	sh("rmdir .git/batho/policy && ln -s /dev/zero .git/batho/policy");
	assert_kept(&repo, 1, "-");
	alarm(0);
	bt_repo_release(&repo);
}

static int read_policy(struct bt_repo *repo, struct bt_policy *p, struct bt_err *err)
{
	const struct bt_policy_source source = { .from = BT_POLICY_INDEX };

	return bt_policy_read(repo, &source, NULL, 0, p, err);
}

/* The bytes of a baseline, which may be large, as a configuration, which may not. */
static void test_too_large(void **state)
{
	struct bt_policy p = { .config = NULL };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	make_repo(&repo);
	sh("mkdir .batho && head -c 300000 /dev/zero | tr '\\0' '#' >.batho/baseline.json && git add .batho");
	assert_int_equal(read_policy(&repo, &p, &err), 0);
	assert_int_equal(p.baseline_len, 300000);
	bt_policy_release(&p);
	sh("test -s .git/batho/policy && cp .batho/baseline.json .batho/config.ini && git add .batho");
	assert_int_equal(read_policy(&repo, &p, &err), BT_ERR_LIMIT);
	assert_non_null(strstr(err.msg, "config.ini"));
	bt_policy_release(&p);
	bt_repo_release(&repo);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_ids), TEST(test_damage), TEST(test_lengths), TEST(test_no_file), TEST(test_too_large),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
