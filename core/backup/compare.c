/*
 * Settings and files of a backup beside those that are here, and putting them back.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/backup/backup.h"
#include "core/backup/scratch.h"
#include "core/base/file.h"
#include "core/conf/conf.h"
#include "core/git/program.h"

static const struct bt_key *key_of(const char *key)
{
	for (int i = 0; i < BT_KEY_NR; i++)
		if (!strcasecmp(key + strlen("batho."), bt_keys[i].name))
			return &bt_keys[i];
	return NULL;
}

/* What a tracked file may say can do no harm; all else may name commands, addresses, places. */
static bool is_tame(const char *key)
{
	const struct bt_key *k = key_of(key);
	size_t len = strlen(key);

	if (!strncasecmp(key, "batho.rules.", 12) && len > 21 && !strcasecmp(key + len - 9, ".severity"))
		return true;
	return k && k->tracked;
}

static enum bt_backup_state state_of(const struct bt_buf *here, const struct bt_backup_setting *s)
{
	enum bt_backup_state state = BT_BACKUP_MISSING;
	const char *p = here->data, *end = p + here->len;
	size_t len = strlen(s->key);

	for (; p < end; p += strlen(p) + 1) {
		const char *value = p[len] == '\n' ? p + len + 1 : "true";

		if (strncmp(p, s->key, len) || (p[len] && p[len] != '\n'))
			continue;
		if (!strcmp(value, s->value))
			return BT_BACKUP_SAME;
		state = BT_BACKUP_DIFFERS;
	}
	return state;
}

static int list_here(struct bt_repo *repo, struct bt_buf *out, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	int status;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "config", "-z", "--get-regexp", "^batho\\.", NULL);
	if (bt_git_run_status(&c, NULL, 0, out, &errout, &status, err))
		return err->code;
	bt_buf_cstr(out);
	return status > 1 ? bt_git_fail(err, BT_ERR_FAIL, "cannot read the configuration", bt_buf_cstr(&errout), status) : 0;
}

static enum bt_backup_state state_of_file(struct bt_repo *repo, const struct bt_backup_file *f)
{
	BT_FREE char *path = bt_xasprintf("%s/.batho/%s", repo->top, f->name);
	BT_BUF_OWNED struct bt_buf have = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	struct stat st;

	if (lstat(path, &st))
		return BT_BACKUP_MISSING;
	if (!S_ISREG(st.st_mode) || bt_file_read(path, BT_BACKUP_FILE_LEN_MAX, &have, &none) || have.len != f->len)
		return BT_BACKUP_DIFFERS;
	return !f->len || !memcmp(have.data, f->data, f->len) ? BT_BACKUP_SAME : BT_BACKUP_DIFFERS;
}

int bt_backup_compare(struct bt_repo *repo, const struct bt_backup_content *c,
		      int (*fn)(void *ctx, bool file, const struct bt_backup_difference *d, struct bt_err *err), void *ctx, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf here = BT_BUF_INIT;
	int rc = list_here(repo, &here, err);

	for (size_t i = 0; i < c->settings_nr && !rc; i++) {
		const struct bt_backup_setting *s = &c->settings[i];
		struct bt_backup_difference d = { s->key, s->value, state_of(&here, s), !is_tame(s->key) };

		rc = fn(ctx, false, &d, err);
	}
	for (size_t i = 0; i < c->files_nr && !rc && repo->top; i++) {
		struct bt_backup_difference d = { c->files[i].name, NULL, state_of_file(repo, &c->files[i]), false };

		rc = fn(ctx, true, &d, err);
	}
	return rc;
}

int bt_backup_put_setting(struct bt_repo *repo, const struct bt_backup_difference *d, struct bt_err *err)
{
	const struct bt_key *k = key_of(d->name);
	bool add = d->state == BT_BACKUP_MISSING || (k && k->type == BT_TYPE_PATTERNS);
	const char *const argv[] = { "config", "--local", add ? "--add" : "--replace-all", d->name, d->value, NULL };

	return bt_git_run_argv(repo, argv, NULL, err) ? bt_err_wrap(err, "cannot set '%s'", d->name) : 0;
}

int bt_backup_put_file(struct bt_repo *repo, const struct bt_backup_content *c, const struct bt_backup_difference *d, struct bt_err *err)
{
	BT_FREE char *folder = bt_xasprintf("%s/.batho", repo->top);
	BT_FREE char *rules = bt_xasprintf("%s/.batho/rules", repo->top);
	BT_FREE char *path = bt_xasprintf("%s/.batho/%s", repo->top, d->name);
	struct stat st;

	/* no link leads out of the worktree */
	if ((!lstat(folder, &st) && !S_ISDIR(st.st_mode)) || (!lstat(rules, &st) && !S_ISDIR(st.st_mode)))
		return bt_err_set(err, BT_ERR_FAIL, "cannot put back '%s': a folder on the way is none", path);
	if (bt_folder_make(folder, 0755, NULL, err) || (strchr(d->name, '/') && bt_folder_make(rules, 0755, NULL, err)))
		return err->code;
	for (size_t i = 0; i < c->files_nr; i++)
		if (!strcmp(c->files[i].name, d->name))
			return bt_file_write_atomic(path, c->files[i].data, c->files[i].len, 0644, err);
	return 0;
}
