/*
 * What each member changes: its commit, its parent's tree, and the difference of the two trees, all of them from one
 * `git diff-tree`.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/fold/impl.h"

/* Entries of all members that are kept: 32 MB. What changes more is folded by git alone, and is not named in conflicts. */
#define ENTRIES_MAX ((size_t)1 << 18)
/* Unread output of git diff-tree. */
#define DIFF_BUF_MAX ((size_t)64 << 20)

struct bt_oid fold_empty_tree(const struct bt_repo *repo)
{
	struct bt_oid oid;

	bt_object_id(repo, BT_OBJECT_TREE, "", 0, &oid);
	return oid;
}

static int commit_take(const struct bt_object *o, struct bt_arena *arena, struct bt_commit_view *ret_v,
		       struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	const char *bytes;

	if (o->type == BT_OBJECT_NONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "commit %s is not in this repository",
				  bt_oid_hex(&o->oid, hex));
	if (o->type != BT_OBJECT_COMMIT)
		return bt_err_set(err, BT_ERR_FAIL, "%s is not a commit", bt_oid_hex(&o->oid, hex));
	if (!o->data)
		return bt_err_set(err, BT_ERR_LIMIT, "commit %s is larger than %u MiB",
				  bt_oid_hex(&o->oid, hex), BT_COMMIT_SIZE_MAX >> 20);
	bytes = bt_arena_strndup(arena, o->data, o->size);
	if (bt_commit_parse(bytes, o->size, o->oid.len, ret_v, err))
		return bt_err_wrap(err, "cannot read commit %s", bt_oid_hex(&o->oid, hex));
	return 0;
}

int fold_commits_read(struct bt_odb *odb, const struct bt_oid *ids, size_t nr, struct bt_arena *arena,
		      struct bt_commit_view *views, struct bt_err *err)
{
	size_t asked = 0, taken = 0;
	int rc = 0;

	while (!rc && taken < nr) {
		struct bt_object o;

		while (!rc && asked < nr && asked - taken < BT_ODB_INFLIGHT_MAX)
			rc = bt_odb_request(odb, &ids[asked++], BT_COMMIT_SIZE_MAX, err);
		if (rc)
			return rc;
		rc = bt_odb_next(odb, &o, err);
		if (rc == BT_ROW)
			rc = commit_take(&o, arena, &views[taken++], err);
	}
	return rc;
}

/* The trees of the parents; members mostly share one. */
static int parents_read(struct bt_repo *repo, struct bt_odb *odb, struct fold_change *changes, size_t nr,
			struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_CLEANUP(bt_oidmap_release) struct bt_oidmap known = BT_OIDMAP_INIT;
	BT_FREE struct bt_oid *ids = bt_xcalloc(nr ? nr : 1, sizeof(*ids));
	BT_FREE struct bt_commit_view *views = bt_xcalloc(nr ? nr : 1, sizeof(*views));
	size_t ids_nr = 0;
	int64_t at;
	int rc;

	for (size_t i = 0; i < nr; i++)
		if (changes[i].parent.len && bt_oidmap_intern(&known, &changes[i].parent, 0, (int64_t)ids_nr, NULL))
			ids[ids_nr++] = changes[i].parent;
	rc = fold_commits_read(odb, ids, ids_nr, &arena, views, err);
	for (size_t i = 0; !rc && i < nr; i++) {
		if (!changes[i].parent.len)
			changes[i].parent_tree = fold_empty_tree(repo);
		else if (bt_oidmap_find(&known, &changes[i].parent, 0, &at))
			changes[i].parent_tree = views[at].tree;
	}
	for (size_t i = 0; i < ids_nr; i++)
		bt_commit_view_release(&views[i]);
	if (rc == BT_ERR_NOT_FOUND && repo->shallow)
		bt_err_hint(err, "the history of this clone ends there: git fetch --unshallow");
	return rc;
}

/* Is the next byte of the output this one? BT_ROW, BT_DONE for no. */
static int next_is(struct bt_git_stream *s, char c, struct bt_err *err)
{
	while (s->at == s->buf.len) {
		int rc = bt_git_stream_fill(s, 0, err);

		if (rc != BT_ROW)
			return rc;
	}
	return s->buf.data[s->at] == c ? BT_ROW : BT_DONE;
}

