/*
 * The gate in the program that parses: a check whose findings are made in this very process.
 */
#include "core/gate/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/rules/check.h"
#include "core/rules/make.h"
#include "core/report/report.h"

static int make_here(void *ctx, const struct bt_request *r, struct bt_buf *complaints, struct bt_err *err)
{
	(void)ctx;
	return bt_make_run(r, NULL, complaints, err);
}

static int look_here(void *ctx, const struct bt_request *r, struct bt_check_looks *out, struct bt_err *err)
{
	(void)ctx;
	return bt_make_look(r, out, err);
}

static int lines_here(void *ctx, const bool *wanted, struct bt_err *err)
{
	const struct bt_gate *g = ctx;

	return bt_incoming_pushed_lines(g->incoming, g->repo, wanted, err);
}

/* Where findings are kept: the index, or for the time being another folder when it cannot be written. */
struct place {
	char *dir;
	bool temporary;
};

static void place_release(struct place *p)
{
	static const char *const names[] = { "index.db", "index.db-wal", "index.db-shm", "index.db-journal" };

	for (size_t i = 0; p->temporary && i < BT_ARRAY_NR(names); i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s", p->dir, names[i]);

		unlink(path);
	}
	if (p->temporary)
		rmdir(p->dir);
	free(p->dir);
}

static bool can_write(const char *dir, const char *above)
{
	BT_FREE char *db = bt_xasprintf("%s/index.db", dir);

	if (!access(dir, W_OK))
		return !access(db, W_OK) || errno == ENOENT;
	return errno == ENOENT && !access(above, W_OK);
}

static int place_find(const struct bt_gate *g, struct place *p, struct bt_err *err)
{
	const char *tmp = getenv("TMPDIR");

	if (can_write(g->store_dir, g->repo->common_dir)) {
		p->dir = bt_xstrdup(g->store_dir);
		return 0;
	}
	p->dir = bt_xasprintf("%s/batho-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
	if (!mkdtemp(p->dir))
		return bt_err_errno(err, "cannot make a temporary folder '%s'", p->dir);
	p->temporary = true;
	return 0;
}

static void policy_of(const struct bt_gate *g, struct bt_policy_source *ret)
{
	if (g->policy == BT_GATE_STAGED)
		*ret = (struct bt_policy_source){ .from = BT_POLICY_INDEX, .name = "" };
	else if (g->policy_tree && g->policy_tree->len)
		*ret = (struct bt_policy_source){ .from = BT_POLICY_TREE, .tree = g->policy_tree,
						  .name = g->policy == BT_GATE_PUSHED ? "pushed" : "received" };
	else
		*ret = (struct bt_policy_source){ .from = BT_POLICY_NONE };
}

/* Of a push: the tree that it brings. */
static int tree_of(const struct bt_gate *g, struct bt_check_opts *o, struct bt_err *err)
{
	const struct bt_incoming *in = g->incoming;
	const char *hex;

	if (g->policy == BT_GATE_STAGED || !in->pairs_nr)
		return 0;
	o->content = BT_CONTENT_TREE;
	hex = in->pairs[in->pairs_nr - 1].to;
	return bt_oid_parse(hex, strlen(hex), &o->trees[0], err);
}

static int report(const struct bt_check *k, FILE *to, struct bt_err *err)
{
	struct bt_report r = { .findings = &k->findings, .rules = &k->rules, .fail_on = k->fail_on,
			       .fails = k->fails, .quiet = true };
	struct bt_out_opts oo = { .format = BT_FORMAT_HUMAN, .command = "check", .fd = fileno(to) };
	struct bt_out *out;
	int rc;

	fflush(to);
	out = bt_out_new(&oo);
	bt_report_write(&r, out);
	rc = bt_out_finish(out, err);
	bt_out_free(&out);
	return rc;
}

/* Takes out what the user does not want to hear of this time. */
static void skip(const struct bt_gate *g, struct bt_check *k)
{
	struct bt_findings *f = &k->findings;
	size_t kept = 0;

	k->fails = false;
	for (size_t i = 0; i < f->nr; i++) {
		const struct bt_finding *at = &f->items[i];

		if (g->is_skipped(at->rule->id))
			continue;
		k->fails = k->fails || (at->is_new && k->fail_on && at->rule->severity >= k->fail_on);
		f->items[kept++] = *at;
	}
	f->nr = kept;
}

int bt_gate_judge(const struct bt_gate *g, FILE *to, bool *ret_refuses, struct bt_err *err)
{
	BT_CLEANUP(place_release) struct place p = { .dir = NULL };
	BT_CHECK_OWNED struct bt_check k = BT_CHECK_INIT;
	struct bt_check_opts o = { .repo = g->repo, .conf = g->conf, .files = g->incoming, .make = make_here,
				   .look = look_here, .hurry = g->policy == BT_GATE_STAGED, .no_radius = g->many_tips,
				   .content = BT_CONTENT_STAGED, .lines = g->policy == BT_GATE_STAGED ? NULL : lines_here,
				   .lines_ctx = (void *)(uintptr_t)g };

	if (place_find(g, &p, err) || tree_of(g, &o, err))
		return err->code;
	policy_of(g, &o.policy);
	o.store_dir = p.dir;
	if (bt_check_run(&o, &k, err))
		return err->code;
	skip(g, &k);
	if (k.findings.nr && report(&k, to, err))
		return err->code;
	if (k.complaints)	/* a broken rule must not keep anybody from committing */
		fprintf(to, "git-batho: ignored: %s", k.complaints);
	for (const char *line = k.stopped; line && *line; line = strchr(line, '\n') + 1)
		fprintf(to, "git-batho: %.*s\n", (int)strcspn(line, "\n"), line);
	*ret_refuses = k.fails;
	return 0;
}
