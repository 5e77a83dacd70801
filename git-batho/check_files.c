/*
 * Scopes. Policy comes from what is judged: the index, the revision, the files; for a range from its base.
 */
#include "git-batho/check_files.h"

#include <stdlib.h>
#include <string.h>

#include "core/git/program.h"

struct opening {
	struct bt_context *c;
	const char *const *paths;
	size_t paths_nr;
	struct bt_check_files *f;
	struct bt_err *err;
};

void bt_check_files_release(struct bt_check_files *f)
{
	bt_incoming_release(&f->in);
	bt_listing_free(&f->listing);
	free(f->specs[0]);
	free(f->specs[1]);
}

static void policy_of_tree(struct opening *o, const struct bt_oid *tree, const char *name)
{
	o->f->tree = *tree;
	o->f->policy = (struct bt_policy_source){
		.from = tree->len ? BT_POLICY_TREE : BT_POLICY_NONE, .tree = &o->f->tree, .name = name,
	};
}

/* The change from one tree to another. */
static int open_trees(struct opening *o, const struct bt_oid *from, const struct bt_oid *to)
{
	o->f->content = BT_CONTENT_TREE;
	o->f->trees[0] = *to;
	o->f->trees[1] = *from;
	return bt_incoming_trees(&o->f->in, &o->c->repo, from, to, o->paths, o->paths_nr, o->err);
}

/* *ret_any: is something staged, wherever? */
static int open_staged(struct opening *o, bool *ret_any)
{
	o->f->what = "what is staged";
	o->f->content = BT_CONTENT_STAGED;
	o->f->policy = (struct bt_policy_source){ .from = BT_POLICY_INDEX, .name = "" };
	if (bt_incoming_staged(&o->f->in, &o->c->repo, NULL, 0, o->err))
		return o->err->code;
	*ret_any = o->f->in.nr || o->f->in.unmerged_nr || o->f->in.others_nr;
	bt_incoming_keep(&o->f->in, o->paths, o->paths_nr);
	return 0;
}

static int resolve(struct opening *o, const char *spec, bool optional, struct bt_rev *ret)
{
	*ret = (struct bt_rev){ .spec = spec, .optional = optional };
	return bt_repo_resolve(&o->c->repo, ret, 1, o->err);
}

static int shallow_hint(struct opening *o)
{
	return o->c->repo.shallow ? bt_err_hint(o->err, "this clone is shallow: `git fetch --unshallow`")
				  : o->err->code;
}

