/*
 * The findings of one blob as bytes: made in a parse worker, kept in index.db, hostile until decoded.
 *
 * A record belongs to (blob, language, ruleset): rules are places in the ruleset's list for that language. What depends on a path
 * (roles, severities by configuration, new or not) is not in it.
 *
 * Layout: version byte; varints: size of the blob, flags, number of findings, of marks, of troubles. A finding: rule,
 * start (delta), length, row (delta), column, rows down to its end, end column, radius + 1 or 0, code hash (8 bytes), length of detail,
 * of code, then these bytes. A mark: start (delta), row (delta), column, flags, length of rules, of reason, bytes. A trouble: rule, length, bytes.
 */
#ifndef BT_RULES_RECORD_H
#define BT_RULES_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

#define BT_RECORD_VERSION 2
/* Findings of one blob: who has more has read enough. */
#define BT_RECORD_FINDINGS_MAX 1000
#define BT_RECORD_MARKS_MAX 1000
#define BT_RECORD_TROUBLES_MAX 64
#define BT_RECORD_CODE_MAX 1024		/* bytes, and 5 lines */
#define BT_RECORD_CODE_LINES 5
#define BT_RECORD_RULES_MAX 256		/* of a suppression: the list of rules, the reason */
#define BT_RECORD_TROUBLE_MAX 400
/* A trouble that begins so: the rule is right, but needs too much here. Others: its query is wrong. */
#define BT_RECORD_STOPPED "stopped at its limit: "
/* Longest record: a thousand findings with everything, and some. */
#define BT_RECORD_LEN_MAX (2u << 20)
/* blast-radius-over? at most this. */
#define BT_RECORD_RADIUS_MAX 1000000u

struct bt_found {
	uint32_t rule;			/* place in bt_ruleset_lang.rules */
	uint32_t start, end;
	uint32_t row, col, end_row, end_col;
	uint64_t code_hash;		/* of the lines, white space normalised */
	const char *detail;		/* not NUL-terminated; len 0: none */
	const char *code;
	uint32_t detail_len, code_len;
	bool radius_asked;		/* counts only when the definition around it has more than `radius` users */
	uint32_t radius;
};

#define BT_MARK_OWN_LINE (1u << 0)	/* nothing but the comment on its line */
#define BT_MARK_NO_REASON (1u << 1)

/* A comment that suppresses: batho:ignore RULE... -- REASON */
struct bt_mark {
	uint32_t start, row, col, flags;
	const char *rules, *reason;
	uint32_t rules_len, reason_len;
};

/* A rule that could not be run here: its query is wrong or needs too much. */
struct bt_trouble {
	uint32_t rule;
	const char *text;
	uint32_t len;
};

#define BT_RECORD_CUT (1u << 0)		/* there were more findings */

struct bt_record {
	uint32_t size;			/* of the blob */
	uint32_t flags;
	struct bt_found *found;		/* ascending by start */
	struct bt_mark *marks;		/* ascending */
	struct bt_trouble *troubles;
	uint32_t found_nr, marks_nr, troubles_nr;
};

/* Appends the record; what our own evaluation made is asserted, not checked. */
void bt_record_encode(const struct bt_record *r, struct bt_buf *out);
/*
 * Decodes and validates; rules_nr: bt_ruleset_lang.nr. Arrays live in the arena; texts point into the bytes,
 * which must outlive them. An empty record (len 0) is one without findings.
 */
int bt_record_decode(const void *rec, size_t len, uint32_t rules_nr, struct bt_arena *arena, struct bt_record *ret_r,
		     struct bt_err *err);

#endif
