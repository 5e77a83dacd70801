/*
 * Open addressing; nothing is ever removed, counts go down to zero.
 */
#include "core/rules/fingerprints.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

void bt_fingerprints_release(struct bt_fingerprints *s)
{
	free(s->slots);
	memset(s, 0, sizeof(*s));
}

/* The slot that has it, or a free one. */
static struct bt_fingerprint_count *slot_of(const struct bt_fingerprints *s, uint64_t fingerprint)
{
	size_t i = (size_t)bt_mix64(fingerprint);

	for (;; i++) {
		struct bt_fingerprint_count *c = &s->slots[i & (s->alloc - 1)];

		if (!c->fingerprint || c->fingerprint == fingerprint)
			return c;
	}
}

static void grow(struct bt_fingerprints *s)
{
	struct bt_fingerprints old = *s;

	s->alloc = old.alloc ? old.alloc * 2 : 64;
	s->slots = bt_xcalloc(s->alloc, sizeof(*s->slots));
	for (size_t i = 0; i < old.alloc; i++)
		if (old.slots[i].fingerprint)
			*slot_of(s, old.slots[i].fingerprint) = old.slots[i];
	free(old.slots);
}

void bt_fingerprints_add(struct bt_fingerprints *s, uint64_t fingerprint)
{
	struct bt_fingerprint_count *c;

	if (s->nr * 2 >= s->alloc)
		grow(s);
	c = slot_of(s, fingerprint);
	s->nr += !c->fingerprint;
	c->fingerprint = fingerprint;
	c->nr++;
}

uint32_t bt_fingerprints_count(const struct bt_fingerprints *s, uint64_t fingerprint)
{
	return s->alloc ? slot_of(s, fingerprint)->nr : 0;
}

int bt_fingerprints_take(struct bt_fingerprints *s, uint64_t fingerprint)
{
	struct bt_fingerprint_count *c = s->alloc ? slot_of(s, fingerprint) : NULL;

	if (!c || !c->nr)
		return 0;
	c->nr--;
	return 1;
}
