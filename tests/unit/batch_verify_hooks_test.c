/* core/batch/verify*.c: the built-in check and the repository's hooks. */
#include "tests/unit/batch_gate.h"

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
	sh("git checkout -q -b topic main~2 && echo t >t && git add t && git commit -q --no-verify -m topic && git checkout -q main &&"
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

static void test_sha256(void **state)
{
	hash_format = "sha256";
	test_check(state);
	scratch_reset(state);
	test_hook_changes(state);
	hash_format = "sha1";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_check, scratch_reset),
		cmocka_unit_test_setup(test_check_fails, scratch_reset),
		cmocka_unit_test_setup(test_hooks, scratch_reset),
		cmocka_unit_test_setup(test_hook_changes, scratch_reset),
		cmocka_unit_test_setup(test_hooks_of_what, scratch_reset),
		cmocka_unit_test_setup(test_hooks_path, scratch_reset),
		cmocka_unit_test_setup(test_hook_of_ours, scratch_reset),
		cmocka_unit_test_setup(test_sha256, scratch_reset),
	};

	return cmocka_run_group_tests_name("batch_verify_hooks", tests, group_setup, scratch_teardown);
}
