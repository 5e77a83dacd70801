/* core/batch/refresh*.c: worktrees of a branch that was moved, in every state a user can leave them in. */
#include "tests/unit/git_scratch.h"

#include <sys/wait.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/batch/land/land.h"
#include "tests/lib/unit.h"

#define MAIN "refs/heads/main"
#define TOKEN "0123456789abcdef-token"

static const char *hash_format = "sha1";
static struct bt_repo repo;
static struct bt_buf told;	/* "why path\n", in the order of telling */

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

/*
 * Branch main, checked out, at tag `before`, where `script` has made the first commit; tag `after` is what `change` makes of it. Both scripts run
 * in the repository; what they leave is committed.
 */
static void start(const char *script, const char *change)
{
	struct bt_err err = BT_ERR_INIT;

	bt_repo_release(&repo);
	assert_int_equal(chdir(scratch_dir), 0);
	sh("chmod -R u+rwX r 2>/dev/null; rm -rf r linked maker bin && git init -q -b main --object-format=%s r && cd r && git config core.logAllRefUpdates always", hash_format);
	assert_int_equal(chdir("r"), 0);
	sh("{ %s\n} && git add -A && git commit -q --allow-empty -m before && git tag before", script);
	sh("git worktree add -q --detach ../maker && cd ../maker && { %s\n} && git add -A && git commit -q --allow-empty -m after && git tag after && cd ../r &&"
	   " git worktree remove -f ../maker", change);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
}

static void take_left(void *ctx, const struct bt_left *l)
{
	(void)ctx;
	bt_buf_addf(&told, "%s %s\n", l->why, l->path);
}

static int refresh_rc(const char *before, const char *after, struct bt_err *err)
{
	struct bt_land_refresh_opts o = { .ref = MAIN, .after = rev(after), .token = TOKEN, .left = take_left };

	if (*before)
		o.before = rev(before);
	bt_buf_clear(&told);
	return bt_land_refresh(&repo, &o, err);
}

/* What is told, sorted. */
static void refresh(const char *wanted)
{
	struct bt_err err = BT_ERR_INIT;

	if (refresh_rc("before", "after", &err))
		fail_msg("%s", err.msg);
	file_make("../told", bt_buf_cstr(&told), told.len);
	sh("sort -o ../told ../told");
	file_make("../wanted", wanted, strlen(wanted));
	sh("diff -u ../wanted ../told");
	sh("test ! -e .git/index.lock && ! ls -A .git . | grep batho");
}

static void swap(void)
{
	sh("git update-ref " MAIN " after");
}

static void land(const char *wanted)
{
	swap();
	refresh(wanted);
}

static void assert_status(const char *wanted)
{
	file_make("../wanted", wanted, strlen(wanted));
	/* Twice: what plumbing sees without having refreshed anything; and what people see. */
	sh("git -c core.quotePath=false status --porcelain --untracked-files=all --ignored >../status && diff -u ../wanted ../status");
}

#define assert_clean()                                                                  \
	do {                                                                            \
		sh("git diff-files --quiet && git diff-index --quiet --cached HEAD --"); \
		assert_status("");                                                      \
		sh("git fsck --strict 2>&1 | { ! grep -v '^dangling\\|^notice'; }");     \
	} while (0)

static void test_plain(void **state)
{
	(void)state;
	start("mkdir -p d/e && echo a >a && echo b >d/b && echo c >d/e/c && echo x >x && ln -s a l && echo same >same",
	      "echo A >a && rm d/b d/e/c && echo n >d/n && chmod +x x && ln -sf x l && mkdir -p p/q && echo r >p/q/r && ln -s r p/q/s");
	land("");
	assert_clean();
	sh("test \"$(cat a d/n p/q/r p/q/s)\" = \"$(printf 'A\\nn\\nr\\nr')\" && test -x x && test \"$(readlink l)\" = x && test ! -e d/e && test -d d");
	/* Once more changes nothing. */
	refresh("");
	assert_clean();
}

static void test_undo(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start("echo a >a && mkdir d && echo b >d/b", "echo A >a && rm -r d && echo d >d");
	land("");
	assert_clean();
	sh("git update-ref " MAIN " before");
	assert_int_equal(refresh_rc("after", "before", &err), 0);
	assert_string_equal(bt_buf_cstr(&told), "");
	assert_clean();
	sh("test \"$(cat a d/b)\" = \"$(printf 'a\\nb')\"");
}

