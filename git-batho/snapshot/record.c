/*
 * From an indexed root to a row of queue.db.
 */
#include "git-batho/snapshot/record.h"

#include <inttypes.h>
#include <string.h>

#include "core/archive/census.h"
#include "core/git/refs.h"
#include "git-batho/queue/queue.h"

void snapshot_keep(const struct bt_context *c, struct bt_snapshot_keep *ret_keep)
{
	*ret_keep = (struct bt_snapshot_keep){
		.now = bt_queue_now(),
		.snapshot_days = (uint64_t)bt_conf_get(c->conf, BT_KEY_RETENTION_SNAPSHOT_DAYS)->number,
		.snapshots_max = (uint64_t)bt_conf_get(c->conf, BT_KEY_RETENTION_MAX_SNAPSHOTS)->number,
		.patch_days = (uint64_t)bt_conf_get(c->conf, BT_KEY_RETENTION_PATCH_DAYS)->number,
		.patches_max = (uint64_t)bt_conf_get(c->conf, BT_KEY_RETENTION_MAX_PATCHES)->number,
	};
}

int snapshot_add(struct bt_context *c, struct bt_snapshot *s, uint32_t root, struct bt_arena *arena, bool *ret_known,
		 struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf versions = BT_BUF_INIT;
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_snapshot_keep keep;
	struct bt_snapshot_gone gone;

	if (bt_census_take(c->store, root, &versions, err) || queue_open(c, BT_QUEUE_WRITE, &q, err))
		return err->code;
	s->versions = bt_buf_cstr(&versions);
	s->versions_len = versions.len;
	if (bt_snapshot_add(q, s, arena, ret_known, err))
		return err->code;
	s->versions = "";
	s->versions_len = 0;
	snapshot_keep(c, &keep);
	return bt_snapshots_expire(q, &keep, true, &gone, err);
}

/* The branch that a revision was named by: HEAD's, or one of that name. Ours to free; NULL: none. */
static int find_branch(struct bt_context *c, const struct bt_rev *rev, char **ret_branch, struct bt_err *err)
{
	bool full = !strncmp(rev->spec, "refs/heads/", strlen("refs/heads/"));
	BT_FREE char *name = bt_xasprintf("%s%s", full ? "" : "refs/heads/", rev->spec), *head = NULL;
	struct bt_oid at = { .len = 0 };
	int rc;

	*ret_branch = NULL;
	if (!strcmp(rev->spec, "HEAD") || !strcmp(rev->spec, "@")) {
		rc = bt_ref_read_head(&c->repo, &head, &at, err);
		if (rc < 0)
			return rc;
	} else if (bt_ref_name_ok(name)) {
		rc = bt_ref_read(&c->repo, name, &at, err);
		if (rc < 0)
			return rc;
		head = name;
		name = NULL;
	}
	if (head && bt_oid_equal(&at, &rev->commit)) {
		*ret_branch = head;
		head = NULL;
	}
	return 0;
}

void snapshot_print_record(struct bt_out *out, const struct bt_snapshot *s)
{
	bt_out_uint(out, "id", s->id);
	bt_out_cstr(out, "label", s->label);
	if (s->commit.len)
		bt_out_oid(out, "commit", &s->commit);
	else
		bt_out_null(out, "commit");
	bt_out_oid(out, "tree", &s->tree);
	bt_out_cstr(out, "branch", s->branch);
	bt_out_hex64(out, "selection", s->selection);
	if (s->complete)
		bt_out_hex(out, "digest", s->digest.raw, BT_DIGEST_LEN);
	else
		bt_out_null(out, "digest");
	bt_out_uint(out, "files", s->files);
	bt_out_uint(out, "incomplete", s->incomplete);
	bt_out_int(out, "recorded_at_ms", s->at);
}

void snapshot_print_name(struct bt_out *out, const struct bt_snapshot *s)
{
	bt_out_textf(out, BT_COLOR_NAME, "%" PRIu64, s->id);
	if (s->label)
		bt_out_textf(out, BT_COLOR_NAME, " (%s)", s->label);
}

static int no_place(const struct bt_context *c, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_READONLY, "a snapshot of '%s' cannot be recorded: nothing can be written there", c->repo.common_dir);
	return bt_err_hint(err, "record it in a clone that you may write to");
}

int snapshot_record(struct bt_context *c, const struct bt_rev *rev, const struct bt_index_root *root, const char *label, struct bt_err *err)
{
	struct bt_snapshot s = {
		.label = label, .commit = rev->commit, .tree = rev->tree, .complete = !root->killed, .digest = root->digest,
		.files = root->blobs, .incomplete = root->killed,
	};
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_FREE char *branch = NULL;
	bool known = false;

	if (c->store_temporary)
		return no_place(c, err);
	if (!root->row) {
		bt_err_set(err, BT_ERR_FAIL, "'%s' cannot be recorded as a snapshot: objects are missing", rev->spec);
		return bt_err_hint(err, "`git fsck` tells which; in a partial clone, fetch them");
	}
	if (bt_selection_root(&c->repo, c->conf, &s.selection, err) || find_branch(c, rev, &branch, err))
		return err->code;
	s.branch = branch;
	if (snapshot_add(c, &s, root->row, &arena, &known, err))
		return err->code;
	bt_out_record(c->out, "snapshot");
	snapshot_print_record(c->out, &s);
	bt_out_bool(c->out, "known", known);
	bt_out_record_end(c->out);
	if (c->common.quiet)
		return 0;
	bt_out_textf(c->out, BT_COLOR_NONE, "snapshot ");
	snapshot_print_name(c->out, &s);
	bt_out_textf(c->out, BT_COLOR_NONE, known ? " is there already" : " recorded");
	bt_out_nl(c->out);
	return 0;
}
