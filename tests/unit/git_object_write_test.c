/* core/git/object_*.c: what git says of the objects that are written, for both hashes. */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/git/object_write.h"
#include "core/git/repo.h"

static struct bt_err err;

#define OK(call)                                      \
	do {                                          \
		int rc_ = (call);                     \
		if (rc_)                              \
			fail_msg("%d: %s", rc_, err.msg); \
	} while (0)

static const char *const formats[] = { "sha1", "sha256" };

static void repo_make(const char *name, const char *format, struct bt_repo *repo)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("git init -q --object-format=%s %s", format, name);
	assert_int_equal(chdir(name), 0);
	OK(bt_repo_open(repo, NULL, 0, &err));
}

/* Lengths around the limits of a stored block and of the checksum. */
static void test_blobs(void **state)
{
	static const size_t lens[] = { 0, 1, 5551, 5552, 5553, 65520, 65524, 65525, 65526, 65535, 65536, 131070, 200000 };

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct bt_repo repo = BT_REPO_INIT;
		char name[32];

		snprintf(name, sizeof(name), "blobs-%s", formats[f]);
		repo_make(name, formats[f], &repo);
		for (size_t i = 0; i < BT_ARRAY_NR(lens); i++) {
			BT_FREE char *data = bt_xmalloc(lens[i] + 1);
			BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
			char hex[BT_OID_HEX_MAX + 1];
			struct bt_oid oid, id;

			for (size_t k = 0; k < lens[i]; k++)
				data[k] = (char)(0xff - k * 7);
			OK(bt_object_write(&repo, BT_OBJECT_BLOB, data, lens[i], i % 2, &oid, &err));
			bt_object_id(&repo, BT_OBJECT_BLOB, data, lens[i], &id);
			assert_true(bt_oid_equal(&oid, &id));
			file_make("want", data, lens[i]);
			sh("git cat-file blob %s >got && cmp got want && test \"$(git hash-object want)\" = %s", bt_oid_hex(&oid, hex), hex);
			assert_int_equal(bt_object_read_loose(&repo, &oid, BT_OBJECT_BLOB, &back, &err), BT_ROW);
			assert_int_equal(back.len, lens[i]);
			assert_memory_equal(bt_buf_cstr(&back), data, lens[i]);
			assert_int_equal(bt_object_read_loose(&repo, &oid, BT_OBJECT_TREE, &back, &err), BT_DONE);
		}
		sh("git fsck --strict --no-dangling && ! find .git -name 'tmp_*' | grep .");
		sh("test -z \"$(find .git/objects -type f -perm /222)\"");
		bt_repo_release(&repo);
	}
}

static void test_there_already(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	BT_BUF_OWNED struct bt_buf back = BT_BUF_INIT;
	struct bt_oid oid;
	struct stat before, after;
	char path[256];

	(void)state;
	repo_make("there", "sha1", &repo);
	sh("printf text | git hash-object -w --stdin >/dev/null");
	sh("touch -d 2001-01-01 .git/objects/*/*");
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, "text", 4, true, &oid, &err));
	bt_oid_hex(&oid, hex);
	snprintf(path, sizeof(path), ".git/objects/%.2s/%s", hex, hex + 2);
	assert_int_equal(stat(path, &before), 0);
	assert_true(time(NULL) - before.st_mtime < 1000);	/* as new as any other for gc */
	/* what git has compressed is read, too */
	assert_int_equal(bt_object_read_loose(&repo, &oid, BT_OBJECT_BLOB, &back, &err), BT_ROW);
	assert_string_equal(back.data, "text");
	bt_buf_clear(&back);
	/* what a crash left empty is written anew */
	sh("chmod u+w %s && : >%s", path, path);
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, "text", 4, false, &oid, &err));
	assert_int_equal(stat(path, &after), 0);
	assert_int_not_equal(after.st_size, 0);
	sh("git fsck --strict --no-dangling");
	/* damaged bytes are nobody's */
	sh("chmod u+w %s && printf X | dd of=%s bs=1 seek=15 conv=notrunc 2>/dev/null", path, path);
	assert_int_equal(bt_object_read_loose(&repo, &oid, BT_OBJECT_BLOB, &back, &err), BT_DONE);
	assert_int_equal(back.len, 0);
	bt_repo_release(&repo);
}

