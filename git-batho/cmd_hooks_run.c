/*
 * git batho hooks run: what an installed hook calls.
 *
 * This program finds out whether there is anything to check, with one git child, and becomes the indexer
 * only then. Nothing that goes wrong here keeps anybody from committing, unless that is configured.
 */
#include "git-batho/cmd_hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/trace.h"
#include "core/git/program.h"
#include "git-batho/hook_verdict.h"
#include "git-batho/spawn.h"
#include "hooks/background.h"
#include "hooks/message.h"

/* Children stand elsewhere: what git gave us relative to the top is made absolute. */
static void fix_environment(void)
{
	const char *index = getenv("GIT_INDEX_FILE");
	BT_FREE char *cwd = index && *index && *index != '/' ? realpath(".", NULL) : NULL;
	BT_FREE char *path = cwd ? bt_xasprintf("%s/%s", cwd, index) : NULL;

	if (path)
		setenv("GIT_INDEX_FILE", path, 1);
}

/* Becomes the indexer; args as after `git-batho-indexer`. Returns on failure only. */
static int become_indexer(const char *const *args, struct bt_err *err)
{
	BT_FREE const char **argv = NULL;
	BT_FREE char *path = NULL;
	size_t nr = 0;

	if (bt_indexer_path(&path, err))
		return err->code;
	while (args[nr])
		nr++;
	argv = bt_xcalloc(nr + 2, sizeof(*argv));
	argv[0] = path;
	memcpy(argv + 1, args, nr * sizeof(*args));
	execv(path, (char *const *)argv);
	return bt_err_errno(err, "cannot run '%s'", path);
}

/* A file with new content: everything else was checked before, or is nothing to check. */
static bool is_relevant(const struct bt_incoming_file *f)
{
	return f->new_oid.len && !bt_oid_equal(&f->old_oid, &f->new_oid);
}

static int check_staged(struct bt_hook_run *r, struct bt_err *err)
{
	BT_INCOMING_OWNED struct bt_incoming in = BT_INCOMING_INIT;
	BT_BUF_OWNED struct bt_buf listing = BT_BUF_INIT;
	BT_FREE char *handover = NULL, *left = NULL;
	bool relevant = false;
	int fd;

	if (bt_repo_open_hook(&r->c->repo, err) ||
	    bt_incoming_staged(&in, &r->c->repo, &listing, bt_hook_timeout_ms(r), err) ||
	    bt_hook_conf(r, &listing, err))
		return err->code;
	for (size_t i = 0; i < in.nr; i++)
		relevant = relevant || is_relevant(&in.files[i]);
	if (!relevant || bt_hook_mode(r) == BT_HOOK_OFF)
		return 0;
	if (bt_hook_hand_over(&listing, &in, &fd, err))
		return err->code;
	handover = bt_xasprintf("--handover=%d", fd);
	left = bt_xasprintf("--started=%lld", (long long)r->start_ms);
	return become_indexer((const char *const[]){ "hooks", handover, left, bt_hooks[r->event].name, NULL },
			      err);
}

/* Everything is left to the indexer, stdin included. */
static int check_pushed(struct bt_hook_run *r, const char *const *git_args, struct bt_err *err)
{
	BT_FREE const char **args = NULL;
	BT_FREE char *started = bt_xasprintf("--started=%lld", (long long)r->start_ms);
	size_t nr = 0;

	while (git_args[nr])
		nr++;
	args = bt_xcalloc(nr + 5, sizeof(*args));
	args[0] = "hooks";
	args[1] = started;
	args[2] = bt_hooks[r->event].name;
	args[3] = "--";
	memcpy(args + 4, git_args, nr * sizeof(*args));
	return become_indexer(args, err);
}

/* --- messages --- */

