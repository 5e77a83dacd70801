/*
 * The repository's hooks, as `git commit` would run them: in the top folder of a worktree whose HEAD is the base and whose index is
 * the folded tree, with what it sets in their environment.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/path.h"
#include "core/batch/verify/impl.h"

/* Messages of one batch; it has at most 100 members. */
#define MESSAGES_MAX "200"
#define MESSAGE_FILE "COMMIT_EDITMSG"
/* HEAD where there is no base: a branch that is not there, and is nobody's. */
#define UNBORN "refs/heads/batho-gate"

static const char *const names[] = { "pre-commit", "pre-merge-commit", "commit-msg" };

/* Where they are. */
struct site {
	char *path;		/* core.hooksPath, or NULL: <common dir>/hooks */
	bool configured;	/* git >= 2.54: hook.<name>.event names one of ours */
};

static void site_release(struct site *s)
{
	free(s->path);
}

static bool is_ours(const char *event)
{
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (!strcmp(event, names[i]))
			return true;
	return false;
}

static int site_read(const struct gate *g, struct site *s, struct bt_err *err)
{
	static const char hooks_path[] = "core.hookspath";
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	const char *at, *end;
	int status;

	bt_git_cmd_init_hooked(&c, g->r->repo);
	bt_git_cmd_addl(&c, "config", "-z", "--type=path", "--get-regexp", "^(core\\.hookspath|hook\\..*\\.event)$", NULL);
	if (bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err))
		return err->code;
	if (status > 1)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot ask for the hooks", bt_buf_cstr(&errout), status);
	at = bt_buf_cstr(&out);
	for (end = at + out.len; at < end; at += strlen(at) + 1) {
		size_t key = strcspn(at, "\n");
		const char *value = at[key] ? at + key + 1 : "";

		if (key == strlen(hooks_path) && !strncmp(at, hooks_path, key)) {
			free(s->path);
			s->path = bt_xstrdup(value);
		} else if (is_ours(value)) {
			s->configured = true;
		}
	}
	return 0;
}

