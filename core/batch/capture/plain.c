/*
 * Files that are named one by one. Their entries are taken from the user's index into one that has nothing else but what decides how these
 * files are read: the attributes and ignore files of the folders above, and whatever stands in the index where a folder of the path should be.
 * `git add` then takes the same time in a repository of any size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/base/opt.h"
#include "core/base/sha.h"
#include "core/batch/capture/impl.h"
#include "core/git/index_file.h"
#include "core/git/temp.h"

/* So many new blobs are better in a pack. */
#define LOOSE_NR_MAX 64
#define INDEX_MAX ((size_t)256 << 20)

void plain_release(struct plain *p)
{
	free(p->names);
	*p = (struct plain){ .names = NULL };
}

/* --- names --- */

static bool has_magic(const char *path)
{
	if (getenv("GIT_ICASE_PATHSPECS"))
		return true;
	return !getenv("GIT_LITERAL_PATHSPECS") && (*path == ':' || strpbrk(path, "*?[\\"));
}

/* The path from the top, without "." and ".."; false when that leads out. */
static bool from_top(const char *prefix, const char *path, struct bt_buf *out)
{
	BT_BUF_OWNED struct bt_buf joined = BT_BUF_INIT;
	const char *at;

	if (*path == '/' || !*path)
		return false;
	bt_buf_addf(&joined, "%s%s", prefix, path);
	for (at = bt_buf_cstr(&joined);;) {
		size_t n = strcspn(at, "/");

		if (n == 2 && !memcmp(at, "..", 2)) {
			const char *slash;

			if (!out->len)
				return false;
			slash = strrchr(out->data, '/');
			out->len = slash ? (size_t)(slash - out->data) : 0;
			out->data[out->len] = '\0';
		} else if (n && !(n == 1 && *at == '.')) {
			if (out->len)
				bt_buf_addch(out, '/');
			bt_buf_add(out, at, n);
		}
		if (!at[n])
			return out->len && n && !(n <= 2 && *at == '.');
		at += n + 1;
	}
}

/* The name, made from a path as the user wrote it; NULL when it is no plain one. */
static const char *plain_path(struct capture *c, const char *path)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;

	if (has_magic(path) || !from_top(c->repo->prefix, path, &name) || name.len > BT_PATH_LEN_MAX)
		return NULL;
	return bt_arena_strndup(&c->arena, name.data, name.len);
}

bool plain_take(struct capture *c, const struct bt_capture_opts *o, struct plain *p)
{
	const char *icase = c->conf ? bt_conf_git(c->conf, "core.ignorecase") : NULL;
	size_t before = p->nr;

	for (size_t i = 0; i < o->paths_nr; i++) {
		const char *path = icase && bt_text_bool(icase) ? NULL : plain_path(c, o->paths[i]);
		BT_FREE char *full = path ? bt_xasprintf("%s/%s", c->repo->top, path) : NULL;
		struct plain_name n = { .path = path };
		struct stat st;

		if (path && !lstat(full, &st))
			n.there = true;
		if (!path || (n.there ? !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode) : errno != ENOENT && errno != ENOTDIR)) {
			p->nr = before;
			return false;
		}
		BT_GROW(p->names, p->alloc, p->nr + 1);
		p->names[p->nr++] = n;
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct plain_name *)a)->path, ((const struct plain_name *)b)->path);
}

static void sort_names(struct plain *p)
{
	size_t kept = 0;

	qsort(p->names, p->nr, sizeof(*p->names), by_path);
	for (size_t i = 1; i < p->nr; i++)
		if (strcmp(p->names[kept].path, p->names[i].path))
			p->names[++kept] = p->names[i];
	p->nr = kept + 1;
}

static struct plain_name *find_name(const struct plain *p, const char *path)
{
	struct plain_name key = { .path = path };

	return p->nr ? bsearch(&key, p->names, p->nr, sizeof(key), by_path) : NULL;
}

/* --- the small index --- */

struct wanted {
	struct bt_clean_file *files;
	struct bt_index_raw *raws;
	size_t nr, alloc;
	struct bt_strmap known;
};

static void wanted_release(struct wanted *w)
{
	free(w->files);
	free(w->raws);
	bt_strmap_release(&w->known);
}

