/*
 * The throwaway worktree of the gate: <common dir>/batho/gate-<pid>-<n>, with <name>.lock beside it.
 *
 * Whoever uses it holds a lock on that file, which the kernel frees at its death: a lock that can be had is of a place that was left
 * behind. Made: lock file, worktree. Removed: what git knows of it, the folder, the lock file last, so that at any moment either
 * nothing is there or its name is found.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/trace.h"
#include "core/batch/verify/impl.h"

#define PREFIX "gate-"
#define LOCK_SUFFIX ".lock"
/* Beside the index of the worktree: as it was when it was clean. */
#define SAVED_INDEX "batho-index"
#define TRIES_MAX 1000

/* --- removing folders --- */

static int open_up(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)ftw;
	if ((what == FTW_D || what == FTW_DNR) && (st->st_mode & S_IRWXU) != S_IRWXU)
		chmod(path, (st->st_mode & 07777) | S_IRWXU);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)st;
	(void)what;
	(void)ftw;
	remove(path);
	return 0;
}

/* Whatever is in it, read-only folders too; what is mounted there stays. */
static void folder_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	if (access(path, F_OK))
		return;
	nftw(path, open_up, 16, FTW_PHYS | FTW_MOUNT);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* --- names --- */

/* "gate-<digits>-<digits>", and nothing or ".lock" behind it. Its length, 0: it is not one of ours. */
static size_t name_len(const char *name)
{
	size_t len = strlen(PREFIX), part;

	if (strncmp(name, PREFIX, len))
		return 0;
	for (int i = 0; i < 2; i++) {
		part = strspn(name + len, "0123456789");
		if (!part || (i == 0 && name[len + part] != '-'))
			return 0;
		len += part + (i == 0);
	}
	return !name[len] || !strcmp(name + len, LOCK_SUFFIX) ? len : 0;
}

static void place_name(struct gate_place *p, const struct bt_repo *repo, const char *name, size_t len)
{
	p->dir = bt_xasprintf("%s/batho/%.*s", repo->common_dir, (int)len, name);
	p->lock_path = bt_xasprintf("%s" LOCK_SUFFIX, p->dir);
	p->admin = bt_xasprintf("%s/worktrees/%.*s", repo->common_dir, (int)len, name);
}

static void place_release(struct gate_place *p)
{
	bt_close_fd(&p->lock);
	free(p->lock_path);
	free(p->dir);
	free(p->admin);
	free(p->link);
	free(p->repo.index_file);
	*p = (struct gate_place){ .lock = -1 };
}

/* --- the lock --- */

/* The file must still be the one that has this name: who removes it holds its lock. */
static bool lock_take(struct gate_place *p)
{
	struct stat here, there;
	BT_CLOSE int fd = open(p->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &here) || stat(p->lock_path, &there) ||
	    here.st_ino != there.st_ino || here.st_dev != there.st_dev)
		return false;
	p->lock = fd;
	fd = -1;
	return true;
}

/* When a process began, in ticks: with its number it names one process for good. 0: it is not there. */
static unsigned long long process_began(pid_t pid)
{
	BT_FREE char *path = bt_xasprintf("/proc/%d/stat", (int)pid);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	const char *p;

	if (bt_file_read(path, 4096, &text, &ignored))
		return 0;
	p = strrchr(bt_buf_cstr(&text), ')');	/* its name may hold anything */
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p, NULL, 10) : 0;
}

void gate_place_note(const struct gate_place *p, pid_t group)
{
	char text[64];
	int len = group ? snprintf(text, sizeof(text), "%d %llu\n", (int)group, process_began(group)) : 0;

	if (p->lock < 0 || ftruncate(p->lock, 0))
		return;
	if (len && pwrite(p->lock, text, (size_t)len, 0) != len)
		bt_trace("gate: cannot note the process at work");
}

/* What a dead executor left running there. */
static void group_end(const struct gate_place *p)
{
	char text[64] = "";
	unsigned long long began;
	char *end;
	long pid;

	if (pread(p->lock, text, sizeof(text) - 1, 0) <= 0)
		return;
	pid = strtol(text, &end, 10);
	began = strtoull(end, NULL, 10);
	if (pid > 1 && began && process_began((pid_t)pid) == began)
		kill(-(pid_t)pid, SIGKILL);
}

/* --- removing --- */

