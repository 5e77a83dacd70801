/*
 * Captures: base, message, tree and commit. Where the changes come from is in the other capture_*.c.
 */
#include "core/batch/capture/impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/batch/identity.h"
#include "core/git/refs.h"
#include "core/git/temp.h"

/* A commit: its message is most of it. */
#define COMMIT_SIZE_MAX ((uint64_t)64 << 20)

int capture_open(struct capture *c, struct bt_repo *repo, const struct bt_conf *conf, struct bt_err *err)
{
	*c = (struct capture){ .repo = repo, .conf = conf, .arena = BT_ARENA_INIT };
	c->batch = bt_object_batch_new(repo);
	return bt_odb_open(repo, &bt_odb_git_program, &c->odb, err);
}

void capture_close(struct capture *c)
{
	if (c->temp)
		bt_git_temp_remove(c->temp);
	free(c->temp);
	free(c->index);
	bt_tree_edit_free(&c->tree);
	bt_object_batch_free(&c->batch);
	bt_odb_free(&c->odb);
	bt_arena_release(&c->arena);
}

/* --- base --- */

int capture_read_commit(struct capture *c, const struct bt_oid *oid, struct bt_buf *out, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_object obj;
	int rc = bt_object_read_loose(c->repo, oid, BT_OBJECT_COMMIT, out, err);

	if (rc)
		return rc == BT_ROW ? 0 : rc;
	rc = bt_odb_read(c->odb, oid, COMMIT_SIZE_MAX, &obj, err);
	if (rc)
		return rc;
	if (obj.type != BT_OBJECT_COMMIT || !obj.data)
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read commit %s", bt_oid_hex(oid, hex));
	bt_buf_add(out, obj.data, obj.size);
	return bt_buf_check(out, "a commit", err);
}

static int tree_of(struct capture *c, const struct bt_oid *commit, struct bt_oid *ret_tree, struct bt_err *err)
{
	BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	int rc = capture_read_commit(c, commit, &bytes, err);

	if (!rc)
		rc = bt_commit_parse(bt_buf_cstr(&bytes), bytes.len, c->repo->oid_len, &v, err);
	if (!rc)
		*ret_tree = v.tree;
	return rc;
}

static bool is_under_way(const struct capture *c, const char *what)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", c->repo->git_dir, what);

	return !access(path, F_OK);
}

int capture_base_head(struct capture *c, struct bt_err *err)
{
	BT_FREE char *branch = NULL;
	int rc;

	if (!c->repo->top)
		return bt_err_set(err, BT_ERR_FAIL, "this operation must be run in a work tree");
	if (is_under_way(c, "MERGE_HEAD")) {
		bt_err_set(err, BT_ERR_FAIL, "a merge is in progress: a queued commit has one parent");
		return bt_err_hint(err, "finish it with git commit, then queue the result with --from HEAD");
	}
	rc = bt_ref_read_head(c->repo, &branch, &c->base, err);
	if (rc == BT_ROW)
		rc = tree_of(c, &c->base, &c->base_tree, err);
	else if (!rc)
		c->base = c->base_tree = (struct bt_oid){ .len = 0 };
	if (!rc)
		c->tree = bt_tree_edit_new(c->repo, c->odb, &c->base_tree);
	return rc;
}

/* --- changes --- */

void capture_change_add(struct capture *c, struct capture_changes *ch, const char *path, size_t len, uint32_t mode, const struct bt_oid *oid)
{
	BT_GROW(ch->list, ch->alloc, ch->nr + 1);
	ch->list[ch->nr++] = (struct capture_change){ .path = bt_arena_strndup(&c->arena, path, len), .mode = mode, .oid = *oid };
}

void capture_changes_release(struct capture_changes *ch)
{
	free(ch->list);
	*ch = (struct capture_changes){ .list = NULL };
}

static int apply_one(struct capture *c, const struct capture_change *ch, size_t *files, struct bt_err *err)
{
	size_t len = strlen(ch->path);
	struct bt_oid oid;
	uint32_t mode;
	int rc = bt_tree_edit_get(c->tree, ch->path, len, &mode, &oid, err);

	if (rc || (mode == ch->mode && (!mode || bt_oid_equal(&oid, &ch->oid))))
		return rc;
	++*files;
	if (!ch->mode)
		return bt_tree_edit_remove(c->tree, ch->path, len, err);
	if (ch->mode != 0160000)
		bt_object_batch_cover(c->batch, &ch->oid);
	return bt_tree_edit_put(c->tree, ch->path, len, ch->mode, &ch->oid, err);
}

int capture_apply(struct capture *c, const struct capture_changes *ch, size_t *ret_files, struct bt_err *err)
{
	int rc = 0;

	*ret_files = 0;
	/* What goes first: a file may come where a folder was, and the other way round. */
	for (size_t i = 0; !rc && i < ch->nr; i++)
		if (!ch->list[i].mode)
			rc = apply_one(c, &ch->list[i], ret_files, err);
	for (size_t i = 0; !rc && i < ch->nr; i++)
		if (ch->list[i].mode)
			rc = apply_one(c, &ch->list[i], ret_files, err);
	return rc;
}

/* --- message --- */

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

