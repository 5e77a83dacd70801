/*
 * The databases: can they be used, is every page what was written; and whether somebody cares for what the queue holds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/batch/executor.h"
#include "core/batch/pin/pin.h"
#include "git-batho/queue/queue.h"
#include "git-batho/doctor/doctor.h"
#include "store/check.h"

#define REBUILD "git batho index --rebuild"
#define RESTORE "git batho restore <backup>"
/* Who queued something starts an executor; until then that is nobody's fault. */
#define OVERDUE_MS 60000

/* --- the index --- */

static void say_index(struct doctor *d, struct bt_store *s)
{
	BT_FREE struct bt_store_count *rows = NULL;
	struct bt_err err = BT_ERR_INIT;
	uint64_t files = 0, killed = 0;
	size_t nr;

	if (bt_store_counts(s, &rows, &nr, &err)) {
		doctor_say_err(d, DOCTOR_ERROR, &err, REBUILD);
		return;
	}
	for (size_t i = 0; i < nr; i++) {
		files += rows[i].state == BT_BLOB_FACTS ? rows[i].blobs : 0;
		killed += bt_blob_state_killed(rows[i].state) ? rows[i].blobs : 0;
	}
	doctor_say(d, DOCTOR_OK, NULL, "every page is whole; facts of %" PRIu64 " blobs", files);
	if (killed)
		doctor_say(d, DOCTOR_NOTE, "git batho index --retry (`git batho stats --skipped` names them)",
			   "parsing %" PRIu64 " file%s was given up: too slow, too large, or the parser died", killed, killed == 1 ? "" : "s");
}

void doctor_index(struct doctor *d)
{
	struct bt_store *s = NULL;
	struct bt_err err = BT_ERR_INIT;
	bool whole;
	int rc = bt_store_open(d->c->store_dir, BT_STORE_READ, 0, &s, &err);

	if (!rc)
		rc = bt_store_check(s, 0, &whole, &err);
	if (rc == BT_ERR_NOT_FOUND)
		doctor_say(d, DOCTOR_NOTE, "git batho index", "there is no index yet");
	else if (rc == BT_ERR_BUSY)
		doctor_say_err(d, DOCTOR_NOTE, &err, NULL);
	else if (rc != 0)
		doctor_say_err(d, DOCTOR_ERROR, &err, rc == BT_ERR_CORRUPT || rc == BT_ERR_VERSION ? REBUILD : NULL);
	else
		say_index(d, s);
	bt_store_free(&s);
}

/* --- the queue --- */

static struct bt_queue *open_queue(struct doctor *d, struct bt_err *err)
{
	struct bt_queue *q = NULL;

	bt_queue_open(d->c->store_dir, BT_QUEUE_READ, d->conf ? bt_conf_shared_mode(d->c->conf) : 0, BT_QUEUE_BUSY_MS, &q, err);
	return q;
}

/* What people have to look at. */
static void say_counts(struct doctor *d, struct bt_queue *q)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_err err = BT_ERR_INIT;
	struct bt_queue_count *list;
	uint64_t open = 0, asking = 0;
	size_t nr;

	if (bt_queue_counts(q, &arena, &list, &nr, &err)) {
		doctor_say_err(d, DOCTOR_ERROR, &err, RESTORE);
		return;
	}
	for (size_t i = 0; i < nr; i++) {
		if (list[i].state == BT_ACTION_PARKED || list[i].state == BT_ACTION_UNKNOWN || list[i].state == BT_ACTION_NEEDS_HUMAN)
			asking += list[i].nr;
		else if (bt_action_state_open(list[i].state))
			open += list[i].nr;
	}
	doctor_say(d, DOCTOR_OK, NULL, "every page is whole; %" PRIu64 " action%s open", open, open == 1 ? " is" : "s are");
	if (asking)
		doctor_say(d, DOCTOR_NOTE, "git batho queue status", "%" PRIu64 " action%s for people to decide: parked, unknown or taken back",
			   asking, asking == 1 ? " waits" : "s wait");
}

void doctor_queue(struct doctor *d)
{
	struct bt_err err = BT_ERR_INIT;
	QUEUE_OWNED struct bt_queue *q = open_queue(d, &err);

	if (!q && err.code == BT_ERR_NOT_FOUND)
		doctor_say(d, DOCTOR_OK, NULL, "there is no queue yet: it is made when something is queued");
	else if (!q || bt_queue_verify(q, &err))
		doctor_say_err(d, DOCTOR_ERROR, &err, err.code == BT_ERR_CORRUPT ? RESTORE : NULL);
	else
		say_counts(d, q);
}

/* --- does somebody execute it? --- */

