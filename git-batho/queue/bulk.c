/*
 * git batho queue bulk: requests as lines of JSON, all queued or none. In the program that may read JSON.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/batch/enqueue.h"
#include "core/json/json.h"
#include "git-batho/queue/queue.h"
#include "git-batho/indexer.h"

/* All of stdin: 20,000 pushes are 2 MiB. */
#define INPUT_MAX ((size_t)256 << 20)
#define REQUESTS_MAX 100000

struct bulk {
	struct bt_arena arena;
	struct bt_request *requests;
	struct bt_json **objects;	/* the strings of requests live in them */
	size_t nr, alloc, objects_alloc;
};

static void bulk_release(struct bulk *b)
{
	for (size_t i = 0; i < b->nr; i++)
		bt_json_free(&b->objects[i]);
	free(b->objects);
	free(b->requests);
	bt_arena_release(&b->arena);
}

static int read_kind(const struct bt_json *j, struct bt_request *r, struct bt_err *err)
{
	const char *kind = NULL;

	if (bt_json_string(j, "kind", &kind, err))
		return err->code;
	for (int i = 0; kind && i < BT_ACTION_KIND_NR; i++)
		if (!strcmp(bt_action_kind_name((enum bt_action_kind)i), kind)) {
			r->kind = (enum bt_action_kind)i;
			return 0;
		}
	return bt_err_set(err, BT_ERR_USAGE, kind ? "'kind' is not commit, merge, push, workflow or deploy" : "'kind' is missing");
}

/* What every request may have. */
static int read_common(const struct bt_json *j, struct bulk *b, struct bt_request *r, struct bt_err *err)
{
	int64_t priority = 0, delay = 0, *after = NULL;

	if (bt_json_string(j, "target", &r->target, err) || bt_json_string(j, "agent", &r->agent, err) ||
	    bt_json_string(j, "key", &r->idem_key, err) || bt_json_bool(j, "urgent", &r->urgent, err) ||
	    bt_json_int(j, "priority", -BT_PRIORITY_MAX, BT_PRIORITY_MAX, &priority, err) ||
	    bt_json_int(j, "delay", 0, BT_DELAY_MAX_S, &delay, err) ||
	    bt_json_ints(j, "after", &b->arena, 1, INT64_MAX, &after, &r->after_nr, err))
		return err->code;
	r->priority = (int)priority;
	r->delay_ms = delay * 1000;
	r->after = (const uint64_t *)after;
	return 0;
}

static int read_commit(const struct bt_json *j, struct bulk *b, struct bt_request *r, struct bt_err *err)
{
	static const char *const names[] = { "kind",	 "target", "agent", "key",   "urgent", "priority", "delay",
					     "after", "message", "paths", "author", "trailers", "sign",   NULL };
	const char **paths = NULL, **trailers = NULL;

	if (bt_json_only(j, names, err) || bt_json_string(j, "message", &r->capture.message, err) ||
	    bt_json_strings(j, "paths", &b->arena, &paths, &r->capture.paths_nr, err) ||
	    bt_json_string(j, "author", &r->capture.author, err) ||
	    bt_json_strings(j, "trailers", &b->arena, &trailers, &r->capture.trailers_nr, err) || bt_json_bool(j, "sign", &r->sign, err))
		return err->code;
	if (!r->capture.message || !r->capture.paths_nr)
		return bt_err_set(err, BT_ERR_USAGE, "a commit needs 'message' and 'paths'");
	r->capture.what = BT_CAPTURE_PATHS;
	r->capture.message_len = strlen(r->capture.message);
	r->capture.paths = paths;
	r->capture.trailers = trailers;
	return 0;
}

static int read_merge(const struct bt_json *j, struct bt_request *r, struct bt_err *err)
{
	static const char *const names[] = { "kind",   "target",  "agent",    "key",	 "urgent", "priority", "delay",
					     "after", "source", "strategy", "message", "sign",   NULL };
	const char *strategy = "merge";

	if (bt_json_only(j, names, err) || bt_json_string(j, "source", &r->source, err) ||
	    bt_json_string(j, "strategy", &strategy, err) || bt_json_string(j, "message", &r->message, err) ||
	    bt_json_bool(j, "sign", &r->sign, err))
		return err->code;
	if (!r->source)
		return bt_err_set(err, BT_ERR_USAGE, "a merge needs 'source'");
	if (!strcmp(strategy, "squash"))
		r->strategy = BT_MERGE_SQUASH;
	else if (!strcmp(strategy, "ff"))
		r->strategy = BT_MERGE_FF;
	else if (strcmp(strategy, "merge"))
		return bt_err_set(err, BT_ERR_USAGE, "'strategy' is not merge, squash or ff");
	return 0;
}

