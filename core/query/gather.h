/*
 * Going through the blobs that hold a name. Between find.c and gather.c.
 */
#ifndef BT_QUERY_GATHER_H
#define BT_QUERY_GATHER_H

#include "core/query/find.h"

/*
 * Adds what one file has to an answer: facts of its name are read, a->files[file] says where. Two threads call it at
 * a time, each with an answer of its own.
 */
struct bt_gather {
	const struct bt_symbol *symbol;
	const struct bt_filter *filter;		/* may be NULL */
	bool defs_only;				/* blobs that define the name */
	void (*each)(const struct bt_gather *g, struct bt_answer *a, uint32_t file);
};

int bt_gather_run(const struct bt_gather *g, struct bt_view *v, struct bt_answer *a, struct bt_err *err);

#endif
