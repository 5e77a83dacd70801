/*
 * Reading package.json and tsconfig.json: who is called what, and which names stand for which paths.
 */
#include "core/query/resolve_js.h"

#include <stdlib.h>

/* How far "extends" of a tsconfig.json is followed. */
#define EXTENDS_MAX 8

static bool in_node_modules(const char *path)
{
	return strstr(path, "node_modules/") != NULL;
}

static void add_package(struct js_state *s, const struct js_config *c)
{
	size_t number = s->packages_nr;
	uint64_t none = UINT64_MAX;

	s->packages[s->packages_nr++] = *c;
	bt_strmap_put(&s->by_dir, c->path, c->dir_len, number);
	/* of several with one name the first is as good as any */
	if (c->name && !in_node_modules(c->path) &&
	    bt_strmap_get(&s->by_name, c->name, c->name_len, none) == none)
		bt_strmap_put(&s->by_name, c->name, c->name_len, number);
}

static int state_read(struct bt_resolver *r, struct js_state *s, struct bt_err *err)
{
	static const char *const names[] = { "package.json", "tsconfig*.json", "jsconfig.json", NULL };
	struct bt_config_file *files;
	size_t nr;

	if (bt_config_files_read(&r->source, names, &r->arena, &files, &nr, err))
		return err->code;
	s->packages = bt_xcalloc(nr + 1, sizeof(*s->packages));
	s->tsconfigs = bt_xcalloc(nr + 1, sizeof(*s->tsconfigs));
	for (size_t i = 0; i < nr; i++) {
		struct js_config c = { .path = files[i].path };

		c.dir_len = bt_path_dir_len(files[i].path, files[i].path_len);
		if (files[i].text)
			c.json = bt_jsonc_parse(files[i].text, files[i].text_len, &r->arena);
		if (!c.json)
			continue;
		if (!bt_path_ends(c.path, files[i].path_len, "package.json", 12)) {
			s->tsconfigs[s->tsconfigs_nr++] = c;
			continue;
		}
		c.name = bt_jsonc_string(c.json, "name");
		c.name_len = c.name ? strlen(c.name) : 0;
		add_package(s, &c);
	}
	return 0;
}

int js_state_get(struct bt_resolver *r, struct js_state **ret_s, struct bt_err *err)
{
	struct js_state *s = r->state[BT_FAMILY_JS];

	if (!s) {
		s = r->state[BT_FAMILY_JS] = bt_xcalloc(1, sizeof(*s));
		bt_strmap_init(&s->by_dir, NULL);
		bt_strmap_init(&s->by_name, NULL);
		if (state_read(r, s, err))
			return err->code;
	}
	*ret_s = s;
	return 0;
}

void js_state_release(void *state)
{
	struct js_state *s = state;

	bt_strmap_release(&s->by_dir);
	bt_strmap_release(&s->by_name);
	free(s->packages);
	free(s->tsconfigs);
	free(s);
}

const struct js_config *js_package_at(const struct js_state *s, const char *dir, size_t len)
{
	uint64_t number = bt_strmap_get(&s->by_dir, dir, len, UINT64_MAX);

	return number == UINT64_MAX ? NULL : &s->packages[number];
}

const struct js_config *js_package_around(const struct js_state *s, const char *dir, size_t len)
{
	for (;; len = bt_path_dir_len(dir, len)) {
		const struct js_config *c = js_package_at(s, dir, len);

		if (c || !len)
			return c;
	}
}

/* --- patterns with one '*' --- */

/* Does the key match, and with what for its '*'? Longer beginnings are better. */
static bool pattern_match(const char *key, const char *text, const char **ret_star, size_t *ret_len)
{
	const char *star = strchr(key, '*');
	size_t len = strlen(text), before, after;

	if (!star)
		return false;
	before = (size_t)(star - key);
	after = strlen(star + 1);
	if (before + after > len || strncmp(key, text, before) || strcmp(text + len - after, star + 1))
		return false;
	*ret_star = text + before;
	*ret_len = len - before - after;
	return true;
}

