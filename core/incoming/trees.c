/*
 * Changes and contents of trees, the index and the worktree: what a person's check is about.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/listing.h"
#include "core/git/program.h"
#include "core/incoming/read.h"

/* Beyond it patches are dearer than reading the blobs. */
#define OUTPUT_MAX ((size_t)8 << 20)
#define LIST_MAX ((size_t)512 << 20)
#define CONTEXT "-U100000000"

static int diff_tree(const struct bt_repo *repo, const char *from, const char *to, bool patch,
		     const char *const *paths, size_t paths_nr, struct bt_buf *out, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	struct bt_child_opts o;
	int rc, status;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_config(&c, "diff.suppressBlankEmpty=false");
	bt_git_cmd_env(&c, "GIT_DIFF_OPTS");
	bt_git_cmd_env(&c, "GIT_EXTERNAL_DIFF");
	bt_git_cmd_env(&c, "GIT_LITERAL_PATHSPECS=1");
	bt_git_cmd_addl(&c, "diff-tree", "-r", "--raw", "-z", "--no-renames", "--full-index", "--no-abbrev",
			"--no-relative", "--ignore-submodules=none", NULL);
	if (patch)
		bt_git_cmd_addl(&c, "-p", CONTEXT, "--no-ext-diff", "--no-textconv", "--no-color",
				"--src-prefix=a/", "--dst-prefix=b/", NULL);
	bt_git_cmd_addl(&c, from, to, "--", NULL);
	for (size_t i = 0; i < paths_nr; i++)
		bt_git_cmd_add(&c, paths[i]);
	o = bt_git_cmd_opts(&c);
	o.out = o.err = BT_CHILD_PIPE;
	o.out_max = patch ? OUTPUT_MAX : LIST_MAX;
	rc = bt_child_run(&o, NULL, 0, out, &errout, &status, err);
	if (!rc && status)
		rc = bt_git_fail(err, BT_ERR_FAIL, "cannot list what changed", bt_buf_cstr(&errout), status);
	bt_buf_cstr(out);
	return rc;
}

int bt_incoming_trees(struct bt_incoming *in, const struct bt_repo *repo, const struct bt_oid *from,
		      const struct bt_oid *to, const char *const *paths, size_t paths_nr, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, tree = BT_BUF_INIT;
	char a[BT_OID_HEX_MAX + 1], b[BT_OID_HEX_MAX + 1];
	const char *patch, *old = from->len ? bt_oid_hex(from, a) : NULL;
	struct bt_err too_much = BT_ERR_INIT;
	int rc;

	if (!old) {
		if (bt_raw_empty_tree(repo, &tree, err))
			return err->code;
		old = bt_buf_cstr(&tree);
	}
	rc = diff_tree(repo, old, bt_oid_hex(to, b), true, paths, paths_nr, &out, &too_much);
	if (rc && rc != BT_ERR_LIMIT) {
		*err = too_much;
		return rc;
	}
	if (rc) {
		bt_buf_clear(&out);
		if (diff_tree(repo, old, b, false, paths, paths_nr, &out, err))
			return err->code;
	}
	if (bt_incoming_take_raw(in, bt_buf_cstr(&out), out.len, &patch, err))
		return err->code;
	if (!rc)
		bt_incoming_take_patch(in, patch, out.data + out.len);
	return 0;
}

static struct bt_incoming_file *add(struct bt_incoming *in, const char *path, size_t len)
{
	struct bt_incoming_file *f;

	BT_GROW(in->files, in->alloc, in->nr + 1);
	f = &in->files[in->nr++];
	memset(f, 0, sizeof(*f));
	f->path = bt_arena_strndup(&in->arena, path, len);
	f->path_len = len;
	f->status = 'A';
	return f;
}

/* "<mode> <type> <id>\t<path>" of ls-tree, "<mode> <id> <stage>\t<path>" of ls-files */
static int take_entry(struct bt_incoming *in, char *rec, size_t len, bool index, struct bt_err *err)
{
	char *tab = memchr(rec, '\t', len), *words[3], *p = rec;
	struct bt_incoming_file *f;
	size_t path_len;
	uint32_t mode;

	for (int i = 0; tab && i < 3; i++)
		words[i] = strsep(&p, i < 2 ? " " : "\t");
	if (!tab || !words[1] || !words[2])
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read git's list of files");
	mode = (uint32_t)strtoul(words[0], NULL, 8);
	if (index && strcmp(words[2], "0")) {
		in->unmerged_nr += !strcmp(words[2], "2");
		return 0;
	}
	path_len = len - (size_t)(tab + 1 - rec);
	if (!bt_raw_mode_is_file(mode) || path_len >= BT_PATH_LEN_MAX)
		return 0;
	f = add(in, tab + 1, path_len);
	f->new_mode = mode;
	if (bt_oid_parse(words[index ? 1 : 2], strlen(words[index ? 1 : 2]), &f->new_oid, err))
		return err->code;
	in->oid_len = f->new_oid.len;
	return 0;
}

