/*
 * git batho hooks: install, uninstall, status; run is in cmd_hooks_run.c.
 */
#include "git-batho/cmd_hooks.h"

#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "git-batho/audit.h"
#include "git-batho/commands.h"
#include "git-batho/spawn.h"
#include "hooks/install.h"

struct hooks_opts {
	struct bt_opt_list events;
	bool local, global, force;
};

static const struct bt_opt hooks_options[] = {
	{ .type = BT_OPT_GROUP, .help = "hooks" },
	{ .type = BT_OPT_LIST,
	  .letter = 'e',
	  .name = "event",
	  .metavar = "<event>",
	  .help = "this event, or several between commas; may be repeated",
	  BT_OPT_AT(struct hooks_opts, events) },
	{ .type = BT_OPT_FLAG,
	  .name = "local",
	  .flags = BT_OPT_NO_NEG,
	  .help = "of this repository (the default)",
	  BT_OPT_AT(struct hooks_opts, local) },
	{ .type = BT_OPT_FLAG,
	  .name = "global",
	  .flags = BT_OPT_NO_NEG,
	  .help = "of all your repositories",
	  BT_OPT_AT(struct hooks_opts, global) },
	{ .type = BT_OPT_FLAG,
	  .name = "force",
	  .flags = BT_OPT_NO_NEG,
	  .help = "install also into a folder outside of the repository",
	  BT_OPT_AT(struct hooks_opts, force) },
	BT_OPT_END
};

/* The events that are asked for, as flags. */
struct events {
	bool wanted[BT_HOOK_NR];
};

static int add_events(struct events *e, const char *list, struct bt_err *err)
{
	while (*list) {
		size_t len = strcspn(list, ",");
		BT_FREE char *name = bt_xstrndup(list, len);
		int event = bt_hook_find(name);

		if (event < 0) {
			BT_BUF_OWNED struct bt_buf all = BT_BUF_INIT;

			for (int i = 0; i < BT_HOOK_NR; i++)
				bt_buf_addf(&all, "%s%s", i ? ", " : "", bt_hooks[i].name);
			bt_err_set(err, BT_ERR_USAGE, "unknown event '%s'", name);
			return bt_err_hint(err, "the events are %s", bt_buf_cstr(&all));
		}
		e->wanted[event] = true;
		list += len + (list[len] == ',');
	}
	return 0;
}

static int choose_events(const struct hooks_opts *o, struct events *e, struct bt_err *err)
{
	for (size_t i = 0; i < o->events.nr; i++)
		if (add_events(e, o->events.items[i], err))
			return err->code;
	return 0;
}

static int open_site(struct bt_context *c, const struct hooks_opts *o, struct bt_site *s, struct bt_err *err)
{
	struct bt_err none = BT_ERR_INIT;
	int rc = bt_context_repo(c, &none);

	/* the user's hooks can be asked for from anywhere */
	if (rc && (!o->global || rc != BT_ERR_NOT_FOUND))
		return *err = none, rc;
	return bt_site_find(rc ? NULL : &c->repo, o->global, s, err);
}

static void print_result(struct bt_context *c, const struct bt_site *s, enum bt_hook_event event,
			 enum bt_install_result r)
{
	static const char *const names[] = {
		[BT_INSTALL_DONE] = "installed",	   [BT_INSTALL_CHAINED] = "chained",
		[BT_INSTALL_UPDATED] = "updated",	   [BT_INSTALL_UNCHANGED] = "unchanged",
		[BT_INSTALL_CONFIGURED] = "configured",	   [BT_INSTALL_REMOVED] = "removed",
		[BT_INSTALL_RESTORED] = "restored",	   [BT_INSTALL_NOT_OURS] = "not-ours",
		[BT_INSTALL_NOTHING] = "nothing",
	};
	static const char *const texts[] = {
		[BT_INSTALL_DONE] = "installed",
		[BT_INSTALL_CHAINED] = "installed; the hook that was there runs first",
		[BT_INSTALL_UPDATED] = "brought up to date",
		[BT_INSTALL_UNCHANGED] = "already there",
		[BT_INSTALL_CONFIGURED] = "installed as a setting",
		[BT_INSTALL_REMOVED] = "removed",
		[BT_INSTALL_RESTORED] = "removed; the hook from before is back",
		[BT_INSTALL_NOT_OURS] = "left alone: it is not ours",
		[BT_INSTALL_NOTHING] = "not installed",
	};
	bool config = r == BT_INSTALL_CONFIGURED || !s->dir;
	BT_FREE char *path = config ? bt_xasprintf("hook.batho-%s", bt_hooks[event].name)
				    : bt_xasprintf("%s/%s", s->dir, bt_hooks[event].name);

