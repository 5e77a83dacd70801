/*
 * Commits of the result: written here, or by `git commit-tree` when they are signed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/batch/fold/impl.h"

/* A person may have to type a passphrase. */
#define SIGN_TIMEOUT_MS (120 * 1000)
#define MODE_GITLINK 0160000

/* GIT_<role>_NAME, _EMAIL, _DATE from "Name <mail> 1700000000 +0100". */
static int ident_env(struct bt_git_cmd *c, const char *role, const char *ident, struct bt_err *err)
{
	size_t len = fold_ident_len(ident);
	const char *mail = strchr(ident, '<');
	BT_FREE char *name_is = NULL;
	BT_FREE char *mail_is = NULL;
	BT_FREE char *date_is = NULL;

	if (!len || ident[len] != ' ')
		return bt_err_set(err, BT_ERR_FAIL, "cannot sign: '%s' is no identity with a date", ident);
	name_is = bt_xasprintf("GIT_%s_NAME=%.*s", role, (int)(mail - ident), ident);
	mail_is = bt_xasprintf("GIT_%s_EMAIL=%.*s", role, (int)(ident + len - mail) - 2, mail + 1);
	date_is = bt_xasprintf("GIT_%s_DATE=@%s", role, ident + len + 1);
	bt_git_cmd_env(c, name_is);
	bt_git_cmd_env(c, mail_is);
	bt_git_cmd_env(c, date_is);
	return 0;
}

static int sign_command(struct bt_git_cmd *c, const struct bt_commit_draft *d, struct bt_err *err)
{
	BT_FREE char *encoding = bt_xasprintf("i18n.commitEncoding=%s", d->encoding ? d->encoding : "UTF-8");
	char hex[BT_OID_HEX_MAX + 1];
	int rc;

	bt_git_cmd_config(c, encoding);
	bt_git_cmd_config(c, "core.fsync=committed,reference,loose-object,pack");
	bt_git_cmd_config(c, "core.fsyncMethod=fsync");
	bt_git_cmd_addl(c, "commit-tree", "-S", NULL);
	for (size_t i = 0; i < d->parents_nr; i++)
		bt_git_cmd_addl(c, "-p", bt_oid_hex(&d->parents[i], hex), NULL);
	bt_git_cmd_add(c, bt_oid_hex(&d->tree, hex));
	rc = ident_env(c, "AUTHOR", d->author, err);
	return rc ? rc : ident_env(c, "COMMITTER", d->committer, err);
}

/* It is signed, and git wrote what it was told to. */
static int signed_check(struct bt_repo *repo, const struct bt_commit_draft *d, const struct bt_oid *oid,
			struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
	int rc = bt_odb_open(repo, &bt_odb_git_program, &odb, err);

	if (!rc)
		rc = fold_commits_read(odb, oid, 1, &arena, &v, err);
	if (rc)
		return rc;
	if (!v.is_signed)
		return bt_err_set(err, BT_ERR_FAIL, "cannot sign: git wrote a commit without a signature");
	if (!bt_oid_equal(&v.tree, &d->tree) || v.message_len != d->message_len ||
	    memcmp(v.message, d->message, v.message_len) != 0)
		return bt_err_set(err, BT_ERR_FAIL, "cannot sign: git changed the message");
	return 0;
}

static int commit_sign(struct bt_repo *repo, const struct bt_commit_draft *d, struct bt_oid *ret_oid,
		       struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	struct bt_child_opts o;
	struct bt_oid oid = { .len = 0 };
	int status, rc;

	bt_git_cmd_init(&c, repo);
	rc = sign_command(&c, d, err);
	if (rc)
		return rc;
	o = bt_git_cmd_opts(&c);
	o.in = o.out = o.err = BT_CHILD_PIPE;
	o.same_group = true; /* it may ask for a passphrase */
	o.timeout_ms = SIGN_TIMEOUT_MS;
	rc = bt_child_run(&o, d->message, d->message_len, &out, &errout, &status, err);
	if (!rc && status)
		rc = bt_git_fail(err, BT_ERR_FAIL, "cannot sign", bt_buf_cstr(&errout), status);
	if (!rc)
		rc = bt_oid_parse(bt_buf_cstr(&out), strcspn(bt_buf_cstr(&out), "\n"), &oid, err);
	if (!rc)
		rc = signed_check(repo, d, &oid, err);
	if (!rc)
		*ret_oid = oid;
	return rc;
}

int fold_commit_write(struct bt_repo *repo, const struct bt_commit_draft *d, bool sign, struct bt_oid *ret_oid,
		      struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct bt_commit_draft draft = *d;

	if (!sign)
		return bt_commit_write(repo, d, false, ret_oid, err);
	/* git takes bytes that are not UTF-8 for Latin-1; done here, so that what it wrote can be compared. */
	if (!d->encoding && !bt_utf8_valid(d->message, d->message_len)) {
		const char *text = fold_to_utf8(&arena, "ISO-8859-1", d->message, d->message_len, &draft.message_len);

		if (!text)
			return bt_err_set(err, BT_ERR_FAIL, "cannot sign: the message has no known encoding");
		draft.message = text;
	}
	return commit_sign(repo, &draft, ret_oid, err);
}

/* All that is waiting for this disk: for a result that changes more files than are listed. */
static int disk_sync(const struct bt_repo *repo, struct bt_err *err)
{
	BT_CLOSE int fd = open(repo->objects_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		return bt_err_errno(err, "cannot make '%s' durable", repo->objects_dir);
	return 0;
}

/* The objects that one commit added. */
static void added_cover(struct bt_object_batch *batch, const struct fold_change *ch)
{
	for (size_t i = 0; i < ch->nr; i++)
		if (ch->entries[i].new_mode && ch->entries[i].new_mode != MODE_GITLINK)
			bt_object_batch_cover(batch, &ch->entries[i].after);
}

int fold_commits_sync(struct bt_repo *repo, const struct bt_oid *tip_tree, const struct bt_oid *commits,
		      const struct bt_oid *trees, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_CLEANUP(bt_object_batch_free) struct bt_object_batch *batch = bt_object_batch_new(repo);
	BT_FREE struct fold_change *changes = bt_xcalloc(nr ? nr : 1, sizeof(*changes));
	struct bt_oid before = tip_tree->len ? *tip_tree : fold_empty_tree(repo);
	int rc;

	for (size_t i = 0; i < nr; i++) {
		changes[i].parent_tree = before;
		changes[i].view.tree = before = trees[i];
	}
	rc = nr ? fold_diffs_read(repo, changes, nr, true, &arena, err) : 0;
	for (size_t i = 0; !rc && i < nr; i++) {
		if (!changes[i].kept)
			return disk_sync(repo, err);
		added_cover(batch, &changes[i]);
		bt_object_batch_cover(batch, &trees[i]);
		bt_object_batch_cover(batch, &commits[i]);
	}
	return rc ? rc : bt_object_batch_end(batch, err);
}
