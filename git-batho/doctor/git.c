/*
 * git itself, and what the repository is made of.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/git/program.h"
#include "git-batho/doctor/doctor.h"

/* What we need of git: docs/decisions, configure.ac. */
#define GIT_MAJOR 2
#define GIT_MINOR 39
#define SETTINGS_MAX ((size_t)256 << 10)

void doctor_git(struct doctor *d)
{
	static const char *const argv[] = { "version", NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	unsigned major = 0, minor = 0;
	const char *text;

	if (bt_git_run_argv(NULL, argv, &out, &err)) {
		doctor_say(d, DOCTOR_ERROR, "install git, and have it in PATH", "cannot run 'git': %s", err.msg);
		return;
	}
	text = bt_buf_cstr(&out);
	if (sscanf(text, "git version %u.%u", &major, &minor) != 2)
		doctor_say(d, DOCTOR_WARNING, "is 'git' in PATH the git of git-scm.com?", "cannot tell the version of git");
	else if (major < GIT_MAJOR || (major == GIT_MAJOR && minor < GIT_MINOR))
		doctor_say(d, DOCTOR_ERROR, "update git", "git %u.%u is too old: %d.%d is needed", major, minor, GIT_MAJOR, GIT_MINOR);
	else
		doctor_say(d, DOCTOR_OK, NULL, "%.*s", (int)strcspn(text, "\n"), text);
}

void doctor_repository(struct doctor *d)
{
	const struct bt_repo *r = &d->c->repo;

	if (!d->repo)
		doctor_say_err(d, DOCTOR_ERROR, &d->trouble, "go to a repository, or look at its .git folder: `git status` says more");
	else
		doctor_say(d, DOCTOR_OK, NULL, "%s%s", r->common_dir, r->bare ? " (bare)" : "");
}

void doctor_configuration(struct doctor *d)
{
	if (!d->conf)
		doctor_say_err(d, DOCTOR_ERROR, &d->trouble, "correct it there");
	else
		doctor_say(d, DOCTOR_OK, NULL, "no errors in batho.*");
}

void doctor_head(struct doctor *d)
{
	struct bt_rev rev = { .spec = "HEAD", .optional = true };
	struct bt_err err = BT_ERR_INIT;
	bool there = true;

	if (!bt_repo_resolve(&d->c->repo, &rev, 1, &err) && !rev.found) {
		static const char *const argv[] = { "rev-parse", "-q", "--verify", "HEAD", NULL };
		BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
		struct bt_err none = BT_ERR_INIT;

		/* an id that leads to nothing, or no id at all */
		there = bt_git_run_argv(&d->c->repo, argv, &out, &none) == 0;
	}
	if (err.code)
		doctor_say_err(d, DOCTOR_ERROR, &err, "`git fsck` says what is missing");
	else if (!rev.found && there)
		doctor_say(d, DOCTOR_ERROR, "`git fsck` says what is missing", "HEAD is a commit that is not there");
	else if (!rev.found)
		doctor_say(d, DOCTOR_NOTE, NULL, "there is no commit yet");
	else
		doctor_say(d, DOCTOR_OK, NULL, "HEAD can be read");
}

/* --- features --- */

/* One setting of git that is a feature, and what serves it. */
static const struct feature {
	const char *key;		/* as git lists it, in lower case */
	const char *off;		/* a value that means it is not used; NULL: booleans that are false */
	const char *text;		/* for DOCTOR_NOTE */
} features[] = {
	{ "extensions.partialclone", "", "partial clone: objects are fetched by the git program when they are needed" },
	{ "extensions.worktreeconfig", NULL, "settings of a worktree of its own: read by the git program" },
	{ "extensions.preciousobjects", NULL, "precious objects: nothing of ours deletes objects" },
	{ "extensions.relativeworktrees", NULL, "worktrees with relative paths: found by the git program" },
	{ "core.sparsecheckout", NULL, "sparse checkout: revisions are indexed whole; --worktree takes absent files from the index" },
	{ "index.sparse", NULL, "sparse index: read by the git program" },
	{ "core.splitindex", NULL, "split index: read by the git program" },
	{ "core.fsmonitor", "", "file system monitor: not asked by us" },
	{ "core.untrackedcache", "", NULL },
};

static bool is_off(const struct feature *f, const char *value)
{
	if (f->off && !strcmp(f->off, value))
		return true;
	return !strcmp(value, "false") || !strcmp(value, "0") || !strcmp(value, "no") || !strcmp(value, "off");
}

/* What is set, each once: the last word counts. */
static void say_settings(struct doctor *d, const struct bt_buf *list)
{
	for (size_t i = 0; i < BT_ARRAY_NR(features); i++) {
		const char *at = bt_buf_cstr(list), *end = at + list->len, *value = NULL;
		size_t len = strlen(features[i].key);

		for (; at < end; at += strlen(at) + 1)
			if (!strncmp(at, features[i].key, len) && (at[len] == '\n' || !at[len]))
				value = at[len] ? at + len + 1 : "true";
		if (value && features[i].text && !is_off(&features[i], value))
			doctor_say(d, DOCTOR_NOTE, NULL, "%s", features[i].text);
	}
}

static bool is_there(const char *folder, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);

	return !access(path, F_OK);
}

/* What no setting tells. */
static void say_rest(struct doctor *d)
{
	const struct bt_repo *r = &d->c->repo;

	if (r->shallow)
		doctor_say(d, DOCTOR_NOTE, "git fetch --unshallow", "shallow clone: history ends early, and so does what is looked up in it");
	if (is_there(r->objects_dir, "info/alternates"))
		doctor_say(d, DOCTOR_NOTE, NULL, "objects are borrowed from other repositories (objects/info/alternates)");
	if (is_there(r->common_dir, "info/grafts") || is_there(r->common_dir, "refs/replace"))
		doctor_say(d, DOCTOR_NOTE, NULL, "replaced objects are read as they are: refs/replace is not followed");
	if (is_there(r->common_dir, "worktrees"))
		doctor_say(d, DOCTOR_NOTE, NULL, "linked worktrees share index and queue");
	if (r->top && is_there(r->top, ".gitmodules"))
		doctor_say(d, DOCTOR_NOTE, NULL, "submodules are repositories of their own: index them there");
}

void doctor_features(struct doctor *d)
{
	const struct bt_repo *r = &d->c->repo;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	const char *why = bt_repo_needs_git_program(r);
	int status;

	doctor_say(d, DOCTOR_OK, NULL, "%s objects, references as %s; %s%s", r->oid_len == 20 ? "sha1" : "sha256",
		   is_there(r->common_dir, "reftable") ? "reftable" : "files",
		   why ? "read by the git program, and libgit2 cannot: " : "read by the git program, libgit2 could as well", why ? why : "");
	bt_git_cmd_init(&c, r);
	bt_buf_init(&out, SETTINGS_MAX);
	bt_git_cmd_addl(&c, "config", "-z", "--get-regexp", "^(extensions|core|index)\\.", NULL);
	if (bt_git_run_status(&c, NULL, 0, &out, &errout, &status, &err))
		doctor_say_err(d, DOCTOR_WARNING, &err, NULL);
	else if (status <= 1)	/* 1: there are none */
		say_settings(d, &out);
	say_rest(d);
}