int bt_incoming_all(struct bt_incoming *in, const struct bt_repo *repo, const struct bt_oid *tree,
		    const char *const *paths, size_t paths_nr, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1], *rec;
	struct bt_git_stream s;
	size_t len;
	int rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_env(&c, "GIT_LITERAL_PATHSPECS=1");
	c.cwd = repo->top;
	if (tree)
		bt_git_cmd_addl(&c, "ls-tree", "-r", "-z", "--full-tree", bt_oid_hex(tree, hex), "--", NULL);
	else
		bt_git_cmd_addl(&c, "ls-files", "-s", "-z", "--full-name", "--", NULL);
	for (size_t i = 0; i < paths_nr; i++)
		bt_git_cmd_add(&c, paths[i]);
	bt_git_stream_init(&s);
	rc = bt_git_stream_start(&s, &c, false, 0, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\0', &rec, &len, err)) == BT_ROW)
		rc = take_entry(in, rec, len, !tree, err);
	if (!rc)
		rc = bt_git_stream_finish(&s, "cannot list the files", err);
	bt_git_stream_release(&s);
	return rc;
}

int bt_incoming_listing(struct bt_incoming *in, struct bt_listing *l, struct bt_err *err)
{
	struct bt_listing_entry e;
	int rc;

	while ((rc = bt_listing_next(l, &e, err)) == BT_ROW) {
		struct bt_incoming_file *f;

		if (e.stage) {
			in->unmerged_nr += e.stage == 2;
			continue;
		}
		if (e.kind != BT_ENTRY_BLOB || strlen(e.path) >= BT_PATH_LEN_MAX)
			continue;
		f = add(in, e.path, strlen(e.path));
		f->new_mode = e.mode;
		f->new_oid = e.oid;
		in->oid_len = e.oid.len;
	}
	return rc;
}

static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	while (len && top[len - 1] == '/')
		len--;
	return !len || (!strncmp(path, top, len) && (path[len] == '/' || !path[len]));
}

void bt_incoming_keep(struct bt_incoming *in, const char *const *paths, size_t paths_nr)
{
	size_t kept = 0;

	for (size_t i = 0; i < in->nr && paths_nr; i++) {
		size_t k = 0;

		while (k < paths_nr && !is_below(in->files[i].path, paths[k]))
			k++;
		if (k < paths_nr)
			in->files[kept++] = in->files[i];
	}
	if (paths_nr)
		in->nr = kept;
}

static int path_order(const void *pa, const void *pb)
{
	const struct bt_incoming_file *a = pa, *b = pb;

	return strcmp(a->path, b->path);
}

void bt_incoming_compare(struct bt_incoming *in, const struct bt_incoming *before)
{
	bool *met = bt_xcalloc(before->nr + 1, sizeof(*met));
	size_t kept = 0;

	for (size_t i = 0; i < in->nr; i++) {
		struct bt_incoming_file *f = &in->files[i];
		const struct bt_incoming_file *old =
			before->nr ? bsearch(f, before->files, before->nr, sizeof(*f), path_order) : NULL;

		if (old)
			met[old - before->files] = true;
		if (old && bt_oid_equal(&old->new_oid, &f->new_oid))
			continue;
		if (old) {
			f->status = 'M';
			f->old_oid = old->new_oid;
			f->old_mode = old->new_mode;
		}
		in->files[kept++] = *f;
	}
	in->nr = kept;
	for (size_t i = 0; i < before->nr; i++) {
		struct bt_incoming_file *gone;

		if (met[i])
			continue;
		gone = add(in, before->files[i].path, before->files[i].path_len);
		gone->status = 'D';
		gone->old_oid = before->files[i].new_oid;
		gone->old_mode = before->files[i].new_mode;
	}
	free(met);
	if (in->nr)
		qsort(in->files, in->nr, sizeof(*in->files), path_order);
}
