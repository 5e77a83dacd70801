/*
 * What classes extend, as far as one file with all its facts says.
 */
#ifndef BT_QUERY_SUPER_H
#define BT_QUERY_SUPER_H

#include "core/facts/facts.h"

/* The innermost class, structure, interface or the like around a place, or BT_NONE. */
uint32_t bt_super_class(const struct bt_facts *f, uint32_t at);
/* Does a class extend one of this name, directly or by others of the file? */
bool bt_super_extends(const struct bt_facts *f, uint32_t class, const struct bt_name *base);
/*
 * Is super.m(), the occurrence, about the m of a class of this name? It is extended, and no class of the file that stands
 * between the two has a member of that name.
 */
bool bt_super_means(const struct bt_facts *f, uint32_t occ, const struct bt_name *base);

#endif
