/* core/git/listing.c, worktree.c: every kind of index, and the worktree through filters. */
#include "tests/unit/git_scratch.h"

#include "core/git/listing.h"

/* The listing as `git ls-files -s -z` prints one, entries behind each other. */
static int list(struct bt_repo *repo, enum bt_listing_kind kind, struct bt_buf *out,
		struct bt_err *err)
{
	struct bt_listing *l = NULL;
	struct bt_listing_entry e;
	int rc = bt_listing_open(repo, kind, &l, err);

	while (!rc && (rc = bt_listing_next(l, &e, err)) == BT_ROW) {
		char hex[BT_OID_HEX_MAX + 1];

		bt_buf_addf(out, "%06o %s %d\t%s", e.mode, bt_oid_hex(&e.oid, hex), e.stage,
			    e.path);
		bt_buf_addch(out, '\0');
		assert_int_not_equal(e.kind, BT_ENTRY_TREE);
		rc = 0;
	}
	if (!rc)
		assert_int_equal(bt_listing_next(l, &e, err), BT_DONE);
	bt_listing_free(&l);
	bt_listing_free(&l);
	return rc;
}

/* The listing equals what the shell command prints. */
static void assert_listing(enum bt_listing_kind kind, const char *command)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char want_path[4200];
	char *want;
	size_t len;

	snprintf(want_path, sizeof(want_path), "%s/home/want", scratch_dir);
	if (bt_repo_open(&repo, NULL, 0, &err) || list(&repo, kind, &out, &err))
		fail_msg("%s", err.msg);
	sh("(%s) >\"$HOME/want\"", command);
	want = file_bytes(want_path, &len);
	if (out.len != len || memcmp(bt_buf_cstr(&out), want, len)) {
		file_make("have", bt_buf_cstr(&out), out.len);
		sh("tr '\\0' '\\n' <\"$HOME/want\" >want; tr '\\0' '\\n' <have | "
		   "diff want - | sed 's/^/# /'; true");
		fail_msg("the listings differ");
	}
	assert_true(len > 0);
	free(want);
	bt_repo_release(&repo);
}

#define STAGED "cd \"$(git rev-parse --show-cdup).\" && git ls-files -s -z"
/* The same files, added for good in a copy of everything. */
#define ADDED                                                                           \
	"rm -rf ../copy && cp -a . ../copy && cd ../copy && git add -A 2>/dev/null && " \
	"git ls-files -s -z"

static void make(const char *name)
{
	sh("rm -rf \"%s\" copy && git init -q \"%s\" && cd \"%s\" && mkdir -p a/b c && "
	   "echo 1 >a/one && echo 2 >a/b/two && echo 3 >c/three && ln -s one a/link && "
	   "touch \"$(printf 'new\\nline')\" \"$(printf 'raw\\377')\" && echo x >run && "
	   "chmod +x run && "
	   "git add . && git commit -q -m 1",
	   name, name, name);
	assert_int_equal(chdir(name), 0);
}

static void test_staged(void **state)
{
	(void)state;
	make("st");
	sh("echo staged >a/one && git add a/one && echo not >a/one && git rm -q --cached c/three");
	assert_listing(BT_LISTING_STAGED, STAGED);
	assert_int_equal(chdir("a"), 0);
	assert_listing(BT_LISTING_STAGED, STAGED);
}

static void test_index_file(void **state)
{
	(void)state;
	make("if");
	sh("GIT_INDEX_FILE=other git read-tree HEAD:a && mkdir -p sub");
	setenv("GIT_INDEX_FILE", "other", 1);
	assert_listing(BT_LISTING_STAGED, "git ls-files -s -z");
	assert_int_equal(chdir("sub"), 0);
	assert_listing(BT_LISTING_STAGED, "cd .. && git ls-files -s -z");
}

static void test_index_kinds(void **state)
{
	(void)state;
	make("ik");
	sh("git update-index --split-index && echo n >c/n && git add c/n && "
	   "ls .git/sharedindex.* >/dev/null");
	assert_listing(BT_LISTING_STAGED, STAGED);
	sh("echo m >c/n && rm a/one && ls -A .git >../home/before");
	assert_listing(BT_LISTING_WORKTREE, ADDED);
	sh("ls -A .git | cmp - ../home/before");
	sh("git update-index --no-split-index && git add -A && git commit -q -m 2 && "
	   "git sparse-checkout set --cone --sparse-index a");
	assert_listing(BT_LISTING_STAGED, STAGED);
	sh("git ls-files -s -z >../home/all && test $(git ls-files | wc -l) -gt 5 && "
	   "test $(git ls-files --sparse | grep -c /$) -gt 0 && echo more >a/one");
	assert_listing(BT_LISTING_WORKTREE, ADDED);
	sh("git sparse-checkout disable && git update-index --index-version 4");
	assert_listing(BT_LISTING_STAGED, STAGED);
}

