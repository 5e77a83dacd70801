/* core/batch/verify*.c: in repositories on this machine, with commands and hooks that fail, hang, shout, multiply and destroy. */
#include "tests/unit/git_scratch.h"

#include <dirent.h>
#include <sys/wait.h>

#include "core/base/clock.h"
#include "core/batch/verify_impl.h"

static const char *hash_format = "sha1";
static char program[4200];	/* git-batho as it was built */
/* Seconds that no other process of this machine sleeps: "sleep $NAP" is ours. */
static char nap[40];

struct fixture {
	struct bt_repo repo;
	struct bt_conf *conf;
	struct bt_queue *q;
	struct bt_batch_settings settings;
	struct bt_batch batch;
	struct bt_run run;
	struct bt_verdict v;
	struct bt_err err;
	char told[4096];
};

static void tell(void *ctx, const char *line)
{
	struct fixture *f = ctx;
	size_t len = strlen(f->told);

	snprintf(f->told + len, sizeof(f->told) - len, "%s\n", line);
}

static struct bt_oid rev(const char *spec)
{
	char command[4300], line[128];
	struct bt_err err = BT_ERR_INIT;
	struct bt_oid oid = { .len = 0 };

	if (!*spec)
		return oid;
	snprintf(command, sizeof(command), "git rev-parse --verify -q '%s'", spec);
	sh_line(line, sizeof(line), command);
	assert_int_equal(bt_oid_parse(line, strlen(line), &oid, &err), 0);
	return oid;
}

/* The repository of the current folder. */
static void open_here(struct fixture *f)
{
	BT_FREE char *dir = NULL;

	*f = (struct fixture){ .err = BT_ERR_INIT };
	assert_int_equal(bt_repo_open(&f->repo, NULL, 0, &f->err), 0);
	dir = bt_xasprintf("%s/batho", f->repo.common_dir);
	assert_int_equal(bt_folder_make(dir, 0700, NULL, &f->err), 0);
	if (bt_queue_open(dir, BT_QUEUE_WRITE, 0, BT_QUEUE_BUSY_MS, &f->q, &f->err))
		fail_msg("%s", f->err.msg);
	assert_int_equal(bt_conf_open_listed("", 0, NULL, NULL, &f->conf, &f->err), 0);
	f->settings = (struct bt_batch_settings){ .hooks = BT_BATCH_HOOKS_PER_BATCH, .verify_timeout_s = 20 };
	f->batch = (struct bt_batch){ .id = 7, .kind = BT_ACTION_COMMIT, .lane = "refs/heads/main" };
	f->run = (struct bt_run){ .repo = &f->repo, .conf = f->conf, .q = f->q, .settings = &f->settings,
				  .program = program, .tell = tell, .tell_ctx = f };
}

/* A repository `w` with two commits and what they need; the process stands in it. */
static void start(struct fixture *f)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("rm -rf w log elsewhere && git init -q -b main --object-format=%s w && cd w && echo 1 >a && mkdir d && echo 1 >d/b && git add . &&"
	   " git commit -q -m one && echo 2 >a && git rm -q d/b && echo 1 >c && git add . && git commit -q -m two",
	   hash_format);
	assert_int_equal(chdir("w"), 0);
	open_here(f);
}

static void end(struct fixture *f)
{
	bt_verify_end(&f->run);
	bt_queue_free(&f->q);
	bt_conf_free(&f->conf);
	bt_repo_release(&f->repo);
}

static int judge_rc(struct fixture *f, const char *base, const char *commit)
{
	struct bt_oid from = rev(base), to = rev(commit);

	f->told[0] = '\0';
	f->err = (struct bt_err)BT_ERR_INIT;
	return bt_verify(&f->run, &f->batch, &from, &to, &f->v, &f->err);
}

static void judge(struct fixture *f, const char *base, const char *commit)
{
	if (judge_rc(f, base, commit))
		fail_msg("error: %s", f->err.msg);
}

static void assert_passes(struct fixture *f, const char *base, const char *commit)
{
	judge(f, base, commit);
	if (!f->v.passed)
		fail_msg("%s says no: %s", f->v.judge, f->v.detail);
}

