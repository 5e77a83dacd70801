/*
 * git batho queue commit, merge, push, workflow, deploy: queueing one action, and waiting for it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/signal.h"
#include "core/batch/enqueue.h"
#include "core/batch/lane.h"
#include "git-batho/queue/queue.h"

#define MESSAGE_MAX ((size_t)1 << 20)
#define WAIT_STEP_US 20000

static int read_message(const struct queue_opts *o, struct bt_buf *out, struct bt_err *err)
{
	if (o->message && o->message_file)
		return bt_err_set(err, BT_ERR_USAGE, "-m and -F exclude each other");
	if (o->message)
		bt_buf_adds(out, o->message);
	else if (o->message_file && !strcmp(o->message_file, "-"))
		return bt_fd_read_all(STDIN_FILENO, MESSAGE_MAX, out, "the message", err);
	else if (o->message_file)
		return bt_file_read(o->message_file, MESSAGE_MAX, out, err);
	return 0;
}

static int choose_content(const struct queue_opts *o, const struct bt_args *args, struct bt_capture_opts *c, struct bt_err *err)
{
	size_t paths = args->nr - 1;

	if (paths && args->dashes != 1)
		return bt_err_set(err, BT_ERR_USAGE, "paths stand behind --: '%s' does not", args->items[1]);
	if (o->staged + o->all + !!o->from + !!paths > 1)
		return bt_err_set(err, BT_ERR_USAGE, "--staged, --all, --from and paths exclude each other");
	c->what = o->all ? BT_CAPTURE_ALL : o->from ? BT_CAPTURE_COMMIT : paths ? BT_CAPTURE_PATHS : BT_CAPTURE_STAGED;
	c->commit = o->from;
	c->paths = args->items + 1;
	c->paths_nr = paths;
	c->author = o->author;
	c->trailers = o->trailers.items;
	c->trailers_nr = o->trailers.nr;
	return 0;
}

static int read_after(const struct queue_opts *o, uint64_t *ids, struct bt_err *err)
{
	for (size_t i = 0; i < o->after.nr; i++)
		if (queue_id(o->after.items[i], &ids[i], err))
			return err->code;
	return 0;
}

/* --- waiting --- */

static bool is_reached(const struct bt_action *a, int wait)
{
	if (a->state == BT_ACTION_PUSHED || a->state == BT_ACTION_COMPLETED)
		return true;
	return a->state == BT_ACTION_LANDED && wait == QUEUE_WAIT_LANDED;
}

/* Nothing better comes by itself. */
static bool is_lost(const struct bt_action *a)
{
	return a->state == BT_ACTION_PARKED || a->state == BT_ACTION_BLOCKED ||
	       (!bt_action_state_open(a->state) && !bt_action_state_succeeded(a->state));
}

static int wait_for(struct bt_queue *q, const struct queue_opts *o, struct bt_action *a, struct bt_arena *arena, bool *ret_reached,
		    struct bt_err *err)
{
	int64_t until = o->timeout_s ? bt_clock_ms() + o->timeout_s * 1000 : INT64_MAX;

	for (;;) {
		BT_CLEANUP(bt_arena_release) struct bt_arena look = { NULL };
		struct bt_action now;
		int rc = bt_queue_action(q, a->id, &look, &now, err);

		if (rc < 0)
			return rc;
		*ret_reached = rc == BT_ROW && is_reached(&now, o->wait);
		if (*ret_reached || rc == BT_DONE || is_lost(&now) || bt_clock_ms() >= until) {
			rc = rc == BT_ROW ? bt_queue_action(q, a->id, arena, a, err) : 0;
			return rc < 0 ? rc : 0;
		}
		usleep(WAIT_STEP_US);
		if (bt_cancel_check(err))
			return err->code;
	}
}

/* --- the answer --- */

static void print_queued(struct bt_context *c, const struct bt_action *a, bool known)
{
	queue_record_queued(c, a, known);
	if (c->common.quiet)
		return;
	bt_out_textf(c->out, BT_COLOR_NONE, "%s as ", a->state == BT_ACTION_QUEUED ? "queued" : bt_action_state_name(a->state));
	bt_out_textf(c->out, BT_COLOR_NAME, "%llu", (unsigned long long)a->id);
	if (a->leader)
		bt_out_textf(c->out, BT_COLOR_NONE, ", one with %llu", (unsigned long long)a->leader);
	else if (known)
		bt_out_textf(c->out, BT_COLOR_NONE, ", as before");
	if (a->detail)
		bt_out_textf(c->out, BT_COLOR_NONE, ": %s", a->detail);
	bt_out_nl(c->out);
}

static int enqueue(struct bt_context *c, struct bt_queue *q, const struct queue_opts *o, const struct bt_request *r, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_enqueuer e = { .repo = &c->repo, .conf = c->conf, .q = q, .arena = &arena };
	bool known, reached = true;
	struct bt_action a;

	if (bt_enqueue(&e, r, &a, &known, err) || queue_wake(c, err))
		return err->code;
	if (o->wait != QUEUE_WAIT_NOT && wait_for(q, o, &a, &arena, &reached, err))
		return err->code;
	print_queued(c, &a, known);
	return !reached;
}

int queue_add(struct bt_context *c, const struct queue_opts *o, enum bt_action_kind kind, const struct bt_args *args, struct bt_err *err)
{
	QUEUE_OWNED struct bt_queue *q = NULL;
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	BT_FREE uint64_t *after = bt_xcalloc(o->after.nr + 1, sizeof(*after));
	struct bt_request r = {
		.kind = kind, .target = o->target ? o->target : o->ref, .agent = o->agent, .idem_key = o->key, .priority = (int)o->priority,
		.urgent = o->urgent, .delay_ms = o->delay_s * 1000, .after = after, .after_nr = o->after.nr, .sign = o->sign,
		.strategy = (enum bt_merge_strategy)o->strategy, .remote = o->remote, .push_options = o->push_options.items,
		.push_options_nr = o->push_options.nr, .fields = o->fields.items, .fields_nr = o->fields.nr,
	};

	if (read_after(o, after, err) || read_message(o, &message, err))
		return err->code;
	if (kind == BT_ACTION_COMMIT) {
		if (choose_content(o, args, &r.capture, err))
			return err->code;
		if (!o->message && !o->message_file && !o->from)
			return bt_err_set(err, BT_ERR_USAGE, "a commit needs a message: -m or -F");
		r.capture.message = o->message || o->message_file ? bt_buf_cstr(&message) : NULL;
		r.capture.message_len = message.len;
	} else {
		r.source = r.name = args->nr > 1 ? args->items[1] : NULL;
		r.message = message.len ? bt_buf_cstr(&message) : NULL;
	}
	if (queue_open(c, BT_QUEUE_WRITE, &q, err))
		return err->code;
	return enqueue(c, q, o, &r, err);
}
