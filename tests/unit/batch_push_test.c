/* core/batch/push*.c: against bare repositories on this machine, servers that refuse, hang and die, and a git that lies. */
#include "tests/unit/git_scratch.h"

#include "core/base/clock.h"
#include "core/batch/push/push.h"
#include "core/batch/push/impl.h"

#define MAIN "refs/heads/main"

static const char *hash_format = "sha1";

struct fixture {
	struct bt_repo repo;
	struct bt_push p;
	struct bt_err err;
};

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

/* A server, a clone `w` with one commit more than it, a stranger's clone; the process stands in `w`. */
static void start(struct fixture *f)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("rm -rf server.git w stranger && git init -q --bare -b main --object-format=%s server.git && git init -q -b main --object-format=%s w &&"
	   " cd w && git remote add origin ../server.git && echo 1 >a && git add a && git commit -q -m one && git push -q origin main &&"
	   " git clone -q ../server.git ../stranger && echo 2 >a && git commit -q -a -m two",
	   hash_format, hash_format);
	assert_int_equal(chdir("w"), 0);
	*f = (struct fixture){ .err = BT_ERR_INIT };
	assert_int_equal(bt_repo_open(&f->repo, NULL, 0, &f->err), 0);
	f->p = (struct bt_push){ .remote = "origin",
				 .ref = MAIN,
				 .commit = rev("main"),
				 .expected = rev("main~"),
				 .timeout_ms = 20000 };
}

static void end(struct fixture *f)
{
	bt_repo_release(&f->repo);
}

static void push(struct fixture *f, enum bt_push_result result)
{
	int rc;

	f->err = (struct bt_err)BT_ERR_INIT;
	rc = bt_push(&f->repo, &f->p, &f->err);
	if (rc)
		fail_msg("error: %s", f->err.msg);
	if (f->p.result != result)
		fail_msg("result %d, wanted %d: %s", f->p.result, result, f->p.detail);
}

static void assert_server(const char *ref, const char *wanted)
{
	struct bt_oid want = *wanted ? rev(wanted) : (struct bt_oid){ .len = 0 };
	struct bt_oid have;

	assert_int_equal(chdir("../server.git"), 0);
	have = rev(ref);
	assert_int_equal(chdir("../w"), 0);
	assert_true(bt_oid_equal(&want, &have));
}

static void server_hook(const char *name, const char *script)
{
	char path[200], text[4096];

	snprintf(path, sizeof(path), "../server.git/hooks/%s", name);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	file_make(path, text, strlen(text));
	sh("chmod +x '%s'", path);
}

/* Found first in PATH; "$GIT" is the real one. */
static void fake(const char *name, const char *script)
{
	char text[9000];

	sh("mkdir -p ../bin");
	snprintf(
		text, sizeof(text),
		"#!/bin/sh\nPATH='%.4000s'\nGIT=git\nhas() { w=$1; shift; for a; do test \"$a\" != \"$w\" || return 0; done; return 1; }\n%s\n",
		getenv("PATH"), script);
	assert_true(!strncmp(name, "../bin/", 7));
	file_make(name, text, strlen(text));
	sh("chmod +x '%s'", name);
	snprintf(text, sizeof(text), "%s/bin:%.4000s", scratch_dir, getenv("PATH"));
	if (!strcmp(name, "../bin/git"))
		setenv("PATH", text, 1);
}

static void test_once(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	push(&f, BT_PUSH_DONE);
	assert_true(bt_oid_equal(&f.p.remote_now, &f.p.commit));
	assert_string_equal(f.p.detail, "");
	assert_server(MAIN, "main");
	push(&f, BT_PUSH_ALREADY);
	/* The tracking branch follows, as after any push. */
	sh("test \"$(git rev-parse main)\" = \"$(git rev-parse origin/main)\"");
	/* A new branch; only if it is not there. */
	f.p.ref = "refs/heads/new";
	f.p.expected.len = 0;
	push(&f, BT_PUSH_DONE);
	assert_server("refs/heads/new", "main");
	end(&f);
}

