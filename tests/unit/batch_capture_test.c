/* core/batch/capture*.c against `git commit` in a copy of the repository. */
#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/batch/capture/capture.h"
#include "core/batch/identity.h"
#include "core/git/object_write.h"

static struct bt_err err;

#define OK(call)                                      \
	do {                                          \
		int rc_ = (call);                     \
		if (rc_)                              \
			fail_msg("%d: %s", rc_, err.msg); \
	} while (0)

struct fixture {
	struct bt_repo repo;
	struct bt_conf *conf;
};

static void fixture_open(struct fixture *f)
{
	struct bt_git_stream listing;

	err = (struct bt_err)BT_ERR_INIT;
	OK(bt_conf_ask(&listing, &err));
	f->repo = (struct bt_repo)BT_REPO_INIT;
	OK(bt_repo_open(&f->repo, NULL, 0, &err));
	OK(bt_conf_open(&f->repo, &listing, &f->conf, &err));
	bt_git_stream_release(&listing);
}

static void fixture_close(struct fixture *f)
{
	bt_repo_release(&f->repo);
	bt_conf_free(&f->conf);
}

#define FIXTURE BT_CLEANUP(fixture_close) struct fixture

/* A repository with one of everything, all of it changed in some way since the commit. */
static void repo_make(const char *name, const char *format)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("git init -q -b main --object-format=%s '%s'", format, name);
	assert_int_equal(chdir(name), 0);
	sh("mkdir -p d/e gone sub2 batch && echo '*.crlf text eol=crlf' >.gitattributes && echo '*.up filter=up' >>.gitattributes &&"
	   "echo '*.ignored' >.gitignore && echo 1 >a && echo 1 >d/b && echo 1 >d/e/c && echo 1 >gone/x && echo 1 >gone/y && echo 1 >exec &&"
	   "ln -s a link && printf '1\\r\\n' >w.crlf && echo lower >f.up && echo t >tracked.ignored && echo 1 >'sp ace' && echo 1 >file-then-dir &&"
	   "mkdir dir-then-file && echo 1 >dir-then-file/x && echo 1 >staged-deleted && echo 1 >deleted && echo 1 >both && echo 1 >-dash && echo 1 >':colon' &&"
	   "echo 1 >'st*r' && echo 1 >untouched && echo 1 >rename-me");
	sh("git config filter.up.clean 'tr a-z A-Z' && git config core.autocrlf false && git add -A -f && git commit -q -m one");
	sh("git init -q --object-format=%s sub && git -C sub commit -q --allow-empty -m s1 && git add sub 2>/dev/null && git commit -q -m two", format);
}

static void changes_make(void)
{
	sh("echo 2 >a && echo 2 >d/b && echo 2 >d/e/c && rm gone/x && chmod +x exec && rm link && ln -s d link && printf '1\\r\\n2\\r\\n' >w.crlf &&"
	   "echo more >>f.up && echo u >>tracked.ignored && echo 2 >'sp ace' && rm file-then-dir && mkdir file-then-dir && echo 2 >file-then-dir/in &&"
	   "rm -r dir-then-file && echo 2 >dir-then-file && git rm -q --cached staged-deleted && rm staged-deleted && rm deleted &&"
	   "echo 2 >both && git add both && echo 3 >both && echo 2 >-dash && echo 2 >':colon' && echo 2 >'st*r' && echo new >new && echo new >d/new &&"
	   "echo n >staged-new && git add staged-new && echo no >x.ignored && echo i >intended && git add -N intended && git -C sub commit -q --allow-empty -m s2 &&"
	   "git mv rename-me renamed");
	sh("printf 'latin \\344' >$(printf 'd/n\\344me') && printf x >$(printf 'new\\nline.')");
}

static char *index_state(void)
{
	size_t len;

	sh("{ sha1sum .git/index 2>/dev/null; GIT_OPTIONAL_LOCKS=0 git status --porcelain=v2 -z; } >../state");
	return file_bytes("../state", &len);
}

static struct bt_oid oid_of(const char *command)
{
	struct bt_oid oid = { .len = 0 };
	char hex[128];

