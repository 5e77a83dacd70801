/* core/batch/fold/fold.c: what becomes of members, of their words, and with whom they conflict. */
#include "tests/unit/git_scratch.h"

#include <stdint.h>

#include "core/base/mem.h"
#include "core/batch/fold/fold.h"

#define COMMITTER "B Atch <batch@example.com> 1700000000 +0100"
#define MEMBERS_MAX 8

static struct bt_fold_member members[MEMBERS_MAX];
static struct bt_fold f;
static struct bt_repo repo;

/* A repository with some history, `git <init> r`; the process stands in it. */
static void make(const char *init)
{
	BT_FREE char *temp = bt_xasprintf("%s/temp", scratch_dir);

	setenv("TMPDIR", temp, 1);
	sh("mkdir -p \"$TMPDIR\"");
	sh("rm -rf r && git init -q -b main %s r && cd r && mkdir -p a/x b && "
	   "for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; done >a/one && sed s/line/row/ a/one >a/x/two && "
	   "printf 'bin\\000ary\\n' >bin && echo 3 >b/three && echo run >run && chmod +x run && "
	   "git add . && git commit -q -m base && git tag base",
	   init);
	assert_int_equal(chdir("r"), 0);
}

/* A commit on `from` under a tag, made by a shell command. */
static void change(const char *tag, const char *from, const char *command)
{
	sh("git checkout -q --detach %s && { %s\n} && git add -A && git commit -q --allow-empty -m '%s' && git tag %s",
	   from, command, tag, tag);
}

