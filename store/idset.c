/*
 * Sets of row ids.
 */
#include "store/idset.h"

#include <stdlib.h>
#include <string.h>

void bt_idset_add(struct bt_idset *set, uint32_t id)
{
	size_t word = id / 64;

	if (word >= set->words_nr) {
		size_t nr = word + word / 2 + 16;

		set->words = bt_xrealloc(set->words, nr * sizeof(*set->words));
		memset(set->words + set->words_nr, 0, (nr - set->words_nr) * sizeof(*set->words));
		set->words_nr = nr;
	}
	if (bt_idset_has(set, id))
		return;
	set->words[word] |= UINT64_C(1) << id % 64;
	set->nr++;
}

void bt_idset_remove(struct bt_idset *set, uint32_t id)
{
	if (!bt_idset_has(set, id))
		return;
	set->words[id / 64] &= ~(UINT64_C(1) << id % 64);
	set->nr--;
}

void bt_idset_add_all(struct bt_idset *set, const struct bt_idset *from)
{
	for (uint32_t id = 0; bt_idset_next(from, &id); id++) {
		bt_idset_add(set, id);
		if (id == UINT32_MAX)
			return;
	}
}

bool bt_idset_next(const struct bt_idset *set, uint32_t *at)
{
	size_t word = *at / 64;
	uint64_t bits;

	if (word >= set->words_nr)
		return false;
	bits = set->words[word] & ~UINT64_C(0) << *at % 64;
	while (!bits) {
		if (++word == set->words_nr)
			return false;
		bits = set->words[word];
	}
	*at = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
	return true;
}

void bt_idset_release(struct bt_idset *set)
{
	free(set->words);
	*set = (struct bt_idset){ .words = NULL };
}
