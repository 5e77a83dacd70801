/*
 * From imports to definitions. Between meaning.c and reach.c.
 */
#ifndef BT_QUERY_REACH_H
#define BT_QUERY_REACH_H

#include "core/query/meaning.h"

/* Fills s->reached: what the file of a site imports of the definitions of a name. */
int bt_reach(struct bt_meanings *m, struct bt_named *n, struct bt_site *s, struct bt_err *err);

#endif
