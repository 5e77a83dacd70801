/*
 * The machine: our own programs, what keeps parsers in, the grammars, the clock.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/child.h"
#include "core/index/sandbox.h"
#include "core/lang/langs.h"
#include "git-batho/queue/queue.h"
#include "git-batho/doctor/doctor.h"
#include "git-batho/grammars/notice.h"
#include "git-batho/spawn.h"

/* A worker needs so much address space for itself and the largest blob. */
#define SPACE_MIN ((rlim_t)1 << 30)
/* Files are open at once: databases, pipes of workers. */
#define FILES_MIN 128
/* When this was written: a clock that says less is wrong. */
#define NOW_MIN 1790000000
/* Clocks of machines that share a folder differ by so much. */
#define AHEAD_S 120

void doctor_programs(struct doctor *d)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	BT_FREE char *path = NULL;
	struct bt_err err = BT_ERR_INIT;
	int status = 0;

	if (bt_indexer_path(&path, &err)) {
		doctor_say_err(d, DOCTOR_ERROR, &err, "install git-batho again");
		return;
	}
	const char *const argv[] = { path, "version", NULL };
	struct bt_child_opts o = { .argv = argv, .in = BT_CHILD_NULL, .out = BT_CHILD_PIPE, .err = BT_CHILD_PIPE, .timeout_ms = 10000 };

	if (bt_child_run(&o, NULL, 0, &out, &errout, &status, &err))
		doctor_say(d, DOCTOR_ERROR, "install git-batho again", "'%s' does not start: %s", path, err.msg);
	else if (status)
		doctor_say(d, DOCTOR_ERROR, "install git-batho again", "'%s' ends with status %d: %.*s", path, status,
			   (int)strcspn(bt_buf_cstr(&errout), "\n"), bt_buf_cstr(&errout));
	else
		doctor_say(d, DOCTOR_OK, NULL, "git-batho %s, and git-batho-indexer starts", PACKAGE_VERSION);
}

static void look_at_limit(struct doctor *d, int resource, rlim_t min, const char *what, const char *fix)
{
	struct rlimit r;

	if (!getrlimit((__rlimit_resource_t)resource, &r) && r.rlim_max != RLIM_INFINITY && r.rlim_max < min)
		doctor_say(d, DOCTOR_WARNING, fix, "%s is limited to %llu: large files cannot be parsed", what, (unsigned long long)r.rlim_max);
}

void doctor_sandbox(struct doctor *d)
{
	bool landlock = bt_sandbox_has_landlock(), seccomp = bt_sandbox_has_seccomp();

	if (landlock && seccomp)
		doctor_say(d, DOCTOR_OK, NULL, "parsers run without files, network and new processes (landlock, seccomp, limits)");
	else if (seccomp)
		doctor_say(d, DOCTOR_NOTE, "have landlock in the kernel's list of security modules (lsm=)",
			   "no landlock in this kernel: the filter of system calls alone (seccomp) keeps parsers from files");
	else if (landlock)
		doctor_say(d, DOCTOR_NOTE, NULL, "no seccomp in this kernel, or not for this machine: landlock and limits keep parsers in");
	else
		doctor_say(d, DOCTOR_WARNING, "a kernel with seccomp or landlock, before you index what you do not trust",
			   "neither landlock nor seccomp: only limits of memory and time keep parsers in");
	look_at_limit(d, RLIMIT_AS, SPACE_MIN, "address space (ulimit -v)", "ulimit -Hv unlimited");
	look_at_limit(d, RLIMIT_NOFILE, FILES_MIN, "the number of open files (ulimit -n)", "ulimit -Hn 1024");
}

static void tell_grammar(void *ctx, const char *name, const char *trouble)
{
	struct doctor *d = ctx;

	if (!name)
		doctor_say(d, DOCTOR_WARNING, "see to it that the list is yours and nobody else's (chmod 600), or remove it",
			   "the list of the grammars that you added is not used: it %s", trouble);
	else if (trouble)
		doctor_say(d, DOCTOR_WARNING, "git batho grammars update, or git batho grammars remove --apply",
			   "the grammar '%s' that you added is not used: %s", name, trouble);
	else
		doctor_say(d, DOCTOR_OK, NULL, "the grammar '%s' that you added loads", name);
}

void doctor_grammars(struct doctor *d)
{
	struct bt_err err = BT_ERR_INIT;
	size_t built_in = 0, bad;

	for (size_t i = 0; i < bt_langs_nr(); i++)
		built_in += !bt_lang_get(i)->user;
	doctor_say(d, DOCTOR_OK, NULL, "%zu languages are built in", built_in);
	if (bt_grammars_check(tell_grammar, d, &bad, &err))
		doctor_say_err(d, DOCTOR_WARNING, &err, NULL);
}

/* --- the clock --- */

/* Files of ours that come from the future. */
static bool look_at_file(struct doctor *d, const char *name, time_t now)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", d->c->store_dir, name);
	struct stat st;

	if (stat(path, &st) || st.st_mtime <= now + AHEAD_S)
		return false;
	doctor_say(d, DOCTOR_WARNING, "set the clock (timedatectl)", "'%s' was changed %lld seconds from now: the clock is behind, or was ahead",
		   path, (long long)(st.st_mtime - now));
	return true;
}

/* The newest action is younger than now. */
static bool look_at_queue(struct doctor *d, time_t now)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_action_query newest = { .list = BT_ACTIONS_NEWEST, .limit = 1 };
	struct bt_err none = BT_ERR_INIT;
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action *list;
	size_t nr = 0;
	int64_t ahead_s;

	if (bt_queue_open(d->c->store_dir, BT_QUEUE_READ, 0, BT_QUEUE_BUSY_MS, &q, &none) ||
	    bt_queue_actions(q, &newest, &arena, &list, &nr, &none) || !nr)
		return false;
	ahead_s = list[0].queued_at / 1000 - (int64_t)now;
	if (ahead_s <= AHEAD_S)
		return false;
	doctor_say(d, DOCTOR_WARNING, "set the clock (timedatectl); `git batho queue flush --now` does not wait for windows",
		   "action %llu was queued %lld seconds from now: the clock went back, and windows end late", (unsigned long long)list[0].id,
		   (long long)ahead_s);
	return true;
}

void doctor_clock(struct doctor *d)
{
	time_t now = time(NULL);
	bool bad = now < NOW_MIN;

	if (bad)
		doctor_say(d, DOCTOR_WARNING, "set the clock (timedatectl)", "the clock is years behind");
	if (d->repo) {
		bad = look_at_file(d, "index.db", now) || bad;
		bad = look_at_file(d, "queue.db", now) || bad;
		bad = look_at_queue(d, now) || bad;
	}
	if (!bad)
		doctor_say(d, DOCTOR_OK, NULL, "nothing here comes from the future");
}