/* detail: what the reason has in it. */
static void assert_refuses(struct fixture *f, const char *base, const char *commit, const char *who, const char *detail)
{
	judge(f, base, commit);
	assert_false(f->v.passed);
	assert_string_equal(f->v.judge, who);
	if (!strstr(f->v.detail, detail))
		fail_msg("'%s' is not in '%s'", detail, f->v.detail);
	for (const char *p = f->v.detail; *p; p++)
		assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void hook(const char *name, const char *script)
{
	char path[200], text[4096];

	snprintf(path, sizeof(path), ".git/hooks/%s", name);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	file_make(path, text, strlen(text));
	sh("chmod +x '%s'", path);
}

/* Everything that a gate leaves: folders, lock files, what git knows of worktrees. */
static unsigned places(void)
{
	char line[64];

	sh_line(line, sizeof(line),
		"c=$(git rev-parse --git-common-dir); { ls \"$c/batho\" \"$c/worktrees\" 2>/dev/null | grep ^gate-; git worktree list | grep gate-; } | wc -l");
	return (unsigned)atoi(line);
}

static bool is_napping(void)
{
	return sh_ok("ps -e -o args | grep -q \"^sleep $NAP\"");
}

/* A process that was killed may take its time. */
static void assert_naps_end(void)
{
	int64_t until = bt_clock_ms() + 5000;

	while (is_napping())
		assert_true(bt_clock_ms() < until);
}

static unsigned lines_of(const char *path)
{
	size_t len, nr = 0;
	char *text;

	if (access(path, F_OK))
		return 0;
	text = file_bytes(path, &len);
	for (size_t i = 0; i < len; i++)
		nr += text[i] == '\n';
	free(text);
	return (unsigned)nr;
}

static bool event_has(struct fixture *f, const char *what)
{
	struct bt_arena arena = { NULL };
	struct bt_event *list;
	size_t nr;
	bool found = false;

	assert_int_equal(bt_queue_events(f->q, 0, 100, &arena, &list, &nr, &f->err), 0);
	for (size_t i = 0; i < nr; i++)
		found = found || (list[i].batch == 7 && !strcmp(list[i].what, "gate") && strstr(list[i].detail, what));
	bt_arena_release(&arena);
	return found;
}

/* --- the command --- */

static void test_command(void **state)
{
	struct fixture f;
	char cwd[4200];

	(void)state;
	start(&f);
	setenv("GIT_INDEX_FILE", "/nonexistent/index", 1);
	setenv("BATHO_QUEUE_FENCE", "5", 1);
	f.settings.verify = "env | grep -e ^GIT_DIR -e ^GIT_INDEX -e ^GIT_WORK -e ^GIT_PREFIX -e FENCE && exit 1;"
			    " test \"$(cat a)\" = 2 && test -f c && test ! -e d && test -z \"$(git status --porcelain)\" &&"
			    " test \"$(git rev-parse HEAD)\" = $BATHO_COMMIT && ! git symbolic-ref -q HEAD &&"
			    " test \"$(git rev-parse $BATHO_COMMIT~)\" = $BATHO_BASE && test $BATHO_REF = refs/heads/main &&"
			    " test $BATHO_BATCH = 7 && pwd >../../../../log && git worktree list --porcelain | grep -q '^locked git-batho'";
	assert_passes(&f, "main~", "main");
	unsetenv("GIT_INDEX_FILE");
	unsetenv("BATHO_QUEUE_FENCE");
	sh_line(cwd, sizeof(cwd), "cat ../log");
	assert_non_null(strstr(cwd, "/w/.git/batho/gate-"));
	assert_int_equal(places(), 4);
	bt_verify_end(&f.run);
	assert_int_equal(places(), 0);
	sh("test -z \"$(git status --porcelain)\" && git fsck --strict >/dev/null 2>&1 && test ! -e .git/worktrees");

	f.settings.verify = "test -z \"$BATHO_BASE\"";
	assert_passes(&f, "", "main");
	f.settings.verify = "exit 1";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 1");
	f.settings.verify = "kill -9 $$";
	assert_refuses(&f, "main~", "main", "batch.verify", "signal 9");
	f.settings.verify = "no-such-command-here";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 127");
	assert_non_null(strstr(f.v.detail, "no-such-command-here"));
	end(&f);
	assert_int_equal(places(), 0);
}

static void test_words(void **state)
{
	static const char *const cases[][2] = {
		{ "echo first; echo last", "status 3: last" },
		{ "echo last; echo; echo '---'; echo ' }'", "status 3: last" },
		{ "printf '\\033[31mred\\033[0m words\\n'", "status 3: red words" },
		{ "printf '10%%\\r20%%\\rover\\r\\n'", "status 3: over" },
		{ "echo 'test x failed'; echo 'make[1]: *** [x] Error 1' >&2; echo 'make: *** [all] Error 2' >&2", "status 3: test x failed" },
		{ "echo 'make: *** No rule' >&2", "status 3: make: *** No rule" },
		{ "printf 'no newline'", "status 3: no newline" },
		{ "printf 'a\\001\\302\\233\\342\\200\\256b'", "status 3: ab" },
		{ "echo out; echo err >&2; echo out again", "status 3: out again" },
		{ "", "status 3" },
	};
	struct fixture f;
	char command[400];

	(void)state;
	start(&f);
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		snprintf(command, sizeof(command), "%s\nexit 3", cases[i][0]);
		f.settings.verify = command;
		judge(&f, "main~", "main");
		assert_false(f.v.passed);
		assert_string_equal(f.v.detail, cases[i][1]);
	}
	/* One long line: cut between characters. */
	f.settings.verify = "i=0; while test $i -lt 600; do printf '\\303\\244'; i=$((i + 1)); done; exit 1";
	judge(&f, "main~", "main");
	assert_false(f.v.passed);
	assert_int_equal(strlen(f.v.detail), strlen("status 1: ") + (479 - strlen("status 1: ")) / 2 * 2);
	end(&f);
}