static void test_unmerged(void **state)
{
	(void)state;
	make("um");
	sh("git checkout -q -b side && echo s >a/one && git rm -q run && git commit -q -a -m s && "
	   "git checkout -q - && echo m >a/one && echo m >>run && git commit -q -a -m m && "
	   "! git merge side >/dev/null 2>&1 && git ls-files -u | grep -q one");
	assert_listing(BT_LISTING_STAGED, STAGED);
	assert_listing(BT_LISTING_WORKTREE, ADDED);
}

static void test_bare_and_empty(void **state)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("git init -q --bare bl.git && git init -q nothing");
	assert_int_equal(chdir("bl.git"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(list(&repo, BT_LISTING_STAGED, &out, &err), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(list(&repo, BT_LISTING_WORKTREE, &out, &err), BT_ERR_NOT_FOUND);
	assert_string_equal(err.msg, "this operation must be run in a work tree");
	bt_repo_release(&repo);
	assert_int_equal(chdir("../nothing"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(list(&repo, BT_LISTING_STAGED, &out, &err), 0);
	assert_int_equal(list(&repo, BT_LISTING_WORKTREE, &out, &err), 0);
	assert_int_equal(out.len, 0);
	bt_repo_release(&repo);
	sh("echo 1 >f");
	assert_listing(BT_LISTING_WORKTREE, ADDED);
	sh("! test -e .git/index");
}

/*
 * Everything in .git as it is: names, sizes, times. git renews the time of an object that it would
 * have to write and that is there, so times of objects do not count.
 */
#define SNAPSHOT                                                                        \
	"find .git -path .git/objects -prune -o -printf '%%p %%s %%T@ %%m\\n' | sort; " \
	"find .git/objects -printf '%%p %%s %%m\\n' | sort"

static void test_worktree(void **state)
{
	(void)state;
	make("wt");
	sh("echo changed >a/one && rm c/three && echo new >c/new && git add -N c/new && "
	   "echo no >ignored && "
	   "echo ignored >.gitignore && rm a/b/two && mkdir a/b/two && echo in >a/b/two/deep && "
	   "rm -r a/link && mkdir a/link && echo x >a/link/x && chmod -x run && "
	   "mv c d && ln -s d c && echo l >d/three && "
	   "git init -q nested && git -C nested commit -q --allow-empty -m n && sleep 1.1");
	sh("{ " SNAPSHOT "; } >../home/before");
	assert_listing(BT_LISTING_WORKTREE, ADDED " | grep -z -v nested");
	sh("{ " SNAPSHOT "; } | diff - ../home/before");
}

static void test_filters(void **state)
{
	(void)state;
	make("fi");
	sh("git config filter.up.clean 'tr a-z A-Z' && git config filter.up.smudge 'tr A-Z a-z' && "
	   "git config core.autocrlf true && git config core.safecrlf true && "
	   "printf '*.up filter=up\\n*.bin -text\\n*.utf working-tree-encoding=UTF-16\\n' "
	   ">.gitattributes && echo hello >a.up && printf 'dos\\r\\nlines\\r\\n' >dos.txt && "
	   "printf 'mixed\\r\\nlines\\n' >mixed.txt && printf 'r\\r\\n' >r.bin && "
	   "printf '\\376\\377\\000a' >u.utf");
	sh("{ " SNAPSHOT "; } >../home/before");
	assert_listing(BT_LISTING_WORKTREE,
		       "rm -rf ../copy && cp -a . ../copy && cd ../copy && "
		       "git -c core.safecrlf=false add -A && git ls-files -s -z");
	sh("{ " SNAPSHOT "; } | diff - ../home/before");
}

/* A change within the second of the index's own time, with the same size, is seen. */
static void test_racy(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		make("ra");
		sh("echo new >other && echo 9 >a/one");
		assert_listing(BT_LISTING_WORKTREE, ADDED);
	}
}

/* The objects that exist only in the listing's folder are read by either back-end, then gone. */
static void test_objects(void **state)
{
	static const struct bt_odb_backend *const backends[] = { &bt_odb_git_program,
								 &bt_odb_libgit2 };
	struct bt_err err = BT_ERR_INIT;
	struct bt_listing_entry e;
	struct bt_listing *l;
	struct bt_object obj;
	struct bt_repo repo;
	struct bt_odb *odb;
	struct bt_oid oid = { .len = 0 };
	const char *first;
	char temp[4096];

	(void)state;
	make("ob");
	sh("echo only here >a/one && mkdir -m 700 .git/batho && "
	   "mkdir .git/batho/worktree-stale && touch -d '3 days ago' .git/batho/worktree-stale");
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(bt_listing_open(&repo, BT_LISTING_WORKTREE, &l, &err), 0);
	while (bt_listing_next(l, &e, &err) == BT_ROW)
		if (!strcmp(e.path, "a/one"))
			oid = e.oid;
	assert_int_equal(oid.len, 20);
	assert_int_equal(bt_listing_unreadable(l, &first), 0);
	assert_null(first);
	assert_int_equal(bt_listing_odb(l, &odb, &err), 0);
	assert_int_equal(bt_odb_read(odb, &oid, 100, &obj, &err), 0);
	assert_string_equal(obj.data, "only here\n");
	bt_odb_free(&odb);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++) {
		assert_int_equal(bt_odb_open(bt_listing_repo(l), backends[i], &odb, &err), 0);
		assert_int_equal(bt_odb_read(odb, &oid, 100, &obj, &err), 0);
		assert_string_equal(obj.data, "only here\n");
		bt_odb_free(&odb);
	}
	/* Beside the store, private, and nothing else is left there. */
	snprintf(temp, sizeof(temp), "%s", bt_listing_repo(l)->extra_objects);
	assert_non_null(strstr(temp, "/ob/.git/batho/worktree-"));
	sh("test $(stat -c %%a .git/batho/worktree-*) = 700 && "
	   "test $(ls .git/batho | wc -l) -eq 1");
	bt_listing_free(&l);
	sh("test $(ls -A .git/batho | wc -l) -eq 0");
	assert_int_equal(bt_odb_open(&repo, &bt_odb_git_program, &odb, &err), 0);
	assert_int_equal(bt_odb_read(odb, &oid, 100, &obj, &err), 0);
	assert_int_equal(obj.type, BT_OBJECT_NONE);
	bt_odb_free(&odb);
	bt_repo_release(&repo);
}

static void test_left_out(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_listing_entry e;
	struct bt_listing *l;
	struct bt_repo repo;
	size_t nr = 0;

	(void)state;
	make("lo");
	sh("truncate -s 65M large && truncate -s 65M a/one && echo n >new && mkfifo pipe");
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	if (bt_listing_open(&repo, BT_LISTING_WORKTREE, &l, &err))
		fail_msg("%s", err.msg);
	while (bt_listing_next(l, &e, &err) == BT_ROW) {
		assert_string_not_equal(e.path, "large");
		assert_string_not_equal(e.path, "pipe");
		nr += !strcmp(e.path, "new") || !strcmp(e.path, "a/one");
	}
	assert_int_equal(nr, 2);
	bt_listing_free(&l);
	bt_repo_release(&repo);
}

/* Hooks of the repository do not run, whatever the way they are set up. */
static void test_no_hooks(void **state)
{
	(void)state;
	make("ho");
	sh("for d in .git/hooks ../home/hooks; do mkdir -p $d && "
	   "printf '#!/bin/sh\\ntouch \"$HOME/ran\"\\n' >$d/post-index-change && "
	   "chmod +x $d/post-index-change; done && git config core.hooksPath ../home/hooks && "
	   "git config core.fsmonitor \"touch $HOME/ran;:\" && "
	   "git config hook.mine.command 'touch \"$HOME/ran\"' && "
	   "git config hook.mine.event post-index-change && echo 2 >a/one && rm -f ../home/ran");
	assert_listing(BT_LISTING_WORKTREE,
		       "rm -rf ../copy && cp -a . ../copy && cd ../copy && "
		       "git -c core.hooksPath=/dev/null -c core.fsmonitor=false add -A && "
		       "git -c core.fsmonitor=false ls-files -s -z");
	sh("git version | awk '{ split($3, v, \".\"); exit !(v[1] == 2 && v[2] < 54) }' || exit 0; "
	   "! test -e ../home/ran");
}

static void test_linked_worktree(void **state)
{
	(void)state;
	make("lw");
	sh("rm -rf ../lw2 && git worktree add -q ../lw2 && echo w >../lw2/a/one");
	assert_int_equal(chdir("../lw2"), 0);
	sh("git add a/one && echo v >c/three");
	assert_listing(BT_LISTING_STAGED, STAGED);
	assert_listing(BT_LISTING_WORKTREE, "git add -A && git ls-files -s -z");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_staged),   TEST(test_index_file),	TEST(test_index_kinds),
		TEST(test_unmerged), TEST(test_bare_and_empty), TEST(test_worktree),
		TEST(test_filters),  TEST(test_racy),		TEST(test_objects),
		TEST(test_left_out), TEST(test_no_hooks),	TEST(test_linked_worktree),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
