/*
 * The installer.
 */
#include "hooks/install.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/git/program.h"
#include "hooks/shim.h"

#define HOOK_MODE 0755
#define HOOK_TEXT_MAX ((size_t)1 << 20)

/* Whether hooks go into the configuration: where the folder belongs to somebody else and git can. */
static bool by_config(const struct bt_site *s)
{
	if (!s->config_hooks)
		return false;
	return s->global ? !s->dir : s->kind == BT_SITE_SHARED || s->kind == BT_SITE_OUTSIDE;
}

static int refuse_shared(const struct bt_site *s, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_FAIL, "core.hooksPath (%s) is '%s': hooks of this repository are not run",
		   s->scope, s->hooks_path);
	if (s->dir && !strcmp(s->scope, "global"))
		return bt_err_hint(
			err, "for all your repositories: `git batho hooks install --global`; for this one "
			     "alone, without the others: `git config core.hooksPath \"$(git rev-parse "
			     "--path-format=absolute --git-common-dir)/hooks\"`");
	return bt_err_hint(err, "`git config core.hooksPath \"$(git rev-parse --path-format=absolute "
				"--git-common-dir)/hooks\"` uses the repository's own hooks instead");
}

static int check_global(const struct bt_site *s, struct bt_err *err)
{
	if (s->dir || s->config_hooks)
		return 0;
	if (s->hooks_path)
		bt_err_set(err, BT_ERR_FAIL,
			   "core.hooksPath is '%s', which is no folder for all repositories", s->hooks_path);
	else
		bt_err_set(err, BT_ERR_FAIL,
			   "there are no hooks for all repositories: core.hooksPath is not set");
	return bt_err_hint(
		err,
		"`git config --global core.hooksPath ~/.config/git/hooks` makes a place; git runs the hooks "
		"there instead of those in .git/hooks");
}

int bt_install_check(const struct bt_site *s, enum bt_hook_event event, bool force, struct bt_err *err)
{
	const char *manager = bt_site_manager(s);
	BT_BUF_OWNED struct bt_buf advice = BT_BUF_INIT;

	if (s->global)
		return check_global(s, err);
	if (s->repo->bare && !bt_hooks[event].in_bare) {
		bt_err_set(err, BT_ERR_FAIL, "%s does not run in a bare repository", bt_hooks[event].name);
		return bt_err_hint(
			err, "`git batho hooks install --event pre-receive` checks what is pushed to it");
	}
	if (manager) {
		bt_err_set(err, BT_ERR_FAIL, "%s manages the hooks here (core.hooksPath is '%s')", manager,
			   s->hooks_path);
		bt_site_manager_advice(manager, event, &advice);
		return bt_err_hint(err, "%s", bt_buf_cstr(&advice));
	}
	if (s->kind == BT_SITE_OFF) {
		bt_err_set(err, BT_ERR_FAIL, "hooks are switched off: core.hooksPath (%s) is '%s'", s->scope,
			   s->hooks_path);
		return bt_err_hint(err, "`git config --%s --unset core.hooksPath` switches them on",
				   s->scope);
	}
	if (by_config(s))
		return 0;
	if (s->kind == BT_SITE_SHARED)
		return refuse_shared(s, err);
	if (s->kind == BT_SITE_OUTSIDE && !force) {
		bt_err_set(err, BT_ERR_FAIL, "core.hooksPath is '%s', outside of this repository",
			   s->hooks_path);
		return bt_err_hint(err, "`git batho hooks install --force` installs there nevertheless");
	}
	return 0;
}

/* --- in the configuration --- */

static int run_config(const struct bt_site *s, const char *const *args, bool may_fail, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	int status;

	bt_git_cmd_init(&c, s->repo);
	bt_git_cmd_addl(&c, "config", s->global ? "--global" : "--local", NULL);
	for (; *args; args++)
		bt_git_cmd_add(&c, *args);
	if (bt_git_run_status(&c, NULL, 0, NULL, &errout, &status, err))
		return err->code;
	if (status && !may_fail)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot change the configuration", bt_buf_cstr(&errout),
				   status);
	return 0;
}

/* The command first and last: git refuses to do anything while an event has none. */
static int put_config(const struct bt_site *s, const struct bt_hook *h, const struct bt_shim_paths *paths,
		      struct bt_err *err)
{
	BT_FREE char *command = bt_xasprintf("hook.batho-%s.command", h->name);
	BT_FREE char *event = bt_xasprintf("hook.batho-%s.event", h->name);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_shim_command(h, paths, &text);
	if (run_config(s, (const char *const[]){ "--replace-all", command, bt_buf_cstr(&text), NULL }, false,
		       err))
		return err->code;
	return run_config(s, (const char *const[]){ "--replace-all", event, h->name, NULL }, false, err);
}

static int drop_config(const struct bt_site *s, const struct bt_hook *h, struct bt_err *err)
{
	BT_FREE char *section = bt_xasprintf("hook.batho-%s", h->name);
	BT_FREE char *event = bt_xasprintf("%s.event", section);

	if (run_config(s, (const char *const[]){ "--unset-all", event, NULL }, false, err))
		return err->code;
	return run_config(s, (const char *const[]){ "--remove-section", section, NULL }, false, err);
}

