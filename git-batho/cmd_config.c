/*
 * git batho config: which settings there are, what they are, who said so, and whether that is right. Which subcommand is which;
 * the work is in config/.
 *
 * What is wrong in a configuration must not keep anybody from looking at it and mending it: here it is told, and passed over.
 */
#include "git-batho/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "git-batho/commands.h"

static const struct bt_opt config_options[] = {
	{ .type = BT_OPT_GROUP, .help = "looking" },
	{ .type = BT_OPT_FLAG, .name = "show-origin", .of = "list get", .flags = BT_OPT_NO_NEG, .help = "list, get: say where it comes from",
	  BT_OPT_AT(struct config_opts, show_origin) },
	{ .type = BT_OPT_FLAG, .name = "changed", .of = "list", .flags = BT_OPT_NO_NEG, .help = "list: only what somebody has said",
	  BT_OPT_AT(struct config_opts, changed) },
	{ .type = BT_OPT_STRING, .name = "rev", .of = "list get explain", .metavar = "<revision>", .help = "the tracked settings of this revision instead of the files",
	  BT_OPT_AT(struct config_opts, rev) },
	{ .type = BT_OPT_FLAG, .name = "staged", .of = "list get explain", .flags = BT_OPT_NO_NEG, .help = "those that are staged",
	  BT_OPT_AT(struct config_opts, staged) },
	{ .type = BT_OPT_GROUP, .help = "setting" },
	{ .type = BT_OPT_FLAG, .name = "local", .of = "set profile", .flags = BT_OPT_NO_NEG, .help = "for this repository (the default)",
	  BT_OPT_AT(struct config_opts, local) },
	{ .type = BT_OPT_FLAG, .name = "global", .of = "set profile", .flags = BT_OPT_NO_NEG, .help = "for all your repositories",
	  BT_OPT_AT(struct config_opts, global) },
	{ .type = BT_OPT_FLAG, .name = "system", .of = "set", .flags = BT_OPT_NO_NEG, .help = "for everybody on this machine",
	  BT_OPT_AT(struct config_opts, system) },
	{ .type = BT_OPT_FLAG, .name = "worktree", .of = "set", .flags = BT_OPT_NO_NEG, .help = "for this worktree",
	  BT_OPT_AT(struct config_opts, worktree) },
	{ .type = BT_OPT_FLAG, .name = "add", .of = "set", .flags = BT_OPT_NO_NEG, .help = "set: keep the values that a list has",
	  BT_OPT_AT(struct config_opts, add) },
	{ .type = BT_OPT_FLAG, .name = "unset", .of = "set", .flags = BT_OPT_NO_NEG, .help = "set: take the value away",
	  BT_OPT_AT(struct config_opts, unset) },
	{ .type = BT_OPT_LIST, .name = "include", .of = "profile", .metavar = "<pattern>", .help = "profile: index only what matches; may be repeated",
	  BT_OPT_AT(struct config_opts, include) },
	{ .type = BT_OPT_FLAG, .name = "apply", .of = "profile", .flags = BT_OPT_NO_NEG, .help = "profile: set it, instead of saying what would be set",
	  BT_OPT_AT(struct config_opts, apply) },
	BT_OPT_END
};

static const char *const config_usage[] = {
	"list [--show-origin] [--changed] [--staged | --rev <revision>]",
	"get [--show-origin] [--staged | --rev <revision>] <key>",
	"explain [--staged | --rev <revision>] <key>...",
	"set [--local | --global | --system | --worktree] [--add] <key> <value>...",
	"set --unset [--local | --global | --system | --worktree] <key>",
	"validate [<file>]",
	"profile [<name>] [--local | --global] [--include <pattern>]... [--apply]",
	NULL,
};

void config_problems_release(struct config_problems *p)
{
	free(p->items);
	bt_arena_release(&p->arena);
	*p = (struct config_problems)CONFIG_PROBLEMS_INIT;
}

