/*
 * Changes from an index: the user's own as it is, or a copy that `git add` brings up to date. What differs is asked of `git diff-index`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/capture/impl.h"
#include "core/git/temp.h"
#include "core/git/worktree.h"

#define IGNORED "is ignored (.gitignore)"
/* The names of all changed files. */
#define DIFF_MAX ((size_t)512 << 20)

int capture_index_place(struct capture *c, struct bt_err *err)
{
	int rc = c->temp ? 0 : bt_git_temp_make(c->repo, &c->temp, err);

	if (rc)
		return rc;
	if (!c->index)
		c->index = bt_xasprintf("%s/index", c->temp);
	remove(c->index);
	return 0;
}

int capture_index_copy(struct capture *c, struct bt_err *err)
{
	int rc = capture_index_place(c, err);

	return rc ? rc : bt_git_temp_copy(c->repo->index_file, c->index, err);
}

int capture_cmd(struct capture *c, struct bt_git_cmd *cmd, const char *index, struct bt_err *err)
{
	/* One whole index file, without what belongs to the user's. */
	static const char *const config[] = {
		"core.splitIndex=false",    "core.untrackedCache=false",   "add.ignoreErrors=false",
		"advice.addIgnoredFile=false", "advice.addEmbeddedRepo=false", "advice.updateSparsePath=false",
	};

	bt_git_cmd_init(cmd, c->repo);
	for (size_t i = 0; i < BT_ARRAY_NR(config); i++)
		bt_git_cmd_config(cmd, config[i]);
	bt_git_cmd_index(cmd, c->repo, index);
	if (index && (!c->conf || bt_conf_has_hooks(c->conf)))
		return bt_git_cmd_no_hooks(cmd, c->repo, err);
	return 0;
}

/* Some complaints name their subject in a line of its own, below the first. */
static int complain(const char *said, int status, struct bt_err *err)
{
	static const struct {
		const char *words, *what;
	} lists[] = {
		{ "are ignored by one of your .gitignore files:\n", IGNORED },
		{ "will not be\nupdated in the index:\n", "is outside of the sparse checkout" },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(lists); i++) {
		const char *at = strstr(said, lists[i].words);

		if (!at)
			continue;
		at += strlen(lists[i].words);
		return bt_err_set(err, BT_ERR_FAIL, "'%.*s' %s", (int)strcspn(at, "\n"), at, lists[i].what);
	}
	return bt_git_fail(err, BT_ERR_FAIL, NULL, said, status);
}

int capture_run_add(struct bt_git_cmd *cmd, const struct bt_buf *in, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	int status, rc = bt_git_run_status(cmd, in ? in->data : NULL, in ? in->len : 0, NULL, &errout, &status, err);

	return rc || !status ? rc : complain(bt_buf_cstr(&errout), status, err);
}

static void add_pathspecs(struct bt_git_cmd *cmd, const struct bt_capture_opts *o)
{
	bt_git_cmd_add(cmd, "--");
	for (size_t i = 0; o && i < o->paths_nr; i++)
		bt_git_cmd_add(cmd, o->paths[i]);
}

/* --- differences --- */

/* ":100644 100755 <id> <id> M", the path is the next record. */
static int raw_parse(const struct bt_repo *repo, const char *rec, uint32_t *ret_mode, struct bt_oid *ret_oid, char *ret_status, struct bt_err *err)
{
	size_t hex_len = 2 * repo->oid_len;

	if (strlen(rec) < 18 + 2 * hex_len || rec[0] != ':' ||
	    bt_oid_parse(rec + 15 + hex_len + 1, hex_len, ret_oid, NULL))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-index");
	*ret_mode = (uint32_t)strtoul(rec + 8, NULL, 8);
	*ret_status = rec[15 + 2 * hex_len + 2];
	return 0;
}

static int diff_parse(struct capture *c, const struct bt_buf *out, struct capture_changes *ch, struct bt_err *err)
{
	const char *at = bt_buf_cstr(out), *end = at + out->len;

	while (at < end) {
		const char *path = at + strlen(at) + 1;
		struct bt_oid oid;
		uint32_t mode = 0;
		char status = 0;
		int rc = raw_parse(c->repo, at, &mode, &oid, &status, err);

		if (rc)
			return rc;
		if (path >= end)
			return bt_err_set(err, BT_ERR_CORRUPT, "the answer of git diff-index ends too early");
		if (status == 'U') {
			bt_err_set(err, BT_ERR_FAIL, "committing is not possible because you have unmerged files: '%.200s'", path);
			return bt_err_hint(err, "fix them up in the work tree, and then use git add or git rm");
		}
		capture_change_add(c, ch, path, strlen(path), mode, &oid);
		at = path + strlen(path) + 1;
	}
	return 0;
}