/* --- as a file --- */

static int make_folder(const char *dir, struct bt_err *err)
{
	BT_FREE char *path = bt_xstrdup(dir);

	for (char *p = path + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return bt_err_errno(err, "cannot make the folder '%s'", path);
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return bt_err_errno(err, "cannot make the folder '%s'", path);
	return 0;
}

/*
 * A second name for the hook that is there, so that its place is never empty; where links are not to be
 * had, a move.
 */
static int save_hook(const char *path, const char *saved, struct bt_err *err)
{
	if (!linkat(AT_FDCWD, path, AT_FDCWD, saved, 0))
		return 0;
	if (errno != EEXIST && errno != ENOENT && !rename(path, saved))
		return 0;
	return bt_err_errno(err, "cannot keep the hook that is there as '%s'", saved);
}

/* A folder or a pipe under the name of a hook: git does not run it, and neither would we. */
static int refuse_odd(const char *path, struct bt_err *err)
{
	struct stat st;

	if (lstat(path, &st) || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return 0;
	bt_err_set(err, BT_ERR_FAIL, "'%s' is no file", path);
	return bt_err_hint(err, "a hook cannot be installed there before it is moved away");
}

static bool has_text(const char *path, const struct bt_buf *want)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	return !bt_file_read(path, HOOK_TEXT_MAX, &text, &ignored) && text.len == want->len &&
	       !memcmp(text.data, want->data, want->len);
}

static int put_file(const struct bt_site *s, const struct bt_hook *event, const struct bt_site_hook *h,
		    const struct bt_shim_paths *paths, enum bt_install_result *ret_result, struct bt_err *err)
{
	BT_FREE char *saved = bt_xasprintf("%s%s", h->path, BT_SHIM_SAVED);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_shim_script(event, paths, &text);
	*ret_result = h->ours ? BT_INSTALL_UPDATED : h->present ? BT_INSTALL_CHAINED : BT_INSTALL_DONE;
	if (h->ours && has_text(h->path, &text) && !access(h->path, X_OK)) {
		*ret_result = BT_INSTALL_UNCHANGED;
		return 0;
	}
	if (refuse_odd(h->path, err))
		return err->code;
	if (h->present && !h->ours && h->saved && !h->saved_same) {
		bt_err_set(err, BT_ERR_FAIL, "there are two hooks already: '%s' and '%s'", h->path, saved);
		return bt_err_hint(
			err, "the second was kept by an earlier install; remove the one you do not need");
	}
	if (!h->present && h->saved)	/* it was chained and somebody took ours out */
		*ret_result = BT_INSTALL_CHAINED;
	if (make_folder(s->dir, err) ||
	    (h->present && !h->ours && !h->saved && save_hook(h->path, saved, err)))
		return err->code;
	return bt_file_write_atomic(h->path, bt_buf_cstr(&text), text.len, HOOK_MODE, err);
}

int bt_install(const struct bt_site *s, enum bt_hook_event event, const struct bt_shim_paths *paths,
	       enum bt_install_result *ret_result, struct bt_err *err)
{
	BT_CLEANUP(bt_site_hook_release) struct bt_site_hook h;

	if (bt_site_look(s, event, &h, err))
		return err->code;
	/* never both for one event: what is there already stays the kind it is */
	if (h.configured && !h.configured_here) {
		*ret_result = BT_INSTALL_UNCHANGED;
		return 0;
	}
	if (h.configured || (by_config(s) && !h.ours)) {
		*ret_result = h.configured ? BT_INSTALL_UPDATED : BT_INSTALL_CONFIGURED;
		return put_config(s, &bt_hooks[event], paths, err);
	}
	return put_file(s, &bt_hooks[event], &h, paths, ret_result, err);
}

int bt_uninstall(const struct bt_site *s, enum bt_hook_event event, enum bt_install_result *ret_result,
		 struct bt_err *err)
{
	BT_CLEANUP(bt_site_hook_release) struct bt_site_hook h;
	BT_FREE char *saved = NULL;

	if (bt_site_look(s, event, &h, err))
		return err->code;
	*ret_result = h.configured_here ? BT_INSTALL_REMOVED : BT_INSTALL_NOTHING;
	if (h.configured_here && drop_config(s, &bt_hooks[event], err))
		return err->code;
	if (!h.path)
		return 0;
	saved = bt_xasprintf("%s%s", h.path, BT_SHIM_SAVED);
	if (h.saved_same) {
		*ret_result = BT_INSTALL_RESTORED;
		if (unlink(saved))
			return bt_err_errno(err, "cannot remove '%s'", saved);
	} else if (h.saved && (h.ours || !h.present)) {
		*ret_result = BT_INSTALL_RESTORED;
		if (rename(saved, h.path))
			return bt_err_errno(err, "cannot put back '%s'", saved);
	} else if (h.ours) {
		*ret_result = BT_INSTALL_REMOVED;
		if (unlink(h.path))
			return bt_err_errno(err, "cannot remove '%s'", h.path);
	} else if (h.present && !h.configured_here) {
		*ret_result = BT_INSTALL_NOT_OURS;
	}
	return 0;
}
