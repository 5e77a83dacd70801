/*
 * From arguments to two sides that are indexed, and from these to changes.
 */
#include "git-batho/range.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/git/program.h"
#include "core/index/index.h"
#include "core/query/paths.h"
#include "git-batho/scope.h"
#include "git-batho/spawn.h"

/* One record of git's raw format: a path, and about a hundred bytes before it. */
#define RAW_BUF_MAX ((size_t)1 << 20)

void bt_range_release(struct bt_range *r)
{
	bt_manifest_release(&r->listing);
	free(r->specs[0]);
	free(r->specs[1]);
}

bool bt_range_is(const char *arg)
{
	return strstr(arg, "..") != NULL;
}

/* --- which revisions --- */

static char *spec_copy(const char *from, size_t len)
{
	return len ? bt_xstrndup(from, len) : bt_xstrdup("HEAD");
}

static int merge_base(struct bt_context *c, struct bt_range *r, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	char a[BT_OID_HEX_MAX + 1], b[BT_OID_HEX_MAX + 1];
	int status;

	if (!r->before.commit.len || !r->after.commit.len)
		return bt_err_set(err, BT_ERR_USAGE, "'...' wants commits on both sides");
	bt_git_cmd_init(&cmd, &c->repo);
	bt_git_cmd_addl(&cmd, "merge-base", bt_oid_hex(&r->before.commit, a),
			bt_oid_hex(&r->after.commit, b), NULL);
	if (bt_git_run_status(&cmd, NULL, 0, &out, &errout, &status, err))
		return err->code;
	if (status == 1 && !errout.len) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' and '%s' have no common ancestor here",
			   r->before.spec, r->after.spec);
		return c->repo.shallow
			       ? bt_err_hint(err, "this clone is shallow: `git fetch --unshallow`")
			       : err->code;
	}
	if (status || out.len < 2 * c->repo.oid_len)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot find the merge base",
				   bt_buf_cstr(&errout), status);
	memcpy(r->hex, out.data, 2 * c->repo.oid_len);
	r->before = (struct bt_rev){ .spec = r->hex };
	return bt_repo_resolve(&c->repo, &r->before, 1, err);
}

static int resolve_range(struct bt_context *c, const char *spec, struct bt_range *r,
			 struct bt_err *err)
{
	const char *dots = strstr(spec, "..");
	bool symmetric = dots && dots[2] == '.';
	struct bt_rev revs[2];

	if (!dots) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' is not a range", spec);
		return bt_err_hint(
			err, "a range is '%s..' or 'A..B'; --rev=%s is what that commit changed",
			spec, spec);
	}
	r->specs[0] = spec_copy(spec, (size_t)(dots - spec));
	r->specs[1] = spec_copy(dots + 2 + symmetric, strlen(dots + 2 + symmetric));
	if (strstr(r->specs[1], "..") || *r->specs[1] == '.')
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is not a range", spec);
	revs[0] = (struct bt_rev){ .spec = r->specs[0] };
	revs[1] = (struct bt_rev){ .spec = r->specs[1] };
	if (bt_repo_resolve(&c->repo, revs, 2, err))
		return err->code;
	r->before = revs[0];
	r->after = revs[1];
	return symmetric ? merge_base(c, r, err) : 0;
}

/* A commit against its first parent; the first commit of all against nothing. */
static int resolve_commit(struct bt_context *c, struct bt_range *r, struct bt_err *err)
{
	BT_CLEANUP(bt_revlist_free) struct bt_revlist *l = NULL;
	const char *args[2] = { "--no-walk", r->hex };
	struct bt_revlist_row row;
	int rc;

	r->after = c->rev;
	if (!c->rev.found)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "there is no commit yet");
	if (!c->rev.commit.len)
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is not a commit", c->rev.spec);
	bt_oid_hex(&c->rev.commit, r->hex);
	if (bt_revlist_open(&c->repo, args, 2, &l, err))
		return err->code;
	rc = bt_revlist_next(l, &row, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_FAIL, "git does not list '%s'", c->rev.spec);
	if (!row.parent.len && c->repo.shallow) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "the parent of '%s' is not in this shallow clone",
			   c->rev.spec);
		return bt_err_hint(err, "`git fetch --deepen=1` brings one more");
	}
	if (!row.parent.len)
		return 0;
	bt_oid_hex(&row.parent, r->hex);
	r->before = (struct bt_rev){ .spec = r->hex };
	return bt_repo_resolve(&c->repo, &r->before, 1, err);
}

