/* core/git/index_file.[ch]: a file is called clean when it is, and only then; no index file leads astray. */
#include "core/git/index_file.h"

#include "tests/unit/git_scratch.h"

/* What stands in the index for a path, or the object of HEAD:path. */
static struct bt_oid oid_of(const char *spec)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_oid oid;
	char command[4600], *hex;
	size_t len;

	snprintf(command, sizeof(command), "git rev-parse '%s' >../home/oid", spec);
	sh("%s", command);
	hex = file_bytes("../home/oid", &len);
	assert_int_equal(bt_oid_parse(hex, strcspn(hex, "\n"), &oid, &err), 0);
	free(hex);
	return oid;
}

static uint64_t size_of(const char *spec)
{
	size_t len;
	char *bytes;

	sh("git cat-file blob '%s' >../home/blob", spec);
	bytes = file_bytes("../home/blob", &len);
	free(bytes);
	return len;
}

static struct bt_clean_file clean_file(const char *path, const char *spec)
{
	return (struct bt_clean_file){ .path = path, .oid = oid_of(spec), .size = size_of(spec) };
}

/* Is the file the blob that `spec` names? */
static bool clean(const char *path, const char *spec)
{
	struct bt_clean_file f = clean_file(path, spec);
	struct bt_err err = BT_ERR_INIT;
	struct timespec written;
	struct bt_repo repo;
	struct stat st;

	if (bt_repo_open(&repo, NULL, 0, &err))
		fail_msg("%s", err.msg);
	bt_index_file_find(&repo, &f, 1, &written);
	bt_repo_release(&repo);
	return !lstat(path, &st) && bt_index_file_clean(&f, &written, &st);
}

/* Files that are older than their index. */
static void make(const char *options)
{
	sh("rm -rf r && git init -q %s r && cd r && mkdir -p a/b && echo 1 >a/one && echo 2 >a/b/two && "
	   "echo 3 >three && ln -s one a/link && touch -d '2001-02-03 04:05:06' a/one a/b/two three && "
	   "git add . && git commit -q -m 1",
	   options);
	assert_int_equal(chdir("r"), 0);
}

static void test_clean(void **state)
{
	(void)state;
	make("");
	assert_true(clean("a/one", "HEAD:a/one"));
	assert_true(clean("a/b/two", "HEAD:a/b/two"));
	/* another blob, another size, no file, a link, a folder in its place */
	assert_false(clean("a/one", "HEAD:three"));
	sh("echo 11 >a/one && touch -d '2001-02-03 04:05:06' a/one");
	assert_false(clean("a/one", "HEAD:a/one"));
	sh("touch a/b/two");
	assert_false(clean("a/b/two", "HEAD:a/b/two"));
	assert_false(clean("a/link", "HEAD:a/link"));
	sh("rm three");
	assert_false(clean("three", "HEAD:three"));
	sh("mkfifo three");
	assert_false(clean("three", "HEAD:three"));
}

static void test_staged(void **state)
{
	(void)state;
	make("");
	sh("echo other >three && git add three && touch -d '2001-02-03 04:05:06' three && "
	   "git update-index -q --refresh && git commit -q -m 2");
	assert_true(clean("three", "HEAD:three"));
	assert_false(clean("three", "HEAD~:three"));
	sh("git rm -q --cached three");
	assert_false(clean("three", "HEAD:three"));
}

/* What git itself would not look at, or cannot know. */
static void test_flags(void **state)
{
	(void)state;
	make("");
	sh("git update-index --assume-unchanged a/one && git update-index --skip-worktree three");
	assert_false(clean("a/one", "HEAD:a/one"));
	assert_false(clean("three", "HEAD:three"));
	assert_true(clean("a/b/two", "HEAD:a/b/two"));	/* behind an entry of version 3 */
	sh("git update-index --no-assume-unchanged a/one && git update-index --no-skip-worktree three && "
	   "git checkout -q -b side && echo s >three && git commit -q -a -m s && git checkout -q - && "
	   "echo m >three && git commit -q -a -m m && ! git merge -q side >/dev/null 2>&1");
	assert_false(clean("three", "HEAD:three"));
	assert_true(clean("a/one", "HEAD:a/one"));
}

/* A file that was written as late as the index may have changed again within the same tick. */
static void test_racy(void **state)
{
	(void)state;
	make("");
	sh("touch -d '2031-02-03 04:05:06.5' a/one && git update-index -q --refresh");
	assert_false(clean("a/one", "HEAD:a/one"));
	sh("touch -d '2031-02-03 04:05:06.5' .git/index");
	assert_false(clean("a/one", "HEAD:a/one"));
	sh("touch -d '2031-02-03 04:05:06.6' .git/index");
	assert_true(clean("a/one", "HEAD:a/one"));
}

