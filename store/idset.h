/*
 * A set of row ids: a bit each, as large as the largest one.
 */
#ifndef BT_STORE_IDSET_H
#define BT_STORE_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"

struct bt_idset {
	uint64_t *words;
	size_t words_nr;
	size_t nr;		/* ids in it */
};
#define BT_IDSET_INIT { .words = NULL }
#define BT_IDSET_OWNED BT_CLEANUP(bt_idset_release)

void bt_idset_add(struct bt_idset *set, uint32_t id);
void bt_idset_remove(struct bt_idset *set, uint32_t id);
/* Everything of `from` too. */
void bt_idset_add_all(struct bt_idset *set, const struct bt_idset *from);
static inline bool bt_idset_has(const struct bt_idset *set, uint32_t id)
{
	return id / 64 < set->words_nr && set->words[id / 64] >> id % 64 & 1;
}
/* The least id that is >= *at, into *at: false when there is none. */
bool bt_idset_next(const struct bt_idset *set, uint32_t *at);
void bt_idset_release(struct bt_idset *set);

#endif
