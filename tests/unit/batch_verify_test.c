/* core/batch/verify*.c: the user's command, which fails, hangs, shouts, multiplies and destroys, and its worktree in all kinds of repositories. */
#include "tests/unit/batch_gate.h"

/* --- the command --- */

static void test_command(void **state)
{
	struct fixture f;
	struct bt_oid tip;
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
	f.settings.verify = "test \"$(cat a)\" = 1";
	assert_refuses(&f, "main~", "main", "batch.verify", "status 1");
	tip = rev("main~");
	assert_int_equal(bt_verify_tip(&f.run, &f.batch, &tip, &f.v, &f.err), 0);
	assert_true(f.v.passed);
	tip = rev("main");
	assert_int_equal(bt_verify_tip(&f.run, &f.batch, &tip, &f.v, &f.err), 0);
	assert_false(f.v.passed);
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
	hash_format = "sha1";
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
		cmocka_unit_test_setup(test_bare, scratch_reset),
		cmocka_unit_test_setup(test_linked, scratch_reset),
		cmocka_unit_test_setup(test_sparse, scratch_reset),
		cmocka_unit_test_setup(test_filters, scratch_reset),
		cmocka_unit_test_setup(test_sha256, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_verify", tests, group_setup, scratch_teardown);
}