static const char *fill_star(struct bt_resolver *r, const char *pattern, const char *star, size_t star_len)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	for (; *pattern; pattern++) {
		if (*pattern == '*' && star)
			bt_buf_add(&out, star, star_len);
		else
			bt_buf_addch(&out, *pattern);
	}
	return bt_arena_strndup(&r->arena, bt_buf_cstr(&out), out.len);
}

/* The member whose key is `text`, or else the one whose pattern fits best. */
static const struct bt_jsonc *find_key(const struct bt_jsonc *map, const char *text, const char **ret_star,
				       size_t *ret_len)
{
	const struct bt_jsonc *best = bt_jsonc_get(map, text);
	size_t best_len = 0, len;
	const char *star;

	*ret_star = NULL;
	*ret_len = 0;
	if (best || map->type != BT_JSONC_OBJECT)
		return best;
	for (const struct bt_jsonc *v = map->child; v; v = v->next) {
		size_t before = strcspn(v->key, "*");

		if (!pattern_match(v->key, text, &star, &len) || (best && before <= best_len))
			continue;
		best = v;
		best_len = before;
		*ret_star = star;
		*ret_len = len;
	}
	return best;
}

/* --- exports and imports --- */

struct target {
	struct bt_resolver *r;
	const struct js_config *p;
	const char *star;
	size_t star_len;
	js_try_fn *each;
	void *ctx;
	unsigned depth;
};

static bool try_target(struct target *t, const struct bt_jsonc *v);

static bool try_members(struct target *t, const struct bt_jsonc *v)
{
	bool found = false;

	if (t->depth++ > BT_JSONC_DEPTH_MAX)
		return false;
	for (int types = 0; types < 2 && !found; types++)
		for (const struct bt_jsonc *c = v->child; c && !found; c = c->next)
			if ((c->key && !strncmp(c->key, "types", 5)) == types)
				found = try_target(t, c);
	t->depth--;
	return found;
}

static bool try_target(struct target *t, const struct bt_jsonc *v)
{
	const char *path;

	if (v->type == BT_JSONC_ARRAY || v->type == BT_JSONC_OBJECT)
		return try_members(t, v);
	if (v->type != BT_JSONC_STRING || v->text[0] != '.')
		return false;
	path = fill_star(t->r, v->text, t->star, t->star_len);
	return t->each(t->ctx, t->p->path, t->p->dir_len, path, strlen(path));
}

bool js_try_map(struct bt_resolver *r, const struct js_config *p, const struct bt_jsonc *map, const char *key,
		js_try_fn *each, void *ctx)
{
	struct target t = { .r = r, .p = p, .each = each, .ctx = ctx };
	const struct bt_jsonc *v = map;
	bool keyed = map->type == BT_JSONC_OBJECT && map->child && strchr(".#", map->child->key[0]) &&
		     map->child->key[0];

	if (keyed)
		v = find_key(map, key, &t.star, &t.star_len);
	else if (strcmp(key, "."))
		v = NULL;
	return v && try_target(&t, v);
}

/* --- tsconfig.json --- */

static const struct js_config *tsconfig_at(const struct js_state *s, const char *path, size_t len)
{
	for (size_t i = 0; i < s->tsconfigs_nr; i++)
		if (strlen(s->tsconfigs[i].path) == len && !memcmp(s->tsconfigs[i].path, path, len))
			return &s->tsconfigs[i];
	return NULL;
}

/* The file that "extends" names: a path from here, or one in a package of the repository. */
static const struct js_config *extended(struct bt_resolver *r, const struct js_state *s,
					const struct js_config *c, const char *name)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	const char *dir = c->path, *rel = name;
	size_t dir_len = c->dir_len, len = strlen(name);
	const struct js_config *found;

	(void)r;
	if (*name != '.') {
		const char *slash = strchr(name, '/');
		uint64_t number;

		if (slash && *name == '@')
			slash = strchr(slash + 1, '/');
		len = slash ? (size_t)(slash - name) : len;
		number = bt_strmap_get(&s->by_name, name, len, UINT64_MAX);
		if (number == UINT64_MAX)
			return NULL;
		dir = s->packages[number].path;
		dir_len = s->packages[number].dir_len;
		rel = slash ? slash + 1 : "tsconfig.json";
	}
	if (!bt_path_under(&path, dir, dir_len, rel, strlen(rel)))
		return NULL;
	found = tsconfig_at(s, bt_buf_cstr(&path), path.len);
	if (found)
		return found;
	bt_buf_adds(&path, ".json");
	return tsconfig_at(s, bt_buf_cstr(&path), path.len);
}

