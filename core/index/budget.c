/*
 * Budgets, kept by whoever has just indexed something.
 */
#include "core/index/budget.h"

#include <time.h>

#include "core/base/arena.h"
#include "core/base/trace.h"
#include "core/index/forget.h"
#include "core/index/needed.h"
#include "store/frozen.h"
#include "store/queue.h"
#include "store/rewrite.h"
#include "store/snapshot.h"

/* Warm bytes that one run freezes: a second or two. */
#define FREEZE_BYTES_MAX ((uint64_t)128 << 20)
#define DAY_S ((int64_t)86400)
#define QUEUE_BUSY_MS 5000

void bt_budget_apply(struct bt_store *s, const struct bt_conf *conf)
{
	size_t memory = (size_t)bt_conf_get(conf, BT_KEY_CACHE_MEMORY_MB)->number << 20;

	bt_store_pages_max(s, memory / 4);
	bt_store_thawed_max(s, memory / 4);
	bt_store_frozen_folder(s, bt_conf_get(conf, BT_KEY_CACHE_FROZEN_DIR)->text);
}

int bt_needed_by_snapshots(const char *store_dir, struct bt_store *s, struct bt_needed *n, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = NULL;
	struct bt_snapshot *list = NULL;
	struct bt_err why = BT_ERR_INIT;
	size_t nr = 0;
	int rc = bt_queue_open(store_dir, BT_QUEUE_READ, 0, QUEUE_BUSY_MS, &q, &why);

	if (rc == BT_ERR_NOT_FOUND)
		return 0;
	if (rc)
		return *err = why, rc;
	rc = bt_snapshots(q, &arena, &list, &nr, err);
	for (size_t i = 0; i < nr && !rc; i++)
		rc = bt_needed_by_tree(s, &list[i].tree, n, err);
	return rc;
}

struct keeping {
	struct bt_repo *repo;
	const struct bt_conf *conf;
	const char *dir;
	bool has_head;
	struct bt_store *s;
	struct bt_budget_done *done;
};

static int size_now(struct keeping *k, uint64_t *ret_size, struct bt_err *err)
{
	struct bt_frozen_space space;

	if (bt_store_used_bytes(k->s, ret_size, err) || bt_store_frozen_space(k->s, &space, err))
		return err->code;
	*ret_size += space.file;
	return 0;
}

static bool is_needed(void *ctx, uint32_t blob)
{
	const struct bt_needed *n = ctx;

	return bt_idset_has(&n->blobs, blob);
}

/* Another process that freezes, or a disk that is away, is no reason to fail. */
static int freeze(struct keeping *k, struct bt_err *err)
{
	BT_NEEDED_OWNED struct bt_needed warm = BT_NEEDED_INIT;
	struct bt_freeze_opts o = {
		.warm = is_needed, .ctx = &warm, .bytes_max = FREEZE_BYTES_MAX, .shared_mode = bt_conf_shared_mode(k->conf),
	};
	struct bt_freeze_sum sum = { 0 };
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_needed_warm(k->repo, k->s, k->has_head, &warm, err);

	if (rc)
		return rc;
	rc = bt_store_freeze(k->s, &o, &sum, &why);
	bt_trace("freeze for the budget: %s", rc ? why.msg : "done");
	k->done->frozen_blobs = sum.blobs;
	if (rc && rc != BT_ERR_BUSY && rc != BT_ERR_NOT_FOUND && rc != BT_ERR_READONLY && rc != BT_ERR_FULL)
		return *err = why, rc;
	return 0;
}

/* Blobs that only commits older than so many days need (0: that nothing needs). */
static int find_old(struct keeping *k, int64_t days, struct bt_idset *blobs, struct bt_err *err)
{
	BT_NEEDED_OWNED struct bt_needed n = BT_NEEDED_INIT;
	int64_t now = (int64_t)time(NULL);

	if (bt_needed_reachable(k->repo, k->s, k->has_head, days ? now - days * DAY_S : 0, &n, err) ||
	    bt_needed_by_snapshots(k->dir, k->s, &n, err) || bt_store_blob_ids(k->s, blobs, err))
		return err->code;
	for (uint32_t id = 0; bt_idset_next(&n.blobs, &id); id++)
		bt_idset_remove(blobs, id);
	return 0;
}

