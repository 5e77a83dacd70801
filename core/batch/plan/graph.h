/*
 * Who waits for whom, as a graph that is small whatever the barrier covers.
 *
 * Nodes are the actions (by their place in the list) and, behind them, the prefixes: node nr + p stands for the members of a group (open
 * actions of one kind and lane, by id) up to the one at `members[p]`. A barrier is then one edge to a prefix of each earlier kind, and a
 * prefix has two: to its last member, and to the prefix before it.
 */
#ifndef BT_BATCH_PLAN_GRAPH_H
#define BT_BATCH_PLAN_GRAPH_H

#include "core/batch/plan/plan.h"

#define PLAN_NONE UINT32_MAX
/* Nodes and edges have numbers of 32 bits. */
#define PLAN_NR_MAX ((size_t)1 << 27)

struct plan_graph {
	size_t nr;		/* actions */
	size_t members_nr;	/* open ones */
	size_t groups_nr;	/* lanes x kinds */
	uint32_t *group;	/* of an action: number of its lane x BT_ACTION_KIND_NR + kind */
	uint32_t *first;	/* of a group: its first place in members; one more at the end */
	uint32_t *members;	/* actions */
	uint32_t *edge;		/* of a node: its first place in edges; one more at the end */
	uint32_t *edges;	/* nodes. Of an action: one for each in `after` (PLAN_NONE: not there), then the barrier */
	uint32_t *order;	/* all nodes, each behind those it waits for */
	uint32_t *looped;	/* of an action: the next one in a cycle it is part of, or PLAN_NONE */
};

/* BT_ERR_CORRUPT: the ids do not ascend. BT_ERR_LIMIT: more than PLAN_NR_MAX. Released by the caller in any case. */
int plan_graph_init(struct plan_graph *g, const struct bt_plan_action *actions, size_t nr);
void plan_graph_release(struct plan_graph *g);

static inline bool plan_open(const struct bt_plan_action *a)
{
	return !a->done && !a->dead;
}
#endif
