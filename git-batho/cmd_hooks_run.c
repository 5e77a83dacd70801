/*
 * git batho hooks run: what an installed hook calls.
 *
 * Where content is judged this program becomes the indexer at once. Nothing that goes wrong here keeps anybody from
 * committing, unless that is configured.
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
#include "core/base/trace2.h"
#include "core/git/program.h"
#include "git-batho/hook_queue.h"
#include "git-batho/hook_verdict.h"
#include "git-batho/logs.h"
#include "git-batho/spawn.h"
#include "hooks/background.h"
#include "hooks/message.h"

/*
 * What is judged, is judged by the indexer, which this process becomes, stdin included: the installed script runs it
 * itself when it can. Returns on failure only.
 */
static int judge(struct bt_hook_run *r, const char *const *git_args, struct bt_err *err)
{
	BT_FREE char *started = bt_xasprintf("--started=%lld", (long long)r->start_ms), *path = NULL;
	const char *const head[] = { "hooks", started, bt_hooks[r->event].name, "--" };
	BT_FREE const char **argv = NULL;
	size_t nr = 0;

	if (bt_indexer_path(&path, err))
		return err->code;
	while (git_args[nr])
		nr++;
	argv = bt_xcalloc(nr + BT_ARRAY_NR(head) + 2, sizeof(*argv));
	argv[0] = path;
	memcpy(argv + 1, head, sizeof(head));
	memcpy(argv + 1 + BT_ARRAY_NR(head), git_args, nr * sizeof(*argv));
	bt_trace2_exec(argv);
	execv(path, (char *const *)argv);
	return bt_err_errno(err, "cannot run '%s'", path);
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
		bt_say(BT_LOG_WARN, "hooks", "git-batho: %s: %s (ignored)", bt_hooks[r->event].name, err.msg);
}

static bool is_merging(const struct bt_repo *repo)
{
	BT_FREE char *head = bt_xasprintf("%s/MERGE_HEAD", repo->git_dir);

	return !access(head, F_OK);
}

static int check_message(struct bt_hook_run *r, const char *const *args, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, message = BT_BUF_INIT, why = BT_BUF_INIT,
				   line = BT_BUF_INIT;
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
	rules.is_merge = is_merging(&r->c->repo);
	bt_message_check(&rules, &message, &faults, &why);
	for (const char *p = bt_buf_cstr(&why); *p; p += strcspn(p, "\n") + 1) {
		bt_buf_clear(&line);
		bt_buf_add(&line, p, strcspn(p, "\n"));
		bt_say(BT_LOG_WARN, "hooks", "git-batho: %s: %s", bt_hooks[r->event].name, bt_buf_cstr(&line));
	}
	return faults ? bt_hook_objects(r) : 0;
}

/* --- */

/* The commit is made: what goes wrong here is told, and no more. */
static int queue_commit(struct bt_hook_run *r, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;

	(void)err;
	if (bt_hook_queue_commit(r, &why))
		bt_say(BT_LOG_WARN, "hooks", "git-batho: cannot queue the commit: %s", why.msg);
	return 0;
}

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
	return r->event == BT_HOOK_POST_COMMIT ? queue_commit(r, err) : 0;
}

int bt_hooks_run(struct bt_context *c, enum bt_hook_event event, const char *const *args, struct bt_err *err)
{
	struct bt_hook_run r = { .c = c, .event = event, .start_ms = bt_clock_ms() };
	int rc = 0;

	if (bt_hook_is_skipped(bt_hooks[event].name))
		return 0;
	switch (bt_hooks[event].work) {
	case BT_HOOK_CHECKS_STAGED:
	case BT_HOOK_CHECKS_PUSHED:
		rc = judge(&r, args, err);
		break;
	case BT_HOOK_CHECKS_MESSAGE:
		rc = check_message(&r, args, err);
		break;
	case BT_HOOK_INDEXES:
		rc = start_index(&r, err);
		break;
	}
	return bt_hook_end(&r, rc, err);
}
