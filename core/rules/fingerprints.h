/*
 * A multiset of fingerprints: how many findings of each there were.
 */
#ifndef BT_RULES_FINGERPRINTS_H
#define BT_RULES_FINGERPRINTS_H

#include <stddef.h>
#include <stdint.h>

struct bt_fingerprints {
	struct bt_fingerprint_count {
		uint64_t fingerprint;	/* 0: free */
		uint32_t nr;
	} *slots;
	size_t nr, alloc;		/* alloc: a power of two */
};

#define BT_FINGERPRINTS_INIT { .slots = NULL }
void bt_fingerprints_release(struct bt_fingerprints *s);
void bt_fingerprints_add(struct bt_fingerprints *s, uint64_t fingerprint);
uint32_t bt_fingerprints_count(const struct bt_fingerprints *s, uint64_t fingerprint);
/* One less; false when there is none. */
int bt_fingerprints_take(struct bt_fingerprints *s, uint64_t fingerprint);

#endif