/* names: revisions; the first is the tip ("" for a branch that is not born). */
static int fold_try(enum bt_fold_style style, const char *const *names, struct bt_err *err)
{
	struct bt_rev revs[MEMBERS_MAX + 1];
	size_t nr = 0;

	for (; names[nr]; nr++)
		revs[nr] = (struct bt_rev){ .spec = *names[nr] ? names[nr] : "HEAD" };
	if (bt_repo_open(&repo, revs, nr, err))
		fail_msg("%s", err->msg);
	f.tip = *names[0] ? revs[0].commit : (struct bt_oid){ .len = 0 };
	f.style = style;
	f.batch_key = "00000000000000b1";
	f.committer = COMMITTER;
	f.members = members;
	f.members_nr = nr - 1;
	memset(members, 0, sizeof(members));
	for (size_t i = 1; i < nr; i++) {
		members[i - 1].commit = revs[i].commit;
		members[i - 1].key = &"a1\0a2\0a3\0a4\0a5\0a6\0a7\0a8"[3 * (i - 1)];
	}
	return bt_fold(&repo, &f, err);
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void fold(enum bt_fold_style style, const char *const *names)
{
	struct bt_err err = BT_ERR_INIT;

	if (fold_try(style, names, &err))
		fail_msg("%s", err.msg);
	setenv("RESULT",
	       f.commit.len ? bt_oid_hex(&f.commit, (char[BT_OID_HEX_MAX + 1]){ "" }) : "", 1);
}

static void done(void)
{
	bt_fold_release(&f);
	bt_repo_release(&repo);
	f = (struct bt_fold){ .members = NULL };
	/* Nothing is left behind, and what was written is sound. */
	sh("git fsck --strict >/dev/null 2>fsck || { cat fsck; false; }");
	sh("test -z \"$(ls \"$TMPDIR\")\"");
}

static void assert_member(size_t i, enum bt_fold_outcome outcome, bool by_shortcut)
{
	assert_int_equal(members[i].outcome, outcome);
	assert_int_equal(members[i].by_shortcut, by_shortcut);
}

static void assert_oid(const struct bt_oid *oid, const char *rev)
{
	char line[100], hex[BT_OID_HEX_MAX + 1];
	BT_FREE char *command = bt_xasprintf("git rev-parse %s", rev);

	sh_line(line, sizeof(line), command);
	assert_string_equal(bt_oid_hex(oid, hex), line);
}

static void test_squash(void **state)
{
	(void)state;
	make("");
	change("m1", "base", "echo new >a/new && sed -i '1s/$/ one/' a/one");
	change("m2", "base", "chmod -x run && ln -s one a/link");
	change("m3", "base", "mkdir -p deep/er && echo x >deep/er/f && echo more >>b/three");
	change("tip", "base", "git rm -q bin");
	sh("find .git/objects -type f -exec touch -d '30 days ago' {} +");
	fold(BT_FOLD_SQUASH, NAMES("tip", "m1", "m2", "m3"));
	for (size_t i = 0; i < 3; i++)
		assert_member(i, BT_FOLD_TAKEN, true);
	/* All that the result needs is made durable and new for gc, whoever wrote it. */
	sh("for o in $(git rev-parse $RESULT $RESULT: $RESULT:a $RESULT:a/new $RESULT:a/one $RESULT:a/link); do "
	   "f=.git/objects/$(echo $o | sed 's:^..:&/:') && test -n \"$(find $f -mtime -1)\" || exit 1; done");
	assert_int_equal(f.taken, 3);
	assert_oid(&f.tree, "$RESULT^{tree}");
	sh("test $(git rev-parse $RESULT^@) = $(git rev-parse tip) && git checkout -q tip && "
	   "git cherry-pick m1 m2 m3 >/dev/null && test $(git rev-parse HEAD^{tree} $RESULT^{tree} | uniq | wc -l) = 1");
	sh("git log -1 --format='%%an <%%ae> %%at %%cn <%%ce> %%ct' $RESULT >who && "
	   "echo 'B Atch <batch@example.com> 1700000000 B Atch <batch@example.com> 1700000000' | diff - who");
	sh("git log -1 --format=%%B $RESULT >message && printf 'Squashed 3 commits\\n\\n* m1\\n\\n* m2\\n\\n* m3\\n\\n"
	   "Co-authored-by: A U Thor <author@example.com>\\nBatho-Batch: 00000000000000b1\\n"
	   "Batho-Action: a1\\nBatho-Action: a2\\nBatho-Action: a3\\n\\n' | diff - message");
	done();
}

/* One alone keeps who, when and what, and a second run makes the same. */
static void test_one(void **state)
{
	struct bt_oid first;

	(void)state;
	make("");
	sh("git checkout -q --detach base && echo 4 >b/four && git add . && "
	   "GIT_AUTHOR_DATE='1234567890 -0330' git commit -q --author 'Z <z@example.com>' "
	   "-m 'add four' -m 'body' -m 'Signed-off-by: Z <z@example.com>' && git tag m1");
	change("other", "base", "echo x >x");
	fold(BT_FOLD_SQUASH, NAMES("other", "m1"));
	sh("git log -1 --format='%%an %%ae %%ad %%ct%%n%%B' --date=raw $RESULT >said && "
	   "printf 'Z z@example.com 1234567890 -0330 1700000000\\nadd four\\n\\nbody\\n\\n"
	   "Signed-off-by: Z <z@example.com>\\nBatho-Batch: 00000000000000b1\\nBatho-Action: a1\\n\\n' | diff - said");
	first = f.commit;
	done();
	fold(BT_FOLD_SQUASH, NAMES("other", "m1"));
	assert_true(bt_oid_equal(&first, &f.commit));
	assert_int_equal(members[0].result.len, 0);
	done();
}

static void test_stack(void **state)
{
	(void)state;
	make("");
	change("m1", "base", "echo 1 >>b/three");
	change("m2", "m1", "echo 2 >>b/three");
	change("m3", "base", "git rm -q a/one");
	fold(BT_FOLD_STACK, NAMES("base", "m1", "m2", "m3"));
	assert_member(0, BT_FOLD_TAKEN, true);
	assert_member(2, BT_FOLD_TAKEN, false);
	assert_true(bt_oid_equal(&f.commit, &members[2].result));
	assert_oid(&members[0].result, "$RESULT~2");
	assert_oid(&members[1].result, "$RESULT~1");
	sh("git log --reverse --format='%%s|%%an|%%at|%%ct|%%(trailers:key=Batho-Action,valueonly,separator=%%x2C)' "
	   "base..$RESULT >log && printf 'm1|A U Thor|1112911993|1700000000|a1\\nm2|A U Thor|1112911993|1700000000|a2\\n"
	   "m3|A U Thor|1112911993|1700000000|a3\\n' | diff - log");
	done();
}

static void test_same_file(void **state)
{
	(void)state;
	make("");
	change("m1", "base", "sed -i '1s/$/ first/' a/one");
	change("m2", "base", "sed -i '10s/$/ last/' a/one");
	change("m3", "base", "sed -i '1s/$/ other/' a/one && echo >extra");
	change("m4", "base", "echo lands >after && echo 4 >b/three");
	change("m5", "base", "echo 5 >b/three && sed -i 's/$/ all/' a/one");
	fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2", "m3", "m4", "m5"));
	assert_member(0, BT_FOLD_TAKEN, true);
	assert_member(1, BT_FOLD_TAKEN, false);
	assert_member(2, BT_FOLD_CONFLICT, false);
	assert_member(3, BT_FOLD_TAKEN, true);
	assert_int_equal(members[2].paths_nr, 1);
	assert_string_equal(members[2].paths[0], "a/one");
	/* Both members changed that file: the one that conflicts by itself is named. */
	assert_int_equal(members[2].with_member, 0);
	assert_true(bt_oid_equal(&members[2].with_commit, &members[0].commit));
	assert_int_equal(members[4].paths_nr, 2);
	assert_int_equal(members[4].with_member, 3);
	sh("git show $RESULT:a/one >one && grep -q 'line 1 first' one && grep -q 'line 10 last' one && "
	   "git cat-file -e $RESULT:after && ! git cat-file -e $RESULT:extra 2>/dev/null && "
	   "! git grep -q '<<<<<<<' $RESULT && git show -s --format=%%B $RESULT | grep '^Squashed 3 commits$' >/dev/null");
	done();
}

/* What the tip did since the member's parent; the path is no pattern. */
static void test_conflict_with_tip(void **state)
{
	(void)state;
	make("");
	sh("echo 0 >':(glob)*' && git add . && git commit -q -m odd && git tag -f base >/dev/null");
	change("t1", "base", "echo tip >':(glob)*'");
	change("t2", "t1", "echo later >b/three && echo later >run");
	change("m1", "base", "echo mine >':(glob)*'");
	change("m2", "base", "echo mine >b/three");
	fold(BT_FOLD_SQUASH, NAMES("t2", "m1", "m2"));
	assert_member(0, BT_FOLD_CONFLICT, false);
	assert_string_equal(members[0].paths[0], ":(glob)*");
	assert_true(members[0].with_member == SIZE_MAX);
	assert_oid(&members[0].with_commit, "t1");
	assert_oid(&members[1].with_commit, "t2");
	/* Nothing is taken: nothing new. */
	assert_int_equal(f.taken, 0);
	assert_oid(&f.commit, "t2");
	assert_oid(&f.tree, "t2^{tree}");
	done();
}

/* A conflict of each kind: one side is folded first, and the other one names the path and the first. */
static void test_kinds_of_conflicts(void **state)
{
	static const struct {
		const char *first, *second, *path;
	} kinds[] = {
		{ "git rm -q b/three", "echo 4 >>b/three", "b/three" },
		{ "echo 4 >>b/three", "git rm -q b/three", "b/three" },
		{ "echo 1 >new", "echo 2 >new", "new" },
		{ "printf 'x\\000y' >bin", "printf 'z\\000' >bin", "bin" },
		{ "git mv a/one a/uno", "git mv a/one a/eins", "a/eins" },
		{ "echo file >n", "mkdir n && echo 1 >n/f", "n" },
		{ "mkdir n && echo 1 >n/f", "echo file >n", "n" },
		{ "ln -s one l", "ln -s two l", "l" },
		{ "git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,sub && mkdir sub",
		  "git update-index --add --cacheinfo 160000,2222222222222222222222222222222222222222,sub && mkdir sub",
		  "sub" },
		/* A file added to a folder that was renamed, by git's default. */
		{ "git mv a c", "echo 1 >a/added", "c/added" },
		{ "echo 1 >a/added", "git mv a c", "c/added" },
		/* To one that went two ways: git names no file of that conflict. */
		{ "mkdir x y && git mv s/1 x/1 && git mv s/2 y/2", "echo 1 >s/added", "s" },
	};

	(void)state;
	make("");
	sh("mkdir s && seq 20 >s/1 && seq 100 130 >s/2 && git add . && git commit -q -m s && git tag -f base >/dev/null");
	for (size_t i = 0; i < BT_ARRAY_NR(kinds); i++) {
		sh("git tag -d m1 m2 >/dev/null 2>&1; true");
		change("m1", "base", kinds[i].first);
		change("m2", "base", kinds[i].second);
		fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2"));
		if (members[0].outcome != BT_FOLD_TAKEN || members[1].outcome != BT_FOLD_CONFLICT)
			fail_msg("'%s', '%s': %d, %d", kinds[i].first, kinds[i].second,
				 members[0].outcome, members[1].outcome);
		if (strcmp(members[1].paths[0], kinds[i].path) != 0)
			fail_msg("'%s', '%s': %s", kinds[i].first, kinds[i].second,
				 members[1].paths[0]);
		assert_int_equal(members[1].with_member, 0);
		assert_oid(&f.tree, "m1^{tree}");
		done();
	}
}

static void test_many_paths(void **state)
{
	(void)state;
	make("");
	change("m1", "base", "for i in $(seq 300); do echo 1 >f$i; done");
	change("m2", "base", "for i in $(seq 300); do echo 2 >f$i; done");
	fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2"));
	assert_int_equal(members[1].paths_nr, 300);
	assert_non_null(members[1].paths[BT_FOLD_PATHS_MAX - 1]);
	assert_null(members[1].paths[BT_FOLD_PATHS_MAX]);
	done();
}

static void test_empty(void **state)
{
	(void)state;
	make("");
	change("m1", "base", "true");
	change("m2", "base", "sed -i '1s/$/ first/' a/one");
	change("m3", "base", "echo 1 >new");
	change("tip", "base", "sed -i '1s/$/ first/' a/one && echo 1 >new && echo 2 >more");
	fold(BT_FOLD_STACK, NAMES("tip", "m1", "m2", "m3", "tip"));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(members[i].outcome, BT_FOLD_EMPTY);
	assert_int_equal(members[0].result.len, 0);
	assert_oid(&f.commit, "tip");
	done();
	/* The second time within one batch. */
	fold(BT_FOLD_SQUASH, NAMES("base", "m3", "m3"));
	assert_member(0, BT_FOLD_TAKEN, true);
	assert_int_equal(members[1].outcome, BT_FOLD_EMPTY);
	assert_int_equal(f.taken, 1);
	done();
	fold(BT_FOLD_SQUASH, NAMES("base"));
	assert_oid(&f.commit, "base");
	done();
}

/* A branch that is not born, commits without parents, a merge as a member. */
static void test_roots_and_merges(void **state)
{
	(void)state;
	make("");
	sh("git checkout -q --orphan root && git rm -rfq . && echo r >root && git add . && git commit -q -m root && git tag root");
	change("m1", "base", "echo 1 >>b/three");
	change("side", "base", "echo s >side");
	sh("git checkout -q m1 && git merge -q --no-edit side && git tag merge");
	fold(BT_FOLD_SQUASH, NAMES("", "root"));
	assert_member(0, BT_FOLD_TAKEN, true);
	sh("test $(git rev-list --count $RESULT) = 1");
	done();
	fold(BT_FOLD_SQUASH, NAMES("", "m1", "root"));
	assert_member(0, BT_FOLD_CONFLICT, false);
	assert_int_equal(members[0].with_commit.len, 0);
	assert_member(1, BT_FOLD_TAKEN, true);
	done();
	fold(BT_FOLD_SQUASH, NAMES(""));
	assert_int_equal(f.commit.len, 0);
	done();
	fold(BT_FOLD_STACK, NAMES("base", "root", "merge"));
	assert_member(0, BT_FOLD_TAKEN, true);
	assert_member(1, BT_FOLD_TAKEN, true);
	/* Against its first parent: what the side did. */
	sh("git diff --name-only base $RESULT | sort >names && printf 'root\\nside\\n' | diff - names");
	done();
}

/* What lies in the work tree has no say; what the tip's attributes say has. */
static void test_attributes(void **state)
{
	(void)state;
	make("");
	sh("echo '* merge=binary' >a/.gitattributes && echo '*.log merge=union' >b/.gitattributes && echo 0 >b/x.log && "
	   "echo '*.v merge=version' >.gitattributes && echo 0 >x.v && git add . && git commit -q -m attributes && git tag -f base >/dev/null");
	change("m1", "base",
	       "sed -i '1s/$/ first/' a/one; echo 1 >>b/x.log; echo 1 >x.v; sed -i '1s/$/ one/' a/x/two");
	change("m2", "base", "sed -i '10s/$/ last/' a/one");
	change("m3", "base", "echo 2 >>b/x.log");
	change("m4", "base", "echo 2 >x.v");
	sh("git checkout -q base && rm a/.gitattributes && echo '* merge=union' >.gitattributes && echo '* -merge' >b/.gitattributes && "
	   "git config merge.version.driver 'echo driven >%%A'");
	fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2", "m3", "m4"));
	assert_member(1, BT_FOLD_CONFLICT, false);
	assert_member(2, BT_FOLD_TAKEN, false);
	assert_member(3, BT_FOLD_TAKEN, false);
	sh("git show $RESULT:b/x.log >log && printf '0\\n1\\n2\\n' | diff - log && test $(git show $RESULT:x.v) = driven");
	/* The user's files and index are as they were. */
	sh("git status --porcelain | grep -v '?? ' >status; printf ' M .gitattributes\\n D a/.gitattributes\\n M b/.gitattributes\\n' | diff - status");
	done();
}

/* Renames of the tip carry along what members change: by git's own work. */
static void test_renames(void **state)
{
	(void)state;
	make("");
	change("tip", "base", "git mv a c && git mv b/three b/drei");
	change("m1", "base", "sed -i '1s/$/ first/' a/one");
	change("m2", "base", "echo 1 >b/added");
	change("m3", "base", "echo 1 >new");
	fold(BT_FOLD_SQUASH, NAMES("tip", "m1", "m2", "m3"));
	assert_member(0, BT_FOLD_TAKEN, false);
	/* The folder b is still there: nothing is carried. */
	assert_int_equal(members[1].outcome, BT_FOLD_TAKEN);
	assert_member(2, BT_FOLD_TAKEN, true);
	sh("git show $RESULT:c/one | grep -q first && ! git cat-file -e $RESULT:a 2>/dev/null");
	done();
}

static void test_encoding(void **state)
{
	(void)state;
	make("");
	sh("git checkout -q --detach base && echo 1 >n && git add n && printf 'caf\\351\\n' >../msg && "
	   "GIT_AUTHOR_NAME=$(printf 'J\\351r') git -c i18n.commitEncoding=ISO-8859-1 commit -q -F ../msg && git tag m1");
	change("m2", "base", "echo 2 >m");
	fold(BT_FOLD_SQUASH, NAMES("base", "m1"));
	sh("git cat-file commit $RESULT | grep -q '^encoding ISO-8859-1$' && "
	   "git log -1 --encoding=UTF-8 --format='%%an %%s' $RESULT >said && printf 'J\\303\\251r caf\\303\\251\\n' | diff - said");
	done();
	fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2"));
	sh("! git cat-file commit $RESULT | grep -q ^encoding && git cat-file commit $RESULT >said && "
	   "grep -q \"$(printf '^* caf\\303\\251$')\" said && grep -q \"$(printf '^Co-authored-by: J\\303\\251r <')\" said");
	done();
}

static void test_places(void **state)
{
	static const char *const inits[] = { "--object-format=sha256", "" };

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(inits); i++) {
		make(inits[i]);
		change("m1", "base", "sed -i '1s/$/ first/' a/one");
		change("m2", "base", "sed -i '10s/$/ last/' a/one");
		change("m3", "base", "sed -i '1s/$/ clash/' a/one");
		/* A bare repository, a linked worktree, a folder in one, objects elsewhere. */
		sh("rm -rf ../bare ../linked && git clone -q --bare . ../bare && git worktree add -q ../linked base");
		for (int k = 0; k < 3; k++) {
			static const char *const places[] = { "../bare", "../linked/a", "../../r" };

			assert_int_equal(chdir(places[k]), 0);
			fold(BT_FOLD_STACK, NAMES("base", "m1", "m2", "m3"));
			assert_member(0, BT_FOLD_TAKEN, true);
			assert_member(1, BT_FOLD_TAKEN, false);
			assert_int_equal(members[2].with_member, 0);
			done();
		}
		assert_int_equal(chdir(scratch_dir), 0);
	}
}

