#include "core/batch/undo.h"

#include <stdlib.h>

#include "core/base/buf.h"
#include "core/batch/executor_lock.h"
#include "core/batch/lane.h"
#include "core/batch/land.h"
#include "core/git/refs.h"

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

static int undo(struct bt_repo *repo, struct bt_queue *q, const struct bt_batch *b, const struct bt_action *members, size_t nr,
		struct bt_err *err)
{
	struct bt_ref_change back = { .ref = b->lane, .before = b->commit, .after = b->base };
	struct bt_land_refresh_opts o = { .ref = b->lane, .before = b->commit, .after = b->base, .token = b->key };
	BT_FREE char *reflog = bt_xasprintf("batho: undo batch %llu", (unsigned long long)b->id);
	struct bt_err ignored = BT_ERR_INIT;
	int rc;

	if (bt_land_lock(repo, b->lane, b->key, err))
		return err->code;
	if (bt_refs_swap(repo, &back, 1, reflog, err)) {
		bt_land_unlock(repo, b->key, &ignored);
		return err->code;
	}
	if (bt_land_refresh(repo, &o, err))
		return err->code;
	rc = bt_queue_begin(q, err);
	for (size_t i = 0; i < nr && !rc; i++)
		if (members[i].state == BT_ACTION_LANDED)
			rc = bt_queue_action_set(q, members[i].id, BT_ACTION_CANCELED, "undone", NULL, err);
	if (!rc)
		rc = bt_queue_event_add(q, 0, b->id, NULL, "undone", b->lane, err);
	if (!rc)
		return bt_queue_commit(q, err);
	bt_queue_rollback(q);
	return rc;
}

static void queue_close(struct bt_queue **q)
{
	bt_queue_free(q);
}

int bt_undo(const struct bt_executor_opts *o, uint64_t batch, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(queue_close) struct bt_queue *q = NULL;
	struct bt_action_query of = { .list = BT_ACTIONS_OF_BATCH, .id = batch };
	BT_CLOSE int lock = -1;
	struct bt_action *members;
	struct bt_batch b;
	size_t nr;
	int rc;

	if (bt_queue_open(o->dir, BT_QUEUE_WRITE, o->shared_mode, BT_QUEUE_BUSY_MS, &q, err) || bt_executor_lock(o->dir, &lock, err))
		return err->code;
	rc = bt_queue_batch(q, batch, &arena, &b, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no batch %llu", (unsigned long long)batch);
	if (bt_queue_actions(q, &of, &arena, &members, &nr, err) || check(o->repo, &b, members, nr, err))
		return err->code;
	return undo(o->repo, q, &b, members, nr, err);
}
