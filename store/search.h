/*
 * Matching the names of a block against a pattern. Between search.c and the matchers.
 */
#ifndef BT_STORE_SEARCH_H
#define BT_STORE_SEARCH_H

#include "store/segment.h"

/* A longer pattern matches no name. */
#define BT_PATTERN_LEN_MAX BT_NAME_LEN_MAX

/* More runs of a glob are not looked up. */
#define BT_MATCHER_TEXTS 8

struct bt_matcher {
	const struct bt_name_query *query;
	char pattern[BT_PATTERN_LEN_MAX];	/* lower case when case is ignored */
	size_t len;
	unsigned edits;

	size_t start_len;	/* every match starts with so many bytes of the pattern */
	/*
	 * Texts that are in every match, or (any) of which at least one is. Shorter ones than a
	 * trigram are left out.
	 */
	struct bt_matcher_text {
		const char *text;
		size_t len;
	} texts[BT_MATCHER_TEXTS];
	size_t texts_nr;
	bool any;
	char swapped[2][3];
	size_t shortest, longest;	/* lengths a match may have */
	size_t rare;		/* substring: where in the pattern its rarest byte is */

	struct bt_buf folded;	/* the text of a block in lower case, when case is ignored */
	uint8_t *rows;		/* fuzzy: a row of distances per depth */
	size_t depth;		/* rows that are made */
	size_t dead;		/* no name that shares this many bytes matches; 0: none */
	unsigned distance;	/* of the last match */
};

int bt_matcher_init(struct bt_matcher *m, const struct bt_name_query *q, struct bt_err *err);
void bt_matcher_release(struct bt_matcher *m);
/* False: no name that starts with these bytes matches. */
bool bt_matcher_alive(struct bt_matcher *m, const char *start, size_t len);
/* Before the first bt_matcher_next of a block. */
void bt_matcher_begin(struct bt_matcher *m, const struct bt_block *b);
/*
 * The number of the first match from `from` on; b->nr when there is none. from ascends in a block.
 */
uint32_t bt_matcher_next(struct bt_matcher *m, const struct bt_block *b, uint32_t from);

/* search_glob.c: the whole of `text`. Patterns: * ? [a-z] [!a-z] \x. */
bool bt_name_glob_match(const char *pattern, size_t pattern_len, const char *text, size_t len);
/* The next run without a special character from *at on (0 to start): true, or false at the end. */
bool bt_name_glob_run(const char *pattern, size_t len, size_t *at, const char **ret_run,
		      size_t *ret_len);

/* search_fuzzy.c */
void bt_fuzzy_texts(struct bt_matcher *m);
void bt_fuzzy_begin(struct bt_matcher *m);
uint32_t bt_fuzzy_next(struct bt_matcher *m, const struct bt_block *b, const char *text,
		       uint32_t from);
bool bt_fuzzy_alive(struct bt_matcher *m, const char *start, size_t len);

#endif
