/*
 * git batho queue: commits, merges, pushes and more that wait their turn. Which subcommand is which; the work is in
 * queue/.
 */
#include "git-batho/queue/queue.h"

#include <stdlib.h>
#include <string.h>

#include "core/batch/enqueue.h"
#include "git-batho/commands.h"
#include "git-batho/spawn.h"

static const char *const waits[] = { "no", "landed", "pushed", NULL };
static const char *const merge_strategies[] = { "merge", "squash", "ff", NULL };

#define ADDING "commit merge push workflow deploy"

static const struct bt_opt queue_options[] = {
	{ .type = BT_OPT_GROUP, .help = "commit" },
	{ .type = BT_OPT_STRING, .letter = 'm', .name = "message", .of = "commit merge", .metavar = "<message>",
	  .help = "message of the commit or merge",
	  BT_OPT_AT(struct queue_opts, message) },
	{ .type = BT_OPT_STRING, .letter = 'F', .name = "file", .of = "commit merge", .metavar = "<file>",
	  .help = "take the message from a file, - is stdin",
	  BT_OPT_AT(struct queue_opts, message_file) },
	{ .type = BT_OPT_FLAG, .name = "staged", .of = "commit", .flags = BT_OPT_NO_NEG, .help = "what is staged (the default)",
	  BT_OPT_AT(struct queue_opts, staged) },
	{ .type = BT_OPT_FLAG, .letter = 'a', .name = "all", .of = "commit", .flags = BT_OPT_NO_NEG,
	  .help = "tracked files as they lie on disk",
	  BT_OPT_AT(struct queue_opts, all) },
	{ .type = BT_OPT_STRING, .name = "from", .of = "commit", .metavar = "<commit>", .help = "the change of this commit",
	  BT_OPT_AT(struct queue_opts, from) },
	{ .type = BT_OPT_STRING, .name = "author", .of = "commit", .metavar = "<author>",
	  .help = "somebody else wrote it: \"A U Thor <a@example.com>\"",
	  BT_OPT_AT(struct queue_opts, author) },
	{ .type = BT_OPT_LIST, .name = "trailer", .of = "commit", .metavar = "<trailer>",
	  .help = "add \"Key: value\" to the message; may be repeated",
	  BT_OPT_AT(struct queue_opts, trailers) },
	{ .type = BT_OPT_FLAG, .letter = 'S', .name = "sign", .of = "commit merge", .flags = BT_OPT_NO_NEG,
	  .help = "sign what lands",
	  BT_OPT_AT(struct queue_opts, sign) },
	{ .type = BT_OPT_GROUP, .help = "push, merge, workflow" },
	{ .type = BT_OPT_STRING, .name = "remote", .of = "push", .metavar = "<remote>", .help = "where it is pushed",
	  BT_OPT_AT(struct queue_opts, remote) },
	{ .type = BT_OPT_LIST, .letter = 'o', .name = "push-option", .of = "push", .metavar = "<option>",
	  .help = "sent to the server; may be repeated",
	  BT_OPT_AT(struct queue_opts, push_options) },
	{ .type = BT_OPT_ENUM, .name = "strategy", .of = "merge", .choices = merge_strategies, .help = "how it is merged",
	  BT_OPT_AT(struct queue_opts, strategy) },
	{ .type = BT_OPT_STRING, .name = "ref", .of = "workflow", .metavar = "<branch>",
	  .help = "what the workflow runs on; the same as --target",
	  BT_OPT_AT(struct queue_opts, ref) },
	{ .type = BT_OPT_LIST, .letter = 'f', .name = "field", .of = "workflow", .metavar = "<key>=<value>",
	  .help = "an input of the workflow; may be repeated",
	  BT_OPT_AT(struct queue_opts, fields) },
	{ .type = BT_OPT_GROUP, .help = "whatever is queued" },
	{ .type = BT_OPT_STRING, .letter = 't', .name = "target", .of = ADDING, .metavar = "<branch>",
	  .help = "the branch it is for, instead of the current one",
	  BT_OPT_AT(struct queue_opts, target) },
	{ .type = BT_OPT_STRING, .name = "agent", .metavar = "<name>", .help = "who queues it",
	  BT_OPT_AT(struct queue_opts, agent) },
	{ .type = BT_OPT_INT, .letter = 'p', .name = "priority", .of = ADDING, .metavar = "<n>", .min = -BT_PRIORITY_MAX, .max = BT_PRIORITY_MAX,
	  .help = "higher comes first", BT_OPT_AT(struct queue_opts, priority) },
	{ .type = BT_OPT_LIST, .name = "after", .of = ADDING, .metavar = "<id>",
	  .help = "only when this action succeeded; may be repeated",
	  BT_OPT_AT(struct queue_opts, after) },
	{ .type = BT_OPT_FLAG, .letter = 'u', .name = "urgent", .of = ADDING, .flags = BT_OPT_NO_NEG,
	  .help = "short windows, also for what it waits for",
	  BT_OPT_AT(struct queue_opts, urgent) },
	{ .type = BT_OPT_INT, .name = "delay", .of = ADDING, .metavar = "<seconds>", .min = 0, .max = BT_DELAY_MAX_S,
	  .help = "not before this",
	  BT_OPT_AT(struct queue_opts, delay_s) },
	{ .type = BT_OPT_STRING, .name = "key", .of = ADDING, .metavar = "<key>", .help = "the same key again is the same action",
	  BT_OPT_AT(struct queue_opts, key) },
	{ .type = BT_OPT_ENUM, .name = "wait", .of = ADDING, .choices = waits, .flags = BT_OPT_OPTIONAL, .optional = "landed",
	  .help = "stay until it landed or was pushed", BT_OPT_AT(struct queue_opts, wait) },
	{ .type = BT_OPT_INT, .name = "timeout", .of = ADDING, .metavar = "<seconds>", .min = 0, .max = 7 * 24 * 3600,
	  .help = "stay no longer; 0 is for ever",
	  BT_OPT_AT(struct queue_opts, timeout_s) },
	{ .type = BT_OPT_GROUP, .help = "looking and running" },
	{ .type = BT_OPT_FLAG, .name = "watch", .of = "status", .flags = BT_OPT_NO_NEG,
	  .help = "status: show it again every second",
	  BT_OPT_AT(struct queue_opts, watch) },
	{ .type = BT_OPT_INT, .letter = 'n', .name = "max", .of = "log", .metavar = "<n>", .min = 1, .max = 1000000,
	  .help = "log: so many actions at most",
	  BT_OPT_AT(struct queue_opts, limit) },
	{ .type = BT_OPT_FLAG, .name = "now", .of = "batch execute flush", .flags = BT_OPT_NO_NEG,
	  .help = "windows and delays are over",
	  BT_OPT_AT(struct queue_opts, now) },
	{ .type = BT_OPT_FLAG, .name = "dry-run", .of = "execute flush", .flags = BT_OPT_NO_NEG, .help = "say what would be done",
	  BT_OPT_AT(struct queue_opts, dry_run) },
	{ .type = BT_OPT_FLAG, .name = "until-idle", .of = "run", .flags = BT_OPT_NO_NEG,
	  .help = "run: leave when nothing is left to wait for",
	  BT_OPT_AT(struct queue_opts, until_idle) },
	BT_OPT_END
};