/* Their names go too, and the room goes back to the file system. */
static int forget_blobs(struct keeping *k, const struct bt_idset *blobs, struct bt_err *err)
{
	struct bt_rewrite_opts how = { .ctx = NULL };
	struct bt_frozen_space was, is;
	struct bt_forgotten sum = { 0 };
	struct bt_rewritten done;

	if (bt_index_forget(k->s, blobs, &sum, err) ||
	    bt_store_frozen_rewrite(k->s, bt_conf_shared_mode(k->conf), &was, &is, err) ||
	    bt_store_rewrite(k->s, &how, &done, err))
		return err->code;
	k->done->forgotten_blobs += sum.blobs;
	return 0;
}

/* Rows of several forgettings, one after the other, in the index alone. */
static int forget(struct keeping *k, struct bt_err *err)
{
	static const int64_t days[] = { 0, 365, 90, 30 };
	BT_IDSET_OWNED struct bt_idset most = BT_IDSET_INIT;
	uint64_t used = 0;
	int rc = find_old(k, days[BT_ARRAY_NR(days) - 1], &most, err);

	/* Where all is needed, every run would look four times. */
	for (size_t i = 0; i < BT_ARRAY_NR(days) && !rc && most.nr; i++) {
		BT_IDSET_OWNED struct bt_idset blobs = BT_IDSET_INIT;

		rc = find_old(k, days[i], &blobs, err);
		if (rc || !blobs.nr)
			continue;
		rc = forget_blobs(k, &blobs, err);
		if (!rc)
			rc = size_now(k, &used, err);
		if (!rc && used <= k->done->size_max)
			return 0;
	}
	k->done->over = !rc;
	return rc;
}

static int reopen(struct keeping *k, bool alone, struct bt_err *err)
{
	unsigned shared = bt_conf_shared_mode(k->conf);
	int rc;

	bt_store_free(&k->s);
	rc = alone ? bt_store_open_alone(k->dir, shared, 0, &k->s, err)
		   : bt_store_open(k->dir, BT_STORE_WRITE, shared, &k->s, err);
	if (!rc)
		bt_budget_apply(k->s, k->conf);
	return rc;
}

static int keep(struct keeping *k, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	uint64_t used = 0;
	int rc = freeze(k, err);

	if (!rc)
		rc = size_now(k, &used, err);
	if (rc || used <= k->done->size_max)
		return rc;
	rc = reopen(k, true, &why);
	if (rc == BT_ERR_BUSY || rc == BT_ERR_UNSUPPORTED) {
		k->done->busy = true;
		return reopen(k, false, err);
	}
	if (rc)
		return *err = why, rc;
	rc = forget(k, err);
	return rc ? rc : reopen(k, false, err);
}

int bt_budget_keep(struct bt_repo *repo, const struct bt_conf *conf, const char *store_dir, bool has_head,
		   struct bt_store **ps, struct bt_budget_done *ret_done, struct bt_err *err)
{
	struct keeping k = { .repo = repo, .conf = conf, .dir = store_dir, .has_head = has_head, .s = *ps, .done = ret_done };
	int rc;

	*ret_done = (struct bt_budget_done){ .size_max = (uint64_t)bt_conf_get(conf, BT_KEY_CACHE_MAX_SIZE_MB)->number << 20 };
	rc = ret_done->size_max ? size_now(&k, &ret_done->before, err) : 0;
	ret_done->after = ret_done->before;
	if (rc || ret_done->before <= ret_done->size_max)
		return rc;
	rc = keep(&k, err);
	*ps = k.s;
	return rc ? rc : size_now(&k, &ret_done->after, err);
}
