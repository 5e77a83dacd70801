/*
 * The git program: how it is called, how it is run to the end, and how its failure becomes one
 * line. Reading a running git is in program_stream.c.
 */
#include "core/git/program.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* Plumbing runs nothing that the repository names. */
static const char no_hooks_config[] = "core.hooksPath=/dev/null";
static const char *const program_config[] = {
	"core.fsmonitor=false",
	"protocol.ext.allow=never",
};

static const char *const program_env[] = {
	"GIT_OPTIONAL_LOCKS=0",
	"GIT_TERMINAL_PROMPT=0",
	/*
	 * Messages are parsed; this selects the untranslated ones and leaves the character set
	 * alone.
	 */
	"LANGUAGE=en",
};

static const char *cmd_copy(struct bt_git_cmd *c, const char *s)
{
	return bt_arena_strndup(&c->arena, s, strlen(s));
}

/* Sets an entry in a vector that is kept NULL-terminated. */
static void vector_add(const char ***v, size_t *nr, size_t *alloc, const char *s)
{
	BT_GROW(*v, *alloc, *nr + 2);
	(*v)[(*nr)++] = s;
	(*v)[*nr] = NULL;
}

void bt_git_cmd_add(struct bt_git_cmd *c, const char *arg)
{
	vector_add(&c->argv, &c->argv_nr, &c->argv_alloc, cmd_copy(c, arg));
}

void bt_git_cmd_env(struct bt_git_cmd *c, const char *assignment)
{
	vector_add(&c->env, &c->env_nr, &c->env_alloc, cmd_copy(c, assignment));
}

void bt_git_cmd_addl(struct bt_git_cmd *c, ...)
{
	const char *arg;
	va_list ap;

	va_start(ap, c);
	while ((arg = va_arg(ap, const char *)))
		bt_git_cmd_add(c, arg);
	va_end(ap);
}

void bt_git_cmd_config(struct bt_git_cmd *c, const char *key_value)
{
	bt_git_cmd_add(c, "-c");
	bt_git_cmd_add(c, key_value);
}

static void cmd_env_path(struct bt_git_cmd *c, const char *name, const char *path)
{
	BT_FREE char *assignment = bt_xasprintf("%s=%s", name, path);

	bt_git_cmd_env(c, assignment);
}

static void cmd_init(struct bt_git_cmd *c, const struct bt_repo *repo, bool hooked)
{
	*c = (struct bt_git_cmd){ .arena = BT_ARENA_INIT };
	bt_git_cmd_add(c, "git");
	bt_git_cmd_add(c, "--no-replace-objects");
	if (!hooked)
		bt_git_cmd_config(c, no_hooks_config);
	for (size_t i = 0; i < BT_ARRAY_NR(program_config); i++)
		bt_git_cmd_config(c, program_config[i]);
	for (size_t i = 0; i < BT_ARRAY_NR(program_env); i++)
		bt_git_cmd_env(c, program_env[i]);
	if (!repo)
		return;
	cmd_env_path(c, "GIT_DIR", repo->git_dir);
	if (repo->top)
		cmd_env_path(c, "GIT_WORK_TREE", repo->top);
	if (repo->extra_objects)
		bt_git_cmd_alternate(c, repo->extra_objects);
}

void bt_git_cmd_init(struct bt_git_cmd *c, const struct bt_repo *repo)
{
	cmd_init(c, repo, false);
}

void bt_git_cmd_init_hooked(struct bt_git_cmd *c, const struct bt_repo *repo)
{
	cmd_init(c, repo, true);
}

void bt_git_cmd_release(struct bt_git_cmd *c)
{
	if (!c)
		return;
	free(c->argv);
	free(c->env);
	bt_arena_release(&c->arena);
	*c = (struct bt_git_cmd){ .arena = BT_ARENA_INIT };
}

/* A path as git unquotes it in the list: in double quotes, with ':' protected by them. */
static void add_quoted(struct bt_buf *b, const char *path)
{
	bt_buf_addch(b, '"');
	for (; *path; path++) {
		if (*path == '\n') {
			bt_buf_adds(b, "\\n");
			continue;
		}
		if (*path == '"' || *path == '\\')
			bt_buf_addch(b, '\\');
		bt_buf_addch(b, *path);
	}
	bt_buf_addch(b, '"');
}

void bt_git_cmd_alternate(struct bt_git_cmd *c, const char *dir)
{
	static const char name[] = "GIT_ALTERNATE_OBJECT_DIRECTORIES";
	const char *before = getenv(name);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	/* What an earlier call put there stands instead of the caller's. */
	for (size_t i = 0; i < c->env_nr; i++)
		if (!strncmp(c->env[i], name, sizeof(name) - 1) &&
		    c->env[i][sizeof(name) - 1] == '=')
			before = c->env[i] + sizeof(name);
	bt_buf_addf(&text, "%s=", name);
	add_quoted(&text, dir);
	if (before && *before)
		bt_buf_addf(&text, ":%s", before);
	bt_git_cmd_env(c, bt_buf_cstr(&text));
}