static void test_signed(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	if (!sh_ok("command -v ssh-keygen >/dev/null"))
		skip();
	make("");
	change("m1", "base", "echo 1 >n");
	change("m2", "base", "echo 2 >m");
	sh("rm -f ../key ../key.pub && ssh-keygen -q -t ed25519 -N '' -f ../key && git config gpg.format ssh && git config user.signingKey \"$PWD/../key\" && "
	   "echo \"batch@example.com $(cat ../key.pub)\" >../allowed && git config gpg.ssh.allowedSignersFile \"$PWD/../allowed\"");
	for (int style = BT_FOLD_SQUASH; style <= BT_FOLD_STACK; style++) {
		f.sign = true;
		fold(style, NAMES("base", "m1", "m2"));
		sh("git verify-commit $RESULT 2>/dev/null");
		done();
	}
	/* One that was signed says so; the result says what it is told. */
	sh("git checkout -q --detach base && echo 3 >o && git add o && git commit -q -S -m signed && git tag m3");
	fold(BT_FOLD_SQUASH, NAMES("base", "m3", "m1"));
	assert_true(members[0].was_signed);
	assert_false(members[1].was_signed);
	sh("! git cat-file commit $RESULT | grep -q ^gpgsig");
	done();
	/* No key, no result. */
	sh("rm ../key ../key.pub");
	f.sign = true;
	assert_int_equal(fold_try(BT_FOLD_SQUASH, NAMES("base", "m1", "m2"), &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "cannot sign"));
	assert_int_equal(f.commit.len, 0);
	done();
	/* A message that is no UTF-8 is signed as git would write it. */
	sh("ssh-keygen -q -t ed25519 -N '' -f ../key && git checkout -q --detach base && echo 4 >p && git add p && "
	   "printf 'caf\\351\\n' | git hash-object -t blob --stdin >/dev/null && printf 'tree %%s\\nparent %%s\\nauthor A <a@x> 1 +0000\\n"
	   "committer A <a@x> 1 +0000\\n\\ncaf\\351\\n' $(git write-tree) $(git rev-parse base) | git hash-object -t commit -w --stdin >../id && "
	   "git tag m5 $(cat ../id)");
	f.sign = true;
	fold(BT_FOLD_SQUASH, NAMES("base", "m5"));
	sh("git cat-file commit $RESULT | grep -q ^gpgsig");
	done();
}

