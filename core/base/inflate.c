/*
 * Blocks that are stored, or coded with the fixed codes or their own. Codes are read bit by bit: canonical codes of one length
 * are consecutive numbers, so that a count per length and the symbols in order are all there is to know of them.
 */
#include "core/base/inflate.h"

#include <stdint.h>
#include <string.h>

#define BITS_MAX 15
#define LITERALS_NR 288
#define LENGTHS_NR 29		/* symbols behind the end of a block; two more stand in the fixed code alone */
#define DISTANCES_NR 30
#define END_OF_BLOCK 256

struct input {
	const uint8_t *at, *end;
	uint32_t hold;		/* bits that were read and not used yet, the next one lowest */
	unsigned nr;
	bool broken;		/* it ended early */
};

struct output {
	uint8_t *data;
	size_t len, max;
};

struct code {
	uint16_t count[BITS_MAX + 1];	/* codes of each length */
	uint16_t symbols[LITERALS_NR];	/* by code */
};

static unsigned take_bits(struct input *in, unsigned nr)
{
	unsigned v;

	while (in->nr < nr) {
		if (in->at == in->end) {
			in->broken = true;
			return 0;
		}
		in->hold |= (uint32_t)*in->at++ << in->nr;
		in->nr += 8;
	}
	v = in->hold & ((1u << nr) - 1);
	in->hold >>= nr;
	in->nr -= nr;
	return v;
}

/* False when more codes are asked for than there are of some length, or, but for a single code, not all are used. */
static bool code_make(struct code *c, const uint8_t *lengths, unsigned nr)
{
	uint16_t next[BITS_MAX + 2] = { 0 };
	int left = 1;

	memset(c->count, 0, sizeof(c->count));
	for (unsigned i = 0; i < nr; i++)
		c->count[lengths[i]]++;
	for (unsigned i = 1; i <= BITS_MAX; i++) {
		left = 2 * left - c->count[i];
		if (left < 0)
			return false;
		next[i + 1] = (uint16_t)(next[i] + c->count[i]);
	}
	for (unsigned i = 0; i < nr; i++)
		if (lengths[i])
			c->symbols[next[lengths[i]]++] = (uint16_t)i;
	return !left || nr - c->count[0] <= 1;
}

/* A symbol, or -1. */
static int take_symbol(struct input *in, const struct code *c)
{
	int code = 0, first = 0, at = 0;

	/* as many as the longest code has, as far as there are so many */
	while (in->nr < BITS_MAX && in->at < in->end) {
		in->hold |= (uint32_t)*in->at++ << in->nr;
		in->nr += 8;
	}
	for (unsigned len = 1; len <= BITS_MAX && len <= in->nr; len++) {
		code |= (int)(in->hold >> (len - 1) & 1);
		if (code - first < c->count[len]) {
			in->hold >>= len;
			in->nr -= len;
			return c->symbols[at + code - first];
		}
		at += c->count[len];
		first = (first + c->count[len]) << 1;
		code <<= 1;
	}
	return -1;
}

static bool copy_back(struct output *out, size_t distance, size_t len)
{
	if (distance > out->len || len > out->max - out->len)
		return false;
	/* byte by byte: it may copy what it writes */
	for (; len; len--, out->len++)
		out->data[out->len] = out->data[out->len - distance];
	return true;
}

static bool coded_block(struct input *in, const struct code *literals, const struct code *distances, struct output *out)
{
	static const uint16_t length_base[LENGTHS_NR] = { 3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
							  31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
	static const uint8_t length_bits[LENGTHS_NR] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
							 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };
	static const uint16_t distance_base[DISTANCES_NR] = { 1,   2,	3,   4,	  5,   7,    9,	   13,	 17,   25,
							      33,  49,	65,  97,  129, 193,  257,  385,	 513,  769,
							      1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };

	for (;;) {
		int s = take_symbol(in, literals), d;
		size_t len, distance;

		if (s < 0 || s >= END_OF_BLOCK + 1 + LENGTHS_NR)
			return false;
		if (s == END_OF_BLOCK)
			return true;
		if (s < END_OF_BLOCK) {
			if (out->len == out->max)
				return false;
			out->data[out->len++] = (uint8_t)s;
			continue;
		}
		s -= END_OF_BLOCK + 1;
		len = length_base[s] + take_bits(in, length_bits[s]);
		d = take_symbol(in, distances);
		if (d < 0 || d >= DISTANCES_NR)
			return false;
		distance = distance_base[d] + take_bits(in, d < 2 ? 0 : (unsigned)d / 2 - 1);
		if (in->broken || !copy_back(out, distance, len))
			return false;
	}
}

