/*
 * git batho config set: what is checked goes into git's configuration, by the git program.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/signal.h"
#include "git-batho/audit.h"
#include "git-batho/config/config.h"
#include "git-batho/logs.h"
#include "hooks/message.h"

/* git gives up at once when somebody else is writing the same file; that is over in a moment. */
#define LOCK_TRIES 40
#define LOCK_PAUSE_MS 25
#define GIT_NOTHING_TO_UNSET 5

static bool is_locked(const char *errtext)
{
	return strstr(errtext, "could not lock config file") && strstr(errtext, "File exists");
}

static int run_git(struct bt_context *c, const char *const *args, int *ret_status, struct bt_err *err)
{
	for (int i = 1;; i++) {
		BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
		BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
		const struct timespec pause = { 0, LOCK_PAUSE_MS * 1000000L };

		bt_git_cmd_init(&cmd, c->repo.git_dir ? &c->repo : NULL);
		for (const char *const *p = args; *p; p++)
			bt_git_cmd_add(&cmd, *p);
		if (bt_git_run_status(&cmd, NULL, 0, NULL, &errout, ret_status, err))
			return err->code;
		if (!*ret_status || *ret_status == GIT_NOTHING_TO_UNSET)
			return 0;
		if (i < LOCK_TRIES && is_locked(bt_buf_cstr(&errout)) && !bt_cancel_check(err)) {
			nanosleep(&pause, NULL);
			continue;
		}
		return err->code ? err->code
				 : bt_git_fail(err, BT_ERR_FAIL, "cannot set it", bt_buf_cstr(&errout), *ret_status);
	}
}

static const char *scope_option(enum bt_git_scope scope)
{
	static const char *const options[] = {
		[BT_GIT_SCOPE_SYSTEM] = "--system", [BT_GIT_SCOPE_GLOBAL] = "--global",
		[BT_GIT_SCOPE_LOCAL] = "--local", [BT_GIT_SCOPE_WORKTREE] = "--worktree",
	};

	return options[scope];
}

/* Takes away what the key has in this scope, however its name is written there. */
static int clear(struct bt_context *c, enum bt_git_scope scope, const char *name, bool *ret_nothing, struct bt_err *err)
{
	struct bt_conf_source *sources;
	int status, rc = 0;
	size_t nr;

	*ret_nothing = true;
	bt_conf_sources(c->conf, name, &sources, &nr);
	for (size_t i = 0; i < nr && !rc; i++) {
		const char *args[] = { "config", scope_option(scope), "--unset-all", sources[i].name, NULL };

		if (sources[i].origin != BT_FROM_GIT || sources[i].scope != scope)
			continue;
		rc = run_git(c, args, &status, err);
		if (!rc && !status)
			*ret_nothing = false;
	}
	free(sources);
	return rc;
}

int config_write(struct bt_context *c, enum bt_git_scope scope, const char *name, const char *const *values, size_t nr, bool add,
		 bool *ret_nothing, struct bt_err *err)
{
	BT_FREE char *full = bt_xasprintf("batho.%s", name);
	int status;

	*ret_nothing = false;
	if (!nr)
		return clear(c, scope, name, ret_nothing, err);
	for (size_t i = 0; i < nr; i++) {
		const char *args[] = { "config", scope_option(scope), i || add ? "--add" : "--replace-all", full, values[i], NULL };

		if (run_git(c, args, &status, err))
			return err->code;
	}
	return 0;
}

/* --- checks, before anything is written --- */

static int check_scope(struct bt_context *c, const struct bt_key *k, const char *name, enum bt_git_scope scope, struct bt_err *err)
{
	bool of_repo = scope == BT_GIT_SCOPE_LOCAL || scope == BT_GIT_SCOPE_WORKTREE;

	if (of_repo && k->scope == BT_SCOPE_USER) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' is not taken from the configuration of a repository", name);
		return bt_err_hint(err, "--global sets it for you");
	}
	if (of_repo && !c->repo.git_dir) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "not a git repository: there is nothing here to configure");
		return bt_err_hint(err, "--global sets it for all your repositories");
	}
	return 0;
}

static int check_values(struct bt_context *c, const struct config_opts *o, const struct bt_key *k, const struct bt_args *args,
			struct bt_err *err)
{
	const char *name = args->items[1];
	bool list = k->type == BT_TYPE_PATTERNS;

	if (o->unset && (o->add || args->nr > 2))
		return bt_err_set(err, BT_ERR_USAGE, "--unset takes the name of a key alone");
	if (!o->unset && args->nr == 2) {
		bt_err_set(err, BT_ERR_USAGE, "'config set' wants a value for '%s'", name);
		return bt_err_hint(err, "--unset takes away the one it has");
	}
	if (!list && (o->add || args->nr > 3))
		return bt_err_set(err, BT_ERR_USAGE, "'%s' has one value", name);
	for (size_t i = 2; i < args->nr; i++)
		if (bt_conf_check_value(c->conf, name, args->items[i], err))
			return err->code;
	if (k == &bt_keys[BT_KEY_HOOKS_TICKET_PATTERN] && !o->unset && bt_message_pattern_check(args->items[2], err))
		return err->code = BT_ERR_USAGE;
	return 0;
}

