/*
 * Trigrams of the lower-cased names that are defined in a segment, and the blocks that hold them.
 *
 * A byte is one of 64 classes: a letter without case, a digit, '_', or one of 27 shared by all
 * other bytes; a trigram is a number of 18 bits. So a block that is named may still hold no match,
 * but a block that is not named holds none. Blocks are counted in regions of 4096, so that a
 * writer holds one region at a time.
 *
 * Rows of the table trigram: several trigrams in a row, numbered (segment << 36) + (region << 18)
 * + the first of them. Per trigram: distance to the one before, length, and the blocks as runs:
 * gap * 2, or gap * 2 + 1 and then the length of the run - 2.
 */
#ifndef BT_STORE_TRIGRAM_H
#define BT_STORE_TRIGRAM_H

#include <stdint.h>

#include "store/store_int.h"

#define BT_TRIGRAM_BITS 18
#define BT_TRIGRAM_NR ((uint32_t)1 << BT_TRIGRAM_BITS)
#define BT_TRIGRAM_REGION_BITS 12
#define BT_TRIGRAM_REGION ((uint32_t)1 << BT_TRIGRAM_REGION_BITS)
#define BT_TRIGRAM_SHIFT 36
/* A row is closed when it holds this many bytes, raw. */
#define BT_TRIGRAM_ROW_LEN 2048
/* A row, and the blocks of one more trigram. */
#define BT_TRIGRAM_ROW_MAX (BT_TRIGRAM_ROW_LEN + 2 * BT_TRIGRAM_REGION + 64)

static inline uint32_t bt_trigram_class(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '0' && c <= '9')
		return 26 + c - '0';
	return c == '_' ? 36 : 37 + c % 27;
}

static inline uint32_t bt_trigram_next(uint32_t trigram, uint8_t c)
{
	return (trigram << 6 | bt_trigram_class(c)) & (BT_TRIGRAM_NR - 1);
}

/* Collects (trigram, block) of one region. */
struct bt_trigram_writer {
	uint32_t *last;		/* per trigram: the last block + 1 */
	uint32_t *pairs;	/* trigram << 12 | block in the region */
	size_t nr, alloc;
	struct bt_buf row, runs;
};

void bt_trigram_begin(struct bt_trigram_writer *w);
/* The trigrams of a name, those within its first `known` bytes left out. */
void bt_trigram_add(struct bt_trigram_writer *w, const char *name, size_t len, size_t known,
		    uint32_t block);
/* Writes the rows of a region. */
int bt_trigram_flush(struct bt_trigram_writer *w, struct bt_store *s, int64_t segment,
		     uint32_t region, struct bt_err *err);
void bt_trigram_release(struct bt_trigram_writer *w);

/* Bits of blocks of one region. */
#define BT_REGION_WORDS (BT_TRIGRAM_REGION / 64)
struct bt_region {
	uint64_t words[BT_REGION_WORDS];
};
/* The blocks of a trigram in a region. scratch: any buffer, for reuse. */
int bt_trigram_read(struct bt_store *s, int64_t segment, uint32_t region, uint32_t trigram,
		    struct bt_buf *scratch, struct bt_region *ret_blocks, struct bt_err *err);

#endif