/* What starts a comment, or NULL when git will not take comments out. */
static const char *comment_of(const struct bt_conf *conf)
{
	const char *text = bt_conf_git(conf, "core.commentstring"), *editor = getenv("GIT_EDITOR");

	if (editor && !strcmp(editor, ":"))	/* nobody has edited it: it stays as it is */
		return NULL;
	if (!text)
		text = bt_conf_git(conf, "core.commentchar");
	return !text || !*text || !strcmp(text, "auto") ? "#" : text;
}

/* The tracked configuration as it is staged; one that is wrong or not there counts as empty. */
static void read_tracked(struct bt_hook_run *r)
{
	static const char *const argv[] = { "cat-file", "blob", ":.batho/config.ini", NULL };
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;

	if (bt_git_run_argv(&r->c->repo, argv, &data, &err))
		return;
	if (bt_conf_set_tracked(r->c->conf, bt_buf_cstr(&data), data.len, ".batho/config.ini", &err))
		fprintf(stderr, "git-batho: %s: %s (ignored)\n", bt_hooks[r->event].name, err.msg);
}

static int check_message(struct bt_hook_run *r, const char *const *args, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, message = BT_BUF_INIT, why = BT_BUF_INIT,
				   safe = BT_BUF_INIT;
	struct bt_message_rules rules;
	unsigned faults = 0;

	if (!args[0])
		return bt_err_set(err, BT_ERR_FAIL, "git gave no file with the message");
	if (bt_repo_open_hook(&r->c->repo, err) || bt_hook_conf_ask(r, err))
		return err->code;
	if (bt_hook_mode(r) == BT_HOOK_OFF)
		return 0;
	read_tracked(r);
	if (bt_file_read(args[0], BT_MESSAGE_MAX, &text, err))
		return err->code;
	bt_message_rules_from(r->c->conf, &rules);
	bt_message_clean(bt_buf_cstr(&text), text.len, comment_of(r->c->conf), &message);
	if (bt_message_check(&rules, &message, &faults, &why, err))
		return err->code;
	for (const char *p = bt_buf_cstr(&why); *p; p += strcspn(p, "\n") + 1) {
		bt_buf_clear(&safe);
		bt_text_safe(&safe, p, strcspn(p, "\n"), 0);
		fprintf(stderr, "git-batho: %s: %s\n", bt_hooks[r->event].name, bt_buf_cstr(&safe));
	}
	return faults ? bt_hook_objects(r) : 0;
}

/* --- */

/* Nobody waits for this, and nobody wants to hear of it. */
static int start_index(struct bt_hook_run *r, struct bt_err *err)
{
	BT_FREE char *indexer = NULL, *store_dir = NULL;

	if (bt_repo_open_hook(&r->c->repo, err))
		return err->code;
	if (r->event != BT_HOOK_POST_REWRITE && bt_background_is_idle(&r->c->repo))
		return 0;
	if (bt_hook_conf_ask(r, err))
		return err->code;
	if (bt_hook_mode(r) == BT_HOOK_OFF)
		return 0;
	store_dir = bt_xasprintf("%s/batho", r->c->repo.common_dir);
	if (bt_indexer_path(&indexer, err) || bt_background_index(&r->c->repo, indexer, store_dir, err))
		bt_trace("no indexing in the background: %s", err->msg);
	return 0;
}

int bt_hooks_run(struct bt_context *c, enum bt_hook_event event, const char *const *args, struct bt_err *err)
{
	struct bt_hook_run r = { .c = c, .event = event, .start_ms = bt_clock_ms() };
	int rc = 0;

	if (bt_hook_is_skipped(bt_hooks[event].name))
		return 0;
	fix_environment();
	switch (bt_hooks[event].work) {
	case BT_HOOK_CHECKS_STAGED:
		rc = check_staged(&r, err);
		break;
	case BT_HOOK_CHECKS_PUSHED:
		rc = check_pushed(&r, args, err);
		break;
	case BT_HOOK_CHECKS_MESSAGE:
		rc = check_message(&r, args, err);
		break;
	case BT_HOOK_INDEXES:
		rc = start_index(&r, err);
		break;
	}
	return rc < 0 ? bt_hook_failed(&r, err) : rc;
}
