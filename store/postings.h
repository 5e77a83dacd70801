/*
 * The inverted index: names -> blobs.
 *
 * A segment covers the blobs of one batch, whichever they are. It holds two sorted string tables:
 * names (key: the name; value: the ascending blobs that hold it, each with the set of kinds it is
 * defined as there), and trigrams of the lower-cased names that are defined somewhere in the
 * segment (value: the blocks of the name table to look into). Segments of about the same size are
 * merged when BT_SEGMENT_FANOUT of them are there, so that a lookup touches a bounded number.
 * segment.h and trigram.h describe the bytes.
 */
#ifndef BT_STORE_POSTINGS_H
#define BT_STORE_POSTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* Collects the names of blobs until it is written out as one segment. */
struct bt_postings;
struct bt_postings *bt_postings_new(void);
void bt_postings_free(struct bt_postings **pp);
/*
 * The names of one blob come together, each once; nothing is lost when blobs come in another order
 * than that of their ids, or twice, but it costs. kinds: bit (1 << enum bt_kind) per kind of
 * definition (declarations included), 0 when the blob only uses the name. A name is cut at
 * BT_NAME_LEN_MAX bytes; an empty one is ignored.
 */
void bt_postings_add(struct bt_postings *p, uint32_t blob_id, const char *name, size_t len,
		     uint32_t kinds);
/*
 * Blobs that came under labels of the caller's own (not 0) get their ids, before they are written: id_of
 * gives that of a label, or 0 for a blob that is to be left out.
 */
void bt_postings_relabel(struct bt_postings *p, uint32_t (*id_of)(void *ctx, uint32_t label), void *ctx);
/*
 * Writes everything as a segment inside the caller's transaction, merges when due, and empties p,
 * also when it fails: a transaction that is tried again starts with adding. Few large segments
 * (16 to 64 MiB of memory) are smaller, and faster to write and to search, than many small
 * ones; more than 15 of one size are merged, which costs as much as writing them.
 */
int bt_postings_flush(struct bt_postings *p, struct bt_store *s, struct bt_err *err);

/* One (name, blob) pair. */
struct bt_posting {
	uint32_t blob_id;
	uint32_t kinds;		/* 0: used only */
};

/* All postings of exactly `name`, over all segments, ascending; *ret_list is free()d. */
int bt_postings_find(struct bt_store *s, const char *name, size_t len, bool defs_only,
		     struct bt_posting **ret_list, size_t *ret_nr, struct bt_err *err);

/*
 * All names that are defined somewhere, ascending bytewise, each with all its postings: those of blobs that only
 * use it too. name is not NUL-terminated. Returns 0 to go on, 1 to stop, negative to fail. Reads the whole
 * inverted index.
 */
typedef int bt_postings_each_fn(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr,
				struct bt_err *err);
int bt_postings_each(struct bt_store *s, bt_postings_each_fn *each, void *ctx, struct bt_err *err);

/* Symbol search: iterates (name, postings) of *defined* names. */
enum bt_name_match {
	BT_MATCH_PREFIX,
	BT_MATCH_SUBSTRING,
	BT_MATCH_GLOB,		/* the whole name: * ? [a-z] [!a-z] \x */
	/*
	 * The whole name, at most `edits` bytes put in, left out, replaced, or swapped with their
	 * neighbour (optimal string alignment: no byte is edited twice).
	 */
	BT_MATCH_FUZZY,
};
struct bt_name_query {
	enum bt_name_match match;
	const char *pattern;	/* BT_ERR_USAGE when empty */
	bool ignore_case;	/* of ASCII letters */
	unsigned edits;		/* for BT_MATCH_FUZZY: 1..2 */
	size_t names_max;	/* stop after so many distinct names (0: none) */
};
struct bt_name_hit {
	const char *name;	/* not NUL-terminated */
	size_t name_len;
	const struct bt_posting *postings;	/* the defining ones, ascending */
	size_t postings_nr;
	unsigned distance;	/* for BT_MATCH_FUZZY */
};
/*
 * each: returns 0 to go on, 1 to stop, negative to fail; it may ask the store. Names come in no
 * promised order, and the same name may come once per segment. A pattern of one or two bytes
 * reads all names: give names_max.
 */
int bt_postings_search(struct bt_store *s, const struct bt_name_query *q,
		       int (*each)(void *ctx, const struct bt_name_hit *hit, struct bt_err *err),
		       void *ctx, struct bt_err *err);

#endif