static void test_stranger(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sh("cd ../stranger && echo s >s && git add s && git commit -q -m stranger && git push -q origin HEAD:main");
	push(&f, BT_PUSH_MOVED);
	assert_true(f.p.remote_now.len && !bt_oid_equal(&f.p.remote_now, &f.p.expected));
	sh("test \"$(git -C ../server.git rev-parse main)\" = \"$(git -C ../stranger rev-parse HEAD)\"");
	end(&f);

	/* Built upon ours: it is there. What the stranger made is not here before it is looked for. */
	start(&f);
	push(&f, BT_PUSH_DONE);
	sh("cd ../stranger && git pull -q --ff-only origin main && echo s >s && git add s && git commit -q -m upon && git push -q origin HEAD:main");
	push(&f, BT_PUSH_ALREADY);
	assert_false(bt_oid_equal(&f.p.remote_now, &f.p.commit));
	end(&f);

	/* Removed there. */
	start(&f);
	sh("git -C ../server.git update-ref -d " MAIN);
	push(&f, BT_PUSH_MOVED);
	assert_int_equal(f.p.remote_now.len, 0);
	assert_server(MAIN, "");
	end(&f);

	/* Made there meanwhile. */
	start(&f);
	f.p.expected.len = 0;
	push(&f, BT_PUSH_MOVED);
	assert_server(MAIN, "main~");
	end(&f);
}

/* A lease would let any commit replace the expected one. */
static void test_fast_forward(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sh("git checkout -q --orphan other && git commit -q -m other");
	f.p.commit = rev("other");
	push(&f, BT_PUSH_MOVED);
	assert_server(MAIN, "main~");
	/* Expected is newer than what is to be pushed, and the remote has both. */
	sh("git push -q origin main");
	f.p.commit = rev("main~");
	f.p.expected = rev("main");
	push(&f, BT_PUSH_ALREADY);
	assert_server(MAIN, "main");
	/* Expected is not here at all. */
	memset(f.p.expected.raw, 0x5a, f.p.expected.len);
	f.p.commit = rev("other");
	push(&f, BT_PUSH_MOVED);
	assert_server(MAIN, "main");
	end(&f);
}

static void test_server_says_no(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	server_hook(
		"pre-receive",
		"printf '\\033[31mno\\033[0m \\033]0;title\\007good\\tpush\\a\\n\\377\\n' >&2; echo second >&2; exit 1");
	push(&f, BT_PUSH_REJECTED);
	assert_string_equal(f.p.detail, "pre-receive hook declined: no good push; ?; second");
	assert_true(bt_oid_equal(&f.p.remote_now, &f.p.expected));
	sh("rm ../server.git/hooks/pre-receive");
	server_hook("update", "exit 1");
	push(&f, BT_PUSH_REJECTED);
	assert_string_equal(f.p.detail, "hook declined: error: hook declined to update " MAIN);
	sh("rm ../server.git/hooks/update && : >../server.git/refs/heads/main.lock");
	push(&f, BT_PUSH_UNREACHABLE);
	sh("rm ../server.git/refs/heads/main.lock");
	push(&f, BT_PUSH_DONE);
	end(&f);

	/* The words of a talkative server are cut, not broken. */
	start(&f);
	server_hook(
		"pre-receive",
		"i=0; while test $i -lt 200; do printf '\\303\\244x'; i=$((i + 1)); done >&2; exit 1");
	push(&f, BT_PUSH_REJECTED);
	assert_in_range(strlen(f.p.detail), sizeof(f.p.detail) - 4, sizeof(f.p.detail) - 1);
	assert_true((f.p.detail[strlen(f.p.detail) - 1] & 0xff) == 0xa4 ||
		    f.p.detail[strlen(f.p.detail) - 1] == 'x');
	end(&f);
}

static void test_server_hangs(void **state)
{
	struct fixture f;
	int64_t before = bt_clock_ms();

	(void)state;
	start(&f);
	server_hook("pre-receive", "echo $$ >pid; exec sleep 60");
	f.p.timeout_ms = 1500;
	push(&f, BT_PUSH_UNREACHABLE);
	assert_in_range(bt_clock_ms() - before, 1400, 20000);
	/* Nothing of it goes on. */
	sh("grep -qs '^State:.*Z' /proc/$(cat ../server.git/pid)/status || ! kill -0 $(cat ../server.git/pid) 2>/dev/null");
	assert_server(MAIN, "main~");
	sh("rm ../server.git/hooks/pre-receive");
	push(&f, BT_PUSH_DONE);
	end(&f);

	/* It has done its work and does not come to an end. */
	start(&f);
	server_hook("post-receive", "exec sleep 60");
	f.p.timeout_ms = 1500;
	push(&f, BT_PUSH_ALREADY);
	assert_server(MAIN, "main");
	end(&f);
}

