/*
 * git-batho-indexer hooks: what is staged or pushed, through the gate. The installed script runs this program itself:
 * one that starts git-batho first would cost every commit one more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/gate/gate.h"
#include "core/git/index_head.h"
#include "git-batho/grammars/notice.h"
#include "git-batho/hook_queue.h"
#include "git-batho/hook_verdict.h"
#include "git-batho/indexer.h"

struct hooks_opts {
	int64_t started;
};

static const struct bt_opt hooks_options[] = {
	{ .type = BT_OPT_INT, .name = "started", .metavar = "<ms>", .min = 0, .max = INT64_MAX,
	  .help = "when the hook began", BT_OPT_AT(struct hooks_opts, started) },
	BT_OPT_END
};

/* *refuses is left as it is when nothing is against it. */
static int judge(struct bt_hook_run *r, struct bt_incoming *in, enum bt_gate_policy policy, const struct bt_oid *tree,
		 bool many_tips, bool *refuses, struct bt_err *err)
{
	BT_FREE char *store_dir = bt_xasprintf("%s/batho", r->c->repo.common_dir);
	struct bt_gate g = {
		.repo = &r->c->repo,
		.conf = r->c->conf,
		.store_dir = store_dir,
		.policy = policy,
		.policy_tree = tree,
		.incoming = in,
		.many_tips = many_tips,
		.is_skipped = bt_hook_is_skipped,
	};
	bool against = false;

	if (bt_gate_judge(&g, stderr, &against, err))
		return err->code;
	*refuses = *refuses || against;
	return 0;
}

/* Children stand elsewhere: what git gave us relative to the top is made absolute. */
static void fix_environment(void)
{
	const char *index = getenv("GIT_INDEX_FILE");
	BT_FREE char *cwd = index && *index && *index != '/' ? realpath(".", NULL) : NULL;
	BT_FREE char *path = cwd ? bt_xasprintf("%s/%s", cwd, index) : NULL;

	if (path)
		setenv("GIT_INDEX_FILE", path, 1);
}

/* A file whose content changed, came or went. */
static bool is_relevant(const struct bt_incoming_file *f)
{
	return !bt_oid_equal(&f->old_oid, &f->new_oid);
}

static int check_staged(struct bt_hook_run *r, struct bt_err *err)
{
	BT_INCOMING_OWNED struct bt_incoming in = BT_INCOMING_INIT;
	BT_BUF_OWNED struct bt_buf listing = BT_BUF_INIT;
	bool relevant = false, refuses = false;

	if (bt_repo_open_hook(&r->c->repo, err))
		return err->code;
	if (bt_index_is_head(&r->c->repo))
		return 0;
	if (bt_incoming_staged(&in, &r->c->repo, &listing, bt_hook_timeout_ms(r), err))
		return err->code;
	for (size_t i = 0; i < in.nr; i++)
		relevant = relevant || is_relevant(&in.files[i]);
	if (!relevant)
		return 0;
	if (bt_hook_conf(r, &listing, err))
		return err->code;
	if (bt_hook_mode(r) == BT_HOOK_OFF)
		return 0;
	bt_hook_watch(r);
	r->c->repo.oid_len = in.oid_len;
	if (judge(r, &in, BT_GATE_STAGED, NULL, false, &refuses, err))
		return err->code;
	return refuses ? bt_hook_objects(r) : 0;
}

/*
 * The option of rev-list for what the other side has. A remote is asked for by its name; of a mere address,
 * which git gives twice, nothing is known but what the push itself says.
 */
static char *known_of(const struct bt_hook_run *r, const struct bt_args *args)
{
	if (r->event != BT_HOOK_PRE_PUSH)
		return bt_xstrdup("--all");
	if (args->nr < 3 || !strcmp(args->items[1], args->items[2]))
		return NULL;
	return bt_xasprintf("--remotes=%s", args->items[1]);
}

static int read_pushed(const struct bt_hook_run *r, const struct bt_args *args, struct bt_pushed *p,
		       struct bt_err *err)
{
	if (r->event != BT_HOOK_UPDATE)
		return bt_pushed_read(p, r->event == BT_HOOK_PRE_PUSH ? BT_PUSHED_LOCAL : BT_PUSHED_SERVER,
				      STDIN_FILENO, err);
	if (args->nr < 4)
		return bt_err_set(err, BT_ERR_FAIL, "git gave no reference and ids");
	return bt_pushed_add(p, args->items[2], args->items[3], args->items[1], err);
}

/* What is pushed: the push, what git calls known to the other side, and all of what it brings. */
struct push {
	struct bt_pushed refs;
	char *known;
	struct bt_incoming all;
	struct bt_gate_parts parts;
	enum bt_gate_policy policy;
};

