/*
 * Worktrees that have a branch checked out are brought along after it was moved.
 *
 * In each of them, with index.lock in our hands:
 *   the index is copied; what it and the files hold at the paths that differ is looked at;
 *   entries that equal `before` go to `after` in the copy; files that equal `before` are replaced; the copy becomes the index.
 *
 * Files come first, the index last, in one rename. A crash in between leaves files that equal `after` under entries that equal `before`: the
 * repeat sees them as done. The other way round, a file that equals `before` under an entry that equals `after` could as well be somebody's
 * edit. So a file is written over only while its entry and its content equal `before`, whoever runs this how often.
 *
 * An entry goes to `after` also when its file stays (it was changed meanwhile, or is none of git's): it then shows as a change in the worktree,
 * which it is. Left at `before` it would be a staged change that takes the landing back, and the next `git commit` would do so.
 *
 * Until the lock is taken a commit in that worktree would do the same with every path: bt_land_lock takes it before the branch moves.
 *
 * Not made durable are the files: after a power failure one may be empty, as after any checkout, and shows as a change.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/batch/land/refresh.h"
#include "core/git/refs.h"

/* So few paths are refreshed by name; more are cheaper in one go over all of the index. */
#define NAMED_MAX 16

void refresh_entry_line(struct bt_buf *b, const struct bt_side *s, size_t oid_len, const char *path)
{
	struct bt_oid oid = s->oid;
	char hex[BT_OID_HEX_MAX + 1];

	if (!s->mode)
		oid = (struct bt_oid){ .len = (uint8_t)oid_len };
	bt_buf_addf(b, "%o %s\t%s", s->mode, bt_oid_hex(&oid, hex), path);
	bt_buf_addch(b, '\0');
}

/* --- folders --- */

static bool same_device(const char *a, const char *b)
{
	struct stat one, two;

	return !stat(a, &one) && !stat(b, &two) && one.st_dev == two.st_dev;
}

/* The copy keeps the time of the index: git tells by it which entries it cannot trust. */
static int index_copy(const struct refresh *r, struct bt_err *err)
{
	int rc = bt_file_copy(r->wt.index_file, r->index, err);

	return rc == BT_ERR_NOT_FOUND ? 0 : rc; /* nothing was ever added */
}