static const struct queue_opts queue_defaults = { .limit = 50 };

/* --- shared --- */

int queue_id(const char *text, uint64_t *ret_id, struct bt_err *err)
{
	int64_t n;

	if (!bt_text_int(text, &n) || n <= 0)
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is not the number of an action or batch", text);
	*ret_id = (uint64_t)n;
	return 0;
}

/* --- which one --- */

enum what {
	W_COMMIT, W_MERGE, W_PUSH, W_WORKFLOW, W_DEPLOY,	/* as enum bt_action_kind */
	W_BULK, W_STATUS, W_SHOW, W_LOG, W_CANCEL, W_RETRY, W_REQUEUE, W_BATCH, W_EXECUTE, W_FLUSH, W_URGENT, W_WINDOWS, W_RUN,
	W_PAUSE, W_RESUME, W_RECOVER, W_UNDO, W_STATS,
};

static const struct {
	const char *name;
	enum what what;
	size_t min, max;		/* arguments behind it */
} subcommands[] = {
	{ "commit", W_COMMIT, 0, SIZE_MAX }, { "merge", W_MERGE, 1, 1 },    { "push", W_PUSH, 0, 0 },
	{ "workflow", W_WORKFLOW, 1, 1 },    { "deploy", W_DEPLOY, 1, 1 },  { "bulk", W_BULK, 0, 0 },
	{ "status", W_STATUS, 0, 0 },	     { "show", W_SHOW, 1, 1 },	    { "log", W_LOG, 0, 0 },
	{ "cancel", W_CANCEL, 1, 1 },	     { "retry", W_RETRY, 1, 1 },    { "requeue", W_REQUEUE, 1, 1 },
	{ "batch", W_BATCH, 0, 0 },	     { "execute", W_EXECUTE, 0, 1 }, { "flush", W_FLUSH, 0, 0 },
	{ "urgent", W_URGENT, 1, 1 },	     { "windows", W_WINDOWS, 0, 0 }, { "run", W_RUN, 0, 0 },
	{ "pause", W_PAUSE, 0, 0 },	     { "resume", W_RESUME, 0, 0 },  { "recover", W_RECOVER, 0, 0 },
	{ "undo", W_UNDO, 1, 1 },	     { "stats", W_STATS, 0, 0 },
};

