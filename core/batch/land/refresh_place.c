/*
 * Files put into place, so that nobody's edit is lost.
 *
 * git writes them, through its filters, into a folder beside; from there they are renamed. A file that is replaced or removed is taken out
 * first, looked at again, and put back if it is not the one that was compared: an editor that saved in between wins. A new file never
 * replaces one. Folders on the way are entered one by one and never through a symbolic link.
 *
 * What remains: a process that holds the old file open and writes to it after that last look writes into a file without a name. Where
 * the file system cannot exchange two names, a save between the last look and the rename (a few microseconds) is lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/batch/land/refresh.h"

#define MODE_GITLINK 0160000
/* In the staging folder: the new files by their paths; the one that was just taken out. */
#define STAGED "files/"
#define TAKEN "taken"
/* To find the few among many that git cannot write; each is a child. */
#define STAGE_RUNS_MAX 256

/* The folder that holds the path, or -1 with errno. *ret_leaf: the name in it. */
static int folder_open(int top_fd, const char *path, bool make, const char **ret_leaf)
{
	int fd = openat(top_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (const char *slash; fd >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		BT_FREE char *name = bt_xstrndup(path, (size_t)(slash - path));
		int next, no;

		if (make && mkdirat(fd, name, 0777) && errno != EEXIST) {
			bt_close_fd(&fd);
			return -1;
		}
		next = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		no = errno;
		close(fd);
		fd = next;
		errno = no;
	}
	*ret_leaf = path;
	return fd;
}

int refresh_stat(int top_fd, const char *path, struct stat *ret_st)
{
	const char *leaf;
	BT_CLOSE int fd = folder_open(top_fd, path, false, &leaf);

	if (fd >= 0 && !fstatat(fd, leaf, ret_st, AT_SYMLINK_NOFOLLOW))
		return 0;
	return errno == ENOENT ? ENOENT : ENOTDIR;
}

/* The same file, not written to since; renaming it changes ctime alone. */
static bool is_same(const struct stat *a, const struct stat *b, bool renamed)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mode == b->st_mode &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       (renamed || (a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec));
}

static bool is_known(int fd, const char *leaf, const struct stat *known, bool renamed)
{
	struct stat st;

	return !fstatat(fd, leaf, &st, AT_SYMLINK_NOFOLLOW) && is_same(&st, known, renamed);
}

/* Folders above the path that have become empty go, as git has it. */
static void folders_prune(int top_fd, const char *path)
{
	BT_FREE char *rest = bt_xstrdup(path);

	for (char *slash; (slash = strrchr(rest, '/'));) {
		const char *leaf;
		int fd, gone;

		*slash = '\0';
		fd = folder_open(top_fd, rest, false, &leaf);
		gone = fd >= 0 && !unlinkat(fd, leaf, AT_REMOVEDIR);
		bt_close_fd(&fd);
		if (!gone)
			return;
	}
}

/* Each of these says why it could not be done, or NULL. */

static const char *file_remove(struct refresh *r, const struct refresh_path *p)
{
	const char *leaf;
	BT_CLOSE int fd = folder_open(r->top_fd, p->path, false, &leaf);

	if (fd < 0 || !is_known(fd, leaf, &p->st, false))
		return "changed";
	if (renameat(fd, leaf, r->staging_fd, TAKEN))
		return "unwritten";
	if (!is_known(r->staging_fd, TAKEN, &p->st, true)) {
		/* When there is yet another by now, whoever made it has replaced the one taken out. */
		if (!renameat2(r->staging_fd, TAKEN, fd, leaf, RENAME_NOREPLACE))
			return "changed";
	}
	unlinkat(r->staging_fd, TAKEN, 0);
	return NULL;
}

static const char *file_replace(struct refresh *r, const struct refresh_path *p)
{
	BT_FREE char *staged = bt_xasprintf(STAGED "%s", p->path);
	const char *leaf;
	BT_CLOSE int fd = folder_open(r->top_fd, p->path, false, &leaf);

	if (fd < 0 || !is_known(fd, leaf, &p->st, false))
		return "changed";
	if (renameat2(r->staging_fd, staged, fd, leaf, RENAME_EXCHANGE)) {
		if (errno != EINVAL && errno != ENOSYS)
			return "unwritten";
		return renameat(r->staging_fd, staged, fd, leaf) ? "unwritten" : NULL;
	}
	if (is_known(r->staging_fd, staged, &p->st, true))
		return NULL;
	return renameat2(r->staging_fd, staged, fd, leaf, RENAME_EXCHANGE) ? "unwritten" : "changed";
}

static const char *file_add(struct refresh *r, const struct refresh_path *p)
{
	BT_FREE char *staged = bt_xasprintf(STAGED "%s", p->path);
	const char *leaf;
	BT_CLOSE int fd = folder_open(r->top_fd, p->path, true, &leaf);

	if (fd < 0)
		return errno == ENOTDIR || errno == ELOOP ? "untracked" : "unwritten";
	/* An empty folder is nothing. */
	unlinkat(fd, leaf, AT_REMOVEDIR);
	if (!renameat2(r->staging_fd, staged, fd, leaf, RENAME_NOREPLACE))
		return NULL;
	if (errno == EEXIST)
		return "untracked";
	/* Not every file system knows how not to replace; every one refuses a link in the place of a file. */
	if (errno == EINVAL || errno == ENOSYS) {
		if (!linkat(r->staging_fd, staged, fd, leaf, 0))
			return NULL;
		return errno == EEXIST ? "untracked" : "unwritten";
	}
	return "unwritten";
}