static const char *keep(struct bt_arena *a, const char *s)
{
	return s ? bt_arena_strndup(a, s, strlen(s)) : NULL;
}

void config_problem_add(void *ctx, const struct bt_conf_problem *p)
{
	struct config_problems *l = ctx;
	struct bt_arena *a = &l->arena;

	BT_GROW(l->items, l->alloc, l->nr + 1);
	l->items[l->nr++] = (struct bt_conf_problem){
		.msg = keep(a, p->msg), .hint = keep(a, p->hint), .what = keep(a, p->what), .file = keep(a, p->file),
		.line = p->line, .key = keep(a, p->key), .value = keep(a, p->value), .expected = keep(a, p->expected),
		.nearest = keep(a, p->nearest),
	};
}

int config_source(struct bt_context *c, const struct config_opts *o, struct bt_rev *ret_rev, struct bt_policy_source *ret_source,
		  struct bt_err *err)
{
	*ret_rev = (struct bt_rev){ .spec = o->rev ? o->rev : "HEAD", .optional = !o->rev };
	*ret_source = (struct bt_policy_source){ .from = BT_POLICY_FILES, .name = ret_rev->spec, .tree = &ret_rev->tree };
	if (o->rev && o->staged)
		return bt_err_set(err, BT_ERR_USAGE, "--rev and --staged exclude each other");
	if (!c->repo.git_dir && (o->rev || o->staged))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "not a git repository: there is nothing that is tracked");
	if (!c->repo.git_dir) {
		ret_source->from = BT_POLICY_NONE;
		return 0;
	}
	if (o->staged) {
		ret_source->from = BT_POLICY_INDEX;
		ret_source->name = "";
		return 0;
	}
	if (!o->rev && c->repo.top)
		return 0;
	ret_source->from = BT_POLICY_TREE;
	if (bt_repo_resolve(&c->repo, ret_rev, 1, err))
		return err->code;
	if (!ret_rev->found)
		ret_source->from = BT_POLICY_NONE;
	return 0;
}

int config_open(struct bt_context *c, const struct config_opts *o, struct config_problems *problems, struct bt_err *err)
{
	BT_CLEANUP(bt_policy_release) struct bt_policy policy = BT_POLICY_INIT;
	struct bt_policy_source source;
	struct bt_rev rev;

	if (bt_context_lenient(c, config_problem_add, problems, err) || config_source(c, o, &rev, &source, err) ||
	    bt_policy_read(&c->repo, &source, NULL, 0, &policy, err))
		return err->code;
	return policy.config ? bt_conf_set_tracked(c->conf, policy.config, policy.config_len, policy.config_where, err) : 0;
}

const struct bt_key *config_key(struct bt_context *c, const char *name, struct bt_err *err)
{
	const struct bt_key *k = bt_key_of(name);

	if (!k)
		bt_conf_unknown_key(c->conf, name, err);
	return k;
}

int config_scope(const struct config_opts *o, enum bt_git_scope *ret_scope, struct bt_err *err)
{
	if (o->local + o->global + o->system + o->worktree > 1)
		return bt_err_set(err, BT_ERR_USAGE, "--local, --global, --system and --worktree exclude each other");
	*ret_scope = o->global	   ? BT_GIT_SCOPE_GLOBAL
		     : o->system   ? BT_GIT_SCOPE_SYSTEM
		     : o->worktree ? BT_GIT_SCOPE_WORKTREE
				   : BT_GIT_SCOPE_LOCAL;
	return 0;
}

const char *config_origin(enum bt_origin origin)
{
	static const char *const names[] = {
		[BT_FROM_DEFAULT] = "default", [BT_FROM_TRACKED] = "tracked",	[BT_FROM_GIT] = "git",
		[BT_FROM_ENV] = "environment", [BT_FROM_COMMAND] = "command line",
	};

	return names[origin];
}

