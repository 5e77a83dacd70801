/*
 * git batho audit: the record of what changed state (store/queue_audit.h), shown, checked, given out.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/signal.h"
#include "core/base/text.h"
#include "git-batho/queue/queue.h"
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "store/queue_audit.h"

#define QUEUE_OWNED BT_CLEANUP(bt_queue_free)
#define LOG_MAX 100

struct audit_opts {
	int64_t max, action, batch, since;
	const char *agent, *what, *head;
};

static const struct audit_opts audit_defaults = { .max = LOG_MAX };

static const struct bt_opt audit_options[] = {
	{ .type = BT_OPT_GROUP, .help = "log, export" },
	{ .type = BT_OPT_INT, .letter = 'n', .name = "max", .of = "log export", .metavar = "<n>", .min = 1, .max = INT64_C(1) << 40,
	  .help = "log: so many records; 100 unless said", BT_OPT_AT(struct audit_opts, max) },
	{ .type = BT_OPT_STRING, .name = "agent", .of = "log export", .metavar = "<name>", .help = "of this agent only", BT_OPT_AT(struct audit_opts, agent) },
	{ .type = BT_OPT_STRING, .name = "what", .of = "log export", .metavar = "<word>", .help = "of this kind only: what begins so",
	  BT_OPT_AT(struct audit_opts, what) },
	{ .type = BT_OPT_INT, .name = "action", .of = "log export", .metavar = "<id>", .min = 1, .max = INT64_MAX, .help = "about this action of the queue only",
	  BT_OPT_AT(struct audit_opts, action) },
	{ .type = BT_OPT_INT, .name = "batch", .of = "log export", .metavar = "<id>", .min = 1, .max = INT64_MAX, .help = "about this batch only",
	  BT_OPT_AT(struct audit_opts, batch) },
	{ .type = BT_OPT_INT, .name = "since", .of = "log export", .metavar = "<days>", .min = 0, .max = 36500, .help = "of the last so many days only",
	  BT_OPT_AT(struct audit_opts, since) },
	{ .type = BT_OPT_GROUP, .help = "verify" },
	{ .type = BT_OPT_STRING, .name = "head", .of = "verify", .metavar = "<head>",
	  .help = "as `audit export` printed it: is what was there then still there, unchanged?", BT_OPT_AT(struct audit_opts, head) },
	BT_OPT_END
};

static const char *const audit_usage[] = { "log [<options>]", "verify [--head <head>]", "export [<options>]", NULL };

/* --- records --- */

struct audit {
	struct bt_context *c;
	const struct audit_opts *o;
	struct bt_queue *q;	/* NULL: there is none yet */
	int64_t from_ms;	/* 0: from the beginning */
};

static bool is_wanted(const struct audit *a, const struct bt_event *e)
{
	const struct audit_opts *o = a->o;

	if (o->agent && (!e->agent || strcmp(e->agent, o->agent)))
		return false;
	if (o->what && strncmp(e->what, o->what, strlen(o->what)))
		return false;
	if ((o->action && e->action != (uint64_t)o->action) || (o->batch && e->batch != (uint64_t)o->batch))
		return false;
	return e->at >= a->from_ms;
}

/* The name that the number has on this machine; NULL: none, or no number. */
static const char *user_name(const struct bt_event *e)
{
	const struct passwd *pw;
	int64_t uid;

	if (!e->user || !bt_text_int(e->user, &uid) || uid < 0 || uid > UINT32_MAX)
		return NULL;
	pw = getpwuid((uid_t)uid);
	return pw ? pw->pw_name : NULL;
}

static void put_id(struct bt_out *out, const char *key, uint64_t id)
{
	if (id)
		bt_out_uint(out, key, id);
	else
		bt_out_null(out, key);
}

static void put_record(struct bt_context *c, const struct bt_event *e)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "audit");
	bt_out_uint(out, "id", e->id);
	bt_out_int(out, "at_ms", e->at);
	bt_out_cstr(out, "what", e->what);
	put_id(out, "action", e->action);
	put_id(out, "batch", e->batch);
	bt_out_cstr(out, "agent", e->agent);
	bt_out_cstr(out, "uid", e->user);
	bt_out_cstr(out, "user", user_name(e));
	put_id(out, "pid", (uint64_t)e->pid);
	bt_out_cstr(out, "result", e->result);
	bt_out_cstr(out, "detail", e->detail);
	if (e->sealed)
		bt_out_hex(out, "seal", e->chain.raw, BT_DIGEST_LEN);
	else
		bt_out_null(out, "seal");
	bt_out_record_end(out);
}

