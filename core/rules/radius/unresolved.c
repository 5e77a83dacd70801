/*
 * unresolved-import: a new import that means a file of the repository, and there is none.
 *
 * Before that is told git is asked: the file may be one that is not indexed, or one that the build makes and that is ignored.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/rules/radius/imports.h"

/* Paths that the text of an import could be meant to be, whether they are indexed or not. */
struct candidates {
	char *list[24];
	size_t nr;
};

static void candidates_release(struct candidates *c)
{
	for (size_t i = 0; i < c->nr; i++)
		free(c->list[i]);
}

static void add_candidates(struct candidates *c, const char *dir, size_t dir_len, const char *rel, size_t rel_len,
			   const char *const *endings)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	if (!bt_path_under(&path, dir, dir_len, rel, rel_len) || strpbrk(bt_buf_cstr(&path), "\n"))
		return;
	for (; *endings && c->nr < BT_ARRAY_NR(c->list); endings++)
		c->list[c->nr++] = bt_xasprintf("%s%s", bt_buf_cstr(&path), *endings);
}

static bool lang_is(const char *lang, const char *const *langs)
{
	for (; *langs; langs++)
		if (!strcmp(*langs, lang))
			return true;
	return false;
}

/* Python's dots and names as a path below one of the folders around. */
static void python_candidates(struct candidates *c, const char *path, size_t dir, const struct bt_dep *d)
{
	static const char *const endings[] = { ".py", ".pyi", ".pyx", ".so", ".c", ".cpp", "", NULL };
	BT_FREE char *rel = bt_xstrndup(d->module, d->module_len);
	size_t dots = strspn(rel, ".");

	for (char *p = rel + dots; *p; p++)
		if (*p == '.')
			*p = '/';
	for (size_t up = 1; up < dots; up++)
		dir = bt_path_dir_len(path, dir);
	add_candidates(c, path, dir, rel + dots, strlen(rel + dots), endings);
	if (!dots)
		add_candidates(c, "", 0, rel, strlen(rel), endings);
}

static void find_candidates(struct candidates *c, const char *lang, const char *path, const struct bt_dep *d)
{
	static const char *const js[] = { "", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".d.ts", ".json", ".vue",
					  ".svelte", ".node", NULL };
	static const char *const ruby[] = { "", ".rb", ".so", NULL };
	static const char *const rust[] = { ".rs", "/mod.rs", NULL };
	static const char *const as_is[] = { "", NULL };
	size_t dir = bt_path_dir_len(path, strlen(path));

	if (!strcmp(lang, "python"))
		python_candidates(c, path, dir, d);
	else if (lang_is(lang, (const char *const[]){ "javascript", "typescript", "tsx", NULL }))
		add_candidates(c, path, dir, d->module, d->module_len, js);
	else if (!strcmp(lang, "ruby"))
		add_candidates(c, path, dir, d->module, d->module_len, ruby);
	else if (!strcmp(lang, "rust"))
		add_candidates(c, path, dir, d->module, d->module_len, rust);
	else
		add_candidates(c, path, dir, d->module, d->module_len, as_is);
}

/* Is one of them in what is judged, though the index does not have it (a picture, a folder)? */
static int is_there(struct radius_imports *m, const struct candidates *c, bool *ret)
{
	const struct bt_check_opts *o = m->r->k->o;
	char hex[BT_OID_HEX_MAX + 1] = "";
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	int status;

	*ret = false;
	if (o->content == BT_CONTENT_WORKTREE) {
		for (size_t i = 0; i < c->nr && !*ret; i++) {
			BT_FREE char *at = bt_xasprintf("%s/%s", o->repo->top, c->list[i]);
			struct stat st;

			*ret = !lstat(at, &st);
		}
		return 0;
	}
	if (o->content == BT_CONTENT_TREE)
		bt_oid_hex(o->trees[0].len ? &o->trees[0] : &m->r->tree, hex);
	for (size_t i = 0; i < c->nr; i++)
		bt_buf_addf(&in, "%s:%s\n", hex, c->list[i]);
	bt_git_cmd_init(&cmd, o->repo);
	bt_git_cmd_addl(&cmd, "cat-file", "--batch-check=%(objecttype)", NULL);
	if (bt_git_run_status(&cmd, bt_buf_cstr(&in), in.len, &out, NULL, &status, m->err))
		return m->err->code;
	for (const char *p = bt_buf_cstr(&out); *p; p += strcspn(p, "\n"), p += *p == '\n')
		*ret |= !strncmp(p, "blob\n", 5) || !strncmp(p, "tree\n", 5);
	return 0;
}

