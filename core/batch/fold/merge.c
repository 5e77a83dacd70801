/*
 * A queued merge: of a branch into the tip, as a merge, as one commit, or as a move of the branch.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/fold/impl.h"
#include "core/git/glob.h"

/* Commits of a squashed branch whose messages, and whose authors, are kept. */
#define SQUASH_COMMITS_MAX 512
#define SQUASH_AUTHORS_MAX 10000

struct merge {
	struct bt_repo *repo;
	struct bt_fold_merge *m;
	struct bt_odb *odb;
	struct bt_arena arena;
	struct fold_truth truth;
	struct bt_oid tip_tree, source_tree;
	struct bt_oid tree; /* of the result */
};

static void merge_release(struct merge *g)
{
	fold_truth_release(&g->truth);
	bt_odb_free(&g->odb);
	bt_arena_release(&g->arena);
}

static int tree_of(struct merge *g, const struct bt_oid *commit, struct bt_oid *ret_tree, struct bt_err *err)
{
	struct bt_commit_view v;
	int rc = commit->len ? fold_commits_read(g->odb, commit, 1, &g->arena, &v, err) : BT_ROW;

	if (rc)
		return rc == BT_ROW ? 0 : rc;
	*ret_tree = v.tree;
	bt_commit_view_release(&v);
	return 0;
}

/* --- ancestry --- */

static int merge_base(struct merge *g, const struct bt_oid *a, const struct bt_oid *b, bool ancestor, bool *ret_yes,
		      struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	char hex[2][BT_OID_HEX_MAX + 1];
	int status, rc;

	bt_git_cmd_init(&c, g->repo);
	bt_git_cmd_add(&c, "merge-base");
	if (ancestor)
		bt_git_cmd_add(&c, "--is-ancestor");
	bt_git_cmd_addl(&c, bt_oid_hex(a, hex[0]), bt_oid_hex(b, hex[1]), NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (!rc && status > 1)
		rc = bt_git_fail(err, BT_ERR_FAIL, "cannot compare the histories", bt_buf_cstr(&errout), status);
	*ret_yes = !status;
	return rc;
}

/* --- messages --- */

/* Does merge.suppressDest (git's default: main, master) keep "into <branch>" out of the title? */
static int is_quiet_target(struct merge *g, const char *name, bool *ret_quiet, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int status, rc;

	bt_git_cmd_init(&c, g->repo);
	bt_git_cmd_addl(&c, "config", "-z", "--get-all", "merge.suppressDest", NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, NULL, &status, err);
	if (rc)
		return rc;
	*ret_quiet = status && (!strcmp(name, "main") || !strcmp(name, "master"));
	for (size_t at = 0; at < out.len; at += strlen(out.data + at) + 1) {
		const char *pattern = out.data + at;

		*ret_quiet = *pattern && (*ret_quiet || bt_wild(pattern, strlen(pattern), name, strlen(name),
								BT_WILD_PATHNAME));
	}
	return 0;
}

static const char *without(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) ? NULL : name + len;
}

/* As git names what is merged: "branch 'x'". */
static char *source_words(const struct bt_fold_merge *m)
{
	static const char *const kinds[][2] = {
		{ "refs/heads/", "branch" },
		{ "refs/remotes/", "remote-tracking branch" },
		{ "refs/tags/", "tag" },
	};
	char hex[BT_OID_HEX_MAX + 1];
	const char *name = m->source_name;

	for (size_t i = 0; name && i < BT_ARRAY_NR(kinds); i++)
		if (without(name, kinds[i][0]))
			return bt_xasprintf("%s '%s'", kinds[i][1], without(name, kinds[i][0]));
	if (name && strncmp(bt_oid_hex(&m->source, hex), name, strlen(name)) != 0)
		return bt_xasprintf("branch '%s'", name);
	return bt_xasprintf("commit '%s'", name && *name ? name : bt_oid_hex(&m->source, hex));
}

/* The title, for free(). */
static int title_make(struct merge *g, char **ret_title, struct bt_err *err)
{
	BT_FREE char *source = source_words(g->m);
	const char *target = g->m->target_name ? g->m->target_name : "";
	bool quiet = true;
	int rc = 0;

	if (without(target, "refs/heads/"))
		target = without(target, "refs/heads/");
	if (*target)
		rc = is_quiet_target(g, target, &quiet, err);
	if (!rc)
		*ret_title = bt_xasprintf("Merge %s%s%s", source, quiet ? "" : " into ", quiet ? "" : target);
	return rc;
}

