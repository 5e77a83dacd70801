/*
 * From options to a view: which manifest, and the indexing that makes it exist.
 */
#include "git-batho/scope.h"

#include <string.h>

#include "core/git/attr.h"
#include "core/index/index.h"
#include "core/lang/langs.h"
#include "git-batho/spawn.h"

/* A kind or role that does not exist: the hint lists those that do. */
static int unknown_word(const char *what, const char *word, const char *const *known, size_t nr,
			struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf list = BT_BUF_INIT;

	for (size_t i = 0; i < nr; i++)
		bt_buf_addf(&list, "%s%s", i ? ", " : "", known[i]);
	bt_err_set(err, BT_ERR_USAGE, "unknown %s '%s'", what, word);
	return bt_err_hint(err, "%s", bt_buf_cstr(&list));
}

static int parse_kinds(const struct bt_opt_list *list, uint32_t *ret_bits, struct bt_err *err)
{
	const char *known[BT_KIND_NR];

	for (int k = 0; k < BT_KIND_NR; k++)
		known[k] = bt_kind_name((enum bt_kind)k);
	for (size_t i = 0; i < list->nr; i++) {
		int k = bt_kind_find(list->items[i]);

		if (k < 0)
			return unknown_word("kind", list->items[i], known, BT_KIND_NR, err);
		*ret_bits |= 1u << k;
	}
	return 0;
}

static int parse_roles(const struct bt_opt_list *list, uint32_t *ret_bits, struct bt_err *err)
{
	const char *known[BT_ROLE_NR];

	for (int r = 0; r < BT_ROLE_NR; r++)
		known[r] = bt_role_name((enum bt_role)r);
	for (size_t i = 0; i < list->nr; i++) {
		int r = bt_role_find(list->items[i]);

		if (r < 0)
			return unknown_word("role", list->items[i], known, BT_ROLE_NR, err);
		*ret_bits |= 1u << r;
	}
	return 0;
}

int bt_scope_filter(const struct bt_scope_opts *o, struct bt_filter *ret_f, struct bt_err *err)
{
	struct bt_filter f = { .path = o->path, .max = (size_t)o->max };
	const struct bt_lang *lang;
	struct bt_pattern pattern;

	if (o->all + o->staged + o->worktree + (o->rev != NULL) > 1)
		return bt_err_set(err, BT_ERR_USAGE,
				  "--rev, --all, --staged and --worktree exclude each other");
	if (o->path && bt_pattern_parse(o->path, &pattern, err))
		return err->code;
	if (o->path)
		bt_pattern_release(&pattern);
	if (parse_kinds(&o->kinds, &f.kinds, err) || parse_roles(&o->roles, &f.roles, err))
		return err->code;
	if (o->lang) {
		lang = bt_lang_find(o->lang);
		if (!lang) {
			const char *near = bt_lang_nearest(o->lang);

			bt_err_set(err, BT_ERR_USAGE, "unknown language '%s'", o->lang);
			return near ? bt_err_hint(err, "did you mean '%s'?", near)
				    : bt_err_hint(err, "`git batho version --build-options` lists them");
		}
		f.lang = lang->name;
	}
	*ret_f = f;
	return 0;
}

struct bt_content_source bt_scope_content(struct bt_context *c, const struct bt_scope_opts *o)
{
	enum bt_content kind = o->worktree ? BT_CONTENT_WORKTREE
			       : o->staged ? BT_CONTENT_STAGED
					   : BT_CONTENT_TREE;

	return (struct bt_content_source){ .repo = &c->repo, .kind = kind, .tree = c->rev.tree };
}

enum bt_lines_from bt_scope_lines(const struct bt_context *c, const struct bt_scope_opts *o)
{
	bool filters = bt_conf_has_filters(c->conf);

	if (o->worktree)
		return filters ? BT_LINES_FILTERED : BT_LINES_WORKTREE;
	return o->rev || o->all || filters ? BT_LINES_OBJECTS : BT_LINES_CLEAN;
}

static int no_commit(const struct bt_context *c, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_NOT_FOUND, "revision '%s' does not exist: the repository has no commit yet",
		   c->rev.spec);
	return bt_err_hint(err, "`--staged` and `--worktree` ask what is not committed");
}

/* The row of the revision's tree, from the store as it is. */
static int find_root(struct bt_context *c, uint64_t selection, struct bt_index_root *ret_root,
		     struct bt_err *err)
{
	int rc = bt_context_store(c, err);