	sh_line(hex, sizeof(hex), command);
	OK(bt_oid_parse(hex, strlen(hex), &oid, &err));
	return oid;
}

/* Captures, and makes the same commit with git in a copy. commands: what git does there. */
static void compare(struct bt_capture_opts o, const char *commands)
{
	FIXTURE f;
	BT_FREE char *before = NULL, *after = NULL;
	struct bt_captured c;
	struct bt_oid want;
	char command[256], hex[BT_OID_HEX_MAX + 1];

	sh("rm -rf ../copy && cp -a . ../copy");
	sh("cd ../copy && %s", commands);
	want = oid_of("git -C ../copy rev-parse HEAD^{tree}");
	before = index_state();
	fixture_open(&f);
	o.conf = f.conf;
	if (!o.message) {
		o.message = "m";
		o.message_len = 1;
	}
	OK(bt_capture(&f.repo, &o, &c, &err));
	after = index_state();
	assert_string_equal(before, after);
	bt_oid_hex(&c.commit, hex);
	if (!bt_oid_equal(&want, &c.tree)) {
		snprintf(command, sizeof(command), "git diff-tree -r %s $(git -C ../copy rev-parse HEAD^{tree}) >&2; git -C ../copy ls-tree -r HEAD >&2", hex);
		setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "../copy/.git/objects", 1);
		(void)sh_ok(command);
		fail_msg("another tree than after: %s", commands);
	}
	/* and the commit is the same to the byte: time and people are those of the environment */
	want = oid_of("git -C ../copy rev-parse HEAD");
	assert_true(bt_oid_equal(&want, &c.commit));
	/* a file that stands in the way of a path is not counted when the path is named alone */
	sh("test %zu %s $(git -C ../copy diff-tree -r --no-renames --name-only HEAD^ HEAD | wc -l)", c.files, o.what == BT_CAPTURE_PATHS ? "-le" : "-eq");
	sh("git fsck --strict --no-dangling 2>&1 | grep -v -e '^notice' -e '^dangling' && exit 1; test ! -e .git/index.lock && ! ls .git/batho/worktree-* 2>/dev/null");
}

static const char *const formats[] = { "sha1", "sha256" };

static void test_staged_and_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char name[32];

		snprintf(name, sizeof(name), "all-%s", formats[i]);
		repo_make(name, formats[i]);
		sh("mkdir .git/batho");
		changes_make();
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, "git commit -q -m m");
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_ALL }, "git commit -q -a -m m");
		assert_int_equal(chdir("d"), 0);
		/* from a folder below, too */
		{
			FIXTURE f;
			struct bt_captured c;
			struct bt_oid want = oid_of("git -C ../../copy rev-parse HEAD");

			fixture_open(&f);
			OK(bt_capture(&f.repo, &(struct bt_capture_opts){ .what = BT_CAPTURE_ALL, .message = "m", .message_len = 1, .conf = f.conf }, &c, &err));
			assert_true(bt_oid_equal(&want, &c.commit));
		}
	}
}

static int try(const struct bt_capture_opts *given, struct bt_captured *ret_c)
{
	FIXTURE f;
	struct bt_capture_opts o = *given;
	BT_FREE char *before = index_state(), *after = NULL;
	int rc;

	fixture_open(&f);
	o.conf = f.conf;
	if (!o.message && o.what != BT_CAPTURE_COMMIT) {
		o.message = "m";
		o.message_len = 1;
	}
	rc = bt_capture(&f.repo, &o, ret_c, &err);
	after = index_state();
	assert_string_equal(before, after);
	return rc;
}

static void refuse_path(const char *path, const char *why)
{
	struct bt_captured c;

	int rc = try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = &path, .paths_nr = 1 }, &c);

	if (rc != BT_ERR_FAIL || !strstr(err.msg, why))
		fail_msg("of %s: %d, '%s' lacks '%s'", path, rc, rc ? err.msg : "", why);
}

