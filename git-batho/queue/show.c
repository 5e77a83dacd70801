/*
 * git batho queue status, show, log, stats, windows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/signal.h"
#include "core/batch/lane.h"
#include "core/batch/params.h"
#include "git-batho/queue/queue.h"

/* --- times --- */

/* "3 s", "4 min", "2 h", "5 d" */
static void span(char *buf, size_t size, int64_t ms)
{
	int64_t s = (ms + 999) / 1000;

	if (s < 120)
		snprintf(buf, size, "%" PRId64 " s", s);
	else if (s < 7200)
		snprintf(buf, size, "%" PRId64 " min", s / 60);
	else if (s < 172800)
		snprintf(buf, size, "%" PRId64 " h", s / 3600);
	else
		snprintf(buf, size, "%" PRId64 " d", s / 86400);
}

static void clock_text(char *buf, size_t size, int64_t at_ms)
{
	time_t t = (time_t)(at_ms / 1000);
	struct tm tm;

	if (!at_ms || !localtime_r(&t, &tm) || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "-");
}

/* --- one action --- */

static bool has_to_wait(const struct bt_plan_action *p, int64_t now)
{
	return p && (p->waits_for || p->ready_at > now);
}

static const char *state_name(const struct bt_action *a, const struct bt_plan_action *p, int64_t now)
{
	if (a->state != BT_ACTION_QUEUED || !has_to_wait(p, now))
		return bt_action_state_name(a->state);
	return p && p->blocked ? bt_action_state_name(BT_ACTION_BLOCKED) : "waiting";
}

static void number_or_null(struct bt_out *out, const char *name, uint64_t n)
{
	if (n)
		bt_out_uint(out, name, n);
	else
		bt_out_null(out, name);
}

static void fields(struct bt_out *out, const struct bt_action *a, const struct bt_plan_action *p, int64_t now)
{
	bt_out_uint(out, "id", a->id);
	bt_out_cstr(out, "kind", bt_action_kind_name(a->kind));
	bt_out_cstr(out, "state", state_name(a, p, now));
	bt_out_cstr(out, "target", a->lane);
	bt_out_cstr(out, "agent", a->agent);
	bt_out_int(out, "priority", a->priority);
	bt_out_bool(out, "urgent", a->urgent);
	bt_out_int(out, "queued_at_ms", a->queued_at);
	if (p && p->ready_at != INT64_MAX && a->state == BT_ACTION_QUEUED)
		bt_out_int(out, "due_at_ms", p->ready_at);
	else
		bt_out_null(out, "due_at_ms");
	number_or_null(out, "waits_for", p ? p->waits_for : 0);
	number_or_null(out, "joined", a->leader);
	number_or_null(out, "batch", a->batch);
	if (a->content.len)
		bt_out_oid(out, "content", &a->content);
	else
		bt_out_null(out, "content");
	if (a->result.len)
		bt_out_oid(out, "result", &a->result);
	else
		bt_out_null(out, "result");
	bt_out_cstr(out, "subject", a->message);
	bt_out_cstr(out, "detail", a->detail);
}

static void when(struct bt_out *out, const struct bt_action *a, const struct bt_plan_action *p, int64_t now)
{
	char text[32];

	if (a->leader)
		bt_out_textf(out, BT_COLOR_NONE, "one with %" PRIu64, a->leader);
	else if (a->state != BT_ACTION_QUEUED || !p)
		return;
	else if (p->waits_for)
		bt_out_textf(out, BT_COLOR_NONE, "after %" PRIu64, p->waits_for);
	else if (p->ready_at > now && p->ready_at != INT64_MAX) {
		span(text, sizeof(text), p->ready_at - now);
		bt_out_textf(out, BT_COLOR_NONE, "in %s", text);
	} else {
		bt_out_textf(out, BT_COLOR_NONE, "due");
	}
}

void queue_print_action(struct bt_context *c, const struct bt_action *a, const struct bt_plan_action *p, int64_t now)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "action");
	fields(out, a, p, now);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_NAME, "%" PRIu64, a->id);
	bt_out_pad(out, 7);
	bt_out_textf(out, BT_COLOR_NONE, "%s", state_name(a, p, now));
	bt_out_pad(out, 19);
	bt_out_textf(out, BT_COLOR_NONE, "%s", bt_action_kind_name(a->kind));
	bt_out_pad(out, 28);
	bt_out_textf(out, BT_COLOR_PATH, "%s", bt_lane_name(a->lane));
	bt_out_pad(out, 40);
	bt_out_textf(out, BT_COLOR_NONE, "%s", a->agent);
	bt_out_pad(out, 52);
	when(out, a, p, now);
	bt_out_pad(out, 62);
	if (a->message)
		bt_out_textf(out, BT_COLOR_NONE, "%s", a->message);
	if (a->detail)
		bt_out_textf(out, BT_COLOR_NONE, "%s(%s)", a->message ? "  " : "", a->detail);
	bt_out_nl(out);
}