/* What is ignored is made by somebody. */
static int is_ignored(struct radius_imports *m, const struct candidates *c, bool *ret)
{
	const struct bt_repo *repo = m->r->k->o->repo;
	BT_GIT_CMD_OWNED struct bt_git_cmd cmd = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	int status = 0;

	*ret = false;
	if (!repo->top)
		return 0;
	for (size_t i = 0; i < c->nr; i++)
		bt_buf_add(&in, c->list[i], strlen(c->list[i]) + 1);
	bt_git_cmd_init(&cmd, repo);
	bt_git_cmd_addl(&cmd, "check-ignore", "-q", "-z", "--no-index", "--stdin", NULL);
	cmd.cwd = repo->top;
	/* git that cannot tell is git that knows of no such rule */
	if (!bt_git_run_status(&cmd, bt_buf_cstr(&in), in.len, &out, NULL, &status, &ignored))
		*ret = !status;
	return 0;
}

/* In the worktree, and not in what lands? */
static const char *left_behind(struct radius_imports *m, const struct candidates *c)
{
	const struct bt_repo *repo = m->r->k->o->repo;

	for (size_t i = 0; repo->top && i < c->nr; i++) {
		BT_FREE char *at = bt_xasprintf("%s/%s", repo->top, c->list[i]);
		struct stat st;

		if (!lstat(at, &st) && S_ISREG(st.st_mode))
			return c->list[i];
	}
	return NULL;
}

/*
 * Is it sure that a file of the repository is meant? What stands between quotes in C may be anywhere on a search path: then
 * only a file that lies there and does not land is.
 */
static bool is_meant_here(const char *lang, const struct bt_facts *f, const struct bt_dep *d)
{
	bool dotted = d->module_len > 1 && d->module[0] == '.';

	if (lang_is(lang, (const char *const[]){ "javascript", "typescript", "tsx", "c", "cpp", NULL }))
		return dotted;
	if (!strcmp(lang, "python"))	/* what is tried may be missing */
		return !bt_facts_point(f, radius_import_start(f, d->row)).col;
	return true;
}

/* Python: behind a module that is one file its names follow, which may be modules that it makes (six.moves). */
static bool goes_into_file(struct radius_imports *m, const char *path, const struct bt_dep *d)
{
	const struct bt_paths *paths = bt_resolver_paths(m->resolver);
	size_t dir = bt_path_dir_len(path, strlen(path)), dots = 0;
	BT_FREE char *rel = bt_xstrndup(d->module, d->module_len);
	BT_BUF_OWNED struct bt_buf at = BT_BUF_INIT;

	dots = strspn(rel, ".");
	for (size_t up = 1; up < dots; up++)
		dir = bt_path_dir_len(path, dir);
	for (char *p = rel + dots; *p; p++) {
		if (*p != '.')
			continue;
		*p = '/';
		if (!bt_path_under(&at, path, dots ? dir : 0, rel + dots, (size_t)(p - rel) - dots))
			return false;
		bt_buf_adds(&at, ".py");
		if (bt_paths_find(paths, bt_buf_cstr(&at), at.len) != BT_NONE)
			return true;
	}
	return false;
}

static int judge_unresolved(struct radius_imports *m, size_t file, const struct bt_dep *d)
{
	BT_CLEANUP(candidates_release) struct candidates c = { .nr = 0 };
	const char *path = bt_resolver_paths(m->resolver)->path[d->from], *lang = m->r->k->files[file].now.lang->name;
	BT_FREE char *module = bt_xstrndup(d->module, d->module_len), *detail = NULL;
	const char *left;
	bool there, ignored = false;

	if (d->state != BT_MODULE_UNRESOLVED || (!strcmp(lang, "python") && goes_into_file(m, path, d)))
		return 0;
	find_candidates(&c, lang, path, d);
	left = left_behind(m, &c);
	if (!left && !is_meant_here(lang, m->r->after[file], d))
		return 0;
	if (is_there(m, &c, &there) || (!there && is_ignored(m, &c, &ignored)))
		return m->err->code;
	if (there || ignored)
		return 0;
	detail = left ? bt_xasprintf("'%s': '%s' is there, and is no part of what lands", module, left)
		      : bt_xasprintf("'%s'", module);
	radius_import_add(m, "unresolved-import", file, d, module, detail);
	return 0;
}

int radius_unresolved_imports(struct check *k)
{
	return radius_imports_each_new(k, "unresolved-import", NULL, judge_unresolved);
}