static void test_cache(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.settings.verify = "echo x >>../../../../log";
	assert_passes(&f, "main~", "main");
	assert_passes(&f, "main~", "main");
	assert_int_equal(lines_of("../log"), 1);
	/* Another commit with the same tree. */
	sh("git commit -q --amend -m reworded");
	assert_passes(&f, "main~", "main");
	assert_int_equal(lines_of("../log"), 1);
	f.batch.id = 8;
	assert_passes(&f, "main~", "main");
	assert_int_equal(lines_of("../log"), 1);
	assert_passes(&f, "", "main~");
	assert_int_equal(lines_of("../log"), 2);
	f.settings.verify = "echo x >>../../../../log ";
	assert_passes(&f, "", "main");
	assert_int_equal(lines_of("../log"), 3);
	/* What is known makes no worktree. */
	bt_verify_end(&f.run);
	assert_passes(&f, "", "main");
	assert_int_equal(places(), 0);
	/* A no is one for its batch alone. */
	f.settings.verify = "echo x >>../../../../log; exit 1";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 1");
	assert_refuses(&f, "main~", "main", "batch.verify", "before");
	assert_int_equal(lines_of("../log"), 4);
	f.batch.id = 9;
	assert_refuses(&f, "main~", "main", "batch.verify", "status 1");
	assert_int_equal(lines_of("../log"), 5);
	/* Neither signals nor what could not be run. */
	f.settings.verify = "echo x >>../../../../log; kill -TERM $$";
	assert_refuses(&f, "main~", "main", "batch.verify", "signal 15");
	assert_refuses(&f, "main~", "main", "batch.verify", "signal 15");
	assert_int_equal(lines_of("../log"), 7);
	f.settings.verify = "echo x >>../../../../log; exit 127";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 127");
	assert_refuses(&f, "main~", "main", "batch.verify", "status 127");
	assert_int_equal(lines_of("../log"), 9);
	end(&f);
}

static void test_hangs(void **state)
{
	struct fixture f;
	int64_t began = bt_clock_ms();

	(void)state;
	start(&f);
	f.settings.verify_timeout_s = 1;
	f.settings.verify = "echo x >>../../../../log; trap '' TERM; echo waiting; sleep $NAP & sleep $NAP; sleep $NAP";
	assert_refuses(&f, "main~", "main", "batch.verify", "timed out after 1 s: waiting");
	assert_refuses(&f, "main~", "main", "batch.verify", "timed out after 1 s");
	assert_int_equal(lines_of("../log"), 2);
	assert_true(bt_clock_ms() - began < 8000);
	assert_naps_end();
	end(&f);
}

/* Processes that outlive the command hold its output open, and are killed. */
static void test_children(void **state)
{
	struct fixture f;
	int64_t began = bt_clock_ms();

	(void)state;
	start(&f);
	f.settings.verify = "sleep $NAP & (sleep $NAP; touch ../../../../log) & (while :; do sleep $NAP; done) & exit 0";
	assert_passes(&f, "main~", "main");
	assert_true(bt_clock_ms() - began < 5000);
	assert_naps_end();
	/* One that has left the group is nobody's; nobody waits for it. */
	f.settings.verify = "setsid sh -c 'sleep 3' & echo said; exit 4";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 4: said");
	assert_true(bt_clock_ms() - began < 5000);
	end(&f);
	assert_int_equal(places(), 0);
}

static void test_shouts(void **state)
{
	static const char *const argv[] = { "head", "-c", "20000000", "/dev/zero", NULL };
	struct gate_place nowhere = { .lock = -1 };
	struct bt_child_opts o = { .argv = argv };
	struct gate_end said;
	struct fixture f;

	(void)state;
	start(&f);
	f.settings.verify = "head -c 100000000 /dev/zero | tr '\\0' 'x'; echo; echo at last; exit 1";
	assert_refuses(&f, "main~", "main", "batch.verify", "at last");
	f.settings.verify = "head -c 100000000 /dev/zero | tr '\\0' '\\n' >&2; exit 1";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 1");
	f.settings.verify = "yes & yes >&2 & exit 0";
	assert_passes(&f, "main~", "main");
	/* No more of it is held than is needed for a line. */
	assert_int_equal(gate_child_run(&nowhere, &o, 20, &said, &f.err), 0);
	assert_true(said.said.len > 0 && said.said.len <= (size_t)256 << 10);
	gate_end_release(&said);
	end(&f);
}