static int diff_run(struct capture *c, const char *index, const char *filter, const struct bt_capture_opts *o, struct bt_buf *out, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_oid tree = c->base_tree;
	int rc = capture_cmd(c, &cmd, index, err);

	if (rc)
		return rc;
	if (!tree.len)
		bt_object_id(c->repo, BT_OBJECT_TREE, "", 0, &tree);
	bt_git_cmd_addl(&cmd, "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff",
			"--ignore-submodules=none", "--ita-invisible-in-index", filter, bt_oid_hex(&tree, hex), NULL);
	add_pathspecs(&cmd, o);
	bt_buf_init(out, DIFF_MAX);
	return bt_git_run(&cmd, NULL, NULL, 0, out, err);
}

int capture_diff(struct capture *c, const char *index, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int rc = diff_run(c, index, "--diff-filter=ACDMRTUXB", o, &out, err);

	return rc ? rc : diff_parse(c, &out, ch, err);
}

int capture_staged(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err)
{
	(void)o;
	return capture_diff(c, NULL, NULL, ch, err);
}

int capture_all(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	int rc = capture_index_copy(c, err);

	(void)o;
	if (!rc)
		rc = capture_cmd(c, &cmd, c->index, err);
	if (rc)
		return rc;
	cmd.cwd = c->repo->top;
	bt_git_cmd_addl(&cmd, "add", "-u", NULL);
	rc = capture_run_add(&cmd, NULL, err);
	return rc ? rc : capture_diff(c, c->index, NULL, ch, err);
}

/* --- pathspecs --- */

static int add_paths(struct capture *c, const char *how, const struct bt_capture_opts *o, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	int rc = capture_cmd(c, &cmd, c->index, err);

	if (rc)
		return rc;
	bt_git_cmd_addl(&cmd, "add", how, NULL);
	add_pathspecs(&cmd, o);
	return capture_run_add(&cmd, NULL, err);
}

/*
 * Paths that HEAD has and the index has not (after `git rm`) are known to git as well: with their entries `git add` finds that they
 * are gone, or back. *ret_some: there were such.
 */
static int add_removed(struct capture *c, const struct bt_capture_opts *o, bool *ret_some, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, in = BT_BUF_INIT;
	const char *at, *end;
	size_t hex_len = 2 * c->repo->oid_len;
	int rc = diff_run(c, c->index, "--diff-filter=D", o, &out, err);

	if (rc)
		return rc;
	*ret_some = out.len;
	at = bt_buf_cstr(&out);
	for (end = at + out.len; at < end;) {
		const char *path = at + strlen(at) + 1;

		if (path >= end || strlen(at) < 16 + 2 * hex_len)
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-index");
		bt_buf_addf(&in, "%.6s %.*s\t", at + 1, (int)hex_len, at + 15);
		bt_buf_add(&in, path, strlen(path) + 1);
		at = path + strlen(path) + 1;
	}
	rc = in.len ? capture_cmd(c, &cmd, c->index, err) : 0;
	if (rc || !in.len)
		return rc;
	bt_git_cmd_addl(&cmd, "update-index", "-z", "--index-info", NULL);
	return bt_git_run(&cmd, NULL, in.data, in.len, NULL, err);
}

/* `git add` refuses an ignored folder even when all of what is meant in it is known to git: then it is as `git commit` has it. */
static int add_known(struct capture *c, const struct bt_capture_opts *o, const struct bt_err *first, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	int status, rc = capture_cmd(c, &cmd, c->index, err);

	if (rc)
		return rc;
	bt_git_cmd_addl(&cmd, "ls-files", "--error-unmatch", NULL);
	add_pathspecs(&cmd, o);
	rc = bt_git_run_status(&cmd, NULL, 0, NULL, &errout, &status, err);
	if (!rc && status) {
		*err = *first;
		rc = first->code;
	}
	return rc ? rc : add_paths(c, "-u", o, err);
}

static int add_general(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err)
{
	struct bt_err first = BT_ERR_INIT;
	bool some = false;
	int rc = capture_index_copy(c, err);

	if (rc)
		return rc;
	rc = add_paths(c, "-A", o, &first);
	if (rc && strstr(first.msg, "did not match any file")) {
		rc = add_removed(c, o, &some, err);
		if (!rc && some)
			rc = add_paths(c, "-A", o, err);
		else if (!rc)
			rc = (*err = first).code;
	} else if (rc && strstr(first.msg, IGNORED)) {
		rc = add_known(c, o, &first, err);
	} else if (rc) {
		*err = first;
	}
	if (rc)
		return rc;
	return capture_diff(c, c->index, o, ch, err);
}

int capture_pathspecs(struct capture *c, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err)
{
	BT_CLEANUP(plain_release) struct plain p = { .names = NULL };
	bool done = false;
	int rc = 0;

	if (!o->paths_nr)
		return bt_err_set(err, BT_ERR_FAIL, "no paths are given");
	if (plain_take(c, o, &p))
		rc = plain_read(c, &p, &done, err);
	if (rc)
		return rc;
	return done ? plain_changes(c, &p, o, ch, err) : add_general(c, o, ch, err);
}
