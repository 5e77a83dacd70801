/*
 * Segments: the names of some blobs, sorted, with what is known about each. Between the files of
 * the store; git-batho-format(5) does not promise any of it.
 *
 * A segment numbers its blobs 0..n-1 in the order of their ids. Its names lie in blocks, each one
 * row of name_block:
 *
 *	names: count, low and high fence, then a column of heads (shared prefix; rest * 2 +
 *	  defined) and one of the rests. All names of a block are in [low, high); fences are as
 *	  short as they can be.
 *	lists: a column of heads, one of deltas and one of kinds. Head 0: the same list as that of
 *	  the name before; else 1 + ((count - 1) << 2 | elsewhere << 1 | defines). The first delta
 *	  is against the first blob of the explicit list before, zig-zag; the others are gaps - 1. When
 *	  the list defines and has several blobs, each of these is doubled and its lowest bit says
 *	  "defines it". Per defining blob a byte: the kind, or 0x80 and then the set as a number.
 *	  "elsewhere": the delta is the number of a row of posting.
 *
 * Both parts are compressed by themselves, since a search needs the names and few lists. name_key
 * finds the block of a name, and tells the lengths of the defined names in it. Trigrams: see
 * trigram.h.
 */
#ifndef BT_STORE_SEGMENT_H
#define BT_STORE_SEGMENT_H

#include "core/base/limits.h"
#include "core/base/varint.h"
#include "store/idset.h"
#include "store/postings.h"
#include "store/store_int.h"
#include "store/trigram.h"

/* Segments of one level that are merged. */
#define BT_SEGMENT_FANOUT 16
/*
 * Pairs of (name, blob) in a segment of level 0; each level holds BT_SEGMENT_FANOUT times as many.
 */
#define BT_SEGMENT_PAIRS_MIN 16384
/* Rows of name_block and posting are numbered (segment << BT_SEGMENT_SHIFT) + n. */
#define BT_SEGMENT_SHIFT 24
#define BT_SEGMENT_ROWS_MAX ((uint32_t)1 << BT_SEGMENT_SHIFT)
/*
 * A block is closed when its columns hold this many bytes. Measured:
 * docs/decisions/0009-postings.md.
 */
#define BT_BLOCK_LEN 2048
/* A list with more bytes than this gets a row of its own, so that its neighbours stay cheap. */
#define BT_LIST_INLINE_MAX 256
/*
 * Columns of one block or list, raw: names, fences and 256 bytes of list each; or a list of every
 * blob.
 */
#define BT_BLOCK_RAW_MAX (16u << 20)
#define BT_BLOCK_NAMES_MAX (1u << 16)
/* Names are copied 16 bytes at a time: what lies behind the text may be written and read. */
#define BT_BLOCK_SLACK 16
#define BT_LIST_RAW_MAX (1u << 30)

static inline int64_t bt_segment_row(int64_t segment, uint32_t n)
{
	return (segment << BT_SEGMENT_SHIFT) + n;
}

struct bt_segment {
	int64_t id;
	uint32_t level;
	uint64_t pairs, names;
	uint32_t blocks;
};

/* All segments, by id; *ret_list is free()d. */
int bt_segment_list(struct bt_store *s, struct bt_segment **ret_list, size_t *ret_nr,
		    struct bt_err *err);
/* The blob ids of a segment, ascending; *ret_blobs lives as long as the store. */
int bt_segment_blobs(struct bt_store *s, int64_t segment, struct bt_segment_blobs *ret_blobs,
		     struct bt_err *err);
/* Merges the segments of every level that has enough of them. */
int bt_segment_merge_due(struct bt_store *s, struct bt_err *err);

/* All segments of a store as one of another, with the postings of these blobs alone; inside a transaction of `to`. */
int bt_segment_copy(struct bt_store *from, struct bt_store *to, const struct bt_idset *only,
		    void (*progress)(void *ctx, uint64_t names), void *progress_ctx, struct bt_err *err);

/* --- writing: names in ascending order --- */