/* `git stripspace`: no blanks at the ends of lines, no two empty lines together, none at the start and the end. */
static void clean_up(const char *text, size_t len, struct bt_buf *out)
{
	const char *end = text + len;
	bool empty_before = false;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text)), *next = lf ? lf + 1 : end;
		size_t n = (size_t)(next - text);

		while (n && is_blank(text[n - 1]))
			n--;
		if (n) {
			if (empty_before && out->len)
				bt_buf_addch(out, '\n');
			bt_buf_add(out, text, n);
			bt_buf_addch(out, '\n');
		}
		empty_before = !n;
		text = next;
	}
}

static int add_trailers(struct capture *c, const struct bt_capture_opts *o, struct bt_buf *message, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int rc;

	bt_git_cmd_init(&cmd, c->repo);
	bt_git_cmd_addl(&cmd, "interpret-trailers", "--no-divider", NULL);
	for (size_t i = 0; i < o->trailers_nr; i++) {
		BT_FREE char *arg = bt_xasprintf("--trailer=%s", o->trailers[i]);

		if (strchr(o->trailers[i], '\n') || !strpbrk(o->trailers[i], ":="))
			return bt_err_set(err, BT_ERR_FAIL, "trailer '%.200s' is not 'Key: value'", o->trailers[i]);
		bt_git_cmd_add(&cmd, arg);
	}
	rc = bt_git_run(&cmd, "cannot add trailers", bt_buf_cstr(message), message->len, &out, err);
	if (rc)
		return rc;
	bt_buf_clear(message);
	clean_up(bt_buf_cstr(&out), out.len, message);
	return bt_buf_check(message, "the message", err);
}

int capture_message(struct capture *c, const struct bt_capture_opts *o, const char *text, size_t len, struct bt_buf *out, struct bt_err *err)
{
	int rc;

	clean_up(text, len, out);
	rc = bt_buf_check(out, "the message", err);
	if (!rc && !out->len)
		rc = bt_err_set(err, BT_ERR_FAIL, "the commit message is empty");
	return rc || !o->trailers_nr ? rc : add_trailers(c, o, out, err);
}

/* --- commit --- */

static const char *encoding_of(const struct bt_conf *conf)
{
	const char *v = conf ? bt_conf_git(conf, "i18n.commitencoding") : NULL;

	return v && *v && strcasecmp(v, "utf-8") && strcasecmp(v, "utf8") ? v : NULL;
}

int capture_commit_make(struct capture *c, const struct bt_capture_opts *o, const char *committer, size_t files, struct bt_captured *ret_c,
			struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT, bytes = BT_BUF_INIT;
	BT_FREE char *author = NULL;
	struct bt_captured r = { .base = c->base, .files = files };
	struct bt_commit_draft d = { .parents = &c->base, .parents_nr = c->base.len ? 1 : 0, .committer = committer,
				     .encoding = encoding_of(c->conf) };
	int rc;

	if (!files && !o->allow_empty)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "nothing to commit");
	rc = capture_message(c, o, o->message ? o->message : "", o->message_len, &message, err);
	if (!rc)
		rc = bt_identity(c->repo, c->conf, BT_AUTHOR, o->author, &author, err);
	if (!rc)
		rc = bt_tree_edit_write_batch(c->tree, c->batch, &r.tree, err);
	if (rc)
		return rc;
	d.tree = r.tree;
	d.author = author;
	d.message = message.data;
	d.message_len = message.len;
	rc = bt_commit_format(&d, &bytes, err);
	if (!rc)
		rc = bt_object_batch_add(c->batch, BT_OBJECT_COMMIT, bytes.data, bytes.len, &r.commit, err);
	if (!rc)
		*ret_c = r;
	return rc;
}

static int capture_changed(struct capture *c, const struct bt_capture_opts *o, struct bt_captured *ret_c, struct bt_err *err)
{
	BT_CLEANUP(capture_changes_release) struct capture_changes ch = { .list = NULL };
	BT_FREE char *committer = NULL;
	size_t files = 0;
	int rc = bt_identity(c->repo, c->conf, BT_COMMITTER, NULL, &committer, err);

	if (!rc)
		rc = capture_base_head(c, err);
	if (!rc && o->what == BT_CAPTURE_STAGED)
		rc = capture_staged(c, o, &ch, err);
	else if (!rc && o->what == BT_CAPTURE_ALL)
		rc = capture_all(c, o, &ch, err);
	else if (!rc)
		rc = capture_pathspecs(c, o, &ch, err);
	if (!rc)
		rc = capture_apply(c, &ch, &files, err);
	return rc ? rc : capture_commit_make(c, o, committer, files, ret_c, err);
}

int bt_capture(struct bt_repo *repo, const struct bt_capture_opts *o, struct bt_captured *ret_c, struct bt_err *err)
{
	BT_CLEANUP(capture_close) struct capture c;
	int rc = capture_open(&c, repo, o->conf, err);

	if (rc)
		return rc;
	if (o->what == BT_CAPTURE_COMMIT)
		rc = capture_commit_existing(&c, o, ret_c, err);
	else
		rc = capture_changed(&c, o, ret_c, err);
	return rc ? rc : bt_object_batch_end(c.batch, err);
}