/* Actions whose time is over by more than OVERDUE_MS. */
static int count_overdue(struct doctor *d, struct bt_queue *q, uint64_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_outlook_release) struct bt_outlook look = { .planned = NULL };
	struct bt_batch_settings settings;

	bt_batch_settings_read(d->c->conf, &settings);
	if (bt_outlook_make(q, &settings, false, &arena, &look, err))
		return err->code;
	*ret_nr = 0;
	for (size_t i = 0; i < look.plan.batches_nr; i++)
		for (size_t k = 0; k < look.actions_nr; k++)
			if (look.actions[k].id == look.plan.batches[i].ids[0] && look.actions[k].queued_at + OVERDUE_MS < bt_queue_now())
				*ret_nr += look.plan.batches[i].nr;
	return 0;
}

static void say_executor(struct doctor *d, struct bt_queue *q)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_err err = BT_ERR_INIT;
	struct bt_batch *list;
	int64_t paused = 0;
	uint64_t overdue = 0;
	size_t nr = 0;
	bool by_hand = bt_conf_get(d->c->conf, BT_KEY_BATCH_AUTO_EXECUTE)->number == BT_BATCH_EXECUTE_MANUAL;

	if (bt_queue_setting(q, "paused", &paused, &err) || bt_queue_batches(q, true, 0, &arena, &list, &nr, &err) ||
	    count_overdue(d, q, &overdue, &err)) {
		doctor_say_err(d, DOCTOR_ERROR, &err, NULL);
		return;
	}
	if (paused)
		doctor_say(d, DOCTOR_NOTE, "git batho queue resume", "the queue is paused");
	if (bt_executor_running(d->c->store_dir))
		doctor_say(d, DOCTOR_OK, NULL, "one is at work");
	else if (nr)
		doctor_say(d, DOCTOR_WARNING, "git batho queue recover", "%zu batch%s begun and nobody goes on with %s: a process died", nr,
			   nr == 1 ? " was" : "es were", nr == 1 ? "it" : "them");
	else if (overdue && !paused)
		doctor_say(d, by_hand ? DOCTOR_NOTE : DOCTOR_WARNING, "git batho queue flush",
			   "%" PRIu64 " action%s due and nobody executes %s", overdue, overdue == 1 ? " is" : "s are",
			   overdue == 1 ? "it" : "them");
	else
		doctor_say(d, DOCTOR_OK, NULL, "none is needed now%s", by_hand ? "; batch.autoExecute leaves it to you" : "");
}

void doctor_executor(struct doctor *d)
{
	struct bt_err err = BT_ERR_INIT;
	QUEUE_OWNED struct bt_queue *q = open_queue(d, &err);

	if (q)
		say_executor(d, q);
	else
		doctor_say(d, DOCTOR_OK, NULL, "there is nothing to execute");
}

/* --- pins --- */

struct pins {
	struct bt_oidmap seen;
	struct bt_queue *q;
	uint64_t strays;
};

static void pins_release(struct pins *p)
{
	bt_oidmap_release(&p->seen);
}

static int see_pin(void *ctx, const struct bt_oid *content, int64_t pinned_ms, struct bt_err *err)
{
	struct pins *p = ctx;
	bool open;

	bt_oidmap_put(&p->seen, content, 0, pinned_ms);
	if (p->q && bt_queue_now() - pinned_ms > 3600 * 1000) {
		int rc = bt_queue_content(p->q, content, 0, 0, &open, err);

		if (rc < 0)
			return rc;
		p->strays += rc == BT_DONE;
	}
	return 0;
}

/* *ret_gone: the first action whose content is pinned nowhere. */
static int find_unpinned(struct pins *p, uint64_t *ret_gone, size_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_action_query open = { .list = BT_ACTIONS_OPEN };
	struct bt_action *list;
	size_t nr;

	*ret_nr = 0;
	if (bt_queue_actions(p->q, &open, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if (list[i].content.len && !bt_oidmap_find(&p->seen, &list[i].content, 0, NULL) && !(*ret_nr)++)
			*ret_gone = list[i].id;
	return 0;
}

void doctor_pins(struct doctor *d)
{
	struct bt_err err = BT_ERR_INIT, none = BT_ERR_INIT;
	QUEUE_OWNED struct bt_queue *q = open_queue(d, &none);
	BT_CLEANUP(pins_release) struct pins p = { .seen = BT_OIDMAP_INIT, .q = q };
	uint64_t gone = 0;
	size_t nr = 0;

	if (bt_pin_each(&d->c->repo, see_pin, &p, &err) || (q && find_unpinned(&p, &gone, &nr, &err))) {
		doctor_say_err(d, DOCTOR_ERROR, &err, "`git fsck` says what is missing");
		return;
	}
	if (nr)
		doctor_say(d, DOCTOR_WARNING, "git batho queue show <id>; `cancel` it and queue it again if it does not land",
			   "what action %" PRIu64 "%s captured is not kept from gc", gone, nr > 1 ? " and others" : "");
	if (p.strays)
		doctor_say(d, DOCTOR_NOTE, "git batho queue recover", "%" PRIu64 " pinned content%s in no queue", p.strays,
			   p.strays == 1 ? " is" : "s are");
	if (!nr && !p.strays)
		doctor_say(d, DOCTOR_OK, NULL, "all that is queued is kept from gc");
}