static void put_people(struct bt_context *c, const struct bt_event *e)
{
	time_t at = (time_t)(e->at / 1000);
	const char *user = user_name(e);
	struct tm tm;

	localtime_r(&at, &tm);
	bt_out_textf(c->out, BT_COLOR_NOTE, "%6" PRIu64, e->id);
	bt_out_textf(c->out, BT_COLOR_NONE, "  %04d-%02d-%02d %02d:%02d:%02d  ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		     tm.tm_min, tm.tm_sec);
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", e->what);
	if (e->action)
		bt_out_textf(c->out, BT_COLOR_NONE, ", action %" PRIu64, e->action);
	if (e->batch)
		bt_out_textf(c->out, BT_COLOR_NONE, ", batch %" PRIu64, e->batch);
	if (e->result && strcmp(e->result, "ok"))
		bt_out_textf(c->out, BT_COLOR_BAD, ": %s", e->result);
	if (e->detail)
		bt_out_textf(c->out, BT_COLOR_NONE, ": %s", e->detail);
	bt_out_textf(c->out, BT_COLOR_NOTE, "  (%s", e->agent ? e->agent : "nobody named");
	if (e->user)
		bt_out_textf(c->out, BT_COLOR_NOTE, ", user %s", user ? user : e->user);
	if (e->pid)
		bt_out_textf(c->out, BT_COLOR_NOTE, ", pid %" PRId64, e->pid);
	bt_out_text(c->out, BT_COLOR_NOTE, ")", 1);
	bt_out_nl(c->out);
}

/* Newest first: status 1 when there is none. */
static int show_log(struct audit *a, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	uint64_t cursor = 0;
	struct bt_event e;
	int64_t nr = 0;
	int rc = BT_DONE;

	while (a->q && nr < a->o->max && !bt_out_failed(a->c->out) &&
	       (rc = bt_queue_audit_before(a->q, &cursor, &arena, &e, err)) == BT_ROW) {
		if (bt_cancel_check(err))
			return err->code;
		if (is_wanted(a, &e)) {
			put_record(a->c, &e);
			put_people(a->c, &e);
			nr++;
		}
		bt_arena_reset(&arena);
	}
	return rc < 0 ? rc : nr ? 0 : 1;
}

/* --- the head --- */

static void put_head(struct bt_context *c, const struct bt_audit_head *head)
{
	char hex[BT_DIGEST_HEX_LEN + 1];

	bt_out_record(c->out, "head");
	put_id(c->out, "id", head->id);
	if (head->id)
		bt_out_hex(c->out, "seal", head->chain.raw, BT_DIGEST_LEN);
	else
		bt_out_null(c->out, "seal");
	bt_out_record_end(c->out);
	if (head->id)
		bt_out_textf(c->out, BT_COLOR_NOTE, "head %" PRIu64 ":%s", head->id, bt_digest_hex(&head->chain, hex));
	else
		bt_out_textf(c->out, BT_COLOR_NOTE, "head: none, nothing is recorded yet");
	bt_out_nl(c->out);
}

/* "<id>:<seal>", or the seal alone. */
static int head_parse(const char *text, struct bt_audit_head *ret_head, struct bt_err *err)
{
	const char *colon = strchr(text, ':'), *hex = colon ? colon + 1 : text;
	BT_FREE char *number = bt_xstrndup(text, colon ? (size_t)(colon - text) : 0);
	struct bt_oid seal;
	int64_t id = 0;

	if ((colon && (!bt_text_int(number, &id) || id < 1)) || strlen(hex) != BT_DIGEST_HEX_LEN || bt_oid_parse(hex, strlen(hex), &seal, err)) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' is no head", text);
		return bt_err_hint(err, "`git batho audit export` prints one: <number>:<64 hex digits>");
	}
	ret_head->id = (uint64_t)id;
	memcpy(ret_head->chain.raw, seal.raw, BT_DIGEST_LEN);
	return 0;
}

/* Oldest first, then the head: what is printed can be kept elsewhere. */
static int export(struct audit *a, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_audit_head head = { .id = 0 };
	uint64_t cursor = 0;
	struct bt_event e;
	int rc = BT_DONE;

	if (a->q && bt_queue_audit_head(a->q, &head, err))
		return err->code;
	while (a->q && cursor < head.id && !bt_out_failed(a->c->out) &&
	       (rc = bt_queue_audit_after(a->q, &cursor, &arena, &e, err)) == BT_ROW) {
		if (bt_cancel_check(err))
			return err->code;
		if (is_wanted(a, &e)) {
			put_record(a->c, &e);
			put_people(a->c, &e);
		}
		bt_arena_reset(&arena);
	}
	if (rc < 0)
		return rc;
	put_head(a->c, &head);
	return 0;
}

/* --- verify --- */

