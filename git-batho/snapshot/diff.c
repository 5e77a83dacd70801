/*
 * git batho snapshot diff: what changed between two snapshots, told in definitions; computed, or as it was saved.
 */
#include <string.h>

#include "core/base/compress.h"
#include "core/git/history.h"
#include "core/query/change_pack.h"
#include "git-batho/snapshot/snapshot.h"

/* A saved difference, unpacked. */
#define PATCH_LEN_MAX ((size_t)512 << 20)

static int patch_load(struct snapshots *s, const struct bt_snapshot *a, const struct bt_snapshot *b, struct bt_change_set *set,
		      uint64_t *others, struct bt_err *err)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT, raw = BT_BUF_INIT;
	size_t raw_len;
	int rc = bt_patch_read(s->q, a->id, b->id, &packed, &raw_len, err);

	if (rc != BT_ROW)
		return rc;
	bt_buf_init(&raw, PATCH_LEN_MAX);
	if (bt_decompress(&c, NULL, 0, packed.data, packed.len, raw_len, PATCH_LEN_MAX, &raw, err) ||
	    bt_change_unpack(bt_buf_cstr(&raw), raw.len, set, others, err))
		return err->code;
	return BT_ROW;
}

static int patch_save(struct snapshots *s, const struct bt_snapshot *a, const struct bt_snapshot *b, const struct bt_change_set *set,
		      uint64_t others, struct bt_err *err)
{
	BT_COMPRESSOR_OWNED struct bt_compressor c = BT_COMPRESSOR_INIT;
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT, raw = BT_BUF_INIT;
	struct bt_patch p = { .older = a->id, .newer = b->id };
	struct bt_snapshot_keep keep;
	struct bt_snapshot_gone gone;

	bt_buf_init(&raw, PATCH_LEN_MAX);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		p.changes += set->counts[k];
	if (bt_change_pack(set, others, s->c->store, &raw, err) ||
	    bt_compress(&c, BT_QUALITY_SMALL, NULL, 0, raw.data, raw.len, &packed, err) ||
	    bt_patch_put(s->q, &p, packed.data, packed.len, raw.len, err))
		return err->code;
	snapshot_keep(s->c, &keep);
	return bt_snapshots_expire(s->q, &keep, true, &gone, err);
}

static void rev_of(const struct bt_snapshot *snap, const char *spec, struct bt_rev *ret_rev)
{
	*ret_rev = (struct bt_rev){ .spec = spec, .found = true, .commit = snap->commit, .tree = snap->tree };
}

/*
 * Rows of the index where both were chosen alike and are there; else both are indexed anew, as they would be today: what differs in
 * settings or versions is no change of the project.
 */
static int open_range(struct snapshots *s, const struct bt_snapshot *a, const struct bt_snapshot *b, struct bt_range *r,
		      struct bt_err *err)
{
	char old[BT_OID_HEX_MAX + 1], new[BT_OID_HEX_MAX + 1];
	struct bt_range_opts none = { .rev = NULL };
	BT_FREE char *spec = NULL;
	int rc = BT_DONE;

	bt_oid_hex(a->commit.len ? &a->commit : &a->tree, old);
	bt_oid_hex(b->commit.len ? &b->commit : &b->tree, new);
	if (a->selection == b->selection) {
		rc = snapshot_root(s, a, false, &r->before_row, err);
		if (rc == BT_ROW)
			rc = snapshot_root(s, b, false, &r->after_row, err);
	}
	if (rc == BT_ROW) {
		r->specs[0] = bt_xstrdup(old);
		r->specs[1] = bt_xstrdup(new);
		rev_of(a, r->specs[0], &r->before);
		rev_of(b, r->specs[1], &r->after);
		return 0;
	}
	if (rc < 0)
		return rc;
	spec = bt_xasprintf("%s..%s", old, new);
	return bt_range_open(s->c, &none, spec, r, err);
}

/* Are both still in git? A tree that no commit of a snapshot leads to is taken to be. */
static int both_there(struct snapshots *s, const struct bt_snapshot *a, const struct bt_snapshot *b, bool *ret_there, struct bt_err *err)
{
	*ret_there = true;
	if (a->commit.len && bt_commit_there(&s->c->repo, &a->commit, ret_there, err))
		return err->code;
	return *ret_there && b->commit.len ? bt_commit_there(&s->c->repo, &b->commit, ret_there, err) : 0;
}

/* What the facts alone tell, when history was written anew and the objects are gone. */
static int compute_by_facts(struct snapshots *s, const struct bt_range *r, struct bt_change_set *set, struct bt_err *err)
{
	if (bt_change_add_roots(set, s->c->store, r->before_row, r->after_row, err) || bt_change_compare(set, s->c->store, NULL, err))
		return err->code;
	bt_notice(s->c, "commits are gone from git: what only their text tells is not compared");
	return 0;
}

static int compute(struct snapshots *s, const struct bt_snapshot *a, const struct bt_snapshot *b, struct bt_change_set *set,
		   uint64_t *others, struct bt_err *err)
{
	BT_CLEANUP(bt_range_release) struct bt_range r = BT_RANGE_INIT;
	bool there;

	if (open_range(s, a, b, &r, err) || both_there(s, a, b, &there, err))
		return err->code;
	if (!there)
		return compute_by_facts(s, &r, set, err);
	return bt_range_changes(s->c, &r, NULL, 0, set, others, err);
}

int snapshot_diff(struct snapshots *s, const char *from, const char *to, struct bt_err *err)
{
	BT_CLEANUP(bt_change_set_release) struct bt_change_set set = BT_CHANGE_SET_INIT;
	struct diff d = { .c = s->c, .o = &s->o->diff, .set = &set };
	struct bt_snapshot a, b;
	uint64_t others = 0;
	int rc;

	if (diff_parse_filters(&d, err) || snapshot_find(s, from, &a, err) || snapshot_find(s, to, &b, err))
		return err->code;
	rc = patch_load(s, &a, &b, &set, &others, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE && (compute(s, &a, &b, &set, &others, err) || (s->o->save && patch_save(s, &a, &b, &set, others, err))))
		return err->code;
	return diff_print(&d, others, err);
}
