/*
 * Who can be affected by a change of definitions: those who call, use, import, extend or override them, those
 * who do so with these, and so on.
 *
 * The walk goes level by level over the names of what was reached: each name is looked up in the postings
 * once a level, rare names first, and only blobs that hold it are read. What an occurrence means is decided
 * as in graph.h (a nearer definition hides a farther one); what a file imports is resolved where it matters. A definition that cannot be seen outside of its
 * file is looked up there alone. An edge that is only possible (one of several definitions of that name) is
 * told but not followed.
 */
#ifndef BT_QUERY_IMPACT_H
#define BT_QUERY_IMPACT_H

#include "core/query/graph.h"

enum bt_relation {
	BT_RELATION_CALLER,	/* calls it, or expands it as a macro */
	BT_RELATION_USER,	/* reads or writes it, or names it as a type */
	BT_RELATION_IMPORTER,	/* names it in an import */
	BT_RELATION_SUBCLASS,	/* extends or implements it */
	BT_RELATION_OVERRIDER,	/* is the method of that name in a subclass */
	BT_RELATION_NR
};
const char *bt_relation_name(enum bt_relation r);	/* "caller", "user", ... */

enum bt_confidence {
	BT_CERTAIN,		/* in the same scope or file, or imported, and not on some other object */
	/*
	 * the same on another object; the only definition of that name, or of several the nearest by its
	 * folder
	 */
	BT_LIKELY,
	BT_POSSIBLE,		/* one of several definitions of that name */
	BT_CONFIDENCE_NR
};
extern const char *const bt_confidence_names[];		/* "certain", "likely", "possible", NULL */

/* A definition (or the top level of a file) that was reached, or a start. */
struct bt_impact_node {
	const char *path;	/* NUL-terminated, as the texts below; in the arena */
	const char *name;	/* of the definition; NULL: the top level of the file */
	const char *scope;	/* "Class.method": what is around it; NULL: nothing */
	const char *lang;	/* name of the language; lives as long as the view */
	uint32_t file;		/* number in the manifest; BT_NONE: a definition that is gone */
	uint32_t blob, def;	/* def BT_NONE: the top level, or gone */
	uint32_t row;		/* of the definition, from 0 */
	uint8_t kind;		/* enum bt_kind, or BT_KIND_NR */
	uint8_t flags;		/* BT_DEF_* */
	uint8_t confidence;	/* enum bt_confidence: the least on the way from a start */
	bool test;		/* stands in a file of tests, or is a test */
	uint32_t depth;		/* 0: a start */
	uint32_t edge;		/* the first edge that led to it; BT_NONE: a start */
};

/* `to` depends on `from`. One per pair; the first site counts. */
struct bt_impact_edge {
	uint32_t from, to;	/* nodes */
	uint32_t row, col;	/* of the first site, from 0 */
	uint32_t sites;
	uint8_t relation;	/* enum bt_relation */
	uint8_t edge;		/* enum bt_edge */
	uint8_t confidence;
};

struct bt_impact {
	struct bt_arena arena;
	struct bt_impact_node *nodes;	/* starts, then level by level */
	size_t nodes_nr, nodes_alloc;
	struct bt_impact_edge *edges;	/* by level */
	size_t edges_nr, edges_alloc;
	size_t starts_nr;
	bool cut;			/* a limit ended the walk: there may be more */
};

#define BT_IMPACT_INIT { .nodes = NULL }

struct bt_impact_opts {
	unsigned depth;			/* levels; 0: all */
	size_t nodes_max;		/* 0: BT_IMPACT_NODES_DEFAULT */
	enum bt_confidence confidence;	/* edges that are less certain are left out */
	const struct bt_filter *filter;	/* languages and paths of dependents; may be NULL */
	const struct bt_content_source *source;	/* of the view: what files import is resolved with it */
};

/* Definitions that are reached; more would not be read, and are seldom what was meant. */
#define BT_IMPACT_NODES_DEFAULT 1000
/* Records that are read per node of nodes_max: what bounds the time. */
#define BT_IMPACT_READS 2

void bt_impact_release(struct bt_impact *im);
/* A start. Copies path, name and scope; the rest up to flags as in struct bt_impact_node. */
void bt_impact_add_start(struct bt_impact *im, const struct bt_impact_node *start);
/* All definitions of a symbol; declarations where there is no definition. *ret_found: how many. */
int bt_impact_add_symbol(struct bt_impact *im, struct bt_view *v, const struct bt_symbol *s, size_t *ret_found,
			 struct bt_err *err);
/* The view has a manifest. */
int bt_impact_run(struct bt_impact *im, struct bt_view *v, const struct bt_impact_opts *o, struct bt_err *err);

#endif