void config_place(const struct bt_conf_source *s, struct bt_buf *out)
{
	if (s->origin == BT_FROM_DEFAULT)
		bt_buf_adds(out, "default");
	else if (s->origin == BT_FROM_ENV)
		bt_buf_addf(out, "%s in the environment", s->name);
	else if (s->file && s->line)
		bt_buf_addf(out, "%s:%u", s->file, s->line);
	else if (s->file)
		bt_buf_adds(out, s->file);
	else
		bt_buf_adds(out, "the command line");
}

void config_put_origin(struct bt_context *c, const struct bt_conf_source *s)
{
	bt_out_cstr(c->out, "origin", config_origin(s->origin));
	bt_out_cstr(c->out, "scope", bt_git_scope_names[s->scope]);
	bt_out_cstr(c->out, "name", s->name);
	bt_out_cstr(c->out, "file", s->file);
	if (s->line)
		bt_out_uint(c->out, "line", s->line);
	else
		bt_out_null(c->out, "line");
}

void config_put(struct bt_context *c, const char *name, const struct bt_conf_source *s, bool show_origin)
{
	BT_BUF_OWNED struct bt_buf place = BT_BUF_INIT;
	const char *value = s->value ? s->value : "true";

	bt_out_record(c->out, "setting");
	bt_out_cstr(c->out, "key", name);
	bt_out_cstr(c->out, "value", value);
	config_put_origin(c, s);
	bt_out_record_end(c->out);
	config_place(s, &place);
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", name);
	bt_out_textf(c->out, BT_COLOR_SEP, "=");
	bt_out_textf(c->out, BT_COLOR_NONE, "%s", value);
	if (show_origin) {
		bt_out_pad(c->out, 48);
		bt_out_textf(c->out, BT_COLOR_NOTE, "%s", bt_buf_cstr(&place));
		if (s->scope)
			bt_out_textf(c->out, BT_COLOR_NOTE, " (%s)", bt_git_scope_names[s->scope]);
	}
	bt_out_nl(c->out);
}

static const struct subcommand {
	const char *name;
	size_t min, max;	/* arguments behind it */
} subcommands[] = {
	{ "list", 0, 0 }, { "get", 1, 1 }, { "explain", 1, SIZE_MAX }, { "set", 1, SIZE_MAX }, { "validate", 0, 1 }, { "profile", 0, 1 },
};

static int dispatch(struct bt_context *c, const struct config_opts *o, const char *verb, const struct bt_args *args, struct bt_err *err)
{
	const char *first = args->nr > 1 ? args->items[1] : NULL;

	switch (*verb) {
	case 'l':
		return config_list(c, o, err);
	case 'g':
		return config_get(c, o, first, err);
	case 'e':
		return config_explain(c, o, args, err);
	case 's':
		return config_set(c, o, args, err);
	case 'v':
		return config_validate(c, first, err);
	default:
		return config_profile(c, o, first, err);
	}
}

static int run_config(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const char *verb = args->nr && args->dashes > 0 ? args->items[0] : NULL;

	for (size_t i = 0; verb && i < BT_ARRAY_NR(subcommands); i++) {
		const struct subcommand *s = &subcommands[i];

		if (strcmp(s->name, verb))
			continue;
		if (args->nr - 1 < s->min)
			return bt_err_set(err, BT_ERR_USAGE, "'config %s' wants the name of a key", verb);
		if (args->nr - 1 > s->max)
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[1 + s->max]);
		return dispatch(c, opts, verb, args, err);
	}
	if (verb)
		bt_err_set(err, BT_ERR_USAGE, "'%s' is none of list, get, explain, set, validate and profile", verb);
	else
		bt_err_set(err, BT_ERR_USAGE, "what is to be done with the configuration?");
	return bt_err_hint(err, "see `git batho config -h`");
}

const struct bt_command bt_cmd_config = {
	.name = "config",
	.summary = "look at settings, explain, set and validate them",
	.usage = config_usage,
	.options = config_options,
	.options_size = sizeof(struct config_opts),
	.run = run_config,
};
