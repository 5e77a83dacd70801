/*
 * What the tests of the gate share: a repository with two commits, a queue, and short ways to ask.
 */
#ifndef BT_TESTS_UNIT_BATCH_GATE_H
#define BT_TESTS_UNIT_BATCH_GATE_H

#include "tests/unit/git_scratch.h"

#include <dirent.h>
#include <sys/wait.h>

#include "core/base/clock.h"
#include "core/batch/verify/impl.h"

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

static inline void tell(void *ctx, const char *line)
{
	struct fixture *f = ctx;
	size_t len = strlen(f->told);

	snprintf(f->told + len, sizeof(f->told) - len, "%s\n", line);
}

static inline struct bt_oid rev(const char *spec)
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
static inline void open_here(struct fixture *f)
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
static inline void start(struct fixture *f)
{
	assert_int_equal(chdir(scratch_dir), 0);
	sh("rm -rf w log elsewhere && git init -q -b main --object-format=%s w && cd w && echo 1 >a && mkdir d && echo 1 >d/b && git add . &&"
	   " git commit -q -m one && echo 2 >a && git rm -q d/b && echo 1 >c && git add . && git commit -q -m two",
	   hash_format);
	assert_int_equal(chdir("w"), 0);
	open_here(f);
}

static inline void end(struct fixture *f)
{
	bt_verify_end(&f->run);
	bt_queue_free(&f->q);
	bt_conf_free(&f->conf);
	bt_repo_release(&f->repo);
}

static inline int judge_rc(struct fixture *f, const char *base, const char *commit)
{
	struct bt_oid from = rev(base), to = rev(commit);

	f->told[0] = '\0';
	f->err = (struct bt_err)BT_ERR_INIT;
	return bt_verify(&f->run, &f->batch, &from, &to, &f->v, &f->err);
}

static inline void judge(struct fixture *f, const char *base, const char *commit)
{
	if (judge_rc(f, base, commit))
		fail_msg("error: %s", f->err.msg);
}

static inline void assert_passes(struct fixture *f, const char *base, const char *commit)
{
	judge(f, base, commit);
	if (!f->v.passed)
		fail_msg("%s says no: %s", f->v.judge, f->v.detail);
}

/* detail: what the reason has in it. */
static inline void assert_refuses(struct fixture *f, const char *base, const char *commit, const char *who, const char *detail)
{
	judge(f, base, commit);
	assert_false(f->v.passed);
	assert_string_equal(f->v.judge, who);
	if (!strstr(f->v.detail, detail))
		fail_msg("'%s' is not in '%s'", detail, f->v.detail);
	for (const char *p = f->v.detail; *p; p++)
		assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
}

static inline void hook(const char *name, const char *script)
{
	char path[200], text[4096];

	snprintf(path, sizeof(path), ".git/hooks/%s", name);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	file_make(path, text, strlen(text));
	sh("chmod +x '%s'", path);
}

/* Everything that a gate leaves: folders, lock files, what git knows of worktrees. */
static inline unsigned places(void)
{
	char line[64];

	sh_line(line, sizeof(line),
		"c=$(git rev-parse --git-common-dir); { ls \"$c/batho\" \"$c/worktrees\" 2>/dev/null | grep ^gate-; git worktree list | grep gate-; } | wc -l");
	return (unsigned)atoi(line);
}

static inline bool is_napping(void)
{
	return sh_ok("ps -e -o args | grep -q \"^sleep $NAP\"");
}

/* A process that was killed may take its time. */
static inline void assert_naps_end(void)
{
	int64_t until = bt_clock_ms() + 5000;

	while (is_napping())
		assert_true(bt_clock_ms() < until);
}

static inline unsigned lines_of(const char *path)
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

static inline bool event_has(struct fixture *f, const char *what)
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

static inline int group_setup(void **state)
{
	const char *build = getenv("TEST_BUILD");
	BT_FREE char *real = realpath(build ? build : ".", NULL);

	snprintf(program, sizeof(program), "%s/git-batho/git-batho", real);
	snprintf(nap, sizeof(nap), "90.%d", (int)getpid());
	setenv("NAP", nap, 1);
	return scratch_setup(state);
}

#endif