/* Every path alone, all together, and folders and patterns. */
static void test_paths(void **state)
{
	static const char *const paths[] = {
		"a", "d/b", "d/e/c", "gone/x", "exec", "link", "w.crlf", "f.up", "tracked.ignored", "sp ace", "file-then-dir/in", "dir-then-file",
		"deleted", "both", "-dash", "./:colon", "new", "d/new", "staged-new", "intended", "sub", "renamed", "staged-deleted", "d/n\xe4me", "new\nline.",
		"./a", "d/../a", "d//b", "d", "d/", "gone", "file-then-dir", "*.crlf", "st*r", ":(exclude)a", ":/d/b", ".", "rename-me", "d/e",
		":(literal)st*r", ":(icase)A", "file-then-dir/",
	};

	(void)state;
	repo_make("paths", "sha1");
	changes_make();
	/* an ignored folder with files that git knows */
	sh("echo /d >>.git/info/exclude && echo '/gone' >>.git/info/exclude");
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "d/b", "gone/x" }, .paths_nr = 2 }, "git commit -q -m m --only d/b gone/x");
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "d", "gone" }, .paths_nr = 2 }, "git commit -q -m m --only d gone");
	refuse_path("d/new", "'d/new' is ignored");
	sh(": >.git/info/exclude");
	for (size_t i = 0; i < BT_ARRAY_NR(paths); i++) {
		const char *list[] = { paths[i] };

		setenv("P", paths[i], 1);
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = list, .paths_nr = 1 },
			"git read-tree HEAD && git add -A -- \"$P\" && git commit -q -m m");
	}
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = paths, .paths_nr = 22 },
		"git add -A a d/b d/e/c gone exec link w.crlf f.up tracked.ignored 'sp ace' file-then-dir dir-then-file deleted both ./-dash ./:colon new d/new staged-new intended sub renamed &&"
		"git commit -q -m m --only a d/b d/e/c gone/x exec link w.crlf f.up tracked.ignored 'sp ace' file-then-dir/in dir-then-file deleted both ./-dash ./:colon new d/new staged-new intended sub renamed");
}

/* The same through indexes of all kinds. */
static void test_kinds_of_index(void **state)
{
	static const struct {
		const char *name, *set_up;
	} kinds[] = {
		{ "v4", "git update-index --index-version 4" },
		{ "split", "git update-index --split-index && echo x >u2 && git add u2 && git commit -q -m u" },
		{ "untracked", "git update-index --force-untracked-cache && git status >/dev/null" },
		{ "fsmonitor", "git config core.fsmonitor true; printf '#!/bin/sh\\nprintf \"t\\\\0/\\\\0\"\\n' >.git/mon; chmod +x .git/mon; git config core.fsmonitor .git/mon; git update-index --fsmonitor; git status >/dev/null" },
		{ "none", "git config core.fileMode false && git config core.symlinks false" },
		{ "ignorecase", "git config core.ignorecase true" },
		{ "autocrlf", "git config core.autocrlf true && printf '1\\r\\n' >w.txt && git -c core.autocrlf=false add w.txt && git commit -q -m crlf" },
		{ "large", "for i in $(seq 5000); do echo $i >batch/$i; done; git add batch && git commit -q -m batch" },
		{ "skiphash", "git config index.skipHash true && touch q && git add q && git commit -q -m q" },
	};
	static const char *const paths[] = { "a", "exec", "link", "w.crlf", "new", "deleted", "d/e/c", "staged-deleted" };

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(kinds); i++) {
		repo_make(kinds[i].name, "sha1");
		sh("%s", kinds[i].set_up);
		changes_make();
		if (!strcmp(kinds[i].name, "autocrlf"))
			sh("printf '1\\r\\n2\\r\\n' >w.txt && printf 'n\\r\\n' >new");
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = paths, .paths_nr = 8 },
			"{ git add -A a exec link w.crlf new deleted d/e/c; git commit -q -m m --only a exec link w.crlf new deleted d/e/c staged-deleted; }");
		if (!strcmp(kinds[i].name, "autocrlf"))
			compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "w.txt" }, .paths_nr = 1 }, "git commit -q -m m --only w.txt");
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, "git commit -q -m m");
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_ALL }, "git commit -q -a -m m");
	}
}