static void test_edits_stay(void **state)
{
	(void)state;
	start("for i in 1 2 3 4 5 6 7 8; do echo $i >f$i; done", "for i in 1 2 3 4 5 6 7; do echo new $i >f$i; done; rm f8; echo added >g");
	sh("echo mine >f1 && echo mine >f2 && git add f2 && rm f3 && git rm -q --cached f4 && chmod +x f5 && echo mine >f8 && echo mine >other &&"
	   " echo new 6 >f6 && echo staged >s && git add s");
	land("changed f1\nchanged f3\nchanged f5\nchanged f8\nstaged f2\nstaged f4\n");
	/* What was not staged is not staged now; what lies on the disk lies there. */
	assert_status(" M f1\nM  f2\n D f3\nD  f4\n M f5\nA  s\n?? f4\n?? f8\n?? other\n");
	sh("test \"$(cat f1 f2 f4 f6 f7 f8)\" = \"$(printf 'mine\nmine\n4\nnew 6\nnew 7\nmine')\"");
}


/* A commit of something else takes nothing back, also where files stayed. */
static void test_next_commit(void **state)
{
	(void)state;
	start("echo 1 >a && echo 1 >b", "echo 2 >a && echo 2 >b && echo 2 >c");
	sh("echo mine >a && echo mine >c && echo z >z && git add z");
	land("changed a\nuntracked c\n");
	assert_status(" M a\n M c\nA  z\n");
	sh("git commit -q -m z && test \"$(git show HEAD:a HEAD:b HEAD:c)\" = \"$(printf '2\\n2\\n2')\" && test \"$(git diff --name-only after HEAD)\" = z");
}

static void test_untracked(void **state)
{
	(void)state;
	start("echo ign >.gitignore && echo x >x && mkdir y && echo t >y/t",
	      "mkdir new d && echo 1 >new/a && echo 1 >ign && git add -f ign && echo 1 >file && echo 1 >d/file && rm x && mkdir x && echo 1 >x/in && echo 1 >same && rm -r y && echo 1 >y &&"
	      " echo 1 >empty");
	sh("echo mine >new && echo mine >ign && mkdir file && echo mine >file/in && ln -s ../nowhere d && echo 1 >same && echo mine >y/own && mkdir empty");
	land("untracked d/file\nuntracked file\nuntracked ign\nuntracked new/a\nuntracked y\n");
	assert_status(" D d/file\n D file\n M ign\n D new/a\n D y\n?? d\n?? file/in\n?? new\n?? y/own\n");
	sh("test \"$(cat new ign file/in y/own)\" = \"$(printf 'mine\\nmine\\nmine\\nmine')\" && test ! -e ../nowhere && test \"$(cat x/in empty)\" = \"$(printf '1\\n1')\"");
}

/* A folder on the way was replaced by a link to somewhere else: nothing is written there, removed there or taken for ours. */
static void test_symlinks(void **state)
{
	(void)state;
	start("mkdir a b && echo 1 >a/f && echo 1 >a/g && echo 1 >b/f", "echo 2 >a/f && rm a/g && echo 2 >b/f && echo 2 >b/n && mkdir c && echo 2 >c/f");
	sh("rm -rf ../out ../out2 && mv a ../out && ln -s ../out a && mv b ../out2 && ln -s \"$PWD/../out2\" b && ln -s ../out c");
	land("changed a/f\nchanged b/f\nuntracked b/n\nuntracked c/f\n");
	sh("test \"$(cat ../out/f ../out/g ../out2/f)\" = \"$(printf '1\\n1\\n1')\" && test ! -e ../out2/n && test \"$(ls ../out ../out2 | wc -l)\" -eq 6");
	/* The file itself is a link: it is compared, replaced and made as one. */
	start("echo t >t && ln -s t l && ln -s t m && ln -s t n", "rm l && echo file >l && ln -sf x m && rm n");
	sh("ln -sf other m");
	land("changed m\n");
	assert_status(" M m\n");
	sh("test ! -L l && test \"$(cat l t)\" = \"$(printf 'file\\nt')\" && test \"$(readlink m)\" = other && test ! -L n");
}

