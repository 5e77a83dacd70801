/*
 * Questions to decoded facts.
 */
#include "core/facts/facts.h"

struct bt_point bt_facts_point(const struct bt_facts *f, uint32_t at)
{
	uint32_t lo = 0, hi = f->lines_nr;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (f->line_starts[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	if (!f->lines_nr)
		return (struct bt_point){ 0, at };
	return (struct bt_point){ lo, at - f->line_starts[lo] };
}

uint32_t bt_facts_occ_from(const struct bt_facts *f, uint32_t at)
{
	uint32_t lo = 0, hi = f->occs_nr;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (f->occs[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t bt_facts_def_before(const struct bt_facts *f, uint32_t at)
{
	uint32_t lo = 0, hi = f->defs_nr;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (f->defs[mid].start <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? lo - 1 : BT_NONE;
}

uint32_t bt_facts_enclosing(const struct bt_facts *f, uint32_t at)
{
	uint32_t i = bt_facts_def_before(f, at);

	while (i != BT_NONE && f->defs[i].end <= at)
		i = f->defs[i].parent;
	return i;
}