static const char *link_folder_make(struct refresh *r, const struct refresh_path *p)
{
	const char *leaf;
	BT_CLOSE int fd = folder_open(r->top_fd, p->path, true, &leaf);

	if (fd < 0)
		return errno == ENOTDIR || errno == ELOOP ? "untracked" : "unwritten";
	return mkdirat(fd, leaf, 0777) && errno != EEXIST ? "unwritten" : NULL;
}

static const char *link_folder_remove(struct refresh *r, const struct refresh_path *p)
{
	const char *leaf;
	BT_CLOSE int fd = folder_open(r->top_fd, p->path, false, &leaf);

	return fd < 0 || !unlinkat(fd, leaf, AT_REMOVEDIR) || errno == ENOENT ? NULL : "untracked";
}

/* What goes: before what comes, since a folder may take the place of a file and the other way round. */
static void place_removals(struct refresh *r)
{
	for (size_t i = r->paths->nr; i-- > 0;) {
		struct refresh_path *p = &r->paths->list[i];
		bool to_nothing = !p->after.mode || p->after.mode == MODE_GITLINK;

		if (!p->places || !p->before.mode || (!to_nothing && p->before.mode != MODE_GITLINK))
			continue;
		p->why = p->before.mode == MODE_GITLINK ? link_folder_remove(r, p) : file_remove(r, p);
		p->places = !p->why && p->after.mode;
		if (!p->why && !p->after.mode)
			folders_prune(r->top_fd, p->path);
	}
}

static bool is_attributes(const char *path)
{
	static const char name[] = ".gitattributes";
	size_t len = strlen(path), name_len = sizeof(name) - 1;

	return len >= name_len && !strcmp(path + len - name_len, name) && (len == name_len || path[len - name_len - 1] == '/');
}

static bool is_next(const struct refresh_path *p, bool attributes)
{
	return p->places && p->after.mode && p->after.mode != MODE_GITLINK && is_attributes(p->path) == attributes;
}

/* Files that git is to write. */
struct files {
	struct refresh_path **list;
	size_t nr;
	unsigned runs;
};

static int stage_run(struct refresh *r, struct refresh_path *const *list, size_t nr, int *ret_status, struct bt_err *err)
{
	BT_FREE char *prefix = bt_xasprintf("--prefix=%s/" STAGED, r->staging);
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
	int rc;

	for (size_t i = 0; i < nr; i++)
		bt_buf_add(&in, list[i]->path, strlen(list[i]->path) + 1);
	rc = bt_buf_check(&in, "the list of changed paths", err);
	if (rc)
		return rc;
	refresh_cmd(r, r->index, &c);
	bt_git_cmd_addl(&c, "checkout-index", "-q", "-f", prefix, "-z", "--stdin", NULL);
	return bt_git_run_status(&c, in.data, in.len, NULL, NULL, ret_status, err);
}

/*
 * git writes the files into the staging folder. When it fails (a filter does, the disk is full) any of them may be missing or cut, and
 * so they are written again in halves, down to those that it cannot write.
 */
static int stage_files(struct refresh *r, struct files *f, size_t from, size_t nr, struct bt_err *err)
{
	bool out_of_tries = f->runs++ > STAGE_RUNS_MAX;
	int status = 1;
	int rc = out_of_tries ? 0 : stage_run(r, f->list + from, nr, &status, err);

	if (rc || !status)
		return rc;
	if (nr > 1 && !out_of_tries) {
		rc = stage_files(r, f, from, nr / 2, err);
		return rc ? rc : stage_files(r, f, from + nr / 2, nr - nr / 2, err);
	}
	for (size_t i = from; i < from + nr; i++) {
		f->list[i]->why = "unwritten";
		f->list[i]->places = false;
	}
	return 0;
}

static int stage(struct refresh *r, bool attributes, struct bt_err *err)
{
	struct files f = { .nr = 0 };
	int rc;

	f.list = bt_xcalloc(r->paths->nr + 1, sizeof(struct refresh_path *));
	for (size_t i = 0; i < r->paths->nr; i++)
		if (is_next(&r->paths->list[i], attributes))
			f.list[f.nr++] = &r->paths->list[i];
	rc = f.nr ? stage_files(r, &f, 0, f.nr, err) : 0;
	free(f.list);
	return rc;
}

static void place_files(struct refresh *r, bool attributes)
{
	for (size_t i = 0; i < r->paths->nr; i++) {
		struct refresh_path *p = &r->paths->list[i];

		if (is_next(p, attributes))
			p->why = p->file == REFRESH_FILE_BEFORE ? file_replace(r, p) : file_add(r, p);
	}
}

int refresh_place(struct refresh *r, struct bt_err *err)
{
	/* What the attributes say of the other files holds from this landing on: their files come first. */
	int rc = stage(r, true, err);

	if (rc)
		return rc;
	place_files(r, true);
	rc = stage(r, false, err);
	if (rc)
		return rc;
	place_removals(r);
	for (size_t i = 0; i < r->paths->nr; i++) {
		struct refresh_path *p = &r->paths->list[i];

		if (p->places && p->after.mode == MODE_GITLINK)
			p->why = link_folder_make(r, p);
	}
	place_files(r, false);
	return 0;
}
