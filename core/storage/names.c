/*
 * Names of records.
 */
#include "core/storage/names.h"

#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"

uint32_t *bt_names_kinds(const struct bt_facts *f, struct bt_arena *arena)
{
	uint32_t *kinds = bt_arena_zalloc(arena, ((size_t)f->names_nr + 1) * sizeof(*kinds));

	for (uint32_t i = 0; i < f->defs_nr; i++)
		kinds[f->defs[i].name] |= 1u << f->defs[i].kind;
	return kinds;
}

uint64_t bt_names_mark(const char *name, size_t len, uint32_t kinds)
{
	if (len > BT_NAME_LEN_MAX)
		len = BT_NAME_LEN_MAX;
	return bt_mix64(bt_hash64(name, len, 0x6e616d6573) + kinds * 0x9e3779b97f4a7c15ull);
}

/* Two names that differ behind where they are cut are one: its kinds go to the first. */
static bool joins_another(const struct bt_facts *f, uint32_t *kinds, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (f->names[k].len >= BT_NAME_LEN_MAX && !memcmp(f->names[k].text, f->names[i].text, BT_NAME_LEN_MAX)) {
			kinds[k] |= kinds[i];
			return true;
		}
	return false;
}

#define JOINED (UINT32_C(1) << 31)

uint64_t bt_names_sum(const struct bt_facts *f, struct bt_arena *arena)
{
	uint32_t *kinds = bt_names_kinds(f, arena);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < f->names_nr; i++)
		if (f->names[i].len >= BT_NAME_LEN_MAX && joins_another(f, kinds, i))
			kinds[i] = JOINED;
	for (uint32_t i = 0; i < f->names_nr; i++)
		if (f->names[i].len && kinds[i] != JOINED)
			sum += bt_names_mark(f->names[i].text, f->names[i].len, kinds[i]);
	return sum;
}

int bt_names_add(void *ctx, uint32_t blob, const void *rec, size_t len, struct bt_postings *p, struct bt_err *err)
{
	struct bt_arena *arena = ctx;
	struct bt_facts f;
	uint32_t *kinds;

	bt_arena_reset(arena);
	if (bt_facts_decode(rec, len, arena, &f, err))
		return err->code;
	kinds = bt_names_kinds(&f, arena);
	for (uint32_t i = 0; i < f.names_nr; i++)
		bt_postings_add(p, blob, f.names[i].text, f.names[i].len, kinds[i]);
	return 0;
}
