/*
 * Many commits on one base: all files are read in one go, every commit is a change of the same tree, and new objects become one pack.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/capture/impl.h"
#include "core/batch/identity.h"

static int item_make(struct capture *c, struct bt_capture_item *item, const struct plain *p, const char *committer, struct bt_err *err)
{
	BT_CLEANUP(capture_changes_release) struct capture_changes ch = { .list = NULL };
	size_t files = 0;
	int rc;

	bt_tree_edit_reset(c->tree);
	rc = p ? plain_changes(c, p, &item->opts, &ch, err) : capture_pathspecs(c, &item->opts, &ch, err);
	if (!rc)
		rc = capture_apply(c, &ch, &files, err);
	return rc ? rc : capture_commit_make(c, &item->opts, committer, files, &item->result, err);
}

static int items_make(struct capture *c, struct bt_capture_item *items, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(plain_release) struct plain p = { .names = NULL };
	BT_FREE bool *is_plain = bt_xcalloc(nr, sizeof(*is_plain));
	BT_FREE char *committer = NULL;
	bool done = false;
	int rc = bt_identity(c->repo, c->conf, BT_COMMITTER, NULL, &committer, err);

	for (size_t i = 0; i < nr; i++)
		is_plain[i] = items[i].opts.paths_nr && plain_take(c, &items[i].opts, &p);
	if (!rc)
		rc = plain_read(c, &p, &done, err);
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = item_make(c, &items[i], done && is_plain[i] ? &p : NULL, committer, err);
		if (rc)
			return bt_err_wrap(err, "commit %zu", i + 1);
	}
	return rc;
}

int bt_capture_many(struct bt_repo *repo, struct bt_capture_item *items, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(capture_close) struct capture c;
	int rc;

	if (!nr)
		return 0;
	for (size_t i = 0; i < nr; i++)
		if (items[i].opts.what != BT_CAPTURE_PATHS)
			return bt_err_set(err, BT_ERR_FAIL, "many commits at once are made of paths alone");
	rc = capture_open(&c, repo, items[0].opts.conf, err);
	if (!rc)
		rc = capture_base_head(&c, err);
	if (!rc)
		rc = items_make(&c, items, nr, err);
	return rc ? rc : bt_object_batch_end(c.batch, err);
}
