/*
 * The repository of a hook, without asking git: git has found it, checked who owns it, and started the hook
 * at the top of its worktree with GIT_DIR set or .git there. What looks otherwise is left to bt_repo_open.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/git/repo.h"

/* "gitdir: <path>", or the path in commondir. */
#define POINTER_MAX 8192

static char *absolute(const char *base, const char *path)
{
	return *path == '/' ? bt_xstrdup(path) : bt_xasprintf("%s/%s", base, path);
}

static char *env_path(const char *name, const char *cwd)
{
	const char *v = getenv(name);

	return v && *v ? absolute(cwd, v) : NULL;
}

/* The one line of a file, after `prefix`; NULL when it is not like that. */
static char *read_pointer(const char *path, const char *prefix)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t skip = strlen(prefix);
	const char *p;

	if (bt_file_read(path, POINTER_MAX, &text, NULL))
		return NULL;
	p = bt_buf_cstr(&text);
	if (strncmp(p, prefix, skip))
		return NULL;
	p += skip;
	return bt_xstrndup(p, strcspn(p, "\n"));
}

static char *find_git_dir(const char *cwd)
{
	BT_FREE char *dot_git = bt_xasprintf("%s/.git", cwd);
	BT_FREE char *pointer = NULL;
	char *from_env = env_path("GIT_DIR", cwd);
	struct stat st;

	if (from_env)
		return from_env;
	if (!stat(dot_git, &st) && S_ISDIR(st.st_mode))
		return bt_xstrdup(dot_git);
	pointer = read_pointer(dot_git, "gitdir: ");
	return pointer ? absolute(cwd, pointer) : NULL;
}

static char *find_common_dir(const char *git_dir, const char *cwd)
{
	BT_FREE char *file = bt_xasprintf("%s/commondir", git_dir);
	BT_FREE char *from_env = env_path("GIT_COMMON_DIR", cwd);
	BT_FREE char *pointer = from_env ? NULL : read_pointer(file, "");
	BT_FREE char *path = from_env ? bt_xstrdup(from_env) : pointer ? absolute(git_dir, pointer) : NULL;

	return realpath(path ? path : git_dir, NULL);
}

static bool is_file(const char *folder, const char *name)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);

	return !access(path, F_OK);
}

int bt_repo_open_hook(struct bt_repo *repo, struct bt_err *err)
{
	BT_FREE char *cwd = realpath(".", NULL);
	const char *work_tree = getenv("GIT_WORK_TREE");
	char *index, *objects;

	*repo = (struct bt_repo)BT_REPO_INIT;
	if (!cwd || (work_tree && strcmp(work_tree, ".") && strcmp(work_tree, cwd)))
		return bt_repo_open(repo, NULL, 0, err);
	repo->git_dir = find_git_dir(cwd);
	repo->common_dir = repo->git_dir ? find_common_dir(repo->git_dir, cwd) : NULL;
	/* In a bare repository the hook stands in the repository itself. */
	if (!repo->common_dir || !is_file(repo->git_dir, "HEAD") || !strcmp(cwd, repo->common_dir)) {
		bt_repo_release(repo);
		return bt_repo_open(repo, NULL, 0, err);
	}
	index = env_path("GIT_INDEX_FILE", cwd);
	objects = env_path("GIT_OBJECT_DIRECTORY", cwd);
	repo->index_file = index ? index : bt_xasprintf("%s/index", repo->git_dir);
	repo->objects_dir = objects ? objects : bt_xasprintf("%s/objects", repo->common_dir);
	repo->prefix = bt_xstrdup("");
	repo->top = bt_xstrdup(cwd);
	repo->shallow = is_file(repo->common_dir, "shallow");
	return 0;
}