/* What whoever queued it wrote, or the title; as words. */
static int words_make(struct merge *g, struct fold_words *ret_w, struct bt_err *err)
{
	struct bt_commit_view v = { .author = "", .message = g->m->message };
	BT_FREE char *title = NULL;
	int rc = v.message ? 0 : title_make(g, &title, err);

	if (rc)
		return rc;
	if (title)
		v.message = title;
	v.message_len = strlen(v.message);
	fold_words_take(&g->arena, &v, ret_w);
	ret_w->key = g->m->action_key;
	return 0;
}

/* --- a squash: the commits of the branch, oldest first --- */

struct branch {
	struct bt_oid *ids;
	struct bt_commit_view *views;
	struct fold_words *words;
	size_t nr, read_nr, alloc;
};

static void branch_release(struct branch *b)
{
	for (size_t i = 0; i < b->read_nr; i++)
		bt_commit_view_release(&b->views[i]);
	free(b->ids);
	free(b->views);
	free(b->words);
}

static int branch_list(struct merge *g, struct branch *b, struct bt_err *err)
{
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char source[BT_OID_HEX_MAX + 1], tip[BT_OID_HEX_MAX + 2] = "^", *rec;
	size_t len;
	int rc;

	bt_git_stream_init(&s);
	bt_git_cmd_init(&c, g->repo);
	bt_git_cmd_addl(&c, "rev-list", "--reverse", "--topo-order", "--no-merges", bt_oid_hex(&g->m->source, source),
			NULL);
	if (g->m->tip.len) {
		bt_oid_hex(&g->m->tip, tip + 1);
		bt_git_cmd_add(&c, tip);
	}
	bt_git_cmd_add(&c, "--");
	rc = bt_git_stream_start(&s, &c, false, 0, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\n', &rec, &len, err)) == BT_ROW) {
		BT_GROW(b->ids, b->alloc, b->nr + 1);
		rc = bt_oid_parse(rec, len, &b->ids[b->nr], err);
		b->nr += !rc;
	}
	return rc ? rc : bt_git_stream_finish(&s, "cannot list the commits of the branch", err);
}

static int branch_read(struct merge *g, struct branch *b, struct bt_err *err)
{
	int rc = branch_list(g, b, err);

	if (rc)
		return rc;
	b->read_nr = b->nr < SQUASH_AUTHORS_MAX ? b->nr : SQUASH_AUTHORS_MAX;
	b->views = bt_xcalloc(b->read_nr + 1, sizeof(*b->views));
	b->words = bt_xcalloc(b->nr + 1, sizeof(*b->words));
	rc = fold_commits_read(g->odb, b->ids, b->read_nr, &g->arena, b->views, err);
	for (size_t i = 0; !rc && i < b->nr; i++) {
		if (i < b->read_nr)
			fold_words_take(&g->arena, &b->views[i], &b->words[i]);
		else
			b->words[i].author = b->words[i].message = "";
	}
	return rc;
}

/* own: in UTF-8, as what is written on a command line. */
static int message_squash(struct merge *g, const struct fold_words *own, const char **ret_encoding,
			  struct bt_buf *out, struct bt_err *err)
{
	BT_CLEANUP(branch_release) struct branch b = { .ids = NULL };
	BT_FREE char *utf8 = bt_xasprintf("%s%s", g->m->committer, own->message);
	struct fold_squash q = { .title = own->message,
				 .shown = SQUASH_COMMITS_MAX,
				 .author = g->m->committer,
				 .batch_key = g->m->batch_key,
				 .action_key = g->m->action_key };
	int rc = branch_read(g, &b, err);

	if (rc)
		return rc;
	*ret_encoding = fold_words_unite(&g->arena, b.words, b.nr, utf8);
	q.words = b.words;
	q.nr = b.nr;
	return fold_message_many(&q, out, err);
}

/* --- the three ways --- */

