/* core/base/term.c: the colour decision in all its cases, and a pager on a real terminal. */
#include "core/base/term.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "tests/unit/base_pty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/unit.h"

static void clear_environment(void)
{
	static const char *const names[] = { "NO_COLOR", "GIT_PAGER", "GIT_PAGER_IN_USE", "PAGER",
					     "LESS",     "LV",        "COLUMNS" };
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(names); i++)
		unsetenv(names[i]);
	setenv("TERM", "xterm", 1);
}

struct color_case {
	const char *env; /* "NAME=value" or NULL */
	struct bt_color_conf conf;
	bool on_tty, elsewhere;
};

#define SAID(opt, batho, ui, pager) \
	{ \
		BT_COLOR_##opt, batho, ui, pager \
	}

static const struct color_case color_cases[] = {
	{ NULL, SAID(UNSAID, NULL, NULL, NULL), true, false },
	{ NULL, SAID(ALWAYS, "never", "never", NULL), true, true },
	{ NULL, SAID(NEVER, "always", "always", NULL), false, false },
	{ NULL, SAID(AUTO, "always", NULL, NULL), true, false },
	{ NULL, SAID(UNSAID, "always", "never", NULL), true, true },
	{ NULL, SAID(UNSAID, "false", "always", NULL), false, false },
	{ NULL, SAID(UNSAID, "true", NULL, NULL), true, false },
	{ NULL, SAID(UNSAID, NULL, "always", NULL), true, true },
	{ NULL, SAID(UNSAID, NULL, "never", NULL), false, false },
	{ NULL, SAID(UNSAID, "nonsense", NULL, NULL), true, false },
	{ "NO_COLOR=1", SAID(UNSAID, "always", "always", NULL), false, false },
	{ "NO_COLOR=1", SAID(ALWAYS, NULL, NULL, NULL), true, true },
	{ "NO_COLOR=1", SAID(AUTO, NULL, NULL, NULL), true, false },
	{ "NO_COLOR=", SAID(UNSAID, NULL, NULL, NULL), true, false },
	{ "TERM=dumb", SAID(UNSAID, NULL, NULL, NULL), false, false },
	{ "TERM=dumb", SAID(UNSAID, "always", NULL, NULL), true, true },
	{ "GIT_PAGER_IN_USE=true", SAID(UNSAID, NULL, NULL, NULL), true, true },
	{ "GIT_PAGER_IN_USE=true", SAID(UNSAID, NULL, NULL, "false"), true, false },
	{ "GIT_PAGER_IN_USE=true", SAID(NEVER, NULL, NULL, NULL), false, false },
	{ "GIT_PAGER_IN_USE=0", SAID(UNSAID, NULL, NULL, NULL), true, false },
};

/* 0, or 1 + the number of the first case that is wrong. */
static int color_check(bool tty)
{
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(color_cases); i++) {
		const struct color_case *c = &color_cases[i];

		clear_environment();
		if (c->env) {
			char env[64];

			snprintf(env, sizeof(env), "%s", c->env);
			*strchr(env, '=') = '\0';
			setenv(env, strchr(c->env, '=') + 1, 1);
		}
		if (bt_term_color(&c->conf) != (tty ? c->on_tty : c->elsewhere))
			return 1 + (int)i;
	}
	return 0;
}

static int color_on_tty(void *ctx)
{
	(void)ctx;
	return color_check(true);
}

static void test_color(void **state)
{
	BT_BUF_OWNED struct bt_buf screen = BT_BUF_INIT;
	int status, keep = dup(1), null = open("/dev/null", O_WRONLY | O_CLOEXEC), wrong;

	(void)state;
	dup2(null, 1);
	wrong = color_check(false);
	dup2(keep, 1);
	close(keep);
	close(null);
	assert_int_equal(wrong, 0);
	status = pty_run(color_on_tty, NULL, &screen);
	if (status < 0)
		unit_skip("no terminal can be made here");
	assert_int_equal(status, 0);
}

struct pager_case {
	const char *git_pager, *pager, *less;
	struct bt_pager_conf conf;
	const char *screen;
};