static void test_answer_lost(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	fake("../bin/git",
	     "has push \"$@\" || exec $GIT \"$@\"; $GIT \"$@\" >/dev/null 2>&1; kill -9 $$");
	push(&f, BT_PUSH_ALREADY);
	assert_server(MAIN, "main");
	end(&f);

	scratch_reset(NULL);
	start(&f);
	fake("../bin/git",
	     "has push \"$@\" || exec $GIT \"$@\"; echo 'fatal: the remote end hung up unexpectedly' >&2; exit 128");
	push(&f, BT_PUSH_UNREACHABLE);
	assert_string_equal(f.p.detail, "fatal: the remote end hung up unexpectedly");
	/* It cannot be asked, either. */
	scratch_reset(NULL);
	assert_int_equal(chdir("w"), 0);
	fake("../bin/git",
	     "has push \"$@\" || has ls-remote \"$@\" || exec $GIT \"$@\"; echo 'fatal: the remote end hung up unexpectedly' >&2; exit 128");
	push(&f, BT_PUSH_UNKNOWN);
	/* It did not even begin. */
	scratch_reset(NULL);
	assert_int_equal(chdir("w"), 0);
	fake("../bin/git",
	     "has push \"$@\" || has ls-remote \"$@\" || exec $GIT \"$@\"; echo 'fatal: Could not read from remote repository.' >&2; exit 128");
	push(&f, BT_PUSH_UNREACHABLE);
	end(&f);
}

static void test_garbage(void **state)
{
	static const char *const scripts[] = {
		"echo Done; exit 0",
		"exit 0",
		"head -c 300000 /dev/urandom; exit 0",
		"head -c 300000 /dev/urandom >&2; exit 3",
		"printf '*\\n*\\t*\\t\\n!\\tx:refs/heads/main\\t[rejected]\\nDone\\n'; exit 0",
		"printf ' \\trefs/heads/main:refs/heads/main\\ta..b\\n'",
		"for a; do :; done; printf '*\\t%s\\t[new branch]\\n*\\t%s\\t[new branch]\\nDone\\n' \"$a\" \"$a\"; exit 0",
		"for a; do :; done; printf '*\\t%s\\t[new branch]\\n' \"$a\"; exit 1",
		"yes",
	};
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < BT_ARRAY_NR(scripts); i++) {
		char text[1000];

		scratch_reset(NULL);
		assert_int_equal(chdir("w"), 0);
		snprintf(text, sizeof(text), "has push \"$@\" || exec $GIT \"$@\"\n%s", scripts[i]);
		fake("../bin/git", text);
		push(&f, BT_PUSH_UNREACHABLE);
		for (const char *c = f.p.detail; *c; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
	}
	end(&f);
}

static void test_ssh(void **state)
{
	static const char *const dies[] = { "exit 255",
					    "echo 'Permission denied (publickey).' >&2; exit 255",
					    "kill -9 $$" };
	struct fixture f;

	(void)state;
	start(&f);
	sh("git config remote.origin.url ssh://host.invalid/x && mkdir -p ../bin");
	for (size_t i = 0; i < BT_ARRAY_NR(dies); i++) {
		fake("../bin/ssh", dies[i]);
		sh("git config core.sshCommand '\"%s/bin/ssh\"'", scratch_dir);
		push(&f, BT_PUSH_UNREACHABLE);
		assert_true(*f.p.detail);
	}
	/* The user's own command is the one that runs, without a terminal. */
	fake("../bin/ssh",
	     "{ true </dev/tty; } 2>/dev/null && exit 1; exec git receive-pack ../server.git");
	push(&f, BT_PUSH_DONE);
	fake("../bin/ssh", "echo garbage");
	push(&f, BT_PUSH_UNKNOWN);
	fake("../bin/ssh", "exec sleep 60");
	f.p.timeout_ms = 700;
	push(&f, BT_PUSH_UNKNOWN);
	end(&f);
}

