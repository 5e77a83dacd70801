/*
 * A radix step on the first two bytes, which follows the arena and leaves small groups, then
 * quicksort with eight bytes of each name in the item. Names in one group share long prefixes
 * (FOO_REG_17, FOO_REG_18): equals go on with their next eight bytes.
 *
 * A name may end in a zero byte, which the key cannot tell from its end: where the last of the
 * eight bytes is zero, lengths decide.
 */
#include "store/postings_sort.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define GROUPS 65536
#define SMALL 20

static inline const struct bt_gathered *gathered_at(const char *arena, uint32_t at)
{
	return (const struct bt_gathered *)(const void *)(arena + 4 * (size_t)at);
}

/* The eight bytes from `depth` on. */
static inline uint64_t key_load(const struct bt_gathered *g, size_t depth)
{
	uint64_t v = 0;
	size_t left = g->len > depth ? g->len - depth : 0;

	if (left >= 8) {
		memcpy(&v, g->text + depth, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		v = __builtin_bswap64(v);
#endif
		return v;
	}
	while (left--)
		v |= (uint64_t)(uint8_t)g->text[depth + left] << (56 - 8 * left);
	return v;
}

static void item_swap(struct bt_sort_item *a, struct bt_sort_item *b)
{
	struct bt_sort_item c = *a;

	*a = *b;
	*b = c;
}

static void items_sort(const char *arena, struct bt_sort_item *list, size_t nr, size_t depth);

/* Names that are equal up to depth + 8: those that end there first, the rest by what follows. */
static void equals_sort(const char *arena, struct bt_sort_item *list, size_t nr, size_t depth)
{
	size_t i, ended = 0;

	if (nr < 2)
		return;
	for (i = 0; i < nr; i++) {
		const struct bt_gathered *g = gathered_at(arena, list[i].at);

		if (g->len <= depth + 8)
			item_swap(&list[ended++], &list[i]);
	}
	/* Equal keys and different lengths: zeros at the end. There are at most eight of them. */
	for (i = 1; i < ended; i++) {
		size_t j = i;

		for (; j && gathered_at(arena, list[j - 1].at)->len >
				    gathered_at(arena, list[j].at)->len;
		     j--)
			item_swap(&list[j - 1], &list[j]);
	}
	for (i = ended; i < nr; i++)
		list[i].key = key_load(gathered_at(arena, list[i].at), depth + 8);
	items_sort(arena, list + ended, nr - ended, depth + 8);
}

static void few_sort(const char *arena, struct bt_sort_item *list, size_t nr, size_t depth)
{
	size_t i, end;

	for (i = 1; i < nr; i++) {
		struct bt_sort_item item = list[i];
		size_t j = i;

		for (; j && list[j - 1].key > item.key; j--)
			list[j] = list[j - 1];
		list[j] = item;
	}
	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr && list[end].key == list[i].key; end++)
			;
		equals_sort(arena, list + i, end - i, depth);
	}
}

static uint64_t pivot_choose(const struct bt_sort_item *list, size_t nr)
{
	uint64_t a = list[nr / 4].key, b = list[nr / 2].key, c = list[nr - 1 - nr / 4].key;

	if (a > b) {
		uint64_t t = a;

		a = b;
		b = t;
	}
	return c < a ? a : c < b ? c : b;
}

/*
 * Depth of the stack: the smaller part is recursed into; equals go eight bytes deeper, 128 times
 * at most.
 */
static void items_sort(const char *arena, struct bt_sort_item *list, size_t nr, size_t depth)
{
	while (nr > SMALL) {
		uint64_t pivot = pivot_choose(list, nr);
		size_t less = 0, i = 0, more = nr;

		while (i < more) {
			uint64_t key = list[i].key;

			if (key < pivot)
				item_swap(&list[less++], &list[i++]);
			else if (key > pivot)
				item_swap(&list[i], &list[--more]);
			else
				i++;
		}
		equals_sort(arena, list + less, more - less, depth);
		if (less < nr - more) {
			items_sort(arena, list, less, depth);
			list += more;
			nr -= more;
		} else {
			items_sort(arena, list + more, nr - more, depth);
			nr = less;
		}
	}
	few_sort(arena, list, nr, depth);
}

void bt_gathered_sort(const char *arena, size_t from, size_t end, struct bt_sort_item *items)
{
	BT_FREE uint32_t *starts = bt_xcalloc(GROUPS + 1, sizeof(*starts));
	const struct bt_gathered *g;
	size_t at, group;

	for (at = from; at < end; at += bt_gathered_size(g->len)) {
		g = gathered_at(arena, (uint32_t)(at / 4));
		starts[(key_load(g, 0) >> 48) + 1]++;
	}
	for (group = 0; group < GROUPS; group++)
		starts[group + 1] += starts[group];
	for (at = from; at < end; at += bt_gathered_size(g->len)) {
		struct bt_sort_item *item;
		uint64_t key;

		g = gathered_at(arena, (uint32_t)(at / 4));
		key = key_load(g, 0);
		item = &items[starts[key >> 48]++];
		*item = (struct bt_sort_item){ key, (uint32_t)(at / 4), g->number };
	}
	/* Now starts[group] is where the next group starts. */
	for (group = 0, at = 0; group < GROUPS; at = starts[group++])
		items_sort(arena, items + at, starts[group] - at, 0);
}