static int merge_commit(struct merge *g, struct bt_err *err)
{
	struct bt_fold_merge *m = g->m;
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	struct fold_words own;
	struct bt_oid parents[2];
	struct bt_commit_draft d = { .tree = g->tree, .parents = parents, .author = m->committer,
				     .committer = m->committer };
	int rc = words_make(g, &own, err);

	if (m->tip.len)
		parents[d.parents_nr++] = m->tip;
	if (m->strategy == BT_MERGE_MERGE)
		parents[d.parents_nr++] = m->source;
	if (!rc && m->strategy == BT_MERGE_MERGE)
		rc = fold_message_one(&own, m->batch_key, &message, err);
	else if (!rc)
		rc = message_squash(g, &own, &d.encoding, &message, err);
	if (rc)
		return rc;
	d.message = bt_buf_cstr(&message);
	d.message_len = message.len;
	rc = fold_commit_write(g->repo, &d, m->sign, &m->commit, err);
	if (!rc)
		rc = fold_commits_sync(g->repo, &g->tip_tree, &m->commit, &g->tree, 1, err);
	m->outcome = BT_FOLD_TAKEN;
	m->tree = g->tree;
	return rc;
}

static int trees_merge(struct merge *g, struct bt_err *err)
{
	struct fold_verdict v = { .paths = NULL };
	bool related;
	int rc = merge_base(g, &g->m->tip, &g->m->source, false, &related, err);

	if (rc)
		return rc;
	if (!related)
		return bt_err_set(err, BT_ERR_FAIL, "refusing to merge unrelated histories");
	rc = fold_truth_start(&g->truth, g->repo, g->odb, &g->tip_tree, err);
	if (!rc)
		rc = fold_truth_merge(&g->truth, &g->m->tip, &g->m->source, &v, err);
	if (rc)
		return rc;
	g->tree = v.tree;
	g->m->paths = v.paths;
	g->m->paths_nr = v.paths_nr;
	g->m->outcome = v.clean ? BT_FOLD_TAKEN : BT_FOLD_CONFLICT;
	if (g->m->strategy == BT_MERGE_SQUASH && bt_oid_equal(&g->tree, &g->tip_tree))
		g->m->outcome = BT_FOLD_EMPTY;
	return 0;
}

static int merge_run(struct merge *g, struct bt_err *err)
{
	struct bt_fold_merge *m = g->m;
	bool inside = false, ahead = true;
	int rc = bt_odb_open(g->repo, &bt_odb_git_program, &g->odb, err);

	if (!rc)
		rc = tree_of(g, &m->tip, &g->tip_tree, err);
	if (!rc)
		rc = tree_of(g, &m->source, &g->source_tree, err);
	m->commit = m->tip;
	m->tree = g->tip_tree;
	if (!rc && m->tip.len)
		rc = merge_base(g, &m->source, &m->tip, true, &inside, err);
	if (!rc && m->tip.len && !inside)
		rc = merge_base(g, &m->tip, &m->source, true, &ahead, err);
	if (rc)
		return rc;
	m->outcome = inside ? BT_FOLD_EMPTY : BT_FOLD_CONFLICT;
	if (inside || (m->strategy == BT_MERGE_FF && !ahead))
		return 0;
	if (m->strategy == BT_MERGE_FF || (m->strategy == BT_MERGE_MERGE && !m->tip.len)) {
		m->outcome = BT_FOLD_TAKEN;
		m->commit = m->source;
		m->tree = g->source_tree;
		return 0;
	}
	m->outcome = BT_FOLD_TAKEN;
	g->tree = g->source_tree; /* what is ahead has it all */
	if (!ahead)
		rc = trees_merge(g, err);
	return rc || m->outcome != BT_FOLD_TAKEN ? rc : merge_commit(g, err);
}

int bt_fold_merge(struct bt_repo *repo, struct bt_fold_merge *m, struct bt_err *err)
{
	BT_CLEANUP(merge_release) struct merge g = { .repo = repo, .m = m, .arena = BT_ARENA_INIT };
	int rc;

	bt_fold_merge_release(m);
	rc = merge_run(&g, err);
	if (rc) {
		bt_fold_merge_release(m);
		m->commit = m->tree = (struct bt_oid){ .len = 0 };
	}
	return rc;
}

void bt_fold_merge_release(struct bt_fold_merge *m)
{
	for (char **p = m->paths; p && *p; p++)
		free(*p);
	free(m->paths);
	m->paths = NULL;
	m->paths_nr = 0;
}