static void put_fault(struct bt_context *c, const struct bt_audit_fault *f)
{
	static const char *const words[BT_AUDIT_FAULT_NR] = {
		[BT_AUDIT_CHANGED] = "was changed, or put in, or the seal before it was",
		[BT_AUDIT_MISSING] = "not there, and later ones are",
		[BT_AUDIT_CUT] = "not there: the end was cut off",
		[BT_AUDIT_UNSEALED] = "without a seal: written by an older program, or by hand",
		[BT_AUDIT_HEAD_GONE] = "the head that was asked for is not there: records were written anew since, or cut off",
		[BT_AUDIT_HEAD_PRUNED] = "the head that was asked for went by retention: it cannot be told",
	};

	bt_out_record(c->out, "fault");
	bt_out_cstr(c->out, "kind", bt_audit_fault_name(f->kind));
	put_id(c->out, "from", f->from);
	put_id(c->out, "to", f->to);
	bt_out_record_end(c->out);
	if (f->from)
		bt_out_textf(c->out, BT_COLOR_BAD, f->from == f->to ? "record %" PRIu64 : "records %" PRIu64 " to %" PRIu64, f->from, f->to);
	if (f->from)
		bt_out_text(c->out, BT_COLOR_NONE, ": ", 2);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s", words[f->kind]);
	bt_out_nl(c->out);
}

static int verify(struct audit *a, struct bt_err *err)
{
	BT_FREE struct bt_audit_report *r = bt_xcalloc(1, sizeof(*r));
	struct bt_audit_head expect = { .id = 0 };
	struct bt_out *out = a->c->out;

	if (a->o->head && head_parse(a->o->head, &expect, err))
		return err->code;
	if (a->q && bt_queue_audit_verify(a->q, a->o->head ? &expect : NULL, r, err))
		return err->code;
	if (!a->q && a->o->head)
		r->faults[r->faults_nr++] = (struct bt_audit_fault){ .kind = BT_AUDIT_HEAD_GONE, .from = expect.id, .to = expect.id };
	for (uint64_t i = 0; i < r->faults_nr && i < BT_AUDIT_FAULTS_MAX; i++)
		put_fault(a->c, &r->faults[i]);
	bt_out_record(out, "verified");
	bt_out_uint(out, "records", r->records);
	bt_out_uint(out, "faults", r->faults_nr);
	put_id(out, "pruned_to", r->anchor.id);
	bt_out_record_end(out);
	bt_out_textf(out, r->faults_nr ? BT_COLOR_BAD : BT_COLOR_GOOD, "%" PRIu64 " records, %" PRIu64 " faults", r->records, r->faults_nr);
	if (r->anchor.id)
		bt_out_textf(out, BT_COLOR_NOTE, "; what is older than record %" PRIu64 " went by retention", r->anchor.id + 1);
	bt_out_nl(out);
	put_head(a->c, &r->head);
	return r->faults_nr ? 1 : 0;
}

/* --- */

static int run_audit(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	static const struct {
		const char *name;
		int (*run)(struct audit *a, struct bt_err *err);
	} subcommands[] = { { "log", show_log }, { "verify", verify }, { "export", export } };
	QUEUE_OWNED struct bt_queue *q = NULL;
	struct audit a = { .c = c, .o = opts };
	struct bt_err why = BT_ERR_INIT;
	size_t i = 0;

	while (args->nr && i < BT_ARRAY_NR(subcommands) && strcmp(subcommands[i].name, args->items[0]))
		i++;
	if (!args->nr || i == BT_ARRAY_NR(subcommands)) {
		if (args->nr)
			bt_err_set(err, BT_ERR_USAGE, "'%s' is nothing that can be done with the audit", args->items[0]);
		else
			bt_err_set(err, BT_ERR_USAGE, "what is to be done with the audit?");
		return bt_err_hint(err, "see `git batho audit -h`");
	}
	if (args->nr > 1)
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[1]);
	if (a.o->head && subcommands[i].run != verify)
		return bt_err_set(err, BT_ERR_USAGE, "--head is for `audit verify`");
	if (queue_open(c, BT_QUEUE_READ, &q, &why) && why.code != BT_ERR_NOT_FOUND)
		return *err = why, why.code;
	a.q = q;
	a.from_ms = a.o->since ? bt_queue_now() - a.o->since * 24 * 3600 * 1000 : 0;
	return subcommands[i].run(&a, err);
}

const struct bt_command bt_cmd_audit = {
	.name = "audit",
	.summary = "what changed state, by whom; whether that record is whole",
	.usage = audit_usage,
	.options = audit_options,
	.options_size = sizeof(struct audit_opts),
	.defaults = &audit_defaults,
	.flags = BT_NEEDS_REPO | BT_PAGES,
	.run = run_audit,
};