/* A compiler option, of the file itself or of one that it extends; *ret_c: where it was said. */
static const struct bt_jsonc *ts_option(struct bt_resolver *r, const struct js_state *s,
					const struct js_config *c, const char *key,
					const struct js_config **ret_c, unsigned depth)
{
	const struct bt_jsonc *v = bt_jsonc_get(bt_jsonc_get(c->json, "compilerOptions"), key);
	const struct bt_jsonc *e = bt_jsonc_get(c->json, "extends"), *found = NULL;

	*ret_c = c;
	if (v || !e || depth >= EXTENDS_MAX)
		return v;
	if (e->type == BT_JSONC_ARRAY)
		e = e->child;
	else if (e->type != BT_JSONC_STRING)
		return NULL;
	/* of several the last one that says so */
	for (bool array = e->key == NULL; e; e = array ? e->next : NULL) {
		const struct js_config *base, *said;

		base = e->type == BT_JSONC_STRING ? extended(r, s, c, e->text) : NULL;
		v = base ? ts_option(r, s, base, key, &said, depth + 1) : NULL;
		if (v) {
			found = v;
			*ret_c = said;
		}
	}
	return found;
}

struct ts_try {
	struct bt_resolver *r;
	const struct js_state *s;
	const char *text;	/* NUL-terminated */
	js_try_fn *each;
	void *ctx;
	bool had;		/* the file has something to say about names */
};

static bool try_one_tsconfig(struct ts_try *t, const struct js_config *c)
{
	const struct js_config *paths_at, *base_at;
	const struct bt_jsonc *paths = ts_option(t->r, t->s, c, "paths", &paths_at, 0);
	const struct bt_jsonc *base = ts_option(t->r, t->s, c, "baseUrl", &base_at, 0);
	const char *dir, *star;
	BT_BUF_OWNED struct bt_buf root = BT_BUF_INIT;
	const struct bt_jsonc *v;
	size_t star_len;

	t->had = paths || base;
	if (!t->had)
		return false;
	if (base && base->type == BT_JSONC_STRING) {
		if (!bt_path_under(&root, base_at->path, base_at->dir_len, base->text, base->text_len))
			return false;
	} else {
		bt_buf_add(&root, paths_at->path, paths_at->dir_len);
		base = NULL;
	}
	dir = bt_buf_cstr(&root);
	v = paths ? find_key(paths, t->text, &star, &star_len) : NULL;
	for (v = v && v->type == BT_JSONC_ARRAY ? v->child : NULL; v; v = v->next) {
		const char *path = v->type == BT_JSONC_STRING ? fill_star(t->r, v->text, star, star_len) : NULL;

		if (path && t->each(t->ctx, dir, root.len, path, strlen(path)))
			return true;
	}
	return base && t->each(t->ctx, dir, root.len, t->text, strlen(t->text));
}

bool js_try_tsconfig(struct bt_resolver *r, const struct js_state *s, const struct bt_module *m,
		     js_try_fn *each, void *ctx)
{
	struct ts_try t = { .r = r, .s = s, .each = each, .ctx = ctx };
	bool any = false;

	t.text = bt_arena_strndup(&r->arena, m->text, m->len);
	for (size_t dir = m->dir_len; s->tsconfigs_nr; dir = bt_path_dir_len(m->path, dir)) {
		for (size_t i = 0; i < s->tsconfigs_nr; i++) {
			const struct js_config *c = &s->tsconfigs[i];

			if (c->dir_len != dir || memcmp(c->path, m->path, dir))
				continue;
			if (try_one_tsconfig(&t, c))
				return true;
			any |= t.had;
		}
		if (any || !dir)
			return false;
	}
	return false;
}
