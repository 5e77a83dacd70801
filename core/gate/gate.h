/*
 * The gate: what is about to land is judged, and lands or not. The hooks' way into the rules.
 */
#ifndef BT_GATE_H
#define BT_GATE_H

#include <stdio.h>

#include "core/conf/conf.h"
#include "core/incoming/incoming.h"

enum bt_gate_policy {	/* where .batho/ is read from */
	BT_GATE_STAGED,		/* the index */
	BT_GATE_PUSHED,		/* the tip that is pushed */
	BT_GATE_RECEIVED,	/* what is there already: a push must not soften its own judge */
};

struct bt_gate {
	struct bt_repo *repo;
	struct bt_conf *conf;
	const char *store_dir;		/* <common dir>/batho */
	enum bt_gate_policy policy;
	const struct bt_oid *policy_tree;	/* of a push: bt_gate_parts; len 0: there is no policy */
	struct bt_incoming *incoming;	/* of a push gets lines as they are needed */
	bool many_tips;			/* of a push: its files are of several trees */
	bool (*is_skipped)(const char *rule);	/* by the user, this time */
};

/*
 * Judges and reports new findings for people on `to`, silent when there are none. *ret_refuses: one of them
 * is at or above check.failOn.
 */
int bt_gate_judge(const struct bt_gate *g, FILE *to, bool *ret_refuses, struct bt_err *err);

/*
 * A push in parts that are judged by one policy each: that of the tip, or of what the other side has: the old id of the
 * reference; of a new one what it grew from; else HEAD, or the newest branch where HEAD leads nowhere. Where there is no
 * branch yet nothing can be softened, and what is pushed is judged by its own. `policy` is not BT_GATE_STAGED; `p` has gone
 * through bt_incoming_pushed, which gave `in`.
 */
struct bt_gate_parts {
	uint32_t *part_of;		/* of each reference of the push */
	struct bt_oid *trees;		/* the policy of each part; len 0: none */
	size_t nr;			/* parts, at least 1 */
	bool first_push;		/* BT_GATE_RECEIVED: there was no branch, and what is pushed brings its own policy */
};
#define BT_GATE_PARTS_INIT { .part_of = NULL }
void bt_gate_parts_release(struct bt_gate_parts *parts);
int bt_gate_split(struct bt_gate_parts *ret_parts, const struct bt_repo *repo, const struct bt_pushed *p,
		  const struct bt_incoming *in, enum bt_gate_policy policy, struct bt_err *err);

#endif