static void test_kinds(void **state)
{
	(void)state;
	/* A file becomes a folder and a folder a file, twice nested; the user has touched one of each. */
	start("echo 1 >a && echo 1 >b && mkdir -p c/d e/f && echo 1 >c/d/x && echo 1 >c/y && echo 1 >e/f/x",
	      "rm a b && mkdir -p a/d b && echo 2 >a/d/x && echo 2 >b/x && rm -r c e && echo 2 >c && echo 2 >e");
	sh("echo mine >b && echo mine >e/f/x");
	land("changed b\nchanged e/f/x\nuntracked b/x\nuntracked e\n");
	assert_status(" D b/x\n D e\n?? b\n?? e/f/x\n");
	sh("test \"$(cat a/d/x c b e/f/x)\" = \"$(printf '2\\n2\\nmine\\nmine')\"");
	/* The same, staged. */
	start("echo 1 >a && mkdir c && echo 1 >c/x", "rm a && mkdir a && echo 2 >a/x && rm -r c && echo 2 >c");
	sh("echo mine >a && echo mine >c/x && git add a c/x");
	land("staged a\nstaged a/x\nstaged c\nstaged c/x\n");
	sh("test \"$(cat a c/x)\" = \"$(printf 'mine\\nmine')\" && test \"$(git ls-files)\" = \"$(printf 'a\\nc/x')\"");
	/* New ones of the user's, staged, where something comes. */
	start("echo 1 >z", "mkdir a && echo 2 >a/x && echo 2 >c && echo 2 >i && echo 2 >k");
	sh("echo mine >a && mkdir c && echo mine >c/x && git add a c && echo mine >i && git add -N i && echo 2 >k && git add k");
	land("staged a/x\nstaged c\nstaged i\n");
	sh("test \"$(cat a c/x i k)\" = \"$(printf 'mine\\nmine\\nmine\\n2')\" && test \"$(git ls-files)\" = \"$(printf 'a\\nc/x\\ni\\nk\\nz')\"");
}

static void test_names(void **state)
{
	(void)state;
	start("mkdir 'a b' && printf 1 >'a b/n\nl' && printf 1 >\"$(printf 'h\\377')\" && printf 1 >'\"q\"' && printf 1 >-f && printf 1 >'*' && printf 1 >':(top)x'",
	      "for f in 'a b/n\nl' \"$(printf 'h\\377')\" '\"q\"' ./-f '*' ':(top)x'; do printf 2 >\"$f\"; done && printf 2 >'new\t\\'");
	land("");
	assert_clean();
	sh("test \"$(cat ./-f '*' ':(top)x' '\"q\"' 'a b/n\nl' 'new\t\\')\" = 222222");
}

/* More than are refreshed by name. */
static void test_many(void **state)
{
	(void)state;
	start("for i in $(seq 150); do mkdir -p d$((i % 7)) && echo $i >d$((i % 7))/f$i; done", "for i in $(seq 150); do echo new $i >d$((i % 7))/f$i; done; rm -r d3");
	sh("echo mine >d0/f7");
	land("changed d0/f7\n");
	sh("test \"$(git diff-files --name-only)\" = d0/f7");
	assert_status(" M d0/f7\n");
}


/* Several worktrees of the branch, none of it, one that is gone. */
static void test_worktrees(void **state)
{
	(void)state;
	start("echo 1 >a && echo 1 >b", "echo 2 >a && echo 2 >b");
	sh("git branch other && git worktree add -q -f ../linked main && git worktree add -q ../maker other && git worktree add -q --detach ../bin &&"
	   " echo mine >../linked/b && echo mine >a && mkdir ../home/x && git worktree add -q -f ../home/x/gone main && rm -rf ../home/x");
	land("changed a\nchanged b\nmissing \n");
	assert_status(" M a\n");
	sh("cd ../linked && test \"$(git status --porcelain)\" = ' M b' && test \"$(cat a b)\" = \"$(printf '2\\nmine')\"");
	sh("for w in ../maker ../bin; do test -z \"$(git -C $w status --porcelain)\" && test \"$(cat $w/a)\" = 1 || exit 1; done");
}

