#include "core/backup/scratch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"

int backup_scratch_make(const char *parent, const char *prefix, char **ret_dir, struct bt_err *err)
{
	const char *tmp = getenv("TMPDIR");
	const char *where = parent ? parent : tmp && *tmp == '/' ? tmp : "/tmp";
	/* SQLite follows no symbolic link */
	BT_FREE char *real = realpath(where, NULL);
	char *dir;

	if (!real)
		return bt_err_errno(err, "cannot find the folder '%s'", where);
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
