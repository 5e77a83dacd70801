/*
 * The folder of a stage, and the copy of a folder.
 */
#include "core/grammars/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/signal.h"

#define STALE_S (24 * 60 * 60)

int bt_stage_mkdirs(const char *path, struct bt_err *err)
{
	BT_FREE char *part = bt_xstrdup(path);

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0700) && errno != EEXIST)
			return bt_err_errno(err, "cannot make folder '%s'", part);
		*slash = '/';
	}
	if (mkdir(path, 0700) && errno != EEXIST)
		return bt_err_errno(err, "cannot make folder '%s'", path);
	return 0;
}

static int remove_entry(const char *path, const struct stat *st BT_UNUSED, int kind BT_UNUSED, struct FTW *at BT_UNUSED)
{
	remove(path);
	return 0;
}

void bt_stage_remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* What a process that was killed has left. */
static void remove_stale(const char *parent)
{
	DIR *d = opendir(parent);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		BT_FREE char *path = bt_xasprintf("%s/%s", parent, e->d_name);
		struct stat st;

		if (!strncmp(e->d_name, "new-", 4) && !lstat(path, &st) && time(NULL) - st.st_mtime > STALE_S)
			bt_stage_remove_tree(path);
	}
	if (d)
		closedir(d);
}

int bt_stage_open(const char *parent, struct bt_stage *ret_stage, struct bt_err *err)
{
	BT_FREE char *dir = bt_xasprintf("%s/new-XXXXXX", parent);

	if (bt_stage_mkdirs(parent, err))
		return err->code;
	remove_stale(parent);
	if (!mkdtemp(dir))
		return bt_err_errno(err, "cannot make a folder in '%s'", parent);
	*ret_stage = (struct bt_stage){ .dir = dir, .root = bt_xasprintf("%s/source", dir) };
	dir = NULL;
	if (mkdir(ret_stage->root, 0700)) {
		bt_err_errno(err, "cannot make folder '%s'", ret_stage->root);
		bt_stage_release(ret_stage);
		return err->code;
	}
	return 0;
}

