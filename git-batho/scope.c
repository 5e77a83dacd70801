/*
 * From options to a view: which manifest, and the indexing that makes it exist.
 */
#include "git-batho/scope.h"

#include <string.h>

#include "core/git/attr.h"
#include "core/index/index.h"
#include "core/lang/langs.h"
#include "git-batho/spawn.h"

static int parse_kinds(const struct bt_opt_list *list, int (*find)(const char *), const char *what,
		       uint32_t *ret_bits, struct bt_err *err)
{
	for (size_t i = 0; i < list->nr; i++) {
		int k = find(list->items[i]);

		if (k < 0)
			return bt_err_set(err, BT_ERR_USAGE, "unknown %s '%s'", what, list->items[i]);
		*ret_bits |= 1u << k;
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
	if (parse_kinds(&o->kinds, bt_kind_find, "kind", &f.kinds, err) ||
	    parse_kinds(&o->roles, bt_role_find, "role", &f.roles, err))
		return err->code;
	if (o->lang) {
		lang = bt_lang_find(o->lang);
		if (!lang) {
			const char *near = bt_lang_nearest(o->lang);

			bt_err_set(err, BT_ERR_USAGE, "unknown language '%s'", o->lang);
			return near ? bt_err_hint(err, "did you mean '%s'?", near) : err->code;
		}
		f.lang = lang->name;
	}
	*ret_f = f;
	return 0;
}

enum bt_lines_from bt_scope_lines(const struct bt_scope_opts *o)
{
	if (o->worktree)
		return BT_LINES_WORKTREE;
	return o->rev || o->all ? BT_LINES_OBJECTS : BT_LINES_CLEAN;
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

static int open_revision(struct bt_context *c, struct bt_view *v, struct bt_err *err)
{
	const char *args[] = { "index", "--quiet", c->rev.spec, NULL };
	struct bt_manifest manifest = BT_MANIFEST_INIT;
	struct bt_index_root root;
	uint64_t selection;
	int rc, indexed;

	if (!c->rev.found)
		return no_commit(c, err);
	if (bt_selection_root(&c->repo, c->conf, &selection, err))
		return err->code;
	rc = find_root(c, selection, &root, err);
	if (rc == BT_DONE) {
		bt_store_free(&c->store);
		indexed = bt_indexer_run(c, args, NULL, err);
		if (indexed < 0)
			return err->code;
		rc = find_root(c, selection, &root, err);
		if (rc == BT_DONE && indexed == BT_ROW)
			return bt_err_set(err, BT_ERR_FAIL,
					  "'%s' could not be indexed whole: objects are missing", c->rev.spec);
		if (rc == BT_DONE)
			return bt_err_set(err, BT_ERR_FAIL,
					  "git-batho-indexer is of another build than git-batho");
	}
	if (rc < 0 || bt_index_manifest(c->store, root.row, false, &manifest, err))
		return err->code;
	bt_view_init(v, c->store, &manifest);
	return 0;
}

/* A listing's manifest is made by the indexer, which prints the key it is kept under. */
static int open_listing(struct bt_context *c, const char *which, struct bt_view *v, struct bt_err *err)
{
	const char *args[] = { "index", "--quiet", "--print-manifest", which, NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_manifest manifest = BT_MANIFEST_INIT;
	struct bt_digest key;
	struct bt_oid hex;
	int rc;

	if (bt_indexer_run(c, args, &out, err) < 0)
		return err->code;
	if (out.len < BT_OID_HEX_MAX || bt_oid_parse(out.data, BT_OID_HEX_MAX, &hex, err))
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

int bt_scope_open(struct bt_context *c, const struct bt_scope_opts *o, struct bt_view *ret_v,
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
	if (!rc)
		bt_view_init_all(ret_v, c->store);
	return rc;
}