/* --- status --- */

static void print_head(struct bt_context *c, const struct bt_outlook *look, bool paused, bool urgent, bool running)
{
	bt_out_record(c->out, "queue");
	bt_out_uint(c->out, "open", look->actions_nr);
	bt_out_bool(c->out, "paused", paused);
	bt_out_bool(c->out, "urgent", urgent);
	bt_out_bool(c->out, "executing", running);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%zu open%s%s%s", look->actions_nr, paused ? ", paused" : "",
		     urgent ? ", all that is queued now is urgent" : "", running ? ", an executor is at work" : "");
	bt_out_nl(c->out);
}

static int status_once(struct bt_context *c, struct bt_queue *q, const struct bt_batch_settings *s, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	BT_CLEANUP(bt_outlook_release) struct bt_outlook look = { .planned = NULL };
	int64_t paused = 0, urgent = 0, now = bt_queue_now();

	if (bt_outlook_make(q, s, false, &arena, &look, err) || bt_queue_setting(q, "paused", &paused, err) ||
	    bt_queue_setting(q, "urgent", &urgent, err))
		return err->code;
	print_head(c, &look, paused, urgent, bt_executor_running(c->store_dir));
	for (size_t i = 0; i < look.actions_nr && !bt_out_failed(c->out); i++) {
		const struct bt_action *a = &look.actions[i];

		queue_print_action(c, a, bt_outlook_find(&look, a->leader ? a->leader : a->id), now);
	}
	return 0;
}

static int empty(struct bt_context *c, struct bt_err *err)
{
	struct bt_outlook none = { .actions_nr = 0 };

	*err = (struct bt_err)BT_ERR_INIT;
	print_head(c, &none, false, false, false);
	return 0;
}

int queue_status(struct bt_context *c, const struct queue_opts *o, struct bt_err *err)
{
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_batch_settings s;
	int rc = queue_open(c, BT_QUEUE_READ, &q, err);

	if (rc)
		return rc == BT_ERR_NOT_FOUND ? empty(c, err) : rc;
	bt_batch_settings_read(c->conf, &s);
	for (;;) {
		if (o->watch && c->common.format == BT_FORMAT_HUMAN && isatty(STDOUT_FILENO) &&
		    write(STDOUT_FILENO, "\033[H\033[2J", 7) != 7)
			return bt_err_errno(err, "cannot write to the terminal");
		if (status_once(c, q, &s, err) || (o->watch && bt_out_flush(c->out, err)))
			return err->code;
		if (!o->watch)
			return 0;
		for (int i = 0; i < 10; i++) {
			usleep(100000);
			if (bt_cancel_check(err))
				return err->code;
		}
	}
}

/* --- show --- */

static void line(struct bt_context *c, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	bt_out_textf(c->out, BT_COLOR_NONE, "%s", name);
	bt_out_pad(c->out, 12);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s", value);
	bt_out_nl(c->out);
}

static void show_people(struct bt_context *c, const struct bt_action *a)
{
	char text[BT_OID_HEX_MAX + 1], queued[32], finished[32];
	const char *name, *value;
	size_t at = 0;

	clock_text(queued, sizeof(queued), a->queued_at);
	clock_text(finished, sizeof(finished), a->finished_at);
	bt_out_textf(c->out, BT_COLOR_NAME, "action %" PRIu64, a->id);
	bt_out_textf(c->out, BT_COLOR_NONE, ": %s, %s", bt_action_kind_name(a->kind), bt_action_state_name(a->state));
	bt_out_nl(c->out);
	line(c, "subject", a->message);
	line(c, "why", a->detail);
	line(c, "target", bt_lane_name(a->lane));
	line(c, "agent", a->agent);
	line(c, "key", a->idem_key);
	if (a->leader) {
		snprintf(text, sizeof(text), "%" PRIu64, a->leader);
		line(c, "one with", text);
	}
	if (a->batch) {
		snprintf(text, sizeof(text), "%" PRIu64 " (%u tr%s)", a->batch, a->attempts, a->attempts == 1 ? "y" : "ies");
		line(c, "batch", text);
	}
	line(c, "queued", queued);
	line(c, "finished", a->finished_at ? finished : NULL);
	line(c, "content", a->content.len ? bt_oid_hex(&a->content, text) : NULL);
	line(c, "base", a->base.len ? bt_oid_hex(&a->base, text) : NULL);
	line(c, "result", a->result.len ? bt_oid_hex(&a->result, text) : NULL);
	while (bt_params_next(a->params, a->params_len, &at, &name, &value))
		line(c, name, value);
}

