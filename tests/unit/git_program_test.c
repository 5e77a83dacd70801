/* core/git/program.c, program_stream.c: how git is called and how its failure is told. */
#include "tests/unit/git_scratch.h"

#include "core/git/program.h"

/* A stand-in for git that is found first in PATH. */
static void fake_git(const char *script)
{
	char text[8192];

	sh("mkdir -p bin");
	snprintf(text, sizeof(text), "#!/bin/sh\nPATH='%.4000s'\n%s\n", getenv("PATH"), script);
	file_make("bin/git", text, strlen(text));
	sh("chmod +x bin/git");
	snprintf(text, sizeof(text), "%s/bin:%.4000s", scratch_dir, getenv("PATH"));
	setenv("PATH", text, 1);
}

static void test_options_and_environment(void **state)
{
	struct bt_repo repo = { .git_dir = (char *)"/g",
				.common_dir = (char *)"/g",
				.top = (char *)"/t",
				.extra_objects = (char *)"/o:\"x" };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;
	static const char *const wanted[] = {
		"arg --no-replace-objects\n",
		"arg core.hooksPath=/dev/null\n",
		"arg core.fsmonitor=false\n",
		"arg protocol.ext.allow=never\n",
		"arg a.b=c\narg sub\narg --opt\narg two words\n",
		"\nGIT_OPTIONAL_LOCKS=0\n",
		"\nGIT_TERMINAL_PROMPT=0\n",
		"\nGIT_DIR=/g\n",
		"\nGIT_WORK_TREE=/t\n",
		"\nGIT_ALTERNATE_OBJECT_DIRECTORIES=\"/two\":\"/o:\\\"x\":/before\n",
	};

	(void)state;
	fake_git("for a; do echo \"arg $a\"; done; env");
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/before", 1);
	bt_git_cmd_init(&c, &repo);
	bt_git_cmd_config(&c, "a.b=c");
	bt_git_cmd_addl(&c, "sub", "--opt", "two words", NULL);
	bt_git_cmd_alternate(&c, "/two");
	assert_int_equal(bt_git_run(&c, "x", NULL, 0, &out, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(wanted); i++)
		if (!strstr(bt_buf_cstr(&out), wanted[i]))
			fail_msg("no %s in %s", wanted[i], bt_buf_cstr(&out));
}

static void test_hooked(void **state)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	fake_git("echo \"$@\"");
	bt_git_cmd_init_hooked(&c, NULL);
	bt_git_cmd_add(&c, "sub");
	assert_int_equal(bt_git_run(&c, "x", NULL, 0, &out, &err), 0);
	assert_string_equal(bt_buf_cstr(&out), "--no-replace-objects -c core.fsmonitor=false -c protocol.ext.allow=never sub\n");
}

static void fail_with(const char *stderr_text, int status, struct bt_err *err)
{
	*err = (struct bt_err)BT_ERR_INIT;
	assert_int_equal(bt_git_fail(err, BT_ERR_FAIL, "cannot x", stderr_text, status),
			 BT_ERR_FAIL);
}

static void test_messages(void **state)
{
	struct bt_err err;

	(void)state;
	fail_with("warning: w\nerror: first\nfatal: why it failed\nhint: h\n", 128, &err);
	assert_string_equal(err.msg, "cannot x: why it failed");
	fail_with("usage: git\nerror: bad\n", 129, &err);
	assert_string_equal(err.msg, "cannot x: bad");
	fail_with("plain words", 1, &err);
	assert_string_equal(err.msg, "cannot x: plain words");
	fail_with("", 1, &err);
	assert_string_equal(err.msg, "cannot x: git failed with status 1");
	fail_with("", 137, &err);
	assert_string_equal(err.msg, "cannot x: git died of signal 9");
	fail_with("fatal: detected dubious ownership in repository at '/r'\n"
		  "To add an exception for this directory, call:\n\n"
		  "\tgit config --global --add safe.directory /r\n",
		  128, &err);
	assert_string_equal(err.hint, "git config --global --add safe.directory /r");
	assert_int_equal(bt_git_fail(NULL, BT_ERR_NOT_FOUND, NULL, "fatal: x", 1),
			 BT_ERR_NOT_FOUND);
}

/* Both ways at once, far beyond what pipes hold, and a stderr that is never short of words. */
static void test_stream_both_ways(void **state)
{
	const size_t total = (size_t)8 << 20;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_git_stream s;
	size_t have = 0;

	(void)state;
	fake_git("head -c 3000000 /dev/zero | tr '\\0' e >&2; cat");
	bt_git_cmd_init(&c, NULL);
	bt_git_stream_init(&s);
	assert_int_equal(bt_git_stream_start(&s, &c, true, 0, &err), 0);
	for (size_t i = 0; i < total; i++)
		bt_buf_addch(&s.send, (int)(i * 31 & 0xff));
	assert_int_equal(bt_git_stream_push(&s, &err), 0);
	while (have < total) {
		assert_int_equal(bt_git_stream_fill(&s, 0, &err), BT_ROW);
		for (; s.at < s.buf.len; s.at++, have++)
			assert_int_equal((unsigned char)s.buf.data[s.at], have * 31 & 0xff);
	}
	assert_int_equal(bt_git_stream_finish(&s, "x", &err), 0);
	bt_git_stream_release(&s);
}

