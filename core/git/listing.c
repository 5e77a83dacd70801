/*
 * Listings of the index: the caller's own, or the temporary one that holds the worktree.
 */
#include "core/git/listing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/odb_impl.h"
#include "core/git/program.h"
#include "core/git/worktree.h"

/* One record: mode, id, stage and a path. */
#define LISTING_BUF_MAX ((size_t)1 << 20)

struct bt_listing {
	struct bt_repo view; /* the caller's, with extra_objects; the strings are borrowed */
	struct bt_worktree worktree;
	struct bt_git_stream stream;
	bool done;
};

static int listing_start(struct bt_listing *l, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, &l->view);
	bt_git_cmd_index(&c, &l->view, l->worktree.index_file);
	/* From the top, or ls-files lists the current folder alone. */
	c.cwd = l->view.top;
	bt_git_cmd_addl(&c, "ls-files", "--stage", "-z", NULL);
	return bt_git_stream_start(&l->stream, &c, false, LISTING_BUF_MAX, err);
}

int bt_listing_open(struct bt_repo *repo, enum bt_listing_kind kind, struct bt_listing **ret_l,
		    struct bt_err *err)
{
	struct bt_listing *l = bt_xcalloc(1, sizeof(*l));
	int rc = 0;

	bt_git_stream_init(&l->stream);
	l->view = *repo;
	if (kind == BT_LISTING_WORKTREE)
		rc = bt_worktree_take(repo, &l->worktree, err);
	if (l->worktree.objects)
		l->view.extra_objects = l->worktree.objects;
	if (!rc)
		rc = listing_start(l, err);
	if (rc)
		bt_listing_free(&l);
	else
		*ret_l = l;
	return rc;
}

/* "<octal mode> <id> <stage>\t<path>" */
static bool record_parse(const struct bt_listing *l, char *rec, struct bt_listing_entry *e)
{
	size_t hex_len = 2 * l->view.oid_len;
	char *at;

	e->mode = (uint32_t)strtoul(rec, &at, 8);
	if (at == rec || *at != ' ' || strlen(++at) < hex_len + 3)
		return false;
	if (bt_oid_parse(at, hex_len, &e->oid, NULL))
		return false;
	at += hex_len;
	if (at[0] != ' ' || at[1] < '0' || at[1] > '3' || at[2] != '\t')
		return false;
	e->stage = at[1] - '0';
	e->path = at + 3;
	e->kind = bt_entry_classify(&e->mode);
	return e->kind != BT_ENTRY_TREE;
}

int bt_listing_next(struct bt_listing *l, struct bt_listing_entry *ret_e, struct bt_err *err)
{
	struct bt_listing_entry e;
	size_t len;
	char *rec;
	int rc;

	if (l->done)
		return BT_DONE;
	rc = bt_git_stream_record(&l->stream, '\0', &rec, &len, err);
	if (rc == BT_DONE) {
		l->done = true;
		return bt_git_stream_finish(&l->stream, "cannot list the index", err);
	}
	if (rc != BT_ROW)
		return rc;
	if (!record_parse(l, rec, &e))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git ls-files");
	*ret_e = e;
	return BT_ROW;
}

void bt_listing_free(struct bt_listing **pl)
{
	if (!pl || !*pl)
		return;
	bt_git_stream_release(&(*pl)->stream);
	bt_worktree_release(&(*pl)->worktree);
	free(*pl);
	*pl = NULL;
}

size_t bt_listing_unreadable(const struct bt_listing *l, const char **ret_first)
{
	*ret_first = l->worktree.unreadable_path;
	return l->worktree.unreadable;
}

struct bt_repo *bt_listing_repo(struct bt_listing *l)
{
	return &l->view;
}

int bt_listing_odb(struct bt_listing *l, struct bt_odb **ret_odb, struct bt_err *err)
{
	return bt_odb_open(&l->view, &bt_odb_git_program, ret_odb, err);
}
