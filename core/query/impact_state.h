/*
 * A walk under way. Between the files of impact*.c.
 */
#ifndef BT_QUERY_IMPACT_STATE_H
#define BT_QUERY_IMPACT_STATE_H

#include "core/base/map.h"
#include "core/query/impact.h"
#include "core/query/imports.h"
#include "store/postings.h"

/* A blob that was opened. */
struct impact_blob {
	struct bt_view_file vf;
	struct bt_partial p;
	const char *lang;
	uint32_t nr;
	uint32_t *files;	/* numbers in the manifest, nr of them */
	const char **paths;
	uint64_t *stems;	/* of what it imports: see bt_edge_import_stems */
	size_t stems_nr;
	struct bt_facts *imports;	/* imports and texts, for good; NULL: not kept */
};

struct impact_walk {
	struct bt_impact *im;
	struct bt_view *v;
	const struct bt_impact_opts *o;
	struct bt_arena arena;		/* the cache of blobs, names */
	struct bt_arena scratch;	/* of one blob and name */
	struct bt_arena over;		/* a blob, when the cache is full */
	struct bt_strmap blobs;		/* id -> struct impact_blob * */
	struct bt_strmap seen;		/* (file, def) -> node */
	struct bt_strmap pairs;		/* (from, to) -> edge */
	struct bt_imports imports;
	size_t reads, reads_max, nodes_max;
	bool full;			/* a limit was reached: the walk ends here */
};

/* Nodes with one name, to be looked up together. */
struct impact_name {
	const char *name;
	size_t len;
	uint32_t *nodes;
	size_t nr, alloc;
	bool local;			/* none can be seen outside of its file */
	bool defined;			/* one of them is there (not gone) */
	struct bt_posting *list;	/* free(); in the order of paths */
	size_t list_nr;
};

/* impact_blob.c */
/* *ret_b is NULL when the view does not show the blob, or the limit of reads is reached. */
int impact_blob_open(struct impact_walk *w, uint32_t blob, struct impact_blob **ret_b, struct bt_err *err);
/* The facts of a blob about one name. */
int impact_blob_pick(struct impact_walk *w, struct impact_blob *b, const char *name, size_t len, struct bt_err *err);
/* The filter of the walk. */
bool impact_blob_passes(const struct impact_walk *w, const struct impact_blob *b);
bool impact_is_name(const struct bt_facts *f, uint32_t def, const struct impact_name *n);

/* impact_name.c */
/* An occurrence of a name. */
struct impact_site {
	const struct impact_blob *b;
	uint32_t occ;
	uint32_t def; /* whose it is */
	enum bt_relation relation;
};
/* What it is part of depends on node `from`. nearest: of several definitions the node stands nearest. */
void impact_site_add(struct impact_walk *w, const struct impact_site *s, uint32_t from, enum bt_edge edge, bool nearest,
		     uint32_t depth);
/* impact_over.c */
int impact_overriders_run(struct impact_walk *w, const struct impact_name *n, uint32_t node, uint32_t depth,
			  struct bt_err *err);

/* impact_import.c: does the file of a blob import the one at a path, whose stems these are? More is nearer. */
enum impact_reach {
	IMPACT_UNREACHED,
	IMPACT_REACHED_BY_NAME,	/* a header of its name, in another folder */
	IMPACT_REACHED,		/* itself, or the header beside it */
};
int impact_imports_path(struct impact_walk *w, const struct impact_blob *b, const struct bt_edge_stems *s,
			const char *path, enum impact_reach *ret_reach, struct bt_err *err);
/* Where a name comes from that its imports list: more is nearer. */
enum impact_import {
	IMPACT_NOT_NAMED,	/* no import lists it */
	IMPACT_FROM_OUTSIDE,	/* from what is not in the view */
	IMPACT_FROM_ELSEWHERE,	/* from another file, which may export it again */
	IMPACT_FROM_HERE,	/* from the file at that path */
};
int impact_imports_name(struct impact_walk *w, const struct impact_blob *b, const char *name, size_t len,
			const char *path, enum impact_import *ret_import, struct bt_err *err);
/* Everything that depends on the nodes of a name. depth: of what is found. */
int impact_name_run(struct impact_walk *w, struct impact_name *n, uint32_t depth, struct bt_err *err);

/*
 * The node of a definition of a file, or of its top level (def BT_NONE): the one that is there, or a new one.
 * BT_NONE: too many nodes. The facts must have the name of the definition and of those around it.
 */
uint32_t impact_node_get(struct impact_walk *w, const struct impact_blob *b, size_t file, uint32_t def,
			 uint32_t depth);
void impact_edge_add(struct impact_walk *w, const struct bt_impact_edge *e);

#endif