void bt_stage_release(struct bt_stage *s)
{
	if (s->dir)
		bt_stage_remove_tree(s->dir);
	free(s->dir);
	free(s->root);
	free(s->from);
	free(s->version);
	free(s->integrity);
	*s = (struct bt_stage)BT_STAGE_INIT;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

/* A folder with nothing in it that a grammar is built from. */
static bool is_aside(const char *name, size_t len)
{
	static const char *const aside[] = { ".git", ".github", "node_modules", "bindings", "prebuilds", "build", "target",
					     "test", "tests", "examples", "example", "corpus", "docs", "script", "scripts" };

	for (size_t i = 0; i < BT_ARRAY_NR(aside); i++)
		if (strlen(aside[i]) == len && !strncmp(aside[i], name, len))
			return true;
	return false;
}

bool bt_stage_wants(const char *path)
{
	static const char *const endings[] = { ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".inc", ".def", ".lang" };
	static const char *const names[] = { "package.json", "tree-sitter.json", "tags.scm" };
	const char *name = path, *slash;

	while ((slash = strchr(name, '/'))) {
		if (is_aside(name, (size_t)(slash - name)))
			return false;
		name = slash + 1;
	}
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	for (size_t i = 0; i < BT_ARRAY_NR(endings); i++)
		if (ends_with(name, endings[i]))
			return true;
	return !strncasecmp(name, "licen", 5) || !strncmp(name, "COPYING", 7) || !strncmp(name, "UNLICENSE", 9);
}

int bt_stage_create(struct bt_stage *s, const char *path, int *ret_fd, struct bt_err *err)
{
	BT_FREE char *full = bt_xasprintf("%s/%s", s->root, path);
	char *slash = strrchr(full, '/');

	if (++s->files > BT_STAGE_FILES_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the sources have more than %d files", BT_STAGE_FILES_MAX);
	*slash = '\0';
	if (bt_stage_mkdirs(full, err))
		return err->code;
	*slash = '/';
	*ret_fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *ret_fd < 0 ? bt_err_errno(err, "cannot copy '%s'", path) : 0;
}

int bt_stage_count(struct bt_stage *s, uint64_t file_bytes, uint64_t more, const char *path, struct bt_err *err)
{
	if (file_bytes > BT_STAGE_FILE_MAX || more > BT_STAGE_FILE_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "'%s' is larger than %llu MiB", path,
				  (unsigned long long)(BT_STAGE_FILE_MAX >> 20));
	s->bytes += more;
	if (s->bytes > BT_STAGE_BYTES_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the sources are larger than %llu MiB",
				  (unsigned long long)(BT_STAGE_BYTES_MAX >> 20));
	return 0;
}

/* ---- a folder ---- */

struct copy {
	struct bt_stage *s;
	size_t entries;
	struct bt_err *err;
};

static int copy_file(struct copy *c, int folder, const char *name, const char *path)
{
	BT_CLOSE int from = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	BT_FREE char *chunk = bt_xmalloc((size_t)64 << 10);
	BT_CLOSE int to = -1;
	uint64_t bytes = 0;
	size_t n;

	if (from < 0)
		return bt_err_errno(c->err, "cannot read '%s'", path);
	if (bt_stage_create(c->s, path, &to, c->err))
		return c->err->code;
	do {
		if (bt_fd_read_full(from, chunk, (size_t)64 << 10, &n, path, c->err))
			return c->err->code;
		bytes += n;
		if (bt_stage_count(c->s, bytes, n, path, c->err) || bt_fd_write_full(to, chunk, n, path, c->err))
			return c->err->code;
	} while (n);
	return 0;
}

static void dir_close(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int copy_folder(struct copy *c, int parent, const char *name, const char *path, unsigned depth);

static int copy_entry(struct copy *c, int folder, const char *name, const char *path, unsigned depth)
{
	BT_FREE char *below = *path ? bt_xasprintf("%s/%s", path, name) : bt_xstrdup(name);
	struct stat st;

	if (++c->entries > BT_STAGE_ENTRIES_MAX)
		return bt_err_set(c->err, BT_ERR_LIMIT, "the folder has more than %d entries", BT_STAGE_ENTRIES_MAX);
	if (bt_cancel_check(c->err))
		return c->err->code;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : bt_err_errno(c->err, "cannot look at '%s'", below);
	if (S_ISDIR(st.st_mode))
		return is_aside(name, strlen(name)) || depth == BT_STAGE_DEPTH_MAX ? 0
										   : copy_folder(c, folder, name, below, depth + 1);
	return S_ISREG(st.st_mode) && bt_stage_wants(below) ? copy_file(c, folder, name, below) : 0;
}

static int copy_folder(struct copy *c, int parent, const char *name, const char *path, unsigned depth)
{
	BT_CLOSE int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
	BT_CLEANUP(dir_close) DIR *d = NULL;
	const struct dirent *e;
	int own;

	if (fd < 0)
		return bt_err_errno(c->err, "cannot open folder '%s'", *path ? path : name);
	own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	d = own < 0 ? NULL : fdopendir(own);
	if (!d) {
		bt_close_fd(&own);
		return bt_err_errno(c->err, "cannot read folder '%s'", *path ? path : name);
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && copy_entry(c, fd, e->d_name, path, depth))
			return c->err->code;
	return 0;
}

bool bt_stage_path_plain(const char *path)
{
	for (; *path; path++)
		if ((unsigned char)*path < ' ' || *path == 127)
			return false;
	return true;
}

int bt_stage_folder(struct bt_stage *s, const char *path, struct bt_err *err)
{
	struct copy c = { .s = s, .err = err };
	BT_FREE char *real = realpath(path, NULL);

	if (!real)
		return bt_err_errno(err, "cannot open folder '%s'", path);
	if (!bt_stage_path_plain(real))
		return bt_err_set(err, BT_ERR_UNSUPPORTED, "the path '%s' has a control character in it", real);
	s->from = bt_xasprintf("folder %s", real);
	return copy_folder(&c, AT_FDCWD, real, "", 0);
}