/* Some of very many files, found in one pass; version 4 shares prefixes. */
static void test_many(void **state)
{
	enum { NR = 3000, EVERY = 7 };
	static struct bt_clean_file files[NR / EVERY + 1];
	static char paths[NR / EVERY + 1][64];
	struct bt_err err = BT_ERR_INIT;
	struct timespec written;
	struct bt_repo repo;
	struct bt_oid oid;
	uint64_t size;
	size_t nr = 0;

	(void)state;
	make("");
	sh("for d in 0 1 2 3 4 5 6 7 8 9; do mkdir -p d$d/some-longer-name; done; i=1000000; "
	   "while [ $i -lt %d ]; do echo same >d$((i %% 10))/some-longer-name/$i; i=$((i + 1)); done; find d* -type f -exec touch -d '2001-02-03 04:05:06' {} + && git add . && "
	   "git commit -q -m 2 && test $(stat -c %%s .git/index) -gt 250000",
	   1000000 + NR);
	oid = oid_of("HEAD:d0/some-longer-name/1000000");
	size = size_of("HEAD:d0/some-longer-name/1000000");
	/* by path: folder, then number */
	for (int d = 0; d < 10; d++)
		for (int i = d; i < NR; i += 10) {
			if (i % EVERY)
				continue;
			snprintf(paths[nr], sizeof(paths[nr]), "d%d/some-longer-name/%d", d, 1000000 + i);
			files[nr] = (struct bt_clean_file){ .path = paths[nr], .oid = oid, .size = size };
			nr++;
		}
	for (int version = 2; version <= 4; version += 2) {
		sh("git update-index --index-version %d && echo changed >d3/some-longer-name/1000063", version);
		assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
		bt_index_file_find(&repo, files, nr, &written);
		for (size_t i = 0; i < nr; i++) {
			struct stat st;

			assert_int_equal(lstat(files[i].path, &st), 0);
			if (bt_index_file_clean(&files[i], &written, &st) != !strstr(files[i].path, "1000063"))
				fail_msg("version %d: %s", version, files[i].path);
		}
		bt_repo_release(&repo);
	}
}

/* In a large index a few files are looked up in another way: it must know the same. */
static void few_as_many(const char *const *paths, size_t nr)
{
	struct bt_clean_file all[40], one;
	struct timespec written;
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_true(nr < 8);
	for (size_t i = 0; i < 40; i++)	/* the last one again and again makes them many */
		all[i] = (struct bt_clean_file){ .path = paths[i < nr ? i : nr - 1], .oid = oid_of("HEAD:same"),
						 .size = size_of("HEAD:same") };
	bt_index_file_find(&repo, all, 40, &written);
	for (size_t i = 0; i < nr; i++) {
		one = all[i];
		bt_index_file_find(&repo, &one, 1, &written);
		if (one.known != all[i].known)
			fail_msg("%s: %d, not %d", paths[i], one.known, all[i].known);
		if (one.known)
			assert_memory_equal(&one.ctime, &all[i].ctime, 5 * sizeof(uint32_t));
	}
	bt_repo_release(&repo);
}

static void test_few(void **state)
{
	static const char *const paths[] = { "a", "folder/1001", "folder/2500", "folder/3999x", "folder/4000",
					     "same", "zz" };
	char longest[2900];

	(void)state;
	memset(longest, 'm', sizeof(longest));
	for (size_t i = 150; i < sizeof(longest); i += 200)
		longest[i] = '/';
	longest[sizeof(longest) - 1] = '\0';
	make("");
	sh("echo same >same && mkdir folder && i=1001; while [ $i -le 4000 ]; do "
	   "echo same >folder/$i; i=$((i + 1)); done; cp same zz && "
	   "find folder zz same -type f -exec touch -d '2001-02-03 04:05:06' {} + && git add . && "
	   "git commit -q -m 2 && git update-index --index-version 2");
	few_as_many(paths, BT_ARRAY_NR(paths));
	/* entries of 3 KB, a conflict, another stage of most, a long extension */
	sh("for i in 1 2 3 4 5 6 7 8 9; do git update-index --add --cacheinfo "
	   "100644,$(git rev-parse HEAD:same),folder/2500$i/%s || exit; done", longest);
	few_as_many(paths, BT_ARRAY_NR(paths));
	sh("h=$(git rev-parse HEAD:same); git rm -q --cached folder/2500 folder/4000 && "
	   "printf '100644 %%s 1\tfolder/2500\n100644 %%s 2\tfolder/2500\n' $h $h | git update-index --index-info");
	few_as_many(paths, BT_ARRAY_NR(paths));
	sh("git reset -q && git update-index --skip-worktree folder/2500 folder/1001 && git update-index --untracked-cache");
	few_as_many(paths, BT_ARRAY_NR(paths));
	/* not one of them may be found where the rest of the file makes no sense */
	sh("git update-index --no-skip-worktree folder/2500 folder/1001");
	assert_true(clean("folder/2500", "HEAD:same"));
	sh("cp .git/index ../home/index && printf junk >>.git/index");
	few_as_many(paths, BT_ARRAY_NR(paths));
	sh("head -c -2000 ../home/index >.git/index");
	few_as_many(paths, BT_ARRAY_NR(paths));
	sh("cp ../home/index .git/index");
}