static int resolve(struct bt_context *c, const struct bt_range_opts *o, const char *spec,
		   struct bt_range *r, struct bt_err *err)
{
	if ((spec != NULL) + (o->rev != NULL) + o->staged + o->worktree > 1)
		return bt_err_set(err, BT_ERR_USAGE,
				  "a range, --rev, --staged and --worktree exclude each other");
	if (spec)
		return resolve_range(c, spec, r, err);
	if (o->rev)
		return resolve_commit(c, r, err);
	r->kind = o->staged ? BT_RANGE_STAGED : BT_RANGE_WORKTREE;
	r->before = c->rev;
	return 0;
}

/* --- indexed --- */

static int find_row(struct bt_context *c, const struct bt_rev *rev, uint64_t selection,
		    uint32_t *ret_row, struct bt_err *err)
{
	struct bt_index_root root;
	int rc;

	*ret_row = 0;
	if (!rev->found)
		return BT_ROW;
	rc = bt_context_store(c, err);
	if (rc)
		return rc == BT_ERR_NOT_FOUND ? BT_DONE : rc;
	rc = bt_index_root_find(c->store, &rev->tree, selection, &root, err);
	if (rc == BT_ROW)
		*ret_row = root.row;
	return rc;
}

static int find_rows(struct bt_context *c, struct bt_range *r, uint64_t selection,
		     const struct bt_rev **ret_lacks, struct bt_err *err)
{
	int rc = find_row(c, &r->before, selection, &r->before_row, err);

	*ret_lacks = &r->before;
	if (rc == BT_ROW) {
		*ret_lacks = &r->after;
		rc = find_row(c, &r->after, selection, &r->after_row, err);
	}
	return rc;
}

static int index_sides(struct bt_context *c, struct bt_range *r, uint64_t selection,
		       struct bt_err *err)
{
	char hex[2][BT_OID_HEX_MAX + 1];
	const char *args[5] = { "index", "--quiet" };
	const struct bt_rev *revs[2] = { &r->before, &r->after }, *lacks;
	size_t nr = 2;
	int rc = find_rows(c, r, selection, &lacks, err), indexed;

	if (rc != BT_DONE)
		return rc < 0 ? rc : 0;
	for (size_t i = 0; i < 2; i++)
		if (revs[i]->found)
			args[nr++] = bt_oid_hex(
				revs[i]->commit.len ? &revs[i]->commit : &revs[i]->tree, hex[i]);
	bt_store_free(&c->store);
	indexed = bt_indexer_run(c, args, NULL, err);
	if (indexed < 0)
		return err->code;
	rc = find_rows(c, r, selection, &lacks, err);
	if (rc == BT_DONE && indexed == BT_ROW)
		return bt_err_set(err, BT_ERR_FAIL,
				  "'%s' could not be indexed whole: objects are missing",
				  lacks->spec);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_FAIL,
				  "git-batho-indexer is of another build than git-batho");
	return rc < 0 ? rc : 0;
}

/* The list of what is staged is written after HEAD is indexed, and only a store opened then shows both. */
static int open_listing(struct bt_context *c, struct bt_range *r, uint64_t selection,
			struct bt_err *err)
{
	struct bt_scope_opts scope = { .staged = r->kind == BT_RANGE_STAGED,
				       .worktree = r->kind == BT_RANGE_WORKTREE };
	struct bt_view v = BT_VIEW_INIT;
	const struct bt_rev *lacks;
	int rc;

	bt_store_free(&c->store);
	if (bt_scope_open(c, &scope, &v, err))
		return err->code;
	r->listing = v.manifest;
	memset(&v.manifest, 0, sizeof(v.manifest));
	bt_view_release(&v);
	rc = find_rows(c, r, selection, &lacks, err);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_FAIL, "the index of '%s' went away", lacks->spec);
	return rc < 0 ? rc : 0;
}

int bt_range_open(struct bt_context *c, const struct bt_range_opts *o, const char *spec,
		  struct bt_range *ret_r, struct bt_err *err)
{
	uint64_t selection;

	if (resolve(c, o, spec, ret_r, err) ||
	    bt_selection_root(&c->repo, c->conf, &selection, err) ||
	    index_sides(c, ret_r, selection, err))
		return err->code;
	if (ret_r->kind != BT_RANGE_REVISIONS)
		return open_listing(c, ret_r, selection, err);
	return 0;
}

/* --- the files that differ --- */

struct limits {
	const char *const *paths;
	size_t nr;
};

static bool is_within(const struct limits *l, const char *path, size_t len)
{
	for (size_t i = 0; i < l->nr; i++)
		if (bt_path_below(path, len, l->paths[i], strlen(l->paths[i])))
			return true;
	return !l->nr;
}

static const struct bt_change_side *side_of(const struct bt_change_file *f)
{
	return f->after.path ? &f->after : &f->before;
}