static void test_refused(void **state)
{
	struct bt_captured c;

	(void)state;
	repo_make("refused", "sha1");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, &c), BT_ERR_NOT_FOUND);
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_ALL }, &c), BT_ERR_NOT_FOUND);
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "a" }, .paths_nr = 1 }, &c), BT_ERR_NOT_FOUND);
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_STAGED, .allow_empty = true }, &c));
	sh("echo i >intended && git add -N intended");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, &c), BT_ERR_NOT_FOUND);
	sh("echo no >x.ignored && mkdir folder.ignored && echo >folder.ignored/x");
	refuse_path("x.ignored", "'x.ignored' is ignored");
	refuse_path("folder.ignored/x", "is ignored");
	refuse_path("folder.ignored", "is ignored");
	refuse_path("nowhere", "'nowhere' did not match");
	refuse_path("d/nowhere", "did not match");
	refuse_path("nowhere*", "did not match");
	refuse_path("../refused-not", "outside");
	refuse_path("/etc/passwd", "outside");
	refuse_path("sub/x", "in submodule");
	sh("echo >sub/x && rm -rf lnk && ln -s d lnk");
	refuse_path("sub/x", "in submodule 'sub'");
	refuse_path("sub/x*", "in submodule");
	refuse_path("lnk/b", "beyond a symbolic link");
	/* git add says nothing, and takes nothing */
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ ".git/config" }, .paths_nr = 1 }, &c), BT_ERR_NOT_FOUND);
	refuse_path("", "empty");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS }, &c), BT_ERR_FAIL);
	sh("echo 2 >a");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_ALL, .message = " \n\t\n", .message_len = 4 }, &c), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "message is empty"));
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_ALL, .message = "a\0b", .message_len = 3 }, &c), BT_ERR_FAIL);
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_ALL, .author = "nobody" }, &c), BT_ERR_FAIL);
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "--all" }, &c), BT_ERR_NOT_FOUND);
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "HEAD:d" }, &c), BT_ERR_FAIL);
	/* conflicts */
	sh("git checkout -q -f main && git checkout -q -b side && echo s >a && git commit -q -a -m s && git checkout -q main && echo m >a && git commit -q -a -m m");
	sh("! git cherry-pick side >/dev/null 2>&1");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, &c), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "unmerged files: 'a'"));
	sh("git cherry-pick --abort; ! git merge side >/dev/null 2>&1 && echo x >a && git add a");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, &c), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "merge is in progress"));
	sh("git merge --abort && echo x >a");
	unsetenv("GIT_COMMITTER_NAME");
	unsetenv("GIT_COMMITTER_EMAIL");
	sh("git config user.useConfigOnly true");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_ALL }, &c), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "no email was given"));
	env_clear();
	sh("chmod 000 a");
	if (geteuid())
		refuse_path("a", "Permission denied");
	sh("chmod 644 a");
	/* a filter that fails, and must not */
	sh("git config filter.up.clean false && git config filter.up.required true && echo 2 >f.up");
	refuse_path("f.up", "clean filter 'up' failed");
}

static void test_first_commit(void **state)
{
	struct bt_captured c;

	(void)state;
	assert_int_equal(chdir(scratch_dir), 0);
	sh("git init -q -b main first && cd first && echo 1 >a && mkdir d && echo 2 >d/b && git add d");
	assert_int_equal(chdir("first"), 0);
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_STAGED }, &c));
	assert_int_equal(c.base.len, 0);
	assert_int_equal(c.files, 1);
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "a" }, .paths_nr = 1 }, &c));
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "." }, .paths_nr = 1 }, &c));
	assert_int_equal(c.files, 2);
	sh("rm .git/index");
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = (const char *[]){ "a" }, .paths_nr = 1 }, &c));
	sh("git fsck --strict --no-dangling");
}

