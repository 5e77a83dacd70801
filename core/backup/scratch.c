#include "core/backup/scratch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"

#define LEFT_AGE_S (24 * 3600)
/* mkdtemp's. */
#define RANDOM_LEN 6

/* Ours, and nobody is at work in it any more. */
static bool is_left(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && time(NULL) - st.st_mtime > LEFT_AGE_S;
}

static void sweep(const char *parent, const char *prefix)
{
	DIR *list = opendir(parent);
	const struct dirent *e;

	while (list && (e = readdir(list))) {
		char *path;

		if (strncmp(e->d_name, prefix, strlen(prefix)) || strlen(e->d_name) != strlen(prefix) + RANDOM_LEN)
			continue;
		path = bt_xasprintf("%s/%s", parent, e->d_name);
		if (is_left(path))
			backup_scratch_remove(&path);
		free(path);
	}
	if (list)
		closedir(list);
}

int backup_scratch_make(const char *parent, const char *prefix, char **ret_dir, struct bt_err *err)
{
	const char *tmp = getenv("TMPDIR");
	const char *where = parent ? parent : tmp && *tmp == '/' ? tmp : "/tmp";
	/* SQLite follows no symbolic link */
	BT_FREE char *real = realpath(where, NULL);
	char *dir;

	if (!real)
		return bt_err_errno(err, "cannot find the folder '%s'", where);
	sweep(real, prefix);
	dir = bt_xasprintf("%s/%sXXXXXX", real, prefix);
	if (!mkdtemp(dir)) {
		bt_err_errno(err, "cannot make a temporary folder in '%s'", real);
		free(dir);
		return err->code;
	}
	*ret_dir = dir;
	return 0;
}

void backup_scratch_remove(char **pdir)
{
	DIR *list = *pdir ? opendir(*pdir) : NULL;
	const struct dirent *e;

	while (list && (e = readdir(list)))
		unlinkat(dirfd(list), e->d_name, 0);
	if (list)
		closedir(list);
	if (*pdir)
		rmdir(*pdir);
	free(*pdir);
	*pdir = NULL;
}

char *backup_folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return bt_xstrdup(".");
	return slash == file ? bt_xstrdup("/") : bt_xstrndup(file, (size_t)(slash - file));
}