static void test_modes(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_oid oid;
	mode_t mask = umask(077);

	(void)state;
	repo_make("private", "sha1", &repo);
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, "a", 1, true, &oid, &err));
	bt_repo_release(&repo);
	sh("test -z \"$(find .git/objects -perm /077)\"");
	assert_int_equal(chdir(scratch_dir), 0);
	sh("git init -q --shared=group shared");
	assert_int_equal(chdir("shared"), 0);
	OK(bt_repo_open(&repo, NULL, 0, &err));
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, "a", 1, true, &oid, &err));
	sh("echo b | git hash-object -w --stdin >/dev/null");
	sh("test 1 = $(stat -c %%a .git/objects/[0-9a-f]*/* | sort -u | wc -l) && test 1 = $(stat -c %%a .git/objects/[0-9a-f]* | sort -u | wc -l)");
	bt_repo_release(&repo);
	umask(mask);
}

static void test_failures(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_oid oid;

	(void)state;
	repo_make("readonly", "sha1", &repo);
	free(repo.objects_dir);
	repo.objects_dir = bt_xstrdup("/proc/self/fd");
	assert_int_not_equal(bt_object_write(&repo, BT_OBJECT_BLOB, "a", 1, true, &oid, &err), 0);
	assert_non_null(strstr(err.msg, "/proc/self/fd"));
	bt_repo_release(&repo);
}

/* Few are files, many are a pack; repeated ones are written once. */
static void test_batches(void **state)
{
	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct bt_repo repo = BT_REPO_INIT;
		struct bt_object_batch *b;
		struct bt_oid oid;
		char name[32], text[32];

		snprintf(name, sizeof(name), "batch-%s", formats[f]);
		repo_make(name, formats[f], &repo);
		b = bt_object_batch_new(&repo);
		OK(bt_object_batch_end(b, &err));
		for (int i = 0; i < 10; i++) {
			snprintf(text, sizeof(text), "text %d", i % 5);
			OK(bt_object_batch_add(b, BT_OBJECT_BLOB, text, strlen(text), &oid, &err));
		}
		sh("test 0 = $(find .git/objects -type f | wc -l)");
		OK(bt_object_batch_end(b, &err));
		sh("test 5 = $(find .git/objects/[0-9a-f]* -type f | wc -l) && test 0 = $(find .git/objects/pack -type f | wc -l)");
		for (int i = 0; i < 3000; i++) {
			snprintf(text, sizeof(text), "other text %d", i);
			OK(bt_object_batch_add(b, BT_OBJECT_BLOB, text, i ? strlen(text) : 0, &oid, &err));
		}
		OK(bt_object_batch_end(b, &err));
		sh("test 5 = $(find .git/objects/[0-9a-f]* -type f | wc -l) && test 3000 = $(cat .git/objects/pack/*.idx | git show-index --object-format=%s | wc -l)",
		   formats[f]);
		sh("git cat-file blob $(printf 'other text 2999' | git hash-object --stdin) >/dev/null");
		/* given up */
		OK(bt_object_batch_add(b, BT_OBJECT_BLOB, "never", 5, &oid, &err));
		bt_object_batch_free(&b);
		sh("! git cat-file -e $(printf never | git hash-object --stdin) && git fsck --strict --no-dangling");
		bt_repo_release(&repo);
	}
}

