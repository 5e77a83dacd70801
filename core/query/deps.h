/*
 * The import graph: what files import, who imports them, and cycles.
 *
 * Nodes are files of a view, edges are what resolve.h makes of their imports. A guess (one of several files
 * that fit) is told but not followed, and makes no cycle.
 */
#ifndef BT_QUERY_DEPS_H
#define BT_QUERY_DEPS_H

#include "core/query/resolve.h"

/* More edges end a walk. */
#define BT_DEPS_MAX 1000000u

struct bt_deps_walk {
	const uint32_t *starts;		/* files */
	size_t starts_nr;
	unsigned depth;			/* levels; 0: all */
	bool reverse;			/* importers, not imports: reads every file of their languages */
};

/*
 * Appends edges level by level, each level by the path and line of the import; a file is followed once.
 * *ret_cut: BT_DEPS_MAX was reached.
 */
int bt_deps_walk(struct bt_resolver *r, const struct bt_deps_walk *w, struct bt_dep_list *out, bool *ret_cut,
		 struct bt_err *err);

/*
 * Cycles of all files: of every set of files that reach each other, shortest cycles until each file of it
 * stands in one. Appends the edges of one after the other, each from the file that is first by its path;
 * dep.cycle is its number. Shorter cycles come first, then by path.
 */
int bt_deps_cycles(struct bt_resolver *r, struct bt_dep_list *out, struct bt_err *err);

#endif
