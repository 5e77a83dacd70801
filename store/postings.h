/*
 * The inverted index: names -> blobs.
 *
 * A segment covers the blobs of one batch. It holds two sorted string tables: names (key: the name;
 * value: the ascending blob ids that hold it, each with a flag "defines it" and the set of kinds it is
 * defined as), and trigrams of the lower-cased names that are defined somewhere in the segment (key:
 * three bytes; value: the blocks of the name table to look into). Tables are made of compressed
 * blocks of front-coded keys and a top index of first keys. Segments of one level are merged when
 * BT_SEGMENT_FANOUT of them are there, so that a lookup touches a bounded number.
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
 * blob ids must ascend between calls; a name is given once per blob. kinds: bit (1 << enum bt_kind) per kind
 * of definition (declarations included), 0 when the blob only uses the name.
 */
void bt_postings_add(struct bt_postings *p, uint32_t blob_id, const char *name, size_t len,
		     uint32_t kinds);
size_t bt_postings_memory(const struct bt_postings *p);	/* bytes held */
/* Writes everything as a segment inside the caller's transaction, merges when due, and empties p. */
int bt_postings_flush(struct bt_postings *p, struct bt_store *s, struct bt_err *err);

/* One (name, blob) pair. */
struct bt_posting {
	uint32_t blob_id;
	uint32_t kinds;		/* 0: used only */
};

/* All postings of exactly `name`, over all segments, ascending; *ret_list is free()d. */
int bt_postings_find(struct bt_store *s, const char *name, size_t len, bool defs_only,
		     struct bt_posting **ret_list, size_t *ret_nr, struct bt_err *err);

/* Symbol search: iterates (name, postings) of *defined* names. */
enum bt_name_match {
	BT_MATCH_PREFIX,
	BT_MATCH_SUBSTRING,
	BT_MATCH_GLOB,		/* * ? [..]; the longest literal run is used to find blocks */
	BT_MATCH_FUZZY,		/* Damerau-Levenshtein <= edits, found by exact pieces of the pattern */
};
struct bt_name_query {
	enum bt_name_match match;
	const char *pattern;
	bool ignore_case;
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
/* each: returns 0 to go on, 1 to stop, negative to fail. Names come in no promised order, and the same
 * name may come once per segment. */
int bt_postings_search(struct bt_store *s, const struct bt_name_query *q,
		       int (*each)(void *ctx, const struct bt_name_hit *hit, struct bt_err *err),
		       void *ctx, struct bt_err *err);

#endif
