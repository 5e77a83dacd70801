/*
 * What files import, import by import, resolved when it is asked for. Between resolve.h and the call graph.
 *
 * To resolve all that one file includes takes a while, and a question about a name concerns few of the includes of
 * many files: who asks says which import, and no answer is worked out twice.
 */
#ifndef BT_QUERY_IMPORTS_H
#define BT_QUERY_IMPORTS_H

#include "core/query/resolve.h"

/* A file that imports. */
struct bt_importer {
	uint32_t file;			/* its number in the manifest */
	/*
	 * Imports and texts of modules; names and items only when it was opened with the facts of the caller, whose
	 * memory they are.
	 */
	struct bt_facts facts;
	struct bt_import_files {
		const uint32_t *files;
		uint32_t nr;
		bool done;
	} *resolved;			/* facts.imports_nr + 1: modules that are declared stand behind imports */
};

struct bt_imports {
	struct bt_view *v;
	struct bt_content_source source;
	bool none;			/* the view has no paths: nothing is resolved */
	struct bt_resolver *resolver;	/* made when the first import is resolved */
	struct bt_arena arena, scratch;
	struct bt_strmap files;		/* number of a file -> struct bt_importer * */
	struct bt_dep_list deps;	/* of the import at hand */
};

/* Both are borrowed. */
void bt_imports_init(struct bt_imports *im, struct bt_view *v, const struct bt_content_source *source);
void bt_imports_release(struct bt_imports *im);

/* facts: of this file, which must outlive im; NULL: they are read. */
int bt_imports_open(struct bt_imports *im, uint32_t file, const struct bt_facts *facts,
		    struct bt_importer **ret_importer, struct bt_err *err);
/* The files that an import means, a slot of importer->resolved; guesses are left out. */
int bt_imports_files(struct bt_imports *im, struct bt_importer *importer, uint32_t slot,
		     struct bt_import_files *ret_files, struct bt_err *err);
/*
 * How much of a path says which file is meant. In C a header a/b.h stands for a/b.c: there it is what comes before the last
 * dot.
 */
size_t bt_import_gate_len(const char *lang, const char *path, size_t len);
/* The path of a file that bt_imports_files gave; NUL-terminated, lives as long as im. */
const char *bt_imports_path(const struct bt_imports *im, uint32_t file);

#endif
