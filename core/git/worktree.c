/*
 * The worktree as an index: a copy of the caller's index in a temporary folder, brought up to date
 * for what git calls modified, deleted or new. Objects go to that folder as well. Nothing in the
 * repository is written: not its index (GIT_OPTIONAL_LOCKS=0), no shared index (a split index is
 * written whole), no object.
 */
#include "core/git/worktree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/git/listing.h"
#include "core/git/temp.h"

/* The names of all changed files: a million of a hundred bytes. */
#define CHANGED_MAX ((size_t)512 << 20)

void bt_git_cmd_index(struct bt_git_cmd *c, const struct bt_repo *repo, const char *index_file)
{
	BT_FREE char *assignment = NULL;

	if (!index_file && !getenv("GIT_INDEX_FILE"))
		return;
	assignment = bt_xasprintf("GIT_INDEX_FILE=%s", index_file ? index_file : repo->index_file);
	bt_git_cmd_env(c, assignment);
}

enum changed { CHANGED_TAKEN, CHANGED_REMOVED, CHANGED_PASSED_OVER };

/*
 * Is one of the folders above the path (below the top) a symbolic link? What it shows is elsewhere.
 */
static bool is_beyond_link(char *full, size_t top_len)
{
	struct stat st;

	for (char *slash = strchr(full + top_len + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		bool link;

		*slash = '\0';
		link = !lstat(full, &st) && S_ISLNK(st.st_mode);
		*slash = '/';
		if (link)
			return true;
	}
	return false;
}

static enum changed unreadable(struct bt_worktree *w, const char *path)
{
	if (!w->unreadable++)
		w->unreadable_path = bt_xstrdup(path);
	return CHANGED_PASSED_OVER;
}

/* What is to be done about a path that git calls modified or new. */
static enum changed changed_judge(const struct bt_repo *repo, const char *path,
				  struct bt_worktree *w)
{
	BT_FREE char *full = bt_xasprintf("%s/%s", repo->top, path);
	size_t len = strlen(full);
	struct stat st;

	/* A repository within this one that is not a submodule. */
	if (full[len - 1] == '/')
		return CHANGED_PASSED_OVER;
	if (lstat(full, &st))
		return errno == ENOENT || errno == ENOTDIR ? CHANGED_REMOVED : unreadable(w, path);
	if (is_beyond_link(full, strlen(repo->top)))
		return CHANGED_REMOVED;
	if (S_ISDIR(st.st_mode)) {
		BT_FREE char *git = bt_xasprintf("%s/.git", full);

		/* A submodule, or a folder where a file was. */
		return access(git, F_OK) ? CHANGED_REMOVED : CHANGED_TAKEN;
	}
	if (S_ISLNK(st.st_mode))
		return CHANGED_TAKEN;
	if (!S_ISREG(st.st_mode))
		return CHANGED_PASSED_OVER;
	if (access(full, R_OK))
		return unreadable(w, path);
	return st.st_size <= (off_t)BT_LISTING_FILE_MAX ? CHANGED_TAKEN : CHANGED_PASSED_OVER;
}

/* Paths, each ended by NUL. */
struct changes {
	struct bt_buf taken, removed;
};

static void changes_release(struct changes *ch)
{
	bt_buf_release(&ch->taken);
	bt_buf_release(&ch->removed);
}

static int changes_list(const struct bt_repo *repo, struct changes *ch, struct bt_worktree *w,
			struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *at, *end;
	int rc;

	bt_buf_init(&out, CHANGED_MAX);
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_index(&c, repo, NULL);
	c.cwd = repo->top;
	bt_git_cmd_addl(&c, "ls-files", "-z", "--modified", "--others", "--exclude-standard", NULL);
	rc = bt_git_run(&c, "cannot list the worktree", NULL, 0, &out, err);
	if (rc)
		return rc;
	at = bt_buf_cstr(&out);
	for (end = at + out.len; at < end; at += strlen(at) + 1) {
		enum changed what = changed_judge(repo, at, w);

		if (what == CHANGED_TAKEN)
			bt_buf_add(&ch->taken, at, strlen(at) + 1);
		else if (what == CHANGED_REMOVED)
			bt_buf_add(&ch->removed, at, strlen(at) + 1);
	}
	rc = bt_buf_check(&ch->taken, "the list of changed files", err);
	return rc ? rc : bt_buf_check(&ch->removed, "the list of removed files", err);
}

/* `git update-index <how> --stdin` of the temporary index. */
static int index_update(const struct bt_repo *repo, const struct bt_worktree *w, const char *how,
			const struct bt_buf *paths, struct bt_err *err)
{
	/*
	 * What is written here is read once and removed: no compression, no fsync, one index file.
	 */
	static const char *const config[] = {
		"core.looseCompression=0",   "core.fsync=none",	    "core.splitIndex=false",
		"core.untrackedCache=false", "core.safecrlf=false",
	};
	BT_FREE char *objects = bt_xasprintf("GIT_OBJECT_DIRECTORY=%s", w->objects);
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	int rc;

	bt_git_cmd_init(&c, repo);
	if (!paths->len)
		return 0;
	for (size_t i = 0; i < BT_ARRAY_NR(config); i++)
		bt_git_cmd_config(&c, config[i]);
	rc = bt_git_cmd_no_hooks(&c, repo, err);
	if (rc)
		return rc;
	bt_git_cmd_index(&c, repo, w->index_file);
	bt_git_cmd_alternate(&c, repo->objects_dir);
	bt_git_cmd_env(&c, objects);
	c.cwd = repo->top;
	bt_git_cmd_addl(&c, "update-index", "--add", "--remove", "--replace", how, "-z", "--stdin",
			NULL);
	return bt_git_run(&c, "cannot read the worktree", paths->data, paths->len, NULL, err);
}

static int temp_index(const struct bt_repo *repo, const struct changes *ch, struct bt_worktree *w,
		      struct bt_err *err)
{
	int rc = bt_git_temp_make(repo, &w->dir, err);

	if (rc)
		return rc;
	w->index_file = bt_xasprintf("%s/index", w->dir);
	w->objects = bt_xasprintf("%s/objects", w->dir);
	if (mkdir(w->objects, 0700))
		return bt_err_errno(err, "cannot make '%s'", w->objects);
	rc = bt_git_temp_copy(repo->index_file, w->index_file, err);
	/* What is gone first: a file may stand where a folder was, and the other way round. */
	if (!rc)
		rc = index_update(repo, w, "--force-remove", &ch->removed, err);
	return rc ? rc : index_update(repo, w, "--remove", &ch->taken, err);
}

int bt_worktree_take(const struct bt_repo *repo, struct bt_worktree *ret_w, struct bt_err *err)
{
	BT_CLEANUP(changes_release) struct changes ch = { BT_BUF_INIT, BT_BUF_INIT };
	struct bt_worktree w = { .dir = NULL };
	int rc;

	if (!repo->top) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "this operation must be run in a work tree");
		return bt_err_hint(err, "without one, ask a revision");
	}
	bt_buf_init(&ch.taken, CHANGED_MAX);
	bt_buf_init(&ch.removed, CHANGED_MAX);
	rc = changes_list(repo, &ch, &w, err);
	if (!rc && (ch.taken.len || ch.removed.len))
		rc = temp_index(repo, &ch, &w, err);
	if (rc)
		bt_worktree_release(&w);
	else
		*ret_w = w;
	return rc;
}

void bt_worktree_release(struct bt_worktree *w)
{
	if (!w)
		return;
	if (w->dir)
		bt_git_temp_remove(w->dir);
	free(w->dir);
	free(w->index_file);
	free(w->objects);
	free(w->unreadable_path);
	*w = (struct bt_worktree){ .dir = NULL };
}
