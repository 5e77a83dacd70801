/*
 * What a call means: of the definitions of a name the nearest one to the place of the call.
 *
 * What is written before the name comes first: b::f() and b.f() are about the f of b when there is one, super.f()
 * about one of a class that is extended. Then the same scope, the same file, a file that is imported. Imports are
 * resolved as resolve.h has it. In C what a file's own headers ("x.h") include counts too, as elsewhere what an
 * imported module exports again; and the header that declares a function stands for the file of the same name that
 * defines it.
 */
#ifndef BT_QUERY_MEANING_H
#define BT_QUERY_MEANING_H

#include "core/query/graph.h"
#include "core/query/imports.h"

/* Definitions of one name: hits of an answer. */
struct bt_named {
	uint32_t first;
	uint32_t nr;
	/* Who imports one of these paths reaches a definition; made when it is first asked for. */
	struct bt_gate {
		const char *path;
		size_t len;
		uint32_t def;		/* from 0, of nr */
	} *gates;			/* by path */
	size_t gates_nr;
	uint64_t *stems;		/* hashes of the last components of C's, ascending */
};

/* Definitions that a file reaches by what it imports. */
struct bt_reached {
	uint32_t def;			/* of the name */
	uint32_t import;		/* slot of the importer; BT_NONE: not directly */
	uint8_t grade;			/* 0: the name itself is imported; more is farther */
};

struct bt_site {
	struct bt_hit hit;		/* as it was found */
	uint32_t occ;			/* the occurrence there */
	uint32_t bodies;		/* definitions with a body that it could mean */
	const struct bt_reached *reached;
	uint32_t reached_nr;
	uint32_t nearest;		/* weight of the best of them */
};

struct bt_meanings {
	struct bt_answer *a;		/* hits and files; keeps all facts */
	struct bt_imports imports;
	struct bt_arena arena;
	/* What the file of the last site reaches. */
	const struct bt_named *named;
	uint32_t file;			/* of the manifest */
	const struct bt_reached *reached;
	uint32_t reached_nr;
};

/* Weights: less is nearer. */
#define BT_MEANING_NEVER UINT32_MAX

void bt_meanings_init(struct bt_meanings *m, struct bt_answer *a, struct bt_view *v,
		      const struct bt_content_source *source);
void bt_meanings_release(struct bt_meanings *m);

/* Must all facts of a site's file be read for bt_meaning_find? */
bool bt_meaning_wants_whole(const struct bt_answer *a, const struct bt_hit *site);
/*
 * Fills what is behind hit. *ret_best: hit of the best definition, the first of equal ones; BT_NONE: none of
 * them can be meant.
 */
int bt_meaning_find(struct bt_meanings *m, struct bt_named *n, struct bt_site *s, uint32_t *ret_best,
		    enum bt_edge *ret_edge, struct bt_err *err);
/* How far definition `def` (from 0, of n) is from a site that bt_meaning_find has filled. */
uint32_t bt_meaning_weigh(const struct bt_meanings *m, const struct bt_named *n, const struct bt_site *s,
			  uint32_t def, enum bt_edge *ret_edge);
/* Definitions with a body that a call at `site` (NULL: any) could mean. */
uint32_t bt_meaning_bodies(const struct bt_answer *a, const struct bt_hit *site, uint32_t first, size_t nr);

#endif
