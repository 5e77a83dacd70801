/*
 * The worktrees that have a branch checked out. `git worktree list` says which (HEAD may lead there through other symbolic refs); where
 * their own git folder is stands in their .git file.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/batch/land/refresh.h"

static bool same_folder(const char *a, const char *b)
{
	struct stat one, two;

	return !stat(a, &one) && !stat(b, &two) && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* A path out of a small file of git's, made absolute from `from`; for free(), or NULL. */
static char *path_in_file(const char *file, const char *mark, const char *from)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	size_t skip = strlen(mark);

	if (bt_file_read(file, BT_PATH_LEN_MAX + 32, &text, &none) || text.len <= skip || memcmp(text.data, mark, skip) != 0)
		return NULL;
	while (text.len > skip && strchr("\r\n", text.data[text.len - 1]))
		text.data[--text.len] = '\0';
	if (text.data[skip] == '/')
		return bt_xstrdup(text.data + skip);
	return bt_xasprintf("%s/%s", from, text.data + skip);
}

/* The folder of a linked worktree in the repository, if it is one of this repository's. */
static char *linked_git_dir(const struct bt_repo *repo, const char *top)
{
	BT_FREE char *file = bt_xasprintf("%s/.git", top);
	BT_FREE char *git_dir = path_in_file(file, "gitdir: ", top);
	BT_FREE char *pointer = bt_xasprintf("%s/commondir", git_dir ? git_dir : "");
	BT_FREE char *common = git_dir ? path_in_file(pointer, "", git_dir) : NULL;
	char *ret = NULL;

	if (common && same_folder(common, repo->common_dir)) {
		ret = git_dir;
		git_dir = NULL;
	}
	return ret;
}

/* The top of the main worktree, which need not be beside the repository (core.worktree). */
static int main_top(struct bt_repo *repo, const char *listed, char **ret_top, struct bt_err *err)
{
	struct bt_repo here = { .git_dir = repo->common_dir };
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	int status, rc;

	*ret_top = NULL;
	if (repo->top && same_folder(repo->git_dir, repo->common_dir)) {
		*ret_top = bt_xstrdup(repo->top);
		return 0;
	}
	bt_git_cmd_init(&c, &here);
	bt_git_cmd_env(&c, "GIT_WORK_TREE");
	bt_git_cmd_env(&c, "GIT_COMMON_DIR");
	c.cwd = listed;
	bt_git_cmd_addl(&c, "rev-parse", "--show-toplevel", NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (rc || status || out.len < 2)
		return rc;
	out.data[--out.len] = '\0';
	/* Without a setting the current folder would do; inside of the repository it is none. */
	if (!same_folder(out.data, repo->common_dir))
		*ret_top = bt_buf_take(&out, NULL);
	return 0;
}

struct tree {
	const char *top;	/* as listed */
	bool has_ref, is_main;
};

static int visit(struct bt_repo *repo, const struct tree *t, int (*fn)(void *ctx, struct bt_repo *wt, struct bt_err *err),
		 void (*missing)(void *ctx, const char *top), void *ctx, struct bt_err *err)
{
	BT_FREE char *git_dir = t->is_main ? bt_xstrdup(repo->common_dir) : linked_git_dir(repo, t->top);
	BT_FREE char *top = NULL;
	BT_FREE char *index = NULL;
	struct bt_repo wt = *repo;
	int rc = 0;

	if (t->is_main)
		rc = main_top(repo, t->top, &top, err);
	else
		top = bt_xstrdup(t->top);
	if (rc)
		return rc;
	if (!git_dir || !top || access(top, F_OK)) {
		missing(ctx, t->top);
		return 0;
	}
	index = bt_xasprintf("%s/index", git_dir);
	wt.git_dir = git_dir;
	wt.top = top;
	wt.index_file = index;
	wt.prefix = NULL;
	return fn(ctx, &wt, err);
}

int refresh_each(struct bt_repo *repo, const char *ref, int (*fn)(void *ctx, struct bt_repo *wt, struct bt_err *err),
		 void (*missing)(void *ctx, const char *top), void *ctx, struct bt_err *err)
{
	static const char at[] = "worktree ", on[] = "branch ";
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct tree t = { .top = NULL, .is_main = true };
	struct bt_err apart = BT_ERR_INIT;
	int rc, ret = 0;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "worktree", "list", "--porcelain", "-z", NULL);
	rc = bt_git_run(&c, "cannot list the worktrees", NULL, 0, &out, err);
	if (rc)
		return rc;
	/* A worktree that fails does not stop the others; the first failure is told. */
	for (size_t i = 0, len; i < out.len; i += len + 1) {
		const char *line = out.data + i;

		len = strlen(line);
		if (!strncmp(line, at, sizeof(at) - 1))
			t.top = line + sizeof(at) - 1;
		else if (!strncmp(line, on, sizeof(on) - 1))
			t.has_ref = !strcmp(line + sizeof(on) - 1, ref);
		if (len)
			continue;
		if (t.top && t.has_ref) {
			rc = visit(repo, &t, fn, missing, ctx, &apart);
			if (rc && !ret) {
				*err = apart;
				ret = rc;
			}
		}
		t = (struct tree){ .top = NULL };
	}
	return ret;
}