static void test_unreachable(void **state)
{
	struct bt_oid oid;
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(bt_push_look(&f.repo, "origin", MAIN, 0, &oid, &f.err), BT_ROW);
	assert_true(bt_oid_equal(&oid, &f.p.expected));
	/* The whole name counts: git's own pattern would take any that end in it. */
	sh("git push -q origin main:refs/heads/refs/heads/tail");
	assert_int_equal(bt_push_look(&f.repo, "origin", "refs/heads/tail", 0, &oid, &f.err),
			 BT_DONE);
	sh("mv ../server.git ../gone.git");
	push(&f, BT_PUSH_UNREACHABLE);
	assert_int_equal(bt_push_look(&f.repo, "origin", MAIN, 0, &oid, &f.err), BT_ERR_BUSY);
	assert_int_equal(bt_push_fetch(&f.repo, "origin", MAIN, 0, &oid, &f.err), BT_ERR_BUSY);
	sh("rm -rf ../server.git && mv ../gone.git ../server.git");
	push(&f, BT_PUSH_DONE);
	end(&f);
}

static void test_hooks_here(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sh("mkdir -p .git/hooks && printf '#!/bin/sh\\necho \"$BATHO_QUEUE_PUSH $1\" >>ran; cat >>ran; pwd >>ran\\n' >.git/hooks/pre-push && chmod +x .git/hooks/pre-push");
	f.p.run_hooks = true;
	push(&f, BT_PUSH_DONE);
	sh("test \"$(sed -n 1p ran)\" = '1 origin' && test \"$(sed -n '$p' ran)\" = \"$(pwd -P)\" && grep -q \"$(git rev-parse main) " MAIN
	   "\" ran");
	sh("rm ran && git -C ../server.git update-ref " MAIN " main~");
	f.p.run_hooks = false;
	push(&f, BT_PUSH_DONE);
	sh("test ! -e ran && git -C ../server.git update-ref " MAIN " main~");
	/* Where the configuration says, and it says no. */
	sh("mkdir ../hooks && printf '#!/bin/sh\\necho not today >&2; exit 1\\n' >../hooks/pre-push && chmod +x ../hooks/pre-push &&"
	   " git config core.hooksPath ../hooks");
	f.p.run_hooks = true;
	push(&f, BT_PUSH_REJECTED);
	assert_string_equal(f.p.detail, "not today");
	sh("printf '#!/bin/sh\\nexit 1\\n' >../hooks/pre-push");
	push(&f, BT_PUSH_REJECTED);
	assert_string_equal(f.p.detail, "the pre-push hook says no");
	assert_server(MAIN, "main~");
	sh("rm -rf ../hooks");
	end(&f);
}

static void test_tag(void **state)
{
	const char *const options[] = { "ci.variable=x=y z", "-x", NULL };
	struct fixture f;

	(void)state;
	start(&f);
	sh("git tag -a -m t t main && git tag -a -m u u main~ && git -C ../server.git config receive.advertisePushOptions true");
	server_hook(
		"pre-receive",
		"echo \"$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1\" >options");
	f.p.ref = "refs/tags/t";
	f.p.commit = rev("t");
	f.p.create_only = true;
	f.p.options = options;
	assert_int_equal(bt_push(&f.repo, &f.p, &f.err),
			 BT_ERR_FAIL); /* with a value it must have */
	f.p.expected.len = 0;
	push(&f, BT_PUSH_DONE);
	sh("test \"$(cat ../server.git/options)\" = '2 ci.variable=x=y z -x'");
	push(&f, BT_PUSH_ALREADY);
	f.p.commit = rev("u");
	push(&f, BT_PUSH_REJECTED);
	assert_string_equal(f.p.detail, "'refs/tags/t' is there already, with another value");
	assert_server("refs/tags/t", "t");
	end(&f);
}

static const char *const bad_remotes[] = {
	"", "-x", "--upload-pack=touch x", "--receive-pack=touch x", "ext::sh -c 'touch x'", "../server.git",
	"/tmp", ".", "..", "origin/", "/origin", "a=b", "file:///x", "https://example.com/x", "host:x", "ori\tgin",
	"ori\ngin", "origin ", "\033[31m", "unknown", "Origin", "refs", "ori*", "origin.url",
};
static const char *const bad_refs[] = {
	"", "main", "HEAD", "heads/main", "-refs/heads/main", "--all", "+refs/heads/main", ":refs/heads/main",
	"refs/heads/main:refs/heads/x", "refs/heads/^x", "refs/heads/x~1", "refs/heads/*", "refs/heads/x y",
	"refs/heads/x\ny", "refs/heads/..", "refs/heads/x.lock", "refs/heads/", "refs//heads/x", "refs/heads/@{x",
	"refs/heads/\033[0m", "refs/heads/\177",
};

