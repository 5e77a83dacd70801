/*
 * git batho config list, get and explain.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "git-batho/config/config.h"

struct sources {
	struct bt_conf_source *items;
	size_t nr;
};

static void sources_release(struct sources *s)
{
	free(s->items);
}

static void say(const struct bt_conf_problem *p)
{
	struct bt_err err = BT_ERR_INIT;

	bt_err_set(&err, BT_ERR_FAIL, "%s", p->msg);
	bt_err_hint(&err, "%s", p->hint ? p->hint : "");
	bt_report(&err);
}

/* What is wrong is told, and the answer is not whole. */
static int tell_problems(const struct config_problems *problems)
{
	for (size_t i = 0; i < problems->nr; i++)
		say(&problems->items[i]);
	return problems->nr ? 1 : 0;
}

/* All values of a key that count. */
static size_t put_key(struct bt_context *c, const struct config_opts *o, const char *name)
{
	BT_CLEANUP(sources_release) struct sources s = { NULL, 0 };
	size_t nr = 0;

	bt_conf_sources(c->conf, name, &s.items, &s.nr);
	for (size_t i = 0; i < s.nr; i++) {
		if (!s.items[i].counts || (o->changed && s.items[i].origin == BT_FROM_DEFAULT))
			continue;
		config_put(c, name, &s.items[i], o->show_origin);
		nr++;
	}
	return nr;
}

int config_list(struct bt_context *c, const struct config_opts *o, struct bt_err *err)
{
	BT_CLEANUP(config_problems_release) struct config_problems problems = CONFIG_PROBLEMS_INIT;
	BT_FREE const char **names = NULL;
	size_t nr, put = 0;

	if (config_open(c, o, &problems, err))
		return err->code;
	bt_conf_names(c->conf, &names, &nr);
	for (size_t i = 0; i < nr && !bt_out_failed(c->out); i++)
		put += put_key(c, o, names[i]);
	return tell_problems(&problems) || !put;
}

/* Is this about the key? Then a value is not known before that is mended, as for every other command. */
static bool is_about(const struct bt_conf_problem *p, const char *name)
{
	const char *dot = p->key ? strrchr(p->key, '.') : NULL;
	BT_FREE char *env = bt_key_env_name(name), *key = p->key && bt_key_of(p->key) ? bt_key_name(p->key) : NULL;

	return p->key && ((dot && key && !strcmp(key, name)) || (env && !strcmp(env, p->key)));
}

int config_get(struct bt_context *c, const struct config_opts *o, const char *name, struct bt_err *err)
{
	BT_CLEANUP(config_problems_release) struct config_problems problems = CONFIG_PROBLEMS_INIT;
	BT_CLEANUP(sources_release) struct sources s = { NULL, 0 };
	BT_FREE char *known = NULL;
	size_t nr = 0;

	if (config_open(c, o, &problems, err) || !config_key(c, name, err))
		return err->code;
	known = bt_key_name(name);
	for (size_t i = 0; i < problems.nr; i++) {
		if (!is_about(&problems.items[i], known))
			continue;
		bt_err_set(err, BT_ERR_FAIL, "%s", problems.items[i].msg);
		return bt_err_hint(err, "%s", problems.items[i].hint);
	}
	bt_conf_sources(c->conf, known, &s.items, &s.nr);
	for (size_t i = 0; i < s.nr; i++) {
		const char *value = s.items[i].value ? s.items[i].value : "true";

		if (!s.items[i].counts)
			continue;
		nr++;
		if (o->show_origin || !bt_out_is_human(c->out)) {
			config_put(c, known, &s.items[i], true);
		} else {
			bt_out_textf(c->out, BT_COLOR_NONE, "%s", value);
			bt_out_nl(c->out);
		}
	}
	return nr ? 0 : 1;
}

/* --- explain --- */

static const char *type_name(enum bt_key_type type)
{
	static const char *const names[] = {
		[BT_TYPE_INT] = "number", [BT_TYPE_SIZE] = "size",     [BT_TYPE_BOOL] = "bool",
		[BT_TYPE_STRING] = "text", [BT_TYPE_CHOICE] = "choice", [BT_TYPE_PATTERNS] = "patterns",
		[BT_TYPE_PATH] = "path",
	};

	return names[type];
}

/* Who may set it, as words between commas. */
static const char *setters(const struct bt_key *k)
{
	if (k->scope == BT_SCOPE_GIT)
		return "git configuration";
	if (k->scope == BT_SCOPE_USER)
		return "environment, git configuration that is not a repository's own";
	return k->tracked ? "environment, git configuration, tracked file" : "environment, git configuration";
}

/* The options that set it for one run: "index --jobs". Appends. */
static void add_options(const char *name, struct bt_buf *out)
{
	for (const struct bt_command *const *cmd = bt_commands; *cmd; cmd++)
		for (const struct bt_opt *o = (*cmd)->options; o && o->type != BT_OPT_NONE; o++)
			if (o->config && o->name && !strcasecmp(o->config, name))
				bt_buf_addf(out, "%s%s --%s", out->len ? ", " : "", (*cmd)->name, o->name);
}

static void put_choices(struct bt_out *out, const struct bt_key *k)
{
	bt_out_array(out, "choices");
	for (int i = 0; k->choices && k->choices[i]; i++)
		bt_out_cstr(out, NULL, k->choices[i]);
	bt_out_array_end(out);
}