static void show_record(struct bt_context *c, const struct bt_action *a, const uint64_t *after, size_t after_nr,
			const struct bt_action *joined, size_t joined_nr)
{
	const char *name, *value;
	size_t at = 0;

	bt_out_record(c->out, "action");
	fields(c->out, a, NULL, 0);
	bt_out_cstr(c->out, "key", a->idem_key);
	number_or_null(c->out, "finished_at_ms", (uint64_t)a->finished_at);
	bt_out_array(c->out, "after");
	for (size_t i = 0; i < after_nr; i++)
		bt_out_uint(c->out, NULL, after[i]);
	bt_out_array_end(c->out);
	bt_out_array(c->out, "submitters");
	for (size_t i = 0; i < joined_nr; i++)
		bt_out_uint(c->out, NULL, joined[i].id);
	bt_out_array_end(c->out);
	/* names may repeat: options of a push, fields of a workflow */
	bt_out_array(c->out, "parameters");
	while (bt_params_next(a->params, a->params_len, &at, &name, &value)) {
		bt_out_object(c->out, NULL);
		bt_out_cstr(c->out, "name", name);
		bt_out_cstr(c->out, "value", value);
		bt_out_object_end(c->out);
	}
	bt_out_array_end(c->out);
	bt_out_record_end(c->out);
}

static void show_event(struct bt_context *c, const struct bt_event *e)
{
	char at[32];

	clock_text(at, sizeof(at), e->at);
	bt_out_record(c->out, "event");
	bt_out_int(c->out, "at_ms", e->at);
	number_or_null(c->out, "action", e->action);
	number_or_null(c->out, "batch", e->batch);
	bt_out_cstr(c->out, "agent", e->agent);
	bt_out_cstr(c->out, "what", e->what);
	bt_out_cstr(c->out, "detail", e->detail);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s  %s%s%s", at, e->what, e->agent ? " by " : "", e->agent ? e->agent : "");
	if (e->detail)
		bt_out_textf(c->out, BT_COLOR_NONE, ": %s", e->detail);
	bt_out_nl(c->out);
}

int queue_show(struct bt_context *c, uint64_t id, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action_query of = { .list = BT_ACTIONS_JOINED, .id = id };
	struct bt_action a, *joined;
	struct bt_event *events;
	uint64_t *after;
	size_t after_nr, joined_nr, events_nr;
	int rc = queue_open(c, BT_QUEUE_READ, &q, err);

	if (rc && rc != BT_ERR_NOT_FOUND)
		return rc;
	rc = rc ? BT_DONE : bt_queue_action(q, id, &arena, &a, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE) {
		bt_notice(c, "there is no action %" PRIu64, id);
		*err = (struct bt_err)BT_ERR_INIT;
		return 1;
	}
	if (bt_queue_after(q, id, &arena, &after, &after_nr, err) || bt_queue_actions(q, &of, &arena, &joined, &joined_nr, err) ||
	    bt_queue_events(q, id, 1000, &arena, &events, &events_nr, err))
		return err->code;
	show_record(c, &a, after, after_nr, joined, joined_nr);
	show_people(c, &a);
	for (size_t i = 0; i < events_nr; i++)
		show_event(c, &events[i]);
	return 0;
}

/* --- log --- */

