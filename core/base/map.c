/*
 * The hash tables. The slots know nothing of keys: they are walked from the home of a hash, and the
 * caller's loop compares. At most two of three slots are used, so that a walk is short and ends.
 */
#include "core/base/map.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define SLOTS_FIRST 64
#define ENTRIES_MAX ((size_t)1 << 31)

static inline uint32_t slot_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static bool slots_full(const struct bt_slots *s, size_t nr)
{
	return !s->mask || nr >= (size_t)s->mask / 3 * 2;
}

/* An empty table with room for twice as many. */
static void slots_double(struct bt_slots *s)
{
	size_t nr = s->mask ? ((size_t)s->mask + 1) * 2 : SLOTS_FIRST;

	if (nr > ENTRIES_MAX)
		abort();	/* the callers' limits are far below */
	free(s->list);
	s->list = bt_xcalloc(nr, sizeof(*s->list));
	s->mask = (uint32_t)(nr - 1);
}

static void slots_put(struct bt_slots *s, uint64_t hash, size_t entry)
{
	uint32_t at = (uint32_t)hash & s->mask;

	while (s->list[at].entry)
		at = (at + 1) & s->mask;
	s->list[at] = (struct bt_slot){ slot_tag(hash), (uint32_t)entry + 1 };
}

/*
 * Frees the slot of one entry. Only for emptying the whole table: walks of others may break here.
 */
static void slots_drop(struct bt_slots *s, uint64_t hash, size_t entry)
{
	uint32_t at = (uint32_t)hash & s->mask;

	while (s->list[at].entry != (uint32_t)entry + 1)
		at = (at + 1) & s->mask;
	s->list[at] = (struct bt_slot){ 0, 0 };
}

/* True when wiping all slots is cheaper than looking up the used ones. */
static bool slots_wipe(struct bt_slots *s, size_t nr)
{
	if (s->mask && nr < s->mask / 16)
		return false;
	if (s->mask)
		memset(s->list, 0, ((size_t)s->mask + 1) * sizeof(*s->list));
	return true;
}

static void slots_release(struct bt_slots *s)
{
	free(s->list);
	*s = (struct bt_slots){ NULL, 0 };
}

/* --- strings --- */

void bt_strmap_init(struct bt_strmap *m, struct bt_arena *arena)
{
	*m = (struct bt_strmap){ .arena = arena };
}

void bt_strmap_release(struct bt_strmap *m)
{
	if (!m)
		return;
	free(m->entries);
	slots_release(&m->slots);
	bt_strmap_init(m, m->arena);
}

void bt_strmap_clear(struct bt_strmap *m)
{
	size_t i;

	if (!slots_wipe(&m->slots, m->nr))
		for (i = 0; i < m->nr; i++)
			slots_drop(&m->slots, m->entries[i].hash, i);
	m->nr = 0;
}

struct bt_strmap_entry *bt_strmap_find(const struct bt_strmap *m, const char *key, size_t len,
				       uint64_t hash)
{
	const struct bt_slots *s = &m->slots;
	uint32_t at = (uint32_t)hash & s->mask;

	if (!s->mask)
		return NULL;
	for (; s->list[at].entry; at = (at + 1) & s->mask) {
		struct bt_strmap_entry *e;

		if (s->list[at].tag != slot_tag(hash))
			continue;
		e = m->entries + s->list[at].entry - 1;
		if (e->hash == hash && e->len == len && !memcmp(e->key, key, len))
			return e;
	}
	return NULL;
}

struct bt_strmap_entry *bt_strmap_intern(struct bt_strmap *m, const char *key, size_t len,
					 uint64_t hash, bool *ret_new)
{
	struct bt_strmap_entry *e = bt_strmap_find(m, key, len, hash);
	size_t i;

	if (ret_new)
		*ret_new = !e;
	if (e)
		return e;
	if (len > UINT32_MAX)
		abort();	/* no input of ours is that large: limits.h */
	if (slots_full(&m->slots, m->nr)) {
		slots_double(&m->slots);
		for (i = 0; i < m->nr; i++)
			slots_put(&m->slots, m->entries[i].hash, i);
	}
	BT_GROW(m->entries, m->alloc, m->nr + 1);
	e = m->entries + m->nr;
	*e = (struct bt_strmap_entry){
		.key = m->arena ? bt_arena_strndup(m->arena, key, len) : len ? key : "",
		.len = (uint32_t)len,
		.hash = hash,
	};
	slots_put(&m->slots, hash, m->nr++);
	return e;
}

