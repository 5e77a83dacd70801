/*
 * From what an import says to the files of the view that are meant.
 *
 * One table (resolve.c) says which family of languages resolves how; each family has a file of its own,
 * resolve_<family>.c, and is handed one import at a time. What a family reads besides (package.json, go.mod,
 * ...) comes from the content that is asked about, is read when the first import wants it, and is kept.
 *
 * No compiler is asked and no search path is known: where a language leaves the answer to the build, the
 * nearest file whose path fits is taken. When several fit equally well all of them are given, as a guess.
 */
#ifndef BT_QUERY_RESOLVE_H
#define BT_QUERY_RESOLVE_H

#include "core/query/config_file.h"
#include "core/query/paths.h"
#include "core/query/view.h"

enum bt_module_state {
	BT_MODULE_FILE,		/* resolved */
	BT_MODULE_EXTERNAL,	/* of a library, or of the system: nothing in the view is meant */
	BT_MODULE_UNRESOLVED,	/* something in the view should be meant, and is not there */
	BT_MODULE_STATE_NR
};
const char *bt_module_state_name(enum bt_module_state s);	/* "file", "external", "unresolved" */

/* How a name was resolved. */
enum bt_module_how {
	BT_HOW_NONE,
	BT_HOW_RELATIVE,	/* from the folder of the file that imports */
	BT_HOW_SEARCH,		/* by a search path that was guessed from the folders there are */
	BT_HOW_PACKAGE,		/* by the name of a package: package.json, go.mod, Cargo.toml, ... */
	BT_HOW_ALIAS,		/* by a mapping in a configuration file: tsconfig paths, imports */
	BT_HOW_NAMESPACE,	/* by folders that are called as namespaces and packages are */
	BT_HOW_MODULE,		/* a module of the same package */
	BT_HOW_NR
};
const char *bt_module_how_name(enum bt_module_how how);

/* One import of a file, or one of the files that it means. */
struct bt_dep {
	uint32_t from;		/* number of the file that imports */
	uint32_t to;		/* of the one that is meant, or BT_NONE */
	uint32_t row;		/* of the import, from 0 */
	uint32_t import;	/* its number in the file's facts, or BT_NONE: the declaration of a module */
	const char *module;	/* as written; module_len bytes in the resolver's arena */
	uint32_t module_len;
	uint8_t state;		/* enum bt_module_state */
	uint8_t how;		/* enum bt_module_how */
	bool guess;		/* one of several that fit */
	uint32_t depth;		/* deps.h: level of a walk, from 1; else 0 */
	uint32_t cycle;		/* deps.h: number of the cycle it is part of, from 1; else 0 */
};

struct bt_dep_list {
	struct bt_dep *list;
	size_t nr, alloc;
};
void bt_dep_list_release(struct bt_dep_list *l);

struct bt_resolver;
/* Both are borrowed, and the view has a manifest. */
int bt_resolver_new(struct bt_view *v, const struct bt_content_source *source, struct bt_resolver **ret_r,
		    struct bt_err *err);
void bt_resolver_free(struct bt_resolver **pr);
const struct bt_paths *bt_resolver_paths(const struct bt_resolver *r);
/* Reads a file's facts and appends what it imports, in the order of the file. */
int bt_resolver_file(struct bt_resolver *r, uint32_t file, struct bt_dep_list *out, struct bt_err *err);
/*
 * The same for facts that are at hand, which need not be those of the view: as if the file had them. Occurrences may be
 * missing, but in Rust.
 */
int bt_resolver_facts(struct bt_resolver *r, uint32_t file, const struct bt_facts *facts, struct bt_dep_list *out,
		      struct bt_err *err);
/*
 * One import of a file, by facts that may lack occurrences. Where modules are declared (Rust) this is not all that
 * is imported: there only bt_resolver_file will do.
 */
int bt_resolver_import(struct bt_resolver *r, uint32_t file, const struct bt_facts *facts, uint32_t import,
		       struct bt_dep_list *out, struct bt_err *err);
bool bt_resolver_declares_modules(struct bt_resolver *r, uint32_t file);
/* Can names of one language be those of the other (C and C++, JavaScript and TypeScript, Java and Kotlin)? */
bool bt_langs_share_names(const char *a, const char *b);
/* May `from` import `to`, as far as their languages say? */
bool bt_resolver_related(struct bt_resolver *r, uint32_t from, uint32_t to);

#endif
