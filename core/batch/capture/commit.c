/*
 * An existing commit: what it changes is in its tree already. Its objects are made durable; another message or author makes another commit
 * of it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/capture/impl.h"
#include "core/batch/identity.h"

#define DIFF_MAX ((size_t)512 << 20)

/* ":... <old> <new> M\0path\0": new trees and blobs are covered, files are counted. */
static int cover_changed(struct capture *c, const char *at, const char *end, size_t *ret_files, struct bt_err *err)
{
	size_t hex_len = 2 * c->repo->oid_len;

	while (at < end) {
		const char *path = at + strlen(at) + 1;
		struct bt_oid oid;

		if (path >= end || strlen(at) < 16 + 2 * hex_len || bt_oid_parse(at + 16 + hex_len, hex_len, &oid, NULL))
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
		if (strncmp(at + 8, "000000", 6) && strncmp(at + 8, "160000", 6))
			bt_object_batch_cover(c->batch, &oid);
		if (strncmp(at + 1, "040000", 6) && strncmp(at + 8, "040000", 6))
			++*ret_files;
		at = path + strlen(path) + 1;
	}
	return 0;
}

static int cover_change(struct capture *c, const struct bt_oid *base, const struct bt_oid *tree, size_t *ret_files, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	char from[BT_OID_HEX_MAX + 1], to[BT_OID_HEX_MAX + 1];
	struct bt_oid empty;
	int rc;

	bt_object_id(c->repo, BT_OBJECT_TREE, "", 0, &empty);
	bt_git_cmd_init(&cmd, c->repo);
	bt_git_cmd_addl(&cmd, "diff-tree", "-r", "-t", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--ignore-submodules=none",
			bt_oid_hex(base->len ? base : &empty, from), bt_oid_hex(tree, to), NULL);
	bt_buf_init(&out, DIFF_MAX);
	rc = bt_git_run(&cmd, NULL, NULL, 0, &out, err);
	return rc ? rc : cover_changed(c, bt_buf_cstr(&out), bt_buf_cstr(&out) + out.len, ret_files, err);
}

/* The commit with what was asked to be different. */
static int commit_again(struct capture *c, const struct bt_capture_opts *o, const struct bt_commit_view *v, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT, bytes = BT_BUF_INIT;
	BT_FREE char *author = NULL, *committer = NULL, *encoding = v->encoding ? bt_xstrndup(v->encoding, v->encoding_len) : NULL;
	struct bt_commit_draft d = { .tree = v->tree, .parents = v->parents, .parents_nr = v->parents_nr, .encoding = encoding };
	int rc = bt_identity(c->repo, c->conf, BT_COMMITTER, NULL, &committer, err);

	if (!rc && o->author)
		rc = bt_identity(c->repo, c->conf, BT_AUTHOR, o->author, &author, err);
	else
		author = bt_xstrndup(v->author, v->author_len);
	if (!rc)
		rc = capture_message(c, o, o->message ? o->message : v->message, o->message ? o->message_len : v->message_len, &message, err);
	d.author = author;
	d.committer = committer;
	d.message = message.data;
	d.message_len = message.len;
	if (!rc)
		rc = bt_commit_format(&d, &bytes, err);
	return rc ? rc : bt_object_batch_add(c->batch, BT_OBJECT_COMMIT, bytes.data, bytes.len, ret_oid, err);
}

int capture_commit_existing(struct capture *c, const struct bt_capture_opts *o, struct bt_captured *ret_c, struct bt_err *err)
{
	BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	struct bt_captured r = { .files = 0 };
	struct bt_rev rev = { .spec = o->commit };
	int rc = bt_repo_resolve(c->repo, &rev, 1, err);

	if (!rc && !rev.commit.len)
		rc = bt_err_set(err, BT_ERR_FAIL, "'%.200s' is no commit", o->commit);
	if (!rc)
		rc = capture_read_commit(c, &rev.commit, &bytes, err);
	if (!rc)
		rc = bt_commit_parse(bt_buf_cstr(&bytes), bytes.len, c->repo->oid_len, &v, err);
	if (rc)
		return rc;
	r.tree = v.tree;
	r.commit = rev.commit;
	if (v.parents_nr)
		r.base = v.parents[0];
	rc = cover_change(c, &r.base, &r.tree, &r.files, err);
	if (!rc && !r.files && !o->allow_empty)
		rc = bt_err_set(err, BT_ERR_NOT_FOUND, "nothing to commit: '%.200s' changes nothing", o->commit);
	if (!rc && (o->message || o->author || o->trailers_nr))
		rc = commit_again(c, o, &v, &r.commit, err);
	else
		bt_object_batch_cover(c->batch, &r.commit);
	if (!rc)
		*ret_c = r;
	return rc;
}