static int read_push(const struct bt_json *j, struct bulk *b, struct bt_request *r, struct bt_err *err)
{
	static const char *const names[] = { "kind",  "target", "agent",  "key",     "urgent", "priority",
					     "delay", "after",	"remote", "options", NULL };
	const char **options = NULL;

	if (bt_json_only(j, names, err) || bt_json_string(j, "remote", &r->remote, err) ||
	    bt_json_strings(j, "options", &b->arena, &options, &r->push_options_nr, err))
		return err->code;
	r->push_options = options;
	return 0;
}

static int read_start(const struct bt_json *j, struct bulk *b, struct bt_request *r, struct bt_err *err)
{
	static const char *const workflow[] = { "kind",	 "target", "agent", "key",  "urgent", "priority",
						"delay", "after",  "ref",   "file", "fields", NULL };
	static const char *const deploy[] = { "kind", "target", "agent", "key", "urgent", "priority", "delay", "after", "name", NULL };
	bool is_workflow = r->kind == BT_ACTION_WORKFLOW;
	const char **fields = NULL;

	if (bt_json_only(j, is_workflow ? workflow : deploy, err) || bt_json_string(j, is_workflow ? "file" : "name", &r->name, err) ||
	    bt_json_string(j, "ref", &r->target, err) || bt_json_pairs(j, "fields", &b->arena, &fields, &r->fields_nr, err))
		return err->code;
	if (!r->name)
		return bt_err_set(err, BT_ERR_USAGE, is_workflow ? "a workflow needs 'file'" : "a deployment needs 'name'");
	r->fields = fields;
	return 0;
}

static int read_line(struct bulk *b, size_t line, const char *text, size_t len, struct bt_err *err)
{
	struct bt_request *r;
	struct bt_json *j = NULL;

	if (b->nr >= REQUESTS_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %d requests at once", REQUESTS_MAX);
	BT_GROW(b->requests, b->alloc, b->nr + 1);
	BT_GROW(b->objects, b->objects_alloc, b->nr + 1);
	if (bt_json_parse(text, len, &j, err))
		return err->code;
	b->objects[b->nr] = j;
	r = &b->requests[b->nr++];
	*r = (struct bt_request){ .kind = BT_ACTION_COMMIT, .line = line };
	if (read_kind(j, r, err) || read_common(j, b, r, err))
		return err->code;
	switch (r->kind) {
	case BT_ACTION_COMMIT:
		return read_commit(j, b, r, err);
	case BT_ACTION_MERGE:
		return read_merge(j, r, err);
	case BT_ACTION_PUSH:
		return read_push(j, b, r, err);
	default:
		return read_start(j, b, r, err);
	}
}

static int read_all(struct bulk *b, const struct bt_buf *input, struct bt_err *err)
{
	const char *p = input->data, *end = p + input->len;
	size_t line = 0;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = nl ? (size_t)(nl - p) : (size_t)(end - p);

		line++;
		if (len && strspn(p, " \t\r") < len && read_line(b, line, p, len, err))
			return bt_err_wrap(err, "line %zu", line);
		p += len + 1;
	}
	return 0;
}

static void print(struct bt_context *c, const struct bt_action *a, bool known)
{
	queue_record_queued(c, a, known);
	if (c->common.quiet)
		return;
	bt_out_textf(c->out, BT_COLOR_NAME, "%llu", (unsigned long long)a->id);
	bt_out_nl(c->out);
}

static int run_bulk(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(bulk_release) struct bulk b = { .nr = 0 };
	QUEUE_OWNED struct bt_queue *q = NULL;
	BT_BUF_OWNED struct bt_buf input = BT_BUF_INIT;
	BT_FREE struct bt_action *results = NULL;
	BT_FREE bool *known = NULL;
	struct bt_enqueuer e = { .repo = &c->repo, .conf = c->conf, .arena = &b.arena };

	(void)opts;
	if (args->nr != 1 || strcmp(args->items[0], "bulk"))
		return bt_err_set(err, BT_ERR_USAGE, "this program knows of the queue only 'bulk'");
	bt_buf_init(&input, INPUT_MAX);
	if (bt_fd_read_all(STDIN_FILENO, INPUT_MAX, &input, "the requests", err) || read_all(&b, &input, err))
		return err->code;
	if (!b.nr)
		return 0;
	results = bt_xcalloc(b.nr, sizeof(*results));
	known = bt_xcalloc(b.nr, sizeof(*known));
	if (queue_open(c, BT_QUEUE_WRITE, &q, err))
		return err->code;
	e.q = q;
	if (bt_enqueue_many(&e, b.requests, b.nr, results, known, err))
		return err->code;
	for (size_t i = 0; i < b.nr; i++)
		print(c, &results[i], known[i]);
	return queue_wake(c, err);
}

static const char *const bulk_usage[] = { "bulk", NULL };

const struct bt_command bt_indexer_queue = {
	.name = "queue",
	.summary = "queue many requests at once",
	.usage = bulk_usage,
	.flags = BT_NEEDS_REPO,
	.run = run_bulk,
};