	bt_out_record(c->out, "hook");
	bt_out_cstr(c->out, "event", bt_hooks[event].name);
	bt_out_cstr(c->out, "result", names[r]);
	bt_out_cstr(c->out, "place", path);
	bt_out_record_end(c->out);
	if (c->common.quiet)
		return;
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", bt_hooks[event].name);
	bt_out_textf(c->out, BT_COLOR_NONE, ": %s (", texts[r]);
	bt_out_path(c->out, BT_COLOR_PATH, path, strlen(path));
	bt_out_textf(c->out, BT_COLOR_NONE, ")");
	bt_out_nl(c->out);
}

/* Another program wrote the hook that is chained now, and may write it again. */
static int advise(struct bt_context *c, const struct bt_site *s, enum bt_hook_event event,
		  const char *manager)
{
	BT_BUF_OWNED struct bt_buf advice = BT_BUF_INIT;

	if (manager && bt_site_manager_advice(manager, event, &advice))
		bt_notice(c, "%s wrote '%s/%s' and may write it again: better %s", manager, s->dir,
			  bt_hooks[event].name, bt_buf_cstr(&advice));
	return 0;
}

static int install_one(struct bt_context *c, const struct bt_site *s, enum bt_hook_event event,
		       const struct bt_shim_paths *paths, struct bt_err *err)
{
	BT_CLEANUP(bt_site_hook_release) struct bt_site_hook before = { .path = NULL };
	enum bt_install_result result;

	if (bt_site_look(s, event, &before, err) || bt_install(s, event, paths, &result, err))
		return err->code;
	print_result(c, s, event, result);
	if (result == BT_INSTALL_CHAINED)
		advise(c, s, event, before.manager);
	return 0;
}

static int install(struct bt_context *c, const struct hooks_opts *o, struct bt_err *err)
{
	BT_SITE_OWNED struct bt_site s = BT_SITE_INIT;
	struct events e = { { false } };
	BT_FREE char *program = NULL, *judge = NULL;
	BT_BUF_OWNED struct bt_buf names = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_shim_paths paths;

	if (choose_events(o, &e, err) || open_site(c, o, &s, err) || bt_file_program_path(&program, err))
		return err->code;
	/* it need not be there yet: the script looks again */
	if (bt_indexer_path(&judge, &ignored))
		judge = NULL;
	paths = (struct bt_shim_paths){ program, judge };
	if (!o->events.nr && s.repo && s.repo->bare && !s.global)
		e.wanted[BT_HOOK_PRE_RECEIVE] = true;
	else if (!o->events.nr)
		for (int i = 0; i < BT_HOOK_NR; i++)
			e.wanted[i] = bt_hooks[i].by_default;
	/* all or nothing: what cannot be is said before anything is done */
	for (int i = 0; i < BT_HOOK_NR; i++)
		if (e.wanted[i] && bt_install_check(&s, (enum bt_hook_event)i, o->force, err))
			return err->code;
	for (int i = 0; i < BT_HOOK_NR; i++)
		if (e.wanted[i] && install_one(c, &s, (enum bt_hook_event)i, &paths, err))
			return err->code;
	for (int i = 0; i < BT_HOOK_NR; i++)
		if (e.wanted[i])
			bt_buf_addf(&names, "%s%s", names.len ? ", " : "", bt_hooks[i].name);
	bt_audit(c, "hooks install", "ok", "%s in '%s'", bt_buf_cstr(&names), s.dir ? s.dir : "git's configuration");
	return 0;
}

static int uninstall(struct bt_context *c, const struct hooks_opts *o, struct bt_err *err)
{
	BT_SITE_OWNED struct bt_site s = BT_SITE_INIT;
	struct events e = { { false } };
	size_t nr = 0;

	if (choose_events(o, &e, err) || open_site(c, o, &s, err))
		return err->code;
	for (int i = 0; i < BT_HOOK_NR; i++) {
		enum bt_install_result result;

		if (o->events.nr && !e.wanted[i])
			continue;
		if (bt_uninstall(&s, (enum bt_hook_event)i, &result, err))
			return err->code;
		/* without --event, only what was there is worth a line */
		if (!o->events.nr && (result == BT_INSTALL_NOTHING || result == BT_INSTALL_NOT_OURS))
			continue;
		print_result(c, &s, (enum bt_hook_event)i, result);
		if (result != BT_INSTALL_NOTHING && result != BT_INSTALL_NOT_OURS)
			bt_audit(c, "hooks uninstall", "ok", "%s", bt_hooks[i].name);
		nr++;
	}
	if (!nr)
		bt_notice(c, "no hooks of ours are installed here");
	return 0;
}

/* --- status --- */

static const char *state_name(const struct bt_site *s, const struct bt_site_hook *h)
{
	if (s->kind == BT_SITE_OFF && h->ours)
		return "off";
	if (h->ours && h->configured)
		return "twice";
	if (h->ours)
		return "file";
	if (h->configured)
		return "config";
	if (h->saved)
		return "overwritten";
	return h->present ? "other" : "none";
}

