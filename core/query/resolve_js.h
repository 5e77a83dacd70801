/*
 * Between resolve_js.c and resolve_js_config.c: package.json and tsconfig.json. Not for others.
 */
#ifndef BT_QUERY_RESOLVE_JS_H
#define BT_QUERY_RESOLVE_JS_H

#include "core/query/jsonc.h"
#include "core/query/resolve_family.h"

struct js_config {
	const char *path;
	size_t dir_len;		/* of its folder in path */
	const struct bt_jsonc *json;
	const char *name;	/* of a package, or NULL */
	size_t name_len;
};

/* What r->state holds: all such files of the content, read once. */
struct js_state {
	struct js_config *packages, *tsconfigs;	/* by path */
	size_t packages_nr, tsconfigs_nr;
	struct bt_strmap by_dir;	/* folder -> number of its package */
	struct bt_strmap by_name;	/* name -> number of a package outside of node_modules */
};

int js_state_get(struct bt_resolver *r, struct js_state **ret_s, struct bt_err *err);
void js_state_release(void *state);

/* The package.json of this very folder, or NULL; of it or the nearest one above. */
const struct js_config *js_package_at(const struct js_state *s, const char *dir, size_t len);
const struct js_config *js_package_around(const struct js_state *s, const char *dir, size_t len);

/*
 * Candidates that configuration gives for a name: a path below dir (dir_len bytes of it), to be tried as a
 * file. True: it was one, and the search ends.
 */
typedef bool js_try_fn(void *ctx, const char *dir, size_t dir_len, const char *rel, size_t rel_len);

/* compilerOptions.paths and baseUrl of the nearest tsconfig.json or jsconfig.json that has any. */
bool js_try_tsconfig(struct bt_resolver *r, const struct js_state *s, const struct bt_module *m,
		     js_try_fn *each, void *ctx);
/*
 * The "exports" (key ".", "./x") or "imports" (key "#x") of a package, in the order of their conditions,
 * those that are for types last.
 */
bool js_try_map(struct bt_resolver *r, const struct js_config *p, const struct bt_jsonc *map, const char *key,
		js_try_fn *each, void *ctx);

#endif
