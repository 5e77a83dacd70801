/*
 * Columns of numbers, eight bytes at a time. Not for others.
 *
 * In a column of varints a byte with its high bit clear ends a value, and since only the shortest form is valid, a
 * byte of zero is the value zero. So values and zeros can be counted without looking where values start.
 */
#ifndef BT_FACTS_COLUMN_H
#define BT_FACTS_COLUMN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "core/base/varint.h"

#define BT_COLUMN_ONES UINT64_C(0x0101010101010101)
#define BT_COLUMN_HIGHS (0x80 * BT_COLUMN_ONES)

/* The first byte is the lowest. */
static inline uint64_t bt_column_word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* How many of the high bits are set; only they may be. */
static inline unsigned bt_column_count(uint64_t highs)
{
	return (unsigned)((highs >> 7) * BT_COLUMN_ONES >> 56);
}

/* High bits where a byte is zero. */
static inline uint64_t bt_column_zeros(uint64_t w)
{
	return ~(((w & ~BT_COLUMN_HIGHS) + ~BT_COLUMN_HIGHS) | w | ~BT_COLUMN_HIGHS);
}

/* High bits where a value ends. */
static inline uint64_t bt_column_ends(uint64_t w)
{
	return ~w & BT_COLUMN_HIGHS;
}

/* Over nr values. */
static inline void bt_column_skip(struct bt_reader *r, uint64_t nr)
{
	const uint8_t *p = r->at;

	while (nr >= 8 && r->end - p >= 8) {
		nr -= bt_column_count(bt_column_ends(bt_column_word(p)));
		p += 8;
	}
	for (; nr && p < r->end; p++)
		nr -= *p < 0x80;
	r->at = p;
	if (nr)
		r->bad = true;
}

/* Running along a column and adding up its values. */
struct bt_column_sum {
	const uint8_t *at, *end;
	uint64_t nr;		/* values behind us */
	uint64_t sum;
	unsigned pending;	/* bytes of a value that has not ended */
	bool bad;
};

static inline unsigned bt_column_add_bytes(uint64_t low)
{
	const uint64_t pairs = UINT64_C(0x00ff00ff00ff00ff), ones = UINT64_C(0x0001000100010001);

	return (unsigned)(((low & pairs) + (low >> 8 & pairs)) * ones >> 48);
}

static inline void bt_column_sum_byte(struct bt_column_sum *s)
{
	uint8_t byte = *s->at++;

	if (s->pending > 4) {	/* more than a position has */
		s->bad = true;
		s->pending = 0;
	}
	s->sum += (uint64_t)(byte & 0x7f) << (7 * s->pending);
	s->nr += byte < 0x80;
	s->pending = byte < 0x80 ? 0 : s->pending + 1;
}

/* A word whose values have one or two bytes; false: it has longer ones. */
static inline bool bt_column_sum_word(struct bt_column_sum *s)
{
	uint64_t w = bt_column_word(s->at), going_on = w & BT_COLUMN_HIGHS;
	/* high bits in the second bytes of values, then all bits of them */
	uint64_t second = going_on << 8 | (uint64_t)s->pending << 7, all;

	if (second & going_on)
		return false;
	all = (second >> 7) * 0xff;
	s->sum += bt_column_add_bytes(w & ~BT_COLUMN_HIGHS & ~all);
	s->sum += (uint64_t)bt_column_add_bytes(w & ~BT_COLUMN_HIGHS & all) << 7;
	s->nr += bt_column_count(bt_column_ends(w));
	s->pending = (unsigned)(going_on >> 63);
	s->at += 8;
	return true;
}

/* Goes on until nr values are behind us. */
static inline void bt_column_sum_to(struct bt_column_sum *s, uint64_t nr)
{
	while (s->nr + 8 <= nr && s->end - s->at >= 8) {
		if (s->pending <= 1 && bt_column_sum_word(s))
			continue;
		for (int i = 0; i < 8; i++)
			bt_column_sum_byte(s);
	}
	while (s->nr < nr && s->at < s->end)
		bt_column_sum_byte(s);
	if (s->nr < nr)
		s->bad = true;
}

#endif
