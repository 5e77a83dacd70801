/*
 * Looking at the places of hooks.
 */
#include "hooks/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/git/program.h"
#include "hooks/shim.h"

/* A hook that is larger is no script of ours and of no manager. */
#define HOOK_READ_MAX ((size_t)1 << 20)

void bt_site_release(struct bt_site *s)
{
	if (!s)
		return;
	free(s->dir);
	free(s->hooks_path);
	free(s->scope);
	*s = (struct bt_site)BT_SITE_INIT;
}

void bt_site_hook_release(struct bt_site_hook *h)
{
	if (h)
		free(h->path);
}

static void chomp(struct bt_buf *b)
{
	bt_buf_cstr(b);
	if (b->len && b->data[b->len - 1] == '\n')
		b->data[--b->len] = '\0';
}

/* git >= 2.54: hook.<name>.command */
static int find_version(struct bt_site *s, struct bt_err *err)
{
	static const char *const argv[] = { "version", NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	unsigned major = 0, minor = 0;

	if (bt_git_run_argv(NULL, argv, &out, err))
		return err->code;
	if (sscanf(bt_buf_cstr(&out), "git version %u.%u", &major, &minor) != 2)
		return bt_err_set(err, BT_ERR_FAIL, "cannot tell the version of git");
	s->config_hooks = major > 2 || (major == 2 && minor >= 54);
	return 0;
}

/* core.hooksPath and its scope, as git has it and not as our own children get it. */
static int find_hooks_path(struct bt_site *s, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	const char *const local[] = { "git",	     "config", "--show-scope",	 "-z",
				      "--type=path", "--get",  "core.hooksPath", NULL };
	const char *const global[] = { "git", "config",	     "--global", "--show-scope",
				       "-z",  "--type=path", "--get",	 "core.hooksPath",
				       NULL };
	struct bt_child_opts o = { .argv = s->global ? global : local,
				   .out = BT_CHILD_PIPE,
				   .err = BT_CHILD_PIPE };
	const char *value;
	int status;

	if (bt_child_run(&o, NULL, 0, &out, &errout, &status, err))
		return err->code;
	if (status == 1)
		return 0;
	if (status)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot read core.hooksPath", bt_buf_cstr(&errout),
				   status);
	value = bt_buf_cstr(&out) + strlen(bt_buf_cstr(&out)) + 1;
	s->scope = bt_xstrdup(out.data);
	s->hooks_path = bt_xstrdup(value < out.data + out.len ? value : "");
	return 0;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = folder ? strlen(folder) : 0;

	return len && !strncmp(path, folder, len) && (path[len] == '/' || !path[len]);
}

/* The folder may not exist yet: the part of it that does decides. */
static char *real_part(const char *path)
{
	BT_FREE char *copy = bt_xstrdup(path);
	char *slash, *real;

	while (!(real = realpath(copy, NULL)) && errno == ENOENT && (slash = strrchr(copy, '/')) &&
	       slash != copy)
		*slash = '\0';
	return real ? real : bt_xstrdup(path);
}

static enum bt_site_kind classify(const struct bt_site *s)
{
	BT_FREE char *real = NULL;
	struct stat st;

	if (!s->hooks_path)
		return BT_SITE_OWN;
	if (!*s->hooks_path || (!stat(s->dir, &st) && !S_ISDIR(st.st_mode)))
		return BT_SITE_OFF;
	if (strcmp(s->scope, "local") && strcmp(s->scope, "worktree"))
		return BT_SITE_SHARED;
	real = real_part(s->dir);
	return is_below(real, s->repo->top) || is_below(real, s->repo->common_dir) ||
			       is_below(real, s->repo->git_dir)
		       ? BT_SITE_INSIDE
		       : BT_SITE_OUTSIDE;
}

/* git's own answer, which knows worktrees, submodules and relative values. */
static int find_dir(struct bt_site *s, struct bt_err *err)
{
	const char *const argv[] = {
		"git", "rev-parse", "--path-format=absolute", "--git-path", "hooks", NULL
	};
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	struct bt_child_opts o = { .argv = argv, .out = BT_CHILD_PIPE, .err = BT_CHILD_PIPE };
	int status;

	if (s->hooks_path && !*s->hooks_path)
		return 0;
	if (bt_child_run(&o, NULL, 0, &out, &errout, &status, err))
		return err->code;
	if (status)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot find the hooks", bt_buf_cstr(&errout), status);
	chomp(&out);
	s->dir = bt_buf_take(&out, NULL);
	return 0;
}

int bt_site_find(const struct bt_repo *repo, bool global, struct bt_site *ret_s, struct bt_err *err)
{
	*ret_s = (struct bt_site){ .repo = repo, .global = global };
	if (find_version(ret_s, err) || find_hooks_path(ret_s, err))
		return err->code;
	if (!global) {
		if (find_dir(ret_s, err))
			return err->code;
		ret_s->kind = classify(ret_s);
		return 0;
	}
	ret_s->kind = BT_SITE_SHARED;
	/* a relative one is another folder in every repository */
	if (ret_s->hooks_path && *ret_s->hooks_path == '/' && strcmp(ret_s->hooks_path, "/dev/null"))
		ret_s->dir = bt_xstrdup(ret_s->hooks_path);
	return 0;
}