/* At the border of a shallow clone a commit looks like the first one; what it says itself is the truth. */
static int check_border(struct opening *o, const char *hex, const char *spec)
{
	const char *argv[] = { "cat-file", "commit", hex, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *parent, *message;

	if (bt_git_run_argv(&o->c->repo, argv, &out, o->err))
		return o->err->code;
	parent = strstr(bt_buf_cstr(&out), "\nparent ");
	message = strstr(bt_buf_cstr(&out), "\n\n");
	if (!parent || (message && parent > message))
		return 0;
	bt_err_set(o->err, BT_ERR_NOT_FOUND, "what '%s' changed cannot be told: its parent is not here", spec);
	return bt_err_hint(o->err, "this clone is shallow: `git fetch --deepen=1`, or check --all");
}

/* The commit itself against its first parent, or against nothing. */
static int open_commit(struct opening *o, const struct bt_rev *rev)
{
	char hex[BT_OID_HEX_MAX + 1];
	BT_FREE char *spec = rev->commit.len ? bt_xasprintf("%s^1", bt_oid_hex(&rev->commit, hex)) : NULL;
	struct bt_rev parent = { .found = false };

	o->f->what = rev->spec;
	policy_of_tree(o, &rev->tree, rev->spec);
	if (spec && resolve(o, spec, true, &parent))
		return o->err->code;
	if (spec && !parent.found && o->c->repo.shallow && check_border(o, hex, rev->spec))
		return o->err->code;
	return open_trees(o, &parent.tree, &rev->tree);
}

static int open_rev(struct opening *o, const char *spec)
{
	struct bt_rev rev;

	return resolve(o, spec, false, &rev) ? o->err->code : open_commit(o, &rev);
}

static int merge_base(struct opening *o, const struct bt_rev *a, const struct bt_rev *b, struct bt_rev *ret)
{
	char ah[BT_OID_HEX_MAX + 1], bh[BT_OID_HEX_MAX + 1];
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int status;

	if (!a->commit.len || !b->commit.len)
		return bt_err_set(o->err, BT_ERR_USAGE, "'...' wants commits on both sides");
	bt_git_cmd_init(&cmd, &o->c->repo);
	bt_git_cmd_addl(&cmd, "merge-base", bt_oid_hex(&a->commit, ah), bt_oid_hex(&b->commit, bh), NULL);
	if (bt_git_run_status(&cmd, NULL, 0, &out, NULL, &status, o->err))
		return o->err->code;
	if (status || out.len < 2 * o->c->repo.oid_len) {
		bt_err_set(o->err, BT_ERR_NOT_FOUND, "'%s' and '%s' have no common ancestor here", a->spec, b->spec);
		return shallow_hint(o);
	}
	bt_buf_cstr(&out);
	out.data[2 * o->c->repo.oid_len] = '\0';
	if (resolve(o, out.data, false, ret))
		return o->err->code;
	ret->spec = a->spec;
	return 0;
}

static int open_range(struct opening *o, const char *range)
{
	const char *dots = strstr(range, "..");
	bool symmetric = dots && dots[2] == '.';
	struct bt_rev a, b, base;

	if (!dots || strstr(dots + 2 + symmetric, "..")) {
		bt_err_set(o->err, BT_ERR_USAGE, "'%s' is not a range", range);
		return bt_err_hint(o->err, "revisions stand as A..B or behind --rev, paths behind --");
	}
	o->f->specs[0] = dots > range ? bt_xstrndup(range, (size_t)(dots - range)) : bt_xstrdup("HEAD");
	o->f->specs[1] = bt_xstrdup(dots[2 + symmetric] ? dots + 2 + symmetric : "HEAD");
	o->f->what = range;
	if (resolve(o, o->f->specs[0], false, &a) || resolve(o, o->f->specs[1], false, &b))
		return shallow_hint(o);
	if (symmetric && merge_base(o, &a, &b, &base))
		return o->err->code;
	if (symmetric)
		a = base;
	policy_of_tree(o, &a.tree, o->f->specs[0]);
	return open_trees(o, &a.tree, &b.tree);
}

static int open_listing(struct opening *o)
{
	o->f->policy = (struct bt_policy_source){ .from = BT_POLICY_FILES };
	o->f->content = BT_CONTENT_WORKTREE;
	if (bt_listing_open(&o->c->repo, BT_LISTING_WORKTREE, &o->f->listing, o->err) ||
	    bt_incoming_listing(&o->f->in, o->f->listing, o->err))
		return o->err->code;
	o->f->repo = bt_listing_repo(o->f->listing);
	return 0;
}

static int open_worktree(struct opening *o)
{
	BT_INCOMING_OWNED struct bt_incoming before = BT_INCOMING_INIT;
	struct bt_rev head;

	o->f->what = "the worktree";
	if (open_listing(o) || resolve(o, "HEAD", true, &head) ||
	    (head.found && bt_incoming_all(&before, &o->c->repo, &head.tree, NULL, 0, o->err)))
		return o->err->code;
	bt_incoming_compare(&o->f->in, &before);
	bt_incoming_keep(&o->f->in, o->paths, o->paths_nr);
	return 0;
}

static int open_all(struct opening *o, const struct bt_check_scope_opts *opts)
{
	struct bt_rev rev;

	o->f->what = "all files";
	if (opts->worktree) {
		if (open_listing(o))
			return o->err->code;
		bt_incoming_keep(&o->f->in, o->paths, o->paths_nr);
		return 0;
	}
	if (opts->staged) {
		o->f->policy = (struct bt_policy_source){ .from = BT_POLICY_INDEX, .name = "" };
		o->f->content = BT_CONTENT_STAGED;
		return bt_incoming_all(&o->f->in, &o->c->repo, NULL, o->paths, o->paths_nr, o->err);
	}
	if (resolve(o, opts->rev ? opts->rev : "HEAD", !opts->rev, &rev))
		return o->err->code;
	if (!rev.found)
		return bt_err_set(o->err, BT_ERR_NOT_FOUND, "the repository has no commit yet");
	policy_of_tree(o, &rev.tree, rev.spec);
	o->f->content = BT_CONTENT_TREE;
	o->f->trees[0] = rev.tree;
	return bt_incoming_all(&o->f->in, &o->c->repo, &rev.tree, o->paths, o->paths_nr, o->err);
}

/* Nothing was said: what is staged, or what HEAD brings. */
static int open_default(struct opening *o)
{
	struct bt_rev head, upstream, base;
	struct bt_err none = BT_ERR_INIT;
	bool any;

	if (open_staged(o, &any))
		return o->err->code;
	if (any) {	/* what is staged was meant, also where it lies elsewhere */
		if (!o->f->in.nr && o->paths_nr)
			bt_notice(o->c, "nothing is staged below %s", o->paths_nr > 1 ? "these paths" : "this path");
		return 0;
	}
	bt_incoming_release(&o->f->in);
	if (resolve(o, "HEAD", true, &head))
		return o->err->code;
	if (!head.found) {
		o->f->what = "an empty repository";
		return 0;
	}
	upstream = (struct bt_rev){ .spec = "@{upstream}", .optional = true };
	if (bt_repo_resolve(&o->c->repo, &upstream, 1, &none) || !upstream.found || !upstream.commit.len ||
	    bt_oid_equal(&upstream.commit, &head.commit))
		return open_commit(o, &head);
	if (merge_base(o, &upstream, &head, &base))
		return o->err->code;
	if (bt_oid_equal(&base.commit, &head.commit))	/* the upstream is ahead */
		return open_commit(o, &head);
	o->f->what = "HEAD against its upstream";
	policy_of_tree(o, &head.tree, "HEAD");
	return open_trees(o, &base.tree, &head.tree);
}

int bt_check_files_open(struct bt_context *c, const struct bt_check_scope_opts *opts, const char *range,
			const char *const *paths, size_t paths_nr, struct bt_check_files *ret_f, struct bt_err *err)
{
	struct opening o = { .c = c, .paths = paths, .paths_nr = paths_nr, .f = ret_f, .err = err };
	bool any;

	ret_f->repo = &c->repo;
	if (opts->staged + opts->worktree + (opts->rev != NULL) + (range != NULL) > 1 || (opts->all && range))
		return bt_err_set(err, BT_ERR_USAGE, "--staged, --worktree, --rev and a range exclude each other");
	if (opts->all)
		return open_all(&o, opts);
	if (opts->staged)
		return open_staged(&o, &any);
	if (opts->worktree)
		return open_worktree(&o);
	if (opts->rev)
		return open_rev(&o, opts->rev);
	return range ? open_range(&o, range) : open_default(&o);
}