int bt_git_cmd_no_hooks(struct bt_git_cmd *c, const struct bt_repo *repo, struct bt_err *err)
{
	static const char prefix[] = "hook.";
	BT_GIT_CMD_OWNED struct bt_git_cmd ask = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	const char *at, *end;
	int status, rc;

	if (repo && repo->no_config_hooks)
		return 0;
	bt_git_cmd_init(&ask, repo);
	bt_git_cmd_addl(&ask, "config", "-z", "--name-only", "--get-regexp", "^hook\\..*\\.event$",
			NULL);
	rc = bt_git_run_status(&ask, NULL, 0, &out, &errout, &status, err);
	if (rc || status) /* 1: there are none */
		return rc;
	at = bt_buf_cstr(&out);
	for (end = at + out.len; at < end; at += strlen(at) + 1) {
		size_t len = strlen(at) - strlen("event");
		BT_FREE char *off = NULL;

		if (strncmp(at, prefix, sizeof(prefix) - 1))
			continue;
		off = bt_xasprintf("%.*senabled=false", (int)len, at);
		bt_git_cmd_config(c, off);
	}
	return 0;
}

struct bt_child_opts bt_git_cmd_opts(struct bt_git_cmd *c)
{
	return (struct bt_child_opts){
		.argv = c->argv,
		.env = c->env,
		.cwd = c->cwd,
		.in = BT_CHILD_NULL,
		.out = BT_CHILD_NULL,
		.err = BT_CHILD_NULL,
	};
}

/* The line of a message that says most: the first "fatal:", else "error:", else the first. */
static const char *telling_line(const char *text, size_t *ret_len)
{
	static const char *const marks[] = { "fatal: ", "error: ", "" };

	for (size_t i = 0; i < BT_ARRAY_NR(marks); i++) {
		size_t mark_len = strlen(marks[i]);

		for (const char *at = text; *at;) {
			size_t len = strcspn(at, "\n");

			if (len > mark_len && !strncmp(at, marks[i], mark_len)) {
				*ret_len = len - mark_len;
				return at + mark_len;
			}
			at += len + (at[len] == '\n');
		}
	}
	*ret_len = 0;
	return text;
}

int bt_git_fail(struct bt_err *err, enum bt_code code, const char *what, const char *stderr_text,
		int status)
{
	static const char advice[] = "git config --global --add safe.directory ";
	const char *hint = strstr(stderr_text, advice);
	const char *line;
	const char *sep = what ? ": " : "";
	size_t len;

	/* Ctrl-C reaches the whole group: git may have died of it before we have noticed. */
	if (status == 128 + SIGINT)
		return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
	if (!what)
		what = "";
	line = telling_line(stderr_text, &len);
	if (len)
		bt_err_set(err, code, "%s%s%.*s", what, sep, (int)len, line);
	else if (status > 128)
		bt_err_set(err, code, "%s%sgit died of signal %d", what, sep, status - 128);
	else
		bt_err_set(err, code, "%s%sgit failed with status %d", what, sep, status);
	if (hint)
		bt_err_hint(err, "%.*s", (int)strcspn(hint, "\n"), hint);
	return code;
}

int bt_git_run_status(struct bt_git_cmd *c, const void *in, size_t in_len, struct bt_buf *out,
		      struct bt_buf *errout, int *ret_status, struct bt_err *err)
{
	struct bt_child_opts o = bt_git_cmd_opts(c);

	if (in)
		o.in = BT_CHILD_PIPE;
	if (out)
		o.out = BT_CHILD_PIPE;
	if (errout)
		o.err = BT_CHILD_PIPE;
	return bt_child_run(&o, in, in_len, out, errout, ret_status, err);
}

int bt_git_run(struct bt_git_cmd *c, const char *what, const void *in, size_t in_len,
	       struct bt_buf *out, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	int status;
	int rc = bt_git_run_status(c, in, in_len, out, &errout, &status, err);

	if (rc)
		return rc;
	if (status)
		return bt_git_fail(err, BT_ERR_FAIL, what, bt_buf_cstr(&errout), status);
	return 0;
}

int bt_git_run_argv(const struct bt_repo *repo, const char *const *argv, struct bt_buf *out,
		    struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, repo);
	for (; *argv; argv++)
		bt_git_cmd_add(&c, *argv);
	return bt_git_run(&c, NULL, NULL, 0, out, err);
}