/* The worktree is used again, and is as new. */
static void test_again(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sh("echo '*.o' >.gitignore && git add . && git commit -q -m three");
	f.settings.verify = "pwd >>../../../../log; test \"$(cat a)\" = 2 && test -z \"$(git status --porcelain --ignored)\" &&"
			    " echo other >a && rm c && mkdir -p n/m && echo u >n/m/u && echo o >x.o && git init -q sub && git update-index --assume-unchanged a &&"
			    " touch .git-x && touch \"$(git rev-parse --git-dir)/index.lock\" && git symbolic-ref HEAD refs/heads/topic";
	assert_passes(&f, "main~", "main");
	f.settings.verify = "pwd >>../../../../log; test \"$(cat a)\" = 1 && test -f d/b && test ! -e c && test -z \"$(git status --porcelain --ignored)\" &&"
			    " test \"$(git rev-parse HEAD)\" = $BATHO_COMMIT && ! git symbolic-ref -q HEAD && test \"$(ls -A | sort | tr '\\n' ' ')\" = '.git a d '";
	assert_passes(&f, "", "main~2");
	sh("test \"$(sort -u ../log | wc -l)\" = 1 && test \"$(wc -l <../log)\" = 2 && ! git rev-parse -q --verify topic");
	/* Damaged in ways that cannot be cleaned: it is made anew. */
	static const char *const damage[] = {
		"d=$PWD; cd /; rm -rf \"$d\"",
		"echo 'gitdir: /nonexistent' >.git",
		"rm -rf .git && git init -q .",
		"rm -rf \"$(git rev-parse --git-dir)\"",
		"git worktree unlock . && git worktree remove --force --force .",
		"echo garbage >\"$(git rev-parse --git-dir)/index\"; echo garbage >\"$(git rev-parse --git-dir)/batho-index\"",
		"rm \"$(git rev-parse --git-dir)/HEAD\"",
		"mkdir -p ro/x && chmod 500 ro/x ro",
		"echo hidden >a && git update-index --assume-unchanged a",
		"rm c && git update-index --skip-worktree c",
		"echo 'c' >>\"$(git rev-parse --git-common-dir)/info/exclude\"; git rm -q --cached c; echo more >>c",
		"git config core.sparseCheckout true; mkdir -p \"$(git rev-parse --git-dir)/info\" &&"
		" echo /a >\"$(git rev-parse --git-dir)/info/sparse-checkout\"; git read-tree -mu HEAD",
	};
	for (size_t i = 0; i < BT_ARRAY_NR(damage); i++) {
		char command[600];

		f.settings.verify = damage[i];
		assert_passes(&f, "main~", "main");
		snprintf(command, sizeof(command), "test \"$(cat a)\" = 2 && test -f c && test -z \"$(git status --porcelain --ignored)\" # %zu", i);
		f.settings.verify = command;
		assert_passes(&f, "main~", "main");
	}
	sh("test \"$(cat a)\" = 2 && test -z \"$(git status --porcelain)\"");
	end(&f);
	assert_int_equal(places(), 0);
}

/* Whoever dies leaves a worktree and a command that runs; the next one that judges takes both away. */
static void test_crash(void **state)
{
	struct fixture f;
	int status;
	pid_t pid;

	(void)state;
	start(&f);
	end(&f);
	pid = fork();
	if (!pid) {
		open_here(&f);
		f.settings.verify = "touch ../../../../log; sleep $NAP & sleep $NAP";
		judge_rc(&f, "main~", "main");
		_exit(0);
	}
	while (access("../log", F_OK))
		usleep(10000);
	assert_int_equal(places(), 4);
	open_here(&f);
	/* Alive: it is left alone. */
	f.settings.verify = "true";
	assert_passes(&f, "main~", "main");
	end(&f);
	assert_int_equal(places(), 4);
	assert_true(is_napping());
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* Half-made ones as well: a lock file alone, a folder alone, what git knows alone or without its end. */
	sh("b=.git/batho; touch $b/gate-999-1.lock && mkdir $b/gate-999-2 && touch $b/gate-999-2/f $b/gate-999-2.lock &&"
	   " git worktree add -q --detach --lock $b/gate-999-3 && touch $b/gate-999-3.lock && rm -r $b/gate-999-3 &&"
	   " mkdir .git/worktrees/gate-999-4 && echo initializing >.git/worktrees/gate-999-4/locked && touch $b/gate-999-4.lock &&"
	   " git worktree add -q --detach ../elsewhere/gate-999-5 && touch $b/gate-999-5.lock && touch $b/gate-notes $b/gate-1-2.txt");
	open_here(&f);
	f.settings.verify = NULL;
	assert_passes(&f, "main~", "main");
	assert_naps_end();
	sh("test -f .git/batho/gate-notes && rm .git/batho/gate-notes .git/batho/gate-1-2.txt && git -C ../elsewhere/gate-999-5 status >/dev/null &&"
	   " git worktree remove ../elsewhere/gate-999-5");
	assert_int_equal(places(), 0);
	end(&f);
}

