/*
 * Macros that a grammar without a preprocessor trips over, blanked before it sees the text.
 *
 * `static int __init f(void)`, `class API Foo {`, a comment inside a #define: tree-sitter's C grammars take
 * these apart wrongly, at times with all that follows. A masked copy has blanks in their place, so that
 * every offset stays; the walk works on the true bytes and finds the masked words between the leaves.
 *
 * What is masked is a question of words alone, never of what a name means:
 *  - words the description lists (`mask __init __printf() *_API`: the second with its brackets, the third
 *    any word in capitals with that ending before a name);
 *  - a word in capitals that stands right before a keyword which can only start a declaration, alone on a
 *    line between declarations, behind class or struct and before the name, or between ')' and '{'
 *    (`mask-capitals static inline ...` lists the keywords and turns this on);
 *  - comments inside a directive.
 */
#ifndef BT_LANG_MASK_H
#define BT_LANG_MASK_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

struct bt_mask;

struct bt_mask *bt_mask_new(struct bt_arena *arena);
void bt_mask_add_word(struct bt_mask *m, const char *word);	/* the text must outlive m */
void bt_mask_add_keyword(struct bt_mask *m, const char *word);

/* src itself when nothing is to be masked, else a copy in *scratch, of the same length. */
const char *bt_mask_text(const struct bt_mask *m, const char *src, size_t len, struct bt_buf *scratch);

#endif