struct bt_segment_writer {
	struct bt_store *s;
	int64_t id;
	struct bt_buf heads, rests;			/* columns of names */
	struct bt_buf list_heads, deltas, kinds;	/* columns of lists */
	struct bt_buf raw, row;
	char low[BT_NAME_LEN_MAX], last[BT_NAME_LEN_MAX];
	size_t low_len, last_len;
	struct bt_posting *prev;	/* the list before, when it is short */
	uint32_t prev_nr;		/* 0: there is none to be equal to */
	uint32_t prev_first;
	uint32_t nr;			/* names in the open block */
	uint32_t blocks, lists;
	uint64_t names, pairs;
	size_t shared_since;		/* shared with the last defined name of the block */
	uint32_t shortest, longest;	/* defined names of the block; 0: it has none */
	struct bt_trigram_writer trigrams;
};

int bt_segment_begin(struct bt_segment_writer *w, struct bt_store *s, struct bt_err *err);
/* list: the blob_id is the blob's number in the segment; ascending, nr >= 1. */
int bt_segment_add(struct bt_segment_writer *w, const char *name, size_t len,
		   const struct bt_posting *list, uint32_t nr, struct bt_err *err);
/* ids: ascending. */
int bt_segment_end(struct bt_segment_writer *w, const uint32_t *ids, uint32_t ids_nr,
		   struct bt_err *err);
void bt_segment_writer_release(struct bt_segment_writer *w);

/* --- reading --- */

struct bt_block_name {
	uint32_t at;		/* in the block's text */
	uint16_t len;
	uint16_t shared;	/* first bytes that are those of the name before */
	bool defined;
};

/*
 * A block with its names, and a cursor over its lists, which are unpacked when the first one is
 * wanted.
 */
struct bt_block {
	int64_t segment;
	struct bt_buf raw;
	const char *low, *high;		/* fences, in raw; high is NULL in the last block */
	size_t low_len, high_len;
	struct bt_buf text;		/* the names, one after the other */
	struct bt_block_name *names;
	uint32_t nr;
	size_t names_alloc;

	struct bt_buf packed, lists;
	size_t lists_raw;
	struct bt_reader list_heads, deltas, kinds;
	uint32_t list_at;		/* lists read */
	uint32_t list_first;		/* first blob of the last explicit one here */
	uint32_t list_head;		/* of the last explicit one */
	uint32_t list_base;		/* what its first delta counts from */
	struct bt_reader list_deltas, list_kinds;	/* where it starts */
};

#define BT_BLOCK_INIT { .raw = BT_BUF_INIT, .text = BT_BUF_INIT, .packed = BT_BUF_INIT, \
			.lists = BT_BUF_INIT }
#define BT_BLOCK_OWNED BT_CLEANUP(bt_block_release)

void bt_block_release(struct bt_block *b);
int bt_block_read(struct bt_store *s, int64_t segment, uint32_t block, struct bt_block *b,
		  struct bt_err *err);
static inline const char *bt_block_name(const struct bt_block *b, uint32_t i)
{
	return b->text.data + b->names[i].at;
}

/* Postings that grow. */
struct bt_postings_list {
	struct bt_posting *list;
	size_t nr, alloc;
};
void bt_postings_list_release(struct bt_postings_list *l);
/* Sorts by blob and makes one of those that name the same one; returns how many are left. */
uint32_t bt_postings_tidy(struct bt_posting *list, uint32_t nr);
/*
 * Appends the list of name number `at` (ascending between calls), with numbers of blobs as in the
 * segment. They are less than blobs_nr, or the block is damaged.
 */
int bt_block_list(struct bt_store *s, struct bt_block *b, uint32_t at, uint32_t blobs_nr,
		  struct bt_postings_list *out, struct bt_err *err);
/* The same with blob ids; only what defines when defs_only. */
int bt_block_postings(struct bt_store *s, struct bt_block *b, uint32_t at, bool defs_only,
		      struct bt_postings_list *out, struct bt_err *err);

/* The block whose fences hold `name`: BT_ROW, or BT_DONE in a segment without names. */
int bt_segment_seek(struct bt_store *s, int64_t segment, const char *name, size_t len,
		    uint32_t *ret_block, struct bt_err *err);
/* The low fence of that block; `low` has room for BT_NAME_LEN_MAX bytes. */
int bt_segment_fence(struct bt_store *s, int64_t segment, const char *name, size_t len, char *low,
		     size_t *ret_low_len, struct bt_err *err);

static inline int bt_name_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return c ? c : (a_len > b_len) - (a_len < b_len);
}

static inline size_t bt_name_shared(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len, i = 0;

	while (i < n && a[i] == b[i])
		i++;
	return i;
}

#endif