static bool want(struct capture *c, struct wanted *w, const char *path, size_t len)
{
	bool new;

	bt_strmap_intern(&w->known, path, len, bt_strmap_hash(path, len), &new);
	if (!new)
		return false;
	BT_GROW(w->files, w->alloc, w->nr + 1);
	w->files[w->nr++] = (struct bt_clean_file){ .path = bt_arena_strndup(&c->arena, path, len) };
	return true;
}

static void want_in_folder(struct capture *c, struct wanted *w, const char *folder, size_t len)
{
	static const char *const names[] = { ".gitattributes", ".gitignore" };

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		BT_FREE char *path = bt_xasprintf("%.*s%s%s", (int)len, folder, len ? "/" : "", names[i]);

		want(c, w, path, strlen(path));
	}
}

static void want_around(struct capture *c, struct wanted *w, const char *path)
{
	want(c, w, path, strlen(path));
	for (const char *slash = path + strlen(path); slash > path; slash--)
		if (*slash == '/') {
			size_t len = (size_t)(slash - path);

			if (!want(c, w, path, len))
				return;	/* and so are those above */
			want_in_folder(c, w, path, len);
		}
	want_in_folder(c, w, "", 0);
}

static int by_file_path(const void *a, const void *b)
{
	return strcmp(((const struct bt_clean_file *)a)->path, ((const struct bt_clean_file *)b)->path);
}

static void put_be(struct bt_buf *out, uint32_t v, int bytes)
{
	while (bytes--)
		bt_buf_addch(out, (int)(v >> (8 * bytes) & 0xff));
}

/* gitformat-index(5), version 3; the entries are in the order of their paths. */
static void index_format(const struct bt_repo *repo, const struct wanted *w, struct bt_buf *out)
{
	uint8_t sum[BT_SHA_RAW_MAX];
	struct bt_sha sha;
	uint32_t nr = 0;

	for (size_t i = 0; i < w->nr; i++)
		nr += w->raws[i].found;
	bt_buf_adds(out, "DIRC");
	put_be(out, 3, 4);
	put_be(out, nr, 4);
	for (size_t i = 0; i < w->nr; i++) {
		const struct bt_index_raw *r = &w->raws[i];
		size_t start = out->len;

		if (!r->found)
			continue;
		bt_buf_add(out, r->stat, sizeof(r->stat));
		bt_buf_add(out, r->oid.raw, repo->oid_len);
		put_be(out, r->flags, 2);
		if (r->flags & BT_INDEX_EXTENDED)
			put_be(out, r->xflags, 2);
		bt_buf_adds(out, w->files[i].path);
		do
			bt_buf_addch(out, 0);
		while ((out->len - start) % 8);
	}
	if (out->failed)
		return;
	bt_sha_init(&sha, repo->oid_len);
	bt_sha_add(&sha, out->data, out->len);
	bt_sha_end(&sha, sum);
	bt_buf_add(out, sum, repo->oid_len);
}

/* It is as old as the user's: git trusts entries by that. */
static int index_write(struct capture *c, const struct wanted *w, const struct timespec *written, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	int rc = capture_index_place(c, err);

	bt_buf_init(&bytes, INDEX_MAX);
	index_format(c->repo, w, &bytes);
	if (!rc)
		rc = bt_buf_check(&bytes, "the index", err);
	if (!rc)
		rc = bt_git_temp_write(c->index, bytes.data, bytes.len, written, err);
	return rc;
}

static int index_make(struct capture *c, struct plain *p, bool *ret_done, struct bt_err *err)
{
	BT_CLEANUP(wanted_release) struct wanted w = { .files = NULL };
	struct timespec written;

	bt_strmap_init(&w.known, &c->arena);
	for (size_t i = 0; i < p->nr; i++)
		want_around(c, &w, p->names[i].path);
	qsort(w.files, w.nr, sizeof(*w.files), by_file_path);
	w.raws = bt_xcalloc(w.nr, sizeof(*w.raws));
	for (size_t i = 0; i < w.nr; i++)
		w.files[i].raw = &w.raws[i];
	*ret_done = bt_index_file_find(c->repo, w.files, w.nr, &written);
	for (size_t i = 0; *ret_done && i < w.nr; i++) {
		struct plain_name *n = w.raws[i].found ? find_name(p, w.files[i].path) : NULL;

		if (w.raws[i].found && w.raws[i].mode == 0160000 && !n)
			return bt_err_set(err, BT_ERR_FAIL, "a path is in submodule '%.200s'", w.files[i].path);
		/* Unmerged, or not meant to be on disk: git knows what to do about that, given all of the index. */
		if (w.raws[i].found && (w.raws[i].flags & BT_INDEX_STAGE || w.raws[i].xflags & BT_INDEX_SKIP_WORKTREE))
			*ret_done = false;
		if (n)
			n->in_index = true;
	}
	return *ret_done ? index_write(c, &w, &written, err) : 0;
}

