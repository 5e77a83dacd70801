#include "git-batho/hook_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch/enqueue.h"
#include "core/batch/lane.h"
#include "core/batch/push/push.h"
#include "core/git/refs.h"
#include "git-batho/queue/queue.h"

/* The queue's own pushes say so. */
#define OWN_PUSH "BATHO_QUEUE_PUSH"

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value && strcmp(value, "0");
}

/* What a hook queues has a key: a hook that runs again for the same thing queues nothing new. */
static int enqueue(struct bt_hook_run *r, struct bt_queue *q, struct bt_request *request, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct bt_enqueuer e = { .repo = &r->c->repo, .conf = r->c->conf, .q = q, .arena = &arena };
	struct bt_action a;
	bool known;

	if (bt_enqueue(&e, request, &a, &known, err))
		return err->code;
	/* done once, and asked for again: somebody has taken it back since */
	if (known && (bt_action_state_succeeded(a.state) || a.state == BT_ACTION_CANCELED)) {
		request->idem_key = NULL;
		if (bt_enqueue(&e, request, &a, &known, err))
			return err->code;
	}
	/* tried, and it did not work: asking again is trying again */
	if (known && (a.state == BT_ACTION_FAILED || a.state == BT_ACTION_PARKED || a.state == BT_ACTION_UNKNOWN) &&
	    bt_queue_action_requeue(q, a.leader ? a.leader : a.id, NULL, err))
		return err->code;
	fprintf(stderr, "git-batho: queued as %llu (%s to '%s')\n", (unsigned long long)a.id, bt_action_kind_name(a.kind),
		bt_lane_name(a.lane));
	return 0;
}

static void choose_store(struct bt_hook_run *r)
{
	free(r->c->store_dir);
	r->c->store_dir = bt_xasprintf("%s/batho", r->c->repo.common_dir);
}

static int open_queue(struct bt_hook_run *r, struct bt_queue **ret_q, struct bt_err *err)
{
	choose_store(r);
	return bt_queue_open(r->c->store_dir, BT_QUEUE_WRITE, bt_conf_shared_mode(r->c->conf), BT_QUEUE_BUSY_HOOK_MS, ret_q, err);
}

int bt_hook_queue_commit(struct bt_hook_run *r, struct bt_err *err)
{
	const char *target = bt_conf_get(r->c->conf, BT_KEY_QUEUE_ON_COMMIT)->text;
	QUEUE_OWNED struct bt_queue *q = NULL;
	BT_FREE char *lane = NULL, *branch = NULL, *key = NULL;
	struct bt_request request = {
		.kind = BT_ACTION_COMMIT, .target = target, .capture = { .what = BT_CAPTURE_COMMIT, .commit = "HEAD" },
	};
	struct bt_oid head;
	char hex[BT_OID_HEX_MAX + 1];
	int rc;

	if (!target || !*target)
		return 0;
	bt_repo_release(&r->c->repo);
	if (bt_repo_open(&r->c->repo, NULL, 0, err) || bt_lane_find(&r->c->repo, target, &lane, err))
		return err->code;
	rc = bt_ref_read_head(&r->c->repo, &branch, &head, err);
	if (rc != BT_ROW || (branch && !strcmp(branch, lane)))
		return rc < 0 ? rc : 0;
	key = bt_xasprintf("post-commit %s %s", bt_oid_hex(&head, hex), bt_lane_name(lane));
	request.idem_key = key;
	if (open_queue(r, &q, err) || enqueue(r, q, &request, err))
		return err->code;
	return queue_wake(r->c, err);
}

/* A branch of ours, as it is here, under the same name, with what is there already in it: a push that is forced is somebody's own. */
static int fits(struct bt_hook_run *r, const struct bt_pushed_ref *p, bool *ret, struct bt_err *err)
{
	struct bt_oid here;
	int rc;

	*ret = false;
	if (strncmp(p->name, "refs/heads/", 11))
		return 0;
	rc = bt_ref_read(&r->c->repo, p->name, &here, err);
	if (rc != BT_ROW || !bt_oid_equal(&here, &p->new_oid))
		return rc < 0 ? rc : 0;
	*ret = true;
	if (!p->old_oid.len)
		return 0;
	rc = bt_is_ancestor(&r->c->repo, &p->old_oid, &p->new_oid, err);
	*ret = rc == BT_ROW;
	if (rc == BT_ERR_NOT_FOUND)
		*err = (struct bt_err)BT_ERR_INIT;
	return rc < 0 && rc != BT_ERR_NOT_FOUND ? rc : 0;
}

/* Can the queue do all of it, as it was asked for? */
static int all_fit(struct bt_hook_run *r, const char *remote, const struct bt_pushed *pushed, bool *ret, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;

	/* an address is no remote */
	*ret = pushed->nr && !pushed->deleted_nr && !bt_push_remote_check(&r->c->repo, remote, &why);
	for (size_t i = 0; *ret && i < pushed->nr; i++)
		if (fits(r, &pushed->refs[i], ret, err))
			return err->code;
	return 0;
}

int bt_hook_queue_push(struct bt_hook_run *r, const char *remote, const struct bt_pushed *pushed, bool *ret_queued, struct bt_err *err)
{
	QUEUE_OWNED struct bt_queue *q = NULL;
	bool fit;

	*ret_queued = false;
	if (!bt_conf_get(r->c->conf, BT_KEY_QUEUE_ON_PUSH)->number || is_set(OWN_PUSH) || all_fit(r, remote, pushed, &fit, err) || !fit)
		return err->code;
	if (open_queue(r, &q, err))
		return err->code;
	for (size_t i = 0; i < pushed->nr; i++) {
		char hex[BT_OID_HEX_MAX + 1];
		BT_FREE char *key = bt_xasprintf("pre-push %s %s %s", remote, pushed->refs[i].name, bt_oid_hex(&pushed->refs[i].new_oid, hex));
		struct bt_request request = { .kind = BT_ACTION_PUSH, .target = pushed->refs[i].name, .remote = remote, .idem_key = key };

		if (enqueue(r, q, &request, err))
			return err->code;
	}
	*ret_queued = true;
	fprintf(stderr, "hint: to push at once: git -c batho.queue.onPush=false push\n");
	return queue_wake(r->c, err);
}