	if (rc == BT_ERR_NOT_FOUND)
		return BT_DONE;
	return rc ? rc : bt_index_root_find(c->store, &c->rev.tree, selection, ret_root, err);
}

/* Opens the list of files that the indexer has kept and whose key it has printed. */
static int open_kept(struct bt_context *c, const struct bt_buf *printed, struct bt_view *v, struct bt_err *err)
{
	struct bt_manifest manifest = BT_MANIFEST_INIT;
	struct bt_digest key;
	struct bt_oid hex;
	int rc;

	if (printed->len < BT_OID_HEX_MAX || bt_oid_parse(printed->data, BT_OID_HEX_MAX, &hex, err))
		return bt_err_set(err, BT_ERR_FAIL, "git-batho-indexer gave no list of files");
	memcpy(key.raw, hex.raw, sizeof(key.raw));
	if (bt_context_store(c, err))
		return err->code;
	rc = bt_store_manifest_read(c->store, &key, &manifest.data, err);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_FAIL, "the list of files went away");
	if (rc < 0 || bt_manifest_load(&manifest, err)) {
		bt_manifest_release(&manifest);
		return err->code;
	}
	bt_view_init(v, c->store, &manifest);
	return 0;
}

static int open_root(struct bt_context *c, const struct bt_index_root *root, struct bt_view *v, struct bt_err *err)
{
	struct bt_manifest manifest = BT_MANIFEST_INIT;

	if (bt_index_manifest(c->store, root->row, false, &manifest, err))
		return err->code;
	bt_view_init(v, c->store, &manifest);
	return 0;
}

/* Where objects are missing the indexer prints a key as for a listing: the answer comes from what is there. */
static int open_revision(struct bt_context *c, struct bt_view *v, struct bt_err *err)
{
	const char *args[] = { "index", "--quiet", "--print-manifest", c->rev.spec, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_index_root root;
	uint64_t selection;
	int rc;

	if (!c->rev.found)
		return no_commit(c, err);
	if (bt_selection_root(&c->repo, c->conf, &selection, err))
		return err->code;
	rc = find_root(c, selection, &root, err);
	if (rc)
		return rc < 0 ? rc : open_root(c, &root, v, err);
	bt_context_tell_away(c, "what is needed of it is made again");
	bt_store_free(&c->store);
	if (bt_indexer_run(c, args, &out, err) < 0)
		return err->code;
	if (out.len)
		return open_kept(c, &out, v, err);
	rc = find_root(c, selection, &root, err);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_FAIL, "git-batho-indexer is of another build than git-batho");
	return rc < 0 ? rc : open_root(c, &root, v, err);
}

/* A listing's manifest is made by the indexer. */
static int open_listing(struct bt_context *c, const char *which, struct bt_view *v, struct bt_err *err)
{
	const char *quiet = c->common.quiet ? "--quiet" : "--no-progress";
	const char *args[] = { "index", quiet, "--print-manifest", which, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	return bt_indexer_run(c, args, &out, err) < 0 ? err->code : open_kept(c, &out, v, err);
}

int bt_scope_open(struct bt_context *c, const struct bt_scope_opts *o, struct bt_view *ret_v,
		  struct bt_err *err)
{
	int rc = bt_scope_open_silently(c, o, ret_v, err);

	if (!rc && ret_v->manifest.killed)
		bt_notice(c, "%u file%s could not be indexed: `git batho stats --skipped` tells which",
			  ret_v->manifest.killed, ret_v->manifest.killed == 1 ? "" : "s");
	return rc;
}

int bt_scope_open_silently(struct bt_context *c, const struct bt_scope_opts *o, struct bt_view *ret_v,
			   struct bt_err *err)
{
	int rc;

	if (o->staged || o->worktree)
		return open_listing(c, o->staged ? "--staged" : "--worktree", ret_v, err);
	if (!o->all)
		return open_revision(c, ret_v, err);
	rc = bt_context_store(c, err);
	if (rc == BT_ERR_NOT_FOUND) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "nothing is indexed yet");
		return bt_err_hint(err, "run `git batho index --all`");
	}
	if (!rc) {
		bt_context_tell_away(c, "what is in it is left out");
		bt_view_init_all(ret_v, c->store);
	}
	return rc;
}
