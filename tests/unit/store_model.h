/*
 * Names and what is known about them, in plain arrays: what the store must agree with.
 */
#ifndef BT_TESTS_UNIT_STORE_MODEL_H
#define BT_TESTS_UNIT_STORE_MODEL_H

#include "core/base/arena.h"
#include "core/base/limits.h"
#include "core/base/map.h"
#include "tests/unit/store_scratch.h"

struct model_pair {
	uint32_t name; /* number in names */
	uint32_t blob;
	uint32_t kinds;
};

struct model {
	struct bt_arena arena;
	struct bt_strmap names; /* numbers are places in it */
	struct model_pair *pairs;
	size_t nr, alloc;
	bool sorted;
};

static inline void model_init(struct model *m)
{
	memset(m, 0, sizeof(*m));
	bt_strmap_init(&m->names, &m->arena);
}

static inline void model_release(struct model *m)
{
	bt_strmap_release(&m->names);
	bt_arena_release(&m->arena);
	free(m->pairs);
}

static inline void model_add(struct model *m, uint32_t blob, const char *name, size_t len,
			     uint32_t kinds)
{
	struct bt_strmap_entry *e;

	e = bt_strmap_intern(&m->names, name, len, bt_strmap_hash(name, len), NULL);
	BT_GROW(m->pairs, m->alloc, m->nr + 1);
	m->pairs[m->nr++] = (struct model_pair){ (uint32_t)(e - m->names.entries), blob, kinds };
	m->sorted = false;
}

static inline int model_compare(const void *a, const void *b)
{
	const struct model_pair *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->blob > y->blob) - (x->blob < y->blob);
}

/* Sorts, and makes one of pairs that came twice. */
static inline void model_sort(struct model *m)
{
	size_t i, nr = 0;

	if (m->sorted)
		return;
	qsort(m->pairs, m->nr, sizeof(*m->pairs), model_compare);
	for (i = 0; i < m->nr; i++) {
		if (nr && !model_compare(&m->pairs[nr - 1], &m->pairs[i]))
			m->pairs[nr - 1].kinds |= m->pairs[i].kinds;
		else
			m->pairs[nr++] = m->pairs[i];
	}
	m->nr = nr;
	m->sorted = true;
}

/* The pairs of a name. */
static inline const struct model_pair *model_find(struct model *m, uint32_t name, size_t *ret_nr)
{
	size_t low = 0, high, end;

	model_sort(m);
	for (high = m->nr; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (m->pairs[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < m->nr && m->pairs[end].name == name; end++)
		;
	*ret_nr = end - low;
	return m->pairs + low;
}

/* A name that looks like those of programs, or (now and then) like nothing on earth. */
static inline size_t name_make(char *to, uint64_t *seed, uint32_t variety)
{
	static const char *const words[] = { "alloc", "page", "REG", "get",	  "Set",
					     "dev",   "io",   "_",   "x",	  "mutex",
					     "lock",  "Node", "17",  "\xc3\xa9t", "__" };
	uint32_t n = test_random(seed, variety), dice = test_random(seed, 1000);
	uint64_t own = bt_mix64(n);
	size_t len = 0, parts = 1 + test_random(&own, 4), i;

	if (dice == 0) {
		len = test_random(seed, 2) ? BT_NAME_LEN_MAX : 1;
		for (i = 0; i < len; i++)
			to[i] = (char)(1 + test_random(seed, 255));
		return len;
	}
	if (dice == 1) {
		len = 1 + test_random(seed, 40);
		for (i = 0; i < len; i++)
			to[i] = (char)test_random(seed, 3);
		return len;
	}
	for (i = 0; i < parts; i++)
		len += (size_t)sprintf(to + len, "%s",
				       words[test_random(&own, BT_ARRAY_NR(words))]);
	if (n % 3)
		len += (size_t)sprintf(to + len, "_%x", n);
	return len;
}

/* A blob with `nr` different names, into the model and (not NULL) the postings. */
static inline void blob_fill(struct model *m, struct bt_postings *p, uint32_t blob, uint32_t nr,
			     uint32_t variety, uint64_t *seed)
{
	struct bt_strmap here;
	char name[BT_NAME_LEN_MAX + 64];
	struct bt_arena arena = BT_ARENA_INIT;
	uint32_t i;

	bt_strmap_init(&here, &arena);
	for (i = 0; i < nr; i++) {
		size_t len = name_make(name, seed, variety);
		uint32_t kinds = test_random(seed, 3) ? 0 : 1u << test_random(seed, 21);
		bool new;

		if (kinds && !test_random(seed, 9))
			kinds |= 1u << test_random(seed, 21);
		bt_strmap_intern(&here, name, len, bt_strmap_hash(name, len), &new);
		if (!new)
			continue;
		if (m)
			model_add(m, blob, name, len, kinds);
		if (p)
			bt_postings_add(p, blob, name, len, kinds);
	}
	bt_strmap_release(&here);
	bt_arena_release(&arena);
}

#endif