int queue_log(struct bt_context *c, const struct queue_opts *o, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_action_query newest = { .list = BT_ACTIONS_NEWEST, .limit = (size_t)o->limit };
	struct bt_action *list;
	size_t nr;
	int rc = queue_open(c, BT_QUEUE_READ, &q, err);

	if (rc == BT_ERR_NOT_FOUND) {
		*err = (struct bt_err)BT_ERR_INIT;
		return 0;
	}
	if (rc || bt_queue_actions(q, &newest, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr && !bt_out_failed(c->out); i++)
		queue_print_action(c, &list[i], NULL, 0);
	return 0;
}

/* --- stats --- */

static void stats_people(struct bt_context *c, const struct bt_queue_figures *f)
{
	char p50[32], p95[32];

	span(p50, sizeof(p50), f->wait_p50_ms);
	span(p95, sizeof(p95), f->wait_p95_ms);
	bt_out_textf(c->out, BT_COLOR_NONE, "agents: %" PRIu64 ", batches: %" PRIu64 ", of %.1f actions (largest %" PRIu64 ")", f->agents,
		     f->batches, f->batches ? (double)f->batch_members / (double)f->batches : 0, f->batch_largest);
	bt_out_nl(c->out);
	if (f->wait_p50_ms >= 0) {
		bt_out_textf(c->out, BT_COLOR_NONE, "from queued to done: half within %s, 95 %% within %s", p50, p95);
		bt_out_nl(c->out);
	}
}

int queue_stats(struct bt_context *c, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct bt_queue_figures f = { .wait_p50_ms = -1, .wait_p95_ms = -1 };
	struct bt_queue_count *counts = NULL;
	uint64_t saved = 0, commits = 0;
	size_t nr = 0;
	int rc = queue_open(c, BT_QUEUE_READ, &q, err);

	if (rc && rc != BT_ERR_NOT_FOUND)
		return rc;
	if (!rc && (bt_queue_figures(q, &f, err) || bt_queue_counts(q, &arena, &counts, &nr, err)))
		return err->code;
	*err = (struct bt_err)BT_ERR_INIT;
	for (size_t i = 0; i < nr; i++)
		if (counts[i].kind == BT_ACTION_COMMIT && counts[i].state == BT_ACTION_PUSHED)
			commits += counts[i].nr;
	/* without a queue each of them had been pushed alone */
	saved = commits > f.pushes_made ? commits - f.pushes_made : 0;
	bt_out_record(c->out, "stats");
	bt_out_uint(c->out, "agents", f.agents);
	bt_out_uint(c->out, "batches", f.batches);
	bt_out_uint(c->out, "batch_members", f.batch_members);
	bt_out_uint(c->out, "batch_largest", f.batch_largest);
	bt_out_uint(c->out, "pushes_asked", f.pushes_asked);
	bt_out_uint(c->out, "pushes_made", f.pushes_made);
	bt_out_uint(c->out, "ci_runs_saved", saved);
	bt_out_int(c->out, "wait_p50_ms", f.wait_p50_ms);
	bt_out_int(c->out, "wait_p95_ms", f.wait_p95_ms);
	bt_out_record_end(c->out);
	for (size_t i = 0; i < nr; i++) {
		bt_out_record(c->out, "count");
		bt_out_cstr(c->out, "kind", bt_action_kind_name(counts[i].kind));
		bt_out_cstr(c->out, "state", bt_action_state_name(counts[i].state));
		bt_out_uint(c->out, "actions", counts[i].nr);
		bt_out_uint(c->out, "joined", counts[i].joined);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NONE, "%s", bt_action_kind_name(counts[i].kind));
		bt_out_pad(c->out, 10);
		bt_out_textf(c->out, BT_COLOR_NONE, "%s", bt_action_state_name(counts[i].state));
		bt_out_pad(c->out, 22);
		bt_out_textf(c->out, BT_COLOR_NOTE, "%" PRIu64, counts[i].nr);
		bt_out_nl(c->out);
	}
	stats_people(c, &f);
	bt_out_textf(c->out, BT_COLOR_NONE, "pushed commits: %" PRIu64 ", pushes: %" PRIu64 ", CI runs saved: %" PRIu64, commits,
		     f.pushes_made, saved);
	bt_out_nl(c->out);
	return 0;
}

/* --- windows --- */

int queue_windows(struct bt_context *c, struct bt_err *err)
{
	struct bt_batch_settings s;

	(void)err;
	bt_batch_settings_read(c->conf, &s);
	for (int i = 0; i < BT_ACTION_KIND_NR; i++) {
		bt_out_record(c->out, "window");
		bt_out_cstr(c->out, "kind", bt_action_kind_name((enum bt_action_kind)i));
		bt_out_int(c->out, "window_ms", s.windows.window_ms[i]);
		bt_out_int(c->out, "longest_ms", s.windows.window_ms[i] * s.windows.debounce_cap);
		bt_out_int(c->out, "urgent_ms", s.windows.urgent_ms[i]);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NAME, "%s", bt_action_kind_name((enum bt_action_kind)i));
		bt_out_pad(c->out, 10);
		bt_out_textf(c->out, BT_COLOR_NONE, "%" PRId64 " s after the last, %" PRId64 " s after the first; urgent %" PRId64 " s",
			     s.windows.window_ms[i] / 1000, s.windows.window_ms[i] * s.windows.debounce_cap / 1000,
			     s.windows.urgent_ms[i] / 1000);
		bt_out_nl(c->out);
	}
	return 0;
}