static void print_state(struct bt_context *c, const struct bt_site *s, enum bt_hook_event event,
			const struct bt_site_hook *h)
{
	const char *state = state_name(s, h), *name = bt_hooks[event].name;
	const struct bt_value *mode = c->conf ? bt_conf_get(c->conf, bt_hook_mode_key(event)) : NULL;
	const char *mode_name = mode ? mode->text : "enforce";

	bt_out_record(c->out, "hook");
	bt_out_cstr(c->out, "event", name);
	bt_out_cstr(c->out, "state", state);
	bt_out_cstr(c->out, "mode", mode_name);
	bt_out_bool(c->out, "chained", h->saved);
	bt_out_cstr(c->out, "manager", h->manager);
	bt_out_cstr(c->out, "path", h->path);
	bt_out_record_end(c->out);
	if (!strcmp(state, "none") || (!strcmp(state, "other") && !bt_hooks[event].by_default))
		return;
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", name);
	bt_out_pad(c->out, 18);
	if (!strcmp(state, "other"))
		bt_out_textf(c->out, BT_COLOR_NONE, "not installed; %s%shook is there",
			     h->manager ? h->manager : "a", h->manager ? "'s " : " ");
	else if (!strcmp(state, "overwritten"))
		bt_out_textf(c->out, BT_COLOR_NONE, "%s: install again",
			     h->present ? "overwritten" : "removed");
	else if (!strcmp(state, "twice"))
		bt_out_textf(c->out, BT_COLOR_NONE,
			     "installed twice, as a file and as a setting: `git batho hooks "
			     "uninstall`, then install again");
	else
		bt_out_textf(c->out, BT_COLOR_NONE, "%s%s, %s",
			     !strcmp(state, "config") ? "a setting" : "a file",
			     h->saved ? " in front of the hook that was there" : "", mode_name);
	bt_out_nl(c->out);
}

static int status(struct bt_context *c, const struct hooks_opts *o, struct bt_err *err)
{
	BT_SITE_OWNED struct bt_site s = BT_SITE_INIT;
	bool any = false;

	if (o->events.nr)
		return bt_err_set(err, BT_ERR_USAGE, "status shows all events");
	if (open_site(c, o, &s, err))
		return err->code;
	for (int i = 0; i < BT_HOOK_NR; i++) {
		BT_CLEANUP(bt_site_hook_release) struct bt_site_hook h = { .path = NULL };

		if (bt_site_look(&s, (enum bt_hook_event)i, &h, err))
			return err->code;
		print_state(c, &s, (enum bt_hook_event)i, &h);
		any = any || h.ours || h.configured;
	}
	if (!any) {
		bt_out_textf(c->out, BT_COLOR_NONE, "no hooks of git-batho are installed here");
		bt_out_nl(c->out);
	}
	if (s.kind == BT_SITE_OFF)
		bt_notice(c, "core.hooksPath (%s) is '%s': no hook is run", s.scope, s.hooks_path);
	return 0;
}

static int run_event(struct bt_context *c, const struct bt_args *args, struct bt_err *err)
{
	BT_FREE const char **rest = bt_xcalloc(args->nr + 1, sizeof(*rest));
	int event = args->nr > 1 ? bt_hook_find(args->items[1]) : -1;

	if (args->nr < 2)
		return bt_err_set(err, BT_ERR_USAGE, "which event? (git batho hooks run <event>)");
	if (event < 0)
		return bt_err_set(err, BT_ERR_USAGE, "unknown event '%s'", args->items[1]);
	memcpy(rest, args->items + 2, (args->nr - 2) * sizeof(*rest));
	return bt_hooks_run(c, (enum bt_hook_event)event, rest, err);
}

static int run_hooks(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct hooks_opts *o = opts;
	const char *what = args->nr ? args->items[0] : "";

	if (!strcmp(what, "run"))
		return run_event(c, args, err);
	if (args->nr > 1)
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[1]);
	if (o->local && o->global)
		return bt_err_set(err, BT_ERR_USAGE, "--local and --global exclude each other");
	if (!strcmp(what, "install"))
		return install(c, o, err);
	if (!strcmp(what, "uninstall"))
		return uninstall(c, o, err);
	if (!strcmp(what, "status"))
		return status(c, o, err);
	if (!args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "install, uninstall, status or run?");
	bt_err_set(err, BT_ERR_USAGE, "'%s' is not install, uninstall, status or run", what);
	return bt_err_hint(err, "see `git batho hooks -h`");
}

static const char *const hooks_usage[] = {
	"install [--event <event>] [--local | --global] [--force]",
	"uninstall [--event <event>] [--local | --global]",
	"status [--local | --global]",
	"run <event> [--] [<argument>...]",
	NULL,
};

const struct bt_command bt_cmd_hooks = {
	.name = "hooks",
	.summary = "check what is committed and pushed, by hooks of git",
	.usage = hooks_usage,
	.options = hooks_options,
	.options_size = sizeof(struct hooks_opts),
	.run = run_hooks,
};