static void keep_within(const struct limits *l, struct bt_change_set *set)
{
	size_t to = 0;

	for (size_t i = 0; i < set->files_nr; i++) {
		const struct bt_change_side *s = side_of(&set->files[i]);

		if (is_within(l, s->path, s->path_len))
			set->files[to++] = set->files[i];
	}
	set->files_nr = to;
}

static int list_files(struct bt_context *c, const struct bt_range *r, struct bt_change_set *set,
		      struct bt_err *err)
{
	BT_CLEANUP(bt_manifest_release) struct bt_manifest before = BT_MANIFEST_INIT;

	if (r->kind == BT_RANGE_REVISIONS)
		return bt_change_add_roots(set, c->store, r->before_row, r->after_row, err);
	if (r->before_row && bt_index_manifest(c->store, r->before_row, false, &before, err))
		return err->code;
	return bt_change_add_manifests(set, &before, &r->listing, err);
}

/* The id of the tree without entries, which git knows without having it. */
static const char *empty_tree(const struct bt_repo *repo)
{
	return repo->oid_len == 20
		       ? "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
		       : "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
}

static void ask_git(struct bt_context *c, const struct bt_range *r, struct bt_git_cmd *cmd)
{
	char a[BT_OID_HEX_MAX + 1], b[BT_OID_HEX_MAX + 1];

	bt_git_cmd_init(cmd, &c->repo);
	bt_git_cmd_add(cmd, r->kind == BT_RANGE_REVISIONS ? "diff-tree" : "diff");
	if (r->kind == BT_RANGE_STAGED)
		bt_git_cmd_add(cmd, "--cached");
	bt_git_cmd_addl(cmd, "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff",
			NULL);
	bt_git_cmd_add(cmd,
		       r->before.found ? bt_oid_hex(&r->before.tree, a) : empty_tree(&c->repo));
	if (r->kind == BT_RANGE_REVISIONS)
		bt_git_cmd_add(cmd, bt_oid_hex(&r->after.tree, b));
	bt_git_cmd_add(cmd, "--");
}

/* ":mode mode old new status": do the contents differ? */
static bool contents_differ(const char *rec, size_t len, size_t hex_len)
{
	size_t old = 15; /* behind the modes */

	return len < old + 2 * hex_len + 1 ||
	       memcmp(rec + old, rec + old + hex_len + 1, hex_len) != 0;
}

/* Both lists are in the order of paths: what git lists and the set has not is another file. */
static int count_others(struct bt_context *c, const struct bt_range *r, const struct limits *l,
			const struct bt_change_set *set, uint64_t *ret_others, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	bool differ = false, is_path = false;
	size_t at = 0, len;
	char *rec;
	int rc;

	bt_git_stream_init(&s);
	*ret_others = 0;
	ask_git(c, r, &cmd);
	if (bt_git_stream_start(&s, &cmd, false, RAW_BUF_MAX, err))
		return err->code;
	for (; (rc = bt_git_stream_record(&s, '\0', &rec, &len, err)) == BT_ROW;
	     is_path = !is_path) {
		int order = 1;

		if (!is_path) {
			differ = contents_differ(rec, len, 2 * c->repo.oid_len);
			continue;
		}
		while (at < set->files_nr &&
		       (order = strcmp(side_of(&set->files[at])->path, rec)) < 0)
			at++;
		*ret_others += differ && order && is_within(l, rec, len);
	}
	return rc < 0 ? rc : bt_git_stream_finish(&s, "cannot list the changed files", err);
}

static bool has_language(const struct bt_change_side *s)
{
	return s->path && s->state != BT_BLOB_NO_LANGUAGE;
}

/* Files whose name said nothing and whose content neither (scripts, headers): they are others too. */
static void drop_unspoken(struct bt_change_set *set, uint64_t *others)
{
	size_t to = 0;

	for (size_t i = 0; i < set->files_nr; i++) {
		const struct bt_change_file *f = &set->files[i];

		if (has_language(&f->before) || has_language(&f->after))
			set->files[to++] = *f;
	}
	*others += set->files_nr - to;
	set->files_nr = to;
}

int bt_range_changes(struct bt_context *c, const struct bt_range *r, const char *const *paths,
		     size_t paths_nr, struct bt_change_set *set, uint64_t *ret_others,
		     struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	struct limits l = { paths, paths_nr };
	struct bt_change_source source = {
		.top = r->kind == BT_RANGE_WORKTREE ? c->repo.top : NULL,
	};

	if (list_files(c, r, set, err))
		return err->code;
	keep_within(&l, set);
	if (count_others(c, r, &l, set, ret_others, err))
		return err->code;
	drop_unspoken(set, ret_others);
	if (set->files_nr && bt_odb_open(&c->repo, &bt_odb_git_program, &odb, err))
		return err->code;
	source.odb = odb;
	return bt_change_compare(set, c->store, &source, err);
}