/* ":100644 100755 <id> <id> M"; at is moved behind it. */
static bool entry_parse(const char *rec, size_t len, size_t oid_len, struct fold_entry *ret_e, char *ret_status)
{
	size_t hex = 2 * oid_len;
	char *end;

	if (len < 15 + 2 * hex + 3 || rec[0] != ':' || rec[7] != ' ' || rec[14] != ' ' || rec[15 + hex] != ' ' ||
	    rec[16 + 2 * hex] != ' ')
		return false;
	ret_e->old_mode = (uint32_t)strtoul(rec + 1, &end, 8);
	if (end != rec + 7)
		return false;
	ret_e->new_mode = (uint32_t)strtoul(rec + 8, &end, 8);
	if (end != rec + 14 || bt_oid_parse(rec + 15, hex, &ret_e->before, NULL) ||
	    bt_oid_parse(rec + 16 + hex, hex, &ret_e->after, NULL))
		return false;
	*ret_status = rec[17 + 2 * hex];
	return true;
}

struct diff {
	struct bt_git_stream stream;
	struct bt_arena *arena;
	size_t oid_len;
	size_t left; /* entries that may still be kept */
	struct fold_entry *list;
	size_t alloc;
};

static void diff_release(struct diff *d)
{
	bt_git_stream_release(&d->stream);
	free(d->list);
}

static int diff_garbled(struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
}

/* The entries of one pair of trees, behind the line that names it. */
static int diff_take(struct diff *d, struct fold_change *ch, struct bt_err *err)
{
	char *rec, status;
	size_t len, nr = 0;
	int rc;

	rc = bt_git_stream_record(&d->stream, '\n', &rec, &len, err);
	if (rc != BT_ROW)
		return rc == BT_DONE ? diff_garbled(err) : rc;
	ch->plain = true;
	ch->kept = true;
	while ((rc = next_is(&d->stream, ':', err)) == BT_ROW) {
		struct fold_entry e;

		rc = bt_git_stream_record(&d->stream, '\0', &rec, &len, err);
		if (rc != BT_ROW || !entry_parse(rec, len, d->oid_len, &e, &status))
			return rc < 0 ? rc : diff_garbled(err);
		ch->plain = ch->plain && (status == 'A' || status == 'M');
		rc = bt_git_stream_record(&d->stream, '\0', &rec, &len, err);
		if (rc != BT_ROW)
			return rc < 0 ? rc : diff_garbled(err);
		ch->kept = ch->kept && nr < d->left;
		if (!ch->kept)
			continue;
		e.path = bt_arena_strndup(d->arena, rec, len);
		e.len = len;
		BT_GROW(d->list, d->alloc, nr + 1);
		d->list[nr++] = e;
	}
	if (rc || !ch->kept || !nr)
		return rc;
	ch->nr = nr;
	d->left -= nr;
	ch->entries = bt_arena_alloc(d->arena, nr * sizeof(*ch->entries));
	memcpy(ch->entries, d->list, nr * sizeof(*ch->entries));
	return 0;
}

int fold_diffs_read(struct bt_repo *repo, struct fold_change *changes, size_t nr, bool with_folders,
		    struct bt_arena *arena, struct bt_err *err)
{
	BT_CLEANUP(diff_release) struct diff d = { .arena = arena, .oid_len = repo->oid_len, .left = ENTRIES_MAX };
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	int rc;

	bt_git_stream_init(&d.stream);
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "diff-tree", "--stdin", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-relative",
			"--ignore-submodules=none", with_folders ? "-t" : NULL, NULL);
	rc = bt_git_stream_start(&d.stream, &c, true, DIFF_BUF_MAX, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < nr; i++) {
		char from[BT_OID_HEX_MAX + 1], to[BT_OID_HEX_MAX + 1];

		bt_buf_addf(&d.stream.send, "%s %s\n", bt_oid_hex(&changes[i].parent_tree, from),
			    bt_oid_hex(&changes[i].view.tree, to));
	}
	d.stream.send_ends = true;
	rc = bt_git_stream_push(&d.stream, err);
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = bt_cancel_check(err);
		if (!rc)
			rc = diff_take(&d, &changes[i], err);
	}
	/* What git complained about says more than an answer that ended early. */
	if (!rc || rc == BT_ERR_CORRUPT) {
		int ended = bt_git_stream_finish(&d.stream, "cannot compare commits with their parents", err);

		rc = ended ? ended : rc;
	}
	return rc;
}

int fold_changes_read(struct bt_repo *repo, struct bt_odb *odb, struct fold_change *changes, size_t nr,
		      struct bt_arena *arena, struct bt_err *err)
{
	int rc;

	for (size_t i = 0; i < nr; i++)
		if (changes[i].view.parents_nr)
			changes[i].parent = changes[i].view.parents[0];
	rc = parents_read(repo, odb, changes, nr, err);
	return rc ? rc : fold_diffs_read(repo, changes, nr, false, arena, err);
}
