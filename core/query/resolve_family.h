/*
 * Between resolve.c and the families. Not for others.
 */
#ifndef BT_QUERY_RESOLVE_FAMILY_H
#define BT_QUERY_RESOLVE_FAMILY_H

#include <string.h>

#include "core/query/resolve.h"

/* One import to resolve. Texts are not NUL-terminated. */
struct bt_module {
	uint32_t file;			/* that imports */
	const char *path;
	size_t path_len, dir_len;	/* of the path; of its folder */
	const struct bt_facts *facts;
	const struct bt_import *import;	/* NULL: the declaration of a module (mod x;), which is def */
	uint32_t def;
	const char *text;
	size_t len;
};

/* What it means. */
struct bt_targets {
	uint32_t *files;
	size_t nr, alloc;
	enum bt_module_state state;	/* when there are no files */
	enum bt_module_how how;
	bool guess;
};

enum bt_family_id {
	BT_FAMILY_C,
	BT_FAMILY_PYTHON,
	BT_FAMILY_JS,
	BT_FAMILY_GO,
	BT_FAMILY_RUST,
	BT_FAMILY_NAMESPACE,	/* Java, Kotlin, Scala, C# */
	BT_FAMILY_RUBY,
	BT_FAMILY_PHP,
	BT_FAMILY_LUA,
	BT_FAMILY_PATH,		/* names that are paths: CSS, shell, Zig */
	BT_FAMILY_NR
};

struct bt_family {
	int (*resolve)(struct bt_resolver *r, const struct bt_module *m, struct bt_targets *t,
		       struct bt_err *err);
	bool whole;		/* wants all facts; else those without occurrences and names of definitions */
	void (*release)(void *state);	/* of r->state, or NULL */
};
extern const struct bt_family bt_family_c, bt_family_python, bt_family_js, bt_family_go, bt_family_rust,
	bt_family_namespace, bt_family_ruby, bt_family_php, bt_family_lua, bt_family_path;

struct bt_resolver {
	struct bt_view *v;
	struct bt_content_source source;
	struct bt_paths paths;
	struct bt_arena arena;		/* lives as long as the resolver */
	struct bt_arena facts;		/* of the file at hand */
	struct bt_buf path;		/* scratch of resolve.c's helpers: bt_try_* overwrite it */
	struct bt_targets targets;
	void *state[BT_FAMILY_NR];	/* each family's own */
	int8_t *families;		/* by language of the store: enum bt_family_id, or -1 */
	uint32_t families_nr;
};

/* Adds a target once. */
void bt_target_add(struct bt_targets *t, uint32_t file, enum bt_module_how how);
/* Takes dir/rel<ending> when there is such a file. dir and rel must not lie in r->path. */
bool bt_try_path(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel, size_t rel_len,
		 const char *ending, enum bt_module_how how, struct bt_targets *t);
/* The number of dir/rel<ending>, or BT_NONE. */
uint32_t bt_path_lookup(struct bt_resolver *r, const char *dir, size_t dir_len, const char *rel,
			size_t rel_len, const char *ending);
/* A copy of a text in r->arena with every `sep` (or bytes of it) made a slash. */
const char *bt_with_slashes(struct bt_resolver *r, const char *text, size_t len, const char *seps);

/*
 * Files whose paths end with `tail`: those whose remaining folder is best for a file in `dir` (most shared
 * first components, then the fewest of its own). usable: says which remaining folders are out of the
 * question; may be NULL. Adds all that are equally good; t->guess when there are several.
 */
void bt_try_tail(struct bt_resolver *r, const char *dir, size_t dir_len, const char *tail, size_t tail_len,
		 bool (*usable)(const char *root, size_t len, const char *dir, size_t dir_len),
		 struct bt_targets *t);

/*
 * What configuration files of one name say about names: the state of a family. bt_named_paths_get gives the list, and
 * the first time (BT_ROW, later BT_DONE) all these files, to be put into it. Names and paths live in r->arena or the
 * view.
 */
struct bt_named_path {
	const char *name;
	size_t name_len;
	const char *path;	/* NUL-terminated */
	size_t path_len;
};
struct bt_named_paths {
	struct bt_named_path *list;
	size_t nr, alloc;
};
int bt_named_paths_get(struct bt_resolver *r, enum bt_family_id family, const char *config,
		       struct bt_named_paths **ret_list, struct bt_config_file **ret_files, size_t *ret_nr,
		       struct bt_err *err);
void bt_named_paths_add(struct bt_named_paths *l, const char *name, size_t name_len, const char *path,
			size_t path_len);
/* Longer names first, which are the more special ones. */
void bt_named_paths_sort(struct bt_named_paths *l);
void bt_named_paths_release(void *state);	/* for bt_family.release */

/*
 * Adds the files other than m's that define a name and that `fits` (dir_len bytes of their path are the folder).
 */
int bt_try_definers(struct bt_resolver *r, const struct bt_module *m, const struct bt_name *name,
		    bool (*fits)(struct bt_resolver *r, const struct bt_module *m, uint32_t file,
				 size_t dir_len, const char *ns, size_t ns_len),
		    const char *ns, size_t ns_len, struct bt_targets *t, struct bt_err *err);

static inline bool bt_text_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(text, word, len);
}

#endif