/* What git keeps of a worktree is ours when it leads to our folder, or (half-made) nowhere. */
static bool admin_is_ours(const struct gate_place *p)
{
	BT_FREE char *path = bt_xasprintf("%s/gitdir", p->admin);
	BT_FREE char *whole = bt_xasprintf("%s/.git", p->dir);
	const char *tail = strstr(whole, "/batho/" PREFIX);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	if (bt_file_read(path, BT_PATH_LEN_MAX, &text, &ignored))
		return true;
	while (text.len && isspace((unsigned char)text.data[text.len - 1]))
		text.len--;
	bt_buf_addch(&text, '\0');
	if (text.len == 1 || !strcmp(text.data, whole))
		return true;
	/* relative, or of before the repository was moved */
	return tail && text.len > strlen(tail) && !strcmp(text.data + text.len - 1 - strlen(tail), tail) &&
	       (*text.data != '/' || access(text.data, F_OK));
}

/* The lock is held. */
static void place_clear(struct gate_place *p, const struct bt_repo *repo)
{
	BT_FREE char *all = bt_xasprintf("%s/worktrees", repo->common_dir);

	if (!access(p->admin, F_OK) && admin_is_ours(p))
		folder_remove(p->admin);
	rmdir(all);	/* as git does with the last one */
	folder_remove(p->dir);
	if (access(p->dir, F_OK))
		unlink(p->lock_path);
}

void gate_place_remove(struct gate_place *p, const struct bt_repo *repo)
{
	if (p->lock >= 0)
		place_clear(p, repo);
	place_release(p);
}

static void sweep_one(const struct bt_repo *repo, const char *name, size_t len)
{
	struct gate_place p = { .lock = -1 };

	place_name(&p, repo, name, len);
	if (lock_take(&p)) {
		bt_trace("gate: '%s' was left behind", p.dir);
		group_end(&p);
		place_clear(&p, repo);
	}
	place_release(&p);
}

void gate_place_sweep(const struct bt_repo *repo)
{
	BT_FREE char *base = bt_xasprintf("%s/batho", repo->common_dir);
	DIR *d = opendir(base);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t len = name_len(e->d_name);

		if (len)
			sweep_one(repo, e->d_name, len);
	}
	if (d)
		closedir(d);
}

/* --- making --- */

static int claim(struct gate_place *p, const struct bt_repo *repo, struct bt_err *err)
{
	BT_FREE char *base = bt_xasprintf("%s/batho", repo->common_dir);

	if (access(base, W_OK))
		return bt_err_errno(err, "cannot make a worktree in '%s'", base);
	for (int i = 0; i < TRIES_MAX; i++) {
		char name[64];

		place_release(p);
		snprintf(name, sizeof(name), PREFIX "%d-%d", (int)getpid(), i);
		place_name(p, repo, name, strlen(name));
		if (!access(p->dir, F_OK) || !lock_take(p))
			continue;
		if (access(p->dir, F_OK) && access(p->admin, F_OK))
			return 0;
		/* left behind by a process of our number */
		place_clear(p, repo);
	}
	place_release(p);
	return bt_err_set(err, BT_ERR_FAIL, "cannot find a name for a worktree in '%s'", base);
}

static int link_read(const struct gate_place *p, struct bt_buf *out, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/.git", p->dir);

	return bt_file_read(path, BT_PATH_LEN_MAX, out, err);
}

/* git names it after the folder; where that name was taken it has put a number behind it. */
static int admin_find(struct gate_place *p, struct bt_err *err)
{
	static const char mark[] = "gitdir: ";
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_FREE char *path = NULL;
	const char *to;

	if (link_read(p, &text, err))
		return err->code;
	p->link = bt_xstrdup(bt_buf_cstr(&text));
	if (strncmp(p->link, mark, strlen(mark)))
		return bt_err_set(err, BT_ERR_CORRUPT, "'%s/.git' does not say where its repository is", p->dir);
	bt_buf_clear(&text);
	to = p->link + strlen(mark);
	bt_buf_addf(&text, "%s%s%.*s", *to == '/' ? "" : p->dir, *to == '/' ? "" : "/", (int)strcspn(to, "\n"), to);
	path = realpath(bt_buf_cstr(&text), NULL);
	if (!path)
		return bt_err_errno(err, "cannot find '%s'", bt_buf_cstr(&text));
	free(p->admin);
	p->admin = path;
	path = NULL;
	return 0;
}