/* From a linked worktree, for the main one and for itself; HEAD that leads there through another symbolic ref. */
static void test_from_linked(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start("echo 1 >a", "echo 2 >a");
	sh("git worktree add -q -f ../linked main && git symbolic-ref refs/heads/alias " MAIN " && git symbolic-ref HEAD refs/heads/alias");
	bt_repo_release(&repo);
	assert_int_equal(chdir("../linked"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	/* The index that a hook is given is not this one. */
	setenv("GIT_INDEX_FILE", "/nowhere/index", 1);
	assert_int_equal(system("GIT_INDEX_FILE= ; unset GIT_INDEX_FILE; git update-ref " MAIN " after"), 0);
	assert_int_equal(refresh_rc("before", "after", &err), 0);
	unsetenv("GIT_INDEX_FILE");
	assert_string_equal(bt_buf_cstr(&told), "");
	assert_clean();
	assert_int_equal(chdir("../r"), 0);
	assert_clean();
	sh("test \"$(cat a ../linked/a)\" = \"$(printf '2\\n2')\"");
}

static void test_no_worktree(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start("echo 1 >a", "echo 2 >a");
	sh("git clone -q --bare . ../bin && git -C ../bin update-ref " MAIN " after");
	bt_repo_release(&repo);
	assert_int_equal(chdir("../bin"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(refresh_rc("before", "after", &err), 0);
	assert_string_equal(bt_buf_cstr(&told), "");
	sh("test ! -e index && test ! -e a");
	/* A worktree of a bare repository. */
	sh("git worktree add -q ../linked main && cd ../linked && git update-ref " MAIN " before && git reset -q --hard && git update-ref " MAIN " after");
	assert_int_equal(refresh_rc("before", "after", &err), 0);
	assert_int_equal(chdir("../linked"), 0);
	assert_clean();
}

/* The files of a repository that lies elsewhere (as a submodule's does). */
static void test_separate(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start("echo 1 >a", "echo 2 >a");
	sh("rm -rf ../maker && mkdir ../maker && mv .git ../maker/m && git --git-dir=../maker/m config core.worktree \"$PWD\" && echo \"gitdir: $PWD/../maker/m\" >.git &&"
	   " git worktree add -q --detach ../linked && git update-ref " MAIN " after");
	for (int linked = 1; linked >= 0; linked--) {
		bt_repo_release(&repo);
		assert_int_equal(chdir(linked ? "../linked" : "../r"), 0);
		assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
		assert_int_equal(refresh_rc("before", "after", &err), 0);
		assert_string_equal(bt_buf_cstr(&told), "");
		assert_int_equal(chdir("../r"), 0);
		assert_clean();
		sh("git update-ref " MAIN " before && git reset -q --hard && git update-ref " MAIN " after");
	}
}

static void test_unborn(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start(":", "mkdir d && echo 1 >d/a && echo 1 >b && echo 1 >c");
	sh("git update-ref -d " MAIN " && rm -f .git/index && echo mine >b");
	sh("git update-ref " MAIN " after");
	assert_int_equal(refresh_rc("", "after", &err), 0);
	assert_string_equal(bt_buf_cstr(&told), "untracked b\n");
	assert_status(" M b\n");
	sh("test \"$(cat b c d/a)\" = \"$(printf 'mine\\n1\\n1')\"");
}

/* The branch was moved on since: what it changed again is not brought back. */
static void test_moved_on(void **state)
{
	(void)state;
	start("echo 1 >a && echo 1 >b && echo 1 >c", "echo 2 >a && echo 2 >b && echo 2 >n");
	sh("git checkout -q --detach after && git rm -q n && echo 3 >b && git commit -q -a -m on && git tag on && git checkout -q main && git update-ref " MAIN " on");
	refresh("");
	sh("test \"$(cat a b c)\" = \"$(printf '2\\n1\\n1')\" && test ! -e n && git diff --cached --name-only >../status && test \"$(cat ../status)\" = b");
}

static void test_operations(void **state)
{
	(void)state;
	/* A merge that has conflicts: what is not touched by it comes along, so that it does not take the landing back. */
	start("echo 1 >a && echo 1 >b && echo 1 >c && echo 1 >d", "echo 2 >a && echo 2 >b");
	sh("git checkout -q -b side && echo s >a && echo s >c && git commit -q -a -m s && git checkout -q main && echo m >a && git commit -q -a -m m && git tag -f before >/dev/null &&"
	   " git checkout -q --detach && echo 2 >a && echo 2 >b && git commit -q -a -m after2 && git tag -f after >/dev/null && git checkout -q main && ! git merge -q side >/dev/null");
	land("merging a\n");
	sh("git status --porcelain >../status && test \"$(cat ../status)\" = \"$(printf 'UU a\\nM  c')\"");
	sh("echo resolved >a && git commit -q -a -m merged && test \"$(git show HEAD:b HEAD:c)\" = \"$(printf '2\\ns')\"");
	/* A rebase has its own HEAD. */
	start("echo 1 >a", "echo 2 >a");
	sh("git commit -q --allow-empty -m x && GIT_SEQUENCE_EDITOR='echo break >' git rebase -q -i HEAD~ 2>/dev/null");
	land("");
	sh("test \"$(cat a)\" = 1 && ! git symbolic-ref -q HEAD");
}

static void test_flags(void **state)
{
	(void)state;
	start("for i in 1 2 3 4; do echo 1 >f$i; done", "for i in 1 2 3 4; do echo 2 >f$i; done");
	sh("git update-index --assume-unchanged f1 f2 && git update-index --skip-worktree f3 f4 && echo mine >f2 && echo mine >f4 && rm f3");
	land("changed f2\nchanged f4\n");
	sh("test \"$(git ls-files -v | tr '\\n' ' ')\" = 'h f1 h f2 S f3 S f4 ' && test \"$(cat f1 f2 f4)\" = \"$(printf '2\\nmine\\nmine')\" && test ! -e f3");
	sh("git update-index --no-assume-unchanged f1 f2 && git update-index --no-skip-worktree f3 f4");
	assert_status(" M f2\n D f3\n M f4\n");
}

static void test_kinds_of_index(void **state)
{
	(void)state;
	for (int version = 2; version <= 4; version++) {
		start("mkdir d && echo 1 >d/a && echo 1 >d/ab && echo 1 >b", "echo 2 >d/a && rm b && echo 2 >d/n");
		sh("git update-index --index-version=%d --force-write-index && echo z >z && git add z", version);
		land("");
		assert_status("A  z\n");
	}
	start("mkdir d && echo 1 >d/a && echo 1 >b", "echo 2 >d/a && rm b && echo 2 >d/n");
	sh("git config core.splitIndex true && git config splitIndex.maxPercentChange 100 && git update-index --split-index && echo z >z && git add z && ls .git/sharedindex.* >/dev/null");
	land("");
	assert_status("A  z\n");
	start("mkdir d && echo 1 >d/a && echo 1 >b", "echo 2 >d/a && rm b && echo 2 >d/n");
	sh("git config core.untrackedCache true && git config index.threads 4 && git config feature.manyFiles true && git status -s >/dev/null && git update-index --untracked-cache && echo u >u && git status -s >/dev/null");
	land("");
	assert_status("?? u\n");
}

static void test_sparse(void **state)
{
	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		start("mkdir -p in/deep out && echo 1 >in/a && echo 1 >in/deep/a && echo 1 >out/a && echo 1 >out/b && echo 1 >top",
		      "mkdir -p new && for f in in/a in/deep/a out/a top in/n out/n new/n rootn; do echo 2 >$f; done && rm out/b");
		if (kind < 2)
			sh("git sparse-checkout set --cone %s in", kind ? "--sparse-index" : "");
		else
			sh("git sparse-checkout set --no-cone '/*' '!/out' '!/new/' 2>/dev/null");
		land("");
		assert_clean();
		sh("test \"$(cat in/a in/n in/deep/a top rootn)\" = \"$(printf '2\\n2\\n2\\n2\\n2')\" && test ! -e out && test ! -e new");
		/* As git itself would have it. */
		sh("git ls-files -t >../status && git sparse-checkout reapply && git ls-files -t | diff -u ../status -");
	}
}

static void test_filters(void **state)
{
	(void)state;
	start("printf '* text=auto\\n*.crlf text eol=crlf\\n*.low filter=case\\n' >.gitattributes && git config filter.case.clean 'tr A-Z a-z' && git config filter.case.smudge 'tr a-z A-Z' &&"
	      " git config filter.case.required true && printf 'x\\r\\n' >a.crlf && printf 'X\\n' >a.low && printf 'Y\\n' >b.low && printf 'Z\\n' >c.low && printf 'b\\r\\n' >b.crlf",
	      "printf 'y\\r\\n' >a.crlf && printf 'NEW\\n' >a.low && printf 'NEW\\n' >b.low && printf 'zz\\r\\n' >b.crlf && printf 'n\\r\\n' >n.crlf");
	sh("printf 'MINE\\n' >b.low && printf 'zz\\n' >b.crlf && touch -d '2001-01-01' a.crlf c.low");
	land("changed b.low\n");
	assert_status(" M b.low\n");
	sh("printf 'y\\r\\nNEW\\nMINE\\nzz\\nn\\r\\n' >../wanted && cat a.crlf a.low b.low b.crlf n.crlf | cmp - ../wanted");

	/* Attributes that come with the landing hold for its files. */
	start("printf 'x\\n' >x.txt && printf 'x\\n' >y.txt", "printf '*.txt text eol=crlf\\n' >.gitattributes && printf 'new\\r\\n' >x.txt && mkdir d && printf 'd.txt text eol=lf\\n' >d/.gitattributes && printf 'd\\n' >d/d.txt");
	land("");
	sh("printf 'new\\r\\nd\\n' | { cat x.txt d/d.txt >../status; cmp - ../status; }");
	assert_status("");

	/* A filter that fails: the file stays, the entry does not take the landing back. */
	start("printf '*.low filter=bad\\n' >.gitattributes && echo 1 >a.low && echo 1 >b", "echo 2 >a.low && echo 2 >b && echo 2 >n.low && for i in $(seq 20); do echo $i >m$i; done");
	sh("git config filter.bad.smudge false && git config filter.bad.clean cat && git config filter.bad.required true");
	land("unwritten a.low\nunwritten n.low\n");
	assert_status(" M a.low\n D n.low\n");
	sh("test \"$(cat a.low b)\" = \"$(printf '1\\n2')\"");
}

static void test_modes(void **state)
{
	(void)state;
	start("echo 1 >a && echo 1 >b && chmod +x b && umask 077 && echo 1 >c", "chmod +x a && echo 2 >b && chmod -x b && echo 2 >c && echo 2 >d");
	sh("git config core.fileMode false");
	land("");
	assert_clean();
	sh("test -x a && test ! -x b && test \"$(stat -c %%a d)\" = 644");
	/* A hard link of the user's keeps what it has. */
	start("echo 1 >a", "echo 2 >a");
	sh("ln a ../hard && exec 3<a && cat <&3 >/dev/null");
	land("");
	sh("test \"$(cat a ../hard)\" = \"$(printf '2\\n1')\" && rm ../hard");
	assert_clean();
}

static void test_submodule(void **state)
{
	(void)state;
	start("git init -q s1 && git -C s1 commit -q --allow-empty -m 1 && git init -q s2 && git -C s2 commit -q --allow-empty -m 1 && git init -q s5 && git -C s5 commit -q --allow-empty -m 1 && git add s1 s2 s5 2>/dev/null && echo f >s4",
	      "h=$(git ls-tree HEAD s1 | cut -c8-60 | awk '{print $2}') && rm -rf s2 s5 && git rm -q --cached s2 s5 && echo now a file >s5 && git update-index --cacheinfo 160000,$(git rev-parse HEAD),s1 && mkdir s1/x && git update-index --add --cacheinfo 160000,$h,s3 && rm s4 && git rm -q --cached s4 && git update-index --add --cacheinfo 160000,$h,s4 && mkdir -p s1 s3 s4 && git commit -q -m links && rm -r s1/x");
	land("untracked s2\nuntracked s5\n");
	sh("test -d s3 && test -d s4 && git diff --cached --quiet && test -d s2/.git && test -d s5/.git");
}


static void test_locks(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	int64_t begin;

	(void)state;
	start("echo 1 >a", "echo 2 >a");
	sh("git worktree add -q -f ../linked main && git worktree add -q --detach ../maker");
	/* Taken before the swap: no commit comes between. */
	assert_int_equal(bt_land_lock(&repo, MAIN, TOKEN, &err), 0);
	assert_int_equal(bt_land_lock(&repo, MAIN, TOKEN, &err), 0);
	sh("! git add a 2>/dev/null && ! git -C ../linked commit -q --allow-empty -m x 2>/dev/null && git -C ../maker commit -q --allow-empty -m x");
	swap();
	refresh("");
	assert_clean();
	sh("git -C ../linked diff --quiet HEAD && ! find .git -name '*.lock' | grep .");
	/* Nothing was swapped. */
	assert_int_equal(bt_land_lock(&repo, MAIN, TOKEN, &err), 0);
	assert_int_equal(bt_land_unlock(&repo, TOKEN, &err), 0);
	sh("! find .git -name '*.lock' | grep .");

	/* Somebody else's: waited for, never removed; the other worktree is brought along. */
	sh("git update-ref " MAIN " before && git reset -q --hard && git -C ../linked reset -q --hard");
	file_make(".git/index.lock", TOKEN "x\n", sizeof(TOKEN) + 1);
	assert_int_equal(bt_land_unlock(&repo, TOKEN, &err), 0);
	begin = bt_clock_ms();
	assert_int_equal(bt_land_lock(&repo, MAIN, TOKEN, &err), BT_ERR_BUSY);
	assert_in_range(bt_clock_ms() - begin, 4500, 20000);
	sh("test \"$(cat .git/index.lock)\" = " TOKEN "x && test ! -e .git/worktrees/linked/index.lock");
	swap();
	assert_int_equal(refresh_rc("before", "after", &err), BT_ERR_BUSY);
	sh("test -e .git/index.lock && test \"$(cat a ../linked/a)\" = \"$(printf '1\\n2')\" && git -C ../linked diff --quiet HEAD");
	sh("(sleep 0.3; rm .git/index.lock) &");
	refresh("");
	assert_clean();
	/* What a lock of git's may look like. */
	sh(": >.git/index.lock");
	assert_int_equal(bt_land_unlock(&repo, TOKEN, &err), 0);
	sh("test -e .git/index.lock && rm .git/index.lock && printf '%%s\\n' " TOKEN " >../x && ln -s ../../x .git/index.lock");
	assert_int_equal(bt_land_unlock(&repo, TOKEN, &err), 0);
	sh("test -L .git/index.lock && test -e ../x && rm .git/index.lock");
}

static void test_tokens(void **state)
{
	static const char *const bad[] = { "", "short", "0123456789abcde", "0123456789abcde/", "../../../../../../etc", "0123456789 abcdef", "0123456789abcde\n",
					   "0123456789012345678901234567890123456789012345678901234567890123x" };

	(void)state;
	start("echo 1 >a", "echo 2 >a");
	for (size_t i = 0; i < BT_ARRAY_NR(bad); i++) {
		struct bt_land_refresh_opts o = { .ref = MAIN, .before = rev("before"), .after = rev("after"), .token = bad[i] };
		struct bt_err err = BT_ERR_INIT;

		assert_int_equal(bt_land_lock(&repo, MAIN, bad[i], &err), BT_ERR_FAIL);
		assert_int_equal(bt_land_unlock(&repo, bad[i], &err), BT_ERR_FAIL);
		assert_int_equal(bt_land_refresh(&repo, &o, &err), BT_ERR_FAIL);
	}
}

/* What a killed run leaves, at each step of it; `wanted` is told by the repeat. */
static void test_left_by_crash(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	/* Files placed, index not yet; a lock of ours, folders of ours. The user has edited one since. */
	start("echo 1 >a && echo 1 >b && echo 1 >c && mkdir d && echo 1 >d/x", "echo 2 >a && echo 2 >b && echo 2 >c && rm -r d && echo 2 >n");
	swap();
	sh("echo " TOKEN " >.git/index.lock && mkdir -p .git/batho-" TOKEN ".1/staged/files && : >.git/batho-" TOKEN ".1/index.lock && mkdir .batho-" TOKEN ".1 &&"
	   " : >.git/batho-" TOKEN ".2.lock && mkdir .git/batho-other-token.1");
	sh("echo 2 >a && echo 2 >b && rm -r d && echo mine >>b");
	assert_int_equal(refresh_rc("before", "after", &err), 0);
	assert_string_equal(bt_buf_cstr(&told), "changed b\n");
	assert_status(" M b\n");
	sh("test \"$(cat a b c n)\" = \"$(printf '2\\n2\\nmine\\n2\\n2')\" && test ! -e .git/index.lock && rmdir .git/batho-other-token.1 && ! ls -A .git . | grep batho");
	/* The index replaced, the lock not yet dropped. */
	sh("echo " TOKEN " >.git/index.lock && mkdir -p .git/batho-" TOKEN ".1");
	assert_int_equal(bt_land_unlock(&repo, TOKEN, &err), 0);
	sh("test ! -e .git/index.lock && ! ls -A .git . | grep batho");
	refresh("changed b\n");
}

/* Killed at the n-th call of this kind; then repeated: nothing is to be told but the edit, nothing is left over. Was it killed? */
static bool killed_at(const char *call, unsigned n)
{
	struct bt_err err = BT_ERR_INIT;
	char command[8192];
	int status;

	start("for i in 1 2 3; do echo 1 >f$i; done; mkdir d && echo 1 >d/x && echo 1 >e", "for i in 1 2 3; do echo 2 >f$i; done; rm -r d e && echo 2 >d && mkdir e && echo 2 >e/x");
	sh("echo mine >f2");
	swap();
	snprintf(command, sizeof(command), "ASAN_OPTIONS=detect_leaks=0 strace -o /dev/null -e trace=%s -e inject=%s:signal=SIGKILL:when=%u '%s' --refresh 2>/dev/null", call, call, n,
		 getenv("BATCH_REFRESH_SELF"));
	status = system(command);
	/* strace ends as what it follows does. */
	if (status && !WIFSIGNALED(status) && WEXITSTATUS(status) != 128 + SIGKILL)
		fail_msg("%s %u: status %d", call, n, status);
	/* Its child of git is an orphan for a moment. */
	sh("sleep 0.02");
	if (refresh_rc("before", "after", &err))
		fail_msg("%s %u: %s", call, n, err.msg);
	if (strcmp(bt_buf_cstr(&told), "changed f2\n") != 0)
		fail_msg("%s %u: %s", call, n, bt_buf_cstr(&told));
	assert_status(" M f2\n");
	sh("test \"$(cat f1 f2 f3 d e/x)\" = \"$(printf '2\\nmine\\n2\\n2\\n2')\" && test ! -e .git/index.lock && ! ls -A .git . | grep batho");
	return status != 0;
}

static void test_killed(void **state)
{
	static const char *const calls[] = { "link", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "fsync", "write", "openat" };
	unsigned kills = 0;

	(void)state;
	if (!sh_ok("strace -o /dev/null true 2>/dev/null"))
		unit_skip("no ptrace or no strace");
	for (size_t i = 0; i < BT_ARRAY_NR(calls); i++) {
		unsigned n = 1;

		/* The first few of each, and then fewer and fewer; all of them with TEST_LONG. */
		for (; killed_at(calls[i], n); kills++)
			n += getenv("TEST_LONG") ? 1 : 1 + n / 4;
		assert_in_range(n, 1, 5000);
	}
	print_message("# killed %u times\n", kills);
	assert_in_range(kills, 25, 5000);
}

/* An editor that saves again and again, in place and by renaming, while the branch goes to and fro: no save is lost. */
static void test_race(void **state)
{
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	start("for i in 1 2 3 4; do echo 1 >f$i; done; echo 0 >edited", "for i in 1 2 3 4; do echo 2 >f$i; done; echo landed >edited");
	for (int round = 0; round < 8; round++) {
		bool back = round % 2;

		sh("git update-ref " MAIN " %s; { for i in $(seq 150); do echo \"save %d $i\" >edited.new && mv edited.new edited; done; echo saved >../done; } &", back ? "before" : "after", round);
		if (refresh_rc(back ? "after" : "before", back ? "before" : "after", &err))
			fail_msg("%s", err.msg);
		sh("while test ! -e ../done; do sleep 0.01; done; rm ../done; test \"$(cat edited)\" = 'save %d 150'", round);
		sh("git checkout -q -- edited && git diff --quiet HEAD");
	}
}

/* Saves that come after the files were compared and before they are replaced: a filter of the landing's own makes them. */
static void test_saved_in_between(void **state)
{
	(void)state;
	start("echo '*.f filter=edit' >.gitattributes && echo 1 >x.f && for i in 1 2 3 4 5; do echo 1 >e$i; done",
	      "echo 2 >x.f && for i in 1 2 3 4; do echo 2 >e$i; done && rm e5 && echo 2 >n");
	file_make("../edit", "#!/bin/sh\ncat\ncd ../r\necho mine >e1\necho mine >e2.new\nmv e2.new e2\nrm e3\necho mine >e5\necho mine >n\n", 100);
	sh("chmod +x ../edit && git config filter.edit.clean cat && git config filter.edit.smudge \"'$PWD/../edit'\"");
	land("changed e1\nchanged e2\nchanged e3\nchanged e5\nuntracked n\n");
	sh("rm ../edit && test \"$(cat e1 e2 e4 e5 n x.f)\" = \"$(printf 'mine\\nmine\\n2\\nmine\\nmine\\n2')\" && test ! -e e3");
	assert_status(" M e1\n M e2\n D e3\n M n\n?? e5\n");
}

static void test_sha256(void **state)
{
	hash_format = "sha256";
	test_plain(state);
	test_untracked(state);
	test_unborn(state);
	hash_format = "sha1";
}

/* A worktree on another file system than the repository. */
static void test_other_device(void **state)
{
	(void)state;
	start("echo 1 >a && echo 1 >b && echo 1 >c", "echo 2 >a && rm b && mkdir d && echo 2 >d/n && echo 2 >c");
	if (!sh_ok("test -w /dev/shm && test \"$(stat -c %d /dev/shm)\" != \"$(stat -c %d .)\""))
		unit_skip("no second file system");
	sh("rm -rf /dev/shm/batho-test-$PPID && git worktree add -q -f /dev/shm/batho-test-$PPID main && cd /dev/shm/batho-test-$PPID && echo mine >c");
	land("changed c\n");
	assert_clean();
	sh("cd /dev/shm/batho-test-$PPID && test \"$(git status --porcelain)\" = ' M c' && test \"$(cat a d/n c)\" = \"$(printf '2\\n2\\nmine')\" && ! ls -A | grep batho && cd / && rm -rf /dev/shm/batho-test-$PPID");
}

/* For test_killed: this program as a child, in the repository it stands in. */
static int refresh_here(void)
{
	struct bt_err err = BT_ERR_INIT;

	if (bt_repo_open(&repo, NULL, 0, &err))
		return 2;
	return refresh_rc("before", "after", &err) ? 1 : 0;
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_undo),
		TEST(test_edits_stay),
		TEST(test_next_commit),
		TEST(test_untracked),
		TEST(test_symlinks),
		TEST(test_kinds),
		TEST(test_names),
		TEST(test_many),
		TEST(test_worktrees),
		TEST(test_from_linked),
		TEST(test_no_worktree),
		TEST(test_separate),
		TEST(test_unborn),
		TEST(test_moved_on),
		TEST(test_operations),
		TEST(test_flags),
		TEST(test_kinds_of_index),
		TEST(test_sparse),
		TEST(test_filters),
		TEST(test_modes),
		TEST(test_submodule),
		TEST(test_locks),
		TEST(test_tokens),
		TEST(test_left_by_crash),
		TEST(test_killed),
		TEST(test_race),
		TEST(test_saved_in_between),
		TEST(test_sha256),
		TEST(test_other_device),
	};
	char *self;

	if (argc == 2 && !strcmp(argv[1], "--refresh"))
		return refresh_here();
	self = realpath(argv[0], NULL);
	assert_non_null(self);
	setenv("BATCH_REFRESH_SELF", self, 1);
	free(self);
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