static const struct pager_case pager_cases[] = {
	{ "sed s/^/A:/", "sed s/^/B:/", NULL, { false, NULL, "sed s/^/C:/" }, "A:hello\r\n" },
	{ NULL, "sed s/^/B:/", NULL, { false, NULL, "sed s/^/C:/" }, "C:hello\r\n" },
	{ NULL, "sed s/^/B:/", NULL, { false, NULL, NULL }, "B:hello\r\n" },
	{ NULL, NULL, NULL, { false, NULL, NULL }, "G:hello\r\n" },
	{ "sed s/^/A:/", NULL, NULL, { false, "sed s/^/D:/", NULL }, "D:hello\r\n" },
	{ "sed s/^/A:/", NULL, NULL, { false, "true", NULL }, "A:hello\r\n" },
	{ "sed s/^/A:/", NULL, NULL, { false, "false", NULL }, "hello\r\n" },
	{ "sed s/^/A:/", NULL, NULL, { true, NULL, NULL }, "hello\r\n" },
	{ "cat", "sed s/^/B:/", NULL, { false, NULL, NULL }, "hello\r\n" },
	{ "", "sed s/^/B:/", NULL, { false, NULL, NULL }, "hello\r\n" },
	{ "no-such-pager", NULL, NULL, { false, NULL, NULL }, "hello\r\n" },
	{ "cat; echo $LESS $LV $GIT_PAGER_IN_USE",
	  NULL,
	  NULL,
	  { false, NULL, NULL },
	  "hello\r\nFRX -c\r\n" },
	{ "cat; echo $LESS", NULL, "own", { false, NULL, NULL }, "hello\r\nown\r\n" },
};

static int pager_on_tty(void *ctx)
{
	const struct pager_case *c = ctx;
	struct bt_pager p = { 0 };
	bool started;

	clear_environment();
	if (c->git_pager)
		setenv("GIT_PAGER", c->git_pager, 1);
	if (c->pager)
		setenv("PAGER", c->pager, 1);
	if (c->less)
		setenv("LESS", c->less, 1);
	bt_pager_start(&p, &c->conf);
	started = p.pid > 0;
	/* Our children, and our own colour decision, know of it. */
	if (started != bt_term_is_user() - isatty(1) ||
	    started != (getenv("GIT_PAGER_IN_USE") != NULL))
		return 1;
	if (write(1, "hello\n", 6) != 6)
		return 2;
	bt_pager_finish(&p);
	bt_pager_finish(&p);
	return p.pid;
}

static void test_pager(void **state)
{
	char folder[] = "base_term_test.XXXXXX", git[64], path[4096];
	size_t i;
	FILE *f;

	(void)state;
	/* A git that says which pager it was built with. */
	assert_non_null(mkdtemp(folder));
	snprintf(git, sizeof(git), "%s/git", folder);
	f = fopen(git, "w");
	assert_non_null(f);
	fputs("#!/bin/sh\ntest \"$1 $2\" = 'var GIT_PAGER' && echo 'sed s/^/G:/'\n", f);
	fclose(f);
	chmod(git, 0700);
	snprintf(path, sizeof(path), "%s:%s", folder, getenv("PATH"));
	setenv("PATH", path, 1);
	for (i = 0; i < BT_ARRAY_NR(pager_cases); i++) {
		BT_BUF_OWNED struct bt_buf screen = BT_BUF_INIT;
		int status = pty_run(pager_on_tty, (void *)(uintptr_t)&pager_cases[i], &screen);

		if (status < 0)
			unit_skip("no terminal can be made here");
		assert_int_equal(status, 0);
		assert_string_equal(bt_buf_cstr(&screen), pager_cases[i].screen);
	}
	unlink(git);
	rmdir(folder);
}

static int pager_twice(void *ctx)
{
	struct bt_pager_conf conf = { .core_pager = "sed s/^/X:/" };
	struct bt_pager p = { 0 };

	(void)ctx;
	clear_environment();
	setenv("GIT_PAGER_IN_USE", "true", 1);
	bt_pager_start(&p, &conf);
	if (p.pid)
		return 1;
	unsetenv("GIT_PAGER_IN_USE");
	dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1);
	bt_pager_start(&p, &conf);
	return p.pid != 0;
}

static void test_no_pager(void **state)
{
	BT_BUF_OWNED struct bt_buf screen = BT_BUF_INIT;
	int status = pty_run(pager_twice, NULL, &screen);

	(void)state;
	if (status < 0)
		unit_skip("no terminal can be made here");
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_pager),
		cmocka_unit_test(test_no_pager),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