static void test_injection(void **state)
{
	const char *const options[] = { "a\nb", NULL };
	struct bt_oid oid;
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < BT_ARRAY_NR(bad_remotes) + BT_ARRAY_NR(bad_refs); i++) {
		f.p.remote = i < BT_ARRAY_NR(bad_remotes) ? bad_remotes[i] : "origin";
		f.p.ref = i < BT_ARRAY_NR(bad_remotes) ? MAIN : bad_refs[i - BT_ARRAY_NR(bad_remotes)];
		f.err = (struct bt_err)BT_ERR_INIT;
		assert_int_equal(bt_push(&f.repo, &f.p, &f.err), BT_ERR_FAIL);
		for (const char *c = f.err.msg; *c; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
		assert_true(strstr(f.err.msg, "is no name of a remote") ||
			    strstr(f.err.msg, "is not configured") ||
			    strstr(f.err.msg, "is no full name of a ref"));
		assert_int_equal(bt_push_look(&f.repo, f.p.remote, f.p.ref, 0, &oid, &f.err),
				 BT_ERR_FAIL);
		assert_int_equal(bt_push_fetch(&f.repo, f.p.remote, f.p.ref, 0, &oid, &f.err),
				 BT_ERR_FAIL);
	}
	f.p.remote = "origin";
	f.p.ref = MAIN;
	f.p.options = options;
	assert_int_equal(bt_push(&f.repo, &f.p, &f.err), BT_ERR_FAIL);
	f.p.options = NULL;
	/* A configured name with an address that is a command, an option or two. */
	sh("git config remote.origin.url \"ext::sh -c 'touch x'\"");
	assert_int_equal(bt_push(&f.repo, &f.p, &f.err), BT_ERR_FAIL);
	sh("git config remote.origin.url '--upload-pack=touch x'");
	assert_int_equal(bt_push(&f.repo, &f.p, &f.err), BT_ERR_FAIL);
	sh("git config remote.origin.url ../server.git && git config url.ext::sh.pushInsteadOf ../server");
	assert_int_equal(bt_push(&f.repo, &f.p, &f.err), BT_ERR_FAIL);
	sh("git config --remove-section url.ext::sh && git config url.ext::sh.insteadOf ../server");
	push(&f, BT_PUSH_UNREACHABLE);
	sh("git config --remove-section url.ext::sh && git config --add remote.origin.url ../stranger");
	assert_int_equal(bt_push(&f.repo, &f.p, &f.err), BT_ERR_FAIL);
	assert_string_equal(
		f.err.msg,
		"remote 'origin' has several addresses to push to: once is not possible there");
	sh("test ! -e x && test ! -e ../server.git/x");
	assert_server(MAIN, "main~");
	end(&f);
}

/* What is asked is the place that is pushed to. */
static void test_push_address(void **state)
{
	struct bt_oid oid;
	struct fixture f;

	(void)state;
	start(&f);
	sh("rm -rf ../mirror.git && git clone -q --mirror ../server.git ../mirror.git && git config remote.origin.url ../mirror.git &&"
	   " git config remote.origin.pushurl ../server.git");
	push(&f, BT_PUSH_DONE);
	assert_server(MAIN, "main");
	assert_int_equal(bt_push_look(&f.repo, "origin", MAIN, 0, &oid, &f.err), BT_ROW);
	assert_true(bt_oid_equal(&oid, &f.p.commit));
	assert_int_equal(bt_push_fetch(&f.repo, "origin", MAIN, 0, &oid, &f.err), 0);
	assert_true(bt_oid_equal(&oid, &f.p.commit));
	sh("git config --unset remote.origin.pushurl && git config url.../server.pushInsteadOf ../mirror");
	assert_int_equal(bt_push_look(&f.repo, "origin", MAIN, 0, &oid, &f.err), BT_ROW);
	assert_true(bt_oid_equal(&oid, &f.p.commit));
	end(&f);
}