static bool is_hook(const char *folder, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

static bool is_any(const char *folder)
{
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (is_hook(folder, names[i]))
			return true;
	return false;
}

int gate_hooks_any(struct gate *g, bool *ret_any, struct bt_err *err)
{
	BT_CLEANUP(site_release) struct site s = { .path = NULL };
	BT_FREE char *own = bt_xasprintf("%s/hooks", g->r->repo->common_dir);

	if (site_read(g, &s, err))
		return err->code;
	/* a relative path is one of the worktree: only there it is seen what is in it */
	*ret_any = s.configured || (s.path && *s.path && *s.path != '/') || is_any(s.path && *s.path ? s.path : own);
	return 0;
}

/*
 * A relative core.hooksPath is looked for in the worktree. Tools that make that folder (husky) have made it in the main worktree
 * alone, and git passes over a hook that is not there: then the one there is meant. *ret_path NULL: as git finds it.
 */
static void site_choose(const struct gate *g, const struct site *s, char **ret_path)
{
	const struct bt_repo *repo = g->r->repo;
	size_t len = strlen(repo->common_dir), tail = strlen("/.git");
	BT_FREE char *here = NULL, *top = NULL, *there = NULL;

	*ret_path = NULL;
	if (!s->path || !*s->path || *s->path == '/')
		return;
	here = bt_xasprintf("%s/%s", g->kept->place.dir, s->path);
	if (is_any(here))
		return;
	if (len > tail && !strcmp(repo->common_dir + len - tail, "/.git"))
		top = bt_xstrndup(repo->common_dir, len - tail);
	else if (repo->top)
		top = bt_xstrdup(repo->top);
	if (!top)
		return;
	there = bt_xasprintf("%s/%s", top, s->path);
	if (!is_any(there))
		return;
	*ret_path = there;
	there = NULL;
}

/* --- running one --- */

/* GIT_AUTHOR_*, out of "A U Thor <a@b> 1700000000 +0100". */
static void env_author(struct bt_git_cmd *c, const char *who)
{
	const char *lt = strrchr(who, '<'), *gt = strrchr(who, '>');
	BT_FREE char *name = NULL, *mail = NULL, *date = NULL;

	if (!lt || !gt || gt < lt)
		return;
	name = bt_xasprintf("GIT_AUTHOR_NAME=%.*s", (int)(lt > who ? lt - who - 1 : 0), who);
	mail = bt_xasprintf("GIT_AUTHOR_EMAIL=%.*s", (int)(gt - lt - 1), lt + 1);
	date = bt_xasprintf("GIT_AUTHOR_DATE=@%s", gt[1] ? gt + 2 : "");
	bt_git_cmd_env(c, name);
	bt_git_cmd_env(c, mail);
	bt_git_cmd_env(c, date);
}

/* As `git commit` leaves it to a hook in a linked worktree. */
static void env_hook(const struct gate *g, struct bt_git_cmd *c)
{
	const struct gate_place *p = &g->kept->place;
	const char *skip = getenv("BATHO_SKIP");
	BT_FREE char *git_dir = bt_xasprintf("GIT_DIR=%s", p->admin);
	BT_FREE char *index = bt_xasprintf("GIT_INDEX_FILE=%s", p->repo.index_file);
	BT_FREE char *skips = bt_xasprintf("BATHO_SKIP=%s%spre-commit,pre-merge-commit", skip ? skip : "", skip && *skip ? "," : "");

	gate_cmd_clean(c);
	bt_git_cmd_env(c, git_dir);
	bt_git_cmd_env(c, index);
	bt_git_cmd_env(c, "GIT_PREFIX=");
	bt_git_cmd_env(c, "GIT_EDITOR=:");
	bt_git_cmd_env(c, "GIT_OPTIONAL_LOCKS");
	bt_git_cmd_env(c, "LANGUAGE");
	env_author(c, g->author);
	/* what these of ours would look at has been judged */
	if (g->r->settings->check)
		bt_git_cmd_env(c, skips);
}

static int hook_run(struct gate *g, const char *folder, const char *name, const char *arg, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(gate_end_release) struct gate_end end;
	BT_FREE char *config = folder ? bt_xasprintf("core.hooksPath=%s", folder) : NULL;
	struct bt_child_opts o;
	int timeout_s = g->r->settings->verify_timeout_s;

	end = (struct gate_end){ .status = 0 };
	bt_git_cmd_init_hooked(&c, &g->kept->place.repo);
	env_hook(g, &c);
	if (config)
		bt_git_cmd_config(&c, config);
	bt_git_cmd_addl(&c, "hook", "run", "--ignore-missing", name, NULL);
	if (arg)
		bt_git_cmd_addl(&c, "--", arg, NULL);
	o = bt_git_cmd_opts(&c);
	o.cwd = g->kept->place.dir;
	g->kept->place.used = true;
	if (gate_child_run(&g->kept->place, &o, timeout_s, &end, err))
		return err->code;
	if (end.status || end.timed_out)
		gate_refuse_end(g, name, &end, timeout_s);
	return 0;
}

/* --- before the commit --- */

/* HEAD is what the commit would be made upon. */
static int head_set(struct gate *g, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	bt_git_cmd_init(&c, &g->kept->place.repo);
	bt_git_cmd_env(&c, "GIT_INDEX_FILE");
	if (g->base.len)
		bt_git_cmd_addl(&c, "update-ref", "--no-deref", "HEAD", bt_oid_hex(&g->base, hex), NULL);
	else
		bt_git_cmd_addl(&c, "symbolic-ref", "HEAD", UNBORN, NULL);
	g->kept->place.used = true;
	return bt_git_run(&c, "cannot prepare a worktree for hooks", NULL, 0, NULL, err);
}

/* Is the index still what will land? */
static int staged_compare(struct gate *g, const char *name, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_err ignored = BT_ERR_INIT;

	bt_git_cmd_init(&c, &g->kept->place.repo);
	bt_git_cmd_env(&c, "GIT_INDEX_FILE");
	bt_git_cmd_addl(&c, "write-tree", NULL);
	if (!bt_git_run(&c, NULL, NULL, 0, &out, &ignored) && !strncmp(bt_buf_cstr(&out), bt_oid_hex(&g->tree, hex), 2 * g->tree.len))
		return 0;
	return gate_note(g, err, "%s changed what is staged; that is not taken", name);
}

static int before_commit(struct gate *g, const char *folder, struct bt_err *err)
{
	const char *name = g->parents_nr > 1 ? names[1] : names[0];

	if (head_set(g, err) || hook_run(g, folder, name, NULL, err))
		return err->code;
	return g->v->passed ? staged_compare(g, name, err) : 0;
}

/* --- messages --- */

static int message_judge(struct gate *g, const char *folder, const char *message, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/" MESSAGE_FILE, g->kept->place.admin);
	BT_BUF_OWNED struct bt_buf after = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	size_t len = strlen(message);

	if (bt_file_write_atomic(path, message, len, 0666, err) || hook_run(g, folder, names[2], path, err))
		return err->code;
	if (g->v->passed && (bt_file_read(path, 2 * len + 65536, &after, &ignored) || after.len != len ||
			     memcmp(bt_buf_cstr(&after), message, len)))
		return gate_note(g, err, "%s changed a message; that is not taken", names[2]);
	return 0;
}

/* The messages of base..commit on the way of first parents. */
static int messages_read(const struct gate *g, struct bt_buf *out, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1], not[BT_OID_HEX_MAX + 2] = "^";

	bt_git_cmd_init(&c, g->r->repo);
	bt_git_cmd_addl(&c, "log", "-z", "--first-parent", "--reverse", "--no-patch", "--no-show-signature", "--no-color", "--no-notes",
			"--no-mailmap", "--encoding=UTF-8", "--format=%B", "-n", MESSAGES_MAX, bt_oid_hex(&g->commit, hex), NULL);
	if (g->base.len) {
		bt_oid_hex(&g->base, not + 1);
		bt_git_cmd_add(&c, not);
	}
	bt_git_cmd_add(&c, "--");
	return bt_git_run(&c, "cannot read the messages", NULL, 0, out, err);
}

/* A fast-forward brings commits that others made: their hooks have run where they were made. */
static bool is_by_queue(const struct gate *g, const char *message)
{
	return g->b->kind == BT_ACTION_COMMIT || strstr(message, "\nBatho-Batch: ");
}

static int messages_judge(struct gate *g, const char *folder, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf all = BT_BUF_INIT;
	const char *at, *end;

	if (g->alone)
		return message_judge(g, folder, g->message, err);
	if (messages_read(g, &all, err))
		return err->code;
	at = bt_buf_cstr(&all);
	for (end = at + all.len; at < end && g->v->passed; at += strlen(at) + 1)
		if (is_by_queue(g, at) && message_judge(g, folder, at, err))
			return err->code;
	return 0;
}

int gate_hooks_run(struct gate *g, struct bt_err *err)
{
	BT_CLEANUP(site_release) struct site s = { .path = NULL };
	BT_FREE char *folder = NULL;

	if (site_read(g, &s, err) || gate_place_ready(&g->kept->place, g->r->repo, &g->commit, err))
		return err->code;
	site_choose(g, &s, &folder);
	if (before_commit(g, folder, err) || !g->v->passed)
		return err->code;
	return messages_judge(g, folder, err);
}
