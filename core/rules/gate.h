/*
 * The gate: what is about to land is judged, and lands or not. The hooks' way into the rules.
 */
#ifndef BT_RULES_GATE_H
#define BT_RULES_GATE_H

#include <stdio.h>

#include "core/conf/conf.h"
#include "core/rules/incoming.h"

enum bt_gate_policy {	/* where .batho/ is read from */
	BT_GATE_STAGED,		/* the index */
	BT_GATE_PUSHED,		/* the tip that brings most */
	BT_GATE_RECEIVED,	/* what is there already: a push must not soften its own judge */
};

struct bt_gate {
	struct bt_repo *repo;
	struct bt_conf *conf;
	const char *store_dir;		/* <common dir>/batho */
	enum bt_gate_policy policy;
	struct bt_incoming *incoming;	/* of a push gets lines as they are needed */
	bool many_tips;			/* of a push: its files are of several trees */
	bool (*is_skipped)(const char *rule);	/* by the user, this time */
};

/*
 * Judges and reports new findings for people on `to`, silent when there are none. *ret_refuses: one of them
 * is at or above check.failOn.
 */
int bt_gate_judge(const struct bt_gate *g, FILE *to, bool *ret_refuses, struct bt_err *err);

#endif
