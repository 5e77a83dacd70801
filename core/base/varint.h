/*
 * Variable-length integers of our formats: LEB128, least significant group first, at most ten
 * bytes; only the shortest form is valid, so that equal values have equal bytes. Signed values are
 * zig-zag coded.
 */
#ifndef BT_BASE_VARINT_H
#define BT_BASE_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BT_VARINT_MAX 10

static inline uint64_t bt_zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static inline int64_t bt_unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* Writes v at p (room for BT_VARINT_MAX bytes); the place behind it. */
static inline uint8_t *bt_varint_put(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)v | 0x80;
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

/*
 * A bounds-checked reader. After the first bad or missing byte `bad` is set, every further read
 * gives 0, and `at` stays; check `bad` once at the end of a group.
 */
struct bt_reader {
	const uint8_t *at, *end;
	bool bad;
};

static inline struct bt_reader bt_reader_make(const void *p, size_t len)
{
	return (struct bt_reader){ (const uint8_t *)p, (const uint8_t *)p + len, false };
}

uint64_t bt_reader_varint_slow(struct bt_reader *r);

static inline uint64_t bt_reader_varint(struct bt_reader *r)
{
	if (r->at < r->end && *r->at < 0x80 && !r->bad)
		return *r->at++;
	return bt_reader_varint_slow(r);
}

/* A varint that must be <= max, else `bad`. */
static inline uint64_t bt_reader_upto(struct bt_reader *r, uint64_t max)
{
	uint64_t v = bt_reader_varint(r);

	if (v <= max)
		return v;
	r->bad = true;
	return 0;
}

/* The next len bytes, or NULL and `bad`. */
static inline const uint8_t *bt_reader_bytes(struct bt_reader *r, uint64_t len)
{
	const uint8_t *p = r->at;

	if (r->bad || len > (uint64_t)(r->end - r->at)) {
		r->bad = true;
		return NULL;
	}
	r->at += len;
	return p;
}

#endif