/* --- the built-in check --- */

#define CONFLICT "printf '<<<<<<< x\\na = 1\\n=======\\na = 2\\n>>>>>>> y\\n'"

static void test_check(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.settings.check = true;
	assert_passes(&f, "main~", "main");
	sh(CONFLICT " >b.py && git add . && git commit -q -m three");
	judge(&f, "main~", "main");
	assert_false(f.v.passed);
	assert_string_equal(f.v.judge, "check");
	assert_string_equal(f.v.detail, "b.py:1: a merge conflict is not resolved [conflict-marker]");
	assert_refuses(&f, "main~2", "main", "check", "b.py:1:");
	assert_refuses(&f, "", "main", "check", "b.py:1:");
	/* What is there already is held against nobody; neither is what the branch below it is free of. */
	sh("echo 3 >a && git commit -q -a -m four");
	assert_passes(&f, "main~", "main");
	assert_passes(&f, "", "main~2");
	/* The policy is the base's. */
	sh("git reset -q --hard HEAD~2 && mkdir .batho && printf '[check]\nfailOn = never\n' >.batho/config.ini && " CONFLICT
	   " >b.py && git add . && git commit -q -m lax");
	assert_refuses(&f, "main~", "main", "check", "b.py:1:");
	sh("echo 4 >a && " CONFLICT " >c.py && git add . && git commit -q -m five");
	assert_passes(&f, "main~", "main");
	/* The gravest is named first, and names are safe. */
	sh("git reset -q --hard HEAD~2 && printf 'def f():\n    try:\n        g()\n    except Exception:\n        pass\n' >a.py &&"
	   " p=\"$(printf 'z\\033[31m\\nz.py')\" && " CONFLICT " >\"$p\" && cp \"$p\" zz.py && git add . && git commit -q -m six");
	assert_refuses(&f, "main~", "main", "check", "z\\x1b[31m\\x0az.py:1: a merge conflict");
	assert_non_null(strstr(f.v.detail, " and 1 more"));
	/* The caller's doings are not the check's. */
	setenv("GIT_INDEX_FILE", "/nonexistent/index", 1);
	assert_refuses(&f, "main~", "main", "check", "merge conflict");
	assert_int_equal(chdir(".git"), 0);
	assert_refuses(&f, "main~", "main", "check", "merge conflict");
	unsetenv("GIT_INDEX_FILE");
	end(&f);
	assert_int_equal(places(), 0);
}

/* A check that cannot judge keeps nobody from landing in silence, and blocks nobody unless that is configured. */
static void test_check_fails(void **state)
{
	static const char *const cases[][2] = {
		{ "echo 'git-batho: disk is full' >&2; exit 128", "disk is full" },
		{ "exit 129", "" },
		{ "kill -SEGV $$", "" },
	};
	struct fixture f;
	char path[4300], text[400];

	(void)state;
	start(&f);
	f.settings.check = true;
	snprintf(path, sizeof(path), "%s/stand-in", scratch_dir);
	f.run.program = path;
	for (int fail = 0; fail < 2; fail++) {
		for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
			snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", cases[i][0]);
			file_make(path, text, strlen(text));
			sh("chmod +x ../stand-in");
			if (fail) {
				assert_int_equal(judge_rc(&f, "main~", "main"), BT_ERR_FAIL);
				assert_non_null(strstr(f.err.msg, cases[i][1]));
			} else {
				assert_passes(&f, "main~", "main");
				assert_non_null(strstr(f.told, "the check could not judge"));
				assert_non_null(strstr(f.told, cases[i][1]));
				assert_true(event_has(&f, "the check could not judge"));
			}
		}
		assert_int_equal(bt_conf_set_command(f.conf, BT_KEY_HOOKS_ON_ERROR, "fail", &f.err), 0);
	}
	f.run.program = "/nonexistent/git-batho";
	assert_int_equal(judge_rc(&f, "main~", "main"), BT_ERR_FAIL);
	/* Its end may not be taken for a no, nor a no for its end. */
	f.run.program = path;
	sh("printf '#!/bin/sh\nexit 130\n' >../stand-in");
	assert_int_equal(judge_rc(&f, "main~", "main"), BT_ERR_CANCELED);
	sh("printf '#!/bin/sh\nprintf garbage; exit 1\n' >../stand-in");
	assert_refuses(&f, "main~", "main", "check", "status 1");
	end(&f);
}

