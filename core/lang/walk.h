/*
 * One walk over the syntax tree of a blob: tree in, facts out. No I/O, no limits but the node count.
 */
#ifndef BT_LANG_WALK_H
#define BT_LANG_WALK_H

#include "core/facts/facts.h"
#include "core/lang/tables.h"

struct walk;

/* Reusable: keeps its arrays between blobs. */
struct walk *bt_walk_new(void);
void bt_walk_free(struct walk **pw);

/*
 * Fills *ret_facts, whose arrays belong to the walk and stay valid until its next run. BT_ERR_LIMIT when more
 * than nodes_max nodes are met.
 */
int bt_walk_run(struct walk *w, const struct bt_lang_tables *t, TSTree *tree, const char *src,
		uint32_t size, uint64_t nodes_max, struct bt_facts *ret_facts, struct bt_err *err);

#endif