static int folders_make(struct refresh *r, struct bt_err *err)
{
	bool beside = same_device(r->wt.git_dir, r->wt.top);

	r->folder = bt_xasprintf("%s/" REFRESH_FOLDER_PREFIX "%s.%d", r->wt.git_dir, r->token, (int)getpid());
	r->index = bt_xasprintf("%s/index", r->folder);
	/* Files are renamed into place, which takes a folder on their own file system. */
	r->staging = beside ? bt_xasprintf("%s/staged", r->folder)
			    : bt_xasprintf("%s/" REFRESH_STAGING_PREFIX "%s.%d", r->wt.top, r->token, (int)getpid());
	if (mkdir(r->folder, 0700) || mkdir(r->staging, 0700))
		return bt_err_errno(err, "cannot make a folder in '%s'", r->wt.git_dir);
	r->top_fd = open(r->wt.top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r->staging_fd = open(r->staging, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->top_fd < 0 || r->staging_fd < 0)
		return bt_err_errno(err, "cannot open '%s'", r->top_fd < 0 ? r->wt.top : r->staging);
	return 0;
}

static void refresh_release(struct refresh *r)
{
	bt_close_fd(&r->top_fd);
	bt_close_fd(&r->staging_fd);
	free(r->folder);
	free(r->index);
	free(r->staging);
}

/* --- the new index --- */

/* `git update-index <how>` of the copy, for paths that end in NUL. */
static int index_update(struct refresh *r, const char *how, const struct bt_buf *in, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	int rc = bt_buf_check(in, "the list of changed paths", err);

	if (rc || !in->len)
		return rc;
	refresh_cmd(r, r->index, &c);
	if (!strcmp(how, "--index-info"))
		bt_git_cmd_addl(&c, "update-index", "-z", how, NULL);
	else
		bt_git_cmd_addl(&c, "update-index", how, "-z", "--stdin", NULL);
	return bt_git_run(&c, "cannot write the index", in->data, in->len, NULL, err);
}

/* With entries its user has flagged, the flag stays. */
static int flags_restore(struct refresh *r, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf assumed = BT_BUF_INIT, skipped = BT_BUF_INIT;
	int rc;

	for (size_t i = 0; i < r->paths->nr; i++) {
		const struct refresh_path *p = &r->paths->list[i];

		if (!p->moves || !p->after.mode)
			continue;
		if (p->assumed)
			bt_buf_add(&assumed, p->path, strlen(p->path) + 1);
		if (p->skipped)
			bt_buf_add(&skipped, p->path, strlen(p->path) + 1);
	}
	rc = index_update(r, "--assume-unchanged", &assumed, err);
	return rc ? rc : index_update(r, "--skip-worktree", &skipped, err);
}

static int moves_write(struct refresh *r, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;

	/* What goes makes room for what comes. */
	for (int comes = 0; comes < 2; comes++)
		for (size_t i = 0; i < r->paths->nr; i++) {
			const struct refresh_path *p = &r->paths->list[i];

			if (p->moves && !p->after.mode == !comes)
				refresh_entry_line(&in, &p->after, r->wt.oid_len, p->path);
		}
	return index_update(r, "--index-info", &in, err);
}

/* The file of the patterns, when this worktree has only a part of its files; else NULL. For free(). */
static int sparse_patterns(struct refresh *r, char **ret_file, struct bt_err *err)
{
	BT_FREE char *file = bt_xasprintf("%s/info/sparse-checkout", r->wt.git_dir);
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int status, rc;

	*ret_file = NULL;
	if (access(file, R_OK))
		return 0;
	refresh_cmd(r, r->index, &c);
	bt_git_cmd_addl(&c, "config", "--type=bool", "core.sparseCheckout", NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, NULL, &status, err);
	if (rc || status || strcmp(bt_buf_cstr(&out), "true\n") != 0)
		return rc;
	*ret_file = file;
	file = NULL;
	return 0;
}

/* New files outside of what is checked out: the patterns are those of .gitignore, and name what is wanted. */
static int sparse_skip(struct refresh *r, struct bt_err *err)
{
	BT_FREE char *patterns = NULL;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_strmap wanted;
	int rc = sparse_patterns(r, &patterns, err);

	if (rc || !patterns)
		return rc;
	refresh_cmd(r, r->index, &c);
	bt_git_cmd_addl(&c, "ls-files", "-z", "--cached", "--ignored", "-X", patterns, NULL);
	rc = bt_git_run(&c, "cannot read the index", NULL, 0, &out, err);
	if (rc)
		return rc;
	bt_strmap_init(&wanted, NULL);
	for (size_t at = 0, len; at < out.len; at += len + 1) {
		len = strlen(out.data + at);
		bt_strmap_put(&wanted, out.data + at, len, 1);
	}
	for (size_t i = 0; i < r->paths->nr; i++) {
		struct refresh_path *p = &r->paths->list[i];

		if (!p->moves || p->before.mode || !p->after.mode || bt_strmap_get(&wanted, p->path, strlen(p->path), 0))
			continue;
		p->places = false;
		p->skipped = p->file == REFRESH_FILE_NONE;
	}
	bt_strmap_release(&wanted);
	return 0;
}

/*
 * Lets git see that the files are what the entries say, so that nobody has to compare them once more. Only that is at stake: whether it works
 * does not matter.
 */
static int stat_refresh(struct refresh *r, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
	size_t nr = 0;
	int status;

	for (size_t i = 0; i < r->paths->nr; i++) {
		const struct refresh_path *p = &r->paths->list[i];

		if (!p->moves || !p->after.mode || p->skipped)
			continue;
		bt_buf_add(&in, p->path, strlen(p->path) + 1);
		nr++;
	}
	if (!nr)
		return 0;
	refresh_cmd(r, r->index, &c);
	if (nr > NAMED_MAX) {
		bt_git_cmd_addl(&c, "update-index", "-q", "--refresh", NULL);
		return bt_git_run_status(&c, NULL, 0, NULL, NULL, &status, err);
	}
	bt_git_cmd_env(&c, "GIT_LITERAL_PATHSPECS=1");
	bt_git_cmd_addl(&c, "add", "--refresh", "--pathspec-from-file=-", "--pathspec-file-nul", NULL);
	return bt_git_run_status(&c, in.data, in.len, NULL, NULL, &status, err);
}

/* The copy becomes the index, durable. */
static int index_replace(struct refresh *r, struct bt_err *err)
{
	BT_CLOSE int fd = open(r->index, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		return bt_err_errno(err, "cannot sync '%s'", r->index);
	if (rename(r->index, r->wt.index_file))
		return bt_err_errno(err, "cannot replace '%s'", r->wt.index_file);
	return bt_file_sync_folder(r->wt.index_file, err);
}

/* --- one worktree --- */

static int apply(struct refresh *r, const char *branch, struct bt_err *err)
{
	BT_FREE char *now = NULL;
	struct bt_oid oid;
	int rc = moves_write(r, err);

	if (!rc)
		rc = sparse_skip(r, err);
	if (!rc)
		rc = flags_restore(r, err);
	if (!rc)
		rc = bt_ref_read_head(&r->wt, &now, &oid, err);
	if (rc < 0)
		return rc;
	/* git switches branches with the index first and HEAD after it, no longer locked: it has been under way. */
	if (!now || strcmp(now, branch) != 0)
		return bt_err_set(err, BT_ERR_BUSY, "'%s' is being switched to another branch", r->wt.top);
	rc = refresh_place(r, err);
	if (!rc)
		rc = stat_refresh(r, err);
	return rc ? rc : index_replace(r, err);
}

static int refresh_locked(struct refresh *r, struct bt_err *err)
{
	BT_FREE char *branch = NULL;
	struct bt_oid oid;
	bool any = false;
	int rc = bt_ref_read_head(&r->wt, &branch, &oid, err);

	if (rc < 0 || !branch)
		return rc < 0 ? rc : 0;
	rc = folders_make(r, err);
	if (!rc)
		rc = index_copy(r, err);
	if (!rc)
		rc = refresh_look(r, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < r->paths->nr; i++)
		any |= r->paths->list[i].moves;
	return any ? apply(r, branch, err) : 0;
}

struct all {
	const struct bt_land_refresh_opts *o;
	struct refresh_paths paths;
};

static void tell(const struct all *a, const char *top, const char *path, const char *why)
{
	const struct bt_left left = { .worktree = top, .path = path, .why = why };

	if (a->o->left)
		a->o->left(a->o->ctx, &left);
}

static void missing(void *ctx, const char *top)
{
	tell(ctx, top, "", "missing");
}

/* As it was found, for the next worktree. */
static void paths_reset(struct refresh_paths *ps)
{
	for (size_t i = 0; i < ps->nr; i++) {
		const struct refresh_path *p = &ps->list[i];

		ps->list[i] = (struct refresh_path){ .path = p->path, .before = p->before, .after = p->after };
	}
}

static int refresh_one(void *ctx, struct bt_repo *wt, struct bt_err *err)
{
	struct all *a = ctx;
	BT_CLEANUP(refresh_release) struct refresh r = REFRESH_INIT;
	struct bt_err dropped = BT_ERR_INIT;
	int rc, drop_rc;

	r.wt = *wt;
	r.token = a->o->token;
	r.paths = &a->paths;
	paths_reset(r.paths);
	rc = refresh_lock_take(wt->git_dir, r.token, err);
	if (rc)
		return rc;
	refresh_leftovers_remove(wt->git_dir, REFRESH_FOLDER_PREFIX, r.token);
	refresh_leftovers_remove(wt->top, REFRESH_STAGING_PREFIX, r.token);
	rc = refresh_locked(&r, err);
	drop_rc = refresh_lock_drop(wt->git_dir, wt->top, r.token, &dropped);
	for (size_t i = 0; !rc && i < r.paths->nr; i++)
		if (r.paths->list[i].why)
			tell(a, wt->top, r.paths->list[i].path, r.paths->list[i].why);
	if (rc || !drop_rc)
		return rc;
	return *err = dropped, drop_rc;
}

int bt_land_refresh(struct bt_repo *repo, const struct bt_land_refresh_opts *o, struct bt_err *err)
{
	struct all a = { .o = o };
	struct bt_oid now = { .len = 0 };
	int rc = refresh_token_check(o->token, err);

	if (!rc)
		rc = bt_ref_read(repo, o->ref, &now, err);
	if (rc < 0)
		return rc;
	rc = refresh_paths_find(repo, o, &now, &a.paths, err);
	if (!rc)
		rc = refresh_each(repo, o->ref, refresh_one, missing, &a, err);
	refresh_paths_release(&a.paths);
	return rc;
}

/* --- locks alone --- */

static int lock_one(void *ctx, struct bt_repo *wt, struct bt_err *err)
{
	return refresh_lock_take(wt->git_dir, ctx, err);
}

static void lock_missing(void *ctx, const char *top)
{
	(void)ctx;
	(void)top;
}

int bt_land_lock(struct bt_repo *repo, const char *ref, const char *token, struct bt_err *err)
{
	struct bt_err dropped = BT_ERR_INIT;
	int rc = refresh_token_check(token, err);

	if (!rc)
		rc = refresh_each(repo, ref, lock_one, lock_missing, (void *)token, err);
	/* All or none. */
	if (rc)
		bt_land_unlock(repo, token, &dropped);
	return rc;
}