/* --- hooks --- */

static void test_hooks(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	/* None, or none that git would run: no worktree. */
	sh("mkdir -p .git/hooks && echo exit 1 >.git/hooks/pre-commit && echo exit 1 >.git/hooks/commit-msg.sample && chmod +x .git/hooks/*.sample");
	assert_passes(&f, "main~", "main");
	assert_int_equal(places(), 0);

	hook("pre-commit", "exec >&2; test $# = 0 && test \"$(git diff --cached --no-renames --name-status | tr '\\t\\n' '  ')\" = 'M a A c D d/b ' &&"
			   " test -z \"$(git diff --name-only)\" && test \"$(git log -1 --format=%s)\" = one && test -f c && test \"$(cat a)\" = 2 &&"
			   " test \"$GIT_AUTHOR_NAME\" = 'A U Thor' && test \"$GIT_AUTHOR_EMAIL\" = author@example.com && test \"$GIT_AUTHOR_DATE\" = '@1112911993 +0000' &&"
			   " test \"$GIT_INDEX_FILE\" = \"$GIT_DIR/index\" && test \"$GIT_EDITOR\" = : && test \"${GIT_PREFIX-unset}\" = '' &&"
			   " test -z \"$GIT_WORK_TREE$GIT_OPTIONAL_LOCKS$BATHO_SKIP\" && test \"$PWD\" = \"$(git rev-parse --show-toplevel)\" || exit 1");
	assert_passes(&f, "main~", "main");
	hook("commit-msg", "test $# = 1 && test \"$(cat \"$1\")\" = two || { echo \"got $(cat \"$1\")\" >&2; exit 1; }");
	assert_passes(&f, "main~", "main");
	bt_verify_end(&f.run);
	assert_int_equal(places(), 0);

	hook("commit-msg", "echo 'no ticket' >&2; exit 1");
	assert_refuses(&f, "main~", "main", "commit-msg", "status 1: no ticket");
	hook("pre-commit", "echo told on stdout; exit 7");
	assert_refuses(&f, "main~", "main", "pre-commit", "status 7: told on stdout");
	hook("pre-commit", "sleep $NAP & sleep $NAP");
	f.settings.verify_timeout_s = 1;
	assert_refuses(&f, "main~", "main", "pre-commit", "timed out after 1 s");
	assert_naps_end();
	f.settings.verify_timeout_s = 20;

	f.settings.hooks = BT_BATCH_HOOKS_NONE;
	assert_passes(&f, "main~", "main");
	assert_non_null(strstr(f.told, "hooks are not run"));
	assert_true(event_has(&f, "hooks are not run"));
	assert_passes(&f, "main~", "main");
	assert_string_equal(f.told, "");
	end(&f);
}

/* What a hook changes is not what lands, and not what the command sees. */
static void test_hook_changes(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	hook("pre-commit", "echo formatted >a && git add a && echo u >u && git commit -q --no-verify -m 'by the hook'");
	hook("commit-msg", "echo 'Change-Id: 1' >>\"$1\"");
	f.settings.verify = "test \"$(cat a)\" = 2 && test -z \"$(git status --porcelain --ignored)\" && test $(git rev-parse HEAD) = $BATHO_COMMIT";
	assert_passes(&f, "main~", "main");
	assert_non_null(strstr(f.told, "pre-commit changed what is staged"));
	assert_non_null(strstr(f.told, "commit-msg changed a message"));
	assert_true(event_has(&f, "pre-commit changed"));
	assert_true(event_has(&f, "commit-msg changed"));
	/* On no base as well: the branch that it makes there is none of ours. */
	assert_passes(&f, "", "main");
	sh("test \"$(git log --format=%%s main | tr '\\n' ' ')\" = 'two one '");
	hook("pre-commit", "test -z \"$(git rev-parse -q --verify HEAD)\" && test \"$(git diff --cached --name-only | wc -l)\" = 2");
	sh("git update-ref -d refs/heads/batho-gate");
	assert_passes(&f, "", "main");
	end(&f);
}

