#include "core/batch/enqueue.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/fault.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/batch/enqueue_again.h"
#include "core/batch/lane.h"
#include "core/batch/params.h"
#include "core/batch/pin/pin.h"
#include "core/batch/push/push.h"
#include "core/git/program.h"
#include "core/git/refs.h"

static const char *const strategies[] = { [BT_MERGE_MERGE] = "merge", [BT_MERGE_SQUASH] = "squash", [BT_MERGE_FF] = "ff" };

/* A request on its way. */
struct draft {
	const struct bt_request *r;
	struct bt_action *a;
	char *lane;
	struct bt_buf params;
	bool known_key;		/* a row has its key already: this one */
	struct bt_action known;
	bool over;		/* it landed since: nothing is left to do */
};

static void draft_release(struct draft *d)
{
	free(d->lane);
	bt_buf_release(&d->params);
}

/* --- values --- */

/* A word that goes into rows, environment and messages: one line of text, and no option. */
static int check_word(const char *what, const char *word, struct bt_err *err)
{
	size_t len = word ? strlen(word) : 0;

	if (!word)
		return 0;
	if (!len || len > BT_REQUEST_WORD_MAX)
		return bt_err_set(err, BT_ERR_USAGE, len ? "%s is too long" : "%s is empty", what);
	for (const char *p = word; *p;) {
		uint32_t c;
		size_t n = bt_utf8_next(p, word + len, &c);

		if (!n || bt_char_is_control(c))
			return bt_err_set(err, BT_ERR_USAGE, "%s '%s' is not one line of text", what, word);
		p += n;
	}
	if (*word == '-')
		return bt_err_set(err, BT_ERR_USAGE, "%s '%s' begins with '-'", what, word);
	return 0;
}

const char *bt_agent_default(void)
{
	const char *agent = getenv("BATHO_AGENT");
	const struct passwd *user;

	if (agent && *agent)
		return agent;
	user = getpwuid(geteuid());
	return user ? user->pw_name : "unknown";
}

/* The first line of a message, for lists. */
static const char *subject(const char *message, size_t len, struct bt_arena *arena)
{
	size_t start = 0, end;

	while (start < len && (message[start] == '\n' || message[start] == ' '))
		start++;
	for (end = start; end < len && message[end] != '\n' && end - start < 200;)
		end++;
	/* a character that is cut in two is left out */
	while (end > start && end < len && ((unsigned char)message[end] & 0xc0) == 0x80)
		end--;
	return bt_arena_strndup(arena, message + start, end - start);
}

/* --- each kind --- */

/* The first line of the commit's own message. */
static int read_subject(struct bt_enqueuer *e, const struct bt_oid *commit, const char **ret, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	bt_git_cmd_init(&c, e->repo);
	bt_git_cmd_addl(&c, "log", "-1", "--no-show-signature", "--format=%s", "--end-of-options", bt_oid_hex(commit, hex), "--", NULL);
	if (bt_git_run(&c, "cannot read the commit", NULL, 0, &out, err))
		return err->code;
	*ret = subject(bt_buf_cstr(&out), out.len, e->arena);
	return 0;
}

/* The tree that stands for the content. Asked again after others landed it is another one, though the change is the same. */
static int tree_of(struct bt_enqueuer *e, const struct draft *d, const struct bt_captured *c, struct bt_oid *ret, struct bt_err *err)
{
	const char *hex = d->known_key ? bt_params_get(d->known.params, d->known.params_len, "tree") : NULL;
	struct bt_change_of now = { c->base, c->tree }, then = { d->known.base, { .len = 0 } };
	bool same = false;

	*ret = c->tree;
	if (!hex)
		return 0;
	if (bt_oid_parse(hex, strlen(hex), &then.tree, err))
		return err->code;
	if (bt_oid_equal(&then.tree, &c->tree))
		return 0;
	if (bt_change_same(e->repo, &now, &then, &same, err))
		return err->code;
	if (same)
		*ret = then.tree;
	return 0;
}

/* By what the same key is held to the same request: of a captured commit, whose times differ, its words. */
static const char *words_hex(const struct bt_capture_opts *c, char *hex)
{
	uint64_t h = bt_hash64(c->message ? c->message : "", c->message_len, c->trailers_nr);

	h = bt_hash64(c->author ? c->author : "", c->author ? strlen(c->author) : 0, h);
	for (size_t i = 0; i < c->trailers_nr; i++)
		h = bt_hash64(c->trailers[i], strlen(c->trailers[i]), h);
	snprintf(hex, BT_OID_HEX_MAX + 1, "%016llx", (unsigned long long)h);
	return hex;
}