void bt_strmap_put(struct bt_strmap *m, const char *key, size_t len, uint64_t value)
{
	bt_strmap_intern(m, key, len, bt_strmap_hash(key, len), NULL)->value = value;
}

uint64_t bt_strmap_get(const struct bt_strmap *m, const char *key, size_t len, uint64_t none)
{
	const struct bt_strmap_entry *e = bt_strmap_find(m, key, len, bt_strmap_hash(key, len));

	return e ? e->value : none;
}

/* --- object ids --- */

#define OID_ABSENT SIZE_MAX

/* An id is random already; the tag is spread so that (id, 1) and (id, 2) are no neighbours. */
static inline uint64_t oid_hash(const uint8_t *raw, uint32_t tag)
{
	uint64_t word;

	memcpy(&word, raw, sizeof(word));
	return bt_mix64(word + (uint64_t)tag * 0x9e3779b97f4a7c15ULL);
}

static inline const uint8_t *oidmap_raw(const struct bt_oidmap *m, size_t i)
{
	return m->raws + i * m->oid_len;
}

void bt_oidmap_release(struct bt_oidmap *m)
{
	if (!m)
		return;
	free(m->raws);
	free(m->tags);
	free(m->values);
	slots_release(&m->slots);
	*m = (struct bt_oidmap)BT_OIDMAP_INIT;
}

void bt_oidmap_clear(struct bt_oidmap *m)
{
	size_t i;

	if (!slots_wipe(&m->slots, m->nr))
		for (i = 0; i < m->nr; i++)
			slots_drop(&m->slots, oid_hash(oidmap_raw(m, i), m->tags[i]), i);
	m->nr = 0;
}

static size_t oidmap_lookup(const struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag)
{
	const struct bt_slots *s = &m->slots;
	uint64_t hash;
	uint32_t at;

	if (!s->mask || oid->len != m->oid_len)
		return OID_ABSENT;
	hash = oid_hash(oid->raw, tag);
	for (at = (uint32_t)hash & s->mask; s->list[at].entry; at = (at + 1) & s->mask) {
		size_t i = s->list[at].entry - 1;

		if (s->list[at].tag == slot_tag(hash) && m->tags[i] == tag &&
		    !memcmp(oidmap_raw(m, i), oid->raw, m->oid_len))
			return i;
	}
	return OID_ABSENT;
}

static void oidmap_insert(struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag,
			  int64_t value)
{
	size_t i, alloc;

	if (!m->nr && !m->alloc)
		m->oid_len = oid->len;
	if (oid->len != m->oid_len || oid->len < sizeof(uint64_t))
		abort();	/* one repository has one kind of id */
	if (slots_full(&m->slots, m->nr)) {
		slots_double(&m->slots);
		for (i = 0; i < m->nr; i++)
			slots_put(&m->slots, oid_hash(oidmap_raw(m, i), m->tags[i]), i);
	}
	alloc = m->alloc;
	bt_grow(&m->raws, &alloc, m->nr + 1, m->oid_len);
	alloc = m->alloc;
	BT_GROW(m->tags, alloc, m->nr + 1);
	BT_GROW(m->values, m->alloc, m->nr + 1);
	memcpy(m->raws + m->nr * m->oid_len, oid->raw, m->oid_len);
	m->tags[m->nr] = tag;
	m->values[m->nr] = value;
	slots_put(&m->slots, oid_hash(oid->raw, tag), m->nr++);
}

bool bt_oidmap_find(const struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag,
		    int64_t *ret_value)
{
	size_t i = oidmap_lookup(m, oid, tag);

	if (i == OID_ABSENT)
		return false;
	if (ret_value)
		*ret_value = m->values[i];
	return true;
}

void bt_oidmap_put(struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag, int64_t value)
{
	size_t i = oidmap_lookup(m, oid, tag);

	if (i == OID_ABSENT)
		oidmap_insert(m, oid, tag, value);
	else
		m->values[i] = value;
}

bool bt_oidmap_intern(struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag, int64_t value,
		      int64_t *ret_value)
{
	if (bt_oidmap_find(m, oid, tag, ret_value))
		return false;
	oidmap_insert(m, oid, tag, value);
	return true;
}