static void stream_records(size_t buf_max)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_git_stream s;
	size_t len, nr = 0;
	char *rec;
	int rc;

	fake_git("for i in $(seq 30000); do printf 'record %d\\0' $i; done; printf '\\0tail'; "
		 "echo 'fatal: at the end' >&2; exit 3");
	bt_git_cmd_init(&c, NULL);
	bt_git_stream_init(&s);
	assert_int_equal(bt_git_stream_start(&s, &c, false, buf_max, &err), 0);
	while ((rc = bt_git_stream_record(&s, '\0', &rec, &len, &err)) == BT_ROW) {
		char want[32];

		snprintf(want, sizeof(want), "record %zu", ++nr);
		if (nr > 30000)
			*want = '\0';
		assert_string_equal(rec, want);
		assert_int_equal(len, strlen(want));
	}
	assert_int_equal(nr, 30001);
	assert_int_equal(rc, BT_ERR_CORRUPT);
	assert_int_equal(bt_git_stream_finish(&s, "cannot y", &err), BT_ERR_FAIL);
	assert_string_equal(err.msg, "cannot y: at the end");
	bt_git_stream_release(&s);
}

static void test_stream_records(void **state)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_git_stream s;
	size_t len;
	char *rec;

	(void)state;
	/* What is unread counts, not all that comes. */
	stream_records(1 << 20);
	stream_records(64 << 10);
	stream_records(100);
	fake_git("for i in $(seq 30000); do printf 'record %d\\0' $i; done");
	bt_git_cmd_init(&c, NULL);
	/* A record longer than the buffer may be. */
	bt_git_stream_init(&s);
	assert_int_equal(bt_git_stream_start(&s, &c, false, 70 << 10, &err), 0);
	assert_int_equal(bt_git_stream_record(&s, '\n', &rec, &len, &err), BT_ERR_LIMIT);
	bt_git_stream_release(&s);
}

/* A child that closed its stdin, one that does not end: no signal, no hang. */
static void test_stream_ends(void **state)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_git_stream s;
	time_t start = time(NULL);

	(void)state;
	fake_git("exec <&-; echo 'fatal: no input wanted' >&2; exit 1");
	bt_git_cmd_init(&c, NULL);
	bt_git_stream_init(&s);
	assert_int_equal(bt_git_stream_start(&s, &c, true, 0, &err), 0);
	for (int i = 0; i < 1000000; i++)
		bt_buf_addch(&s.send, 'x');
	assert_int_equal(bt_git_stream_push(&s, &err), 0);
	assert_int_equal(bt_git_stream_fill(&s, 0, &err), BT_DONE);
	assert_int_equal(bt_git_stream_finish(&s, NULL, &err), BT_ERR_FAIL);
	assert_string_equal(err.msg, "no input wanted");
	bt_git_stream_release(&s);
	bt_git_cmd_release(&c);
	scratch_reset(NULL);
	fake_git("exec sleep 1000");
	bt_git_cmd_init(&c, NULL);
	bt_git_stream_init(&s);
	assert_int_equal(bt_git_stream_start(&s, &c, true, 0, &err), 0);
	bt_git_stream_release(&s);
	assert_true(time(NULL) - start < 20);
}

static void test_run(void **state)
{
	static const char *const version[] = { "version", NULL };
	static const char *const wrong[] = { "rev-parse", "--verify", "nope", NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	assert_int_equal(bt_git_run_argv(NULL, version, &out, &err), 0);
	assert_int_equal(strncmp(bt_buf_cstr(&out), "git version ", 12), 0);
	assert_int_equal(bt_git_run_argv(NULL, wrong, NULL, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.msg, "not a git repository"));
}

/* Hooks that configuration defines are switched off by name. */
static void test_config_hooks(void **state)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	bool one = false, two = false;

	(void)state;
	sh("git init -q ch && cd ch && git config hook.one.event a && "
	   "git config --add hook.one.event b && git config hook.Two.words.event c && "
	   "git config hook.three.command d");
	assert_int_equal(chdir("ch"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	bt_git_cmd_init(&c, &repo);
	assert_int_equal(bt_git_cmd_no_hooks(&c, &repo, &err), 0);
	for (size_t i = 0; i < c.argv_nr; i++) {
		one |= !strcmp(c.argv[i], "hook.one.enabled=false");
		two |= !strcmp(c.argv[i], "hook.Two.words.enabled=false");
	}
	assert_true(one && two);
	bt_repo_release(&repo);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_options_and_environment),
		TEST(test_hooked),
		TEST(test_messages),
		TEST(test_stream_both_ways),
		TEST(test_stream_records),
		TEST(test_stream_ends),
		TEST(test_run),
		TEST(test_config_hooks),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