static int place_make(struct gate_place *p, const struct bt_repo *repo, const char *hex, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	if (claim(p, repo, err))
		return err->code;
	bt_git_cmd_init(&c, repo);
	if (bt_git_cmd_no_hooks(&c, repo, err))
		return err->code;
	bt_git_cmd_env(&c, "GIT_INDEX_FILE");
	bt_git_cmd_addl(&c, "worktree", "add", "--quiet", "--detach", "--no-checkout", "--lock", "--reason",
			"git-batho judges a batch here", "--", p->dir, hex, NULL);
	if (bt_git_run(&c, "cannot make a worktree", NULL, 0, NULL, err) || admin_find(p, err))
		return err->code;
	p->repo = *repo;
	p->repo.git_dir = p->admin;
	p->repo.top = p->dir;
	p->repo.index_file = bt_xasprintf("%s/index", p->admin);
	p->repo.bare = false;
	return 0;
}

/* --- cleaning --- */

static int place_git(struct gate_place *p, const char *what, const char *const *args, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, &p->repo);
	if (bt_git_cmd_no_hooks(&c, &p->repo, err))
		return err->code;
	bt_git_cmd_env(&c, "GIT_INDEX_FILE");
	c.cwd = p->dir;
	for (; *args; args++)
		bt_git_cmd_add(&c, *args);
	return bt_git_run(&c, what, NULL, 0, NULL, err);
}

/* The same file under another name: git never writes into an index, it puts a new one in its place. */
static int index_link(const struct gate_place *p, const char *from, const char *to, struct bt_err *err)
{
	BT_FREE char *source = bt_xasprintf("%s/%s", p->admin, from), *target = bt_xasprintf("%s/%s", p->admin, to);

	unlink(target);
	return link(source, target) ? bt_err_errno(err, "cannot keep '%s'", source) : 0;
}

/* Does HEAD name a branch? A hook may have left it there, and reset would move that. */
static bool is_on_branch(const struct gate_place *p)
{
	BT_FREE char *path = bt_xasprintf("%s/HEAD", p->admin);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	return bt_file_read(path, BT_PATH_LEN_MAX, &text, &ignored) || !strncmp(bt_buf_cstr(&text), "ref:", 4);
}

static bool is_whole(const struct gate_place *p)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	return !link_read(p, &text, &ignored) && !strcmp(bt_buf_cstr(&text), p->link) && !access(p->repo.index_file, F_OK);
}

/*
 * Flags that somebody has put into the index (assume-unchanged) would hide what he changed: it is the one from before, whose
 * times tell what was touched.
 */
static int unused(struct gate_place *p, struct bt_err *err)
{
	static const char *const clean[] = { "clean", "-ffdxq", NULL };
	BT_FREE char *lock = bt_xasprintf("%s/index.lock", p->admin);

	if (!is_whole(p))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "the worktree '%s' is damaged", p->dir);
	unlink(lock);
	return index_link(p, SAVED_INDEX, "index", err) || place_git(p, "cannot clean a worktree", clean, err) ? err->code : 0;
}

static int check_out(struct gate_place *p, const char *hex, struct bt_err *err)
{
	const char *const reset[] = { "reset", "--hard", "--quiet", "--no-recurse-submodules", hex, "--", NULL };
	const char *const head[] = { "update-ref", "--no-deref", "HEAD", hex, NULL };
	BT_FREE char *sparse = bt_xasprintf("%s/info/sparse-checkout", p->admin);
	struct bt_err ignored = BT_ERR_INIT;

	/* git gives a new worktree the caller's patterns: without the file everything is there */
	unlink(sparse);
	if ((is_on_branch(p) && place_git(p, "cannot check out what was folded", head, err)) ||
	    place_git(p, "cannot check out what was folded", reset, err))
		return err->code;
	/* without it the next one gets a new worktree */
	if (index_link(p, "index", SAVED_INDEX, &ignored))
		bt_trace("gate: %s", ignored.msg);
	p->used = false;
	return 0;
}

int gate_place_ready(struct gate_place *p, const struct bt_repo *repo, const struct bt_oid *commit, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	bt_oid_hex(commit, hex);
	if (p->lock >= 0 && (!p->used || !unused(p, &why)) && !check_out(p, hex, &why))
		return 0;
	if (why.code == BT_ERR_CANCELED)
		return *err = why, err->code;
	gate_place_remove(p, repo);
	if (!place_make(p, repo, hex, err) && !check_out(p, hex, err))
		return 0;
	gate_place_remove(p, repo);
	return err->code;
}