/* --- one event --- */

struct manager {
	const char *name, *mark;	/* a text in the hooks it writes */
	const char *file;		/* where it is told what to run; NULL: it is enough to be chained */
	const char *add;		/* what is to be added there; %s is the event */
};

static const struct manager managers[] = {
	{ "lefthook", "lefthook", "lefthook.yml",
	  "%s: {commands: {batho: {run: git batho hooks run %s {0}}}}" },
	{ "prek", "prek", ".pre-commit-config.yaml",
	  "a local hook with 'language: system', 'stages: [%s]' and 'entry: git batho hooks run %s'" },
	{ "pre-commit", "pre-commit.com", ".pre-commit-config.yaml",
	  "a local hook with 'language: system', 'stages: [%s]' and 'entry: git batho hooks run %s'" },
	{ "overcommit", "vercommit", ".overcommit.yml",
	  "a hook for %s with 'command: [git, batho, hooks, run, %s]'" },
	{ "husky", "husky", ".husky", "%s: git batho hooks run %s \"$@\"" },
	{ "git-lfs", "git lfs", NULL, NULL },
};

static const struct manager *find_manager(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(managers); i++)
		if (!strcmp(managers[i].name, name))
			return &managers[i];
	return NULL;
}

static const char *recognise(const char *text)
{
	for (size_t i = 0; i < BT_ARRAY_NR(managers); i++)
		if (strstr(text, managers[i].mark))
			return managers[i].name;
	return NULL;
}

const char *bt_site_manager(const struct bt_site *s)
{
	const char *dir = s->dir;
	size_t len = dir ? strlen(dir) : 0;

	if (s->kind != BT_SITE_INSIDE)
		return NULL;
	if ((len > 7 && !strcmp(dir + len - 7, "/.husky")) ||
	    (len > 9 && !strcmp(dir + len - 9, "/.husky/_")))
		return "husky";
	return NULL;
}

bool bt_site_manager_advice(const char *manager, enum bt_hook_event event, struct bt_buf *out)
{
	const struct manager *m = find_manager(manager);
	const char *name = bt_hooks[event].name;

	if (!m || !m->file)
		return false;
	bt_buf_addf(out, "add to %s: ", m->file);
	for (const char *p = m->add; *p; p++)
		if (p[0] == '%' && p[1] == 's') {
			bt_buf_adds(out, name);
			p++;
		} else {
			bt_buf_addch(out, *p);
		}
	return true;
}

static int look_at_file(struct bt_site_hook *h, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_FREE char *saved = bt_xasprintf("%s%s", h->path, BT_SHIM_SAVED);
	struct bt_err ignored = BT_ERR_INIT;
	struct stat st, saved_st;

	h->saved = !lstat(saved, &saved_st);
	if (lstat(h->path, &st)) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return bt_err_errno(err, "cannot look at '%s'", h->path);
	}
	h->present = true;
	h->saved_same = h->saved && st.st_ino == saved_st.st_ino && st.st_dev == saved_st.st_dev;
	if (stat(h->path, &st) || !S_ISREG(st.st_mode) ||
	    bt_file_read(h->path, HOOK_READ_MAX, &text, &ignored))
		return 0;
	h->ours = bt_shim_is_ours(bt_buf_cstr(&text), text.len);
	h->manager = h->ours ? NULL : recognise(bt_buf_cstr(&text));
	return 0;
}

static int look_at_config(const struct bt_site *s, enum bt_hook_event event, struct bt_site_hook *h,
			  struct bt_err *err)
{
	BT_FREE char *key = bt_xasprintf("hook.batho-%s.event", bt_hooks[event].name);
	const char *const argv[] = { "git", "config", "--show-scope", "--get", key, NULL };
	struct bt_child_opts o = { .argv = argv, .out = BT_CHILD_PIPE, .err = BT_CHILD_NULL };
	const char *scope = s->global ? "global" : "local";
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int status;

	if (bt_child_run(&o, NULL, 0, &out, NULL, &status, err))
		return err->code;
	h->configured = !status;
	h->configured_here = !status && !strncmp(bt_buf_cstr(&out), scope, strlen(scope));
	return 0;
}

int bt_site_look(const struct bt_site *s, enum bt_hook_event event, struct bt_site_hook *ret_h,
		 struct bt_err *err)
{
	*ret_h = (struct bt_site_hook){ .path = NULL };
	if (s->dir) {
		ret_h->path = bt_xasprintf("%s/%s", s->dir, bt_hooks[event].name);
		if (look_at_file(ret_h, err))
			return err->code;
	}
	return look_at_config(s, event, ret_h, err);
}
