#include "core/backup/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/land/land.h"
#include "core/batch/pin/pin.h"
#include "core/git/refs.h"

/* Contents that are pinned with one call. */
#define PINS_NR 500

struct reconciling {
	struct bt_repo *repo;
	struct bt_queue *q;
	struct bt_arena arena;
	struct bt_action *list;		/* open, ascending */
	size_t nr;
	bool *done;			/* by number in list */
	struct bt_oidmap pinned;
	uint64_t landed, lost;
};

static void reconciling_release(struct reconciling *r)
{
	bt_arena_release(&r->arena);
	free(r->done);
	bt_oidmap_release(&r->pinned);
}

/* --- what has landed since --- */

/* In a batch that was begun: the executor looks at these itself, and ends the batch. */
static bool is_waiting(const struct bt_action *a)
{
	return a->kind <= BT_ACTION_MERGE && a->state != BT_ACTION_BATCHED && a->state != BT_ACTION_EXECUTING;
}

static int land(struct reconciling *r, size_t at, const struct bt_oid *commit, struct bt_err *err)
{
	r->done[at] = true;
	r->landed++;
	return bt_queue_action_set(r->q, r->list[at].id, BT_ACTION_LANDED, "the branch has it already", commit, err);
}

/* All that wait for one branch, from number `first` on. */
static int find_landed(struct reconciling *r, size_t first, bool *asked, struct bt_err *err)
{
	const char *lane = r->list[first].lane;
	BT_FREE const char **keys = bt_xcalloc(r->nr + 1, sizeof(*keys));
	BT_FREE struct bt_oid *commits = bt_xcalloc(r->nr + 1, sizeof(*commits));
	BT_FREE bool *found = bt_xcalloc(r->nr + 1, sizeof(*found));
	BT_FREE size_t *place = bt_xcalloc(r->nr + 1, sizeof(*place));
	const struct bt_oid whole = { .len = 0 };
	struct bt_oid tip;
	size_t nr = 0;
	int rc;

	for (size_t i = first; i < r->nr; i++) {
		if (asked[i] || strcmp(r->list[i].lane, lane))
			continue;
		asked[i] = true;
		if (!is_waiting(&r->list[i]))
			continue;
		keys[nr] = r->list[i].key;
		place[nr++] = i;
	}
	if (!nr || !bt_ref_name_ok(lane))
		return 0;
	rc = bt_ref_read(r->repo, lane, &tip, err);
	if (rc != BT_ROW)
		return rc;
	if (bt_land_applied(r->repo, &whole, &tip, keys, nr, commits, found, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if (found[i] && land(r, place[i], &commits[i], err))
			return err->code;
	return 0;
}

/* --- what was captured --- */

static int see_pin(void *ctx, const struct bt_oid *content, int64_t pinned_ms, struct bt_err *err)
{
	struct reconciling *r = ctx;

	(void)err;
	bt_oidmap_put(&r->pinned, content, 0, pinned_ms);
	return 0;
}

/* Here, and if need be made again from its pin; else it is parked. */
static int look_at_content(struct reconciling *r, size_t at, struct bt_err *err)
{
	const struct bt_action *a = &r->list[at];
	struct bt_err why = BT_ERR_INIT;

	if (r->done[at] || !a->content.len || !bt_pin_restore(r->repo, &a->content, 1, &why))
		return 0;
	if (why.code != BT_ERR_NOT_FOUND)
		return *err = why, err->code;
	r->done[at] = true;
	r->lost++;
	return bt_queue_action_set(r->q, a->id, BT_ACTION_PARKED, "restored from a backup, and what was captured is gone: queue it again", NULL,
				   err);
}

/* Those of one agent for one branch share a pin. */
static int pin_again(struct reconciling *r, size_t first, struct bt_err *err)
{
	struct bt_oid contents[PINS_NR];
	const struct bt_action *a = &r->list[first];
	unsigned slot;
	size_t nr = 0;

	for (size_t i = first; i < r->nr && nr < PINS_NR; i++) {
		const struct bt_action *b = &r->list[i];

		if (r->done[i] || !b->content.len || strcmp(b->lane, a->lane) || strcmp(b->agent, a->agent) ||
		    bt_oidmap_find(&r->pinned, &b->content, 0, NULL))
			continue;
		r->done[i] = true;
		contents[nr++] = b->content;
	}
	return nr ? bt_pin_add(r->repo, a->agent, a->lane, contents, nr, &slot, err) : 0;
}

static int reconcile(struct reconciling *r, struct bt_err *err)
{
	struct bt_action_query open = { .list = BT_ACTIONS_OPEN };
	BT_FREE bool *asked = NULL;

	if (bt_queue_actions(r->q, &open, &r->arena, &r->list, &r->nr, err) || bt_pin_each(r->repo, see_pin, r, err))
		return err->code;
	asked = bt_xcalloc(r->nr + 1, sizeof(*asked));
	r->done = bt_xcalloc(r->nr + 1, sizeof(*r->done));
	for (size_t i = 0; i < r->nr; i++)
		if (bt_cancel_check(err) || (!asked[i] && find_landed(r, i, asked, err)))
			return err->code;
	for (size_t i = 0; i < r->nr; i++)
		if (bt_cancel_check(err) || look_at_content(r, i, err))
			return err->code;
	for (size_t i = 0; i < r->nr; i++)
		if (!r->done[i] && pin_again(r, i, err))
			return err->code;
	return 0;
}

int backup_reconcile(struct bt_repo *repo, struct bt_queue *q, uint64_t *ret_landed, uint64_t *ret_lost, struct bt_err *err)
{
	BT_CLEANUP(reconciling_release) struct reconciling r = { .repo = repo, .q = q, .pinned = BT_OIDMAP_INIT };
	int rc = reconcile(&r, err);

	*ret_landed = r.landed;
	*ret_lost = r.lost;
	return rc;
}