static void test_commits(void **state)
{
	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct bt_repo repo = BT_REPO_INIT;
		struct bt_commit_draft d = { .author = "A U Thor <a@b> 1112911993 +0100", .committer = "C <c@d> 1700000000 -0730",
					     .encoding = "ISO-8859-1", .message = "One\n\nTwo\n", .message_len = 9 };
		BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
		BT_FREE char *bytes = NULL;
		struct bt_oid oid, parents[2];
		char name[32], hex[BT_OID_HEX_MAX + 1];
		size_t len;

		snprintf(name, sizeof(name), "commits-%s", formats[f]);
		repo_make(name, formats[f], &repo);
		OK(bt_object_write(&repo, BT_OBJECT_TREE, "", 0, true, &d.tree, &err));
		OK(bt_commit_write(&repo, &d, true, &parents[0], &err));
		d.encoding = NULL;
		OK(bt_commit_write(&repo, &d, true, &parents[1], &err));
		d.parents = parents;
		d.parents_nr = 2;
		OK(bt_commit_write(&repo, &d, true, &oid, &err));
		sh("git update-ref refs/heads/x %s && git fsck --strict && test 3 = $(git rev-list x | wc -l)", bt_oid_hex(&oid, hex));
		sh("test \"$(git log -1 --format='%%an %%ae %%at %%cn %%ct %%B' x | tr '\\n' ,)\" = 'A U Thor a@b 1112911993 C 1700000000 One,,Two,,'");
		sh("git cat-file commit x >x && git cat-file commit x^1 >y");
		bytes = file_bytes("x", &len);
		OK(bt_commit_parse(bytes, len, repo.oid_len, &v, &err));
		assert_int_equal(v.parents_nr, 2);
		assert_true(bt_oid_equal(&v.parents[1], &parents[1]) && bt_oid_equal(&v.tree, &d.tree));
		assert_int_equal(v.author_len, strlen(d.author));
		assert_memory_equal(v.author, d.author, v.author_len);
		assert_memory_equal(v.message, "One\n\nTwo\n", v.message_len);
		assert_null(v.encoding);
		/* every cut is a shorter message, or no commit */
		for (size_t cut = 0; cut < len; cut++) {
			struct bt_commit_view w = { .parents = NULL };
			BT_FREE char *part = bt_xmalloc(cut + 1);
			int rc;

			memcpy(part, bytes, cut);
			rc = bt_commit_parse(part, cut, repo.oid_len, &w, &err);
			assert_true(rc == BT_ERR_CORRUPT || (!rc && w.message_len <= v.message_len));
			bt_commit_view_release(&w);
		}
		assert_int_equal(bt_commit_parse(bytes, len, 52 - repo.oid_len, &v, &err), BT_ERR_CORRUPT);
		d.author = "A\nparent 0 <a> 1 +0000";
		assert_int_equal(bt_commit_write(&repo, &d, true, &oid, &err), BT_ERR_FAIL);
		d.author = d.committer;
		d.message = "a\0b";
		d.message_len = 3;
		assert_int_equal(bt_commit_write(&repo, &d, true, &oid, &err), BT_ERR_FAIL);
		bt_repo_release(&repo);
	}
}

static void test_signed(void **state)
{
	static const char text[] = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n"
				   "gpgsig -----BEGIN\n encoding no\n -----END\nencoding latin1\nmergetag x\n\nm\n\nencoding x\n";
	struct bt_commit_view v;

	(void)state;
	OK(bt_commit_parse(text, sizeof(text) - 1, 20, &v, &err));
	assert_true(v.is_signed);
	assert_int_equal(v.encoding_len, 6);
	assert_memory_equal(v.encoding, "latin1", 6);
	assert_int_equal(v.message_len, 14);
	bt_commit_view_release(&v);
}

static void test_cover(void **state)
{
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_oid oids[3] = { { .len = 20, .raw = { 1 } } };
	struct bt_object_batch *b;

	(void)state;
	repo_make("cover", "sha1", &repo);
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, "a", 1, false, &oids[1], &err));
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, "b", 1, false, &oids[2], &err));
	sh("touch -d 2001-01-01 .git/objects/*/*");
	b = bt_object_batch_new(&repo);
	for (size_t i = 0; i < 3; i++)
		bt_object_batch_cover(b, &oids[i]);
	OK(bt_object_batch_end(b, &err));
	bt_object_batch_free(&b);
	sh("test 2 = $(find .git/objects/[0-9a-f]* -type f -newermt 2020-01-01 | wc -l)");
	bt_repo_release(&repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blobs),	 cmocka_unit_test(test_there_already), cmocka_unit_test(test_modes),
		cmocka_unit_test(test_failures), cmocka_unit_test(test_batches),       cmocka_unit_test(test_commits),
		cmocka_unit_test(test_signed),	 cmocka_unit_test(test_cover),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