/* --- reading --- */

/* Ignored files that git does not know yet are refused. */
static int refuse_ignored(struct capture *c, const struct plain *p, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT, errout = BT_BUF_INIT;
	int status, rc = capture_cmd(c, &cmd, c->index, err);

	for (size_t i = 0; i < p->nr; i++)
		if (p->names[i].there && !p->names[i].in_index)
			bt_buf_add(&in, p->names[i].path, strlen(p->names[i].path) + 1);
	if (rc || !in.len)
		return rc;
	cmd.cwd = c->repo->top;
	bt_git_cmd_addl(&cmd, "check-ignore", "-z", "--stdin", NULL);
	rc = bt_git_run_status(&cmd, in.data, in.len, &out, &errout, &status, err);
	if (rc)
		return rc;
	if (status > 1)
		return bt_git_fail(err, BT_ERR_FAIL, NULL, bt_buf_cstr(&errout), status);
	if (out.len)
		return bt_err_set(err, BT_ERR_FAIL, "'%.200s' is ignored (.gitignore)", bt_buf_cstr(&out));
	return 0;
}

static int files_read(struct capture *c, const struct plain *p, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
	int rc = refuse_ignored(c, p, err);

	for (size_t i = 0; i < p->nr; i++)
		if (p->names[i].there || p->names[i].in_index)
			bt_buf_add(&in, p->names[i].path, strlen(p->names[i].path) + 1);
	if (!rc)
		rc = bt_buf_check(&in, "the names of files", err);
	if (!rc && in.len)
		rc = capture_cmd(c, &cmd, c->index, err);
	if (rc || !in.len)
		return rc;
	/* Contents that no filter changes go straight into one pack, which git syncs: a hundred files would be a hundred to write out. */
	if (p->nr > LOOSE_NR_MAX)
		bt_git_cmd_config(&cmd, "core.bigFileThreshold=1");
	cmd.cwd = c->repo->top;
	bt_git_cmd_addl(&cmd, "update-index", "--add", "--remove", "--replace", "-z", "--stdin", NULL);
	return capture_run_add(&cmd, &in, err);
}

struct found {
	const struct plain *p;
	size_t oid_len;
};

static void take_entry(void *ctx, const char *path, size_t len, uint32_t mode, const uint8_t *oid)
{
	const struct found *f = ctx;
	struct plain_name *n = find_name(f->p, path);

	(void)len;
	if (!n)
		return;
	n->mode = mode;
	n->oid = bt_oid_make(oid, f->oid_len);
}

int plain_read(struct capture *c, struct plain *p, bool *ret_done, struct bt_err *err)
{
	struct bt_repo own = *c->repo;
	int rc;

	*ret_done = false;
	if (!p->nr)
		return 0;
	sort_names(p);
	rc = index_make(c, p, ret_done, err);
	if (rc || !*ret_done)
		return rc;
	rc = files_read(c, p, err);
	own.index_file = c->index;
	if (!rc && !bt_index_file_walk(&own, take_entry, &(struct found){ p, own.oid_len }))
		rc = bt_err_set(err, BT_ERR_CORRUPT, "cannot read the index that git has written");
	return rc;
}

int plain_changes(struct capture *c, const struct plain *p, const struct bt_capture_opts *o, struct capture_changes *ch, struct bt_err *err)
{
	for (size_t i = 0; i < o->paths_nr; i++) {
		const char *path = plain_path(c, o->paths[i]);
		const struct plain_name *n = path ? find_name(p, path) : NULL;
		struct bt_oid oid;
		uint32_t mode = n && (n->there || n->in_index);

		if (n && !mode && bt_tree_edit_get(c->tree, path, strlen(path), &mode, &oid, err))
			return err->code;
		if (!mode)
			return bt_err_set(err, BT_ERR_FAIL, "pathspec '%.200s' did not match any files", o->paths[i]);
		capture_change_add(c, ch, path, strlen(path), n->mode, &n->oid);
	}
	return 0;
}