/* Messages and people, to the byte as git has them. */
static void test_messages(void **state)
{
	static const char *const messages[] = {
		"one", "one\n", "\n\n one  \n\n\n\ntwo\t\n \nthree\r\n\n\n", "# not a comment", "a\n\nSigned-off-by: A <a@b>", "subject: with colon",
	};

	(void)state;
	repo_make("messages", "sha1");
	sh("echo 2 >a");
	for (size_t i = 0; i < BT_ARRAY_NR(messages); i++) {
		struct bt_capture_opts o = { .what = BT_CAPTURE_ALL, .message = messages[i], .message_len = strlen(messages[i]) };

		setenv("M", messages[i], 1);
		compare(o, "git commit -q -a -m \"$M\"");
		o.trailers = (const char *[]){ "Reviewed-by: R <r@s>", "Fixes: #1" };
		o.trailers_nr = 2;
		compare(o, "git commit -q -a -m \"$M\" --trailer 'Reviewed-by: R <r@s>' --trailer 'Fixes: #1'");
	}
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_ALL, .author = "B <b@c>" }, "git commit -q -a -m m --author='B <b@c>'");
	sh("git config i18n.commitEncoding ISO-8859-1");
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_ALL, .message = "\xe4", .message_len = 1 }, "git commit -q -a -m \"$(printf '\\344')\"");
	sh("git config i18n.commitEncoding UTF-8");
	for (int i = 0; i < 6; i++) {
		static const char *const dates[] = { "@1700000000 -0730", "2005-04-07T22:13:13", "Thu, 07 Apr 2005 22:13:13 +0200" };

		setenv("GIT_AUTHOR_DATE", dates[i % 3], 1);
		setenv("GIT_COMMITTER_DATE", dates[(i + 1) % 3], 1);
		if (i >= 3) {
			sh("git config user.name ' , Crud. ' && git config user.email \"'a@<b>'\" && git config author.name Writer && git config committer.email c@d");
			for (int k = 0; k < 4; k++)
				unsetenv((const char *[]){ "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL" }[k]);
		}
		compare((struct bt_capture_opts){ .what = BT_CAPTURE_ALL }, "git commit -q -a -m m");
	}
}

static void test_now(void **state)
{
	FIXTURE f;
	BT_FREE char *line = NULL, *ask = NULL;
	char want[256];
	time_t start = time(NULL);

	(void)state;
	repo_make("now", "sha1");
	unsetenv("GIT_AUTHOR_DATE");
	for (int i = 0; i < 3; i++) {
		setenv("TZ", (const char *[]){ "UTC0", "WWW-5:45", "YYY3:30" }[i], 1);
		tzset();
		fixture_open(&f);
		do {
			bt_free_ptr(&line);
			OK(bt_identity(&f.repo, f.conf, BT_AUTHOR, NULL, &line, &err));
			sh_line(want, sizeof(want), "git var GIT_AUTHOR_IDENT");
		} while (strcmp(want, line) && time(NULL) < start + 20);
		assert_string_equal(want, line);
		if (i < 2)
			fixture_close(&f);
	}
	unsetenv("TZ");
	tzset();
}

static void test_existing(void **state)
{
	struct bt_captured c;
	struct bt_oid head;

	(void)state;
	repo_make("existing", "sha1");
	changes_make();
	sh("git commit -q -a -m 'three\n\nbody' --author='B <b@c>'");
	head = oid_of("git rev-parse HEAD");
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "HEAD" }, &c));
	assert_true(bt_oid_equal(&c.commit, &head));
	head = oid_of("git rev-parse HEAD^");
	assert_true(bt_oid_equal(&c.base, &head));
	sh("test %zu = $(git diff-tree -r --no-renames --name-only HEAD^ HEAD | wc -l)", c.files);
	OK(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "HEAD~2" }, &c));
	assert_int_equal(c.base.len, 0);
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "main", .message = "other", .message_len = 5 },
		"git commit -q --amend -m other");
	sh("git commit -q --allow-empty -m empty");
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "HEAD" }, &c), BT_ERR_NOT_FOUND);
	assert_int_equal(try(&(struct bt_capture_opts){ .what = BT_CAPTURE_COMMIT, .commit = "nope" }, &c), BT_ERR_NOT_FOUND);
}