static void push_release(struct push *p)
{
	bt_pushed_release(&p->refs);
	bt_incoming_release(&p->all);
	bt_gate_parts_release(&p->parts);
	free(p->known);
}

/* The references of one part alone: what one of another part brings too is judged there as well. */
static int judge_part(struct bt_hook_run *r, struct push *p, uint32_t part, bool *refuses, struct bt_err *err)
{
	BT_INCOMING_OWNED struct bt_incoming some = BT_INCOMING_INIT;
	struct bt_incoming *in = &p->all;
	size_t tips = 0;

	for (size_t i = 0; i < p->refs.nr; i++) {
		p->refs.refs[i].left_out = p->parts.part_of[i] != part;
		tips += !p->refs.refs[i].left_out;
	}
	if (p->parts.nr > 1) {
		in = &some;
		if (bt_incoming_pushed(in, &r->c->repo, &p->refs, p->known, err))
			return err->code;
	}
	return in->nr ? judge(r, in, p->policy, &p->parts.trees[part], tips > 1, refuses, err) : 0;
}

/* Every part, whatever becomes of the others: what one finds is not lost because another cannot be judged. */
static int judge_parts(struct bt_hook_run *r, struct push *p, struct bt_err *err)
{
	bool refuses = false;
	int rc = 0;

	for (uint32_t i = 0; i < p->parts.nr; i++) {
		struct bt_err why = BT_ERR_INIT;

		if (judge_part(r, p, i, &refuses, &why) && !rc) {
			*err = why;
			rc = why.code;
		}
	}
	return refuses ? bt_hook_objects(r) : rc;
}

/* What passed and is to go through the queue: git does not push it itself, which is status 1. */
static int queue_instead(struct bt_hook_run *r, const struct bt_args *args, const struct bt_pushed *refs, struct bt_err *err)
{
	bool queued = false;

	if (r->event != BT_HOOK_PRE_PUSH || args->nr < 2)
		return 0;
	if (bt_hook_queue_push(r, args->items[1], refs, &queued, err))
		return err->code;
	return queued;
}

static int check_pushed(struct bt_hook_run *r, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(push_release) struct push p = {
		.refs = BT_PUSHED_INIT, .all = BT_INCOMING_INIT, .parts = BT_GATE_PARTS_INIT,
		.policy = r->event == BT_HOOK_PRE_PUSH ? BT_GATE_PUSHED : BT_GATE_RECEIVED,
	};
	int rc;

	if (read_pushed(r, args, &p.refs, err))
		return err->code;
	if (!p.refs.nr)
		return 0;
	if (bt_repo_open(&r->c->repo, NULL, 0, err) || bt_hook_conf_ask(r, err))
		return err->code;
	if (bt_hook_mode(r) == BT_HOOK_OFF)
		return 0;
	bt_hook_watch(r);
	p.known = known_of(r, args);
	if (bt_incoming_pushed(&p.all, &r->c->repo, &p.refs, p.known, err))
		return err->code;
	if (!p.all.nr)
		return queue_instead(r, args, &p.refs, err);
	if (bt_gate_split(&p.parts, &r->c->repo, &p.refs, &p.all, p.policy, err))
		return err->code;
	if (p.parts.first_push)
		fprintf(stderr, "git-batho: no branch is here whose settings could judge this push: its own do\n");
	rc = judge_parts(r, &p, err);
	return rc ? rc : queue_instead(r, args, &p.refs, err);
}

/* args: the event, then what git gave. */
static int run_hooks(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct hooks_opts *o = opts;
	int event = args->nr ? bt_hook_find(args->items[0]) : -1, rc;
	struct bt_hook_run r = { .c = c, .start_ms = o->started ? o->started : bt_clock_ms() };

	if (event < 0)
		return bt_err_set(err, BT_ERR_USAGE, "hooks is for git-batho alone");
	if (bt_hook_is_skipped(bt_hooks[event].name))
		return 0;
	r.event = (enum bt_hook_event)event;
	fix_environment();
	bt_grammars_notice(c);
	if (bt_hooks[event].work == BT_HOOK_CHECKS_STAGED)
		rc = check_staged(&r, err);
	else
		rc = check_pushed(&r, args, err);
	return bt_hook_end(&r, rc, err);
}

static const char *const hooks_usage[] = { "[<options>] <event> [--] [<argument>...]", NULL };

const struct bt_command bt_indexer_hooks = {
	.name = "hooks",
	.summary = "judges what is about to land",
	.usage = hooks_usage,
	.options = hooks_options,
	.options_size = sizeof(struct hooks_opts),
	.flags = BT_PLUMBING,
	.run = run_hooks,
};
