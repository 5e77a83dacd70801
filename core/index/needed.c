/*
 * From revisions to trees, to rows, to blobs. A row that was looked through once is not looked through again: a history costs what
 * changed in it.
 */
#include "core/index/needed.h"

#include <stdio.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/signal.h"
#include "core/index/manifest.h"
#include "core/index/tree_row.h"
#include "store/inspect.h"

void bt_needed_release(struct bt_needed *n)
{
	bt_idset_release(&n->blobs);
	bt_idset_release(&n->rows);
}

static int by_row(struct bt_store *s, uint32_t id, unsigned depth, struct bt_needed *n, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_row_reader r;
	struct bt_row_entry e;
	struct bt_tree_row row;
	int rc;

	if (bt_idset_has(&n->rows, id))
		return 0;
	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_CORRUPT, "trees in the index are nested without end");
	bt_idset_add(&n->rows, id);
	bt_buf_init(&entries, BT_TREE_SIZE_MAX);
	if (bt_store_tree_read(s, id, &row, &entries, err))
		return err->code;
	bt_row_reader_init(&r, bt_buf_cstr(&entries), entries.len);
	while ((rc = bt_row_reader_next(&r, &e, err)) == BT_ROW) {
		if (!e.tree)
			bt_idset_add(&n->blobs, e.id);
		else if (by_row(s, e.id, depth + 1, n, err))
			return err->code;
	}
	return rc;
}

int bt_needed_by_tree(struct bt_store *s, const struct bt_oid *tree, struct bt_needed *n, struct bt_err *err)
{
	uint32_t id = 0;
	int rc;

	while ((rc = bt_store_tree_of(s, tree, &id, err)) == BT_ROW)
		if (by_row(s, id, 0, n, err))
			return err->code;
	return rc;
}

int bt_needed_by_revisions(struct bt_repo *repo, struct bt_store *s, const char *const *args, size_t nr,
			   struct bt_needed *n, struct bt_err *err)
{
	BT_CLEANUP(bt_revlist_free) struct bt_revlist *l = NULL;
	struct bt_revlist_row row;
	int rc;

	if (bt_revlist_open(repo, args, nr, &l, err))
		return err->code;
	while ((rc = bt_revlist_next(l, &row, err)) == BT_ROW)
		if (bt_cancel_check(err) || bt_needed_by_tree(s, &row.tree, n, err))
			return err->code;
	return rc;
}

int bt_needed_by_manifests(struct bt_store *s, struct bt_needed *n, struct bt_err *err)
{
	struct bt_digest key;
	int64_t cursor = 0;
	int rc;

	for (;;) {
		BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;

		rc = bt_store_manifest_next(s, &cursor, &key, &m.data, err);
		if (rc != BT_ROW)
			return rc;
		if (bt_manifest_load(&m, err))
			return err->code;
		for (uint32_t i = 0; i < m.nr; i++)
			bt_idset_add(&n->blobs, bt_manifest_file_get(&m, i).blob);
	}
}

/* --worktrees' HEADs come with --all and --reflog alone: those that are on a branch are among the branches. */
int bt_needed_warm(struct bt_repo *repo, struct bt_store *s, bool has_head, struct bt_needed *n, struct bt_err *err)
{
	static const char *const tips[] = { "--no-walk", "--max-count=" BT_WARM_BRANCHES_MAX, "--branches", "HEAD" };
	static const char *const recent[] = { "--max-count=" BT_WARM_COMMITS_MAX, "--branches", "HEAD" };
	static const char *const head[] = { "--no-walk", "HEAD" };
	int rc = bt_needed_by_revisions(repo, s, tips, BT_ARRAY_NR(tips) - !has_head, n, err);

	if (!rc)
		rc = bt_needed_by_revisions(repo, s, recent, BT_ARRAY_NR(recent) - !has_head, n, err);
	if (!rc && has_head)
		rc = bt_needed_by_revisions(repo, s, head, BT_ARRAY_NR(head), n, err);
	return rc ? rc : bt_needed_by_manifests(s, n, err);
}

int bt_needed_reachable(struct bt_repo *repo, struct bt_store *s, bool has_head, int64_t since, struct bt_needed *n,
			struct bt_err *err)
{
	static const char *const tips[] = { "--no-walk", "--all" };
	char age[40];
	const char *const all[] = { "--all", "--reflog" };
	const char *const young[] = { age, "--all", "--reflog" };
	int rc;

	snprintf(age, sizeof(age), "--max-age=%lld", (long long)since);
	rc = bt_needed_by_revisions(repo, s, tips, BT_ARRAY_NR(tips), n, err);
	if (!rc)
		rc = since ? bt_needed_by_revisions(repo, s, young, BT_ARRAY_NR(young), n, err)
			   : bt_needed_by_revisions(repo, s, all, BT_ARRAY_NR(all), n, err);
	return rc ? rc : bt_needed_warm(repo, s, has_head, n, err);
}
