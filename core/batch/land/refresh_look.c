/*
 * What the index and the files of a worktree hold at the paths in question, and what follows from it.
 *
 * git says whether a file is what a tree has: a small index with nothing but the entries in question is refreshed, so that filters, modes
 * and symbolic links are judged as they are on checkout, and no flag of the user's index hides a change.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/batch/land/refresh.h"

#define RECORD_MAX ((size_t)1 << 20)
#define MODE_GITLINK 0160000

static bool is_link(const struct bt_side *s)
{
	return s->mode == MODE_GITLINK;
}

/* --- the index --- */

/* Entries of the user's own that stand in the way: "x" where x/y is to come, "x/y" where x is to come. */
struct in_the_way {
	struct bt_strmap folders;	/* above the paths that are to come; value 1: a file has that name in the index */
	bool any_new;
};

static void folders_add(struct bt_strmap *m, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		bt_strmap_put(m, path, (size_t)(slash - path), 0);
}

static void entry_other(struct refresh_paths *ps, struct in_the_way *w, const char *path, size_t len)
{
	struct bt_strmap_entry *e = bt_strmap_find(&w->folders, path, len, bt_strmap_hash(path, len));

	if (e)
		e->value = 1;
	if (!w->any_new)
		return;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct refresh_path *p = refresh_paths_get(ps, path, (size_t)(slash - path));

		if (p && !p->before.mode)
			p->why = "staged";
	}
}

/* "<tag> <mode> <id> <stage>\t<path>" */
static int entry_take(struct refresh_paths *ps, struct in_the_way *w, char *text, size_t len)
{
	char *tab = memchr(text, '\t', len);
	struct refresh_path *p;
	size_t hex_len;
	char *at;

	if (!tab || len < 4 || text[1] != ' ')
		return -1;
	p = refresh_paths_get(ps, tab + 1, len - (size_t)(tab + 1 - text));
	if (!p) {
		entry_other(ps, w, tab + 1, len - (size_t)(tab + 1 - text));
		return 0;
	}
	p->index.mode = (uint32_t)strtoul(text + 2, &at, 8);
	hex_len = strcspn(++at, " ");
	if (bt_oid_parse(at, hex_len, &p->index.oid, NULL))
		return -1;
	p->unmerged |= at[hex_len + 1] != '0';
	/* Small letters are entries that are assumed to be unchanged. */
	p->assumed = *text >= 'a' && *text <= 'z';
	p->skipped = *text == 'S' || *text == 's';
	return 0;
}

static int index_read(struct refresh *r, struct in_the_way *w, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	size_t len;
	char *text;
	int rc;

	bt_git_stream_init(&s);
	refresh_cmd(r, r->index, &c);
	bt_git_cmd_addl(&c, "ls-files", "-z", "-s", "-v", NULL);
	rc = bt_git_stream_start(&s, &c, false, RECORD_MAX, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\0', &text, &len, err)) == BT_ROW) {
		rc = 0;
		if (entry_take(r->paths, w, text, len))
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git ls-files");
	}
	return rc ? rc : bt_git_stream_finish(&s, "cannot read the index", err);
}

/* Does a path lie below a file that its user has put into the index? */
static bool is_below_staged(const struct in_the_way *w, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		if (bt_strmap_get(&w->folders, path, (size_t)(slash - path), 0))
			return true;
	return false;
}

static int look_at_index(struct refresh *r, struct bt_err *err)
{
	struct in_the_way w = { .any_new = false };
	struct refresh_paths *ps = r->paths;
	int rc;

	bt_strmap_init(&w.folders, NULL);
	for (size_t i = 0; i < ps->nr; i++) {
		struct refresh_path *p = &ps->list[i];

		if (!p->before.mode) {
			folders_add(&w.folders, p->path);
			w.any_new = true;
		}
	}
	rc = index_read(r, &w, err);
	for (size_t i = 0; !rc && i < ps->nr; i++) {
		struct refresh_path *p = &ps->list[i];

		if (p->unmerged)
			p->why = "merging";
		else if (!bt_side_equal(&p->index, &p->before) && !bt_side_equal(&p->index, &p->after))
			p->why = "staged";
		else if (!p->before.mode && is_below_staged(&w, p->path))
			p->why = "staged";
		p->moves = !p->why && !bt_side_equal(&p->index, &p->after);
	}
	bt_strmap_release(&w.folders);
	return rc;
}

/*
 * An entry that stays can stand in the way of one that comes: the one is a file where the other needs a folder. Both stay then.
 */
static void settle_folders(struct refresh_paths *ps)
{
	for (size_t i = 0; i < ps->nr; i++) {
		struct refresh_path *p = &ps->list[i];
		bool stays = !p->moves && p->index.mode, comes = p->moves && p->after.mode;

		for (const char *slash = strchr(p->path, '/'); slash && (stays || comes); slash = strchr(slash + 1, '/')) {
			struct refresh_path *above = refresh_paths_get(ps, p->path, (size_t)(slash - p->path));

			if (!above)
				continue;
			if (stays && above->moves && above->after.mode) {
				above->moves = false;
				above->why = "staged";
			} else if (comes && !above->moves && above->index.mode) {
				p->moves = comes = false;
				p->why = "staged";
			}
		}
	}
}

/* --- the files --- */

void refresh_cmd(struct refresh *r, const char *index, struct bt_git_cmd *c)
{
	BT_FREE char *assignment = bt_xasprintf("GIT_INDEX_FILE=%s", index);

	bt_git_cmd_init(c, &r->wt);
	/* What is written is a new whole index, whatever kind the user's is. */
	bt_git_cmd_config(c, "core.splitIndex=false");
	bt_git_cmd_config(c, "index.sparse=false");
	bt_git_cmd_config(c, "advice.updateSparsePath=false");
	bt_git_cmd_env(c, assignment);
	c->cwd = r->wt.top;
}

