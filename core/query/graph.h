/*
 * The call graph: who calls a definition, and what a definition calls, with how each edge was resolved.
 *
 * Edges come from occurrences with the role call or macro; a call belongs to the innermost callable
 * definition around it. What a call means is decided by name (meaning.h), from the most certain to the least:
 */
#ifndef BT_QUERY_GRAPH_H
#define BT_QUERY_GRAPH_H

#include "core/query/config_file.h"
#include "core/query/find.h"

enum bt_edge {
	BT_EDGE_SCOPE,		/* defined in the same class, module or function */
	BT_EDGE_FILE,		/* defined in the same file */
	BT_EDGE_IMPORT,		/* the caller's file imports or includes the file that defines or declares it */
	BT_EDGE_UNIQUE,		/* the only definition of that name in the view */
	BT_EDGE_NAME,		/* one of several definitions of that name */
	BT_EDGE_NONE,		/* defined nowhere in the view */
	BT_EDGE_NR
};
const char *bt_edge_name(enum bt_edge edge);	/* "scope", "file", "import", "unique", "name", "external" */

/* One call. */
struct bt_call {
	uint32_t site;			/* hit: where the call stands; its def is the caller */
	uint32_t target;		/* hit of the definition that is called, or BT_NONE */
	uint32_t from;			/* call one level nearer to the start, or BT_NONE */
	uint8_t edge;			/* enum bt_edge */
	unsigned depth;			/* 1: the first level */
};

struct bt_graph {
	struct bt_answer answer;	/* hits: sites and targets */
	struct bt_call *calls;
	size_t calls_nr, calls_alloc;
	bool cut;
};

#define BT_GRAPH_INIT { .answer = BT_ANSWER_INIT }
/* Definitions followed in one walk; more is reported as cut. */
#define BT_GRAPH_NODES_MAX 20000

void bt_graph_release(struct bt_graph *g);

/*
 * depth: levels; 0: all. The filter is for places of calls; where it leaves definitions of the symbol, they alone are
 * started from, and callees of what it leaves out are not asked for. source: what the view shows, to resolve imports.
 * *ret_found: is there such a definition at all?
 */
int bt_graph_callers(struct bt_view *v, const struct bt_content_source *source, const struct bt_symbol *s,
		     const struct bt_filter *f, unsigned depth, struct bt_graph *g, bool *ret_found,
		     struct bt_err *err);
int bt_graph_callees(struct bt_view *v, const struct bt_content_source *source, const struct bt_symbol *s,
		     const struct bt_filter *f, unsigned depth, struct bt_graph *g, bool *ret_found,
		     struct bt_err *err);

bool bt_edge_same_file(const struct bt_answer_file *a, const struct bt_answer_file *b);
/*
 * Do the imports of a file name the one at some path, by its stem or its folder? Hashes of what a file imports, and
 * those of a path: it is imported when one of its two is among them. 0 is none. Items count as modules may.
 */
struct bt_edge_stems {
	uint64_t stem, folder;
};
size_t bt_edge_import_stems(const struct bt_facts *f, struct bt_arena *a, uint64_t **ret_stems);
struct bt_edge_stems bt_edge_path_stems(const char *path);
/* Is the scope that holds a definition around an occurrence, in site_def, too? Only of plain names, and on self. */
bool bt_edge_same_scope(const struct bt_facts *f, uint32_t site_def, uint32_t occ, uint32_t target_def);
/*
 * Is an occurrence about a local variable or a parameter of its name, and not about a definition of that kind elsewhere? The
 * function around it, or one around that, has such a parameter, or writes the plain name (which a function or type outside
 * cannot be meant by; a variable can). What is in doubt is no local: designators as in { .f = f }, what an import on the same
 * line gives, calls where a name may be called before it is bound (let f = f()) or where functions are names apart.
 */
bool bt_edge_is_local(const struct bt_facts *f, const char *lang, uint32_t occ, enum bt_kind kind);

#endif
