/*
 * git's configuration, through the git program: one listing with origins.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/conf/conf_state.h"
#include "core/git/program.h"

/* Files are read again to say the line of a mistake; larger ones are named without it. */
#define FILE_LEN_MAX (1u << 20)
#define FILTER "filter."
#define HOOK "hook."

static enum bt_git_scope scope_of(const char *name)
{
	for (int i = BT_GIT_SCOPE_SYSTEM; i < BT_GIT_SCOPE_NR; i++)
		if (!strcmp(bt_git_scope_names[i], name))
			return (enum bt_git_scope)i;
	return BT_GIT_SCOPE_NONE;
}

static void add(struct bt_conf *c, const char *scope, const char *origin, const char *name, const char *value)
{
	BT_GROW(c->git, c->git_alloc, c->git_nr + 1);
	c->git[c->git_nr++] = (struct conf_git){
		.name = bt_arena_strndup(&c->arena, name, strlen(name)),
		.value = value ? bt_arena_strndup(&c->arena, value, strlen(value)) : NULL,
		.origin = bt_arena_strndup(&c->arena, origin, strlen(origin)),
		.scope = scope_of(scope),
	};
}

void conf_parse_git(struct bt_conf *c, char *data, size_t len)
{
	static const char *const wanted[] = {
		CONF_OURS, "core.", "color.", "pager.", FILTER, "user.", "author.", "committer.", "i18n.", HOOK, "trace2.",
	};
	char *p = data, *end = data + len;

	while (p < end) {
		char *scope = p, *origin = scope + strlen(scope) + 1, *name, *lf;

		if (origin >= end)
			return;
		name = origin + strlen(origin) + 1;
		if (name >= end)
			return;
		p = name + strlen(name) + 1;
		lf = strchr(name, '\n');
		if (lf)
			*lf = '\0';
		for (size_t i = 0; i < BT_ARRAY_NR(wanted); i++)
			if (!strncmp(name, wanted[i], strlen(wanted[i])))
				add(c, scope, origin, name, lf ? lf + 1 : NULL);
	}
}

bool bt_conf_has_filters(const struct bt_conf *c)
{
	static const char lfs[] = FILTER "lfs.";

	for (size_t i = 0; i < c->git_nr; i++)
		if (!strncmp(c->git[i].name, FILTER, strlen(FILTER)) && strncmp(c->git[i].name, lfs, strlen(lfs)))
			return true;
	return false;
}

bool bt_conf_has_hooks(const struct bt_conf *c)
{
	for (size_t i = 0; i < c->git_nr; i++)
		if (!strncmp(c->git[i].name, HOOK, strlen(HOOK)))
			return true;
	return false;
}

int bt_conf_ask(struct bt_git_stream *ret_listing, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;

	bt_git_stream_init(ret_listing);
	bt_git_cmd_init(&cmd, NULL);
	bt_git_cmd_addl(&cmd, BT_GIT_CONFIG_LISTING, NULL);
	return bt_git_stream_start(ret_listing, &cmd, false, BT_BUF_DEFAULT_MAX, err);
}

/* Is a setting of ours in a file that git names from a folder that we do not know? */
static bool is_named_vaguely(const struct bt_conf *c)
{
	for (size_t i = 0; i < c->git_nr; i++)
		if (!strncmp(c->git[i].name, CONF_OURS, strlen(CONF_OURS)) && !strncmp(c->git[i].origin, "file:", 5) &&
		    c->git[i].origin[5] != '/')
			return true;
	return false;
}