static void test_hooks_of_what(void **state)
{
	struct fixture f;
	struct bt_oid member;

	(void)state;
	start(&f);
	/* A stack: the whole once, each message. */
	sh("echo 3 >a && git commit -q -a -m three");
	hook("pre-commit", "echo p >>../../../../log");
	hook("commit-msg", "head -n 1 \"$1\" >>../../../../log");
	assert_passes(&f, "main~2", "main");
	sh("test \"$(tr '\\n' ' ' <../log)\" = 'p two three ' && rm ../log");
	assert_passes(&f, "", "main");
	sh("test \"$(tr '\\n' ' ' <../log)\" = 'p one two three ' && rm ../log");
	/* A merge; messages of others that it brings are not the queue's. */
	hook("pre-merge-commit", "echo m >>../../../../log");
	sh("git checkout -q -b topic main~2 && echo t >t && git add t && git commit -q -m topic && git checkout -q main &&"
	   " git merge -q --no-verify --no-ff -m 'Merge topic\n\nBatho-Batch: 1' topic && rm -f ../log");
	f.batch.kind = BT_ACTION_MERGE;
	assert_passes(&f, "main~2", "main");
	sh("test \"$(tr '\\n' ' ' <../log)\" = 'm Merge topic ' && rm ../log");
	f.settings.hooks = BT_BATCH_HOOKS_PER_ACTION;
	assert_passes(&f, "main~", "main");
	sh("test \"$(tr '\\n' ' ' <../log)\" = 'm Merge topic ' && rm ../log");
	/* Each member against its own parent. */
	f.batch.kind = BT_ACTION_COMMIT;
	assert_passes(&f, "main~2", "main");
	assert_true(access("../log", F_OK));
	hook("pre-commit", "git diff --cached --name-only >>../../../../log");
	member = rev("topic");
	assert_int_equal(bt_verify_member(&f.run, &f.batch, &member, &f.v, &f.err), 0);
	assert_true(f.v.passed);
	sh("test \"$(tr '\\n' ' ' <../log)\" = 't topic ' && rm ../log");
	hook("pre-commit", "echo never; exit 1");
	assert_int_equal(bt_verify_member(&f.run, &f.batch, &member, &f.v, &f.err), 0);
	assert_false(f.v.passed);
	assert_string_equal(f.v.detail, "status 1: never");
	f.settings.hooks = BT_BATCH_HOOKS_PER_BATCH;
	assert_int_equal(bt_verify_member(&f.run, &f.batch, &member, &f.v, &f.err), 0);
	assert_true(f.v.passed);
	end(&f);
}

/* core.hooksPath: elsewhere, tracked, and made by a tool in the main worktree alone. */
static void test_hooks_path(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	hook("pre-commit", "exit 1");
	sh("mkdir ../h && printf '#!/bin/sh\necho abs; exit 1\n' >../h/pre-commit && chmod +x ../h/pre-commit && git config core.hooksPath \"$(cd ../h && pwd)\"");
	assert_refuses(&f, "main~", "main", "pre-commit", "abs");
	sh("git config core.hooksPath /nonexistent");
	assert_passes(&f, "main~", "main");
	sh("mkdir hk && printf '#!/bin/sh\necho tracked; exit 1\n' >hk/pre-commit && chmod +x hk/pre-commit && git config core.hooksPath hk && git add hk &&"
	   " git commit -q --no-verify -m three && printf '#!/bin/sh\nexit 0\n' >hk/pre-commit");
	assert_refuses(&f, "main~", "main", "pre-commit", "tracked");
	sh("git reset -q --hard && mkdir -p tool/_ && printf '#!/bin/sh\necho made; exit 1\n' >tool/_/pre-commit && chmod +x tool/_/pre-commit &&"
	   " git config core.hooksPath tool/_");
	assert_refuses(&f, "main~", "main", "pre-commit", "made");
	end(&f);
	sh("rm -r ../h");
}

/* Ours does not judge a second time; one that it chains does. */
static void test_hook_of_ours(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	hook("pre-commit", "echo x >>../../../../log");
	sh("'%s' hooks install --quiet && " CONFLICT " >b.py && git add . && git commit -q --no-verify -m three", program);
	assert_refuses(&f, "main~", "main", "pre-commit", "");
	assert_int_equal(lines_of("../log"), 1);
	f.settings.check = true;
	sh("printf '#!/bin/sh\nexit 0\n' >../stand-in && chmod +x ../stand-in");
	f.run.program = "../stand-in";
	assert_passes(&f, "main~", "main");
	assert_int_equal(lines_of("../log"), 2);
	end(&f);
}

/* --- repositories of all kinds --- */

static const char whole[] = "test \"$(cat a)\" = 2 && test -f c && test -z \"$(git status --porcelain)\" && test \"$(git rev-parse HEAD)\" = $BATHO_COMMIT";