/* Longer than the flags can say, and longer than we look for. */
static void test_long_paths(void **state)
{
	char path[4200] = "", spec[4300];

	(void)state;
	make("");
	while (strlen(path) < 4060)
		strcat(path, "0123456789012345678901234567890123456789/");
	strcat(path, "f");
	sh("git update-index --index-version 2 && "
	   "git update-index --add --cacheinfo 100644,$(git rev-parse HEAD:three),'%s'", path);
	snprintf(spec, sizeof(spec), ":%s", path);
	assert_false(clean(path, spec));
	assert_true(clean("three", "HEAD:three"));	/* behind it */
}

static void test_kinds_of_index(void **state)
{
	(void)state;
	make("");
	sh("git update-index --split-index");
	assert_false(clean("three", "HEAD:three"));
	sh("git update-index --no-split-index && git update-index --untracked-cache");
	assert_true(clean("three", "HEAD:three"));
	sh("mkdir out && echo o >out/o && git add out && git commit -q -m 2 && "
	   "git sparse-checkout set --cone --sparse-index a 2>/dev/null && grep -q sdir .git/index");
	assert_false(clean("a/one", "HEAD:a/one"));
	sh("git sparse-checkout disable 2>/dev/null && ! grep -q sdir .git/index");
	assert_true(clean("a/one", "HEAD:a/one"));
}

static void test_sha256(void **state)
{
	(void)state;
	make("--object-format=sha256");
	assert_true(clean("a/b/two", "HEAD:a/b/two"));
	sh("echo 22 >a/b/two");
	assert_false(clean("a/b/two", "HEAD:a/b/two"));
}

static void test_damage(void **state)
{
	struct stat st;

	(void)state;
	make("");
	sh("cp .git/index ../home/index");
	assert_int_equal(stat(".git/index", &st), 0);
	for (long cut = 0; cut < st.st_size; cut += 1 + st.st_size / 40) {
		struct bt_clean_file f = clean_file("three", "HEAD:three");
		struct bt_err err = BT_ERR_INIT;
		struct timespec written;
		struct bt_repo repo;

		assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
		sh("head -c %ld ../home/index >.git/index", cut);
		bt_index_file_find(&repo, &f, 1, &written);
		sh("{ head -c %ld ../home/index; head -c 300000 /dev/zero | tr '\\0' '\\377'; } >.git/index", cut);
		bt_index_file_find(&repo, &f, 1, &written);
		assert_false(f.known);
		sh("cp ../home/index .git/index");
		bt_repo_release(&repo);
	}
	sh("rm .git/index");
	assert_int_equal(stat("three", &st), 0);
}

static void list_entry(void *ctx, const char *path, size_t len, uint32_t mode, const uint8_t *oid)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_oid id = bt_oid_make(oid, *(size_t *)ctx);
	FILE *to = fopen("../home/walked", "a");

	assert_int_equal(strlen(path), len);
	fprintf(to, "%06o %s 0\t%s\n", (unsigned)mode, bt_oid_hex(&id, hex), path);
	fclose(to);
}

/* All entries, as git lists them; false where there are others. */
static bool walk(void)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	bool whole;

	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	sh(": >../home/walked");
	whole = bt_index_file_walk(&repo, list_entry, &repo.oid_len);
	bt_repo_release(&repo);
	if (whole)
		sh("git ls-files -s | grep ' 0\t' >../home/listed || :; cmp ../home/listed ../home/walked");
	return whole;
}

static void test_walk(void **state)
{
	static const char *const formats[] = { "", "--object-format=sha256" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make(formats[i]);
		sh("mkdir many && (cd many && seq 3000 | xargs touch) && git add . && git commit -q -m many");
		assert_true(walk());
		sh("git update-index --index-version 4");
		assert_true(walk());
		sh("git update-index --index-version 2 && git update-index --skip-worktree three");
		assert_true(walk());
		sh("git update-index --no-skip-worktree three && git checkout -q -b s && echo s >three && git commit -q -a -m s && "
		   "git checkout -q - && echo m >three && git commit -q -a -m m && ! git merge -q s >/dev/null 2>&1");
		assert_true(walk());	/* without the conflict */
		sh("git merge --abort && cp .git/index ../home/index && truncate -s -40 .git/index");
		assert_false(walk());
		sh("cp ../home/index .git/index && git update-index --split-index");
		assert_false(walk());
		sh("git update-index --no-split-index && git sparse-checkout set --cone --sparse-index a 2>/dev/null");
		assert_false(walk());
		sh("rm .git/index");
		assert_true(walk());
		assert_int_equal(chdir(".."), 0);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_clean),	TEST(test_staged),	  TEST(test_flags),
		TEST(test_racy),	TEST(test_many),	  TEST(test_few),
		TEST(test_long_paths),	TEST(test_kinds_of_index), TEST(test_sha256),
		TEST(test_damage),	TEST(test_walk),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
