/*
 * A parsed blob, for those who want more of it than facts. It lives inside one call of bt_extract_job.
 */
#ifndef BT_LANG_SYNTAX_H
#define BT_LANG_SYNTAX_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/facts/facts.h"

struct bt_syntax;

/*
 * The facts of the blob; made on first use. BT_ERR_LIMIT as bt_extract. They are valid until the call that gave the
 * syntax ends.
 */
int bt_syntax_facts(struct bt_syntax *s, const struct bt_facts **ret_facts, struct bt_err *err);
/* Is the byte at this offset part of a comment? */
bool bt_syntax_in_comment(struct bt_syntax *s, uint32_t at);

/*
 * The syntax tree as text, for people who look at a grammar. A line per named node, and for each that is missing: depth,
 * field or nothing, type, "-", "error" or "missing", rows and columns of its start and end (from 0), with tabs between. It ends where
 * `out` has no room.
 */
void bt_syntax_dump(const struct bt_syntax *s, struct bt_buf *out);
/* Of the grammar that parsed it. */
unsigned bt_syntax_abi(const struct bt_syntax *s);
unsigned bt_syntax_symbols(const struct bt_syntax *s);
#endif