/* With the repository's place given git names its files from the root. */
static int read_again(struct bt_conf *c, const struct bt_repo *repo, struct bt_err *err)
{
	static const char *const argv[] = { BT_GIT_CONFIG_LISTING, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	if (bt_git_run_argv(repo, argv, &out, err))
		return bt_err_wrap(err, "cannot read git's configuration");
	c->git_nr = 0;
	conf_parse_git(c, out.data, out.len);
	return 0;
}

int conf_read_git(struct bt_conf *c, const struct bt_repo *repo, struct bt_git_stream *listing, struct bt_err *err)
{
	int rc;

	do
		rc = bt_git_stream_fill(listing, 0, err);
	while (rc == BT_ROW);
	if (rc >= 0)
		rc = bt_git_stream_finish(listing, NULL, err);
	if (rc < 0)
		return bt_err_wrap(err, "cannot read git's configuration");
	bt_buf_cstr(&listing->buf);
	conf_parse_git(c, listing->buf.data + listing->at, listing->buf.len - listing->at);
	return is_named_vaguely(c) ? read_again(c, repo, err) : 0;
}

/* The line of setting number `at` in its file, 0 when it cannot be told. */
static unsigned line_of(const struct bt_conf *c, size_t at, const char *path)
{
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;
	const struct conf_git *g = &c->git[at];
	size_t nth = 0;

	if (bt_file_read(path, FILE_LEN_MAX, &data, NULL))
		return 0;
	for (size_t i = 0; i < at; i++)
		nth += !strcmp(c->git[i].name, g->name) && !strcmp(c->git[i].origin, g->origin);
	return conf_git_line(bt_buf_cstr(&data), data.len, g->name, nth);
}

void conf_git_place(const struct bt_conf *c, size_t at, struct bt_buf *where, struct conf_place *place)
{
	const struct conf_git *g = &c->git[at];
	const char *file = !strncmp(g->origin, "file:", 5) ? g->origin + 5 : NULL;

	place->origin = BT_FROM_GIT;
	place->scope = g->scope;
	place->file = file;
	place->line = file ? line_of(c, at, file) : 0;
	if (!strcmp(g->origin, "command line:"))
		bt_buf_adds(where, "on the command line");
	else
		bt_buf_addf(where, "in %s", file ? file : g->origin);
	if (place->line)
		bt_buf_addf(where, ":%u", place->line);
	place->where = bt_buf_cstr(where);
}

bool conf_is_out_of_scope(const struct bt_key *k, enum bt_git_scope scope)
{
	return k->scope == BT_SCOPE_USER && (scope == BT_GIT_SCOPE_LOCAL || scope == BT_GIT_SCOPE_WORKTREE);
}

static int set(struct bt_conf *c, const struct conf_git *g, int key, const struct conf_place *place, struct bt_err *err)
{
	const char *value = g->value ? g->value : "true";

	if (conf_is_out_of_scope(&bt_keys[key], g->scope))
		return conf_untaken(c, place, "the configuration of a repository", true, err);
	return conf_set(c, (enum bt_key_id)key, value, place, err);
}

/*
 * A value that was refused, or whose key has an id in it: once more, and this time with the place, which costs
 * reading a file.
 */
static int set_aloud(struct bt_conf *c, size_t at, int key, struct bt_err *err)
{
	const struct conf_git *g = &c->git[at];
	const char *own = g->name + strlen(CONF_OURS);
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT, name = BT_BUF_INIT;
	struct conf_place place = { .origin = BT_FROM_GIT };

	conf_git_place(c, at, &where, &place);
	bt_buf_addf(&name, CONF_OURS "%s", key < 0 ? own : bt_keys[key].name);
	place.name = bt_buf_cstr(&name);
	if (key < 0 && conf_is_severity(own))
		return conf_set_severity(c, own, g->value ? g->value : "true", &place, err);
	if (key < 0 && conf_is_command(own))
		return conf_check_command(c, g->value, &place, err);
	if (key < 0)
		return conf_unknown(c, &place, name.len - strlen(CONF_OURS), err);
	return set(c, g, key, &place, err);
}

/* Other areas belong to other commands, of this version or a later one. */
bool conf_is_known_area(const char *name)
{
	return conf_has_area(name) || conf_family_hint(name);
}

int conf_take_git(struct bt_conf *c, struct bt_err *err)
{
	static const struct conf_place unsaid = { .origin = BT_FROM_GIT, .name = "", .where = "" };

	for (size_t i = 0; i < c->git_nr; i++) {
		const struct conf_git *g = &c->git[i];
		const char *own = g->name + strlen(CONF_OURS);
		struct bt_err vague = BT_ERR_INIT;
		int key;

		if (strncmp(g->name, CONF_OURS, strlen(CONF_OURS)) || !conf_is_known_area(own))
			continue;
		if (g->value && conf_is_command(own))
			continue;	/* looked up when it is wanted */
		key = conf_find(own);
		if ((key < 0 || set(c, g, key, &unsaid, &vague)) && set_aloud(c, i, key, &vague) && conf_tolerate(c, &vague))
			return *err = vague, err->code;
	}
	return 0;
}