static void put_bounds(struct bt_out *out, const struct bt_key *k)
{
	if (k->type == BT_TYPE_INT || k->type == BT_TYPE_SIZE) {
		bt_out_int(out, "min", k->min);
		bt_out_int(out, "max", k->max);
	} else {
		bt_out_null(out, "min");
		bt_out_null(out, "max");
	}
}

static void record_key(struct bt_context *c, const char *name, const struct bt_key *k, const char *env, const char *options)
{
	static const char *const scopes[] = { [BT_SCOPE_REPOSITORY] = "repository", [BT_SCOPE_USER] = "user", [BT_SCOPE_GIT] = "git" };

	bt_out_record(c->out, "key");
	bt_out_cstr(c->out, "key", name);
	bt_out_cstr(c->out, "type", type_name(k->type));
	bt_out_cstr(c->out, "unit", *k->unit ? k->unit : NULL);
	put_bounds(c->out, k);
	bt_out_cstr(c->out, "default", k->deflt);
	bt_out_cstr(c->out, "scope", scopes[k->scope]);
	bt_out_bool(c->out, "tracked", k->tracked);
	bt_out_cstr(c->out, "environment", env);
	bt_out_cstr(c->out, "option", *options ? options : NULL);
	bt_out_cstr(c->out, "help", k->help);
	put_choices(c->out, k);
	bt_out_record_end(c->out);
}

static void row(struct bt_context *c, const char *what, const char *text)
{
	bt_out_textf(c->out, BT_COLOR_NOTE, "    %s", what);
	bt_out_pad(c->out, 20);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s", text);
	bt_out_nl(c->out);
}

static void type_row(struct bt_context *c, const struct bt_key *k)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	if (k->type == BT_TYPE_PATTERNS)
		bt_buf_adds(&text, "a list of patterns as in gitignore");
	else
		bt_key_expected(k, &text);
	if (*k->unit && k->type == BT_TYPE_INT)
		bt_buf_addf(&text, " (%s)", k->unit);
	row(c, "expected", bt_buf_cstr(&text));
}

static const char *state_of(const struct bt_conf_source *s)
{
	return s->counts ? "in force" : s->valid ? "hidden" : "wrong";
}

static void put_source(struct bt_context *c, const char *name, const struct bt_conf_source *s)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_out_record(c->out, "source");
	bt_out_cstr(c->out, "key", name);
	bt_out_cstr(c->out, "value", s->value ? s->value : "true");
	bt_out_cstr(c->out, "state", state_of(s));
	config_put_origin(c, s);
	bt_out_record_end(c->out);
	bt_buf_addf(&text, "%s  (", s->value && *s->value ? s->value : s->value ? "(empty)" : "true");
	config_place(s, &text);
	if (s->scope)
		bt_buf_addf(&text, ", %s", bt_git_scope_names[s->scope]);
	bt_buf_addch(&text, ')');
	row(c, state_of(s), bt_buf_cstr(&text));
}

static void explain_key(struct bt_context *c, const char *name)
{
	BT_CLEANUP(sources_release) struct sources s = { NULL, 0 };
	const struct bt_key *k = bt_key_of(name);
	BT_FREE char *env = bt_key_env_name(name);
	BT_BUF_OWNED struct bt_buf options = BT_BUF_INIT;

	add_options(name, &options);
	record_key(c, name, k, env, bt_buf_cstr(&options));
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", name);
	bt_out_nl(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "    %s", k->help);
	bt_out_nl(c->out);
	type_row(c, k);
	row(c, "default", k->deflt && *k->deflt ? k->deflt : "(none)");
	row(c, "set by", setters(k));
	if (env)
		row(c, "variable", env);
	if (options.len)
		row(c, "option", options.data);
	bt_conf_sources(c->conf, name, &s.items, &s.nr);
	if (!s.nr)
		row(c, "in force", "(nothing)");
	for (size_t i = s.nr; i-- > 0;)
		if (s.items[i].origin != BT_FROM_DEFAULT || s.items[i].counts)
			put_source(c, name, &s.items[i]);
}

/* An area stands for all keys in it. */
static size_t explain_area(struct bt_context *c, const char *area, const char *const *names, size_t nr, size_t told)
{
	size_t before = told, len = strlen(area);

	if (len && area[len - 1] == '.')
		len--;
	for (size_t i = 0; i < nr; i++) {
		if (strncasecmp(names[i], area, len) || names[i][len] != '.')
			continue;
		if (told++)
			bt_out_nl(c->out);
		explain_key(c, names[i]);
	}
	return told - before;
}

int config_explain(struct bt_context *c, const struct config_opts *o, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(config_problems_release) struct config_problems problems = CONFIG_PROBLEMS_INIT;
	BT_FREE const char **names = NULL;
	size_t nr, told = 0;

	if (config_open(c, o, &problems, err))
		return err->code;
	bt_conf_names(c->conf, &names, &nr);
	for (size_t i = 1; i < args->nr; i++) {
		const char *name = args->items[i];
		BT_FREE char *known = bt_key_of(name) ? bt_key_name(name) : NULL;
		size_t more = known ? 0 : explain_area(c, name, names, nr, told);

		if (!known && !more)
			return bt_conf_unknown_key(c->conf, name, err);
		told += more;
		if (!known)
			continue;
		if (told++)
			bt_out_nl(c->out);
		explain_key(c, known);
	}
	return 0;
}