static void test_sparse_and_worktree(void **state)
{
	static const char *const a[] = { "a" }, *const d[] = { "d/b" };

	(void)state;
	repo_make("sparse", "sha1");
	sh("git config index.sparse true && git sparse-checkout set --cone gone 2>/dev/null && echo 2 >a");
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = a, .paths_nr = 1 }, "git commit -q -m m --only a");
	compare((struct bt_capture_opts){ .what = BT_CAPTURE_ALL }, "git commit -q -a -m m");
	sh("mkdir d && echo 2 >d/b");
	refuse_path("d/b", "outside of the sparse checkout");
	refuse_path("d", "outside of the sparse checkout");
	repo_make("with-worktree", "sha1");
	sh("git worktree add -q ../linked-tree 2>/dev/null");
	assert_int_equal(chdir("../linked-tree"), 0);
	sh("echo 2 >d/b && echo 3 >a && git add a");
	{
		FIXTURE f;
		struct bt_captured c;
		char hex[BT_OID_HEX_MAX + 1];

		fixture_open(&f);
		OK(bt_capture(&f.repo, &(struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = d, .paths_nr = 1, .message = "m", .message_len = 1, .conf = f.conf }, &c, &err));
		sh("test \"$(git diff-tree -r --name-only HEAD %s)\" = d/b", bt_oid_hex(&c.commit, hex));
	}
}

/* What is captured stays what it was, and git keeps nothing open for it. */
static void test_many(void **state)
{
	struct bt_capture_item items[300];
	char names[300][32], hex[BT_OID_HEX_MAX + 1];
	const char *paths[300], *two[] = { "d", "new" };
	FIXTURE f;

	(void)state;
	repo_make("many", "sha1");
	changes_make();
	fixture_open(&f);
	for (int i = 0; i < 300; i++) {
		snprintf(names[i], sizeof(names[i]), "batch/%d", i / 2);
		paths[i] = names[i];
		sh("echo %d >%s", i, names[i]);
		items[i].opts = (struct bt_capture_opts){ .what = BT_CAPTURE_PATHS, .paths = &paths[i], .paths_nr = 1, .message = names[i], .message_len = strlen(names[i]), .conf = f.conf };
	}
	items[7].opts.paths = two;	/* not plain */
	items[7].opts.paths_nr = 2;
	paths[8] = "deleted";
	paths[9] = "a";
	OK(bt_capture_many(&f.repo, items, 300, &err));
	for (int i = 0; i < 300; i += i < 12 ? 1 : 50) {
		static const struct bt_oid none;
		BT_FREE char *want = i == 7 ? bt_xstrdup("d/b,d/e/c,d/new,\"d/n\\344me\",new") : bt_xstrdup(paths[i]);

		assert_false(bt_oid_equal(&items[i].result.commit, &none));
		setenv("WANT", want, 1);
		sh("test \"$(git diff-tree -r --name-only HEAD %s | paste -sd, | sed 's/d\\/new,\\(.*\\),new/\\1,d\\/new,new/;s/\\(\"d.*\"\\),d.new/d\\/new,\\1/')\" = \"$WANT\" ||"
		   " { git diff-tree -r --name-only HEAD %s >&2; false; }", bt_oid_hex(&items[i].result.commit, hex), hex);
	}
	sh("git fsck --strict --no-dangling");
	/* all or nothing */
	paths[100] = "nowhere";
	assert_int_equal(bt_capture_many(&f.repo, items, 300, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "commit 101"));
	paths[100] = "x.ignored";
	assert_int_equal(bt_capture_many(&f.repo, items, 300, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "'x.ignored' is ignored"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_staged_and_all, scratch_reset),
		cmocka_unit_test_setup(test_paths, scratch_reset),
		cmocka_unit_test_setup(test_kinds_of_index, scratch_reset),
		cmocka_unit_test_setup(test_refused, scratch_reset),
		cmocka_unit_test_setup(test_first_commit, scratch_reset),
		cmocka_unit_test_setup(test_messages, scratch_reset),
		cmocka_unit_test_setup(test_now, scratch_reset),
		cmocka_unit_test_setup(test_existing, scratch_reset),
		cmocka_unit_test_setup(test_sparse_and_worktree, scratch_reset),
		cmocka_unit_test_setup(test_many, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
