/*
 * JavaScript and TypeScript: paths with their endings and index files, node_modules, packages of the
 * repository (workspaces) by their names, "exports" and "imports" of package.json, paths and baseUrl of
 * tsconfig.json.
 *
 * What a package is said to be made of (dist/index.js) is often not in the repository: then the source it
 * was built from is looked for at src/.
 */
#include "core/query/resolve_js.h"

static const char *const js_endings[] = { ".js",  ".mjs", ".cjs", ".jsx", ".json", ".ts",
					  ".tsx", ".mts", ".cts", ".d.ts", NULL };
static const char *const ts_endings[] = { ".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js",
					  ".jsx", ".mjs", ".cjs", ".json", NULL };

struct js {
	struct bt_resolver *r;
	const struct js_state *s;
	const struct bt_module *m;
	struct bt_targets *t;
	enum bt_module_how how;
	unsigned depth;		/* of packages that lead to folders that are packages ... */
};

static bool ends(const char *text, size_t len, const char *ending)
{
	size_t n = strlen(ending);

	return len > n && !memcmp(text + len - n, ending, n);
}

static const char *const *endings_of(const struct js *j)
{
	bool ts = ends(j->m->path, j->m->path_len, "ts") || ends(j->m->path, j->m->path_len, ".tsx");

	return ts ? ts_endings : js_endings;
}

static bool try_exact(struct js *j, const char *dir, size_t dir_len, const char *rel, size_t len,
		      const char *ending)
{
	return bt_try_path(j->r, dir, dir_len, rel, len, ending, j->how, j->t);
}

static bool try_endings(struct js *j, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	for (const char *const *e = endings_of(j); *e; e++)
		if (try_exact(j, dir, dir_len, rel, len, *e))
			return true;
	return false;
}

/* "./x.js" in TypeScript means x.ts. */
static bool try_replaced(struct js *j, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	static const struct {
		const char *from, *to[3];
	} map[] = {
		{ ".js", { ".ts", ".tsx", ".d.ts" } },
		{ ".jsx", { ".tsx", NULL } },
		{ ".mjs", { ".mts", NULL } },
		{ ".cjs", { ".cts", NULL } },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(map); i++) {
		if (!ends(rel, len, map[i].from))
			continue;
		for (size_t k = 0; k < 3 && map[i].to[k]; k++)
			if (try_exact(j, dir, dir_len, rel, len - strlen(map[i].from), map[i].to[k]))
				return true;
	}
	return false;
}

static bool try_package(struct js *j, const struct js_config *p, const char *sub, size_t sub_len);

static bool try_dir(struct js *j, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;
	const struct js_config *p;
	bool found;

	if (!bt_path_under(&full, dir, dir_len, rel, len) ||
	    !bt_paths_has_dir(&j->r->paths, bt_buf_cstr(&full), full.len))
		return false;
	p = js_package_at(j->s, bt_buf_cstr(&full), full.len);
	if (p && j->depth < 4) {
		j->depth++;
		found = try_package(j, p, "", 0);
		j->depth--;
		if (found)
			return true;
	}
	return try_endings(j, bt_buf_cstr(&full), full.len, "index", 5);
}

/* A path in every form it may be meant in. Also a js_try_fn. */
static bool try_file(void *ctx, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	struct js *j = ctx;

	return try_exact(j, dir, dir_len, rel, len, "") || try_replaced(j, dir, dir_len, rel, len) ||
	       try_endings(j, dir, dir_len, rel, len) || try_dir(j, dir, dir_len, rel, len);
}

/* dist/x.js, lib/x.js: what was built from src/x.ts. */
static bool try_source_of(struct js *j, const struct js_config *p, const char *path)
{
	BT_BUF_OWNED struct bt_buf src = BT_BUF_INIT;
	size_t dot;

	while (!strncmp(path, "./", 2))
		path += 2;
	if (!strchr(path, '/'))
		return false;
	bt_buf_adds(&src, "src");
	bt_buf_adds(&src, strchr(path, '/'));
	dot = src.len;
	while (dot && src.data[dot - 1] != '.' && src.data[dot - 1] != '/')
		dot--;
	if (!dot || src.data[dot - 1] != '.')
		dot = src.len + 1;
	return try_endings(j, p->path, p->dir_len, src.data, dot - 1);
}

/* The file of a package without "exports". */
static bool try_entry(struct js *j, const struct js_config *p)
{
	static const char *const keys[] = { "module", "main", "source", "types", "typings" };
	static const char *const usual[] = { "index", "src/index", "lib/index", "src/main" };

	for (int built = 0; built < 2; built++) {
		for (size_t i = 0; i < BT_ARRAY_NR(keys); i++) {
			const char *path = bt_jsonc_string(p->json, keys[i]);

			if (!path || !*path || !strcmp(path, "."))
				continue;
			if (built ? try_source_of(j, p, path)
				  : try_file(j, p->path, p->dir_len, path, strlen(path)))
				return true;
		}
	}
	for (size_t i = 0; i < BT_ARRAY_NR(usual); i++)
		if (try_endings(j, p->path, p->dir_len, usual[i], strlen(usual[i])))
			return true;
	return false;
}

