/*
 * Backups with dates in their names, and which of them are old.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/backup/backup.h"

#define END ".batho"
/* "20261122T013000Z" */
#define DATE_LEN 16

/* The name of the repository's folder, with nothing in it that is no part of a name. */
static char *prefix_of(const struct bt_repo *repo)
{
	BT_FREE char *home = bt_repo_home(repo);
	const char *slash = strrchr(home, '/');
	char *name = bt_xasprintf("%.64s-", slash && slash[1] ? slash + 1 : "repository");

	for (char *p = name; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *p) || (p == name && *p == '.'))
			*p = '_';
	return name;
}

char *bt_backup_dated(const struct bt_repo *repo, const char *folder, int64_t now_ms)
{
	BT_FREE char *prefix = prefix_of(repo);
	time_t now = (time_t)(now_ms / 1000);
	char date[DATE_LEN + 1] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm);
	return bt_xasprintf("%s/%s%s" END, folder, prefix, date);
}

static bool is_dated(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(name, prefix, len))
		return false;
	name += len;
	return strlen(name) == DATE_LEN + strlen(END) && strspn(name, "0123456789") == 8 && name[8] == 'T' && strspn(name + 9, "0123456789") == 6 &&
	       !strcmp(name + 15, "Z" END);
}

int bt_backup_old(const struct bt_repo *repo, const char *folder, size_t keep,
		  int (*old)(void *ctx, const char *path, uint64_t bytes, struct bt_err *err), void *ctx, struct bt_err *err)
{
	BT_FREE char *prefix = prefix_of(repo);
	struct dirent **list = NULL;
	int nr = scandir(folder, &list, NULL, alphasort), rc = 0;
	size_t found = 0, at = 0;

	if (nr < 0)
		return bt_err_errno(err, "cannot read the folder '%s'", folder);
	for (int i = 0; i < nr; i++)
		found += is_dated(list[i]->d_name, prefix);
	for (int i = 0; i < nr; i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s", folder, list[i]->d_name);
		struct stat st;

		if (!rc && is_dated(list[i]->d_name, prefix) && at++ + keep < found && !lstat(path, &st) && S_ISREG(st.st_mode))
			rc = old(ctx, path, (uint64_t)st.st_size, err);
		free(list[i]);
	}
	free(list);
	return rc;
}
