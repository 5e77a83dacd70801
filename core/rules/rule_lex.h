/*
 * Pieces of a rule's file: stretches of its text, the words of a list, escapes. Nothing here knows what they mean.
 */
#ifndef BT_RULES_RULE_LEX_H
#define BT_RULES_RULE_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/base/buf.h"

/* A stretch of text that belongs to somebody else. */
struct bt_piece {
	const char *p;
	size_t len;
};

struct bt_piece bt_piece_trim(struct bt_piece t);
/* Asked thousands of times at the start of every hook, with words that the compiler knows. */
static inline bool bt_piece_is(struct bt_piece t, const char *word)
{
	return t.len == strlen(word) && !memcmp(t.p, word, t.len);
}

static inline bool bt_piece_starts(struct bt_piece t, const char *with)
{
	return t.len >= strlen(with) && !memcmp(t.p, with, strlen(with));
}

/* Nothing but white space and what stands behind ';' in a line. */
bool bt_piece_is_blank(struct bt_piece t);
/* Letters, digits and '-', not at the ends; at most `max` bytes. */
bool bt_piece_is_id(struct bt_piece t, size_t max);
/* The next word of a list: separated by blanks and commas, or in double quotes. Takes it from *rest. */
bool bt_piece_next_word(struct bt_piece *rest, struct bt_piece *ret);
/* Adds the text with \r and \xNN as the bytes they mean; false: another backslash. */
bool bt_piece_unescape(struct bt_piece t, struct bt_buf *to);

#endif
