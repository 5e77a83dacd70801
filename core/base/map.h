/*
 * Two hash tables: byte strings -> a 64-bit value, and (object id, tag) -> a 64-bit value.
 *
 * Both keep their entries in the order of insertion in one dense array; the number of an entry
 * never changes, so that a table of names is also a numbering of names. In front stands a power
 * of two of slots of eight bytes (32 bits of hash, 32 bits of entry number), probed one after the
 * other. Nothing can be removed one by one. Dies on exhaustion: the caller bounds what it puts
 * in.
 */
#ifndef BT_BASE_MAP_H
#define BT_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/hash.h"
#include "core/base/oid.h"

struct bt_slot {
	uint32_t tag;
	uint32_t entry;		/* number + 1; 0: free */
};

struct bt_slots {
	struct bt_slot *list;
	uint32_t mask;		/* number of slots - 1; 0: none yet */
};

/* --- strings --- */

struct bt_strmap_entry {
	const char *key;	/* not NUL-terminated unless the caller's key was */
	uint32_t len;
	uint32_t spare;		/* the caller's; starts as 0 */
	uint64_t hash;
	uint64_t value;
};

struct bt_strmap {
	struct bt_strmap_entry *entries;
	size_t nr, alloc;
	struct bt_slots slots;
	struct bt_arena *arena;
};

/*
 * arena: where keys are copied to (with a NUL behind them); NULL: keys are borrowed and outlive
 * the map.
 */
void bt_strmap_init(struct bt_strmap *m, struct bt_arena *arena);
void bt_strmap_release(struct bt_strmap *m);
/* Forgets all entries and keeps the memory; the caller resets the arena. */
void bt_strmap_clear(struct bt_strmap *m);

static inline uint64_t bt_strmap_hash(const char *key, size_t len)
{
	return bt_hash64(key, len, 0);
}

/*
 * hash: bt_strmap_hash(key, len), so that one computation serves several tables. The entry stays
 * at its place until the next insertion; its number (e - m->entries) stays for good.
 */
struct bt_strmap_entry *bt_strmap_find(const struct bt_strmap *m, const char *key, size_t len,
				       uint64_t hash);
/* Finds, or inserts with value 0 and *ret_new = true. ret_new may be NULL. */
struct bt_strmap_entry *bt_strmap_intern(struct bt_strmap *m, const char *key, size_t len,
					 uint64_t hash, bool *ret_new);
/* Inserts or replaces. */
void bt_strmap_put(struct bt_strmap *m, const char *key, size_t len, uint64_t value);
/* The value, or `none`. */
uint64_t bt_strmap_get(const struct bt_strmap *m, const char *key, size_t len, uint64_t none);

/* --- object ids --- */

struct bt_oidmap {
	uint8_t *raws;		/* oid_len bytes per entry */
	uint32_t *tags;
	int64_t *values;
	size_t nr, alloc;
	struct bt_slots slots;
	uint8_t oid_len;	/* of all ids, set by the first one */
};

#define BT_OIDMAP_INIT { .raws = NULL }

void bt_oidmap_release(struct bt_oidmap *m);
void bt_oidmap_clear(struct bt_oidmap *m);
/* True when there; *ret_value (may be NULL) is written then only. */
bool bt_oidmap_find(const struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag,
		    int64_t *ret_value);
/* Inserts or replaces. An id of another length than the first one's ends the program (a bug). */
void bt_oidmap_put(struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag, int64_t value);
/* Inserts when absent: true. Otherwise false, and *ret_value (may be NULL) is what was there. */
bool bt_oidmap_intern(struct bt_oidmap *m, const struct bt_oid *oid, uint32_t tag, int64_t value,
		      int64_t *ret_value);
#endif