/* A file or symbolic link of which nothing is known yet. */
static bool is_file(const struct refresh_path *p)
{
	return p->file == REFRESH_FILE_OTHER && (S_ISREG(p->st.st_mode) || S_ISLNK(p->st.st_mode));
}

/* An index with just these entries (`after`, or `before`) and what the files are like now. */
static int compare_index(struct refresh *r, const char *index, bool with_after, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd make = BT_GIT_CMD_INIT, look = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
	int status, rc;

	for (size_t i = 0; i < r->paths->nr; i++) {
		const struct refresh_path *p = &r->paths->list[i];
		const struct bt_side *s = with_after ? &p->after : &p->before;

		if (is_file(p) && s->mode && !is_link(s))
			refresh_entry_line(&in, s, r->wt.oid_len, p->path);
	}
	rc = bt_buf_check(&in, "the list of changed paths", err);
	if (rc)
		return rc;
	refresh_cmd(r, index, &make);
	bt_git_cmd_addl(&make, "update-index", "-z", "--index-info", NULL);
	rc = bt_git_run(&make, "cannot write an index", bt_buf_cstr(&in), in.len, NULL, err);
	if (rc)
		return rc;
	refresh_cmd(r, index, &look);
	bt_git_cmd_addl(&look, "update-index", "-q", "--refresh", NULL);
	return bt_git_run_status(&look, NULL, 0, NULL, NULL, &status, err);
}

/* Marks what is as `before` (or `after`) has it. */
static int compare(struct refresh *r, bool with_after, struct bt_err *err)
{
	BT_FREE char *index = bt_xasprintf("%s/%s", r->folder, with_after ? "after" : "before");
	enum refresh_file found = with_after ? REFRESH_FILE_AFTER : REFRESH_FILE_BEFORE;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_strmap differ;
	int rc = compare_index(r, index, with_after, err);

	if (rc)
		return rc;
	refresh_cmd(r, index, &c);
	bt_git_cmd_addl(&c, "diff-files", "-z", "--name-only", NULL);
	rc = bt_git_run(&c, "cannot compare files", NULL, 0, &out, err);
	if (rc)
		return rc;
	bt_strmap_init(&differ, NULL);
	for (size_t at = 0, len; at < out.len; at += len + 1) {
		len = strlen(out.data + at);
		bt_strmap_put(&differ, out.data + at, len, 1);
	}
	for (size_t i = 0; i < r->paths->nr; i++) {
		struct refresh_path *p = &r->paths->list[i];
		const struct bt_side *s = with_after ? &p->after : &p->before;

		if (is_file(p) && s->mode && !is_link(s) && !bt_strmap_get(&differ, p->path, strlen(p->path), 0))
			p->file = found;
	}
	bt_strmap_release(&differ);
	return 0;
}

static int look_at_files(struct refresh *r, struct bt_err *err)
{
	bool any = false;
	int rc;

	for (size_t i = 0; i < r->paths->nr; i++) {
		struct refresh_path *p = &r->paths->list[i];
		int no = refresh_stat(r->top_fd, p->path, &p->st);

		p->file = no == ENOENT ? REFRESH_FILE_NONE : REFRESH_FILE_OTHER;
		if (no)
			p->st.st_mode = 0;
		any |= is_file(p);
	}
	if (!any)
		return 0;
	rc = compare(r, false, err);
	any = false;
	for (size_t i = 0; i < r->paths->nr; i++)
		any |= is_file(&r->paths->list[i]) && r->paths->list[i].after.mode;
	return rc || !any ? rc : compare(r, true, err);
}

/* --- what follows --- */

/* A file that stays although its path is brought along, and why. */
static const char *stays_why(const struct refresh_path *p)
{
	return p->before.mode && p->index.mode ? "changed" : "untracked";
}

static void decide(struct refresh_path *p)
{
	/* Where a folder is, or below something that is none, there is no file. */
	bool no_file = p->file == REFRESH_FILE_OTHER && (!p->st.st_mode || (S_ISDIR(p->st.st_mode) && !is_link(&p->before)));
	bool is_gone = p->file == REFRESH_FILE_NONE || no_file;
	bool is_after = p->file == REFRESH_FILE_AFTER || (is_gone && !p->after.mode);
	bool is_before = p->file == REFRESH_FILE_BEFORE || (p->file == REFRESH_FILE_NONE && !p->before.mode);
	/* A folder where a file is to come, or a file on the way there: what goes with this landing may make room. */
	bool may_fit = !p->before.mode && no_file;
	/* A folder that may be a submodule's: made and removed when it is empty. */
	bool by_link = is_link(&p->before) || is_link(&p->after);

	if (p->why || is_after)
		return;
	if (p->skipped) {
		if (p->file != REFRESH_FILE_NONE)
			p->why = "changed";
	} else if (is_link(&p->after) && (is_link(&p->before) || S_ISDIR(p->st.st_mode))) {
		return;
	} else if (p->moves && (is_before || may_fit || (by_link && (p->file == REFRESH_FILE_NONE || S_ISDIR(p->st.st_mode))))) {
		p->places = true;
	} else {
		p->why = stays_why(p);
	}
}

int refresh_look(struct refresh *r, struct bt_err *err)
{
	int rc = look_at_index(r, err);

	if (rc)
		return rc;
	settle_folders(r->paths);
	rc = look_at_files(r, err);
	for (size_t i = 0; !rc && i < r->paths->nr; i++)
		decide(&r->paths->list[i]);
	return rc;
}
