#include "core/batch/undo.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/batch/executor_lock.h"
#include "core/batch/lane.h"
#include "core/batch/land/land.h"
#include "core/git/refs.h"

/* Written down before the branch goes back: the batch that does. */
#define UNDOING "undoing"

static int refuse(const struct bt_batch *b, const char *why, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_err_set(err, BT_ERR_FAIL, "cannot undo batch %llu: %s", (unsigned long long)b->id, why);
	return b->commit.len ? bt_err_hint(err, "git revert %s", bt_oid_hex(&b->commit, hex)) : err->code;
}

static int check(struct bt_repo *repo, const struct bt_batch *b, const struct bt_action *members, size_t nr, struct bt_err *err)
{
	struct bt_oid now;
	int rc;

	if (b->kind > BT_ACTION_MERGE)
		return refuse(b, "only what landed in a branch can be taken back", err);
	if (b->state != BT_BATCH_DONE || !b->executed || !b->commit.len)
		return refuse(b, "it landed nothing", err);
	for (size_t i = 0; i < nr; i++)
		if (members[i].state == BT_ACTION_PUSHED)
			return refuse(b, "it was pushed", err);
	if (!b->base.len)
		return refuse(b, "it made the first commit of its branch", err);
	rc = bt_ref_read(repo, b->lane, &now, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE || !bt_oid_equal(&now, &b->commit))
		return refuse(b, "the branch has gone on since", err);
	return 0;
}

/* A worktree that cannot be written is told of: the branch has gone back all the same. */
static int refresh(const struct bt_executor_opts *o, struct bt_queue *q, const struct bt_batch *b, struct bt_err *err)
{
	struct bt_land_refresh_opts r = { .ref = b->lane, .before = b->commit, .after = b->base, .token = b->key };
	struct bt_err why = BT_ERR_INIT;

	if (!bt_land_refresh(o->repo, &r, &why))
		return 0;
	if (o->tell)
		o->tell(o->tell_ctx, why.msg);
	return bt_queue_event_add(q, 0, b->id, NULL, "left", why.msg, err);
}

/* The commit that the branch goes back from: without it nobody could tell what to bring along in worktrees. */
static int pin(struct bt_repo *repo, const struct bt_batch *b, bool wanted, struct bt_err *err)
{
	BT_FREE char *name = bt_xasprintf(BT_BATCH_REFS "%s", b->key);

	return bt_ref_set(repo, name, wanted ? &b->commit : NULL, err);
}

static int record(struct bt_queue *q, const struct bt_batch *b, const struct bt_action *members, size_t nr, struct bt_err *err)
{
	int rc = bt_queue_begin(q, err);

	for (size_t i = 0; i < nr && !rc; i++)
		if (members[i].state == BT_ACTION_LANDED)
			rc = bt_queue_action_set(q, members[i].id, BT_ACTION_CANCELED, "undone", NULL, err);
	if (!rc)
		rc = bt_queue_setting_put(q, UNDOING, 0, err);
	if (!rc)
		rc = bt_queue_event_add(q, 0, b->id, NULL, "undone", b->lane, err);
	return bt_queue_end(q, rc, err);
}

static int swap(const struct bt_executor_opts *o, struct bt_queue *q, const struct bt_batch *b, struct bt_err *err)
{
	struct bt_ref_change back = { .ref = b->lane, .before = b->commit, .after = b->base };
	BT_FREE char *reflog = bt_xasprintf("batho: undo batch %llu", (unsigned long long)b->id);
	struct bt_err ignored = BT_ERR_INIT;

	if (pin(o->repo, b, true, err) || bt_queue_setting_put(q, UNDOING, (int64_t)b->id, err))
		return err->code;
	if (!bt_land_lock(o->repo, b->lane, b->key, err)) {
		bt_fault_point("undo-intent");
		if (!bt_refs_swap(o->repo, &back, 1, reflog, err)) {
			bt_fault_point("undo-swapped");
			return 0;
		}
		bt_land_unlock(o->repo, b->key, &ignored);
	}
	bt_queue_setting_put(q, UNDOING, 0, &ignored);
	pin(o->repo, b, false, &ignored);
	return err->code;
}

int bt_undo_finish(const struct bt_executor_opts *o, struct bt_queue *q, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_action_query of = { .list = BT_ACTIONS_OF_BATCH };
	struct bt_action *members;
	struct bt_batch b;
	struct bt_oid now;
	int64_t batch;
	size_t nr;
	int rc;

	if (bt_queue_setting(q, UNDOING, &batch, err) || !batch)
		return err->code;
	of.id = (uint64_t)batch;
	rc = bt_queue_batch(q, of.id, &arena, &b, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_queue_setting_put(q, UNDOING, 0, err);
	if (bt_queue_actions(q, &of, &arena, &members, &nr, err) || bt_land_unlock(o->repo, b.key, err))
		return err->code;
	rc = bt_ref_read(o->repo, b.lane, &now, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE || !bt_oid_equal(&now, &b.base))
		return bt_queue_setting_put(q, UNDOING, 0, err);
	return refresh(o, q, &b, err) || record(q, &b, members, nr, err) || pin(o->repo, &b, false, err) ? err->code : 0;
}

int bt_undo(const struct bt_executor_opts *o, uint64_t batch, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = NULL;
	struct bt_action_query of = { .list = BT_ACTIONS_OF_BATCH, .id = batch };
	BT_CLOSE int lock = -1;
	struct bt_action *members;
	struct bt_batch b;
	size_t nr;
	int rc;

	if (bt_queue_open(o->dir, BT_QUEUE_WRITE, o->shared_mode, BT_QUEUE_BUSY_MS, &q, err) ||
	    bt_executor_lock(o->dir, o->shared_mode, BT_EXECUTOR_PATIENCE_MS, &lock, err))
		return err->code;
	if (bt_queue_fence_raise(q, err) || bt_undo_finish(o, q, err))
		return err->code;
	rc = bt_queue_batch(q, batch, &arena, &b, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no batch %llu", (unsigned long long)batch);
	if (bt_queue_actions(q, &of, &arena, &members, &nr, err) || check(o->repo, &b, members, nr, err) || swap(o, q, &b, err))
		return err->code;
	return refresh(o, q, &b, err) || record(q, &b, members, nr, err) || pin(o->repo, &b, false, err) ? err->code : 0;
}