static int take_commit(struct bt_enqueuer *e, struct draft *d, const struct bt_captured *c, struct bt_err *err)
{
	const struct bt_request *r = d->r;
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_oid tree;

	if (tree_of(e, d, c, &tree, err))
		return err->code;
	d->a->base = c->base;
	d->a->content = c->commit;
	bt_params_add(&d->params, "tree", bt_oid_hex(&tree, hex));
	bt_params_add(&d->params, "sign", r->sign ? "1" : NULL);
	if (r->idem_key)
		bt_params_add(&d->params, "words", words_hex(&r->capture, hex));
	if (!r->capture.message)
		return read_subject(e, &c->commit, &d->a->message, err);
	d->a->message = subject(r->capture.message, r->capture.message_len, e->arena);
	return 0;
}

static int draft_merge(struct bt_enqueuer *e, struct draft *d, struct bt_err *err)
{
	const struct bt_request *r = d->r;
	struct bt_rev rev = { .spec = r->source };

	if (check_word("the source", r->source, err) || bt_repo_resolve(e->repo, &rev, 1, err))
		return err->code;
	if (!rev.commit.len)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is not a commit", r->source);
	d->a->content = rev.commit;
	/* what lands of it stands behind this; a branch that is not born has nothing */
	if (bt_ref_read(e->repo, d->lane, &d->a->base, err) < 0)
		return err->code;
	bt_params_add(&d->params, "source", r->source);
	bt_params_add(&d->params, "strategy", strategies[r->strategy]);
	bt_params_add(&d->params, "message", r->message);
	bt_params_add(&d->params, "sign", r->sign ? "1" : NULL);
	d->a->message = r->message ? subject(r->message, strlen(r->message), e->arena)
				   : bt_arena_strndup(e->arena, r->source, strlen(r->source));
	return 0;
}

/* Where a branch is pushed. */
static int remote_of(struct bt_enqueuer *e, const char *lane, const char **ret, struct bt_err *err)
{
	BT_FREE char *remote = NULL;

	if (!e->remote_lane || strcmp(e->remote_lane, lane)) {
		if (bt_lane_remote(e->repo, lane, &remote, err))
			return err->code;
		e->remote_lane = bt_arena_strndup(e->arena, lane, strlen(lane));
		e->remote_of_lane = bt_arena_strndup(e->arena, remote, strlen(remote));
	}
	*ret = e->remote_of_lane;
	return 0;
}

static int check_remote(struct bt_enqueuer *e, const char *remote, struct bt_err *err)
{
	if (e->remote_checked && !strcmp(e->remote_checked, remote))
		return 0;
	if (bt_push_remote_check(e->repo, remote, err))
		return err->code;
	e->remote_checked = bt_arena_strndup(e->arena, remote, strlen(remote));
	return 0;
}

static int draft_push(struct bt_enqueuer *e, struct draft *d, struct bt_err *err)
{
	const struct bt_request *r = d->r;
	const char *remote = r->remote;

	if (!remote && remote_of(e, d->lane, &remote, err))
		return err->code;
	if (check_word("the remote", remote, err) || check_remote(e, remote, err))
		return err->code;
	bt_params_add(&d->params, "remote", remote);
	for (size_t i = 0; i < r->push_options_nr; i++) {
		if (check_word("the push option", r->push_options[i], err))
			return err->code;
		bt_params_add(&d->params, "option", r->push_options[i]);
	}
	d->a->message = bt_arena_strndup(e->arena, remote, strlen(remote));
	return 0;
}