static int with_id(struct bt_context *c, const struct queue_opts *o, enum what what, const char *text, struct bt_err *err)
{
	uint64_t id = 0;

	if (queue_id(text, &id, err))
		return err->code;
	switch (what) {
	case W_SHOW:
		return queue_show(c, id, err);
	case W_CANCEL:
		return queue_cancel(c, o, id, err);
	case W_UNDO:
		return queue_undo(c, id, err);
	default:
		return queue_retry(c, o, id, what == W_REQUEUE, err);
	}
}

static int switch_urgent(struct bt_context *c, const struct queue_opts *o, const char *text, struct bt_err *err)
{
	if (!text || (strcmp(text, "on") && strcmp(text, "off")))
		return bt_err_set(err, BT_ERR_USAGE, "urgent is 'on' or 'off', not '%s'", text ? text : "");
	return queue_setting(c, o, "urgent", !strcmp(text, "on"), err);
}

/* The other program may read JSON; this one is the executor that it starts. */
static int bulk(struct bt_context *c, struct bt_err *err)
{
	BT_FREE char *path = NULL;

	if (queue_program(&path, err))
		return err->code;
	setenv(QUEUE_PROGRAM_ENV, path, 1);
	return bt_indexer_exec(c, err);
}

static int dispatch(struct bt_context *c, const struct queue_opts *o, enum what what, const struct bt_args *args, struct bt_err *err)
{
	const char *first = args->nr > 1 ? args->items[1] : NULL;

	switch (what) {
	case W_COMMIT:
	case W_MERGE:
	case W_PUSH:
	case W_WORKFLOW:
	case W_DEPLOY:
		return queue_add(c, o, (enum bt_action_kind)what, args, err);
	case W_BULK:
		return bulk(c, err);
	case W_STATUS:
		return queue_status(c, o, err);
	case W_LOG:
		return queue_log(c, o, err);
	case W_BATCH:
		return queue_form(c, o, err);
	case W_EXECUTE:
		return queue_execute(c, o, args, err);
	case W_FLUSH:
		return queue_flush(c, o, err);
	case W_URGENT:
		return switch_urgent(c, o, first, err);
	case W_WINDOWS:
		return queue_windows(c, err);
	case W_RUN:
		return queue_run(c, o, err);
	case W_PAUSE:
	case W_RESUME:
		return queue_setting(c, o, "paused", what == W_PAUSE, err);
	case W_RECOVER:
		return queue_recover(c, err);
	case W_STATS:
		return queue_stats(c, err);
	default:
		return with_id(c, o, what, first, err);
	}
}

static int run_queue(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const char *name = args->nr && args->dashes > 0 ? args->items[0] : NULL;

	if (!name) {
		bt_err_set(err, BT_ERR_USAGE, "what is to be done with the queue?");
		return bt_err_hint(err, "see `git batho queue -h`");
	}
	for (size_t i = 0; i < BT_ARRAY_NR(subcommands); i++) {
		if (strcmp(subcommands[i].name, name))
			continue;
		if (args->nr - 1 < subcommands[i].min)
			return bt_err_set(err, BT_ERR_USAGE, "'queue %s' wants an argument", name);
		if (args->nr - 1 > subcommands[i].max)
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[1 + subcommands[i].max]);
		return dispatch(c, opts, subcommands[i].what, args, err);
	}
	bt_err_set(err, BT_ERR_USAGE, "'%s' is nothing that the queue does", name);
	return bt_err_hint(err, "see `git batho queue -h`");
}

static const char *const queue_usage[] = {
	"commit (-m <message> | -F <file>) [--staged | --all | --from <commit>] [--target <branch>] [<options>] [-- <path>...]",
	"merge <source> [--target <branch>] [--strategy merge|squash|ff] [<options>]",
	"push [--remote <remote>] [--target <branch>] [<options>]",
	"workflow <file> [--ref <branch>] [-f <key>=<value>]... [<options>]",
	"deploy <name> [--target <branch>] [<options>]",
	"bulk",
	"status [--watch]",
	"show <id>",
	"log [-n <n>]",
	"cancel <id>",
	"retry <id>",
	"requeue <id>",
	"batch [--now]",
	"execute [<batch>] [--dry-run]",
	"flush [--now] [--dry-run]",
	"run [--until-idle]",
	"pause",
	"resume",
	"urgent (on | off)",
	"recover",
	"undo <batch>",
	"windows",
	"stats",
	NULL,
};

const struct bt_command bt_cmd_queue = {
	.name = "queue",
	.summary = "queue commits, merges and pushes of many, and land them in batches",
	.usage = queue_usage,
	.options = queue_options,
	.options_size = sizeof(struct queue_opts),
	.defaults = &queue_defaults,
	.flags = BT_NEEDS_REPO,
	.run = run_queue,
};