struct exported {
	struct js *j;
	const struct js_config *p;
};

/* What is said to be exported, or what it was built from. */
static bool try_exported(void *ctx, const char *dir, size_t dir_len, const char *rel, size_t len)
{
	struct exported *e = ctx;

	return try_exact(e->j, dir, dir_len, rel, len, "") || try_replaced(e->j, dir, dir_len, rel, len) ||
	       try_source_of(e->j, e->p, rel);
}

static bool try_package(struct js *j, const struct js_config *p, const char *sub, size_t sub_len)
{
	const struct bt_jsonc *exports = bt_jsonc_get(p->json, "exports");
	BT_FREE char *key = bt_xasprintf(sub_len ? "./%.*s" : ".", (int)sub_len, sub);
	struct exported e = { j, p };

	if (exports && js_try_map(j->r, p, exports, key, try_exported, &e))
		return true;
	if (!sub_len)
		return try_entry(j, p);
	/* without "exports", or when these are about what was built */
	return try_file(j, p->path, p->dir_len, sub, sub_len) ||
	       try_source_of(j, p, key);
}

static bool try_node_modules(struct js *j, const char *name, size_t name_len, const char *sub, size_t sub_len)
{
	const struct bt_module *m = j->m;

	for (size_t dir = m->dir_len;; dir = bt_path_dir_len(m->path, dir)) {
		BT_BUF_OWNED struct bt_buf full = BT_BUF_INIT;
		const struct js_config *p;

		bt_buf_add(&full, m->path, dir);
		bt_buf_adds(&full, dir ? "/node_modules/" : "node_modules/");
		bt_buf_add(&full, name, name_len);
		p = js_package_at(j->s, full.data, full.len);
		if (p ? try_package(j, p, sub, sub_len)
		      : bt_paths_has_dir(&j->r->paths, full.data, full.len) &&
				try_file(j, full.data, full.len, sub, sub_len))
			return true;
		if (!dir)
			return false;
	}
}

static bool try_bare(struct js *j)
{
	const char *text = j->m->text, *slash = memchr(text, '/', j->m->len), *sub;
	size_t len = j->m->len, name_len, sub_len;
	uint64_t number;

	if (slash && *text == '@')
		slash = memchr(slash + 1, '/', len - (size_t)(slash + 1 - text));
	name_len = slash ? (size_t)(slash - text) : len;
	sub = slash ? slash + 1 : "";
	sub_len = slash ? len - name_len - 1 : 0;
	j->how = BT_HOW_PACKAGE;
	if (try_node_modules(j, text, name_len, sub, sub_len))
		return true;
	number = bt_strmap_get(&j->s->by_name, text, name_len, UINT64_MAX);
	if (number == UINT64_MAX)
		return false;
	j->t->state = BT_MODULE_UNRESOLVED;
	return try_package(j, &j->s->packages[number], sub, sub_len);
}

static void try_imports(struct js *j)
{
	const struct js_config *p = js_package_around(j->s, j->m->path, j->m->dir_len);
	const struct bt_jsonc *imports = p ? bt_jsonc_get(p->json, "imports") : NULL;
	BT_FREE char *key = bt_xstrndup(j->m->text, j->m->len);
	struct exported e = { j, p };

	j->t->state = BT_MODULE_UNRESOLVED;
	j->how = BT_HOW_ALIAS;
	if (imports)
		js_try_map(j->r, p, imports, key, try_exported, &e);
}

/* Bundlers append what they want to know: './icon.svg?raw'. */
static size_t without_query(const struct bt_module *m)
{
	const char *q = memchr(m->text, '?', m->len);

	return q && q != m->text ? (size_t)(q - m->text) : m->len;
}

static int resolve(struct bt_resolver *r, const struct bt_module *whole, struct bt_targets *t,
		   struct bt_err *err)
{
	struct bt_module m = *whole;
	struct js j = { .r = r, .m = &m, .t = t, .how = BT_HOW_RELATIVE };
	struct js_state *s;

	if (js_state_get(r, &s, err))
		return err->code;
	j.s = s;
	m.len = without_query(whole);
	if (!m.len || m.text[0] == '/' || (m.len > 5 && !memcmp(m.text, "node:", 5)))
		return 0;
	if (m.text[0] == '#') {
		try_imports(&j);
		return 0;
	}
	if (m.text[0] == '.') {
		t->state = BT_MODULE_UNRESOLVED;
		try_file(&j, m.path, m.dir_len, m.text, m.len);
		return 0;
	}
	j.how = BT_HOW_ALIAS;
	if (!js_try_tsconfig(r, s, &m, try_file, &j))
		try_bare(&j);
	return 0;
}

const struct bt_family bt_family_js = { .resolve = resolve, .release = js_state_release };