static bool stored_block(struct input *in, struct output *out)
{
	size_t len;

	/* what is left of the byte at hand goes, whole bytes were read too early */
	in->at -= in->nr / 8;
	in->hold = 0;
	in->nr = 0;
	if (in->end - in->at < 4)
		return false;
	len = (size_t)in->at[0] | (size_t)in->at[1] << 8;
	if ((len ^ 0xffff) != ((size_t)in->at[2] | (size_t)in->at[3] << 8))
		return false;
	in->at += 4;
	if (len > (size_t)(in->end - in->at) || len > out->max - out->len)
		return false;
	if (len)
		memcpy(out->data + out->len, in->at, len);
	in->at += len;
	out->len += len;
	return true;
}

static bool fixed_block(struct input *in, struct output *out)
{
	uint8_t lengths[LITERALS_NR];
	struct code literals, distances;

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 256 - 144);
	memset(lengths + 256, 7, 280 - 256);
	memset(lengths + 280, 8, LITERALS_NR - 280);
	if (!code_make(&literals, lengths, LITERALS_NR))
		return false;
	memset(lengths, 5, 32);
	return code_make(&distances, lengths, 32) && coded_block(in, &literals, &distances, out);
}

/* The lengths of two codes, themselves coded: runs of zeros and of what came before have symbols of their own. */
static bool take_lengths(struct input *in, const struct code *c, uint8_t *lengths, unsigned nr)
{
	for (unsigned at = 0; at < nr;) {
		int s = take_symbol(in, c);
		unsigned run = 1;
		uint8_t value = 0;

		if (s < 0 || (s == 16 && !at))
			return false;
		if (s < 16)
			value = (uint8_t)s;
		else if (s == 16)
			value = lengths[at - 1];
		if (s == 16)
			run = 3 + take_bits(in, 2);
		else if (s > 16)
			run = s == 17 ? 3 + take_bits(in, 3) : 11 + take_bits(in, 7);
		if (in->broken || run > nr - at)
			return false;
		memset(lengths + at, value, run);
		at += run;
	}
	return true;
}

static bool dynamic_block(struct input *in, struct output *out)
{
	static const uint8_t order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	unsigned literals_nr = 257 + take_bits(in, 5), distances_nr = 1 + take_bits(in, 5), nr = 4 + take_bits(in, 4);
	uint8_t lengths[LITERALS_NR + 32] = { 0 };
	struct code literals, distances;

	if (in->broken || literals_nr > END_OF_BLOCK + 1 + LENGTHS_NR || distances_nr > DISTANCES_NR)
		return false;
	for (unsigned i = 0; i < nr; i++)
		lengths[order[i]] = (uint8_t)take_bits(in, 3);
	if (in->broken || !code_make(&literals, lengths, 19))
		return false;
	if (!take_lengths(in, &literals, lengths, literals_nr + distances_nr) || !lengths[END_OF_BLOCK])
		return false;
	return code_make(&literals, lengths, literals_nr) && code_make(&distances, lengths + literals_nr, distances_nr) &&
	       coded_block(in, &literals, &distances, out);
}

bool bt_inflate(const void *data, size_t len, void *out, size_t out_max, size_t *ret_len)
{
	struct input in = { .at = data, .end = (const uint8_t *)data + len };
	struct output o = { .data = out, .max = out_max };
	bool last = false, good = true;

	/* deflate, a window of at most 32 KiB, no dictionary, and the check of these two bytes */
	if (len < 2 || (in.at[0] & 0x0f) != 8 || in.at[0] >> 4 > 7 || in.at[1] & 0x20 || (in.at[0] << 8 | in.at[1]) % 31)
		return false;
	in.at += 2;
	while (good && !last) {
		last = take_bits(&in, 1);
		switch (take_bits(&in, 2)) {
		case 0:
			good = stored_block(&in, &o);
			break;
		case 1:
			good = fixed_block(&in, &o);
			break;
		case 2:
			good = dynamic_block(&in, &o);
			break;
		default:
			good = false;
		}
		good = good && !in.broken;
	}
	if (good)
		*ret_len = o.len;
	return good;
}