static void test_bare(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	end(&f);
	sh("rm -rf ../b.git && git clone -q --bare . ../b.git && mkdir -p ../b.git/hooks && printf '#!/bin/sh\ngit diff --cached --quiet && exit 1; git status >/dev/null' >../b.git/hooks/pre-commit &&"
	   " chmod +x ../b.git/hooks/pre-commit");
	assert_int_equal(chdir("../b.git"), 0);
	open_here(&f);
	f.settings.check = true;
	f.settings.verify = whole;
	assert_passes(&f, "main~", "main");
	assert_int_equal(places(), 4);
	end(&f);
	assert_int_equal(places(), 0);
	assert_int_equal(chdir(".."), 0);
	sh("rm -rf b.git");
}

static void test_linked(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	end(&f);
	hook("pre-commit", "git diff --cached --quiet && exit 1; exit 0");
	sh("rm -rf ../linked && git worktree add -q -b side ../linked main~ && echo dirty >../linked/a && git -C ../linked add a");
	assert_int_equal(chdir("../linked"), 0);
	open_here(&f);
	f.settings.check = true;
	f.settings.verify = whole;
	assert_passes(&f, "main~", "main");
	end(&f);
	assert_int_equal(places(), 0);
	sh("test \"$(git status --porcelain)\" = 'M  a' && cd ../w && git worktree remove --force ../linked");
	assert_int_equal(chdir("../w"), 0);
}

static void test_sparse(void **state)
{
	static const char *const modes[] = { "", "--sparse-index", "--no-cone" };
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(modes); i++) {
		start(&f);
		sh("mkdir in out && echo 1 >in/x && echo 1 >out/y && git add . && git commit -q -m three && git sparse-checkout set %s in && test ! -e out", modes[i]);
		f.settings.verify = "test -f in/x && test -f out/y && test -f a && test -z \"$(git status --porcelain)\" && ! git ls-files -t | grep ^S";
		assert_passes(&f, "main~", "main");
		f.settings.verify = "test -f in/x && test -f out/y && test -f a && test -z \"$(git status --porcelain)\" ";
		assert_passes(&f, "main~", "main");
		sh("test ! -e out && test -z \"$(git status --porcelain)\"");
		end(&f);
	}
}

/* Filters run as in any worktree; submodules are folders. */
static void test_filters(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sh("git config filter.up.smudge 'tr a-z A-Z' && git config filter.up.clean 'tr A-Z a-z' && echo '*.up filter=up -text' >.gitattributes && echo abc >x.up &&"
	   " echo '*.crlf eol=crlf' >>.gitattributes && printf 'l\n' >x.crlf && git add . 2>/dev/null && git commit -q -m three &&"
	   " git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub && git commit -q -m four && git config submodule.recurse true && git config core.autocrlf true");
	f.settings.verify = "test \"$(cat x.up)\" = ABC && test \"$(wc -c <x.crlf)\" = 3 && test -d sub && test -z \"$(ls -A sub)\" && test -z \"$(git status --porcelain)\"";
	assert_passes(&f, "main~", "main");
	end(&f);
}

static void test_sha256(void **state)
{
	hash_format = "sha256";
	test_command(state);
	scratch_reset(state);
	test_check(state);
	scratch_reset(state);
	test_hook_changes(state);
	hash_format = "sha1";
}

static int group_setup(void **state)
{
	const char *build = getenv("TEST_BUILD");
	BT_FREE char *real = realpath(build ? build : ".", NULL);

	snprintf(program, sizeof(program), "%s/git-batho/git-batho", real);
	snprintf(nap, sizeof(nap), "90.%d", (int)getpid());
	setenv("NAP", nap, 1);
	return scratch_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_command, scratch_reset),
		cmocka_unit_test_setup(test_words, scratch_reset),
		cmocka_unit_test_setup(test_cache, scratch_reset),
		cmocka_unit_test_setup(test_hangs, scratch_reset),
		cmocka_unit_test_setup(test_children, scratch_reset),
		cmocka_unit_test_setup(test_shouts, scratch_reset),
		cmocka_unit_test_setup(test_again, scratch_reset),
		cmocka_unit_test_setup(test_crash, scratch_reset),
		cmocka_unit_test_setup(test_check, scratch_reset),
		cmocka_unit_test_setup(test_check_fails, scratch_reset),
		cmocka_unit_test_setup(test_hooks, scratch_reset),
		cmocka_unit_test_setup(test_hook_changes, scratch_reset),
		cmocka_unit_test_setup(test_hooks_of_what, scratch_reset),
		cmocka_unit_test_setup(test_hooks_path, scratch_reset),
		cmocka_unit_test_setup(test_hook_of_ours, scratch_reset),
		cmocka_unit_test_setup(test_bare, scratch_reset),
		cmocka_unit_test_setup(test_linked, scratch_reset),
		cmocka_unit_test_setup(test_sparse, scratch_reset),
		cmocka_unit_test_setup(test_filters, scratch_reset),
		cmocka_unit_test_setup(test_sha256, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_verify", tests, group_setup, scratch_teardown);
}