/* One ref moves here, one there, whatever is configured. */
static void test_nothing_else(void **state)
{
	struct bt_oid oid;
	struct fixture f;

	(void)state;
	start(&f);
	sh("git tag -a -m t t && git branch other && git config push.followTags true && git config remote.origin.mirror true");
	push(&f, BT_PUSH_DONE);
	sh("test \"$(git -C ../server.git for-each-ref --format='%%(refname)')\" = " MAIN);
	end(&f);

	start(&f);
	sh("cd ../stranger && git commit -q --allow-empty -m s && git tag -a -m s s && git push -q --follow-tags origin HEAD:main HEAD:side");
	sh("git config remote.origin.prune true && git config remote.origin.tagOpt --tags && git config fetch.writeCommitGraph true &&"
	   " git update-ref refs/remotes/origin/dead main && git for-each-ref >../before");
	assert_int_equal(bt_push_fetch(&f.repo, "origin", MAIN, 0, &oid, &f.err), 0);
	sh("git for-each-ref | grep -v ' commit\trefs/batho/remote/origin/heads/main$' >../after; cmp ../before ../after && test ! -e .git/FETCH_HEAD &&"
	   " test \"$(git rev-parse refs/batho/remote/origin/heads/main)\" = \"$(git -C ../stranger rev-parse HEAD)\"");
	/* Moved back there: it follows. */
	sh("git -C ../server.git update-ref " MAIN " main~");
	assert_int_equal(bt_push_fetch(&f.repo, "origin", MAIN, 0, &oid, &f.err), 0);
	assert_true(bt_oid_equal(&oid, &f.p.expected));
	assert_int_equal(bt_push_fetch(&f.repo, "origin", "refs/heads/none", 0, &oid, &f.err),
			 BT_ERR_NOT_FOUND);
	end(&f);
}

static void test_ancestor(void **state)
{
	struct bt_oid a, b;
	struct fixture f;

	(void)state;
	start(&f);
	a = rev("main~");
	b = rev("main");
	assert_int_equal(bt_is_ancestor(&f.repo, &a, &b, &f.err), BT_ROW);
	assert_int_equal(bt_is_ancestor(&f.repo, &a, &a, &f.err), BT_ROW);
	assert_int_equal(bt_is_ancestor(&f.repo, &b, &a, &f.err), BT_DONE);
	memset(a.raw, 1, a.len);
	assert_int_equal(bt_is_ancestor(&f.repo, &b, &a, &f.err), BT_ERR_NOT_FOUND);
	assert_int_equal(bt_is_ancestor(&f.repo, &a, &b, &f.err), BT_ERR_NOT_FOUND);
	end(&f);
}

static void test_clean(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "\033[1;31mred\033[m   ", "red" },
		{ "\033", "" },
		{ "\033[", "" },
		{ "\033]8;;http://x\033\\link\033]8;;\033\\", "link" },
		{ "a\033(Bb", "aBb" },
		{ "\303\244\200\302\233x\342\200\256y", "\303\244?xy" },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

		bt_push_clean(&out, cases[i].in, strlen(cases[i].in));
		assert_string_equal(bt_buf_cstr(&out), cases[i].out);
	}
}

static void test_sha256(void **state)
{
	hash_format = "sha256";
	test_once(state);
	test_stranger(state);
	test_tag(state);
	hash_format = "sha1";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_once, scratch_reset),
		cmocka_unit_test_setup(test_stranger, scratch_reset),
		cmocka_unit_test_setup(test_fast_forward, scratch_reset),
		cmocka_unit_test_setup(test_server_says_no, scratch_reset),
		cmocka_unit_test_setup(test_server_hangs, scratch_reset),
		cmocka_unit_test_setup(test_answer_lost, scratch_reset),
		cmocka_unit_test_setup(test_garbage, scratch_reset),
		cmocka_unit_test_setup(test_ssh, scratch_reset),
		cmocka_unit_test_setup(test_unreachable, scratch_reset),
		cmocka_unit_test_setup(test_hooks_here, scratch_reset),
		cmocka_unit_test_setup(test_tag, scratch_reset),
		cmocka_unit_test_setup(test_injection, scratch_reset),
		cmocka_unit_test_setup(test_push_address, scratch_reset),
		cmocka_unit_test_setup(test_nothing_else, scratch_reset),
		cmocka_unit_test_setup(test_ancestor, scratch_reset),
		cmocka_unit_test_setup(test_clean, scratch_reset),
		cmocka_unit_test_setup(test_sha256, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_push", tests, scratch_setup, scratch_teardown);
}
