/*
 * Sorting names: by their next eight bytes as one number, then by what follows among equals.
 */
#ifndef BT_STORE_POSTINGS_SORT_H
#define BT_STORE_POSTINGS_SORT_H

#include <stddef.h>
#include <stdint.h>

/* A name in the arena: its number, length and bytes; starts at a multiple of four. */
struct bt_gathered {
	uint32_t number;
	uint16_t len;
	char text[];
};

/* Room for a name of len bytes. */
static inline size_t bt_gathered_size(size_t len)
{
	return (offsetof(struct bt_gathered, text) + len + 3) & ~(size_t)3;
}

struct bt_sort_item {
	uint64_t key;		/* eight bytes, the first is the highest; zeros behind the end */
	uint32_t at;		/* place in the arena / 4 */
	uint32_t number;
};

/* Writes the items of all names in arena[from .. end), sorted by name. */
void bt_gathered_sort(const char *arena, size_t from, size_t end, struct bt_sort_item *items);

#endif
