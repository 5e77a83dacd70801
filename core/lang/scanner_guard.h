/*
 * Keeps a grammar's external scanner inside the buffer it is given.
 *
 * After every token of a scanner tree-sitter lets it write down its state, into a buffer of 1024 bytes
 * within the parser, and does not look how much was written. Not every scanner does: the one of markdown
 * writes four bytes for every open block. Under the guard it writes into a large buffer of ours; what fits
 * is handed on. What does not becomes an empty state, which every scanner takes, and the overflow is
 * remembered: the blob ends at a limit, the same on every machine.
 *
 * One parser at a time: a scanner is called without a context that could tell one from another.
 */
#ifndef BT_LANG_SCANNER_GUARD_H
#define BT_LANG_SCANNER_GUARD_H

#include <stdbool.h>
#include <tree_sitter/api.h>

#include "core/base/err.h"

/*
 * A copy of a grammar whose scanner is guarded; the grammar itself where it has none. The copy lives until
 * the process ends; fails when memory is out.
 */
int bt_scanner_guard(const TSLanguage *grammar, const TSLanguage **ret_guarded, struct bt_err *err);

/* Before a parse: whose scanner is asked from now on; forgets an earlier overflow. */
void bt_scanner_guard_begin(const TSLanguage *grammar);
/* Has a state not fitted since? The tree is worthless then. */
bool bt_scanner_guard_overflowed(void);
/* After a parse that has returned: its scanner is the parser's to free. */
void bt_scanner_guard_end(void);
/*
 * Or after a jump out of the parse, and out of a parser that nobody will delete: frees the scanner, which
 * does not lie in the arena.
 */
void bt_scanner_guard_abandon(void);

#endif