static int compare_fields(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int draft_start(struct bt_enqueuer *e, struct draft *d, struct bt_err *err)
{
	const struct bt_request *r = d->r;
	bool workflow = r->kind == BT_ACTION_WORKFLOW;
	BT_FREE const char **fields = bt_xcalloc(r->fields_nr + 1, sizeof(*fields));

	if (check_word(workflow ? "the workflow" : "the deployment", r->name, err))
		return err->code;
	bt_params_add(&d->params, workflow ? "file" : "name", r->name);
	for (size_t i = 0; i < r->fields_nr; i++) {
		if (check_word("the field", r->fields[i], err))
			return err->code;
		if (!strchr(r->fields[i], '=') || *r->fields[i] == '=')
			return bt_err_set(err, BT_ERR_USAGE, "field '%s' is not <key>=<value>", r->fields[i]);
		fields[i] = r->fields[i];
	}
	if (r->fields_nr)
		qsort(fields, r->fields_nr, sizeof(*fields), compare_fields);
	for (size_t i = 0; i < r->fields_nr; i++)
		bt_params_add(&d->params, "field", fields[i]);
	d->a->message = bt_arena_strndup(e->arena, r->name, strlen(r->name));
	return 0;
}

/* --- all together --- */

static int check_request(const struct bt_request *r, struct bt_err *err)
{
	if (check_word("the agent", r->agent, err) || check_word("the key", r->idem_key, err))
		return err->code;
	if (r->priority < -BT_PRIORITY_MAX || r->priority > BT_PRIORITY_MAX)
		return bt_err_set(err, BT_ERR_USAGE, "priority %d is not between -%d and %d", r->priority, BT_PRIORITY_MAX,
				  BT_PRIORITY_MAX);
	if (r->delay_ms < 0 || r->delay_ms > (int64_t)BT_DELAY_MAX_S * 1000)
		return bt_err_set(err, BT_ERR_USAGE, "a delay is between 0 and %d seconds", BT_DELAY_MAX_S);
	if (r->after_nr > BT_AFTER_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "an action waits for %d others at most", BT_AFTER_MAX);
	return 0;
}

/* A target must be there, unless it is the branch that is about to be born. */
static int check_target(struct bt_enqueuer *e, const struct bt_request *r, const char *lane, struct bt_err *err)
{
	struct bt_oid now;
	int rc;

	if (!r->target || (e->target_there && !strcmp(e->target_there, lane)))
		return 0;
	rc = bt_ref_read(e->repo, lane, &now, err);
	if (rc == BT_DONE) {
		BT_FREE char *current = NULL;
		struct bt_err ignored = BT_ERR_INIT;

		if (!bt_lane_current(e->repo, &current, &ignored) && !strcmp(current, lane))
			return 0;
		bt_err_set(err, BT_ERR_NOT_FOUND, "there is no branch '%s'", bt_lane_name(lane));
		return bt_err_hint(err, "make it first: git branch %s", bt_lane_name(lane));
	}
	if (rc == BT_ROW)
		e->target_there = bt_arena_strndup(e->arena, lane, strlen(lane));
	return rc < 0 ? rc : 0;
}

static int find_lane(struct bt_enqueuer *e, const struct bt_request *r, char **ret_lane, struct bt_err *err)
{
	if (r->target)
		return bt_lane_find(e->repo, r->target, ret_lane, err);
	if (!e->current) {
		if (bt_lane_current(e->repo, ret_lane, err))
			return err->code;
		e->current = bt_arena_strndup(e->arena, *ret_lane, strlen(*ret_lane));
		return 0;
	}
	*ret_lane = bt_xstrdup(e->current);
	return 0;
}

/* What every action has, and what needs no objects. */
static int draft_make(struct bt_enqueuer *e, struct draft *d, struct bt_err *err)
{
	const struct bt_request *r = d->r;
	int64_t now = bt_queue_now(), all_urgent = 0;
	int rc;

	bt_buf_init(&d->params, BT_PARAMS_LEN_MAX);
	if (check_request(r, err) || find_lane(e, r, &d->lane, err) || check_target(e, r, d->lane, err) ||
	    bt_queue_setting(e->q, "urgent", &all_urgent, err))
		return err->code;
	*d->a = (struct bt_action){
		.idem_key = r->idem_key, .kind = r->kind, .priority = r->priority, .urgent = r->urgent || all_urgent, .queued_at = now,
		.not_before = r->delay_ms ? now + r->delay_ms : 0,
	};
	d->a->lane = bt_arena_strndup(e->arena, d->lane, strlen(d->lane));
	d->a->agent = r->agent ? r->agent : bt_agent_default();
	d->a->agent = bt_arena_strndup(e->arena, d->a->agent, strlen(d->a->agent));
	rc = r->idem_key ? bt_queue_action_by_key(e->q, r->idem_key, e->arena, &d->known, err) : BT_DONE;
	if (rc < 0)
		return rc;
	d->known_key = rc == BT_ROW;
	switch (r->kind) {
	case BT_ACTION_MERGE:
		return draft_merge(e, d, err);
	case BT_ACTION_PUSH:
		return draft_push(e, d, err);
	case BT_ACTION_WORKFLOW:
	case BT_ACTION_DEPLOY:
		return draft_start(e, d, err);
	default:
		return 0;
	}
}

/* One that was asked for before and has landed since has nothing to capture. */
static int capture(struct bt_enqueuer *e, struct draft *d, struct bt_err *err)
{
	struct bt_capture_opts o = d->r->capture;
	struct bt_captured captured;
	int rc;

	o.conf = e->conf;
	rc = bt_capture(e->repo, &o, &captured, err);
	if (rc == BT_ERR_NOT_FOUND && d->known_key) {
		*err = (struct bt_err)BT_ERR_INIT;
		*d->a = d->known;
		d->over = true;
		return 0;
	}
	return rc ? rc : take_commit(e, d, &captured, err);
}

/* The row, when everything it names is safe. */
static int draft_store(struct bt_enqueuer *e, struct draft *d, bool *ret_known, struct bt_err *err)
{
	if (d->over) {
		*ret_known = true;
		return 0;
	}
	if (bt_buf_check(&d->params, "the parameters", err))
		return err->code;
	d->a->params_len = d->params.len;
	d->a->params = bt_arena_strndup(e->arena, d->params.len ? d->params.data : "", d->params.len);
	/* Now, and not when it was begun: a row is younger than the pin of its content. */
	d->a->queued_at = bt_queue_now();
	return bt_queue_add(e->q, d->a, d->r->after, d->r->after_nr, e->arena, ret_known, err);
}

static int pin(struct bt_enqueuer *e, struct draft *d, struct bt_err *err)
{
	if (!d->a->content.len)
		return 0;
	return bt_pin_add(e->repo, d->a->agent, d->lane, &d->a->content, 1, &d->a->slot, err);
}

int bt_enqueue(struct bt_enqueuer *e, const struct bt_request *r, struct bt_action *ret_a, bool *ret_known, struct bt_err *err)
{
	BT_CLEANUP(draft_release) struct draft d = { .r = r, .a = ret_a };
	int rc;

	*ret_known = false;
	if (draft_make(e, &d, err) || (r->kind == BT_ACTION_COMMIT && capture(e, &d, err)))
		return err->code;
	bt_fault_point("captured");
	if (!d.known_key && pin(e, &d, err))
		return err->code;
	bt_fault_point("pinned");
	rc = draft_store(e, &d, ret_known, err);
	bt_fault_point("queued");
	return rc;
}

/* --- many --- */

static bool is_new_commit(const struct draft *d)
{
	return d->r->kind == BT_ACTION_COMMIT && !d->known_key;
}

static size_t line_of(const struct draft *d, size_t i)
{
	return d->r->line ? d->r->line : i + 1;
}

static int capture_all(struct bt_enqueuer *e, struct draft *drafts, size_t nr, struct bt_err *err)
{
	BT_FREE struct bt_capture_item *items = bt_xcalloc(nr + 1, sizeof(*items));
	size_t items_nr = 0;

	for (size_t i = 0; i < nr; i++)
		if (is_new_commit(&drafts[i]))
			items[items_nr] = (struct bt_capture_item){ .opts = drafts[i].r->capture },
			items[items_nr++].opts.conf = e->conf;
	if (items_nr && bt_capture_many(e->repo, items, items_nr, err))
		return err->code;
	items_nr = 0;
	for (size_t i = 0; i < nr; i++) {
		struct draft *d = &drafts[i];

		if (is_new_commit(d) ? take_commit(e, d, &items[items_nr++].result, err)
				     : d->r->kind == BT_ACTION_COMMIT && capture(e, d, err))
			return bt_err_wrap(err, "line %zu", line_of(d, i));
	}
	return 0;
}

/* All in one go: which agent's slot holds a content matters to nobody. */
static int pin_all(struct bt_enqueuer *e, struct draft *drafts, size_t nr, struct bt_err *err)
{
	BT_FREE struct bt_oid *contents = bt_xcalloc(nr + 1, sizeof(*contents));
	size_t contents_nr = 0;
	unsigned slot = 0;

	for (size_t i = 0; i < nr; i++)
		if (!drafts[i].known_key && drafts[i].a->content.len)
			contents[contents_nr++] = drafts[i].a->content;
	if (contents_nr && bt_pin_add(e->repo, drafts[0].a->agent, drafts[0].lane, contents, contents_nr, &slot, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if (!drafts[i].known_key)
			drafts[i].a->slot = slot;
	return 0;
}

static int many(struct bt_enqueuer *e, struct draft *drafts, size_t nr, bool *known, struct bt_err *err)
{
	for (size_t i = 0; i < nr; i++)
		if (draft_make(e, &drafts[i], err))
			return bt_err_wrap(err, "line %zu", line_of(&drafts[i], i));
	if (capture_all(e, drafts, nr, err) || pin_all(e, drafts, nr, err) || bt_queue_begin(e->q, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if (draft_store(e, &drafts[i], &known[i], err)) {
			bt_queue_rollback(e->q);
			return bt_err_wrap(err, "line %zu", line_of(&drafts[i], i));
		}
	return bt_queue_commit(e->q, err);
}

int bt_enqueue_many(struct bt_enqueuer *e, const struct bt_request *requests, size_t nr, struct bt_action *results, bool *known,
		    struct bt_err *err)
{
	BT_FREE struct draft *drafts = bt_xcalloc(nr + 1, sizeof(*drafts));
	int rc;

	for (size_t i = 0; i < nr; i++)
		drafts[i] = (struct draft){ .r = &requests[i], .a = &results[i] };
	rc = many(e, drafts, nr, known, err);
	for (size_t i = 0; i < nr; i++)
		draft_release(&drafts[i]);
	return rc;
}