/* --- telling --- */

static void tell_stronger(struct bt_context *c, const char *name, const struct bt_conf_source *best)
{
	BT_BUF_OWNED struct bt_buf place = BT_BUF_INIT;

	config_place(best, &place);
	bt_notice(c, "'%s' stays '%s': %s hides what was set", name, best->value ? best->value : "true", bt_buf_cstr(&place));
}

/* What was set and is not what counts, since somebody stronger has said something else; and what counts no more. */
static void tell_hidden(struct bt_context *c, enum bt_git_scope scope, const char *name)
{
	static const struct config_opts files;
	BT_CLEANUP(config_problems_release) struct config_problems problems = CONFIG_PROBLEMS_INIT;
	struct bt_context after = { .command = c->command, .argv = c->argv };
	const struct bt_conf_source *best = NULL, *tracked = NULL;
	struct bt_conf_source *sources = NULL;
	struct bt_err ignored = BT_ERR_INIT;
	size_t nr = 0;

	if (!config_open(&after, &files, &problems, &ignored))
		bt_conf_sources(after.conf, name, &sources, &nr);
	for (size_t i = 0; i < nr; i++) {
		if (sources[i].counts)
			best = &sources[i];
		if (sources[i].origin == BT_FROM_TRACKED && !sources[i].counts)
			tracked = &sources[i];
	}
	if (best && best->origin > BT_FROM_TRACKED && best->scope != scope)
		tell_stronger(c, name, best);
	else if (tracked && best && best->scope == scope && bt_key_of(name)->type == BT_TYPE_PATTERNS)
		bt_notice(c, "what %s:%u says of '%s' does not count here any more", tracked->file, tracked->line, name);
	free(sources);
	bt_conf_free(&after.conf);
	bt_repo_release(&after.repo);
	free(after.store_dir);
}

static void tell(struct bt_context *c, const struct config_opts *o, enum bt_git_scope scope, const char *name,
		 const struct bt_args *args)
{
	BT_BUF_OWNED struct bt_buf values = BT_BUF_INIT;

	for (size_t i = 2; i < args->nr; i++)
		bt_buf_addf(&values, "%s%s", i > 2 ? ", " : "", args->items[i]);
	bt_out_record(c->out, "set");
	bt_out_cstr(c->out, "key", name);
	bt_out_cstr(c->out, "result", o->unset ? "unset" : o->add ? "added" : "set");
	bt_out_cstr(c->out, "scope", bt_git_scope_names[scope]);
	bt_out_array(c->out, "values");
	for (size_t i = 2; i < args->nr; i++)
		bt_out_cstr(c->out, NULL, args->items[i]);
	bt_out_array_end(c->out);
	bt_out_record_end(c->out);
	if (c->common.quiet)
		return;
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", name);
	if (o->unset)
		bt_out_textf(c->out, BT_COLOR_NONE, " unset");
	else
		bt_out_textf(c->out, BT_COLOR_NONE, "%s%s", o->add ? "+=" : "=", bt_buf_cstr(&values));
	bt_out_textf(c->out, BT_COLOR_NOTE, " (%s)", bt_git_scope_names[scope]);
	bt_out_nl(c->out);
}

int config_set(struct bt_context *c, const struct config_opts *o, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(config_problems_release) struct config_problems problems = CONFIG_PROBLEMS_INIT;
	BT_FREE char *name = NULL;
	const struct bt_key *k;
	enum bt_git_scope scope;
	bool nothing;

	if (config_scope(o, &scope, err) || bt_context_lenient(c, config_problem_add, &problems, err))
		return err->code;
	if (c->repo.git_dir)
		bt_logs_open(c);
	k = config_key(c, args->items[1], err);
	if (!k)
		return err->code;
	name = bt_key_name(args->items[1]);
	/* what stands there although it must not can be taken away */
	if ((!o->unset && check_scope(c, k, name, scope, err)) || check_values(c, o, k, args, err))
		return err->code;
	if (config_write(c, scope, name, args->items + 2, args->nr - 2, o->add, &nothing, err))
		return err->code;
	if (nothing) {
		bt_notice(c, "'%s' is not set there (%s)", name, bt_git_scope_names[scope]);
		return 1;
	}
	tell(c, o, scope, name, args);
	if (c->repo.git_dir)
		bt_audit(c, "config set", "ok", "%s%s in %s scope", name, o->unset ? " unset" : "", bt_git_scope_names[scope]);
	tell_hidden(c, scope, name);
	return 0;
}
