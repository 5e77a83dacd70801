#include "core/batch/tidy.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/batch/pin/pin.h"
#include "core/batch/run/run.h"
#include "core/git/program.h"
#include "core/git/refs.h"
#include "store/queue_audit.h"

/* Contents of what landed and is not pushed are kept so long: a remote that moved wants them folded again. */
#define LANDED_KEPT_MS ((int64_t)7 * 24 * 3600 * 1000)
#define FORGET_EVERY_MS ((int64_t)3600 * 1000)
#define PIN_GRACE_S 900

struct open_keys {
	char (*keys)[BT_ACTION_KEY_LEN + 1];
	size_t nr;
	struct bt_repo *repo;
};

static int drop_batch_pin(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err)
{
	const struct open_keys *k = ctx;
	struct bt_ref_change c = { .ref = ref, .before = *oid };
	int rc;

	for (size_t i = 0; i < k->nr; i++)
		if (!strcmp(strrchr(ref, '/') + 1, k->keys[i]))
			return 0;
	rc = bt_refs_swap(k->repo, &c, 1, NULL, err);
	return rc == BT_ERR_BUSY ? 0 : rc;
}

struct need {
	struct bt_queue *q;
	int64_t landed_since;
	struct bt_err *err;
};

static enum bt_pin_need is_needed(void *ctx, const struct bt_oid *content, int64_t pinned_ms)
{
	struct need *n = ctx;
	bool open = true;
	int rc = bt_queue_content(n->q, content, n->landed_since, pinned_ms, &open, n->err);

	/* what cannot be asked stays */
	return rc < 0 || open ? BT_PIN_NEEDED : rc == BT_ROW ? BT_PIN_DONE : BT_PIN_UNKNOWN;
}

static int has_remotes(struct bt_repo *repo, bool *ret, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "remote", NULL);
	if (bt_git_run(&c, "cannot list the remotes", NULL, 0, &out, err))
		return err->code;
	*ret = out.len;
	return 0;
}

/* Pins of batches that are over, and of contents that nobody needs. */
static int tidy_pins(struct bt_repo *repo, struct bt_queue *q, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_err asking = BT_ERR_INIT;
	struct need need = { .q = q, .landed_since = INT64_MAX, .err = &asking };
	struct bt_pin_trim_opts trim = { .needed = is_needed, .ctx = &need, .now_s = bt_queue_now() / 1000, .grace_s = PIN_GRACE_S };
	struct open_keys open = { .repo = repo };
	struct bt_batch *list;
	size_t nr, kept, dropped;
	bool remotes = false;

	if (bt_queue_batches(q, true, 0, &arena, &list, &nr, err))
		return err->code;
	open.keys = bt_arena_zalloc(&arena, (nr + 1) * sizeof(*open.keys));
	for (open.nr = 0; open.nr < nr; open.nr++)
		memcpy(open.keys[open.nr], list[open.nr].key, sizeof(*open.keys));
	if (bt_refs_each(repo, BT_BATCH_REFS, drop_batch_pin, &open, err) ||
	    bt_refs_each(repo, BT_HOLD_REFS, drop_batch_pin, &open, err) || has_remotes(repo, &remotes, err))
		return err->code;
	if (remotes)
		need.landed_since = bt_queue_now() - LANDED_KEPT_MS;
	return bt_pin_trim(repo, &trim, &kept, &dropped, err);
}

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static int forget_old(struct bt_queue *q, int retention_days, int audit_days, struct bt_err *err)
{
	int64_t last, now = bt_queue_now();
	uint64_t nr;

	if (bt_queue_setting(q, "forgot-at", &last, err))
		return err->code;
	if (last <= now && now - last < FORGET_EVERY_MS)
		return 0;
	if (bt_queue_forget(q, now - retention_days * DAY_MS, &nr, err) ||
	    bt_queue_audit_forget(q, now - audit_days * DAY_MS, &nr, err))
		return err->code;
	return bt_queue_setting_put(q, "forgot-at", now, err);
}

int bt_queue_tidy(struct bt_repo *repo, struct bt_queue *q, int retention_days, int audit_days, struct bt_err *err)
{
	return tidy_pins(repo, q, err) || forget_old(q, retention_days, audit_days, err) ? err->code : 0;
}
