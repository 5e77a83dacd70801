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
#define OURS "batho."
#define FILTER "filter."
#define HOOK "hook."
#define LISTING "config", "-z", "--list", "--show-origin"

static void add(struct bt_conf *c, const char *name, const char *value, const char *origin)
{
	BT_GROW(c->git, c->git_alloc, c->git_nr + 1);
	c->git[c->git_nr++] = (struct conf_git){
		.name = bt_arena_strndup(&c->arena, name, strlen(name)),
		.value = value ? bt_arena_strndup(&c->arena, value, strlen(value)) : NULL,
		.origin = bt_arena_strndup(&c->arena, origin, strlen(origin)),
	};
}

/* `git config -z --list --show-origin`: origin NUL name LF value NUL, again and again. */
void conf_parse_git(struct bt_conf *c, char *data, size_t len)
{
	static const char *const wanted[] = {
		OURS, "core.", "color.", "pager.", FILTER, "user.", "author.", "committer.", "i18n.", HOOK,
	};
	char *p = data, *end = data + len;

	while (p < end) {
		char *origin = p, *name = p + strlen(p) + 1, *lf;

		if (name >= end)
			return;
		p = name + strlen(name) + 1;
		lf = strchr(name, '\n');
		if (lf)
			*lf = '\0';
		for (size_t i = 0; i < BT_ARRAY_NR(wanted); i++)
			if (!strncmp(name, wanted[i], strlen(wanted[i])))
				add(c, name, lf ? lf + 1 : NULL, origin);
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
	bt_git_cmd_addl(&cmd, LISTING, NULL);
	return bt_git_stream_start(ret_listing, &cmd, false, BT_BUF_DEFAULT_MAX, err);
}

/* Is a setting of ours in a file that git names from a folder that we do not know? */
static bool is_named_vaguely(const struct bt_conf *c)
{
	for (size_t i = 0; i < c->git_nr; i++)
		if (!strncmp(c->git[i].name, OURS, strlen(OURS)) && !strncmp(c->git[i].origin, "file:", 5) &&
		    c->git[i].origin[5] != '/')
			return true;
	return false;
}

/* With the repository's place given git names its files from the root. */
static int read_again(struct bt_conf *c, const struct bt_repo *repo, struct bt_err *err)
{
	static const char *const argv[] = { LISTING, NULL };
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

/* "in <file>:<line>", "on the command line", or git's own words. */
static void add_where(const struct bt_conf *c, size_t at, struct bt_buf *out)
{
	const char *origin = c->git[at].origin;
	unsigned line;

	if (!strcmp(origin, "command line:")) {
		bt_buf_adds(out, "on the command line");
	} else if (strncmp(origin, "file:", 5)) {
		bt_buf_addf(out, "in %s", origin);
	} else {
		bt_buf_addf(out, "in %s", origin + 5);
		line = line_of(c, at, origin + 5);
		if (line)
			bt_buf_addf(out, ":%u", line);
	}
}

/*
 * A value that was refused, or whose key has an id in it: once more, and this time with the place, which costs
 * reading a file.
 */
static int refuse(struct bt_conf *c, size_t at, int key, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT, name = BT_BUF_INIT;
	const struct conf_git *g = &c->git[at];
	struct conf_place place = { .origin = BT_FROM_GIT };

	add_where(c, at, &where);
	bt_buf_addf(&name, OURS "%s", key < 0 ? g->name + strlen(OURS) : bt_keys[key].name);
	place.where = bt_buf_cstr(&where);
	place.name = bt_buf_cstr(&name);
	if (key < 0 && conf_is_severity(g->name + strlen(OURS)))
		return conf_set_severity(c, g->value ? g->value : "true", &place, err);
	if (key < 0 && conf_is_command(g->name + strlen(OURS)))
		return conf_check_command(g->value, &place, err);
	if (key < 0)
		return conf_unknown(&place, name.len - strlen(OURS), err);
	return conf_set(c, (enum bt_key_id)key, g->value ? g->value : "true", &place, err);
}

static bool is_known_area(const char *name)
{
	static const char *const areas[] = { OURS "index.", OURS "hooks.", OURS "rules.", OURS "check.",
					     OURS "batch.", OURS "queue.", OURS "deploy.", OURS "workflow." };

	for (size_t i = 0; i < BT_ARRAY_NR(areas); i++)
		if (!strncmp(name, areas[i], strlen(areas[i])))
			return true;
	return false;
}

int conf_take_git(struct bt_conf *c, struct bt_err *err)
{
	static const struct conf_place unsaid = { .origin = BT_FROM_GIT, .name = "", .where = "" };

	for (size_t i = 0; i < c->git_nr; i++) {
		const struct conf_git *g = &c->git[i];
		struct bt_err vague = BT_ERR_INIT;
		int key;

		/* other areas belong to other commands, of this version or a later one */
		if (!is_known_area(g->name))
			continue;
		if (g->value && conf_is_command(g->name + strlen(OURS)))
			continue;	/* looked up when it is wanted */
		key = conf_find(g->name + strlen(OURS));
		if ((key < 0 || conf_set(c, (enum bt_key_id)key, g->value ? g->value : "true",
					 &unsaid, &vague)) &&
		    refuse(c, i, key, &vague) && conf_tolerate(c, &vague))
			return *err = vague, err->code;
	}
	return 0;
}