static void test_errors(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	make("");
	change("m1", "base", "echo 1 >n");
	change("m2", "m1", "echo 2 >m");
	change("m3", "base", "sed -i 1d a/one");
	change("t", "base", "sed -i 9d a/one");
	fold(BT_FOLD_SQUASH, NAMES("base", "m1"));
	members[0].commit.raw[3] ^= 1;
	assert_int_equal(bt_fold(&repo, &f, &err), BT_ERR_NOT_FOUND);
	done();
	fold(BT_FOLD_SQUASH, NAMES("base", "m1"));
	members[0].commit = f.tree;
	assert_int_equal(bt_fold(&repo, &f, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "is not a commit"));
	done();
	sh("rm -rf ../shallow && git clone -q --depth 1 --no-tags file://\"$(echo \"$PWD\" | sed 's/ /%%20/g')\" ../shallow 2>/dev/null || "
	   "git clone -q --depth 1 --no-tags \"file://$PWD\" ../shallow");
	assert_int_equal(chdir("../shallow"), 0);
	assert_int_equal(fold_try(BT_FOLD_SQUASH, NAMES("", "HEAD"), &err), BT_ERR_NOT_FOUND);
	assert_non_null(strstr(err.hint, "unshallow"));
	bt_repo_release(&repo);
	assert_int_equal(chdir("../r"), 0);
	/* Objects cannot be written; the tree of the tip is gone. */
	if (getuid()) {
		sh("chmod -R a-w .git/objects");
		assert_true(fold_try(BT_FOLD_SQUASH, NAMES("t", "m3"), &err) < 0);
		sh("chmod -R u+w .git/objects");
		bt_repo_release(&repo);
	}
	sh("o=$(git rev-parse t:a/one) && rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
	assert_true(fold_try(BT_FOLD_SQUASH, NAMES("t", "m3"), &err) < 0);
	assert_non_null(strstr(err.msg, "merge"));
	assert_int_equal(f.commit.len, 0);
	bt_repo_release(&repo);
}

/* A git that does not do what it should, once (the first merge-tree) or always. */
static void git_fake(const char *what, bool once)
{
	BT_FREE char *path = bt_xasprintf("%s/fake:%s", scratch_dir, getenv("PATH"));

	sh("mkdir -p ../fake && rm -f ../fake/was && { echo '#!/bin/sh' && "
	   "echo 'case \"$*\" in *merge-tree*) if test ! -e \"%s/fake/was\"; then %s' && echo '%s; fi ;; esac' && "
	   "echo \"exec $(command -v git) \\\"\\$@\\\"\"; } >../fake/git && chmod +x ../fake/git",
	   scratch_dir, once ? "touch \"$FAKE_WAS\"" : ":", what);
	setenv("PATH", path, 1);
	path = (free(path), bt_xasprintf("%s/fake/was", scratch_dir));
	setenv("FAKE_WAS", path, 1);
}

static void test_git_misbehaves(void **state)
{
	static const char *const always[] = { "echo garbage", "exit 3",
					      "printf \"7\\\\000\"; sleep 1", "kill -KILL $$" };
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	make("");
	change("m1", "base", "sed -i 1d a/one");
	change("m2", "base", "sed -i 9d a/one && echo 1 >more");
	change("m3", "base", "sed -i '5s/$/ five/' a/one");
	/* A crash is about one member; the next one is asked of another child. */
	git_fake("kill -ABRT $$", true);
	fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2", "m3"));
	assert_member(1, BT_FOLD_CONFLICT, false);
	assert_true(members[1].git_crashed);
	assert_int_equal(members[1].paths_nr, 2);
	assert_string_equal(members[1].paths[1], "more");
	assert_int_equal(members[1].with_member, 0);
	assert_member(2, BT_FOLD_TAKEN, false);
	scratch_reset(NULL);
	assert_int_equal(chdir("r"), 0);
	done();
	for (size_t i = 0; i < BT_ARRAY_NR(always); i++) {
		git_fake(always[i], false);
		assert_true(fold_try(BT_FOLD_SQUASH, NAMES("base", "m1", "m2", "m3"), &err) < 0);
		assert_non_null(strstr(err.msg, "merge"));
		assert_int_equal(f.commit.len, 0);
		scratch_reset(NULL);
		assert_int_equal(chdir("r"), 0);
		done();
	}
}

/* Output that is held back until there is more of it than one push makes. */
static void test_output_held_back(void **state)
{
	(void)state;
	make("");
	change("m1", "base", "sed -i 1d a/one");
	change("m2", "base", "sed -i 9d a/one");
	change("m3", "base", "sed -i '5s/$/ five/' a/one");
	git_fake("PATH=${PATH#*:} git \"$@\" | dd obs=60000 2>/dev/null; exit", false);
	fold(BT_FOLD_SQUASH, NAMES("base", "m1", "m2", "m3"));
	assert_int_equal(f.taken, 3);
	scratch_reset(NULL);
	assert_int_equal(chdir("r"), 0);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_squash, scratch_reset),
		cmocka_unit_test_setup(test_one, scratch_reset),
		cmocka_unit_test_setup(test_stack, scratch_reset),
		cmocka_unit_test_setup(test_same_file, scratch_reset),
		cmocka_unit_test_setup(test_conflict_with_tip, scratch_reset),
		cmocka_unit_test_setup(test_kinds_of_conflicts, scratch_reset),
		cmocka_unit_test_setup(test_many_paths, scratch_reset),
		cmocka_unit_test_setup(test_empty, scratch_reset),
		cmocka_unit_test_setup(test_roots_and_merges, scratch_reset),
		cmocka_unit_test_setup(test_attributes, scratch_reset),
		cmocka_unit_test_setup(test_renames, scratch_reset),
		cmocka_unit_test_setup(test_encoding, scratch_reset),
		cmocka_unit_test_setup(test_places, scratch_reset),
		cmocka_unit_test_setup(test_signed, scratch_reset),
		cmocka_unit_test_setup(test_errors, scratch_reset),
		cmocka_unit_test_setup(test_git_misbehaves, scratch_reset),
		cmocka_unit_test_setup(test_output_held_back, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_fold", tests, scratch_setup, scratch_teardown);
}
