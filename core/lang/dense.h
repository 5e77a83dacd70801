/*
 * A run-time copy of a TSLanguage whose parse table is fully dense.
 *
 * tree-sitter keeps most parse states as lists that are searched for the symbol at every step; states below
 * large_state_count are direct look-ups. The copy expands every state, which changes the speed (about
 * a fifth of the time of a parse) and nothing else. The table lies in shared memory, so that processes forked
 * later share its pages.
 */
#ifndef BT_LANG_DENSE_H
#define BT_LANG_DENSE_H

#include <tree_sitter/api.h>

#include "core/base/err.h"

/*
 * A copy of the struct that may be changed; it shares the tables and lives until the process ends. NULL
 * when the layout is not known for the grammar's ABI.
 */
TSLanguage *bt_language_copy(const TSLanguage *grammar);

/* *ret_bytes: size of the new table. The copy lives until the process ends. */
int bt_dense_make(const TSLanguage *stock, const TSLanguage **ret_dense, size_t *ret_bytes,
		  struct bt_err *err);

#endif
